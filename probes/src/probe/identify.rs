//! What answers at an open TCP port, by its answers and not by its number.

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
    /// Open TCP port.
    pub port: u16,
}

/// Result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ServiceIdentity {
    /// TCP port.
    pub port: u16,
    /// `http`, `telnet`, `ssh`, `ftp`, `mqtt`, `rtsp`, `smtp` …, `unknown` if nothing recognizable answered.
    pub application: String,
    /// Spoken inside TLS.
    pub tls: bool,
    /// First bytes that the service sent, printable characters only, at most 512.
    pub banner: Option<String>,
    /// Ways to log in that the service offers or asks for.
    pub logins: Vec<LoginOffer>,
    /// What it tells without authentication.
    pub disclosed: Vec<Disclosure>,
}

/// A way to log in that was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoginOffer {
    /// `http-basic`, `http-digest`, `http-bearer`, `html-form`, `telnet-login`, `telnet-shell` (no login at all),
    /// `ssh-password`, `ssh-publickey`, `ftp`, `mqtt`.
    pub kind: String,
    /// A password is asked for.
    pub password: bool,
    /// What was seen, e.g. the header or prompt.
    pub seen: String,
}

/// Something told without authentication.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Disclosure {
    /// `server-software`, `model`, `serial`, `firmware-version`, `host-name`, `mac-address`, `service-list`, `other`.
    pub item: String,
    /// The value.
    pub value: String,
    /// Where: header name, page title, TXT key.
    pub place: String,
}

/// The probe.
pub static PROBE: ProbeEntry = ProbeEntry {
    name: "identify",
    version: 1,
    summary: "Finds out which service answers at a TCP port, by banner and handshake, and what it tells before a login",
    observe,
};

fn observe(_params: Value, _context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async { trouble("not written yet") })
}
