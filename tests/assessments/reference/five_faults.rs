//! A full assessment with the scripted decisions: the sound device passes, and of five faults at once each is named.

use std::path::Path;

use crate::command::{assessment, code, demo, told, units};
use lab::{Apply, Behaviour, Fault, Kind};
use serde_json::Value;

/// Draws that the test makes; the same faults each time for the same list of faults.
const SEEDS: [u64; 2] = [1, 4];

#[test]
fn of_five_faults_at_once_each_is_named() {
    let below = tempfile::tempdir().expect("a temporary folder");
    std::thread::scope(|scope| {
        for seed in SEEDS {
            let below = below.path();
            scope.spawn(move || five(seed, below));
        }
    });
}

fn five(seed: u64, below: &Path) {
    let faults = draw(seed);
    let names: Vec<&str> = faults.iter().map(|fault| fault.name).collect();
    let arguments: Vec<&str> = names.iter().flat_map(|name| ["--fault", *name]).collect();
    let (output, run) = demo(below, &format!("five-{seed}"), &arguments);
    assert_eq!(code(&output), 1, "{names:?}: {}", told(&output));
    let seen = assessment(&run);
    let missing: Vec<&&str> = names
        .iter()
        .zip(&faults)
        .filter(|(_, fault)| !is_named(fault, &seen))
        .map(|(name, _)| name)
        .collect();
    assert!(missing.is_empty(), "seed {seed}, {names:?} together: not named: {missing:?}");
}

/// Whether an item fails with a code that the fault's file lists for it.
fn is_named(fault: &Fault, seen: &Value) -> bool {
    let all = units(seen);
    fault.changes.iter().filter(|change| change.verdict == "FAIL").any(|change| {
        let unit = all.iter().find(|unit| unit["id"] == change.unit);
        let items = unit.and_then(|unit| unit["items"].as_array());
        items
            .into_iter()
            .flatten()
            .any(|item| item["verdict"] == "FAIL" && item["reason"]["code"] == change.code)
    })
}

/// Five faults of the device that can be there at once: each leaves what the others did. Those of cases beyond the
/// standard are met one by one, with these cases.
fn draw(seed: u64) -> Vec<&'static Fault> {
    let fails = |fault: &&&Fault| {
        let fails = |change: &lab::Change| change.verdict == "FAIL" && !change.unit.starts_with("plus-");
        fault.kind == Kind::Device && fault.changes.iter().any(fails)
    };
    let mut left: Vec<&'static Fault> = lab::faults().iter().filter(fails).copied().collect();
    let mut chance = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut drawn: Vec<&'static Fault> = Vec::new();
    while drawn.len() < 5 {
        // Knuth's generator; the upper bits are the good ones.
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let fault = left.remove((chance >> 33) as usize % left.len());
        drawn.push(fault);
        if !agree(&drawn) {
            drawn.pop();
        }
    }
    drawn
}

/// Whether each can be seen beside the others: no two of them move the same unit, and the behaviour that all make
/// together has what each of them makes.
fn agree(faults: &[&Fault]) -> bool {
    let units = faults.iter().flat_map(|fault| fault.changes).map(|change| change.unit);
    let moved: Vec<&str> = units.filter(|unit| !unit.starts_with("plus-")).collect();
    if moved.len() != moved.iter().collect::<std::collections::BTreeSet<_>>().len() {
        return false;
    }
    let mut together = Behaviour::default();
    let apply = |fault: &Fault, to: &mut Behaviour| {
        if let Apply::Device(change) | Apply::DeviceAndFiles(change, _) = fault.apply {
            change(to);
        }
    };
    for fault in faults {
        apply(fault, &mut together);
    }
    faults.iter().all(|fault| {
        let mut again = together.clone();
        apply(fault, &mut again);
        // What a behaviour is made of can all be printed.
        format!("{again:?}") == format!("{together:?}")
    })
}
