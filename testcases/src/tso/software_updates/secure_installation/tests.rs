use ixit::Blame;
use probes::Outcome;
use probes::probe::update_trials::{Attack, UpdateFacts, UpdateTrial};

use super::*;
use crate::judge::ItemResult;
use crate::test_facts::TestFacts;
use crate::updates_seen::test_trials::{
    PULL, VERSIONS, installed_trial, observed, refused_trial, sound, with, without,
};

const DESIGNED: &str = "5.3-2-2:a";
const TRIED: &str = "5.3-2-2:b";

fn judged(ixit: &str, facts: UpdateFacts) -> Vec<ItemResult> {
    TestFacts::declared(ixit).observed(observed(facts)).judge(TRIED)
}

fn codes(results: &[ItemResult]) -> Vec<(Verdict, &str)> {
    results.iter().map(|result| (result.verdict, result.reason.code.as_str())).collect()
}

fn refusing_older() -> String {
    PULL.replace("\"authenticity\"]", "\"authenticity\", \"anti-rollback\"]")
}

fn recovering() -> String {
    PULL.replace("way = \"pull\"", "way = \"pull\", recovers = true")
}

fn dead(attack: Attack) -> UpdateTrial {
    UpdateTrial { alive: false, version_after: None, installed: None, ..refused_trial(attack) }
}

#[test]
fn a_device_that_installs_the_authentic_package_alone_passes() {
    let results = judged(PULL, sound());
    assert_eq!(codes(&results), [(Verdict::Pass, "update-attacks-withstood")]);
    assert_eq!(results[0].item, "UpdMech-Cloud");
    assert_eq!(results[0].effort.as_ref().map(|effort| effort.completed), Some(9));
    assert_eq!(results[0].evidence.len(), 9, "every trial");
    assert!(results[0].reason.args["version"].starts_with(VERSIONS[1]));
}

#[test]
fn what_the_supplier_did_not_make_for_this_model_fails_where_it_is_installed() {
    for (attack, code) in [
        (Attack::Unsigned, "unauthentic-update-installed"),
        (Attack::OtherSignature, "unauthentic-update-installed"),
        (Attack::AlteredImage, "altered-update-installed"),
        (Attack::AlteredList, "altered-update-installed"),
        (Attack::Truncated, "altered-update-installed"),
        (Attack::Mixed, "altered-update-installed"),
        (Attack::OtherModel, "foreign-update-installed"),
    ] {
        let results = judged(PULL, with(sound(), installed_trial(attack)));
        assert_eq!(codes(&results), [(Verdict::Fail, code)], "{attack:?}");
        let args = &results[0].reason.args;
        assert_eq!(results[0].blame, Some(Blame::Device));
        assert_eq!((args["before"].as_str(), args["after"].as_str()), (VERSIONS[0], VERSIONS[1]));
        assert_eq!(args["guarantees"], "integrity, authenticity");
        assert!(args["attack"].contains(attack.as_str()));
        assert!(results[0].evidence[0].at.contains(attack.as_str()), "{:?}", results[0].evidence);
    }
}

#[test]
fn the_authentic_beginning_of_an_image_without_an_end_may_be_installed_and_nothing_else_of_it() {
    // Read to the length that the list names, it is what was signed.
    let read_to_its_length = with(sound(), installed_trial(Attack::Endless));
    let results = judged(PULL, read_to_its_length.clone());
    assert_eq!(codes(&results), [(Verdict::Pass, "update-attacks-withstood")]);
    let args = &results[0].reason.args;
    assert!(args["version"].contains("authentic beginning"), "{args:?}");
    assert!(!args["refused"].contains("endless"), "{args:?}");
    assert!(!judged(PULL, sound())[0].reason.args["version"].contains("beginning"));
    let refused = judged(PULL, with(sound(), refused_trial(Attack::Endless)));
    assert_eq!(codes(&refused), [(Verdict::Pass, "update-attacks-withstood")]);
    assert!(refused[0].reason.args["refused"].contains("endless"));

    // It vouches for nothing: who does not compare contents fails by the altered image.
    let careless = with(read_to_its_length, installed_trial(Attack::AlteredImage));
    let results = judged(PULL, careless);
    assert_eq!(codes(&results), [(Verdict::Fail, "altered-update-installed")]);
    assert_eq!(results[0].reason.args["attack"], "altered-image");

    // Neither what ran nor what was offered.
    let other = UpdateTrial { version_after: Some("0.0.0".to_owned()), ..installed_trial(Attack::Endless) };
    let results = judged(PULL, with(sound(), other));
    assert_eq!(codes(&results), [(Verdict::Fail, "altered-update-installed")]);
    assert!(results[0].reason.args["attack"].contains("endless"));
}

#[test]
fn a_failure_is_told_even_where_the_trials_did_not_come_to_an_end() {
    let mut cut = with(sound(), installed_trial(Attack::Unsigned));
    cut.trials.truncate(3);
    let seen = observed(cut).ended(Outcome::Partial, "out of time");
    let results = TestFacts::declared(PULL).observed(seen).judge(TRIED);
    assert_eq!(codes(&results), [(Verdict::Fail, "unauthentic-update-installed")]);
}

#[test]
fn each_kind_of_misuse_is_told_on_its_own() {
    let facts = with(sound(), installed_trial(Attack::Unsigned));
    let facts = with(with(facts, installed_trial(Attack::OtherModel)), dead(Attack::Truncated));
    assert_eq!(
        codes(&judged(PULL, facts)),
        [
            (Verdict::Fail, "foreign-update-installed"),
            (Verdict::Fail, "unauthentic-update-installed"),
            (Verdict::Fail, "update-leaves-device-dead")
        ]
    );
}

#[test]
fn an_older_package_fails_against_the_promise_to_refuse_it() {
    let taken = with(sound(), installed_trial(Attack::Older));
    for (ixit, source) in [
        (refusing_older(), "security_guarantees"),
        (format!("{PULL}update = {{ anti_rollback = true }}\n"), "update"),
    ] {
        let results = judged(&ixit, taken.clone());
        assert_eq!(codes(&results), [(Verdict::Fail, "older-update-installed")]);
        assert!(results[0].reason.source.as_ref().unwrap().ends_with(source));
        assert_eq!(results[0].reason.args["after"], VERSIONS[2]);
        assert_eq!(judged(&ixit, sound())[0].verdict, Verdict::Pass);
    }
}

#[test]
fn an_older_package_is_for_a_person_where_nothing_is_promised() {
    let taken = with(sound(), installed_trial(Attack::Older));
    for ixit in [
        PULL.to_owned(),
        format!("{PULL}update = {{ anti_rollback = false }}\n"),
        // To return to the old system after a failure is another promise.
        PULL.replace("\"authenticity\"]", "\"authenticity\", \"other: rollback after a failure\"]"),
    ] {
        let results = judged(&ixit, taken.clone());
        assert_eq!(codes(&results), [(Verdict::Inconclusive, "waits-for-assessor")]);
        assert_eq!(results[0].by, By::Assisted);
        let open = results[0].open.as_ref().unwrap();
        assert_eq!(open.prejudgement, None, "{ixit}");
        assert!(open.shown.iter().any(|shown| shown.label == "computed.older"));
        let facts = TestFacts::declared(&ixit).observed(observed(taken.clone()));
        let no = facts.answered(TRIED, "UpdMech-Cloud", "no").judge_one(TRIED);
        assert_eq!((no.verdict, no.blame), (Verdict::Fail, Some(Blame::Device)));
    }
}

#[test]
fn a_yes_to_an_older_package_makes_up_for_no_attack_that_was_left_out() {
    let facts = with(sound(), installed_trial(Attack::Older));
    let facts = without(facts, Attack::OtherModel, "no package of another model was handed in");
    let results = TestFacts::declared(PULL)
        .observed(observed(facts))
        .answered(TRIED, "UpdMech-Cloud", "yes")
        .judge(TRIED);
    assert_eq!(
        codes(&results),
        [(Verdict::Pass, "assessor-says-yes"), (Verdict::Inconclusive, "update-attacks-left-out")]
    );
}

#[test]
fn a_device_that_runs_neither_version_after_an_interruption_fails_by_its_promise() {
    let left = |version: &str| UpdateTrial {
        version_after: Some(version.to_owned()),
        ..installed_trial(Attack::CutNetwork)
    };
    let results = judged(&recovering(), with(sound(), left("0.0.0")));
    assert_eq!(codes(&results), [(Verdict::Fail, "failed-update-left-halfway")]);
    assert!(results[0].reason.source.as_ref().unwrap().ends_with("package"));
    for version in [VERSIONS[0], VERSIONS[1]] {
        let results = judged(&recovering(), with(sound(), left(version)));
        assert!(results.iter().all(|result| result.verdict != Verdict::Fail), "{version}");
    }
}

#[test]
fn a_device_that_a_package_kills_fails_and_one_that_an_interruption_kills_by_its_promise() {
    let results = judged(PULL, with(sound(), dead(Attack::Truncated)));
    assert_eq!(codes(&results), [(Verdict::Fail, "update-leaves-device-dead")]);
    let results = judged(&recovering(), with(sound(), dead(Attack::CutPower)));
    assert_eq!(codes(&results), [(Verdict::Fail, "no-return-after-failed-update")]);
    assert!(results[0].reason.source.as_ref().unwrap().ends_with("package"));
    let unasked = UpdateTrial { asked: Vec::new(), ..dead(Attack::Truncated) };
    let results = judged(PULL, with(sound(), unasked));
    assert_eq!(
        codes(&results),
        [(Verdict::Inconclusive, "update-attacks-left-out")],
        "it was offered nothing"
    );
    for (attack, prejudged) in [(Attack::CutPower, None), (Attack::CutNetwork, Some(Verdict::Fail))] {
        let results = judged(PULL, with(sound(), dead(attack)));
        assert_eq!(codes(&results), [(Verdict::Inconclusive, "waits-for-assessor")]);
        assert_eq!(results[0].open.as_ref().unwrap().prejudgement, prejudged);
    }
}

#[test]
fn a_promised_return_has_to_be_tried() {
    let results = judged(&recovering(), sound());
    assert_eq!(codes(&results), [(Verdict::Inconclusive, "update-attacks-left-out")]);
    assert_eq!(results[0].reason.args["missing"], "cut-network: not tried; cut-power: not tried");
    let facts = with(with(sound(), refused_trial(Attack::CutNetwork)), installed_trial(Attack::CutPower));
    assert_eq!(codes(&judged(&recovering(), facts)), [(Verdict::Pass, "update-attacks-withstood")]);
}

#[test]
fn plain_http_is_legal_for_a_signed_package_unless_the_declaration_says_otherwise() {
    let taken = || {
        let mut trial = installed_trial(Attack::PlainHttp);
        trial.asked.iter_mut().for_each(|asked| asked.plain = true);
        with(sound(), trial)
    };
    let results = judged(PULL, taken());
    assert_eq!(codes(&results), [(Verdict::Fail, "update-over-plain-http")]);
    assert_eq!(results[0].blame, Some(Blame::DeviceOrDocumentation));
    assert_eq!(results[0].reason.args["declared"], "TLS");
    let plain = PULL
        .replace(", { purpose = \"transport\", protocol = \"TLS\", versions = [\"1.3\"] }", "")
        .replace("\"https\"", "\"http\"");
    let results = judged(&plain, taken());
    assert_eq!(codes(&results), [(Verdict::Pass, "update-attacks-withstood")]);
    assert!(results[0].reason.args["version"].contains("plain HTTP"));
    let secret = plain.replace("\"authenticity\"]", "\"authenticity\", \"confidentiality\"]");
    assert_eq!(codes(&judged(&secret, taken())), [(Verdict::Inconclusive, "waits-for-assessor")]);
    // The declaration of communication with the same host counts too.
    let link = "[[com_mech]]\nid = \"ComMech-Update\"\n\
                crypto = [{ purpose = \"transport\", protocol = \"TLS\" }]\n\
                endpoint = [{ transport = \"tcp\", port = 8444, host = \"update.example\" }]\n";
    let results = judged(&format!("{plain}\n{link}"), taken());
    assert_eq!(codes(&results), [(Verdict::Fail, "update-over-plain-http")]);
    assert!(results[0].reason.source.as_ref().unwrap().contains("com_mech"));
}

#[test]
fn a_look_for_updates_over_plain_http_contradicts_declared_tls() {
    let mut facts = sound();
    let tempted = UpdateTrial { installed: Some(false), ..refused_trial(Attack::Redirected) };
    facts = with(facts, tempted);
    for trial in facts.trials.iter_mut().filter(|trial| trial.attack == Attack::Redirected) {
        trial.asked[1].plain = true;
    }
    assert_eq!(codes(&judged(PULL, facts.clone())), [(Verdict::Pass, "update-attacks-withstood")]);
    facts.trials[0].asked[0].plain = true;
    let results = judged(PULL, facts);
    assert_eq!(codes(&results), [(Verdict::Fail, "update-over-plain-http")]);
    assert_eq!(results[0].reason.args["what"], "/newest.json");
}

#[test]
fn without_the_authentic_package_installed_nothing_passes() {
    let unclear =
        UpdateTrial { outcome: "unclear: no version".to_owned(), ..installed_trial(Attack::Authentic) };
    let unread = UpdateTrial { version_after: None, ..installed_trial(Attack::Authentic) };
    for control in [refused_trial(Attack::Authentic), dead(Attack::Authentic), unclear, unread] {
        let results = judged(PULL, with(sound(), control));
        assert_eq!(codes(&results), [(Verdict::Inconclusive, "authentic-update-not-installed")]);
    }
    let results = judged(PULL, without(sound(), Attack::Authentic, "no newer package was handed in"));
    assert_eq!(codes(&results), [(Verdict::Inconclusive, "authentic-update-not-installed")]);
    assert_eq!(results[0].reason.args["found"], "no newer package was handed in");
}

#[test]
fn an_attack_that_was_left_out_or_was_none_passes_nothing() {
    let left = judged(PULL, without(sound(), Attack::OtherModel, "no package of another model"));
    assert_eq!(codes(&left), [(Verdict::Inconclusive, "update-attacks-left-out")]);
    assert_eq!(left[0].reason.args["missing"], "other-model: no package of another model");
    let ignored = UpdateTrial {
        asked: Vec::new(),
        fetched_whole: false,
        outcome: "not-asked".to_owned(),
        ..refused_trial(Attack::Unsigned)
    };
    let half = UpdateTrial { fetched_whole: false, ..refused_trial(Attack::AlteredImage) };
    let untold = UpdateTrial { installed: None, ..refused_trial(Attack::Mixed) };
    for trial in [ignored, half, untold] {
        let results = judged(PULL, with(sound(), trial));
        assert_eq!(codes(&results), [(Verdict::Inconclusive, "update-attacks-left-out")]);
    }
    // One of two tries of the same attack with a clear end is not both.
    let mut twice = sound();
    twice
        .trials
        .insert(0, UpdateTrial { outcome: "unclear: reset".to_owned(), ..refused_trial(Attack::Unsigned) });
    assert_eq!(codes(&judged(PULL, twice)), [(Verdict::Inconclusive, "update-attacks-left-out")]);
}

#[test]
fn a_signature_at_the_end_of_an_image_is_seen_by_who_fetches_the_image() {
    let at_end = PULL.replace("manifest_key = \"signature\"", "last_octets = 64");
    let early = UpdateTrial { fetched_whole: false, ..refused_trial(Attack::Unsigned) };
    assert_eq!(
        codes(&judged(PULL, with(sound(), early.clone()))),
        [(Verdict::Pass, "update-attacks-withstood")]
    );
    let results = judged(&at_end, with(sound(), early));
    assert_eq!(codes(&results), [(Verdict::Inconclusive, "update-attacks-left-out")]);
}

#[test]
fn a_device_that_looks_for_no_update_is_left_open() {
    let mut facts = sound();
    facts.checked.clear();
    for trial in &mut facts.trials {
        trial.asked.clear();
        trial.fetched_whole = false;
        trial.installed = Some(false);
        trial.version_after = Some(VERSIONS[0].to_owned());
        trial.outcome = "not-asked".to_owned();
    }
    assert_eq!(codes(&judged(PULL, facts.clone())), [(Verdict::Inconclusive, "update-not-asked-for")]);
    // It looked by itself during the first trial.
    "clear".clone_into(&mut facts.trials[0].outcome);
    let results = judged(PULL, facts);
    assert_eq!(codes(&results), [(Verdict::Inconclusive, "update-not-asked-for")]);
    assert_eq!(results[0].reason.args["of"], sound().trials.len().to_string());
}

#[test]
fn without_consent_packages_or_an_observation_nothing_is_decided() {
    let mut none = sound();
    none.trials.clear();
    let seen = observed(none).ended(Outcome::Partial, "the bench does not agree to it: install_updates");
    let results = TestFacts::declared(PULL).observed(seen).judge(TRIED);
    assert_eq!(codes(&results), [(Verdict::Inconclusive, "update-trials-left-out")]);
    assert!(results[0].reason.args["why"].contains("install_updates"));
    assert_eq!(results[0].blame, Some(Blame::Lab));
    let results = TestFacts::declared(PULL).judge(TRIED);
    assert_eq!(codes(&results), [(Verdict::Inconclusive, "observation-missing")]);
    let mut other = sound();
    other.row = "UpdMech-Other".to_owned();
    assert_eq!(codes(&judged(PULL, other)), [(Verdict::Inconclusive, "observation-missing")]);
}

#[test]
fn a_package_that_is_handed_in_has_attacks_of_its_own() {
    let upload = "[[upd_mech]]\nid = \"UpdMech-Cloud\"\nsecurity_guarantees = [\"authenticity\"]\n\
                  package = { way = \"upload\", signature = { last_octets = 64 }, \
                  upload = { port = 443, tls = true, path = \"/update\" } }\n";
    let mut facts = sound();
    facts.way = "upload".to_owned();
    facts.trials.retain(|trial| !matches!(trial.attack, Attack::AlteredList | Attack::Mixed));
    for trial in &mut facts.trials {
        trial.asked.clear();
        trial.refusal = Some("status 422".to_owned());
    }
    assert_eq!(codes(&judged(upload, facts.clone())), [(Verdict::Pass, "update-attacks-withstood")]);
    assert_eq!(
        codes(&judged(PULL, facts)),
        [(Verdict::Inconclusive, "update-attacks-left-out")],
        "the device asked for nothing"
    );
}

#[test]
fn a_package_without_a_declared_signature_is_for_a_person() {
    let unsigned = PULL.replace(", signature = { manifest_key = \"signature\" }", "");
    let results = judged(&unsigned, sound());
    assert_eq!(codes(&results), [(Verdict::Inconclusive, "waits-for-assessor")]);
    let results = judged(&unsigned, with(sound(), installed_trial(Attack::AlteredImage)));
    assert!(codes(&results).contains(&(Verdict::Fail, "altered-update-installed")));
}

#[test]
fn without_a_described_package_a_person_is_asked() {
    let prose = "[[upd_mech]]\nid = \"UpdMech-Usb\"\ndescription = \"From a stick\"\n";
    for unit in [DESIGNED, TRIED] {
        let result = TestFacts::declared(prose).judge_one(unit);
        assert_eq!((result.by, result.verdict), (By::Assisted, Verdict::Inconclusive));
        assert_eq!(result.open.unwrap().prejudgement, None);
    }
}

#[test]
fn the_design_of_the_attacks_is_for_a_person_who_sees_what_became_of_them() {
    let open = |facts: UpdateFacts| {
        let result = TestFacts::declared(PULL).observed(observed(facts)).judge_one(DESIGNED);
        assert_eq!(result.by, By::Assisted);
        result.open.unwrap()
    };
    let whole = open(sound());
    assert_eq!(whole.prejudgement, Some(Verdict::Pass));
    let attacks = whole.shown.iter().find(|shown| shown.label == "computed.attacks").unwrap();
    assert!(attacks.text.contains("altered-list") && !attacks.text.contains("cut-power"), "{attacks:?}");
    assert_eq!(whole.shown.iter().filter(|shown| shown.label == "observed.update-trials").count(), 9);
    let less = open(without(sound(), Attack::OtherModel, "no package of another model"));
    assert_eq!(less.prejudgement, None);
    assert!(less.shown.iter().any(|shown| shown.text.contains("left out, no package of another model")));
    let nothing = TestFacts::declared(PULL).judge_one(DESIGNED);
    assert_eq!(nothing.open.unwrap().prejudgement, None);
}
