//! `hantei-plus`: cases beyond EN 303 645, which the guides ask for. Own ids, the same engine; off unless the plan is
//! asked for them, and without influence on any verdict of the standard: what comes of them stands under `extra`.
//!
//! A case is a data file (`catalogue/plus/<id>.toml`: what it asks, least effort) and a judge
//! (`cases/<name>.rs`). What it needs to see is planned like for any unit, in `src/observing/`.

use std::sync::OnceLock;

use ixit::Declaration;
use serde::{Deserialize, Serialize};

use crate::assess::record;
use crate::assessment::ItemRecord;
use crate::catalogue::{Catalogue, MinimumCapture, MinimumEffort};
use crate::facts::Facts;
use crate::judge::{By, ItemResult, RestsOn};
use crate::plan::{PlannedUnit, glob_matches};
use crate::scheme::Words;
use crate::verdict::Verdict;

include!(concat!(env!("OUT_DIR"), "/plus_modules.rs"));

mod remote_operation;
mod security_log;
#[cfg(test)]
mod tests;

/// Name of the whole, as `--with` takes it.
pub const NAME: &str = "hantei-plus";
/// Kind of its results under `extra`.
pub const KIND: &str = "plus";
/// Folder of the data files.
const FOLDER: &str = "catalogue/plus/";

/// The judge of a case. One file each in `src/plus/cases/`, which holds `pub static CASE: PlusCase`.
pub struct PlusCase {
    /// Id, such as `plus-cloned-peer`.
    pub id: &'static str,
    /// Probes whose observations it reads, by name.
    pub needs: &'static [&'static str],
    /// Verdicts that it can give.
    pub machine_can: &'static [Verdict],
    /// The judgement: one result an item, never an empty list. It asks nobody.
    pub judge: fn(&Facts<'_>) -> Vec<ItemResult>,
}

/// What a case asks.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlusData {
    /// Id; also the name of its file.
    pub id: String,
    /// Title.
    pub title: Words,
    /// What it asks of the device, and when it is met.
    pub criterion: Words,
    /// Least effort behind a PASS.
    #[serde(default)]
    pub minimum_effort: Option<MinimumEffort>,
    /// Least captures behind a PASS.
    #[serde(default)]
    pub minimum_capture: Option<MinimumCapture>,
}

/// What came of a case; a value of `extra` in an assessment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlusResult {
    /// [`KIND`].
    pub kind: String,
    /// Id of the case.
    pub id: String,
    /// Worst of the items.
    pub verdict: Verdict,
    /// The weakest on which it rests.
    pub rests_on: Option<RestsOn>,
    /// Results.
    pub items: Vec<ItemRecord>,
}

/// What every case asks, by id.
///
/// # Panics
/// Never for a released build: the data is part of the program and checked by its tests.
pub fn data() -> &'static [PlusData] {
    static DATA: OnceLock<Vec<PlusData>> = OnceLock::new();
    DATA.get_or_init(|| {
        let read = |(name, text): (&str, &str)| -> PlusData {
            toml::from_str(text).unwrap_or_else(|fault| panic!("{name}: {fault}"))
        };
        Catalogue::files(FOLDER).map(read).collect()
    })
}

/// What a case asks.
pub fn data_of(id: &str) -> Option<&'static PlusData> {
    data().iter().find(|data| data.id == id)
}

/// The cases as a plan has them: all of them, or those that `only` names.
pub(crate) fn planned(_: &Declaration, only: Option<&str>) -> Vec<PlannedUnit> {
    let chosen = |id: &str| only.is_none_or(|only| only.split(',').any(|glob| glob_matches(glob.trim(), id)));
    let cases = cases::ALL.iter().filter(|case| chosen(case.id));
    cases
        .map(|case| PlannedUnit {
            id: case.id.to_owned(),
            planned: true,
            why: None,
            by: Some(By::Machine),
            items: Vec::new(),
            probes: case.needs.iter().map(|probe| (*probe).to_owned()).collect(),
            states: Vec::new(),
            channels: Vec::new(),
            minimum_effort: data_of(case.id).and_then(|data| data.minimum_effort.clone()),
        })
        .collect()
}

/// Judges the planned cases.
pub(crate) fn assess(facts: &Facts<'_>, planned: &[PlannedUnit]) -> Vec<PlusResult> {
    let of = |planned: &PlannedUnit| cases::ALL.iter().find(|case| case.id == planned.id);
    planned.iter().filter_map(of).map(|case| result(facts, case)).collect()
}

fn result(facts: &Facts<'_>, case: &PlusCase) -> PlusResult {
    let results = (case.judge)(facts);
    PlusResult {
        kind: KIND.to_owned(),
        id: case.id.to_owned(),
        verdict: Verdict::worst_of(results.iter().map(|result| result.verdict)),
        rests_on: results.iter().map(|result| result.rests_on).max(),
        items: results.into_iter().map(record).collect(),
    }
}
