//! The results as a workbook: the declaration as the supplier filled it in, with a verdict beside every
//! provision and row, and sheets of their own for summary, results, what is open, files and method.
//!
//! What the device and the supplier's files say is text: no cell is a formula or a link, and invisible
//! characters are made visible. The same run gives the same bytes. `hantei import` reads the declaration out
//! of it again and leaves the results aside.

mod beside;
mod method;
mod open;
mod results;
mod summary;

use ixit::Declaration;
use ixit::sheet::{Added, AddedCell, AddedColumn, AddedSheet, Look};
use testcases::Verdict;
use testcases::texts::Language;

use crate::inert;
use crate::view::Page;
use crate::words::Words;
use crate::{ReportError, ReportInput};

/// Writes the workbook. The declaration is that of the run.
///
/// # Errors
/// [`ReportError::Write`] if the workbook cannot be put together.
pub fn xlsx(input: &ReportInput<'_>, declaration: &Declaration) -> Result<Vec<u8>, ReportError> {
    let words = Words::of(input.language);
    let page = Page::new(input);
    let mut added = Added {
        line: line(input, words, &page),
        warns: page.partial || page.demonstration || page.draft.is_some() || page.invalid.is_some(),
        before: vec![
            summary::sheet(words, &page),
            results::sheet(input, words),
            open::sheet(input, words, &page),
        ],
        after: vec![method::sheet(words, &page), method::files(words, &page)],
        columns: beside::columns_of(input, words, declaration),
    };
    harmless(&mut added);
    let language = match input.language {
        Language::En => ixit::template::Language::En,
        Language::Ja => ixit::template::Language::Ja,
    };
    ixit::sheet::export_with(declaration, language, &added)
        .map_err(|error| ReportError::Write(error.to_string()))
}

/// What keeps the verdict from counting, verdict, device, run: in this order, as the head of a printed page
/// has no room for long names.
fn line(input: &ReportInput<'_>, words: &Words, page: &Page) -> String {
    let warnings = [
        (page.invalid.is_some(), "running-invalid"),
        (page.draft.is_some(), "draft"),
        (page.partial, "running-partial"),
        (page.demonstration, "running-demonstration"),
    ];
    let warnings = warnings.into_iter().filter(|(holds, _)| *holds).map(|(_, key)| words.ui(key));
    let mut parts: Vec<&str> = warnings.collect();
    let run = format!("{} {}", words.ui("run"), input.facts.run);
    parts.extend([page.verdict.text.as_str(), &page.title, &run]);
    parts.join(" · ")
}

/// Makes invisible characters visible in every text. Nothing is cut here: a cell is longer than a page bears.
fn harmless(added: &mut Added) {
    let clean = |text: &mut String| *text = inert::bounded(text, usize::MAX);
    clean(&mut added.line);
    let sheets = added.before.iter_mut().chain(&mut added.after);
    let of_sheets = sheets.flat_map(|sheet| &mut sheet.rows).flatten();
    let of_columns = added.columns.values_mut().flat_map(|more| more.cells.values_mut()).flatten();
    of_sheets.chain(of_columns).for_each(|cell| clean(&mut cell.text));
}

/// The verdict in words, which its look repeats.
fn verdict(words: &Words, verdict: Verdict) -> AddedCell {
    let look = match verdict {
        Verdict::Pass => Look::Pass,
        Verdict::Fail => Look::Fail,
        Verdict::Inconclusive => Look::Open,
        Verdict::NotApplicable | Verdict::NotClaimed => Look::Aside,
    };
    AddedCell::new(words.ui(verdict.as_str()), look)
}

/// Columns with headings by the keys of their phrases.
fn columns(words: &Words, columns: &[(&str, f64)]) -> Vec<AddedColumn> {
    columns
        .iter()
        .map(|(key, width)| AddedColumn { heading: words.ui(key).to_owned(), width: *width })
        .collect()
}

/// A table with headings, a filter and some columns that stay in place.
fn table(
    words: &Words,
    name: &str,
    headings: &[(&str, f64)],
    kept: u16,
    rows: Vec<Vec<AddedCell>>,
) -> AddedSheet {
    AddedSheet {
        name: words.ui(name).to_owned(),
        columns: columns(words, headings),
        rows,
        kept: Some(kept),
        large: false,
    }
}

/// Name and value.
fn named(name: &str, value: &str) -> Vec<AddedCell> {
    vec![AddedCell::new(name, Look::Label), AddedCell::plain(value)]
}

/// The heading of a part of a sheet, after an empty row.
fn section(rows: &mut Vec<Vec<AddedCell>>, text: &str) {
    rows.push(Vec::new());
    rows.push(vec![AddedCell::new(text, Look::Section)]);
}

/// Headings within a sheet.
fn headings(words: &Words, keys: &[&str]) -> Vec<AddedCell> {
    keys.iter().map(|key| AddedCell::new(words.ui(key), Look::Heading)).collect()
}

/// Item, state and sample of something that concerns no item in particular are empty.
fn item_name(item: &str) -> &str {
    if item == "-" { "" } else { item }
}
