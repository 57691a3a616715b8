//! Whether the device comes back to its peers after power was away.

use ixit::companion::Role;
use probes::probe::interruption::{Call, Outage};

use super::comparison::waited;
use super::{Findings, Promise, Seen, brought_about};
use crate::facts::Facts;
use crate::reason::Reason;

/// Looks for the calls to each peer for which a way back is declared.
pub(super) fn come_back(
    promise: &Promise<'_>,
    facts: &Facts<'_>,
    seen: &Seen<'_>,
    found: &mut Findings<'_, '_>,
) {
    let Some(bound) = promise.resilience.recovers_seconds.map(f64::from).or(waited(seen)) else { return };
    for (host, port) in declared_peers(facts) {
        for (number, outage) in brought_about(&seen.interruption).enumerate() {
            let place = format!("{host}:{port}");
            let number = number + 1;
            match call(outage, host, port) {
                Some(call) => match call.back_after {
                    Some(after) if after <= bound => {}
                    Some(after) => {
                        late(&place, number, bound, &format!("{after:.1} s"), seen, found);
                    }
                    None if waited(seen).is_some_and(|waited| waited >= bound) && !call.tries.is_empty() => {
                        let tries = format!("{} tries, none answered", call.tries.len());
                        late(&place, number, bound, &tries, seen, found);
                    }
                    None => not_seen(&place, number, seen, found),
                },
                None if outage.traffic.is_none() => {
                    let why = format!("nobody listened while power came back (outage {number})");
                    found.open(seen.recorded, Reason::new("no-capture").with("why", why));
                }
                None => not_seen(&place, number, seen, found),
            }
        }
    }
}

/// Peers with a name to which a reconnection is declared.
fn declared_peers<'d>(facts: &Facts<'d>) -> Vec<(&'d str, u16)> {
    let rows = facts.declaration.ixit.rows("com_mech").iter().filter(|row| !row.observed_only);
    rows.filter(|row| row.companions.reconnection.is_some())
        .filter(|row| row.companions.role.as_ref().is_none_or(|role| role.value != Role::Server))
        .flat_map(|row| &row.companions.endpoint)
        .filter_map(|endpoint| {
            let host = endpoint.value.host.as_deref().filter(|host| *host != "*")?;
            Some((host, endpoint.value.port))
        })
        .collect()
}

/// The tries to reach a peer in an outage.
pub fn call<'o>(outage: &'o Outage, host: &str, port: u16) -> Option<&'o Call> {
    outage.calls.iter().find(|call| call.port == port && call.peer.eq_ignore_ascii_case(host))
}

fn late(place: &str, number: usize, bound: f64, how: &str, seen: &Seen<'_>, found: &mut Findings<'_, '_>) {
    let reason = Reason::new("not-back-after-outage")
        .with("kind", &seen.interruption.kind)
        .with("what", format!("the connection to {place}"))
        .with("bound", format!("{bound:.0}"))
        .with("found", how);
    found.fail(seen.recorded, format!("outage {number}, {place}"), reason);
}

fn not_seen(place: &str, number: usize, seen: &Seen<'_>, found: &mut Findings<'_, '_>) {
    let reason = Reason::new("observation-incomplete")
        .with("probe", format!("interruption {}", seen.interruption.kind))
        .with("trouble", format!("no connection to {place} was seen after outage {number}"));
    found.open(seen.recorded, reason);
}
