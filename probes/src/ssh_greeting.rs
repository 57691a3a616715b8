//! What an SSH server shows before a login: its algorithms, and its host keys, which it shows in the first
//! reply of a key exchange and in the clear (RFC 4253, RFC 5656, RFC 8731). No key exchange is finished.

use sha2::{Digest, Sha256};
use tokio::io::{AsyncRead, AsyncWrite};

use crate::disclosed::printable;
use crate::probe::identify::{SshHostKey, SshServer};
use crate::service_recognition::{BANNER, PAUSE, Recognition};

const VERSION: &[u8] = b"SSH-2.0-hantei\r\n";
const KEXINIT: u8 = 20;
const EXCHANGE_INIT: u8 = 30;
const EXCHANGE_REPLY: u8 = 31;
/// Most names kept of one list.
const NAMES_AT_MOST: usize = 64;
/// Most types of host keys asked for, each on a connection of its own.
const KEYS_AT_MOST: usize = 5;

/// Key exchanges that can be begun without a secret of our own, the usual ones first, with our part.
const EXCHANGES: [(&str, Part); 9] = [
    ("curve25519-sha256", Part::Montgomery),
    ("curve25519-sha256@libssh.org", Part::Montgomery),
    ("ecdh-sha2-nistp256", Part::P256),
    ("diffie-hellman-group14-sha256", Part::Number),
    ("diffie-hellman-group16-sha512", Part::Number),
    ("diffie-hellman-group18-sha512", Part::Number),
    ("diffie-hellman-group15-sha512", Part::Number),
    ("diffie-hellman-group14-sha1", Part::Number),
    ("diffie-hellman-group1-sha1", Part::Number),
];

/// Our public part of an exchange. It is the same for everybody: nothing is kept secret under it.
#[derive(Clone, Copy)]
enum Part {
    Montgomery,
    P256,
    Number,
}

impl Part {
    fn bytes(self) -> Vec<u8> {
        match self {
            Self::Montgomery => {
                let mut point = vec![0; 32];
                point[0] = 9;
                point
            }
            // The base point of P-256.
            Self::P256 => {
                let point = "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296\
                             4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";
                let digit = |byte: u8| (byte as char).to_digit(16).unwrap_or_default() as u8;
                point.as_bytes().chunks(2).map(|two| digit(two[0]) << 4 | digit(two[1])).collect()
            }
            Self::Number => vec![0x5a; 64],
        }
    }
}

impl Recognition<'_> {
    /// Takes in what an SSH server shows; `heard` holds its version line.
    pub(crate) async fn secure_shell(
        &mut self,
        stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
        heard: &[u8],
    ) {
        let version = version_line(heard).unwrap_or_default().to_vec();
        self.is("ssh", &version);
        self.tell("server-software", &version, "SSH banner");
        self.offer_unsure("ssh", "SSH authenticates; whether by password was not asked");
        self.talk.send(stream, VERSION).await;
        let mut bytes = heard.to_vec();
        if first_packet(&bytes, KEXINIT).is_none() {
            let head = bytes.clone();
            let came = |more: &[u8]| first_packet(&[&head, more].concat(), KEXINIT).is_some();
            bytes.extend(self.talk.read(stream, BANNER, PAUSE, came).await);
        }
        let Some(mut server) = first_packet(&bytes, KEXINIT).and_then(algorithms) else {
            return;
        };
        server.version = printable(&version, 128).trim().to_owned();
        server.host_keys = self.host_keys(&server).await;
        self.identity.ssh = Some(server);
    }

    /// One host key of each type that the server has.
    async fn host_keys(&mut self, server: &SshServer) -> Vec<SshHostKey> {
        let mut keys: Vec<SshHostKey> = Vec::new();
        let mut asked: Vec<&str> = Vec::new();
        let exchange =
            EXCHANGES.iter().find(|(name, _)| server.key_exchanges.iter().any(|known| known == name));
        let Some((exchange, part)) = exchange else { return keys };
        for algorithm in &server.host_key_algorithms {
            let kind = key_type(algorithm);
            if asked.contains(&kind) || algorithm.contains("-cert-") || asked.len() >= KEYS_AT_MOST {
                continue;
            }
            asked.push(kind);
            if let Some(key) = self.host_key(server, exchange, *part, algorithm).await
                && !keys.contains(&key)
            {
                keys.push(key);
            }
        }
        keys
    }

    async fn host_key(
        &mut self,
        server: &SshServer,
        exchange: &str,
        part: Part,
        algorithm: &str,
    ) -> Option<SshHostKey> {
        let mut stream = self.talk.open(&format!("SSH host key {algorithm}")).await.ok()?;
        self.talk.send(&mut stream, VERSION).await;
        let came = |bytes: &[u8]| first_packet(bytes, KEXINIT).is_some();
        let mut bytes = self.talk.read(&mut stream, BANNER, PAUSE, came).await;
        first_packet(&bytes, KEXINIT)?;
        self.talk.send(&mut stream, &packet(&our_algorithms(server, exchange, algorithm))).await;
        self.talk.send(&mut stream, &packet(&[&[EXCHANGE_INIT][..], &string(&part.bytes())].concat())).await;
        let head = bytes.clone();
        let replied = |more: &[u8]| first_packet(&[&head, more].concat(), EXCHANGE_REPLY).is_some();
        // A small device takes its time for a key exchange.
        bytes.extend(self.talk.read(&mut stream, 4 * BANNER, 4 * PAUSE, replied).await);
        first_packet(&bytes, EXCHANGE_REPLY).and_then(|payload| Reader(payload).string()).and_then(host_key)
    }
}

/// The line with the version; others may come before it.
fn version_line(bytes: &[u8]) -> Option<&[u8]> {
    bytes.split(|byte| *byte == b'\n').take(16).find(|line| line.starts_with(b"SSH-"))
}

/// The content of the first packet of a kind behind the version line, without its kind.
fn first_packet(bytes: &[u8], kind: u8) -> Option<&[u8]> {
    let line = version_line(bytes)?;
    let start = line.as_ptr() as usize - bytes.as_ptr() as usize + line.len() + 1;
    let mut rest = bytes.get(start..)?;
    for _ in 0..16 {
        let length: [u8; 4] = rest.get(..4)?.try_into().ok()?;
        let length = u32::from_be_bytes(length) as usize;
        if !(2..=35_000).contains(&length) {
            return None;
        }
        let body = rest.get(4..4 + length)?;
        let payload = body.get(1..length.checked_sub(usize::from(body[0]))?)?;
        if payload.first() == Some(&kind) {
            return Some(&payload[1..]);
        }
        rest = &rest[4 + length..];
    }
    None
}

/// The lists of a KEXINIT.
fn algorithms(payload: &[u8]) -> Option<SshServer> {
    let mut reader = Reader(payload.get(16..)?);
    let mut list = || {
        let names = reader.string()?;
        let names = names.split(|byte| *byte == b',').filter(|name| !name.is_empty()).take(NAMES_AT_MOST);
        Some(names.map(|name| printable(name, 64)).collect::<Vec<String>>())
    };
    let (key_exchanges, host_key_algorithms) = (list()?, list()?);
    let mut both = || {
        let (mut names, other) = (list()?, list()?);
        for name in other {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        Some(names)
    };
    let (ciphers, macs, compressions) = (both()?, both()?, both()?);
    if key_exchanges.is_empty() || host_key_algorithms.is_empty() {
        return None;
    }
    Some(SshServer {
        key_exchanges,
        host_key_algorithms,
        ciphers,
        macs,
        compressions,
        ..SshServer::default()
    })
}

/// Our KEXINIT: one exchange, one algorithm of the host key, and whatever else the server has.
fn our_algorithms(server: &SshServer, exchange: &str, algorithm: &str) -> Vec<u8> {
    let list = |names: &[String]| string(names.join(",").as_bytes());
    let mut payload = vec![KEXINIT];
    payload.extend([0; 16]);
    payload.extend(string(exchange.as_bytes()));
    payload.extend(string(algorithm.as_bytes()));
    for names in [&server.ciphers, &server.macs, &server.compressions] {
        payload.extend(list(names));
        payload.extend(list(names));
    }
    // No languages, no guess, reserved.
    payload.extend([0; 8]);
    payload.extend([0; 5]);
    payload
}

/// The type of the key behind an algorithm: two signatures of one RSA key are one key.
fn key_type(algorithm: &str) -> &str {
    match algorithm {
        "rsa-sha2-256" | "rsa-sha2-512" => "ssh-rsa",
        other => other,
    }
}

/// What a host key is: type, length, fingerprint.
fn host_key(blob: &[u8]) -> Option<SshHostKey> {
    let mut reader = Reader(blob);
    let kind = printable(reader.string()?, 64);
    let bits = match kind.as_str() {
        "ssh-rsa" => {
            reader.string()?;
            bit_length(reader.string()?)
        }
        "ssh-dss" => bit_length(reader.string()?),
        "ssh-ed25519" => 256,
        "ssh-ed448" => 448,
        "ecdsa-sha2-nistp256" => 256,
        "ecdsa-sha2-nistp384" => 384,
        "ecdsa-sha2-nistp521" => 521,
        _ => 0,
    };
    let fingerprint = format!("SHA256:{}", base64(&Sha256::digest(blob)));
    Some(SshHostKey { kind, bits, fingerprint })
}

fn bit_length(number: &[u8]) -> u32 {
    let digits = &number[number.iter().position(|byte| *byte != 0).unwrap_or(number.len())..];
    digits.first().map_or(0, |first| digits.len() as u32 * 8 - first.leading_zeros())
}

/// Base64 without padding.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for part in bytes.chunks(3) {
        let number =
            part.iter().fold(0_u32, |number, byte| number << 8 | u32::from(*byte)) << (8 * (3 - part.len()));
        for place in 0..=part.len() {
            text.push(char::from(LETTERS[(number >> (18 - 6 * place) & 63) as usize]));
        }
    }
    text
}

/// Bytes with their length; a number of the protocol needs no other form as long as it is positive.
fn string(bytes: &[u8]) -> Vec<u8> {
    [&(bytes.len() as u32).to_be_bytes()[..], bytes].concat()
}

/// A packet in the clear: length, length of the padding, content, padding to a multiple of eight.
fn packet(payload: &[u8]) -> Vec<u8> {
    let padding = 8 - (payload.len() + 5) % 8;
    let padding = if padding < 4 { padding + 8 } else { padding };
    let mut bytes = (1 + payload.len() as u32 + padding as u32).to_be_bytes().to_vec();
    bytes.push(padding as u8);
    bytes.extend(payload);
    bytes.resize(bytes.len() + padding, 0);
    bytes
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn string(&mut self) -> Option<&'a [u8]> {
        let length: [u8; 4] = self.0.get(..4)?.try_into().ok()?;
        let length = u32::from_be_bytes(length) as usize;
        let content = self.0.get(4..4_usize.checked_add(length)?)?;
        self.0 = &self.0[4 + length..];
        Some(content)
    }
}

#[cfg(test)]
#[path = "ssh_greeting_tests.rs"]
mod tests;
