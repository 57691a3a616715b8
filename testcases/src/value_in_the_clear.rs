//! Values that are declared to be protected and stand in the clear in a log or an image.

use std::collections::BTreeSet;

use ixit::{Blame, Row};
use probes::handed_in::{KnownValue, Marker};

use crate::facts::Facts;
use crate::files_seen::{FileSeen, place_of};
use crate::firmware_seen;
use crate::judge::{ItemResult, RestsOn};
use crate::prompt::Shown;
use crate::reason::Reason;
use crate::selection::Item;
use crate::verdict::Verdict;

/// FAIL for a critical parameter whose value stands in a file; INCONCLUSIVE where the only log cannot be read and
/// belongs to the parameter.
pub fn ruled_by_files(facts: &Facts<'_>, item: &Item<'_>, files: &[FileSeen<'_>]) -> Option<ItemResult> {
    if item.row.text("type") != Some("critical") {
        return None;
    }
    let keys = keys_of(facts, item.row);
    let (seen, known) = files.iter().find_map(|seen| {
        Some((seen, seen.file.known.iter().find(|known| known.telling && keys.contains(&known.key))?))
    })?;
    let reason = Reason::new("value-in-the-clear")
        .with("row", &item.row.id)
        .with("key", &known.key)
        .with("file", &seen.file.name)
        .with("place", place_of(known))
        .expected_by(item.row.reference("sec_param", "protection_scheme"));
    Some(failed(&item.row.id, reason, Blame::Device, seen, known.line))
}

/// Values of credentials and labels that stand in a file although no parameter is declared for them.
pub fn values_of_no_parameter(facts: &Facts<'_>, files: &[FileSeen<'_>]) -> Vec<ItemResult> {
    let declared: BTreeSet<String> =
        facts.declaration.ixit.rows("sec_param").iter().flat_map(|row| keys_of(facts, row)).collect();
    let mut told = BTreeSet::new();
    let mut results = Vec::new();
    for seen in files {
        let stray = |known: &&KnownValue| {
            known.telling && !known.key.starts_with("planted:") && !declared.contains(&known.key)
        };
        for known in seen.file.known.iter().filter(stray) {
            if told.insert(known.key.clone()) {
                let reason = Reason::new("value-of-no-parameter")
                    .with("key", &known.key)
                    .with("file", &seen.file.name)
                    .with("place", place_of(known))
                    .expected_by("criterion");
                results.push(failed(&known.key, reason, Blame::DeviceOrDocumentation, seen, known.line));
            }
        }
    }
    results
}

/// Private keys that stand whole and unencrypted in an image of firmware, while no parameter is declared as hard-coded:
/// every device that runs it holds them.
pub fn keys_in_images(facts: &Facts<'_>, files: &[FileSeen<'_>]) -> Vec<ItemResult> {
    if some_are_hard_coded(facts) {
        return Vec::new();
    }
    let mut results = keys_inside(facts, files);
    for seen in files {
        let Some(image) = &seen.file.image else { continue };
        // What stands in a part that was opened is told by the file there: it may be a sample.
        let opened = |offset| image.inside.as_ref().is_some_and(|inside| inside.covers(offset));
        let alone = |marker: &&Marker| marker.kind == "private-key" && !opened(marker.offset);
        let Some(marker) = image.markers.iter().find(alone) else { continue };
        if results.iter().any(|result| result.item == seen.file.name) {
            continue;
        }
        let reason = Reason::new("private-key-in-image")
            .with("file", &seen.file.name)
            .with("label", &marker.label)
            .with("offset", marker.offset)
            .expected_by("criterion");
        results.push(failed(&seen.file.name, reason, Blame::DeviceOrDocumentation, seen, None));
    }
    results
}

/// The same of keys that stand in files of an opened image, where they are used: settings and keys of hosts, no samples,
/// no libraries.
pub fn keys_inside(facts: &Facts<'_>, files: &[FileSeen<'_>]) -> Vec<ItemResult> {
    if some_are_hard_coded(facts) {
        return Vec::new();
    }
    let keys = files.iter().filter_map(|seen| Some((seen, firmware_seen::key_in_use(seen)?)));
    keys.map(|(seen, finding)| {
        let reason = Reason::new("private-key-in-image")
            .with("file", format!("{} ({})", seen.file.name, finding.path))
            .with("label", &finding.what)
            .with("offset", finding.offset)
            .expected_by("criterion");
        failed(&seen.file.name, reason, Blame::DeviceOrDocumentation, seen, None)
    })
    .collect()
}

/// A critical parameter is declared as hard-coded, or nothing is said of it.
fn some_are_hard_coded(facts: &Facts<'_>) -> bool {
    facts.declaration.ixit.rows("sec_param").iter().any(|row| {
        row.companions.hard_coded_in_source.as_ref().is_none_or(|hard_coded| hard_coded.value)
            && row.text("type") == Some("critical")
    })
}

/// Everything that the files tell, for a person.
pub fn shown_files(files: &[FileSeen<'_>]) -> Vec<Shown> {
    files.iter().flat_map(FileSeen::shown).take(60).collect()
}

/// Keys of the bench by which the value of a parameter is known: the parameter itself, the mechanisms of
/// authentication that its row names, and the label where one of them uses a password that is preset.
fn keys_of(facts: &Facts<'_>, row: &Row) -> BTreeSet<String> {
    let mut keys = BTreeSet::from([format!("credential:{}", row.id)]);
    let prose: String = row.fields.values().map(|value| value.value.display() + "\n").collect();
    for mechanism in facts.declaration.ixit.rows("auth_mech").iter().filter(|one| names(&prose, &one.id)) {
        keys.insert(format!("credential:{}", mechanism.id));
        let preset = mechanism.companions.factor.as_ref().and_then(|factor| factor.value.pre_installed);
        if preset == Some(true) {
            let files = crate::files_seen::files(facts);
            let labels = files.iter().flat_map(|seen| &seen.file.known).map(|known| known.key.clone());
            keys.extend(labels.filter(|key| key.starts_with("label:")));
        }
    }
    keys
}

/// Whether a text names an id as a whole.
fn names(text: &str, id: &str) -> bool {
    let part = |character: char| character.is_alphanumeric() || matches!(character, '-' | '_');
    text.match_indices(id).any(|(at, _)| {
        !text[..at].chars().next_back().is_some_and(part)
            && !text[at + id.len()..].chars().next().is_some_and(part)
    })
}

fn failed(item: &str, reason: Reason, blame: Blame, seen: &FileSeen<'_>, line: Option<u64>) -> ItemResult {
    let result = ItemResult::machine(item, Verdict::Fail, RestsOn::Observed, reason)
        .blame(blame)
        .evidence(seen.place(line))
        .effort(&seen.recorded.observation.effort);
    match seen.kept() {
        Some(kept) => result.evidence(kept),
        None => result,
    }
}
