//! A few well-known credentials at a login over SSH, telnet or FTP that answers at a port, whether or not anybody
//! declared it. The result is the one of `http-login`; what greets otherwise is left alone.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::io::AsyncReadExt;

use crate::common_credentials::LabelFacts;
use crate::context::ProbeContext;
use crate::dialer::DialError;
use crate::drivers::{NetworkDoor, NetworkKind, Place};
use crate::guessing;
use crate::observation::{Effort, Outcome};
use crate::registry::{Findings, ProbeEntry, trouble};
use crate::telnet::{Prompt, hear, prompt};

/// Parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Params {
    /// Address of the sample.
    pub address: IpAddr,
    /// TCP port.
    pub port: u16,
    /// Ports of declared logins, which are tried with the lab's own credential instead.
    #[serde(default)]
    pub declared: Vec<u16>,
    /// What stands on the label.
    #[serde(default)]
    pub label: LabelFacts,
}

/// The probe.
pub static PROBE: ProbeEntry = ProbeEntry {
    name: "found-login",
    version: 1,
    summary: "Tries a few well-known credentials at a login over SSH, telnet or FTP that was found open",
    observe,
};

/// Wait for a service that speaks first, and for it to end.
const GREETING: Duration = Duration::from_millis(700);
const PAUSE: Duration = Duration::from_millis(200);

fn observe(params: Value, context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async move {
        let params = match serde_json::from_value::<Params>(params) {
            Ok(params) => params,
            Err(error) => return trouble(format!("the parameters of found-login cannot be read: {error}")),
        };
        if params.declared.contains(&params.port) {
            return left_alone("the login at this port is declared", 0);
        }
        let greeting = tokio::select! {
            greeting = greeting(&params, &context) => greeting,
            () = context.cancel.cancelled() => return left_alone("stopped", 0),
        };
        let kind = match greeting {
            Ok(greeting) => match kind_of(&greeting) {
                Some(kind) => kind,
                None => return left_alone("no login that speaks first", 1),
            },
            Err(DialError::Refused | DialError::Silent) => {
                return left_alone("the port takes no connection any more", 1);
            }
            Err(error) => return trouble(error.to_string()),
        };
        let place = Place {
            dialer: &context.dialer,
            to: (params.address, params.port).into(),
            tls: false,
            path: "",
            account: "",
            by_key: false,
        };
        let door = NetworkDoor::new(place, NetworkKind::named(kind).expect("a kind of this build"));
        let row = format!("tcp/{}", params.port);
        let what = format!("{kind} logins at port {}", params.port);
        guessing::try_a_few(door, &row, kind, what, &params.label, &context).await
    })
}

fn left_alone(why: &str, attempted: u64) -> Findings {
    let effort = Effort { attempted, completed: attempted, what: why.to_owned(), ..Effort::default() };
    Findings { outcome: Outcome::Complete, effort, trouble: None, data: Value::Null }
}

async fn greeting(params: &Params, context: &ProbeContext) -> Result<Vec<u8>, DialError> {
    let mut stream = context.dialer.connect((params.address, params.port).into()).await?;
    let mut bytes = Vec::new();
    let mut part = [0; 512];
    while bytes.len() < 4096 {
        let wait = if bytes.is_empty() { GREETING } else { PAUSE };
        match tokio::time::timeout(wait, stream.read(&mut part)).await {
            Ok(Ok(count)) if count > 0 => bytes.extend_from_slice(&part[..count]),
            _ => break,
        }
    }
    Ok(bytes)
}

/// The login that greets so; mail servers greet like file servers, but name themselves.
fn kind_of(greeting: &[u8]) -> Option<&'static str> {
    if greeting.starts_with(b"SSH-") {
        return Some("ssh");
    }
    if greeting.starts_with(b"220") {
        let text = String::from_utf8_lossy(greeting).to_ascii_lowercase();
        return (!text.contains("smtp") && !text.contains("mail")).then_some("ftp");
    }
    let heard = hear(greeting);
    let asks = matches!(prompt(&heard.text), Some(Prompt::Login | Prompt::Password));
    (asks || heard.commands > 0).then_some("telnet")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_is_known_by_its_greeting() {
        assert_eq!(kind_of(b"SSH-2.0-dropbear\r\n"), Some("ssh"));
        assert_eq!(kind_of(b"220 (vsFTPd 3.0.3)\r\n"), Some("ftp"));
        assert_eq!(kind_of(b"220 mx ESMTP\r\n"), None);
        assert_eq!(kind_of(b"\xff\xfd\x18"), Some("telnet"));
        assert_eq!(kind_of(b"heater login: "), Some("telnet"));
        assert_eq!(kind_of(b"debug> "), None);
        assert_eq!(kind_of(b""), None);
    }
}
