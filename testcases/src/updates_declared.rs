//! What the companions of update mechanisms say in closed form: what starts an update, who looks for one, what the user
//! can set. The conceptual units of 5.3-1 to 5.3-6 judge by it, the first of them over the mechanisms that a component
//! names.

pub mod attacks;
pub mod delivery;
pub mod verification;

use ixit::companion::{NoUpdateReason, Update, UpdateStart};
use ixit::{Blame, Row};

use crate::assisted::{Look, companions, each_row};
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::judge::{By, ItemResult, RestsOn};
use crate::prompt::Shown;
use crate::reason::Reason;
use crate::selection::Item;
use crate::verdict::Verdict;

/// Key of the table of mechanisms.
pub const TABLE: &str = "upd_mech";

/// What a mechanism is declared to do.
pub struct Said {
    /// `None` where the companions do not tell.
    pub holds: Option<bool>,
    /// In words, with the id of the mechanism.
    pub text: String,
}

/// Reason codes and the label of what a unit asks of one mechanism of each component.
pub struct Codes {
    /// One mechanism does it.
    pub met: &'static str,
    /// None does.
    pub failed: &'static str,
    /// Label of what each mechanism is declared to do.
    pub label: &'static str,
}

/// The companion of an update mechanism.
pub fn update(row: &Row) -> Option<&Update> {
    row.companions.update.as_ref().map(|update| &update.value)
}

/// The mechanisms that a component names.
pub fn mechanisms<'a>(facts: &Facts<'a>, component: &Row) -> Vec<&'a Row> {
    let named = component.texts("update_mechanism").into_iter();
    named.filter_map(|id| facts.row(id)).filter(|(table, _)| *table == TABLE).map(|(_, row)| row).collect()
}

/// Every declared mechanism of communication that calls the host of an update mechanism.
pub fn peers<'a>(facts: &Facts<'a>, row: &Row) -> Vec<&'a Row> {
    let hosts: Vec<&str> =
        row.companions.endpoint.iter().filter_map(|endpoint| endpoint.value.host.as_deref()).collect();
    let rows = facts.declaration.ixit.rows("com_mech").iter();
    rows.filter(|row| {
        let mut endpoints = row.companions.endpoint.iter();
        endpoints.any(|endpoint| endpoint.value.host.as_deref().is_some_and(|host| hosts.contains(&host)))
    })
    .collect()
}

/// Whether a mechanism finds and installs updates without the user. One certain no decides.
pub fn needs_nobody(row: &Row) -> Said {
    let said = update(row);
    let automatic = said.and_then(|update| update.automatic);
    let starts = starts(row);
    let alone = starts.is_empty() || starts.contains(&UpdateStart::Automatic);
    let looked = said.and_then(|update| update.checked_by);
    let by_user = looked == Some(ixit::companion::UpdateChecker::User);
    let holds = match automatic {
        _ if !alone || by_user => Some(false),
        automatic => automatic,
    };
    let looks = looked.map_or("nothing is said of who looks", |looked| looked.as_str());
    let text =
        format!("{}: {}; started by {}; looked for by {looks}", row.id, automation(row), listed(&starts));
    Said { holds, text }
}

/// Why the declaration of what starts a mechanism contradicts itself: it is automatic and does not start by itself, or
/// the other way round.
pub fn contradictory_start(row: &Row) -> Option<Reason> {
    let starts = starts(row);
    let by_itself = starts.contains(&UpdateStart::Automatic);
    let contradicts = match update(row)?.automatic? {
        true => !starts.is_empty() && !by_itself,
        false => by_itself,
    };
    contradicts.then(|| {
        Reason::new("update-start-contradicted")
            .with("row", &row.id)
            .with("automatic", if by_itself { "no" } else { "yes" })
            .with("started", listed(&starts))
            .expected_by("criterion")
    })
}

/// The same of a mechanism that is left out because it is declared not to be automatic.
pub fn contradictory_denial(row: &Row) -> Option<Reason> {
    contradictory_start(row).filter(|_| update(row).is_some_and(|update| update.automatic == Some(false)))
}

/// What a mechanism is declared to be started by.
pub fn starts(row: &Row) -> Vec<UpdateStart> {
    update(row).map(|update| update.started_by.clone()).unwrap_or_default()
}

/// The starts in one line.
pub fn listed(starts: &[UpdateStart]) -> String {
    if starts.is_empty() {
        return "nothing that is told".to_owned();
    }
    starts.iter().map(|start| start.as_str()).collect::<Vec<_>>().join(", ")
}

/// Whether it is automatic, in words.
pub fn automation(row: &Row) -> &'static str {
    match update(row).and_then(|update| update.automatic) {
        Some(true) => "automatic",
        Some(false) => "not automatic",
        None => "nothing is said of automation",
    }
}

/// A unit that asks of every component that one of its mechanisms does something.
pub fn one_mechanism_of_each(
    facts: &Facts<'_>,
    unit: &Unit,
    codes: &Codes,
    says: impl Fn(&Row) -> Said,
) -> Vec<ItemResult> {
    let results = each_row(facts, unit, |item| {
        let mechanisms = mechanisms(facts, item.row);
        let said: Vec<Said> = mechanisms.iter().map(|row| says(row)).collect();
        decided(item, &mechanisms, &said, codes)
            .unwrap_or_else(|| question(facts, unit, item, (&mechanisms, &said), codes.label, None))
    });
    with_mechanisms(facts, results)
}

/// What is said of all mechanisms of a component decides; `None` where it does not.
pub fn decided(item: &Item<'_>, mechanisms: &[&Row], said: &[Said], codes: &Codes) -> Option<Look> {
    if mechanisms.is_empty() {
        return not_exempt(item);
    }
    let declared: Vec<&str> = said.iter().map(|said| said.text.as_str()).collect();
    let reason = |code: &str, declared: String| {
        Reason::new(code).with("row", &item.row.id).with("declared", declared).expected_by("criterion")
    };
    if let Some(sound) = said.iter().find(|said| said.holds == Some(true)) {
        return Some(Look::Met {
            reason: reason(codes.met, sound.text.clone()),
            shown_by: "update_mechanism",
        });
    }
    said.iter().all(|said| said.holds == Some(false)).then(|| Look::Contradiction {
        reason: reason(codes.failed, declared.join("; ")),
        shown_by: "update_mechanism",
    })
}

/// A question about a component, with its mechanisms and what is declared of them.
pub fn question(
    facts: &Facts<'_>,
    unit: &Unit,
    item: &Item<'_>,
    (mechanisms, said): (&[&Row], &[Said]),
    label: &str,
    prejudgement: Option<Verdict>,
) -> Look {
    let mut shown = companions(item, &["no_update_reason"]);
    for row in mechanisms {
        shown.extend(facts.shown_of_row(unit, TABLE, row));
    }
    for said in said {
        shown.push(Shown { label: label.to_owned(), text: said.text.clone(), source: None });
    }
    Look::Question { shown, prejudgement }
}

/// Adds the companions of the mechanisms that a component names to what was judged of it by machine.
pub fn with_mechanisms(facts: &Facts<'_>, results: Vec<ItemResult>) -> Vec<ItemResult> {
    let add = |result: ItemResult| {
        let component = facts.row(&result.item).filter(|_| result.by == By::Machine && !result.vacuous);
        let Some((_, component)) = component else { return result };
        mechanisms(facts, component)
            .into_iter()
            .fold(result, |result, row| result.declared(row.reference(TABLE, "update")))
    };
    results.into_iter().map(add).collect()
}

/// A component that names no mechanism, for neither of the reasons that excuse it. The others are for a person.
fn not_exempt(item: &Item<'_>) -> Option<Look> {
    let given = item.row.companions.no_update_reason.as_ref()?.value;
    (given == NoUpdateReason::Other).then(|| Look::Contradiction {
        reason: Reason::new("component-without-update").with("row", &item.row.id).expected_by("criterion"),
        shown_by: "no_update_reason",
    })
}

/// Fails what a unit leaves out because a mechanism is declared not to do it, where the declaration of that mechanism
/// contradicts itself: an emptiness that is contradicted is none.
pub fn left_out_without_contradiction(
    facts: &Facts<'_>,
    results: Vec<ItemResult>,
    contradiction: impl Fn(&Row) -> Option<Reason>,
) -> Vec<ItemResult> {
    let rows = facts.declaration.ixit.rows(TABLE).iter();
    let contradicted: Vec<ItemResult> = rows
        .filter(|row| results.iter().all(|result| result.item != row.id))
        .filter_map(|row| {
            let failed = ItemResult::machine(&row.id, Verdict::Fail, RestsOn::Declared, contradiction(row)?);
            Some(failed.blame(Blame::Documentation).declared(row.reference(TABLE, "update")))
        })
        .collect();
    let keep = |result: &ItemResult| contradicted.is_empty() || !result.vacuous;
    let mut kept: Vec<ItemResult> = results.into_iter().filter(keep).collect();
    kept.extend(contradicted);
    kept
}
