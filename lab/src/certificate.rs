//! Certificates: the one of the device's web interface, and the small certificate authority of the
//! maker that the device trusts.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use jiff::civil::Date;
use jiff::{ToSpan, Zoned};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, SanType,
};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore, ServerConfig};

use crate::behaviour::{Behaviour, Caller};
use crate::error::LabError;
use crate::model;
use crate::spec::StoredCertificate;
use crate::{calling, lenient};

/// First and last day of a sound certificate: a year around today.
pub(crate) fn validity() -> (Date, Date) {
    let today = Zoned::now().date();
    (today.saturating_sub(1.year()), today.saturating_add(1.year()))
}

/// Makes the certificate of the web interface. It names the model and tells no serial number.
pub(crate) fn of_device(address: Ipv4Addr, behaviour: &Behaviour) -> Result<StoredCertificate, LabError> {
    let algorithm =
        if behaviour.certificate_p384 { &PKCS_ECDSA_P384_SHA384 } else { &PKCS_ECDSA_P256_SHA256 };
    let key = KeyPair::generate_for(algorithm).map_err(wrong)?;
    let mut params = params(model::MODEL)?;
    params.subject_alt_names = vec![SanType::IpAddress(IpAddr::V4(address))];
    if behaviour.certificate_expired {
        let (from, until) = validity();
        set_validity(&mut params, from.saturating_sub(2.years()), until.saturating_sub(2.years()));
    }
    let certificate = params.self_signed(&key).map_err(wrong)?;
    Ok(StoredCertificate { certificate: certificate.pem(), key: key.serialize_pem() })
}

/// TLS side of the device: TLS 1.2 and 1.3.
pub(crate) fn device_server(stored: &StoredCertificate) -> Result<(Arc<ServerConfig>, Vec<u8>), LabError> {
    let certificate = CertificateDer::from_pem_slice(stored.certificate.as_bytes()).map_err(wrong)?;
    let key = PrivateKeyDer::from_pem_slice(stored.key.as_bytes()).map_err(wrong)?;
    let der = certificate.to_vec();
    Ok((server(vec![certificate], key)?, der))
}

/// The maker's certificate authority.
pub(crate) struct Maker {
    issuer: Issuer<'static, KeyPair>,
    root: CertificateDer<'static>,
    stored: StoredCertificate,
}

impl Maker {
    /// A fresh one.
    pub(crate) fn new() -> Result<Self, LabError> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(wrong)?;
        let certificate = Self::params()?.self_signed(&key).map_err(wrong)?.pem();
        Self::of(&StoredCertificate { certificate, key: key.serialize_pem() })
    }

    /// The very same one again.
    pub(crate) fn of(stored: &StoredCertificate) -> Result<Self, LabError> {
        let root = CertificateDer::from_pem_slice(stored.certificate.as_bytes()).map_err(wrong)?;
        let key = KeyPair::from_pem(&stored.key).map_err(wrong)?;
        Ok(Self { issuer: Issuer::new(Self::params()?, key), root, stored: stored.clone() })
    }

    /// Certificate and key, as they are lent for a test.
    pub(crate) fn stored(&self) -> &StoredCertificate {
        &self.stored
    }

    fn params() -> Result<CertificateParams, LabError> {
        let mut params = params(&format!("{} Root", model::MANUFACTURER))?;
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        Ok(params)
    }

    /// TLS side of a server of the maker.
    pub(crate) fn server(&self, host: &str) -> Result<Arc<ServerConfig>, LabError> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(wrong)?;
        let mut params = params(host)?;
        params.subject_alt_names = vec![SanType::DnsName(host.try_into().map_err(wrong)?)];
        let certificate = params.signed_by(&key, &self.issuer).map_err(wrong)?;
        let key = PrivateKeyDer::try_from(key.serialize_der()).map_err(wrong)?;
        server(vec![certificate.der().clone()], key)
    }

    /// TLS side of the device as a client of the maker; trusts nobody else, as far as such a caller looks.
    pub(crate) fn client(&self, caller: Caller) -> Result<Arc<ClientConfig>, LabError> {
        match caller {
            Caller::AnyCertificate => return Ok(calling::careless()),
            Caller::IgnoresName
            | Caller::TakesExpired
            | Caller::TakesNotYetValid
            | Caller::IgnoresKeyUsage
            | Caller::TakesIssuerWithoutCaBit
            | Caller::TakesUnknownSignature
            | Caller::TakesSmallKey
            | Caller::ComparesNames => return lenient::client(&self.root, caller),
            _ => {}
        }
        let mut roots = RootCertStore::empty();
        roots.add(self.root.clone()).map_err(wrong)?;
        let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(wrong)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Arc::new(config))
    }
}

fn server(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<Arc<ServerConfig>, LabError> {
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(wrong)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(wrong)?;
    Ok(Arc::new(config))
}

fn params(name: &str) -> Result<CertificateParams, LabError> {
    let mut params = CertificateParams::new(Vec::new()).map_err(wrong)?;
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    let (from, until) = validity();
    set_validity(&mut params, from, until);
    Ok(params)
}

fn set_validity(params: &mut CertificateParams, from: Date, until: Date) {
    let day = |date: Date| {
        let unsigned = |n: i8| u8::try_from(n).expect("months and days of the calendar are positive");
        rcgen::date_time_ymd(date.year().into(), unsigned(date.month()), unsigned(date.day()))
    };
    params.not_before = day(from);
    params.not_after = day(until);
}

fn wrong(error: impl std::fmt::Display) -> LabError {
    LabError::Certificate(error.to_string())
}
