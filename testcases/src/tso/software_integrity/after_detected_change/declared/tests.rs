use crate::judge::ItemResult;
use crate::test_facts::TestFacts;
use crate::verdict::Verdict;

const BOOT: &str = r#"
[[sec_boot]]
id = "SecBoot-1"
user_notification = "The panel shows: software changed, call the service"
notification_functionality = "One connection to the repair service"
endpoint = [{ transport = "tcp", port = 443, host = "repair.example" }]
[[com_mech]]
id = "ComMech-Repair"
remotely_accessible = false
endpoint = [{ transport = "tcp", port = 443, host = "repair.example" }]
"#;

fn judged(unit: &str, ixit: &str) -> ItemResult {
    TestFacts::declared(ixit).judge_one(unit)
}

fn fails(unit: &str, ixit: &str, code: &str) -> ItemResult {
    judged(unit, ixit).fails(code)
}

#[test]
fn a_notice_that_says_what_happened_and_what_to_do_is_expected_to_pass() {
    let unit = "5.7-2-1:a";
    let open = judged(unit, BOOT).open.expect("a question");
    assert_eq!(open.prejudgement, Some(Verdict::Pass));
    let silent = BOOT.replace(", call the service", "");
    assert_eq!(judged(unit, &silent).open.expect("a question").prejudgement, None);
    let japanese = BOOT
        .replace("The panel shows: software changed, call the service", "画面に改ざんの検知と連絡先を示す");
    assert_eq!(judged(unit, &japanese).open.expect("a question").prejudgement, Some(Verdict::Pass));
    let notice = |text: &str| BOOT.replace("The panel shows: software changed, call the service", text);
    for none in ["None", "なし。"] {
        fails(unit, &notice(none), "no-alert-declared");
    }
    judged(unit, &notice("")).waits_for_the_supplier("field-empty");
}

#[test]
fn endpoints_of_declared_mechanisms_are_laid_out_and_others_fail() {
    let unit = "5.7-2-1:b";
    let open = judged(unit, BOOT).open.expect("a question");
    assert_eq!(open.prejudgement, Some(Verdict::Pass));
    assert!(
        open.shown.iter().any(|shown| shown.text == "tcp/443 repair.example: ComMech-Repair"),
        "{open:#?}"
    );
    let elsewhere = BOOT.replacen("port = 443", "port = 1883", 1);
    fails(unit, &elsewhere, "alert-endpoint-of-no-mechanism");
    judged(unit, &BOOT.replace("One connection to the repair service", "-"))
        .waits_for_the_supplier("field-empty");
}

#[test]
fn a_way_in_from_the_internet_and_prose_alone_are_left_to_a_person() {
    let unit = "5.7-2-1:b";
    let remote = BOOT.replace("remotely_accessible = false", "remotely_accessible = true");
    assert_eq!(judged(unit, &remote).open.expect("a question").prejudgement, None);
    let prose =
        BOOT.replacen("endpoint = [{ transport = \"tcp\", port = 443, host = \"repair.example\" }]\n", "", 1);
    assert_eq!(judged(unit, &prose).open.expect("a question").prejudgement, None);
    let without_network = prose.replace("One connection to the repair service", "");
    assert_eq!(judged(unit, &without_network).open.expect("a question").prejudgement, Some(Verdict::Pass));
}
