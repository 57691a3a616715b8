//! 5.13-1: what comes in over user interfaces, programming interfaces and between networks is validated.
//!
//! Here: which sources of input have no check, what limits the checks declare, what became of input that is not
//! expected, the search for interfaces for programs that can be reached and are not declared, and what the
//! documentation for users says of theirs. Whether a check is effective is asked of an assessor.

use ixit::Blame;
use probes::capture::{Initiator, Transport};

use crate::catalogue::Unit;
use crate::completeness::{Comparison, everything_found_is_declared_in};
use crate::facts::Facts;
use crate::judge::{By, Group, ItemResult, Judge, RestsOn};
use crate::reason::Reason;
use crate::traffic_seen::{self, Destination, Mechanisms, Standing};
use crate::verdict::Verdict;

#[path = "declared_interfaces/coverage.rs"]
mod coverage;
#[path = "declared_interfaces/limits.rs"]
mod limits;
#[path = "declared_interfaces/unexpected_input.rs"]
mod unexpected_input;
#[path = "declared_interfaces/unexpected_writes.rs"]
mod unexpected_writes;
#[path = "declared_interfaces/user_documentation.rs"]
mod user_documentation;

/// 5.13-1.
pub static GROUP: Group = Group {
    id: "5.13-1",
    judges: &[
        Judge {
            unit: "5.13-1-1:a",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: coverage::sources_are_covered,
        },
        Judge {
            unit: "5.13-1-1:b",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: limits::checks_are_effective,
        },
        Judge {
            unit: "5.13-1-2:a",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &["hostile-input", "ble-hostile-input"],
            judge: unexpected_input::is_kept_from_being_processed,
        },
        Judge {
            unit: "5.13-1-2:b",
            by: By::Assisted,
            machine_can: &[],
            needs: &["public-resource"],
            judge: user_documentation::laid_out,
        },
        Judge {
            unit: "5.13-1-2:c",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[
                "tcp-sweep",
                "identify",
                "udp-services",
                "discovery",
                "host-presence",
                "traffic",
                "interruption",
                "ble-surface",
            ],
            judge: found_interfaces_for_programs_are_declared,
        },
    ],
};

/// Tables whose rows say, beside `ext_api`, what answers at a port: not every port is an interface for programs.
const FURTHER: &[&str] = &["intf", "user_intf", "soft_serv", "com_mech"];

/// 5.13-1-2 c: what answers at a port is declared in one of the tables of interfaces and services, and no connection
/// that the device keeps open towards somebody who is not declared lets that party in.
fn found_interfaces_for_programs_are_declared(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let comparison = Comparison {
        table: "ext_api",
        undeclared: "undeclared-api",
        all_declared: "only-declared-apis-found",
    };
    let mut results = everything_found_is_declared_in(facts, unit, &comparison, FURTHER);
    let mechanisms = Mechanisms::of(facts.declaration, "com_mech");
    let passed = "no-undeclared-standing-connection";
    results.extend(traffic_seen::judged(facts, unit, &mechanisms, passed, &standing_connection));
    results
}

/// Protocols in which whoever is called may speak first at any time.
const BOTH_WAYS: &[&str] = &["mqtt", "amqp", "xmpp", "websocket", "ssh", "telnet"];

/// Seconds after which one connection is a standing one, whatever it speaks.
const STANDING_SECONDS: f64 = 60.0;

/// A connection to an undeclared peer by which that peer reaches the device: one that stands, or speaks a protocol
/// made for that. A short exchange with somebody undeclared may be one or not.
fn standing_connection(
    destination: &Destination<'_, '_>,
    standing: Standing<'_>,
    mechanisms: &Mechanisms<'_>,
) -> Option<ItemResult> {
    let flow = destination.flow;
    let answered = flow.established > 0 || (flow.transport == Transport::Udp && flow.received > 0);
    let lets_in = flow.initiator != Initiator::Peer && answered && flow.received > 0;
    let named = flow.application.iter().chain(&flow.protocols);
    let stands = named.into_iter().any(|name| BOTH_WAYS.contains(&name.as_str()))
        || flow.connections == 1 && flow.last - flow.first >= STANDING_SECONDS;
    let (verdict, code, blame) = match standing {
        Standing::Undeclared if lets_in && mechanisms.in_prose_only() => {
            (Verdict::Inconclusive, "destination-perhaps-in-prose", Blame::Documentation)
        }
        Standing::Undeclared if lets_in && stands => {
            (Verdict::Fail, "undeclared-standing-connection", Blame::DeviceOrDocumentation)
        }
        Standing::Undeclared if lets_in => {
            (Verdict::Inconclusive, "peer-may-reach-in", Blame::DeviceOrDocumentation)
        }
        Standing::WithoutName(_) if lets_in => {
            (Verdict::Inconclusive, "destination-without-name", Blame::Lab)
        }
        Standing::OriginUnknown if lets_in => (Verdict::Inconclusive, "flow-of-unknown-origin", Blame::Lab),
        _ => return None,
    };
    let item = destination.item();
    let reason = Reason::new(code)
        .with("item", &item)
        .with("found", destination.description())
        .with("frame", flow.frame)
        .with("seconds", format!("{:.1}", flow.last - flow.first))
        .with("declared", mechanisms.line())
        .with("table", mechanisms.table())
        .with("row", row_of(standing))
        .expected_by(mechanisms.source());
    let result = ItemResult::machine(&item, verdict, RestsOn::Observed, reason).blame(blame);
    Some(destination.capture.place(result, Some(flow.frame)))
}

fn row_of(standing: Standing<'_>) -> &str {
    match standing {
        Standing::Declared(row) | Standing::WithoutName(row) => &row.id,
        _ => "no row",
    }
}

#[cfg(test)]
#[path = "declared_interfaces/tests.rs"]
mod tests;
