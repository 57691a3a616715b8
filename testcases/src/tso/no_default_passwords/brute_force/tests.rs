use probes::Outcome;
use probes::probe::http_login::{Attempt, LoginBehaviour};
use probes::probe::identify::{LoginOffer, ServiceIdentity};
use probes::probe::tcp_sweep::{Canary, PortInventory};
use probes::probe::udp_services::{UdpInventory, UdpService, UdpState};

use super::*;
use crate::state::DutState;
use crate::test_facts::{Seen as Observed, TestFacts};

const WEB: &str = r#"
[[auth_mech]]
id = "AuthMech-Web"
subject = "user"
network_addressable = true
description = "Form"
factor = { kind = "password", user_defined = true, pre_installed = false, used_outside_factory_default = true }
brute_force_prevention = "Locks for a minute after five failures"
brute_force = { failures = 5, lockout_seconds = 60 }
login = { kind = "form", port = 443, tls = true, path = "/login", protected = "/settings" }
endpoint = [{ transport = "tcp", port = 443, application = "https" }]
"#;

fn sweep(open: &[u16]) -> PortInventory {
    PortInventory {
        address: "127.0.0.1".parse().expect("an address"),
        open: open.to_vec(),
        closed: 65_535 - u32::try_from(open.len()).expect("few"),
        unanswered: Vec::new(),
        asked: 65_535,
        foreign: Vec::new(),
        canary: Canary { port: Some(443), checks: 40, failures: 0 },
        repeated: 0,
        manner: Default::default(),
    }
}

fn service(port: u16, application: &str, logins: &[(&str, bool)]) -> ServiceIdentity {
    ServiceIdentity {
        port,
        application: application.into(),
        tls: port == 443,
        banner: None,
        logins: logins
            .iter()
            .map(|(kind, password)| LoginOffer::certain(kind, *password, "prompt"))
            .collect(),
        paths: if application == "http" { vec!["/".into(), "/login".into()] } else { Vec::new() },
        disclosed: Vec::new(),
        ssh: None,
    }
}

fn udp(state: UdpState) -> UdpInventory {
    UdpInventory {
        address: "127.0.0.1".parse().expect("an address"),
        services: vec![UdpService {
            port: 161,
            service: "snmp".into(),
            state,
            sent: 3,
            disclosed: Vec::new(),
            announced: Vec::new(),
        }],
        foreign: Vec::new(),
    }
}

/// The device seen in both states, with further ports.
fn searched(facts: TestFacts, services: &[ServiceIdentity]) -> TestFacts {
    searched_with(facts, services, |seen| seen, UdpState::Refused)
}

fn searched_with(
    mut facts: TestFacts,
    services: &[ServiceIdentity],
    change: impl Fn(Observed) -> Observed,
    snmp: UdpState,
) -> TestFacts {
    let open: Vec<u16> = services.iter().map(|service| service.port).collect();
    for state in [DutState::FactoryDefault, DutState::Initialized] {
        let sweep = Observed::by("tcp-sweep", sweep(&open)).state(state).attempts(65_535);
        facts = facts.observed(change(sweep));
        facts = facts.observed(Observed::by("udp-services", udp(snmp)).state(state));
        for service in services {
            facts = facts.observed(
                Observed::by("identify", service.clone()).state(state).tried("/ and 1 further path"),
            );
        }
    }
    facts
}

fn web() -> ServiceIdentity {
    service(443, "http", &[("html-form", true), ("http-bearer", false)])
}

// ---- 5.1-5-2 a

#[test]
fn a_complete_search_that_finds_declared_logins_only_passes_in_each_state() {
    let results = searched(TestFacts::declared(WEB), &[web()]).judge("5.1-5-2:a");
    assert_eq!(results.len(), 2);
    for result in results {
        assert_eq!(result.verdict, Verdict::Pass, "{result:#?}");
        assert_eq!((result.by, result.rests_on), (By::Machine, RestsOn::Observed));
        assert_eq!(result.reason.code, "every-authentication-declared");
        assert!(result.evidence.iter().all(|evidence| evidence.reference.starts_with("sha256:")));
        assert_eq!(result.reason.args["paths"], "2");
        let effort = result.effort.expect("law 1");
        assert!(effort.completed >= 65_535);
        assert!(
            effort.what.ends_with("; / and 1 further path"),
            "what was asked of the services is named: {}",
            effort.what
        );
        assert!(result.state.is_some());
    }
}

#[test]
fn an_undeclared_login_fails_with_the_port_and_the_observation() {
    let telnet = service(2323, "telnet", &[("telnet-login", true)]);
    let results = searched(TestFacts::declared(WEB), &[web(), telnet]).judge("5.1-5-2:a");
    let failed: Vec<_> = results.iter().filter(|result| result.verdict == Verdict::Fail).collect();
    assert_eq!(failed.len(), 2, "{results:#?}");
    for result in failed {
        assert_eq!((result.item.as_str(), result.by), ("tcp/2323", By::Machine));
        assert_eq!(result.reason.code, "undeclared-authentication-mechanism");
        assert_eq!(result.blame, Some(Blame::DeviceOrDocumentation));
        assert!(result.evidence[0].reference.starts_with("sha256:"));
        assert_eq!(result.evidence[0].at, "tcp/2323");
    }
    // The states with the login hold no PASS beside the FAIL.
    assert!(results.iter().all(|result| result.verdict != Verdict::Pass));
}

#[test]
fn a_login_of_another_kind_at_the_port_of_a_declared_one_is_another_login() {
    let found = |kind: &str, ixit: &str| {
        let both = service(443, "http", &[("html-form", true), (kind, kind != "http-bearer")]);
        let results = searched(TestFacts::declared(ixit), &[both]).judge("5.1-5-2:a");
        assert_eq!(results.len(), 2, "{results:#?}");
        assert_eq!(results[0].verdict, results[1].verdict);
        (results[0].verdict, results[0].reason.code.clone(), results[0].blame)
    };
    let undeclared = "undeclared-authentication-mechanism".to_owned();
    for kind in ["http-basic", "http-digest", "rtsp-basic"] {
        let blame = Some(Blame::DeviceOrDocumentation);
        assert_eq!(found(kind, WEB), (Verdict::Fail, undeclared.clone(), blame), "{kind}");
    }
    let second =
        format!("{WEB}{}", WEB.replace("Web\"", "Menu\"").replace("kind = \"form\"", "kind = \"basic\""));
    assert_eq!(found("http-basic", &second).0, Verdict::Pass);
    assert_eq!(found("http-digest", &second).0, Verdict::Fail);
    assert_eq!(found("http-unknown", WEB).0, Verdict::Pass, "a refusal that says nothing is the form's");
    let without = WEB.lines().filter(|line| !line.starts_with("login")).collect::<Vec<_>>().join("\n");
    let open = found("http-basic", &format!("{WEB}{}\n", without.replace("Web\"", "Label\"")));
    assert_eq!(open, (Verdict::Inconclusive, "row-without-login-kind".into(), Some(Blame::Documentation)));
    assert_eq!(found("http-bearer", &without).0, Verdict::Pass);
}

#[test]
fn a_shell_authenticates_whether_or_not_by_password() {
    let mut shell = service(22, "ssh", &[]);
    shell.logins.push(LoginOffer::unsure("ssh", "banner"));
    let results = searched(TestFacts::declared(WEB), &[web(), shell.clone()]).judge("5.1-5-2:a");
    assert!(results.iter().all(|result| result.verdict == Verdict::Fail && result.item == "tcp/22"));
    let key = "[[auth_mech]]\nid = \"AuthMech-Key\"\ndescription = \"Shell\"\nnetwork_addressable = true\n\
               factor = { kind = \"key\", user_defined = false, pre_installed = true, used_outside_factory_default = true }\n\
               endpoint = [{ transport = \"tcp\", port = 22, application = \"ssh\" }]\n";
    let declared = searched(TestFacts::declared(&format!("{WEB}{key}")), &[web(), shell]).judge("5.1-5-2:a");
    assert!(declared.iter().all(|result| result.verdict == Verdict::Pass), "{declared:#?}");
}

#[test]
fn what_lets_anybody_in_is_no_authentication() {
    let open = [
        web(),
        service(1883, "mqtt", &[("mqtt-anonymous", false)]),
        service(23, "telnet", &[("telnet-shell", false)]),
        service(80, "http", &[("html-form", false)]),
    ];
    for result in searched(TestFacts::declared(WEB), &open).judge("5.1-5-2:a") {
        assert_eq!(result.verdict, Verdict::Pass, "{result:#?}");
    }
}

#[test]
fn silence_a_partial_sweep_and_a_missing_state_are_no_proof() {
    let cases: [(&str, TestFacts); 5] = [
        (
            "effort-too-small",
            searched_with(TestFacts::declared(WEB), &[web()], |seen| seen.attempts(1000), UdpState::Refused),
        ),
        (
            "observation-incomplete",
            searched_with(
                TestFacts::declared(WEB),
                &[web()],
                |seen| seen.ended(Outcome::Partial, "stopped"),
                UdpState::Refused,
            ),
        ),
        (
            "device-stopped-answering",
            searched_with(
                TestFacts::declared(WEB),
                &[web()],
                |seen| seen.ended(Outcome::Refused, "the canary stayed away"),
                UdpState::Refused,
            ),
        ),
        ("udp-silent", searched_with(TestFacts::declared(WEB), &[web()], |seen| seen, UdpState::Silent)),
        ("observation-missing", TestFacts::declared(WEB)),
    ];
    for (code, facts) in cases {
        let results = facts.judge("5.1-5-2:a");
        assert!(!results.is_empty());
        for result in results {
            assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Inconclusive, code));
            assert_eq!(result.blame, Some(Blame::Lab), "{code}");
        }
    }
}

#[test]
fn an_open_port_that_nobody_asked_or_recognized_is_no_proof() {
    let unknown = service(9229, "unknown", &[]);
    let results = searched(TestFacts::declared(WEB), &[web(), unknown]).judge("5.1-5-2:a");
    assert!(results.iter().all(|result| result.reason.code == "service-not-identified"), "{results:#?}");
    let sweep = Observed::by("tcp-sweep", sweep(&[443])).attempts(65_535);
    let asked = TestFacts::declared(WEB)
        .observed(sweep)
        .observed(Observed::by("udp-services", udp(UdpState::Refused)))
        .judge("5.1-5-2:a");
    assert!(asked.iter().all(|result| result.verdict == Verdict::Inconclusive), "{asked:#?}");
}

#[test]
fn prose_that_may_mean_the_login_and_radio_are_left_open() {
    let prose = "[[auth_mech]]\nid = \"AuthMech-Prose\"\ndescription = \"Some console\"\n";
    let telnet = service(2323, "telnet", &[("telnet-login", true)]);
    let results =
        searched(TestFacts::declared(&format!("{WEB}{prose}")), &[web(), telnet]).judge("5.1-5-2:a");
    assert!(results.iter().all(|result| result.reason.code == "row-without-endpoint"), "{results:#?}");
    assert_eq!(results[0].blame, Some(Blame::Documentation));
    let radio = "[[intf]]\nid = \"Intf-Radio\"\ndescription = \"Radio\"\nis_air = true\n";
    let results = searched(TestFacts::declared(&format!("{WEB}{radio}")), &[web()]).judge("5.1-5-2:a");
    let radio: Vec<_> = results.iter().filter(|result| result.item == "Intf-Radio").collect();
    assert_eq!((radio.len(), radio[0].verdict), (1, Verdict::Inconclusive));
}

#[test]
fn a_pairing_over_bluetooth_le_is_no_login_of_the_network() {
    let pairing = "[[auth_mech]]\nid = \"AuthMech-Pairing\"\ndescription = \"Pairing\"\n\
                   pairing = { method = \"passkey-shown\" }\n";
    let telnet = service(2323, "telnet", &[("telnet-login", true)]);
    let results =
        searched(TestFacts::declared(&format!("{WEB}{pairing}")), &[web(), telnet]).judge("5.1-5-2:a");
    let failed: Vec<_> = results.iter().filter(|result| result.verdict == Verdict::Fail).collect();
    assert!(!failed.is_empty(), "{results:#?}");
    let code = |result: &&ItemResult| result.reason.code == "undeclared-authentication-mechanism";
    assert!(failed.iter().all(code), "{failed:#?}");
}

// ---- 5.1-5-2 b

fn attempt(n: u32, result: &str) -> Attempt {
    Attempt { n, status: Some(200), seconds: 0.05, result: result.into() }
}

/// A login that rejects until `locked`, then refuses to be tried, ten wrong credentials in all.
fn behaviour(locked: Option<u32>) -> LoginBehaviour {
    let burst = (1..=10)
        .map(|n| {
            attempt(n + 2, if locked.is_some_and(|locked| n > locked) { "throttled" } else { "rejected" })
        })
        .collect();
    LoginBehaviour {
        row: "AuthMech-Web".into(),
        negative_control: attempt(1, "rejected"),
        good: Some(attempt(2, "accepted")),
        burst,
        locked_after: locked,
        good_refused_while_locked: locked.map(|_| true),
        recovered_after_seconds: locked.map(|_| 60.2),
        common_accepted: Vec::new(),
        common_tried: 3,
        median_seconds: Some(0.05),
        ..LoginBehaviour::default()
    }
}

fn reacts(behaviour: LoginBehaviour) -> ItemResult {
    reacts_as(WEB, behaviour)
}

fn reacts_as(ixit: &str, behaviour: LoginBehaviour) -> ItemResult {
    TestFacts::declared(ixit)
        .observed(
            Observed::by("http-login", behaviour).attempts(12).params(serde_json::json!({ "burst": 10 })),
        )
        .judge_one("5.1-5-2:b")
}

#[test]
fn a_lock_out_at_the_declared_threshold_passes_and_one_more_is_allowed() {
    for locked in [4, 5, 6] {
        let result = reacts(behaviour(Some(locked)));
        assert_eq!(result.verdict, Verdict::Pass, "{result:#?}");
        assert_eq!((result.reason.code.as_str(), result.by), ("declared-defence-seen", By::Machine));
        assert_eq!(result.state, Some(DutState::Initialized));
        assert!(result.evidence[0].reference.starts_with("sha256:") && result.effort.is_some());
    }
}

#[test]
fn a_missing_or_late_lock_out_fails_with_expected_and_actual() {
    for locked in [None, Some(7)] {
        let result = reacts(behaviour(locked));
        assert_eq!((result.verdict, result.blame), (Verdict::Fail, Some(Blame::Device)));
        assert_eq!(result.reason.code, "declared-defence-not-seen");
        assert_eq!(result.reason.args["failures"], "5");
        assert_eq!(result.reason.source.as_deref(), Some("declaration:ixit.toml#auth_mech[0].brute_force"));
        assert_eq!(result.evidence[0].at, "requests 1 to 12");
    }
}

#[test]
fn a_short_lock_out_and_one_that_lets_a_hit_in_fail() {
    let short = LoginBehaviour { recovered_after_seconds: Some(10.0), ..behaviour(Some(5)) };
    assert_eq!(reacts(short).reason.code, "lockout-shorter-than-declared");
    let either = LoginBehaviour { still_refused_after_seconds: Some(10.0), ..behaviour(Some(5)) };
    let result = reacts(either);
    assert_eq!(
        (result.verdict, result.reason.code.as_str()),
        (Verdict::Inconclusive, "lockout-length-not-settled")
    );
    let hit = LoginBehaviour { good_refused_while_locked: Some(false), ..behaviour(Some(5)) };
    let result = reacts(hit);
    assert_eq!(
        (result.verdict, result.reason.code.as_str()),
        (Verdict::Fail, "lockout-lets-right-credential-in")
    );
}

#[test]
fn a_right_credential_that_came_too_late_says_nothing_of_the_lock_out() {
    let late = LoginBehaviour { good_refused_while_locked: None, ..behaviour(Some(5)) };
    let result = reacts(late);
    assert_eq!(
        (result.verdict, result.reason.code.as_str()),
        (Verdict::Inconclusive, "right-credential-too-late-for-lockout")
    );
}

#[test]
fn nothing_is_concluded_from_a_burst_that_proves_nothing() {
    let few = LoginBehaviour { burst: vec![attempt(3, "rejected"); 6], ..behaviour(None) };
    let mute = LoginBehaviour { burst: behaviour(None).burst, ..behaviour(Some(10)) };
    let dead = LoginBehaviour { burst: vec![attempt(3, "no-answer"); 10], ..behaviour(None) };
    let gone = LoginBehaviour { recovered_after_seconds: None, ..behaviour(Some(5)) };
    let open = LoginBehaviour { negative_control: attempt(1, "accepted"), ..behaviour(None) };
    let unclear = LoginBehaviour { negative_control: attempt(1, "no-answer"), ..behaviour(None) };
    let none = LoginBehaviour { good: None, burst: Vec::new(), ..behaviour(None) };
    let wrong = LoginBehaviour { good: Some(attempt(2, "rejected")), ..behaviour(None) };
    for (behaviour, code, blame) in [
        (few, "effort-too-small", Blame::Lab),
        (dead, "effort-too-small", Blame::Lab),
        (gone, "recovery-not-seen", Blame::Lab),
        (mute, "lockout-onset-not-seen", Blame::Lab),
        (open, "login-not-needed", Blame::DeviceOrDocumentation),
        (unclear, "negative-control-unclear", Blame::Lab),
        (none, "no-credential", Blame::Lab),
        (wrong, "good-credential-refused", Blame::Lab),
    ] {
        let result = reacts(behaviour);
        assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Inconclusive, code));
        assert_eq!(result.blame, Some(blame), "{code}");
    }
    let trouble = TestFacts::declared(WEB)
        .observed(Observed::by("http-login", behaviour(None)).ended(Outcome::ToolTrouble, "no route"))
        .judge_one("5.1-5-2:b");
    assert_eq!(trouble.reason.code, "observation-incomplete");
}

#[test]
fn a_declared_delay_is_measured() {
    let delay = WEB.replace("failures = 5, lockout_seconds = 60", "delay_seconds = 3");
    let result = reacts_as(&delay, behaviour(None));
    assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Fail, "declared-delay-not-seen"));
    let taking = |seconds: &[f64]| {
        let burst = seconds.iter().map(|seconds| Attempt { seconds: *seconds, ..attempt(3, "rejected") });
        reacts_as(&delay, LoginBehaviour { burst: burst.collect(), ..behaviour(None) })
    };
    assert_eq!(taking(&[3.0; 10]).reason.code, "declared-delay-seen");
    assert_eq!(taking(&[0.1, 3.0, 3.0, 3.1, 3.0]).verdict, Verdict::Pass, "the first may come at once");
    let given_up = taking(&[3.0, 3.0, 3.0, 3.0, 0.1]);
    assert_eq!((given_up.verdict, given_up.reason.code.as_str()), (Verdict::Fail, "declared-delay-not-kept"));
    assert_eq!(given_up.reason.args["early"], "1");
    assert_eq!(taking(&[3.0, 3.0]).reason.code, "effort-too-small");
    assert_eq!(taking(&[1.0, 2.0, 4.0, 8.0, 16.0]).reason.code, "declared-delay-not-kept", "slow only later");
    let both = WEB.replace("lockout_seconds = 60", "lockout_seconds = 60, delay_seconds = 3");
    let result = reacts_as(&both, behaviour(Some(5)));
    assert_eq!(result.reason.code, "declared-delay-not-seen", "the lock-out alone is not enough");
}

const SHELL: &str = r#"
[[auth_mech]]
id = "AuthMech-Shell"
subject = "user"
network_addressable = true
description = "Console"
brute_force_prevention = "Bans the source for a minute after five failures"
brute_force = { failures = 5, lockout_seconds = 60 }
login = { kind = "ssh", port = 22 }
"#;

#[test]
fn a_login_of_another_protocol_is_judged_alike_and_a_ban_is_a_lock_out() {
    let seen = |behaviour: LoginBehaviour| {
        let behaviour = LoginBehaviour { row: "AuthMech-Shell".into(), ..behaviour };
        TestFacts::declared(SHELL)
            .observed(Observed::by("network-login", behaviour).attempts(12))
            .judge_one("5.1-5-2:b")
    };
    for result in ["closed", "no-answer"] {
        let mut banned = behaviour(Some(5));
        banned.burst.iter_mut().skip(5).for_each(|attempt| attempt.result = result.into());
        assert_eq!(seen(banned.clone()).reason.code, "declared-defence-seen", "{result}");
        let gone = LoginBehaviour { recovered_after_seconds: None, ..banned };
        assert_eq!(seen(gone).reason.code, "recovery-not-seen", "{result}");
    }
    assert_eq!(seen(behaviour(None)).reason.code, "declared-defence-not-seen");
    let missing = TestFacts::declared(SHELL).judge_one("5.1-5-2:b");
    assert_eq!(missing.reason.args["probe"], "network-login AuthMech-Shell");
}

#[test]
fn what_the_bench_does_not_agree_to_and_what_this_build_cannot_drive_stay_open_by_name() {
    let left_out = Some("consent".to_owned());
    let none = LoginBehaviour { burst: Vec::new(), burst_left_out: left_out, ..behaviour(None) };
    let gap = "no burst: set lock_out = true under [consent]";
    let facts =
        TestFacts::declared(WEB).observed(Observed::by("http-login", none).ended(Outcome::Partial, gap));
    let result = facts.judge_one("5.1-5-2:b");
    assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Inconclusive, "lock-out-not-agreed"));
    assert_eq!(result.blame, Some(Blame::Lab));
    let unknown = Observed::by("network-login", serde_json::Value::Null)
        .params(serde_json::json!({ "row": "AuthMech-Shell" }))
        .ended(Outcome::ToolTrouble, "this build knows no login of kind ssh");
    let result = TestFacts::declared(SHELL).observed(unknown).judge_one("5.1-5-2:b");
    assert_eq!(result.reason.code, "observation-incomplete");
    assert_eq!(result.reason.args["trouble"], "this build knows no login of kind ssh");
}

#[test]
fn rows_that_no_probe_drives_or_nothing_classifies_stay_open() {
    let ssh = "[[auth_mech]]\nid = \"AuthMech-Ssh\"\nnetwork_addressable = true\ndescription = \"Console\"\n";
    let result = TestFacts::declared(ssh).judge_one("5.1-5-2:b");
    assert_eq!((result.reason.code.as_str(), result.blame), ("no-driver", Some(Blame::Lab)));
    let unclassified = WEB.replace("network_addressable = true\n", "");
    let result = reacts_as(&unclassified, behaviour(Some(5)));
    assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Inconclusive, "row-not-classified"));
    let prose = WEB.replace("brute_force = { failures = 5, lockout_seconds = 60 }\n", "");
    let result = reacts_as(&prose, behaviour(Some(5)));
    assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Inconclusive, "defence-not-stated"));
    assert_eq!(TestFacts::declared(WEB).judge_one("5.1-5-2:b").reason.code, "observation-missing");
}

#[test]
fn a_selection_called_empty_is_not_where_a_login_was_found() {
    let local = WEB.replace("network_addressable = true", "network_addressable = false");
    let result = TestFacts::declared(&local).judge_one("5.1-5-2:b");
    assert_eq!((result.verdict, result.vacuous), (Verdict::Pass, true));
    let result = searched(TestFacts::declared(&local), &[web()]).judge_one("5.1-5-2:b");
    assert_eq!(
        (result.verdict, result.reason.code.as_str()),
        (Verdict::Inconclusive, "emptiness-contradicted")
    );
}
