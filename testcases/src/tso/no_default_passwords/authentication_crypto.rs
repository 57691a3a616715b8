//! 5.1-3: the authentication of users rests on best-practice cryptography.

use ixit::Blame;
use probes::probe::tls_server::TlsFacts;

use crate::assessor::empty_selection;
use crate::assisted::{Look, each_row};
use crate::catalogue::Unit;
use crate::crypto;
use crate::facts::{Facts, Recorded};
use crate::judge::{By, Group, ItemResult, Judge, RestsOn};
use crate::reason::Reason;
use crate::selection::Item;
use crate::tls_comparison::{DeclaredTls, tls_ports};
use crate::verdict::Verdict;

/// 5.1-3.
pub static GROUP: Group = Group {
    id: "5.1-3",
    judges: &[
        Judge {
            unit: "5.1-3-1:a",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: integrity_and_authenticity_are_guaranteed,
        },
        Judge {
            unit: "5.1-3-1:c",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: no_declared_cryptography_is_broken,
        },
        Judge {
            unit: "5.1-3-1:d",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: no_declared_cryptography_is_broken,
        },
        Judge {
            unit: "5.1-3-2:a",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &["tls-server"],
            judge: the_cryptography_in_use_is_the_declared_one,
        },
    ],
};

/// What the authentication of a user needs at least, with the words by which suppliers name it.
const NEEDED: &[(&str, &[&str])] = &[
    ("integrity", &["integrity", "完全性"]),
    ("authenticity", &["authenticity", "authentic", "authentication", "真正性", "認証"]),
];

/// 5.1-3-1 a: integrity and authenticity stand among the guarantees; whether they suffice is for a person.
fn integrity_and_authenticity_are_guaranteed(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let guarantees: Vec<String> =
            item.row.texts("security_guarantees").iter().map(|text| text.to_lowercase()).collect();
        // "No integrity" and sentences of that kind are for a person.
        let names =
            |words: &[&str]| guarantees.iter().any(|text| words.iter().any(|word| text.contains(word)));
        let missing: Vec<&str> =
            NEEDED.iter().filter(|(_, words)| !names(words)).map(|(name, _)| *name).collect();
        if missing.is_empty() {
            return Look::question(item, &["crypto"], Some(Verdict::Pass));
        }
        Look::Contradiction {
            reason: Reason::new("guarantee-missing")
                .with("row", &item.row.id)
                .with("guarantee", missing.join(", "))
                .with(
                    "declared",
                    if guarantees.is_empty() { "none".to_owned() } else { guarantees.join(", ") },
                )
                .expected_by("criterion"),
            shown_by: "security_guarantees",
        }
    })
}

/// 5.1-3-1 c and d: nothing declared stands on the list of what is known to be broken. Being absent from
/// that list is not best practice, so a person decides.
fn no_declared_cryptography_is_broken(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let uses = &item.row.companions.crypto;
        let broken: Vec<crypto::Weakness> = uses.iter().flat_map(|it| crypto::broken(&it.value)).collect();
        let (date, _) = crypto::policy();
        if broken.is_empty() {
            let look = Look::question(item, &["crypto"], None);
            return if uses.is_empty() {
                look
            } else {
                look.computed("computed.deny_list", format!("nothing declared is on the deny list of {date}"))
            };
        }
        Look::Contradiction {
            reason: Reason::new("broken-cryptography")
                .with("row", &item.row.id)
                .with("broken", crypto::lines(&broken))
                .with("date", date)
                .expected_by("catalogue:crypto/broken.toml"),
            shown_by: "crypto",
        }
    })
}

/// 5.1-3-2 a: what a login is spoken through offers nothing that the row does not declare.
fn the_cryptography_in_use_is_the_declared_one(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let selected = facts.selected(unit);
    if let Some(result) = empty_selection(unit, &selected.emptiness) {
        return vec![result];
    }
    let observed = facts.results::<TlsFacts>("tls-server");
    selected.items.iter().flat_map(|item| of_row(item, &observed)).collect()
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
            .with("date", crypto::policy().0)
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
