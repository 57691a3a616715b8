//! What the policy makes of the cryptography that a row declares: best practice, and free of attacks that are known.
//! Shared by the units on cryptography of authentication (5.1-3), updates (5.3-7) and communication (5.5-1).
//!
//! The machine passes a row only where every entry of its companion is in a catalogue of the policy; what none knows is
//! for a person, and a row that declares no cryptography as well.

use ixit::Row;
use ixit::companion::Role;
use jiff::ToSpan as _;
use jiff::civil::Date;
use probes::probe::tls_server::TlsFacts;

use crate::assisted::{Look, companions, each_row};
use crate::catalogue::Unit;
use crate::crypto::judgement::Days;
use crate::crypto::{self, Judged, Judgement, Weakness, engine};
use crate::facts::Facts;
use crate::judge::ItemResult;
use crate::prompt::Shown;
use crate::reason::Reason;
use crate::selection::Item;
use crate::verdict::Verdict;

/// Label of what the policy makes of each entry.
const LABEL: &str = "computed.crypto-policy";

/// Whether the cryptography of each row is best practice by the policy (5.1-3-1 c, 5.3-7-1 c, 5.5-1-1 c).
pub fn each_is_best_practice(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| best_practice(facts, item))
}

/// Whether no attack on the cryptography of each row is known that the baseline attacker can carry out (5.1-3-1 d,
/// 5.3-7-1 d, 5.5-1-1 d).
pub fn each_is_free_of_known_attacks(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| no_known_attack(facts, item))
}

/// The entries of all declared uses of a row, judged.
pub fn judged(facts: &Facts<'_>, item: &Item<'_>) -> Vec<Judged> {
    let role = item.row.companions.role.as_ref().map(|role| role.value);
    let serves = item.table == "auth_mech" || role == Some(Role::Server);
    let days = Days { assessed: facts.date, supported_until: supported_until(facts) };
    let uses = item.row.companions.crypto.iter();
    uses.flat_map(|crypto| engine::declared(facts.crypto, days, &crypto.value, serves)).collect()
}

/// What a handshake showed that is not best practice by the policy, as lines for a person.
pub fn short_of_best_practice(facts: &Facts<'_>, seen: &TlsFacts) -> Vec<String> {
    let days = Days { assessed: facts.date, supported_until: supported_until(facts) };
    engine::seen(facts.crypto, days, seen)
        .iter()
        .filter(|judged| !matches!(judged.judgement, Judgement::BestPractice { .. }))
        .map(|judged| format!("{}: {}", facts.crypto.terms.id, judged.line()))
        .collect()
}

/// Whether the details are best practice by the policy.
pub fn best_practice(facts: &Facts<'_>, item: &Item<'_>) -> Look {
    let judged = judged(facts, item);
    contradiction(facts, item, &judged)
        .unwrap_or_else(|| settled(facts, item, &judged, "cryptography-best-practice"))
}

/// Whether the details are free of attacks that are known: what is broken is not, what a catalogue lets be used for as
/// long as it is needed is, and what one refuses for another reason is for a person.
pub fn no_known_attack(facts: &Facts<'_>, item: &Item<'_>) -> Look {
    let judged = judged(facts, item);
    uses_broken(item, &judged).unwrap_or_else(|| settled(facts, item, &judged, "no-attack-known"))
}

/// A declared use that is on the deny list, or that the policy refuses.
pub fn contradiction(facts: &Facts<'_>, item: &Item<'_>, judged: &[Judged]) -> Option<Look> {
    uses_broken(item, judged).or_else(|| {
        let refused: Vec<String> = judged
            .iter()
            .filter(|judged| matches!(judged.judgement, Judgement::Refused { .. }))
            .map(Judged::line)
            .collect();
        (!refused.is_empty()).then(|| Look::Contradiction {
            reason: Reason::new("cryptography-refused")
                .with("row", &item.row.id)
                .with("refused", refused.join("; "))
                .with("policy", facts.crypto.line())
                .expected_by(policy_file(facts)),
            shown_by: "crypto",
        })
    })
}

/// What the machine thinks where no guarantee or entry is contradicted: FAIL where an entry ends too early, PASS where
/// all of them are best practice.
pub fn prejudgement(judged: &[Judged]) -> Option<Verdict> {
    let open = |judged: &&Judged| {
        let without_end = matches!(judged.judgement, Judgement::Ends { needed: None, .. });
        without_end || matches!(judged.judgement, Judgement::Open(_) | Judgement::Refused { .. })
    };
    if judged.is_empty() || judged.iter().any(|judged| open(&judged)) {
        None
    } else if judged.iter().any(|judged| matches!(judged.judgement, Judgement::Ends { .. })) {
        Some(Verdict::Fail)
    } else {
        Some(Verdict::Pass)
    }
}

/// The companion, and what the policy makes of each entry, for a person.
pub fn shown(facts: &Facts<'_>, item: &Item<'_>, judged: &[Judged]) -> Vec<Shown> {
    let mut shown = companions(item, &["crypto"]);
    let mut line = |text: String| shown.push(Shown { label: LABEL.to_owned(), text, source: None });
    if judged.is_empty() {
        line("no cryptography is declared in a closed form; whether none is needed is not for a machine to say".to_owned());
    } else {
        line(format!("{}: {}", facts.crypto.line(), facts.crypto.terms.title));
        judged.iter().for_each(|judged| line(judged.line()));
    }
    shown
}

fn settled(facts: &Facts<'_>, item: &Item<'_>, judged: &[Judged], code: &str) -> Look {
    let prejudgement = prejudgement(judged);
    if prejudgement != Some(Verdict::Pass) {
        return Look::Question { shown: shown(facts, item, judged), prejudgement };
    }
    let mut sources: Vec<String> = judged
        .iter()
        .filter_map(|judged| match &judged.judgement {
            Judgement::BestPractice { basis, .. } => Some(basis.line()),
            _ => None,
        })
        .collect();
    sources.sort();
    sources.dedup();
    let subjects: Vec<&str> = judged.iter().map(|judged| judged.subject.as_str()).collect();
    Look::Met {
        reason: Reason::new(code)
            .with("row", &item.row.id)
            .with("entries", subjects.join(", "))
            .with("sources", sources.join("; "))
            .with("policy", facts.crypto.line())
            .with("date", crypto::deny_list_date())
            .expected_by(policy_file(facts)),
        shown_by: "crypto",
    }
}

fn uses_broken(item: &Item<'_>, judged: &[Judged]) -> Option<Look> {
    let broken: Vec<Weakness> = judged
        .iter()
        .filter_map(|judged| match &judged.judgement {
            Judgement::Broken(weakness) => Some(weakness.clone()),
            _ => None,
        })
        .collect();
    (!broken.is_empty()).then(|| broken_cryptography(item.row, &broken))
}

/// What is on the deny list contradicts every demand on cryptography.
pub fn broken_cryptography(row: &Row, broken: &[Weakness]) -> Look {
    Look::Contradiction {
        reason: Reason::new("broken-cryptography")
            .with("row", &row.id)
            .with("broken", crypto::lines(broken))
            .with("date", crypto::deny_list_date())
            .expected_by("catalogue:crypto/broken.toml"),
        shown_by: "crypto",
    }
}

fn policy_file(facts: &Facts<'_>) -> String {
    format!("catalogue:crypto/policies/{}.toml", facts.crypto.terms.id)
}

/// Last day of the support period that the declaration names in a closed form.
fn supported_until(facts: &Facts<'_>) -> Option<Date> {
    let support = &facts.declaration.ixit.form("user_info")?.companions.support.as_ref()?.value;
    if let Some(until) = &support.until {
        return until.parse().ok();
    }
    let from: Date = support.from.as_ref()?.parse().ok()?;
    from.checked_add(i64::from(support.months?).months()).ok()
}

#[cfg(test)]
#[path = "declared_cryptography_tests.rs"]
mod tests;
