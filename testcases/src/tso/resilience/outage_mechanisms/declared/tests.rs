use crate::judge::{By, ItemResult};
use crate::test_facts::TestFacts;
use crate::verdict::Verdict;

const LOCAL: &str = r#"
[[res_mech]]
id = "ResMech-Local"
description = "Goes on"
type = "network connectivity"
security_guarantees = ["local operation goes on"]
resilience = { outages = ["link", "uplink"], goes_on = ["SoftServ-Web"], keeps = ["SoftServ-Web"], recovers_seconds = 30 }
"#;

const POWER: &str = r#"
[[res_mech]]
id = "ResMech-Power"
description = "Keeps"
type = "power"
security_guarantees = ["no loss of data"]
resilience = { outages = ["power"], keeps = ["SoftServ-Web"], recovers_seconds = 30 }
"#;

const SERVICES: &str = r#"
[[soft_serv]]
id = "SoftServ-Web"
endpoint = [{ transport = "tcp", port = 443 }]
[[soft_serv]]
id = "SoftServ-Cloud"
endpoint = [{ transport = "tcp", port = 8883, host = "cloud.example" }]
[[com_mech]]
id = "ComMech-Cloud"
associated_service = true
endpoint = [{ transport = "tcp", port = 8883, host = "cloud.example" }]
"#;

fn together(ixit: &str) -> ItemResult {
    TestFacts::declared(ixit).judge_one("5.9-1-1:a")
}

fn code(result: &ItemResult) -> (Verdict, By, &str) {
    (result.verdict, result.by, result.reason.code.as_str())
}

#[test]
fn promises_for_network_and_power_pass_together() {
    let result = together(&format!("{LOCAL}{POWER}"));
    assert_eq!(code(&result), (Verdict::Pass, By::Machine, "both-kinds-of-outage-covered"));
    assert_eq!(result.evidence.len(), 2);
}

#[test]
fn a_kind_that_no_type_or_no_promise_names_fails() {
    let result = together(LOCAL);
    assert_eq!(code(&result), (Verdict::Fail, By::Machine, "outage-not-covered"));
    assert_eq!(result.reason.args["lacking"], "power");
    let unpromised = POWER.replace("[\"power\"]", "[\"link\"]");
    let result = together(&format!("{LOCAL}{unpromised}"));
    assert_eq!(code(&result), (Verdict::Fail, By::Machine, "outage-not-covered"));
    assert!(result.evidence[0].reference.ends_with("resilience"));
}

#[test]
fn prose_of_one_kind_and_outages_beyond_the_network_are_asked_about() {
    let prose: String =
        POWER.lines().filter(|line| !line.starts_with("resilience")).collect::<Vec<_>>().join("\n");
    let beyond = LOCAL.replace("\"link\", \"uplink\"", "\"names\"");
    for ixit in [format!("{LOCAL}{prose}"), format!("{beyond}{POWER}")] {
        let result = together(&ixit);
        assert_eq!((result.verdict, result.by), (Verdict::Inconclusive, By::Assisted), "{ixit}");
        assert!(result.open.expect("a question").shown.iter().any(|shown| shown.label == "computed.promise"));
    }
}

fn delivers(row: &str) -> ItemResult {
    TestFacts::declared(&format!("{row}{SERVICES}")).judge_one("5.9-1-1:b")
}

#[test]
fn a_promise_that_can_be_kept_is_expected_to_pass() {
    let open = delivers(LOCAL).open.expect("a question");
    assert_eq!(open.prejudgement, Some(Verdict::Pass));
    let empty = LOCAL.replace(", goes_on = [\"SoftServ-Web\"], keeps = [\"SoftServ-Web\"]", "");
    assert_eq!(delivers(&empty).open.expect("a question").prejudgement, None);
}

#[test]
fn a_promise_that_cannot_be_kept_fails() {
    let needing =
        LOCAL.replace("goes_on = [\"SoftServ-Web\"]", "goes_on = [\"SoftServ-Web\", \"SoftServ-Cloud\"]");
    let result = delivers(&needing);
    assert_eq!(code(&result), (Verdict::Fail, By::Machine, "goes-on-without-its-peer"));
    assert_eq!(result.reason.args["services"], "SoftServ-Cloud");
    let link_alone = needing.replace(", \"uplink\"", "");
    assert!(
        delivers(&link_alone).open.is_some(),
        "a service that lies nearer than the link is no contradiction"
    );
    let other = POWER.replace("[\"power\"]", "[\"link\"]");
    assert_eq!(code(&delivers(&other)), (Verdict::Fail, By::Machine, "outages-of-another-type"));
    let guarantee = |list: &str| delivers(&LOCAL.replace("[\"local operation goes on\"]", list));
    assert_eq!(code(&guarantee("[\"None\"]")), (Verdict::Fail, By::Machine, "outage-guarantee-denied"));
    assert_eq!(code(&guarantee("[]")), (Verdict::Inconclusive, By::Machine, "field-empty"));
}
