//! UK PSTI, Schedule 1, paragraph 1, on its own words: outside factory default every password is unique to the product
//! or defined by the user; unique ones are made of no counter, nothing public and no identifier unless keyed, and cannot
//! be guessed otherwise.
//!
//! Out of it are cryptographic keys, keys of programming interfaces, and PINs with which phones and the like pair by
//! protocols other than those of the Internet. What the law does not ask (how long the user's choice has to be, whether
//! every mechanism was declared) never fails here.

use ixit::companion::{FactorKind, Generation, Subject};
use ixit::{Blame, Row};
use serde::Deserialize;

use super::psti_scope;
use crate::assessment::ItemRecord;
use crate::judge::RestsOn;
use crate::password_strength::{holds_secret, is_random_alone};
use crate::reason::Reason;
use crate::scheme::check::{Asked, Check, Checked, read};
use crate::verdict::Verdict;

/// The check.
pub static CHECK: Check =
    Check { name: "psti-passwords", reads: |with| read::<Parameters>(with).map(|_| ()), judge };

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {}

const TABLE: &str = "auth_mech";

/// Inputs of a generator that follow one another from unit to unit.
const COUNTING: &[&str] = &["counter", "date"];
/// Inputs that identify the single unit.
const IDENTIFIERS: &[&str] = &["serial", "mac"];
/// Inputs that anybody can read; those of `IDENTIFIERS` are named for what they are.
const PUBLIC: &[&str] = &["ssid", "model"];
/// Inputs that are the same in many units.
const SHARED: &[&str] = &["constant", "model", "date"];

/// What the units of the standard see of labels and logins, that speaks against this paragraph too, and how it is called
/// here. What only differs from the declaration is not in the list.
const SEEN: &[(&str, &str)] = &[
    ("common-credential-accepted", "scheme-psti-password-common"),
    ("label-password-common", "scheme-psti-password-common"),
    ("label-password-shared", "scheme-psti-password-shared-seen"),
    ("label-password-regular", "scheme-psti-password-counts-seen"),
    ("label-password-from-identifier", "scheme-psti-password-identifier-seen"),
];

fn judge(asked: &Asked<'_>) -> Checked {
    let Parameters {} = asked.parameters();
    if let Some(outside) = psti_scope::outside(asked) {
        return outside;
    }
    let rows = asked.facts.declaration.ixit.rows(TABLE);
    let (mut found, mut left_out, mut judged) = (Vec::new(), Vec::new(), Vec::new());
    found.extend(logins_that_nobody_declared(asked, rows));
    for row in rows.iter().filter(|row| !row.observed_only) {
        match kind(row) {
            Kind::Password => {
                judged.push(row.id.as_str());
                found.push(of_row(asked, row));
            }
            Kind::Out(_) => left_out.push(row.id.as_str()),
            Kind::Unknown(key) => {
                let reason = Reason::new("scheme-psti-password-kind-unknown")
                    .with("row", &row.id)
                    .with("key", key)
                    .expected_by(row.reference(TABLE, key));
                found.push(open(reason).evidence(row.reference(TABLE, key), ""));
            }
        }
    }
    found.push(all_mechanisms_known(asked));
    let worst = found.into_iter().reduce(|one, other| if other.verdict > one.verdict { other } else { one });
    let worst = worst.expect("that all are known is always looked at");
    if worst.verdict > Verdict::Pass {
        return worst;
    }
    let listed = |rows: &[&str]| if rows.is_empty() { "-".to_owned() } else { rows.join(", ") };
    let reason = Reason::new("scheme-psti-passwords-in-order")
        .with("judged", listed(&judged))
        .with("left_out", listed(&left_out));
    // The weakest of what it rests on: the making of a password is the supplier's word.
    let mut checked = Checked::new(Verdict::Pass, RestsOn::Declared, reason);
    checked.evidence = worst.evidence;
    judged.iter().chain(&left_out).fold(checked, |checked, id| {
        let row = rows.iter().find(|row| row.id == **id).expect("taken from the rows");
        checked.evidence(row.reference(TABLE, "factor"), "")
    })
}

/// What a mechanism is to this paragraph.
#[derive(Debug, PartialEq, Eq)]
enum Kind {
    /// A password in its sense.
    Password,
    /// None, for this reason.
    Out(&'static str),
    /// The declaration does not tell; the key that is missing.
    Unknown(&'static str),
}

fn kind(row: &Row) -> Kind {
    let Some(factor) = row.companions.factor.as_ref().map(|factor| &factor.value) else {
        return Kind::Unknown("factor");
    };
    if factor.used_outside_factory_default == Some(false) {
        return Kind::Out("factory default alone");
    }
    let machine = row.companions.subject.as_ref().is_some_and(|subject| subject.value == Subject::Machine);
    let over_ip = !row.companions.endpoint.is_empty();
    match factor.kind {
        FactorKind::Key | FactorKind::Certificate => Kind::Out("cryptographic key"),
        FactorKind::Biometric => Kind::Out("no string of characters"),
        FactorKind::Token => Kind::Out("key of a programming interface"),
        FactorKind::Pin if row.companions.pairing.is_some() && !over_ip => Kind::Out("pairing"),
        FactorKind::Password if machine && factor.user_defined != Some(true) => Kind::Unknown("subject"),
        FactorKind::Password | FactorKind::Pin => Kind::Password,
        FactorKind::Other => Kind::Unknown("factor"),
    }
}

/// A single password mechanism.
fn of_row(asked: &Asked<'_>, row: &Row) -> Checked {
    if let Some(seen) = seen_of(asked, &row.id) {
        return seen;
    }
    let factor = row.companions.factor.as_ref().map(|factor| &factor.value);
    let by_user = factor.and_then(|factor| factor.user_defined);
    let pre_installed = factor.and_then(|factor| factor.pre_installed);
    match (by_user, pre_installed) {
        (Some(true), Some(false)) => defined_by_the_user(asked, row),
        (_, Some(true)) | (Some(false), _) => unique_to_the_product(asked, row),
        _ => open(
            Reason::new("scheme-psti-password-kind-unknown")
                .with("row", &row.id)
                .with("key", "factor")
                .expected_by(row.reference(TABLE, "factor")),
        ),
    }
}

/// The user's own choice has to be seen: that a password was chosen, and that it is in force.
fn defined_by_the_user(asked: &Asked<'_>, row: &Row) -> Checked {
    let items = items(asked, "5.1-1-2:b", &row.id);
    let shown = !items.is_empty() && items.iter().all(|item| item.verdict == Verdict::Pass);
    let code = if shown { "scheme-psti-password-of-user" } else { "scheme-psti-choice-not-shown" };
    let seen: Vec<&str> = items.iter().map(|item| item.reason.code.as_str()).collect();
    let reason = Reason::new(code)
        .with("row", &row.id)
        .with("seen", if seen.is_empty() { "-".to_owned() } else { seen.join(", ") });
    let verdict = if shown { Verdict::Pass } else { Verdict::Inconclusive };
    let mut checked = Checked::new(verdict, RestsOn::Observed, reason);
    checked.blame = (!shown).then(|| items.iter().find_map(|item| item.blame).unwrap_or(Blame::Lab));
    checked.evidence = items.iter().flat_map(|item| item.evidence.iter().cloned()).collect();
    checked.evidence(row.reference(TABLE, "factor"), "")
}

/// What goes into a pre-installed password decides; where it is mixed with a secret, an assessor's answer does.
fn unique_to_the_product(asked: &Asked<'_>, row: &Row) -> Checked {
    let place = row.reference(TABLE, "generation");
    let declared = row.companions.generation.as_ref().map(|generation| &generation.value);
    let Some(generation) = declared.filter(|generation| !generation.inputs.is_empty()) else {
        let reason = Reason::new("scheme-psti-generation-not-stated").with("row", &row.id);
        return open(reason.expected_by(&place)).blame(Blame::Documentation);
    };
    let reason = |code: &str| {
        Reason::new(code)
            .with("row", &row.id)
            .with("inputs", generation.inputs.join(", "))
            .expected_by(asked_for(asked))
    };
    if let Some(code) = speaks_against(generation) {
        return Checked::new(Verdict::Fail, RestsOn::Declared, reason(code))
            .blame(Blame::Device)
            .evidence(place, "");
    }
    // Too few values are a way to guess it, whatever makes them.
    let few = items(asked, "5.1-2-1:d", &row.id);
    if let Some(item) = few.iter().find(|item| item.verdict == Verdict::Fail) {
        let mut checked =
            Checked::new(Verdict::Fail, item.rests_on, reason("scheme-psti-password-guessable"))
                .blame(item.blame.unwrap_or(Blame::Device))
                .evidence(place, "");
        checked.evidence.extend(item.evidence.iter().cloned());
        return checked;
    }
    let mut needed = vec!["5.1-1-1:a", "5.1-2-1:d", "5.1-1-2:c"];
    if !is_random_alone(generation) {
        needed.extend(["5.1-2-1:a", "5.1-2-1:b", "5.1-2-1:c"]);
    }
    let mut checked = Checked::new(Verdict::Pass, RestsOn::Declared, reason("scheme-psti-password-unique"));
    for unit in needed {
        let items = items(asked, unit, &row.id);
        if items.is_empty() || items.iter().any(|item| item.verdict != Verdict::Pass) {
            let reason = reason("scheme-psti-password-open").with("unit", unit);
            let blame = items.iter().find_map(|item| item.blame).unwrap_or(Blame::Lab);
            return open(reason).blame(blame).evidence(place, "");
        }
        checked.evidence.extend(items.iter().flat_map(|item| item.evidence.iter().take(1).cloned()));
    }
    checked.evidence(place, "")
}

/// What cannot be right whatever is done with it, because nothing secret goes in.
fn speaks_against(generation: &Generation) -> Option<&'static str> {
    let inputs = &generation.inputs;
    let any_of = |bad: &[&str]| inputs.iter().any(|input| bad.contains(&input.as_str()));
    if holds_secret(generation) {
        return None;
    }
    let shared = inputs.iter().all(|input| SHARED.contains(&input.as_str()));
    Some(if shared {
        "scheme-psti-password-shared"
    } else if any_of(COUNTING) {
        "scheme-psti-password-counter"
    } else if any_of(IDENTIFIERS) {
        "scheme-psti-password-identifier"
    } else if any_of(PUBLIC) {
        "scheme-psti-password-public"
    } else {
        return None;
    })
}

/// What was seen of a mechanism that breaks the paragraph whatever is declared.
fn seen_of(asked: &Asked<'_>, row: &str) -> Option<Checked> {
    let items = items(asked, "5.1-1-2:c", row);
    items.into_iter().find_map(|item| against(asked, item))
}

fn against(asked: &Asked<'_>, item: &ItemRecord) -> Option<Checked> {
    if item.verdict != Verdict::Fail {
        return None;
    }
    let (_, code) = SEEN.iter().find(|(seen, _)| *seen == item.reason.code)?;
    let reason = Reason::new(code)
        .with("row", &item.item)
        .with("seen", &item.reason.text)
        .expected_by(asked_for(asked));
    let mut checked = Checked::new(Verdict::Fail, RestsOn::Observed, reason).blame(Blame::Device);
    checked.evidence = item.evidence.clone();
    Some(checked)
}

/// A common credential at a login that is in no row of the declaration.
fn logins_that_nobody_declared(asked: &Asked<'_>, rows: &[Row]) -> Option<Checked> {
    let unit = asked.unit("5.1-1-2:c")?;
    let declared = |item: &ItemRecord| rows.iter().any(|row| row.id == item.item);
    unit.items.iter().filter(|item| !declared(item)).find_map(|item| against(asked, item))
}

/// That no password mechanism is missing in the declaration. One that is says nothing of its passwords.
fn all_mechanisms_known(asked: &Asked<'_>) -> Checked {
    let unit = asked.unit("5.1-1-2:a").filter(|unit| unit.verdict == Verdict::Pass);
    match unit {
        Some(unit) => {
            let reason = Reason::new("scheme-answered-by-standard").with("kind", "unit").with("id", &unit.id);
            let mut checked = Checked::new(Verdict::Pass, RestsOn::Observed, reason);
            checked.evidence =
                unit.items.iter().flat_map(|item| item.evidence.iter().take(1).cloned()).collect();
            checked
        }
        None => {
            let reason = Reason::new("scheme-psti-mechanisms-not-all-known").with("unit", "5.1-1-2:a");
            open(reason.expected_by(asked_for(asked))).blame(Blame::DeviceOrDocumentation)
        }
    }
}

fn items<'a>(asked: &Asked<'a>, unit: &str, row: &str) -> Vec<&'a ItemRecord> {
    let of_unit = asked.unit(unit).map(|unit| unit.items.iter()).into_iter().flatten();
    of_unit.filter(|item| item.item == row).collect()
}

fn asked_for(asked: &Asked<'_>) -> String {
    format!("scheme:{}#{}", asked.scheme.name, asked.requirement.id)
}

fn open(reason: Reason) -> Checked {
    Checked::new(Verdict::Inconclusive, RestsOn::Declared, reason).blame(Blame::Documentation)
}

#[cfg(test)]
#[path = "psti_passwords/tests.rs"]
mod tests;
