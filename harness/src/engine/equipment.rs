//! What touches the device: samples, their dialers, and what the bench lends.

use std::collections::BTreeMap;
use std::sync::Arc;

use ixit::bench::Sample;
use probes::Dialer;
use testcases::crypto::Policy;

use super::outstanding::NO_SAMPLE;
use super::{RunError, parameters};
use crate::bench::BenchInput;

/// What touches the device: samples, dialers, secrets.
pub(super) struct Equipment {
    pub(super) input: BenchInput,
    pub(super) samples: BTreeMap<String, (Sample, Arc<Dialer>)>,
    pub(super) credentials: BTreeMap<String, (String, String)>,
    pub(super) trust: Vec<String>,
    pub(super) authority: Option<probes::context::LentAuthority>,
    pub(super) packages: Vec<probes::context::UpdatePackage>,
    pub(super) handed_in: Vec<probes::context::HandedIn>,
    pub(super) vulnerability_data: Vec<probes::vulnerability::DataFile>,
}

impl Equipment {
    pub(super) fn of(input: BenchInput, samples: &[String]) -> Result<Self, RunError> {
        if samples.is_empty() {
            return Err(RunError::NoSample);
        }
        if let Some(named) = &input.bench.method.crypto_policy
            && Policy::named(named).is_none()
        {
            let known = Policy::all().keys().map(String::as_str).collect::<Vec<_>>().join(", ");
            return Err(RunError::CryptoPolicy { named: named.clone(), known });
        }
        let limits = parameters::dial_limits(&input.bench.limits);
        let mut equipped = BTreeMap::new();
        for id in samples {
            let sample = input.bench.samples.iter().find(|sample| sample.id == *id);
            let sample = sample.ok_or_else(|| RunError::SampleMissing(id.clone()))?.clone();
            let scope = parameters::scope(&input.bench, &sample).map_err(RunError::Host)?;
            let dialer = Dialer::new(scope, limits.clone());
            for (searched, address) in further(&sample) {
                equipped.insert(searched, (Sample { address, ..sample.clone() }, dialer.clone()));
            }
            equipped.entry(NO_SAMPLE.to_owned()).or_insert_with(|| (sample.clone(), dialer.clone()));
            equipped.insert(id.clone(), (sample, dialer));
        }
        let credentials = input.credentials().map_err(|(row, cause)| RunError::Credential { row, cause })?;
        let trust = input.trusted().map_err(|(file, cause)| RunError::Trust { file, cause })?;
        let authority =
            input.authority().map_err(|cause| RunError::Credential { row: "authority".to_owned(), cause })?;
        let packages = input.packages().map_err(|(file, cause)| RunError::LentFile { file, cause })?;
        let handed_in = input.handed_in().map_err(|(file, cause)| RunError::LentFile { file, cause })?;
        let vulnerability_data =
            input.vulnerability_data().map_err(|(file, cause)| RunError::LentFile { file, cause })?;
        Ok(Self {
            input,
            samples: equipped,
            credentials,
            trust,
            authority,
            packages,
            handed_in,
            vulnerability_data,
        })
    }
}

/// The further addresses of a sample, each with its name in the run.
pub(super) fn further(sample: &Sample) -> impl Iterator<Item = (String, std::net::IpAddr)> {
    sample.further_addresses.iter().map(|address| (format!("{}@{address}", sample.id), *address))
}
