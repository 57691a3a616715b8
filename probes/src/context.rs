//! What a probe gets beside its parameters.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use tokio_util::sync::CancellationToken;

use crate::dialer::Dialer;
use crate::observation::{Context, EvidenceRef};

/// Told how far a probe is: (done, of, what).
pub type Progress = Box<dyn Fn(u64, u64, &str) + Send + Sync>;

/// Takes bytes as evidence with a file extension (`txt`, `bin`, `json`), gives the reference back.
pub type Keep = Box<dyn Fn(&[u8], &str) -> EvidenceRef + Send + Sync>;

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
        Self { dialer, place, credentials, cancel, progress, keep, kept: Mutex::new(Vec::new()) }
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
