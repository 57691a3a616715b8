use probes::probe::update_endurance::{EnduranceFacts, Stream, StreamEnd};
use probes::probe::update_trials::{Attack, NotTried, UpdateFacts, UpdateTrial};

use super::CASE;
use crate::judge::ItemResult;
use crate::test_facts::{Seen, TestFacts};
use crate::updates_seen::endurance::PROBE;
use crate::updates_seen::test_trials::{PULL, VERSIONS, installed_trial, refused_trial};
use crate::verdict::Verdict;
use ixit::Blame;

/// What a sound device does with the streams between two authentic packages.
fn sound() -> EnduranceFacts {
    let stream = |trial| Stream {
        trial,
        path: "/1.5.0.bin".to_owned(),
        octets: 300_000,
        seconds: 0.2,
        ended: Some(StreamEnd::Device),
    };
    EnduranceFacts {
        offered: UpdateFacts {
            row: "UpdMech-Cloud".to_owned(),
            way: "pull".to_owned(),
            version_before: Some(VERSIONS[0].to_owned()),
            trials: vec![
                installed_trial(Attack::Authentic),
                refused_trial(Attack::Endless),
                refused_trial(Attack::EndlessList),
                installed_trial(Attack::Authentic),
            ],
            restored: Some(true),
            ..UpdateFacts::default()
        },
        stream_octets: 16 * 1024 * 1024,
        stream_seconds: 10,
        streams: vec![stream(2), stream(3)],
        freshness: Vec::new(),
    }
}

fn judged_after(facts: EnduranceFacts, completed: u64) -> Vec<ItemResult> {
    let params = serde_json::json!({ "row": "UpdMech-Cloud", "manifest": "/newest.json" });
    let seen = Seen::by(PROBE, facts).attempts(completed).params(params);
    (CASE.judge)(&TestFacts::declared(PULL).observed(seen).facts())
}

#[track_caller]
fn judged(facts: EnduranceFacts) -> ItemResult {
    let mut results = judged_after(facts, 4);
    assert_eq!(results.len(), 1, "{results:#?}");
    results.remove(0)
}

#[track_caller]
fn is_open(result: &ItemResult, code: &str, blame: Blame) {
    assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Inconclusive, code), "{result:#?}");
    assert_eq!(result.blame, Some(blame));
}

#[test]
fn a_device_that_ends_the_streams_and_takes_the_next_update_passes() {
    let result = judged(sound());
    assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Pass, "plus-update-endless-ended"));
    assert_eq!(result.evidence.len(), 3);
    assert_eq!(result.reason.args["octets"], "300000");
    assert_eq!(result.reason.args["version"], VERSIONS[1]);

    // What the list means was read to its length and installed: the rest was not taken.
    let mut facts = sound();
    facts.offered.trials[1] = installed_trial(Attack::Endless);
    facts.offered.trials[1].back_after_seconds = Some(2.0);
    assert_eq!(judged(facts).verdict, Verdict::Pass);

    // One that tries again ended the first by itself; the bound of the bench is reached together.
    let mut facts = sound();
    facts.streams.push(Stream { ended: Some(StreamEnd::BenchOctetsOfAll), ..facts.streams[0].clone() });
    assert_eq!(judged(facts).verdict, Verdict::Pass);
}

#[test]
fn a_device_that_takes_everything_or_ends_of_it_fails() {
    let mut facts = sound();
    facts.streams[1].ended = Some(StreamEnd::BenchOctets);
    facts.streams[1].octets = 16 * 1024 * 1024;
    let result = judged(facts).fails("plus-update-endless-swallowed");
    assert_eq!((result.blame, result.reason.args["attack"].as_str()), (Some(Blame::Device), "endless-list"));
    assert_eq!(result.evidence[0].at, "trial 3");

    let mut facts = sound();
    facts.streams[0].ended = None;
    let gone = &mut facts.offered.trials[1];
    (gone.alive, gone.version_after, gone.installed) = (false, None, None);
    judged(facts.clone()).fails("plus-update-endless-ends-device");
    // Without a stream it was something else.
    facts.streams.remove(0);
    is_open(&judged(facts), "plus-update-endless-left-out", Blame::Lab);
}

#[test]
fn a_device_that_runs_neither_what_it_ran_nor_what_was_signed_fails() {
    let mut facts = sound();
    facts.offered.trials[1] = installed_trial(Attack::Endless);
    facts.offered.trials[1].version_after = Some("0.0.0".to_owned());
    let result = judged(facts.clone()).fails("plus-update-endless-installed");
    assert_eq!((result.blame, result.reason.args["after"].as_str()), (Some(Blame::Device), "0.0.0"));
    assert_eq!(result.evidence[0].at, "trial 2");
    // Without a stream it was something else.
    facts.streams.remove(0);
    is_open(&judged(facts), "plus-update-endless-left-out", Blame::Lab);
}

#[test]
fn a_device_that_takes_no_sound_update_afterwards_fails_if_it_did_before() {
    let mut facts = sound();
    facts.offered.trials[3] = refused_trial(Attack::Authentic);
    let result = judged(facts.clone()).fails("plus-update-endless-not-taken-afterwards");
    assert_eq!(result.reason.args["after"], VERSIONS[0]);
    facts.offered.trials[0] = refused_trial(Attack::Authentic);
    is_open(&judged(facts), "plus-update-no-control", Blame::Lab);

    // Nobody can tell why it did not come to look.
    let mut facts = sound();
    facts.offered.trials[3] = refused_trial(Attack::Authentic);
    facts.offered.trials[3].outcome = "not-asked".to_owned();
    is_open(&judged(facts), "plus-update-no-control", Blame::Lab);
}

#[test]
fn what_the_bench_ended_or_left_out_shows_nothing() {
    for ended in [Some(StreamEnd::BenchSeconds), None] {
        let mut facts = sound();
        facts.streams[0].ended = ended;
        is_open(&judged(facts), "plus-update-endless-ended-by-bench", Blame::Lab);
    }
    let mut facts = sound();
    facts.offered.trials[2].back_after_seconds = Some(3.0);
    is_open(&judged(facts), "plus-update-endless-away", Blame::Device);
    let mut facts = sound();
    facts.offered.trials[2].outcome = "not-asked".to_owned();
    is_open(&judged(facts), "plus-update-endless-left-out", Blame::Lab);

    let nothing = EnduranceFacts {
        offered: UpdateFacts {
            row: "UpdMech-Cloud".to_owned(),
            not_tried: vec![NotTried { attack: Attack::Endless, why: "the bench does not agree".to_owned() }],
            ..UpdateFacts::default()
        },
        ..EnduranceFacts::default()
    };
    let result = judged(nothing);
    is_open(&result, "plus-update-endless-left-out", Blame::Lab);
    assert_eq!(result.reason.args["missing"], "endless: the bench does not agree");
    // All was left out, for the first that was offered was not asked for.
    let mut facts = sound();
    facts.offered.trials =
        vec![UpdateTrial { outcome: "not-asked".to_owned(), ..refused_trial(Attack::Stale) }];
    facts.streams.clear();
    is_open(&judged(facts), "plus-update-no-control", Blame::Lab);
    let few = judged_after(sound(), 2);
    is_open(&few[0], "plus-update-endless-left-out", Blame::Lab);
}

#[test]
fn what_was_not_described_or_not_looked_at_is_open() {
    let of = |ixit: &str| (CASE.judge)(&TestFacts::declared(ixit).facts()).remove(0);
    is_open(&of(PULL), "plus-update-not-played", Blame::Lab);
    let undescribed = PULL.lines().filter(|line| !line.starts_with("package")).collect::<Vec<_>>().join("\n");
    is_open(&of(&undescribed), "plus-update-not-described", Blame::Documentation);
    is_open(&of(""), "plus-update-none-fetched", Blame::Documentation);
}
