//! Certificates that nobody has reason to trust, made anew for each run.

use std::sync::Arc;

use jiff::ToSpan;
use jiff::civil::Date;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256, PublicKeyData, SanType, SignatureAlgorithm,
};
use rustls::ServerConfig;
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};

use crate::tls::client_hello::random;

/// Who the played peer says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    /// The right name, signed by itself.
    SelfSigned,
    /// The right name, signed by an authority that nobody knows.
    UnknownAuthority,
    /// Another name, signed by an authority that nobody knows.
    OtherName,
    /// The right name, ended last year, signed by an authority that nobody knows.
    Expired,
    /// The right name, begins next year, signed by an authority that nobody knows.
    NotYetValid,
}

/// A certificate could not be made: the tester's own trouble.
#[derive(Debug, thiserror::Error)]
#[error("a certificate could not be made: {0}")]
pub struct CertificateTrouble(String);

impl CertificateTrouble {
    /// Says why.
    pub(super) fn new(why: impl std::fmt::Display) -> Self {
        Self(why.to_string())
    }
}

/// TLS 1.2 and 1.3 with such a certificate (EC-256). `protocols` are taken in the order of the device.
///
/// # Errors
/// See [`CertificateTrouble`].
pub fn server(
    identity: Identity,
    host: &str,
    protocols: &[String],
) -> Result<Arc<ServerConfig>, CertificateTrouble> {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(trouble)?;
    let name = if identity == Identity::OtherName { "peer.invalid" } else { host };
    let mut params = params(name)?;
    let chain = match identity {
        Identity::SelfSigned => vec![params.self_signed(&key).map_err(trouble)?.der().clone()],
        _ => {
            match identity {
                Identity::Expired => ended(&mut params),
                Identity::NotYetValid => not_begun(&mut params),
                _ => {}
            }
            let (authority, issuer) = authority()?;
            vec![params.signed_by(&key, &issuer).map_err(trouble)?.der().clone(), authority]
        }
    };
    speaking_for(chain, &key, protocols)
}

/// TLS 1.2 and 1.3 with this chain and key.
pub(super) fn speaking_for(
    chain: Vec<CertificateDer<'static>>,
    key: &KeyPair,
    protocols: &[String],
) -> Result<Arc<ServerConfig>, CertificateTrouble> {
    let key = PrivateKeyDer::try_from(key.serialize_der()).map_err(trouble)?;
    let key = any_supported_type(&key).map_err(trouble)?;
    Ok(speaking_with(CertifiedKey::new(chain, key), protocols))
}

/// TLS 1.2 and 1.3 with a key of any kind.
pub(super) fn speaking_with(key: CertifiedKey, protocols: &[String]) -> Arc<ServerConfig> {
    let mut config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the provider knows TLS 1.2 and 1.3")
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(SingleCertAndKey::from(key)));
    config.alpn_protocols = protocols.iter().map(|name| name.clone().into_bytes()).collect();
    // No session goes on in another trial.
    config.session_storage = Arc::new(rustls::server::NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Arc::new(config)
}

/// A certificate for a flight that leads to no session, DER: on an RSA key that nobody holds, or on an EC one.
///
/// # Errors
/// See [`CertificateTrouble`].
pub fn for_show(host: &str, rsa: bool) -> Result<Vec<u8>, CertificateTrouble> {
    let (_, issuer) = authority()?;
    let params = params(host)?;
    let certificate = if rsa {
        params.signed_by(&RsaForShow::new(), &issuer)
    } else {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(trouble)?;
        params.signed_by(&key, &issuer)
    };
    Ok(certificate.map_err(trouble)?.der().to_vec())
}

fn authority() -> Result<(CertificateDer<'static>, Issuer<'static, KeyPair>), CertificateTrouble> {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(trouble)?;
    let mut params = CertificateParams::new(Vec::new()).map_err(trouble)?;
    name(&mut params, "Unknown authority of a test bench");
    usual_validity(&mut params);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let certificate = params.self_signed(&key).map_err(trouble)?.der().clone();
    Ok((certificate, Issuer::new(params, key)))
}

pub(super) fn params(host: &str) -> Result<CertificateParams, CertificateTrouble> {
    let mut params = CertificateParams::new(Vec::new()).map_err(trouble)?;
    name(&mut params, host);
    let bare = host.trim_matches(['[', ']']);
    params.subject_alt_names = vec![match bare.parse() {
        Ok(address) => SanType::IpAddress(address),
        Err(_) => SanType::DnsName(bare.try_into().map_err(trouble)?),
    }];
    usual_validity(&mut params);
    Ok(params)
}

fn name(params: &mut CertificateParams, name: &str) {
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
}

/// Ended last year.
pub(super) fn ended(params: &mut CertificateParams) {
    let today = jiff::Zoned::now().date();
    set_validity(params, today.saturating_sub(2.years()), today.saturating_sub(1.year()));
}

/// Begins next year.
pub(super) fn not_begun(params: &mut CertificateParams) {
    let today = jiff::Zoned::now().date();
    set_validity(params, today.saturating_add(1.year()), today.saturating_add(2.years()));
}

fn usual_validity(params: &mut CertificateParams) {
    let today = jiff::Zoned::now().date();
    set_validity(params, today.saturating_sub(7.days()), today.saturating_add(1.year()));
}

pub(super) fn set_validity(params: &mut CertificateParams, from: Date, until: Date) {
    let day = |date: Date| {
        let unsigned = |n: i8| u8::try_from(n).expect("months and days of the calendar are positive");
        rcgen::date_time_ymd(date.year().into(), unsigned(date.month()), unsigned(date.day()))
    };
    params.not_before = day(from);
    params.not_after = day(until);
}

fn trouble(error: impl std::fmt::Display) -> CertificateTrouble {
    CertificateTrouble(error.to_string())
}

/// An RSA-2048 public key without a private one: the number has no known factors.
struct RsaForShow(Vec<u8>);

impl RsaForShow {
    fn new() -> Self {
        let mut modulus = random::<256>();
        modulus[0] |= 0x80;
        modulus[255] |= 1;
        // SEQUENCE of the modulus, with a zero before its high bit, and the exponent 65537.
        let mut der = vec![0x30, 0x82, 0x01, 0x0a, 0x02, 0x82, 0x01, 0x01, 0x00];
        der.extend(modulus);
        der.extend([0x02, 0x03, 0x01, 0x00, 0x01]);
        Self(der)
    }
}

impl PublicKeyData for RsaForShow {
    fn der_bytes(&self) -> &[u8] {
        &self.0
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_RSA_SHA256
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::certificate::facts;

    #[test]
    fn certificates_for_show_have_the_key_that_the_suite_needs() {
        let rsa = facts(&for_show("cloud.test", true).unwrap()).unwrap();
        assert_eq!((rsa.key_type.as_str(), rsa.key_bits), ("RSA", Some(2048)));
        let ec = facts(&for_show("cloud.test", false).unwrap()).unwrap();
        assert_eq!((ec.key_type.as_str(), ec.names), ("EC", vec!["cloud.test".to_owned()]));
    }

    #[test]
    fn every_identity_makes_a_server_also_for_an_address() {
        for identity in [
            Identity::SelfSigned,
            Identity::UnknownAuthority,
            Identity::OtherName,
            Identity::Expired,
            Identity::NotYetValid,
        ] {
            assert!(server(identity, "cloud.test", &["mqtt".to_owned()]).is_ok());
            assert!(server(identity, "192.0.2.7", &[]).is_ok());
        }
    }
}
