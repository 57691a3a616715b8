//! The head of a run: what it is made with, fixed before anything is sent.

use std::path::Path;

use ixit::Declaration;
use jiff::civil::Date;
use probes::observation::digest;
use testcases::crypto::Policy;
use testcases::plan::Plan;

use super::RunError;
use super::equipment::further;
use crate::bench::BenchInput;
use crate::store::{BenchRecord, FORMAT, NamedDigest, People, RunManifest, StoredDocument, tool};

/// The bench file that a run names, if it has not changed.
pub(super) fn bench_of(manifest: &RunManifest) -> Result<BenchInput, RunError> {
    match &manifest.bench {
        BenchRecord::BuiltIn { .. } => Err(RunError::BuiltInBench),
        BenchRecord::File { path, sha256 } => {
            let bench = BenchInput::from_file(Path::new(path))?;
            if digest(&bench.bytes) == *sha256 {
                Ok(bench)
            } else {
                Err(RunError::BenchChanged(path.clone()))
            }
        }
    }
}

/// The policy that the bench names, or that of this build; a name that is not known was refused before.
pub(super) fn crypto_policy(bench: &BenchInput) -> &'static Policy {
    let named = bench.bench.method.crypto_policy.as_deref().and_then(Policy::named);
    named.unwrap_or_else(Policy::standard)
}

pub(super) fn manifest(
    declaration: &Declaration,
    plan: &Plan,
    bench: &BenchInput,
    samples: Vec<String>,
) -> RunManifest {
    let policy = crypto_policy(bench);
    RunManifest {
        format: FORMAT.to_owned(),
        tool: tool(),
        edition: declaration.edition.name().to_owned(),
        catalogue: plan.catalogue.clone(),
        policy: NamedDigest { name: policy.terms.id.clone(), sha256: policy.digest.clone() },
        plan: String::new(),
        declaration: declaration
            .files
            .iter()
            .map(|file| NamedDigest { name: file.name.clone(), sha256: format!("sha256:{}", file.sha256) })
            .collect(),
        documents: declaration
            .documents
            .iter()
            .map(|document| StoredDocument {
                path: document.path.clone(),
                sha256: document.sha256.clone(),
                size: document.size,
                copied: false,
            })
            .collect(),
        bench: bench.record.clone(),
        further: bench
            .bench
            .samples
            .iter()
            .filter(|sample| samples.contains(&sample.id))
            .flat_map(further)
            .map(|(searched, _)| searched)
            .collect(),
        samples,
        equipment: bench.bench.equipment.iter().map(|equipment| equipment.id.clone()).collect(),
        date: Date::default(),
        people: People::default(),
        demonstration: false,
        only: plan.only.clone(),
    }
}

impl RunManifest {
    pub(super) fn with(
        mut self,
        date: Date,
        people: People,
        demonstration: bool,
        bench: &BenchInput,
    ) -> Self {
        let lab = &bench.bench.lab;
        self.date = date;
        self.demonstration = demonstration;
        self.people = People {
            operator: people.operator.or_else(|| lab.operator.clone()),
            assessor: people.assessor.or_else(|| lab.assessor.clone()),
            authorizer: people.authorizer.or_else(|| lab.authorizer.clone()),
            two_person_review: bench.bench.method.two_person_review,
        };
        self
    }
}
