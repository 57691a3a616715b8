//! The handshake messages of a server's first flight. Everything in them is hostile and bounded.

/// First flight of a server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flight {
    /// Version chosen, supported_versions taken into account.
    pub version: u16,
    /// Random of the server.
    pub random: Vec<u8>,
    /// Session id given.
    pub session_id: Vec<u8>,
    /// Suite chosen.
    pub suite: u16,
    /// Compression method chosen.
    pub compression: u8,
    /// It is a HelloRetryRequest.
    pub retry: bool,
    /// Extensions of the ServerHello, and of the encrypted ones where they were read.
    pub extensions: Vec<u16>,
    /// Application protocol chosen.
    pub protocol: Option<String>,
    /// Group of the key share or of ServerKeyExchange.
    pub group: Option<u16>,
    /// Public key of the server in the key share.
    pub share: Vec<u8>,
    /// The DH prime in ServerKeyExchange.
    pub prime: Option<Prime>,
    /// Public key in ServerKeyExchange on an elliptic curve.
    pub point: Vec<u8>,
    /// Signature algorithm in ServerKeyExchange (TLS 1.2) or CertificateVerify (TLS 1.3).
    pub signature: Option<u16>,
    /// Certificates, DER, leaf first.
    pub chain: Vec<Vec<u8>>,
    /// A statement of the certificate's state came with it.
    pub stapled: bool,
    /// A certificate of the client was asked for.
    pub client_certificate: bool,
    /// ServerHelloDone came, or Finished.
    pub done: bool,
}

/// A DH prime.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prime {
    /// Length in bits.
    pub bits: u32,
    /// `ffdhe2048`, `modp2048` … for one that standards name.
    pub name: Option<String>,
}

/// Extension renegotiation_info.
pub const RENEGOTIATION_INFO: u16 = 0xff01;

/// The flight if a ServerHello is there, and whether nothing more is to be expected.
pub fn messages(handshake: &[u8]) -> Option<(Flight, bool)> {
    let mut flight = None;
    let mut rest = handshake;
    while let Some(length) = rest.get(1..4).map(number24) {
        let Some(body) = rest.get(4..4 + length) else { break };
        match (rest[0], flight.as_mut()) {
            (2, None) => flight = Some(server_hello(body)?),
            (11, Some(flight)) => flight.chain = certificates(body.get(3..).unwrap_or_default()),
            (12, Some(flight)) => key_exchange(body, flight),
            (13, Some(flight)) => flight.client_certificate = true,
            (14, Some(flight)) => flight.done = true,
            (22, Some(flight)) => flight.stapled = length > 4,
            (_, None) => return None,
            _ => {}
        }
        rest = &rest[4 + length..];
    }
    flight.map(|flight| {
        // After a 1.3 ServerHello everything is encrypted.
        let modern = flight.version == 0x0304;
        let done = flight.done || modern;
        (flight, done)
    })
}

/// Reads what TLS 1.3 sends encrypted into a flight.
pub fn encrypted_messages(handshake: &[u8], flight: &mut Flight) {
    let mut rest = handshake;
    while let Some(length) = rest.get(1..4).map(number24) {
        let Some(body) = rest.get(4..4 + length) else { break };
        match rest[0] {
            8 => {
                if let Some(all) = body.get(2..) {
                    extensions(all, flight);
                }
            }
            11 => {
                let context = usize::from(body.first().copied().unwrap_or(0));
                modern_certificates(body.get(4 + context..).unwrap_or_default(), flight);
            }
            13 => flight.client_certificate = true,
            15 => flight.signature = body.get(..2).map(|id| number16(id) as u16),
            20 => flight.done = true,
            _ => {}
        }
        rest = &rest[4 + length..];
    }
}

/// Reads a ServerHello.
pub fn server_hello(body: &[u8]) -> Option<Flight> {
    let mut flight = Flight { version: body.get(..2).map(number16)? as u16, ..Flight::default() };
    flight.random = body.get(2..34)?.to_vec();
    flight.retry = flight.random == RETRY;
    let session = usize::from(*body.get(34)?);
    flight.session_id = body.get(35..35 + session)?.to_vec();
    let rest = body.get(35 + session..)?;
    flight.suite = rest.get(..2).map(number16)? as u16;
    flight.compression = *rest.get(2)?;
    let Some(length) = rest.get(3..5).map(number16) else { return Some(flight) };
    extensions(rest.get(5..5 + length)?, &mut flight)?;
    Some(flight)
}

/// SHA-256 of "HelloRetryRequest": the random of a ServerHello that is one.
const RETRY: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2,
    0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

fn extensions(mut rest: &[u8], flight: &mut Flight) -> Option<()> {
    while let Some(head) = rest.get(..4) {
        let data = rest.get(4..4 + number16(&head[2..]))?;
        let id = number16(head) as u16;
        if flight.extensions.len() < 64 {
            flight.extensions.push(id);
        }
        match id {
            16 => {
                let name = data.get(3..).filter(|name| !name.is_empty() && name.len() < 256);
                flight.protocol = name.map(|name| name.escape_ascii().to_string());
            }
            43 if data.len() == 2 => flight.version = number16(data) as u16,
            51 if data.len() >= 2 => {
                flight.group = Some(number16(data) as u16);
                flight.share = data.get(4..).unwrap_or_default().to_vec();
            }
            _ => {}
        }
        rest = &rest[4 + data.len()..];
    }
    Some(())
}

/// Most certificates of a chain that are kept.
const CHAIN_LIMIT: usize = 10;

fn certificates(mut rest: &[u8]) -> Vec<Vec<u8>> {
    let mut chain = Vec::new();
    while let Some(der) = rest.get(..3).map(number24).and_then(|length| rest.get(3..3 + length)) {
        chain.push(der.to_vec());
        rest = &rest[3 + der.len()..];
        if chain.len() >= CHAIN_LIMIT {
            break;
        }
    }
    chain
}

/// In TLS 1.3 each certificate has extensions of its own.
fn modern_certificates(mut rest: &[u8], flight: &mut Flight) {
    while let Some(der) = rest.get(..3).map(number24).and_then(|length| rest.get(3..3 + length)) {
        flight.chain.push(der.to_vec());
        rest = &rest[3 + der.len()..];
        let Some(more) = rest.get(..2).map(number16).and_then(|length| rest.get(2..2 + length)) else {
            break;
        };
        flight.stapled |= more.get(..2) == Some(&[0, 5]);
        rest = &rest[2 + more.len()..];
        if flight.chain.len() >= CHAIN_LIMIT {
            break;
        }
    }
}

/// Named curve or DH prime, and the signature. Which of the two it is follows from the suite.
fn key_exchange(body: &[u8], flight: &mut Flight) {
    let name = super::suites::suite_name(flight.suite);
    let mut rest = body;
    if name.contains("_PSK") {
        // A hint to the identity comes first.
        let Some(after) = rest.get(..2).map(number16).and_then(|hint| rest.get(2 + hint..)) else { return };
        rest = after;
    }
    let after = if name.contains("_ECDH") { curve(rest, flight) } else { prime(&name, rest, flight) };
    let signed = !name.contains("_anon") && !name.contains("_PSK");
    if signed && matches!(flight.version, 0x0303 | 0xfefd) {
        flight.signature = after.and_then(|rest| rest.get(..2)).map(|id| number16(id) as u16);
    }
}

fn curve<'a>(body: &'a [u8], flight: &mut Flight) -> Option<&'a [u8]> {
    if body.first() != Some(&3) {
        return None;
    }
    flight.group = body.get(1..3).map(|id| number16(id) as u16);
    let length = usize::from(*body.get(3)?);
    flight.point = body.get(4..4 + length)?.to_vec();
    body.get(4 + length..)
}

fn prime<'a>(suite: &str, body: &'a [u8], flight: &mut Flight) -> Option<&'a [u8]> {
    if !suite.contains("_DHE_") && !suite.contains("_DH_anon_") {
        return None;
    }
    let mut numbers = Vec::new();
    let mut rest = body;
    for _ in 0..3 {
        let number = rest.get(..2).map(number16).and_then(|length| rest.get(2..2 + length))?;
        numbers.push(number);
        rest = &rest[2 + number.len()..];
        if let [prime] = numbers[..] {
            flight.prime = Some(named_prime(prime)?);
        }
    }
    Some(rest)
}

/// The primes that standards name begin with 64 ones and go on with the digits of e or of π.
fn named_prime(prime: &[u8]) -> Option<Prime> {
    let start = prime.iter().position(|byte| *byte != 0)?;
    let prime = &prime[start..];
    let bits = u32::try_from(prime.len() * 8).ok()? - prime[0].leading_zeros();
    let digits = prime.strip_prefix(&[0xff; 8]);
    let kind = digits.and_then(|digits| match digits.get(..4)? {
        [0xad, 0xf8, 0x54, 0x58] => Some("ffdhe"),
        [0xc9, 0x0f, 0xda, 0xa2] => Some("modp"),
        _ => None,
    });
    Some(Prime { bits, name: kind.map(|kind| format!("{kind}{bits}")) })
}

/// Two bytes as a number.
pub(super) fn number16(bytes: &[u8]) -> usize {
    usize::from(bytes[0]) << 8 | usize::from(bytes[1])
}

/// Three bytes as a number.
pub(super) fn number24(bytes: &[u8]) -> usize {
    usize::from(bytes[0]) << 16 | number16(&bytes[1..])
}
