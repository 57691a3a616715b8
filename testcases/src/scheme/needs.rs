//! Whether a single need of a requirement is met.

use ixit::declaration::ExternalEvidence;
use ixit::{Blame, Value};
use probes::EvidenceRef;

use super::applied::AppliedNeed;
use super::check::{Asked, Checked, check};
use super::{Need, Requirement, Scheme};
use crate::assess::words;
use crate::assessment::{Assessment, UnitResult};
use crate::external::{self, Standing};
use crate::facts::Facts;
use crate::judge::RestsOn;
use crate::reason::Reason;
use crate::verdict::Verdict;

/// Everything that a need is judged by.
#[derive(Clone, Copy)]
pub(super) struct Judging<'a> {
    pub(super) facts: &'a Facts<'a>,
    pub(super) assessment: &'a Assessment,
    pub(super) scheme: &'a Scheme,
    pub(super) requirement: &'a Requirement,
}

/// Kind of a need and what it names; `None` where it names nothing or several things.
pub(super) fn named(need: &Need) -> Option<(&'static str, &str)> {
    let all = [
        ("provision", &need.provision),
        ("case", &need.case),
        ("unit", &need.unit),
        ("check", &need.check),
        ("evidence", &need.evidence),
        ("stated", &need.stated),
    ];
    let mut there = all.into_iter().filter_map(|(kind, name)| Some((kind, name.as_deref()?)));
    there.next().filter(|_| there.next().is_none())
}

impl Judging<'_> {
    /// Judges a need.
    pub(super) fn need(self, route: Option<&str>, need: &Need) -> AppliedNeed {
        let (kind, subject) = named(need).unwrap_or(("check", ""));
        let (checked, decided) = match kind {
            "provision" => self.provision(subject),
            "case" => self.case(subject),
            "unit" => self.unit(subject),
            "evidence" => self.evidence(subject, need.bound_to_firmware),
            "stated" => self.stated(subject),
            _ => self.check(subject, need),
        };
        AppliedNeed {
            route: route.map(str::to_owned),
            kind: kind.to_owned(),
            subject: subject.to_owned(),
            verdict: checked.verdict,
            rests_on: decided.then_some(checked.rests_on),
            blame: checked.blame,
            reason: words(&checked.reason),
            evidence: checked.evidence,
        }
    }

    fn provision(self, id: &str) -> (Checked, bool) {
        let Some(result) = self.assessment.provisions.iter().find(|result| result.id == id) else {
            return unknown("provision", id);
        };
        let units = || result.cases.iter().flat_map(|case| &case.units);
        if result.verdict == Verdict::NotClaimed {
            let reason = Reason::new("scheme-provision-not-claimed")
                .with("id", id)
                .expected_by(format!("scheme:{}#{}", self.scheme.name, self.requirement.id));
            let checked = Checked::new(Verdict::Fail, RestsOn::Declared, reason)
                .blame(Blame::Documentation)
                .evidence(format!("declaration:ics.toml#provision.{id}"), "");
            return (checked, true);
        }
        self.of_units("provision", id, result.verdict, units().collect())
    }

    fn case(self, id: &str) -> (Checked, bool) {
        let cases = self.assessment.provisions.iter().flat_map(|provision| &provision.cases);
        match cases.into_iter().find(|case| case.id == id) {
            Some(case) => self.of_units("case", id, case.verdict, case.units.iter().collect()),
            None => unknown("case", id),
        }
    }

    fn unit(self, id: &str) -> (Checked, bool) {
        let cases = self.assessment.provisions.iter().flat_map(|provision| &provision.cases);
        match cases.flat_map(|case| &case.units).find(|unit| unit.id == id) {
            Some(unit) => self.of_units("unit", id, unit.verdict, vec![unit]),
            None => unknown("unit", id),
        }
    }

    /// The verdict of the standard, with what gave it.
    fn of_units(self, kind: &str, id: &str, verdict: Verdict, units: Vec<&UnitResult>) -> (Checked, bool) {
        let deciding = || units.iter().filter(|unit| unit.verdict == verdict);
        let ids: Vec<&str> = deciding().map(|unit| unit.id.as_str()).collect();
        let reason = Reason::new(match verdict {
            Verdict::Pass => "scheme-answered-by-standard",
            Verdict::Fail => "scheme-failed-by-standard",
            Verdict::Inconclusive => "scheme-open-in-standard",
            Verdict::NotApplicable | Verdict::NotClaimed => "scheme-not-applicable-in-standard",
        });
        let reason = reason
            .with("kind", kind)
            .with("id", id)
            .with("units", ids.join(", "))
            .expected_by(format!("scheme:{}#{}", self.scheme.name, self.requirement.id));
        // What passes rests on the weakest; `RestsOn` is not ordered by weakness, so declared goes first.
        let rests: Vec<RestsOn> = units.iter().filter_map(|unit| unit.rests_on).collect();
        let weakest = [RestsOn::Declared, RestsOn::Document, RestsOn::External, RestsOn::Observed];
        let rests_on = weakest.into_iter().find(|one| rests.contains(one)).unwrap_or(RestsOn::Declared);
        let items = || deciding().flat_map(|unit| &unit.items).filter(|item| item.verdict == verdict);
        let mut checked = Checked::new(verdict, rests_on, reason);
        checked.blame = items().find_map(|item| item.blame);
        checked.evidence = items().flat_map(|item| item.evidence.iter().cloned()).take(8).collect();
        checked.evidence.push(EvidenceRef { reference: format!("assessment:{id}"), at: String::new() });
        let decided = matches!(verdict, Verdict::Pass | Verdict::Fail);
        (checked, decided)
    }

    fn check(self, name: &str, need: &Need) -> (Checked, bool) {
        let Some(check) = check(name) else { return unknown("check", name) };
        let Self { facts, assessment, scheme, requirement } = self;
        let checked = (check.judge)(&Asked { facts, assessment, scheme, requirement, with: &need.with });
        let decided = matches!(checked.verdict, Verdict::Pass | Verdict::Fail);
        (checked, decided)
    }

    fn stated(self, key: &str) -> (Checked, bool) {
        let place = format!("declaration:submission.toml#{}.{key}", self.scheme.name);
        match self.facts.declaration.submission.stated(&self.scheme.name, key) {
            Some(stated) if denies(&stated.value) => {
                let reason =
                    Reason::new("scheme-stated-not-so").with("key", key).with("scheme", &self.scheme.name);
                let line = format!("line {}", stated.at.line);
                let checked =
                    Checked::new(Verdict::Fail, RestsOn::Declared, reason.expected_by(place.clone()));
                (checked.blame(Blame::Documentation).evidence(place, line), true)
            }
            Some(stated) => {
                let reason = Reason::new("scheme-stated").with("key", key);
                let line = format!("line {}", stated.at.line);
                (Checked::new(Verdict::Pass, RestsOn::Declared, reason).evidence(place, line), true)
            }
            None => {
                let reason = Reason::new("scheme-not-stated")
                    .with("key", key)
                    .with("scheme", &self.scheme.name)
                    .expected_by(place);
                let checked = Checked::new(Verdict::Inconclusive, RestsOn::Declared, reason);
                (checked.blame(Blame::Documentation), false)
            }
        }
    }

    /// The best of the pieces that are handed in: an accepted one decides.
    fn evidence(self, kind: &str, bound: bool) -> (Checked, bool) {
        let (scheme, requirement) = (&self.scheme.name, &self.requirement.id);
        let standings = external::standings(self.facts);
        let mut open = None;
        for (index, (evidence, standing)) in standings.into_iter().enumerate() {
            if !external::covers_requirement(evidence, scheme, requirement) {
                continue;
            }
            let place = external::reference(evidence, index);
            let reason = |code: &str| Reason::new(code).with("id", &evidence.id).with("kind", kind);
            let reason = match standing {
                Standing::Accepted(decision) if !bound || self.names_firmware(evidence) => {
                    let reason = reason("scheme-evidence-accepted").with("person", &decision.person);
                    let checked = Checked::new(Verdict::Pass, RestsOn::External, reason);
                    return (checked.evidence(place, ""), true);
                }
                Standing::Accepted(_) => reason("scheme-evidence-other-firmware"),
                Standing::Unfit(why) => why,
                Standing::Open(_) => reason("scheme-evidence-waits"),
                Standing::Refused => reason("scheme-evidence-refused"),
            };
            let checked = Checked::new(Verdict::Inconclusive, RestsOn::External, reason);
            open = Some(checked.blame(Blame::Documentation).evidence(place, ""));
        }
        let missing = || {
            let reason = Reason::new("scheme-evidence-missing")
                .with("kind", kind)
                .with("covers", format!("{scheme}:{requirement}"));
            Checked::new(Verdict::Inconclusive, RestsOn::External, reason).blame(Blame::Documentation)
        };
        (open.unwrap_or_else(missing), false)
    }

    /// Whether a piece names the digest of the firmware image that the ICS names.
    fn names_firmware(self, evidence: &ExternalEvidence) -> bool {
        let declared = self.facts.declaration.ics.dut.firmware_sha256.as_ref();
        declared.zip(evidence.firmware_sha256.as_ref()).is_some_and(|(one, other)| one.value == other.value)
    }
}

/// Whether the supplier states that something is not so.
fn denies(value: &Value) -> bool {
    match value {
        Value::Flag(so) => !so,
        Value::Text(text) => ["no", "false", "いいえ"].contains(&text.trim().to_lowercase().as_str()),
        _ => false,
    }
}

/// The data names something that does not exist; the tests of the data keep that from being released.
fn unknown(kind: &str, id: &str) -> (Checked, bool) {
    let reason = Reason::new("scheme-unknown-link").with("kind", kind).with("id", id);
    (Checked::new(Verdict::Inconclusive, RestsOn::Declared, reason).blame(Blame::Lab), false)
}
