use crate::judge::{By, ItemResult};
use crate::test_facts::TestFacts;
use crate::verdict::Verdict;

const ICS: &str = "edition = \"en303645-2.1.1\"\n[dut]\nassociated_services = [\"Maker cloud 3.8 (cloud.example)\", \"Maker clouds\"]\n";

const DECLARED: &str = r#"
[[pers_data]]
id = "PersData-1"
description = "Schedules"
stored_on = ["device", "associated-service"]
services = ["Maker cloud"]
[[del_func]]
id = "DelFunc-Account"
description = "Deletes the account"
target_type = "personal data on associated services"
initiation_and_interaction = "App, Account, Delete"
covers = ["personal-data"]
services = ["Maker Cloud 3.8"]
"#;

fn judged(unit: &str, ixit: &str) -> ItemResult {
    TestFacts::with_ics(ICS, ixit).judge_one(unit)
}

fn fails(unit: &str, ixit: &str, code: &str) -> ItemResult {
    judged(unit, ixit).fails(code)
}

#[test]
fn a_service_is_covered_under_any_of_its_names() {
    let result = judged("5.11-2-1:b", DECLARED);
    assert_eq!((result.verdict, result.by), (Verdict::Pass, By::Machine), "{result:#?}");
    assert_eq!(result.reason.code, "services-covered");
}

#[test]
fn a_service_that_no_function_covers_fails() {
    let unit = "5.11-2-1:b";
    fails(unit, &DECLARED.replace("Maker Cloud 3.8", "Maker clouds"), "service-not-covered");
    let update_service = DECLARED.replace("[\"Maker cloud\"]", "[\"Maker cloud\", \"Maker clouds\"]");
    fails(unit, &update_service, "service-not-covered");
    // Full width is the same name; one that the ICS does not know may be another name for the same service.
    let wide = judged(unit, &DECLARED.replace("[\"Maker cloud\"]", "[\"Ｍａｋｅｒ　cloud\"]"));
    assert_eq!(wide.reason.code, "services-covered");
    let unknown = judged(unit, &DECLARED.replace("[\"Maker cloud\"]", "[\"Cloud of the maker\"]"));
    assert_eq!((unknown.verdict, unknown.by), (Verdict::Inconclusive, By::Assisted));
    fails(
        unit,
        &DECLARED.replace("covers = [\"personal-data\"]", "covers = [\"user-configuration\"]"),
        "service-not-covered",
    );
    let device_alone = DECLARED.replace("personal data on associated services", "user data on the device");
    fails(unit, &device_alone, "service-not-covered");
}

#[test]
fn names_that_are_not_told_are_asked_about() {
    for line in ["services = [\"Maker cloud\"]\n", "services = [\"Maker Cloud 3.8\"]\n"] {
        let result = judged("5.11-2-1:b", &DECLARED.replace(line, ""));
        assert_eq!((result.verdict, result.by), (Verdict::Inconclusive, By::Assisted), "{line}");
    }
}

#[test]
fn stored_data_need_a_function_for_services() {
    let unit = "5.11-2-1:a";
    let open = judged(unit, DECLARED).open.expect("a question");
    assert_eq!(open.prejudgement, Some(Verdict::Pass));
    let device_alone = DECLARED.replace("personal data on associated services", "user data on the device");
    fails(unit, &device_alone, "no-removal-from-services");
    judged(unit, &DECLARED.replace("App, Account, Delete", "-")).waits_for_the_supplier("field-empty");
    let nothing_stored = device_alone.replace(", \"associated-service\"", "");
    let result = judged(unit, &nothing_stored);
    assert_eq!((result.verdict, result.vacuous), (Verdict::Pass, true), "{result:#?}");
}
