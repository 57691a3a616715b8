//! 5.3-10-1 b: the trust relationship on which the verification of an update rests.

use ixit::Row;
use ixit::companion::{PeerTrust, UpdateTrust};

use crate::assisted::{Look, each_row};
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::judge::ItemResult;
use crate::reason::Reason;
use crate::updates_declared::attacks::weak;
use crate::updates_declared::verification::Means;
use crate::updates_declared::{peers, update};
use crate::verdict::Verdict;

/// Whether a declared kind of trust is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// The list of the criterion names it, and nothing takes it back.
    Valid,
    /// Not on the list, or not told enough.
    Untold,
    /// Another entry takes it back; why.
    TakenBack(&'static str),
}

/// 5.3-10-1 b: the verification rests on a valid trust relationship. One of the kinds that the criterion names is enough,
/// as long as other entries do not take it back; whether anything else is comparable is for a person.
pub(super) fn verification_rests_on_trust(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let trusts = update(item.row).map(|update| update.trust.clone()).unwrap_or_default();
        let standings: Vec<(UpdateTrust, Standing)> =
            trusts.iter().map(|trust| (*trust, standing(facts, item.row, *trust))).collect();
        let reason = |code: &str, told: Vec<String>| {
            Reason::new(code)
                .with("row", &item.row.id)
                .with("trust", told.join("; "))
                .expected_by("criterion")
        };
        let taken_back: Vec<String> = standings
            .iter()
            .filter_map(|(trust, standing)| match standing {
                Standing::TakenBack(why) => Some(format!("{}: {why}", trust.as_str())),
                _ => None,
            })
            .collect();
        // A signature that no cryptography makes is a contradiction whatever else there is.
        let without_signature = standings.iter().any(|(trust, standing)| {
            *trust == UpdateTrust::Signature && matches!(standing, Standing::TakenBack(_))
        });
        if without_signature || !taken_back.is_empty() && taken_back.len() == standings.len() {
            return Look::Contradiction {
                reason: reason("update-trust-contradicted", taken_back),
                shown_by: "update",
            };
        }
        let valid: Vec<String> = standings
            .iter()
            .filter(|(_, standing)| *standing == Standing::Valid)
            .map(|(trust, _)| trust.as_str().to_owned())
            .collect();
        if !valid.is_empty() {
            return Look::Met { reason: reason("update-trust-declared", valid), shown_by: "update" };
        }
        let prejudgement = (!taken_back.is_empty()).then_some(Verdict::Fail);
        let mut look = Look::question(item, &["crypto", "update", "endpoint"], prejudgement);
        for row in peers(facts, item.row) {
            look = look.computed("computed.peer_trust", format!("{} believes: {}", row.id, believed(row)));
        }
        look
    })
}

fn standing(facts: &Facts<'_>, row: &Row, trust: UpdateTrust) -> Standing {
    let means = Means::of(row);
    match trust {
        // A purpose alone names no cryptography, and what is broken shows no trust.
        UpdateTrust::Signature if means.signature_named && !weak(row) => Standing::Valid,
        UpdateTrust::Signature if means.signature => Standing::Untold,
        UpdateTrust::Signature if means.declared && !means.unread => {
            Standing::TakenBack("the declared cryptography has no signature")
        }
        UpdateTrust::Signature | UpdateTrust::Other => Standing::Untold,
        UpdateTrust::AuthenticatedChannel => channel(facts, row),
        UpdateTrust::JoinedNetwork | UpdateTrust::UserConfirmation => Standing::Valid,
    }
}

/// A channel to a peer that is believed without any reason is not authenticated; one to whoever was met first is for a
/// person.
fn channel(facts: &Facts<'_>, row: &Row) -> Standing {
    let trusts: Vec<PeerTrust> = peers(facts, row)
        .iter()
        .filter_map(|peer| peer.companions.peer_trust.as_ref().map(|trust| trust.value))
        .collect();
    let means = Means::of(row);
    if trusts.contains(&PeerTrust::Nobody) {
        Standing::TakenBack("the device believes everybody")
    } else if trusts.contains(&PeerTrust::FirstUse) {
        Standing::Untold
    } else if !trusts.is_empty() || means.protocol {
        Standing::Valid
    } else {
        Standing::Untold
    }
}

fn believed(row: &Row) -> &'static str {
    match row.companions.peer_trust.as_ref().map(|trust| trust.value) {
        Some(PeerTrust::Pinned) => "what the maker built in",
        Some(PeerTrust::Public) => "authorities that everybody trusts",
        Some(PeerTrust::FirstUse) => "whoever was met first",
        Some(PeerTrust::Nobody) => "everybody",
        None => "nothing is declared",
    }
}

#[cfg(test)]
#[path = "trust_tests.rs"]
mod tests;
