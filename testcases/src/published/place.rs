//! What speaks for and against a declared place of publication, by the declaration alone: whether it is a place at all,
//! and whether the prose names a condition that a stranger does not meet.

use ixit::Blame;
use ixit::companion::ResourceKind;
use ixit::declaration::is_placeholder;

use crate::facts::Facts;
use crate::judge::{ItemResult, RestsOn};
use crate::prompt::Shown;
use crate::reason::Reason;
use crate::verdict::Verdict;
use crate::words_in_text::{Stands, stands};

/// Phrases of prose by which only some get in. Where they are denied ("no login required") they count for nothing.
const CONDITIONS: &[&str] = &[
    "account is needed",
    "account is required",
    "account needed",
    "account required",
    "after login",
    "after logging in",
    "login required",
    "login is required",
    "login is needed",
    "registered customers",
    "registered users",
    "registration required",
    "registration is required",
    "paying customers",
    "on payment",
    "non-disclosure agreement",
    "ログイン後",
    "ログインが必要",
    "会員登録が必要",
    "登録が必要",
    "会員限定",
    "有料",
];

/// A declared place that is none: nothing is named, or a document that was not handed in. The place of the failure of a
/// conceptual unit.
pub fn contradiction(facts: &Facts<'_>, entry: &str) -> Option<ItemResult> {
    let form = facts.declaration.ixit.form("user_info")?;
    let resource = &form.companions.resources.get(entry)?.value;
    let place = resource.place.trim();
    let code = if is_placeholder(place) {
        "publication-without-place"
    } else if resource.kind == ResourceKind::Document && !handed_in(facts, place) {
        "published-document-not-handed-in"
    } else {
        return None;
    };
    let reason = Reason::new(code).with("entry", entry).with("place", place).expected_by("criterion");
    Some(
        ItemResult::machine("-", Verdict::Fail, RestsOn::Declared, reason)
            .blame(Blame::Documentation)
            .declared(form.reference("user_info", &format!("resources.{entry}"))),
    )
}

/// The place of a document may name a part of it behind a comma or a sign of number.
fn handed_in(facts: &Facts<'_>, place: &str) -> bool {
    let path = place.strip_prefix("documents/").unwrap_or(place);
    let file = path.split([',', '#', ' ']).next().unwrap_or(path);
    facts.declaration.documents.iter().any(|document| document.path == path || document.path == file)
}

/// A condition that the prose of an entry names, as it is shown to a person.
pub fn condition(facts: &Facts<'_>, entry: &str) -> Option<Shown> {
    let form = facts.declaration.ixit.form("user_info")?;
    let prose = form.text(entry)?;
    let phrase = CONDITIONS.iter().find(|phrase| stands(prose, phrase) == Stands::Plainly)?;
    Some(Shown {
        label: "computed.condition".to_owned(),
        text: format!("The prose names a condition: {phrase}"),
        source: Some(form.reference("user_info", entry)),
    })
}

#[cfg(test)]
#[path = "place_tests.rs"]
mod tests;
