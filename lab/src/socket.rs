//! Opening sockets: the one place of the lab that does.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpListener, UdpSocket};
use std::time::{Duration, Instant};

use socket2::{Domain, Socket, Type};
use tokio::net::{TcpSocket, TcpStream};

/// Port that is bound, and never listened on, to own an address. Outside the range from which the
/// operating system takes ports for outgoing connections, and invisible to a scan.
const CLAIM_PORT: u16 = 64_999;

/// Ownership of a loopback address among everything that runs on this machine; ends when dropped.
#[derive(Debug)]
pub(crate) struct Claim {
    _socket: Socket,
}

/// Takes an address, or says that somebody else has it.
#[expect(clippy::disallowed_methods, reason = "the lab owns its addresses by binding them")]
pub(crate) fn claim(address: Ipv4Addr) -> io::Result<Claim> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&SocketAddr::from((address, CLAIM_PORT)).into())?;
    Ok(Claim { _socket: socket })
}

/// Address that [`claim`] binds, for messages.
pub(crate) fn claim_address(address: Ipv4Addr) -> SocketAddr {
    SocketAddr::from((address, CLAIM_PORT))
}

/// Longest wait for a port that was closed a moment ago.
const CLOSING: Duration = Duration::from_secs(2);

/// A listening socket that can be opened again right after it was closed. A program that this process starts
/// meanwhile holds a copy of the closed one until it runs, some tens of milliseconds on a busy machine: for so long the
/// port is waited for, so that a device does not seem dead because of its tester.
pub(crate) fn listen(address: Ipv4Addr, port: u16) -> io::Result<TcpListener> {
    let until = Instant::now() + CLOSING;
    loop {
        match listen_at_once(address, port) {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && Instant::now() < until => {
                std::thread::sleep(Duration::from_millis(5));
            }
            opened => return opened,
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the lab listens")]
fn listen_at_once(address: Ipv4Addr, port: u16) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&SocketAddr::from((address, port)).into())?;
    socket.listen(256)?;
    Ok(socket.into())
}

/// A datagram socket that tolerates another one on the wildcard address.
#[expect(clippy::disallowed_methods, reason = "the lab listens")]
pub(crate) fn datagrams(address: Ipv4Addr, port: u16) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&SocketAddr::from((address, port)).into())?;
    Ok(socket.into())
}

/// A datagram socket for one conversation: nobody is heard there but whom it is with.
pub(crate) fn datagrams_with(address: Ipv4Addr, peer: SocketAddrV4) -> io::Result<UdpSocket> {
    let socket = datagrams(address, 0)?;
    socket.connect(peer)?;
    Ok(socket)
}

/// Connects from an address of the lab to another one of the lab: where from, and the connection to wait for.
#[expect(clippy::disallowed_methods, reason = "the simulated device calls its simulated cloud")]
pub(crate) fn call(
    from: Ipv4Addr,
    to: SocketAddrV4,
) -> io::Result<(SocketAddrV4, impl Future<Output = io::Result<TcpStream>>)> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::from((from, 0)))?;
    // Small questions in two writes would else wait for an acknowledgement, 40 ms each.
    socket.set_nodelay(true)?;
    let here = SocketAddrV4::new(from, socket.local_addr()?.port());
    Ok((here, socket.connect(SocketAddr::V4(to))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_that_is_let_go_in_a_moment_is_waited_for() {
        let held = listen(Ipv4Addr::new(127, 126, 9, 1), 0).unwrap();
        let port = held.local_addr().unwrap().port();
        let letting_go = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(50));
            drop(held);
        });
        assert_eq!(
            listen_at_once(Ipv4Addr::new(127, 126, 9, 1), port).unwrap_err().kind(),
            io::ErrorKind::AddrInUse
        );
        assert_eq!(listen(Ipv4Addr::new(127, 126, 9, 1), port).unwrap().local_addr().unwrap().port(), port);
        letting_go.join().unwrap();
    }
}
