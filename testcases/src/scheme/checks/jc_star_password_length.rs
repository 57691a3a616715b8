//! Lengths of passwords by which users get in over a network: one that the device comes with, and one that the user has
//! to choose before first use. Whether the first are unique and hard to guess is judged by the standard (5.1-1, 5.1-2).

use ixit::Blame;
use ixit::Row;
use ixit::companion::{FactorKind, Subject};
use serde::Deserialize;

use crate::bluetooth::pairing;
use crate::judge::RestsOn;
use crate::reason::Reason;
use crate::scheme::check::{Asked, Check, Checked, read};
use crate::verdict::Verdict;

/// The check.
pub static CHECK: Check =
    Check { name: "jc-star-password-length", reads: |with| read::<Parameters>(with).map(|_| ()), judge };

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {
    /// Least length of a password that the device comes with, in characters.
    preset: u32,
    /// Least length of one that the user chooses, in characters.
    chosen: u32,
}

/// A password, with its least length as far as it is declared.
struct Password<'a> {
    row: &'a Row,
    needed: u32,
    length: Option<u32>,
}

fn judge(asked: &Asked<'_>) -> Checked {
    let parameters: Parameters = asked.parameters();
    let rows = asked.facts.declaration.ixit.rows("auth_mech");
    if rows.is_empty() && asked.facts.declaration.ixit.empty_reason("auth_mech").is_none() {
        let reason = Reason::new("scheme-jc-star-passwords-not-declared")
            .expected_by("declaration:ixit.toml#auth_mech");
        return Checked::new(Verdict::Inconclusive, RestsOn::Declared, reason).blame(Blame::Documentation);
    }
    let unclassified: Vec<&Row> = rows
        .iter()
        .filter(|row| row.companions.subject.is_none() || row.companions.factor.is_none())
        .collect();
    let passwords: Vec<Password<'_>> = rows.iter().filter_map(|row| password(row, &parameters)).collect();
    let short: Vec<&Password<'_>> = passwords
        .iter()
        .filter(|password| password.length.is_some_and(|length| length < password.needed))
        .collect();
    let untold: Vec<&Password<'_>> = passwords.iter().filter(|password| password.length.is_none()).collect();
    let numbers =
        |code: &str| Reason::new(code).with("preset", parameters.preset).with("chosen", parameters.chosen);
    let of = |verdict: Verdict, reason: Reason, found: &[&Password<'_>]| {
        let checked = Checked::new(verdict, RestsOn::Declared, reason.with("found", said(found)));
        found.iter().take(8).fold(checked, |checked, password| {
            let row = password.row;
            checked.evidence(row.reference("auth_mech", "factor"), format!("line {}", row.at.line))
        })
    };
    if !short.is_empty() {
        return of(Verdict::Fail, numbers("scheme-jc-star-password-short"), &short).blame(Blame::Device);
    }
    if !untold.is_empty() {
        let reason = numbers("scheme-jc-star-password-length-untold");
        return of(Verdict::Inconclusive, reason, &untold).blame(Blame::Documentation);
    }
    if !unclassified.is_empty() {
        let rows: Vec<&str> = unclassified.iter().map(|row| row.id.as_str()).collect();
        let reason = numbers("scheme-jc-star-password-unclassified").with("rows", rows.join(", "));
        return Checked::new(Verdict::Inconclusive, RestsOn::Declared, reason).blame(Blame::Documentation);
    }
    if passwords.is_empty() {
        let reason = Reason::new("scheme-jc-star-no-passwords");
        return Checked::new(Verdict::NotApplicable, RestsOn::Declared, reason)
            .evidence("declaration:ixit.toml#auth_mech", "");
    }
    of(Verdict::Pass, numbers("scheme-jc-star-password-long-enough"), &passwords.iter().collect::<Vec<_>>())
}

/// The password of a row. What a pairing draws and shows each time is none.
fn password<'a>(row: &'a Row, parameters: &Parameters) -> Option<Password<'a>> {
    let companions = &row.companions;
    let user = companions.subject.as_ref().is_some_and(|subject| subject.value == Subject::User);
    let factor = &companions.factor.as_ref()?.value;
    let typed = matches!(factor.kind, FactorKind::Password | FactorKind::Pin);
    if !user || !typed || pairing::is_drawn_each_time(row) {
        return None;
    }
    let preset = || companions.generation.as_ref().and_then(|generation| generation.value.length);
    let chosen = || companions.set_up.as_ref().and_then(|set_up| set_up.value.least_length);
    // A value that the device comes with counts as such, even if the user may choose another one later.
    Some(if factor.pre_installed == Some(true) || factor.user_defined == Some(false) {
        Password { row, needed: parameters.preset, length: preset() }
    } else {
        Password { row, needed: parameters.chosen, length: chosen() }
    })
}

fn said(found: &[&Password<'_>]) -> String {
    let one = |password: &&Password<'_>| match password.length {
        Some(length) => format!("{}: {length}, {} needed", password.row.id, password.needed),
        None => format!("{}: not declared, {} needed", password.row.id, password.needed),
    };
    found.iter().map(one).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
#[path = "jc_star_password_length/tests.rs"]
mod tests;
