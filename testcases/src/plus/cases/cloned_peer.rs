//! A peer with the certificates of the real one, copied onto a key of its own: whoever compares names alone takes it.

use probes::Outcome;
use probes::probe::tls_client::{ClientFacts, PlayedPeer};
use probes::world::ending::Ending;

use crate::Facts;
use crate::facts::Recorded;
use crate::judge::{ItemResult, RestsOn};
use crate::plus::PlusCase;
use crate::reason::Reason;
use crate::verdict::Verdict;
use ixit::Blame;

/// The case.
pub static CASE: PlusCase = PlusCase {
    id: "plus-cloned-peer",
    needs: &["tls-client"],
    machine_can: &[Verdict::Pass, Verdict::Fail],
    judge,
};

fn judge(facts: &Facts<'_>) -> Vec<ItemResult> {
    let seen: Vec<(&Recorded, ClientFacts)> = facts.results("tls-client");
    if seen.is_empty() {
        let reason = Reason::new("plus-no-peer-met");
        let result = ItemResult::machine("-", Verdict::Inconclusive, RestsOn::Observed, reason);
        return vec![result.blame(Blame::Lab)];
    }
    seen.into_iter().map(|(recorded, seen)| of_peer(recorded, &seen)).collect()
}

fn of_peer(recorded: &Recorded, seen: &ClientFacts) -> ItemResult {
    let place = format!("{}:{}", seen.host, seen.port);
    let reason =
        |code: &str| Reason::new(code).with("row", &seen.row).with("place", &place).expected_by("plus");
    let met = seen.trials.iter().find(|trial| trial.peer == PlayedPeer::Cloned);
    // A device that takes nobody in the end shows nothing by refusing the copy.
    let talks = seen.relay.is_some() || seen.trials.iter().any(|trial| trial.ending.accepted());
    let (verdict, code, blame) = match met.map(|trial| &trial.ending) {
        Some(Ending::ApplicationData | Ending::WentOn) => {
            (Verdict::Fail, "plus-cloned-peer-taken", Some(Blame::Device))
        }
        Some(_) if talks && recorded.observation.outcome == Outcome::Complete => {
            (Verdict::Pass, "plus-cloned-peer-refused", None)
        }
        Some(_) => (Verdict::Inconclusive, "plus-peer-not-shown-to-be-taken", Some(Blame::Lab)),
        None => (Verdict::Inconclusive, "plus-peer-not-played", Some(Blame::Lab)),
    };
    let mut result = ItemResult::machine(&seen.row, verdict, RestsOn::Observed, reason(code))
        .seen_in(recorded.state(), recorded.sample())
        .evidence(recorded.at(format!("trial {}", PlayedPeer::Cloned.as_str())))
        .effort(&recorded.observation.effort);
    result.blame = blame;
    result
}
