//! What answers at an open TCP port, by its answers and not by its number.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::context::ProbeContext;
use crate::dialer::DialError;
use crate::observation::{Effort, Outcome};
use crate::registry::{Findings, ProbeEntry, trouble};
use crate::service_recognition::Recognition;

/// Parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Params {
    /// Address of the sample.
    pub address: IpAddr,
    /// Open TCP port.
    pub port: u16,
    /// Paths at which the declaration has web logins; asked of every web server beside the usual paths.
    #[serde(default)]
    pub paths: Vec<String>,
}

/// Result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ServiceIdentity {
    /// TCP port.
    pub port: u16,
    /// `http`, `telnet`, `ssh`, `ftp`, `rtsp`, `smtp`, `pop3`, `imap`, `vnc`, `mysql`, a name of
    /// [`crate::tcp::protocols`]; `unknown` if nothing recognizable answered.
    pub application: String,
    /// Spoken inside TLS.
    pub tls: bool,
    /// First bytes that the service sent, printable characters only, at most 512.
    pub banner: Option<String>,
    /// Ways to log in that the service offers or asks for.
    pub logins: Vec<LoginOffer>,
    /// Paths of a web server that answered when they were asked for a login, `/` first.
    #[serde(default)]
    pub paths: Vec<String>,
    /// What it tells without authentication.
    pub disclosed: Vec<Disclosure>,
    /// What an SSH server offers before a login.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ssh: Option<SshServer>,
}

/// What an SSH server offers before a login, each list in the order of the server.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SshServer {
    /// Version line, e.g. `SSH-2.0-dropbear_2022.83`.
    pub version: String,
    /// Key exchanges.
    pub key_exchanges: Vec<String>,
    /// Algorithms of host keys.
    pub host_key_algorithms: Vec<String>,
    /// Ciphers, both directions together.
    pub ciphers: Vec<String>,
    /// Message authentication codes, both directions together.
    pub macs: Vec<String>,
    /// Compressions, both directions together.
    pub compressions: Vec<String>,
    /// Host keys that were shown in a key exchange, one of each type.
    pub host_keys: Vec<SshHostKey>,
}

/// A host key of an SSH server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SshHostKey {
    /// Type as written in the key, e.g. `ssh-ed25519`.
    pub kind: String,
    /// Length in bits of the modulus (RSA, DSA) or of the curve; 0 if not known.
    pub bits: u32,
    /// `SHA256:` and the digest of the key in Base64 without padding, as SSH clients show it.
    pub fingerprint: String,
}

/// A way to log in that was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoginOffer {
    /// `http-basic`, `http-digest`, `http-bearer`, `http-unknown` (refused without a challenge), `html-form`,
    /// `telnet-login`, `telnet-shell` (no login at all), `ssh`, `ftp`, `mqtt`, `rtsp-basic`, `rtsp-digest`, `vnc`,
    /// `smtp`, `pop3`, `imap` and further names of protocols. `…-anonymous`: strangers are let in without a
    /// login.
    pub kind: String,
    /// A password is asked for.
    pub password: bool,
    /// Whether `password` was seen. Where it is not, the service authenticates, but may do so without a
    /// password.
    #[serde(default = "seen_for_certain")]
    pub certain: bool,
    /// What was seen, e.g. path and header, or the prompt.
    pub seen: String,
    /// Where the login lies: the path that a form is sent to, else the page that asks for it. `None` where
    /// the protocol has no paths, and in observations of before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

impl LoginOffer {
    /// An offer that says whether it asks for a password.
    pub fn certain(kind: &str, password: bool, seen: impl Into<String>) -> Self {
        Self { kind: kind.to_owned(), password, certain: true, seen: seen.into(), path: None }
    }

    /// An offer that authenticates, perhaps by a password.
    pub fn unsure(kind: &str, seen: impl Into<String>) -> Self {
        Self { kind: kind.to_owned(), password: true, certain: false, seen: seen.into(), path: None }
    }
}

/// Observations of before `certain` existed.
fn seen_for_certain() -> bool {
    true
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
    version: 3,
    summary: "Finds out which service answers at a TCP port, by banner and handshake, and what it tells before a login",
    observe,
};

fn observe(params: Value, context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async move {
        match serde_json::from_value::<Params>(params) {
            Err(error) => trouble(format!("the parameters of the identification cannot be read: {error}")),
            Ok(params) => identify(params, &context).await,
        }
    })
}

async fn identify(params: Params, context: &ProbeContext) -> Findings {
    let to = SocketAddr::new(params.address, params.port);
    (context.progress)(0, 1, &format!("Identifying tcp/{}", params.port));
    let mut recognition = Recognition::new(context, to, params.paths);
    let ended = tokio::select! {
        biased;
        () = context.cancel.cancelled() => None,
        result = recognition.run() => Some(result),
    };
    (context.progress)(1, 1, &format!("Identifying tcp/{}", params.port));
    let Recognition { talk, identity, web, .. } = recognition;
    context.attach(talk.transcript.as_bytes(), "txt");
    let mut gaps = talk.gaps;
    let (outcome, reason) = match ended {
        None => {
            gaps.push("stopped before its end".to_owned());
            (Outcome::Partial, Some("the identification was stopped before its end".to_owned()))
        }
        Some(Err(error @ (DialError::Tester(_) | DialError::OutOfScope(_) | DialError::SelfConnection))) => {
            (Outcome::ToolTrouble, Some(error.to_string()))
        }
        Some(Err(error)) => {
            (Outcome::Refused, Some(format!("no connection to tcp/{}: {error}", params.port)))
        }
        // Whatever stayed open may be a login.
        Some(Ok(())) if !gaps.is_empty() => (Outcome::Partial, Some(gaps.join("; "))),
        Some(Ok(())) => (Outcome::Complete, None),
    };
    let mut what =
        format!("{} connections to tcp/{} to find out what it speaks", talk.attempted, params.port);
    if identity.application == "unknown" && identity.banner.is_none() && talk.completed > 1 {
        what.push_str("; it took the connections and answered nothing");
    }
    let search = web.line(identity.paths.iter().filter(|path| *path != "/").count());
    if !search.is_empty() {
        what.push_str("; ");
        what.push_str(&search);
    }
    Findings {
        outcome,
        effort: Effort { attempted: talk.attempted, completed: talk.completed, seconds: 0.0, what, gaps },
        trouble: reason,
        data: serde_json::to_value(identity).expect("an identity has string keys only"),
    }
}

#[cfg(test)]
#[path = "../identify_tests.rs"]
mod tests;
