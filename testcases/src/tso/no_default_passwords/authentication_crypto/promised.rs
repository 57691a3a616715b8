//! 5.1-3-1 a and b: what the authentication of users guarantees, and whether login and cryptography can give it.

use ixit::companion::Guarantee;

use crate::assisted::{Look, each_row};
use crate::authentication_guarantees as authentication;
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::guarantees::{Standing, declared};
use crate::judge::ItemResult;
use crate::reason::Reason;
use crate::verdict::Verdict;

/// 5.1-3-1 a: integrity and authenticity stand among the guarantees. Where a secret is sent over a network and is not
/// declared to be kept from others, the minimum alone does not settle whether the guarantees suit.
pub(super) fn integrity_and_authenticity_are_guaranteed(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        if let Some(lacking) = authentication::lacks_the_minimum(item.row) {
            return lacking;
        }
        let secret_in_the_open =
            authentication::keeps_the_secret(item.row).is_some_and(|kept| kept != Standing::Given);
        match authentication::minimum(item.row) {
            Standing::Given if !secret_in_the_open => {
                let reason = Reason::new("guarantees-reach-the-minimum")
                    .with("row", &item.row.id)
                    .with("declared", declared(item.row))
                    .expected_by("criterion");
                Look::Met { reason, shown_by: "guarantees" }
            }
            Standing::Given => {
                let lacks = format!(
                    "{} for a secret that is sent over a network",
                    Guarantee::Confidentiality.as_str()
                );
                Look::question(item, &["guarantees", "factor", "crypto"], Some(Verdict::Fail))
                    .computed("computed.lacks", lacks)
            }
            _ => Look::question(item, &["guarantees", "crypto"], None),
        }
    })
}

/// 5.1-3-1 b: a guarantee that neither the declared login nor the declared cryptography can give contradicts the
/// criterion; whether the mechanism as a whole gives the others is for a person, who is shown what each part gives at
/// most.
pub(super) fn the_mechanism_can_give_what_it_guarantees(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        authentication::promises_too_much(facts, item.row)
            .unwrap_or_else(|| authentication::question(facts, item))
    })
}

#[cfg(test)]
#[path = "promised_tests.rs"]
mod tests;
