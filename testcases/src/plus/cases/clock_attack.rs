//! A certificate outside its dates, of an authority that the device trusts: whoever does not look at dates, or has no
//! clock, takes it. A falsified clock is played by no probe yet; where one was, it counts.

use probes::Outcome;
use probes::probe::tls_client::{ClientFacts, PlayedPeer};
use probes::world::ending::Ending;

use crate::Facts;
use crate::facts::Recorded;
use crate::judge::{ItemResult, RestsOn};
use crate::plus::{self, PlusCase};
use crate::reason::Reason;
use crate::verdict::Verdict;
use ixit::Blame;

/// The case.
pub static CASE: PlusCase = PlusCase {
    id: "plus-clock-attack",
    needs: &["tls-client"],
    machine_can: &[Verdict::Pass, Verdict::Fail],
    judge,
};

/// Peers whose certificates are wrong in their dates alone.
const OUTSIDE: [PlayedPeer; 2] = [PlayedPeer::Expired, PlayedPeer::NotYetValid];

fn judge(facts: &Facts<'_>) -> Vec<ItemResult> {
    let seen: Vec<(&Recorded, ClientFacts)> = facts.results("tls-client");
    if seen.is_empty() {
        let reason = Reason::new("plus-no-dates-met");
        let result = ItemResult::machine("-", Verdict::Inconclusive, RestsOn::Observed, reason);
        return vec![result.blame(Blame::Lab)];
    }
    seen.into_iter().map(|(recorded, seen)| of_peer(recorded, &seen)).collect()
}

fn of_peer(recorded: &Recorded, seen: &ClientFacts) -> ItemResult {
    let place = format!("{}:{}", seen.host, seen.port);
    let result = |verdict: Verdict, reason: Reason, at: &str| {
        let reason = reason.with("row", &seen.row).with("place", &place).expected_by("plus");
        ItemResult::machine(&seen.row, verdict, RestsOn::Observed, reason)
            .seen_in(recorded.state(), recorded.sample())
            .evidence(recorded.at(at))
            .effort(&recorded.observation.effort)
    };
    let ending =
        |peer: PlayedPeer| seen.trials.iter().find(|trial| trial.peer == peer).map(|trial| trial.ending);
    let took = |peer: &PlayedPeer| matches!(ending(*peer), Some(Ending::ApplicationData | Ending::WentOn));

    let taken: Vec<&str> = [PlayedPeer::Expired, PlayedPeer::NotYetValid, PlayedPeer::FalseTime]
        .iter()
        .filter(|peer| took(peer))
        .map(|peer| peer.as_str())
        .collect();
    if let Some(first) = taken.first() {
        let reason = Reason::new("plus-dates-ignored").with("peers", taken.join(", "));
        return result(Verdict::Fail, reason, &format!("trial {first}")).blame(Blame::Device);
    }
    let open = |code: &str, at: &str| result(Verdict::Inconclusive, Reason::new(code), at).blame(Blame::Lab);
    let left: Vec<&str> =
        OUTSIDE.iter().filter(|peer| ending(**peer).is_none()).map(|peer| peer.as_str()).collect();
    // Whoever refuses a sound certificate of that authority does not refuse the others for their dates.
    if !took(&PlayedPeer::LentAuthority) && (left.is_empty() || ending(PlayedPeer::LentAuthority).is_some()) {
        return open("plus-dates-without-trust", "trial lent-authority");
    }
    if !left.is_empty() {
        let why =
            seen.not_tried.iter().find(|left| OUTSIDE.contains(&left.peer)).map(|left| left.why.as_str());
        let why = why.or(recorded.observation.trouble.as_deref()).unwrap_or("no reason given");
        let reason = Reason::new("plus-dates-not-played").with("peers", left.join(", ")).with("why", why);
        return result(Verdict::Inconclusive, reason, "not_tried").blame(Blame::Lab);
    }
    let least = plus::data_of(CASE.id).and_then(|data| data.minimum_effort.as_ref());
    let enough = least.is_none_or(|least| recorded.observation.effort.completed >= least.completed);
    let refused = OUTSIDE.iter().all(|peer| ending(*peer).is_some_and(Ending::refused));
    let not_taken = ending(PlayedPeer::FalseTime).is_none_or(Ending::refused);
    if !refused || !not_taken || !enough || recorded.observation.outcome != Outcome::Complete {
        let trouble = recorded.observation.trouble.as_deref().unwrap_or("no reason given");
        let reason = Reason::new("plus-dates-unclear").with("trouble", trouble);
        return result(Verdict::Inconclusive, reason, "trials").blame(Blame::Lab);
    }
    let code = match ending(PlayedPeer::FalseTime) {
        Some(_) => "plus-dates-and-false-time-refused",
        None => "plus-dates-refused",
    };
    result(Verdict::Pass, Reason::new(code), "trial expired")
}

#[cfg(test)]
mod tests {
    use probes::probe::tls_client::{NotTried, Trial};

    use super::*;
    use crate::test_facts::{Seen, TestFacts};
    use crate::test_network::client;

    /// With a lent authority; how the device took each peer.
    fn met(endings: &[(PlayedPeer, Ending)]) -> ClientFacts {
        let mut called = client("ComMech-Cloud", "cloud.example", 8883);
        called.lent_authority = true;
        called.not_tried.clear();
        let trial = |(peer, ending): &(PlayedPeer, Ending)| Trial {
            peer: *peer,
            ending: *ending,
            detail: None,
            connections: 1,
        };
        called.trials.retain(|trial| !endings.iter().any(|(peer, _)| *peer == trial.peer));
        called.trials.extend(endings.iter().map(trial));
        called
    }

    const SOUND: [(PlayedPeer, Ending); 3] = [
        (PlayedPeer::LentAuthority, Ending::ApplicationData),
        (PlayedPeer::Expired, Ending::RefusedByAlert),
        (PlayedPeer::NotYetValid, Ending::Closed),
    ];

    fn with(peer: PlayedPeer, ending: Ending) -> ClientFacts {
        let others = SOUND.into_iter().filter(|(known, _)| *known != peer);
        met(&others.chain([(peer, ending)]).collect::<Vec<_>>())
    }

    fn judged(called: &ClientFacts) -> ItemResult {
        let seen = Seen::by("tls-client", called).attempts(18);
        of_one(&TestFacts::declared("").observed(seen))
    }

    #[track_caller]
    fn of_one(facts: &TestFacts) -> ItemResult {
        let mut results = judge(&facts.facts());
        assert_eq!(results.len(), 1, "{results:#?}");
        results.remove(0)
    }

    #[track_caller]
    fn is_open(result: &ItemResult, code: &str) {
        assert_eq!(
            (result.verdict, result.reason.code.as_str()),
            (Verdict::Inconclusive, code),
            "{result:#?}"
        );
        assert_eq!(result.blame, Some(Blame::Lab));
    }

    #[test]
    fn refusing_both_and_taking_the_authority_passes() {
        let result = judged(&met(&SOUND));
        assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Pass, "plus-dates-refused"));
        assert!(!result.evidence.is_empty() && result.effort.is_some());
    }

    #[test]
    fn taking_one_outside_its_dates_fails() {
        for peer in [PlayedPeer::Expired, PlayedPeer::NotYetValid, PlayedPeer::FalseTime] {
            for ending in [Ending::ApplicationData, Ending::WentOn] {
                let result = judged(&with(peer, ending)).fails("plus-dates-ignored");
                assert_eq!(result.blame, Some(Blame::Device));
            }
        }
        // Also where everybody is taken, so that there was no need for a lent authority.
        judged(&met(&[(PlayedPeer::Expired, Ending::ApplicationData)])).fails("plus-dates-ignored");
    }

    #[test]
    fn a_false_time_that_was_played_counts() {
        let result = judged(&with(PlayedPeer::FalseTime, Ending::RefusedByAlert));
        assert_eq!(result.reason.code, "plus-dates-and-false-time-refused");
        is_open(&judged(&with(PlayedPeer::FalseTime, Ending::Silent)), "plus-dates-unclear");
    }

    #[test]
    fn refusals_without_a_trusted_authority_say_nothing() {
        is_open(&judged(&with(PlayedPeer::LentAuthority, Ending::Closed)), "plus-dates-without-trust");
        is_open(&judged(&met(&SOUND[1..])), "plus-dates-without-trust");
        is_open(&judged(&met(&[(PlayedPeer::LentAuthority, Ending::Closed)])), "plus-dates-without-trust");
    }

    #[test]
    fn what_was_not_played_or_not_clear_is_open() {
        let mut called = met(&SOUND[..2]);
        let why = "the bench has no authority that the device trusts".to_owned();
        called.not_tried.push(NotTried { peer: PlayedPeer::NotYetValid, why: why.clone() });
        is_open(&judged(&called), "plus-dates-not-played");
        assert_eq!(judged(&called).reason.args.get("why").map(String::as_str), Some(why.as_str()));
        is_open(&judged(&met(&[])), "plus-dates-not-played");
        is_open(&judged(&with(PlayedPeer::Expired, Ending::NoConnection)), "plus-dates-unclear");
        let ended = Seen::by("tls-client", met(&SOUND)).attempts(18).ended(Outcome::Partial, "stopped");
        is_open(&of_one(&TestFacts::declared("").observed(ended)), "plus-dates-unclear");
        let hurried = Seen::by("tls-client", met(&SOUND)).attempts(2);
        is_open(&of_one(&TestFacts::declared("").observed(hurried)), "plus-dates-unclear");
        is_open(&of_one(&TestFacts::declared("")), "plus-no-dates-met");
    }
}
