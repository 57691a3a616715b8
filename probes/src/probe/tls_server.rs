//! What a TLS server of any age offers, asked with our own ClientHello, one connection at a time.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use futures::future::{BoxFuture, join_all};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::context::ProbeContext;
use crate::dialer::DialError;
use crate::observation::Outcome;
use crate::registry::{Findings, ProbeEntry, trouble};
use crate::tls::asker::{Asker, Asking};
use crate::tls::client_hello::Version;
use crate::tls::enumeration::{Found, SHAPES, enumerate};
use crate::tls::exchange::{Answered, CONNECTION_TIME};
use crate::tls::seen::Seen;
use crate::tls::starttls::StartTls;
use crate::tls::suites::{MODERN, USUAL};
use crate::tls::{abilities, certificate, ssl2, trust};

/// Parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Params {
    /// Address of the sample.
    pub address: IpAddr,
    /// TCP port.
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
    /// Protocol that turns to TLS on this port.
    #[serde(default)]
    pub starttls: Option<StartTls>,
    /// Connections at once; 1 unless told otherwise, because devices are fragile.
    #[serde(default = "one")]
    pub parallel: usize,
    /// Connections in all; 800 unless told otherwise.
    #[serde(default = "connections_at_most")]
    pub connections: u32,
    /// Seconds in all; 300 unless told otherwise.
    #[serde(default = "seconds_at_most")]
    pub seconds: u64,
}

/// Result.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TlsFacts {
    /// TCP port.
    pub port: u16,
    /// The port speaks TLS at all.
    pub speaks_tls: bool,
    /// `1.0`, `1.1`, `1.2`, `1.3`, in this order; empty where the port speaks no TLS.
    pub versions: Vec<VersionFacts>,
    /// Chain as sent, leaf first.
    pub chain: Vec<CertificateFacts>,
    /// Compression is offered.
    pub compression: Option<bool>,
    /// Secure renegotiation is announced (TLS 1.2 and older).
    pub secure_renegotiation: Option<bool>,
    /// `SSLv2` and `SSLv3`, in this order; empty where they were not asked for (before version 2).
    #[serde(default)]
    pub ssl: Vec<VersionFacts>,
    /// Chains that the server sends beside `chain`, for other suites or versions.
    #[serde(default)]
    pub other_chains: Vec<Vec<CertificateFacts>>,
    /// Each name of the parameters, and whether the certificate is for it.
    #[serde(default)]
    pub names: Vec<NameMatch>,
    /// Whether the chain leads to an anchor of the parameters.
    #[serde(default)]
    pub trust: Option<TrustFacts>,
    /// What the server can do beside.
    #[serde(default)]
    pub features: ServerFeatures,
    /// Protocol that turned to TLS.
    #[serde(default)]
    pub starttls: Option<StartTls>,
}

/// One protocol version.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct VersionFacts {
    /// `SSLv2`, `SSLv3`, `1.0`, `1.1`, `1.2`, `1.3`.
    pub version: String,
    /// Offered; `None` if no clear answer came: a reset and silence are none.
    pub offered: Option<bool>,
    /// Suites by IANA name, in the order in which the server picked them.
    pub suites: Vec<String>,
    /// Groups accepted. All of them for 1.3 and the newest older version; else those seen chosen.
    pub groups: Vec<String>,
    /// Bit length of the smallest DH prime seen.
    pub dh_bits: Option<u32>,
    /// Differently shaped ClientHellos sent before "not offered" was written.
    pub shapes_tried: u32,
    /// What answered the last refused ClientHello, e.g. `alert 70 protocol_version`.
    pub refusal: Option<String>,
    /// `server` or `client`: whose order of suites decides.
    #[serde(default)]
    pub order: Option<String>,
    /// Signature algorithms that the server signed with (1.2 and 1.3).
    #[serde(default)]
    pub signatures: Vec<String>,
    /// `ffdhe2048`, `modp2048` … if the smallest DH prime is one that standards name.
    #[serde(default)]
    pub dh_group: Option<String>,
}

/// A certificate.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CertificateFacts {
    /// SHA-256 of the DER, lower-case hex.
    pub sha256: String,
    /// Subject.
    pub subject: String,
    /// Issuer.
    pub issuer: String,
    /// DNS names and addresses.
    pub names: Vec<String>,
    /// `RSA`, `EC`, `Ed25519` …
    pub key_type: String,
    /// Key length in bits.
    pub key_bits: Option<u32>,
    /// Signature algorithm, e.g. `ecdsa-with-SHA256`.
    pub signature: String,
    /// Not before, RFC 3339.
    pub not_before: String,
    /// Not after, RFC 3339.
    pub not_after: String,
    /// Subject and issuer agree.
    pub self_signed: bool,
    /// CA bit.
    pub ca: bool,
}

/// A name that the certificate should be for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameMatch {
    /// Name or address.
    pub name: String,
    /// The certificate is for it.
    pub matches: bool,
}

/// Whether the chain is trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustFacts {
    /// Anchors that were given.
    pub anchors: u32,
    /// The chain leads to one of them, with good signatures, now.
    pub trusted: bool,
    /// Why not.
    pub problem: Option<String>,
}

/// What a server can do beside versions and suites; `None`: not found out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ServerFeatures {
    /// An older version with the signal of a fallback (RFC 7507) is refused.
    pub fallback_refused: Option<bool>,
    /// Session ids are given out (TLS 1.2 and older).
    pub session_id: Option<bool>,
    /// Session tickets are announced (TLS 1.2 and older).
    pub session_ticket: Option<bool>,
    /// Extended master secret (RFC 7627) is used.
    pub extended_master_secret: Option<bool>,
    /// Encrypt-then-mac (RFC 7366) is used with CBC suites.
    pub encrypt_then_mac: Option<bool>,
    /// Heartbeat (RFC 6520) is offered.
    pub heartbeat: Option<bool>,
    /// The state of the certificate (OCSP) comes with it.
    pub ocsp_stapled: Option<bool>,
    /// A certificate of the client is asked for.
    pub client_certificate_requested: Option<bool>,
    /// Application protocols (ALPN) accepted.
    pub protocols: Option<Vec<String>>,
}

impl TlsFacts {
    /// All versions that were asked for, the oldest first, with their names: `SSLv3`, `TLS 1.0`.
    pub fn all_versions(&self) -> impl Iterator<Item = (String, &VersionFacts)> {
        let all = self.ssl.iter().chain(&self.versions);
        all.map(|facts| (crate::tls::enumeration::label(&facts.version), facts))
    }
}

/// The probe.
pub static PROBE: ProbeEntry = ProbeEntry {
    name: "tls-server",
    version: 2,
    summary: "Enumerates SSL and TLS versions, suites, groups, certificates and abilities of a port with its own ClientHello",
    observe,
};

fn one() -> usize {
    1
}

fn connections_at_most() -> u32 {
    800
}

fn seconds_at_most() -> u64 {
    300
}

fn observe(params: Value, context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async move {
        match serde_json::from_value::<Params>(params) {
            Ok(params) => inquire(params, context).await,
            Err(error) => trouble(format!("the parameters of tls-server cannot be read: {error}")),
        }
    })
}

async fn inquire(params: Params, context: Arc<ProbeContext>) -> Findings {
    let asker = Asker::new(
        context,
        Asking {
            to: SocketAddr::new(params.address, params.port),
            name: params.server_name.clone(),
            starttls: params.starttls,
            datagrams: false,
            parallel: params.parallel,
            connections: params.connections,
            time: Duration::from_secs(params.seconds),
        },
    );
    let mut facts = TlsFacts { port: params.port, starttls: params.starttls, ..TlsFacts::default() };
    let ended = plain_port(&asker).await;
    let mut chains = Vec::new();
    if ended.is_none() {
        chains = taken_apart(&asker, &mut facts).await;
    }
    facts.speaks_tls = asker.log().spoke_tls;
    read_chains(&asker, &params, &chains, &mut facts);
    let gaps = !asker.log().effort.gaps.is_empty();
    let outcome = ended.unwrap_or(if gaps { Outcome::Partial } else { Outcome::Complete });
    finish(asker, outcome, facts)
}

/// Everything about a server that speaks TLS; gives the chains back, DER.
async fn taken_apart(asker: &Asker, facts: &mut TlsFacts) -> Vec<Vec<Vec<u8>>> {
    let steps = Version::ALL.len() as u64 + 1;
    let enumerated = Version::ALL.into_iter().enumerate().map(|(n, version)| async move {
        (asker.context.progress)(n as u64, steps, &format!("asking for {version:?}"));
        enumerate(asker, version).await
    });
    let mut found: Vec<Found> = if asker.asking.parallel > 1 {
        join_all(enumerated).await
    } else {
        let mut one_by_one = Vec::new();
        for version in enumerated {
            one_by_one.push(version.await);
        }
        one_by_one
    };
    let ssl2 = ssl2(asker).await;
    (asker.context.progress)(steps - 1, steps, "asking for abilities");
    let offered = |found: &Found| found.facts.offered == Some(true);
    let classic = found.iter().position(|found| found.version != Version::Tls13 && offered(found));
    for (n, found) in found.iter_mut().enumerate() {
        abilities::of_version(asker, found, classic == Some(n)).await;
    }
    let mut seen = Seen::default();
    for version in &found {
        seen.join(version.seen.clone());
    }
    facts.features = seen.features;
    if let Some(newest) = classic.map(|n| &found[n]) {
        facts.features.protocols = abilities::protocols(asker, newest).await;
        // The signal means something where a newer version is left out.
        let newer = found.iter().take_while(|other| other.version != newest.version).any(offered);
        let older = found.iter().skip(classic.map_or(0, |n| n + 1)).find(|found| offered(found));
        if let Some(older) = if newer { Some(newest) } else { older } {
            facts.features.fallback_refused = abilities::fallback_is_refused(asker, older).await;
        }
        if seen.compression.is_none() {
            seen.compression = Some(abilities::compression(asker, newest).await);
        }
    } else if found.iter().any(offered) {
        // TLS 1.3 has no compression.
        seen.compression = Some(false);
    }
    facts.compression = seen.compression;
    facts.secure_renegotiation = seen.secure_renegotiation;
    // TLS 1.3 shows its certificate to those only who finish the handshake.
    if seen.chains.is_empty() && found.iter().any(|found| found.version == Version::Tls13 && offered(found)) {
        seen.chains.extend(fetched_chain(asker).await);
    }
    let (mut versions, mut old): (Vec<_>, Vec<_>) =
        found.into_iter().map(|found| found.facts).partition(|facts| !facts.version.starts_with("SSL"));
    versions.reverse();
    facts.versions = versions;
    facts.ssl.extend(ssl2);
    facts.ssl.append(&mut old);
    seen.chains
}

/// Whether the port speaks no TLS at all: how the probe ends then, or `None` to go on.
async fn plain_port(asker: &Asker) -> Option<Outcome> {
    let mut clear = false;
    let mut greeted = false;
    let mut refused = 0;
    let mut said = Vec::new();
    for (version, shape) in [
        (Version::Tls12, SHAPES[1]),
        (Version::Tls13, SHAPES[1]),
        (Version::Tls10, SHAPES[4]),
        (Version::Tls12, SHAPES[0]),
    ] {
        let suites = if version == Version::Tls13 { &MODERN[..] } else { &USUAL[..] };
        let hello = shape.hello(asker, version, suites);
        let answered = asker.hello(shape.name, &hello).await;
        said.push(answered.text());
        match answered {
            answered if answered.is_tls() => return None,
            Answered::NotTls(_) | Answered::Closed | Answered::NotTurned(_) => clear = true,
            Answered::NotConnected(DialError::OutOfScope(what)) => {
                asker.gap(format!("{what} is outside the scope"));
                return Some(Outcome::ToolTrouble);
            }
            Answered::NotConnected(_) => refused += 1,
            Answered::Cancelled => return Some(Outcome::Partial),
            // A server that waits for a line of text shows itself when it gets one. Asked only
            // after two hellos, because TLS servers too may answer plain text in plain text.
            Answered::Silent if said.len() >= 2 && !clear && !greeted => {
                greeted = true;
                let answered = asker.send("plain text", b"GET / HTTP/1.0\r\n\r\n").await;
                if matches!(answered, Answered::NotTls(_)) {
                    return Some(Outcome::Complete);
                }
                // A slow processor may need longer for its first handshake.
                let again = shape.hello(asker, version, suites);
                let record = crate::tls::client_hello::record(&again);
                if asker.send_patiently("with patience", &record, CONNECTION_TIME * 4).await.is_tls() {
                    return None;
                }
            }
            _ => {}
        }
    }
    if refused == said.len() {
        asker.gap("the port accepted no connection");
        return Some(Outcome::Refused);
    }
    if clear {
        return Some(Outcome::Complete);
    }
    let tried = said.len();
    said.dedup();
    asker.gap(format!("no clear answer to {tried} differently shaped ClientHellos: {}", said.join(", ")));
    Some(Outcome::Partial)
}

/// SSLv2 has no word for "not this version": a server that answers TLS refuses it by hanging up.
async fn ssl2(asker: &Asker) -> Option<VersionFacts> {
    let mut facts = VersionFacts { version: "SSLv2".to_owned(), shapes_tried: 1, ..VersionFacts::default() };
    let patience = asker.patience();
    let mut hello = None;
    let talk = async |mut stream| {
        let (answered, read) = crate::tls::exchange::ask_ssl2(&mut stream, &ssl2::hello(), patience).await;
        hello = read;
        answered
    };
    let answered = asker.on_a_connection("SSLv2 (all 8 suites)", patience, talk).await;
    match hello {
        Some(hello) => {
            facts.offered = Some(true);
            facts.suites = hello.suites;
        }
        None => {
            facts.refusal = Some(answered.text());
            let hung_up =
                answered.is_clear_refusal() || matches!(answered, Answered::Reset | Answered::Malformed);
            facts.offered = hung_up.then_some(false);
            if !hung_up {
                asker.gap(format!("whether SSLv2 is offered is open: {}", answered.text()));
            }
        }
    }
    Some(facts)
}

async fn fetched_chain(asker: &Asker) -> Option<Vec<Vec<u8>>> {
    let name = asker.asking.name.clone().unwrap_or_else(|| asker.asking.to.ip().to_string());
    let mut fetched = Err("no connection".to_owned());
    let talk = async |stream| {
        let opened = crate::tls::session::open(stream, &name).await;
        fetched = opened.map(|(_, chain)| chain).map_err(|error| error.to_string());
        Answered::Closed
    };
    asker.on_a_connection("full handshake", CONNECTION_TIME, talk).await;
    if let Err(error) = &fetched {
        asker.gap(format!("the certificate could not be fetched: {error}"));
    }
    fetched.ok()
}

fn read_chains(asker: &Asker, params: &Params, chains: &[Vec<Vec<u8>>], facts: &mut TlsFacts) {
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

fn finish(asker: Asker, outcome: Outcome, facts: TlsFacts) -> Findings {
    let context = asker.context.clone();
    let log = asker.into_log();
    context.attach(log.transcript.as_bytes(), "txt");
    let mut effort = log.effort;
    effort.what = format!("ClientHellos of {} shapes to TCP port {}", SHAPES.len(), facts.port);
    let trouble = (outcome != Outcome::Complete).then(|| effort.gaps.join("; "));
    let data = serde_json::to_value(facts).expect("facts have string keys only");
    Findings { outcome, effort, trouble, data }
}
