use probes::capture::{Flow, Transport};
use probes::probe::udp_services::UdpState;

use super::*;
use crate::state::DutState;
use crate::test_facts::TestFacts;
use crate::test_network::{asked, searched};
use crate::traffic_seen::test_captures::{calls, capture, heard, overheard};

const UNIT: &str = "5.3-10-1:c";
const IXIT: &str = r#"
[[upd_mech]]
id = "UpdMech-Cloud"
update = { network_based = true }
endpoint = [{ transport = "tcp", port = 8444, host = "update.example" }]

[[com_mech]]
id = "ComMech-Update"
role = "client"
peer_trust = "pinned"
endpoint = [{ transport = "tcp", port = 8444, host = "update.example" }, { transport = "tcp", port = 1883, host = "cloud.example" }]
"#;

fn whole() -> TestFacts {
    heard(searched(TestFacts::declared(IXIT)))
}

fn codes(facts: TestFacts) -> Vec<(Verdict, String)> {
    let results = facts.judge(UNIT).into_iter();
    let codes = results.filter(|result| result.verdict != Verdict::Pass);
    codes.map(|result| (result.verdict, result.reason.code)).collect()
}

fn with(flow: Flow) -> Vec<(Verdict, String)> {
    codes(whole().observed(overheard(capture(vec![flow]))))
}

#[test]
fn declared_sources_pass_and_an_undeclared_one_fails() {
    assert_eq!(codes(whole()), []);
    assert_eq!(with(calls(Transport::Tcp, "update.example", 8444, "tls")), []);
    let fails = [(Verdict::Fail, "undeclared-update-source".to_owned())];
    assert_eq!(with(calls(Transport::Tcp, "firmware.other.example", 80, "http")), fails);
    assert_eq!(with(calls(Transport::Tcp, "eu-ota.other.example", 443, "tls")), fails);
    assert_eq!(with(calls(Transport::Udp, "files.other.example", 69, "tftp")), fails);
}

#[test]
fn an_undeclared_destination_that_says_nothing_of_itself_is_left_to_a_person() {
    let open = [(Verdict::Inconclusive, "may-bring-updates".to_owned())];
    assert_eq!(with(calls(Transport::Tcp, "cdn.other.example", 443, "tls")), open);
    assert_eq!(with(calls(Transport::Tcp, "quota.example", 443, "tls")), open, "a part of a word is none");
    let unanswered = Flow { established: 0, received: 0, ..calls(Transport::Tcp, "cdn.example", 443, "tls") };
    assert_eq!(with(unanswered), []);
}

#[test]
fn a_service_that_waits_for_software_fails_unless_it_is_declared() {
    let waiting = asked(DutState::Initialized, &[(69, "tftp", UdpState::Answered)]);
    assert_eq!(codes(whole().observed(waiting)), [(Verdict::Fail, "undeclared-update-source".to_owned())]);
    let declared = IXIT.replace(
        "host = \"update.example\" }]\n\n",
        "host = \"update.example\" }, { transport = \"udp\", port = 69 }]\n\n",
    );
    let waiting = asked(DutState::Initialized, &[(69, "tftp", UdpState::Answered)]);
    assert_eq!(codes(heard(searched(TestFacts::declared(&declared))).observed(waiting)), []);
}

#[test]
fn without_search_or_capture_nothing_passes() {
    let no_capture = codes(searched(TestFacts::declared(IXIT)));
    assert_eq!(no_capture, [(Verdict::Inconclusive, "no-capture".to_owned())]);
    let no_search = codes(heard(TestFacts::declared(IXIT)));
    assert!(no_search.iter().all(|(_, code)| code == "observation-missing") && !no_search.is_empty());
}

#[test]
fn whom_the_device_believes_is_shown_beside_the_cryptography() {
    let result = TestFacts::declared(IXIT).judge_one("5.3-10-1:b");
    let shown = result.open.expect("a question").shown;
    assert!(shown.iter().any(|shown| shown.text == "ComMech-Update believes: what the maker built in"));
}
