//! A server that speaks SSL 3.0 with RC4 and nothing else, as far as the server's first flight.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

const RC4_SHA: [u8; 2] = [0x00, 0x05];
const RC4_MD5: [u8; 2] = [0x00, 0x04];

/// Answers one ClientHello: with ServerHello, certificate and ServerHelloDone of SSL 3.0 where the client
/// offers it with RC4, else with the alert that refuses.
pub(crate) fn serve(mut stream: TcpStream, certificate: &[u8]) {
    let Some(hello) = client_hello(&mut stream) else { return };
    let chosen = [RC4_SHA, RC4_MD5].into_iter().find(|suite| hello.suites.contains(suite));
    let answer = match chosen {
        // A client may go up to a later version; this server goes down to its own.
        Some(suite) if hello.version >= [3, 0] => flight(suite, certificate),
        _ => record(21, &[2, 40]),
    };
    let _ = stream.write_all(&answer);
    // The client reads what it wants and goes.
    let _ = stream.read(&mut [0; 512]);
}

struct ClientHello {
    version: [u8; 2],
    suites: Vec<[u8; 2]>,
}

fn client_hello(stream: &mut TcpStream) -> Option<ClientHello> {
    let mut head = [0; 5];
    stream.read_exact(&mut head).ok()?;
    let mut body = vec![0; usize::from(u16::from_be_bytes([head[3], head[4]]))];
    if head[0] != 22 {
        return None;
    }
    stream.read_exact(&mut body).ok()?;
    let (&[kind, _, _, _, major, minor], rest) = body.split_first_chunk()?;
    let (_random, rest) = rest.split_at_checked(32)?;
    let (&[session], rest) = rest.split_first_chunk()?;
    let (_, rest) = rest.split_at_checked(usize::from(session))?;
    let (length, rest) = rest.split_first_chunk()?;
    let (suites, _) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
    let suites = suites.chunks_exact(2).map(|pair| [pair[0], pair[1]]).collect();
    (kind == 1).then_some(ClientHello { version: [major, minor], suites })
}

fn flight(suite: [u8; 2], certificate: &[u8]) -> Vec<u8> {
    let mut hello = vec![3, 0];
    hello.extend([0x5a; 32]);
    hello.push(0);
    hello.extend(suite);
    hello.push(0);
    let mut chain = length24(certificate.len() + 3).to_vec();
    chain.extend(length24(certificate.len()));
    chain.extend(certificate);
    [(2, hello), (11, chain), (14, Vec::new())]
        .into_iter()
        .flat_map(|(kind, body)| {
            let mut message = vec![kind];
            message.extend(length24(body.len()));
            message.extend(body);
            record(22, &message)
        })
        .collect()
}

fn record(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len()).expect("a small message");
    [&[kind, 3, 0][..], &length.to_be_bytes(), body].concat()
}

fn length24(length: usize) -> [u8; 3] {
    let bytes = u32::try_from(length).expect("a small message").to_be_bytes();
    [bytes[1], bytes[2], bytes[3]]
}
