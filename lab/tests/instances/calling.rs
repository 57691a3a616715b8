//! How the device calls its peers, seen from where the bench plays them.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use crate::visitor::{ports, start};
use lab::Instance;
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection};

const HANDSHAKE: u8 = 0x16;

/// The bench in place of one peer.
struct Played(TcpListener);

impl Played {
    fn cloud(instance: &Instance) -> Self {
        Self::at(instance, ports(instance).bench_cloud)
    }

    fn update(instance: &Instance) -> Self {
        Self::at(instance, ports(instance).bench_update)
    }

    /// Listens at the address of the tester, and has the names lead there.
    fn at(instance: &Instance, port: u16) -> Self {
        let [network, second, third, fourth] = instance.address().octets();
        let tester = Ipv4Addr::new(network, second | 0x80, third, fourth);
        let listener = TcpListener::bind(SocketAddr::from((tester, port))).unwrap();
        // What the device calls of itself when it is switched on is over before the names are turned.
        std::thread::sleep(Duration::from_millis(300));
        instance.perform("names_to_bench").unwrap();
        Self(listener)
    }

    /// The next connection, after the device was asked for one.
    fn call(&self, instance: &Instance) -> TcpStream {
        instance.perform("reconnect").unwrap();
        loop {
            let (stream, from) = self.0.accept().unwrap();
            assert_eq!(from.ip(), instance.address());
            stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
            // One that the device gave up when it was asked for another says nothing.
            if !matches!(stream.peek(&mut [0]), Ok(0) | Err(_)) {
                return stream;
            }
        }
    }

    fn first_words(&self, instance: &Instance) -> Vec<u8> {
        let mut words = vec![0; 2048];
        let count = self.call(instance).read(&mut words).unwrap();
        words.truncate(count);
        words
    }
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[test]
fn a_sound_device_asks_whoever_answers_for_tls_and_finds_its_peers_again() {
    let instance = start(&[], 21);
    for (played, name) in [
        (Played::cloud(&instance), &b"cloud.hinode.example"[..]),
        (Played::update(&instance), &b"update.hinode.example"[..]),
    ] {
        let hello = played.first_words(&instance);
        assert_eq!(hello[0], HANDSHAKE);
        assert!(holds(&hello, name));
    }
    let cloud = Played::cloud(&instance);
    cloud.0.set_nonblocking(true).unwrap();
    // The last call of the update server was one of the cloud, too.
    while cloud.0.accept().is_ok() {}
    instance.perform("names_to_peers").unwrap();
    instance.perform("reconnect").unwrap();
    std::thread::sleep(Duration::from_millis(200));
    assert!(cloud.0.accept().is_err(), "the names lead to the peers again");
}

#[test]
fn the_first_words_are_others_when_a_fault_says_so() {
    let instance = start(&["cloud-plain-mqtt"], 22);
    assert!(holds(&Played::cloud(&instance).first_words(&instance), b"MQTT"));
    let instance = start(&["update-plain-http"], 22);
    assert!(Played::update(&instance).first_words(&instance).starts_with(b"GET /hk-100/"));
    // supported_versions with 1.2, 1.1, 1.0.
    let old = [0, 43, 0, 7, 6, 3, 3, 3, 2, 3, 1];
    let instance = start(&["cloud-offers-tls10"], 22);
    assert!(holds(&Played::cloud(&instance).first_words(&instance), &old));
    let instance = start(&["cloud-offers-null-suite"], 22);
    assert!(holds(&Played::cloud(&instance).first_words(&instance), &[0xC0, 0x2F, 0x00, 0x3B]));
    let sound = start(&[], 22);
    let hello = Played::cloud(&sound).first_words(&sound);
    assert!(!holds(&hello, &old) && !holds(&hello, b"MQTT"));
}

#[test]
fn a_failed_handshake_is_followed_by_plain_text_when_a_fault_says_so() {
    for (fault, update) in [("cloud-falls-back-to-plain", false), ("update-falls-back-to-plain", true)] {
        for (faults, plain) in [(&[][..], false), (&[fault][..], true)] {
            let instance = start(faults, 23);
            let played = if update { Played::update(&instance) } else { Played::cloud(&instance) };
            let mut stream = played.call(&instance);
            let mut words = [0; 2048];
            assert!(stream.read(&mut words).unwrap() > 0);
            assert_eq!(words[0], HANDSHAKE);
            stream.write_all(b"400 Bad Request\r\n").unwrap();
            // The device has ended the connection when this comes back.
            while !matches!(stream.read(&mut words), Ok(0) | Err(_)) {}
            assert_eq!(played.first_words(&instance)[0] != HANDSHAKE, plain, "{faults:?}");
        }
    }
}

#[test]
fn a_stranger_is_told_everything_when_a_fault_says_so() {
    for (faults, update, expected) in [
        (&[][..], false, None),
        (&["cloud-accepts-any-certificate"][..], false, Some(&b"MQTT"[..])),
        (&[][..], true, None),
        (&["update-accepts-any-certificate"][..], true, Some(&b"GET /hk-100/"[..])),
    ] {
        let instance = start(faults, 24);
        let played = if update { Played::update(&instance) } else { Played::cloud(&instance) };
        let heard = as_stranger(played.call(&instance));
        match expected {
            None => assert_eq!(heard, b"", "{faults:?}"),
            Some(words) => assert!(holds(&heard, words), "{faults:?}"),
        }
    }
}

/// Shakes hands with a certificate that nobody knows; what the device says then.
fn as_stranger(mut stream: TcpStream) -> Vec<u8> {
    let made = rcgen::generate_simple_self_signed(vec!["stranger.example".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let mut session = ServerConnection::new(Arc::new(config)).unwrap();
    let mut heard = vec![0; 512];
    let count = rustls::Stream::new(&mut session, &mut stream).read(&mut heard).unwrap_or(0);
    heard.truncate(count);
    heard
}
