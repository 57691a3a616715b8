use probes::Outcome;
use probes::probe::identify::ServiceIdentity;

use super::*;
use crate::state::DutState;
use crate::test_facts::{Seen, TestFacts};
use crate::test_network::{STATES, asked, identity, sweep};

const UNIT: &str = "5.6-2-2:a";

const INTERFACES: &str = r#"
[[intf]]
id = "Intf-Lan"
description = "Network socket"
type = ["network", "physical"]
status = "enabled"
disclosed = [{ item = "mac-address", security_relevant = true, reason = "Ethernet needs it" }]

[[intf]]
id = "Intf-Https"
description = "Web interface"
type = ["network", "logical"]
status = "enabled"
endpoint = [{ transport = "tcp", port = 8443, application = "https" }]
disclosed = [
  { item = "model", security_relevant = false, reason = "Stands on the front" },
  { item = "firmware-version", security_relevant = true, reason = "The service needs it" },
]

[[intf]]
id = "Intf-Mdns"
description = "Discovery"
type = ["network", "logical"]
status = "enabled"
endpoint = [{ transport = "udp", port = 5353, application = "mdns" }]
disclosed = [{ item = "model", security_relevant = false, reason = "Stands on the front" }]
"#;

/// Searched in both states; the web interface tells this.
fn telling(ixit: &str, https: &[&str]) -> TestFacts {
    STATES.into_iter().fold(TestFacts::declared(ixit), |facts, state| {
        facts
            .observed(sweep(state, &[8443]))
            .observed(Seen::by("identify", identity(8443, "http", true, https)).state(state))
            .observed(asked(state, &[]))
    })
}

fn of<'r>(results: &'r [ItemResult], item: &str) -> &'r ItemResult {
    results.iter().find(|result| result.item == item).unwrap_or_else(|| panic!("no {item}: {results:#?}"))
}

#[test]
fn a_whole_search_that_recognized_declared_information_only_passes() {
    let facts = telling(INTERFACES, &["model", "firmware-version"]);
    let results = facts.judge(UNIT);
    assert_eq!(results.len(), 3, "{results:#?}");
    for result in &results {
        assert_eq!((result.verdict, result.by), (Verdict::Pass, By::Machine), "{result:#?}");
        assert_eq!(result.reason.code, "only-declared-disclosures");
        assert_eq!(result.state, Some(DutState::Initialized));
        assert!(result.effort.is_some() && !result.evidence.is_empty());
    }
    assert!(of(&results, "Intf-Https").evidence.iter().any(|evidence| evidence.at == "tcp/8443"));
}

#[test]
fn a_page_title_that_is_the_model_is_the_model_and_another_title_is_read() {
    let titled = |title: &str, ixit: &str| {
        let mut identity = identity(8443, "http", true, &["other"]);
        title.clone_into(&mut identity.disclosed[0].value);
        let facts = TestFacts::declared(ixit)
            .observed(sweep(DutState::Initialized, &[8443]))
            .observed(Seen::by("identify", identity))
            .observed(asked(DutState::Initialized, &[]));
        facts.judge(UNIT)
    };
    assert_eq!(of(&titled("wh-100", INTERFACES), "Intf-Https").verdict, Verdict::Pass);
    assert!(of(&titled("WH-100 build 7", INTERFACES), "Intf-Https").open.is_some());
    let undeclared = INTERFACES
        .replace("{ item = \"model\", security_relevant = false, reason = \"Stands on the front\" },", "");
    assert_eq!(of(&titled("WH-100", &undeclared), "Intf-Https/model").verdict, Verdict::Fail);
}

#[test]
fn an_incomplete_search_and_what_answers_elsewhere_are_left_to_a_person() {
    let elsewhere = TestFacts::declared(INTERFACES)
        .observed(sweep(DutState::Initialized, &[2323, 8443]))
        .observed(Seen::by("identify", identity(8443, "http", true, &["model"])))
        .observed(asked(DutState::Initialized, &[]));
    let results = elsewhere.judge(UNIT);
    assert!(of(&results, "Intf-Lan").open.is_some(), "tcp/2323 may tell something over the link");
    assert_eq!(of(&results, "Intf-Https").verdict, Verdict::Pass);
    let unasked = TestFacts::declared(INTERFACES)
        .observed(sweep(DutState::Initialized, &[8443]))
        .observed(Seen::by("identify", identity(8443, "http", true, &["model"])));
    let results = unasked.judge(UNIT);
    let prompt = of(&results, "Intf-Https").open.as_ref().expect("open");
    assert_eq!(prompt.prejudgement, Some(Verdict::Pass));
    assert!(prompt.shown.iter().any(|shown| shown.text.contains("not complete")));
    assert!(prompt.shown.iter().any(|shown| shown.label == "observed" && shown.text.contains("the model")));
}

#[test]
fn information_that_is_not_declared_fails_the_interface_that_tells_it() {
    let results = telling(INTERFACES, &["model", "server-software"]).judge(UNIT);
    let failed = of(&results, "Intf-Https/server-software");
    assert_eq!((failed.verdict, failed.reason.code.as_str()), (Verdict::Fail, "undeclared-disclosure"));
    assert_eq!(failed.blame, Some(Blame::DeviceOrDocumentation));
    assert_eq!(failed.reason.args["value"], "the server-software");
    assert_eq!(failed.reason.args["declared"], "model, firmware-version");
    assert_eq!(failed.evidence[0].at, "tcp/8443");
    assert_eq!(of(&results, "Intf-Mdns").verdict, Verdict::Pass, "the other interface is judged by itself");
}

#[test]
fn what_one_interface_may_tell_another_may_not() {
    // Misjudgement 5: over-extrapolation from one interface to all.
    let facts = STATES.into_iter().fold(TestFacts::declared(INTERFACES), |facts, state| {
        let mut answers = crate::test_network::services(&[]);
        answers.services[1].disclosed.push(crate::test_network::disclosure("firmware-version"));
        facts
            .observed(sweep(state, &[8443]))
            .observed(Seen::by("identify", identity(8443, "http", true, &[])).state(state))
            .observed(Seen::by("udp-services", answers).state(state))
    });
    let results = facts.judge(UNIT);
    assert_eq!(of(&results, "Intf-Mdns/firmware-version").verdict, Verdict::Fail);
}

#[test]
fn information_of_no_known_kind_is_shown_and_not_failed() {
    let results = telling(INTERFACES, &["other"]).judge(UNIT);
    let prompt = of(&results, "Intf-Https").open.as_ref().expect("open");
    assert!(prompt.shown.iter().any(|shown| shown.text.contains("the other")));
}

#[test]
fn other_states_do_not_count() {
    let facts = TestFacts::declared(INTERFACES)
        .observed(sweep(DutState::FactoryDefault, &[8443]))
        .observed(
            Seen::by("identify", identity(8443, "http", true, &["serial"])).state(DutState::FactoryDefault),
        )
        .observed(asked(DutState::FactoryDefault, &[]))
        .observed(sweep(DutState::Initialized, &[8443]))
        .observed(Seen::by("identify", identity(8443, "http", true, &["model"])))
        .observed(asked(DutState::Initialized, &[]));
    assert!(facts.judge(UNIT).iter().all(|result| result.verdict != Verdict::Fail));
}

#[test]
fn a_port_that_nobody_identified_is_not_asked_about() {
    let facts = TestFacts::declared(INTERFACES)
        .observed(sweep(DutState::Initialized, &[8443]))
        .observed(asked(DutState::Initialized, &[]));
    let https = facts.judge(UNIT);
    let https = of(&https, "tcp/8443");
    assert_eq!((https.verdict, https.reason.code.as_str()), (Verdict::Inconclusive, "observation-missing"));
    assert_eq!(https.blame, Some(Blame::Lab));
    let broken: ServiceIdentity = identity(8443, "unknown", false, &[]);
    let facts = facts.observed(Seen::by("identify", broken).ended(Outcome::ToolTrouble, "no route"));
    let https = facts.judge(UNIT);
    assert_eq!(of(&https, "tcp/8443").reason.code, "observation-incomplete");
}

#[test]
fn the_link_carries_what_logical_interfaces_tell() {
    // The logical row is no network interface of its own, so its disclosures are those of the link.
    let logical = INTERFACES.replace("type = [\"network\", \"logical\"]", "type = [\"logical\"]");
    let results = telling(&logical, &["model", "serial"]).judge(UNIT);
    assert_eq!(results.len(), 1, "{results:#?}");
    assert_eq!(of(&results, "Intf-Lan/serial").verdict, Verdict::Fail);
}

#[test]
fn a_firmware_version_marked_as_harmless_fails() {
    let bad = INTERFACES.replace(
        "item = \"firmware-version\", security_relevant = true",
        "item = \"firmware-version\", security_relevant = false",
    );
    let results = TestFacts::declared(&bad).judge("5.6-2-1:a");
    let failed = of(&results, "Intf-Https");
    assert_eq!((failed.verdict, failed.reason.code.as_str()), (Verdict::Fail, "disclosure-wrongly-marked"));
    assert_eq!(failed.blame, Some(Blame::Documentation));
    assert_eq!(failed.evidence[0].reference, "declaration:ixit.toml#intf[1].disclosed");
    let good = TestFacts::declared(INTERFACES).judge("5.6-2-1:a");
    assert!(good.len() == 3 && good.iter().all(|result| result.open.is_some()));
}

#[test]
fn disclosing_honestly_does_not_excuse_what_nothing_needs() {
    // Misjudgement 7: honest disclosure of a flaw counted as compliance.
    let untold = INTERFACES.replace(", reason = \"The service needs it\"", "");
    let untold = TestFacts::declared(&untold).judge("5.6-2-1:b");
    let open = of(&untold, "Intf-Https").open.as_ref().expect("a question");
    assert_eq!(open.prejudgement, None, "the machine expects no PASS without a reason");
    let bad = INTERFACES.replace("The service needs it", "Not needed");
    let results = TestFacts::declared(&bad).judge("5.6-2-1:b");
    let failed = of(&results, "Intf-Https");
    assert_eq!(
        (failed.verdict, failed.reason.code.as_str()),
        (Verdict::Fail, "security-relevant-disclosure")
    );
    assert_eq!(failed.reason.args["found"], "firmware-version");
    assert_eq!(failed.blame, Some(Blame::Documentation));
    let good = TestFacts::declared(INTERFACES).judge("5.6-2-1:b");
    assert!(good.len() == 3 && good.iter().all(|result| result.open.is_some()));
}
