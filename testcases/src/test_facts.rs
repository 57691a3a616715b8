//! Facts made by hand, for the tests of judges: a declaration from text, observations as values.

use ixit::{Declaration, SourceFile};
use probes::{Effort, Observation, Outcome, observation};
use serde::Serialize;

use crate::assess::{RunNature, assess, unit_results};
use crate::catalogue::Catalogue;
use crate::decision::{Answer, Decision, Role};
use crate::facts::{Facts, Recorded};
use crate::judge::{By, ItemResult};
use crate::scheme::{Asked, Check, Checked, Scheme};
use crate::state::DutState;
use crate::verdict::Verdict;

/// An ICS that claims nothing; a unit is judged whether it is planned or not.
const ICS: &str = "edition = \"en303645-2.1.1\"\n[dut]\nmodel = \"WH-100\"\nconstrained = false\n";

/// Everything a judge may know, owned.
pub(crate) struct TestFacts {
    declaration: Declaration,
    observations: Vec<Recorded>,
    decisions: Vec<Decision>,
}

impl TestFacts {
    /// With this IXIT. A text that cannot be understood is a fault of the test.
    pub(crate) fn declared(ixit: &str) -> Self {
        Self::with_ics(ICS, ixit)
    }

    /// With this ICS and IXIT.
    pub(crate) fn with_ics(ics: &str, ixit: &str) -> Self {
        Self::read(vec![
            SourceFile::new("ics.toml", ics.as_bytes().to_vec()),
            SourceFile::new("ixit.toml", ixit.as_bytes().to_vec()),
        ])
    }

    /// With this IXIT and what is stated for label schemes.
    pub(crate) fn submitted(ixit: &str, submission: &str) -> Self {
        Self::claiming(&[], ixit, submission)
    }

    /// The same with these provisions claimed, so that their units are planned.
    pub(crate) fn claiming(claimed: &[&str], ixit: &str, submission: &str) -> Self {
        let claim = |id: &&str| format!("[provision.\"{id}\"]\nsupport = \"Y\"\ndetail = \"Done\"\n");
        let ics = format!("{ICS}{}", claimed.iter().map(claim).collect::<String>());
        let sources = [("ics.toml", ics.as_str()), ("ixit.toml", ixit), ("submission.toml", submission)];
        Self::read(sources.map(|(name, text)| SourceFile::new(name, text.as_bytes().to_vec())).to_vec())
    }

    /// With what is said for guides beyond the standard; the recommendation 5.2-3 is not claimed, nor is 5.6-1, which
    /// fails for it.
    pub(crate) fn guided(guides: &str) -> Self {
        let unclaimed = |id: &str| format!("[provision.\"{id}\"]\nsupport = \"N\"\ndetail = \"Not done\"\n");
        let ics = format!("{ICS}{}{}", unclaimed("5.2-3"), unclaimed("5.6-1"));
        let sources = [("ics.toml", ics.as_str()), ("ixit.toml", ""), ("guides.toml", guides)];
        Self::read(sources.map(|(name, text)| SourceFile::new(name, text.as_bytes().to_vec())).to_vec())
    }

    /// With this IXIT and what is said for cases beyond the standard.
    pub(crate) fn beyond(ixit: &str, plus: &str) -> Self {
        let sources = [("ics.toml", ICS), ("ixit.toml", ixit), ("plus.toml", plus)];
        Self::read(sources.map(|(name, text)| SourceFile::new(name, text.as_bytes().to_vec())).to_vec())
    }

    fn read(sources: Vec<SourceFile>) -> Self {
        let reading = Declaration::from_sources(sources, Vec::new());
        let declaration =
            reading.declaration.unwrap_or_else(|| panic!("the declaration: {:#?}", reading.diagnostics));
        Self { declaration, observations: Vec::new(), decisions: Vec::new() }
    }

    /// Asks a check of a scheme, with the verdicts of the standard on the same facts.
    pub(crate) fn checked(&self, check: &Check, scheme: &Scheme, requirement: &str, with: &str) -> Checked {
        let facts = self.facts();
        let plan = crate::plan::derive(&self.declaration, None);
        let assessment = assess(&facts, &plan, RunNature { complete: true, demonstration: false });
        let requirement = scheme.requirements.iter().find(|known| known.id == requirement);
        let requirement = requirement.unwrap_or_else(|| panic!("no such requirement of {}", scheme.name));
        let with: toml::Table = toml::from_str(with).expect("the parameters of the test");
        (check.judge)(&Asked { facts: &facts, assessment: &assessment, scheme, requirement, with: &with })
    }

    /// Adds a document that was handed in, by its path below `documents/`.
    #[must_use]
    pub(crate) fn handed_in(mut self, path: &str) -> Self {
        let document = ixit::declaration::Document { path: path.to_owned(), sha256: "0".repeat(64), size: 1 };
        self.declaration.documents.push(document);
        self
    }

    /// Adds an observation.
    #[must_use]
    pub(crate) fn observed(mut self, seen: Seen) -> Self {
        self.observations.push(Recorded::new(seen.0));
        self
    }

    /// Answers the open question of a unit on an item, bound to what it shows.
    #[must_use]
    pub(crate) fn answered(self, unit: &str, item: &str, answer: &str) -> Self {
        self.noted(unit, item, answer, "")
    }

    /// The same with notes, as TOML.
    #[must_use]
    pub(crate) fn noted(mut self, unit: &str, item: &str, answer: &str, notes: &str) -> Self {
        let open = self
            .judge(unit)
            .into_iter()
            .filter(|result| result.item == item)
            .find_map(|result| result.open)
            .unwrap_or_else(|| panic!("{unit} asks nothing about {item}"));
        self.decisions.push(Decision {
            prompt: open.id,
            answer: Answer::Text(answer.to_owned()),
            reason: "Looked at it".to_owned(),
            person: "A. Assessor".to_owned(),
            role: Role::Assessor,
            date: "2026-11-21".to_owned(),
            attachments: Vec::new(),
            notes: toml::from_str(notes).expect("the notes of the test"),
            facts: open.facts,
        });
        self
    }

    /// Answers a question that no unit asks, such as one on external evidence, bound to what it shows.
    #[must_use]
    pub(crate) fn decided(mut self, prompt: &str, answer: &str) -> Self {
        let open =
            crate::external::standings(&self.facts()).into_iter().find_map(|(_, standing)| match standing {
                crate::external::Standing::Open(open) if open.id == prompt => Some(*open),
                _ => None,
            });
        let open = open.unwrap_or_else(|| panic!("nobody asks {prompt}"));
        self.decisions.push(Decision {
            prompt: open.id,
            answer: Answer::Text(answer.to_owned()),
            reason: "Looked at it".to_owned(),
            person: "A. Assessor".to_owned(),
            role: Role::Assessor,
            date: "2026-11-21".to_owned(),
            attachments: Vec::new(),
            notes: std::collections::BTreeMap::default(),
            facts: open.facts,
        });
        self
    }

    /// The facts.
    pub(crate) fn facts(&self) -> Facts<'_> {
        Facts {
            catalogue: Catalogue::of(self.declaration.edition),
            declaration: &self.declaration,
            diagnostics: &[],
            observations: &self.observations,
            decisions: &self.decisions,
            date: jiff::civil::date(2026, 11, 21),
            crypto: crate::crypto::Policy::standard(),
            review_required: false,
        }
    }

    /// Judges a unit, the demand for evidence included.
    pub(crate) fn judge(&self, unit: &str) -> Vec<ItemResult> {
        let facts = self.facts();
        let unit = facts.catalogue.unit(unit).unwrap_or_else(|| panic!("there is no unit {unit}"));
        unit_results(&facts, unit)
    }

    /// Judges a unit of which one result is expected.
    pub(crate) fn judge_one(&self, unit: &str) -> ItemResult {
        let mut results = self.judge(unit);
        assert_eq!(results.len(), 1, "{results:#?}");
        results.remove(0)
    }
}

impl ItemResult {
    /// Holds a result to a machine FAIL of this code, with its evidence.
    #[track_caller]
    pub(crate) fn fails(self, code: &str) -> Self {
        assert_eq!((self.verdict, self.by), (Verdict::Fail, By::Machine), "{self:#?}");
        assert_eq!(self.reason.code, code);
        assert!(!self.evidence.is_empty());
        self
    }

    /// Holds a result to be open for this code until the supplier mends the declaration.
    #[track_caller]
    pub(crate) fn waits_for_the_supplier(self, code: &str) -> Self {
        assert_eq!((self.verdict, self.by), (Verdict::Inconclusive, By::Machine), "{self:#?}");
        assert_eq!((self.reason.code.as_str(), self.blame), (code, Some(ixit::Blame::Documentation)));
        assert!(!self.evidence.is_empty());
        self
    }
}

/// An observation: complete, one attempt, sample S1, state initialized, unless said otherwise.
pub(crate) struct Seen(Observation);

impl Seen {
    /// By a probe, with its typed result.
    pub(crate) fn by(probe: &str, data: impl Serialize) -> Self {
        Self(Observation {
            format: observation::FORMAT.to_owned(),
            probe: probe.to_owned(),
            version: 1,
            target: "test".to_owned(),
            params: serde_json::json!({}),
            context: observation::Context {
                sample: "S1".to_owned(),
                component: "device".to_owned(),
                firmware: None,
                state: DutState::Initialized.as_str().to_owned(),
                at: "2026-11-21T00:00:00Z".to_owned(),
                equipment: Vec::new(),
            },
            outcome: Outcome::Complete,
            effort: Effort {
                attempted: 1,
                completed: 1,
                seconds: 0.1,
                what: String::new(),
                gaps: Vec::new(),
            },
            trouble: None,
            data: serde_json::to_value(data).expect("string keys only"),
            attachments: Vec::new(),
        })
    }

    /// In another state.
    #[must_use]
    pub(crate) fn state(mut self, state: DutState) -> Self {
        state.as_str().clone_into(&mut self.0.context.state);
        self
    }

    /// Of another sample.
    #[must_use]
    pub(crate) fn sample(mut self, sample: &str) -> Self {
        sample.clone_into(&mut self.0.context.sample);
        self
    }

    /// That ended otherwise, and why.
    #[must_use]
    pub(crate) fn ended(mut self, outcome: Outcome, trouble: &str) -> Self {
        self.0.outcome = outcome;
        self.0.trouble = Some(trouble.to_owned());
        self
    }

    /// With so many attempts, all with a clear answer.
    #[must_use]
    pub(crate) fn attempts(mut self, completed: u64) -> Self {
        self.0.effort.attempted = completed;
        self.0.effort.completed = completed;
        self
    }

    /// This was tried, in words.
    #[must_use]
    pub(crate) fn tried(mut self, what: &str) -> Self {
        what.clone_into(&mut self.0.effort.what);
        self
    }

    /// With these parameters.
    #[must_use]
    pub(crate) fn params(mut self, params: serde_json::Value) -> Self {
        self.0.params = params;
        self
    }
}
