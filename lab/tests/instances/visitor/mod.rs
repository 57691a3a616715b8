//! A visitor of the simulated device, for the tests.
#![allow(dead_code, reason = "each test file uses its part")]

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use lab::{Instance, Spec};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, SignatureScheme, StreamOwned};

pub(crate) fn start(faults: &[&str], seed: u64) -> Instance {
    let faults = faults.iter().map(|&name| name.to_owned()).collect();
    Instance::start(Spec { faults, seed, ..Spec::default() }).expect("the device comes up")
}

pub(crate) fn ports(instance: &Instance) -> lab::Ports {
    instance.spec().ports.clone().expect("a started instance has ports")
}

pub(crate) fn connect(address: Ipv4Addr, port: u16) -> std::io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&SocketAddr::from((address, port)), Duration::from_secs(5))?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    Ok(stream)
}

/// Sends a request over TLS and returns the whole answer.
pub(crate) fn ask(instance: &Instance, request: &str) -> String {
    ask_within(instance, request, Duration::from_secs(10))
}

/// The same for a device that may hang: what has come when nothing more came for that long.
pub(crate) fn ask_within(instance: &Instance, request: &str, patience: Duration) -> String {
    try_ask(instance, request, patience).unwrap()
}

/// The same for a device that may be away.
pub(crate) fn try_ask(instance: &Instance, request: &str, patience: Duration) -> std::io::Result<String> {
    let stream = connect(instance.address(), ports(instance).https)?;
    stream.set_read_timeout(Some(patience))?;
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(AnyCertificate))
        .with_no_client_auth();
    let name = ServerName::try_from(instance.address().to_string()).unwrap();
    let mut stream = StreamOwned::new(ClientConnection::new(Arc::new(config), name).unwrap(), stream);
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    // The device may end the connection without a farewell of TLS.
    let _end = stream.read_to_end(&mut answer);
    Ok(String::from_utf8(answer).unwrap())
}

pub(crate) fn get(instance: &Instance, path: &str) -> String {
    ask(instance, &format!("GET {path} HTTP/1.1\r\nHost: device\r\nConnection: close\r\n\r\n"))
}

pub(crate) fn post_token(instance: &Instance, password: &str) -> String {
    let body = format!("{{\"user\":\"admin\",\"password\":\"{password}\"}}");
    ask(
        instance,
        &format!(
            "POST /api/token HTTP/1.1\r\nHost: device\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ),
    )
}

pub(crate) fn post_login(instance: &Instance, password: &str) -> String {
    let page = get(instance, "/login");
    let between =
        |from: &str, to: &str| page.split_once(from).unwrap().1.split_once(to).unwrap().0.to_owned();
    let cookie = between("set-cookie: ", ";");
    let csrf = between("name=\"csrf\" value=\"", "\"");
    let body = format!("csrf={csrf}&user=admin&password={password}");
    ask(
        instance,
        &format!(
            "POST /login HTTP/1.1\r\nHost: device\r\nCookie: {cookie}\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ),
    )
}

/// Value of a key of the filled bench file, taken as text.
pub(crate) fn bench_value(instance: &Instance, key: &str) -> String {
    let folder = instance.folder().unwrap();
    let bench: toml::Table = folder.text("bench.toml").unwrap().parse().unwrap();
    match key {
        "label" => bench["sample"][0]["label_password"]["value"].as_str().unwrap().to_owned(),
        _ => bench["credentials"][key]["secret"]["value"].as_str().unwrap().to_owned(),
    }
}

/// Accepts whatever certificate comes: the tests know to whom they speak.
#[derive(Debug)]
struct AnyCertificate;

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ECDSA_NISTP256_SHA256, SignatureScheme::ECDSA_NISTP384_SHA384]
    }
}
