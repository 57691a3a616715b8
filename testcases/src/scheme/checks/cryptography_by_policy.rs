//! The declared cryptography, judged again by the reference catalogues that a scheme admits (`policy`), row by row as
//! the named units of the standard select them. What a handshake showed is held against the declaration by the
//! standard; name its provision beside this check.

use serde::Deserialize;

use crate::crypto::{Judged, Judgement, Policy};
use crate::declared_cryptography;
use crate::facts::Facts;
use crate::judge::RestsOn;
use crate::reason::Reason;
use crate::scheme::check::{Asked, Check, Checked, read};
use crate::verdict::Verdict;
use ixit::Blame;

/// The check.
pub static CHECK: Check = Check { name: "cryptography-by-policy", reads, judge };

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {
    /// Id of a cryptography policy of this build.
    policy: String,
    /// Units whose rows are judged.
    units: Vec<String>,
    /// What comes of a mechanism that the catalogues refuse.
    refused: Refused,
    /// What comes of one that no catalogue lists.
    unlisted: Unlisted,
    /// Names of protocols that the catalogues do not treat, which are left to the standard; the primitives that a row
    /// declares beside them are judged.
    #[serde(default)]
    left_to_standard: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Refused {
    /// FAIL.
    Fails,
    /// INCONCLUSIVE: the scheme recommends the catalogue, and does not prescribe it.
    Open,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Unlisted {
    /// INCONCLUSIVE.
    Open,
    /// It does not count here: evidence is asked for beside.
    ByEvidence,
}

fn reads(with: &toml::Table) -> Result<(), String> {
    let parameters = read::<Parameters>(with)?;
    if Policy::named(&parameters.policy).is_none() {
        return Err(format!("there is no policy {}", parameters.policy));
    }
    Ok(())
}

/// A judged entry with its row.
struct Entry<'a> {
    table: &'a str,
    row: &'a ixit::Row,
    judged: Judged,
}

fn judge(asked: &Asked<'_>) -> Checked {
    let parameters: Parameters = asked.parameters();
    let policy = Policy::named(&parameters.policy).expect("`reads` looked it up");
    let facts = Facts { crypto: policy, ..asked.facts.clone() };
    let mut entries = entries(&facts, &parameters.units);
    entries.retain(|entry| {
        let left = parameters.left_to_standard.contains(&entry.judged.subject);
        !left || !matches!(entry.judged.judgement, Judgement::Open(_))
    });
    let lines = |wanted: fn(&Judgement) -> bool| -> Vec<&Entry<'_>> {
        entries.iter().filter(|entry| wanted(&entry.judged.judgement)).collect()
    };
    let refused = lines(|judgement| matches!(judgement, Judgement::Broken(_) | Judgement::Refused { .. }));
    let open = lines(|judgement| matches!(judgement, Judgement::Open(_) | Judgement::Ends { .. }));
    let reason = |code: &str, found: &[&Entry<'_>]| {
        Reason::new(code)
            .with("policy", policy.line())
            .with("title", &policy.terms.title)
            .with("found", said(found))
            .expected_by(format!("catalogue:crypto/policies/{}.toml", policy.terms.id))
    };
    let result = |verdict: Verdict, code: &str, found: &[&Entry<'_>]| {
        let checked = Checked::new(verdict, RestsOn::Declared, reason(code, found));
        found.iter().take(8).fold(checked, |checked, entry| {
            checked
                .evidence(entry.row.reference(entry.table, "crypto"), format!("line {}", entry.row.at.line))
        })
    };
    let all: Vec<&Entry<'_>> = entries.iter().collect();
    if entries.is_empty() {
        let code = "scheme-cryptography-none-declared";
        return result(Verdict::Inconclusive, code, &[]).blame(Blame::Documentation);
    }
    if !refused.is_empty() {
        return match parameters.refused {
            Refused::Fails => result(Verdict::Fail, "scheme-cryptography-refused", &refused),
            Refused::Open => result(Verdict::Inconclusive, "scheme-cryptography-refused", &refused),
        }
        .blame(Blame::Device);
    }
    if open.is_empty() {
        return result(Verdict::Pass, "scheme-cryptography-listed", &all);
    }
    match parameters.unlisted {
        Unlisted::ByEvidence => result(Verdict::Pass, "scheme-cryptography-none-refused", &open),
        Unlisted::Open => {
            result(Verdict::Inconclusive, "scheme-cryptography-not-listed", &open).blame(Blame::Documentation)
        }
    }
}

/// Every entry of the rows that the units are applied to, each row once.
fn entries<'a>(facts: &Facts<'a>, units: &[String]) -> Vec<Entry<'a>> {
    let mut entries: Vec<Entry<'a>> = Vec::new();
    for unit in units.iter().filter_map(|unit| facts.catalogue.unit(unit)) {
        for item in facts.selected(unit).items {
            if entries.iter().any(|known| known.table == item.table && known.row.id == item.row.id) {
                continue;
            }
            let judged = declared_cryptography::judged(facts, &item).into_iter();
            entries.extend(judged.map(|judged| Entry { table: item.table, row: item.row, judged }));
        }
    }
    entries
}

/// Each entry once, with the rows that have it.
fn said(found: &[&Entry<'_>]) -> String {
    let mut lines: Vec<(String, Vec<&str>)> = Vec::new();
    for entry in found {
        let line = entry.judged.line();
        match lines.iter_mut().find(|(known, _)| *known == line) {
            Some((_, rows)) => rows.push(&entry.row.id),
            None => lines.push((line, vec![&entry.row.id])),
        }
    }
    let lines: Vec<String> =
        lines.into_iter().map(|(line, rows)| format!("{line} [{}]", rows.join(", "))).collect();
    lines.join("; ")
}

#[cfg(test)]
#[path = "cryptography_by_policy/tests.rs"]
mod tests;
