use ixit::Blame;
use probes::probe::http_login::{Attempt, LoginBehaviour};
use probes::probe::identify::{LoginOffer, ServiceIdentity};
use probes::probe::tcp_sweep::{Canary, PortInventory};

use super::*;
use crate::test_facts::{Seen, TestFacts};

const ROWS: &str = r#"
[[auth_mech]]
id = "AuthMech-Web"
subject = "user"
description = "Form"
factor = { kind = "password", user_defined = true, pre_installed = false, used_outside_factory_default = true }
endpoint = [{ transport = "tcp", port = 443, application = "https" }]

[[auth_mech]]
id = "AuthMech-Label"
subject = "user"
description = "Label"
network_addressable = false
factor = { kind = "password", user_defined = false, pre_installed = true, used_outside_factory_default = true }
generation = { inputs = ["random"], length = 12, alphabet_size = 54 }
"#;

fn found_at(port: u16, kind: &str) -> TestFacts {
    let sweep = PortInventory {
        address: "127.0.0.1".parse().expect("an address"),
        open: vec![port],
        closed: 65_534,
        unanswered: Vec::new(),
        asked: 65_535,
        foreign: Vec::new(),
        canary: Canary { port: Some(port), checks: 40, failures: 0 },
        repeated: 0,
        manner: Default::default(),
    };
    let identity = ServiceIdentity {
        port,
        application: "http".into(),
        tls: true,
        banner: None,
        logins: vec![LoginOffer::certain(kind, true, "prompt")],
        paths: Vec::new(),
        disclosed: Vec::new(),
        ssh: None,
    };
    TestFacts::declared(ROWS)
        .observed(Seen::by("tcp-sweep", sweep).attempts(65_535))
        .observed(Seen::by("identify", identity))
}

#[test]
fn a_generator_without_anything_of_the_device_fails_and_others_are_asked() {
    for inputs in ["\"constant\"", "\"model\", \"date\""] {
        let facts = TestFacts::declared(&ROWS.replace("\"random\"", inputs));
        let result = facts.judge_one("5.1-1-1:a");
        assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Fail, "password-not-unique"));
        assert_eq!((result.by, result.blame), (By::Machine, Some(Blame::Documentation)));
        assert_eq!(result.evidence[0].reference, "declaration:ixit.toml#auth_mech[1].generation");
    }
    for inputs in ["\"serial\"", "\"counter\"", "\"constant\", \"per-device-secret\""] {
        let facts = TestFacts::declared(&ROWS.replace("\"random\"", inputs));
        let open = facts.judge_one("5.1-1-1:a").open.expect("a person decides");
        assert_eq!(open.prejudgement, Some(Verdict::Pass));
    }
    let prose = ROWS.replace("generation =", "# generation =");
    assert_eq!(TestFacts::declared(&prose).judge_one("5.1-1-1:a").open.expect("asked").prejudgement, None);
}

#[test]
fn chance_out_of_many_values_gives_each_device_its_own_and_out_of_few_is_asked() {
    let result = TestFacts::declared(ROWS).judge_one("5.1-1-1:a");
    assert_eq!(
        (result.verdict, result.by, result.reason.code.as_str()),
        (Verdict::Pass, By::Machine, "password-drawn-for-each-device")
    );
    // Among 1,000,000 units 10^8 values come up again with 1 %, 10^9 with 0.1 %.
    for (length, passes) in [(4, false), (8, false), (9, true)] {
        let few = format!("length = {length}, alphabet_size = 10");
        let result = TestFacts::declared(&ROWS.replace("length = 12, alphabet_size = 54", &few))
            .judge_one("5.1-1-1:a");
        assert_eq!(result.verdict == Verdict::Pass, passes, "{length}");
        assert_eq!(result.open.and_then(|open| open.prejudgement), (!passes).then_some(Verdict::Fail));
    }
}

#[test]
fn digits_that_serve_for_one_pairing_alone_are_no_other_devices() {
    use crate::bluetooth::pairing::test_pairings::ROW;
    let judged = |row: &str| TestFacts::declared(row).judge_one("5.1-1-1:a");
    // By the change alone, by the pairing alone, and by both.
    let by_change = ROW.replace("passkey = \"each-time\", ", "");
    let by_pairing = ROW.replace("change = { each_time = true }\n", "");
    for row in [by_change.as_str(), &by_pairing, ROW] {
        let result = judged(row);
        assert_eq!(
            (result.verdict, result.by, result.reason.code.as_str()),
            (Verdict::Pass, By::Machine, "passkey-drawn-for-each-pairing"),
            "{row}"
        );
        assert_eq!(result.evidence[0].reference, "declaration:ixit.toml#auth_mech[0].generation");
    }
    // The twins: six digits that stay come up again among so many units, whatever else is said of them.
    let stays = by_change.replace("change = { each_time = true }\n", "");
    let of_the_unit = ROW.replace("\"each-time\"", "\"of-the-unit\"");
    let pairing = ROW.lines().find(|line| line.starts_with("pairing")).expect("a pairing");
    let no_pairing = ROW.replace(pairing, "").replace("kind = \"pin\"", "kind = \"password\"");
    for row in [stays, of_the_unit, no_pairing] {
        let result = judged(&row);
        assert_eq!(result.verdict, Verdict::Inconclusive, "{row}");
        assert_eq!(result.open.and_then(|open| open.prejudgement), Some(Verdict::Fail), "{row}");
    }
    // Drawn each time, and out of nothing that is chance.
    let constant = judged(&ROW.replace("\"random\"", "\"constant\""));
    assert_eq!((constant.verdict, constant.reason.code.as_str()), (Verdict::Fail, "password-not-unique"));
    let serial = judged(&ROW.replace("\"random\"", "\"serial\""));
    assert!(serial.open.is_some(), "{serial:?}");
}

#[test]
fn declared_logins_are_shown_to_the_person_who_searches_the_manual() {
    let facts = found_at(443, "html-form");
    let result = facts.judge_one("5.1-1-2:a");
    let open = result.open.expect("a person decides");
    assert!(
        open.shown.iter().any(|shown| shown.text.contains("html-form at tcp/443 (prompt): AuthMech-Web"))
    );
    assert_eq!(result.verdict, Verdict::Inconclusive);
    assert_eq!(facts.answered("5.1-1-2:a", "-", "yes").judge_one("5.1-1-2:a").verdict, Verdict::Pass);
}

#[test]
fn an_undeclared_password_prompt_fails_whatever_the_person_says() {
    let facts = found_at(8080, "http-basic").answered("5.1-1-2:a", "-", "yes");
    let results = facts.judge("5.1-1-2:a");
    let failed: Vec<_> = results.iter().filter(|result| result.verdict == Verdict::Fail).collect();
    assert_eq!(failed.len(), 1);
    assert_eq!((failed[0].item.as_str(), failed[0].by), ("tcp/8080", By::Machine));
    assert_eq!(failed[0].reason.code, "undeclared-password-mechanism");
    assert_eq!(failed[0].blame, Some(Blame::DeviceOrDocumentation));
    assert_eq!(failed[0].evidence[0].at, "tcp/8080");
}

#[test]
fn what_may_take_a_password_is_shown_to_the_person_and_fails_nothing() {
    let with = |offer: LoginOffer| {
        let shell = ServiceIdentity {
            port: 22,
            application: "ssh".into(),
            tls: false,
            banner: None,
            logins: vec![offer],
            paths: Vec::new(),
            disclosed: Vec::new(),
            ssh: None,
        };
        found_at(22, "none").observed(Seen::by("identify", shell).state(DutState::FactoryDefault)).observed(
            Seen::by("tcp-sweep", crate::test_network::ports(&[22]))
                .attempts(65_535)
                .state(DutState::FactoryDefault),
        )
    };
    let unsure = with(LoginOffer::unsure("ssh", "banner")).judge("5.1-1-2:a");
    let here =
        |result: &ItemResult| result.item == "tcp/22" && result.state == Some(DutState::FactoryDefault);
    assert!(!unsure.iter().any(here), "{unsure:#?}");
    let open = unsure.iter().find_map(|result| result.open.as_ref()).expect("a person decides");
    let shown = "ssh at tcp/22 (banner; whether it takes a password was not seen): not declared";
    assert!(open.shown.iter().any(|line| line.text.contains(shown)), "{:#?}", open.shown);
    assert_ne!(open.prejudgement, Some(Verdict::Pass));
    let certain = with(LoginOffer::certain("telnet-login", true, "login:")).judge("5.1-1-2:a");
    assert!(certain.iter().any(|result| here(result) && result.verdict == Verdict::Fail));
}

#[test]
fn a_search_that_did_not_take_place_is_not_prejudged() {
    let result = TestFacts::declared(ROWS).judge_one("5.1-1-2:a");
    assert_eq!(result.open.expect("asked").prejudgement, None);
}

fn trial(accepted: bool, without_login: &str) -> LoginBehaviour {
    let attempt = |n, result: &str| Attempt { n, status: Some(200), seconds: 0.1, result: result.to_owned() };
    LoginBehaviour {
        row: "AuthMech-Web".into(),
        negative_control: attempt(1, without_login),
        good: Some(attempt(2, "accepted")),
        common_accepted: if accepted { vec![("admin".into(), 5)] } else { Vec::new() },
        common_tried: 3,
        ..LoginBehaviour::default()
    }
}

#[test]
fn a_common_credential_that_is_let_in_fails_at_whichever_login() {
    let facts = TestFacts::declared(ROWS).observed(Seen::by("http-login", trial(true, "rejected")));
    let results = facts.judge("5.1-1-2:c");
    let failed: Vec<_> = results.iter().filter(|result| result.verdict == Verdict::Fail).collect();
    assert_eq!(failed.len(), 1);
    assert_eq!((failed[0].item.as_str(), failed[0].blame), ("AuthMech-Web", Some(Blame::Device)));
    assert_eq!(failed[0].reason.code, "common-credential-accepted");
    assert!(failed[0].evidence[0].reference.starts_with("sha256:"));
    assert!(results.iter().any(|result| result.item == "AuthMech-Label" && result.open.is_some()));
}

#[test]
fn refused_credentials_an_open_page_and_factory_default_fail_nothing() {
    for seen in [
        Seen::by("http-login", trial(false, "rejected")),
        Seen::by("http-login", trial(true, "accepted")),
        Seen::by("http-login", trial(true, "rejected")).state(DutState::FactoryDefault),
    ] {
        let result = TestFacts::declared(ROWS).observed(seen).judge_one("5.1-1-2:c");
        assert!(result.item == "AuthMech-Label" && result.open.is_some(), "{result:#?}");
    }
}

#[test]
fn an_empty_selection_is_vacuous_unless_a_default_password_was_found() {
    let user_defined = ROWS.replace("user_defined = false", "user_defined = true");
    let none = TestFacts::declared(&user_defined).judge_one("5.1-1-2:c");
    assert_eq!((none.verdict, none.vacuous), (Verdict::Pass, true));
    let found = TestFacts::declared(&user_defined)
        .observed(Seen::by("http-login", trial(true, "rejected")).sample("S2"))
        .judge_one("5.1-1-2:c");
    assert_eq!((found.verdict, found.vacuous), (Verdict::Fail, false));
    assert_eq!(found.sample.as_deref(), Some("S2"));
}

const INTERFACES: &str = r#"
[[intf]]
id = "Intf-Lan"
type = ["network", "physical"]
status = "enabled"

[[intf]]
id = "Intf-Panel"
description = "Four keys"
type = ["physical"]
status = "enabled"
takes_passwords = false

[[intf]]
id = "Intf-Uart"
type = ["physical"]
status = "disabled"

[[user_intf]]
id = "UserIntf-Web"
endpoint = [{ transport = "tcp", port = 8443, application = "https" }]
"#;

fn searched(interfaces: &str) -> TestFacts {
    let rows = ROWS.replace("port = 443", "port = 8443");
    crate::test_network::searched(TestFacts::declared(&format!("{rows}{interfaces}")))
}

#[test]
fn a_complete_search_passes_where_no_other_interface_takes_passwords() {
    let results = searched(INTERFACES).judge("5.1-1-2:a");
    assert_eq!(results.len(), 2, "one for each state: {results:#?}");
    for result in &results {
        assert_eq!((result.verdict, result.by), (Verdict::Pass, By::Machine));
        assert_eq!(result.reason.code, "every-password-mechanism-declared");
        assert_eq!(result.reason.args["left_out"], "Intf-Panel");
        let declared = "declaration:ixit.toml#intf[1].takes_passwords";
        assert!(result.evidence.iter().any(|evidence| evidence.reference == declared), "{result:#?}");
        assert!(result.effort.is_some());
    }
}

#[test]
fn a_port_that_nobody_recognized_may_ask_for_a_password() {
    let unknown = DutState::Initialized;
    let facts = searched(INTERFACES)
        .observed(crate::test_network::sweep(unknown, &[4000, 8443]))
        .observed(crate::test_network::identified(unknown, 4000, "unknown", false));
    let results = facts.judge("5.1-1-2:a");
    let open = results.iter().find(|result| result.state == Some(unknown)).expect("the state was searched");
    assert_eq!((open.verdict, open.item.as_str()), (Verdict::Inconclusive, "tcp/4000"), "{results:#?}");
    assert_eq!(open.reason.code, "service-not-identified");
}

#[test]
fn an_interface_that_may_take_passwords_is_searched_by_a_person() {
    for (from, to) in [
        ("takes_passwords = false", "takes_passwords = true"),
        ("takes_passwords = false", ""),
        ("status = \"disabled\"", "status = \"enabled\""),
        ("endpoint =", "# endpoint ="),
        ("type = [\"network\", \"physical\"]", "type = [\"network\"]\nis_air = true"),
    ] {
        let result = searched(&INTERFACES.replace(from, to)).judge_one("5.1-1-2:a");
        assert_eq!(result.by, By::Assisted, "{from} {to}");
        assert_eq!(result.open.expect("asked").prejudgement, Some(Verdict::Pass));
    }
}

#[test]
fn an_incomplete_search_of_the_network_is_no_pass() {
    let rows = ROWS.replace("port = 443", "port = 8443");
    let none = TestFacts::declared(&format!("{rows}{INTERFACES}"));
    let result = none.judge_one("5.1-1-2:a");
    assert_eq!((result.verdict, result.by), (Verdict::Inconclusive, By::Machine));
    assert_eq!(result.reason.code, "observation-missing");
    let found = found_at(8080, "http-basic").judge("5.1-1-2:a");
    assert!(found.iter().any(|result| result.verdict == Verdict::Fail));
}
