//! Whether the list of parameters has everything to which the other tables point.

use ixit::{Blame, Row};

use super::needs::{Need, Needs, TABLES};
use crate::assessor::empty_selection;
use crate::assisted::ask;
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::judge::{ItemResult, RestsOn};
use crate::prompt::Shown;
use crate::reason::Reason;
use crate::selection::{self, Emptiness};
use crate::verdict::Verdict;

/// 5.4-1-1 d: every credential, key and certificate that a mechanism of the other tables cannot do without is named
/// by a parameter, as `serves` says. One without a parameter is missing from the list; where all are there, and the
/// mechanisms tell in a closed form what they need, nothing points at a further one.
pub(super) fn no_parameter_is_left_out(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let emptiness = selection::rows(facts.declaration, "sec_param", None).emptiness;
    if let (Emptiness::NothingSaid { .. }, Some(result)) = (&emptiness, empty_selection(unit, &emptiness)) {
        return vec![result];
    }
    let parameters = facts.declaration.ixit.rows("sec_param");
    let needs = Needs::of(facts.declaration);
    let mut results = Vec::new();
    let mut served: Vec<(Need<'_>, Vec<&Row>)> = Vec::new();
    let mut open =
        needs.untold.iter().map(|name| format!("{name}: tells no closed facts")).collect::<Vec<_>>();
    open.extend(dangling(facts, parameters));
    for need in &needs.all {
        match find(need, parameters) {
            Found::By(rows) => served.push((*need, rows)),
            Found::Perhaps(rows) => {
                let rows: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
                open.push(format!("{}: {}, perhaps {}", need.row.id, need.what.word(), rows.join(", ")));
            }
            Found::Nothing(_) if !need.certain => {
                open.push(format!("{}: {}, perhaps none", need.row.id, need.what.word()));
            }
            Found::Nothing(others) => results.push(missing(need, &others, &emptiness)),
        }
    }
    if !open.is_empty() {
        let mut shown: Vec<Shown> =
            parameters.iter().flat_map(|row| facts.shown_of_row(unit, "sec_param", row)).collect();
        shown.extend(open.into_iter().map(|text| computed("computed.open", text)));
        shown.extend(served.iter().map(|(need, rows)| computed("computed.served", line(need, rows))));
        results.push(ask(facts, unit, "-", shown, None));
    } else if results.is_empty() {
        results.push(complete(&served, &emptiness));
    }
    results
}

/// What fulfils a need.
enum Found<'a> {
    /// These parameters.
    By(Vec<&'a Row>),
    /// These, perhaps: they do not tell in a closed form what they are, or for whom.
    Perhaps(Vec<&'a Row>),
    /// None; these serve the row with something else.
    Nothing(Vec<&'a Row>),
}

fn find<'a>(need: &Need<'_>, parameters: &'a [Row]) -> Found<'a> {
    let serves = |row: &&Row| row.companions.serves.iter().any(|served| served.value == need.row.id);
    let can_be = |row: &Row| {
        let content = row.companions.content.as_ref()?;
        need.what.can_be(content.value)
    };
    let fit: Vec<&Row> = parameters.iter().filter(serves).filter(|row| can_be(row) == Some(true)).collect();
    if !fit.is_empty() {
        return Found::By(fit);
    }
    // A row without companions may be any parameter; so may one whose prose names the mechanism.
    let silent = |row: &&Row| {
        let closed = row.companions.content.is_some() && !names_in_prose(row, &need.row.id);
        can_be(row).is_none() && serves(row) || row.companions.serves.is_empty() && !closed
    };
    let perhaps: Vec<&Row> =
        parameters.iter().filter(|row| silent(row) && can_be(row) != Some(false)).collect();
    if perhaps.is_empty() {
        Found::Nothing(parameters.iter().filter(serves).collect())
    } else {
        Found::Perhaps(perhaps)
    }
}

fn names_in_prose(row: &Row, id: &str) -> bool {
    let words = row.text("description").unwrap_or_default();
    words
        .split(|letter: char| !(letter.is_alphanumeric() || matches!(letter, '-' | '_')))
        .any(|word| word == id)
}

fn missing(need: &Need<'_>, others: &[&Row], emptiness: &Emptiness) -> ItemResult {
    let others: Vec<&str> = others.iter().map(|row| row.id.as_str()).collect();
    let reason = Reason::new("parameter-not-listed")
        .with("row", &need.row.id)
        .with("what", need.what.word())
        .with("others", if others.is_empty() { "-".to_owned() } else { others.join(", ") })
        .expected_by(need.row.reference(need.table, need.shown_by));
    let result = ItemResult::machine(&need.row.id, Verdict::Fail, RestsOn::Declared, reason)
        .blame(Blame::Documentation)
        .declared(need.row.reference(need.table, need.shown_by));
    match emptiness {
        Emptiness::Stated { reference, .. } => result.declared(reference.clone()),
        _ => result.declared(format!("declaration:{}#sec_param", need.row.at.file)),
    }
}

fn complete(served: &[(Need<'_>, Vec<&Row>)], emptiness: &Emptiness) -> ItemResult {
    let mut parameters: Vec<&Row> = Vec::new();
    for row in served.iter().flat_map(|(_, rows)| rows) {
        if !parameters.iter().any(|known| known.id == row.id) {
            parameters.push(row);
        }
    }
    let reason = Reason::new("parameters-listed-for-all")
        .with("needs", served.len())
        .with("parameters", parameters.len())
        .with("tables", TABLES.join(", "))
        .expected_by("criterion");
    let mut result = ItemResult::machine("-", Verdict::Pass, RestsOn::Declared, reason);
    for row in parameters {
        result = result.declared(row.reference("sec_param", "serves"));
    }
    for (need, _) in served {
        result = result.declared(need.row.reference(need.table, need.shown_by));
    }
    if served.is_empty() {
        let reference = match emptiness {
            Emptiness::Stated { reference, .. } => reference.clone(),
            _ => "declaration:ixit.toml#sec_param".to_owned(),
        };
        result = result.declared(reference);
    }
    result
}

/// Parameters that serve a row that nobody declared.
fn dangling(facts: &Facts<'_>, parameters: &[Row]) -> Vec<String> {
    let of = |row: &Row| -> Vec<String> {
        let unknown = row.companions.serves.iter().filter(|served| facts.row(&served.value).is_none());
        unknown.map(|served| format!("{}: serves {}, which no table has", row.id, served.value)).collect()
    };
    parameters.iter().flat_map(of).collect()
}

fn line(need: &Need<'_>, rows: &[&Row]) -> String {
    let rows: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    format!("{}: {}: {}", need.row.id, need.what.word(), rows.join(", "))
}

fn computed(label: &str, text: String) -> Shown {
    Shown { label: label.to_owned(), text, source: None }
}
