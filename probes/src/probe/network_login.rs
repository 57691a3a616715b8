//! How a login of another protocol than HTTP behaves: SSH, telnet, FTP, RTSP, MQTT, CoAP, SNMP. The result is the
//! one of `http-login`.

use std::net::IpAddr;
use std::sync::Arc;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::context::ProbeContext;
use crate::drivers::{NetworkDoor, NetworkKind, Place, ssh};
use crate::guessing::{self, Guesses};
use crate::registry::{Findings, ProbeEntry, trouble};

/// Parameters. The credential is taken from the context by `row`. The result is a
/// [`LoginBehaviour`](crate::probe::http_login::LoginBehaviour).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Params {
    /// Address of the sample.
    pub address: IpAddr,
    /// IXIT row id of the authentication mechanism; names the credential.
    pub row: String,
    /// Port: TCP, or UDP for `coap-psk` and `snmp-community`.
    pub port: u16,
    /// Inside TLS.
    #[serde(default)]
    pub tls: bool,
    /// `ssh`, `telnet`, `ftp`, `rtsp`, `mqtt`, `coap-psk`, `snmp-community`.
    pub kind: String,
    /// Stream (RTSP), topic (MQTT) or resource (CoAP); empty where there is none.
    #[serde(default)]
    pub path: String,
    /// What is tried beside the good credential.
    #[serde(flatten)]
    pub guesses: Guesses,
}

/// The probe.
pub static PROBE: ProbeEntry = ProbeEntry {
    name: "network-login",
    version: 1,
    summary: "Logs in over SSH, telnet, FTP, RTSP, MQTT, CoAP or SNMP with good and bad credentials and measures the reaction",
    observe,
};

fn observe(params: Value, context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async move {
        let params = match serde_json::from_value::<Params>(params) {
            Ok(params) => params,
            Err(error) => {
                return trouble(format!("the parameters of network-login cannot be read: {error}"));
            }
        };
        let Some(kind) = NetworkKind::named(&params.kind) else {
            return trouble(format!(
                "this build knows no login of kind {:?}; known are ssh, telnet, ftp, rtsp, mqtt, coap-psk, snmp-community",
                params.kind
            ));
        };
        let credential = context.credentials.get(&params.row);
        let place = Place {
            dialer: &context.dialer,
            to: (params.address, params.port).into(),
            tls: params.tls,
            path: &params.path,
            account: credential.map_or("", |(user, _)| user),
            by_key: credential.is_some_and(|(_, secret)| ssh::is_key(secret)),
        };
        let what = format!("{} logins at port {}", params.kind, params.port);
        let door = NetworkDoor::new(place, kind);
        guessing::walk(door, &params.row, &params.kind, what, &params.guesses, &context).await
    })
}
