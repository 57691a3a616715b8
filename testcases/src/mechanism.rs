//! What the declaration of a communication mechanism contradicts outright: guarantees that its use
//! demands, cryptography that is known to be broken. Shared by 5.5-1 and the provisions that apply it.

use ixit::{Declaration, Row};

use crate::assisted::{Look, each_row};
use crate::catalogue::Unit;
use crate::crypto;
use crate::facts::Facts;
use crate::judge::ItemResult;
use crate::reason::Reason;
use crate::selection;

/// Words by which a guarantee is recognized in a declaration.
const INTEGRITY: (&str, &[&str]) = ("integrity", &["integrity", "完全性"]);
const AUTHENTICITY: (&str, &[&str]) = ("authenticity", &["authentic", "真正性", "認証"]);
const CONFIDENTIALITY: (&str, &[&str]) = ("confidentiality", &["confidential", "secrecy", "機密性"]);

/// The conceptual units of 5.5-1 in one, with confidentiality as a minimum guarantee (5.5-6-1, 5.5-7-1,
/// 5.8-1-1, 5.8-2-1).
pub fn confidential_best_practice(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        lacks_guarantee(facts.declaration, item.row, true)
            .or_else(|| uses_broken_cryptography(item.row))
            .unwrap_or_else(|| Look::question(item, &["crypto"], None))
    })
}

/// A guarantee that the use of the mechanism demands and the declaration does not name.
pub fn lacks_guarantee(declaration: &Declaration, row: &Row, confidential: bool) -> Option<Look> {
    let named = row.texts("security_guarantees");
    let names = |guarantee| names_guarantee(row, guarantee);
    let carries = |select| selection::matches(declaration, select, row) == Some(true);
    let valuable = carries("carries-critical-parameter") || carries("carries-personal-data");
    let lacking = if named.is_empty() {
        "any"
    } else if confidential && !names(CONFIDENTIALITY) {
        CONFIDENTIALITY.0
    } else if valuable && !names(INTEGRITY) {
        INTEGRITY.0
    } else if valuable && !names(AUTHENTICITY) {
        AUTHENTICITY.0
    } else {
        return None;
    };
    let declared = if named.is_empty() { "none".to_owned() } else { named.join(", ") };
    Some(Look::Contradiction {
        reason: Reason::new("guarantee-missing")
            .with("row", &row.id)
            .with("guarantee", lacking)
            .with("declared", declared)
            .expected_by("criterion"),
        shown_by: "security_guarantees",
    })
}

/// Whether a mechanism is declared to know who it talks to, or where what it carries comes from.
pub fn guarantees_authenticity(row: &Row) -> bool {
    names_guarantee(row, AUTHENTICITY)
}

/// Whether a mechanism is declared to keep what it carries from others.
pub fn guarantees_confidentiality(row: &Row) -> bool {
    names_guarantee(row, CONFIDENTIALITY)
}

fn names_guarantee(row: &Row, (_, words): (&str, &[&str])) -> bool {
    row.texts("security_guarantees").iter().any(|text| {
        let text = text.to_lowercase();
        words.iter().any(|word| text.contains(word))
    })
}

/// Cryptography of the companions that stands on the deny list.
pub fn uses_broken_cryptography(row: &Row) -> Option<Look> {
    let broken: Vec<crypto::Weakness> =
        row.companions.crypto.iter().flat_map(|crypto| crypto::broken(&crypto.value)).collect();
    (!broken.is_empty()).then(|| Look::Contradiction {
        reason: Reason::new("broken-cryptography")
            .with("row", &row.id)
            .with("broken", crypto::lines(&broken))
            .with("date", crypto::policy().0)
            .expected_by("catalogue:crypto/broken.toml"),
        shown_by: "crypto",
    })
}
