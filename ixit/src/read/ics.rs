//! The ICS: edition, device, supplier, one entry per provision, external evidence.

use std::collections::{BTreeMap, HashMap};

use crate::complaints::{Complaints, excerpt, expectation, nearest};
use crate::declaration::{Dut, ExternalEvidence, Ics, IcsEntry, Supplier, is_placeholder};
use crate::described::{Described, check_keys, refuse};
use crate::edition::Edition;
use crate::located::Located;
use crate::node::{Content, Entry, Node};
use crate::provision::{provision, provision_of, provisions};

/// Keys at the top of `ics.toml`.
pub(crate) const KEYS: &[&str] = &["edition", "dut", "supplier", "provision", "external_evidence"];

/// Reads what is there. Where the edition is not known, the rest is read with the newest one, so that its
/// faults are named as well.
pub(super) fn read(root: Option<&Node>, to: &mut Complaints) -> (Edition, Ics) {
    let newest = Edition::ALL.last().copied().unwrap_or(Edition::En303645V2_1_1);
    let mut ics = Ics {
        dut: Dut::default(),
        supplier: Supplier::default(),
        provisions: BTreeMap::new(),
        external_evidence: Vec::new(),
    };
    let Some(root) = root else { return (newest, ics) };
    check_keys(root, KEYS, to);
    let edition = edition(root, to).unwrap_or(newest);
    if let Some(entry) = root.entry("dut") {
        ics.dut = Dut::read(&entry.node, to).unwrap_or_default();
        check_digest(ics.dut.firmware_sha256.as_ref(), to);
        if let Some(mud) = &ics.dut.mud {
            check_document_path(mud, to);
        }
    }
    if let Some(entry) = root.entry("supplier") {
        ics.supplier = Supplier::read(&entry.node, to).unwrap_or_default();
        check_date(ics.supplier.date.as_ref(), to);
    }
    if let Some(entry) = root.entry("provision") {
        ics.provisions = entries(edition, &entry.node, to);
    }
    if let Some(entry) = root.entry("external_evidence") {
        ics.external_evidence = evidence(edition, &entry.node, to);
    }
    (edition, ics)
}

fn edition(root: &Node, to: &mut Complaints) -> Option<Edition> {
    let names: Vec<&str> =
        Edition::ALL.iter().flat_map(|edition| [edition.short(), edition.name()]).collect();
    let Some(entry) = root.entry("edition") else {
        if !to.incomplete {
            to.missing_key(
                &root.at,
                "edition",
                &format!("the standards the declaration is written for, e.g. \"{}\"", names[0]),
            );
        }
        return None;
    };
    let text = String::read(&entry.node, to)?;
    match text.parse() {
        Ok(edition) => Some(edition),
        Err(_) => {
            let message = format!("There is no catalogue for edition \"{}\"", excerpt(&text));
            to.error("unknown-edition", &entry.node.at, message, expectation(&text, names));
            None
        }
    }
}

fn entries(edition: Edition, node: &Node, to: &mut Complaints) -> BTreeMap<String, IcsEntry> {
    let mut found = BTreeMap::new();
    if !matches!(node.content, Content::Table(_)) {
        return refuse::<()>(node, "one table per provision, [provision.\"5.1-1\"]", to)
            .map_or(found, |()| BTreeMap::new());
    }
    for entry in node.entries() {
        if unquoted(edition, entry, to) {
            continue;
        }
        if provision(edition, &entry.key).is_none() {
            let ids: Vec<&str> = provisions(edition).iter().map(|provision| provision.id.as_str()).collect();
            let message = format!("There is no provision \"{}\" in {}", excerpt(&entry.key), edition.short());
            to.unclear.extend(nearest(&entry.key, &ids).map(str::to_owned));
            let help = expectation(&entry.key, ids).or_else(|| {
                Some("Ids are written as in the standard, e.g. \"5.1-1\"; put them in quotes".into())
            });
            to.error("unknown-provision", &entry.key_at, message, help);
            // A wrong id may still hold wrong keys; they are named as well.
            IcsEntry::read(&entry.node, to);
        } else if let Some(value) = IcsEntry::read(&entry.node, to) {
            found.insert(entry.key.clone(), value);
        } else {
            to.unclear.insert(entry.key.clone());
        }
    }
    found
}

/// `[provision.5.1-1]` without quotes is a table `1-1` in a table `5`.
fn unquoted(edition: Edition, entry: &Entry, to: &mut Complaints) -> bool {
    let inner = entry.node.entries().iter().filter(|inner| matches!(inner.node.content, Content::Table(_)));
    let ids: Vec<(String, &Entry)> = inner
        .map(|inner| (format!("{}.{}", entry.key, inner.key), inner))
        .filter(|(id, _)| provision(edition, id).is_some())
        .collect();
    for (id, inner) in &ids {
        let message = format!("The id {id} is taken apart at its full stop");
        let help = format!("Put it in quotes: [provision.\"{id}\"]");
        to.error("unknown-provision", &inner.key_at, message, Some(help));
        IcsEntry::read(&inner.node, to);
        to.unclear.insert(id.clone());
    }
    !ids.is_empty()
}

fn evidence(edition: Edition, node: &Node, to: &mut Complaints) -> Vec<ExternalEvidence> {
    let found = Vec::<ExternalEvidence>::read(node, to).unwrap_or_default();
    let mut ids: HashMap<&str, u32> = HashMap::new();
    for evidence in &found {
        if let Some(line) = ids.insert(&evidence.id, evidence.at.line) {
            let message = format!("The id \"{}\" is given twice", excerpt(&evidence.id));
            to.error(
                "duplicate-id",
                &evidence.at,
                message,
                Some(format!("It is already used in line {line}")),
            );
        }
        check_digest(evidence.sha256.as_ref(), to);
        check_digest(evidence.firmware_sha256.as_ref(), to);
        check_date(evidence.issued.as_ref(), to);
        check_date(evidence.valid_until.as_ref(), to);
        check_document_path(&evidence.document, to);
        for covered in &evidence.covers {
            if provision_of(edition, &covered.value).is_none()
                && !is_placeholder(&covered.value)
                && !names_requirement_of_scheme(&covered.value)
            {
                let message = format!(
                    "\"{}\" is no provision, case or unit of {}",
                    excerpt(&covered.value),
                    edition.short()
                );
                let ids = provisions(edition).iter().map(|provision| provision.id.as_str()).collect();
                to.error("unknown-provision", &covered.at, message, expectation(&covered.value, ids));
            }
        }
    }
    found
}

/// `scheme:requirement`; which there are stands in the data of the schemes. Ids of units begin with a digit.
fn names_requirement_of_scheme(covered: &str) -> bool {
    covered.split_once(':').is_some_and(|(scheme, requirement)| {
        scheme.starts_with(|first: char| first.is_ascii_lowercase()) && !requirement.is_empty()
    })
}

/// Complains of a path that leaves `documents/`.
pub(super) fn check_document_path(path: &Located<String>, to: &mut Complaints) {
    let text = &path.value;
    if leaves_documents(text) {
        let message = format!("The path \"{}\" leaves `documents`", excerpt(text));
        to.error(
            "path-outside-documents",
            &path.at,
            message,
            Some("Write the path below `documents`, with / between folders".into()),
        );
    }
}

/// Whether a path does not stay below `documents/`.
pub(crate) fn leaves_documents(path: &str) -> bool {
    path.starts_with('/')
        || path.contains(['\\', '\0'])
        || path.as_bytes().get(1) == Some(&b':')
        || path.split('/').any(|part| part == "..")
}

fn check_digest(digest: Option<&Located<String>>, to: &mut Complaints) {
    if let Some(digest) = digest
        && !is_placeholder(&digest.value)
        && !(digest.value.len() == 64
            && digest.value.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')))
    {
        to.error(
            "bad-value",
            &digest.at,
            "This is no SHA-256 digest",
            Some("Expected: 64 digits of 0-9 and a-f, as `sha256sum FILE` prints them".into()),
        );
    }
}

fn check_date(date: Option<&Located<String>>, to: &mut Complaints) {
    if let Some(date) = date
        && !is_placeholder(&date.value)
        && date.value.parse::<jiff::civil::Date>().is_err()
    {
        let message = format!("\"{}\" is no date", excerpt(&date.value));
        to.error(
            "bad-value",
            &date.at,
            message,
            Some("Expected: year-month-day, e.g. \"2026-03-31\"".into()),
        );
    }
}
