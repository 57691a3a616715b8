//! Guides read over a run: pages of their own beside the report.

use harness::RunRecord;
use harness::testcases::guide::{Guide, guide};
use harness::testcases::texts::Language;
use reports::ReportInput;
use reports::guide::{self as page, GuideResult, OF_RISK_CONTEXT};

use super::print::Browser;
use crate::cli::Format;
use crate::output::Failure;

/// A guide by name; `None` where the name is none of a guide.
pub(super) fn named(name: &str) -> Option<&'static Guide> {
    guide(name)
}

/// Reads guides over a run, each once.
pub(super) fn read_over(wanted: &[&'static Guide], record: &RunRecord) -> Result<Vec<GuideResult>, Failure> {
    let mut results: Vec<GuideResult> = Vec::new();
    for guide in wanted {
        if !guide.is_of(record.declaration.edition) {
            return Err(Failure::nothing_started(format!(
                "the guide {} is linked to results of {}, and this run is of {}",
                guide.name,
                guide.edition,
                record.declaration.edition.short()
            ))
            .help("assess the device against that edition, or choose another guide"));
        }
        if results.iter().all(|known| known.guide.name != guide.name) {
            let stated = record.declaration.guides.risk_context.clone();
            results.push(GuideResult {
                guide,
                answered: record.answer(guide),
                risk_context: stated.filter(|_| guide.name == OF_RISK_CONTEXT),
            });
        }
    }
    Ok(results)
}

/// `guide.csa-13-steps.en.html`
pub(super) fn file_name(result: &GuideResult, format: Format, language: Language) -> String {
    let name = &result.guide.name;
    match format {
        Format::Json => format!("guide.{name}.json"),
        _ => format!("guide.{name}.{}.{}", language.code(), format.as_str()),
    }
}

/// A guide in a format: html, pdf, md or json. A page leads to the report that lies `beside` it.
pub(super) fn render(
    input: &ReportInput<'_>,
    result: &GuideResult,
    format: Format,
    beside: Option<&str>,
    browser: Option<&Browser>,
) -> Result<Vec<u8>, Failure> {
    match format {
        Format::Pdf => {
            let paper = page::html(input, result, None).map_err(Failure::cannot_vouch)?;
            return browser.expect("found before anything is printed").print(&paper);
        }
        Format::Md => page::markdown(input, result),
        Format::Json => page::json(result),
        _ => page::html(input, result, beside),
    }
    .map_err(Failure::cannot_vouch)
}
