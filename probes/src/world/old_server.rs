//! A peer that answers with a version or a suite that the device should not take. It goes as far as a server's
//! first flight: whoever reads its certificate, or sends a key, has taken version and suite.

use std::time::Duration;

use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PublicKeyData};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::certificates::{self, CertificateTrouble};
use super::client_hello::{self, ClientOffer, First, records};
use super::ending::Ending;
use super::stranger::Taken;
use crate::tls::answer::alert_text;
use crate::tls::client_hello::random;

/// What is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weak {
    /// Version on the wire.
    pub version: u16,
    /// One of these that the device offers, else the first of them; empty: one of the old ones that it offers.
    pub suites: &'static [u16],
    /// No certificate is shown.
    pub anonymous: bool,
}

impl Weak {
    /// A version, with one of its usual suites.
    pub const fn version(version: u16) -> Self {
        Self { version, suites: &[], anonymous: false }
    }

    /// TLS 1.2 with one of these suites.
    pub const fn suites(suites: &'static [u16]) -> Self {
        Self { version: 0x0303, suites, anonymous: false }
    }
}

/// Suites without encryption: TLS_RSA_WITH_NULL_SHA256 and the older ones.
pub const NULL_SUITES: &[u16] = &[0x003b, 0x0002, 0x0001, 0xc006, 0xc010];
/// Suites without authentication, on elliptic curves and on a group of primes.
pub const ANONYMOUS: Weak = Weak {
    version: 0x0303,
    suites: &[0xc018, 0xc019, 0xc017, 0xc016, 0xc015, 0x0034, 0x003a, 0x006c, 0x006d, 0x00a6, 0x00a7, 0x0018],
    anonymous: true,
};
/// Suites that were weakened for export.
pub const EXPORT_SUITES: &[u16] = &[0x0003, 0x0006, 0x0008, 0x0014, 0x0011];
/// Suites on RC4.
pub const RC4_SUITES: &[u16] = &[0xc011, 0xc007, 0x0005, 0x0004];

/// Suites that TLS 1.0 and 1.1 know, on RSA keys and on EC keys.
const OLD_RSA: [u16; 6] = [0x002f, 0x0035, 0x000a, 0xc013, 0xc014, 0x0005];
const OLD_EC: [u16; 4] = [0xc009, 0xc00a, 0xc008, 0xc007];

/// Alerts by which a client says that it will not speak so: handshake_failure, illegal_parameter,
/// protocol_version, insufficient_security, inappropriate_fallback.
const NOT_LIKE_THIS: [u8; 5] = [40, 47, 70, 71, 86];
/// Alerts about the certificate, which is looked at once version and suite are taken.
const ABOUT_THE_CERTIFICATE: [u8; 7] = [42, 43, 44, 45, 46, 48, 51];

/// Both kinds of certificates, made once.
pub struct OldServer {
    rsa: Vec<u8>,
    ec: Vec<u8>,
    /// A point on P-256, uncompressed.
    point: Vec<u8>,
}

impl OldServer {
    /// For this host.
    ///
    /// # Errors
    /// A certificate could not be made.
    pub fn new(host: &str) -> Result<Self, CertificateTrouble> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(CertificateTrouble::new)?;
        Ok(Self {
            rsa: certificates::for_show(host, true)?,
            ec: certificates::for_show(host, false)?,
            point: key.der_bytes().to_vec(),
        })
    }

    /// Answers the device, and waits `patience` for what it does then.
    pub async fn meet(&self, mut stream: TcpStream, weak: Weak, patience: Duration) -> Taken {
        let offer = match client_hello::take(&mut stream, patience).await {
            First::Hello(offer) => offer,
            First::NotTls => return (Ending::Plain, Some("the device spoke without TLS".to_owned())),
            First::Unfinished => return (Ending::NoConnection, Some("no ClientHello came".to_owned())),
        };
        if stream.write_all(&self.flight(&offer, weak)).await.is_err() {
            return (Ending::Closed, None);
        }
        let mut seen = Vec::new();
        let reading = async {
            let mut part = [0; 2048];
            loop {
                match stream.read(&mut part).await {
                    Ok(0) | Err(_) => return (Ending::Closed, None),
                    Ok(count) => seen.extend_from_slice(&part[..count]),
                }
                if let Some(taken) = verdict(&seen, weak.anonymous) {
                    return taken;
                }
                if seen.len() > 64 * 1024 {
                    return (Ending::NotPossible, Some("no end of the answer".to_owned()));
                }
            }
        };
        tokio::time::timeout(patience, reading)
            .await
            .unwrap_or((Ending::Silent, Some("nothing came after the answer".to_owned())))
    }

    /// ServerHello, Certificate, ServerHelloDone, each in a record.
    fn flight(&self, offer: &ClientOffer, weak: Weak) -> Vec<u8> {
        let offered = |list: &[u16]| list.iter().copied().find(|suite| offer.suites.contains(suite));
        let suite = match weak.suites {
            [] => offered(&OLD_EC).or_else(|| offered(&OLD_RSA)).unwrap_or(OLD_RSA[0]),
            [first, ..] => offered(weak.suites).unwrap_or(*first),
        };
        let on_ec = OLD_EC.contains(&suite) || matches!(suite, 0xc006 | 0xc007);
        let certificate = if on_ec { &self.ec } else { &self.rsa };
        let mut hello = weak.version.to_be_bytes().to_vec();
        hello.extend(random::<32>());
        hello.push(0);
        hello.extend(suite.to_be_bytes());
        hello.push(0);
        // Secure renegotiation, which many clients insist on.
        hello.extend([0, 5, 0xff, 0x01, 0, 1, 0]);
        let entry = [&length(certificate.len())[..], certificate].concat();
        let chain = [&length(entry.len())[..], &entry].concat();
        let mut flight = Vec::new();
        let shown = if weak.anonymous { (12, self.agreement(suite)) } else { (11, chain) };
        for (kind, body) in [(2_u8, hello), shown, (14, Vec::new())] {
            let message = [&[kind][..], &length(body.len()), &body].concat();
            flight.push(22);
            flight.extend(weak.version.to_be_bytes());
            flight.extend(&length(message.len())[1..]);
            flight.extend(message);
        }
        flight
    }

    /// ServerKeyExchange without a signature: a point on P-256, or a number in a group that nobody knows.
    fn agreement(&self, suite: u16) -> Vec<u8> {
        if suite & 0xff00 == 0xc000 {
            return [&[3, 0, 23, self.point.len() as u8][..], &self.point].concat();
        }
        let (mut modulus, mut public) = (random::<256>(), random::<256>());
        modulus[0] |= 0x80;
        modulus[255] |= 1;
        public[0] &= 0x7f;
        [&[1, 0][..], &modulus, &[0, 1, 2], &[1, 0], &public].concat()
    }
}

/// What the answer of the device says; `None` while more is needed.
fn verdict(seen: &[u8], anonymous: bool) -> Option<Taken> {
    let (kind, body) = records(seen).next()?;
    Some(match (kind, body) {
        // Nothing but a key says that a peer without any certificate was taken.
        (21, [_, number]) if anonymous => (Ending::RefusedByAlert, Some(alert_text(*number))),
        (21, [_, number]) if NOT_LIKE_THIS.contains(number) => {
            (Ending::RefusedByAlert, Some(alert_text(*number)))
        }
        (21, [_, number]) if ABOUT_THE_CERTIFICATE.contains(number) => {
            (Ending::WentOn, Some(format!("it looked at the certificate: {}", alert_text(*number))))
        }
        // unexpected_message: the key that the suite needs was left out.
        (21, [_, 10]) => (Ending::WentOn, Some(alert_text(10))),
        (21, [_, number]) => (Ending::RefusedByAlert, Some(alert_text(*number))),
        (22, _) => (Ending::WentOn, Some("it sent a key".to_owned())),
        _ => (Ending::NotPossible, Some(format!("a record of type {kind}"))),
    })
}

/// Three octets of a length.
fn length(length: usize) -> [u8; 3] {
    let octets = u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes();
    [octets[1], octets[2], octets[3]]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alert_about_the_certificate_says_that_the_version_was_taken() {
        let alert =
            |number, anonymous| verdict(&[21, 3, 1, 0, 2, 2, number], anonymous).map(|(ending, _)| ending);
        assert_eq!(alert(70, false), Some(Ending::RefusedByAlert));
        assert_eq!(alert(48, false), Some(Ending::WentOn));
        assert_eq!(alert(10, true), Some(Ending::RefusedByAlert));
        assert_eq!(verdict(&[21, 3, 1, 0, 2, 2], false), None);
        for anonymous in [false, true] {
            let taken = verdict(&[22, 3, 1, 0, 1, 16], anonymous).map(|(ending, _)| ending);
            assert_eq!(taken, Some(Ending::WentOn));
        }
    }

    #[test]
    fn the_suite_is_one_that_the_client_offers_with_the_key_that_it_needs() {
        let server = OldServer::new("cloud.test").unwrap();
        let weak = Weak::version(0x0301);
        let suite = |suites: &[u16]| {
            let offer = ClientOffer { suites: suites.to_vec(), ..ClientOffer::default() };
            let flight = server.flight(&offer, weak);
            let ec = flight.windows(server.ec.len()).any(|window| window == server.ec);
            (u16::from_be_bytes([flight[44], flight[45]]), ec)
        };
        assert_eq!(suite(&[0x1301, 0xc02b, 0xc00a]), (0xc00a, true));
        assert_eq!(suite(&[0x1301, 0x0035]), (0x0035, false));
        assert_eq!(suite(&[0x1301]), (0x002f, false));
    }

    #[test]
    fn who_has_no_name_shows_no_certificate_and_takes_a_suite_that_is_offered() {
        let server = OldServer::new("cloud.test").unwrap();
        for (suites, suite) in [(vec![0x1301, 0x003a], 0x003a_u16), (vec![0x1301], 0xc018)] {
            let offer = ClientOffer { suites, ..ClientOffer::default() };
            let flight = server.flight(&offer, ANONYMOUS);
            assert_eq!(flight[44..46], suite.to_be_bytes());
            let kinds: Vec<u8> = records(&flight).map(|(_, body)| body[0]).collect();
            assert_eq!(kinds, [2, 12, 14]);
        }
    }
}
