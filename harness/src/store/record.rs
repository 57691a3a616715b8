//! Everything that a judgement is a function of, read back from a run folder.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use ixit::declaration::Document;
use ixit::{Declaration, Diagnostic, SourceFile};
use probes::Observation;
use probes::observation::digest;
use testcases::assess::{RunNature, assess};
use testcases::assessment::Assessment;
use testcases::guide::{self, AnsweredGuide, Guide};
use testcases::plan::{Plan, Step};
use testcases::scheme::{self, Applied, Scheme};
use testcases::{Decision, Facts, Recorded};

use super::basis::{self, Basis};
use super::journal::{self, Entry, Sealed};
use super::manifest::{self, RunManifest};
use super::{DECLARATION_FOLDER, Evidence, PLAN_FILE, StoreError, extended_plan, files};
use crate::engine::outstanding::Seen;
use crate::run_state::RunState;

const LARGEST: u64 = 64 << 20;

/// The record of a run.
#[derive(Debug)]
pub struct RunRecord {
    /// The run folder.
    pub folder: PathBuf,
    /// What the run is made of.
    pub manifest: RunManifest,
    /// The plan in force: the first one, or the last that a reopened provision extended.
    pub plan: Plan,
    /// The declaration as stored.
    pub declaration: Declaration,
    /// What is wrong with the declaration.
    pub diagnostics: Vec<Diagnostic>,
    /// The journal.
    pub journal: Vec<Sealed>,
    /// Observations in the order of the journal, each with the key of its step.
    pub observations: Vec<Recorded>,
    /// Keys of the steps of the observations.
    pub keys: Vec<String>,
    /// Decisions in the order of the journal.
    pub decisions: Vec<Decision>,
    /// What contradicts itself, in words; empty for a sound record. What could be read is there all the same.
    pub broken: Vec<String>,
    /// What it is judged with.
    pub basis: Basis,
    evidence: Evidence,
}

impl RunRecord {
    /// Reads a run folder. Nothing is written and no lock is needed.
    ///
    /// # Errors
    /// There is no run, or its manifest, plan or declaration cannot be understood. A broken journal and
    /// missing evidence are not errors here: they stand in [`RunRecord::broken`]. What cannot be understood
    /// because it was altered is [`StoreError::Broken`].
    pub fn read(folder: &Path) -> Result<Self, StoreError> {
        let no_run = |why: String| not_understood(folder, why);
        let mut broken = Vec::new();
        let run_bytes = files::read_bounded(&folder.join(manifest::FILE), LARGEST)
            .map_err(|error| no_run(error.to_string()))?;
        let manifest = manifest_of(&run_bytes).map_err(no_run)?;
        let plan_bytes = files::read_bounded(&folder.join(PLAN_FILE), LARGEST)
            .map_err(|error| no_run(error.to_string()))?;
        let plan: Plan = serde_json::from_slice(&plan_bytes)
            .map_err(|error| no_run(format!("{PLAN_FILE} cannot be read: {error}")))?;
        let mut sources = Vec::new();
        for file in &manifest.declaration {
            let path = folder.join(DECLARATION_FOLDER).join(&file.name);
            let bytes = files::read_bounded(&path, LARGEST).map_err(|error| no_run(error.to_string()))?;
            if digest(&bytes) != file.sha256 {
                broken.push(format!("{DECLARATION_FOLDER}/{} was altered", file.name));
            }
            sources.push(SourceFile::new(file.name.clone(), bytes));
        }
        let documents = manifest
            .documents
            .iter()
            .map(|document| Document {
                path: document.path.clone(),
                sha256: document.sha256.clone(),
                size: document.size,
            })
            .collect();
        let reading = Declaration::from_sources(sources, documents);
        let declaration = reading
            .declaration
            .ok_or_else(|| no_run("the declaration stored in it cannot be understood".to_owned()))?;
        let journal = journal::read(folder)?;
        broken.extend(journal.faults);
        let journal = journal.lines;
        let mut kept = BTreeMap::new();
        match journal.first().map(|line| &line.line.entry) {
            Some(Entry::RunStarted(started)) => {
                kept.clone_from(&started.catalogue);
                for (name, expected, bytes) in
                    [(manifest::FILE, &started.run, &run_bytes), (PLAN_FILE, &started.plan, &plan_bytes)]
                {
                    if digest(bytes) != *expected {
                        broken.push(format!("{name} was altered"));
                    }
                }
            }
            _ => broken.push("the journal does not begin with the start of a run".to_owned()),
        }
        let plan = extended_plan::in_force(folder, &journal, plan, &mut broken);
        let basis = Basis::of(folder, declaration.edition, &manifest, &kept, &mut broken);
        let mut record = Self {
            folder: folder.to_owned(),
            manifest,
            plan,
            declaration,
            diagnostics: reading.diagnostics,
            journal: Vec::new(),
            observations: Vec::new(),
            keys: Vec::new(),
            decisions: Vec::new(),
            broken,
            basis,
            evidence: Evidence::of(folder)?,
        };
        for line in journal {
            record.take(line);
        }
        Ok(record)
    }

    /// Adds a line of the journal.
    pub(crate) fn take(&mut self, line: Sealed) {
        match &line.line.entry {
            Entry::Observation(observed) => match self.observation(&observed.reference) {
                Ok(observation) => {
                    self.observations.push(Recorded { observation, reference: observed.reference.clone() });
                    self.keys.push(observed.key.clone());
                }
                Err(why) => self.broken.push(why),
            },
            Entry::Decision(decision) => self.decisions.push(decision.clone()),
            _ => {}
        }
        self.journal.push(line);
    }

    fn observation(&self, reference: &str) -> Result<Observation, String> {
        let bytes =
            self.evidence(reference).ok_or_else(|| format!("the observation {reference} is missing"))?;
        if digest(&bytes) != reference {
            return Err(format!("the observation {reference} was altered"));
        }
        serde_json::from_slice(&bytes)
            .map_err(|error| format!("the observation {reference} cannot be read: {error}"))
    }

    /// The bytes behind `sha256:…`. A fresh look at the folder: evidence may have been added.
    pub fn evidence(&self, reference: &str) -> Option<Vec<u8>> {
        self.evidence.read(reference).or_else(|| Evidence::of(&self.folder).ok()?.read(reference))
    }

    /// How the run stands.
    pub fn state(&self) -> RunState {
        RunState::of(self)
    }

    /// Makes the assessment: a function of the record alone.
    pub fn assess(&self) -> Assessment {
        let nature =
            RunNature { complete: self.state().complete(), demonstration: self.manifest.demonstration };
        assess(&self.facts(), &self.plan, nature)
    }

    /// Applies a label scheme to the run: a function of the record and the data of the scheme alone.
    pub fn apply(&self, scheme: &Scheme) -> Applied {
        scheme::apply(&self.facts(), &self.assess(), scheme)
    }

    /// Reads a guide over the run: as [`Self::apply`], and without a verdict.
    pub fn answer(&self, guide: &Guide) -> AnsweredGuide {
        guide::answer(&self.facts(), &self.assess(), guide)
    }

    /// What judges read.
    pub fn facts(&self) -> Facts<'_> {
        Facts {
            catalogue: self.basis.catalogue(self.declaration.edition),
            declaration: &self.declaration,
            diagnostics: &self.diagnostics,
            observations: &self.observations,
            decisions: &self.decisions,
            date: self.manifest.date,
            crypto: self.basis.policy(),
            review_required: self.manifest.people.two_person_review,
        }
    }

    /// The assessment as it is stored.
    pub fn assessment_bytes(&self) -> Vec<u8> {
        super::pretty(&self.assess())
    }

    /// What was observed, as far as the order of the steps depends on it.
    pub fn seen(&self) -> Seen {
        let mut seen = Seen::default();
        for (key, recorded) in self.keys.iter().zip(&self.observations) {
            seen.add(key, &recorded.observation);
        }
        seen
    }

    /// Whether the run was stopped or killed before its steps were done. A stop while questions were put, by
    /// whatever command, leaves no step behind.
    pub(crate) fn steps_were_stopped(&self) -> bool {
        let ended = self.journal.iter().rev().find_map(|line| match line.line.entry {
            Entry::RunFinished(_) => Some(true),
            Entry::RunStarted(_) | Entry::RunResumed { .. } => Some(false),
            _ => None,
        });
        ended != Some(true) && self.state().outstanding > 0
    }

    /// Every piece of evidence that a line of the journal names.
    pub(crate) fn named_evidence(&self) -> BTreeSet<String> {
        named_evidence(&self.journal)
    }

    pub(crate) fn plan_reads_identity(&self) -> bool {
        self.plan
            .steps
            .iter()
            .any(|step| matches!(step, Step::Observe { request, .. } if request.probe == "device-identity"))
    }
}

/// Every piece of evidence that a line of the journal names.
pub(crate) fn named_evidence(journal: &[Sealed]) -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    for line in journal {
        match &line.line.entry {
            Entry::Observation(observed) => {
                named.insert(observed.reference.clone());
                named.extend(observed.attachments.iter().cloned());
            }
            Entry::Decision(decision) => named.extend(
                decision.attachments.iter().filter(|reference| reference.starts_with("sha256:")).cloned(),
            ),
            Entry::StateEntered { output, .. } => named.extend(output.iter().cloned()),
            Entry::Event { evidence, .. } | Entry::Trouble { evidence, .. } => {
                named.extend(evidence.iter().cloned());
            }
            _ => {}
        }
    }
    named
}

fn manifest_of(bytes: &[u8]) -> Result<RunManifest, String> {
    let value: serde_json::Value = serde_json::from_slice(bytes)
        .map_err(|error| format!("{} cannot be read: {error}", manifest::FILE))?;
    let format = value.get("format").and_then(|format| format.as_str()).unwrap_or_default();
    if manifest::format_number(format).is_none() {
        return Err(format!("{} has the format \"{format}\", expected {}", manifest::FILE, manifest::FORMAT));
    }
    serde_json::from_value(value).map_err(|error| format!("{} cannot be read: {error}", manifest::FILE))
}

/// Why a run folder cannot be understood: it was altered, where the journal names other digests than those
/// there are; else there is no run that this build knows.
fn not_understood(folder: &Path, why: String) -> StoreError {
    let Ok(reading) = journal::read(folder) else {
        return StoreError::NoRun { folder: folder.to_owned(), why };
    };
    let altered = altered_since_start(folder, &reading.lines);
    if altered.is_empty() && reading.faults.is_empty() {
        return StoreError::NoRun { folder: folder.to_owned(), why };
    }
    let altered = altered.into_iter().map(|name| format!("{name} was altered"));
    let faults = reading.faults.into_iter().chain(altered).chain([why]).collect();
    StoreError::Broken { folder: folder.to_owned(), faults }
}

/// Files that were there before the run and are not as the first line of the journal has them.
fn altered_since_start(folder: &Path, journal: &[Sealed]) -> Vec<String> {
    let Some(Entry::RunStarted(started)) = journal.first().map(|line| &line.line.entry) else {
        return Vec::new();
    };
    let before = [(manifest::FILE, &started.run), (PLAN_FILE, &started.plan)];
    let declared =
        started.declaration.iter().map(|(name, sha256)| (format!("{DECLARATION_FOLDER}/{name}"), sha256));
    let kept = started.catalogue.iter().map(|(name, sha256)| (format!("{}/{name}", basis::FOLDER), sha256));
    before
        .into_iter()
        .map(|(name, sha256)| (name.to_owned(), sha256))
        .chain(declared)
        .chain(kept)
        .filter(|(name, sha256)| {
            files::read_bounded(&folder.join(name), LARGEST).map_or(true, |bytes| digest(&bytes) != **sha256)
        })
        .map(|(name, _)| name)
        .collect()
}

impl RunManifest {
    /// Reads the manifest of a run folder alone, to bring a built-in bench up again.
    ///
    /// # Errors
    /// There is no run in the folder, or its manifest cannot be understood or was altered.
    pub fn read(folder: &Path) -> Result<Self, StoreError> {
        let bytes = files::read_bounded(&folder.join(manifest::FILE), LARGEST)
            .map_err(|error| not_understood(folder, error.to_string()))?;
        let manifest = manifest_of(&bytes).map_err(|why| not_understood(folder, why))?;
        let started = journal::read(folder).ok().and_then(|reading| reading.lines.into_iter().next());
        match started.map(|line| line.line.entry) {
            Some(Entry::RunStarted(started)) if started.run != digest(&bytes) => Err(StoreError::Broken {
                folder: folder.to_owned(),
                faults: vec![format!("{} was altered", manifest::FILE)],
            }),
            _ => Ok(manifest),
        }
    }
}
