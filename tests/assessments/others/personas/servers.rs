//! Small servers that the personas are made of. Each runs in the namespace of the device until it is dropped.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::bench::in_namespace;

/// Servers that run.
#[derive(Default)]
pub(crate) struct Servers {
    ended: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Servers {
    /// Every connection to a TCP port is given to `serve`, on a thread of its own.
    pub(crate) fn tcp(
        &mut self,
        namespace: &str,
        port: u16,
        serve: impl Fn(TcpStream) + Send + Sync + 'static,
    ) {
        #[expect(
            clippy::disallowed_methods,
            reason = "the device that the test plays listens in its namespace"
        )]
        let listener = in_namespace(namespace, || {
            TcpListener::bind(("0.0.0.0", port)).expect("a port of the namespace")
        });
        listener.set_nonblocking(true).expect("a socket");
        let (ended, serve) = (self.ended.clone(), Arc::new(serve));
        self.threads.push(thread::spawn(move || {
            while !ended.load(Ordering::Relaxed) {
                match listener.accept() {
                    Ok((stream, _)) => {
                        let serve = serve.clone();
                        // Bounded: no server of a persona holds a connection for longer than its time-out.
                        let _ = stream.set_nonblocking(false);
                        let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
                        thread::spawn(move || serve(stream));
                    }
                    Err(_) => thread::sleep(Duration::from_millis(1)),
                }
            }
        }));
    }

    /// Every datagram to a UDP port is answered by `answer`, or not.
    pub(crate) fn udp(
        &mut self,
        namespace: &str,
        port: u16,
        answer: impl Fn(&[u8]) -> Option<Vec<u8>> + Send + 'static,
    ) {
        #[expect(
            clippy::disallowed_methods,
            reason = "the device that the test plays listens in its namespace"
        )]
        let socket =
            in_namespace(namespace, || UdpSocket::bind(("0.0.0.0", port)).expect("a port of the namespace"));
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

    /// The page that every persona has.
    pub(crate) fn identity_page(&mut self, namespace: &str, port: u16) {
        self.tcp(namespace, port, |stream| {
            page(stream, |path| match path {
                "/identity" => Some(r#"{"model":"PX-1","serial":"PX-0001","firmware":"1.0"}"#.to_owned()),
                "/" => Some("<title>PX-1</title><p>PX-1".to_owned()),
                _ => None,
            })
        });
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// Answers one request with a page, 404 where there is none.
pub(crate) fn page(mut stream: TcpStream, content: impl Fn(&str) -> Option<String>) {
    let Some(request) = head(&mut stream) else { return };
    let path = request.split(' ').nth(1).unwrap_or("/").to_owned();
    let (status, body) = match content(&path) {
        Some(body) => ("200 OK", body),
        None => ("404 Not Found", "no such page".to_owned()),
    };
    let kind = if body.starts_with('{') { "application/json" } else { "text/html" };
    let _ = write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
}

/// Head of a request, up to the empty line; `None` if there was none within the time-out.
fn head(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() > 8192 || stream.read(&mut byte).ok()? == 0 {
            return None;
        }
        head.push(byte[0]);
    }
    String::from_utf8(head).ok()
}

/// Greets, and asks for a name and a password again and again.
pub(crate) fn telnet_console(mut stream: TcpStream, greeting: &'static str) {
    let mut line = [0; 256];
    if stream.write_all(greeting.as_bytes()).is_err() {
        return;
    }
    for prompt in ["login: ", "Password: ", "\r\nLogin incorrect\r\nlogin: ", "Password: "] {
        if stream.write_all(prompt.as_bytes()).is_err() || !matches!(stream.read(&mut line), Ok(1..)) {
            return;
        }
    }
}

/// An FTP server that lets nobody in.
pub(crate) fn ftp(mut stream: TcpStream) {
    if stream.write_all(b"220 PX-1 file service\r\n").is_err() {
        return;
    }
    let mut line = [0; 512];
    while let Ok(length @ 1..) = stream.read(&mut line) {
        let command = String::from_utf8_lossy(&line[..length]).to_ascii_uppercase();
        let answer = match command.get(..4) {
            Some("USER") => "331 Password please\r\n",
            Some("PASS") => "530 Not logged in\r\n",
            Some("QUIT") => "221 Goodbye\r\n",
            Some("FEAT") => "211 End\r\n",
            Some("SYST") => "215 UNIX Type: L8\r\n",
            _ => "530 Please log in\r\n",
        };
        if stream.write_all(answer.as_bytes()).is_err() || answer.starts_with("221") {
            return;
        }
    }
}
