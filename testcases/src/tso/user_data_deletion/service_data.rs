//! 5.11-2: users can have their personal data removed from associated services. The lab does not control the
//! services: a person enters made-up values, has them removed, and looks for them; what to enter and what to look for
//! is laid out here.

#[path = "service_data/declared.rs"]
mod declared;

use ixit::Row;
use sha2::{Digest, Sha256};

use crate::assessor::empty_selection;
use crate::assisted::{ask_about, companions};
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::judge::{By, Group, ItemResult, Judge};
use crate::prompt::Shown;
use crate::selection::{self, Item};
use crate::traffic_seen::Captures;
use crate::verdict::Verdict;

/// 5.11-2.
pub static GROUP: Group = Group {
    id: "5.11-2",
    judges: &[
        Judge {
            unit: "5.11-2-1:a",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: declared::a_simple_function_exists,
        },
        Judge {
            unit: "5.11-2-1:b",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: declared::every_service_is_covered,
        },
        Judge {
            unit: "5.11-2-2:a",
            by: By::Assisted,
            machine_can: &[],
            needs: &[],
            judge: data_were_created,
        },
        Judge { unit: "5.11-2-2:b", by: By::Assisted, machine_can: &[], needs: &[], judge: carried_out },
        Judge { unit: "5.11-2-2:c", by: By::Assisted, machine_can: &[], needs: &[], judge: nothing_is_left },
    ],
};

/// Letters that make no word together.
const LETTERS: &[u8; 20] = b"bcdfghjkmnpqrstvwxz7";

/// 5.11-2-2 a: what to enter, and whether a capture saw it go to the service.
fn data_were_created(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each(facts, unit, |item| {
        let mut shown = vec![value_to_enter(facts, item.row)];
        shown.extend(companions(item, &["stored_on"]));
        shown.extend(gone_out(facts, item.row));
        shown
    })
}

/// 5.11-2-2 b: the declared way, step by step.
fn carried_out(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each(facts, unit, |item| {
        let mut shown = companions(item, &["erasure"]);
        shown.extend(field(item, "confirmation"));
        shown
    })
}

/// 5.11-2-2 c: every value that was entered, to be looked for.
fn nothing_is_left(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each(facts, unit, |item| {
        let mut shown: Vec<Shown> = stored(facts).iter().map(|row| value_to_enter(facts, row)).collect();
        shown.extend(field(item, "confirmation"));
        shown
    })
}

/// A value that nobody else uses, the same for the same declaration: it is entered for one unit and looked for in
/// another.
pub(super) fn value_to_enter(facts: &Facts<'_>, row: &Row) -> Shown {
    let dut = &facts.declaration.ics.dut;
    let model = dut.model.as_ref().map_or("", |model| model.value.as_str());
    let digest = Sha256::new().chain_update(model).chain_update([0]).chain_update(&row.id).finalize();
    let value: String =
        digest.iter().take(12).map(|octet| char::from(LETTERS[usize::from(octet % 20)])).collect();
    Shown {
        label: format!("value-to-enter.{}", row.id),
        text: value,
        source: Some(row.reference("pers_data", "description")),
    }
}

/// Rows of personal data that an associated service stores.
pub(super) fn stored<'d>(facts: &Facts<'d>) -> Vec<&'d Row> {
    let rows = selection::rows(facts.declaration, "pers_data", Some("stored-by-service")).items;
    rows.into_iter().map(|item| item.row).collect()
}

/// Where captures saw data of this kind go.
fn gone_out(facts: &Facts<'_>, row: &Row) -> Vec<Shown> {
    let captures = Captures::of(facts);
    captures
        .all
        .iter()
        .filter_map(|capture| {
            let traffic = &capture.facts;
            let found: Vec<String> = traffic
                .found
                .iter()
                .filter(|found| found.key == row.id && found.from_device)
                .filter_map(|found| {
                    let flow = traffic.flows.get(found.flow)?;
                    let peer = || flow.peer.map_or_else(|| "?".to_owned(), |peer| peer.to_string());
                    Some(format!("{}:{}", flow.name.clone().unwrap_or_else(peer), flow.port))
                })
                .collect();
            (!found.is_empty()).then(|| Shown {
                label: "observed.traffic".to_owned(),
                text: found.join(", "),
                source: Some(capture.recorded.reference.clone()),
            })
        })
        .collect()
}

fn field(item: &Item<'_>, key: &str) -> Option<Shown> {
    let text = item.row.text(key)?;
    Some(Shown {
        label: format!("{}.{key}", item.table),
        text: text.to_owned(),
        source: Some(item.row.reference(item.table, key)),
    })
}

fn each(facts: &Facts<'_>, unit: &Unit, further: impl Fn(&Item<'_>) -> Vec<Shown>) -> Vec<ItemResult> {
    let selected = facts.selected(unit);
    if let Some(result) = empty_selection(unit, &selected.emptiness) {
        return vec![result];
    }
    selected.items.iter().map(|item| ask_about(facts, unit, item, further(item), None)).collect()
}

#[cfg(test)]
#[path = "service_data/tests.rs"]
mod tests;
