//! A persona: a small device that fetches updates of itself, on addresses of its own.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio_rustls::TlsConnector;

use super::packages::{LIST, SERVER, Told};

/// Version on every persona at first.
pub(crate) const FIRST: &str = "1.0";
/// Model of every persona.
pub(crate) const MODEL: &str = "PU-1";
/// Port of the page that tells who the device is.
pub(crate) const PAGE: u16 = 18_000;

/// What a persona does with updates.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Habits {
    /// Looks for updates at all.
    pub(crate) looks: bool,
    /// Speaks TLS with the server.
    pub(crate) tls: bool,
    /// Takes a package without a signature for good.
    pub(crate) takes_unsigned: bool,
    /// Looks at the model.
    pub(crate) knows_its_model: bool,
    /// Refuses older versions.
    pub(crate) refuses_older: bool,
    /// Writes over what runs while the image comes, with a copy in memory; else beside it.
    pub(crate) writes_over_itself: bool,
    /// Takes an image for done when the server closes, however short it is.
    pub(crate) starts_short: bool,
}

/// What is on the device.
#[derive(Clone, Debug)]
pub(crate) struct Memory {
    /// Version that starts; `None` where nothing does.
    pub(crate) starts: Option<String>,
}

/// The device.
pub(crate) struct Device {
    pub(crate) address: Ipv4Addr,
    pub(crate) tester: SocketAddrV4,
    pub(crate) habits: Habits,
    pub(crate) tls: Arc<ClientConfig>,
    pub(crate) key: Vec<u8>,
    /// The name of the server leads to the bench.
    pub(crate) at_bench: AtomicBool,
    /// The cable is in.
    pub(crate) linked: tokio::sync::watch::Sender<bool>,
    memory: Mutex<Memory>,
}

impl Device {
    pub(crate) fn new(
        address: Ipv4Addr,
        tester: SocketAddrV4,
        habits: Habits,
        tls: Arc<ClientConfig>,
        key: Vec<u8>,
    ) -> Self {
        let memory = Mutex::new(Memory { starts: Some(FIRST.to_owned()) });
        let (linked, _) = tokio::sync::watch::channel(true);
        Self { address, tester, habits, tls, key, at_bench: AtomicBool::new(false), linked, memory }
    }

    pub(crate) fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().expect("nobody panicked")
    }

    /// Looks for an update and installs what it takes for one; whether the device has to start anew.
    pub(crate) async fn look(&self) -> bool {
        if !self.habits.looks {
            return false;
        }
        let Some(list) = self.fetch(LIST, 64 * 1024, |_| {}).await else { return false };
        let Some(told) = Told::read(&list) else { return false };
        let believed = told.is_makers(&self.key) || self.habits.takes_unsigned && !told.is_signed();
        let fits = told.model == MODEL || !self.habits.knows_its_model;
        let running = self.memory().starts.clone().unwrap_or_default();
        let newer = told.version != running && (told.version > running || !self.habits.refuses_older);
        if !believed || !fits || !newer {
            return false;
        }
        let over_itself = self.habits.writes_over_itself;
        let path = format!("/{}.bin", told.version);
        let come = |octets| {
            if over_itself && octets > 0 {
                // From the first octet on there is no whole version.
                self.memory().starts = None;
            }
        };
        let image = self.fetch(&path, told.length, come).await.unwrap_or_default();
        let whole = told.is_of(&image);
        let short = !image.is_empty() && image.len() < told.length;
        let starts_short = short && self.habits.starts_short;
        self.memory().starts = match (whole, starts_short) {
            (true, _) => Some(told.version),
            (false, true) => None,
            (false, false) => Some(running),
        };
        whole || starts_short
    }

    /// Fetches a file of at most this many octets, as far as it comes; tells how many have come.
    async fn fetch(&self, path: &str, most: usize, come: impl Fn(usize)) -> Option<Vec<u8>> {
        if !self.at_bench.load(Ordering::SeqCst) {
            return None;
        }
        let socket = tokio::net::TcpSocket::new_v4().ok()?;
        socket.bind((self.address, 0).into()).ok()?;
        #[expect(clippy::disallowed_methods, reason = "the test plays the device")]
        let stream = socket.connect(self.tester.into()).await.ok()?;
        let mut linked = self.linked.subscribe();
        let talk = async {
            if !self.habits.tls {
                return ask(stream, path, most, &come).await;
            }
            let name = ServerName::try_from(SERVER).expect("a name");
            let session = TlsConnector::from(Arc::clone(&self.tls)).connect(name, stream).await.ok()?;
            ask(session, path, most, &come).await
        };
        tokio::select! {
            fetched = tokio::time::timeout(Duration::from_secs(3), talk) => fetched.ok()?,
            _ = linked.wait_for(|linked| !linked) => None,
        }
    }
}

async fn ask<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    path: &str,
    most: usize,
    come: impl Fn(usize),
) -> Option<Vec<u8>> {
    let request = format!("GET {path} HTTP/1.1\r\nHost: {SERVER}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.ok()?;
    stream.flush().await.ok()?;
    let mut all = Vec::new();
    let mut piece = [0; 1024];
    let mut body = None;
    loop {
        let count = stream.read(&mut piece).await.unwrap_or(0);
        all.extend_from_slice(&piece[..count]);
        let ends = || all.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4);
        body = body.or_else(ends);
        let octets = body.map_or(0, |body| all.len() - body);
        come(octets);
        if count == 0 || octets > most || all.len() > most + 16 * 1024 {
            break;
        }
    }
    let _ = stream.shutdown().await;
    if !all.starts_with(b"HTTP/1.1 200 ") {
        return None;
    }
    Some(all.split_off(body?))
}
