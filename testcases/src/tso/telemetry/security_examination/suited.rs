//! Whether an examination suits the telemetry that it uses.

use ixit::Row;
use ixit::companion::Examination;

use crate::assisted::{Look, companions, each_row};
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::judge::ItemResult;
use crate::prompt::Shown;
use crate::reason::Reason;
use crate::verdict::Verdict;
use crate::words_in_text::{Stands, in_another_script, stands};

/// 5.10-1-1 b: the telemetry suits the examination and helps to find anomalies of security. An examination at services
/// of a device that has none contradicts itself; whether the data help is for a person, who is told which of the data
/// that the examination reads the description of the telemetry names.
pub(super) fn each_examination_suits_its_data(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let Some(examination) = item.row.companions.examination.as_ref().map(|it| &it.value) else {
            return Look::question(item, &[], None);
        };
        if only_at_services(examination) && facts.declaration.ics.dut.associated_services.is_empty() {
            let reason = Reason::new("examination-at-no-service")
                .with("row", &item.row.id)
                .expected_by("declaration:ics.toml#dut.associated_services");
            // A statement without services may have left them out: only a table of mechanisms without any agrees.
            if no_service_is_called(facts) {
                return Look::Contradiction { reason, shown_by: "examination" };
            }
        }
        let mut shown = companions(item, &["examination"]);
        let reads = read(item.row, examination);
        shown.push(Shown { label: "computed.examined-data".to_owned(), text: reads.text, source: None });
        let finds = !examination.finds.is_empty();
        let prejudgement = match (reads.collected, finds) {
            (Some(true), true) => Some(Verdict::Pass),
            (Some(false), _) => Some(Verdict::Fail),
            _ => None,
        };
        Look::Question { shown, prejudgement }
    })
}

fn only_at_services(examination: &Examination) -> bool {
    !examination.places.is_empty() && examination.places.iter().all(|place| place == "associated-service")
}

/// Every declared mechanism of communication says that its peer is no associated service.
fn no_service_is_called(facts: &Facts<'_>) -> bool {
    let rows = facts.declaration.ixit.rows("com_mech");
    !rows.is_empty()
        && rows.iter().all(|row| row.companions.associated_service.as_ref().is_some_and(|it| !it.value))
}

/// What is read, and whether it is collected; `None` where nothing is named or the words cannot be compared.
struct Reads {
    collected: Option<bool>,
    text: String,
}

fn read(row: &Row, examination: &Examination) -> Reads {
    let description = row.text("description").unwrap_or_default();
    let words = || examination.reads.iter().map(String::as_str);
    if examination.reads.is_empty() {
        return Reads { collected: None, text: "the examination names no data that it reads".to_owned() };
    }
    let missing: Vec<&str> = words().filter(|word| stands(description, word) != Stands::Plainly).collect();
    let comparable = !in_another_script(description, words());
    let text = if missing.is_empty() {
        "the description names all data that the examination reads".to_owned()
    } else {
        format!("not named by the description: {}", missing.join(", "))
    };
    // One name that differs may be another word for the same; none at all that agrees is pointed out.
    let collected = match missing.len() {
        0 => Some(true),
        all if all == examination.reads.len() && comparable => Some(false),
        _ => None,
    };
    Reads { collected, text }
}

#[cfg(test)]
#[path = "suited_tests.rs"]
mod tests;
