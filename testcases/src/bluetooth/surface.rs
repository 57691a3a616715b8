//! What strangers found over Bluetooth LE (`ble-surface`), and how far the look went.

use ixit::companion::Gatt;
use ixit::{Declaration, Row};
use probes::Outcome;
use probes::ble::{AttError, ReadAnswer, Uuid};
use probes::probe::ble_surface::BleSurface;

use crate::facts::{Facts, Recorded};
use crate::inventory::Shortfall;
use crate::reason::Reason;
use crate::state::DutState;

/// The probe.
pub const PROBE: &str = "ble-surface";

/// Longest interval between two advertisements is 10.24 s: who listened for less may have missed a device that is well.
pub const LEAST_SECONDS: f64 = 10.5;

/// A look in one state of one sample.
#[derive(Clone, Debug)]
pub struct Surface<'a> {
    /// The observation.
    pub recorded: &'a Recorded,
    /// What was seen.
    pub seen: BleSurface,
}

/// Looks that were made at all. A bench without an adapter, or that does not say which device is the sample, made none.
pub fn looks<'a>(facts: &Facts<'a>) -> impl Iterator<Item = &'a Recorded> {
    facts.observed(PROBE).filter(|recorded| recorded.observation.outcome != Outcome::Refused)
}

/// The look in one state of one sample: a complete one before others, of those the last.
pub fn surface<'a>(facts: &Facts<'a>, state: DutState, sample: &str) -> Option<Surface<'a>> {
    let here = |recorded: &&Recorded| recorded.state() == Some(state) && recorded.sample() == sample;
    let recorded =
        looks(facts).filter(here).enumerate().max_by_key(|(place, one)| (one.complete(), *place))?.1;
    // What broke before it began has no result of its own.
    let seen = recorded.observation.read::<BleSurface>().unwrap_or_default();
    Some(Surface { recorded, seen })
}

/// Samples that were looked at, with the states in which a unit wants them looked at and those in which they were.
pub fn places<'a>(facts: &Facts<'a>, required: &[DutState]) -> Vec<(&'a str, DutState)> {
    let mut samples: Vec<&'a str> = looks(facts).map(Recorded::sample).collect();
    samples.dedup();
    samples.sort_unstable();
    samples.dedup();
    let seen =
        |sample: &str, state| looks(facts).any(|one| one.sample() == sample && one.state() == Some(state));
    let all = DutState::ALL.iter().copied();
    samples
        .into_iter()
        .flat_map(|sample| all.clone().map(move |state| (sample, state)))
        .filter(|(sample, state)| required.contains(state) || seen(sample, *state))
        .collect()
}

impl Surface<'_> {
    /// Whether the sample was listened to long enough to be heard if it advertises.
    pub fn listened_enough(&self) -> bool {
        let matrix = self.recorded.observation.params.get("profile").and_then(|name| name.as_str());
        matrix == Some("matrix") || self.seen.passive.seconds >= LEAST_SECONDS
    }

    /// What the look lacks for a statement that nothing else is there.
    pub fn shortfall(&self) -> Option<Shortfall> {
        let observation = &self.recorded.observation;
        if self.recorded.complete() {
            return None;
        }
        let trouble = observation.trouble.clone().unwrap_or_else(|| "no reason given".to_owned());
        Some(Shortfall {
            reason: Reason::new("observation-incomplete").with("probe", PROBE).with("trouble", trouble),
            evidence: vec![self.recorded.at("")],
            effort: Some(observation.effort.clone()),
        })
    }

    /// That the sample was not heard, with for how long it was listened.
    pub fn not_heard(&self, item: &str) -> Shortfall {
        Shortfall {
            reason: Reason::new("ble-not-heard")
                .with("item", item)
                .with("state", self.recorded.state().map_or("unknown", DutState::as_str))
                .with("seconds", format!("{:.1}", self.seen.passive.seconds))
                .with("others", self.seen.passive.others),
            evidence: vec![self.recorded.at("listening")],
            effort: Some(self.recorded.observation.effort.clone()),
        }
    }

    /// The first handle of which the device told a stranger that it wants a better protected link: it pairs, or would.
    pub fn asks_for_pairing(&self) -> Option<(u16, AttError)> {
        let hidden = self.seen.sweep.iter().flat_map(|sweep| &sweep.found);
        self.seen.reads.iter().chain(hidden).find_map(|read| match read.answer {
            ReadAnswer::Refused(error) if error.asks_for_security() => Some((read.handle, error)),
            _ => None,
        })
    }

    /// Whether the bench says by name or address which device is the sample.
    pub fn is_named(&self) -> bool {
        let named = |key| self.recorded.observation.params.get(key).is_some_and(|value| value.is_string());
        named("name") || named("bluetooth_address")
    }
}

/// Whether a row declares Bluetooth LE in a form that a machine reads.
pub fn is_bluetooth(row: &Row) -> bool {
    !row.observed_only && (!row.companions.gatt.is_empty() || row.companions.pairing.is_some())
}

/// Whether the prose of a row speaks of Bluetooth.
pub fn speaks_of_bluetooth(row: &Row) -> bool {
    let texts = row.fields.values().flat_map(|value| value.value.texts());
    texts.map(str::to_lowercase).any(|text| {
        let words = || text.split(|letter: char| !letter.is_alphanumeric());
        text.contains("bluetooth") || text.contains("ブルートゥース") || words().any(|word| word == "ble")
    })
}

/// Every `gatt` companion that a supplier stands for, with its table and row.
pub fn declared(declaration: &Declaration) -> impl Iterator<Item = (&str, &Row, &Gatt)> {
    declaration
        .ixit
        .tables
        .keys()
        .flat_map(|table| declaration.ixit.rows(table).iter().map(move |row| (&**table, row)))
        .filter(|(_, row)| !row.observed_only)
        .flat_map(|(table, row)| row.companions.gatt.iter().map(move |gatt| (table, row, &gatt.value)))
}

/// Whether a declared UUID is this one.
pub fn names(declared: &str, found: Uuid) -> bool {
    declared.trim().parse::<Uuid>() == Ok(found)
}
