//! The software of the device: which version runs, and whether any does.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::model;

/// Version of the emergency system, which can be told nothing but to go away.
pub(crate) const EMERGENCY: &str = "0.0.0";

/// What is installed.
#[derive(Debug)]
pub(crate) struct Software(Mutex<Installed>);

#[derive(Clone, Debug)]
struct Installed {
    running: String,
    /// What is started next; `None` if nothing can be.
    next: Option<String>,
}

impl Installed {
    fn declared() -> Self {
        let version = model::FIRMWARE.to_owned();
        Self { running: version.clone(), next: Some(version) }
    }
}

impl Software {
    /// The declared firmware.
    pub(crate) fn declared() -> Self {
        Self(Mutex::new(Installed::declared()))
    }

    /// The version that runs, as the device tells it.
    pub(crate) fn version(&self) -> String {
        self.installed().running.clone()
    }

    /// Whether anything can be started.
    pub(crate) fn can_start(&self) -> bool {
        self.installed().next.is_some()
    }

    /// The device starts with what was installed last.
    pub(crate) fn start(&self) {
        let mut installed = self.installed();
        if let Some(next) = installed.next.clone() {
            installed.running = next;
        }
    }

    /// Another version runs from the next start on.
    pub(crate) fn replace(&self, version: &str) {
        self.installed().next = Some(version.to_owned());
    }

    /// Nothing runs any more from the next start on.
    pub(crate) fn destroy(&self) {
        self.installed().next = None;
    }

    /// The service has written the declared firmware anew.
    pub(crate) fn restore(&self) {
        *self.installed() = Installed::declared();
    }

    fn installed(&self) -> MutexGuard<'_, Installed> {
        // Each change is a single assignment.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
