//! Bills of materials (SBOM): what the firmware is made of, as the supplier's tools list it. Read, and compared with
//! the software components that the declaration has.
//!
//! Forms: CycloneDX as JSON (1.4 to 1.7), SPDX as JSON (2.2, 2.3, 3.0) and as tag-value (2.2, 2.3). A bill is a
//! document of the supplier and hostile input: whatever is wrong with it is a finding, never an error that stops a
//! run.

mod compare;
mod cyclonedx;
mod json;
mod package_url;
mod spdx;
mod spdx3;
mod tag_value;

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use crate::companion::SbomPart;
use crate::complaints::Complaints;
use crate::declaration::{Declaration, Row, is_placeholder};
use crate::diagnostic::{Blame, Diagnostic};
use crate::document_findings::{as_finding, finding};
use crate::located::{At, Located};
use crate::read::leaves_documents;

pub use compare::{claims, compare, is_meant, unclaimed};

/// Largest bill that is read, in bytes.
pub const LARGEST: usize = 8 << 20;
/// Most components of a bill that are read.
pub const MOST_COMPONENTS: usize = 20_000;
/// Most bills of a declaration that are read.
pub const MOST_BILLS: usize = 20;

/// Codes of the findings on bills of materials, each with the meaning that documentation gives it.
pub const CODES: &[(&str, &str)] = &[
    ("sbom-not-understood", "the bill of materials, or a part of it, has no form that is read"),
    ("sbom-bad-value", "a package URL in the bill of materials is none"),
    ("sbom-duplicate-component", "the bill of materials names the same component twice"),
    ("sbom-without-version", "the bill of materials names a component without its version"),
    ("sbom-component-unclaimed", "the bill of materials names a component that no row of `soft_comp` claims"),
    ("sbom-lacks-component", "a row names a component that the bill of materials does not have"),
    (
        "sbom-version-differs",
        "the bill of materials has another version than the firmware, a description or an implementation",
    ),
];

/// A bill of materials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sbom {
    /// Form and its version, e.g. `CycloneDX 1.6`.
    pub format: String,
    /// When it was made, as it says.
    pub made: Option<String>,
    /// What the bill is of.
    pub root: Option<Component>,
    /// Everything else that it names, in its order; what is nested comes after what holds it.
    pub components: Vec<Component>,
}

/// A component as a bill names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Component {
    /// Name.
    pub name: String,
    /// Group, namespace or scope that stands apart from the name.
    pub group: Option<String>,
    /// Version.
    pub version: Option<String>,
    /// Package URL, as written.
    pub purl: Option<String>,
    /// CPE name, as written.
    pub cpe: Option<String>,
    /// Software that is delivered: no file, no data, no hardware, nothing that the bill excludes.
    pub counts: bool,
    /// The component in whose list of parts it stands.
    pub part_of: Option<usize>,
    /// Place in the file.
    pub at: At,
}

/// A bill that a declaration names.
#[derive(Clone, Debug)]
pub struct Bill {
    /// Path below `documents/`.
    pub document: String,
    /// SHA-256 of the document, lower-case hex.
    pub sha256: String,
    /// What it says; `None` where nothing can be made of it.
    pub sbom: Option<Sbom>,
    /// What is wrong with it.
    pub findings: Vec<Diagnostic>,
}

impl Sbom {
    /// Reads a bill. `name` is that of the file in the declaration folder; what is wrong is a finding each. `None`
    /// where nothing can be made of it.
    pub fn from_bytes(name: &str, bytes: &[u8]) -> (Option<Self>, Vec<Diagnostic>) {
        let mut to = Complaints::new(Blame::Documentation);
        let sbom = read(name, bytes, &mut to);
        if let Some(sbom) = &sbom {
            entries(sbom, &mut to);
        }
        (sbom, to.into_sorted().into_iter().map(|diagnostic| as_finding(diagnostic, "sbom")).collect())
    }
}

impl Component {
    /// As a person names it: `group/name version`.
    pub fn title(&self) -> String {
        let group = self.group.as_ref().map(|group| format!("{group}/")).unwrap_or_default();
        let version = self.version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
        format!("{group}{}{version}", self.name)
    }
}

/// The rows of `soft_comp` that the supplier stands behind, with the bills that each names.
fn parts(declaration: &Declaration) -> impl Iterator<Item = (&Row, &Located<SbomPart>)> {
    let rows = declaration.ixit.rows("soft_comp").iter().filter(|row| !row.observed_only);
    rows.flat_map(|row| row.companions.sbom.iter().map(move |part| (row, part)))
}

/// Reads the bills that the rows of `soft_comp` name, from `documents/` below a folder. That a document is missing is
/// said with the other documents.
pub fn named(declaration: &Declaration, folder: &Path) -> Vec<Bill> {
    let paths: BTreeSet<&str> =
        parts(declaration).map(|(_, part)| part.value.document.value.as_str()).collect();
    // Only what the walk over `documents/` has found: it follows no link out of the folder.
    let documents = declaration.documents.iter().filter(|document| paths.contains(document.path.as_str()));
    let documents =
        documents.filter(|document| !is_placeholder(&document.path) && !leaves_documents(&document.path));
    documents
        .take(MOST_BILLS)
        .map(|document| {
            let name = format!("documents/{}", document.path);
            let mut bytes = Vec::new();
            let read = File::open(folder.join(&name))
                .and_then(|file| file.take(LARGEST as u64 + 1).read_to_end(&mut bytes));
            let (sbom, findings) = match read {
                Ok(_) => Sbom::from_bytes(&name, &bytes),
                Err(error) => {
                    let message = format!("The bill of materials cannot be read: {error}");
                    let at = At::whole_file(&name);
                    (None, vec![finding("sbom-not-understood", &at, message, "Put a readable file there")])
                }
            };
            Bill { document: document.path.clone(), sha256: document.sha256.clone(), sbom, findings }
        })
        .collect()
}

/// Reads the bills that a declaration names, and compares them with the rest of it. Nothing is said of a declaration
/// that names none.
pub fn check(declaration: &Declaration, folder: &Path) -> Vec<Diagnostic> {
    let mut bills = named(declaration, folder);
    let mut findings: Vec<Diagnostic> =
        bills.iter_mut().flat_map(|bill| std::mem::take(&mut bill.findings)).collect();
    findings.extend(compare(&bills, declaration));
    findings
}

fn read(name: &str, bytes: &[u8], to: &mut Complaints) -> Option<Sbom> {
    let refuse = |to: &mut Complaints, message: String, help: &str| {
        to.error("sbom-not-understood", &At::whole_file(name), message, Some(help.to_owned()));
        None
    };
    if bytes.len() > LARGEST {
        let message = format!("The bill of materials is larger than {LARGEST} bytes");
        return refuse(to, message, "Hand in one bill a component, and name each in its row");
    }
    let begin = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match begin.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{') => json::read(name, bytes, to),
        Some(b'<') => refuse(
            to,
            "A bill of materials in XML or RDF is not read".to_owned(),
            "Hand it in as JSON: `cyclonedx convert --output-format json`, or a converter of SPDX",
        ),
        _ => tag_value::read(name, bytes, to),
    }
}

/// Entries that say too little or the same twice.
fn entries(sbom: &Sbom, to: &mut Complaints) {
    let mut seen = BTreeSet::new();
    for component in sbom.root.iter().chain(&sbom.components) {
        if let Some(purl) = &component.purl
            && package_url::parse(purl).is_none()
        {
            let message = format!("The package URL of {} is none", excerpt(&component.title()));
            let help = "Write it as pkg:type/namespace/name@version";
            to.error("sbom-bad-value", &component.at, message, Some(help.to_owned()));
        }
    }
    for component in sbom.components.iter().filter(|component| component.counts) {
        if component.version.is_none() {
            let message = format!("{} has no version", excerpt(&component.title()));
            let help = "Give the version that is in the firmware; without it no vulnerability can be told";
            to.error("sbom-without-version", &component.at, message, Some(help.to_owned()));
        }
        // The same in two places is a part of two others.
        let same = (
            &component.group,
            &component.name,
            &component.version,
            component.purl.as_deref(),
            component.part_of,
        );
        if !seen.insert(same) {
            let message = format!("{} stands here twice", excerpt(&component.title()));
            let help = "Keep one of the two, or give the version of each";
            to.error("sbom-duplicate-component", &component.at, message, Some(help.to_owned()));
        }
    }
}

fn excerpt(text: &str) -> String {
    crate::complaints::excerpt(text)
}

#[cfg(test)]
mod tests;
