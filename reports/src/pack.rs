//! A submission to a label scheme: documents filled from the run, the report, an index of the evidence with copies of
//! it, what is missing, and digests of all. Pure: the same run gives the same bytes.
//!
//! # Documents
//! A scheme names its documents (`[[document]]`). The template of one is `templates/pack/<id>.html.hbs` or
//! `<id>.md.hbs`, its own phrases are `texts/pack/<id>.<language>.toml` (`{{say.key}}`); one template serves both
//! languages. A document without a template gets `generic.html.hbs`. Handlebars is strict: a name that does not exist
//! is an error, and a test renders every document of every scheme. Nothing is written with three braces.
//!
//! # What a template sees
//! * `lang`, `ui.*` (phrases of the reports), `say.*`, `draft`, `demonstration`, `partial`, `report` (file name)
//! * `document`: `id`, `title`, `source`
//! * `device.*`: manufacturer, model, hardware, firmware, `firmware_read`, `firmware_sha256`, serial, app, variants,
//!   `support_until`; `supplier.*`: name, contact, date; `lab.*`: name, accreditation, assessor, place. Each is
//!   `{name, value, stated}`, and `value` says "not stated" where it is not
//! * `field.KEY` and the list `fields`: what `submission.toml` states, `{key, scheme, title, kind, required, stated,
//!   value, values, yes}`
//! * `run`: `name`, `tool`, `edition`, `date`, `title`, `verdict`, `verdict_mandatory`, `prepared`
//! * `scheme`: what the section of the report shows, with `requirements`; `requirement`: the same by id, for
//!   `{{#with (lookup requirement "5.3-13")}}`
//!
//! Partials of HTML: `head`, `foot`, `device`, `fields`, `requirements`, `needs`, `signature`; of Markdown: `head_md`,
//! `foot_md`, `fields_md`, `requirements_md`, `signature_md`. Nothing of a signature is ever filled in.

mod documents;
mod index;
mod links;
mod missing;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use testcases::scheme::SchemeKind;
use testcases::verdict::Verdict;

use crate::scheme::{SchemeResult, with_schemes};
use crate::{ReportError, ReportInput};

/// Format name of `pack.json`.
pub const FORMAT: &str = "hantei.pack/1";

/// Files of a run that a submission takes along.
pub trait PackSource {
    /// The file behind a reference of a result: `sha256:…`, `declaration:FILE#PATH` or `document:PATH`.
    fn file(&self, reference: &str) -> Handed;

    /// A further reference behind one, such as the document of a piece of external evidence.
    fn behind(&self, reference: &str) -> Option<String> {
        let _ = reference;
        None
    }
}

/// Whether a file goes along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handed {
    /// It does: name below `evidence/` of the submission, with `/` as separator, and contents.
    File(String, Vec<u8>),
    /// It may hold secrets.
    Withheld,
    /// It is not there.
    Absent,
}

/// How the run stands beside its assessment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The record contradicts itself or cannot vouch for itself.
    pub broken: bool,
}

/// A file of the submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackFile {
    /// Name below the folder, with `/` as separator.
    pub name: String,
    /// Contents.
    pub bytes: Vec<u8>,
}

/// A submission.
#[derive(Clone, Debug)]
pub struct Pack {
    /// Every file, `pack.json` and `SHA256SUMS` last.
    pub files: Vec<PackFile>,
    /// `pack.json`.
    pub index: Value,
    /// Nothing is missing or open, and no number waits for a comparison with its source.
    pub whole: bool,
    /// Verdict of the scheme; `None` for a mapping.
    pub verdict: Option<Verdict>,
}

/// Fills a submission: one input a language, each with the one scheme in [`crate::RunFacts::schemes`].
///
/// # Errors
/// [`ReportError::Template`] if a template and the values do not agree; [`ReportError::Write`] without a language.
pub fn pack(
    inputs: &[ReportInput<'_>],
    source: &dyn PackSource,
    standing: Standing,
) -> Result<Pack, ReportError> {
    let failed = |what: &str| ReportError::Write(what.to_owned());
    let first = inputs.first().ok_or_else(|| failed("no language was asked for"))?;
    let result = first.facts.schemes.first().ok_or_else(|| failed("no scheme was applied"))?;
    let scheme = result.scheme();
    let assessment = with_schemes(first.assessment, &first.facts.schemes)
        .and_then(|assessment| serde_json::to_vec_pretty(&assessment))
        .map_err(|error| ReportError::Write(error.to_string()))?;
    let index = index::index(result, source, assessment);
    let copied = |name: &str| index.holds(name);
    let mut files: Vec<PackFile> = Vec::new();
    let mut documents: Vec<Value> = Vec::new();
    for input in inputs {
        for document in result.data.iter().rev().flat_map(|one| &one.documents) {
            let (name, text) = documents::document(input, result, document)?;
            if files.iter().any(|known| known.name == name) {
                continue;
            }
            documents.push(json!({
                "id": document.id, "title": document.title.of(input.language),
                "language": input.language.code(), "file": name,
            }));
            files.push(PackFile { name, bytes: links::inside(&text, &copied).into_bytes() });
        }
        let page = crate::html::html(input)?;
        let page = links::inside(&String::from_utf8_lossy(&page), &copied);
        let code = input.language.code();
        files.push(PackFile { name: format!("report.{code}.html"), bytes: page.into_bytes() });
        let missing = missing::page(input, result, standing, &index);
        files.push(PackFile { name: format!("missing.{code}.md"), bytes: missing.into_bytes() });
    }
    let missing = missing::all(result, first.assessment.demonstration, standing);
    let listed: Vec<Value> = missing.iter().map(missing::as_json).chain(index.lacking()).collect();
    let to_compare: Vec<Value> =
        result.to_compare().map(|(scheme, id)| json!({ "scheme": scheme, "what": id })).collect();
    let verdict = result.applied.verdict;
    // What is held back on purpose is told, and is no gap.
    let whole = missing.is_empty() && index.without_file().iter().all(|(_, why)| *why == "withheld");
    let (csv, table) = (index.csv(), index.json());
    files.extend(index.into_files());
    files.push(PackFile { name: "evidence/evidence.csv".to_owned(), bytes: csv.into_bytes() });
    files.push(PackFile { name: "evidence/evidence.json".to_owned(), bytes: pretty(&table) });
    let described: Vec<Value> = files
        .iter()
        .map(|file| json!({ "name": file.name, "sha256": hex(&file.bytes), "size": file.bytes.len() }))
        .collect();
    let index = json!({
        "format": FORMAT,
        "scheme": scheme.name,
        "kind": scheme.kind,
        "version": scheme.version,
        "data": result.applied.data,
        "run": first.facts.run,
        "tool": first.facts.tool,
        "edition": first.assessment.edition,
        "date": first.assessment.date,
        "draft": first.facts.draft,
        "demonstration": first.assessment.demonstration,
        "complete": first.assessment.complete,
        "verdict": verdict,
        "valid_until": result.applied.valid_until,
        "missing": listed,
        "to_compare": to_compare,
        "documents": documents,
        "files": described,
    });
    files.push(PackFile { name: "pack.json".to_owned(), bytes: pretty(&index) });
    let sums: String = files.iter().map(|file| format!("{}  {}\n", hex(&file.bytes), file.name)).collect();
    files.push(PackFile { name: "SHA256SUMS".to_owned(), bytes: sums.into_bytes() });
    Ok(Pack { files, index, whole, verdict })
}

/// Whether a mapping or a verdict is asked for; a mapping is never "met".
fn is_mapping(result: &SchemeResult) -> bool {
    result.applied.kind == SchemeKind::Mapping
}

fn pretty(value: &Value) -> Vec<u8> {
    let mut text = serde_json::to_string_pretty(value).expect("plain data with text keys");
    text.push('\n');
    text.into_bytes()
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
