//! What limits the checks of input declare.

use ixit::companion::{FieldKind, Input, InputField, InputKind};

use crate::assisted::{Look, each_row};
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::judge::ItemResult;
use crate::reason::Reason;
use crate::verdict::Verdict;

/// 5.13-1-1 b: whether a check is effective is for a person, who is shown what has no limit. Limits that no value
/// keeps, or that the declared good value does not keep, check nothing.
pub(super) fn checks_are_effective(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let inputs = &item.row.companions.inputs;
        for input in inputs.iter().map(|input| &input.value) {
            if let Some((field, fault)) =
                input.fields.iter().find_map(|field| Some((field, contradiction(field)?)))
            {
                let reason = Reason::new("input-limits-contradict")
                    .with("row", &item.row.id)
                    .with("input", name(input))
                    .with("field", &field.name)
                    .with("limits", fault)
                    .expected_by("criterion");
                return Look::Contradiction { reason, shown_by: "inputs" };
            }
        }
        let open: Vec<String> = inputs.iter().flat_map(|input| without_limit(&input.value)).collect();
        let prejudgement = match (inputs.is_empty(), open.is_empty()) {
            (true, _) => None,
            (false, true) => Some(Verdict::Pass),
            (false, false) => Some(Verdict::Fail),
        };
        let look = Look::question(item, &["sources", "inputs"], prejudgement);
        open.into_iter().fold(look, |look, text| look.computed("computed.without-limit", text))
    })
}

fn name(input: &Input) -> String {
    format!("{} {}", input.kind.as_str(), input.target).trim().to_owned()
}

/// What of an input has no limit. The size of a datagram is limited by its transport.
fn without_limit(input: &Input) -> Vec<String> {
    let mut open = Vec::new();
    if input.largest.is_none() && input.kind != InputKind::Datagram {
        open.push(format!("{}: no largest size", name(input)));
    }
    for field in &input.fields {
        let lacking = match field.kind {
            FieldKind::Integer | FieldKind::Decimal => match (field.least, field.most) {
                (Some(_), Some(_)) => continue,
                (None, Some(_)) => "no least value",
                (Some(_), None) => "no greatest value",
                (None, None) => "neither least nor greatest value",
            },
            FieldKind::Text if field.longest.is_none() => "no greatest length",
            FieldKind::Choice if field.choices.is_empty() => "no list of choices",
            FieldKind::Text | FieldKind::Choice | FieldKind::Time | FieldKind::Flag => continue,
        };
        open.push(format!("{}: {}: {lacking}", name(input), field.name));
    }
    open
}

/// Limits that contradict themselves or the declared good value.
fn contradiction(field: &InputField) -> Option<String> {
    if let (Some(least), Some(most)) = (field.least, field.most)
        && least > most
    {
        return Some(format!("{least} to {most}"));
    }
    let value = field.value.trim();
    match field.kind {
        FieldKind::Integer | FieldKind::Decimal => {
            let number: f64 = value.parse().ok()?;
            let below = field.least.is_some_and(|least| number < f64::from(least));
            let above = field.most.is_some_and(|most| number > f64::from(most));
            (below || above).then(|| {
                let limit =
                    |limit: Option<u32>| limit.map_or_else(|| "-".to_owned(), |limit| limit.to_string());
                format!("{} to {}, good value {value}", limit(field.least), limit(field.most))
            })
        }
        FieldKind::Text => {
            let longest = field.longest? as usize;
            (field.value.chars().count() > longest)
                .then(|| format!("{longest} characters, good value of {}", field.value.chars().count()))
        }
        FieldKind::Choice => (!field.choices.is_empty() && !field.choices.contains(&field.value))
            .then(|| format!("{}; good value {value}", field.choices.join(", "))),
        FieldKind::Time | FieldKind::Flag => None,
    }
}

#[cfg(test)]
#[path = "limits_tests.rs"]
mod tests;
