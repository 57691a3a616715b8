//! What asks for authentication over Bluetooth LE when a stranger pairs, and whether a row declares it.

use ixit::companion::PairingWay;
use ixit::{Declaration, Row};
use probes::ble::PairingMethod;
use probes::probe::ble_pairing::{Attempt, BlePairing};

use super::{at, by_each, control, control_told, declared, failed, open, passed};
use crate::facts::Facts;
use crate::judge::ItemResult;
use crate::reason::Reason;

/// Whether an interface is the air over which a declared mechanism pairs.
pub fn is_the_air_of_a_pairing(declaration: &Declaration, table: &str, row: &Row) -> bool {
    table == "intf" && !row.companions.gatt.is_empty() && mechanism(declaration).is_some()
}

/// 5.1-1-2 a and 5.1-5-2 a: what a pairing asks for is what a row declares. For a row that declares a pairing, and for the interface
/// over which it pairs; empty for others.
pub fn what_is_found_is_declared(facts: &Facts<'_>, table: &str, row: &Row) -> Vec<ItemResult> {
    let by = if is_the_air_of_a_pairing(facts.declaration, table, row) {
        mechanism(facts.declaration)
    } else {
        declared(row).map(|_| row)
    };
    let Some(by) = by else { return Vec::new() };
    let in_table = if by.id == row.id { table } else { "auth_mech" };
    let mut results = by_each(facts, in_table, by, |seen| vec![of_course(row, in_table, by, seen)]);
    for result in &mut results {
        result.item.clone_from(&row.id);
    }
    results
}

/// The mechanism of authentication that pairs.
fn mechanism(declaration: &Declaration) -> Option<&Row> {
    let pairs = |row: &&Row| declared(row).is_some() && !row.observed_only;
    declaration.ixit.rows("auth_mech").iter().find(pairs)
}

fn of_course(row: &Row, table: &str, by: &Row, seen: &BlePairing) -> ItemResult {
    let reason = |code: &str| {
        Reason::new(code)
            .with("row", &row.id)
            .with("by", &by.id)
            .with("declared", declared(by).map_or("-", |pairing| pairing.method.as_str()))
            .expected_by(by.reference(table, "pairing"))
    };
    let Some((attempt, method)) = control(seen).and_then(|one| Some((one, one.report.as_ref()?.method?)))
    else {
        return open(&row.id, reason("ble-right-way-not-taken").with("seen", control_told(seen)));
    };
    let way = way(method);
    let mut result = if way != PairingWay::JustWorks && declared(by).is_some_and(|it| it.method != way) {
        failed(&row.id, reason("ble-other-pairing-than-declared").with("found", way.as_str()))
    } else {
        let tried = seen.attempts.iter().filter(|one| Attempt::is_clear(one)).count();
        passed(
            &row.id,
            reason("ble-authentication-declared").with("found", way.as_str()).with("tried", tried),
        )
    };
    result.evidence.push(at(attempt));
    result
}

/// The way as a declaration names it, from the side of the device.
fn way(method: PairingMethod) -> PairingWay {
    match method {
        PairingMethod::JustWorks => PairingWay::JustWorks,
        PairingMethod::PasskeyTyped => PairingWay::PasskeyShown,
        PairingMethod::PasskeyShown => PairingWay::PasskeyEntered,
        PairingMethod::NumericComparison => PairingWay::NumericComparison,
        PairingMethod::OutOfBand => PairingWay::OutOfBand,
    }
}

#[cfg(test)]
#[path = "found_tests.rs"]
mod tests;
