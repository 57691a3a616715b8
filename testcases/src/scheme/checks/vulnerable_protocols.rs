//! Protocols that a scheme calls vulnerable are not declared: those with associated services (`services`), and those on
//! a network of the device (`links`). What was seen is held against the declaration by the standard (5.5-1); name it
//! beside this check.

use ixit::companion::{Crypto, Role};
use ixit::{Blame, Row};
use serde::Deserialize;

use crate::judge::RestsOn;
use crate::reason::Reason;
use crate::scheme::check::{Asked, Check, Checked, read};
use crate::verdict::Verdict;

/// The check.
pub static CHECK: Check =
    Check { name: "vulnerable-protocols", reads: |with| read::<Parameters>(with).map(|_| ()), judge };

/// Tables whose rows declare protocols.
const TABLES: &[&str] = &["com_mech", "upd_mech", "auth_mech"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {
    /// Protocols, with their version where not all are meant, such as `TLS 1.1`, that must not be spoken to services.
    services: Vec<String>,
    /// The same for links, such as `WEP`.
    links: Vec<String>,
}

fn judge(asked: &Asked<'_>) -> Checked {
    let parameters: Parameters = asked.parameters();
    let ixit = &asked.facts.declaration.ixit;
    let rows = || TABLES.iter().flat_map(|table| ixit.rows(table).iter().map(move |row| (*table, row)));
    let mut found: Vec<(&str, &Row, String)> = Vec::new();
    let mut open: Vec<&Row> = Vec::new();
    let mut spoken: Vec<String> = Vec::new();
    for (table, row) in rows() {
        let to_service = calls_a_service(row);
        for crypto in row.companions.crypto.iter().map(|crypto| &crypto.value) {
            for name in names(crypto) {
                let known = |list: &[String]| list.iter().any(|listed| is(&name, listed));
                if known(&parameters.links) || (to_service != Some(false) && known(&parameters.services)) {
                    found.push((table, row, name.clone()));
                }
                if to_service == Some(true) && !spoken.contains(&name) {
                    spoken.push(name);
                }
            }
        }
        let silent =
            row.companions.crypto.is_empty() || row.companions.crypto.iter().any(|it| unnumbered(&it.value));
        if table == "com_mech" && to_service != Some(false) && silent {
            open.push(row);
        }
    }
    let reason = |code: &str| {
        Reason::new(code)
            .with("services", parameters.services.join(", "))
            .with("links", parameters.links.join(", "))
    };
    if !found.is_empty() {
        let said: Vec<String> = found.iter().map(|(_, row, name)| format!("{name} [{}]", row.id)).collect();
        let reason = reason("scheme-vulnerable-protocol").with("found", said.join(", "));
        let checked = Checked::new(Verdict::Fail, RestsOn::Declared, reason).blame(Blame::Device);
        return found.iter().take(8).fold(checked, |checked, (table, row, _)| {
            checked.evidence(row.reference(table, "crypto"), format!("line {}", row.at.line))
        });
    }
    if !open.is_empty() || rows().next().is_none() {
        let ids: Vec<&str> = open.iter().map(|row| row.id.as_str()).collect();
        let reason = reason("scheme-protocols-untold").with("rows", ids.join(", "));
        return Checked::new(Verdict::Inconclusive, RestsOn::Declared, reason).blame(Blame::Documentation);
    }
    let checked = Checked::new(
        Verdict::Pass,
        RestsOn::Declared,
        reason("scheme-no-vulnerable-protocol").with("spoken", spoken.join(", ")),
    );
    checked.evidence("declaration:ixit.toml#com_mech", "")
}

/// Whether the device speaks to a service over the network by this row; `None` where its part is not declared.
fn calls_a_service(row: &Row) -> Option<bool> {
    let companions = &row.companions;
    if let Some(declared) = &companions.associated_service {
        return Some(declared.value);
    }
    if companions.endpoint.iter().any(|endpoint| endpoint.value.host.is_some()) {
        return Some(true);
    }
    match companions.role.as_ref().map(|role| role.value) {
        Some(Role::Client) if !companions.endpoint.is_empty() => Some(true),
        Some(_) => Some(false),
        // An endpoint without a host is one of the device.
        None if !companions.endpoint.is_empty() => Some(false),
        None => None,
    }
}

/// `TLS` and `["1.2", "1.3"]` are `TLS 1.2` and `TLS 1.3`.
fn names(crypto: &Crypto) -> Vec<String> {
    let Some(protocol) = crypto.protocol.as_deref().map(str::trim) else { return Vec::new() };
    if crypto.versions.is_empty() {
        return vec![protocol.to_owned()];
    }
    let version = |version: &String| {
        let version = version.trim();
        let number = version.strip_prefix(['v', 'V']).unwrap_or(version);
        if number.starts_with(|one: char| one.is_ascii_digit()) {
            format!("{protocol} {number}")
        } else {
            number.to_owned()
        }
    };
    crypto.versions.iter().map(version).collect()
}

/// TLS without versions: which is spoken is not told.
fn unnumbered(crypto: &Crypto) -> bool {
    crypto.versions.is_empty()
        && crypto.protocol.as_deref().is_some_and(|protocol| protocol.trim().eq_ignore_ascii_case("TLS"))
}

/// Whether a name is that of the list: the same, or any version of it. `TLSv1.1` is `TLS 1.1`.
fn is(name: &str, listed: &str) -> bool {
    let plain = |text: &str| -> String {
        let mut text: String =
            text.chars().filter(|one| one.is_ascii_alphanumeric() || *one == '.').collect();
        text.make_ascii_lowercase();
        text.replacen("tlsv", "tls", 1).replacen("sslv", "ssl", 1)
    };
    let (name, listed) = (plain(name), plain(listed));
    let unversioned = !listed.chars().any(|one| one.is_ascii_digit());
    name == listed
        || unversioned
            && name
                .strip_prefix(&listed)
                .is_some_and(|rest| rest.starts_with(|one: char| one.is_ascii_digit()))
}

#[cfg(test)]
#[path = "vulnerable_protocols/tests.rs"]
mod tests;
