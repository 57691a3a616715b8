//! Whom a device believes: one mechanism, and what each played peer that it took makes of its verdict.

use ixit::Blame;
use probes::probe::tls_client::{ClientFacts, NotTried, PlayedPeer, Trial};
use probes::world::ending::Ending;

use crate::judge::{By, ItemResult};
use crate::test_facts::{Seen, TestFacts};
use crate::test_network::{client, searched};
use crate::verdict::Verdict;

const CLOUD: &str = r#"
[[com_mech]]
id = "ComMech-Cloud"
description = "Cloud"
role = "client"
remotely_accessible = true
associated_service = true
security_guarantees = ["authenticity of origin", "integrity", "confidentiality"]
cryptographic_details = "TLS 1.3 alone"
crypto = [{ purpose = "transport", protocol = "TLS", suites = ["TLS_AES_128_GCM_SHA256"], versions = ["1.3"] }]
endpoint = [{ transport = "tcp", port = 8883, application = "mqtts", host = "cloud.example" }]

[[sec_param]]
id = "SecParam-Key"
description = "Key"
type = "critical"
communication_mechanisms = ["ComMech-Cloud"]

[[soft_serv]]
id = "SoftServ-Cloud"
description = "Cloud link"
status = "enabled"
authentication_mechanism = ["AuthMech-Cloud"]
endpoint = [{ transport = "tcp", port = 8883, application = "mqtts", host = "cloud.example" }]

[[auth_mech]]
id = "AuthMech-Cloud"
description = "Pinned authority"
subject = "machine"
"#;

/// With a lent authority that was taken, and every other stranger refused; these are taken all the same.
fn lent(taken: &[(PlayedPeer, Ending)]) -> ClientFacts {
    let mut called = client("ComMech-Cloud", "cloud.example", 8883);
    let met = |peer, ending| Trial { peer, ending, detail: None, connections: 1 };
    called.lent_authority = true;
    called.not_tried = vec![NotTried { peer: PlayedPeer::Md5Signature, why: "no such signature".to_owned() }];
    called.trials.push(met(PlayedPeer::LentAuthority, Ending::ApplicationData));
    for peer in [
        PlayedPeer::Cloned,
        PlayedPeer::Replayed,
        PlayedPeer::AnonymousSuite,
        PlayedPeer::OtherName,
        PlayedPeer::Expired,
        PlayedPeer::NotYetValid,
        PlayedPeer::IssuerWithoutCaBit,
        PlayedPeer::WrongKeyUsage,
        PlayedPeer::WeakKey,
        PlayedPeer::Sha1Signature,
    ] {
        let ending =
            taken.iter().find(|(one, _)| *one == peer).map_or(Ending::RefusedByAlert, |(_, how)| *how);
        called.trials.push(met(peer, ending));
    }
    called
}

fn judged(declaration: &str, called: ClientFacts) -> Vec<ItemResult> {
    let seen = Seen::by("tls-client", called).attempts(18);
    searched(TestFacts::declared(declaration)).observed(seen).judge("5.5-7-2:a")
}

#[test]
fn each_check_that_is_missing_has_a_code_of_its_own() {
    for (peer, code) in [
        (PlayedPeer::Cloned, "cloned-peer-accepted"),
        (PlayedPeer::OtherName, "peer-name-ignored"),
        (PlayedPeer::Expired, "peer-dates-ignored"),
        (PlayedPeer::NotYetValid, "peer-dates-ignored"),
        (PlayedPeer::IssuerWithoutCaBit, "issuer-without-ca-bit-accepted"),
        (PlayedPeer::WrongKeyUsage, "peer-key-usage-ignored"),
        (PlayedPeer::WeakKey, "weak-peer-key-accepted"),
        (PlayedPeer::Sha1Signature, "weak-peer-signature-accepted"),
        (PlayedPeer::Replayed, "replayed-peer-accepted"),
    ] {
        let failed = judged(CLOUD, lent(&[(peer, Ending::ApplicationData)]));
        assert_eq!(failed.len(), 1, "{failed:#?}");
        assert_eq!(
            (failed[0].verdict, failed[0].reason.code.as_str(), failed[0].blame),
            (Verdict::Fail, code, Some(Blame::Device))
        );
        assert_eq!(failed[0].reason.args["peers"], peer.as_str());
        assert!(failed[0].reason.args["claim"].contains("authenticity"));
        assert!(!failed[0].evidence.is_empty());
    }
}

#[test]
fn a_peer_without_any_certificate_is_a_difference_and_a_stranger() {
    let failed = judged(CLOUD, lent(&[(PlayedPeer::AnonymousSuite, Ending::WentOn)]));
    let codes: Vec<&str> = failed.iter().map(|failed| failed.reason.code.as_str()).collect();
    assert_eq!(codes, ["client-crypto-differs-from-declaration", "anonymous-peer-accepted"]);
}

#[test]
fn several_missing_checks_are_told_apart_and_believing_everybody_is_told_once() {
    let taken = [
        (PlayedPeer::OtherName, Ending::ApplicationData),
        (PlayedPeer::Expired, Ending::ApplicationData),
        (PlayedPeer::NotYetValid, Ending::ApplicationData),
    ];
    let failed = judged(CLOUD, lent(&taken));
    let told: Vec<(&str, &str)> = failed
        .iter()
        .map(|failed| (failed.reason.code.as_str(), failed.reason.args["peers"].as_str()))
        .collect();
    assert_eq!(told, [("peer-name-ignored", "other-name"), ("peer-dates-ignored", "expired, not-yet-valid")]);
    let mut everybody = lent(&taken);
    everybody.trials[0].ending = Ending::ApplicationData;
    let failed = judged(CLOUD, everybody);
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0].reason.code, "stranger-accepted");
    assert_eq!(failed[0].reason.args["peers"], "self-signed, other-name, expired, not-yet-valid");
}

#[test]
fn refusing_them_all_passes_and_says_what_was_not_played() {
    let passed = &judged(CLOUD, lent(&[]))[0];
    assert_eq!((passed.verdict, passed.by), (Verdict::Pass, By::Machine));
    assert_eq!(passed.reason.args["left"], "md5-signature");
    assert!(passed.reason.args["refused"].contains("other-name"));
    let without = &judged(CLOUD, client("ComMech-Cloud", "cloud.example", 8883))[0];
    assert_eq!(without.verdict, Verdict::Pass);
    assert_eq!(without.reason.args["left"], "other-name, expired");
}

#[test]
fn a_lent_authority_that_the_device_does_not_trust_proves_nothing() {
    let mut refused = lent(&[]);
    refused.trials.retain(|trial| trial.peer.stranger());
    let control =
        Trial { peer: PlayedPeer::LentAuthority, ending: Ending::Closed, detail: None, connections: 2 };
    refused.trials.push(control);
    let mut never = lent(&[]);
    never.trials.retain(|trial| trial.peer != PlayedPeer::LentAuthority);
    for (called, said) in [(refused, "closed"), (never, "not tried")] {
        let result = &judged(CLOUD, called)[0];
        assert_eq!(
            (result.verdict, result.reason.code.as_str(), result.blame),
            (Verdict::Inconclusive, "lent-authority-not-taken", Some(Blame::Lab))
        );
        assert_eq!(result.reason.args["said"], said);
    }
}

#[test]
fn an_update_mechanism_that_calls_the_same_peer_says_that_it_matters() {
    let silent = CLOUD
        .replace("\"authenticity of origin\", ", "")
        .replace("communication_mechanisms = [\"ComMech-Cloud\"]", "communication_mechanisms = []");
    let called =
        || Seen::by("tls-client", lent(&[(PlayedPeer::OtherName, Ending::ApplicationData)])).attempts(18);
    let open = searched(TestFacts::declared(&silent)).observed(called()).judge("5.5-1-2:a");
    assert!(open[0].open.is_some(), "{open:#?}");
    let updates = format!(
        "{silent}\n[[upd_mech]]\nid = \"UpdMech-Cloud\"\ndescription = \"Update\"\nendpoint = [{{ transport = \
         \"tcp\", port = 8883, application = \"https\", host = \"cloud.example\" }}]\n"
    );
    let failed = searched(TestFacts::declared(&updates)).observed(called()).judge("5.5-1-2:a");
    assert_eq!((failed[0].verdict, failed[0].reason.code.as_str()), (Verdict::Fail, "peer-name-ignored"));
    assert_eq!(failed[0].reason.args["claim"], "UpdMech-Cloud");
}

#[test]
fn declared_trust_in_whoever_is_met_first_is_for_a_person_to_settle() {
    let first = CLOUD.replace("role = \"client\"", "role = \"client\"\npeer_trust = \"first-use\"");
    let mut believing = client("ComMech-Cloud", "cloud.example", 8883);
    believing.trials[0].ending = Ending::ApplicationData;
    for (called, said) in [(believing, "self-signed"), (lent(&[]), "refused strangers later on")] {
        let results = judged(&first, called.clone());
        assert_eq!((results.len(), results[0].by), (1, By::Assisted), "{results:#?}");
        let prompt = results[0].open.as_ref().expect("open");
        assert_eq!(prompt.prejudgement, None);
        assert!(prompt.shown.iter().any(|shown| shown.text.contains(said)), "{:#?}", prompt.shown);
        // The service that rests on it is no contradiction by machine either.
        let seen = Seen::by("tls-client", called).attempts(18);
        let service = searched(TestFacts::declared(&first)).observed(seen).judge("5.5-4-2:a");
        assert!(service.iter().all(|result| result.verdict != Verdict::Fail), "{service:#?}");
    }
    // Falling back to plain text is no trust in anybody.
    let mut falls = lent(&[]);
    let plain = falls.trials.iter_mut().find(|trial| trial.peer == PlayedPeer::PlainText).expect("a trial");
    plain.ending = Ending::Plain;
    assert_eq!(judged(&first, falls)[0].reason.code, "falls-back-to-plain");
}
