//! What is asked of a server once its versions and suites are known: whose order counts, groups,
//! signature algorithms, application protocols, the signal against downgrades.

use crate::tls::asker::Asker;
use crate::tls::client_hello::Version;
use crate::tls::enumeration::{Found, Shape};
use crate::tls::exchange::Answered;
use crate::tls::suites::{CLASSIC_GROUPS, MODERN_GROUPS, group_name, signature_name, suite_name};

/// Application protocols that are offered.
const PROTOCOLS: [&str; 16] = [
    "h2",
    "http/1.1",
    "http/1.0",
    "spdy/3.1",
    "mqtt",
    "coap",
    "ftp",
    "imap",
    "pop3",
    "smtp",
    "xmpp-client",
    "dot",
    "x-amzn-mqtt-ca",
    "webrtc",
    "ntske/1",
    "acme-tls/1",
];

/// Every signature algorithm that a server may sign with in TLS 1.2.
const SIGNATURES: [u16; 27] = [
    0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0807, 0x0808, 0x0809, 0x080a, 0x080b, 0x0401, 0x0501,
    0x0601, 0x0301, 0x0303, 0x0201, 0x0203, 0x0402, 0x0502, 0x0602, 0x0302, 0x0202, 0x0101, 0x0103, 0x081a,
    0x081b,
];

/// The signal of RFC 7507.
const FALLBACK: u16 = 0x5600;

/// Fills `order`, `groups` and `signatures` of a version; of those that share their settings with a newer
/// one only `order`.
pub async fn of_version(asker: &Asker, found: &mut Found, newest_classic: bool) {
    let Some(shape) = found.shape else { return };
    order(asker, found, shape).await;
    if found.version == Version::Tls13 {
        groups(asker, found, shape, &found.picks.clone()).await;
    } else if newest_classic && shape.has_extensions() {
        let on_curves: Vec<u16> =
            found.picks.iter().copied().filter(|id| suite_name(*id).contains("_ECDHE_")).collect();
        if !on_curves.is_empty() {
            groups(asker, found, shape, &on_curves).await;
        }
        if found.version == Version::Tls12 {
            signatures(asker, found, shape).await;
        }
    }
}

/// The accepted suites once more, the other way round: who follows is led.
async fn order(asker: &Asker, found: &mut Found, shape: Shape) {
    if found.picks.len() < 2 {
        return;
    }
    let reversed: Vec<u16> = found.picks.iter().rev().copied().collect();
    let hello = shape.hello(asker, found.version, &reversed);
    if let Answered::Flight(flight) = asker.hello("other way round", &hello).await {
        let led = flight.suite == reversed[0];
        found.facts.order = Some(if led { "client" } else { "server" }.to_owned());
    }
}

async fn groups(asker: &Asker, found: &mut Found, shape: Shape, suites: &[u16]) {
    // A certificate on a curve needs that curve among the groups, so it stays there to the end.
    let bound = suites.iter().all(|id| suite_name(*id).contains("_ECDSA_"));
    let modern = found.version == Version::Tls13;
    let mut left = if modern { MODERN_GROUPS.to_vec() } else { CLASSIC_GROUPS.to_vec() };
    let mut last = None;
    while !left.is_empty() {
        let mut hello = shape.hello(asker, found.version, suites);
        hello.groups.clone_from(&left);
        hello.shares.clear();
        let flight = match asker.hello("groups", &hello).await {
            Answered::Flight(flight) if flight.version == found.version.number() => flight,
            _ => match last.filter(|_| bound) {
                // Without its own curve the server has nothing to show: once more with it at the end.
                Some(own) => return bound_groups(asker, found, shape, suites, left, own).await,
                None => return,
            },
        };
        let Some(group) = flight.group.filter(|group| left.contains(group)) else { return };
        noted(&mut found.facts.groups, group_name(group));
        left.retain(|id| *id != group);
        last = Some(group);
    }
}

async fn bound_groups(
    asker: &Asker,
    found: &mut Found,
    shape: Shape,
    suites: &[u16],
    mut left: Vec<u16>,
    own: u16,
) {
    left.push(own);
    loop {
        let mut hello = shape.hello(asker, found.version, suites);
        hello.groups.clone_from(&left);
        hello.shares.clear();
        let Answered::Flight(flight) = asker.hello("groups, with the certificate's own", &hello).await else {
            return;
        };
        let Some(group) = flight.group.filter(|group| left.contains(group) && *group != own) else { return };
        noted(&mut found.facts.groups, group_name(group));
        left.retain(|id| *id != group);
    }
}

async fn signatures(asker: &Asker, found: &mut Found, shape: Shape) {
    let suites: Vec<u16> = found
        .picks
        .iter()
        .copied()
        .filter(|id| {
            let name = suite_name(*id);
            (name.contains("_ECDHE_") || name.contains("_DHE_")) && !name.contains("_PSK")
        })
        .collect();
    let mut left = SIGNATURES.to_vec();
    while !left.is_empty() && !suites.is_empty() {
        let mut hello = shape.hello(asker, found.version, &suites);
        hello.signatures.clone_from(&left);
        let Answered::Flight(flight) = asker.hello("signature algorithms", &hello).await else { return };
        let Some(signature) = flight.signature else { return };
        noted(&mut found.facts.signatures, signature_name(signature));
        if !left.contains(&signature) {
            return;
        }
        left.retain(|id| *id != signature);
    }
}

/// Application protocols by elimination; `None` where no version shows them in clear.
pub async fn protocols(asker: &Asker, found: &Found) -> Option<Vec<String>> {
    let shape = found.shape.filter(|shape| shape.has_extensions())?;
    let mut left: Vec<String> = PROTOCOLS.map(str::to_owned).to_vec();
    let mut chosen = Vec::new();
    while !left.is_empty() {
        let mut hello = shape.hello(asker, found.version, &found.picks);
        hello.protocols.clone_from(&left);
        match asker.hello("application protocols", &hello).await {
            Answered::Flight(flight) => match flight.protocol.filter(|name| left.contains(name)) {
                Some(name) => {
                    left.retain(|other| *other != name);
                    chosen.push(name);
                }
                None => return Some(chosen),
            },
            // no_application_protocol, or a server that ends when nothing suits.
            answered if answered.is_clear_refusal() && !chosen.is_empty() => return Some(chosen),
            Answered::Alert(120) => return Some(chosen),
            _ => return None,
        }
    }
    Some(chosen)
}

/// Whether compression is taken up by a server that reads short lists only.
pub async fn compression(asker: &Asker, found: &Found) -> bool {
    let Some(shape) = found.shape else { return false };
    let mut hello = shape.hello(asker, found.version, &found.picks);
    hello.compression = true;
    match asker.hello("compression", &hello).await {
        Answered::Flight(flight) => flight.compression != 0,
        // A server that refuses the offer does not compress.
        _ => false,
    }
}

/// Whether an older version with the signal of a fallback is refused. `older` is offered, and a newer one too.
pub async fn fallback_is_refused(asker: &Asker, older: &Found) -> Option<bool> {
    let shape = older.shape?;
    let suites: Vec<u16> = older.picks.iter().copied().chain([FALLBACK]).collect();
    match asker.hello("signal of a fallback", &shape.hello(asker, older.version, &suites)).await {
        Answered::Alert(86) => Some(true),
        Answered::Flight(_) => Some(false),
        _ => None,
    }
}

fn noted(names: &mut Vec<String>, name: String) {
    if !names.contains(&name) {
        names.push(name);
    }
}
