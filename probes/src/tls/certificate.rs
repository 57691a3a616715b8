//! Facts of a certificate, and plain reasons not to trust a chain.

use std::net::IpAddr;

use rustls::pki_types::{CertificateDer, ServerName};
use rustls::server::ParsedCertificate;
use x509_parser::der_parser::oid::Oid;
use x509_parser::extensions::GeneralName;
use x509_parser::objects::{oid_registry, oid2sn};
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::public_key::PublicKey;
use x509_parser::time::ASN1Time;

use crate::probe::tls_server::CertificateFacts;

/// Reads a certificate; `None` if it is none.
pub fn facts(der: &[u8]) -> Option<CertificateFacts> {
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    let (key_type, key_bits) = key(&certificate);
    let names = certificate.subject_alternative_name().ok().flatten().map_or_else(Vec::new, |extension| {
        extension.value.general_names.iter().filter_map(name).take(100).collect()
    });
    Some(CertificateFacts {
        sha256: crate::observation::digest(der).trim_start_matches("sha256:").to_owned(),
        subject: certificate.subject().to_string(),
        issuer: certificate.issuer().to_string(),
        names,
        key_type,
        key_bits,
        signature: oid_name(&certificate.signature_algorithm.algorithm),
        not_before: timestamp(certificate.validity().not_before),
        not_after: timestamp(certificate.validity().not_after),
        self_signed: certificate.subject().as_raw() == certificate.issuer().as_raw(),
        ca: certificate.is_ca(),
    })
}

/// Why the usual rules refuse the chain for this host at this time, as far as that can be said
/// without trusted roots: no certificate, not valid now, another name, vouched for by nobody else.
/// `None` means that no such reason was found, which is not yet trust.
pub fn why_untrusted(chain: &[Vec<u8>], host: &str, unix_seconds: i64) -> Option<String> {
    let Some(leaf) = chain.first() else { return Some("the server sent no certificate".to_owned()) };
    let Ok((_, certificate)) = X509Certificate::from_der(leaf) else {
        return Some("the certificate cannot be read".to_owned());
    };
    let now = ASN1Time::from_timestamp(unix_seconds).ok()?;
    if !certificate.validity().is_valid_at(now) {
        return Some(format!(
            "the certificate is valid from {} to {} only",
            timestamp(certificate.validity().not_before),
            timestamp(certificate.validity().not_after)
        ));
    }
    let bare = host.trim_matches(['[', ']']);
    let name = match bare.parse::<IpAddr>() {
        Ok(address) => Some(ServerName::from(address)),
        Err(_) => ServerName::try_from(bare.to_owned()).ok(),
    };
    let der = CertificateDer::from(leaf.as_slice());
    let named = name
        .zip(ParsedCertificate::try_from(&der).ok())
        .is_some_and(|(name, parsed)| rustls::client::verify_server_name(&parsed, &name).is_ok());
    if !named {
        return Some(format!("the certificate does not name {bare}"));
    }
    (certificate.subject().as_raw() == certificate.issuer().as_raw())
        .then(|| "the certificate is signed by itself".to_owned())
}

fn key(certificate: &X509Certificate<'_>) -> (String, Option<u32>) {
    let info = certificate.public_key();
    let algorithm = info.algorithm.algorithm.to_id_string();
    let bits = |size: usize| u32::try_from(size).ok().filter(|bits| *bits > 0);
    match (algorithm.as_str(), info.parsed()) {
        ("1.3.101.112", _) => ("Ed25519".to_owned(), Some(256)),
        ("1.3.101.113", _) => ("Ed448".to_owned(), Some(456)),
        (_, Ok(PublicKey::RSA(key))) => ("RSA".to_owned(), rsa_bits(key.modulus)),
        (_, Ok(PublicKey::EC(point))) => {
            ("EC".to_owned(), curve_bits(certificate).or(bits(point.key_size())))
        }
        (_, Ok(PublicKey::DSA(_))) => ("DSA".to_owned(), None),
        _ => (oid_name(&info.algorithm.algorithm), None),
    }
}

fn rsa_bits(modulus: &[u8]) -> Option<u32> {
    let start = modulus.iter().position(|byte| *byte != 0)?;
    let bits = (modulus.len() - start) * 8 - modulus[start].leading_zeros() as usize;
    u32::try_from(bits).ok()
}

fn curve_bits(certificate: &X509Certificate<'_>) -> Option<u32> {
    let curve = certificate.public_key().algorithm.parameters.as_ref()?.as_oid().ok()?;
    Some(match curve.to_id_string().as_str() {
        "1.2.840.10045.3.1.1" => 192,
        "1.3.132.0.33" => 224,
        "1.2.840.10045.3.1.7" | "1.3.132.0.10" | "1.3.36.3.3.2.8.1.1.7" => 256,
        "1.3.132.0.34" | "1.3.36.3.3.2.8.1.1.11" => 384,
        "1.3.36.3.3.2.8.1.1.13" => 512,
        "1.3.132.0.35" => 521,
        _ => return None,
    })
}

fn name(general: &GeneralName<'_>) -> Option<String> {
    match general {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => match bytes.len() {
            4 => <[u8; 4]>::try_from(*bytes).ok().map(|four| IpAddr::from(four).to_string()),
            16 => <[u8; 16]>::try_from(*bytes).ok().map(|sixteen| IpAddr::from(sixteen).to_string()),
            _ => None,
        },
        _ => None,
    }
}

fn oid_name(oid: &Oid<'_>) -> String {
    oid2sn(oid, oid_registry()).map_or_else(|_| oid.to_id_string(), str::to_owned)
}

fn timestamp(time: ASN1Time) -> String {
    jiff::Timestamp::from_second(time.timestamp()).map(|at| at.to_string()).unwrap_or_default()
}
