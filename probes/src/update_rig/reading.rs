//! What the device says that it runs.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use serde_json::Value;

use super::IdentityAt;
use crate::context::ProbeContext;
use crate::http::{self, HttpRequest, HttpTarget, host_name};

/// Longest text that is kept.
const LONGEST: usize = 200;

/// What it says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Running {
    /// Model.
    pub(super) model: Option<String>,
    /// Version of the firmware.
    pub(super) version: Option<String>,
}

/// Asks the device who it is.
pub(super) struct Reader {
    target: HttpTarget,
    path: String,
    patience: Duration,
}

impl Reader {
    pub(super) fn new(address: IpAddr, at: &IdentityAt, patience: Duration) -> Self {
        let target =
            HttpTarget { address: SocketAddr::new(address, at.port), tls: at.tls, host: host_name(address) };
        Self { target, path: at.path.clone(), patience }
    }

    /// What it says; `None` if it does not answer.
    pub(super) async fn read(&self, context: &ProbeContext) -> Option<Running> {
        let request = HttpRequest::get(&self.path).with("accept", "application/json");
        let answer = http::send(&context.dialer, &self.target, &request, self.patience).await.ok()?;
        let told = serde_json::from_slice::<Value>(&answer.body).ok();
        let text = |key: &str| {
            let text = match told.as_ref()?.get(key)? {
                Value::String(text) => text.trim().to_owned(),
                Value::Number(number) => number.to_string(),
                _ => return None,
            };
            let text: String =
                text.chars().filter(|character| !character.is_control()).take(LONGEST).collect();
            (!text.is_empty()).then_some(text)
        };
        // A device that answers with an error page, e.g. while it starts, tells no version.
        Some(Running { model: text("model"), version: text("firmware") })
    }
}
