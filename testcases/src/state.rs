//! States of the device under test.

use serde::{Deserialize, Serialize};

/// State of the device under test (EN 303 645, 3.1; TS 103 701, clause 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DutState {
    /// As delivered, or after a reset, before initialization.
    FactoryDefault,
    /// While it is being set up.
    Initialization,
    /// After set-up, in normal use.
    Initialized,
    /// After a reset carried out during the run.
    AfterReset,
    /// After an unauthorized software change was detected.
    AfterDetectedChange,
    /// During an outage of network or power.
    Outage,
    /// After an outage.
    Recovered,
}

impl DutState {
    /// Every state in the order in which a run visits them.
    pub const ALL: &[DutState] = &[
        Self::FactoryDefault,
        Self::Initialization,
        Self::Initialized,
        Self::Outage,
        Self::Recovered,
        Self::AfterDetectedChange,
        Self::AfterReset,
    ];

    /// As written in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FactoryDefault => "factory_default",
            Self::Initialization => "initialization",
            Self::Initialized => "initialized",
            Self::AfterReset => "after_reset",
            Self::AfterDetectedChange => "after_detected_change",
            Self::Outage => "outage",
            Self::Recovered => "recovered",
        }
    }
}
