//! A small device that points elsewhere in every way it knows: redirects, mDNS, SSDP.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::bench::in_namespace;

/// The device, running until it is dropped.
pub(crate) struct LuringDevice {
    redirects: Arc<AtomicUsize>,
    ended: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl LuringDevice {
    /// Brings it up in a namespace: HTTP at TCP 80, mDNS at UDP 5353, SSDP at UDP 1900.
    pub(crate) fn up(namespace: &str) -> Self {
        let mut device = Self { redirects: Arc::default(), ended: Arc::default(), threads: Vec::new() };
        #[expect(
            clippy::disallowed_methods,
            reason = "the device that the test plays listens in its namespace"
        )]
        let (web, mdns, ssdp) = in_namespace(namespace, || {
            (
                TcpListener::bind("0.0.0.0:80").expect("a port of the namespace"),
                UdpSocket::bind("0.0.0.0:5353").expect("a port of the namespace"),
                UdpSocket::bind("0.0.0.0:1900").expect("a port of the namespace"),
            )
        });
        device.serve_web(web);
        device.answer(mdns, mdns_answer);
        device.answer(ssdp, |_| {
            Some(
                b"HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=1800\r\nEXT:\r\n\
                  LOCATION: http://203.0.113.21/description.xml\r\nSERVER: Linux/6 UPnP/1.1 lure/1\r\n\
                  ST: upnp:rootdevice\r\nUSN: uuid:6f2c0a52-3c1a-4a5e-9a55-02005e005302::upnp:rootdevice\r\n\r\n"
                    .to_vec(),
            )
        });
        device
    }

    /// Redirects given so far.
    pub(crate) fn redirects(&self) -> usize {
        self.redirects.load(Ordering::Relaxed)
    }

    fn serve_web(&mut self, listener: TcpListener) {
        listener.set_nonblocking(true).expect("a socket");
        let (redirects, ended) = (self.redirects.clone(), self.ended.clone());
        self.threads.push(thread::spawn(move || {
            while !ended.load(Ordering::Relaxed) {
                match listener.accept() {
                    Ok((stream, _)) => {
                        let redirects = redirects.clone();
                        thread::spawn(move || serve(stream, &redirects));
                    }
                    Err(_) => thread::sleep(Duration::from_millis(1)),
                }
            }
        }));
    }

    fn answer(&mut self, socket: UdpSocket, answer: fn(&[u8]) -> Option<Vec<u8>>) {
        socket.set_read_timeout(Some(Duration::from_millis(50))).expect("a socket");
        let ended = self.ended.clone();
        self.threads.push(thread::spawn(move || {
            let mut buffer = [0; 1500];
            while !ended.load(Ordering::Relaxed) {
                if let Ok((length, from)) = socket.recv_from(&mut buffer)
                    && let Some(answer) = answer(&buffer[..length])
                {
                    let _ = socket.send_to(&answer, from);
                }
            }
        }));
    }
}

impl Drop for LuringDevice {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// One request a connection; every answer but three leads away.
fn serve(mut stream: TcpStream, redirects: &AtomicUsize) {
    let _ = stream.set_nonblocking(false);
    let _ = stream.set_read_timeout(Some(Duration::from_secs(2)));
    let mut request = Vec::new();
    let mut part = [0; 2048];
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut part) {
            Ok(length @ 1..) if request.len() < 8192 => request.extend_from_slice(&part[..length]),
            _ => return,
        }
    }
    let request = String::from_utf8_lossy(&request).into_owned();
    let path = request.split_whitespace().nth(1).unwrap_or("/").to_owned();
    let logged_in = request.to_ascii_lowercase().contains("authorization: basic ");
    let away = match path.as_str() {
        "/identity" => {
            let body = r#"{"model":"LX-1","serial":"LX1-0001","firmware":"1.0"}"#;
            return send(&mut stream, "200 OK", "content-type: application/json\r\n", body);
        }
        "/settings" if !logged_in => {
            let ask = "www-authenticate: Basic realm=\"LX-1\"\r\n";
            return send(&mut stream, "401 Unauthorized", ask, "");
        }
        "/settings" => "http://203.0.113.10/home",
        "/policy" => "http://203.0.113.7/policy",
        "/support" => "http://www.elsewhere.example/support",
        "/deletion" => "//203.0.113.9/deletion",
        _ => "http://203.0.113.8/",
    };
    redirects.fetch_add(1, Ordering::Relaxed);
    let body = format!(
        "<meta http-equiv=refresh content=\"0; url={away}\"><img src=\"http://203.0.113.11/pixel.png\">\
         <link rel=stylesheet href=\"http://www.elsewhere.example/style.css\">"
    );
    send(&mut stream, "302 Found", &format!("location: {away}\r\ncontent-type: text/html\r\n"), &body);
}

fn send(stream: &mut TcpStream, status: &str, head: &str, body: &str) {
    let answer = format!(
        "HTTP/1.1 {status}\r\n{head}content-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    let _ = stream.write_all(answer.as_bytes());
}

/// To every question the same: the service `_http._tcp.local` at a host whose addresses are foreign.
fn mdns_answer(question: &[u8]) -> Option<Vec<u8>> {
    const PTR: u16 = 12;
    const A: u16 = 1;
    const AAAA: u16 = 28;
    const SRV: u16 = 33;
    let id = question.get(..2)?;
    let (service, instance, host) = ("_http._tcp.local", "LX-1._http._tcp.local", "away.local");
    let mut target = vec![0, 0, 0, 0, 0, 80];
    target.extend(name(host));
    let foreign_6 = [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x20];
    let records = [
        (name(service), PTR, name(instance)),
        (name("_services._dns-sd._udp.local"), PTR, name(service)),
        (name(instance), SRV, target),
        (name(host), A, Ipv4Addr::new(203, 0, 113, 20).octets().to_vec()),
        (name(host), AAAA, foreign_6.to_vec()),
    ];
    let mut answer = id.to_vec();
    answer.extend([0x84, 0, 0, 0, 0, u8::try_from(records.len()).ok()?, 0, 0, 0, 0]);
    for (owner, kind, data) in records {
        answer.extend(owner);
        answer.extend(kind.to_be_bytes());
        answer.extend([0, 1, 0, 0, 0, 120]);
        answer.extend(u16::try_from(data.len()).ok()?.to_be_bytes());
        answer.extend(data);
    }
    Some(answer)
}

fn name(dotted: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for label in dotted.split('.') {
        bytes.push(u8::try_from(label.len()).expect("a short label"));
        bytes.extend(label.bytes());
    }
    bytes.push(0);
    bytes
}
