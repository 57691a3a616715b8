//! Who gets at what over Bluetooth LE (`ble-access`): strangers, those who paired without authentication, and those who
//! may.

mod entitled;
mod in_transit;
mod strangers;
#[cfg(test)]
pub(crate) mod test_access;
#[cfg(test)]
mod tests;
mod updates;

use std::collections::BTreeSet;

use ixit::{Blame, Row};
use probes::probe::ble_access::{BleAccess, LinkSeen, Trial};

use crate::completeness::radio_not_scanned;
use crate::facts::{Facts, Recorded};
use crate::judge::{ItemResult, RestsOn};
use crate::observing::ble_access::authenticates;
use crate::reason::Reason;
use crate::selection::Item;
use crate::state::DutState;
use crate::verdict::Verdict;

pub use entitled::entitled_let_in;
pub use in_transit::confidential;
pub use strangers::strangers_refused;
pub use updates::no_update_for_strangers;

/// The probe.
pub const PROBE: &str = "ble-access";

/// A stranger.
const STRANGER: &str = "stranger";
/// Somebody who paired, and nobody knows with whom the device did.
const UNAUTHENTICATED: &str = "unauthenticated";
/// Somebody who paired as declared.
const AUTHENTICATED: &str = "authenticated";

/// Whether a row says who may what over Bluetooth LE.
pub fn is_declared(row: &Row) -> bool {
    !row.companions.gatt.is_empty()
}

/// What was tried of a row, once for each observation.
struct Look<'l, 'a> {
    facts: &'l Facts<'a>,
    table: &'a str,
    row: &'a Row,
    /// Name of the item of the results.
    name: String,
    recorded: &'a Recorded,
    seen: &'l BleAccess,
    /// Trials of the row, descriptors left out.
    trials: Vec<&'l Trial>,
}

/// One result for each observation of a state; one that is open where nobody looked.
fn each(
    facts: &Facts<'_>,
    item: &Item<'_>,
    state: DutState,
    name: &str,
    judge: impl Fn(&Look<'_, '_>) -> Option<ItemResult>,
) -> Vec<ItemResult> {
    let mut looked = facts.observed(PROBE).filter(|recorded| recorded.state() == Some(state)).peekable();
    if looked.peek().is_none() {
        let mut result = radio_not_scanned(item.table, item.row);
        name.clone_into(&mut result.item);
        result.state = Some(state);
        return vec![result];
    }
    looked
        .filter_map(|recorded| {
            let seen = recorded.observation.read::<BleAccess>();
            let not_seen = match &seen {
                None => Some(radio_not_scanned(item.table, item.row)),
                Some(seen) => no_way(item, seen),
            };
            if let Some(mut result) = not_seen {
                name.clone_into(&mut result.item);
                return Some(placed(result, recorded, "links"));
            }
            let seen = seen?;
            let of_row = |trial: &&Trial| trial.descriptor.is_none() && trial.rows.contains(&item.row.id);
            let trials = seen.trials.iter().filter(of_row).collect();
            let (table, row) = (item.table, item.row);
            judge(&Look { facts, table, row, name: name.to_owned(), recorded, seen: &seen, trials })
        })
        .collect()
}

/// Why there was no way to the device: of the bench, or a device that was not met.
fn no_way(item: &Item<'_>, seen: &BleAccess) -> Option<ItemResult> {
    let no_way = seen.no_way.as_ref()?;
    if matches!(no_way.kind.as_str(), "not-heard" | "not-reached") {
        let reason =
            Reason::new("ble-device-not-reached").with("row", &item.row.id).with("trouble", &no_way.why);
        let open = ItemResult::machine(&item.row.id, Verdict::Inconclusive, RestsOn::Observed, reason);
        return Some(open.blame(Blame::Lab));
    }
    Some(radio_not_scanned(item.table, item.row))
}

fn placed(result: ItemResult, recorded: &Recorded, at: &str) -> ItemResult {
    result
        .seen_in(recorded.state(), recorded.sample())
        .evidence(recorded.at(at))
        .effort(&recorded.observation.effort)
}

impl Look<'_, '_> {
    /// Trials of what is not for everybody, by one subject.
    fn protected(&self, subject: &str) -> impl Iterator<Item = &Trial> {
        let subject = subject.to_owned();
        self.trials
            .iter()
            .copied()
            .filter(move |trial| trial.subject == subject && trial.declared && !for_everybody(trial))
    }

    fn link(&self, trial: &Trial) -> Option<&LinkSeen> {
        self.seen.links.get(trial.link)
    }

    /// How far the tester came as a subject: the last link that stood, else the last one.
    fn level(&self, subject: &str) -> Option<&LinkSeen> {
        let of = || self.seen.links.iter().filter(|link| link.subject == subject);
        of().rfind(|link| link.stood()).or_else(|| of().next_back())
    }

    /// Whether a mechanism that makes sure of who pairs stands before something.
    fn needs_authentication(&self, trial: &Trial) -> bool {
        let ways: Vec<Option<bool>> = trial.who.iter().map(|who| self.authenticates(who)).collect();
        !ways.contains(&Some(false))
    }

    /// Whether who paired as declared may.
    fn admits_the_paired(&self, trial: &Trial) -> bool {
        trial.who.iter().any(|who| self.authenticates(who).is_some())
    }

    fn authenticates(&self, who: &str) -> Option<bool> {
        self.facts.row(who).and_then(|(_, row)| authenticates(row))
    }

    /// A handle that may be written by somebody, by the declaration, and at which a subject wrote nothing.
    fn writes_left_out(&self, subject: &str) -> Option<&Trial> {
        self.write_left_out(subject, |_| true)
    }

    /// The same among those that are wanted.
    fn write_left_out(&self, subject: &str, wanted: impl Fn(&Trial) -> bool) -> Option<&Trial> {
        let written = self.trials.iter().filter(|trial| is_write(trial) && trial.subject == subject);
        let tried: BTreeSet<u16> = written.map(|trial| trial.handle).collect();
        self.trials.iter().copied().find(|trial| {
            trial.act == "read"
                && !tried.contains(&trial.handle)
                && self.may_be_written(trial)
                && wanted(trial)
        })
    }

    /// Whether the declaration gives somebody the right to write what was read here.
    fn may_be_written(&self, trial: &Trial) -> bool {
        use crate::observing::ble_access::{TABLES, uuid};
        let rows = TABLES.iter().flat_map(|table| self.facts.declaration.ixit.rows(table));
        rows.flat_map(|row| &row.companions.gatt).any(|gatt| {
            let gatt = &gatt.value;
            uuid(&gatt.service) == trial.service
                && gatt.characteristic.as_deref().is_none_or(|one| uuid(one) == trial.characteristic)
                && !gatt.writers.is_empty()
        })
    }

    fn reason(&self, code: &str) -> Reason {
        Reason::new(code).with("row", &self.row.id).expected_by(self.row.reference(self.table, "gatt"))
    }

    fn result(&self, verdict: Verdict, reason: Reason, at: &str) -> ItemResult {
        placed(ItemResult::machine(&self.name, verdict, RestsOn::Observed, reason), self.recorded, at)
    }

    fn open(&self, reason: Reason, at: &str) -> ItemResult {
        self.result(Verdict::Inconclusive, reason, at).blame(Blame::Lab)
    }

    /// A level at which nobody stood.
    fn level_not_tried(&self, subject: &str) -> ItemResult {
        let why = self.level(subject).map_or("the run ended before", |link| link.why.as_str());
        self.open(self.reason("ble-level-not-tried").with("subject", subject).with("why", why), "links")
    }

    /// Something that nobody answered.
    fn not_tried(&self, trial: &Trial) -> ItemResult {
        let why = if trial.note.is_empty() { "no answer" } else { &trial.note };
        let reason = self
            .reason("ble-access-not-tried")
            .with("place", place(trial))
            .with("act", &trial.act)
            .with("subject", &trial.subject)
            .with("why", why);
        self.open(reason, &line(trial))
    }

    /// Neither granted nor refused for want of a right.
    fn not_settled(&self, trial: &Trial) -> ItemResult {
        let reason = self
            .reason("ble-access-not-settled")
            .with("place", place(trial))
            .with("act", &trial.act)
            .with("subject", &trial.subject)
            .with("seen", answer(trial));
        self.open(reason, &line(trial))
    }

    /// Writes that were left out.
    fn writes_not_tried(&self, subject: &str, trial: &Trial) -> ItemResult {
        let gaps = &self.recorded.observation.effort.gaps;
        let why =
            if gaps.is_empty() { "no such trial in the observation".to_owned() } else { gaps.join("; ") };
        let reason = self
            .reason("ble-writes-not-tried")
            .with("place", place(trial))
            .with("subject", subject)
            .with("why", why);
        self.open(reason, "trials")
    }
}

/// By the declaration anybody may.
fn for_everybody(trial: &Trial) -> bool {
    trial.who.iter().any(|who| who == "anyone")
}

fn is_write(trial: &Trial) -> bool {
    matches!(trial.act.as_str(), "write" | "write-without-response" | "prepared-write" | "begin-update")
}

/// It happened, and was not only prepared.
fn happened(trial: &Trial) -> bool {
    trial.result == "granted" && trial.act != "prepared-write"
}

/// `484b0201-… at 0x0021`.
fn place(trial: &Trial) -> String {
    format!("{} at {:#06x}", trial.characteristic, trial.handle)
}

fn line(trial: &Trial) -> String {
    format!("line {}", trial.n)
}

/// How the device answered.
fn answer(trial: &Trial) -> String {
    match trial.error {
        Some(error) => format!("{} ({})", trial.result, probes::ble::AttError(error)),
        None => trial.result.clone(),
    }
}

/// How a link was protected, in words.
fn strength(link: &LinkSeen) -> String {
    let told = |fact: Option<bool>, yes: &str, no: &str| match fact {
        Some(true) => yes.to_owned(),
        Some(false) => no.to_owned(),
        None => format!("{yes} or not is not known"),
    };
    let mut parts = vec![
        told(link.encrypted, "encrypted", "not encrypted"),
        told(link.authenticated, "authenticated", "not authenticated"),
    ];
    parts.extend(
        link.secure_connections.map(|secure| {
            if secure { "LE Secure Connections".to_owned() } else { "legacy pairing".to_owned() }
        }),
    );
    parts.extend(link.key_size.map(|octets| format!("key of {octets} octets")));
    parts.join(", ")
}
