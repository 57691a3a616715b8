//! Update packages, authentic and bad, offered to devices with habits.

#[path = "update_trials/bench.rs"]
pub(crate) mod bench;

use std::time::Duration;

use bench::{Bench, FIRST, Habit, trial, trials};
use probes::Outcome;
use probes::probe::update_trials::{Attack, UpdateFacts};

fn installed(facts: &UpdateFacts) -> Vec<Attack> {
    let mut attacks: Vec<Attack> =
        facts.trials.iter().filter(|trial| trial.installed == Some(true)).map(|trial| trial.attack).collect();
    attacks.dedup();
    attacks
}

fn left_out(facts: &UpdateFacts, attack: Attack) -> &str {
    let found = facts.not_tried.iter().find(|left_out| left_out.attack == attack);
    found.map_or("", |left_out| left_out.why.as_str())
}

#[tokio::test]
async fn a_device_that_verifies_installs_the_authentic_package_alone() {
    let bench = Bench::new(Habit::Verifies).await;
    let (observation, facts) = bench.look().await;
    assert_eq!((observation.outcome, &observation.trouble), (Outcome::Complete, &None), "{facts:#?}");
    assert!(facts.not_tried.is_empty(), "{:?}", facts.not_tried);
    assert_eq!(installed(&facts), [Attack::Authentic]);
    assert_eq!(facts.version_before.as_deref(), Some(FIRST));
    let control = facts.trials.last().expect("a control");
    assert_eq!((control.attack, control.version_after.as_deref()), (Attack::Authentic, Some("2.0")));
    assert!(control.fetched_whole && control.alive && control.back_after_seconds.is_some());
    assert_eq!((facts.restored, bench.version().as_str()), (Some(true), FIRST));
    assert!(facts.trials.iter().all(|trial| trial.outcome == "clear" && trial.alive));
    let paths: Vec<(&str, bool)> =
        facts.checked.iter().map(|check| (check.path.as_str(), check.plain)).collect();
    assert_eq!(paths, [("/newest.json", false), ("/2.0.bin", false)]);
    // It came again and again, and would not do without TLS.
    assert!(trial(&facts, Attack::PlainHttp).asked.is_empty());
    let endless = trial(&facts, Attack::Endless);
    assert!(!endless.fetched_whole && endless.asked[1].octets_sent > 50_000, "{endless:?}");
    assert_eq!(observation.effort.completed, observation.effort.attempted);
    assert_eq!(bench.performed().last().map(String::as_str), Some("reconnect"));
}

#[tokio::test]
async fn a_device_that_installs_everything_shows_it_each_time_and_is_put_back_each_time() {
    let bench = Bench::new(Habit::InstallsEverything).await;
    let (_, facts) = bench.look().await;
    let installed = installed(&facts);
    for attack in [
        Attack::AlteredImage,
        Attack::AlteredList,
        Attack::Unsigned,
        Attack::OtherSignature,
        Attack::OtherModel,
        Attack::Mixed,
        Attack::Truncated,
        Attack::Older,
        Attack::Redirected,
        Attack::Authentic,
    ] {
        assert!(installed.contains(&attack), "{attack:?}: {:#?}", trials(&facts, attack));
    }
    assert_eq!(trials(&facts, Attack::OtherSignature).len(), 2);
    // It was sent elsewhere over TLS and in the clear, and went there.
    let redirected = trials(&facts, Attack::Redirected);
    assert!(redirected[0].asked.iter().any(|asked| asked.path == "/elsewhere/2.0.bin" && !asked.plain));
    assert!(redirected[1].asked.iter().any(|asked| asked.path == "/elsewhere/2.0.bin" && asked.plain));
    assert_eq!(trial(&facts, Attack::Mixed).version_after.as_deref(), Some("0.9"));
    let restored = bench.performed().iter().filter(|action| *action == "restore_software").count();
    assert!(restored > installed.len(), "{restored}");
    assert_eq!(bench.version(), FIRST);
}

#[tokio::test]
async fn a_device_that_dies_of_a_truncated_image_is_brought_back_and_tried_further() {
    let bench = Bench::new(Habit::DiesOfTruncated).await;
    let (_, facts) = bench.look().await;
    let truncated = trial(&facts, Attack::Truncated);
    assert!(!truncated.alive && truncated.fetched_whole && truncated.installed.is_none(), "{truncated:?}");
    assert_eq!((truncated.outcome.as_str(), &truncated.version_after), ("clear", &None));
    let performed = bench.performed();
    let off = performed.iter().position(|action| action == "power_off").expect("power");
    assert_eq!(performed[off..off + 3], ["power_off", "power_on", "restore_software"]);
    assert_eq!(installed(&facts), [Attack::Authentic]);
    assert_eq!(facts.restored, Some(true));
}

#[tokio::test]
async fn a_device_that_never_asks_is_said_to_and_gets_no_verdict() {
    let bench = Bench::new(Habit::NeverAsks).await;
    let (observation, facts) = bench.look().await;
    assert_eq!(observation.outcome, Outcome::Partial);
    assert_eq!(facts.trials.len(), 1);
    assert_eq!(facts.trials[0].outcome, "not-asked");
    assert!(facts.checked.is_empty());
    assert!(left_out(&facts, Attack::Authentic).contains("asked for nothing"));

    // One that looks and fetches nothing says nothing of what it would install.
    let bench = Bench::new(Habit::OnlyLooks).await;
    let (observation, facts) = bench.look().await;
    assert_eq!(observation.outcome, Outcome::Partial);
    assert!(trial(&facts, Attack::AlteredImage).outcome.starts_with("unclear: "));
    assert_eq!(trial(&facts, Attack::Authentic).installed, Some(false));
}

#[tokio::test]
async fn a_device_that_looks_again_and_again_is_not_waited_for_without_end() {
    let bench = Bench::new(Habit::LooksAgainAndAgain).await;
    let (_, facts) = bench.look().await;
    assert!(facts.trials.iter().all(|trial| trial.outcome == "clear"), "{facts:#?}");
    let octets: u64 = trial(&facts, Attack::Endless).asked.iter().map(|asked| asked.octets_sent).sum();
    // Twice the largest image and 1 MiB, over all its tries, and what of the lists and of the image came first.
    assert!(octets < 2 * 45_000 + 1024 * 1024 + 300 * 45_000, "{octets}");
    assert_eq!(trial(&facts, Attack::Authentic).installed, Some(true));
}

#[tokio::test]
async fn plain_http_is_served_where_it_is_declared_and_where_tls_is_given_up() {
    let mut bench = Bench::new(Habit::Verifies).await;
    (bench.plain, bench.lent) = (true, None);
    let (observation, facts) = bench.look().await;
    assert_eq!(observation.outcome, Outcome::Complete, "{:?}", observation.trouble);
    assert!(facts.checked.iter().all(|check| check.plain));
    assert!(left_out(&facts, Attack::PlainHttp).contains("declared way"));
    assert_eq!(installed(&facts), [Attack::Authentic]);

    let bench = Bench::new(Habit::GivesTlsUp).await;
    let (_, facts) = bench.look().await;
    let plain = trial(&facts, Attack::PlainHttp);
    assert!(plain.asked.iter().any(|asked| asked.plain && asked.path == "/2.0.bin" && asked.whole));
    assert_eq!(plain.installed, Some(true));
}

#[tokio::test]
async fn packages_are_handed_in_as_the_user_does() {
    let mut bench = Bench::new(Habit::Verifies).await;
    bench.upload = true;
    let (observation, facts) = bench.look().await;
    assert_eq!((observation.outcome, &observation.trouble), (Outcome::Complete, &None), "{facts:#?}");
    assert_eq!(installed(&facts), [Attack::Authentic]);
    assert_eq!(trial(&facts, Attack::AlteredImage).refusal.as_deref(), Some("status 422"));
    assert_eq!(trial(&facts, Attack::Endless).refusal.as_deref(), Some("status 411"));
    assert!(left_out(&facts, Attack::Mixed).contains("one file"));
    assert!(!bench.performed().iter().any(|action| action == "names_to_bench"));

    let mut bench = Bench::new(Habit::InstallsEverything).await;
    bench.upload = true;
    let (_, facts) = bench.look().await;
    for attack in [Attack::AlteredImage, Attack::Unsigned, Attack::OtherSignature, Attack::Older] {
        assert!(installed(&facts).contains(&attack), "{attack:?}");
    }
    assert_eq!(bench.version(), FIRST);
}

#[tokio::test]
async fn without_consent_packages_or_authority_nothing_is_offered() {
    type Lack = fn(&mut Bench);
    let lacks: [(Lack, &str); 4] = [
        (|bench| bench.consent.retain(|name| *name != "install_updates"), "install_updates under [consent]"),
        (|bench| bench.consent.retain(|name| *name != "play_peers"), "play_peers under [consent]"),
        (|bench| bench.packages.clear(), "[[update_package]]"),
        (|bench| bench.lent = None, "[authority]"),
    ];
    for (lack, why) in lacks {
        let mut bench = Bench::new(Habit::InstallsEverything).await;
        lack(&mut bench);
        let (observation, facts) = bench.look().await;
        assert_eq!((observation.outcome, observation.effort.attempted), (Outcome::Partial, 0), "{why}");
        assert!(left_out(&facts, Attack::AlteredImage).contains(why), "{:?}", facts.not_tried);
        assert!(facts.trials.is_empty() && bench.performed().is_empty());
    }
}

#[tokio::test]
async fn without_consent_to_interrupt_the_cuts_alone_are_left_out() {
    let mut bench = Bench::new(Habit::Verifies).await;
    bench.consent.retain(|name| *name != "interrupt");
    let (observation, facts) = bench.look().await;
    assert_eq!(observation.outcome, Outcome::Partial);
    for attack in [Attack::CutNetwork, Attack::CutPower] {
        assert!(left_out(&facts, attack).contains("interrupt under [consent]"));
    }
    assert_eq!(installed(&facts), [Attack::Authentic]);
    assert!(!bench.performed().iter().any(|action| action == "power_off" || action == "link_down"));
}

#[tokio::test]
async fn a_bench_that_cannot_put_the_firmware_back_makes_no_control_and_stops_after_a_wrong_installation() {
    let mut bench = Bench::new(Habit::Verifies).await;
    bench.without.push("restore_software");
    let (observation, facts) = bench.look().await;
    assert_eq!(observation.outcome, Outcome::Partial);
    assert!(left_out(&facts, Attack::Authentic).contains("restore_software under [actions]"));
    assert_eq!(trial(&facts, Attack::AlteredImage).installed, Some(false));
    assert_eq!(facts.restored, None);

    let mut bench = Bench::new(Habit::InstallsEverything).await;
    bench.without.push("restore_software");
    let (_, facts) = bench.look().await;
    assert_eq!((facts.trials.len(), facts.restored), (1, Some(false)));
    assert!(left_out(&facts, Attack::Unsigned).contains("cannot put it back"));
}

#[tokio::test]
async fn a_stop_leaves_names_and_firmware_as_they_were() {
    let bench = Bench::new(Habit::InstallsEverything).await;
    let stopping = async {
        while bench.version() == FIRST {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        bench.cancel.cancel();
    };
    let ((observation, _), ()) = tokio::join!(bench.look(), stopping);
    assert_eq!(observation.outcome, Outcome::Partial);
    assert!(observation.effort.gaps.contains(&"stopped".to_owned()), "{:?}", observation.effort.gaps);
    assert_eq!(bench.version(), FIRST);
    let performed = bench.performed();
    assert!(performed.ends_with(&["names_to_peers".into(), "reconnect".into(), "restore_software".into()]));
}

#[tokio::test]
async fn a_device_that_trusts_no_authority_of_the_bench_is_shown_nothing() {
    let mut bench = Bench::new(Habit::Verifies).await;
    bench.lent = Bench::new(Habit::Verifies).await.lent;
    let (observation, facts) = bench.look().await;
    assert_eq!(observation.outcome, Outcome::Partial);
    assert_eq!(facts.trials.len(), 1);
    assert!(facts.trials[0].outcome.contains("sound certificate of the lent authority"), "{facts:?}");
}
