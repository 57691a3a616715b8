//! Attempts to misuse a mechanism, each with what stops it by the closed declaration (5.3-2-1, and 5.3-1-1 b again).

use ixit::Row;
use ixit::companion::{Guarantee, PeerTrust, UpdateTrust};

use super::verification::Means;
use super::{peers, update};
use crate::assisted::{Look, companions, each_row};
use crate::catalogue::Unit;
use crate::crypto;
use crate::facts::Facts;
use crate::guarantees::{self, Standing};
use crate::judge::ItemResult;
use crate::prompt::Shown;
use crate::reason::Reason;
use crate::verdict::Verdict;

/// What stops an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// This does.
    By(&'static str),
    /// The closed declaration does not tell.
    Untold,
    /// Something speaks against it; a person weighs it.
    Doubtful(&'static str),
    /// Nothing does, as the declaration itself says.
    Nothing(&'static str),
}

/// An attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// What an attacker offers or does.
    pub name: &'static str,
    /// What stops it.
    pub stop: Stop,
}

/// The attempts on every selected mechanism. What nothing stops fails; a person passes.
pub fn stopped_by_design(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let attempts = attempts(facts, item.row);
        let open: Vec<String> = attempts
            .iter()
            .filter_map(|attempt| match attempt.stop {
                Stop::Nothing(why) => Some(format!("{}: {why}", attempt.name)),
                _ => None,
            })
            .collect();
        if !open.is_empty() {
            let reason = Reason::new("update-attack-not-stopped")
                .with("row", &item.row.id)
                .with("attacks", open.join("; "))
                .expected_by("criterion");
            return Look::Contradiction { reason, shown_by: "update" };
        }
        let doubtful = attempts.iter().any(|attempt| matches!(attempt.stop, Stop::Doubtful(_)));
        let stopped = attempts.iter().all(|attempt| matches!(attempt.stop, Stop::By(_)));
        let prejudgement = match (doubtful, stopped) {
            (true, _) => Some(Verdict::Fail),
            (false, true) => Some(Verdict::Pass),
            _ => None,
        };
        let mut shown = companions(item, &["update", "crypto", "guarantees", "endpoint", "package"]);
        shown.extend(attempts.iter().map(|attempt| Shown {
            label: "computed.attack".to_owned(),
            text: told(attempt),
            source: None,
        }));
        Look::Question { shown, prejudgement }
    })
}

fn told(attempt: &Attempt) -> String {
    let stop = match attempt.stop {
        Stop::By(what) => format!("stopped: {what}"),
        Stop::Untold => "nothing is said of what stops it".to_owned(),
        Stop::Doubtful(why) => format!("doubtful: {why}"),
        Stop::Nothing(why) => format!("not stopped: {why}"),
    };
    format!("{}: {stop}", attempt.name)
}

/// Every attempt of the list on a mechanism.
pub fn attempts(facts: &Facts<'_>, row: &Row) -> Vec<Attempt> {
    let of = |name, stop| Attempt { name, stop };
    vec![
        of("altered image", altered(row)),
        of("image of somebody else", forged(row)),
        of("older image", older(row)),
        of("image offered again", replayed(row)),
        of("image of another model", foreign(row)),
        of("false server", false_server(facts, row)),
        of("installation cut off", cut_off(row)),
    ]
}

const INSTALLED_FIRST: Stop = Stop::Nothing("it is verified after the installation only");

fn altered(row: &Row) -> Stop {
    let said = update(row);
    let by_device = said.map(|update| (update.integrity_by_dut, update.authenticity_by_dut));
    match (said.and_then(|update| update.verified_before_installation), by_device) {
        (Some(false), _) => INSTALLED_FIRST,
        (_, Some((Some(false), Some(false)))) if !by_channel(row) => {
            Stop::Nothing("the device verifies neither integrity nor authenticity")
        }
        (Some(true), Some((Some(true), _))) if weak(row) => Stop::Doubtful("by broken cryptography"),
        (Some(true), Some((Some(true), _))) => Stop::By("the device verifies integrity before it installs"),
        _ => Stop::Untold,
    }
}

fn forged(row: &Row) -> Stop {
    let said = update(row);
    let by_device = said.and_then(|update| update.authenticity_by_dut);
    let means = Means::of(row);
    let keyed = means.signature || means.authentication_code;
    match (said.and_then(|update| update.verified_before_installation), by_device) {
        (Some(false), _) => INSTALLED_FIRST,
        (_, Some(false)) if !by_channel(row) => {
            Stop::Nothing("the device does not verify who made it, and the channel is not authenticated")
        }
        (_, Some(false)) => Stop::Doubtful("the authenticated channel alone"),
        (Some(true), Some(true)) if keyed && weak(row) => Stop::Doubtful("by broken cryptography"),
        (Some(true), Some(true)) if keyed => Stop::By("the device verifies who made it before it installs"),
        _ => Stop::Untold,
    }
}

fn older(row: &Row) -> Stop {
    let said = update(row);
    let confirmed = said.is_some_and(|update| update.trust.contains(&UpdateTrust::UserConfirmation));
    let standing = guarantees::standing(row, Guarantee::AntiRollback);
    match said.and_then(|update| update.anti_rollback) {
        Some(true) => Stop::By("older versions are refused"),
        Some(false) if confirmed => Stop::Doubtful("the user alone, who confirms it"),
        Some(false) => Stop::Nothing("older versions are not refused"),
        None if standing == Standing::Given => Stop::By("older versions are guaranteed to be refused"),
        None => Stop::Untold,
    }
}

fn replayed(row: &Row) -> Stop {
    let refused = update(row).and_then(|update| update.anti_rollback) == Some(true);
    let guaranteed = guarantees::standing(row, Guarantee::ReplayProtection) == Standing::Given;
    match (refused, guaranteed) {
        (true, _) => Stop::By("what is not newer is refused"),
        (_, true) => Stop::By("what was sent once is guaranteed to be refused"),
        _ => Stop::Untold,
    }
}

fn foreign(row: &Row) -> Stop {
    match update(row).and_then(|update| update.bound_to_model) {
        Some(true) => Stop::By("an update for another model is refused"),
        Some(false) => Stop::Nothing("an update for another model is not refused"),
        None => Stop::Untold,
    }
}

fn false_server(facts: &Facts<'_>, row: &Row) -> Stop {
    let said = update(row);
    if Means::of(row).signature && said.and_then(|update| update.authenticity_by_dut) == Some(true) {
        return Stop::By("whatever a server sends has to be signed");
    }
    let trusts: Vec<PeerTrust> = peers(facts, row)
        .iter()
        .filter_map(|peer| peer.companions.peer_trust.as_ref().map(|trust| trust.value))
        .collect();
    if trusts.contains(&PeerTrust::Nobody) {
        return Stop::Doubtful("the device believes every server");
    }
    match said.and_then(|update| update.network_based) {
        Some(false) => Stop::By("it does not come over a network"),
        _ if by_channel(row) && !trusts.is_empty() => Stop::By("the device knows the server"),
        _ => Stop::Untold,
    }
}

fn cut_off(row: &Row) -> Stop {
    match row.companions.package.as_ref().and_then(|package| package.value.recovers) {
        Some(true) => Stop::By("the device brings itself back"),
        Some(false) => Stop::Doubtful("the device does not bring itself back"),
        None => Stop::Untold,
    }
}

fn by_channel(row: &Row) -> bool {
    update(row).is_some_and(|update| update.trust.contains(&UpdateTrust::AuthenticatedChannel))
}

/// Cryptography of the check itself that stands on the deny list; that of the transport is for 5.3-7.
pub fn weak(row: &Row) -> bool {
    let checks = row.companions.crypto.iter().filter(|crypto| crypto.value.protocol.is_none());
    checks.flat_map(|crypto| crypto::broken(&crypto.value)).next().is_some()
}

#[cfg(test)]
#[path = "attacks_tests.rs"]
mod tests;
