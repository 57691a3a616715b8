//! The dialer: the one place that opens sockets, and the one place that knows the scope.
//!
//! Law 7: touch only the device under test. A redirect, a DNS answer or a discovered peer never
//! widens the scope, because nothing but the bench file can put an address into it.

mod capturing;
mod listening;

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::{TcpSocket, TcpStream, UdpSocket};
use tokio::sync::{Semaphore, SemaphorePermit};

pub use listening::{BroadcastListener, DatagramListener, Listener};

#[cfg(target_os = "linux")]
use crate::linux::{Connector, SynProber};

/// Addresses that may be touched.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// Addresses of the samples: every port.
    pub devices: Vec<IpAddr>,
    /// Hosts of published resources by name, as the bench file maps them: that port only.
    pub hosts: BTreeMap<String, SocketAddr>,
    /// Address to test from.
    pub source: Option<IpAddr>,
    /// Addresses of the tester at which it may listen in place of a peer of the device.
    #[serde(default)]
    pub world: Vec<SocketAddr>,
    /// Network interface of the tester that leads to link-local addresses, by name or number.
    #[serde(default)]
    pub interface: Option<String>,
    /// Network interface of the tester at which the traffic of the device may be listened to.
    #[serde(default)]
    pub capture: Option<String>,
}

impl Scope {
    /// Whether this address and port may be contacted.
    pub fn allows(&self, to: SocketAddr) -> bool {
        self.devices.contains(&to.ip()) || self.hosts.values().any(|host| *host == to)
    }
}

/// Limits of gentleness.
#[derive(Clone, Debug, PartialEq)]
pub struct DialLimits {
    /// Connections under way at once, at least 1.
    pub parallel: usize,
    /// New connections a second; 0 for no limit.
    pub per_second: u32,
    /// Time-out of one connection.
    pub timeout: Duration,
}

impl Default for DialLimits {
    fn default() -> Self {
        Self { parallel: 64, per_second: 0, timeout: Duration::from_millis(800) }
    }
}

/// Why no connection came about.
#[derive(Debug, thiserror::Error)]
pub enum DialError {
    /// Outside the scope; nothing was sent.
    #[error("{0} is outside the scope of this run; nothing was sent")]
    OutOfScope(String),
    /// The device refused.
    #[error("connection refused")]
    Refused,
    /// No answer within the time-out.
    #[error("no answer")]
    Silent,
    /// The connection reached the tester itself.
    #[error("the connection reached the tester itself")]
    SelfConnection,
    /// The tester's own network failed.
    #[error("the tester's network failed: {0}")]
    Tester(io::Error),
}

/// What went through the dialer.
#[derive(Debug, Default)]
pub struct Counters {
    /// TCP connections tried.
    pub tcp_attempts: AtomicU64,
    /// TCP connections that came about.
    pub tcp_connected: AtomicU64,
    /// Frames sent through raw sockets.
    pub raw_frames: AtomicU64,
    /// UDP sockets opened.
    pub udp_sockets: AtomicU64,
    /// Attempts refused because they lay outside the scope.
    pub out_of_scope: AtomicU64,
    /// Connections of the devices that a played peer took.
    pub taken: AtomicU64,
    /// Connections of others that came to a played peer and were closed unread.
    pub turned_away: AtomicU64,
    /// Frames that captures took.
    pub captured: AtomicU64,
    /// Frames that went by captures unseen, because the tester was too slow; 0 also where the kernel does not tell.
    pub capture_dropped: AtomicU64,
}

/// Opens every socket of a run.
#[derive(Debug)]
pub struct Dialer {
    scope: Scope,
    limits: DialLimits,
    /// What went through.
    pub counters: Counters,
    slots: Arc<Semaphore>,
    pace: Mutex<Option<Instant>>,
}

impl Dialer {
    /// A dialer for this scope.
    pub fn new(scope: Scope, limits: DialLimits) -> Arc<Self> {
        let slots = Arc::new(Semaphore::new(limits.parallel.max(1)));
        Arc::new(Self { scope, limits, counters: Counters::default(), slots, pace: Mutex::new(None) })
    }

    /// The scope.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The limits.
    pub fn limits(&self) -> &DialLimits {
        &self.limits
    }

    /// The address that the bench maps a published host to.
    ///
    /// # Errors
    /// [`DialError::OutOfScope`] if the bench does not name the host.
    pub fn resolve(&self, host: &str, port: u16) -> Result<SocketAddr, DialError> {
        if let Ok(address) = host.trim_matches(['[', ']']).parse::<IpAddr>() {
            let to = SocketAddr::new(address, port);
            return if self.scope.allows(to) { Ok(to) } else { Err(self.refuse(to.to_string())) };
        }
        match self.scope.hosts.get(host) {
            Some(to) => Ok(*to),
            None => Err(self.refuse(format!("{host}:{port}"))),
        }
    }

    /// Connects over TCP within the dialer's time-out.
    ///
    /// # Errors
    /// See [`DialError`]; nothing is sent to an address outside the scope.
    pub async fn connect(&self, to: SocketAddr) -> Result<TcpStream, DialError> {
        self.connect_within(to, self.limits.timeout).await
    }

    /// Connects over TCP within `timeout`.
    ///
    /// # Errors
    /// See [`DialError`].
    pub async fn connect_within(&self, to: SocketAddr, timeout: Duration) -> Result<TcpStream, DialError> {
        if !self.scope.allows(to) {
            return Err(self.refuse(to.to_string()));
        }
        let to = self.on_its_link(to)?;
        let _slot = self.slots.acquire().await.expect("the semaphore is never closed");
        self.keep_pace().await;
        self.counters.tcp_attempts.fetch_add(1, Ordering::Relaxed);
        let socket = self.tcp_socket(to).map_err(DialError::Tester)?;
        #[expect(clippy::disallowed_methods, reason = "this is the dialer")]
        let connecting = socket.connect(to);
        match tokio::time::timeout(timeout, connecting).await {
            Err(_) => Err(DialError::Silent),
            Ok(Ok(stream)) => {
                let stream = not_itself(stream)?;
                // Probes send small questions and wait for the answer.
                stream.set_nodelay(true).map_err(DialError::Tester)?;
                self.counters.tcp_connected.fetch_add(1, Ordering::Relaxed);
                Ok(stream)
            }
            Ok(Err(error)) => Err(match error.kind() {
                io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionReset => DialError::Refused,
                io::ErrorKind::TimedOut | io::ErrorKind::HostUnreachable => DialError::Silent,
                // A missing route, an exhausted port range and a local packet filter are the tester's.
                _ => DialError::Tester(error),
            }),
        }
    }

    /// A socket from the source address of the scope. Without one the kernel chooses.
    fn tcp_socket(&self, to: SocketAddr) -> io::Result<TcpSocket> {
        let socket = if to.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        if let Some(source) = self.scope.source.filter(|source| source.is_ipv4() == to.is_ipv4()) {
            // Ports of connections that are still winding down may be used again towards other ports.
            socket.set_reuseaddr(true)?;
            socket.bind(SocketAddr::new(source, 0))?;
        }
        Ok(socket)
    }

    /// A UDP socket that talks to one address and port only.
    ///
    /// # Errors
    /// See [`DialError`].
    pub async fn udp(&self, to: SocketAddr) -> Result<UdpSocket, DialError> {
        if !self.scope.allows(to) {
            return Err(self.refuse(to.to_string()));
        }
        let to = self.on_its_link(to)?;
        self.keep_pace().await;
        let domain = if to.is_ipv4() { Domain::IPV4 } else { Domain::IPV6 };
        let socket = Socket::new(domain, Type::DGRAM, Some(Protocol::UDP)).map_err(DialError::Tester)?;
        socket.set_nonblocking(true).map_err(DialError::Tester)?;
        let unspecified = if to.is_ipv4() { IpAddr::from([0_u8; 4]) } else { IpAddr::from([0_u8; 16]) };
        let source =
            self.scope.source.filter(|source| source.is_ipv4() == to.is_ipv4()).unwrap_or(unspecified);
        #[expect(clippy::disallowed_methods, reason = "this is the dialer")]
        socket.bind(&SocketAddr::new(source, 0).into()).map_err(DialError::Tester)?;
        let socket = UdpSocket::from_std(socket.into()).map_err(DialError::Tester)?;
        #[expect(clippy::disallowed_methods, reason = "this is the dialer")]
        socket.connect(to).await.map_err(DialError::Tester)?;
        self.counters.udp_sockets.fetch_add(1, Ordering::Relaxed);
        Ok(socket)
    }

    /// Whether this address and port may be contacted, counted where not.
    pub(crate) fn check(&self, to: SocketAddr) -> Result<(), DialError> {
        if self.scope.allows(to) { Ok(()) } else { Err(self.refuse(to.to_string())) }
    }

    /// Keeps the pace and counts a socket for datagrams that was opened beside [`Self::udp`].
    pub(crate) async fn count_datagram_socket(&self) {
        self.keep_pace().await;
        self.counters.udp_sockets.fetch_add(1, Ordering::Relaxed);
    }

    /// Takes places of connections that an engine with threads of its own holds under way; given back when
    /// dropped. At most as many as the limits allow.
    pub(crate) async fn hold_places(&self, places: usize) -> SemaphorePermit<'_> {
        let places = u32::try_from(places.clamp(1, self.limits.parallel.max(1))).unwrap_or(u32::MAX);
        self.slots.acquire_many(places).await.expect("the semaphore is never closed")
    }

    /// An engine that connects to the ports of a device by plain threads.
    ///
    /// # Errors
    /// [`DialError::OutOfScope`] if the address is no device of the scope; nothing was sent.
    #[cfg(target_os = "linux")]
    pub(crate) fn connector(self: &Arc<Self>, device: SocketAddr) -> Result<Connector, DialError> {
        self.must_be_a_device(device)?;
        Ok(Connector::new(self.clone(), device))
    }

    /// An engine that asks the ports of a device by bare SYN segments through a raw socket.
    ///
    /// # Errors
    /// [`DialError::OutOfScope`] if the address is no device of the scope; [`DialError::Tester`] if this
    /// process may open no raw socket.
    #[cfg(target_os = "linux")]
    pub(crate) fn syn_prober(self: &Arc<Self>, device: SocketAddr) -> Result<SynProber, DialError> {
        self.must_be_a_device(device)?;
        SynProber::new(self.clone(), device).map_err(DialError::Tester)
    }

    /// Engines ask every port of an address, so a published host, which has one port, is not enough.
    #[cfg(target_os = "linux")]
    fn must_be_a_device(&self, device: SocketAddr) -> Result<(), DialError> {
        if self.scope.devices.contains(&device.ip()) {
            Ok(())
        } else {
            Err(self.refuse(device.ip().to_string()))
        }
    }

    /// The number of a network interface, which a link-local address needs: by name, or the number itself.
    ///
    /// # Errors
    /// [`DialError::Tester`] if this host has no such interface.
    pub fn interface_number(&self, interface: &str) -> Result<u32, DialError> {
        if let Ok(number) = interface.parse() {
            return Ok(number);
        }
        #[cfg(target_os = "linux")]
        {
            let asking = Socket::new(Domain::IPV4, Type::DGRAM, None).map_err(DialError::Tester)?;
            rustix::net::netdevice::name_to_index(&asking, interface)
                .map_err(|error| DialError::Tester(error.into()))
        }
        #[cfg(not(target_os = "linux"))]
        Err(DialError::Tester(io::Error::new(
            io::ErrorKind::Unsupported,
            "on this system an interface is named by its number",
        )))
    }

    /// A link-local address with the interface of the scope; any other address as it is.
    fn on_its_link(&self, to: SocketAddr) -> Result<SocketAddr, DialError> {
        match (to, &self.scope.interface) {
            (SocketAddr::V6(mut address), Some(interface))
                if address.ip().is_unicast_link_local() && address.scope_id() == 0 =>
            {
                address.set_scope_id(self.interface_number(interface)?);
                Ok(address.into())
            }
            _ => Ok(to),
        }
    }

    pub(crate) fn refuse(&self, what: String) -> DialError {
        self.counters.out_of_scope.fetch_add(1, Ordering::Relaxed);
        DialError::OutOfScope(what)
    }

    async fn keep_pace(&self) {
        if self.limits.per_second == 0 {
            return;
        }
        let gap = Duration::from_secs(1) / self.limits.per_second;
        let at = {
            let mut next = self.pace.lock().unwrap_or_else(PoisonError::into_inner);
            let now = Instant::now();
            let at = next.map_or(now, |next| next.max(now));
            *next = Some(at + gap);
            at
        };
        tokio::time::sleep_until(at.into()).await;
    }

    /// For engines with a thread of their own: counts one attempt, or says how long it has to wait. What a
    /// late wake-up or a pause missed is made up for, up to 2 ms; up to 50 ms where the limit is so high that
    /// it stands for a load, and not for the patience of a guard.
    #[cfg(target_os = "linux")]
    pub(crate) fn reserve(&self, now: Instant) -> Option<Duration> {
        if self.limits.per_second == 0 {
            return None;
        }
        let gap = Duration::from_secs(1) / self.limits.per_second;
        let mut next = self.pace.lock().unwrap_or_else(PoisonError::into_inner);
        let due = next.unwrap_or(now);
        if due > now {
            return Some(due - now);
        }
        let missed = Duration::from_millis(if self.limits.per_second >= 1000 { 50 } else { 2 });
        let from = now.checked_sub(missed).map_or(due, |earliest| due.max(earliest));
        *next = Some(from + gap);
        None
    }
}

/// Closes a connection by a reset, at once on both sides. A sweep that closed in the ordinary way would
/// leave tens of thousands of connections winding down, here and in a device with little memory.
pub fn abort(stream: TcpStream) {
    // A socket that no longer takes the option is closed already.
    let _ = stream.set_zero_linger();
}

/// A connection to a port that the kernel just chose as source, on the same address, meets itself:
/// nobody listens there.
fn not_itself(stream: TcpStream) -> Result<TcpStream, DialError> {
    let local = stream.local_addr().map_err(DialError::Tester)?;
    match stream.peer_addr() {
        Ok(peer) if peer == local => {
            abort(stream);
            Err(DialError::SelfConnection)
        }
        Ok(_) => Ok(stream),
        // Connected and reset at once: a listener was there, and what it does next is seen on reading.
        Err(error) if error.kind() == io::ErrorKind::NotConnected => Ok(stream),
        Err(error) => Err(DialError::Tester(error)),
    }
}

#[cfg(test)]
#[path = "dialer_tests.rs"]
mod tests;
