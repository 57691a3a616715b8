//! The software of the device: which version runs, and whether any does.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::model;

/// What is installed.
#[derive(Debug)]
pub(crate) struct Software(Mutex<Installed>);

#[derive(Clone, Debug)]
struct Installed {
    version: String,
    runs: bool,
}

impl Software {
    /// The declared firmware.
    pub(crate) fn declared() -> Self {
        Self(Mutex::new(Installed { version: model::FIRMWARE.to_owned(), runs: true }))
    }

    /// The version that the device tells.
    pub(crate) fn version(&self) -> String {
        self.installed().version.clone()
    }

    /// Whether anything runs when the device has power.
    pub(crate) fn runs(&self) -> bool {
        self.installed().runs
    }

    /// Another version runs from the next start on.
    pub(crate) fn replace(&self, version: &str) {
        version.clone_into(&mut self.installed().version);
    }

    /// Nothing runs any more from the next start on.
    pub(crate) fn destroy(&self) {
        self.installed().runs = false;
    }

    /// The service has written the declared firmware anew.
    pub(crate) fn restore(&self) {
        *self.installed() = Installed { version: model::FIRMWARE.to_owned(), runs: true };
    }

    fn installed(&self) -> MutexGuard<'_, Installed> {
        // Each change is a single assignment.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
