//! The lab's side: who tests, with what, where the device is, and what may be done to it.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// The bench. Never the supplier's: it is used only from `--bench FILE` or after `hantei bench accept`.
#[derive(Clone, Debug, Default)]
pub struct Bench {
    /// The laboratory.
    pub lab: Lab,
    /// Equipment used.
    pub equipment: Vec<Equipment>,
    /// Samples of the device.
    pub samples: Vec<Sample>,
    /// Credentials by IXIT row id.
    pub credentials: BTreeMap<String, Credential>,
    /// Actions: argument lists, no shell. Keys: `factory_reset`, `onboard`, `power_off`, `power_on`,
    /// `link_down`, `link_up`, `trigger_update`.
    pub actions: BTreeMap<String, Vec<String>>,
    /// Limits of gentleness.
    pub limits: Limits,
    /// Deviations from the method and the decision rule.
    pub method: Method,
    /// Addresses besides those of the samples that may be contacted (published resources): host to IP and port.
    pub hosts: BTreeMap<String, String>,
}

/// The laboratory (ISO/IEC 17025 fields); a missing one never blocks, the report says "not stated".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Lab {
    /// Name.
    pub name: Option<String>,
    /// Accreditation number.
    pub accreditation: Option<String>,
    /// `first-party`, `second-party` or `third-party`.
    pub assessment: Option<String>,
    /// Operator.
    pub operator: Option<String>,
    /// Assessor.
    pub assessor: Option<String>,
    /// Who authorizes the report.
    pub authorizer: Option<String>,
    /// Place.
    pub place: Option<String>,
}

/// A piece of equipment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Equipment {
    /// Id.
    pub id: String,
    /// Kind, e.g. `tester-host`, `ble-dongle`.
    pub kind: String,
    /// What it is.
    pub description: Option<String>,
    /// Serial number.
    pub serial: Option<String>,
    /// End of calibration, ISO 8601.
    pub calibrated_until: Option<String>,
}

/// A sample of the device under test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    /// Id, e.g. `S1`.
    pub id: String,
    /// Serial number on the label.
    #[serde(default)]
    pub serial: Option<String>,
    /// Address.
    pub address: IpAddr,
    /// MAC address.
    #[serde(default)]
    pub mac: Option<String>,
    /// Address to test from.
    #[serde(default)]
    pub source: Option<IpAddr>,
    /// Password on the label, where there is one, as a secret.
    #[serde(default)]
    pub label_password: Option<Secret>,
}

/// User name and secret for a login.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credential {
    /// User name.
    #[serde(default)]
    pub user: String,
    /// Password, key or token.
    pub secret: Secret,
}

/// A secret and where it comes from. Never printed, never stored in a run.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Secret {
    /// From an environment variable.
    Env(String),
    /// From a file, without its last line end.
    File(String),
    /// Written in the bench file. Replaced by `{ withheld = true }` in the run.
    Value(String),
    /// Taken out when the run was stored.
    Withheld(bool),
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Gentleness.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Connections under way at once.
    pub parallel: u32,
    /// New connections a second; 0 for no limit.
    pub per_second: u32,
    /// Time-out of one attempt in milliseconds.
    pub timeout_ms: u64,
    /// `normal`, or `matrix`: compressed clock, the device's own ports plus a random sample.
    pub profile: String,
    /// Greatest number of wrong credentials tried at one login.
    pub max_wrong_credentials: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            parallel: 64,
            per_second: 0,
            timeout_ms: 800,
            profile: "normal".into(),
            max_wrong_credentials: 30,
        }
    }
}

/// Method notes for the report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Method {
    /// Deviations, additions, exclusions.
    pub deviations: Option<String>,
    /// Decision rule.
    pub decision_rule: Option<String>,
}
