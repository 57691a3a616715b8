//! What is done to the device with hands and switches, each thing once for everybody who needs it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use harness::testcases::plan::{Plan, Step};

/// Units that are named; the others are counted.
const NAMED: usize = 4;

/// Actions that belong together: one that takes away, and one that gives back.
#[derive(Debug, Default, PartialEq, Eq)]
struct Physical<'p> {
    actions: Vec<&'p str>,
    /// Numbers of the steps, from 1.
    steps: Vec<usize>,
    /// Why, each once.
    why: Vec<String>,
    /// Performed as often as the bench says.
    repeated: bool,
    units: BTreeSet<&'p str>,
}

/// One line for each physical action.
pub(super) fn text(plan: &Plan) -> String {
    let mut out = String::new();
    for physical in physical(plan) {
        let often = match (physical.repeated, physical.steps.len()) {
            (true, _) => "as often as [capture] repetitions of the bench file says".to_owned(),
            (false, 1) => "once".to_owned(),
            (false, times) => format!("{times} times"),
        };
        let steps: Vec<String> = physical.steps.iter().map(usize::to_string).collect();
        writeln!(
            out,
            "  {}: {often}, in step {}; {}; {}",
            physical.actions.join(", "),
            steps.join(", "),
            physical.why.join("; "),
            for_units(&physical.units),
        )
        .expect("a String");
    }
    out
}

fn physical(plan: &Plan) -> Vec<Physical<'_>> {
    let mut all: Vec<Physical<'_>> = Vec::new();
    for (index, step) in plan.steps.iter().enumerate() {
        let (actions, why, units, repeated) = match step {
            Step::Enter { state, action } => {
                let here = plan.steps.get(index + 1..).unwrap_or_default().iter();
                let here = here.map_while(|step| match step {
                    Step::Observe { units, .. } => Some(units),
                    Step::Enter { .. } => None,
                });
                let units: BTreeSet<&str> = here.flatten().map(String::as_str).collect();
                (
                    vec![action.as_str()],
                    format!("brings the device into the state {}", state.as_str()),
                    units,
                    false,
                )
            }
            Step::Observe { actions, .. } if actions.is_empty() => continue,
            Step::Observe { request, units, actions, .. } => (
                actions.iter().map(String::as_str).collect(),
                format!("{}: {}", request.probe, request.target),
                units.iter().map(String::as_str).collect(),
                request.params.get("repeat").is_some_and(|repeat| repeat == true),
            ),
        };
        let at = match all.iter().position(|known| known.actions == actions) {
            Some(at) => at,
            None => {
                all.push(Physical { actions, ..Physical::default() });
                all.len() - 1
            }
        };
        if let Some(known) = all.get_mut(at) {
            known.steps.push(index + 1);
            if !known.why.contains(&why) {
                known.why.push(why);
            }
            known.repeated |= repeated;
            known.units.extend(units);
        }
    }
    all
}

fn for_units(units: &BTreeSet<&str>) -> String {
    let named: Vec<&str> = units.iter().copied().take(NAMED).collect();
    match units.len() {
        0 => "for no unit of its own".to_owned(),
        1 => format!("for {}", named.join("")),
        many if many <= NAMED => format!("for {many} units: {}", named.join(", ")),
        many => format!("for {many} units: {} and {} more", named.join(", "), many - NAMED),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_named_or_counted() {
        let units = |many: usize| -> Vec<String> { (1..=many).map(|n| format!("u{n}")).collect() };
        let told = |many: usize| for_units(&units(many).iter().map(String::as_str).collect());
        assert_eq!(told(0), "for no unit of its own");
        assert_eq!(told(1), "for u1");
        assert_eq!(told(2), "for 2 units: u1, u2");
        assert_eq!(told(6), "for 6 units: u1, u2, u3, u4 and 2 more");
    }
}
