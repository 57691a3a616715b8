//! Writing a ClientHello of any shape.

use std::sync::LazyLock;

use rustls::crypto::ring;

/// A protocol version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
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
    pub const ALL: [Self; 4] = [Self::Tls13, Self::Tls12, Self::Tls11, Self::Tls10];

    /// `1.0` … `1.3`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tls10 => "1.0",
            Self::Tls11 => "1.1",
            Self::Tls12 => "1.2",
            Self::Tls13 => "1.3",
        }
    }

    /// Number on the wire.
    pub fn number(self) -> u16 {
        match self {
            Self::Tls10 => 0x0301,
            Self::Tls11 => 0x0302,
            Self::Tls12 => 0x0303,
            Self::Tls13 => 0x0304,
        }
    }
}

/// What a ClientHello contains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hello {
    /// The one version asked for.
    pub version: Version,
    /// Suites, most wanted first.
    pub suites: Vec<u16>,
    /// Server name sent; needs `extensions`.
    pub server_name: Option<String>,
    /// Groups, signature algorithms and the like; TLS 1.3 always has those it needs.
    pub extensions: bool,
    /// Offers deflate before null; not for TLS 1.3.
    pub deflate: bool,
    /// A session id of 32 bytes, as browsers send it.
    pub session_id: bool,
}

/// The record that carries the ClientHello.
pub fn record(hello: &Hello) -> Vec<u8> {
    let modern = hello.version == Version::Tls13;
    let mut body = Vec::with_capacity(1024);
    body.extend(hello.version.number().min(0x0303).to_be_bytes());
    body.extend(random::<32>());
    let session: Vec<u8> = if hello.session_id { random::<32>().to_vec() } else { Vec::new() };
    vec8(&mut body, &session);
    let mut suites: Vec<u8> = hello.suites.iter().flat_map(|id| id.to_be_bytes()).collect();
    if !modern && !hello.extensions {
        // Without extensions the signalling suite is the only way to ask for secure renegotiation.
        suites.extend([0x00, 0xff]);
    }
    vec16(&mut body, &suites);
    vec8(&mut body, if hello.deflate && !modern { &[1, 0] } else { &[0] });
    let extensions = extensions(hello);
    if !extensions.is_empty() {
        vec16(&mut body, &extensions);
    }

    let mut handshake = vec![1];
    handshake.extend(&u32::try_from(body.len()).expect("a hello is short").to_be_bytes()[1..]);
    handshake.extend(body);
    let mut record = vec![22, 3, 1];
    vec16(&mut record, &handshake);
    record
}

const GROUPS: [u16; 9] = [0x001d, 0x0017, 0x0018, 0x0019, 0x001e, 0x0016, 0x001a, 0x0100, 0x0101];
const SIGNATURES: [u16; 14] = [
    0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0201, 0x0203,
    0x0202,
];

fn extensions(hello: &Hello) -> Vec<u8> {
    let modern = hello.version == Version::Tls13;
    let mut all = Vec::new();
    if !hello.extensions && !modern {
        return all;
    }
    if let Some(name) = hello.server_name.as_deref().filter(|name| name.len() < 256) {
        let mut entry = vec![0];
        vec16(&mut entry, name.as_bytes());
        extension(&mut all, 0, |data| vec16(data, &entry));
    }
    let list = |ids: &[u16]| ids.iter().flat_map(|id| id.to_be_bytes()).collect::<Vec<u8>>();
    extension(&mut all, 10, |data| vec16(data, &list(&GROUPS)));
    extension(&mut all, 11, |data| vec8(data, &[0]));
    if hello.version >= Version::Tls12 {
        extension(&mut all, 13, |data| vec16(data, &list(&SIGNATURES)));
    }
    if !modern {
        extension(&mut all, 23, |_| {});
        extension(&mut all, 0xff01, |data| data.push(0));
        return all;
    }
    extension(&mut all, 43, |data| vec8(data, &list(&[0x0304])));
    extension(&mut all, 45, |data| vec8(data, &[1]));
    let mut shares = Vec::new();
    for (group, key) in KEY_SHARES.iter() {
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
