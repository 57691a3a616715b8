//! Findings: what a declaration says, or leaves out, that is wrong in the sense of the standard. Each
//! becomes the verdict of a unit; none stops a run. What needs the conditions of a provision or an
//! observation is judged with the test cases, not here.

mod companion_references;
mod consistency;
mod contradictions;
mod guarantees;
mod references;
mod required;
mod statement;

pub use consistency::RELATIONS;

use std::collections::{HashMap, HashSet};

use crate::declaration::{Declaration, Support};
use crate::diagnostic::{Blame, Diagnostic, Severity};
use crate::located::At;
use crate::provision::provision_of;
use crate::table::Field;

/// Most findings collected; a supplier mends them in portions, and a hostile file stays bounded.
const MOST: usize = 2000;

/// Codes of all findings, each with the meaning that documentation gives it.
pub const CODES: &[(&str, &str)] = &[
    ("dangling-reference", "a reference names an id that no row has"),
    ("reference-to-wrong-table", "a reference names a row of a table that it may not point to"),
    ("missing-document", "a document named in the declaration is not below documents/"),
    ("document-digest-differs", "a document is not the one whose SHA-256 is stated"),
    ("missing-field", "a field that has to be filled is not there or empty"),
    ("placeholder-text", "a field holds a placeholder"),
    (
        "row-only-observed",
        "a row was drafted from what the device shows, and the supplier has not confirmed it",
    ),
    ("table-not-stated", "a table has no rows, and [empty] does not say why"),
    ("empty-contradicted", "[empty] says that a table has no rows, but it has"),
    ("empty-without-reason", "[empty] names a table without a reason"),
    ("support-not-stated", "the ICS has no entry for a provision"),
    ("missing-justification", "a recommendation is not supported or not applicable, without a reason"),
    ("missing-rationale", "a mandatory provision is called not applicable, without a rationale"),
    ("not-applicable-on-mandatory", "an unconditional mandatory provision is called not applicable"),
    ("mandatory-not-claimed", "an unconditional mandatory provision is not supported"),
    ("dut-not-identified", "the device under test is not identified well enough"),
    ("unknown-service", "an associated service is named that the ICS does not list"),
    (
        "credential-without-parameter",
        "no security parameter is the credential of an authentication mechanism",
    ),
    ("update-key-without-parameter", "no security parameter is the key that checks updates"),
    ("boot-key-without-parameter", "no security parameter is the key or hash that checks the start"),
    ("communication-key-without-parameter", "no security parameter is the key of a communication mechanism"),
    ("mechanism-without-interface", "a communication mechanism runs over no enabled network interface"),
    ("service-without-interface", "a software service runs over no enabled network interface"),
    ("change-undocumented", "users authenticate, and nothing tells them how to change the value"),
    ("sensors-undocumented", "there are sensors, and nothing tells of them"),
    ("deletion-undocumented", "there are deletion functions, and nothing tells of them"),
    ("decisions-undocumented", "users take decisions on security, and nothing guides them"),
    ("personal-data-undocumented", "personal data is processed, and nothing tells of it"),
    ("telemetry-undocumented", "telemetry is collected, and nothing tells of it"),
    ("service-data-not-deletable", "no deletion function covers a service that keeps personal data"),
    ("user-parameter-not-deletable", "no deletion function covers a parameter of the user"),
    ("times-exceed-policy", "a step takes longer than the published policy promises"),
    (
        "implementation-and-component-differ",
        "an implementation has no component, or its version, review and package disagree",
    ),
    ("user-interface-not-validated", "no method checks the input of a user interface"),
    ("api-not-validated", "no method checks the input of an external programming interface"),
    ("remote-mechanism-not-validated", "no method checks what arrives by a remotely accessible mechanism"),
    ("type-contradicts-content", "a parameter is called public and is secret, or the other way round"),
    ("guarantee-below-type", "a parameter lacks a guarantee that its type or use needs"),
    ("guarantees-differ", "the guarantees in words and in the closed list are not the same"),
    ("companions-contradict", "two closed statements of a row exclude one another"),
];

/// All findings, unsorted. `unclear` are the keys and ids that were written but not understood.
pub(crate) fn findings(declaration: &Declaration, unclear: &HashSet<String>) -> Vec<Diagnostic> {
    let mut homes = HashMap::new();
    for table in declaration.ixit.tables.keys() {
        for row in declaration.ixit.rows(table) {
            homes.entry(row.id.as_str()).or_insert(table.as_str());
        }
    }
    let mut check = Check { declaration, unclear, homes, list: Vec::new() };
    statement::check(&mut check);
    references::check(&mut check);
    companion_references::check(&mut check);
    required::check(&mut check);
    consistency::check(&mut check);
    guarantees::check(&mut check);
    contradictions::check(&mut check);
    check.list
}

struct Check<'d> {
    declaration: &'d Declaration,
    unclear: &'d HashSet<String>,
    /// Table of each row, by id.
    homes: HashMap<&'d str, &'d str>,
    list: Vec<Diagnostic>,
}

impl Check<'_> {
    fn finding(&mut self, code: &str, at: &At, unit: Option<&str>, message: String, help: impl Into<String>) {
        if self.is_full() {
            return;
        }
        debug_assert!(CODES.iter().any(|(known, _)| *known == code), "{code} is listed");
        let provision = unit
            .and_then(|unit| provision_of(self.declaration.edition, unit))
            .map(|provision| provision.id.clone());
        self.list.push(Diagnostic {
            code: code.to_owned(),
            severity: Severity::Finding,
            blame: Blame::Documentation,
            at: at.clone(),
            message,
            help: Some(help.into()),
            provision,
            unit: unit.map(str::to_owned),
        });
    }

    /// Whether something was written under this key or id, but could not be understood.
    fn is_unclear(&self, key: &str) -> bool {
        self.unclear.contains(key)
    }

    /// Whether so much is wrong that nothing more is collected.
    fn is_full(&self) -> bool {
        self.list.len() >= MOST
    }

    /// The unit that a defect of a field becomes: the first that reads it and whose provision is claimed,
    /// else the first that reads it.
    fn unit_of<'f>(&self, fields: impl IntoIterator<Item = &'f Field>) -> Option<&'f str> {
        let fields = fields.into_iter().filter(|field| field.kind != "id");
        let units: Vec<&str> = fields.flat_map(|field| field.used_by.iter().map(String::as_str)).collect();
        units.iter().find(|unit| self.is_claimed(unit)).or(units.first()).copied()
    }

    /// Whether the ICS claims the provision of a unit.
    fn is_claimed(&self, unit: &str) -> bool {
        provision_of(self.declaration.edition, unit)
            .and_then(|provision| self.declaration.ics.provisions.get(&provision.id))
            .is_some_and(|entry| entry.support.value == Support::Y)
    }

    /// Name of the file, as handed in.
    fn file(&self, stem: &str) -> String {
        let files = self.declaration.files.iter().map(|file| &file.name);
        files
            .clone()
            .find(|name| name.split('.').next() == Some(stem))
            .cloned()
            .unwrap_or_else(|| format!("{stem}.toml"))
    }
}
