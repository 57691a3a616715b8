//! Reading the ClientHello of the device. Everything in it is hostile and bounded.

use std::net::IpAddr;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

/// Bytes that are read of a ClientHello at most.
const HELLO_LIMIT: usize = 64 * 1024;

/// What a client offers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientOffer {
    /// Versions on the wire, e.g. `0x0304`. A client that names one only, as before TLS 1.3, may still take an
    /// older one.
    pub versions: Vec<u16>,
    /// Suites in the order of the client, without signalling values.
    pub suites: Vec<u16>,
    /// Name of the peer that it wants.
    pub server_name: Option<String>,
    /// Application protocols.
    pub protocols: Vec<String>,
}

/// `SSLv3`, `1.0` … `1.3`; `0x…` for anything else.
pub fn version_name(number: u16) -> String {
    match number {
        0x0300 => "SSLv3".to_owned(),
        0x0301..=0x0304 => format!("1.{}", number - 0x0301),
        _ => format!("0x{number:04x}"),
    }
}

/// What the first bytes of a client are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum First {
    /// A ClientHello.
    Hello(ClientOffer),
    /// More bytes are needed.
    Unfinished,
    /// No TLS.
    NotTls,
}

/// Reads what a client sent so far.
pub fn read(bytes: &[u8]) -> First {
    let mut handshake = Vec::new();
    for (kind, body) in records(bytes) {
        if kind != 22 {
            break;
        }
        handshake.extend_from_slice(body);
    }
    if bytes.first().is_some_and(|kind| *kind != 22) || bytes.get(1).is_some_and(|major| *major != 3) {
        return First::NotTls;
    }
    match handshake.as_slice() {
        [] if bytes.len() < HELLO_LIMIT => First::Unfinished,
        [1, a, b, c, rest @ ..] => {
            let length = usize::from(*a) << 16 | usize::from(*b) << 8 | usize::from(*c);
            match rest.get(..length) {
                None if bytes.len() < HELLO_LIMIT => First::Unfinished,
                None => First::NotTls,
                Some(body) => offer(body).map_or(First::NotTls, First::Hello),
            }
        }
        [1, ..] => First::Unfinished,
        _ => First::NotTls,
    }
}

/// Takes the ClientHello off a stream; what it brought otherwise, and `Unfinished` where nothing whole came.
pub async fn take(stream: &mut TcpStream, patience: Duration) -> First {
    let mut bytes = Vec::new();
    let reading = async {
        let mut part = [0; 4096];
        loop {
            match stream.read(&mut part).await {
                Ok(0) | Err(_) => return First::Unfinished,
                Ok(count) => bytes.extend_from_slice(&part[..count]),
            }
            match read(&bytes) {
                First::Unfinished => {}
                first => return first,
            }
        }
    };
    tokio::time::timeout(patience, reading).await.unwrap_or(First::Unfinished)
}

/// Whole TLS records, in order: type and body. Ends where the bytes do, or are no record.
pub fn records(bytes: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let [kind @ 20..=24, 3, _, high, low, after @ ..] = rest else { return None };
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let (body, next) = after.split_at_checked(length)?;
        rest = next;
        Some((*kind, body))
    })
}

/// Reads the body of a ClientHello message.
pub(crate) fn offer(body: &[u8]) -> Option<ClientOffer> {
    let mut rest = Reader(body);
    let legacy = rest.number()?;
    rest.take(32)?;
    rest.short_vector()?;
    let suites = numbers(rest.vector()?);
    rest.short_vector()?;
    let mut offer = ClientOffer {
        versions: vec![legacy],
        // Values of the form 0x?A?A keep servers tolerant, 0x00ff and 0x5600 are signals.
        suites: suites.into_iter().filter(|id| !grease(*id) && !matches!(id, 0x00ff | 0x5600)).collect(),
        ..ClientOffer::default()
    };
    let mut extensions = Reader(rest.vector().unwrap_or_default());
    while let Some(kind) = extensions.number() {
        let data = extensions.vector()?;
        match kind {
            0 => offer.server_name = server_name(data),
            16 => offer.protocols = protocols(data),
            43 => {
                let named = numbers(Reader(data).short_vector()?);
                offer.versions = named.into_iter().filter(|version| !grease(*version)).collect();
            }
            _ => {}
        }
    }
    Some(offer)
}

fn grease(number: u16) -> bool {
    number & 0x0f0f == 0x0a0a && number >> 8 == number & 0xff
}

fn server_name(data: &[u8]) -> Option<String> {
    let mut list = Reader(Reader(data).vector()?);
    let kind = list.take(1)?;
    let name = std::str::from_utf8(list.vector()?).ok()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':');
    (kind == [0] && name.len() <= 255 && name.chars().all(plain)).then(|| name.to_owned())
}

fn protocols(data: &[u8]) -> Vec<String> {
    let mut list = Reader(Reader(data).vector().unwrap_or_default());
    std::iter::from_fn(|| list.short_vector()).take(16).map(|name| name.escape_ascii().to_string()).collect()
}

/// What the name of a peer is worth as SNI: an address is none.
pub fn is_name(host: &str) -> bool {
    host.trim_matches(['[', ']']).parse::<IpAddr>().is_err()
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
    use proptest::prelude::*;

    use super::*;

    fn hello(extensions: &[u8]) -> Vec<u8> {
        let mut body = vec![3, 3];
        body.extend([7; 32]);
        body.push(0);
        body.extend([0, 8, 0x1a, 0x1a, 0x13, 0x01, 0xc0, 0x2b, 0x00, 0xff]);
        body.extend([1, 0]);
        body.extend((extensions.len() as u16).to_be_bytes());
        body.extend(extensions);
        let mut message = vec![1];
        message.extend(&(body.len() as u32).to_be_bytes()[1..]);
        message.extend(body);
        message.chunks(50).flat_map(|part| [&[22, 3, 1, 0, part.len() as u8], part].concat()).collect()
    }

    #[test]
    fn versions_suites_name_and_protocols_are_read_over_several_records() {
        let extensions = [
            &[0, 0, 0, 10, 0, 8, 0, 0, 5][..],
            b"a.tes",
            &[0, 43, 0, 7, 6, 0x2a, 0x2a, 3, 4, 3, 3],
            &[0, 16, 0, 5, 0, 3, 2, b'h', b'2'],
        ];
        let bytes = hello(&extensions.concat());
        let First::Hello(offer) = read(&bytes) else { panic!("{:?}", read(&bytes)) };
        assert_eq!(offer.versions, [0x0304, 0x0303]);
        assert_eq!(offer.suites, [0x1301, 0xc02b]);
        assert_eq!(offer.server_name.as_deref(), Some("a.tes"));
        assert_eq!(offer.protocols, ["h2"]);
        for end in 1..bytes.len() {
            assert_eq!(read(&bytes[..end]), First::Unfinished, "{end}");
        }
    }

    #[test]
    fn an_old_client_names_one_version_and_plain_text_is_no_hello() {
        let First::Hello(offer) = read(&hello(&[])) else { panic!("no hello") };
        assert_eq!(offer.versions, [0x0303]);
        assert_eq!(read(b"\x10\x20\x00\x04MQTT"), First::NotTls);
        assert_eq!(read(b"GET / HTTP/1.1\r\n"), First::NotTls);
        assert_eq!(["SSLv3", "1.0", "1.3"], [0x0300, 0x0301, 0x0304].map(version_name)[..]);
    }

    proptest! {
        #[test]
        fn any_bytes_are_taken(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = read(&bytes);
            let _ = read(&hello(&bytes));
        }
    }
}
