//! Outages of network and power, each once and for everything that reads it, after all that needs the device as it is.

use ixit::companion::{OutageKind, Reconnection};
use ixit::{Declaration, Row};
use serde_json::{Value, json};

use super::access_control::{asked, mechanisms, sorted};
use crate::plan::{Disturbance, Observing, Wanted};
use crate::state::DutState;

/// The outages.
pub static OBSERVING: Observing = Observing {
    probe: "interruption",
    order: 990,
    states: &[DutState::Initialized],
    feeds: &[],
    disturbs: &[Disturbance::Interrupt],
    actions: &[],
    budget_seconds: 3600,
    wanted,
};

/// Power comes last: it may take everything with it.
const KINDS: [OutageKind; 5] =
    [OutageKind::Link, OutageKind::Uplink, OutageKind::Names, OutageKind::Services, OutageKind::Power];

/// Waits of a device during an outage of its services; the try that brings it back is one more.
const WAITS: u32 = 2;
/// Seconds beyond the longest declared waits.
const MARGIN: f64 = 0.2;
/// Length in seconds where no reconnection is declared.
const UNDECLARED: f64 = 30.0;
/// Shortest and longest outage in seconds.
const BOUNDS: (f64, f64) = (1.0, 120.0);
/// Length in seconds of an outage that has to be noticed, and no more.
const NOTICED: f64 = 10.0;
/// Fields of mechanisms against outages: an outage beside those of services and power is for their readers alone.
const MECHANISMS: [&str; 2] = ["res_mech.description", "res_mech.type"];

fn wanted(declaration: &Declaration, state: DutState) -> Vec<Wanted> {
    let rows = sorted(declaration, "res_mech");
    let accesses = accesses(declaration, state);
    let mechanisms = mechanisms(declaration, state);
    KINDS
        .into_iter()
        .filter(|kind| is_wanted(declaration, &rows, *kind))
        .map(|kind| {
            let declared = longest(declaration);
            let (seconds, next_try) = match (kind, &declared) {
                (OutageKind::Services, Some(declared)) => (declared.waits, declared.next),
                (OutageKind::Services, None) => (UNDECLARED, 2.0 * UNDECLARED),
                (_, Some(declared)) => (NOTICED.max(declared.first), declared.first),
                (_, None) => (NOTICED, UNDECLARED),
            };
            let mut params = json!({
                "kind": kind.as_str(),
                // Only the way back to the services differs from time to time.
                "repeat": kind == OutageKind::Services,
                "seconds": rounded((seconds + MARGIN).clamp(BOUNDS.0, BOUNDS.1)),
                "next_try_seconds": rounded((next_try + MARGIN).min(3600.0)),
                "mechanisms": mechanisms,
                "accesses": accesses,
            });
            if let Some(recovers) = recovers(&rows, kind) {
                params["recovery_seconds"] = json!(recovers);
            }
            let only = !matches!(kind, OutageKind::Services | OutageKind::Power);
            Wanted {
                actions: Some(actions(kind).map(str::to_owned).to_vec()),
                read_through: if only { MECHANISMS.map(str::to_owned).to_vec() } else { Vec::new() },
                ..Wanted::with(&format!("outage of {}", kind.as_str()), params)
            }
        })
        .collect()
}

/// Actions of the bench: the device calls its peers, so that there is something to lose; the outage; its end.
fn actions(kind: OutageKind) -> [&'static str; 3] {
    let (down, up) = match kind {
        OutageKind::Link => ("link_down", "link_up"),
        OutageKind::Uplink => ("uplink_down", "uplink_up"),
        OutageKind::Names => ("names_down", "names_up"),
        OutageKind::Services => ("services_down", "services_up"),
        OutageKind::Power => ("power_off", "power_on"),
    };
    ["reconnect", down, up]
}

/// An outage that a mechanism is declared for. The services are also taken away to see how the device comes back to
/// them, and power to see how it starts.
fn is_wanted(declaration: &Declaration, rows: &[&Row], kind: OutageKind) -> bool {
    let named = rows.iter().filter_map(|row| row.companions.resilience.as_ref());
    let named = named.flat_map(|resilience| &resilience.value.outages).any(|outage| *outage == kind);
    let calls = || {
        let rows = declaration.ixit.rows("com_mech").iter().filter(|row| !row.observed_only);
        rows.flat_map(|row| &row.companions.endpoint).any(|endpoint| endpoint.value.host.is_some())
    };
    match kind {
        OutageKind::Power => true,
        OutageKind::Services => named || calls(),
        _ => named,
    }
}

/// Longest declared recovery from an outage, in seconds.
fn recovers(rows: &[&Row], kind: OutageKind) -> Option<u32> {
    let declared =
        rows.iter().filter_map(|row| row.companions.resilience.as_ref()).map(|located| &located.value);
    declared
        .filter(|resilience| resilience.outages.contains(&kind))
        .filter_map(|resilience| resilience.recovers_seconds)
        .max()
}

/// Waits of the most patient peer, in seconds, each with its chance.
struct Longest {
    first: f64,
    waits: f64,
    next: f64,
}

fn longest(declaration: &Declaration) -> Option<Longest> {
    let rows = declaration.ixit.rows("com_mech").iter().filter(|row| !row.observed_only);
    let declared = rows.filter_map(|row| row.companions.reconnection.as_ref()).map(|located| &located.value);
    declared.fold(None, |longest: Option<Longest>, reconnection| {
        let wait = |n: u32| wait(reconnection, n);
        let own = Longest { first: wait(0), waits: (0..WAITS).map(wait).sum(), next: wait(WAITS) };
        Some(match longest {
            None => own,
            Some(other) => Longest {
                first: own.first.max(other.first),
                waits: own.waits.max(other.waits),
                next: own.next.max(other.next),
            },
        })
    })
}

/// Longest wait before the new try of this number, counted from 0, in seconds.
fn wait(reconnection: &Reconnection, n: u32) -> f64 {
    let factor = f64::from(reconnection.factor_percent) / 100.0;
    let plain = f64::from(reconnection.first_ms) * factor.powi(i32::try_from(n).unwrap_or(i32::MAX));
    let plain = reconnection.longest_ms.map_or(plain, |longest| plain.min(f64::from(longest)));
    plain * (1.0 + f64::from(reconnection.jitter_percent) / 100.0) / 1000.0
}

fn rounded(seconds: f64) -> f64 {
    (seconds * 1000.0).round() / 1000.0
}

/// Declared accesses that change nothing, also with the interfaces for programs that they are of.
fn accesses(declaration: &Declaration, state: DutState) -> Vec<Value> {
    let interfaces = sorted(declaration, "ext_api");
    let mut accesses = asked(declaration, state);
    accesses.retain(|access| access["changes"] == json!(false));
    for access in &mut accesses {
        let of = |row: &&&Row| {
            row.companions.access.iter().any(|own| {
                access["port"] == json!(own.value.port)
                    && access["method"] == json!(own.value.method)
                    && access["target"] == json!(own.value.target)
            })
        };
        let further: Vec<Value> = interfaces.iter().filter(of).map(|row| json!(row.id)).collect();
        if let Some(rows) = access["rows"].as_array_mut() {
            rows.extend(further);
        }
    }
    accesses
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_facts::TestFacts;

    fn outages(ixit: &str) -> Vec<(String, f64, f64)> {
        let facts = TestFacts::declared(ixit);
        wanted(facts.facts().declaration, DutState::Initialized)
            .into_iter()
            .map(|wanted| {
                let number = |name: &str| wanted.params[name].as_f64().expect("a number");
                (wanted.target.clone(), number("seconds"), number("next_try_seconds"))
            })
            .collect()
    }

    fn row(id: &str, reconnection: &str) -> String {
        format!(
            "[[com_mech]]\nid = \"{id}\"\nendpoint = [{{ transport = \"tcp\", port = 8883, host = \"cloud.example\" }}]\n\
             {reconnection}\n"
        )
    }

    #[test]
    fn an_outage_of_the_services_lasts_for_two_waits_of_the_most_patient_peer() {
        let quick = row("A", "reconnection = { first_ms = 800, factor_percent = 200, jitter_percent = 50 }");
        let of = |ixit: &str| outages(ixit).into_iter().find(|(target, ..)| target == "outage of services");
        let expected = ("outage of services".to_owned(), 3.8, 5.0);
        assert_eq!(of(&quick), Some(expected.clone()));
        // The order of rows does not matter, and a row that says nothing neither.
        let slow = row("B", "reconnection = { first_ms = 5000, factor_percent = 100, longest_ms = 4000 }");
        assert_eq!(of(&(quick.clone() + &slow)), of(&(slow + &quick)));
        assert_eq!(of(&(quick + &row("C", ""))), Some(expected));
        assert_eq!(of(&row("D", "")), Some(("outage of services".to_owned(), 30.2, 60.2)));
        let endless = row("E", "reconnection = { first_ms = 4000000, factor_percent = 4000000 }");
        assert_eq!(of(&endless), Some(("outage of services".to_owned(), 120.0, 3600.0)));
    }

    #[test]
    fn an_outage_is_made_where_a_mechanism_names_it_and_power_always() {
        let targets = |ixit: &str| outages(ixit).into_iter().map(|(target, ..)| target).collect::<Vec<_>>();
        assert_eq!(targets(""), ["outage of power"]);
        let mechanism = "[[res_mech]]\nid = \"R\"\nresilience = { outages = [\"power\", \"link\"], recovers_seconds = 20 }\n";
        assert_eq!(targets(mechanism), ["outage of link", "outage of power"]);
    }
}
