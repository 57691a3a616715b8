//! What a DTLS server over UDP offers, asked with our own ClientHello, one at a time.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::context::ProbeContext;
use crate::dialer::DialError;
use crate::observation::Outcome;
use crate::probe::tls_server::{CertificateFacts, NameMatch, ServerFeatures, TrustFacts, VersionFacts};
use crate::registry::{Findings, ProbeEntry, trouble};
use crate::tls::asker::{Asker, Asking};
use crate::tls::client_hello::Version;
use crate::tls::enumeration::{SHAPES, enumerate};
use crate::tls::exchange::Answered;
use crate::tls::seen::Seen;
use crate::tls::suites::USUAL;
use crate::tls::{abilities, certificate, trust};

/// Parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Params {
    /// Address of the sample.
    pub address: IpAddr,
    /// UDP port.
    pub port: u16,
    /// Server name sent, if any.
    #[serde(default)]
    pub server_name: Option<String>,
    /// Names and addresses that the certificate should be for; none: not compared.
    #[serde(default)]
    pub names: Vec<String>,
    /// Certificates in PEM that the bench trusts as anchors; none: not verified.
    #[serde(default)]
    pub trust: Option<String>,
    /// Questions in all; 400 unless told otherwise.
    #[serde(default = "questions_at_most")]
    pub questions: u32,
    /// Seconds in all; 300 unless told otherwise.
    #[serde(default = "seconds_at_most")]
    pub seconds: u64,
}

/// Result.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DtlsFacts {
    /// UDP port.
    pub port: u16,
    /// The port speaks DTLS at all.
    pub speaks_dtls: bool,
    /// A cookie is asked back before anything is computed or sent (RFC 6347, 4.2.1).
    pub cookie: bool,
    /// `1.0`, `1.2`, in this order; empty where the port speaks no DTLS.
    pub versions: Vec<VersionFacts>,
    /// Accepted suites that rest on a key known before (PSK), in any version.
    pub psk_suites: Vec<String>,
    /// Chain as sent, leaf first.
    pub chain: Vec<CertificateFacts>,
    /// Chains that the server sends beside `chain`, for other suites.
    pub other_chains: Vec<Vec<CertificateFacts>>,
    /// Each name of the parameters, and whether the certificate is for it.
    pub names: Vec<NameMatch>,
    /// Whether the chain leads to an anchor of the parameters.
    pub trust: Option<TrustFacts>,
    /// Compression is offered.
    pub compression: Option<bool>,
    /// Secure renegotiation is announced.
    pub secure_renegotiation: Option<bool>,
    /// What the server can do beside.
    pub features: ServerFeatures,
}

/// The probe.
pub static PROBE: ProbeEntry = ProbeEntry {
    name: "dtls-server",
    version: 1,
    summary: "Enumerates DTLS versions, suites, pre-shared keys and the certificate of a UDP port with its own ClientHello",
    observe,
};

fn questions_at_most() -> u32 {
    400
}

fn seconds_at_most() -> u64 {
    300
}

fn observe(params: Value, context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async move {
        match serde_json::from_value::<Params>(params) {
            Ok(params) => inquire(params, context).await,
            Err(error) => trouble(format!("the parameters of dtls-server cannot be read: {error}")),
        }
    })
}

async fn inquire(params: Params, context: Arc<ProbeContext>) -> Findings {
    let asker = Asker::new(
        context,
        Asking {
            to: SocketAddr::new(params.address, params.port),
            name: params.server_name.clone(),
            starttls: None,
            datagrams: true,
            parallel: 1,
            connections: params.questions,
            time: Duration::from_secs(params.seconds),
        },
    );
    let mut facts = DtlsFacts { port: params.port, ..DtlsFacts::default() };
    let ended = nobody_there(&asker).await;
    if ended.is_none() {
        let chains = taken_apart(&asker, &mut facts).await;
        read_chains(&asker, &params, &chains, &mut facts);
    }
    let context = asker.context.clone();
    let log = asker.into_log();
    facts.speaks_dtls = log.spoke_tls;
    facts.cookie = log.cookie;
    context.attach(log.transcript.as_bytes(), "txt");
    let mut effort = log.effort;
    effort.what = format!("DTLS ClientHellos of {} shapes to UDP port {}", SHAPES.len() - 1, params.port);
    let outcome = ended.unwrap_or(if effort.gaps.is_empty() { Outcome::Complete } else { Outcome::Partial });
    let trouble = (outcome != Outcome::Complete).then(|| effort.gaps.join("; "));
    let data = serde_json::to_value(facts).expect("facts have string keys only");
    Findings { outcome, effort, trouble, data }
}

/// Whether nobody speaks DTLS here: how the probe ends then, or `None` to go on.
async fn nobody_there(asker: &Asker) -> Option<Outcome> {
    let mut said = Vec::new();
    for (version, shape) in
        [(Version::Tls12, SHAPES[1]), (Version::Tls11, SHAPES[4]), (Version::Tls12, SHAPES[0])]
    {
        let answered = asker.hello(shape.name, &shape.hello(asker, version, &USUAL)).await;
        if asker.log().spoke_tls {
            return None;
        }
        match &answered {
            Answered::NotConnected(DialError::OutOfScope(what)) => {
                asker.gap(format!("{what} is outside the scope"));
                return Some(Outcome::ToolTrouble);
            }
            Answered::NotConnected(_) => {
                asker.gap(format!("the port takes no datagrams: {}", answered.text()));
                return Some(Outcome::Refused);
            }
            Answered::Cancelled => return Some(Outcome::Partial),
            // Another protocol answers: that is a clear no.
            Answered::NotTls(_) => return Some(Outcome::Complete),
            _ => said.push(answered.text()),
        }
    }
    let tried = said.len();
    said.dedup();
    asker.gap(format!("no clear answer to {tried} differently shaped ClientHellos: {}", said.join(", ")));
    Some(Outcome::Partial)
}

/// Everything about a server that speaks DTLS; gives the chains back, DER.
async fn taken_apart(asker: &Asker, facts: &mut DtlsFacts) -> Vec<Vec<Vec<u8>>> {
    let mut seen = Seen::default();
    let mut newest = true;
    for (n, version) in [Version::Tls12, Version::Tls11].into_iter().enumerate() {
        let label = asker.label(version);
        (asker.context.progress)(n as u64, 2, &format!("asking for {label}"));
        let mut found = enumerate(asker, version).await;
        let offered = found.facts.offered == Some(true);
        abilities::of_version(asker, &mut found, newest && offered).await;
        if newest && offered {
            facts.features.protocols = abilities::protocols(asker, &found).await;
            newest = false;
        }
        found.facts.version = label.trim_start_matches("DTLS ").to_owned();
        for suite in found.facts.suites.iter().filter(|suite| suite.contains("_PSK")) {
            if !facts.psk_suites.contains(suite) {
                facts.psk_suites.push(suite.clone());
            }
        }
        seen.join(found.seen);
        facts.versions.insert(0, found.facts);
    }
    let protocols = facts.features.protocols.take();
    facts.features = ServerFeatures { protocols, ..seen.features };
    facts.compression = seen.compression;
    facts.secure_renegotiation = seen.secure_renegotiation;
    seen.chains
}

fn read_chains(asker: &Asker, params: &Params, chains: &[Vec<Vec<u8>>], facts: &mut DtlsFacts) {
    let unread = chains.iter().flatten().filter(|der| certificate::facts(der).is_none()).count();
    if unread > 0 {
        asker.gap(format!("{unread} certificates of the chain cannot be read"));
    }
    let read = |chain: &Vec<Vec<u8>>| chain.iter().filter_map(|der| certificate::facts(der)).collect();
    let Some((first, others)) = chains.split_first() else { return };
    facts.chain = read(first);
    facts.other_chains = others.iter().map(read).collect();
    if let Some(leaf) = first.first() {
        facts.names = trust::names(leaf, &params.names);
    }
    if let Some(anchors) = &params.trust {
        let now = u64::try_from(jiff::Timestamp::now().as_second()).unwrap_or_default();
        facts.trust = Some(trust::chain(first, anchors, now));
    }
}
