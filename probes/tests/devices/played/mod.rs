//! A device played on loopback: HTTP answers by a closure, one request a connection.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use probes::dialer::DialLimits;
use probes::{Dialer, EvidenceRef, Observation, ProbeContext, Request, Scope};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

pub(crate) const LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// A listener on a free port.
pub(crate) async fn listen() -> (TcpListener, u16) {
    #[expect(clippy::disallowed_methods, reason = "the test plays the device")]
    let listener = TcpListener::bind((LOCAL, 0)).await.expect("loopback listens");
    let port = listener.local_addr().expect("it is bound").port();
    (listener, port)
}

/// A place where nobody listens, and nobody else of this machine will: an address of loopback and a port of its own.
/// A port that was free on the common address may be taken for an outgoing connection a moment later.
#[allow(dead_code, reason = "not every test file leaves a door to the bench")]
pub(crate) fn place_of_its_own() -> SocketAddr {
    static PLACES: AtomicU16 = AtomicU16::new(0);
    let place = PLACES.fetch_add(1, Ordering::Relaxed);
    let [_, _, high, low] = std::process::id().to_be_bytes();
    // Below the ports that the operating system gives away.
    let port = 20_000 + u16::from(high % 40) * 256 + place / 250;
    SocketAddr::new(
        Ipv4Addr::new(127, 75, low, 1 + u8::try_from(place % 250).expect("below 250")).into(),
        port,
    )
}

/// A port of the common address where nobody listens, and nobody else of this machine will.
#[allow(dead_code, reason = "not every test file needs a closed port")]
pub(crate) fn port_of_its_own() -> u16 {
    static PORTS: AtomicU16 = AtomicU16::new(0);
    let [.., high, low] = std::process::id().to_be_bytes();
    10_000 + u16::from_be_bytes([high, low]) % 10_000 + PORTS.fetch_add(1, Ordering::Relaxed)
}

/// A request as the device sees it: method, path, head, body.
#[allow(dead_code, reason = "not every test file looks at all of it")]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) head: String,
    pub(crate) body: String,
}

/// An answer: status (0 closes the connection), headers, body, delay.
#[derive(Default)]
pub(crate) struct Said(pub(crate) u16, pub(crate) String, pub(crate) String, pub(crate) Duration);

impl Said {
    #[allow(dead_code, reason = "not every test file plays HTTP")]
    pub(crate) fn page(status: u16, body: &str) -> Self {
        Self(status, String::new(), body.to_owned(), Duration::ZERO)
    }
}

/// Serves HTTP until the test ends.
#[allow(dead_code, reason = "not every test file plays HTTP")]
pub(crate) async fn http(device: impl Fn(&Asked) -> Said + Send + Sync + 'static) -> u16 {
    let (listener, port) = listen().await;
    let device = Arc::new(device);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let device = device.clone();
            tokio::spawn(async move { serve(stream, &*device).await });
        }
    });
    port
}

async fn serve(mut stream: TcpStream, device: &(dyn Fn(&Asked) -> Said + Send + Sync)) {
    let mut bytes = Vec::new();
    let (head, body) = loop {
        let mut buffer = [0; 4096];
        let count = stream.read(&mut buffer).await.unwrap_or(0);
        bytes.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let lower = head.to_lowercase();
            let length = lower
                .split("content-length: ")
                .nth(1)
                .and_then(|rest| rest.split("\r\n").next()?.parse::<usize>().ok())
                .unwrap_or(0);
            if body.len() >= length {
                break (head.to_owned(), body.to_owned());
            }
        }
        if count == 0 {
            return;
        }
    };
    let mut first = head.split(' ');
    let asked = Asked {
        method: first.next().unwrap_or("").to_owned(),
        path: first.next().unwrap_or("").to_owned(),
        head,
        body,
    };
    let Said(status, headers, page, delay) = device(&asked);
    tokio::time::sleep(delay).await;
    if status > 0 {
        let answer = format!(
            "HTTP/1.1 {status} X\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n{page}",
            page.len()
        );
        let _ = stream.write_all(answer.as_bytes()).await;
    }
}

/// Runs a probe against loopback; every attachment is kept as text.
#[allow(dead_code, reason = "not every test file asks without consent")]
pub(crate) async fn run(
    probe: &str,
    params: Value,
    hosts: &[(&str, SocketAddr)],
    credentials: &[(&str, &str, &str)],
) -> (Observation, String) {
    run_agreeing(probe, params, hosts, credentials, &[]).await
}

/// The same where the bench agrees to disturbances.
#[allow(dead_code, reason = "not every test file disturbs")]
pub(crate) async fn run_agreeing(
    probe: &str,
    params: Value,
    hosts: &[(&str, SocketAddr)],
    credentials: &[(&str, &str, &str)],
    consent: &[&str],
) -> (Observation, String) {
    let scope = Scope {
        devices: vec![LOCAL],
        hosts: hosts.iter().map(|(name, at)| ((*name).to_owned(), *at)).collect(),
        ..Scope::default()
    };
    let kept = Arc::new(Mutex::new(String::new()));
    let keep = kept.clone();
    let context = ProbeContext::new(
        Dialer::new(scope, DialLimits::default()),
        probes::Context::default(),
        credentials
            .iter()
            .map(|(row, user, password)| ((*row).to_owned(), ((*user).to_owned(), (*password).to_owned())))
            .collect::<BTreeMap<_, _>>(),
        CancellationToken::new(),
        Box::new(|_, _, _| {}),
        Box::new(move |bytes, _| {
            keep.lock().expect("nobody panicked").push_str(&String::from_utf8_lossy(bytes));
            EvidenceRef::of(bytes, "")
        }),
    );
    let context = context.with_consent(consent.iter().map(|agreed| (*agreed).to_owned()).collect());
    let request = Request { probe: probe.to_owned(), target: "loopback".to_owned(), params };
    let observation = probes::run(request, Arc::new(context)).await;
    let text = kept.lock().expect("nobody panicked").clone();
    (observation, text)
}
