//! A ClientHello that a current TLS library would not send, and how far a careless client goes with it.

use std::net::SocketAddrV4;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::behaviour::Caller;
use crate::network::Network;

/// Longest wait for the answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// Suites of a device of ten years ago.
const OLD_SUITES: [u16; 5] = [0xC02B, 0xC02F, 0xC009, 0xC013, 0x002F];
/// TLS_RSA_WITH_NULL_SHA256.
const NULL_SUITE: u16 = 0x003B;
/// TLS_ECDH_anon_WITH_AES_128_CBC_SHA.
const ANONYMOUS_SUITE: u16 = 0xC018;
/// TLS_ECDHE_RSA_WITH_RC4_128_SHA.
const RC4_SUITE: u16 = 0xC011;

/// Says hello in the old way, and goes on if the answer is one that only a careless client takes; else hangs up.
/// `None` if nobody is there.
pub(crate) async fn knock(
    network: &Arc<Network>,
    to: SocketAddrV4,
    host: &str,
    caller: Caller,
) -> Option<()> {
    let mut stream = network.dial(to).await.ok()?;
    let _gave_up = tokio::time::timeout(PATIENCE, async {
        stream.write_all(&hello(host, caller)).await.ok()?;
        let mut answer = [0; 5 + 38 + 32 + 2];
        let mut length = 0;
        while length < answer.len() {
            match stream.read(&mut answer[length..]).await.ok()? {
                0 => return None,
                count => length += count,
            }
            if length >= 7 && answer[0] != 0x16 {
                return None; // an alert
            }
        }
        if taken(&answer, caller) {
            // ClientKeyExchange, without a key in it.
            stream.write_all(&[0x16, 3, answer[10], 0, 5, 16, 0, 0, 1, 0]).await.ok()?;
            let _said = stream.read(&mut [0; 256]).await;
        }
        Some(())
    })
    .await;
    Some(())
}

/// Whether a ServerHello is one that a sound client would not go on with.
fn taken(answer: &[u8], caller: Caller) -> bool {
    let session = usize::from(answer[43]);
    let suite = answer.get(44 + session..46 + session).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
    match caller {
        Caller::OldVersions => answer[9] == 3 && answer[10] < 3,
        _ => suite.is_some() && suite == weak_suite(caller),
    }
}

/// The suite that such a caller should not have.
fn weak_suite(caller: Caller) -> Option<u16> {
    match caller {
        Caller::NullSuite => Some(NULL_SUITE),
        Caller::AnonymousSuite => Some(ANONYMOUS_SUITE),
        Caller::Rc4Suite => Some(RC4_SUITE),
        _ => None,
    }
}

fn hello(host: &str, caller: Caller) -> Vec<u8> {
    let mut suites = OLD_SUITES.to_vec();
    let mut versions: &[u8] = &[3, 3];
    match caller {
        Caller::OldVersions => versions = &[3, 3, 3, 2, 3, 1],
        _ => suites.truncate(2),
    }
    suites.extend(weak_suite(caller));
    let mut extensions = Vec::new();
    let name = [&[0][..], &long(host.as_bytes())].concat();
    extension(&mut extensions, 0, &long(&name));
    extension(&mut extensions, 10, &long(&[0, 0x17, 0, 0x18]));
    extension(&mut extensions, 11, &[1, 0]);
    extension(&mut extensions, 13, &long(&[4, 3, 5, 3, 4, 1, 2, 1, 2, 3]));
    extension(&mut extensions, 43, &[&[versions.len() as u8], versions].concat());
    let mut body = vec![3, 3];
    body.extend_from_slice(b"HK-100 laboratory client random."); // 32 octets, and no secret
    body.push(0);
    let suites: Vec<u8> = suites.iter().flat_map(|suite| suite.to_be_bytes()).collect();
    body.extend(long(&suites));
    body.extend([1, 0]);
    body.extend(long(&extensions));
    let message = [&[1, 0][..], &long(&body)].concat();
    [&[0x16, 3, 1][..], &long(&message)].concat()
}

/// Octets with their length in two octets before them.
fn long(octets: &[u8]) -> Vec<u8> {
    [&(octets.len() as u16).to_be_bytes()[..], octets].concat()
}

fn extension(all: &mut Vec<u8>, kind: u16, body: &[u8]) {
    all.extend(kind.to_be_bytes());
    all.extend(long(body));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server_hello(minor: u8, suite: u16) -> Vec<u8> {
        let mut answer = vec![0x16, 3, minor, 0, 50, 2, 0, 0, 46, 3, minor];
        answer.resize(answer.len() + 32, 7);
        answer.push(0);
        answer.extend(suite.to_be_bytes());
        answer.resize(77, 0);
        // The version stands at the ninth octet, after the headers of record and message.
        assert_eq!(answer[9..11], [3, minor]);
        answer
    }

    #[test]
    fn each_careless_client_goes_on_with_its_own_weakness_alone() {
        assert!(taken(&server_hello(1, 0xC009), Caller::OldVersions));
        assert!(!taken(&server_hello(3, 0xC009), Caller::OldVersions));
        assert!(taken(&server_hello(3, NULL_SUITE), Caller::NullSuite));
        assert!(!taken(&server_hello(1, 0x002F), Caller::NullSuite));
        assert!(taken(&server_hello(3, ANONYMOUS_SUITE), Caller::AnonymousSuite));
        assert!(taken(&server_hello(3, RC4_SUITE), Caller::Rc4Suite));
        assert!(!taken(&server_hello(3, NULL_SUITE), Caller::Rc4Suite));
    }
}
