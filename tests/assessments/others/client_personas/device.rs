//! A persona: a small device that calls its cloud, on addresses of its own.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::Notify;
use tokio_rustls::TlsConnector;

use super::wire::{Cable, Seen};

/// Name of the cloud.
pub(crate) const CLOUD: &str = "cloud.persona.example";
/// Name of a host that a careless persona tells its password.
pub(crate) const STATISTICS: &str = "stats.persona.example";
/// Port of the cloud.
pub(crate) const CLOUD_PORT: u16 = 18_883;
/// Port of the other host.
pub(crate) const STATISTICS_PORT: u16 = 18_080;
/// Port of the page that tells who the device is.
pub(crate) const PAGE: u16 = 18_000;

/// How a persona calls its cloud.
#[derive(Clone)]
pub(crate) enum Calls {
    /// With TLS, always.
    Tls(Arc<ClientConfig>),
    /// With TLS, and without when a handshake failed.
    TlsOrPlain(Arc<ClientConfig>),
    /// With TLS 1.0: says hello so, and goes on with it.
    Tls10(Arc<ClientConfig>),
}

/// What a persona does beside.
#[derive(Clone, Copy, Default)]
pub(crate) struct Beside {
    /// Tells its password to another host without TLS.
    pub(crate) password_in_clear: bool,
    /// Asks anybody for the time.
    pub(crate) asks_time: bool,
    /// Pause before the first new try, and factor of the further ones in percent.
    pub(crate) pause: (Duration, u32),
}

/// Where everything is.
#[derive(Clone, Copy)]
pub(crate) struct Places {
    pub(crate) device: Ipv4Addr,
    pub(crate) tester: Ipv4Addr,
    pub(crate) cloud: Ipv4Addr,
    pub(crate) router: Ipv4Addr,
}

/// What the bench can do to a persona.
#[derive(Default)]
pub(crate) struct Strings {
    /// The names lead to the bench.
    pub(crate) at_bench: AtomicBool,
    /// The cloud is out of reach.
    pub(crate) services_down: AtomicBool,
    /// Ends the connection there is.
    pub(crate) cut: Notify,
    /// Asks for a new connection.
    pub(crate) again: Notify,
}

/// The device.
pub(crate) struct Device {
    pub(crate) places: Places,
    pub(crate) calls: Calls,
    pub(crate) beside: Beside,
    pub(crate) strings: Arc<Strings>,
    pub(crate) cable: Cable,
    failed: AtomicBool,
    tries: AtomicU32,
}

impl Device {
    pub(crate) fn new(places: Places, calls: Calls, beside: Beside) -> Self {
        let (failed, tries) = (AtomicBool::new(false), AtomicU32::new(0));
        Self { places, calls, beside, strings: Arc::default(), cable: Cable::default(), failed, tries }
    }

    /// Lives until it is dropped.
    pub(crate) async fn live(self: Arc<Self>) {
        self.tries.store(0, Ordering::SeqCst);
        if self.beside.asks_time {
            let (here, there) =
                (SocketAddrV4::new(self.places.device, 123), SocketAddrV4::new(self.places.router, 123));
            let mut question = [0; 48];
            question[0] = 0x23;
            self.cable.datagram(here, there, &question);
            question[0] = 0x24;
            question[1] = 2;
            self.cable.datagram(there, here, &question);
        }
        loop {
            if self.beside.password_in_clear {
                self.tell_password().await;
            }
            let strings = Arc::clone(&self.strings);
            let reached = tokio::select! {
                reached = self.call() => reached,
                () = strings.again.notified() => {
                    self.tries.store(0, Ordering::SeqCst);
                    continue;
                }
                () = strings.cut.notified() => true,
            };
            let tries = if reached { 0 } else { self.tries.load(Ordering::SeqCst) };
            self.tries.store(tries + 1, Ordering::SeqCst);
            let (first, percent) = self.beside.pause;
            let factor = (f64::from(percent) / 100.0).powi(tries.min(6) as i32);
            tokio::select! {
                () = tokio::time::sleep(first.mul_f64(factor * (1.0 + jitter()))) => {}
                () = strings.again.notified() => self.tries.store(0, Ordering::SeqCst),
            }
        }
    }

    /// One call, until it ends; whether the cloud was reached.
    async fn call(&self) -> bool {
        let Places { device, tester, cloud, router } = self.places;
        let to = match self.strings.at_bench.load(Ordering::SeqCst) {
            true => SocketAddrV4::new(tester, CLOUD_PORT + 10_000),
            false => SocketAddrV4::new(cloud, CLOUD_PORT),
        };
        self.cable.name_asked(device, router, CLOUD, *to.ip());
        // What is cut off answers nobody.
        let port = if self.strings.services_down.load(Ordering::SeqCst) { 9 } else { to.port() };
        let Ok(stream) = Seen::dial_as(&self.cable, device, to, port).await else { return false };
        let config = match &self.calls {
            Calls::Tls(config) => config,
            Calls::TlsOrPlain(_) if self.failed.swap(false, Ordering::SeqCst) => {
                return talk(stream).await;
            }
            Calls::TlsOrPlain(config) => config,
            Calls::Tls10(config) => {
                knock(stream).await;
                let Ok(again) = Seen::dial(&self.cable, device, to).await else { return false };
                return self.shake_hands(config, again).await;
            }
        };
        self.shake_hands(config, stream).await
    }

    async fn shake_hands(&self, config: &Arc<ClientConfig>, stream: Seen) -> bool {
        let name = ServerName::try_from(CLOUD).expect("a name");
        match TlsConnector::from(Arc::clone(config)).connect(name, stream).await {
            Ok(session) => talk(session).await,
            Err(_) => {
                self.failed.store(true, Ordering::SeqCst);
                false
            }
        }
    }

    async fn tell_password(&self) {
        let Places { device, cloud, router, .. } = self.places;
        self.cable.name_asked(device, router, STATISTICS, cloud);
        let to = SocketAddrV4::new(cloud, STATISTICS_PORT);
        if let Ok(mut stream) = Seen::dial(&self.cable, device, to).await {
            let request = format!(
                "GET /hello HTTP/1.1\r\nHost: {STATISTICS}\r\nAuthorization: Basic YWRtaW46cEZYWXJhZXVUUXdLNTdxVw==\r\n\r\n"
            );
            let _ = stream.write_all(request.as_bytes()).await;
            let _ = tokio::time::timeout(Duration::from_secs(1), stream.read(&mut [0; 256])).await;
        }
    }
}

/// Says its state, and stays until the other side leaves.
async fn talk<S: AsyncRead + AsyncWrite + Unpin>(mut session: S) -> bool {
    if session.write_all(b"the lamp is on\n").await.is_err() || session.flush().await.is_err() {
        return false;
    }
    let mut said = [0; 64];
    let mut reached = false;
    while let Ok(1..) = session.read(&mut said).await {
        reached = true;
    }
    reached
}

/// Says hello as a client of TLS 1.0, and goes on where it is answered so.
async fn knock(mut stream: Seen) {
    let mut hello = vec![3, 1];
    hello.extend([7; 32]);
    hello.extend([0, 0, 6, 0xc0, 0x09, 0xc0, 0x13, 0x00, 0x2f, 1, 0]);
    let mut bytes = vec![22, 3, 1, 0, hello.len() as u8 + 4, 1, 0, 0, hello.len() as u8];
    bytes.extend(hello);
    let _ = stream.write_all(&bytes).await;
    let mut answer = [0; 4096];
    let count = stream.read(&mut answer).await.unwrap_or(0);
    if count > 10 && answer[0] == 22 && answer[9..11] == [3, 1] {
        let _ = stream.write_all(&[22, 3, 1, 0, 5, 16, 0, 0, 1, 0]).await;
        let _ = tokio::time::timeout(Duration::from_secs(1), stream.read(&mut answer)).await;
    }
}

/// A share of chance up to a half, so that many devices do not come back all at once.
fn jitter() -> f64 {
    use std::hash::{BuildHasher, RandomState};
    (RandomState::new().hash_one(0) % 50) as f64 / 100.0
}
