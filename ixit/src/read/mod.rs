//! Reading a declaration: everything that can be understood, and everything that is wrong, in one go.

mod folder;
mod guides;
mod ics;
mod ixit;
mod plus;
mod submission;

use std::path::Path;

pub(crate) use ics::leaves_documents;
pub(crate) use ixit::ORIGINS;

use crate::check;
use crate::complaints::{self, Complaints};
use crate::declaration::{Declaration, Document, SourceFile};
use crate::diagnostic::{Blame, Diagnostic, Severity};
use crate::located::At;
use crate::mud;
use crate::parse;
use crate::sbom;

/// Files of a declaration without their endings, in the order in which they are read.
const STEMS: [&str; 5] = ["ics", "ixit", "submission", "guides", "plus"];

/// What came of reading a declaration.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The declaration; `None` where an error keeps it from being understood.
    pub declaration: Option<Declaration>,
    /// Every error and finding of every file, by file and place.
    pub diagnostics: Vec<Diagnostic>,
    /// The declaration files that were read, for excerpts, also where there is no declaration.
    pub files: Vec<SourceFile>,
}

impl Reading {
    /// Whether something could not be understood.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }
}

impl Declaration {
    /// Reads a declaration folder: `ics.toml` or `ics.json`, `ixit.toml` or `ixit.json`, `documents/`, and where it is
    /// there `submission.toml`, `guides.toml` and `plus.toml`.
    /// What goes wrong, a folder that cannot be read included, is a diagnostic.
    pub fn read(folder: &Path) -> Reading {
        let mut to = Complaints::new(Blame::Documentation);
        let sources = folder::sources(folder, &mut to);
        let documents = folder::documents(folder, &mut to);
        let mut reading = understand(sources, documents, to);
        // Judges do not read these documents, so what is wrong with one is said here, where the file is at hand.
        if let Some(declaration) = &reading.declaration {
            reading.diagnostics.extend(mud::check(declaration, folder));
            reading.diagnostics.extend(sbom::check(declaration, folder));
            complaints::sort(&mut reading.diagnostics);
        }
        reading
    }

    /// The same from bytes; pure, so that the copy in a run reads the same for ever.
    pub fn from_sources(sources: Vec<SourceFile>, documents: Vec<Document>) -> Reading {
        understand(sources, documents, Complaints::new(Blame::Documentation))
    }
}

impl SourceFile {
    /// A file with its digest.
    pub fn new(name: impl Into<String>, bytes: Vec<u8>) -> Self {
        let sha256 = folder::sha256_hex(&bytes);
        Self { name: name.into(), bytes, sha256 }
    }
}

fn understand(mut sources: Vec<SourceFile>, documents: Vec<Document>, mut to: Complaints) -> Reading {
    // ICS before IXIT, whatever the order they came in and whatever else lies beside them.
    let place = |source: &SourceFile| STEMS.iter().position(|known| *known == stem(&source.name));
    sources.retain(|source| place(source).is_some());
    sources.sort_by(|a, b| place(a).cmp(&place(b)).then(a.name.cmp(&b.name)));
    let ics_node = the_one(&sources, "ics", &mut to);
    let ixit_node = the_one(&sources, "ixit", &mut to);
    let (edition, ics) = ics::read(ics_node.as_ref(), &mut to);
    let ixit = ixit::read(edition, ixit_node.as_ref(), &mut to);
    let submission = sources.iter().find(|source| stem(&source.name) == "submission");
    let submission_node = submission.and_then(|source| parse::document(&source.name, &source.bytes, &mut to));
    let submission = submission::read(submission_node.as_ref(), &mut to);
    let guides = sources.iter().find(|source| stem(&source.name) == "guides");
    let guides_node = guides.and_then(|source| parse::document(&source.name, &source.bytes, &mut to));
    let guides = guides::read(guides_node.as_ref(), &mut to);
    let plus = sources.iter().find(|source| stem(&source.name) == "plus");
    let plus_node = plus.and_then(|source| parse::document(&source.name, &source.bytes, &mut to));
    let plus = plus::read(plus_node.as_ref(), &mut to);
    let files = sources.clone();
    let declaration = Declaration { edition, ics, ixit, submission, guides, plus, files: sources, documents };
    let understood = !to.has_errors();
    // What is absent from a document that was not read to its end proves nothing.
    let findings = if to.incomplete { Vec::new() } else { check::findings(&declaration, &to.unclear) };
    let mut diagnostics = to.into_sorted();
    diagnostics.extend(findings);
    complaints::sort(&mut diagnostics);
    Reading { declaration: understood.then_some(declaration), diagnostics, files }
}

/// Says what is wrong in documents that did not come from files.
pub(crate) fn understand_nodes(
    ics_node: &crate::node::Node,
    ixit_node: &crate::node::Node,
    to: &mut Complaints,
) {
    let (edition, _) = ics::read(Some(ics_node), to);
    ixit::read(edition, Some(ixit_node), to);
}

/// The root of the file with this stem; exactly one is expected.
fn the_one(sources: &[SourceFile], wanted: &str, to: &mut Complaints) -> Option<crate::node::Node> {
    let mut found = sources.iter().filter(|source| stem(&source.name) == wanted);
    let Some(source) = found.next() else {
        to.incomplete = true;
        let name = format!("{wanted}.toml");
        // The folder reader has already said why where it could.
        if !to.names_file(&name) {
            let help = format!(
                "A declaration folder holds {wanted}.toml or {wanted}.json; `hantei init` writes one to fill in"
            );
            to.error("missing-file", &At::whole_file(&name), format!("There is no {name}"), Some(help));
        }
        return None;
    };
    if let Some(second) = found.next() {
        to.error(
            "two-files",
            &At::whole_file(&second.name),
            format!("There are both {} and {}", source.name, second.name),
            Some("Keep one of the two".into()),
        );
    }
    parse::document(&source.name, &source.bytes, to)
}

fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}
