use crate::judge::{By, ItemResult};
use crate::test_facts::TestFacts;
use crate::verdict::Verdict;

const SERVICE: &str = r#"
[[soft_serv]]
id = "SoftServ-Web"
description = "Web interface"
status = "enabled"
justification = "The only way to set the device up"
interfaces = ["Intf-Web"]
[[intf]]
id = "Intf-Web"
description = "Port"
type = ["network", "logical"]
status = "enabled"
"#;

fn judged(ixit: &str) -> ItemResult {
    TestFacts::declared(ixit).judge_one("5.6-5-1:a")
}

#[test]
fn a_justified_service_is_asked_about_and_expected_to_pass() {
    let result = judged(SERVICE);
    let open = result.open.expect("a question");
    assert_eq!((result.by, open.prejudgement), (By::Assisted, Some(Verdict::Pass)));
    assert!(open.shown.iter().any(|shown| shown.text.starts_with("Intf-Web: enabled")), "{open:#?}");
    let prose = SERVICE.replace("interfaces = [\"Intf-Web\"]\n", "");
    assert_eq!(judged(&prose).open.expect("a question").prejudgement, None);
}

#[test]
fn a_justification_that_denies_fails_and_an_empty_one_is_open() {
    for (text, verdict, code) in [
        ("None.", Verdict::Fail, "service-without-justification"),
        ("特になし", Verdict::Fail, "service-without-justification"),
        ("", Verdict::Inconclusive, "field-empty"),
        ("TODO", Verdict::Inconclusive, "field-empty"),
        ("-", Verdict::Inconclusive, "field-empty"),
    ] {
        let result = judged(&SERVICE.replace("The only way to set the device up", text));
        assert_eq!((result.verdict, result.by), (verdict, By::Machine), "{text}");
        assert_eq!(result.reason.code, code);
        assert!(result.evidence[0].reference.ends_with("soft_serv[0].justification"));
    }
}

#[test]
fn an_enabled_service_behind_a_disabled_interface_contradicts_itself() {
    let closed =
        SERVICE.replace("type = [\"network\", \"logical\"]\nstatus = \"enabled\"", "status = \"disabled\"");
    let result = judged(&closed);
    assert_eq!(result.verdict, Verdict::Fail);
    assert_eq!(result.reason.code, "enabled-service-behind-disabled-interface");
    let at_times = format!("{closed}status_in = {{ initialized = \"enabled\" }}\n");
    assert!(judged(&at_times).open.is_some());
}

#[test]
fn a_disabled_service_is_not_looked_at() {
    let result = judged(&SERVICE.replace("status = \"enabled\"\njust", "status = \"disabled\"\njust"));
    assert_eq!((result.verdict, result.vacuous), (Verdict::Pass, true));
}
