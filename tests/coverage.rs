//! What `docs/coverage.md` says of the functional units is what the program says today.

mod command;

use std::path::Path;

use command::{code, json, run};

#[test]
fn the_page_of_the_coverage_is_what_the_program_says() {
    let output = run(&["list", "coverage"]);
    assert_eq!(code(&output), 0);
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/coverage.md");
    let page = std::fs::read_to_string(&file).expect("docs/coverage.md");
    let says = String::from_utf8_lossy(&output.stdout);
    assert!(
        page == says,
        "docs/coverage.md is out of date; make it anew: hantei list coverage > docs/coverage.md"
    );
}

/// Every functional unit is decided in one of the named ways.
#[test]
fn every_functional_unit_is_proved_decided_assisted_or_asked_with_a_criterion() {
    let listed = json(&run(&["list", "units", "--json"]));
    let functional: Vec<_> = listed["units"]
        .as_array()
        .expect("units")
        .iter()
        .filter(|unit| unit["kind"] == "functional")
        .collect();
    assert_eq!(functional.len(), 102);
    let without: Vec<_> = functional.iter().filter(|unit| unit["criterion"].as_str().is_none()).collect();
    assert!(without.is_empty(), "without a criterion: {without:?}");
    let proved = |unit: &&&serde_json::Value| {
        unit["by"] == "machine" && unit["proved_by"].as_array().is_some_and(|faults| !faults.is_empty())
    };
    let proved = functional.iter().filter(proved).count();
    let assisted = functional.iter().filter(|unit| unit["by"] == "assisted").count();
    assert!(proved >= 51 && assisted >= 45, "{proved} proved, {assisted} assisted");
}
