//! Cases beyond the standard (`hantei-plus`), shown as units are. They stand apart: no number and no verdict of the
//! standard counts them.

use serde::Serialize;
use testcases::By;
use testcases::assessment::UnitResult;
use testcases::catalogue::Kind;
use testcases::plus::{KIND, PlusResult, data_of};

use super::annex::Annex;
use super::details::{Unit, unit_view};
use crate::ReportInput;
use crate::words::Words;

/// A case.
#[derive(Debug, Serialize)]
pub(crate) struct Beyond {
    title: String,
    units: [Unit; 1],
}

/// The cases that were run.
pub(super) fn cases(input: &ReportInput<'_>, words: &Words, annex: &mut Annex) -> Vec<Beyond> {
    results(input).map(|result| case(input, words, annex, result)).collect()
}

fn results(input: &ReportInput<'_>) -> impl Iterator<Item = PlusResult> {
    let of_plus = input.assessment.extra.iter().filter(|value| value["kind"] == KIND);
    of_plus.filter_map(|value| serde_json::from_value(value.clone()).ok())
}

fn case(input: &ReportInput<'_>, words: &Words, annex: &mut Annex, result: PlusResult) -> Beyond {
    let data = data_of(&result.id);
    let said = |of: fn(&testcases::plus::PlusData) -> &testcases::scheme::Words| {
        data.map_or_else(String::new, |data| of(data).of(input.language).to_owned())
    };
    let unit = UnitResult {
        id: result.id,
        kind: Kind::Functional,
        planned: true,
        why: None,
        verdict: result.verdict,
        by: Some(By::Machine),
        rests_on: result.rests_on,
        items: result.items,
    };
    let mut unit = unit_view(input, words, annex, &unit);
    unit.step = said(|data| &data.criterion);
    Beyond { title: said(|data| &data.title), units: [unit] }
}
