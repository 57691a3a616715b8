//! No relay, proxy or amplifier: what strangers ask of a device goes to nobody else, and does not grow on the way.

use ixit::Blame;
use ixit::companion::Transport;
use probes::probe::open_relay::{RelayTarget, RelayTrial, RelayTrials, RelayWay, Reply};
use probes::probe::udp_relay::{Exchange, Recursion, UdpRelayFacts};

use crate::Facts;
use crate::facts::Recorded;
use crate::inventory::{EVERY_PORT, Inventory, OpenPort, inventories};
use crate::judge::{ItemResult, RestsOn};
use crate::plus::PlusCase;
use crate::reason::Reason;
use crate::state::DutState;
use crate::verdict::Verdict;

/// The case.
pub static CASE: PlusCase = PlusCase {
    id: "plus-no-relay",
    needs: &["tcp-sweep", "udp-services", "open-relay", "udp-relay"],
    machine_can: &[Verdict::Pass, Verdict::Fail],
    judge,
};

/// Octets answered for one octet asked, at most. Our own number: well above what plain protocols answer, well below
/// what is known of amplifiers.
const OCTETS_FOR_ONE: u64 = 10;

fn judge(facts: &Facts<'_>) -> Vec<ItemResult> {
    let mut results = Vec::new();
    for inventory in inventories(facts, &[DutState::Initialized]) {
        if inventory.state != DutState::Initialized {
            continue;
        }
        if let Some(shortfall) = inventory.shortfall_of_sweep(EVERY_PORT) {
            results.push(inventory.place(shortfall.result("tcp")));
        }
        results.extend(inventory.ports.iter().map(|port| of_port(facts, &inventory, port)));
        results.push(of_udp(facts, &inventory));
    }
    results
}

/// An observation of a probe in the state and on the sample of an inventory.
fn observed<'a, T: serde::de::DeserializeOwned>(
    facts: &Facts<'a>,
    inventory: &Inventory<'_>,
    probe: &'a str,
    here: impl Fn(&T) -> bool,
) -> Option<(&'a Recorded, T)> {
    let mut seen = facts.results::<T>(probe).into_iter().filter(|(recorded, data)| {
        recorded.state() == Some(inventory.state) && Some(recorded.sample()) == inventory.sample && here(data)
    });
    seen.next_back()
}

/// What a trial of a way shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Shown {
    Refuses,
    /// It may have tried.
    Unclear,
    Relays,
}

fn of_port(facts: &Facts<'_>, inventory: &Inventory<'_>, port: &OpenPort<'_>) -> ItemResult {
    let item = port.item();
    let seen = observed::<RelayTrials>(facts, inventory, "open-relay", |seen| seen.port == port.port);
    let Some((recorded, seen)) = seen else {
        let reason = Reason::new("plus-relay-not-asked").with("place", &item).expected_by("plus");
        let mut result = inconclusive(inventory, &item, reason);
        result.evidence = port.evidence();
        return result;
    };
    let ways = [
        (RelayWay::Connect, "CONNECT", shown_by_connect(&seen, false).max(shown_by_connect(&seen, true))),
        (
            RelayWay::WholeAddress,
            "GET http://…",
            shown_by_address(&seen, false).max(shown_by_address(&seen, true)),
        ),
        (RelayWay::Socks4, "SOCKS 4", shown_by_socks(&seen, RelayWay::Socks4)),
        (RelayWay::Socks5, "SOCKS 5", shown_by_socks(&seen, RelayWay::Socks5)),
    ];
    let (way, name, shown) = ways.into_iter().max_by_key(|(_, _, shown)| *shown).expect("four ways");
    let reason = |code: &str| {
        let reason = Reason::new(code).with("place", &item).with("way", name).expected_by("plus");
        reason.with("answers", answers(&seen, way)).with("questions", seen.trials.len())
    };
    let (verdict, code, blame) = match shown {
        Shown::Relays => (Verdict::Fail, "plus-relays", Some(Blame::Device)),
        Shown::Unclear => (Verdict::Inconclusive, "plus-relay-unclear", Some(Blame::Lab)),
        Shown::Refuses if recorded.complete() && seen.alive => (Verdict::Pass, "plus-no-relay-here", None),
        Shown::Refuses => (Verdict::Inconclusive, "plus-relay-not-asked", Some(Blame::Lab)),
    };
    let mut result = ItemResult::machine(&item, verdict, RestsOn::Observed, reason(code))
        .evidence(port.sweep.at(port.item()))
        .evidence(recorded.at(name))
        .effort(&recorded.observation.effort);
    result.blame = blame;
    inventory.place(result)
}

/// Codes that came back on a way, in order, for the reader.
fn answers(seen: &RelayTrials, way: RelayWay) -> String {
    let of_way = seen.trials.iter().filter(|trial| trial.way == way);
    let said = |trial: &RelayTrial| {
        let to = match trial.target {
            RelayTarget::Nobody => "nobody",
            RelayTarget::Itself => "itself",
            RelayTarget::ClosedPort => "closed port",
            RelayTarget::Documentation => "documentation address",
        };
        let tls = if trial.tls { " in TLS" } else { "" };
        let code = trial.code.map_or_else(|| "-".to_owned(), |code| code.to_string());
        format!("{to}{tls}: {code}")
    };
    of_way.filter(|trial| trial.code.is_some()).map(said).collect::<Vec<_>>().join(", ")
}

fn granted(trial: Option<&RelayTrial>) -> bool {
    trial.and_then(|trial| trial.code).is_some_and(|code| (200..300).contains(&code))
}

/// It says that whom it asked gave no good answer.
fn gateway(trial: Option<&RelayTrial>) -> bool {
    trial.and_then(|trial| trial.code).is_some_and(|code| matches!(code, 502..=504))
}

fn silent(trial: Option<&RelayTrial>) -> bool {
    trial.is_some_and(|trial| trial.reply == Reply::Silent)
}

fn answered(trial: Option<&RelayTrial>) -> bool {
    trial.is_some_and(|trial| trial.code.is_some())
}

/// A tunnel that is granted to an open port and not to a closed one was looked for. One that is granted to both is
/// shown by nothing, unless the server grants whatever it is asked.
fn shown_by_connect(seen: &RelayTrials, tls: bool) -> Shown {
    let of = |target| seen.of(RelayWay::Connect, tls, target);
    let (nobody, itself) = (of(RelayTarget::Nobody), of(RelayTarget::Itself));
    let (closed, documentation) = (of(RelayTarget::ClosedPort), of(RelayTarget::Documentation));
    let others = [itself, closed, documentation];
    if granted(itself) && answered(closed) && !granted(closed) {
        return Shown::Relays;
    }
    if granted(documentation) && answered(itself) && !granted(itself) && answered(nobody) && !granted(nobody)
    {
        return Shown::Relays;
    }
    if others.iter().any(|trial| granted(*trial)) && !granted(nobody) {
        return Shown::Unclear;
    }
    let tries = others.iter().any(|trial| gateway(*trial)) && !gateway(nobody);
    let waits = others.iter().any(|trial| silent(*trial)) && answered(nobody);
    if tries || waits { Shown::Unclear } else { Shown::Refuses }
}

/// A page under a whole address is fetched if only the one at the closed port fails for want of an answer.
fn shown_by_address(seen: &RelayTrials, tls: bool) -> Shown {
    let of = |target| seen.of(RelayWay::WholeAddress, tls, target);
    let (nobody, itself) = (of(RelayTarget::Nobody), of(RelayTarget::Itself));
    let (closed, documentation) = (of(RelayTarget::ClosedPort), of(RelayTarget::Documentation));
    if gateway(closed) && answered(nobody) && !gateway(nobody) && answered(itself) && !gateway(itself) {
        return Shown::Relays;
    }
    let others = [itself, closed, documentation];
    let tries = others.iter().any(|trial| gateway(*trial)) && !gateway(nobody);
    let waits = others.iter().any(|trial| silent(*trial)) && answered(nobody);
    if tries || waits { Shown::Unclear } else { Shown::Refuses }
}

/// Reply codes: granted, or tried in vain. A refusal by its own rules is one.
fn shown_by_socks(seen: &RelayTrials, way: RelayWay) -> Shown {
    let codes = [RelayTarget::Itself, RelayTarget::Documentation].map(|target| seen.of(way, false, target));
    let shown = |trial: &RelayTrial| match (way, trial.code) {
        (RelayWay::Socks4, Some(0x5a)) | (RelayWay::Socks5, Some(0 | 3..=6)) => Shown::Relays,
        (RelayWay::Socks5, Some(2)) | (RelayWay::Socks4, _) => Shown::Refuses,
        (_, Some(_)) => Shown::Unclear,
        (_, None) => Shown::Refuses,
    };
    codes.into_iter().flatten().map(shown).max().unwrap_or(Shown::Refuses)
}

fn of_udp(facts: &Facts<'_>, inventory: &Inventory<'_>) -> ItemResult {
    let seen = observed::<UdpRelayFacts>(facts, inventory, "udp-relay", |_| true);
    let Some((recorded, seen)) = seen else {
        return inconclusive(inventory, "udp", Reason::new("plus-udp-not-measured").expected_by("plus"));
    };
    let result = |verdict, reason: Reason, blame, place: String| {
        let mut result = ItemResult::machine("udp", verdict, RestsOn::Observed, reason.expected_by("plus"))
            .evidence(recorded.at(place))
            .effort(&recorded.observation.effort);
        result.blame = blame;
        inventory.place(result)
    };
    let grown = |exchange: &&Exchange| exchange.answered > exchange.asked.max(1) * OCTETS_FOR_ONE;
    let most =
        seen.exchanges.iter().filter(grown).max_by_key(|exchange| exchange.answered / exchange.asked.max(1));
    if let Some(exchange) = most {
        let reason = Reason::new("plus-amplifies")
            .with("place", format!("udp/{}", exchange.port))
            .with("service", &exchange.service)
            .with("asked", exchange.asked)
            .with("answered", exchange.answered)
            .with("bound", OCTETS_FOR_ONE);
        return result(Verdict::Fail, reason, Some(Blame::Device), format!("udp/{}", exchange.port));
    }
    let looks_up = |recursion: &&Recursion| recursion.answered && recursion.available;
    if let Some(recursion) = seen.recursion.iter().find(looks_up) {
        let place = format!("udp/{}", recursion.port);
        let reason = |code: &str| {
            let code_of_answer = recursion.code.unwrap_or_default();
            Reason::new(code).with("place", &place).with("name", &recursion.name).with("code", code_of_answer)
        };
        // A resolver for the network at home is a service; from which side it answers, a person looks at.
        if declares_names(facts, recursion.port) {
            return result(
                Verdict::Inconclusive,
                reason("plus-looks-names-up-as-declared"),
                Some(Blame::Lab),
                place,
            );
        }
        return match recursion.code {
            Some(0 | 3) => result(Verdict::Fail, reason("plus-looks-names-up"), Some(Blame::Device), place),
            _ => result(Verdict::Inconclusive, reason("plus-look-up-unclear"), Some(Blame::Lab), place),
        };
    }
    let unmeasured = inventory.services.iter().filter(|asked| asked.answered()).find(|asked| {
        let port = asked.service.port;
        seen.exchanges.iter().all(|exchange| exchange.port != port || exchange.answers == 0)
    });
    let lacking = match unmeasured {
        Some(asked) => Some(asked.item()),
        None if recorded.complete() => inventory.shortfall_of_questions().map(|_| "udp".to_owned()),
        None => Some("udp".to_owned()),
    };
    if let Some(place) = lacking {
        let reason = Reason::new("plus-udp-not-measured").with("place", &place);
        return result(Verdict::Inconclusive, reason, Some(Blame::Lab), place);
    }
    let answering = seen.exchanges.iter().filter(|exchange| exchange.answers > 0).count();
    let reason = Reason::new("plus-no-amplifier")
        .with("questions", seen.exchanges.len())
        .with("answering", answering)
        .with("bound", OCTETS_FOR_ONE);
    result(Verdict::Pass, reason, None, String::new())
}

/// Whether some row declares DNS at this port of the device.
fn declares_names(facts: &Facts<'_>, port: u16) -> bool {
    let rows =
        ["soft_serv", "ext_api", "intf"].into_iter().flat_map(|table| facts.declaration.ixit.rows(table));
    rows.filter(|row| !row.observed_only).flat_map(|row| &row.companions.endpoint).any(|endpoint| {
        let endpoint = &endpoint.value;
        (endpoint.transport, endpoint.port) == (Transport::Udp, port)
            && endpoint.host.is_none()
            && endpoint.application.as_deref() == Some("dns")
    })
}

fn inconclusive(inventory: &Inventory<'_>, item: &str, reason: Reason) -> ItemResult {
    let result = ItemResult::machine(item, Verdict::Inconclusive, RestsOn::Observed, reason);
    inventory.place(result.blame(Blame::Lab))
}

#[cfg(test)]
#[path = "../no_relay_tests.rs"]
mod tests;
