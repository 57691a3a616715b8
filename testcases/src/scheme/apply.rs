//! Applies a scheme to an assessment. Pure, as judging is: the same record gives the same result.

use jiff::civil::Date;
use jiff::{Span, ToSpan as _};

use super::applied::{self, Applied, AppliedNeed, AppliedRequirement, Evidence};
use super::needs::Judging;
use super::{Requirement, Scheme, SchemeKind};
use crate::assessment::Assessment;
use crate::facts::Facts;
use crate::verdict::Verdict;

/// Applies a scheme, with those that it includes, to a run.
///
/// The verdict is the worst of the requirements. It is no better than INCONCLUSIVE where the run is not complete.
pub fn apply(facts: &Facts<'_>, assessment: &Assessment, scheme: &Scheme) -> Applied {
    let all = scheme.cumulated();
    let mut requirements = Vec::new();
    for one in &all {
        requirements.extend(one.requirements.iter().map(|requirement| {
            Judging { facts, assessment, scheme: one, requirement }.requirement(scheme.kind)
        }));
    }
    let verdict =
        (scheme.kind == SchemeKind::Verdict).then(|| overall(&all, &requirements, assessment.complete));
    let stated = |one: &Scheme, key: &str| facts.declaration.submission.stated(&one.name, key).is_some();
    let missing = all.iter().flat_map(|one| {
        one.fields
            .iter()
            .filter(|field| field.required && !stated(one, &field.key))
            .map(|field| format!("{}.{}", one.name, field.key))
    });
    let unknown = all.iter().flat_map(|one| {
        let written = facts.declaration.submission.schemes.get(&one.name);
        let keys = written.into_iter().flat_map(|written| written.keys());
        keys.filter(|key| one.fields.iter().all(|field| field.key != **key))
            .map(|key| format!("{}.{key}", one.name))
            .collect::<Vec<_>>()
    });
    Applied {
        format: applied::FORMAT.to_owned(),
        scheme: scheme.name.clone(),
        kind: scheme.kind,
        version: scheme.version.clone(),
        data: all.iter().map(|one| (one.name.clone(), one.digest.clone())).collect(),
        verdict,
        complete: assessment.complete,
        demonstration: assessment.demonstration,
        requirements,
        valid_until: valid_until(facts, scheme).map(|day| day.to_string()),
        missing_fields: missing.collect(),
        unknown_fields: unknown.collect(),
    }
}

impl Judging<'_> {
    fn requirement(self, kind: SchemeKind) -> AppliedRequirement {
        let requirement = self.requirement;
        let mut needs: Vec<AppliedNeed> = Vec::new();
        let mut best: Option<(Verdict, Option<&str>)> = None;
        for (route, all) in requirement.ways() {
            let id = route.map(|route| route.id.as_str());
            let judged: Vec<AppliedNeed> = all.iter().map(|need| self.need(id, need)).collect();
            let verdict = of_way(judged.iter().map(|need| need.verdict));
            // The first way wins where two are as good.
            if best.is_none_or(|(known, _)| rank(verdict) < rank(known)) {
                best = Some((verdict, id));
            }
            needs.extend(judged);
        }
        let (verdict, route) = best.unwrap_or((Verdict::Inconclusive, None));
        // Where no way was taken, nobody has shown anything.
        let verdict = if verdict == Verdict::NotClaimed { Verdict::Inconclusive } else { verdict };
        let evidence = (kind == SchemeKind::Mapping).then(|| evidence(requirement, &needs));
        AppliedRequirement {
            scheme: self.scheme.name.clone(),
            id: requirement.id.clone(),
            verdict: (kind == SchemeKind::Verdict).then_some(verdict),
            evidence,
            route: route.map(str::to_owned),
            needs,
            unverified: !requirement.unverified.is_empty(),
            gap: requirement.gap.is_some(),
        }
    }
}

/// The verdict on a scheme: the worst of its requirements. N/A where a screen says that it does not concern the device.
pub(super) fn overall(all: &[&Scheme], requirements: &[AppliedRequirement], complete: bool) -> Verdict {
    let screens = |applied: &AppliedRequirement| {
        let of = all.iter().filter(|one| one.name == applied.scheme).flat_map(|one| &one.requirements);
        of.into_iter().any(|requirement| requirement.screen && requirement.id == applied.id)
    };
    let outside = |applied: &&AppliedRequirement| applied.verdict == Some(Verdict::NotApplicable);
    if requirements.iter().filter(outside).any(screens) {
        return Verdict::NotApplicable;
    }
    let worst = Verdict::worst_of(requirements.iter().filter_map(|requirement| requirement.verdict));
    if complete { worst } else { worst.worst(Verdict::Inconclusive) }
}

/// All of a way has to hold. One without needs answers nothing, and one that was not taken is not met.
pub(super) fn of_way(needs: impl IntoIterator<Item = Verdict>) -> Verdict {
    let needs: Vec<Verdict> = needs.into_iter().collect();
    if needs.is_empty() {
        return Verdict::Inconclusive;
    }
    let worst = Verdict::worst_of(needs.iter().copied());
    if worst == Verdict::Pass && needs.contains(&Verdict::NotClaimed) { Verdict::NotClaimed } else { worst }
}

/// Ways from best to worst: one that is met goes before one that does not concern the device.
fn rank(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Pass => 0,
        Verdict::NotApplicable => 1,
        Verdict::Inconclusive => 2,
        Verdict::NotClaimed | Verdict::Fail => 3,
    }
}

/// What evidence there is for an item of a mapping: decided either way, it is evidence.
fn evidence(requirement: &Requirement, needs: &[AppliedNeed]) -> Evidence {
    let decided = needs.iter().filter(|need| need.rests_on.is_some()).count();
    let settled =
        needs.iter().filter(|need| need.rests_on.is_some() || need.verdict == Verdict::NotApplicable).count();
    if decided == 0 {
        Evidence::None
    } else if settled == needs.len() && requirement.answered.as_deref() == Some("full") {
        Evidence::Available
    } else {
        Evidence::Partly
    }
}

/// Last day, were a label or statement given on the assessment date.
fn valid_until(facts: &Facts<'_>, scheme: &Scheme) -> Option<Date> {
    let validity = scheme.validity.as_ref()?;
    let by_years = validity.years.and_then(|years| {
        let span: Span = i64::from(years).years();
        facts.date.checked_add(span).ok()
    });
    let supported = || {
        let support = facts.declaration.ixit.form("user_info")?.companions.support.as_ref()?;
        support.value.until.as_ref()?.trim().parse::<Date>().ok()
    };
    match (by_years, validity.within_support_period) {
        (by_years, false) => by_years,
        (None, true) => supported(),
        // Without the end of support nobody can say.
        (Some(by_years), true) => Some(by_years.min(supported()?)),
    }
}
