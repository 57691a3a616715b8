//! The simulated device: which of its services listen, and how a connection reaches them.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rustls::ServerConfig;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use crate::behaviour::Behaviour;
use crate::calling::Peers;
use crate::clock::Clock;
use crate::error::LabError;
use crate::network::{Network, Part};
use crate::secrets::Secrets;
use crate::software::Software;
use crate::spec::Ports;
use crate::state::State;
use crate::tasks::Tasks;
use crate::{
    admin_page, altered, console, errands, file_transfer, mdns, mqtt, socket, stray_udp, tls_hello, update,
    video, web,
};

/// Longest wait for a handshake, and for a ClientHello to be complete.
const HANDSHAKE_PATIENCE: Duration = Duration::from_secs(10);

/// The device and everything that its services need.
#[derive(Debug)]
pub(crate) struct Device {
    pub(crate) behaviour: Behaviour,
    pub(crate) secrets: Secrets,
    pub(crate) state: State,
    pub(crate) address: Ipv4Addr,
    pub(crate) ports: Ports,
    pub(crate) peers: Peers,
    pub(crate) network: Arc<Network>,
    /// What it takes for the time.
    pub(crate) clock: Arc<Clock>,
    pub(crate) tls_server: Arc<ServerConfig>,
    pub(crate) certificate: Vec<u8>,
    /// Public key of the maker, for update manifests.
    pub(crate) update_key: Vec<u8>,
    /// Which version runs.
    pub(crate) software: Software,
    /// Asks to be started anew.
    pub(crate) restart: Notify,
    /// Asks for an update check now.
    pub(crate) check_now: Notify,
    /// Connections that came, said nothing and left.
    pub(crate) silent_connections: AtomicU32,
    /// It waits for something that never comes, and serves nobody.
    pub(crate) hanging: AtomicBool,
    /// Connections to its web interface that are open.
    pub(crate) web_connections: AtomicU32,
    /// A storm has ended its web interface.
    pub(crate) web_ended: AtomicBool,
    /// Something has ended it.
    pub(crate) ended: Notify,
    /// Its software was changed, and it has found out.
    pub(crate) altered: AtomicBool,
    /// It has told its maker so.
    pub(crate) reported: AtomicBool,
    /// It has lost its power, and has come on again since.
    pub(crate) recovered: AtomicBool,
    /// Its Bluetooth LE side, which a second sample does not have.
    pub(crate) bluetooth: OnceLock<Arc<crate::ble::bench::Unit>>,
    /// Address of hosts that nobody declared, for its errands.
    pub(crate) elsewhere: Option<Ipv4Addr>,
}

impl Device {
    /// Starts what the device does of its own accord: its calls to the maker.
    pub(crate) fn live(self: &Arc<Self>, tasks: &Tasks) {
        self.silent_connections.store(0, Ordering::Relaxed);
        self.hanging.store(false, Ordering::SeqCst);
        self.web_ended.store(false, Ordering::SeqCst);
        let (altered, errands) = (self.is_altered(), &self.behaviour.errands);
        if altered {
            let device = Arc::clone(self);
            tasks.run(async move { altered::report(&device).await });
        } else {
            tasks.run(update::check_regularly(Arc::clone(self), tasks.stopper()));
        }
        if !altered || errands.cloud_after_change {
            tasks.run(mqtt::stay_connected(Arc::clone(self)));
        }
        if self.elsewhere.is_some() {
            tasks.run(errands::run(Arc::clone(self)));
        }
    }

    /// Ends everything that it does until it is switched off and on.
    pub(crate) fn end(&self) {
        self.ended.notify_one();
    }

    /// Serves nobody any more until it is switched off and on.
    pub(crate) fn hang(&self) {
        self.hanging.store(true, Ordering::SeqCst);
    }

    /// Whether it serves nobody any more.
    pub(crate) fn hangs(&self) -> bool {
        self.hanging.load(Ordering::SeqCst)
    }

    /// Whether it has found its software changed.
    pub(crate) fn is_altered(&self) -> bool {
        self.altered.load(Ordering::SeqCst)
    }

    /// It has come on again after a loss of power.
    pub(crate) fn recover(&self) {
        self.recovered.store(true, Ordering::SeqCst);
        let frailty = &self.behaviour.frailty;
        self.state.lose(frailty.forgets_settings, frailty.forgets_password);
    }

    /// Whether it has come on again after a loss of power.
    pub(crate) fn has_recovered(&self) -> bool {
        self.recovered.load(Ordering::SeqCst)
    }

    /// Opens the ports of the device; `freeze` ends whatever it does.
    pub(crate) fn serve(self: &Arc<Self>, tasks: &Tasks, freeze: CancellationToken) -> Result<(), LabError> {
        self.serve_web(tasks, freeze)?;
        if self.is_altered() {
            return Ok(());
        }
        self.serve_udp(tasks, self.ports.mdns, mdns::answer)?;
        let behaviour = &self.behaviour;
        if behaviour.telnet_console || behaviour.root_console {
            self.serve_plain(tasks, self.ports.telnet, console::telnet)?;
        }
        if behaviour.debug_port || behaviour.frailty.opens_debug_port && self.has_recovered() {
            self.serve_plain(tasks, self.ports.debug, console::debug)?;
        }
        if behaviour.plain_http_admin {
            self.serve_plain(tasks, self.ports.plain_http, admin_page::open)?;
        }
        if behaviour.plain_login {
            self.serve_plain(tasks, self.ports.plain_http, |device, stream| async move {
                crate::http::serve(stream, move |request| web::answer(Arc::clone(&device), request)).await;
            })?;
        }
        if behaviour.basic_admin {
            self.serve_plain(tasks, self.ports.basic_http, admin_page::basic)?;
        }
        if behaviour.mqtt_broker {
            self.serve_plain(tasks, self.ports.mqtt_broker, |_, stream| mqtt::open_broker(stream))?;
        }
        if behaviour.file_transfer {
            self.serve_plain(tasks, self.ports.ftp, file_transfer::ftp)?;
        }
        if behaviour.open_stream {
            self.serve_plain(tasks, self.ports.rtsp, video::rtsp)?;
        }
        if behaviour.ssdp {
            self.serve_udp(tasks, self.ports.ssdp, stray_udp::ssdp)?;
        }
        if behaviour.coap {
            self.serve_udp(tasks, self.ports.coap, stray_udp::coap)?;
        }
        Ok(())
    }

    /// Opens the web interface alone.
    pub(crate) fn serve_web(
        self: &Arc<Self>,
        tasks: &Tasks,
        freeze: CancellationToken,
    ) -> Result<(), LabError> {
        let acceptor = TlsAcceptor::from(Arc::clone(&self.tls_server));
        let (ending, freezing) = (Arc::clone(self), freeze.clone());
        tasks.run(async move {
            ending.ended.notified().await;
            freezing.cancel();
        });
        let device = Arc::clone(self);
        self.listen(tasks, self.ports.https, move |stream| {
            let (device, acceptor, freeze) = (Arc::clone(&device), acceptor.clone(), freeze.clone());
            async move {
                let Some(_open) = OpenConnection::taken_by(&device) else { return };
                accept_tls(Arc::clone(&device), acceptor, freeze, stream).await;
            }
        })
    }

    fn serve_plain<F, T>(self: &Arc<Self>, tasks: &Tasks, port: u16, serve: F) -> Result<(), LabError>
    where
        F: Fn(Arc<Device>, TcpStream) -> T + Send + Sync + 'static,
        T: Future<Output = ()> + Send + 'static,
    {
        let device = Arc::clone(self);
        self.listen(tasks, port, move |stream| serve(Arc::clone(&device), stream))
    }

    fn listen<F, T>(&self, tasks: &Tasks, port: u16, serve: F) -> Result<(), LabError>
    where
        F: Fn(TcpStream) -> T + Send + Sync + 'static,
        T: Future<Output = ()> + Send + 'static,
    {
        listen(tasks, self.address, port, serve)
    }

    /// Answers datagrams one by one; `None` leaves one without an answer.
    fn serve_udp(
        self: &Arc<Self>,
        tasks: &Tasks,
        port: u16,
        answer: fn(&Device, &[u8]) -> Option<Vec<u8>>,
    ) -> Result<(), LabError> {
        let failed = |source| LabError::Open { address: SocketAddr::from((self.address, port)), source };
        let socket = socket::datagrams(self.address, port).map_err(failed)?;
        let socket = tasks.datagrams(socket).map_err(failed)?;
        let device = Arc::clone(self);
        tasks.run(async move {
            let mut datagram = [0; 2048];
            loop {
                match socket.recv_from(&mut datagram).await {
                    Ok((length, from)) => {
                        if let Some(answer) = answer(&device, &datagram[..length]) {
                            let _lost = socket.send_to(&answer, from).await;
                        }
                    }
                    // An earlier answer met a closed port.
                    Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
                }
            }
        });
        Ok(())
    }
}

/// A connection to the web interface, counted while it is there.
struct OpenConnection(Arc<Device>);

impl OpenConnection {
    /// Takes a connection; `None` where a storm has ended the web interface, or ends it now.
    fn taken_by(device: &Arc<Device>) -> Option<Self> {
        let open = Self(Arc::clone(device));
        let others = device.web_connections.fetch_add(1, Ordering::SeqCst);
        if device.behaviour.frailty.web_ends_in_storm.is_some_and(|limit| others >= limit) {
            device.web_ended.store(true, Ordering::SeqCst);
        }
        (!device.web_ended.load(Ordering::SeqCst)).then_some(open)
    }
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.0.web_connections.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Opens a port and serves its connections.
pub(crate) fn listen<F, T>(tasks: &Tasks, address: Ipv4Addr, port: u16, serve: F) -> Result<(), LabError>
where
    F: Fn(TcpStream) -> T + Send + Sync + 'static,
    T: Future<Output = ()> + Send + 'static,
{
    let failed = |source| LabError::Open { address: SocketAddr::from((address, port)), source };
    let listener = socket::listen(address, port).map_err(failed)?;
    tasks.serve(listener, serve).map_err(failed)
}

async fn accept_tls(
    device: Arc<Device>,
    acceptor: TlsAcceptor,
    freeze: CancellationToken,
    mut stream: TcpStream,
) {
    if device.behaviour.frailty.web_needs_uplink && !device.network.has(Part::Uplink) {
        return;
    }
    if let Some(limit) = device.behaviour.freezes_after
        && said_nothing(&stream).await
    {
        if device.silent_connections.fetch_add(1, Ordering::Relaxed) + 1 >= limit {
            freeze.cancel();
        }
        return;
    }
    if device.behaviour.old_tls || device.behaviour.cbc_suite {
        let looked = tokio::time::timeout(HANDSHAKE_PATIENCE, peek_record(&stream)).await;
        let Ok(Some(record)) = looked else { return };
        if let Some(flight) = tls_hello::answer(&device.behaviour, &record, &device.certificate) {
            answer_by_hand(&mut stream, record.len(), &flight).await;
            return;
        }
    }
    let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE_PATIENCE, acceptor.accept(stream)).await else {
        return;
    };
    crate::http::serve(stream, move |request| web::answer(Arc::clone(&device), request)).await;
}

/// The visitor closed without a word, as a scan does.
async fn said_nothing(stream: &TcpStream) -> bool {
    let mut first = [0];
    !matches!(tokio::time::timeout(HANDSHAKE_PATIENCE, stream.peek(&mut first)).await, Ok(Ok(1)))
}

/// The first record without taking it off the stream; `None` if it is too large or never comes whole.
async fn peek_record(stream: &TcpStream) -> Option<Vec<u8>> {
    let mut seen = vec![0; tls_hello::LARGEST_HELLO];
    loop {
        let length = stream.peek(&mut seen).await.ok().filter(|length| *length > 0)?;
        if length >= 5 {
            let whole = tls_hello::record_length(&seen).unwrap_or(length);
            if whole > seen.len() {
                return None;
            }
            if length >= whole {
                seen.truncate(whole);
                return Some(seen);
            }
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn answer_by_hand(stream: &mut TcpStream, consumed: usize, flight: &[u8]) {
    let mut hello = vec![0; consumed];
    if stream.read_exact(&mut hello).await.is_ok() && stream.write_all(flight).await.is_ok() {
        // The visitor has seen enough, or tries to go on with a handshake that leads nowhere.
        let _said = tokio::time::timeout(Duration::from_secs(3), stream.read(&mut [0; 1024])).await;
    }
}
