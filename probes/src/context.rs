//! What a probe gets beside its parameters.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use tokio_util::sync::CancellationToken;

use crate::dialer::Dialer;
use crate::observation::{Context, EvidenceRef};

/// Told how far a probe is: (done, of, what).
pub type Progress = Box<dyn Fn(u64, u64, &str) + Send + Sync>;

/// Takes bytes as evidence with a file extension (`txt`, `bin`, `json`), gives the reference back.
pub type Keep = Box<dyn Fn(&[u8], &str) -> EvidenceRef + Send + Sync>;

/// Asks the bench for an action (`names_to_bench`, `reconnect` …); `Ok(false)` where the bench cannot do it.
pub type Act = Box<dyn Fn(&str) -> futures::future::BoxFuture<'static, Result<bool, String>> + Send + Sync>;

/// Asks the bench for an action that prints something (`read_passkey`), and gives back what it printed; `Ok(None)`
/// where the bench cannot do it.
pub type Read =
    Box<dyn Fn(&str) -> futures::future::BoxFuture<'static, Result<Option<String>, String>> + Send + Sync>;

/// Opens the capture point of the bench; frames come from then on, until the receiver is dropped. The error says
/// why there is none, and what to do.
pub type OpenTap =
    Box<dyn Fn() -> Result<tokio::sync::mpsc::Receiver<crate::capture::Frame>, String> + Send + Sync>;

/// Gives the octets of a document that the supplier handed in, by its path below `documents/`; the error says why it
/// cannot be had.
pub type LoadDocument = Box<dyn Fn(&str) -> Result<Vec<u8>, String> + Send + Sync>;

/// An authority that the device trusts, lent for the test. Never written into an observation.
#[derive(Clone)]
pub struct LentAuthority {
    /// Certificate, PEM.
    pub certificate: String,
    /// Private key, PKCS #8 PEM.
    pub key: String,
}

/// An authentic update package that the supplier handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpdatePackage {
    /// Row id of the update mechanism.
    pub mechanism: String,
    /// `newer`, `older`, `same`, `other-model` or `stale`.
    pub kind: String,
    /// Its version.
    pub version: String,
    /// Contents by path at the update server.
    pub files: BTreeMap<String, Arc<[u8]>>,
}

/// A file that a person or an instrument took from the device, or that the supplier handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandedIn {
    /// `serial-log` or `firmware-image`.
    pub kind: String,
    /// Row id of the IXIT that it tells of.
    pub of: String,
    /// Name of the file, for the reader.
    pub name: String,
    /// How it was taken.
    pub taken: Option<String>,
    /// Contents.
    pub bytes: Arc<[u8]>,
}

/// Surroundings of one probe run.
pub struct ProbeContext {
    /// The only way to open a socket.
    pub dialer: Arc<Dialer>,
    /// Goes into the observation.
    pub place: Context,
    /// User name and secret by IXIT row id. Never written into an observation or transcript.
    pub credentials: BTreeMap<String, (String, String)>,
    /// Asked to stop.
    pub cancel: CancellationToken,
    /// Told how far it is.
    pub progress: Progress,
    /// Stores evidence.
    pub keep: Keep,
    /// What may disturb the device, as the bench file names it under `[consent]`: `lock_out`,
    /// `change_credentials`, `change_state`, `play_peers`. What is not here is left out, and said to be.
    pub consent: BTreeSet<String>,
    /// When the probe has to have ended, by the time budget of the plan or the bench.
    pub deadline: Option<tokio::time::Instant>,
    /// Actions of the bench.
    pub act: Act,
    /// Actions of the bench that print something.
    pub read: Read,
    /// The capture point of the bench.
    pub tap: OpenTap,
    /// An authority that the device trusts, where the supplier lent one.
    pub authority: Option<LentAuthority>,
    /// Data that was given to the device for the test, by IXIT row id: captures are searched for it.
    pub plant: BTreeMap<String, Vec<String>>,
    /// Authentic update packages that the supplier handed in.
    pub packages: Vec<UpdatePackage>,
    /// Files taken from the device or handed in.
    pub handed_in: Vec<HandedIn>,
    /// Bills of materials and vulnerability data.
    pub software: Arc<crate::vulnerability::Software>,
    /// Documents that the supplier handed in.
    pub documents: LoadDocument,
    /// The program that reads hostile files in a limited process, see [`crate::apart`]; `None` where there is none.
    pub reader: Option<PathBuf>,
    kept: Mutex<Vec<EvidenceRef>>,
}

impl ProbeContext {
    /// A context that keeps evidence through `keep`.
    pub fn new(
        dialer: Arc<Dialer>,
        place: Context,
        credentials: BTreeMap<String, (String, String)>,
        cancel: CancellationToken,
        progress: Progress,
        keep: Keep,
    ) -> Self {
        Self {
            dialer,
            place,
            credentials,
            cancel,
            progress,
            keep,
            consent: BTreeSet::new(),
            deadline: None,
            act: Box::new(|_| Box::pin(async { Ok(false) })),
            read: Box::new(|_| Box::pin(async { Ok(None) })),
            tap: Box::new(|| {
                Err("the bench names no capture point: [capture] interface of the bench file".to_owned())
            }),
            authority: None,
            plant: BTreeMap::new(),
            packages: Vec::new(),
            handed_in: Vec::new(),
            software: Arc::default(),
            documents: Box::new(|_| Err("no documents were handed in".to_owned())),
            reader: None,
            kept: Mutex::new(Vec::new()),
        }
    }

    /// The same with what the bench agrees to.
    pub fn with_consent(mut self, consent: BTreeSet<String>) -> Self {
        self.consent = consent;
        self
    }

    /// The same with a time budget from now on.
    pub fn with_budget(mut self, budget: std::time::Duration) -> Self {
        self.deadline = Some(tokio::time::Instant::now() + budget);
        self
    }

    /// The same with the actions of a bench.
    pub fn with_actions(mut self, act: Act) -> Self {
        self.act = act;
        self
    }

    /// The same with the actions of a bench that print something.
    pub fn with_readings(mut self, read: Read) -> Self {
        self.read = read;
        self
    }

    /// The same with a capture point.
    pub fn with_tap(mut self, tap: OpenTap) -> Self {
        self.tap = tap;
        self
    }

    /// The same with a lent authority and with planted data.
    pub fn with_lent(
        mut self,
        authority: Option<LentAuthority>,
        plant: BTreeMap<String, Vec<String>>,
    ) -> Self {
        self.authority = authority;
        self.plant = plant;
        self
    }

    /// The same with packages and files that were handed in.
    pub fn with_files(mut self, packages: Vec<UpdatePackage>, handed_in: Vec<HandedIn>) -> Self {
        self.packages = packages;
        self.handed_in = handed_in;
        self
    }

    /// The same with bills of materials and vulnerability data.
    pub fn with_software(mut self, software: Arc<crate::vulnerability::Software>) -> Self {
        self.software = software;
        self
    }

    /// The same with the documents of the supplier and the program that reads them apart.
    pub fn with_documents(mut self, documents: LoadDocument, reader: Option<PathBuf>) -> Self {
        self.documents = documents;
        self.reader = reader;
        self
    }

    /// Whether the bench agrees to a disturbance.
    pub fn agrees_to(&self, disturbance: &str) -> bool {
        self.consent.contains(disturbance)
    }

    /// Seconds that are left of the budget; `None` without one.
    pub fn seconds_left(&self) -> Option<f64> {
        let left = |deadline: tokio::time::Instant| {
            deadline.saturating_duration_since(tokio::time::Instant::now()).as_secs_f64()
        };
        self.deadline.map(left)
    }

    /// A context for tests: no credentials, evidence is digested and forgotten.
    pub fn for_tests(dialer: Arc<Dialer>) -> Arc<Self> {
        Arc::new(Self::new(
            dialer,
            Context::default(),
            BTreeMap::new(),
            CancellationToken::new(),
            Box::new(|_, _, _| {}),
            Box::new(|bytes, _| EvidenceRef::of(bytes, "")),
        ))
    }

    /// Stores bytes as evidence and lists them in the observation.
    pub fn attach(&self, bytes: &[u8], extension: &str) -> EvidenceRef {
        let reference = (self.keep)(bytes, extension);
        self.kept.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).push(reference.clone());
        reference
    }

    pub(crate) fn take_attachments(&self) -> Vec<EvidenceRef> {
        std::mem::take(&mut *self.kept.lock().unwrap_or_else(|poisoned| poisoned.into_inner()))
    }
}
