//! Listening in place of a peer of the device: only at the addresses of the scope, and only for its devices.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::net::{TcpListener, TcpSocket, TcpStream};

use super::{DialError, Dialer, abort};

/// Connections that wait to be taken.
const WAITING: u32 = 16;

/// A socket on which the devices of the scope are let in, and nobody else. Closed when dropped.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    dialer: Arc<Dialer>,
}

impl Dialer {
    /// Listens at an address that the scope names under `world`.
    ///
    /// # Errors
    /// [`DialError::OutOfScope`] for any other address, [`DialError::Tester`] if it cannot be had.
    pub fn listen(self: &Arc<Self>, at: SocketAddr) -> Result<Listener, DialError> {
        if !self.scope.world.contains(&at) {
            return Err(self.refuse(at.to_string()));
        }
        let socket = open(at).map_err(DialError::Tester)?;
        Ok(Listener { socket, dialer: Arc::clone(self) })
    }
}

impl Listener {
    /// The next connection of a device of the scope. Connections of others are counted, reset, and not read.
    ///
    /// # Errors
    /// The tester's own network failed.
    pub async fn accept(&self) -> Result<TcpStream, DialError> {
        loop {
            let (stream, from) = self.socket.accept().await.map_err(DialError::Tester)?;
            if self.dialer.scope.devices.contains(&canonical(from.ip())) {
                self.dialer.counters.taken.fetch_add(1, Ordering::Relaxed);
                stream.set_nodelay(true).map_err(DialError::Tester)?;
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
        assert!(matches!(dialer.listen(elsewhere), Err(DialError::OutOfScope(_))));
        assert_eq!(dialer.counters.out_of_scope.load(Ordering::Relaxed), 1);
        drop(dialer.listen(at).unwrap());
        assert!(dialer.listen(at).is_ok(), "the address can be had again");
    }

    #[tokio::test]
    async fn only_the_device_is_let_in() {
        let at = free();
        let scope = Scope { devices: vec![DEVICE], world: vec![at], ..Scope::default() };
        let dialer = Dialer::new(scope, DialLimits::default());
        let listener = dialer.listen(at).unwrap();
        let stranger = visit([127, 73, 9, 3].into(), at).await;
        let device = visit(DEVICE, at).await;
        let taken = listener.accept().await.unwrap();
        assert_eq!(taken.peer_addr().unwrap(), device.local_addr().unwrap());
        assert_eq!(dialer.counters.turned_away.load(Ordering::Relaxed), 1);
        drop(stranger);
    }
}
