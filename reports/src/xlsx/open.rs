//! What keeps the result open: questions that wait for a person, and what could not be established.

use ixit::sheet::{AddedCell, AddedSheet};
use testcases::Verdict;
use testcases::assessment::{ItemRecord, UnitResult};

use super::{item_name, table};
use crate::ReportInput;
use crate::view::{Page, blame_words, place_words};
use crate::words::Words;

/// Headings and widths, in the order of the cells.
const COLUMNS: [(&str, f64); 6] = [
    ("sheet-waits-for", 18.0),
    ("sheet-unit", 14.0),
    ("sheet-item", 30.0),
    ("sheet-state-and-sample", 24.0),
    ("sheet-question", 60.0),
    ("sheet-look-at", 60.0),
];

pub(super) fn sheet(input: &ReportInput<'_>, words: &Words, page: &Page) -> AddedSheet {
    let mut rows: Vec<Vec<AddedCell>> = Vec::new();
    for question in &page.questions {
        // A question that belongs to no unit has a title instead.
        let unit = question.unit.as_ref().unwrap_or(&question.title);
        rows.extend(question.rows.iter().map(|asked| {
            [&question.role, unit, &asked.item, &asked.place, &question.question, &question.look_at]
                .map(|text| AddedCell::plain(&**text))
                .to_vec()
        }));
    }
    let provisions = input.assessment.provisions.iter().filter(|provision| provision.planned);
    for unit in provisions.flat_map(|provision| &provision.cases).flat_map(|case| &case.units) {
        let open = |item: &&ItemRecord| item.verdict == Verdict::Inconclusive && item.open.is_none();
        rows.extend(unit.items.iter().filter(open).map(|item| not_established(words, unit, item)));
        if unit.items.is_empty() && unit.verdict == Verdict::Inconclusive {
            let why = words.why(unit.why.as_deref().unwrap_or("nothing-exercised"));
            let lab = blame_words(words, testcases::Blame::Lab);
            rows.push(
                [lab, unit.id.clone(), String::new(), String::new(), why].map(AddedCell::plain).to_vec(),
            );
        }
    }
    if rows.is_empty() {
        rows.push(vec![AddedCell::plain(words.ui("sheet-nothing-open"))]);
    }
    table(words, "sheet-open", &COLUMNS, 2, rows)
}

/// An item that no answer helps: somebody has to do or hand in something.
fn not_established(words: &Words, unit: &UnitResult, item: &ItemRecord) -> Vec<AddedCell> {
    let reason = words.reason(&item.reason);
    let expected = reason.expected.map(|text| format!("{}: {text}", words.ui("expected")));
    [
        item.blame.map(|blame| blame_words(words, blame)).unwrap_or_default(),
        unit.id.clone(),
        item_name(&item.item).to_owned(),
        place_words(words, item.state, item.sample.as_deref()),
        reason.text,
        expected.unwrap_or_default(),
    ]
    .map(AddedCell::plain)
    .to_vec()
}
