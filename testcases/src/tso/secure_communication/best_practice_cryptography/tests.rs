use probes::Outcome;
use probes::probe::tls_client::{ClientFacts, PlayedPeer, Trial};
use probes::probe::tls_server::TlsFacts;
use probes::world::ending::Ending;
use probes::world::relay::RelayFacts;

use super::*;
use crate::cryptography_seen::{PeerStanding, strangers_refused};
use crate::state::DutState;
use crate::test_facts::{Seen, TestFacts};
use crate::test_network::{STATES, asked, client, identified, searched, sweep, tls};
use ixit::Blame;

/// The web interface carries critical parameters and personal data, the cloud link both and sensitive ones.
const MECHANISMS: &str = r#"
[[com_mech]]
id = "ComMech-Web"
description = "Web interface"
role = "server"
remotely_accessible = false
associated_service = false
security_guarantees = ["authenticity of origin", "integrity", "confidentiality"]
cryptographic_details = "TLS 1.2 and 1.3"
crypto = [{ purpose = "transport", protocol = "TLS", versions = ["1.2", "1.3"], suites = ["TLS_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"], certificate_key = "EC-256" }]
endpoint = [{ transport = "tcp", port = 8443, application = "https" }]

[[com_mech]]
id = "ComMech-Cloud"
description = "Cloud"
role = "client"
remotely_accessible = true
associated_service = true
security_guarantees = ["authenticity of origin", "integrity", "confidentiality", "anti-replay"]
cryptographic_details = "TLS 1.3 alone"
crypto = [{ purpose = "transport", protocol = "TLS", suites = ["TLS_AES_128_GCM_SHA256"], versions = ["1.3"] }]
endpoint = [{ transport = "tcp", port = 8883, application = "mqtts", host = "cloud.example" }]

[[com_mech]]
id = "ComMech-Mdns"
description = "Discovery"
role = "server"
remotely_accessible = false
associated_service = false
security_guarantees = ["other: nothing secret is sent"]
cryptographic_details = "None"
endpoint = [{ transport = "udp", port = 5353, application = "mdns" }]

[[sec_param]]
id = "SecParam-Password"
description = "Password"
type = "critical"
communication_mechanisms = ["ComMech-Web", "ComMech-Cloud"]

[[pers_data]]
id = "PersData-Account"
description = "Account"
sensitive = false
communication_mechanisms = ["ComMech-Web"]

[[pers_data]]
id = "PersData-Schedule"
description = "Schedule"
sensitive = true
communication_mechanisms = ["ComMech-Cloud"]
"#;

/// The functional units that are one and the same, with the mechanisms that each selects.
const FUNCTIONAL: &[(&str, &[&str])] = &[
    ("5.5-1-2:a", &["ComMech-Web", "ComMech-Cloud", "ComMech-Mdns"]),
    ("5.5-6-2:a", &["ComMech-Web", "ComMech-Cloud"]),
    ("5.5-7-2:a", &["ComMech-Cloud"]),
    ("5.8-1-2:a", &["ComMech-Web", "ComMech-Cloud"]),
    ("5.8-2-2:a", &["ComMech-Cloud"]),
];

/// Searched in both states; the web interface offers this in the initialized one.
fn offering(change: impl Fn(&mut TlsFacts)) -> TestFacts {
    STATES.into_iter().fold(searched(TestFacts::declared(MECHANISMS)), |facts, state| {
        let mut offered = tls();
        if state == DutState::Initialized {
            change(&mut offered);
        }
        facts.observed(Seen::by("tls-server", offered).state(state).attempts(40))
    })
}

/// The same, and as a client of its cloud the device does this.
fn calling(change: impl Fn(&mut ClientFacts)) -> TestFacts {
    let mut called = client("ComMech-Cloud", "cloud.example", 8883);
    change(&mut called);
    offering(|_| {}).observed(Seen::by("tls-client", called).attempts(7))
}

fn trial(facts: &mut ClientFacts, peer: PlayedPeer) -> &mut Trial {
    facts.trials.iter_mut().find(|trial| trial.peer == peer).expect("a trial")
}

fn of<'r>(results: &'r [ItemResult], item: &str) -> Vec<&'r ItemResult> {
    results.iter().filter(|result| result.item == item).collect()
}

fn failures(facts: &TestFacts, unit: &str) -> Vec<ItemResult> {
    facts.judge(unit).into_iter().filter(|result| result.verdict == Verdict::Fail).collect()
}

#[test]
fn what_was_seen_whole_and_is_as_declared_passes_by_the_machine() {
    let facts = calling(|_| {});
    for (unit, selected) in FUNCTIONAL {
        let results = facts.judge(unit);
        for item in *selected {
            let results = of(&results, item);
            assert!(!results.is_empty(), "{unit} {item}");
            for result in results {
                let by_machine = result.verdict == Verdict::Pass && result.by == By::Machine;
                let asked = result.open.is_some() && result.by == By::Assisted;
                // Discovery declares no cryptography, and no probe looks at it.
                assert!(if *item == "ComMech-Mdns" { asked } else { by_machine }, "{unit}: {result:#?}");
            }
        }
    }
    let results = facts.judge("5.5-1-2:a");
    let web = of(&results, "ComMech-Web");
    assert_eq!(web.len(), 2, "one a state");
    assert_eq!(web[0].reason.code, "cryptography-as-declared");
    assert!(web[0].reason.args["seen"].contains("TLS_AES_128_GCM_SHA256; certificate EC-256"));
    assert_eq!(web[0].effort.as_ref().map(|effort| effort.completed), Some(40));
    let cloud = of(&results, "ComMech-Cloud");
    assert_eq!(cloud.len(), 1);
    assert_eq!(cloud[0].reason.code, "client-cryptography-as-declared");
    assert_eq!(cloud[0].reason.args["refused"], "self-signed, unknown-authority");
    assert_eq!(cloud[0].evidence[0].at, "cloud.example:8883");
    assert_eq!(cloud[0].state, Some(DutState::Initialized));
}

#[test]
fn an_offer_that_cannot_be_settled_is_laid_out_and_asked() {
    let open = MECHANISMS
        .replace("suites = [\"TLS_AES_128_GCM_SHA256\"], ", "")
        .replace("suites = [\"TLS_AES_128_GCM_SHA256\", \"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256\"], ", "");
    let facts = STATES.into_iter().fold(searched(TestFacts::declared(&open)), |facts, state| {
        facts.observed(Seen::by("tls-server", tls()).state(state).attempts(40))
    });
    let facts = facts.observed(Seen::by("tls-client", client("ComMech-Cloud", "cloud.example", 8883)));
    let results = facts.judge("5.5-1-2:a");
    for item in ["ComMech-Web", "ComMech-Cloud"] {
        let results = of(&results, item);
        assert_eq!(results.len(), 1, "{results:#?}");
        let prompt = results[0].open.as_ref().expect("open");
        assert_eq!(prompt.prejudgement, None);
        assert!(prompt.shown.iter().any(|shown| shown.text.contains("no closed list of suites")));
    }
}

#[test]
fn a_client_that_offers_or_takes_what_is_not_declared_fails() {
    for (change, difference) in [
        (
            (|facts| facts.relay.as_mut().expect("a relay").versions.push("1.0".to_owned()))
                as fn(&mut ClientFacts),
            "TLS 1.0",
        ),
        (
            |facts| facts.relay.as_mut().expect("a relay").suites.push("TLS_RSA_WITH_RC4_128_SHA".to_owned()),
            "TLS_RSA_WITH_RC4_128_SHA",
        ),
        (|facts| trial(facts, PlayedPeer::Tls11).ending = Ending::WentOn, "goes on with TLS 1.1"),
        (
            |facts| trial(facts, PlayedPeer::NullSuite).ending = Ending::WentOn,
            "goes on with a suite without encryption",
        ),
    ] {
        let facts = calling(change);
        for unit in ["5.5-1-2:a", "5.5-6-2:a", "5.5-7-2:a", "5.8-1-2:a", "5.8-2-2:a"] {
            let failed = failures(&facts, unit);
            assert_eq!(failed.len(), 1, "{unit}: {failed:#?}");
            assert_eq!(failed[0].reason.code, "client-crypto-differs-from-declaration");
            assert_eq!(failed[0].reason.args["differences"], difference);
            assert_eq!(failed[0].blame, Some(Blame::DeviceOrDocumentation));
        }
    }
}

#[test]
fn a_client_that_takes_a_stranger_fails_where_authenticity_is_guaranteed() {
    let taken = |facts: &mut ClientFacts| {
        trial(facts, PlayedPeer::UnknownAuthority).ending = Ending::ApplicationData;
    };
    let failed = failures(&calling(taken), "5.5-7-2:a");
    assert_eq!(failed.len(), 1, "{failed:#?}");
    assert_eq!((failed[0].reason.code.as_str(), failed[0].blame), ("stranger-accepted", Some(Blame::Device)));
    assert_eq!(failed[0].reason.args["peers"], "unknown-authority");
    // Without the guarantee, what travels there says the same.
    let modest = MECHANISMS.replace(
        "[\"authenticity of origin\", \"integrity\", \"confidentiality\", \"anti-replay\"]",
        "[\"integrity\", \"confidentiality\"]",
    );
    let mut called = client("ComMech-Cloud", "cloud.example", 8883);
    taken(&mut called);
    let facts = searched(TestFacts::declared(&modest)).observed(Seen::by("tls-client", called.clone()));
    let failed = failures(&facts, "5.5-7-2:a");
    assert_eq!(failed[0].reason.code, "stranger-accepted");
    assert_eq!(failed[0].reason.args["claim"], "SecParam-Password, PersData-Schedule");
    // Without either nothing that is declared is contradicted; a person sees to it.
    let harmless = modest.replace("\"ComMech-Cloud\"]", "\"ComMech-Web\"]");
    let facts = searched(TestFacts::declared(&harmless)).observed(Seen::by("tls-client", called));
    let results = facts.judge("5.5-1-2:a");
    let prompt = of(&results, "ComMech-Cloud")[0].open.as_ref().expect("open");
    assert!(prompt.shown.iter().any(|shown| shown.text.contains("takes strangers")), "{:#?}", prompt.shown);
}

#[test]
fn a_client_without_tls_fails_from_the_start_or_after_a_plain_answer() {
    let plain = calling(|facts| {
        facts.relay = Some(RelayFacts::without(Ending::Plain, None));
        facts.trials.clear();
    });
    assert_eq!(failures(&plain, "5.5-7-2:a")[0].reason.code, "no-tls-where-declared");
    let falls = calling(|facts| trial(facts, PlayedPeer::PlainText).ending = Ending::Plain);
    assert_eq!(failures(&falls, "5.5-7-2:a")[0].reason.code, "falls-back-to-plain");
}

#[test]
fn a_client_that_was_not_seen_whole_is_left_open() {
    let silent = calling(|facts| {
        facts.relay = Some(RelayFacts::without(Ending::NoConnection, None));
        facts.trials.clear();
    });
    let mut never = client("ComMech-Cloud", "cloud.example", 8883);
    (never.relay, never.trials) = (None, Vec::new());
    let refused = "the bench does not agree to it";
    let refused = offering(|_| {}).observed(Seen::by("tls-client", never).ended(Outcome::Partial, refused));
    let unreachable =
        calling(|facts| facts.relay.as_mut().expect("a relay").ending = Ending::PeerUnreachable);
    let undecided = calling(|facts| trial(facts, PlayedPeer::SelfSigned).ending = Ending::Silent);
    let weak_undecided = calling(|facts| trial(facts, PlayedPeer::Tls10).ending = Ending::Silent);
    let few = Seen::by("tls-client", client("ComMech-Cloud", "cloud.example", 8883)).attempts(2);
    let few = offering(|_| {}).observed(few);
    for (facts, code) in [
        (few, "effort-too-small"),
        (silent, "device-made-no-connection"),
        (refused, "observation-incomplete"),
        (unreachable, "observation-incomplete"),
        (undecided, "observation-incomplete"),
        (weak_undecided, "observation-incomplete"),
        (offering(|_| {}), "observation-missing"),
    ] {
        let result = facts.judge_one("5.5-7-2:a");
        assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Inconclusive, code));
        assert_eq!((result.blame, result.open.is_none()), (Some(Blame::Lab), true), "{result:#?}");
    }
}

#[test]
fn whether_a_peer_is_known_is_told_by_its_name() {
    let standing = |facts: &TestFacts| {
        strangers_refused(&facts.facts(), "cloud.example")
            .into_iter()
            .map(|check| check.standing)
            .collect::<Vec<_>>()
    };
    let good = standing(&calling(|_| {}));
    assert_eq!(good, [PeerStanding::StrangersRefused(vec!["self-signed", "unknown-authority"])]);
    let bad = calling(|facts| trial(facts, PlayedPeer::SelfSigned).ending = Ending::ApplicationData);
    assert_eq!(standing(&bad), [PeerStanding::StrangersAccepted(vec!["self-signed"])]);
    // Refusing everybody is no proof: the real peer has to be taken.
    let alone = calling(|facts| facts.relay.as_mut().expect("a relay").ending = Ending::RefusedByAlert);
    assert!(
        matches!(&standing(&alone)[..], [PeerStanding::NotShown(why)] if why.contains("refused-by-alert"))
    );
    assert!(strangers_refused(&calling(|_| {}).facts(), "other.example").is_empty());
}

#[test]
fn the_same_difference_fails_every_provision_that_selects_the_mechanism() {
    // Misjudgement 4: inheritance ignored. Trap 4: different verdicts for the same flow.
    let facts = offering(|offered| {
        offered.versions[0].offered = Some(true);
        offered.versions[0].suites.push("TLS_RSA_WITH_AES_128_CBC_SHA".to_owned());
    });
    for (unit, selected) in FUNCTIONAL {
        let failed = failures(&facts, unit);
        assert_eq!(failed.len(), usize::from(selected.contains(&"ComMech-Web")), "{unit}: {failed:#?}");
        for failed in failed {
            assert_eq!(
                (failed.item.as_str(), failed.reason.code.as_str()),
                ("ComMech-Web", "crypto-differs-from-declaration")
            );
            assert_eq!(failed.blame, Some(Blame::DeviceOrDocumentation));
            assert_eq!(failed.state, Some(DutState::Initialized));
            assert_eq!(failed.evidence[0].at, "tcp/8443");
            assert_eq!(failed.reason.source.as_deref(), Some("declaration:ixit.toml#com_mech[0].crypto"));
            assert!(failed.reason.args["differences"].contains("TLS 1.0"));
        }
    }
}

#[test]
fn another_suite_and_another_key_fail() {
    let suite =
        offering(|offered| offered.versions[2].suites.push("TLS_RSA_WITH_AES_128_CBC_SHA".to_owned()));
    assert_eq!(failures(&suite, "5.5-1-2:a")[0].reason.args["differences"], "TLS_RSA_WITH_AES_128_CBC_SHA");
    let key = offering(|offered| offered.chain[0].key_bits = Some(384));
    assert!(failures(&key, "5.5-1-2:a")[0].reason.args["differences"].contains("EC-384"));
}

#[test]
fn a_certificate_that_had_ended_at_the_date_of_the_assessment_fails() {
    let failed = failures(
        &offering(|offered| offered.chain[0].not_after = "2025-12-01T00:00:00Z".to_owned()),
        "5.5-1-2:a",
    );
    assert_eq!(failed.len(), 1, "{failed:#?}");
    assert_eq!(
        (failed[0].reason.code.as_str(), failed[0].blame),
        ("certificate-not-valid", Some(Blame::Device))
    );
    assert_eq!(failed[0].reason.args["date"], "2026-11-21");
}

#[test]
fn a_port_that_speaks_no_tls_fails_where_tls_is_declared() {
    let failed = failures(&offering(|offered| offered.speaks_tls = false), "5.5-1-2:a");
    assert_eq!(failed[0].reason.code, "no-tls-where-declared");
    // The TLS probe visits only ports behind which TLS was spoken: the identification shows it, too.
    let plain = STATES.into_iter().fold(TestFacts::declared(MECHANISMS), |facts, state| {
        facts
            .observed(sweep(state, &[8443]))
            .observed(identified(state, 8443, "http", false))
            .observed(asked(state, &[]))
    });
    let failed = failures(&plain, "5.5-1-2:a");
    assert_eq!(failed.len(), 2, "{failed:#?}");
    assert!(failed.iter().all(|failed| failed.reason.code == "no-tls-where-declared"));
    assert_eq!(failed[0].blame, Some(Blame::Device));
}

#[test]
fn what_was_not_observed_neither_passes_nor_fails() {
    let without = searched(TestFacts::declared(MECHANISMS));
    let unknown = STATES.into_iter().fold(TestFacts::declared(MECHANISMS), |facts, state| {
        facts.observed(sweep(state, &[8443])).observed(identified(state, 8443, "unknown", false))
    });
    let partial = STATES.into_iter().fold(searched(TestFacts::declared(MECHANISMS)), |facts, state| {
        facts.observed(Seen::by("tls-server", tls()).state(state).ended(Outcome::Partial, "cancelled"))
    });
    for facts in [without, unknown, partial, TestFacts::declared(MECHANISMS)] {
        let results = facts.judge("5.5-1-2:a");
        let web: Vec<&ItemResult> = results.iter().filter(|result| result.item == "ComMech-Web").collect();
        assert_eq!(web.len(), 2, "one a state: {web:#?}");
        for web in web {
            assert_eq!((web.verdict, web.blame), (Verdict::Inconclusive, Some(Blame::Lab)), "{web:#?}");
            assert!(web.reason.code.starts_with("observation-"), "{web:#?}");
        }
    }
}

#[test]
fn a_port_found_closed_is_shown_to_a_person() {
    let facts = STATES.into_iter().fold(TestFacts::declared(MECHANISMS), |facts, state| {
        facts.observed(sweep(state, &[22])).observed(asked(state, &[]))
    });
    let results = facts.judge("5.5-1-2:a");
    let prompt = of(&results, "ComMech-Web")[0].open.as_ref().expect("open");
    assert_eq!(prompt.prejudgement, None);
    assert!(prompt.shown.iter().any(|shown| shown.text.contains("closed")));
}

#[test]
fn no_traffic_to_a_cloud_is_no_proof_that_there_is_none() {
    // Misjudgement 10: nobody looked, so nothing is concluded, for or against.
    for unit in ["5.5-7-2:a", "5.8-2-2:a"] {
        let results = offering(|_| {}).judge(unit);
        assert_eq!(results.len(), 1);
        assert_eq!(results[0].verdict, Verdict::Inconclusive, "{unit}");
        assert_eq!(results[0].reason.code, "observation-missing", "{unit}");
        assert!(!results[0].vacuous);
    }
}

#[test]
fn sensitive_is_what_the_declaration_marks_as_sensitive() {
    // Misjudgement 9: the account data of the web interface are personal, but not sensitive.
    let results = TestFacts::declared(MECHANISMS).judge("5.8-2-1:a");
    let items: Vec<&str> = results.iter().map(|result| result.item.as_str()).collect();
    assert_eq!(items, ["ComMech-Cloud"]);
}

#[test]
fn an_empty_selection_passes_only_where_the_declaration_shows_it() {
    // Misjudgement 6: circular N/A. A table of which nothing is said is not empty.
    let none = MECHANISMS.replace("sensitive = true", "sensitive = false");
    let shown = TestFacts::declared(&none).judge_one("5.8-2-2:a");
    assert_eq!((shown.verdict, shown.vacuous), (Verdict::Pass, true));
    let silent = TestFacts::declared("").judge_one("5.8-2-2:a");
    assert_eq!((silent.verdict, silent.reason.code.as_str()), (Verdict::Inconclusive, "table-not-stated"));
}

#[test]
fn a_mechanism_without_guarantees_fails_wherever_it_is_selected() {
    let bad = MECHANISMS
        .replace("[\"authenticity of origin\", \"integrity\", \"confidentiality\", \"anti-replay\"]", "[]");
    let facts = TestFacts::declared(&bad);
    for unit in ["5.5-1-1:a", "5.5-6-1:a", "5.5-7-1:a", "5.8-1-1:a", "5.8-2-1:a"] {
        let failed = failures(&facts, unit);
        assert_eq!(failed.len(), 1, "{unit}: {failed:#?}");
        assert_eq!(
            (failed[0].item.as_str(), failed[0].reason.code.as_str()),
            ("ComMech-Cloud", "guarantee-missing")
        );
        assert_eq!(failed[0].blame, Some(Blame::Documentation));
        assert_eq!(failed[0].evidence[0].reference, "declaration:ixit.toml#com_mech[1].security_guarantees");
    }
}

#[test]
fn confidentiality_is_a_minimum_only_where_a_provision_adds_it() {
    let bad = MECHANISMS
        .replace("\"integrity\", \"confidentiality\", \"anti-replay\"", "\"integrity\", \"anti-replay\"");
    let facts = TestFacts::declared(&bad);
    assert!(failures(&facts, "5.5-1-1:a").is_empty());
    for unit in ["5.5-6-1:a", "5.5-7-1:a", "5.8-1-1:a", "5.8-2-1:a"] {
        let failed = failures(&facts, unit);
        assert_eq!(failed.len(), 1, "{unit}");
        assert_eq!(failed[0].reason.args["guarantee"], "confidentiality");
    }
}

#[test]
fn sound_declarations_are_asked_and_never_passed_by_the_machine() {
    let facts = TestFacts::declared(MECHANISMS);
    for unit in ["5.5-1-1:a", "5.5-1-1:c", "5.5-1-1:d", "5.5-6-1:a", "5.5-7-1:a", "5.8-1-1:a", "5.8-2-1:a"] {
        let results = facts.judge(unit);
        assert!(!results.is_empty());
        for result in results {
            assert!(result.open.is_some() && result.by == By::Assisted, "{unit}: {result:#?}");
            assert_eq!(result.open.expect("open").prejudgement, None, "{unit}");
        }
    }
}

#[test]
fn declared_cryptography_from_the_deny_list_fails_however_honest() {
    // Misjudgement 7: honest disclosure of a flaw counted as compliance.
    let bad = MECHANISMS.replace("versions = [\"1.3\"] }]", "versions = [\"1.0\", \"1.3\"] }]");
    let facts = TestFacts::declared(&bad);
    for unit in ["5.5-1-1:c", "5.5-1-1:d", "5.5-6-1:a", "5.5-7-1:a", "5.8-1-1:a", "5.8-2-1:a"] {
        let failed = failures(&facts, unit);
        assert_eq!(failed.len(), 1, "{unit}");
        assert_eq!(
            (failed[0].item.as_str(), failed[0].reason.code.as_str()),
            ("ComMech-Cloud", "broken-cryptography")
        );
        assert!(failed[0].reason.args["broken"].contains("TLS 1.0"));
    }
}

#[test]
fn a_certificate_for_another_host_a_strange_issuer_and_weak_signatures_fail() {
    let name = |matches| probes::probe::tls_server::NameMatch { name: "heater.example".into(), matches };
    let trust = |trusted| probes::probe::tls_server::TrustFacts { anchors: 1, trusted, problem: None };
    let sound = offering(|tls| {
        tls.names = vec![name(false), name(true)];
        tls.trust = Some(trust(true));
    });
    assert!(failures(&sound, "5.5-1-2:a").is_empty());
    let other_host = offering(|tls| tls.names = vec![name(false)]);
    let strange = offering(|tls| tls.trust = Some(trust(false)));
    let weak = offering(|tls| tls.chain[0].signature = "sha1WithRSAEncryption".into());
    for (facts, code) in [
        (other_host, "certificate-for-another-host"),
        (strange, "certificate-not-trusted"),
        (weak, "broken-cryptography-offered"),
    ] {
        let failed = failures(&facts, "5.5-1-2:a");
        assert_eq!(failed.len(), 1, "{failed:#?}");
        assert_eq!((failed[0].item.as_str(), failed[0].reason.code.as_str()), ("ComMech-Web", code));
        assert_eq!(failed[0].evidence[0].at, "tcp/8443");
    }
}
