//! Whether a chain leads to an anchor that the bench trusts, and whether a certificate is for a name.

use std::net::IpAddr;
use std::time::Duration;

use rustls::RootCertStore;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;

use crate::probe::tls_server::{NameMatch, TrustFacts};

/// Which of these names the certificate is for. Addresses count as names.
pub fn names(leaf: &[u8], names: &[String]) -> Vec<NameMatch> {
    let der = CertificateDer::from(leaf);
    let parsed = ParsedCertificate::try_from(&der).ok();
    let holds = |name: &str| {
        let bare = name.trim_matches(['[', ']']);
        let name = match bare.parse::<IpAddr>() {
            Ok(address) => ServerName::from(address),
            Err(_) => ServerName::try_from(bare.to_owned()).ok()?,
        };
        Some(rustls::client::verify_server_name(parsed.as_ref()?, &name).is_ok())
    };
    names.iter().map(|name| NameMatch { name: name.clone(), matches: holds(name).unwrap_or(false) }).collect()
}

/// Whether the chain leads to one of the anchors, at this time.
pub fn chain(chain: &[Vec<u8>], anchors: &str, unix_seconds: u64) -> TrustFacts {
    let mut facts = TrustFacts::default();
    let mut roots = RootCertStore::empty();
    for anchor in CertificateDer::pem_slice_iter(anchors.as_bytes()) {
        match anchor {
            Ok(der) => {
                facts.anchors += 1;
                if chain.first().is_some_and(|leaf| leaf == der.as_ref()) {
                    // Webpki takes no anchor as the certificate of a server; trusted by name it still is.
                    facts.trusted = true;
                }
                if roots.add(der).is_err() {
                    facts.problem = Some("an anchor cannot be read".to_owned());
                }
            }
            Err(error) => facts.problem = Some(format!("the anchors cannot be read: {error}")),
        }
    }
    if facts.trusted {
        facts.problem = None;
        return facts;
    }
    match verify(chain, &roots, unix_seconds) {
        Ok(()) => {
            facts.trusted = true;
            facts.problem = None;
        }
        Err(problem) => facts.problem = facts.problem.or(Some(problem)),
    }
    facts
}

fn verify(chain: &[Vec<u8>], roots: &RootCertStore, unix_seconds: u64) -> Result<(), String> {
    let Some((leaf, more)) = chain.split_first() else {
        return Err("the server sent no certificate".to_owned());
    };
    let leaf = CertificateDer::from(leaf.as_slice());
    let parsed = ParsedCertificate::try_from(&leaf).map_err(|error| error.to_string())?;
    let more: Vec<CertificateDer<'_>> = more.iter().map(|der| CertificateDer::from(der.as_slice())).collect();
    rustls::client::verify_server_cert_signed_by_trust_anchor(
        &parsed,
        roots,
        &more,
        UnixTime::since_unix_epoch(Duration::from_secs(unix_seconds)),
        ring::default_provider().signature_verification_algorithms.all,
    )
    .map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};

    use super::*;

    /// A leaf for `device.test` from an authority of its own, and the authority in PEM.
    fn made() -> (Vec<u8>, String) {
        let mut authority = CertificateParams::new(Vec::new()).unwrap();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority_key = KeyPair::generate().unwrap();
        let authority_certificate = authority.self_signed(&authority_key).unwrap();
        let issuer = Issuer::new(authority, authority_key);
        let leaf = CertificateParams::new(vec!["device.test".to_owned(), "192.0.2.7".to_owned()]).unwrap();
        let leaf = leaf.signed_by(&KeyPair::generate().unwrap(), &issuer).unwrap();
        (leaf.der().to_vec(), authority_certificate.pem())
    }

    #[test]
    fn a_private_authority_is_trusted_if_the_bench_says_so() {
        let now = 1_795_000_000;
        let (leaf, anchor) = made();
        let (other_leaf, _) = made();
        assert_eq!(
            chain(std::slice::from_ref(&leaf), &anchor, now),
            TrustFacts { anchors: 1, trusted: true, problem: None }
        );
        for (sent, anchors) in [(vec![other_leaf], anchor.as_str()), (vec![leaf], ""), (vec![], &anchor)] {
            let facts = chain(&sent, anchors, now);
            assert!(!facts.trusted && facts.problem.is_some(), "{facts:?}");
        }
    }

    #[test]
    fn names_and_addresses_are_told_apart() {
        let (leaf, _) = made();
        let asked =
            ["device.test", "other.test", "192.0.2.7", "192.0.2.8", "[::1]", "*bad*"].map(str::to_owned);
        let matches: Vec<bool> = names(&leaf, &asked).iter().map(|name| name.matches).collect();
        assert_eq!(matches, [true, false, true, false, false, false]);
        assert!(names(b"no certificate", &asked).iter().all(|name| !name.matches));
    }
}
