//! Updates without an end and parts of different releases, offered to devices with habits.

use probes::Outcome;
use probes::probe::update_endurance::{EnduranceFacts, StreamEnd};
use probes::probe::update_trials::Attack;

use crate::update_trials::bench::{Bench, FIRST, Habit, package_until, trial, trials};

const PROBE: &str = "update-endurance";

fn ends(facts: &EnduranceFacts) -> Vec<(u64, Option<StreamEnd>)> {
    facts.streams.iter().map(|stream| (stream.trial, stream.ended)).collect()
}

#[tokio::test]
async fn a_device_with_a_bound_ends_the_streams_and_refuses_every_mixture() {
    let bench = Bench::new(Habit::Verifies).await;
    let (observation, facts) = bench.observe::<EnduranceFacts>(PROBE).await;
    assert_eq!((observation.outcome, &observation.trouble), (Outcome::Complete, &None), "{facts:#?}");
    let device = Some(StreamEnd::Device);
    assert_eq!(ends(&facts), [(2, device), (3, device)]);
    assert!(facts.streams.iter().all(|stream| stream.octets < facts.stream_octets), "{facts:#?}");
    assert_eq!(
        [facts.streams[0].path.as_str(), facts.streams[1].path.as_str()],
        ["/2.0.bin", "/newest.json"]
    );
    let offered = &facts.offered;
    let installed: Vec<Option<bool>> = offered.trials.iter().map(|trial| trial.installed).collect();
    let (yes, no) = (Some(true), Some(false));
    assert_eq!(installed, [yes, no, no, yes, no, no], "{offered:#?}");
    assert!(offered.trials.iter().all(|trial| trial.outcome == "clear" && trial.alive));
    let mixtures: Vec<&str> =
        trials(offered, Attack::Mixed).iter().filter_map(|trial| trial.how.as_deref()).collect();
    assert_eq!(mixtures, ["the list of 2.0 with the image of 0.9", "the list of 2.0 with the image of 2.5"]);
    assert_eq!((offered.restored, bench.version().as_str()), (Some(true), FIRST));
    assert_eq!(observation.effort.completed, 6);
}

#[tokio::test]
async fn a_device_without_a_bound_takes_all_that_the_bench_sends_and_no_more_is_sent() {
    let bench = Bench::new(Habit::ReadsToTheEnd).await;
    let (_, facts) = bench.observe::<EnduranceFacts>(PROBE).await;
    let bench_ended = Some(StreamEnd::BenchOctets);
    assert_eq!(ends(&facts), [(2, bench_ended), (3, bench_ended)]);
    for stream in &facts.streams {
        assert!(
            stream.octets <= facts.stream_octets && stream.octets + 65_536 > facts.stream_octets,
            "{stream:?}"
        );
    }
    assert_eq!(trial(&facts.offered, Attack::Endless).installed, Some(false));
    assert_eq!(trials(&facts.offered, Attack::Authentic)[1].installed, Some(true));
}

#[tokio::test]
async fn a_stream_that_stands_still_is_ended_by_nobody() {
    let bench = Bench::new(Habit::StopsReading).await;
    let (_, facts) = bench.observe::<EnduranceFacts>(PROBE).await;
    let of_image = facts.streams.iter().find(|stream| stream.trial == 2).expect("a stream");
    assert_eq!(of_image.ended, None);
    assert!(of_image.octets < facts.stream_octets, "{of_image:?}");
}

#[tokio::test]
async fn a_device_that_compares_nothing_installs_the_mixtures() {
    let bench = Bench::new(Habit::InstallsEverything).await;
    let (_, facts) = bench.observe::<EnduranceFacts>(PROBE).await;
    let mixed = trials(&facts.offered, Attack::Mixed);
    assert!(mixed.iter().all(|trial| trial.installed == Some(true) && trial.fetched_whole), "{mixed:#?}");
    assert_eq!(mixed[0].version_after.as_deref(), Some("0.9"));
    assert_eq!(bench.version(), FIRST);
}

/// A bench with a newer package whose list ended then.
async fn with_stale(habit: Habit, until: &str) -> Bench {
    let mut bench = Bench::new(habit).await;
    bench.packages.push(package_until("stale", ("WH-100", "2.0"), until));
    bench.expires_key = Some("expires");
    bench
}

#[tokio::test]
async fn a_stale_list_is_offered_first_and_refused_by_who_looks_at_dates() {
    let bench = with_stale(Habit::Verifies, "2024-02-01T00:00:00Z").await;
    let (observation, facts) = bench.observe::<EnduranceFacts>(PROBE).await;
    assert_eq!((observation.outcome, &observation.trouble), (Outcome::Complete, &None), "{facts:#?}");
    let known: Vec<(&str, bool)> =
        facts.freshness.iter().map(|known| (known.kind.as_str(), known.is_over())).collect();
    assert_eq!(known, [("stale", true), ("newer", false)]);
    let [first, control, ..] = &facts.offered.trials[..] else { panic!("{facts:#?}") };
    assert_eq!((first.attack, control.attack), (Attack::Stale, Attack::Authentic));
    assert_eq!((first.outcome.as_str(), first.installed, first.alive), ("clear", Some(false), true));
    let paths: Vec<&str> = first.asked.iter().map(|asked| asked.path.as_str()).collect();
    assert_eq!(paths, ["/newest.json"]);
    assert_eq!(control.installed, Some(true));

    let bench = with_stale(Habit::InstallsEverything, "2024-02-01T00:00:00Z").await;
    let (_, facts) = bench.observe::<EnduranceFacts>(PROBE).await;
    let stale = trial(&facts.offered, Attack::Stale);
    assert_eq!((stale.installed, stale.version_after.as_deref()), (Some(true), Some("2.0")));
    assert!(stale.fetched_whole, "{stale:#?}");
    assert_eq!((facts.offered.restored, bench.version().as_str()), (Some(true), FIRST));
}

#[tokio::test]
async fn a_list_that_is_still_valid_is_not_offered_as_stale() {
    let bench = with_stale(Habit::NeverAsks, "2089-01-01T00:00:00Z").await;
    let (observation, facts) = bench.observe::<EnduranceFacts>(PROBE).await;
    assert_eq!(observation.outcome, Outcome::Partial);
    assert!(trials(&facts.offered, Attack::Stale).is_empty());
    let left = facts.offered.not_tried.iter().find(|left| left.attack == Attack::Stale).expect("left out");
    assert!(left.why.contains("valid until 2089-01-01"), "{left:?}");
    assert!(facts.freshness[0].past_seconds.is_some_and(|past| past < 0), "{facts:#?}");
}

#[tokio::test]
async fn what_the_bench_does_not_agree_to_and_what_says_nothing_is_left_out() {
    let mut bench = Bench::new(Habit::Verifies).await;
    bench.consent.retain(|agreed| *agreed != "play_peers");
    let (observation, facts) = bench.observe::<EnduranceFacts>(PROBE).await;
    assert_eq!(observation.outcome, Outcome::Partial);
    assert!(facts.offered.trials.is_empty() && facts.streams.is_empty() && bench.performed().is_empty());
    assert!(facts.offered.not_tried[0].why.contains("play_peers"));

    let mut bench = Bench::new(Habit::Verifies).await;
    bench.upload = true;
    let (_, facts) = bench.observe::<EnduranceFacts>(PROBE).await;
    assert!(facts.offered.not_tried[0].why.contains("handed in"));

    // A file of the supplier that is nearly as long as a stream.
    let mut bench = Bench::new(Habit::Verifies).await;
    bench.packages[0].files.insert("/notes.bin".to_owned(), vec![1; 5 * 1024 * 1024].into());
    let (observation, facts) = bench.observe::<EnduranceFacts>(PROBE).await;
    assert_eq!((observation.outcome, facts.streams.len()), (Outcome::Partial, 0));
    let left: Vec<Attack> = facts.offered.not_tried.iter().map(|left| left.attack).collect();
    assert_eq!(left, [Attack::Stale, Attack::Endless, Attack::EndlessList]);
}
