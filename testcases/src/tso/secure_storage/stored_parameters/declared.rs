//! What the row of a parameter says of itself: its type, its guarantees, and the scheme that gives them.

use ixit::Row;
use ixit::companion::{Guarantee, ParameterContent, ProvisioningWay};

use crate::assisted::{Look, each_row};
use crate::catalogue::Unit;
use crate::denial_in_text::Denial;
use crate::external::{self, Standing as Evidence};
use crate::facts::Facts;
use crate::guarantees::{self, Standing};
use crate::judge::ItemResult;
use crate::protection_means::{self, denies_protection, hashes_only};
use crate::reason::Reason;
use crate::selection::Item;
use crate::verdict::Verdict;

/// 5.4-1-1 a: a value that has to stay secret is critical, one that may be known is public. The kind of the value is
/// closed; `other` is for a person, and so is a value that is called critical although it may be known: nobody is
/// harmed by that, but it may be a secret under a wrong name.
pub(super) fn type_fits_the_value(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let content = content(item.row);
        let secret = content.and_then(ParameterContent::is_secret);
        let reason = |code: &str| {
            Reason::new(code)
                .with("row", &item.row.id)
                .with("type", item.row.text("type").unwrap_or("-"))
                .with("content", content.map_or("-", ParameterContent::as_str))
                .expected_by("criterion")
        };
        match (item.row.text("type"), secret) {
            (Some("critical"), Some(true)) | (Some("public"), Some(false)) => {
                Look::Met { reason: reason("type-fits-value"), shown_by: "content" }
            }
            (Some("public"), Some(true)) => {
                Look::Contradiction { reason: reason("secret-called-public"), shown_by: "content" }
            }
            (Some("critical"), Some(false)) => Look::question(item, &["content"], None)
                .computed("computed.content", "a value of this kind may be known to everybody".to_owned()),
            _ => Look::question(item, &["content"], None),
        }
    })
}

/// 5.4-1-1 b: critical parameters need integrity and confidentiality, public ones integrity.
pub(super) fn guarantees_meet_the_minimum(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let Some(kind) = item.row.text("type") else { return Look::question(item, &["guarantees"], None) };
        let needed: &[Guarantee] = match kind {
            "critical" => &[Guarantee::Integrity, Guarantee::Confidentiality],
            _ => &[Guarantee::Integrity],
        };
        let standing = |wanted: &Guarantee| guarantees::standing(item.row, *wanted);
        let reason = |code: &str, named: &[Guarantee]| {
            let named: Vec<&str> = named.iter().map(|guarantee| guarantee.as_str()).collect();
            Reason::new(code)
                .with("row", &item.row.id)
                .with("type", kind)
                .with("guarantees", named.join(", "))
                .with("declared", guarantees::declared(item.row))
                .expected_by("criterion")
        };
        let lacking: Vec<Guarantee> =
            needed.iter().copied().filter(|wanted| standing(wanted) == Standing::Lacking).collect();
        if !lacking.is_empty() {
            let reason = reason("parameter-guarantee-missing", &lacking);
            return Look::Contradiction { reason, shown_by: "guarantees" };
        }
        if needed.iter().all(|wanted| standing(wanted) == Standing::Given) {
            return Look::Met {
                reason: reason("parameter-guarantees-suffice", needed),
                shown_by: "guarantees",
            };
        }
        Look::question(item, &["guarantees"], None)
    })
}

/// 5.4-1-1 c: whether the scheme gives what is guaranteed is for a person, who is shown the means that it names. A
/// scheme that says nothing but that there is no protection gives nothing. A key of which only a hash seems to be kept
/// could not be used, which the person is told.
pub(super) fn the_scheme_gives_the_guarantees(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let evidence = evidence(facts, unit);
    each_row(facts, unit, |item| {
        let row = item.row;
        let Some(scheme) = row.text("protection_scheme") else {
            return Look::untold(item, "protection_scheme");
        };
        let reason = |code: &str| {
            Reason::new(code)
                .with("row", &row.id)
                .with("scheme", scheme)
                .with("content", content(row).map_or("-", ParameterContent::as_str))
                .expected_by("criterion")
        };
        let secret = is_secret(row) || row.text("type") == Some("critical");
        let denied = denies_protection(scheme, secret);
        if denied == Denial::Wholly {
            return Look::Contradiction {
                reason: reason("protection-denied"),
                shown_by: "protection_scheme",
            };
        }
        let used_itself =
            matches!(content(row), Some(ParameterContent::PrivateKey | ParameterContent::SecretKey));
        let hash_of_a_key = used_itself && hashes_only(scheme);
        let means: Vec<(Guarantee, Vec<&str>)> = row
            .companions
            .guarantees
            .iter()
            .map(|guarantee| (guarantee.value, protection_means::named(scheme, guarantee.value)))
            .collect();
        let in_every_unit = way(row).filter(|way| is_in_every_unit(*way) && is_secret(row));
        let prejudgement = match in_every_unit {
            _ if hash_of_a_key || denied == Denial::AtFirst => Some(Verdict::Fail),
            Some(_) => Some(Verdict::Fail),
            None if !means.is_empty() && means.iter().all(|(_, words)| !words.is_empty()) => {
                Some(Verdict::Pass)
            }
            None => None,
        };
        let mut look = asked(item, prejudgement);
        for (guarantee, words) in &means {
            let words = if words.is_empty() { "no means that is known".to_owned() } else { words.join(", ") };
            look = look.computed("computed.means", format!("{}: {words}", guarantee.as_str()));
        }
        if hash_of_a_key {
            let text = "the words tell of a hash alone, and the device has to use the key itself".to_owned();
            look = look.computed("computed.scheme", text);
        }
        if let Some(way) = in_every_unit {
            let text = format!("{}: whoever has one unit or one image has the secret of all", way.as_str());
            look = look.computed("computed.provisioning", text);
        }
        evidence.iter().fold(look, |look, text| look.computed("computed.external-evidence", text.clone()))
    })
}

fn asked(item: &Item<'_>, prejudgement: Option<Verdict>) -> Look {
    Look::question(item, &["guarantees", "content", "provisioning"], prejudgement)
}

/// External evidence that names the unit, and where it stands. What is accepted takes the place of an open answer by
/// itself.
fn evidence(facts: &Facts<'_>, unit: &Unit) -> Vec<String> {
    external::standings(facts)
        .into_iter()
        .filter(|(evidence, _)| external::covers(evidence, unit))
        .map(|(evidence, standing)| {
            let standing = match standing {
                Evidence::Unfit(reason) => reason.code,
                Evidence::Open(_) => "waits for an assessor".to_owned(),
                Evidence::Accepted(_) => "accepted".to_owned(),
                Evidence::Refused => "refused".to_owned(),
            };
            format!("{}: {standing}", evidence.id)
        })
        .collect()
}

fn content(row: &Row) -> Option<ParameterContent> {
    row.companions.content.as_ref().map(|content| content.value)
}

fn is_secret(row: &Row) -> bool {
    content(row).and_then(ParameterContent::is_secret) == Some(true)
}

fn way(row: &Row) -> Option<ProvisioningWay> {
    row.companions.provisioning.as_ref().map(|provisioning| provisioning.value.way)
}

fn is_in_every_unit(way: ProvisioningWay) -> bool {
    matches!(way, ProvisioningWay::SourceCode | ProvisioningWay::Image)
}
