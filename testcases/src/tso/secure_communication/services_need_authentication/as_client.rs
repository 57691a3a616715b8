//! Services that only call out: strangers are those who stand in the place of the peer.

use ixit::{Blame, Row};
use probes::probe::tls_client::ClientFacts;
use probes::world::ending::Ending;

use crate::cryptography_seen::{PeerStanding, strangers_refused, verdict_as_client};
use crate::facts::Facts;
use crate::judge::{ItemResult, RestsOn};
use crate::reason::Reason;
use crate::verdict::Verdict;

/// Hosts that a service calls; `None` if it is reached at a port of the device as well.
pub(crate) fn peers_of(service: &Row) -> Option<Vec<&str>> {
    let endpoints = &service.companions.endpoint;
    let hosts: Option<Vec<&str>> = endpoints.iter().map(|endpoint| endpoint.value.host.as_deref()).collect();
    hosts.filter(|hosts| !hosts.is_empty())
}

/// Whether strangers in the place of the peers were refused; `None` where nobody looked.
pub(crate) fn strangers(facts: &Facts<'_>, service: &Row, hosts: &[&str]) -> Option<Vec<ItemResult>> {
    let mut results = Vec::new();
    for host in hosts {
        let checks = strangers_refused(facts, host);
        if checks.is_empty() {
            return None;
        }
        for check in checks {
            let reason = |code: &str| {
                Reason::new(code)
                    .with("row", &service.id)
                    .with("host", host)
                    .expected_by(service.reference("soft_serv", "authentication_mechanism"))
            };
            let (verdict, reason) = match check.standing {
                PeerStanding::StrangersRefused(refused) => {
                    (Verdict::Pass, reason("peer-strangers-refused").with("refused", refused.join(", ")))
                }
                PeerStanding::StrangersAccepted(accepted) => {
                    (Verdict::Fail, reason("stranger-taken-for-peer").with("peers", accepted.join(", ")))
                }
                // Whether trust in whoever is met first is enough, a person has to say.
                PeerStanding::FirstMetTrusted(_) => return None,
                PeerStanding::Plain => {
                    (Verdict::Fail, reason("stranger-taken-for-peer").with("peers", "anybody, without TLS"))
                }
                PeerStanding::NotShown(why) => {
                    (Verdict::Inconclusive, reason("peer-not-shown").with("why", why))
                }
            };
            let blame = if verdict == Verdict::Inconclusive { Blame::Lab } else { Blame::Device };
            let result = ItemResult::machine(&service.id, verdict, RestsOn::Observed, reason)
                .seen_in(check.recorded.state(), check.recorded.sample())
                .evidence(check.recorded.at("trials"))
                .effort(&check.recorded.observation.effort);
            results.push(if verdict == Verdict::Pass { result } else { result.blame(blame) });
        }
    }
    Some(results)
}

/// Whether the real peers worked; `None` where nobody looked.
pub(crate) fn real_peer(facts: &Facts<'_>, service: &Row, hosts: &[&str]) -> Option<Vec<ItemResult>> {
    let mut results = Vec::new();
    for host in hosts {
        let seen: Vec<_> = facts
            .results::<ClientFacts>("tls-client")
            .into_iter()
            .filter(|(_, seen)| seen.host == *host)
            .collect();
        if seen.is_empty() {
            return None;
        }
        for (recorded, seen) in seen {
            let ending = seen.relay.as_ref().map(|relay| relay.ending);
            let works = matches!(ending, Some(Ending::ApplicationData | Ending::Plain));
            let said = ending.map_or("nothing", Ending::as_str);
            let code = if works { "peer-worked" } else { "peer-not-shown" };
            let reason = Reason::new(code)
                .with("row", &service.id)
                .with("host", host)
                .with("why", format!("the connection to the real peer: {said}"))
                .expected_by(service.reference("soft_serv", "authentication_mechanism"));
            let verdict = if works { Verdict::Pass } else { Verdict::Inconclusive };
            let result = ItemResult::machine(&service.id, verdict, RestsOn::Observed, reason)
                .seen_in(recorded.state(), recorded.sample())
                .evidence(recorded.at("relay"))
                .effort(&recorded.observation.effort);
            results.push(if works { result } else { result.blame(Blame::Lab) });
        }
    }
    Some(results)
}

/// The cryptography of the calls that a mechanism protects, as the communication mechanisms to the same hosts
/// declare it; `None` where it calls nobody, nobody looked, or a person has to settle something.
pub(crate) fn cryptography(facts: &Facts<'_>, mechanism: &Row) -> Option<Vec<ItemResult>> {
    let services = facts.declaration.ixit.rows("soft_serv").iter();
    let hosts: Vec<&str> = services
        .filter(|service| service.texts("authentication_mechanism").contains(&mechanism.id.as_str()))
        .filter_map(peers_of)
        .flatten()
        .collect();
    let mut results = Vec::new();
    for host in hosts {
        let calls = |row: &&Row| {
            row.companions.endpoint.iter().any(|endpoint| endpoint.value.host.as_deref() == Some(host))
        };
        let row = facts.declaration.ixit.rows("com_mech").iter().find(calls)?;
        let seen = verdict_as_client(facts, row)?;
        let failed = seen.results.iter().any(|result| result.verdict == Verdict::Fail);
        if !failed && !seen.open.is_empty() {
            return None;
        }
        results.extend(
            seen.results.into_iter().map(|result| ItemResult { item: mechanism.id.clone(), ..result }),
        );
    }
    (!results.is_empty()).then_some(results)
}
