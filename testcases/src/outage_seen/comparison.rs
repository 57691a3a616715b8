//! One observation of outages, set against a promise.

use ixit::companion::OutageKind;
use probes::probe::interruption::{Answered, Interruption, Outage};

use super::contents::{self, Change};
use super::{Findings, Promise, Scope, Seen, brought_about, peers};
use crate::facts::Facts;
use crate::reason::Reason;

/// Whether the device can be reached over the local network during an outage of this kind.
pub(super) fn reachable_during(kind: OutageKind) -> bool {
    matches!(kind, OutageKind::Uplink | OutageKind::Names | OutageKind::Services)
}

/// Looks at what went on, what came back, and what is different.
pub(super) fn look(
    promise: &Promise<'_>,
    facts: &Facts<'_>,
    kind: OutageKind,
    seen: &Seen<'_>,
    all: &[&Seen<'_>],
    found: &mut Findings<'_, '_>,
) {
    let comparison = Comparison { promise, kind, seen };
    for (number, outage) in brought_about(&seen.interruption).enumerate() {
        if reachable_during(kind) {
            comparison.goes_on(number + 1, outage, found);
        }
        comparison.comes_back(number + 1, outage, found);
    }
    comparison.is_as_before(all, found);
    if kind == OutageKind::Power {
        peers::come_back(promise, facts, seen, found);
    }
    let made = brought_about(&seen.interruption).count();
    let longest = brought_about(&seen.interruption).filter_map(|outage| outage.answered_after);
    let longest = longest.fold(0.0_f64, f64::max);
    found.passed(
        seen.recorded,
        format!("{}: {made} outages, back after {longest:.1} s at most", kind.as_str()),
    );
}

struct Comparison<'c, 'r, 'a> {
    promise: &'c Promise<'r>,
    kind: OutageKind,
    seen: &'c Seen<'a>,
}

impl Comparison<'_, '_, '_> {
    fn interruption(&self) -> &Interruption {
        &self.seen.interruption
    }

    /// What was served before the outage is served during it.
    fn goes_on(&self, number: usize, outage: &Outage, found: &mut Findings<'_, '_>) {
        let promised = |answer: &Answered| of_rows(answer, &self.promise.resilience.goes_on);
        let whole = self.promise.scope == Scope::WholeDevice;
        let before = self.interruption().before.answers.iter();
        for access in before.filter(|answer| is(answer, "served") && (whole || promised(answer))) {
            let what = named(access);
            let meanwhile = same(&outage.during, access).map(|answer| answer.outcome.as_str());
            match meanwhile {
                Some("served") => found.went_on += usize::from(promised(access)),
                Some("refused" | "unreachable") => {
                    let outcome = meanwhile.unwrap_or_default();
                    let code =
                        if promised(access) { "local-function-lost-in-outage" } else { "local-access-lost" };
                    let reason = self.reason(code, &what).with("outcome", outcome).with("number", number);
                    if promised(access) {
                        let source = self.promise.row.reference("res_mech", "resilience");
                        let reason = reason.expected_by(source);
                        found.fail(self.seen.recorded, format!("outage {number}, {what}"), reason);
                    } else {
                        found.open(self.seen.recorded, reason);
                    }
                }
                _ if !promised(access) => {}
                other => {
                    let trouble = match other {
                        Some(outcome) => format!("{what}: {outcome} in outage {number}"),
                        None => format!("{what} was not asked in outage {number}"),
                    };
                    self.incomplete(found, trouble);
                }
            }
        }
    }

    /// The device answered before the outage, as far as it was asked anything.
    fn was_there(&self) -> bool {
        let before = &self.interruption().before;
        before.ports.is_empty() && before.answers.is_empty()
            || before.ports.iter().any(|(_, open)| *open)
            || before.answers.iter().any(|answer| is(answer, "served") || is(answer, "refused"))
    }

    /// The device answers again in time. One that was away before owes nobody a return.
    fn comes_back(&self, number: usize, outage: &Outage, found: &mut Findings<'_, '_>) {
        if !self.was_there() {
            return self.incomplete(found, "the device did not answer before the outage".to_owned());
        }
        let waited = waited(self.seen);
        let bound = self.promise.resilience.recovers_seconds.map(f64::from).or(waited);
        let late = match (outage.answered_after, bound) {
            (Some(after), Some(bound)) => (after > bound).then(|| format!("{after:.1} s")),
            (Some(_), None) => None,
            (None, Some(bound)) if waited.is_some_and(|waited| waited >= bound) => {
                Some(format!("no answer in {:.1} s", waited.unwrap_or_default()))
            }
            (None, _) => {
                let trouble =
                    format!("no answer after outage {number}, and the wait was shorter than promised");
                return self.incomplete(found, trouble);
            }
        };
        if let (Some(late), Some(bound)) = (late, bound) {
            let reason = self
                .reason("not-back-after-outage", "the device")
                .with("bound", format!("{bound:.0}"))
                .with("found", late);
            found.fail(self.seen.recorded, format!("outage {number}"), reason);
        }
    }

    /// What was served is served, who was refused is refused, and nothing new is open.
    fn is_as_before(&self, all: &[&Seen<'_>], found: &mut Findings<'_, '_>) {
        let whole = self.promise.scope == Scope::WholeDevice;
        let interruption = self.interruption();
        if brought_about(interruption).last().is_some_and(|last| last.answered_after.is_none()) {
            // It is not back: that it serves nothing is no second finding.
            return;
        }
        if !self.was_there() {
            return self.incomplete(found, "the device did not answer before the outage".to_owned());
        }
        for before in &interruption.before.answers {
            let kept = of_rows(before, &self.promise.resilience.keeps);
            if !(kept || whole) {
                continue;
            }
            let what = named(before);
            let after = same(&interruption.after.answers, before);
            match (before.outcome.as_str(), after.map(|answer| answer.outcome.as_str())) {
                ("served", Some("served")) => {
                    found.compared += usize::from(kept);
                    if let (true, Some(after)) = (kept, after) {
                        self.content(all, before, after, found);
                    }
                }
                ("refused", Some("refused" | "unreachable")) => found.compared += usize::from(kept),
                ("served", Some(now @ ("refused" | "unreachable"))) if kept => {
                    self.worse(&what, "served", now, found);
                }
                ("refused", Some("served")) if before.subject == "stranger" => {
                    self.worse(&what, "refused", "served", found);
                }
                ("served" | "refused", None | Some("unclear")) if kept => {
                    let trouble = match after {
                        Some(_) => format!("{what}: unclear after the outage"),
                        None => format!("{what} was not asked after the outage"),
                    };
                    self.incomplete(found, trouble);
                }
                _ => {}
            }
        }
        for (port, open) in &interruption.after.ports {
            let before = interruption.before.ports.iter().find(|(known, _)| known == port);
            if *open && before.is_some_and(|(_, open)| !open) {
                self.worse(&format!("tcp/{port}"), "closed", "open", found);
            }
        }
    }

    /// What is served is what was served before, where it does not change by itself.
    fn content(&self, all: &[&Seen<'_>], before: &Answered, after: &Answered, found: &mut Findings<'_, '_>) {
        let excerpt = |answer: &Answered| answer.excerpt.clone().unwrap_or_else(|| "nothing".to_owned());
        match contents::change(all, self.seen, before, after) {
            Change::Nothing | Change::ByItself => {}
            Change::Here => self.worse(&named(before), &excerpt(before), &excerpt(after), found),
            Change::Once => {
                let reason = self
                    .reason("answers-differ-after-outage", &named(before))
                    .with("before", excerpt(before))
                    .with("after", excerpt(after));
                found.open(self.seen.recorded, reason);
            }
        }
    }

    fn worse(&self, what: &str, before: &str, after: &str, found: &mut Findings<'_, '_>) {
        let reason =
            self.reason("state-worse-after-outage", what).with("before", before).with("after", after);
        found.fail(self.seen.recorded, format!("after, {what}"), reason);
    }

    fn incomplete(&self, found: &mut Findings<'_, '_>, trouble: String) {
        let reason = Reason::new("observation-incomplete")
            .with("probe", format!("interruption {}", self.kind.as_str()))
            .with("trouble", trouble);
        found.open(self.seen.recorded, reason);
    }

    fn reason(&self, code: &str, what: &str) -> Reason {
        Reason::new(code).with("kind", self.kind.as_str()).with("what", what)
    }
}

/// Seconds that the probe was to wait for the device.
pub(super) fn waited(seen: &Seen<'_>) -> Option<f64> {
    seen.recorded.observation.params.get("recovery_seconds").and_then(|value| value.as_f64())
}

/// The answer to the same question of the same subject.
fn same<'s>(answers: &'s [Answered], access: &Answered) -> Option<&'s Answered> {
    answers.iter().find(|answer| answer.asked == access.asked && answer.subject == access.subject)
}

fn of_rows(answer: &Answered, rows: &[String]) -> bool {
    answer.rows.iter().any(|row| rows.contains(row))
}

fn is(answer: &Answered, outcome: &str) -> bool {
    answer.outcome == outcome
}

fn named(answer: &Answered) -> String {
    format!("{} as {}", answer.asked, answer.subject)
}
