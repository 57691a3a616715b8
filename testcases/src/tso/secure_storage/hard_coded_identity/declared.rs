//! What the declaration says of identities that are hard-coded.

use ixit::Row;
use ixit::companion::{Guarantee, ParameterContent, ProvisioningWay, Subject};

use crate::assessor::empty_selection;
use crate::assisted::{self, Look, ask_about, each_row};
use crate::catalogue::Unit;
use crate::denial_in_text::Denial;
use crate::facts::Facts;
use crate::guarantees::{self, Standing};
use crate::judge::{ItemResult, RestsOn};
use crate::prompt::Shown;
use crate::protection_means;
use crate::reason::Reason;
use crate::selection;
use crate::verdict::Verdict;
use ixit::Blame;

/// 5.4-2-1 a: whoever is used as a hard-coded identity is declared to be one. Every parameter is looked at, not those
/// alone that say so: a secret of its own for each unit, written at production, by which the device proves to other
/// machines who it is, is one.
pub(super) fn identities_are_called_so(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let all = selection::rows(facts.declaration, "sec_param", None);
    if let Some(result) = empty_selection(unit, &all.emptiness) {
        return vec![result];
    }
    let mut results = Vec::new();
    for item in &all.items {
        let row = item.row;
        let stated = row.companions.hard_coded_identity.as_ref().map(|stated| stated.value);
        let use_as_identity = used_as_identity(facts, row);
        let proves = match &use_as_identity {
            Use::Identity(mechanism) => mechanism.as_str(),
            Use::None | Use::Untold => "-",
        };
        let reason = |code: &str| {
            Reason::new(code).with("row", &row.id).with("mechanism", proves).expected_by("criterion")
        };
        match (stated, &use_as_identity) {
            (Some(true), _) => results.push(
                ItemResult::machine(&row.id, Verdict::Pass, RestsOn::Declared, reason("identity-stated"))
                    .declared(row.reference(item.table, "hard_coded_identity")),
            ),
            (Some(false), Use::Identity(_)) => results.push(
                ItemResult::machine(&row.id, Verdict::Fail, RestsOn::Declared, reason("identity-not-stated"))
                    .blame(Blame::Documentation)
                    .declared(row.reference(item.table, "hard_coded_identity"))
                    .declared(row.reference(item.table, "provisioning")),
            ),
            (Some(false), Use::None) => {}
            (None, _) | (Some(false), Use::Untold) => {
                let keys = ["hard_coded_identity", "provisioning", "content", "serves", "generator"];
                let mut shown = assisted::companions(item, &keys);
                let proposes = matches!(use_as_identity, Use::Identity(_));
                if proposes {
                    let text = format!("{proves} authenticates the device by it");
                    shown.push(Shown { label: "computed.identity".to_owned(), text, source: None });
                }
                let prejudgement = proposes.then_some(Verdict::Fail);
                results.push(ask_about(facts, unit, item, shown, prejudgement));
            }
        }
    }
    if results.is_empty() {
        // Every row tells in a closed form that it is none.
        let emptiness =
            selection::rows(facts.declaration, "sec_param", Some("hard-coded-identity")).emptiness;
        results.extend(empty_selection(unit, &emptiness));
    }
    results
}

/// What the companions tell of a parameter.
enum Use {
    /// The device proves by it who it is, to this mechanism.
    Identity(String),
    /// It is used otherwise.
    None,
    /// They do not tell.
    Untold,
}

fn used_as_identity(facts: &Facts<'_>, row: &Row) -> Use {
    let companions = &row.companions;
    let content = companions.content.as_ref().map(|content| content.value);
    let Some(provisioning) = companions.provisioning.as_ref() else { return Use::Untold };
    match provisioning.value.way {
        ProvisioningWay::Production => {}
        ProvisioningWay::Other => return Use::Untold,
        _ => return Use::None,
    }
    // What may be known to everybody proves nothing by itself.
    match content.map(ParameterContent::is_secret) {
        Some(Some(true)) => {}
        Some(Some(false)) => return Use::None,
        Some(None) | None => return Use::Untold,
    }
    let unique = companions.generator.as_ref().and_then(|generator| generator.value.unique_per_device);
    if unique == Some(false) {
        return Use::None;
    }
    let proves = |id: &str| {
        let (table, row) = facts.row(id)?;
        let of_machine = row.companions.subject.as_ref()?.value == Subject::Machine;
        let factor = &row.companions.factor.as_ref()?.value;
        (table == "auth_mech" && of_machine && factor.pre_installed == Some(true)).then(|| row.id.clone())
    };
    match companions.serves.iter().find_map(|served| proves(&served.value)) {
        Some(mechanism) if unique == Some(true) => Use::Identity(mechanism),
        Some(_) => Use::Untold,
        None if companions.serves.is_empty() => Use::Untold,
        None => Use::None,
    }
}

/// 5.4-2-1 b: resistance to tampering is among the guarantees of an identity.
pub(super) fn tamper_resistance_is_guaranteed(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let reason = |code: &str| {
            Reason::new(code)
                .with("row", &item.row.id)
                .with("declared", guarantees::declared(item.row))
                .expected_by("criterion")
        };
        match guarantees::standing(item.row, Guarantee::TamperResistance) {
            Standing::Given => {
                Look::Met { reason: reason("tamper-resistance-guaranteed"), shown_by: "guarantees" }
            }
            Standing::Lacking => Look::Contradiction {
                reason: reason("identity-without-tamper-resistance"),
                shown_by: "guarantees",
            },
            Standing::Untold => Look::question(item, &["guarantees"], None),
        }
    })
}

/// 5.4-2-1 c: whether the scheme withstands tampering is for a person. A scheme that says nothing but that there is no
/// protection does not, and a value that everybody who builds the software can read or replace is not kept from being replaced.
pub(super) fn the_scheme_withstands_tampering(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let scheme = item.row.text("protection_scheme").unwrap_or_default();
        let way = item.row.companions.provisioning.as_ref().map(|provisioning| provisioning.value.way);
        let reason = |code: &str| {
            Reason::new(code)
                .with("row", &item.row.id)
                .with("scheme", scheme)
                .with("way", way.map_or("-", ProvisioningWay::as_str))
                .expected_by("criterion")
        };
        let denied = protection_means::denies_protection(scheme, false);
        if denied == Denial::Wholly {
            return Look::Contradiction {
                reason: reason("protection-denied"),
                shown_by: "protection_scheme",
            };
        }
        if matches!(way, Some(ProvisioningWay::SourceCode | ProvisioningWay::Image)) {
            return Look::Contradiction { reason: reason("identity-in-software"), shown_by: "provisioning" };
        }
        let means = protection_means::named(scheme, Guarantee::TamperResistance);
        let prejudgement = match denied {
            Denial::AtFirst => Some(Verdict::Fail),
            Denial::Wholly | Denial::No => (!means.is_empty()).then_some(Verdict::Pass),
        };
        let found = if means.is_empty() { "no means that is known".to_owned() } else { means.join(", ") };
        Look::question(item, &["guarantees", "provisioning", "content"], prejudgement)
            .computed("computed.means", format!("tamper-resistance: {found}"))
    })
}
