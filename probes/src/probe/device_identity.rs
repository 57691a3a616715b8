//! Who the device says it is.

use std::net::IpAddr;
use std::sync::Arc;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::context::ProbeContext;
use crate::registry::{Findings, ProbeEntry, trouble};

/// Parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Params {
    /// Address of the sample.
    pub address: IpAddr,
    /// HTTP over TLS.
    pub tls: bool,
    /// TCP port.
    pub port: u16,
    /// Path of a JSON object.
    pub path: String,
}

/// Result: a field that the device does not tell is `None`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeviceIdentity {
    /// Model.
    pub model: Option<String>,
    /// Serial number.
    pub serial: Option<String>,
    /// Firmware version.
    pub firmware: Option<String>,
}

/// The probe.
pub static PROBE: ProbeEntry = ProbeEntry {
    name: "device-identity",
    version: 1,
    summary: "Reads model, serial and firmware version that the device tells of itself",
    observe,
};

fn observe(_params: Value, _context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async { trouble("not written yet") })
}
