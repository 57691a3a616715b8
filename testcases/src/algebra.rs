//! How verdicts join: items to a unit, units to a case, cases to a provision, provisions to the whole.
//! Functions of verdicts alone.

use std::collections::BTreeMap;

use crate::catalogue::Case;
use crate::logic::Quantifier;
use crate::verdict::Verdict;

/// Item of a result that concerns a unit as a whole.
pub const WHOLE_UNIT: &str = "-";

/// What a unit contributes to its case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitVerdicts {
    /// Id of the unit.
    pub id: String,
    /// It prepares others and is in no pass condition.
    pub preparatory: bool,
    /// Verdict of the unit: over its items, or of a unit without items.
    pub verdict: Verdict,
    /// Item and verdict; an item may stand several times (states, samples, repetitions).
    pub items: Vec<(String, Verdict)>,
}

/// Joins the items of a unit. Results of the same item join by "worst of" first. `All`: the worst. `One`:
/// PASS if one item is sound, FAIL only if every item fails; what concerns the unit as a whole concerns
/// each of its items.
pub fn unit_verdict(items: &[(String, Verdict)], quantifier: Quantifier) -> Verdict {
    let by_item = by_item(items);
    match quantifier {
        Quantifier::All => Verdict::worst_of(by_item.into_values()),
        Quantifier::One => {
            let names: Vec<&str> = by_item.keys().copied().collect();
            best(named(&names).into_iter().filter_map(|name| of_item(&by_item, name)))
                .unwrap_or(Verdict::NotApplicable)
        }
    }
}

/// Verdict of a case. `unitless` is that of a pass condition without a unit.
///
/// A preparation that was not possible leaves the case open; it never fails it. With the quantifier `one`
/// the *same* item has to be sound in every condition: one mechanism that meets the first and another that
/// meets the second are not one sound mechanism. An item that a unit did not look at is not sound there.
pub fn case_verdict(case: &Case, units: &[UnitVerdicts], unitless: Verdict) -> Verdict {
    let prepared = units
        .iter()
        .filter(|unit| unit.preparatory)
        .all(|unit| matches!(unit.verdict, Verdict::Pass | Verdict::NotApplicable));
    if !prepared {
        return Verdict::Inconclusive;
    }
    match case.quantifier {
        Quantifier::All => case.expression().evaluate(&|name| condition_verdict(case, name, units, unitless)),
        Quantifier::One => one_sound_item(case, units, unitless),
    }
}

/// Verdict of a pass condition over all its units.
pub fn condition_verdict(case: &Case, name: &str, units: &[UnitVerdicts], unitless: Verdict) -> Verdict {
    let Some(condition) = case.conditions.iter().find(|condition| condition.c == name) else {
        return Verdict::Inconclusive;
    };
    if condition.units.is_empty() {
        return unitless;
    }
    Verdict::worst_of(condition.units.iter().map(|id| {
        units.iter().find(|unit| unit.id == *id).map_or(Verdict::Inconclusive, |unit| unit.verdict)
    }))
}

/// FAIL if a case fails, else INCONCLUSIVE if one is, else PASS.
pub fn provision_verdict(cases: impl IntoIterator<Item = Verdict>) -> Verdict {
    settled(cases)
}

/// FAIL if anything fails, else INCONCLUSIVE if anything is open, else PASS; not applicable and not
/// claimed do not count.
pub fn overall_verdict(reasons: impl IntoIterator<Item = Verdict>) -> Verdict {
    settled(reasons)
}

fn settled(verdicts: impl IntoIterator<Item = Verdict>) -> Verdict {
    verdicts.into_iter().fold(Verdict::Pass, Verdict::worst)
}

fn one_sound_item(case: &Case, units: &[UnitVerdicts], unitless: Verdict) -> Verdict {
    let judged: Vec<(&UnitVerdicts, BTreeMap<&str, Verdict>)> =
        units.iter().filter(|unit| !unit.preparatory).map(|unit| (unit, by_item(&unit.items))).collect();
    let mut names: Vec<&str> = judged.iter().flat_map(|(_, items)| items.keys().copied()).collect();
    names.sort_unstable();
    names.dedup();
    let verdicts = named(&names).into_iter().map(|name| {
        case.expression().evaluate(&|c| {
            let condition = case.conditions.iter().find(|condition| condition.c == c);
            let Some(condition) = condition else { return Verdict::Inconclusive };
            if condition.units.is_empty() {
                return unitless;
            }
            Verdict::worst_of(condition.units.iter().map(|id| {
                judged
                    .iter()
                    .find(|(unit, _)| unit.id == *id)
                    .and_then(|(_, items)| of_item(items, name))
                    .unwrap_or(Verdict::Inconclusive)
            }))
        })
    });
    best(verdicts).unwrap_or(Verdict::Inconclusive)
}

fn by_item(items: &[(String, Verdict)]) -> BTreeMap<&str, Verdict> {
    let mut joined: BTreeMap<&str, Verdict> = BTreeMap::new();
    for (item, verdict) in items {
        joined.entry(item).and_modify(|known| *known = known.worst(*verdict)).or_insert(*verdict);
    }
    joined
}

/// The items that have a name; the unit as a whole only where none has.
fn named<'a>(names: &[&'a str]) -> Vec<&'a str> {
    let named: Vec<&str> = names.iter().copied().filter(|name| *name != WHOLE_UNIT).collect();
    if named.is_empty() { names.to_vec() } else { named }
}

/// Verdict on one item in a unit, what concerns the unit as a whole included.
fn of_item(items: &BTreeMap<&str, Verdict>, name: &str) -> Option<Verdict> {
    match (items.get(name), items.get(WHOLE_UNIT)) {
        (Some(own), Some(whole)) => Some(own.worst(*whole)),
        (own, whole) => own.or(whole).copied(),
    }
}

/// The best of what was assessed; not applicable is nothing sound, and only counts if there is nothing else.
fn best(verdicts: impl Iterator<Item = Verdict>) -> Option<Verdict> {
    verdicts.min_by_key(|verdict| match verdict {
        Verdict::Pass => 0,
        Verdict::Inconclusive => 1,
        Verdict::Fail => 2,
        Verdict::NotApplicable | Verdict::NotClaimed => 3,
    })
}

#[cfg(test)]
mod tests;
