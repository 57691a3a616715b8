//! One row for each item of each unit; units without items have one as well, with the reason.

use ixit::sheet::{AddedCell, AddedSheet, Look};
use probes::EvidenceRef;
use testcases::assessment::{EffortRecord, ItemRecord, ProvisionResult, UnitResult};
use testcases::{Blame, Verdict};

use super::{columns, item_name, verdict};
use crate::ReportInput;
use crate::view::{Annex, blame_words, by_words, day, effort_words, noted, rests_on_words, role_words};
use crate::words::Words;

/// Headings and widths, in the order of the cells.
const COLUMNS: [(&str, f64); 19] = [
    ("provision", 9.0),
    ("sheet-case", 10.0),
    ("sheet-unit", 12.0),
    ("sheet-item", 20.0),
    ("sheet-state", 14.0),
    ("sheet-sample", 9.0),
    ("verdict", 16.0),
    ("decided-by", 14.0),
    ("sheet-rests-on", 12.0),
    ("sheet-blame", 14.0),
    ("sheet-code", 18.0),
    ("sheet-reason", 34.0),
    ("expected", 32.0),
    ("actual", 32.0),
    ("evidence", 26.0),
    ("effort", 24.0),
    ("sheet-person", 14.0),
    ("sheet-decided-on", 12.0),
    ("sheet-machine-verdict", 16.0),
];

pub(super) fn sheet(input: &ReportInput<'_>, words: &Words) -> AddedSheet {
    let mut rows = Vec::new();
    for provision in &input.assessment.provisions {
        if let Some(reason) = &provision.reason {
            rows.push(without_item(words, provision, "", None, provision.verdict, &reason.code, {
                words.reason(reason).text
            }));
        }
        for case in &provision.cases {
            for unit in &case.units {
                rows.extend(
                    unit.items.iter().map(|item| row(input, words, &provision.id, &case.id, unit, item)),
                );
                if unit.items.is_empty() {
                    let left_out = if unit.planned { "nothing-exercised" } else { "not-applicable" };
                    let why = unit.why.as_deref().or(provision.why.as_deref()).unwrap_or(left_out);
                    let told = words.why(why);
                    rows.push(without_item(words, provision, &case.id, Some(unit), unit.verdict, why, told));
                }
            }
        }
    }
    AddedSheet {
        name: words.ui("sheet-results").to_owned(),
        columns: columns(words, &COLUMNS),
        rows,
        kept: Some(3),
        large: true,
    }
}

fn without_item(
    words: &Words,
    provision: &ProvisionResult,
    case: &str,
    unit: Option<&UnitResult>,
    of: Verdict,
    code: &str,
    reason: String,
) -> Vec<AddedCell> {
    let plain = |text: &str| AddedCell::plain(text);
    let mut cells = vec![plain(&provision.id), plain(case), plain(unit.map_or("", |unit| &unit.id))];
    cells.extend([plain(""), plain(""), plain(""), verdict(words, of)]);
    cells.extend([plain(""), plain(""), plain(""), plain(code), AddedCell::plain(reason)]);
    cells.resize(COLUMNS.len(), AddedCell::default());
    cells
}

fn row(
    input: &ReportInput<'_>,
    words: &Words,
    provision: &str,
    case: &str,
    unit: &UnitResult,
    item: &ItemRecord,
) -> Vec<AddedCell> {
    let said = words.reason(&item.reason);
    let mut reason = said.text;
    if item.vacuous {
        reason.push_str(&format!("\n{}", words.ui("vacuous")));
    }
    let source = item.reason.expected.as_ref().and_then(|expected| expected.source.as_deref());
    let source = source.filter(|source| *source != "criterion").map_or(String::new(), |source| {
        format!(" ({})", source.strip_prefix("declaration:").unwrap_or(source))
    });
    let state = item.state.map(|state| words.ui(&format!("state-{}", state.as_str())).to_owned());
    let decision = item.decision.as_ref();
    let person = decision.map(|decision| {
        format!("{}\n{}{}", decision.person, role_words(words, decision.role), noted(decision))
    });
    let blame = item.blame.filter(|_| item.verdict != Verdict::Pass);
    let texts_before = [
        provision.to_owned(),
        case.to_owned(),
        unit.id.clone(),
        item_name(&item.item).to_owned(),
        state.unwrap_or_default(),
        item.sample.clone().unwrap_or_default(),
    ];
    let texts_behind = [
        by_words(words, item.by),
        rests_on_words(words, item.rests_on),
        blame.map(|blame: Blame| blame_words(words, blame)).unwrap_or_default(),
        item.reason.code.clone(),
        reason,
        said.expected.map_or(String::new(), |text| text + &source),
        said.actual.unwrap_or_default(),
        evidence(input, words, &unit.id, &item.evidence).join("\n"),
        item.effort.as_ref().map_or(String::new(), |record| effort(words, record)),
        person.unwrap_or_default(),
        decision.map_or(String::new(), |decision| day(&decision.date).to_owned()),
    ];
    let machine = item.overridden.map_or_else(AddedCell::default, |machine| verdict(words, machine));
    let mut cells: Vec<AddedCell> = texts_before.into_iter().map(AddedCell::plain).collect();
    cells.push(verdict(words, item.verdict));
    cells.extend(texts_behind.into_iter().map(AddedCell::plain));
    cells.push(machine);
    debug_assert!(cells.len() == COLUMNS.len() && cells.iter().all(|cell| cell.look != Look::Heading));
    cells
}

/// The pieces of evidence: the beginning of the digest as in the sheet of files and the place in the file, or
/// the row and fields of the declaration.
pub(super) fn evidence(
    input: &ReportInput<'_>,
    words: &Words,
    unit: &str,
    evidence: &[EvidenceRef],
) -> Vec<String> {
    Annex::default()
        .links(input, words, unit, evidence.iter())
        .into_iter()
        .map(|link| match link.at {
            Some(at) => format!("{} · {}", link.text, at.text),
            None => link.text,
        })
        .collect()
}

fn effort(words: &Words, record: &EffortRecord) -> String {
    let effort = effort_words(words, record);
    [effort.what.text, effort.numbers]
        .into_iter()
        .filter(|text| !text.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}
