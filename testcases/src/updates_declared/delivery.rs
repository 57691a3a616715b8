//! Which step of a mechanism delivers each guarantee that it declares (5.3-7-1 b).

use ixit::Row;
use ixit::companion::{Guarantee, UpdateTrust};

use super::verification::{Means, Property};
use super::{peers, update};
use crate::facts::Facts;

/// What delivers a guarantee.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// This.
    By(&'static str),
    /// The closed declaration does not tell.
    Untold,
    /// Nothing, as the declaration itself says.
    Nothing(&'static str),
}

impl Step {
    /// In words.
    pub fn told(self) -> &'static str {
        match self {
            Self::By(what) | Self::Nothing(what) => what,
            Self::Untold => "nothing is said of what delivers it",
        }
    }
}

/// Applications that carry what they carry in the clear.
const IN_THE_CLEAR: &[&str] = &["http", "ftp", "tftp", "mqtt", "coap"];

/// The step for each guarantee of the companion.
pub fn steps(facts: &Facts<'_>, row: &Row) -> Vec<(Guarantee, Step)> {
    let guarantees = row.companions.guarantees.iter().map(|guarantee| guarantee.value);
    guarantees.map(|guarantee| (guarantee, step(facts, row, guarantee))).collect()
}

fn step(facts: &Facts<'_>, row: &Row, guarantee: Guarantee) -> Step {
    let means = Means::of(row);
    match guarantee {
        Guarantee::Integrity => verified(row, Property::Integrity, means),
        Guarantee::Authenticity => verified(row, Property::Authenticity, means),
        Guarantee::Confidentiality if means.transport || means.encryption => {
            Step::By("protected transport, or encryption of the update")
        }
        Guarantee::Confidentiality if means.declared && !means.unread && in_the_clear(facts, row) => {
            Step::Nothing("fetched in the clear, and no encryption is declared")
        }
        Guarantee::Confidentiality => Step::Untold,
        Guarantee::AntiRollback => {
            refused(row, "older versions are refused", "older versions are not refused")
        }
        Guarantee::ReplayProtection if means.transport => Step::By("protected transport"),
        Guarantee::ReplayProtection => refused(
            row,
            "what is not newer is refused",
            "older versions are not refused, and no protected transport is declared",
        ),
        Guarantee::PeerAuthentication if channel(row) || means.transport => Step::By("authenticated channel"),
        Guarantee::PeerAuthentication | Guarantee::TamperResistance => Step::Untold,
    }
}

fn verified(row: &Row, property: Property, means: Means) -> Step {
    let before = update(row).and_then(|update| update.verified_before_installation);
    let shown = property.shown_by(means);
    match (before, property.by_device(row)) {
        (Some(false), _) => Step::Nothing("verified after the installation only"),
        (_, Some(false)) if !channel(row) => {
            Step::Nothing("not verified by the device, and the channel is not authenticated")
        }
        _ if property.ruled_out_by(means) => Step::Nothing("no declared cryptography verifies it"),
        (Some(true), Some(true)) if shown => Step::By("verified by the device before the installation"),
        _ => Step::Untold,
    }
}

fn refused(row: &Row, yes: &'static str, no: &'static str) -> Step {
    match update(row).and_then(|update| update.anti_rollback) {
        Some(true) => Step::By(yes),
        Some(false) => Step::Nothing(no),
        None => Step::Untold,
    }
}

fn channel(row: &Row) -> bool {
    update(row).is_some_and(|update| update.trust.contains(&UpdateTrust::AuthenticatedChannel))
}

/// Every declared place of the update, here and where the same host is called, is in the clear; one at least is
/// declared.
fn in_the_clear(facts: &Facts<'_>, row: &Row) -> bool {
    let places: Vec<Option<&str>> = peers(facts, row)
        .into_iter()
        .chain([row])
        .flat_map(|row| row.companions.endpoint.iter())
        .map(|endpoint| endpoint.value.application.as_deref())
        .collect();
    let clear = |name: &str| IN_THE_CLEAR.contains(&name.to_lowercase().as_str());
    !places.is_empty() && places.iter().all(|name| name.is_some_and(clear))
}
