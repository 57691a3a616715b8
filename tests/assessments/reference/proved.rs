//! What is claimed to be proved is proved: the sound device passes the unit by machine, with evidence and
//! without a decision, and the faults that `list units` names fail it (the matrix holds them to it).

use std::collections::{BTreeMap, BTreeSet};

use crate::command::{assessment, code, demo, json, run, told, units};
use serde_json::Value;

/// Functional units of 5.1, 5.5-1 to 5.5-7 on the server side, 5.6-1 and 5.6-2.
const SURFACE: [&str; 21] = [
    "5.1-1-2:a",
    "5.1-1-2:b",
    "5.1-1-2:c",
    "5.1-2-2:a",
    "5.1-3-2:a",
    "5.1-4-2:a",
    "5.1-4-2:b",
    "5.1-5-2:a",
    "5.1-5-2:b",
    "5.5-1-2:a",
    "5.5-2-2:a",
    "5.5-4-2:a",
    "5.5-4-2:b",
    "5.5-4-2:c",
    "5.5-5-2:a",
    "5.5-5-2:b",
    "5.5-6-2:a",
    "5.5-7-2:a",
    "5.6-1-2:a",
    "5.6-1-2:b",
    "5.6-2-2:a",
];
/// Functional units of 5.2-1, 5.3-13, 5.8-1 and 5.8-2.
const PUBLISHED_AND_PERSONAL: [&str; 7] =
    ["5.2-1-2:a", "5.2-1-2:b", "5.3-13-2:a", "5.3-13-2:b", "5.3-13-2:c", "5.8-1-2:a", "5.8-2-2:a"];

/// Functional units on what the device says, how it lives through outages, and what is published about it.
const BEHAVIOUR: [&str; 13] = [
    "5.3-10-1:c",
    "5.3-16-2:a",
    "5.3-16-2:b",
    "5.7-2-2:b",
    "5.8-3-1:a",
    "5.9-1-2:a",
    "5.9-1-2:b",
    "5.9-2-2:a",
    "5.9-2-2:b",
    "5.13-1-2:c",
    "6-5-2:a",
    "6-5-2:b",
    "6-5-2:c",
];

/// Functional units on updates and their settings, the decisions of the user, and the deletion of their data.
const UPDATES_AND_DELETION: [&str; 9] = [
    "5.3-1-2:a",
    "5.3-2-2:b",
    "5.3-6-2:a",
    "5.3-6-2:b",
    "5.3-6-2:c",
    "5.3-6-2:d",
    "5.11-1-2:b",
    "5.11-1-2:c",
    "5.12-1-2:d",
];

/// Conceptual units on update mechanisms.
const UPDATES_DECLARED: [&str; 12] = [
    "5.3-3-1:a",
    "5.3-4-1:a",
    "5.3-4-1:b",
    "5.3-5-1:a",
    "5.3-6-1:a",
    "5.3-6-1:b",
    "5.3-6-1:c",
    "5.3-6-1:d",
    "5.3-6-1:e",
    "5.3-9-1:c",
    "5.3-9-1:d",
    "5.3-10-1:b",
];

/// Units that the sound device passes by machine: nothing of them was decided by a person, and every item
/// has evidence.
fn passed_by_machine(assessment: &Value) -> BTreeSet<String> {
    let sound = |unit: &&Value| {
        let items = unit["items"].as_array().expect("items");
        unit["verdict"] == "PASS"
            && unit["by"] == "machine"
            && items.iter().any(|item| item["vacuous"] != true)
            && items.iter().all(|item| {
                item["decision"].is_null() && item["evidence"].as_array().is_some_and(|list| !list.is_empty())
            })
    };
    let found = units(assessment);
    found.into_iter().filter(sound).map(|unit| unit["id"].as_str().expect("id").to_owned()).collect()
}

#[test]
fn what_the_list_of_units_calls_proved_is_proved() {
    let below = tempfile::tempdir().expect("a temporary folder");
    let (output, folder) = demo(below.path(), "sound", &[]);
    assert_eq!(code(&output), 0, "{}", told(&output));
    let passed = passed_by_machine(&assessment(&folder));
    let listed = json(&run(&["list", "units", "--json"]));
    let faults = json(&run(&["demo", "--list-faults", "--json"]));
    let failing: BTreeMap<&str, Vec<&str>> = faults["faults"]
        .as_array()
        .expect("faults")
        .iter()
        .map(|fault| {
            let units = fault["units"].as_array().expect("units").iter().filter_map(Value::as_str);
            (fault["name"].as_str().expect("a name"), units.collect())
        })
        .collect();
    let mut proved = BTreeSet::new();
    for unit in listed["units"].as_array().expect("units") {
        let id = unit["id"].as_str().expect("id");
        let by: Vec<&str> =
            unit["proved_by"].as_array().expect("faults").iter().filter_map(Value::as_str).collect();
        for fault in &by {
            assert!(failing[fault].contains(&id), "{fault} does not fail {id}");
        }
        if unit["by"] == "machine" && !by.is_empty() {
            assert!(
                passed.contains(id),
                "{id} is called proved, and the sound device does not pass it by machine"
            );
            proved.insert(id.to_owned());
        }
        // A unit that is decided over the network names the probes that it reads.
        let functional = unit["kind"] == "functional" && unit["by"] == "machine";
        assert!(!functional || unit["probes"].as_array().is_some_and(|probes| !probes.is_empty()), "{id}");
    }
    let of = |scope: &[&str]| scope.iter().filter(|id| proved.contains(**id)).count();
    let open = |scope: &[&str]| -> Vec<String> {
        scope.iter().filter(|id| !proved.contains(**id)).map(|id| (*id).to_owned()).collect()
    };
    assert!(of(&SURFACE) >= 17, "not proved: {:?}", open(&SURFACE));
    assert!(of(&PUBLISHED_AND_PERSONAL) >= 5, "not proved: {:?}", open(&PUBLISHED_AND_PERSONAL));
    for all in [&BEHAVIOUR[..], &UPDATES_AND_DELETION[..], &UPDATES_DECLARED[..]] {
        assert_eq!(of(all), all.len(), "not proved: {:?}", open(all));
    }
}
