//! Checks that schemes have of their own, beyond the verdicts of the standard: one file each in `checks/`.

use probes::EvidenceRef;
use serde::de::DeserializeOwned;

use super::{Requirement, Scheme};
use crate::assessment::{Assessment, UnitResult};
use crate::facts::Facts;
use crate::judge::RestsOn;
use crate::reason::Reason;
use crate::verdict::Verdict;
use ixit::{Blame, Located, Value};

include!(concat!(env!("OUT_DIR"), "/check_modules.rs"));

/// A check. Pure, as judges are.
#[derive(Debug)]
pub struct Check {
    /// Name in the data of schemes, in kebab-case; the same as that of its file.
    pub name: &'static str,
    /// Whether the parameters can be understood; asked of all data by the tests.
    pub reads: fn(&toml::Table) -> Result<(), String>,
    /// The check.
    pub judge: fn(&Asked<'_>) -> Checked,
}

/// What a check is asked.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// What is known of the run.
    pub facts: &'a Facts<'a>,
    /// The verdicts of the standard.
    pub assessment: &'a Assessment,
    /// The scheme that has the requirement.
    pub scheme: &'a Scheme,
    /// The requirement.
    pub requirement: &'a Requirement,
    /// Parameters.
    pub with: &'a toml::Table,
}

impl<'a> Asked<'a> {
    /// What the supplier states under a key of the scheme; `None` where nothing stands there but a placeholder.
    pub fn stated(&self, key: &str) -> Option<&'a Located<Value>> {
        self.facts.declaration.submission.stated(&self.scheme.name, key)
    }

    /// A text that the supplier states under a key.
    pub fn stated_text(&self, key: &str) -> Option<&'a str> {
        self.stated(key)?.value.as_text().map(str::trim)
    }

    /// A yes or no that the supplier states under a key.
    pub fn stated_flag(&self, key: &str) -> Option<bool> {
        match self.stated(key)?.value {
            Value::Flag(flag) => Some(flag),
            _ => None,
        }
    }

    /// That the supplier has not stated a key yet.
    pub fn not_stated(&self, key: &str) -> Reason {
        Reason::new("scheme-not-stated")
            .with("key", key)
            .with("scheme", &self.scheme.name)
            .expected_by(self.place(key))
    }

    /// Where a key of the supplier's statement stands, as evidence.
    pub fn place(&self, key: &str) -> String {
        format!("declaration:submission.toml#{}.{key}", self.scheme.name)
    }

    /// The result of a test unit.
    pub fn unit(&self, id: &str) -> Option<&'a UnitResult> {
        let cases = self.assessment.provisions.iter().flat_map(|provision| &provision.cases);
        cases.flat_map(|case| &case.units).find(|unit| unit.id == id)
    }

    /// The parameters.
    ///
    /// # Panics
    /// Never for a released build: [`Check::reads`] was asked of all data by the tests.
    pub fn parameters<T: DeserializeOwned>(&self) -> T {
        read(self.with).unwrap_or_else(|fault| panic!("{}: {fault}", self.scheme.name))
    }
}

/// What a check found.
#[derive(Clone, Debug)]
pub struct Checked {
    /// Verdict; N/A where the requirement does not concern this device.
    pub verdict: Verdict,
    /// On what it rests.
    pub rests_on: RestsOn,
    /// Who has to act, for FAIL and INCONCLUSIVE.
    pub blame: Option<Blame>,
    /// Why; FAIL has an expectation and what was found in its words.
    pub reason: Reason,
    /// Evidence; never empty on PASS or FAIL.
    pub evidence: Vec<EvidenceRef>,
}

impl Checked {
    /// A result; add evidence, and who has to act.
    pub fn new(verdict: Verdict, rests_on: RestsOn, reason: Reason) -> Self {
        Self { verdict, rests_on, blame: None, reason, evidence: Vec::new() }
    }

    /// Says who has to act.
    #[must_use]
    pub fn blame(mut self, blame: Blame) -> Self {
        self.blame = Some(blame);
        self
    }

    /// Adds evidence: `sha256:…` or `declaration:FILE#PATH`, and the place in it.
    #[must_use]
    pub fn evidence(mut self, reference: impl Into<String>, at: impl Into<String>) -> Self {
        self.evidence.push(EvidenceRef { reference: reference.into(), at: at.into() });
        self
    }
}

/// A check by name.
pub fn check(name: &str) -> Option<&'static Check> {
    checks::ALL.iter().copied().find(|check| check.name == name)
}

/// Reads parameters.
///
/// # Errors
/// They do not fit.
pub fn read<T: DeserializeOwned>(with: &toml::Table) -> Result<T, String> {
    toml::Value::Table(with.clone()).try_into().map_err(|error| error.to_string())
}
