//! What a run did not look at: said on every report, so that nobody reads more out of it than was done.

use harness::RunRecord;
use harness::store::Difference;
use harness::testcases::bluetooth::surface;
use harness::testcases::texts::Language;
use reports::heard::Heard;

/// What the lab or the tool could not do in this run.
pub(super) fn limits(record: &RunRecord, heard: &Heard, language: Language) -> Vec<String> {
    let words = reports::words::Words::of(language);
    let mut limits = vec![words.ui(over_bluetooth(record)).to_owned()];
    if heard.captures == 0 {
        limits.push(words.ui("limit-capture").to_owned());
    }
    limits.extend(record.basis.differences.iter().map(|difference| match difference {
        Difference::OwnCatalogue => words.ui("limit-own-catalogue").to_owned(),
        Difference::OtherCatalogue { .. } => words.ui("limit-other-catalogue").to_owned(),
        Difference::OwnPolicy => words.ui("limit-own-policy").to_owned(),
        Difference::OtherPolicy { then, now } => {
            words.ui("limit-other-policy").replace("{then}", then).replace("{now}", now)
        }
    }));
    let mut foreign: Vec<u64> = record
        .observations
        .iter()
        .filter_map(|recorded| recorded.observation.data.get("foreign")?.as_array().cloned())
        .flatten()
        .filter_map(|port| port.as_u64())
        .collect();
    foreign.sort_unstable();
    foreign.dedup();
    if !foreign.is_empty() {
        let ports = foreign.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
        limits.push(words.ui("limit-foreign").replace("{ports}", &ports));
    }
    limits.extend(super::troubles(record));
    limits
}

/// Which limit holds for Bluetooth: that nothing was observed, or what an observation does not cover.
fn over_bluetooth(record: &RunRecord) -> &'static str {
    if surface::looks(&record.facts()).next().is_some() { "limit-ble-covered" } else { "limit-ble" }
}
