//! Observations as a run folder keeps them.

use std::path::Path;

use serde_json::Value;

/// Observations of a probe in a state, as the journal names them.
pub(crate) fn observations(run: &Path, probe: &str, state: &str) -> Vec<Value> {
    let journal = std::fs::read_to_string(run.join("journal.jsonl")).expect("the run has a journal");
    journal
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("a line of the journal is JSON"))
        .filter(|line| line["kind"] == "observation" && line["body"]["probe"] == probe)
        .map(|line| {
            let reference = line["body"]["ref"].as_str().expect("a reference");
            let hex = reference.strip_prefix("sha256:").expect("a digest");
            let bytes =
                std::fs::read(run.join("evidence").join(format!("{hex}.json"))).expect("it is stored");
            serde_json::from_slice::<Value>(&bytes).expect("an observation is JSON")
        })
        .filter(|observation| observation["context"]["state"] == state)
        .collect()
}

/// The one observation of a probe in a state, of one port if given.
pub(crate) fn observation(run: &Path, probe: &str, state: &str, port: Option<u16>) -> Value {
    let mut found = observations(run, probe, state);
    found.retain(|one| port.is_none_or(|port| one["data"]["port"] == port));
    assert_eq!(found.len(), 1, "{probe} in {state}, port {port:?}");
    found.remove(0)
}
