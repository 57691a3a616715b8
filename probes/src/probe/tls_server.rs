//! What a TLS server offers, asked with our own ClientHello, one connection at a time.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::context::ProbeContext;
use crate::dialer::DialError;
use crate::observation::{Effort, Outcome};
use crate::registry::{Findings, ProbeEntry, trouble};
use crate::tls::answer::Flight;
use crate::tls::certificate;
use crate::tls::client_hello::{Hello, Version, record};
use crate::tls::exchange::{self, Answered, CONNECTION_TIME};
use crate::tls::suites::{MODERN, USUAL, classic, group_name, suite_name};

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
}

/// Result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TlsFacts {
    /// TCP port.
    pub port: u16,
    /// The port speaks TLS at all.
    pub speaks_tls: bool,
    /// One entry a version asked: SSLv3 is left to a later version, so `1.0`, `1.1`, `1.2`, `1.3`.
    pub versions: Vec<VersionFacts>,
    /// Chain as sent, leaf first.
    pub chain: Vec<CertificateFacts>,
    /// Compression is offered.
    pub compression: Option<bool>,
    /// Secure renegotiation is announced (TLS 1.2 and older).
    pub secure_renegotiation: Option<bool>,
}

/// One protocol version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VersionFacts {
    /// `1.0`, `1.1`, `1.2`, `1.3`.
    pub version: String,
    /// Offered; `None` if no clear answer came.
    pub offered: Option<bool>,
    /// Suites by IANA name, in the order in which the server picked them.
    pub suites: Vec<String>,
    /// Groups seen chosen.
    pub groups: Vec<String>,
    /// Bit length of the DH prime, where one was seen.
    pub dh_bits: Option<u32>,
    /// Differently shaped ClientHellos sent before "not offered" was written.
    pub shapes_tried: u32,
    /// What answered the last refused ClientHello, e.g. `alert 70 protocol_version`.
    pub refusal: Option<String>,
}

/// A certificate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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

/// The probe.
pub static PROBE: ProbeEntry = ProbeEntry {
    name: "tls-server",
    version: 1,
    summary: "Enumerates TLS versions, suites, groups and the certificate of a port with its own ClientHello",
    observe,
};

/// Suites in a short list.
const FEW: usize = 20;

/// Shapes left without any answer after which a version is given up as unknown.
const SILENCE_ENOUGH: u32 = 3;

/// Connections that one run of the probe makes at most.
const CONNECTION_LIMIT: u32 = 200;

fn observe(params: Value, context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async move {
        match serde_json::from_value::<Params>(params) {
            Ok(params) => Inquiry::new(params, context).run().await,
            Err(error) => trouble(format!("the parameters of tls-server cannot be read: {error}")),
        }
    })
}

/// A form of ClientHello. Servers with a flaw in their parser refuse one form and take another.
#[derive(Clone, Copy)]
struct Shape {
    name: &'static str,
    few_suites: bool,
    extensions: bool,
    server_name: bool,
    session_id: bool,
}

/// The forms tried before "not offered" is written.
const SHAPES: [Shape; 5] = [
    Shape { name: "all", few_suites: false, extensions: true, server_name: true, session_id: false },
    Shape { name: "few", few_suites: true, extensions: true, server_name: true, session_id: true },
    Shape { name: "few, no name", few_suites: true, extensions: true, server_name: false, session_id: false },
    Shape { name: "all, bare", few_suites: false, extensions: false, server_name: false, session_id: false },
    Shape { name: "few, bare", few_suites: true, extensions: false, server_name: false, session_id: false },
];

struct Inquiry {
    params: Params,
    context: Arc<ProbeContext>,
    transcript: String,
    effort: Effort,
    connections: u32,
    chain: Vec<Vec<u8>>,
    secure_renegotiation: Option<bool>,
    spoke_tls: bool,
}

impl Inquiry {
    fn new(params: Params, context: Arc<ProbeContext>) -> Self {
        Self {
            params,
            context,
            transcript: String::new(),
            effort: Effort::default(),
            connections: 0,
            chain: Vec::new(),
            secure_renegotiation: None,
            spoke_tls: false,
        }
    }

    async fn run(mut self) -> Findings {
        let plain = self.plain_port().await;
        let mut versions = Vec::new();
        if plain.is_none() {
            for (n, version) in Version::ALL.into_iter().enumerate() {
                (self.context.progress)(n as u64, 4, &format!("asking for TLS {}", version.name()));
                versions.push(self.version(version).await);
            }
            versions.reverse();
        }
        let outcome = match plain {
            Some(outcome) => outcome,
            None if versions.iter().any(|version| version.offered.is_none())
                || !self.effort.gaps.is_empty() =>
            {
                Outcome::Partial
            }
            None => Outcome::Complete,
        };
        let compression = self.compression(&versions).await;
        if self.chain.is_empty() && versions.iter().any(|version| version.offered == Some(true)) {
            self.fetch_chain().await;
        }
        self.finish(outcome, versions, compression)
    }

    /// Whether the port speaks no TLS at all: how the probe ends then, or `None` to go on.
    async fn plain_port(&mut self) -> Option<Outcome> {
        let mut clear = false;
        let mut greeted = false;
        let mut refused = 0;
        let mut tried = 0;
        for (version, shape) in [
            (Version::Tls12, SHAPES[1]),
            (Version::Tls13, SHAPES[1]),
            (Version::Tls10, SHAPES[4]),
            (Version::Tls12, SHAPES[0]),
        ] {
            let suites = if version == Version::Tls13 { &MODERN[..] } else { &USUAL[..] };
            tried += 1;
            match self.ask(version, shape, suites, false).await {
                answered if answered.is_tls() => return None,
                Answered::NotTls(_) | Answered::Closed => clear = true,
                Answered::NotConnected(DialError::OutOfScope(what)) => {
                    self.effort.gaps.push(format!("{what} is outside the scope"));
                    return Some(Outcome::ToolTrouble);
                }
                Answered::NotConnected(_) => refused += 1,
                Answered::Cancelled => return Some(Outcome::Partial),
                // A server that waits for a line of text shows itself when it gets one. Asked only
                // after two hellos, because TLS servers too may answer plain text in plain text.
                Answered::Silent if tried >= 2 && !clear && !greeted => {
                    greeted = true;
                    let answered = self.send("plain text", b"GET / HTTP/1.0\r\n\r\n").await;
                    if matches!(answered, Answered::NotTls(_)) {
                        return Some(Outcome::Complete);
                    }
                }
                _ => {}
            }
        }
        if refused == tried {
            self.effort.gaps.push("the port accepted no connection".to_owned());
            return Some(Outcome::Refused);
        }
        if clear {
            return Some(Outcome::Complete);
        }
        self.effort.gaps.push(format!("no clear answer to {tried} differently shaped ClientHellos"));
        Some(Outcome::Partial)
    }

    async fn version(&mut self, version: Version) -> VersionFacts {
        let mut facts = VersionFacts {
            version: version.name().to_owned(),
            offered: None,
            suites: Vec::new(),
            groups: Vec::new(),
            dh_bits: None,
            shapes_tried: 0,
            refusal: None,
        };
        let mut all_clear = true;
        let mut silent = 0;
        let mut long_understood = false;
        let mut walked = false;
        let mut left: Vec<u16> = if version == Version::Tls13 { MODERN.to_vec() } else { classic().to_vec() };
        for shape in SHAPES {
            // Silence in three shapes leaves the question open whatever the others bring.
            if silent >= SILENCE_ENOUGH && facts.offered.is_none() {
                break;
            }
            facts.shapes_tried += 1;
            // Ask with this shape until it is refused; what an earlier shape was not given may come now.
            let mut skipped = 0;
            loop {
                let most = if shape.few_suites { FEW } else { left.len() };
                let asked: Vec<u16> = left.iter().copied().skip(skipped).take(most).collect();
                if asked.is_empty() {
                    break;
                }
                let answered = self.ask(version, shape, &asked, false).await;
                let Answered::Flight(flight) = &answered else {
                    let clear =
                        matches!(answered, Answered::Alert(_) | Answered::Closed | Answered::NotTls(_));
                    all_clear &= clear;
                    silent += u32::from(matches!(answered, Answered::Silent));
                    facts.refusal = Some(answered.text());
                    long_understood |= !shape.few_suites && matches!(answered, Answered::Alert(40 | 70 | 71));
                    // A server that cannot read long lists is asked for all suites in short ones.
                    if clear && shape.few_suites && !long_understood && !walked {
                        skipped += FEW;
                        continue;
                    }
                    break;
                };
                if flight.version != version.number() {
                    facts.refusal = Some(format!("answered with version {:#06x}", flight.version));
                    break;
                }
                facts.offered = Some(true);
                long_understood |= !shape.few_suites;
                self.note(flight, version, &mut facts);
                let Some(at) = left.iter().position(|id| *id == flight.suite) else {
                    // A suite that was not asked for: asking on would never end.
                    facts.refusal = Some(format!("answered with {} unasked", suite_name(flight.suite)));
                    break;
                };
                left.remove(at);
            }
            walked |= shape.few_suites;
        }
        if facts.offered.is_none() && all_clear {
            facts.offered = Some(false);
        }
        facts
    }

    fn note(&mut self, flight: &Flight, version: Version, facts: &mut VersionFacts) {
        let name = suite_name(flight.suite);
        if !facts.suites.contains(&name) {
            facts.suites.push(name);
        }
        if let Some(group) = flight.group.map(group_name).filter(|group| !facts.groups.contains(group)) {
            facts.groups.push(group);
        }
        // The smallest prime counts: it is the one an attacker would ask for.
        facts.dh_bits = facts.dh_bits.into_iter().chain(flight.dh_bits).min();
        if version != Version::Tls13 {
            let before = self.secure_renegotiation.unwrap_or(true);
            self.secure_renegotiation = Some(before && flight.renegotiation_info);
        }
        if self.chain.is_empty() {
            self.chain.clone_from(&flight.chain);
        }
    }

    /// TLS 1.3 has no compression, so only older versions are asked.
    async fn compression(&mut self, versions: &[VersionFacts]) -> Option<bool> {
        let offered =
            |name: &str| versions.iter().any(|facts| facts.version == name && facts.offered == Some(true));
        let Some(version) = [Version::Tls12, Version::Tls11, Version::Tls10]
            .into_iter()
            .find(|version| offered(version.name()))
        else {
            return offered("1.3").then_some(false);
        };
        for shape in [SHAPES[0], SHAPES[1], SHAPES[4]] {
            let suites = if shape.few_suites { &USUAL[..] } else { classic() };
            if let Answered::Flight(flight) = self.ask(version, shape, suites, true).await {
                return Some(flight.compression != 0);
            }
        }
        self.effort.gaps.push("no clear answer to an offer of compression".to_owned());
        None
    }

    async fn fetch_chain(&mut self) {
        let to = SocketAddr::new(self.params.address, self.params.port);
        let name = self.params.server_name.clone().unwrap_or_else(|| self.params.address.to_string());
        let handshake = async {
            let stream =
                self.context.dialer.connect_within(to, CONNECTION_TIME).await.map_err(|e| e.to_string())?;
            crate::tls::session::open(stream, &name).await.map_err(|error| error.to_string())
        };
        let ended = tokio::select! {
            ended = tokio::time::timeout(CONNECTION_TIME, handshake) => {
                ended.unwrap_or_else(|_| Err("no answer".to_owned()))
            }
            () = self.context.cancel.cancelled() => Err("stopped".to_owned()),
        };
        self.effort.attempted += 1;
        match ended {
            Ok((_, chain)) => {
                self.effort.completed += 1;
                self.line(format_args!("full handshake: {} certificates", chain.len()));
                self.chain = chain;
            }
            Err(error) => self.effort.gaps.push(format!("the certificate could not be fetched: {error}")),
        }
    }

    async fn ask(&mut self, version: Version, shape: Shape, suites: &[u16], deflate: bool) -> Answered {
        let hello = Hello {
            version,
            suites: suites.to_vec(),
            server_name: self
                .params
                .server_name
                .clone()
                .filter(|name| shape.server_name && name.parse::<IpAddr>().is_err()),
            extensions: shape.extensions,
            deflate,
            session_id: shape.session_id,
        };
        let what = format!(
            "TLS {} ({}; {} suites{})",
            version.name(),
            shape.name,
            suites.len(),
            if deflate { "; deflate" } else { "" }
        );
        self.send(&what, &record(&hello)).await
    }

    async fn send(&mut self, what: &str, bytes: &[u8]) -> Answered {
        if self.connections >= CONNECTION_LIMIT {
            let gap = format!("stopped after {CONNECTION_LIMIT} connections");
            if !self.effort.gaps.contains(&gap) {
                self.effort.gaps.push(gap);
            }
            return Answered::Cancelled;
        }
        self.connections += 1;
        self.effort.attempted += 1;
        let to = SocketAddr::new(self.params.address, self.params.port);
        let answered = exchange::ask(&self.context.dialer, to, bytes, &self.context.cancel).await;
        if !matches!(answered, Answered::Silent | Answered::NotConnected(_) | Answered::Cancelled) {
            self.effort.completed += 1;
        }
        if matches!(answered, Answered::Cancelled) && !self.effort.gaps.iter().any(|gap| gap == "stopped") {
            self.effort.gaps.push("stopped".to_owned());
        }
        self.spoke_tls |= answered.is_tls();
        let head: String = bytes.iter().take(48).map(|byte| format!("{byte:02x}")).collect();
        self.line(format_args!("{what}: {head}… -> {}", answered.text()));
        answered
    }

    fn line(&mut self, what: std::fmt::Arguments<'_>) {
        use std::fmt::Write as _;
        writeln!(self.transcript, "{:3} {what}", self.effort.attempted).expect("a String takes any text");
    }

    fn finish(
        mut self,
        outcome: Outcome,
        versions: Vec<VersionFacts>,
        compression: Option<bool>,
    ) -> Findings {
        self.context.attach(self.transcript.as_bytes(), "txt");
        let unread = self.chain.iter().filter(|der| certificate::facts(der).is_none()).count();
        if unread > 0 {
            self.effort.gaps.push(format!("{unread} certificates of the chain cannot be read"));
        }
        self.effort.what =
            format!("ClientHellos of {} shapes to TCP port {}", SHAPES.len(), self.params.port);
        let trouble = (outcome != Outcome::Complete).then(|| self.effort.gaps.join("; "));
        let facts = TlsFacts {
            port: self.params.port,
            speaks_tls: self.spoke_tls,
            versions,
            chain: self.chain.iter().filter_map(|der| certificate::facts(der)).collect(),
            compression,
            secure_renegotiation: self.secure_renegotiation,
        };
        Findings {
            outcome,
            effort: self.effort,
            trouble,
            data: serde_json::to_value(facts).expect("facts have string keys only"),
        }
    }
}
