//! What the declaration of a communication mechanism contradicts outright: guarantees that its use
//! demands, cryptography that is known to be broken. Shared by 5.5-1 and the provisions that apply it.

use ixit::companion::Guarantee;
use ixit::{Declaration, Row};

use crate::assisted::{Look, companions, each_row};
use crate::catalogue::Unit;
use crate::crypto::guarantees::{Given, beyond};
use crate::facts::Facts;
use crate::guarantees::Standing;
use crate::judge::ItemResult;
use crate::prompt::Shown;
use crate::reason::Reason;
use crate::selection::{self, Item};
use crate::verdict::Verdict;
use crate::{crypto, declared_cryptography, guarantees};

/// Words by which a guarantee is recognized in a declaration.
const INTEGRITY: (&str, &[&str]) = ("integrity", &["integrity", "完全性"]);
const AUTHENTICITY: (&str, &[&str]) = ("authenticity", &["authentic", "真正性", "認証"]);
const CONFIDENTIALITY: (&str, &[&str]) = ("confidentiality", &["confidential", "secrecy", "機密性"]);

/// The conceptual units of 5.5-1 in one, with confidentiality as a minimum guarantee (5.5-6-1, 5.5-7-1,
/// 5.8-1-1, 5.8-2-1).
pub fn confidential_best_practice(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let judged = declared_cryptography::judged(facts, item);
        lacks_guarantee(facts.declaration, item.row, true)
            .or_else(|| declared_cryptography::contradiction(facts, item, &judged))
            .or_else(|| promises_too_much(facts, item.row))
            .unwrap_or_else(|| {
                let mut shown = declared_cryptography::shown(facts, item, &judged);
                shown.extend(fact_sheet(facts, item));
                Look::Question { shown, prejudgement: declared_cryptography::prejudgement(&judged) }
            })
    })
}

/// A guarantee of the companion that none of the declared protocols and mechanisms can give.
pub fn promises_too_much(facts: &Facts<'_>, row: &Row) -> Option<Look> {
    let declared: Vec<Guarantee> =
        row.companions.guarantees.iter().map(|guarantee| guarantee.value).collect();
    let given = given(facts, row);
    let beyond: Vec<&str> = beyond(&given, &declared).iter().map(|guarantee| guarantee.as_str()).collect();
    (!beyond.is_empty()).then(|| Look::Contradiction {
        reason: Reason::new("guarantee-not-given")
            .with("row", &row.id)
            .with("guarantee", beyond.join(", "))
            .with("given", given.iter().map(Given::line).collect::<Vec<_>>().join("; "))
            .expected_by("catalogue:crypto/protocols.toml"),
        shown_by: "guarantees",
    })
}

/// The declared guarantees beside what the declared protocols and mechanisms give at most.
pub fn fact_sheet(facts: &Facts<'_>, item: &Item<'_>) -> Vec<Shown> {
    let mut shown = companions(item, &["guarantees"]);
    let given = given(facts, item.row);
    let lines = if given.is_empty() {
        vec!["no protocol or mechanism is declared in a closed form".to_owned()]
    } else {
        given.iter().map(Given::line).collect()
    };
    shown.extend(lines.into_iter().map(|text| Shown {
        label: "computed.fact-sheet".to_owned(),
        text,
        source: None,
    }));
    shown
}

/// What the parameters and data that a mechanism carries are declared to need, beside what it guarantees. A need that it
/// does not guarantee is pre-judged only: what is encrypted before it is sent does not need it here.
pub fn against_what_it_carries(facts: &Facts<'_>, item: &Item<'_>) -> Look {
    let mut look = Look::question(item, &["guarantees"], None);
    let (mut needed, mut lacking, mut untold) = (false, false, false);
    let word = |standing| match standing {
        Standing::Given => "guaranteed",
        Standing::Lacking => "not guaranteed",
        Standing::Untold => "not told in a closed form",
    };
    for parameter in selection::rows(facts.declaration, "sec_param", None).items {
        if !parameter.row.texts("communication_mechanisms").contains(&item.row.id.as_str()) {
            continue;
        }
        for need in parameter.row.companions.guarantees.iter().map(|guarantee| guarantee.value) {
            if !matches!(need, Guarantee::Integrity | Guarantee::Authenticity | Guarantee::Confidentiality) {
                continue;
            }
            needed = true;
            let standing = guarantees::standing(item.row, need);
            lacking |= standing == Standing::Lacking;
            untold |= standing == Standing::Untold;
            let text = format!("{} needs {}: {}", parameter.row.id, need.as_str(), word(standing));
            look = look.computed("computed.needed-guarantee", text);
        }
    }
    let personal = selection::matches(facts.declaration, "carries-personal-data", item.row) == Some(true);
    if personal {
        needed = true;
        let standing = guarantees::standing(item.row, Guarantee::Confidentiality);
        lacking |= standing == Standing::Lacking;
        untold |= standing == Standing::Untold;
        let text = format!("personal data need confidentiality: {}", word(standing));
        look = look.computed("computed.needed-guarantee", text);
    }
    if let Look::Question { prejudgement, .. } = &mut look {
        *prejudgement = match (needed, lacking) {
            (true, true) => Some(Verdict::Fail),
            (true, false) if !untold => Some(Verdict::Pass),
            _ => None,
        };
    }
    look
}

fn given(facts: &Facts<'_>, row: &Row) -> Vec<Given> {
    row.companions
        .crypto
        .iter()
        .flat_map(|crypto| crypto::guarantees::given(facts.crypto, &crypto.value))
        .collect()
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
    let uses = row.companions.crypto.iter();
    let broken: Vec<crypto::Weakness> = uses.flat_map(|crypto| crypto::broken(&crypto.value)).collect();
    (!broken.is_empty()).then(|| declared_cryptography::broken_cryptography(row, &broken))
}
