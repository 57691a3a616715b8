//! Whom a device takes for its peer: what each played peer that it took says of its checks, and why that matters
//! for the mechanism.

use ixit::companion::PeerTrust;
use ixit::{Declaration, Row};
use probes::probe::tls_client::{ClientFacts, PlayedPeer};
use probes::world::ending::Ending;

use crate::mechanism::guarantees_authenticity;

/// Strangers that the device took for its peer, in the order in which it met them.
pub(super) fn accepted(seen: &ClientFacts) -> Vec<PlayedPeer> {
    let taken = seen.trials.iter().filter(|trial| {
        trial.peer.stranger() && matches!(trial.ending, Ending::ApplicationData | Ending::WentOn)
    });
    taken.map(|trial| trial.peer).collect()
}

/// The same by what is wrong with the device: reason code, and the strangers that show it. Who believes everybody
/// is not told of every shade.
pub(super) fn faults(accepted: &[PlayedPeer]) -> Vec<(&'static str, Vec<PlayedPeer>)> {
    if accepted.iter().any(|peer| code(*peer) == ANYBODY) {
        return vec![(ANYBODY, accepted.to_vec())];
    }
    let mut faults: Vec<(&'static str, Vec<PlayedPeer>)> = Vec::new();
    for peer in accepted {
        match faults.iter_mut().find(|(known, _)| *known == code(*peer)) {
            Some((_, peers)) => peers.push(*peer),
            None => faults.push((code(*peer), vec![*peer])),
        }
    }
    faults
}

/// Why it has to know its peer: the guarantees that say so, else what is security-relevant and travels this way;
/// `None` where nothing does.
pub(super) fn claim(declaration: &Declaration, row: &Row) -> Option<String> {
    if guarantees_authenticity(row) {
        return Some(row.texts("security_guarantees").join(", "));
    }
    let carried = carried(declaration, row);
    (!carried.is_empty()).then(|| carried.join(", "))
}

/// Trust on first use is declared: whether that is enough is a person's to say.
pub(super) fn trusts_first_met(row: &Row) -> bool {
    row.companions.peer_trust.as_ref().is_some_and(|trust| trust.value == PeerTrust::FirstUse)
}

/// What was lent for the test was not taken, so that a refusal tells nothing.
pub(super) fn lent_authority_refused(seen: &ClientFacts) -> bool {
    let control = seen.trials.iter().find(|trial| trial.peer == PlayedPeer::LentAuthority);
    seen.lent_authority && !control.is_some_and(|trial| trial.ending.accepted())
}

/// Strangers that were not played.
pub(super) fn not_played(seen: &ClientFacts) -> Vec<&'static str> {
    let left_out = seen.not_tried.iter().filter(|left| left.peer.stranger());
    left_out.map(|left| left.peer.as_str()).collect()
}

const ANYBODY: &str = "stranger-accepted";

fn code(peer: PlayedPeer) -> &'static str {
    match peer {
        PlayedPeer::Cloned => "cloned-peer-accepted",
        PlayedPeer::OtherName => "peer-name-ignored",
        PlayedPeer::Expired | PlayedPeer::NotYetValid | PlayedPeer::FalseTime => "peer-dates-ignored",
        PlayedPeer::IssuerWithoutCaBit => "issuer-without-ca-bit-accepted",
        PlayedPeer::WeakKey => "weak-peer-key-accepted",
        PlayedPeer::Sha1Signature | PlayedPeer::Md5Signature => "weak-peer-signature-accepted",
        PlayedPeer::WrongKeyUsage => "peer-key-usage-ignored",
        PlayedPeer::Replayed => "replayed-peer-accepted",
        PlayedPeer::AnonymousSuite => "anonymous-peer-accepted",
        _ => ANYBODY,
    }
}

/// Security parameters, personal data and update mechanisms whose declaration leads to this mechanism.
fn carried<'d>(declaration: &'d Declaration, row: &Row) -> Vec<&'d str> {
    let named = ["sec_param", "pers_data"].into_iter().flat_map(|table| declaration.ixit.rows(table));
    let named = named.filter(|one| one.texts("communication_mechanisms").contains(&row.id.as_str()));
    let leads_here = |one: &&Row| {
        let calls = |to: &ixit::companion::Endpoint| {
            to.host.is_some()
                && row
                    .companions
                    .endpoint
                    .iter()
                    .any(|own| own.value.host == to.host && own.value.port == to.port)
        };
        one.companions.endpoint.iter().any(|endpoint| calls(&endpoint.value))
    };
    let updates = declaration.ixit.rows("upd_mech").iter().filter(leads_here);
    named.chain(updates).map(|one| one.id.as_str()).collect()
}
