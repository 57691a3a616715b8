use super::*;
use crate::facts::Recorded;

fn control(result: &str, status: u16) -> Recorded {
    let observation = serde_json::json!({
        "format": "hantei.observation/1", "probe": "http-login", "version": 1, "target": "AuthMech-Api",
        "params": { "protected": "/api/status" },
        "context": { "sample": "S1", "component": "device", "firmware": null, "state": "initialized",
                     "at": "2026-01-01T00:00:00Z", "equipment": [] },
        "outcome": "complete",
        "effort": { "attempted": 1, "completed": 1, "seconds": 0.1, "what": "logins" },
        "data": {
            "row": "AuthMech-Api",
            "negative_control": { "n": 1, "status": status, "seconds": 0.1, "result": result },
            "good": null, "burst": [], "locked_after": null, "good_refused_while_locked": null,
            "recovered_after_seconds": null, "common_accepted": [], "common_tried": 0, "median_seconds": null
        }
    });
    Recorded::new(serde_json::from_value(observation).expect("an observation"))
}

fn judged(recorded: Recorded) -> ItemResult {
    let ics = "edition = \"en303645-2.1.1\"\n";
    let ixit = "[[auth_mech]]\nid = \"AuthMech-Api\"\ndescription = \"API\"\n\
                [[soft_serv]]\nid = \"SoftServ-Api\"\ndescription = \"API\"\n\
                authentication_mechanism = [\"AuthMech-Api\"]\nnetwork_accessible_in = [\"initialized\"]\n";
    let sources = vec![
        ixit::SourceFile::new("ics.toml", ics.as_bytes().to_vec()),
        ixit::SourceFile::new("ixit.toml", ixit.as_bytes().to_vec()),
    ];
    let reading = ixit::Declaration::from_sources(sources, Vec::new());
    let declaration = reading.declaration.expect("no error");
    let catalogue = crate::Catalogue::of(ixit::Edition::En303645V2_1_1);
    let observations = [recorded];
    let facts = Facts {
        catalogue,
        declaration: &declaration,
        diagnostics: &[],
        observations: &observations,
        decisions: &[],
        date: jiff::civil::date(2026, 1, 1),
        crypto: crate::crypto::Policy::standard(),
        review_required: false,
    };
    let unit = catalogue.unit("5.5-4-2:a").expect("a unit");
    let mut results = strangers_are_refused(&facts, unit);
    assert_eq!(results.len(), 1);
    results.remove(0)
}

#[test]
fn a_page_that_refuses_strangers_is_left_to_the_assessor_with_what_was_seen() {
    let result = judged(control("rejected", 401));
    assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Inconclusive, "waits-for-assessor"));
    assert!(result.open.expect("a question").shown.iter().any(|shown| shown.text.contains("rejected")));
}

#[test]
fn a_page_that_opens_to_strangers_fails_and_blames_the_device() {
    let result = judged(control("accepted", 200));
    assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Fail, "open-without-login"));
    assert_eq!(result.blame, Some(Blame::Device));
    assert_eq!(result.evidence[0].at, "request 1");
}

#[test]
fn no_answer_proves_nothing() {
    assert_eq!(judged(control("no-answer", 0)).verdict, Verdict::Inconclusive);
}

mod with_declared_accesses {
    use probes::Outcome;
    use probes::probe::access_control::{AccessControl, LoginSeen, Trial};

    use super::*;
    use crate::test_facts::{Seen, TestFacts};
    use crate::test_network::{client, identity, sweep, tls};

    const A: &str = "5.5-4-2:a";
    const B: &str = "5.5-4-2:b";
    const C: &str = "5.5-4-2:c";
    const CONFIGURATION: &str = "5.5-5-2:a";

    const ROWS: &str = r#"
[[auth_mech]]
id = "AuthMech-Web"
description = "Login"
factor = { kind = "password", user_defined = true, pre_installed = false }
crypto = [{ purpose = "transport", protocol = "TLS", versions = ["1.2", "1.3"] }]
login = { kind = "form", port = 8443, tls = true, path = "/login", protected = "/settings" }
set_up = { opened_by = "AuthMech-Label", path = "/setup", password_field = "new" }

[[auth_mech]]
id = "AuthMech-Label"
description = "Label"
factor = { kind = "password", user_defined = false, pre_installed = true }
crypto = [{ purpose = "transport", protocol = "TLS", versions = ["1.2", "1.3"] }]
change = { replaced_by = "AuthMech-Web" }
endpoint = [{ transport = "tcp", port = 8443, application = "https" }]

[[soft_serv]]
id = "SoftServ-Web"
description = "Settings"
allows_configuration = true
authentication_mechanism = ["AuthMech-Web", "AuthMech-Label"]
network_accessible_in = ["factory_default", "initialized"]
endpoint = [{ transport = "tcp", port = 8443, application = "https" }]
access = [
  { kind = "http", port = 8443, tls = true, target = "/settings", who = ["AuthMech-Web"] },
  { kind = "http", port = 8443, tls = true, target = "/setup", who = ["AuthMech-Label"] },
]
"#;

    fn trial(target: &str, subject: &str, entitled: bool, result: &str) -> Trial {
        Trial {
            n: 7,
            rows: vec!["SoftServ-Web".to_owned()],
            declared: true,
            kind: "http".to_owned(),
            port: 8443,
            method: "GET".to_owned(),
            target: target.to_owned(),
            changes: false,
            subject: subject.to_owned(),
            account: (subject == "authenticated").then(|| "AuthMech-Web".to_owned()),
            entitled,
            status: Some(if result == "granted" { 200 } else { 401 }),
            result: result.to_owned(),
            changed: None,
            note: String::new(),
        }
    }

    fn login(account: &str, outcome: &str) -> LoginSeen {
        LoginSeen {
            account: account.to_owned(),
            subject: "authenticated".to_owned(),
            outcome: outcome.to_owned(),
            status: Some(303),
            leaving: "left".to_owned(),
        }
    }

    /// A sound device in normal use.
    fn sound() -> AccessControl {
        let mut trials = vec![trial("/settings", "authenticated", true, "granted")];
        for target in ["/settings", "/setup"] {
            for subject in ["nobody", "visitor", "forged", "wrong-credential"] {
                trials.push(trial(target, subject, false, "refused"));
            }
        }
        trials.push(trial("/settings", "logged-out", false, "refused"));
        AccessControl { logins: vec![login("AuthMech-Web", "logged-in")], trials }
    }

    fn seen(control: AccessControl) -> TestFacts {
        TestFacts::declared(ROWS).observed(Seen::by("access-control", control))
    }

    fn with(target: &str, subject: &str, result: &str) -> AccessControl {
        let mut control = sound();
        control.trials.retain(|trial| (trial.target.as_str(), trial.subject.as_str()) != (target, subject));
        control.trials.push(trial(target, subject, subject == "authenticated", result));
        control
    }

    #[test]
    fn a_device_that_tells_its_visitors_apart_passes() {
        for (unit, code) in [(A, "strangers-refused"), (B, "entitled-let-in")] {
            let result = seen(sound()).judge_one(unit);
            assert_eq!((result.verdict, result.by), (Verdict::Pass, By::Machine), "{unit}: {result:#?}");
            assert_eq!(result.reason.code, code);
            assert!(result.effort.is_some() && result.evidence[0].reference.starts_with("sha256:"));
            assert_eq!(result.state, Some(DutState::Initialized));
        }
    }

    #[test]
    fn whoever_gets_in_without_the_right_fails_the_service() {
        for (subject, code) in [
            ("nobody", "open-without-login"),
            ("visitor", "open-without-login"),
            ("forged", "invalid-credential-admitted"),
            ("wrong-credential", "invalid-credential-admitted"),
            ("retired-credential", "invalid-credential-admitted"),
            ("logged-out", "access-after-logout"),
        ] {
            let result = seen(with("/settings", subject, "granted")).judge_one(A);
            assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Fail, code), "{subject}");
            assert_eq!(result.blame, Some(Blame::Device));
            assert_eq!(result.evidence[0].at, "request 7");
        }
        let mut other = sound();
        other.trials.push(Trial {
            entitled: false,
            account: Some("AuthMech-Api".to_owned()),
            ..trial("/settings", "authenticated", false, "granted")
        });
        assert_eq!(seen(other).judge_one(A).reason.code, "open-to-unentitled");
    }

    #[test]
    fn a_write_that_changed_the_state_is_told_so() {
        let mut control = sound();
        control.trials.push(Trial {
            method: "POST".to_owned(),
            changed: Some(true),
            note: "/settings shows the new value".to_owned(),
            ..trial("/settings", "nobody", false, "granted")
        });
        let result = seen(control).judge_one(A);
        assert_eq!(result.reason.code, "open-without-login");
        assert!(result.reason.args["seen"].contains("the state changed"));
    }

    #[test]
    fn what_was_not_tried_or_not_clear_passes_nobody() {
        let missing = TestFacts::declared(ROWS).judge_one(A);
        assert_eq!(
            (missing.verdict, missing.reason.code.as_str()),
            (Verdict::Inconclusive, "observation-missing")
        );
        let untried = seen(with("/settings", "nobody", "not-tried")).judge_one(A);
        assert_eq!((untried.reason.code.as_str(), untried.blame), ("access-not-tried", Some(Blame::Lab)));
        let mut uncovered = sound();
        uncovered.trials.retain(|trial| trial.target != "/setup");
        assert_eq!(seen(uncovered).judge_one(A).reason.code, "access-not-tried");
        let unclear = seen(with("/settings", "nobody", "unclear")).judge_one(A);
        assert!(unclear.open.is_some(), "{unclear:#?}");
        let mut beside = sound();
        beside.trials.push(Trial {
            note: "found beside".to_owned(),
            declared: false,
            ..trial("/log", "nobody", false, "granted")
        });
        let beside = seen(beside).judge_one(A).open.expect("a person looks at what was found beside");
        assert!(beside.shown.iter().any(|shown| shown.text.contains("GET /log")));
    }

    #[test]
    fn who_may_and_is_refused_fails_and_a_bad_credential_of_the_bench_does_not() {
        let refused = seen(with("/settings", "authenticated", "refused")).judge_one(B);
        assert_eq!((refused.verdict, refused.reason.code.as_str()), (Verdict::Fail, "entitled-refused"));
        assert_eq!((refused.by, refused.blame), (By::Machine, Some(Blame::Device)));
        let mut locked_out = with("/settings", "authenticated", "refused");
        locked_out.logins = vec![login("AuthMech-Web", "refused")];
        let locked_out = seen(locked_out).judge_one(B);
        assert_eq!(locked_out.reason.code, "entitled-not-logged-in");
        assert_eq!((locked_out.verdict, locked_out.blame), (Verdict::Inconclusive, Some(Blame::Lab)));
        let mut nobody = sound();
        nobody.trials.retain(|trial| !trial.entitled);
        let nobody = seen(nobody).judge_one(B);
        assert_eq!(
            (nobody.verdict, nobody.reason.code.as_str()),
            (Verdict::Inconclusive, "entitled-not-tried")
        );
    }

    #[test]
    fn the_probe_is_planned_for_the_states_in_which_the_service_is_reached() {
        let facts = TestFacts::declared(ROWS);
        let facts = facts.facts();
        let wanted = |state| (crate::observing::access_control::OBSERVING.wanted)(facts.declaration, state);
        let default = wanted(DutState::FactoryDefault);
        let mechanisms = default[0].params["mechanisms"].as_array().expect("mechanisms");
        assert_eq!(mechanisms.len(), 2);
        assert_eq!(
            (&mechanisms[0]["row"], &mechanisms[0]["valid"]),
            (&"AuthMech-Label".into(), &true.into())
        );
        assert_eq!(mechanisms[0]["label_with_user_of"], "AuthMech-Web");
        assert_eq!(mechanisms[1]["valid"], false);
        let normal = wanted(DutState::Initialized);
        assert_eq!(normal[0].params["mechanisms"][0]["valid"], false);
        assert_eq!(normal[0].params["mechanisms"][1]["valid"], true);
        assert!(wanted(DutState::Outage).is_empty());
    }

    #[test]
    fn protection_as_declared_passes_and_a_login_in_the_clear_fails() {
        let protected = || TestFacts::declared(ROWS).observed(Seen::by("tls-server", tls()));
        let results = protected().judge(C);
        assert_eq!(results.len(), 2);
        for result in &results {
            assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Pass, "crypto-as-declared"));
        }
        let plain = |tls: bool| {
            let mut identity = identity(8080, "http", tls, &[]);
            identity.logins.push(probes::probe::identify::LoginOffer::certain(
                "html-form",
                true,
                "/: input type=\"password\", also at /login".to_owned(),
            ));
            protected()
                .observed(sweep(DutState::Initialized, &[8080, 8443]))
                .observed(Seen::by("identify", identity))
                .judge(C)
        };
        let failed = plain(false);
        let failed = failed.iter().find(|result| result.verdict == Verdict::Fail).expect("it fails");
        assert_eq!(
            (failed.item.as_str(), failed.reason.code.as_str()),
            ("AuthMech-Web", "login-in-the-clear")
        );
        assert!(plain(true).iter().all(|result| result.verdict == Verdict::Pass));
        let mut old = tls();
        old.versions[0].offered = Some(true);
        let old = TestFacts::declared(ROWS).observed(Seen::by("tls-server", old)).judge(C);
        assert!(old.iter().all(|result| result.reason.code == "crypto-differs-from-declaration"));
        let unseen = TestFacts::declared(ROWS).judge(C);
        assert!(unseen.iter().all(|result| result.reason.code == "observation-missing"));
    }

    #[test]
    fn configuration_is_judged_in_factory_default_too() {
        let default = || {
            let mut trials = vec![Trial {
                account: Some("AuthMech-Label".to_owned()),
                ..trial("/setup", "authenticated", true, "granted")
            }];
            for target in ["/settings", "/setup"] {
                for subject in ["nobody", "visitor", "forged", "wrong-credential"] {
                    trials.push(trial(target, subject, false, "refused"));
                }
            }
            AccessControl { logins: vec![login("AuthMech-Label", "logged-in")], trials }
        };
        let judged = |default: AccessControl| {
            seen(sound())
                .observed(Seen::by("access-control", default).state(DutState::FactoryDefault))
                .observed(Seen::by("tls-server", tls()))
                .observed(Seen::by("tls-server", tls()).state(DutState::FactoryDefault))
                .judge(CONFIGURATION)
        };
        let good = judged(default());
        assert_eq!(good.len(), 8, "{good:#?}");
        assert!(good.iter().all(|result| result.verdict == Verdict::Pass), "{good:#?}");
        let mut open = default();
        open.trials.push(trial("/setup", "nobody", false, "granted"));
        let bad = judged(open);
        let failed: Vec<&ItemResult> = bad.iter().filter(|result| result.verdict == Verdict::Fail).collect();
        assert_eq!(failed.len(), 1);
        assert_eq!(
            (failed[0].state, failed[0].reason.code.as_str()),
            (Some(DutState::FactoryDefault), "open-without-login")
        );
        let partial = seen(sound()).judge(CONFIGURATION);
        assert!(partial.iter().any(|result| result.verdict == Verdict::Inconclusive));
    }

    #[test]
    fn a_service_that_only_calls_out_is_judged_by_whom_it_takes_for_its_peer() {
        let rows = r#"
[[auth_mech]]
id = "AuthMech-Cloud"
description = "Device and cloud"
crypto = [{ purpose = "transport", protocol = "TLS", versions = ["1.3"] }]

[[soft_serv]]
id = "SoftServ-Cloud"
description = "Cloud"
authentication_mechanism = ["AuthMech-Cloud"]
network_accessible_in = ["initialized"]
endpoint = [{ transport = "tcp", port = 8883, application = "mqtts", host = "cloud.example" }]

[[soft_serv]]
id = "SoftServ-Update"
description = "Update"
network_accessible_in = ["never"]
endpoint = [{ transport = "tcp", port = 443, application = "https", host = "update.example" }]
"#;
        let sound = client("ComMech-Cloud", "cloud.example", 8883);
        let mut believing = sound.clone();
        for trial in &mut believing.trials {
            trial.ending = probes::world::ending::Ending::ApplicationData;
        }
        let judged = |facts: &probes::probe::tls_client::ClientFacts, unit: &str| {
            TestFacts::declared(rows).observed(Seen::by("tls-client", facts)).judge_one(unit)
        };
        let good = judged(&sound, A);
        assert_eq!((good.verdict, good.reason.code.as_str()), (Verdict::Pass, "peer-strangers-refused"));
        assert_eq!(judged(&sound, B).reason.code, "peer-worked");
        let bad = judged(&believing, A);
        assert_eq!((bad.verdict, bad.reason.code.as_str()), (Verdict::Fail, "stranger-taken-for-peer"));
        let mut alone = sound;
        alone.relay = None;
        assert_eq!(judged(&alone, B).verdict, Verdict::Inconclusive);
        assert_eq!(judged(&alone, A).verdict, Verdict::Inconclusive);
        assert!(TestFacts::declared(rows).judge_one(A).open.is_some(), "nobody looked, so a person does");
    }

    #[test]
    fn a_partial_observation_passes_only_services_whose_trials_are_whole() {
        let facts = TestFacts::declared(ROWS).observed(
            Seen::by("access-control", sound()).ended(Outcome::Partial, "another service was left out"),
        );
        assert_eq!(facts.judge_one(A).verdict, Verdict::Pass);
    }
}
