//! 5.1-3: the authentication of users rests on best-practice cryptography.

use ixit::Blame;
use probes::probe::tls_server::TlsFacts;

use crate::assessor::empty_selection;
use crate::bluetooth::pairing::protection::{self, Concern};
use crate::catalogue::Unit;
use crate::crypto;
use crate::declared_cryptography;
use crate::facts::{Facts, Recorded};
use crate::judge::{By, Group, ItemResult, Judge, RestsOn};
use crate::reason::Reason;
use crate::selection::Item;
use crate::tls_comparison::{DeclaredTls, tls_ports};
use crate::verdict::Verdict;

#[path = "authentication_crypto/promised.rs"]
mod promised;

/// 5.1-3.
pub static GROUP: Group = Group {
    id: "5.1-3",
    judges: &[
        Judge {
            unit: "5.1-3-1:a",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: promised::integrity_and_authenticity_are_guaranteed,
        },
        Judge {
            unit: "5.1-3-1:b",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: promised::the_mechanism_can_give_what_it_guarantees,
        },
        Judge {
            unit: "5.1-3-1:c",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: declared_cryptography::each_is_best_practice,
        },
        Judge {
            unit: "5.1-3-1:d",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: declared_cryptography::each_is_free_of_known_attacks,
        },
        Judge {
            unit: "5.1-3-2:a",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &["tls-server", "ble-pairing"],
            judge: the_cryptography_in_use_is_the_declared_one,
        },
    ],
};

/// 5.1-3-2 a: what a login is spoken through offers nothing that the row does not declare, and a pairing takes nothing
/// weaker.
fn the_cryptography_in_use_is_the_declared_one(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let selected = facts.selected(unit);
    if let Some(result) = empty_selection(unit, &selected.emptiness) {
        return vec![result];
    }
    let observed = facts.results::<TlsFacts>("tls-server");
    let one = |item: &Item<'_>| {
        let mut results = protection::as_declared(facts, item, Concern::Cryptography);
        if item.unclassified || results.is_empty() || !tls_ports(item.row).is_empty() {
            results.extend(of_row(item, &observed));
        }
        results
    };
    selected.items.iter().flat_map(one).collect()
}

/// Compares one row with what its ports offer; 5.5-4 and 5.5-5 apply it to their own rows.
pub(crate) fn of_row(item: &Item<'_>, observed: &[(&Recorded, TlsFacts)]) -> Vec<ItemResult> {
    let row = item.row;
    let open = |reason: Reason| {
        ItemResult::machine(&row.id, Verdict::Inconclusive, RestsOn::Observed, reason).blame(Blame::Lab)
    };
    if item.unclassified {
        let reason = Reason::new("row-not-classified").with("row", &row.id).with("companion", "subject");
        return vec![open(reason).blame(Blame::Documentation)];
    }
    let ports = tls_ports(row);
    if ports.is_empty() {
        return vec![open(Reason::new("no-driver").with("row", &row.id))];
    }
    let Some(declared) = DeclaredTls::of(row) else {
        return vec![open(Reason::new("crypto-not-stated").with("row", &row.id)).blame(Blame::Documentation)];
    };
    let mut results = Vec::new();
    for port in ports {
        let here: Vec<_> = observed.iter().filter(|(_, facts)| facts.port == port).collect();
        if here.is_empty() {
            results.push(open(
                Reason::new("observation-missing").with("probe", format!("tls-server tcp/{port}")),
            ));
        }
        results.extend(here.into_iter().map(|(recorded, facts)| {
            of_port(item, &declared, recorded, facts)
                .evidence(recorded.at(format!("tcp/{port}")))
                .effort(&recorded.observation.effort)
                .seen_in(recorded.state(), recorded.sample())
        }));
    }
    results
}

fn of_port(item: &Item<'_>, declared: &DeclaredTls, recorded: &Recorded, facts: &TlsFacts) -> ItemResult {
    let row = item.row;
    let result = |verdict, reason: Reason| ItemResult::machine(&row.id, verdict, RestsOn::Observed, reason);
    let comparison = declared.compare(facts);
    let reason = |code: &str| {
        Reason::new(code)
            .with("row", &row.id)
            .with("port", facts.port)
            .with("declared", declared.line())
            .expected_by(row.reference(item.table, "crypto"))
    };
    let answered = recorded.observation.effort.completed > 0;
    // One version offered beside the declared ones is a difference, also where the rest is not settled;
    // that TLS is absent needs an observation that came to its end.
    let shown = facts.speaks_tls || recorded.complete();
    if answered && shown && !comparison.differences.is_empty() {
        let reason =
            reason("crypto-differs-from-declaration").with("differences", comparison.differences.join(", "));
        return result(Verdict::Fail, reason).blame(Blame::DeviceOrDocumentation);
    }
    if answered && !comparison.broken.is_empty() {
        let reason = Reason::new("broken-cryptography-offered")
            .with("row", &row.id)
            .with("place", format!("tcp/{}", facts.port))
            .with("broken", crypto::lines(&comparison.broken))
            .with("date", crypto::deny_list_date())
            .expected_by("catalogue:crypto/broken.toml");
        return result(Verdict::Fail, reason).blame(Blame::DeviceOrDocumentation);
    }
    if !recorded.complete() || !answered {
        let trouble = recorded.observation.trouble.as_deref().unwrap_or("no answer");
        let reason =
            Reason::new("observation-incomplete").with("probe", "tls-server").with("trouble", trouble);
        return result(Verdict::Inconclusive, reason).blame(Blame::Lab);
    }
    if facts.versions.is_empty() || !comparison.unclear.is_empty() {
        let unclear = if comparison.unclear.is_empty() {
            "every version".to_owned()
        } else {
            comparison.unclear.join(", ")
        };
        return result(Verdict::Inconclusive, reason("tls-not-settled").with("unclear", unclear))
            .blame(Blame::Lab);
    }
    let offered: Vec<String> = facts
        .versions
        .iter()
        .filter(|version| version.offered == Some(true))
        .map(|version| format!("TLS {}", version.version))
        .collect();
    result(Verdict::Pass, reason("crypto-as-declared").with("offered", offered.join(", ")))
}

#[cfg(test)]
#[path = "authentication_crypto/tests.rs"]
mod tests;
