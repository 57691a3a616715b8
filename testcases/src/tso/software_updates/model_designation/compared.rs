//! The designation that users are told, against the model of the statement of conformance.

use ixit::Blame;

use crate::facts::Facts;
use crate::judge::{ItemResult, RestsOn};
use crate::reason::Reason;
use crate::verdict::Verdict;
use crate::words_in_text;

/// What comes of it.
pub(super) enum Compared {
    /// One is the other, or a part of it: a variant, or a name in front.
    Same,
    /// They have nothing in common; FAIL.
    Differs(Box<ItemResult>),
    /// One of them is not declared.
    Unclear,
}

/// Compares regardless of case, width, spaces and dashes.
pub(super) fn with_the_statement(facts: &Facts<'_>) -> Compared {
    let Some(form) = facts.declaration.ixit.form("user_info") else { return Compared::Unclear };
    let Some(designation) = &form.companions.designation else { return Compared::Unclear };
    let Some(model) = &facts.declaration.ics.dut.model else { return Compared::Unclear };
    let (told, stated) = (designation.value.text.trim(), model.value.trim());
    let (one, other) = (folded(told), folded(stated));
    if one.is_empty() || other.is_empty() {
        return Compared::Unclear;
    }
    if one.contains(&other) || other.contains(&one) {
        return Compared::Same;
    }
    let reason = Reason::new("designation-differs-from-statement")
        .with("told", told)
        .with("stated", stated)
        .expected_by("declaration:ics.toml#dut.model");
    Compared::Differs(Box::new(
        ItemResult::machine("-", Verdict::Fail, RestsOn::Declared, reason)
            .blame(Blame::Documentation)
            .declared(form.reference("user_info", "designation"))
            .declared("declaration:ics.toml#dut.model".to_owned()),
    ))
}

fn folded(text: &str) -> String {
    words_in_text::folded(text).chars().filter(|letter| letter.is_alphanumeric()).collect()
}

#[cfg(test)]
#[path = "compared_tests.rs"]
mod tests;
