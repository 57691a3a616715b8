//! The supplier's declaration as values: ICS, IXIT and the files they came from.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::companion::Companions;
use crate::described::{names, record};
use crate::edition::Edition;
use crate::guides::Guides;
use crate::located::{At, Located, Value};
use crate::plus::Plus;

const IDENTITY_APPLICATIONS: &[&str] = &["http", "https"];

/// ICS and IXIT of one device.
#[derive(Clone, Debug)]
pub struct Declaration {
    /// The edition named by the ICS.
    pub edition: Edition,
    /// The implementation conformance statement.
    pub ics: Ics,
    /// The extra information for testing.
    pub ixit: Ixit,
    /// What label schemes ask beyond the standard.
    pub submission: Submission,
    /// What guides beyond the standard ask the supplier to say.
    pub guides: Guides,
    /// What cases beyond the standard want to know.
    pub plus: Plus,
    /// The files byte for byte, `ics.toml` first, then `ixit.toml`, `submission.toml`, `guides.toml` and `plus.toml`.
    pub files: Vec<SourceFile>,
    /// Files below `documents/`, by name, with their SHA-256; contents are read on demand.
    pub documents: Vec<Document>,
}

/// What the supplier states for label schemes (`submission.toml`), by scheme.
#[derive(Clone, Debug, Default)]
pub struct Submission {
    /// By name of the scheme, then by key: texts, yes/no values, whole numbers and lists of them.
    pub schemes: BTreeMap<String, BTreeMap<String, Located<Value>>>,
}

impl Submission {
    /// What is stated for a scheme under a key; `None` where it is missing, empty or a mere placeholder.
    pub fn stated(&self, scheme: &str, key: &str) -> Option<&Located<Value>> {
        let stated = self.schemes.get(scheme)?.get(key)?;
        match &stated.value {
            Value::Text(text) if is_placeholder(text) => None,
            Value::List(list) if list.is_empty() => None,
            _ => Some(stated),
        }
    }
}

/// A declaration file as it was handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Name inside the folder, e.g. `ixit.toml`.
    pub name: String,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// SHA-256, lower-case hex.
    pub sha256: String,
}

/// A document below `documents/`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Path below `documents/`, with `/`.
    pub path: String,
    /// SHA-256, lower-case hex.
    pub sha256: String,
    /// Size in bytes.
    pub size: u64,
}

names! {
    /// Support of a provision as the supplier claims it.
    #[derive(Serialize, Deserialize)]
    pub enum Support {
        /// Supported.
        Y = "Y",
        /// Not supported.
        N = "N",
        /// Not applicable.
        #[serde(rename = "N/A")]
        NotApplicable = "N/A",
    }
}

/// The implementation conformance statement.
#[derive(Clone, Debug)]
pub struct Ics {
    /// What is assessed.
    pub dut: Dut,
    /// Who supplies it.
    pub supplier: Supplier,
    /// One entry a provision, by provision id.
    pub provisions: BTreeMap<String, IcsEntry>,
    /// Certificates and evaluations handed in.
    pub external_evidence: Vec<ExternalEvidence>,
}

record! {
    /// One line of the ICS.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct IcsEntry {
        /// The claim.
        support: Located<Support>,
        /// The measure (Y), the reason (N) or the rationale (N/A).
        detail: Option<Located<String>>,
        /// Place of the entry.
        at: At,
    }
}

record! {
    /// Identification of the device under test.
    #[derive(Clone, Debug, Default)]
    pub struct Dut {
        /// Manufacturer.
        manufacturer: Option<Located<String>>,
        /// Model designation.
        model: Option<Located<String>>,
        /// Hardware version.
        hardware: Option<Located<String>>,
        /// Firmware version.
        firmware: Option<Located<String>>,
        /// SHA-256 of the firmware image, where it was handed in.
        firmware_sha256: Option<Located<String>>,
        /// Whether the device is constrained (conditions 4 and 5 of EN 303 645).
        constrained: Option<Located<bool>>,
        /// Why it counts as constrained.
        constrained_reason: Option<Located<String>>,
        /// Associated services with version.
        associated_services: Vec<Located<String>>,
        /// Companion app with version.
        app: Option<Located<String>>,
        /// Variants that the declaration covers, with the rationale.
        variants: Option<Located<String>>,
        /// MUD file (RFC 8520) of the device: path below `documents/`.
        mud: Option<Located<String>>,
        /// How the device itself tells model, serial and firmware.
        identity: Option<IdentitySource>,
    }
}

record! {
    /// Where the device under test tells who it is: a page with `model`, `serial` and `firmware`.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
    pub struct IdentitySource {
        /// `http` or `https`.
        application: String; one_of IDENTITY_APPLICATIONS,
        /// TCP port.
        port: u16,
        /// Path of a JSON object.
        path: String,
    }
}

record! {
    /// The supplier organization.
    #[derive(Clone, Debug, Default)]
    pub struct Supplier {
        /// Name.
        name: Option<Located<String>>,
        /// Contact for the lab.
        contact: Option<Located<String>>,
        /// Date of the statement, ISO 8601.
        date: Option<Located<String>>,
    }
}

record! {
    /// A certificate or evaluation that may cover a provision (TS 103 701, 4.7).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ExternalEvidence {
        /// Id.
        id: String,
        /// Path below `documents/`.
        document: Located<String>,
        /// SHA-256 that the supplier states.
        sha256: Option<Located<String>>,
        /// Issuer.
        issuer: Option<Located<String>>,
        /// Accreditation of the issuer.
        accreditation: Option<Located<String>>,
        /// Scheme.
        scheme: Option<Located<String>>,
        /// Product and version it was issued for.
        product: Option<Located<String>>,
        /// Version it was issued for.
        version: Option<Located<String>>,
        /// SHA-256 of the firmware image that was looked at.
        firmware_sha256: Option<Located<String>>,
        /// Date of issue, ISO 8601.
        issued: Option<Located<String>>,
        /// Last day of validity, ISO 8601.
        valid_until: Option<Located<String>>,
        /// Provisions, cases or units covered; `scheme:requirement` for what a label scheme asks beyond them.
        covers: Vec<Located<String>>,
        /// Place of the entry.
        at: At,
    }
}

/// The IXIT: contents of the tables by key (`auth_mech`, `user_info` …).
#[derive(Clone, Debug, Default)]
pub struct Ixit {
    /// Tables that the supplier filled or declared empty; a missing key means that nothing is said.
    pub tables: BTreeMap<String, TableContent>,
    /// Reasons under `[empty]` for tables that are filled all the same.
    pub contradicted: BTreeMap<String, Located<String>>,
}

impl Ixit {
    /// Rows of a table; empty if it has none or is not there.
    pub fn rows(&self, table: &str) -> &[Row] {
        match self.tables.get(table) {
            Some(TableContent::Rows(rows)) => rows,
            _ => &[],
        }
    }

    /// The row with this id, in whichever table.
    pub fn row(&self, id: &str) -> Option<(&str, &Row)> {
        self.tables.iter().find_map(|(key, content)| match content {
            TableContent::Rows(rows) => rows.iter().find(|row| row.id == id).map(|row| (key.as_str(), row)),
            _ => None,
        })
    }

    /// A form (`user_info`, `conf`, `repl_sup`).
    pub fn form(&self, table: &str) -> Option<&Form> {
        match self.tables.get(table) {
            Some(TableContent::Form(form)) => Some(form),
            _ => None,
        }
    }

    /// The reason why a table has no rows, where the supplier gave one.
    pub fn empty_reason(&self, table: &str) -> Option<&Located<String>> {
        match self.tables.get(table) {
            Some(TableContent::Empty(reason)) => Some(reason),
            _ => None,
        }
    }
}

/// What the supplier wrote for one table.
#[expect(clippy::large_enum_variant, reason = "there are 29 of them at most")]
#[derive(Clone, Debug)]
pub enum TableContent {
    /// Rows, at least one.
    Rows(Vec<Row>),
    /// A form.
    Form(Form),
    /// No rows, with the reason (`[empty]`).
    Empty(Located<String>),
}

/// A row of an IXIT table.
#[derive(Clone, Debug)]
pub struct Row {
    /// The id, unique in the whole IXIT.
    pub id: String,
    /// Zero-based place in its table.
    pub index: usize,
    /// The fields of the standard by key (snake_case), as prose, lists, enumerations, yes/no.
    pub fields: BTreeMap<String, Located<Value>>,
    /// The structured companions.
    pub companions: Companions,
    /// Set by `draft`: counts as undeclared until the supplier confirms.
    pub observed_only: bool,
    /// Place of the row.
    pub at: At,
}

impl Row {
    /// The text of a field; `None` where it is missing, empty or a mere placeholder
    /// ("TODO", "tbd", "-", "...").
    pub fn text(&self, field: &str) -> Option<&str> {
        self.fields.get(field).and_then(|value| value.value.as_text()).filter(|text| !is_placeholder(text))
    }

    /// The texts of a list field, placeholders left out.
    pub fn texts(&self, field: &str) -> Vec<&str> {
        self.fields
            .get(field)
            .map(|value| value.value.texts())
            .unwrap_or_default()
            .into_iter()
            .filter(|text| !is_placeholder(text))
            .collect()
    }

    /// A yes/no field.
    pub fn flag(&self, field: &str) -> Option<bool> {
        self.fields.get(field).and_then(|value| value.value.as_flag())
    }

    /// How a report points at a field: `declaration:ixit.toml#auth_mech[0].description`.
    pub fn reference(&self, table: &str, field: &str) -> String {
        format!("declaration:{}#{table}[{}].{field}", self.at.file, self.index)
    }
}

/// A form: one value per named entry.
#[derive(Clone, Debug)]
pub struct Form {
    /// The entries by key.
    pub fields: BTreeMap<String, Located<Value>>,
    /// The structured companions.
    pub companions: Companions,
    /// Place of the form.
    pub at: At,
}

impl Form {
    /// The text of an entry, as [`Row::text`].
    pub fn text(&self, field: &str) -> Option<&str> {
        self.fields.get(field).and_then(|value| value.value.as_text()).filter(|text| !is_placeholder(text))
    }

    /// A yes/no entry.
    pub fn flag(&self, field: &str) -> Option<bool> {
        self.fields.get(field).and_then(|value| value.value.as_flag())
    }

    /// How a report points at an entry: `declaration:ixit.toml#user_info.support_period`.
    pub fn reference(&self, table: &str, field: &str) -> String {
        format!("declaration:{}#{table}.{field}", self.at.file)
    }
}

/// Whether a text says nothing: empty, dashes, dots, "todo", "tbd", "n/a", "none yet", "xxx".
pub fn is_placeholder(text: &str) -> bool {
    let text = text.trim().trim_matches(['.', '-', '–', '—', '?', '…', '<', '>', '[', ']']).trim();
    text.is_empty()
        || matches!(
            text.to_lowercase().as_str(),
            "todo"
                | "tbd"
                | "tba"
                | "n/a"
                | "na"
                | "xxx"
                | "fixme"
                | "to be done"
                | "to be defined"
                | "未定"
                | "記入"
        )
}
