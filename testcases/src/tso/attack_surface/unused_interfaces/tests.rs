use probes::Outcome;
use probes::probe::tcp_sweep::AllAlike;
use probes::probe::udp_services::UdpState;

use super::*;
use crate::judge::ItemResult;
use crate::state::DutState;
use crate::test_facts::{Seen, TestFacts};
use crate::test_network::{STATES, asked, identified, ports, searched, services, sweep};

const A: &str = "5.6-1-2:a";
const B: &str = "5.6-1-2:b";

const INTERFACES: &str = r#"
[[intf]]
id = "Intf-Lan"
description = "Network socket; the only way to the network"
type = ["network", "physical"]
status = "enabled"

[[intf]]
id = "Intf-Https"
description = "Web interface, for set-up"
type = ["network", "logical"]
status = "enabled"
endpoint = [{ transport = "tcp", port = 8443, application = "https" }]

[[intf]]
id = "Intf-Mdns"
description = "Discovery"
type = ["network", "logical"]
status = "enabled"
endpoint = [{ transport = "udp", port = 5353, application = "mdns" }]

[[intf]]
id = "Intf-Debug"
description = "Diagnostic port, switched off"
type = ["network", "logical"]
status = "enabled"
status_in = { factory_default = "disabled", initialized = "disabled" }
endpoint = [{ transport = "tcp", port = 9229 }]
"#;

fn device() -> TestFacts {
    TestFacts::declared(INTERFACES)
}

/// Verdict, code and item of each result.
fn outcome(results: &[ItemResult]) -> Vec<(Verdict, &str, &str)> {
    results.iter().map(|result| (result.verdict, result.reason.code.as_str(), result.item.as_str())).collect()
}

/// A search of both states in which the initialized state is seen like this.
fn with_initialized(sweep_of_it: Seen, questions: Seen) -> TestFacts {
    device()
        .observed(sweep(DutState::FactoryDefault, &[8443]))
        .observed(asked(DutState::FactoryDefault, &[]))
        .observed(sweep_of_it)
        .observed(questions)
}

fn never_passes_or_fails(facts: &TestFacts, unit: &str, code: &str) {
    let results = facts.judge(unit);
    let result =
        results.iter().find(|result| result.reason.code == code).unwrap_or_else(|| panic!("{results:#?}"));
    assert_eq!(result.verdict, Verdict::Inconclusive);
    assert_eq!(result.blame, Some(Blame::Lab));
    assert_eq!(result.state, Some(DutState::Initialized));
    assert!(results.iter().all(|result| result.verdict != Verdict::Fail), "{results:#?}");
    let in_it = |result: &&ItemResult| result.state == Some(DutState::Initialized);
    assert!(
        !results.iter().filter(in_it).any(|result| result.verdict == Verdict::Pass && result.item == "-")
    );
}

#[test]
fn a_complete_search_of_both_states_passes_with_its_effort() {
    let results = searched(device()).judge(B);
    assert_eq!(outcome(&results), [(Verdict::Pass, "only-declared-interfaces-open", "-"); 2]);
    for (result, state) in results.iter().zip(STATES) {
        assert_eq!((result.state, result.sample.as_deref()), (Some(state), Some("S1")));
        assert_eq!(result.by, By::Machine);
        assert_eq!(result.evidence.len(), 2);
        assert_eq!(result.effort.as_ref().map(|effort| effort.completed), Some(65_536));
        assert_eq!(result.reason.args["found"], "tcp/8443, udp/5353");
    }
}

#[test]
fn an_open_port_that_is_not_declared_fails_with_expected_and_actual() {
    let facts = searched(device())
        .observed(sweep(DutState::Initialized, &[2323, 8443]))
        .observed(identified(DutState::Initialized, 2323, "telnet", false));
    let results = facts.judge(B);
    let failed: Vec<&ItemResult> = results.iter().filter(|result| result.verdict == Verdict::Fail).collect();
    assert_eq!(failed.len(), 1, "{results:#?}");
    let failed = failed[0];
    assert_eq!(
        (failed.reason.code.as_str(), failed.item.as_str()),
        ("undeclared-interface-open", "tcp/2323")
    );
    assert_eq!(failed.blame, Some(Blame::DeviceOrDocumentation));
    assert_eq!(failed.state, Some(DutState::Initialized));
    assert_eq!(failed.reason.args["declared"], "tcp/8443, udp/5353, tcp/9229");
    assert_eq!(failed.reason.args["found"], "telnet");
    assert_eq!(failed.reason.source.as_deref(), Some("declaration:ixit.toml#intf"));
    assert_eq!(failed.evidence.len(), 2, "the sweep and the identification");
    assert!(failed.evidence.iter().all(|evidence| evidence.at == "tcp/2323"));
}

#[test]
fn a_service_that_answers_over_udp_and_is_not_declared_fails() {
    let coap = [(5683, "coap", UdpState::Answered)];
    let results =
        with_initialized(sweep(DutState::Initialized, &[8443]), asked(DutState::Initialized, &coap)).judge(B);
    assert_eq!(
        outcome(&results),
        [
            (Verdict::Pass, "only-declared-interfaces-open", "-"),
            (Verdict::Fail, "undeclared-interface-open", "udp/5683"),
        ]
    );
    assert_eq!(results[1].evidence[0].at, "udp/5683");
}

#[test]
fn a_port_that_looks_like_every_other_fails_only_where_something_answers() {
    let alike = |all_alike| {
        let mut seen = ports(&[4000, 8443]);
        seen.manner.all_alike = all_alike;
        let sweep = Seen::by("tcp-sweep", seen).attempts(65_535).state(DutState::Initialized);
        with_initialized(sweep, asked(DutState::Initialized, &[]))
    };
    let of_port = |facts: TestFacts| {
        let results = facts.judge(B);
        let result = results.into_iter().find(|result| result.item == "tcp/4000").expect("it was found");
        (result.verdict, result.reason.code, result.blame)
    };
    let every = || Some(AllAlike { asked: 600, open: 600 });
    let open = (Verdict::Inconclusive, "all-ports-look-alike".to_owned(), Some(Blame::Lab));
    assert_eq!(of_port(alike(every())), open);
    assert_eq!(of_port(alike(None)).0, Verdict::Fail);
    let answers = identified(DutState::Initialized, 4000, "telnet", false);
    assert_eq!(of_port(alike(every()).observed(answers)).0, Verdict::Fail);
}

#[test]
fn another_service_behind_a_declared_port_fails() {
    let facts = searched(device()).observed(sweep(DutState::Initialized, &[8443])).observed(identified(
        DutState::FactoryDefault,
        8443,
        "telnet",
        false,
    ));
    // What was identified first and recognized stands.
    assert!(facts.judge(B).iter().all(|result| result.verdict == Verdict::Pass));
    let facts = with_initialized(sweep(DutState::Initialized, &[8443]), asked(DutState::Initialized, &[]))
        .observed(identified(DutState::Initialized, 8443, "telnet", false));
    let results = facts.judge(B);
    assert_eq!(
        outcome(&results)[1],
        (Verdict::Fail, "service-differs-from-declaration", "tcp/8443"),
        "{results:#?}"
    );
    let unknown = with_initialized(sweep(DutState::Initialized, &[8443]), asked(DutState::Initialized, &[]))
        .observed(identified(DutState::Initialized, 8443, "unknown", false));
    assert!(unknown.judge(B).iter().all(|result| result.verdict == Verdict::Pass));
}

#[test]
fn a_port_declared_as_disabled_is_declared_and_its_status_is_judged_by_the_other_unit() {
    let facts = searched(device()).observed(sweep(DutState::Initialized, &[8443, 9229]));
    assert!(facts.judge(B).iter().all(|result| result.verdict == Verdict::Pass));
    let failed: Vec<ItemResult> =
        facts.judge(A).into_iter().filter(|result| result.verdict == Verdict::Fail).collect();
    assert_eq!(outcome(&failed), [(Verdict::Fail, "disabled-interface-open", "Intf-Debug")]);
    assert_eq!(failed[0].blame, Some(Blame::Device));
    assert_eq!(failed[0].state, Some(DutState::Initialized));
    assert_eq!(failed[0].evidence[0].at, "tcp/9229");
    assert_eq!(failed[0].reason.source.as_deref(), Some("declaration:ixit.toml#intf[3].status"));
}

#[test]
fn every_declared_interface_is_found_as_declared() {
    let results = searched(device()).judge(A);
    assert_eq!(results.len(), 8, "four rows in two states");
    for result in &results {
        assert_eq!(
            (result.verdict, result.reason.code.as_str()),
            (Verdict::Pass, "as-declared"),
            "{result:#?}"
        );
        assert!(!result.evidence.is_empty() && result.effort.is_some());
    }
}

#[test]
fn an_interface_declared_enabled_and_found_closed_does_not_fail() {
    let facts = searched(TestFacts::declared(
        &INTERFACES
            .replace("port = 9229", "port = 4711")
            .replace("status_in = { factory_default = \"disabled\", initialized = \"disabled\" }", ""),
    ));
    let closed: Vec<ItemResult> =
        facts.judge(A).into_iter().filter(|result| result.item == "Intf-Debug").collect();
    assert_eq!(outcome(&closed), [(Verdict::Pass, "declared-open-found-closed", "Intf-Debug"); 2]);
}

#[test]
fn a_sweep_that_was_cut_short_proves_nothing() {
    let mut short = ports(&[8443]);
    short.closed = 30_000;
    short.unanswered = vec![(30_002, 65_535)];
    let partial = Seen::by("tcp-sweep", short)
        .state(DutState::Initialized)
        .attempts(30_001)
        .ended(Outcome::Partial, "stopped before its end");
    let facts = with_initialized(partial, asked(DutState::Initialized, &[]));
    never_passes_or_fails(&facts, B, "observation-incomplete");
    never_passes_or_fails(&facts, A, "observation-incomplete");
}

#[test]
fn a_device_that_stopped_answering_has_no_closed_ports() {
    let mut lost = ports(&[8443]);
    lost.closed = 400;
    lost.unanswered = vec![(402, 65_535)];
    lost.canary.failures = 5;
    let refused = Seen::by("tcp-sweep", lost)
        .state(DutState::Initialized)
        .attempts(401)
        .ended(Outcome::Refused, "the device stopped answering");
    let facts = with_initialized(refused, asked(DutState::Initialized, &[]));
    never_passes_or_fails(&facts, B, "device-stopped-answering");
    let debug = facts.judge(A);
    assert!(
        debug.iter().any(|result| result.item == "Intf-Debug" && result.verdict == Verdict::Inconclusive)
    );
}

#[test]
fn what_was_found_before_the_device_stopped_answering_fails_all_the_same() {
    let mut lost = ports(&[2323, 8443]);
    lost.unanswered = vec![(20_000, 65_535)];
    let refused = Seen::by("tcp-sweep", lost)
        .state(DutState::Initialized)
        .ended(Outcome::Refused, "no answer any more");
    let results = with_initialized(refused, asked(DutState::Initialized, &[])).judge(B);
    assert!(outcome(&results).contains(&(Verdict::Fail, "undeclared-interface-open", "tcp/2323")));
    assert!(outcome(&results).contains(&(Verdict::Inconclusive, "device-stopped-answering", "-")));
}

#[test]
fn a_sweep_without_a_canary_proves_nothing() {
    let mut blind = ports(&[8443]);
    blind.canary.checks = 0;
    blind.canary.port = None;
    let blind = Seen::by("tcp-sweep", blind).state(DutState::Initialized).attempts(65_535);
    never_passes_or_fails(
        &with_initialized(blind, asked(DutState::Initialized, &[])),
        B,
        "no-liveness-canary",
    );
}

#[test]
fn a_canary_that_failed_and_recovered_is_fine() {
    let mut shaky = ports(&[8443]);
    shaky.canary.failures = 2;
    shaky.repeated = 2;
    let shaky = Seen::by("tcp-sweep", shaky).state(DutState::Initialized).attempts(65_535);
    let results = with_initialized(shaky, asked(DutState::Initialized, &[])).judge(B);
    assert!(results.iter().all(|result| result.verdict == Verdict::Pass), "{results:#?}");
}

#[test]
fn silent_ports_do_not_count_as_tried() {
    let mut filtered = ports(&[8443]);
    filtered.closed -= 100;
    filtered.unanswered = vec![(100, 199)];
    let filtered = Seen::by("tcp-sweep", filtered).state(DutState::Initialized).attempts(65_435);
    never_passes_or_fails(
        &with_initialized(filtered, asked(DutState::Initialized, &[])),
        B,
        "effort-too-small",
    );
}

#[test]
fn fewer_ports_pass_in_the_profile_matrix_alone() {
    let few = |profile: serde_json::Value| {
        let mut few = ports(&[8443]);
        few.asked = 256;
        few.closed = 255;
        let few = Seen::by("tcp-sweep", few).state(DutState::Initialized).attempts(256).params(profile);
        with_initialized(few, asked(DutState::Initialized, &[]))
    };
    never_passes_or_fails(&few(serde_json::json!({})), B, "effort-too-small");
    let matrix = few(serde_json::json!({ "profile": "matrix" })).judge(B);
    assert!(matrix.iter().all(|result| result.verdict == Verdict::Pass), "{matrix:#?}");
}

#[test]
fn ports_of_the_tester_are_left_out_and_said_to_be() {
    let mut shared = ports(&[8443]);
    shared.foreign = vec![22, 631];
    shared.closed -= 2;
    let shared = Seen::by("tcp-sweep", shared).state(DutState::Initialized).attempts(65_533);
    let mut quiet = services(&[]);
    quiet.foreign = vec![631];
    let quiet = Seen::by("udp-services", quiet).state(DutState::Initialized);
    let results = with_initialized(shared, quiet).judge(B);
    assert_eq!(outcome(&results)[1], (Verdict::Pass, "only-declared-interfaces-open", "-"));
    assert_eq!(results[1].reason.args["foreign"], "3");
    let mut everything = ports(&[8443]);
    everything.foreign = (1..=60_000).collect();
    everything.closed = 5_000;
    let everything = Seen::by("tcp-sweep", everything).state(DutState::Initialized).attempts(5_001);
    never_passes_or_fails(
        &with_initialized(everything, asked(DutState::Initialized, &[])),
        B,
        "effort-too-small",
    );
}

#[test]
fn silence_over_udp_is_neither_open_nor_closed() {
    let silent = [(5683, "coap", UdpState::Silent)];
    let facts =
        with_initialized(sweep(DutState::Initialized, &[8443]), asked(DutState::Initialized, &silent));
    never_passes_or_fails(&facts, B, "udp-silent");
    let mut quiet = services(&[]);
    quiet.services[1].state = UdpState::Silent;
    let facts = with_initialized(
        sweep(DutState::Initialized, &[8443]),
        Seen::by("udp-services", quiet).state(DutState::Initialized),
    );
    never_passes_or_fails(&facts, A, "interface-not-observed");
}

#[test]
fn udp_services_that_nobody_asked_leave_the_search_open() {
    let facts = device()
        .observed(sweep(DutState::FactoryDefault, &[8443]))
        .observed(asked(DutState::FactoryDefault, &[]))
        .observed(sweep(DutState::Initialized, &[8443]));
    never_passes_or_fails(&facts, B, "observation-missing");
}

#[test]
fn a_state_that_was_not_visited_is_not_passed() {
    let facts =
        device().observed(sweep(DutState::Initialized, &[8443])).observed(asked(DutState::Initialized, &[]));
    let results = facts.judge(B);
    assert_eq!(
        outcome(&results),
        [
            (Verdict::Inconclusive, "observation-missing", "-"),
            (Verdict::Pass, "only-declared-interfaces-open", "-"),
        ]
    );
    assert_eq!(results[0].state, Some(DutState::FactoryDefault));
    let nothing = device().judge(B);
    assert_eq!(outcome(&nothing), [(Verdict::Inconclusive, "observation-missing", "-"); 2]);
}

#[test]
fn a_later_sweep_that_misses_a_port_does_not_close_it() {
    let facts = searched(device())
        .observed(sweep(DutState::Initialized, &[2323, 8443]))
        .observed(sweep(DutState::Initialized, &[8443]));
    assert!(outcome(&facts.judge(B)).contains(&(Verdict::Fail, "undeclared-interface-open", "tcp/2323")));
}

#[test]
fn rows_that_only_a_draft_wrote_declare_nothing() {
    let drafted = format!(
        "{INTERFACES}\n[[intf]]\nid = \"Intf-Found\"\norigin = \"observed\"\ntype = [\"network\"]\nstatus = \"enabled\"\n\
         endpoint = [{{ transport = \"tcp\", port = 2323 }}]\n"
    );
    let facts = searched(TestFacts::declared(&drafted)).observed(sweep(DutState::Initialized, &[2323, 8443]));
    assert!(outcome(&facts.judge(B)).contains(&(Verdict::Fail, "undeclared-interface-open", "tcp/2323")));
    let drafted: Vec<ItemResult> =
        facts.judge(A).into_iter().filter(|result| result.item == "Intf-Found").collect();
    assert_eq!(outcome(&drafted), [(Verdict::Inconclusive, "row-not-confirmed", "Intf-Found"); 2]);
}

#[test]
fn prose_without_endpoints_neither_passes_nor_fails() {
    let prose = "[[intf]]\nid = \"Intf-Web\"\ndescription = \"HTTPS on port 8443 and mDNS\"\n\
                 type = [\"network\", \"logical\"]\nstatus = \"enabled\"\n";
    let facts = searched(TestFacts::declared(prose));
    for result in facts.judge(B) {
        assert_eq!(
            (result.verdict, result.reason.code.as_str(), result.blame),
            (Verdict::Inconclusive, "perhaps-declared-in-prose", Some(Blame::Documentation))
        );
    }
    for result in facts.judge(A) {
        assert_eq!(
            (result.verdict, result.reason.code.as_str(), result.blame),
            (Verdict::Inconclusive, "no-endpoint-companion", Some(Blame::Documentation))
        );
    }
}

#[test]
fn an_interface_over_the_air_is_not_judged_by_a_search_over_ip() {
    // Misjudgement 5: over-extrapolation from one interface to all.
    let air = format!(
        "{INTERFACES}\n[[intf]]\nid = \"Intf-Ble\"\ntype = [\"network\"]\nstatus = \"disabled\"\nis_air = true\n\
         description = \"Bluetooth LE\"\n"
    );
    let facts = searched(TestFacts::declared(&air));
    for unit in [A, B] {
        let results = facts.judge(unit);
        let radio: Vec<&ItemResult> = results.iter().filter(|result| result.item == "Intf-Ble").collect();
        assert!(!radio.is_empty());
        for result in radio {
            assert_eq!(
                (result.verdict, result.reason.code.as_str(), result.blame),
                (Verdict::Inconclusive, "radio-not-scanned", Some(Blame::Lab))
            );
        }
    }
}

#[test]
fn one_socket_that_answers_says_nothing_of_another() {
    // Misjudgement 5 again.
    let two = format!(
        "{INTERFACES}\n[[intf]]\nid = \"Intf-Wan\"\ntype = [\"network\", \"physical\"]\nstatus = \"disabled\"\n\
         description = \"Second socket\"\n"
    );
    let results = searched(TestFacts::declared(&two)).judge(A);
    let wan = results.iter().find(|result| result.item == "Intf-Wan").expect("a result");
    assert_eq!((wan.verdict, wan.reason.code.as_str()), (Verdict::Inconclusive, "links-not-told-apart"));
}

#[test]
fn a_table_of_which_nothing_is_said_is_no_empty_table() {
    // Misjudgement 3: a gap in the documents is not a fault of the device.
    let facts = STATES.into_iter().fold(TestFacts::declared(""), |facts, state| {
        let mut refused = services(&[]);
        refused.services.truncate(1);
        facts.observed(sweep(state, &[8443])).observed(Seen::by("udp-services", refused).state(state))
    });
    // An open port is undeclared, whoever forgot it; without one there is nothing to compare with.
    assert!(facts.judge(B).iter().all(|result| {
        result.reason.code == "undeclared-interface-open"
            && result.blame == Some(Blame::DeviceOrDocumentation)
    }));
    let table = TestFacts::declared("").judge(A);
    assert_eq!(outcome(&table), [(Verdict::Inconclusive, "table-not-stated", "-")]);
    assert_eq!(table[0].blame, Some(Blame::Documentation));
}

#[test]
fn an_enabled_interface_without_a_purpose_fails_and_the_others_are_asked() {
    let bad = INTERFACES.replace("description = \"Discovery\"", "description = \"tbd\"");
    let results = TestFacts::declared(&bad).judge("5.6-1-1:a");
    let failed: Vec<&ItemResult> = results.iter().filter(|result| result.verdict == Verdict::Fail).collect();
    assert_eq!(failed.len(), 1, "{results:#?}");
    assert_eq!((failed[0].item.as_str(), failed[0].reason.code.as_str()), ("Intf-Mdns", "no-justification"));
    assert_eq!(failed[0].blame, Some(Blame::Documentation));
    assert_eq!(failed[0].evidence[0].reference, "declaration:ixit.toml#intf[2].description");
    assert_eq!(results.iter().filter(|result| result.open.is_some()).count(), 3);
    let good = device().judge("5.6-1-1:a");
    assert!(good.iter().all(|result| result.open.is_some() && result.by == By::Assisted));
    let answered = device().answered("5.6-1-1:a", "Intf-Https", "yes").judge("5.6-1-1:a");
    assert!(answered.iter().any(|result| result.item == "Intf-Https" && result.verdict == Verdict::Pass));
}
