//! Listening in place of a peer of the device: only at the addresses of the scope, and only for its devices.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::{TcpListener, TcpSocket, TcpStream, UdpSocket};

use super::{DialError, Dialer, abort};

/// Connections that wait to be taken.
const WAITING: u32 = 16;
/// Tries to take a port that was let go a moment ago, and the pause between two. A program that is being started
/// beside holds the sockets of its parent until it begins.
const TRIES: u32 = 40;
const PAUSE: Duration = Duration::from_millis(50);

/// A socket on which the devices of the scope are let in, and nobody else. Closed when dropped.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    dialer: Arc<Dialer>,
}

/// A socket for datagrams on which the devices of the scope are heard, and nobody else. Closed when dropped.
#[derive(Debug)]
pub struct DatagramListener {
    socket: UdpSocket,
    dialer: Arc<Dialer>,
}

/// A socket that hears what is broadcast on one interface, from whomever: who asks for an address has none yet.
/// Closed when dropped.
#[derive(Debug)]
pub struct BroadcastListener {
    socket: UdpSocket,
}

impl Dialer {
    /// Listens at an address that the scope names under `world`. A port that is being let go is waited for, 2 s at most.
    ///
    /// # Errors
    /// [`DialError::OutOfScope`] for any other address, [`DialError::Tester`] if it cannot be had.
    pub async fn listen(self: &Arc<Self>, at: SocketAddr) -> Result<Listener, DialError> {
        if !self.scope.world.contains(&at) {
            return Err(self.refuse(at.to_string()));
        }
        let socket = once_free(|| open(at)).await.map_err(DialError::Tester)?;
        Ok(Listener { socket, dialer: Arc::clone(self) })
    }

    /// Listens for datagrams at an address that the scope names under `world`. A port that is being let go is waited for,
    /// 2 s at most.
    ///
    /// # Errors
    /// [`DialError::OutOfScope`] for any other address, [`DialError::Tester`] if it cannot be had.
    pub async fn listen_for_datagrams(
        self: &Arc<Self>,
        at: SocketAddr,
    ) -> Result<DatagramListener, DialError> {
        if !self.scope.world.contains(&at) {
            return Err(self.refuse(at.to_string()));
        }
        let socket = once_free(|| datagrams(at, None)).await.map_err(DialError::Tester)?;
        Ok(DatagramListener { socket, dialer: Arc::clone(self) })
    }

    /// Listens for broadcasts at a port of the unspecified IPv4 address that the scope names under `world`, on the
    /// interface that the scope names. A port that is being let go is waited for, 2 s at most.
    ///
    /// # Errors
    /// [`DialError::OutOfScope`] for any other port or interface, [`DialError::Tester`] if it cannot be had.
    pub async fn listen_for_broadcasts(
        self: &Arc<Self>,
        port: u16,
        interface: &str,
    ) -> Result<BroadcastListener, DialError> {
        let at = SocketAddr::from(([0, 0, 0, 0], port));
        if !self.scope.world.contains(&at) || self.scope.interface.as_deref() != Some(interface) {
            return Err(self.refuse(format!("{at} on {interface}")));
        }
        let socket = once_free(|| datagrams(at, Some(interface))).await.map_err(DialError::Tester)?;
        Ok(BroadcastListener { socket })
    }
}

/// Opens a socket, and waits a moment for a port that is in use.
async fn once_free<T>(open: impl Fn() -> io::Result<T>) -> io::Result<T> {
    for _ in 1..TRIES {
        match open() {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => tokio::time::sleep(PAUSE).await,
            opened => return opened,
        }
    }
    open()
}

impl DatagramListener {
    /// The next datagram of a device of the scope: its length and where it came from. What others send is counted
    /// and not read.
    ///
    /// # Errors
    /// The tester's own network failed.
    pub async fn receive(&self, buffer: &mut [u8]) -> Result<(usize, SocketAddr), DialError> {
        loop {
            match self.socket.recv_from(buffer).await {
                Ok((length, from)) if self.dialer.scope.devices.contains(&canonical(from.ip())) => {
                    self.dialer.counters.taken.fetch_add(1, Ordering::Relaxed);
                    return Ok((length, from));
                }
                Ok(_) => {
                    self.dialer.counters.turned_away.fetch_add(1, Ordering::Relaxed);
                }
                Err(error) if is_about_an_earlier_answer(&error) => {}
                Err(error) => return Err(DialError::Tester(error)),
            }
        }
    }

    /// Answers a device of the scope.
    ///
    /// # Errors
    /// [`DialError::OutOfScope`] for anybody else, [`DialError::Tester`] if it cannot be sent.
    pub async fn answer(&self, bytes: &[u8], to: SocketAddr) -> Result<(), DialError> {
        if !self.dialer.scope.devices.contains(&canonical(to.ip())) {
            return Err(self.dialer.refuse(to.to_string()));
        }
        self.socket.send_to(bytes, to).await.map(|_| ()).map_err(DialError::Tester)
    }
}

impl BroadcastListener {
    /// The next datagram, whoever sent it: its length.
    ///
    /// # Errors
    /// The tester's own network failed.
    pub async fn receive(&self, buffer: &mut [u8]) -> Result<usize, DialError> {
        loop {
            match self.socket.recv_from(buffer).await {
                Ok((length, _)) => return Ok(length),
                Err(error) if is_about_an_earlier_answer(&error) => {}
                Err(error) => return Err(DialError::Tester(error)),
            }
        }
    }

    /// Broadcasts on the interface.
    ///
    /// # Errors
    /// [`DialError::Tester`] if it cannot be sent.
    pub async fn shout(&self, bytes: &[u8], port: u16) -> Result<(), DialError> {
        let everybody = SocketAddr::from(([255, 255, 255, 255], port));
        self.socket.send_to(bytes, everybody).await.map(|_| ()).map_err(DialError::Tester)
    }
}

/// A port of the device that was closed when an answer came is told of by a later call.
fn is_about_an_earlier_answer(error: &io::Error) -> bool {
    use io::ErrorKind as Kind;
    matches!(error.kind(), Kind::ConnectionRefused | Kind::ConnectionReset | Kind::Interrupted)
}

/// A visitor that was gone before it was let in; the next one may stay.
fn is_about_that_connection(error: &io::Error) -> bool {
    use io::ErrorKind as Kind;
    matches!(error.kind(), Kind::ConnectionAborted | Kind::ConnectionReset | Kind::Interrupted)
}

fn datagrams(at: SocketAddr, broadcasts_of: Option<&str>) -> io::Result<UdpSocket> {
    let domain = if at.is_ipv4() { Domain::IPV4 } else { Domain::IPV6 };
    let socket = Socket::new(domain, Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_nonblocking(true)?;
    if let Some(interface) = broadcasts_of {
        socket.set_broadcast(true)?;
        #[cfg(any(target_os = "linux", target_os = "android"))]
        socket.bind_device(Some(interface.as_bytes()))?;
        #[cfg(not(any(target_os = "linux", target_os = "android")))]
        return Err(io::Error::new(io::ErrorKind::Unsupported, format!("{interface}: only on Linux")));
    }
    #[expect(clippy::disallowed_methods, reason = "this is the dialer")]
    socket.bind(&at.into())?;
    UdpSocket::from_std(socket.into())
}

impl Listener {
    /// The next connection of a device of the scope. Connections of others are counted, reset, and not read.
    ///
    /// # Errors
    /// The tester's own network failed.
    pub async fn accept(&self) -> Result<TcpStream, DialError> {
        loop {
            let (stream, from) = match self.socket.accept().await {
                Ok(accepted) => accepted,
                Err(error) if is_about_that_connection(&error) => continue,
                Err(error) => return Err(DialError::Tester(error)),
            };
            if self.dialer.scope.devices.contains(&canonical(from.ip())) {
                self.dialer.counters.taken.fetch_add(1, Ordering::Relaxed);
                // A connection that its visitor has reset already takes no options; whoever reads it finds out.
                let _reset = stream.set_nodelay(true);
                return Ok(stream);
            }
            self.dialer.counters.turned_away.fetch_add(1, Ordering::Relaxed);
            abort(stream);
        }
    }
}

fn open(at: SocketAddr) -> io::Result<TcpListener> {
    let socket = if at.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // The address is listened at again and again, while earlier connections are winding down.
    socket.set_reuseaddr(true)?;
    socket.bind(at)?;
    socket.listen(WAITING)
}

/// An IPv4 address that a socket for both families wrote as IPv6.
fn canonical(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialer::{DialLimits, Scope};

    const DEVICE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(127, 73, 9, 1));

    async fn visit(from: IpAddr, to: SocketAddr) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::new(from, 0)).unwrap();
        #[expect(clippy::disallowed_methods, reason = "the test plays the device")]
        socket.connect(to).await.unwrap()
    }

    /// A port that was free a moment ago.
    fn free() -> SocketAddr {
        open(([127, 73, 9, 2], 0).into()).unwrap().local_addr().unwrap()
    }

    #[tokio::test]
    async fn it_listens_where_the_scope_says_and_nowhere_else() {
        let at = free();
        let scope = Scope { devices: vec![DEVICE], world: vec![at], ..Scope::default() };
        let dialer = Dialer::new(scope, DialLimits::default());
        let elsewhere = SocketAddr::new(at.ip(), at.port() ^ 1);
        assert!(matches!(dialer.listen(elsewhere).await, Err(DialError::OutOfScope(_))));
        assert_eq!(dialer.counters.out_of_scope.load(Ordering::Relaxed), 1);
        drop(dialer.listen(at).await.unwrap());
        assert!(dialer.listen(at).await.is_ok(), "the address can be had again");
    }

    #[tokio::test]
    async fn only_the_device_is_let_in() {
        let at = free();
        let scope = Scope { devices: vec![DEVICE], world: vec![at], ..Scope::default() };
        let dialer = Dialer::new(scope, DialLimits::default());
        let listener = dialer.listen(at).await.unwrap();
        let stranger = visit([127, 73, 9, 3].into(), at).await;
        let device = visit(DEVICE, at).await;
        let taken = listener.accept().await.unwrap();
        assert_eq!(taken.peer_addr().unwrap(), device.local_addr().unwrap());
        assert_eq!(dialer.counters.turned_away.load(Ordering::Relaxed), 1);
        drop(stranger);
    }
    async fn send(from: IpAddr, to: SocketAddr) -> UdpSocket {
        #[expect(clippy::disallowed_methods, reason = "the test plays the device")]
        let socket = UdpSocket::bind((from, 0)).await.unwrap();
        socket.send_to(b"question", to).await.unwrap();
        socket
    }

    #[tokio::test]
    async fn datagrams_of_the_device_are_heard_and_answered_and_no_others() {
        let at = free();
        let scope = Scope { devices: vec![DEVICE], world: vec![at], ..Scope::default() };
        let dialer = Dialer::new(scope, DialLimits::default());
        let listener = dialer.listen_for_datagrams(at).await.unwrap();
        let stranger = send([127, 73, 9, 3].into(), at).await;
        let device = send(DEVICE, at).await;
        let mut buffer = [0; 64];
        let (length, from) = listener.receive(&mut buffer).await.unwrap();
        assert_eq!((&buffer[..length], from), (&b"question"[..], device.local_addr().unwrap()));
        listener.answer(b"answer", from).await.unwrap();
        assert_eq!(device.recv(&mut buffer).await.unwrap(), 6);
        let refused = listener.answer(b"answer", stranger.local_addr().unwrap()).await;
        assert!(matches!(refused, Err(DialError::OutOfScope(_))));
        assert_eq!(dialer.counters.turned_away.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn datagrams_and_broadcasts_are_heard_where_the_scope_says_and_nowhere_else() {
        let at = free();
        let scope = Scope { world: vec![at], interface: Some("lan0".into()), ..Scope::default() };
        let dialer = Dialer::new(scope, DialLimits::default());
        let elsewhere = SocketAddr::new(at.ip(), at.port() ^ 1);
        assert!(matches!(dialer.listen_for_datagrams(elsewhere).await, Err(DialError::OutOfScope(_))));
        assert!(matches!(dialer.listen_for_broadcasts(67, "lan0").await, Err(DialError::OutOfScope(_))));
        let scope = Scope { world: vec![([0, 0, 0, 0], 67).into()], ..Scope::default() };
        let dialer = Dialer::new(scope, DialLimits::default());
        assert!(matches!(dialer.listen_for_broadcasts(67, "lan0").await, Err(DialError::OutOfScope(_))));
    }

    /// A dialer that may listen at a port which somebody else holds, and who does.
    fn held() -> (SocketAddr, Arc<Dialer>, TcpListener, UdpSocket) {
        let stream = open(([127, 73, 9, 4], 0).into()).unwrap();
        let at = stream.local_addr().unwrap();
        let scope = Scope { world: vec![at], ..Scope::default() };
        (at, Dialer::new(scope, DialLimits::default()), stream, datagrams(at, None).unwrap())
    }

    #[tokio::test]
    async fn a_port_that_is_let_go_in_a_moment_is_waited_for() {
        let (at, dialer, stream, datagrams) = held();
        assert_eq!(open(at).unwrap_err().kind(), io::ErrorKind::AddrInUse);
        let letting_go = tokio::spawn(async move {
            tokio::time::sleep(PAUSE * 3).await;
            drop((stream, datagrams));
        });
        dialer.listen(at).await.unwrap();
        dialer.listen_for_datagrams(at).await.unwrap();
        letting_go.await.unwrap();
    }

    #[tokio::test]
    async fn a_port_that_somebody_keeps_is_trouble_of_the_tester() {
        let (at, dialer, _stream, _datagrams) = held();
        let (stream, datagrams) = tokio::join!(dialer.listen(at), dialer.listen_for_datagrams(at));
        for trouble in [stream.unwrap_err(), datagrams.unwrap_err()] {
            assert!(
                matches!(&trouble, DialError::Tester(why) if why.kind() == io::ErrorKind::AddrInUse),
                "{trouble:?}"
            );
        }
    }
}
