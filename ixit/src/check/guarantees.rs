//! Guarantees: those that type and use of a parameter need at least (5.4-1-1 a and b, 5.4-2-1 b), and those in
//! words against the closed list.

use std::collections::BTreeSet;

use super::Check;
use crate::companion::Guarantee;
use crate::declaration::Row;
use crate::table::tables;

pub(super) fn check(check: &mut Check<'_>) {
    let declaration = check.declaration;
    for row in declaration.ixit.rows("sec_param").iter().filter(|row| !row.observed_only) {
        content(check, row);
        least(check, row);
    }
    for table in tables(declaration.edition) {
        let Some(field) = table.fields.iter().find(|field| field.key == "security_guarantees") else {
            continue;
        };
        let unit = check.unit_of([field]);
        for row in declaration.ixit.rows(&table.key).iter().filter(|row| !row.observed_only) {
            in_words(check, row, unit);
        }
    }
}

/// Public or critical follows from what the value is, where that is one of the known kinds.
fn content(check: &mut Check<'_>, row: &Row) {
    let (Some(content), Some(stated)) = (&row.companions.content, row.text("type")) else { return };
    let Some(secret) = content.value.is_secret() else { return };
    let fits = if secret { "critical" } else { "public" };
    if stated == fits || !["critical", "public"].contains(&stated) {
        return;
    }
    let at = row.fields.get("type").map_or(&row.at, |field| &field.at);
    let message =
        format!("{} is called {stated}, but its content, {}, is {fits}", row.id, content.value.as_str());
    let help = "Critical is what harms when it is disclosed; correct `type` or `content`";
    check.finding("type-contradicts-content", at, Some("5.4-1-1:a"), message, help);
}

fn least(check: &mut Check<'_>, row: &Row) {
    let Some(first) = row.companions.guarantees.first() else { return };
    let lacks = |guarantee: Guarantee| !row.companions.guarantees.iter().any(|one| one.value == guarantee);
    let needed: &[Guarantee] = match row.text("type") {
        Some("critical") => &[Guarantee::Integrity, Guarantee::Confidentiality],
        Some("public") => &[Guarantee::Integrity],
        _ => &[],
    };
    for guarantee in needed.iter().filter(|guarantee| lacks(**guarantee)) {
        let message = format!(
            "{} is {}, but {} is not among its guarantees",
            row.id,
            row.text("type").unwrap_or_default(),
            guarantee.as_str()
        );
        let help = "A critical parameter needs integrity and confidentiality, a public one integrity";
        check.finding("guarantee-below-type", &first.at, Some("5.4-1-1:b"), message, help);
    }
    let identity = row.companions.hard_coded_identity.as_ref().is_some_and(|identity| identity.value);
    if identity && lacks(Guarantee::TamperResistance) {
        let message = format!("{} is a hard-coded identity, but does not resist tampering", row.id);
        let help = "A hard-coded identity of the device needs the guarantee `tamper-resistance`";
        check.finding("guarantee-below-type", &first.at, Some("5.4-2-1:b"), message, help);
    }
}

/// Compared only where the words are the plain names of guarantees: other words can mean anything.
fn in_words(check: &mut Check<'_>, row: &Row, unit: Option<&str>) {
    let Some(first) = row.companions.guarantees.first() else { return };
    let words = row.texts("security_guarantees");
    let named: Option<BTreeSet<&str>> = words.iter().map(|word| plain_name(word)).collect();
    let Some(named) = named.filter(|named| !named.is_empty()) else { return };
    let closed: BTreeSet<&str> =
        row.companions.guarantees.iter().map(|guarantee| guarantee.value.as_str()).collect();
    if named == closed {
        return;
    }
    let differ: Vec<&str> = named.symmetric_difference(&closed).copied().collect();
    let message =
        format!("`security_guarantees` and `guarantees` of {} differ in: {}", row.id, differ.join(", "));
    check.finding("guarantees-differ", &first.at, unit, message, "Say the same in both");
}

fn plain_name(word: &str) -> Option<&'static str> {
    let guarantee = match word.trim().to_lowercase().replace('-', " ").as_str() {
        "integrity" => Guarantee::Integrity,
        "authenticity" | "authenticity of origin" => Guarantee::Authenticity,
        "confidentiality" => Guarantee::Confidentiality,
        "replay protection" | "anti replay" => Guarantee::ReplayProtection,
        "authentication of peers" | "peer authentication" => Guarantee::PeerAuthentication,
        "tamper resistance" => Guarantee::TamperResistance,
        "anti rollback" => Guarantee::AntiRollback,
        _ => return None,
    };
    Some(guarantee.as_str())
}
