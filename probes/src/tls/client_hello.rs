//! Writing a ClientHello of any shape.

use std::sync::LazyLock;

use rustls::crypto::ring;

/// A protocol version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// SSLv3
    Ssl3,
    /// TLS 1.0
    Tls10,
    /// TLS 1.1
    Tls11,
    /// TLS 1.2
    Tls12,
    /// TLS 1.3
    Tls13,
}

impl Version {
    /// All that are asked for, newest first.
    pub const ALL: [Self; 5] = [Self::Tls13, Self::Tls12, Self::Tls11, Self::Tls10, Self::Ssl3];

    /// `SSLv3`, `1.0` … `1.3`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ssl3 => "SSLv3",
            Self::Tls10 => "1.0",
            Self::Tls11 => "1.1",
            Self::Tls12 => "1.2",
            Self::Tls13 => "1.3",
        }
    }

    /// Number on the wire.
    pub fn number(self) -> u16 {
        match self {
            Self::Ssl3 => 0x0300,
            Self::Tls10 => 0x0301,
            Self::Tls11 => 0x0302,
            Self::Tls12 => 0x0303,
            Self::Tls13 => 0x0304,
        }
    }
}

/// Extensions of a ClientHello for TLS 1.2 and older; TLS 1.3 always has those it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extensions {
    /// None, as before 2003.
    None,
    /// Groups, signature algorithms and what every browser sends.
    Usual,
    /// Also those that show what the server can do: tickets, heartbeat, stapling, encrypt-then-mac.
    Curious,
}

/// What a ClientHello contains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hello {
    /// The one version asked for.
    pub version: Version,
    /// Version in the record that carries it.
    pub record_version: u16,
    /// The old version is asked for as TLS 1.3 does it, in a list beside the number of TLS 1.2.
    pub version_in_list: bool,
    /// Suites, most wanted first.
    pub suites: Vec<u16>,
    /// Server name sent; needs extensions.
    pub server_name: Option<String>,
    /// Which extensions.
    pub extensions: Extensions,
    /// Groups, most wanted first.
    pub groups: Vec<u16>,
    /// Signature algorithms, most wanted first.
    pub signatures: Vec<u16>,
    /// Application protocols; none: the extension is not sent.
    pub protocols: Vec<String>,
    /// Offers deflate and LZS before null; not for TLS 1.3.
    pub compression: bool,
    /// Session id sent; empty for none.
    pub session_id: Vec<u8>,
    /// A session ticket to be taken up; needs [`Extensions::Curious`].
    pub ticket: Vec<u8>,
    /// Key shares of TLS 1.3: group and public key. Empty: the server has to name its group.
    pub shares: Vec<(u16, Vec<u8>)>,
}

impl Hello {
    /// A hello of ordinary content.
    pub fn new(version: Version, suites: &[u16]) -> Self {
        let modern = version == Version::Tls13;
        Self {
            version,
            record_version: 0x0301,
            version_in_list: false,
            suites: suites.to_vec(),
            server_name: None,
            extensions: Extensions::Usual,
            groups: if modern { MODERN_GROUPS.to_vec() } else { CLASSIC_GROUPS.to_vec() },
            signatures: if modern { MODERN_SIGNATURES.to_vec() } else { CLASSIC_SIGNATURES.to_vec() },
            protocols: Vec::new(),
            compression: false,
            session_id: Vec::new(),
            ticket: Vec::new(),
            shares: if modern { KEY_SHARES.clone() } else { Vec::new() },
        }
    }

    /// With this server name; an address is none.
    pub fn named(mut self, name: Option<&str>) -> Self {
        self.server_name = name.filter(|name| name.parse::<std::net::IpAddr>().is_err()).map(str::to_owned);
        self
    }
}

/// The record that carries the ClientHello.
pub fn record(hello: &Hello) -> Vec<u8> {
    let mut record = vec![22];
    record.extend(hello.record_version.to_be_bytes());
    vec16(&mut record, &message(hello));
    record
}

/// The handshake message.
pub fn message(hello: &Hello) -> Vec<u8> {
    let number = if hello.version_in_list { 0x0303 } else { hello.version.number().min(0x0303) };
    let body = body(hello, number, None);
    let mut handshake = vec![1];
    handshake.extend(&u32::try_from(body.len()).expect("a hello is short").to_be_bytes()[1..]);
    handshake.extend(body);
    handshake
}

/// The body of the handshake message, with the number of a version as it stands in it, and with the
/// cookie that DTLS has after the session id.
pub fn body(hello: &Hello, number: u16, cookie: Option<&[u8]>) -> Vec<u8> {
    let modern = hello.version == Version::Tls13;
    let mut body = Vec::with_capacity(1024);
    body.extend(number.to_be_bytes());
    body.extend(random::<32>());
    vec8(&mut body, &hello.session_id);
    if let Some(cookie) = cookie {
        vec8(&mut body, cookie);
    }
    let mut suites: Vec<u8> = hello.suites.iter().flat_map(|id| id.to_be_bytes()).collect();
    if !modern && hello.extensions == Extensions::None {
        // Without extensions the signalling suite is the only way to ask for secure renegotiation.
        suites.extend([0x00, 0xff]);
    }
    vec16(&mut body, &suites);
    vec8(&mut body, if hello.compression && !modern { &[1, 64, 0] } else { &[0] });
    let extensions = extensions(hello);
    if !extensions.is_empty() {
        vec16(&mut body, &extensions);
    }
    body
}

/// Groups of an ordinary hello for TLS 1.2 and older: every curve that certificates are made on. Finite
/// fields are left out: a server that knows other ones has to drop its DHE suites then (RFC 7919).
pub const CLASSIC_GROUPS: [u16; 11] =
    [0x001d, 0x0017, 0x0018, 0x0019, 0x001e, 0x0016, 0x001a, 0x001b, 0x001c, 0x0015, 0x0013];

/// Groups of an ordinary hello for TLS 1.3: strict servers refuse a hello with any other.
pub const MODERN_GROUPS: [u16; 8] = [0x001d, 0x0017, 0x0018, 0x0019, 0x001e, 0x0100, 0x0101, 0x0102];

/// Signature algorithms of an ordinary hello for TLS 1.2.
pub const CLASSIC_SIGNATURES: [u16; 22] = [
    0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0809, 0x080a, 0x080b, 0x0401, 0x0501,
    0x0601, 0x0301, 0x0303, 0x0201, 0x0203, 0x0402, 0x0202, 0x081a, 0x0101,
];

/// Signature algorithms of an ordinary hello for TLS 1.3.
pub const MODERN_SIGNATURES: [u16; 19] = [
    0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0809, 0x080a, 0x080b, 0x081a, 0x081b,
    0x081c, 0x0401, 0x0501, 0x0601, 0x0201, 0x0203,
];

fn extensions(hello: &Hello) -> Vec<u8> {
    let modern = hello.version == Version::Tls13;
    let mut all = Vec::new();
    if hello.extensions == Extensions::None && !modern {
        return all;
    }
    if let Some(name) = hello.server_name.as_deref().filter(|name| name.len() < 256) {
        let mut entry = vec![0];
        vec16(&mut entry, name.as_bytes());
        extension(&mut all, 0, |data| vec16(data, &entry));
    }
    let curious = hello.extensions == Extensions::Curious;
    if curious {
        extension(&mut all, 5, |data| data.extend([1, 0, 0, 0, 0]));
    }
    let list = |ids: &[u16]| ids.iter().flat_map(|id| id.to_be_bytes()).collect::<Vec<u8>>();
    extension(&mut all, 10, |data| vec16(data, &list(&hello.groups)));
    extension(&mut all, 11, |data| vec8(data, &[0]));
    if hello.version >= Version::Tls12 {
        extension(&mut all, 13, |data| vec16(data, &list(&hello.signatures)));
    }
    if !hello.protocols.is_empty() {
        let mut names = Vec::new();
        for name in &hello.protocols {
            vec8(&mut names, name.as_bytes());
        }
        extension(&mut all, 16, |data| vec16(data, &names));
    }
    if !modern {
        if curious {
            extension(&mut all, 15, |data| data.push(1));
            extension(&mut all, 22, |_| {});
            extension(&mut all, 35, |data| data.extend(&hello.ticket));
        }
        extension(&mut all, 23, |_| {});
        extension(&mut all, 0xff01, |data| data.push(0));
        if hello.version_in_list {
            extension(&mut all, 43, |data| vec8(data, &hello.version.number().to_be_bytes()));
        }
        return all;
    }
    extension(&mut all, 43, |data| vec8(data, &list(&[0x0304])));
    extension(&mut all, 45, |data| vec8(data, &[1]));
    let mut shares = Vec::new();
    for (group, key) in &hello.shares {
        shares.extend(group.to_be_bytes());
        vec16(&mut shares, key);
    }
    extension(&mut all, 51, |data| vec16(data, &shares));
    all
}

/// Public keys on x25519 and secp256r1. No handshake is ever finished with them, so one pair a
/// process is enough; they must lie on the curve, or a careful server refuses them.
static KEY_SHARES: LazyLock<Vec<(u16, Vec<u8>)>> = LazyLock::new(|| {
    [(0x001d, ring::kx_group::X25519), (0x0017, ring::kx_group::SECP256R1)]
        .into_iter()
        .filter_map(|(id, group)| Some((id, group.start().ok()?.pub_key().to_vec())))
        .collect()
});

/// Bytes that nobody foresees.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    ring::default_provider().secure_random.fill(&mut bytes).expect("the system gives random bytes");
    bytes
}

fn extension(all: &mut Vec<u8>, id: u16, fill: impl FnOnce(&mut Vec<u8>)) {
    let mut data = Vec::new();
    fill(&mut data);
    all.extend(id.to_be_bytes());
    vec16(all, &data);
}

fn vec8(out: &mut Vec<u8>, bytes: &[u8]) {
    out.push(u8::try_from(bytes.len()).expect("a short vector is shorter than 256"));
    out.extend(bytes);
}

fn vec16(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend(u16::try_from(bytes.len()).expect("a hello is shorter than 64 KiB").to_be_bytes());
    out.extend(bytes);
}
