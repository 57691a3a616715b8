//! What a stranger gets who opens a published address.

use std::sync::Arc;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::context::ProbeContext;
use crate::registry::{Findings, ProbeEntry, trouble};

/// Parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Params {
    /// Address, `http://` or `https://`.
    pub url: String,
}

/// Result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResourceSnapshot {
    /// Address asked.
    pub url: String,
    /// Final HTTP status; `None` if nothing answered.
    pub status: Option<u16>,
    /// Addresses that redirects led to, in order.
    pub redirects: Vec<String>,
    /// A redirect led to a host that the bench does not name; it was not followed.
    pub left_scope: Option<String>,
    /// Content type.
    pub content_type: Option<String>,
    /// Digest of the page as stored, `sha256:…`.
    pub page: Option<String>,
    /// Size in bytes.
    pub size: u64,
    /// Signs of a login or pay wall: password field, 401, 403, words.
    pub wall: Vec<String>,
    /// Text of the page without markup, white space folded, at most 64 KiB.
    pub text: String,
    /// The certificate of the host was accepted by the usual rules; `None` for plain HTTP.
    pub certificate_trusted: Option<bool>,
}

/// The probe.
pub static PROBE: ProbeEntry = ProbeEntry {
    name: "public-resource",
    version: 1,
    summary: "Fetches a published page as a stranger would: no cookies, no account",
    observe,
};

fn observe(_params: Value, _context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async { trouble("not written yet") })
}
