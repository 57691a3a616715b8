//! What is observed for a probe: one file for each in `src/observing/`, so that the plan is put together
//! from the folder.

use ixit::Declaration;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::ForEach;
use crate::state::DutState;

/// How the observations of one probe are planned. One file a probe in `src/observing/`, which holds
/// `pub static OBSERVING: Observing`.
pub struct Observing {
    /// Name of the probe.
    pub probe: &'static str,
    /// Place among the observations of a state: smaller first. What finds comes before what looks closer,
    /// what disturbs the device comes last.
    pub order: u16,
    /// States in which it is made.
    pub states: &'static [DutState],
    /// Probes that are repeated for what this one finds: it is also made where only those are read.
    pub feeds: &'static [&'static str],
    /// What may disturb the device, and needs the consent of the bench.
    pub disturbs: &'static [Disturbance],
    /// What is done to the device with its hands or switches: actions of the bench, each performed in this
    /// observation and for all units that read it. The plan names them beside those units.
    pub actions: &'static [&'static str],
    /// Longest time of one observation in seconds; a bench may set another.
    pub budget_seconds: u32,
    /// The requests in one state.
    pub wanted: fn(&Declaration, DutState) -> Vec<Wanted>,
}

/// One request before the units that read it are known.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// What is looked at, for people; part of the key of the observation.
    pub target: String,
    /// Parameters known from the declaration.
    pub params: Value,
    /// Repeated for what was found.
    pub for_each: Option<ForEach>,
    /// Only units that read one of these fields (`user_info.publication_of_support_period`) read it; empty:
    /// all that name the probe.
    pub read_through: Vec<String>,
    /// Actions of the bench that this request performs, in place of those of the probe; `None` for those.
    pub actions: Option<Vec<String>>,
    /// What may disturb the device, beside what the probe does anyway.
    pub disturbs: Vec<Disturbance>,
}

impl Wanted {
    /// One request for each sample, without parameters.
    pub fn once(target: &str) -> Self {
        Self::with(target, Value::Object(serde_json::Map::new()))
    }

    /// One request for each sample with parameters.
    pub fn with(target: &str, params: Value) -> Self {
        Self {
            target: target.to_owned(),
            params,
            for_each: None,
            read_through: Vec::new(),
            actions: None,
            disturbs: Vec::new(),
        }
    }

    /// One request for everything that was found.
    pub fn for_each(target: &str, for_each: ForEach) -> Self {
        Self { for_each: Some(for_each), ..Self::once(target) }
    }
}

/// What an observation may do to the device beside asking it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Disturbance {
    /// Wrong credentials until a login locks.
    LockOut,
    /// A password is changed, and changed back.
    ChangeCredentials,
    /// Functions that change the state of the device are called.
    ChangeState,
    /// Its peers are played.
    PlayPeers,
    /// Network and power are taken away and given back.
    Interrupt,
    /// Its software is altered, and restored.
    AlterSoftware,
    /// Update packages are offered, good and bad.
    InstallUpdates,
    /// Input that it does not expect is sent.
    HostileInput,
    /// Data of its user are deleted.
    EraseData,
    /// It is paired with over Bluetooth LE.
    Pair,
}

impl Disturbance {
    /// As the bench file writes it under `[consent]`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LockOut => "lock_out",
            Self::ChangeCredentials => "change_credentials",
            Self::ChangeState => "change_state",
            Self::PlayPeers => "play_peers",
            Self::Interrupt => "interrupt",
            Self::AlterSoftware => "alter_software",
            Self::InstallUpdates => "install_updates",
            Self::HostileInput => "hostile_input",
            Self::EraseData => "erase_data",
            Self::Pair => "pair",
        }
    }
}
