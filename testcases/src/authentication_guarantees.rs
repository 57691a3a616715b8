//! What an authentication mechanism has to guarantee at least, and what its declared login and cryptography can give at
//! most. Shared by 5.1-3 and 5.5-4.

use ixit::Row;
use ixit::companion::{Crypto, FactorKind, Guarantee, Login, LoginKind};

use crate::assisted::Look;
use crate::crypto;
use crate::facts::Facts;
use crate::guarantees::{Standing, declared, standing};
use crate::reason::Reason;
use crate::selection::Item;
use crate::verdict::Verdict;

/// What the authentication of a subject needs at least.
const MINIMUM: &[Guarantee] = &[Guarantee::Integrity, Guarantee::Authenticity];

/// How the minimum stands: all given, one lacking, or not told.
pub fn minimum(row: &Row) -> Standing {
    let all: Vec<Standing> = MINIMUM.iter().map(|wanted| standing(row, *wanted)).collect();
    if all.contains(&Standing::Lacking) {
        Standing::Lacking
    } else if all.contains(&Standing::Untold) {
        Standing::Untold
    } else {
        Standing::Given
    }
}

/// A mechanism that is declared without integrity or without authenticity.
pub fn lacks_the_minimum(row: &Row) -> Option<Look> {
    let missing: Vec<&str> = MINIMUM
        .iter()
        .filter(|wanted| standing(row, **wanted) == Standing::Lacking)
        .map(|wanted| wanted.as_str())
        .collect();
    if missing.is_empty() {
        return None;
    }
    let reason = Reason::new("guarantee-missing")
        .with("row", &row.id)
        .with("guarantee", missing.join(", "))
        .with("declared", declared(row))
        .expected_by("criterion");
    // The companion where it is there, else the list of the standard.
    let shown_by = if row.companions.guarantees.is_empty() { "security_guarantees" } else { "guarantees" };
    Some(Look::Contradiction { reason, shown_by })
}

/// A secret that people enter over a network needs confidentiality, although the standard names it for no minimum;
/// `None` where there is no such secret.
pub fn keeps_the_secret(row: &Row) -> Option<Standing> {
    let factor = &row.companions.factor.as_ref()?.value;
    let secret = matches!(factor.kind, FactorKind::Password | FactorKind::Pin | FactorKind::Token);
    let network = row.companions.network_addressable.as_ref().is_none_or(|network| network.value);
    (secret && network).then(|| standing(row, Guarantee::Confidentiality))
}

/// Guarantees in the companion that neither the declared login nor the declared cryptography gives.
pub fn promises_too_much(facts: &Facts<'_>, row: &Row) -> Option<Look> {
    let promised: Vec<Guarantee> =
        row.companions.guarantees.iter().map(|guarantee| guarantee.value).collect();
    let login = row.companions.login.as_ref().map(|login| &login.value);
    let by_login = login.map(gives);
    let given = of_cryptography(facts, row);
    let beyond: Vec<Guarantee> = match by_login {
        // Without any declared cryptography the login stands for itself.
        Some(by_login) if given.is_empty() => {
            promised.iter().filter(|wanted| !by_login.contains(wanted)).copied().collect()
        }
        by_login => {
            let left = crypto::guarantees::beyond(&given, &promised);
            let by_login = by_login.unwrap_or_default();
            left.into_iter().filter(|wanted| !by_login.contains(wanted)).collect()
        }
    };
    if beyond.is_empty() {
        return None;
    }
    let beyond: Vec<&str> = beyond.into_iter().map(Guarantee::as_str).collect();
    let reason = Reason::new("guarantee-not-deliverable")
        .with("row", &row.id)
        .with("guarantee", beyond.join(", "))
        .with("by", lines(facts, row).join("; "))
        .expected_by(row.reference("auth_mech", "guarantees"));
    Some(Look::Contradiction { reason, shown_by: if login.is_some() { "login" } else { "crypto" } })
}

/// What is known of the ways that a mechanism is protected, a line each.
pub fn lines(facts: &Facts<'_>, row: &Row) -> Vec<String> {
    let login = row.companions.login.as_ref().map(|login| {
        let login = &login.value;
        let names: Vec<&str> = gives(login).iter().map(|given| given.as_str()).collect();
        let inside = if login.tls { " inside TLS" } else { "" };
        let gives = if names.is_empty() {
            "nothing by itself".to_owned()
        } else {
            format!("at most {}", names.join(", "))
        };
        format!("login {}{inside}: {gives}", login.kind.as_str())
    });
    login.into_iter().chain(of_cryptography(facts, row).iter().map(crypto::guarantees::Given::line)).collect()
}

/// A question with these facts, and what they come to.
pub fn question(facts: &Facts<'_>, item: &Item<'_>) -> Look {
    let told = !item.row.companions.guarantees.is_empty()
        && (item.row.companions.login.is_some() || !item.row.companions.crypto.is_empty());
    let look = Look::question(item, &["guarantees", "crypto", "login"], told.then_some(Verdict::Pass));
    lines(facts, item.row).into_iter().fold(look, |look, line| look.computed("computed.gives", line))
}

/// What the declared cryptography gives. TLS counts for nothing where the login is declared outside of it.
fn of_cryptography(facts: &Facts<'_>, row: &Row) -> Vec<crypto::guarantees::Given> {
    let login = row.companions.login.as_ref().map(|login| &login.value);
    let outside = login.is_some_and(|login| !login.tls && gives(login).is_empty());
    let is_tls =
        |used: &Crypto| used.protocol.as_deref().is_some_and(|name| name.to_uppercase().contains("TLS"));
    row.companions
        .crypto
        .iter()
        .map(|used| &used.value)
        .filter(|used| !(outside && is_tls(used)))
        .flat_map(|used| crypto::guarantees::given(facts.crypto, used))
        .collect()
}

/// What a way to log in gives at most: all that TLS, SSH or DTLS give; without them what the protocol has of its own.
fn gives(login: &Login) -> &'static [Guarantee] {
    const CHANNEL: &[Guarantee] = &[
        Guarantee::Integrity,
        Guarantee::Authenticity,
        Guarantee::Confidentiality,
        Guarantee::ReplayProtection,
        Guarantee::PeerAuthentication,
    ];
    match login.kind {
        LoginKind::Ssh | LoginKind::CoapPsk => CHANNEL,
        _ if login.tls => CHANNEL,
        // Answers to a challenge: the password is not sent, and an old answer is not taken.
        LoginKind::Digest => &[Guarantee::Authenticity, Guarantee::ReplayProtection],
        _ => &[],
    }
}
