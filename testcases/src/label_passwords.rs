//! Passwords on labels, set against the generator that the supplier declares: nothing that was seen may
//! contradict it. Shared by 5.1-1-2 and 5.1-2-2.

use ixit::Blame;
use ixit::companion::Generation;
use probes::probe::label_password::{Label, LabelPasswords};

use crate::assessor::empty_selection;
use crate::assisted::{ask_about, companions};
use crate::bluetooth::pairing::{self, passkeys};
use crate::catalogue::Unit;
use crate::facts::{Facts, Recorded};
use crate::judge::{ItemResult, RestsOn};
use crate::login_ways;
use crate::prompt::Shown;
use crate::reason::Reason;
use crate::selection::Item;
use crate::verdict::Verdict;

/// The probe.
pub const PROBE: &str = "label-password";

/// Labels behind a PASS, unless the catalogue names another number: one alone shows no likeness to another.
const LABELS: usize = 2;
/// Inputs that are the same for many devices.
const SHARED_INPUTS: &[&str] = &["constant", "model", "date"];
/// Inputs that put something of the device in public view into the password.
const PUBLIC_INPUTS: &[&str] = &["serial", "mac", "ssid", "model"];

/// Judges the labels of every selected row. Where the machine lacks the generator or the login, a person is
/// asked, who is shown these further facts of the row.
pub fn agree_with_the_generator(
    facts: &Facts<'_>,
    unit: &Unit,
    further: impl Fn(&str) -> Vec<Shown>,
) -> Vec<ItemResult> {
    let selected = facts.selected(unit);
    if let Some(result) = empty_selection(unit, &selected.emptiness) {
        return vec![result];
    }
    let observed = facts.results::<LabelPasswords>(PROBE);
    selected
        .items
        .iter()
        .flat_map(|item| {
            // Drawn for each pairing and shown: there is no label, and the panel says whether it was drawn.
            if pairing::is_drawn_each_time(item.row) {
                return passkeys::none_is_a_default(facts, item);
            }
            let of_row: Vec<_> = observed.iter().filter(|(_, labels)| labels.row == item.row.id).collect();
            let generation = item.row.companions.generation.as_ref().map(|generation| &generation.value);
            let generation = generation.filter(|generation| generation.length.is_some());
            let known = login_ways::of_pre_installed(facts.declaration, &item.row.id);
            let (Some(generation), Some(_), false) = (generation, known, item.unclassified) else {
                let mut shown = companions(item, &["generation"]);
                shown.extend(of_row.iter().map(|(recorded, labels)| described(recorded, labels)));
                shown.extend(further(&item.row.id));
                return vec![ask_about(facts, unit, item, shown, None)];
            };
            if of_row.is_empty() {
                let reason =
                    Reason::new("observation-missing").with("probe", format!("{PROBE} {}", item.row.id));
                return vec![open(item, reason)];
            }
            of_row
                .iter()
                .map(|(recorded, labels)| verdict(unit, item, generation, recorded, labels))
                .collect()
        })
        .collect()
}

/// What a person is shown: facts, and nothing from which a password could be read.
fn described(recorded: &Recorded, labels: &LabelPasswords) -> Shown {
    let line = |label: &Label| {
        let facts = &label.facts;
        let likenesses: Vec<String> =
            facts.likenesses.iter().map(|one| format!("{} ({})", one.with, one.how)).collect();
        let likenesses = if likenesses.is_empty() { "nothing".to_owned() } else { likenesses.join(", ") };
        format!(
            "{}: {} characters ({} small, {} capital, {} digits, {} other), resembles {likenesses}",
            label.sample, facts.length, facts.lower, facts.upper, facts.digits, facts.other
        )
    };
    let pairs = labels.pairs.iter().filter(|pair| pair.facts.regular);
    let pairs = pairs.map(|pair| format!("{} and {} are alike", pair.one, pair.other));
    Shown {
        label: "observed.label-password".to_owned(),
        text: labels.labels.iter().map(line).chain(pairs).collect::<Vec<String>>().join("; "),
        source: Some(recorded.reference.clone()),
    }
}

fn verdict(
    unit: &Unit,
    item: &Item<'_>,
    generation: &Generation,
    recorded: &Recorded,
    labels: &LabelPasswords,
) -> ItemResult {
    let result =
        contradiction(item, generation, labels).unwrap_or_else(|| agreement(unit, item, recorded, labels));
    result
        .evidence(recorded.at("labels"))
        .effort(&recorded.observation.effort)
        .seen_in(recorded.state(), recorded.sample())
}

/// What contradicts the declared generator. What is declared to go into the password may show in it; whether
/// that is good is asked elsewhere.
fn contradiction(item: &Item<'_>, generation: &Generation, labels: &LabelPasswords) -> Option<ItemResult> {
    let declared = |input: &str| generation.inputs.iter().any(|one| one == input);
    let any_of = |inputs: &[&str]| inputs.iter().any(|input| declared(input));
    let only_shared = !generation.inputs.is_empty()
        && generation.inputs.iter().all(|input| SHARED_INPUTS.contains(&input.as_str()));
    let fail = |code: &str| Reason::new(code).with("row", &item.row.id);
    if let Some(pair) = labels.pairs.iter().find(|pair| pair.facts.equal && !only_shared) {
        let reason = fail("label-password-shared").with("one", &pair.one).with("other", &pair.other);
        return Some(failed(item, reason, Blame::Device));
    }
    for label in &labels.labels {
        for likeness in &label.facts.likenesses {
            let public = PUBLIC_INPUTS.contains(&likeness.with.as_str());
            if public && declared(&likeness.with) || !public && declared("constant") {
                continue;
            }
            let code = if public { "label-password-from-identifier" } else { "label-password-common" };
            let reason = fail(code)
                .with("sample", &label.sample)
                .with("with", &likeness.with)
                .with("how", &likeness.how)
                .with("characters", likeness.characters);
            return Some(failed(item, reason, Blame::Device));
        }
    }
    let explained = any_of(SHARED_INPUTS) || any_of(PUBLIC_INPUTS) || declared("counter");
    if let Some(pair) = labels.pairs.iter().find(|pair| pair.facts.regular && !explained) {
        let reason = fail("label-password-regular")
            .with("one", &pair.one)
            .with("other", &pair.other)
            .with("prefix", pair.facts.shared_prefix)
            .with("suffix", pair.facts.shared_suffix);
        return Some(failed(item, reason, Blame::Device));
    }
    let length = generation.length.unwrap_or_default();
    let strange = labels.labels.iter().find(|label| {
        label.facts.length != length || label.facts.outside_alphabet.is_some_and(|outside| outside > 0)
    })?;
    let outside = strange.facts.outside_alphabet.map_or_else(|| "not told".to_owned(), |one| one.to_string());
    let reason = fail("label-password-outside-generator")
        .with("sample", &strange.sample)
        .with("declared", length)
        .with("length", strange.facts.length)
        .with("outside", outside);
    Some(failed(item, reason, Blame::DeviceOrDocumentation))
}

/// PASS, or what is lacking for it.
fn agreement(unit: &Unit, item: &Item<'_>, recorded: &Recorded, labels: &LabelPasswords) -> ItemResult {
    let minimum = unit
        .minimum_effort
        .as_ref()
        .filter(|minimum| minimum.probe == PROBE)
        .map_or(LABELS, |minimum| usize::try_from(minimum.completed).unwrap_or(LABELS));
    if labels.labels.len() < minimum {
        let reason = Reason::new("label-effort-too-small")
            .with("row", &item.row.id)
            .with("minimum", minimum)
            .with("completed", labels.labels.len());
        return open(item, reason);
    }
    // A label that does not let in says nothing about what is in the device.
    let unproven = labels.labels.iter().find(|label| {
        label.login.as_deref() != Some("accepted") || label.negative_control.as_deref() != Some("rejected")
    });
    if let Some(label) = unproven {
        let reason = Reason::new("label-not-accepted")
            .with("row", &item.row.id)
            .with("sample", &label.sample)
            .with("result", label.login.as_deref().unwrap_or("not tried"));
        return open(item, reason);
    }
    if !recorded.complete() {
        let trouble = recorded.observation.trouble.as_deref().unwrap_or("no reason given");
        let reason = Reason::new("observation-incomplete").with("probe", PROBE).with("trouble", trouble);
        return open(item, reason);
    }
    let reason = Reason::new("labels-agree-with-generator")
        .with("row", &item.row.id)
        .with("labels", labels.labels.len())
        .with("pairs", labels.pairs.len())
        .expected_by(item.row.reference(item.table, "generation"));
    ItemResult::machine(&item.row.id, Verdict::Pass, RestsOn::Observed, reason)
        .declared(item.row.reference(item.table, "generation"))
}

fn failed(item: &Item<'_>, reason: Reason, blame: Blame) -> ItemResult {
    let reason = reason.expected_by(item.row.reference(item.table, "generation"));
    ItemResult::machine(&item.row.id, Verdict::Fail, RestsOn::Observed, reason).blame(blame)
}

fn open(item: &Item<'_>, reason: Reason) -> ItemResult {
    ItemResult::machine(&item.row.id, Verdict::Inconclusive, RestsOn::Observed, reason).blame(Blame::Lab)
}

#[cfg(test)]
mod tests;
