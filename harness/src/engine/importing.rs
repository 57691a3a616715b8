//! Evidence that the lab made with other tools, taken into a run. The tools themselves are never run.

use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use ixit::Bench;
use probes::nmap_report::{self, HostReport, NotAReport};
use probes::observation::{FORMAT, digest};
use probes::{Context, Effort, EvidenceRef, Observation, Outcome, Request};
use serde_json::json;
use testcases::DutState;
use tokio_util::sync::CancellationToken;

use super::outstanding::key;
use super::{Engine, RunError, RunOutcome};
use crate::answers::NoAnswers;
use crate::event::Listener;
use crate::store::{DECLARATION_FOLDER, Entry, Observed, RunStore, StoreError, read_bounded};

/// A report of nmap, and what it is about.
#[derive(Clone, Debug)]
pub struct NmapImport {
    /// The file (`nmap -oX`).
    pub file: std::path::PathBuf,
    /// Sample that was scanned; may be left out where the run has one only.
    pub sample: Option<String>,
    /// State in which it was scanned.
    pub state: DutState,
    /// Address under which nmap saw it, where that is not the one of the bench file.
    pub host: Option<IpAddr>,
}

/// Why a file is not taken into a run.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// It cannot be read.
    #[error(transparent)]
    File(StoreError),
    /// It is no report.
    #[error("{file} is not taken: {why}")]
    NotAReport {
        /// The file.
        file: String,
        /// Why.
        why: NotAReport,
    },
    /// The run has no such sample.
    #[error("the run has no sample {asked}; its samples are {}", known.join(", "))]
    NoSample {
        /// What was asked for.
        asked: String,
        /// What there is.
        known: Vec<String>,
    },
    /// There are several samples.
    #[error("the run has several samples ({}); say with --sample which one was scanned", .0.join(", "))]
    WhichSample(Vec<String>),
    /// The bench file of the run does not say where the sample is.
    #[error("the run does not say where {0} is; name with --host the address that nmap saw")]
    NoAddress(String),
    /// The report is about something else.
    #[error(
        "the report says nothing of {address}; it is about {}. Where the sample had another address in that scan, name it with --host",
        listed(known)
    )]
    OtherHost {
        /// Address of the sample.
        address: IpAddr,
        /// Addresses in the report.
        known: Vec<String>,
    },
    /// The same file was imported before.
    #[error("the run holds this report already, for the same sample and state")]
    Known,
    /// The run cannot be used or written.
    #[error(transparent)]
    Run(#[from] RunError),
}

/// What was imported.
#[derive(Debug)]
pub struct Imported {
    /// How the run stands now.
    pub outcome: RunOutcome,
    /// What the report says of the sample.
    pub report: HostReport,
}

/// Stores a report of nmap as evidence, notes an observation of it, and makes the assessment again where
/// there is one.
///
/// # Errors
/// See [`ImportError`]; then nothing is written.
pub fn import_nmap(
    folder: &Path,
    import: &NmapImport,
    listener: Arc<dyn Listener>,
) -> Result<Imported, ImportError> {
    let bytes =
        read_bounded(&import.file, nmap_report::BYTES_AT_MOST as u64 + 1).map_err(ImportError::File)?;
    let not_taken = |why| ImportError::NotAReport { file: import.file.display().to_string(), why };
    let report = nmap_report::read(&bytes).map_err(not_taken)?;
    let (store, record) = RunStore::open(folder).map_err(RunError::Folder)?;
    let sample = sample(&record.manifest.samples, import.sample.as_deref())?;
    let address = match import.host {
        Some(address) => address,
        None => address_of(folder, &sample).ok_or_else(|| ImportError::NoAddress(sample.clone()))?,
    };
    let Some(report) = report.of(address) else {
        let hosts = report.hosts.iter().flat_map(|host| &host.addresses);
        let known = hosts.map(|(_, address)| address.clone()).take(8).collect();
        return Err(ImportError::OtherHost { address, known });
    };
    let request = Request {
        probe: nmap_report::PROBE.to_owned(),
        target: digest(&bytes),
        params: json!({ "address": address }),
    };
    let key = key(import.state, &request, &sample, None);
    if record.seen().has(&key) {
        return Err(ImportError::Known);
    }
    let interrupted = record.steps_were_stopped();
    let control = Arc::new(crate::bench::CommandBench::new(&Bench::default(), ""));
    let mut engine =
        Engine::new(store, record, None, control, Arc::new(NoAnswers), listener, CancellationToken::new());
    // Whatever the file is, it is stored as text that nothing interprets.
    let stored = engine.store.keep(&bytes, "txt").map_err(RunError::Recording)?;
    let place = Context {
        sample: sample.clone(),
        component: "device".to_owned(),
        firmware: engine.firmware_read(&sample),
        state: import.state.as_str().to_owned(),
        at: started(&report),
        equipment: engine.record.manifest.equipment.clone(),
    };
    let observation = observation(request, place, &report, stored.clone());
    let kept = engine.store.keep(&observation.to_bytes(), "json").map_err(RunError::Recording)?;
    engine.note(Entry::Observation(Observed {
        key,
        probe: observation.probe,
        outcome: observation.outcome,
        reference: kept.reference,
        attachments: vec![stored.reference],
    }))?;
    let outcome = if interrupted { engine.stop("a report was imported") } else { engine.finish() }?;
    Ok(Imported { outcome, report })
}

fn observation(request: Request, place: Context, report: &HostReport, file: EvidenceRef) -> Observation {
    let scan = &report.scan;
    let mut gaps: Vec<String> = scan.broken_off.iter().cloned().collect();
    if scan.broken_off.is_none() && !scan.success {
        gaps.push("the report does not say that the scan came to its end".to_owned());
    }
    if report.host.state != "up" {
        gaps.push(format!("the host was {}", report.host.state));
    }
    let outcome = if report.complete() { Outcome::Complete } else { Outcome::Partial };
    Observation {
        format: FORMAT.to_owned(),
        probe: request.probe,
        version: nmap_report::VERSION,
        target: request.target,
        params: request.params,
        context: place,
        outcome,
        effort: Effort {
            attempted: scan.ports_asked,
            completed: report.host.settled(),
            seconds: scan.seconds.filter(|seconds| seconds.is_finite()).unwrap_or(0.0),
            what: format!("Report of nmap {}, imported: {}", scan.version, scan.arguments),
            gaps: gaps.clone(),
        },
        trouble: (!gaps.is_empty()).then(|| gaps.join("; ")),
        data: serde_json::to_value(report).expect("a report has string keys only"),
        attachments: vec![file],
    }
}

fn sample(known: &[String], asked: Option<&str>) -> Result<String, ImportError> {
    match (asked, known) {
        (Some(asked), known) if known.iter().any(|sample| sample == asked) => Ok(asked.to_owned()),
        (Some(asked), known) => Err(ImportError::NoSample { asked: asked.to_owned(), known: known.to_vec() }),
        (None, [only]) => Ok(only.clone()),
        (None, known) => Err(ImportError::WhichSample(known.to_vec())),
    }
}

/// The address of a sample by the bench file that the run keeps without its secrets.
fn address_of(folder: &Path, sample: &str) -> Option<IpAddr> {
    ["bench.toml", "bench.json"].iter().find_map(|name| {
        let path = folder.join(DECLARATION_FOLDER).join(name);
        let bytes = read_bounded(&path, ixit::SIZE_LIMIT as u64).ok()?;
        let bench = Bench::from_bytes(name, &bytes).0?;
        bench.samples.iter().find(|known| known.id == sample).map(|sample| sample.address)
    })
}

/// When nmap began, as it says; empty where it does not.
fn started(report: &HostReport) -> String {
    let started = report.scan.started.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    started.map(|started| started.to_string()).unwrap_or_default()
}

fn listed(addresses: &[String]) -> String {
    if addresses.is_empty() { "no host".to_owned() } else { addresses.join(", ") }
}
