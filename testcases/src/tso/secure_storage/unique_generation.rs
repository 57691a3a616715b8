//! 5.4-4: critical parameters for update checks and for associated services are unique for each device, and made so
//! that nobody attacks a whole class of devices at once.
//!
//! Unit b is worded for all critical parameters; it is applied to those of unit a, which the provision is about.

use ixit::Row;
use ixit::companion::{
    ChanceSource, Generation, Generator, ParameterContent, ParameterPurpose, ProvisioningWay,
};

use crate::assisted::{Look, each_row};
use crate::catalogue::Unit;
use crate::crypto;
use crate::facts::Facts;
use crate::judge::{By, Group, ItemResult, Judge, RestsOn};
use crate::reason::Reason;
use crate::selection;
use crate::verdict::Verdict;
use ixit::Blame;

/// 5.4-4.
pub static GROUP: Group = Group {
    id: "5.4-4",
    judges: &[
        Judge {
            unit: "5.4-4-1:a",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: the_generation_is_told,
        },
        Judge {
            unit: "5.4-4-1:b",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: the_generation_makes_it_unique,
        },
    ],
};

/// 5.4-4-1 a: a critical parameter for update checks or associated services says how it is made, in the field of the
/// standard and in the companion. One that serves an update mechanism or the communication with an associated service
/// and names no such purpose is left out of the list.
fn the_generation_is_told(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let mut results: Vec<ItemResult> = selection::rows(facts.declaration, "sec_param", Some("critical"))
        .items
        .iter()
        .filter(|item| !item.unclassified)
        .filter_map(|item| purpose_left_out(facts, item.row))
        .collect();
    let told = each_row(facts, unit, |item| {
        let reason = |code: &str| {
            let purposes = item.row.companions.purposes.iter().map(|purpose| purpose.value.as_str());
            Reason::new(code)
                .with("row", &item.row.id)
                .with("purposes", purposes.collect::<Vec<_>>().join(", "))
                .expected_by("criterion")
        };
        let prose = item.row.text("generation_mechanism");
        match (prose, item.row.companions.generator.as_ref()) {
            (None, _) => Look::Contradiction {
                reason: reason("generation-not-told"),
                shown_by: "generation_mechanism",
            },
            (Some(_), None) => Look::question(item, &["purposes", "generator"], None),
            (Some(_), Some(_)) => Look::Met { reason: reason("generation-told"), shown_by: "generator" },
        }
    });
    if results.is_empty() {
        return told;
    }
    // An empty selection says nothing beside a row that was left out of it.
    results.extend(told.into_iter().filter(|result| !result.vacuous));
    results
}

/// A critical parameter that serves an update mechanism or an associated service, whose purposes are told without it.
fn purpose_left_out(facts: &Facts<'_>, row: &Row) -> Option<ItemResult> {
    let purposes = &row.companions.purposes;
    let names = |wanted: ParameterPurpose| purposes.iter().any(|purpose| purpose.value == wanted);
    let (served, purpose) = row.companions.serves.iter().find_map(|served| {
        let (table, served) = facts.row(&served.value)?;
        let service = served.companions.associated_service.as_ref().is_some_and(|service| service.value);
        let purpose = match table {
            "upd_mech" => ParameterPurpose::UpdateCheck,
            "com_mech" if service => ParameterPurpose::AssociatedService,
            _ => return None,
        };
        Some((served, purpose)).filter(|_| !purposes.is_empty() && !names(purpose))
    })?;
    let reason = Reason::new("purpose-left-out")
        .with("row", &row.id)
        .with("served", &served.id)
        .with("purpose", purpose.as_str())
        .expected_by("criterion");
    Some(
        ItemResult::machine(&row.id, Verdict::Fail, RestsOn::Declared, reason)
            .blame(Blame::Documentation)
            .declared(row.reference("sec_param", "purposes"))
            .declared(row.reference("sec_param", "serves")),
    )
}

/// 5.4-4-1 b: what is fixed, the same on other devices, made of what everybody can read, or shorter than what anybody
/// can try out, is not unique or does not withstand an attack on all devices. Whether the rest is enough is for a
/// person.
fn the_generation_makes_it_unique(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let row = item.row;
        let Some(generator) = row.companions.generator.as_ref().map(|generator| &generator.value) else {
            return Look::question(item, &["generator", "provisioning"], None);
        };
        let reason = |code: &str| {
            let bits = generator.bits.map_or_else(|| "-".to_owned(), |bits| bits.to_string());
            Reason::new(code)
                .with("row", &row.id)
                .with("source", generator.source.as_str())
                .with("bits", bits)
                .expected_by("criterion")
        };
        if generator.source == ChanceSource::Fixed {
            return Look::Contradiction { reason: reason("value-is-fixed"), shown_by: "generator" };
        }
        if generator.unique_per_device == Some(false) {
            return Look::Contradiction { reason: reason("value-is-shared"), shown_by: "generator" };
        }
        if stays_in_every_unit(row) {
            return Look::Contradiction { reason: reason("value-is-shared"), shown_by: "provisioning" };
        }
        if let Some(inputs) = public_inputs(facts, row) {
            let reason = reason("value-from-public-values").with("inputs", inputs);
            return Look::Contradiction { reason, shown_by: "serves" };
        }
        if let Some(weakness) = too_short(row, generator) {
            let reason = reason("value-too-short")
                .with("limit", weakness.line())
                .expected_by("catalogue:crypto/broken.toml");
            return Look::Contradiction { reason, shown_by: "generator" };
        }
        let random = matches!(
            generator.source,
            ChanceSource::Hardware | ChanceSource::Software | ChanceSource::KeyAgreement
        );
        let unique = generator.unique_per_device == Some(true);
        let prejudgement = match generator.bits {
            Some(bits) if random && unique && bits >= AMPLE_BITS => Some(Verdict::Pass),
            _ => None,
        };
        let mut look = Look::question(item, &["generator", "provisioning", "content"], prejudgement);
        if let Some(bits) = generator.bits {
            look = look.computed("computed.years_to_half_of_the_values", years(bits));
        }
        look
    })
}

/// The value comes with the source code or the image, the same for all units, and is not replaced before use.
fn stays_in_every_unit(row: &Row) -> bool {
    row.companions.provisioning.as_ref().is_some_and(|provisioning| {
        matches!(provisioning.value.way, ProvisioningWay::SourceCode | ProvisioningWay::Image)
            && provisioning.value.replaced_before_operation != Some(true)
    })
}

/// Chance in bits that nobody tries out, whatever he attacks: SP 800-131A asks for it since 2014.
const AMPLE_BITS: u32 = 112;

/// Guesses a second of somebody who has the means of a baseline attacker and a copy of what the value is checked
/// against.
const GUESSES_PER_SECOND: f64 = 1e9;

fn years(bits: u32) -> String {
    let seconds = (f64::from(bits.min(1000)) - 1.0).exp2() / GUESSES_PER_SECOND;
    format!("{:.2e} at {GUESSES_PER_SECOND:.0e} guesses a second", seconds / (365.25 * 86_400.0))
}

/// Inputs of the generation of a password that the parameter stands for, where everybody can read all of them.
fn public_inputs(facts: &Facts<'_>, row: &Row) -> Option<String> {
    row.companions.serves.iter().find_map(|served| {
        let generation: &Generation = &facts.row(&served.value)?.1.companions.generation.as_ref()?.value;
        let secret = |input: &String| matches!(input.as_str(), "random" | "per-device-secret");
        (!generation.inputs.is_empty() && !generation.inputs.iter().any(secret))
            .then(|| generation.inputs.join(", "))
    })
}

/// A key of symmetric cryptography, or the chance behind a private key, below the deny list.
fn too_short(row: &Row, generator: &Generator) -> Option<crypto::Weakness> {
    let content = row.companions.content.as_ref()?.value;
    let is_key = matches!(content, ParameterContent::SecretKey | ParameterContent::PrivateKey);
    crypto::weak_key("SYMMETRIC", generator.bits?).filter(|_| is_key)
}

#[cfg(test)]
#[path = "unique_generation/tests.rs"]
mod tests;
