//! Credentials and keys that other tables speak of appear as security parameters (5.4-1-1 d). Told by `serves` of
//! 10-SecParam, once one row has it; or by the statement that there are no parameters.

use std::collections::HashSet;

use super::{declared, is_stated_empty};
use crate::check::Check;
use crate::companion::{Crypto, FactorKind, Guarantee, PeerTrust, UpdateTrust};
use crate::declaration::{Ixit, Row};

/// The unit that looks for parameters that are missing.
const UNIT: &str = "5.4-1-1:d";

/// What a row has to be to be asked about.
type Is = fn(&Row) -> bool;

pub(super) fn check(check: &mut Check<'_>) {
    let ixit = &check.declaration.ixit;
    let Some(served) = served(ixit) else { return };
    let kinds: [(&str, &str, &str, Is); 4] = [
        ("auth_mech", "credential-without-parameter", "credential", has_credential),
        ("upd_mech", "update-key-without-parameter", "key that checks updates", has_update_key),
        ("sec_boot", "boot-key-without-parameter", "key or hash that checks the start", has_boot_key),
        ("com_mech", "communication-key-without-parameter", "key or certificate", has_communication_key),
    ];
    for (table, code, what, needs) in kinds {
        for row in declared(ixit, table).filter(|row| needs(row) && !served.contains(row.id.as_str())) {
            let message = format!("No row of `sec_param` is the {what} of {}", row.id);
            let help = format!(
                "Declare the parameter in `sec_param` with serves = [\"{0}\"], or add \"{0}\" to `serves` of the row that it is",
                row.id
            );
            check.finding(code, &row.at, Some(UNIT), message, help);
        }
    }
}

/// Rows that some parameter serves; `None` where the declaration does not say it in a closed form.
fn served(ixit: &Ixit) -> Option<HashSet<&str>> {
    if is_stated_empty(ixit, "sec_param") {
        return Some(HashSet::new());
    }
    let served: HashSet<&str> = ixit
        .rows("sec_param")
        .iter()
        .flat_map(|row| &row.companions.serves)
        .map(|id| id.value.as_str())
        .collect();
    (!served.is_empty()).then_some(served)
}

fn has_credential(row: &Row) -> bool {
    row.companions.factor.as_ref().is_some_and(|factor| factor.value.kind != FactorKind::Other)
}

fn has_update_key(row: &Row) -> bool {
    let signed = |crypto: &Crypto| crypto.purpose.as_deref() == Some("signature");
    row.companions.crypto.iter().any(|crypto| signed(&crypto.value))
        || row
            .companions
            .update
            .as_ref()
            .is_some_and(|update| update.value.trust.contains(&UpdateTrust::Signature))
}

fn has_boot_key(row: &Row) -> bool {
    let checks = |guarantee: Guarantee| matches!(guarantee, Guarantee::Integrity | Guarantee::Authenticity);
    row.companions.guarantees.iter().any(|guarantee| checks(guarantee.value))
}

/// A client that believes everybody keeps no key; protocols that have none are left out by 5.5-5.
fn has_communication_key(row: &Row) -> bool {
    let of = &row.companions;
    let excluded = of.excluded_protocol.as_ref().is_some_and(|excluded| excluded.value);
    let believes_all = of.peer_trust.as_ref().is_some_and(|trust| trust.value == PeerTrust::Nobody);
    let keyed = |crypto: &Crypto| {
        crypto.protocol.is_some() || crypto.certificate_key.is_some() || crypto.key_bits.is_some()
    };
    !excluded && !believes_all && of.crypto.iter().any(|crypto| keyed(&crypto.value))
}
