//! Answers to ClientHellos that a current TLS library would refuse. They go as far as a server's
//! first flight, which is what a scan looks at; no session comes of them.

use crate::behaviour::Behaviour;

/// TLS 1.2 suites that the device's library agrees to with its certificate.
const SOUND_SUITES: [u16; 3] = [0xC02B, 0xC02C, 0xCCA9];
/// RSA key exchange, AES-128, CBC, SHA-1.
const CBC_SUITE: u16 = 0x002F;
/// Suites that the old versions agree to, in order of preference.
const OLD_SUITES: [u16; 4] = [0x002F, 0x0035, 0xC009, 0xC00A];
/// Greatest ClientHello that is looked at, header of the record included.
pub(crate) const LARGEST_HELLO: usize = 5 + 16 * 1024;

const TLS_1_0: u16 = 0x0301;
const TLS_1_1: u16 = 0x0302;
const TLS_1_2: u16 = 0x0303;
const SUPPORTED_VERSIONS: u16 = 43;
const RENEGOTIATION_INFO: u16 = 0xFF01;
const RENEGOTIATION_SCSV: u16 = 0x00FF;

/// Length of the first record once its header is there; `None` if it is not, or no handshake.
pub(crate) fn record_length(start: &[u8]) -> Option<usize> {
    match start {
        [0x16, 0x03, _, high, low, ..] => Some(5 + usize::from(u16::from_be_bytes([*high, *low]))),
        _ => None,
    }
}

/// The server's flight for a ClientHello that a fault answers; `None` leaves it to the library.
pub(crate) fn answer(behaviour: &Behaviour, record: &[u8], certificate: &[u8]) -> Option<Vec<u8>> {
    let hello = ClientHello::read(record)?;
    let version = hello.highest();
    if behaviour.old_tls && (version == TLS_1_0 || version == TLS_1_1) {
        let picked = OLD_SUITES.into_iter().find(|suite| hello.suites.contains(suite));
        return Some(match picked {
            Some(suite) => flight(version, suite, &hello, certificate),
            None => vec![0x15, 0x03, 0x01, 0, 2, 2, 40],
        });
    }
    let sound = hello.suites.iter().any(|suite| SOUND_SUITES.contains(suite));
    if behaviour.cbc_suite && version == TLS_1_2 && !sound && hello.suites.contains(&CBC_SUITE) {
        return Some(flight(version, CBC_SUITE, &hello, certificate));
    }
    None
}

/// What matters of a ClientHello.
struct ClientHello {
    legacy_version: u16,
    suites: Vec<u16>,
    supported_versions: Vec<u16>,
    renegotiation: bool,
}

impl ClientHello {
    fn read(record: &[u8]) -> Option<Self> {
        let mut rest = Reader(record.get(5..)?);
        if rest.take(1)? != [1] {
            return None;
        }
        rest.take(3)?;
        let legacy_version = rest.number()?;
        rest.take(32)?;
        rest.short_vector()?;
        let suites: Vec<u16> = numbers(rest.vector()?);
        rest.short_vector()?;
        let mut hello = Self {
            legacy_version,
            renegotiation: suites.contains(&RENEGOTIATION_SCSV),
            suites,
            supported_versions: vec![],
        };
        // A hello of the old versions may end here.
        let mut extensions = Reader(rest.vector().unwrap_or_default());
        while let Some(kind) = extensions.number() {
            let body = extensions.vector()?;
            match kind {
                SUPPORTED_VERSIONS => hello.supported_versions = numbers(Reader(body).short_vector()?),
                RENEGOTIATION_INFO => hello.renegotiation = true,
                _ => {}
            }
        }
        Some(hello)
    }

    fn highest(&self) -> u16 {
        // Values of the form 0x?A?A are there to keep servers tolerant and mean nothing.
        let known = self.supported_versions.iter().copied().filter(|version| version >> 8 == 0x03).max();
        known.unwrap_or(self.legacy_version)
    }
}

/// ServerHello, Certificate, ServerHelloDone.
fn flight(version: u16, suite: u16, hello: &ClientHello, certificate: &[u8]) -> Vec<u8> {
    let mut server_hello = version.to_be_bytes().to_vec();
    server_hello.extend_from_slice(b"HK-100 laboratory server random."); // 32 octets, and no secret
    server_hello.push(0);
    server_hello.extend_from_slice(&suite.to_be_bytes());
    server_hello.push(0);
    if hello.renegotiation {
        server_hello.extend_from_slice(&[0, 5, 0xFF, 0x01, 0, 1, 0]);
    }
    let entry = [&length(certificate.len())[..], certificate].concat();
    let chain = [&length(entry.len())[..], &entry].concat();
    let mut flight = Vec::new();
    for (kind, body) in [(2, &server_hello), (11, &chain), (14, &Vec::new())] {
        let message = [&[kind][..], &length(body.len()), body].concat();
        flight.push(0x16);
        flight.extend_from_slice(&version.to_be_bytes());
        flight.extend_from_slice(&length(message.len())[1..]);
        flight.extend_from_slice(&message);
    }
    flight
}

/// Three octets of a length.
fn length(length: usize) -> [u8; 3] {
    let octets = u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes();
    [octets[1], octets[2], octets[3]]
}

fn numbers(octets: &[u8]) -> Vec<u16> {
    octets.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect()
}

/// Reads from the front; `None` when there is too little.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<u16> {
        self.take(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
    }

    fn vector(&mut self) -> Option<&'a [u8]> {
        let count = self.number()?;
        self.take(count.into())
    }

    fn short_vector(&mut self) -> Option<&'a [u8]> {
        let count = self.take(1)?[0];
        self.take(count.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hello(version: u16, suites: &[u16], extensions: &[u8]) -> Vec<u8> {
        let mut body = version.to_be_bytes().to_vec();
        body.extend_from_slice(&[7; 32]);
        body.push(0);
        body.extend_from_slice(&(2 * suites.len() as u16).to_be_bytes());
        suites.iter().for_each(|suite| body.extend_from_slice(&suite.to_be_bytes()));
        body.extend_from_slice(&[1, 0]);
        if !extensions.is_empty() {
            body.extend_from_slice(&(extensions.len() as u16).to_be_bytes());
            body.extend_from_slice(extensions);
        }
        let message = [&[1][..], &length(body.len()), &body].concat();
        [&[0x16, 3, 1][..], &length(message.len())[1..], &message].concat()
    }

    fn faulty() -> Behaviour {
        Behaviour { old_tls: true, cbc_suite: true, ..Behaviour::default() }
    }

    #[test]
    fn an_old_hello_is_answered_in_its_version() {
        let flight = answer(&faulty(), &hello(TLS_1_0, &[0x002F], &[]), b"certificate").unwrap();
        assert_eq!(flight[..3], [0x16, 3, 1]);
        assert_eq!(flight[5], 2, "a ServerHello");
        assert_eq!(flight[9..11], [3, 1]);
        assert_eq!(answer(&Behaviour::default(), &hello(TLS_1_0, &[0x002F], &[]), b""), None);
    }

    #[test]
    fn a_current_hello_is_left_to_the_library() {
        let versions = [0, 43, 0, 5, 4, 3, 4, 3, 3];
        assert_eq!(answer(&faulty(), &hello(TLS_1_2, &[0x1301, 0x002F], &versions), b""), None);
        assert_eq!(answer(&faulty(), &hello(TLS_1_2, &[0xC02B, 0x002F], &[]), b""), None);
        assert!(answer(&faulty(), &hello(TLS_1_2, &[0xC02F, 0x002F], &[]), b"").is_some());
    }

    #[test]
    fn a_hello_cut_short_anywhere_is_no_trouble() {
        let whole = hello(TLS_1_1, &[0x002F, 0x0035], &[0xFF, 1, 0, 1, 0]);
        for end in 0..whole.len() {
            answer(&faulty(), &whole[..end], b"");
        }
    }
}
