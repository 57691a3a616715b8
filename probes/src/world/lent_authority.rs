//! Identities signed by an authority that the device trusts: sound, or wrong in one thing alone.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use rcgen::{CertificateParams, ExtendedKeyUsagePurpose, KeyPair, PKCS_ECDSA_P256_SHA256, PublicKeyData};
use rustls::ServerConfig;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::sign::CertifiedKey;
use x509_parser::prelude::{FromDer, X509Certificate};

use super::certificate_rewriting::{Changes, IssuingKey, Signature, rewrite, subject_issuer_key};
use super::certificates::{
    CertificateTrouble, ended, not_begun, params, set_validity, speaking_for, speaking_with,
};
use super::played_peer::PlayedPeer;
use super::small_rsa::SmallRsa;
use crate::context::LentAuthority;

/// The authority, ready to sign.
pub struct Authority {
    certificate: CertificateDer<'static>,
    key: IssuingKey,
}

impl Authority {
    /// Reads certificate and key.
    ///
    /// # Errors
    /// One of them cannot be read.
    pub fn read(lent: &LentAuthority) -> Result<Self, CertificateTrouble> {
        let certificate = CertificateDer::from_pem_slice(lent.certificate.as_bytes())
            .map_err(|error| CertificateTrouble::new(format!("no certificate, PEM: {error:?}")))?;
        if subject_issuer_key(&certificate).is_none() {
            return Err(CertificateTrouble::new("the certificate cannot be taken apart"));
        }
        Ok(Self { certificate, key: IssuingKey::from_pem(&lent.key)? })
    }

    /// A server that is this peer; `None` where the key of the authority cannot sign so.
    ///
    /// # Errors
    /// A certificate cannot be made.
    pub fn server(
        &self,
        peer: PlayedPeer,
        host: &str,
        protocols: &[String],
    ) -> Result<Option<Arc<ServerConfig>>, CertificateTrouble> {
        let mut wanted = params(if peer == PlayedPeer::OtherName { "peer.invalid" } else { host })?;
        wanted.extended_key_usages = vec![match peer {
            PlayedPeer::WrongKeyUsage => ExtendedKeyUsagePurpose::ClientAuth,
            _ => ExtendedKeyUsagePurpose::ServerAuth,
        }];
        match peer {
            PlayedPeer::Expired => ended(&mut wanted),
            PlayedPeer::NotYetValid => not_begun(&mut wanted),
            _ => {}
        }
        let signature = match peer {
            PlayedPeer::Sha1Signature => Signature::Sha1,
            PlayedPeer::Md5Signature => Signature::Md5,
            _ => Signature::Usual,
        };
        if peer == PlayedPeer::WeakKey {
            let key = SmallRsa::new()?;
            let Some(leaf) = self.sign(&wanted, &key, signature)? else { return Ok(None) };
            let key = CertifiedKey::new(vec![leaf, self.certificate.clone()], Arc::new(key));
            return Ok(Some(speaking_with(key, protocols)));
        }
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(CertificateTrouble::new)?;
        let Some(leaf) = self.sign(&wanted, &key, signature)? else { return Ok(None) };
        if peer != PlayedPeer::IssuerWithoutCaBit {
            return speaking_for(vec![leaf, self.certificate.clone()], &key, protocols).map(Some);
        }
        // What was made is the issuer: a certificate as any server has one.
        let own = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(CertificateTrouble::new)?;
        let (issuer, key) = (leaf, IssuingKey::of(key));
        let leaf = sign(&wanted, &own, &issuer, &key, Signature::Usual)?;
        let Some(leaf) = leaf else { return Ok(None) };
        speaking_for(vec![leaf, issuer, self.certificate.clone()], &own, protocols).map(Some)
    }

    /// First day on which the authority itself is valid; `None` where its certificate does not say.
    pub fn begins(&self) -> Option<Date> {
        let (_, certificate) = X509Certificate::from_der(&self.certificate).ok()?;
        let begins = jiff::Timestamp::from_second(certificate.validity().not_before.timestamp()).ok()?;
        // The next day is a whole one.
        begins.to_zoned(TimeZone::UTC).date().tomorrow().ok()
    }

    /// A sound server with a certificate of these first and last days; `None` where the key of the authority cannot
    /// sign so.
    ///
    /// # Errors
    /// A certificate cannot be made.
    pub fn server_between(
        &self,
        host: &str,
        [from, until]: [Date; 2],
    ) -> Result<Option<Arc<ServerConfig>>, CertificateTrouble> {
        let mut wanted = params(host)?;
        wanted.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        set_validity(&mut wanted, from, until);
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(CertificateTrouble::new)?;
        let Some(leaf) = self.sign(&wanted, &key, Signature::Usual)? else { return Ok(None) };
        speaking_for(vec![leaf, self.certificate.clone()], &key, &[]).map(Some)
    }

    fn sign(
        &self,
        wanted: &CertificateParams,
        key: &impl PublicKeyData,
        signature: Signature,
    ) -> Result<Option<CertificateDer<'static>>, CertificateTrouble> {
        sign(wanted, key, &self.certificate, &self.key, signature)
    }
}

fn sign(
    wanted: &CertificateParams,
    key: &impl PublicKeyData,
    issuer: &CertificateDer<'_>,
    signing: &IssuingKey,
    signature: Signature,
) -> Result<Option<CertificateDer<'static>>, CertificateTrouble> {
    // Made under any name, then put under that of the issuer as it stands in its own certificate, octet by octet.
    let draft = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(CertificateTrouble::new)?;
    let draft = wanted.self_signed(&draft).map_err(CertificateTrouble::new)?;
    let (name, _, _) = subject_issuer_key(issuer)
        .ok_or_else(|| CertificateTrouble::new("the issuer cannot be taken apart"))?;
    let key = key.subject_public_key_info();
    let changes = Changes { issuer: Some(name), key: Some(&key) };
    Ok(rewrite(draft.der(), changes, signing, signature)?.map(CertificateDer::from))
}

#[cfg(test)]
pub(crate) mod tests {
    use rcgen::{BasicConstraints, IsCa, Issuer, PKCS_ED25519};
    use rustls::client::WebPkiServerVerifier;
    use rustls::client::danger::ServerCertVerifier;
    use rustls::pki_types::{ServerName, UnixTime};
    use rustls::{CertificateError, RootCertStore};

    use super::*;
    use crate::world::false_time::FalseTime;
    use crate::world::played_peer::WITH_LENT_AUTHORITY;

    fn lent(algorithm: &'static rcgen::SignatureAlgorithm) -> LentAuthority {
        let key = KeyPair::generate_for(algorithm).unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(rcgen::DnType::OrganizationName, "Hinode");
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        let certificate = params.self_signed(&key).unwrap().pem();
        let _ = Issuer::new(params, &key);
        LentAuthority { certificate, key: key.serialize_pem() }
    }

    /// What a sound client says of the chain of a server.
    fn verdict(lent: &LentAuthority, chain: &[CertificateDer<'_>]) -> Result<(), rustls::Error> {
        verdict_at(lent, chain, UnixTime::now())
    }

    fn verdict_at(
        lent: &LentAuthority,
        chain: &[CertificateDer<'_>],
        time: UnixTime,
    ) -> Result<(), rustls::Error> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(lent.certificate.as_bytes()).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
        let name = ServerName::try_from("cloud.test").unwrap();
        verifier.verify_server_cert(&chain[0], &chain[1..], &name, &[], time).map(|_| ())
    }

    fn chain(authority: &Authority, peer: PlayedPeer) -> Vec<CertificateDer<'static>> {
        shown_by(authority.server(peer, "cloud.test", &[]).unwrap().expect("a server"))
    }

    fn shown_by(config: Arc<ServerConfig>) -> Vec<CertificateDer<'static>> {
        // The chain is what the first connection shows.
        let (mut client, mut server) = (hello(), rustls::ServerConnection::new(config).unwrap());
        let mut wire = Vec::new();
        for _ in 0..3 {
            client.write_tls(&mut wire).unwrap();
            server.read_tls(&mut &wire[..]).unwrap();
            server.process_new_packets().unwrap();
            wire.clear();
            server.write_tls(&mut wire).unwrap();
            client.read_tls(&mut &wire[..]).unwrap();
            client.process_new_packets().unwrap();
            wire.clear();
        }
        client.peer_certificates().expect("certificates").iter().map(|one| one.clone().into_owned()).collect()
    }

    fn hello() -> rustls::ClientConnection {
        let config = crate::world::cloned_peer::curious(&[]);
        rustls::ClientConnection::new(config, ServerName::try_from("cloud.test").unwrap()).unwrap()
    }

    #[test]
    fn a_sound_client_takes_the_sound_one_and_names_what_is_wrong_with_the_others() {
        for algorithm in [&PKCS_ECDSA_P256_SHA256, &PKCS_ED25519] {
            let lent = lent(algorithm);
            let authority = Authority::read(&lent).unwrap();
            assert_eq!(verdict(&lent, &chain(&authority, PlayedPeer::LentAuthority)), Ok(()));
            // The size of the key shows when it signs.
            assert_eq!(verdict(&lent, &chain(&authority, PlayedPeer::WeakKey)), Ok(()));
            let told = |peer| verdict(&lent, &chain(&authority, peer)).unwrap_err().to_string();
            assert!(
                told(PlayedPeer::OtherName).contains("not valid for name"),
                "{}",
                told(PlayedPeer::OtherName)
            );
            assert!(told(PlayedPeer::Expired).contains("expired"), "{}", told(PlayedPeer::Expired));
            assert!(
                told(PlayedPeer::NotYetValid).contains("not valid yet"),
                "{}",
                told(PlayedPeer::NotYetValid)
            );
            assert!(matches!(
                verdict(&lent, &chain(&authority, PlayedPeer::IssuerWithoutCaBit)),
                Err(rustls::Error::InvalidCertificate(_))
            ));
            assert!(matches!(
                verdict(&lent, &chain(&authority, PlayedPeer::WrongKeyUsage)),
                Err(rustls::Error::InvalidCertificate(
                    CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. }
                ))
            ));
        }
    }

    #[test]
    fn a_certificate_between_two_days_is_sound_then_and_has_ended_now() {
        let lent = lent(&PKCS_ECDSA_P256_SHA256);
        let authority = Authority::read(&lent).unwrap();
        let begins = authority.begins().expect("a first day");
        let time = FalseTime::fitting(jiff::Zoned::now().date(), begins).expect("it is old enough");
        let config =
            authority.server_between("cloud.test", [time.from, time.until]).unwrap().expect("a server");
        let chain = shown_by(config);
        assert!(verdict(&lent, &chain).unwrap_err().to_string().contains("expired"));
        let now = jiff::Timestamp::now().as_second();
        let told = UnixTime::since_unix_epoch(std::time::Duration::from_secs(
            (now + time.offset_seconds(now)).unsigned_abs(),
        ));
        assert_eq!(verdict_at(&lent, &chain, told), Ok(()));
    }

    #[test]
    fn what_the_key_of_the_authority_cannot_sign_is_left_out() {
        let authority = Authority::read(&lent(&PKCS_ECDSA_P256_SHA256)).unwrap();
        for peer in WITH_LENT_AUTHORITY {
            let made = authority.server(peer, "192.0.2.7", &[]).unwrap().is_some();
            assert_eq!(made, peer != PlayedPeer::Md5Signature, "{peer:?}");
        }
        assert!(Authority::read(&LentAuthority { certificate: "none".into(), key: "none".into() }).is_err());
    }
}
