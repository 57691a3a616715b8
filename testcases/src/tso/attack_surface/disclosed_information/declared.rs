//! 5.6-2-1: what is declared of information that network interfaces tell before a login.

use ixit::companion::Disclosed;

use crate::assisted::{Look, each_row};
use crate::catalogue::Unit;
use crate::denial_in_text::{Denial, denial};
use crate::facts::Facts;
use crate::judge::ItemResult;
use crate::reason::Reason;
use crate::selection::Item;
use crate::verdict::Verdict;

/// Kinds of information that an attacker uses whatever the device: the version of the software leads to
/// its known weaknesses, and names of users are half of a login.
const ALWAYS_RELEVANT: &[&str] = &["firmware-version", "software-version", "user-name"];

/// Kinds that matter for security in most devices; where they are marked as harmless, a person looks twice.
const OFTEN_RELEVANT: &[&str] =
    &["serial", "server-software", "mac-address", "ssid", "device-identifier", "network-name", "log"];

/// 5.6-2-1 a: information that is marked as not security-relevant is not. Kinds that always matter, and information
/// that another interface marks as security-relevant, contradict the mark.
pub(super) fn what_matters_for_security_is_marked(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let elsewhere: Vec<(&str, &str)> = facts
        .declaration
        .ixit
        .rows("intf")
        .iter()
        .flat_map(|row| row.companions.disclosed.iter().map(|disclosed| (row.id.as_str(), &disclosed.value)))
        .filter(|(_, disclosed)| disclosed.security_relevant)
        .map(|(row, disclosed)| (row, disclosed.item.as_str()))
        .collect();
    each_row(facts, unit, |item| {
        let unmarked: Vec<&str> = disclosed(item)
            .filter(|disclosed| !disclosed.security_relevant)
            .map(|disclosed| disclosed.item.as_str())
            .collect();
        let always: Vec<&str> =
            unmarked.iter().copied().filter(|kind| ALWAYS_RELEVANT.contains(kind)).collect();
        if !always.is_empty() {
            return contradiction(item, "disclosure-wrongly-marked", &always);
        }
        let otherwise: Vec<String> = elsewhere
            .iter()
            .filter(|(row, kind)| *row != item.row.id && unmarked.contains(kind))
            .map(|(row, kind)| format!("{kind} ({row})"))
            .collect();
        if !otherwise.is_empty() {
            let otherwise: Vec<&str> = otherwise.iter().map(String::as_str).collect();
            return contradiction(item, "disclosure-marked-otherwise", &otherwise);
        }
        let often: Vec<&str> =
            unmarked.iter().copied().filter(|kind| OFTEN_RELEVANT.contains(kind)).collect();
        let told = disclosed(item).count();
        let expected = (told > 0 && often.is_empty() && listed(item) <= told).then_some(Verdict::Pass);
        let often = if often.is_empty() { "none".to_owned() } else { often.join(", ") };
        Look::question(item, &["disclosed"], expected)
            .computed("computed.often-relevant-and-unmarked", often)
            .computed("computed.entries", format!("{} in the list, {told} in the companion", listed(item)))
    })
}

/// 5.6-2-1 b: information that is marked as security-relevant is needed. What is said to be disclosed for no reason is
/// not; the pro forma asks for no reason, so that a person decides where the companion gives none.
pub(super) fn what_is_marked_is_needed(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let marked = || disclosed(item).filter(|disclosed| disclosed.security_relevant);
        let given = |disclosed: &Disclosed| {
            let reason = disclosed.reason.clone();
            reason.filter(|reason| !ixit::declaration::is_placeholder(reason))
        };
        let for_nothing = |reason: &String| denial(reason, NOT_NEEDED) == Denial::Wholly;
        let needless: Vec<&str> = marked()
            .filter(|disclosed| given(disclosed).as_ref().is_some_and(for_nothing))
            .map(|disclosed| disclosed.item.as_str())
            .collect();
        if !needless.is_empty() {
            return contradiction(item, "security-relevant-disclosure", &needless);
        }
        let told = disclosed(item).count();
        let reasoned = marked().all(|disclosed| given(disclosed).is_some());
        let expected = (told > 0 && listed(item) <= told && reasoned).then_some(Verdict::Pass);
        marked().fold(Look::question(item, &["disclosed"], expected), |look, disclosed| {
            let reason = given(disclosed).unwrap_or_else(|| "no reason is given".to_owned());
            look.computed("computed.needed", format!("{}: {reason}", disclosed.item))
        })
    })
}

/// Reasons by which nothing needs the disclosure.
const NOT_NEEDED: &[&str] = &["not needed", "not necessary", "no reason", "不要", "必要なし", "理由なし"];

fn disclosed<'a>(item: &Item<'a>) -> impl Iterator<Item = &'a Disclosed> {
    item.row.companions.disclosed.iter().map(|disclosed| &disclosed.value)
}

/// Entries of the list of the standard.
fn listed(item: &Item<'_>) -> usize {
    item.row.texts("disclosed_information").len()
}

fn contradiction(item: &Item<'_>, code: &str, kinds: &[&str]) -> Look {
    Look::Contradiction {
        reason: Reason::new(code)
            .with("row", &item.row.id)
            .with("found", kinds.join(", "))
            .expected_by("criterion"),
        shown_by: "disclosed",
    }
}

#[cfg(test)]
#[path = "declared/tests.rs"]
mod tests;
