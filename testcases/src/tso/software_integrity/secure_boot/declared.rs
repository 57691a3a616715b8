//! 5.7-1-1: what is declared of secure boot mechanisms.

use ixit::Row;
use ixit::companion::Guarantee;

use crate::assisted::{Look, each_row, required};
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::guarantees::{Standing, declared, standing};
use crate::judge::ItemResult;
use crate::reason::Reason;
use crate::verdict::Verdict;

/// 5.7-1-1 a: the guarantees include integrity and authenticity of the software.
pub(super) fn integrity_and_authenticity_are_guaranteed(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let wanted = [Guarantee::Integrity, Guarantee::Authenticity];
        let standings = wanted.map(|wanted| (wanted, standing(item.row, wanted)));
        let reason = |code: &str| {
            Reason::new(code)
                .with("row", &item.row.id)
                .with("declared", declared(item.row))
                .expected_by("criterion")
        };
        let lacking: Vec<&str> = standings
            .iter()
            .filter(|(_, standing)| *standing == Standing::Lacking)
            .map(|(wanted, _)| wanted.as_str())
            .collect();
        let shown_by =
            if item.row.companions.guarantees.is_empty() { "security_guarantees" } else { "guarantees" };
        if !lacking.is_empty() {
            let reason = reason("boot-guarantees-too-little").with("lacking", lacking.join(", "));
            return Look::Contradiction { reason, shown_by };
        }
        match standings.iter().all(|(_, standing)| *standing == Standing::Given) {
            true => Look::Met { reason: reason("boot-guarantees-enough"), shown_by: "guarantees" },
            false => Look::question(item, &["guarantees"], None),
        }
    })
}

/// 5.7-1-1 b: description and detection suit the guarantees. A mechanism that is declared to detect nothing contradicts
/// that, and so
/// does a key of the check that anybody may alter; shown beside it are the parameters on which the check rests.
pub(super) fn detection_suits_the_guarantees(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let row = item.row;
        if let Err(look) = required(item, "detection_mechanisms", "boot-without-detection") {
            return look;
        }
        let keys = keys(facts, row);
        let exposed = keys.iter().find(|key| standing(key, Guarantee::Integrity) == Standing::Lacking);
        if let Some(key) = exposed {
            let reason = Reason::new("boot-key-unprotected")
                .with("row", &row.id)
                .with("parameter", &key.id)
                .with("declared", declared(key))
                .expected_by("criterion");
            return Look::Contradiction { reason, shown_by: "description" };
        }
        let protected = |key: &&Row| standing(key, Guarantee::Integrity) == Standing::Given;
        let sound = !keys.is_empty() && keys.iter().all(protected) && row.text("description").is_some();
        let look = Look::question(item, &["guarantees"], sound.then_some(Verdict::Pass));
        if keys.is_empty() {
            return look
                .computed("computed.rests-on", "no parameter says that it serves this row".to_owned());
        }
        keys.iter().fold(look, |look, key| {
            let kind = key.text("type").unwrap_or("-");
            look.computed("computed.rests-on", format!("{}: {kind}, {}", key.id, declared(key)))
        })
    })
}

/// Parameters that say that they serve a row.
fn keys<'a>(facts: &Facts<'a>, row: &Row) -> Vec<&'a Row> {
    let parameters = facts.declaration.ixit.rows("sec_param").iter();
    parameters
        .filter(|parameter| parameter.companions.serves.iter().any(|served| served.value == row.id))
        .collect()
}

#[cfg(test)]
#[path = "declared/tests.rs"]
mod tests;
