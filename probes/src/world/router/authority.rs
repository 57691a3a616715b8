//! Who signs for the services of the world: an authority that the supplier lent, or one made for this bench, which
//! the device has to be told to trust.

use std::sync::Arc;

use jiff::ToSpan;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, SanType,
};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// An authority with its key.
pub struct Authority {
    certificate: String,
    key: String,
    issuer: Issuer<'static, KeyPair>,
}

impl std::fmt::Debug for Authority {
    /// Without the key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authority").finish_non_exhaustive()
    }
}

/// An authority cannot be made or used. The lab's trouble.
#[derive(Debug, thiserror::Error)]
#[error("the authority of the bench cannot be used: {0}")]
pub struct AuthorityTrouble(String);

impl Authority {
    /// One of this bench alone, good for a year (EC-256).
    ///
    /// # Errors
    /// See [`AuthorityTrouble`].
    pub fn new(name: &str) -> Result<Self, AuthorityTrouble> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(trouble)?;
        let mut params = params(name)?;
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let certificate = params.self_signed(&key).map_err(trouble)?.pem();
        Ok(Self { certificate, key: key.serialize_pem(), issuer: Issuer::new(params, key) })
    }

    /// One that was lent: certificate as PEM, key as PKCS #8 PEM.
    ///
    /// # Errors
    /// They cannot be read, or the key cannot sign.
    pub fn lent(certificate: String, key: String) -> Result<Self, AuthorityTrouble> {
        let pair = KeyPair::from_pem(&key).map_err(trouble)?;
        let issuer = Issuer::from_ca_cert_pem(&certificate, pair).map_err(trouble)?;
        Ok(Self { certificate, key, issuer })
    }

    /// Its certificate, PEM: what the device has to trust.
    pub fn certificate(&self) -> &str {
        &self.certificate
    }

    /// Its key, PKCS #8 PEM.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// TLS 1.2 and 1.3 of a host with a certificate of this authority. `protocols` may be empty.
    ///
    /// # Errors
    /// See [`AuthorityTrouble`].
    pub fn server(&self, host: &str, protocols: &[&str]) -> Result<Arc<ServerConfig>, AuthorityTrouble> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(trouble)?;
        let mut params = params(host)?;
        params.subject_alt_names = vec![match host.parse() {
            Ok(address) => SanType::IpAddress(address),
            Err(_) => SanType::DnsName(host.try_into().map_err(trouble)?),
        }];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let leaf = params.signed_by(&key, &self.issuer).map_err(trouble)?.der().clone();
        let own = CertificateDer::from_pem_slice(self.certificate.as_bytes()).map_err(trouble)?;
        let key = PrivateKeyDer::try_from(key.serialize_der()).map_err(trouble)?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(trouble)?
            .with_no_client_auth()
            .with_single_cert(vec![leaf, own], key)
            .map_err(trouble)?;
        config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
        Ok(Arc::new(config))
    }
}

fn params(name: &str) -> Result<CertificateParams, AuthorityTrouble> {
    let mut params = CertificateParams::new(Vec::new()).map_err(trouble)?;
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    let today = jiff::Zoned::now().date();
    let day = |date: jiff::civil::Date| {
        let unsigned = |n: i8| u8::try_from(n).expect("months and days of the calendar are positive");
        rcgen::date_time_ymd(date.year().into(), unsigned(date.month()), unsigned(date.day()))
    };
    params.not_before = day(today.saturating_sub(7.days()));
    params.not_after = day(today.saturating_add(1.year()));
    Ok(params)
}

fn trouble(error: impl std::fmt::Display) -> AuthorityTrouble {
    AuthorityTrouble(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_authority_that_is_lent_signs_as_its_owner_does() {
        let own = Authority::new("Authority of a bench").unwrap();
        let lent = Authority::lent(own.certificate().to_owned(), own.key().to_owned()).unwrap();
        for authority in [&own, &lent] {
            assert!(authority.server("cloud.example", &["mqtt"]).is_ok());
            assert!(authority.server("192.0.2.7", &[]).is_ok());
        }
    }

    #[test]
    fn what_is_no_authority_is_refused() {
        let own = Authority::new("Authority of a bench").unwrap();
        assert!(Authority::lent("nothing".into(), own.key().into()).is_err());
        assert!(Authority::lent(own.certificate().into(), "nothing".into()).is_err());
    }
}
