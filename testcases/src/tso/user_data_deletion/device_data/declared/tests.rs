use crate::judge::{By, ItemResult};
use crate::test_facts::TestFacts;
use crate::verdict::Verdict;

const RESET: &str = r#"
[[del_func]]
id = "DelFunc-Reset"
description = "Destroys the storage key"
target_type = "user data on the device"
initiation_and_interaction = "Settings, Reset, Delete everything"
covers = ["personal-data", "user-configuration", "user-cryptographic-material"]
"#;

const ACCOUNT: &str = r#"
[[del_func]]
id = "DelFunc-Account"
description = "Deletes the account"
target_type = "personal data on associated services"
initiation_and_interaction = "App, Account, Delete"
covers = ["personal-data"]
"#;

const DATA: &str = r#"
[[pers_data]]
id = "PersData-1"
description = "Schedules"
stored_on = ["device"]
[[sec_param]]
id = "SecParam-Password"
description = "Hash of the password"
of_user = true
[[soft_serv]]
id = "SoftServ-Web"
allows_configuration = true
"#;

fn judged(unit: &str, ixit: &str) -> Vec<ItemResult> {
    TestFacts::declared(ixit).judge(unit)
}

fn one(unit: &str, ixit: &str) -> ItemResult {
    let mut results = judged(unit, ixit);
    assert_eq!(results.len(), 1, "{results:#?}");
    results.remove(0)
}

fn fails(unit: &str, ixit: &str, code: &str) -> ItemResult {
    one(unit, ixit).fails(code)
}

fn expected(unit: &str, ixit: &str) -> Option<Verdict> {
    one(unit, ixit).open.expect("a question").prejudgement
}

#[test]
fn a_way_without_tools_is_expected_to_pass_and_one_for_experts_to_fail() {
    let unit = "5.11-1-1:a";
    let sound = format!("{RESET}{ACCOUNT}{DATA}");
    assert_eq!(expected(unit, &sound), Some(Verdict::Pass));
    let hard = sound.replace("Settings, Reset, Delete everything", "Log in by SSH and call wipe as root");
    assert_eq!(expected(unit, &hard), Some(Verdict::Fail));
    let both = format!("{hard}{}", RESET.replace("DelFunc-Reset", "DelFunc-Panel"));
    assert_eq!(expected(unit, &both), Some(Verdict::Pass), "one is enough");
}

#[test]
fn data_on_the_device_need_a_function_that_can_be_started() {
    let unit = "5.11-1-1:a";
    fails(unit, &format!("{ACCOUNT}{DATA}"), "no-erasure-of-device-data");
    fails(unit, &format!("[empty]\ndel_func = \"None\"\n{DATA}"), "no-erasure-of-device-data");
    let untold = RESET.replace("Settings, Reset, Delete everything", "TODO");
    one(unit, &format!("{untold}{DATA}")).waits_for_the_supplier("field-empty");
}

#[test]
fn a_device_without_user_data_needs_none() {
    let without = "[empty]\ndel_func = \"None\"\npers_data = \"None\"\n";
    let result = one("5.11-1-1:a", without);
    assert_eq!((result.verdict, result.vacuous), (Verdict::Pass, true), "{result:#?}");
}

#[test]
fn words_of_erasure_and_of_hiding_are_told_apart() {
    let unit = "5.11-1-1:b";
    assert_eq!(expected(unit, RESET), Some(Verdict::Pass));
    let hiding = RESET.replace("Destroys the storage key", "The rows are marked as deleted");
    assert_eq!(expected(unit, &hiding), Some(Verdict::Fail));
    assert_eq!(expected(unit, &RESET.replace("Destroys the storage key", "Deletes them")), None);
    fails(unit, &RESET.replace("Destroys the storage key", "Nothing."), "deletion-denied");
    one(unit, &RESET.replace("Destroys the storage key", "-")).waits_for_the_supplier("field-empty");
}

#[test]
fn the_functions_for_the_device_cover_all_three_kinds_together() {
    let unit = "5.11-1-1:c";
    let result = one(unit, &format!("{RESET}{ACCOUNT}{DATA}"));
    assert_eq!((result.verdict, result.by), (Verdict::Pass, By::Machine), "{result:#?}");
    assert_eq!(result.reason.code, "user-data-covered");
    let keys_left = RESET.replace(", \"user-cryptographic-material\"", "");
    let result = fails(unit, &format!("{keys_left}{ACCOUNT}{DATA}"), "user-data-not-covered");
    assert_eq!(result.reason.args["lacking"], "user-cryptographic-material");
    let second = RESET.replace("DelFunc-Reset", "DelFunc-Keys").replace(
        "[\"personal-data\", \"user-configuration\", \"user-cryptographic-material\"]",
        "[\"user-cryptographic-material\"]",
    );
    let shared = one(unit, &format!("{keys_left}{second}{DATA}"));
    assert_eq!(shared.verdict, Verdict::Pass);
}

#[test]
fn what_a_function_for_services_covers_does_not_count_for_the_device() {
    let unit = "5.11-1-1:c";
    let elsewhere = RESET.replace("\"personal-data\", ", "");
    let result = fails(unit, &format!("{elsewhere}{ACCOUNT}{DATA}"), "user-data-not-covered");
    assert_eq!(result.reason.args["lacking"], "personal-data");
    fails(unit, &format!("{ACCOUNT}{DATA}"), "no-erasure-of-device-data");
}

#[test]
fn a_kind_of_which_there_are_no_data_needs_no_function() {
    let unit = "5.11-1-1:c";
    let elsewhere = DATA.replace("stored_on = [\"device\"]", "stored_on = [\"associated-service\"]");
    let without = RESET.replace("\"personal-data\", ", "");
    assert_eq!(one(unit, &format!("{without}{elsewhere}")).verdict, Verdict::Pass);
    let untold = DATA.replace("stored_on = [\"device\"]\n", "");
    assert!(one(unit, &format!("{without}{untold}")).open.is_some());
}

#[test]
fn prose_alone_is_asked_about() {
    let prose: String = format!("{RESET}{DATA}")
        .lines()
        .filter(|line| !line.starts_with("covers"))
        .map(|line| format!("{line}\n"))
        .collect();
    let result = one("5.11-1-1:c", &prose);
    assert_eq!((result.verdict, result.by), (Verdict::Inconclusive, By::Assisted));
    let open = result.open.expect("a question");
    assert!(open.shown.iter().any(|shown| shown.label == "sec_param.SecParam-Password"), "{open:#?}");
}
