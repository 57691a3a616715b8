//! Whom a TLS client believes: played peers with an authority that it trusts, copies, and repeated words.

use std::net::SocketAddr;
use std::sync::Arc;

use crate::played::{LOCAL, listen};
use crate::tls_peers::{BOTH, Bench, Habit, Peer, careless, ending, tls};
use probes::Outcome;
use probes::probe::tls_client::{ClientFacts, PlayedPeer};
use probes::world::ending::Ending;
use probes::world::played_peer::WITH_LENT_AUTHORITY;
use rcgen::KeyPair;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

async fn look(peer: &Peer, client: ClientConfig) -> (probes::Observation, ClientFacts) {
    let bench = Bench::new(peer.at, Some(tls(client, true)));
    Bench { lent: Some(peer.authority.clone()), ..bench }.look().await
}

#[tokio::test]
async fn a_sound_client_takes_the_lent_authority_and_nothing_that_is_wrong() {
    let peer = Peer::up().await;
    let (observation, facts) = look(&peer, peer.client(BOTH)).await;
    assert_eq!(observation.outcome, Outcome::Complete, "{observation:#?}");
    assert!(facts.lent_authority);
    assert_eq!(ending(&facts, PlayedPeer::LentAuthority), Some(Ending::ApplicationData));
    for stranger in WITH_LENT_AUTHORITY.into_iter().filter(|peer| *peer != PlayedPeer::Md5Signature) {
        assert!(ending(&facts, stranger).is_some_and(Ending::refused), "{stranger:?}: {:?}", facts.trials);
    }
    // An EC key makes no signature over MD5.
    let left_out: Vec<PlayedPeer> = facts.not_tried.iter().map(|left| left.peer).collect();
    assert!(left_out.contains(&PlayedPeer::Md5Signature) && left_out.contains(&PlayedPeer::FalseTime));
    let key = peer.authority.key.lines().nth(1).expect("a line");
    assert!(!serde_json::to_string(&observation).expect("text").contains(key), "the lent key stays secret");
}

#[tokio::test]
async fn an_rsa_authority_signs_over_md5_too() {
    let key = KeyPair::from_pem(include_str!("tls_client/authority_rsa.pem")).expect("a key");
    let peer = Peer::of(key).await;
    let (observation, facts) = look(&peer, peer.client(BOTH)).await;
    assert_eq!(observation.outcome, Outcome::Complete, "{observation:#?}");
    for stranger in [PlayedPeer::Md5Signature, PlayedPeer::Sha1Signature] {
        assert!(ending(&facts, stranger).is_some_and(Ending::refused), "{stranger:?}: {:?}", facts.trials);
    }
}

#[tokio::test]
async fn whoever_forgives_one_thing_is_seen_to_forgive_that_alone() {
    let peer = Peer::up().await;
    for (forgives, stranger) in [
        (
            (|error| matches!(error, CertificateError::NotValidForNameContext { .. })) as Forgives,
            PlayedPeer::OtherName,
        ),
        (|error| matches!(error, CertificateError::ExpiredContext { .. }), PlayedPeer::Expired),
        (|error| matches!(error, CertificateError::NotValidYetContext { .. }), PlayedPeer::NotYetValid),
        (|error| matches!(error, CertificateError::InvalidPurposeContext { .. }), PlayedPeer::WrongKeyUsage),
        (
            |error| matches!(error, CertificateError::UnsupportedSignatureAlgorithmContext { .. }),
            PlayedPeer::Sha1Signature,
        ),
    ] {
        let (observation, facts) = look(&peer, peer.forgiving(forgives)).await;
        assert_eq!(observation.outcome, Outcome::Complete, "{observation:#?}");
        let accepted: Vec<PlayedPeer> = facts
            .trials
            .iter()
            .filter(|trial| trial.peer.stranger() && trial.ending.accepted())
            .map(|trial| trial.peer)
            .collect();
        assert_eq!(accepted, [stranger]);
    }
}

#[tokio::test]
async fn an_authority_that_the_device_does_not_trust_tells_nothing() {
    let (peer, other) = (Peer::up().await, Peer::up().await);
    let bench = Bench::new(peer.at, Some(tls(peer.client(BOTH), true)));
    let (observation, facts) = Bench { lent: Some(other.authority), ..bench }.look().await;
    assert_eq!(observation.outcome, Outcome::Complete, "{observation:#?}");
    assert!(ending(&facts, PlayedPeer::LentAuthority).is_some_and(Ending::refused));
    for peer in WITH_LENT_AUTHORITY {
        assert_eq!(ending(&facts, peer), None);
        let left = facts.not_tried.iter().find(|left| left.peer == peer).expect("left out");
        assert!(left.why.contains("did not take a sound certificate"), "{}", left.why);
    }
}

#[tokio::test]
async fn whoever_believes_everybody_is_not_asked_for_every_shade() {
    let peer = Peer::up().await;
    let (_, facts) = look(&peer, careless()).await;
    assert_eq!(ending(&facts, PlayedPeer::LentAuthority), None);
    assert_eq!(ending(&facts, PlayedPeer::NotYetValid), Some(Ending::ApplicationData));
    assert!(facts.not_tried.iter().any(|left| left.peer == PlayedPeer::Sha1Signature));
}

/// Goes on with whoever says what the real peer said, and with whoever chooses a suite without authentication.
#[tokio::test]
async fn going_on_with_repeated_words_and_with_nobody_is_seen() {
    let (listener, port) = listen().await;
    let said = server_hello(&[9; 32], 0xc02b);
    let answer = said.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 512]).await;
            let _ = stream.write_all(&answer).await;
            let _ = stream.read(&mut [0; 512]).await;
        }
    });
    let habit: Habit = Arc::new(move |mut stream| {
        let said = said.clone();
        Box::pin(async move {
            let _ = stream.write_all(&client_hello()).await;
            let mut answer = [0; 4096];
            let count = stream.read(&mut answer).await.unwrap_or(0);
            let anonymous = count > 45 && answer[44..46] == [0xc0, 0x18];
            if answer[..count].starts_with(&said) || anonymous {
                let _ = stream.write_all(&[22, 3, 3, 0, 5, 16, 0, 0, 1, 0]).await;
            } else if count > 0 {
                let _ = stream.write_all(&[21, 3, 3, 0, 2, 2, 48]).await;
            }
            let _ = stream.read(&mut answer).await;
        })
    });
    let (_, facts) = Bench::new(SocketAddr::new(LOCAL, port), Some(habit)).look().await;
    assert_eq!(ending(&facts, PlayedPeer::Replayed), Some(Ending::WentOn));
    assert_eq!(ending(&facts, PlayedPeer::AnonymousSuite), Some(Ending::WentOn));
    // Nobody showed a certificate that could be copied.
    assert!(facts.not_tried.iter().any(|left| left.peer == PlayedPeer::Cloned));
}

#[test]
fn what_the_first_version_wrote_is_read() {
    let facts: ClientFacts =
        serde_json::from_str(include_str!("tls_client/observed_v1.json")).expect("facts");
    assert_eq!(ending(&facts, PlayedPeer::Tls10), Some(Ending::RefusedByAlert));
    assert!(!facts.lent_authority && !facts.names_turned);
}

fn client_hello() -> Vec<u8> {
    let mut hello = vec![3, 3];
    hello.extend([7; 32]);
    hello.extend([0, 0, 4, 0xc0, 0x2b, 0xc0, 0x18, 1, 0]);
    let message = [&[1, 0, 0, hello.len() as u8][..], &hello].concat();
    [&[22, 3, 1, 0, message.len() as u8][..], &message].concat()
}

fn server_hello(random: &[u8; 32], suite: u16) -> Vec<u8> {
    let hello = [&[3, 3][..], random, &[0], &suite.to_be_bytes(), &[0]].concat();
    let message = [&[2, 0, 0, hello.len() as u8][..], &hello].concat();
    [&[22, 3, 3, 0, message.len() as u8][..], &message].concat()
}

type Forgives = fn(&CertificateError) -> bool;

impl Peer {
    /// A client that knows the peer and forgives one thing.
    fn forgiving(&self, forgives: Forgives) -> ClientConfig {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut roots = RootCertStore::empty();
        roots.add(self.root.clone()).expect("a root");
        let strict = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
            .build()
            .expect("a verifier");
        ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("known versions")
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Forgiving { strict, forgives }))
            .with_no_client_auth()
    }
}

#[derive(Debug)]
struct Forgiving {
    strict: Arc<WebPkiServerVerifier>,
    forgives: Forgives,
}

impl ServerCertVerifier for Forgiving {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        match self.strict.verify_server_cert(leaf, intermediates, name, ocsp, now) {
            Err(Error::InvalidCertificate(error)) if (self.forgives)(&error) => {
                Ok(ServerCertVerified::assertion())
            }
            said => said,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.strict.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.strict.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.strict.supported_verify_schemes()
    }
}
