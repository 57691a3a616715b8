//! Reports with label schemes: which there are, and how the files are called.

use harness::RunRecord;
use harness::testcases::guide::Guide;
use harness::testcases::scheme::Scheme;
use reports::scheme::SchemeResult;

use super::for_guides;
use crate::cli::Format;
use crate::command::schemes;
use crate::output::Failure;

/// Formats that show schemes.
const FORMATS: [Format; 4] = [Format::Html, Format::Pdf, Format::Md, Format::Json];

/// What names on the command line stand for, each once at most.
pub(super) struct Named {
    pub(super) schemes: Vec<&'static Scheme>,
    pub(super) guides: Vec<&'static Guide>,
}

/// Every name is that of a scheme or of a guide, and every format shows them. Asked before the run is read.
pub(super) fn known(names: &[String], formats: &[Format]) -> Result<Named, Failure> {
    if let Some(format) = formats.iter().find(|format| !names.is_empty() && !FORMATS.contains(format)) {
        return Err(Failure::nothing_started(format!(
            "a report as {} has no part for a label scheme or a guide",
            format.as_str()
        ))
        .help("--scheme goes with html, pdf, md and json; write the other formats without it"));
    }
    let mut named = Named { schemes: Vec::new(), guides: Vec::new() };
    for name in names {
        match for_guides::named(name) {
            Some(guide) => named.guides.push(guide),
            None => named.schemes.push(schemes::named(name)?),
        }
    }
    Ok(named)
}

/// Applies schemes to a run, each once.
pub(super) fn applied(wanted: &[&'static Scheme], record: &RunRecord) -> Result<Vec<SchemeResult>, Failure> {
    let mut results: Vec<SchemeResult> = Vec::new();
    for scheme in wanted {
        let scheme = schemes::of_run(&scheme.name, record)?;
        if results.iter().all(|known| known.applied.scheme != scheme.name) {
            results.push(SchemeResult::new(scheme, &record.declaration, record.apply(scheme)));
        }
    }
    Ok(results)
}

/// `report.en.html` becomes `report.psti.en.html`: the reports without schemes stay.
pub(super) fn named(file: String, schemes: &[SchemeResult]) -> String {
    let names: Vec<&str> = schemes.iter().map(|result| result.applied.scheme.as_str()).collect();
    match file.split_once('.') {
        Some((stem, rest)) if !names.is_empty() => format!("{stem}.{}.{rest}", names.join("+")),
        _ => file,
    }
}
