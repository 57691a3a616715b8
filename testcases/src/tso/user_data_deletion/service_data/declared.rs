//! 5.11-2-1: what is declared of the removal of personal data from associated services.

use ixit::Row;

use crate::assisted::{Look, each_row};
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::judge::ItemResult;
use crate::reason::Reason;
use crate::selection;
use crate::tso::user_data_deletion::device_data::declared::one_simple_function;
use crate::words_in_text::folded;

/// 5.11-2-1 a: a function that a user with limited technical knowledge can carry out removes all personal data from
/// associated services. Services that store some, without any function, fail.
pub(super) fn a_simple_function_exists(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let stored = facts
        .declaration
        .ixit
        .rows("pers_data")
        .iter()
        .any(|row| selection::matches(facts.declaration, "stored-by-service", row) == Some(true));
    one_simple_function(facts, unit, stored.then_some("no-removal-from-services"))
}

/// 5.11-2-1 b: every associated service that stores personal data is covered by the functions together. Services are
/// told apart by their names in the ICS, of which a row may leave out the version.
pub(super) fn every_service_is_covered(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let functions = selection::rows(facts.declaration, "del_func", Some("deletes-on-services")).items;
    let decidable = functions.iter().all(|item| !item.unclassified);
    // A function that names its services and covers other data alone removes nothing personal from them.
    let removing: Vec<&Row> =
        functions.iter().map(|item| item.row).filter(|row| removes_personal(row)).collect();
    let covered: Vec<&str> = removing
        .iter()
        .flat_map(|row| &row.companions.services)
        .map(|service| service.value.as_str())
        .collect();
    let all_say = functions.iter().all(|item| !item.row.companions.services.is_empty());
    let listed = |names: &[&str]| if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    each_row(facts, unit, |item| {
        let storing: Vec<&str> =
            item.row.companions.services.iter().map(|service| service.value.as_str()).collect();
        let lacking: Vec<&str> = storing
            .iter()
            .copied()
            .filter(|service| !covered.iter().any(|other| same_service(facts, service, other)))
            .collect();
        let reason = |code: &str| {
            Reason::new(code)
                .with("row", &item.row.id)
                .with("services", storing.join(", "))
                .with("covered", listed(&covered))
                .expected_by("criterion")
        };
        // A name that the ICS does not know may be another one for a service that is covered.
        let known = |service: &&str| listed_in_the_ics(facts, service);
        let told_apart = lacking.iter().all(known) && covered.iter().all(known);
        if decidable && all_say && told_apart && !lacking.is_empty() {
            let reason = reason("service-not-covered").with("lacking", lacking.join(", "));
            return Look::Contradiction { reason, shown_by: "services" };
        }
        if decidable && !storing.is_empty() && lacking.is_empty() {
            return Look::Met { reason: reason("services-covered"), shown_by: "services" };
        }
        let look = Look::question(item, &["stored_on", "services"], None);
        functions.iter().fold(look, |look, function| {
            let row = function.row;
            let named: Vec<&str> =
                row.companions.services.iter().map(|service| service.value.as_str()).collect();
            let text = row.text("description").unwrap_or("-");
            look.computed("computed.function", format!("{}: covers {}; {text}", row.id, listed(&named)))
        })
    })
}

/// What a function says that it covers includes personal data, or it does not say.
fn removes_personal(row: &Row) -> bool {
    let covers = &row.companions.covers;
    covers.is_empty() || covers.iter().any(|covered| covered.value == "personal-data")
}

/// Two names of one service: the same words regardless of case and width, or both the beginning of the same entry of
/// the ICS.
fn same_service(facts: &Facts<'_>, one: &str, other: &str) -> bool {
    let (one, other) = (folded(one), folded(other));
    if one.is_empty() || other.is_empty() {
        return false;
    }
    one == other
        || facts.declaration.ics.dut.associated_services.iter().any(|service| {
            let service = folded(&service.value);
            begins(&service, &one) && begins(&service, &other)
        })
}

/// Whether the ICS lists a service of this name.
fn listed_in_the_ics(facts: &Facts<'_>, name: &str) -> bool {
    let name = folded(name);
    let services = &facts.declaration.ics.dut.associated_services;
    !name.is_empty() && services.iter().any(|service| begins(&folded(&service.value), &name))
}

/// Whether an entry begins with the whole words of a name.
fn begins(entry: &str, name: &str) -> bool {
    entry.strip_prefix(name).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
}

#[cfg(test)]
#[path = "declared/tests.rs"]
mod tests;
