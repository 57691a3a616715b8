//! UDP sockets of special manners, opened by the [`Dialer`]: from a fixed port of our own, and open to
//! answers from other ports of the same address.

use std::net::{IpAddr, SocketAddr};

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::UdpSocket;

use crate::dialer::{DialError, Dialer};

/// A socket that sends to one address and port, and hears every port of that address.
#[derive(Debug)]
pub struct OpenDatagrams {
    socket: UdpSocket,
    to: SocketAddr,
}

impl OpenDatagrams {
    /// Sends to the address that the socket was opened for.
    ///
    /// # Errors
    /// As the socket has it.
    pub async fn send(&self, bytes: &[u8]) -> std::io::Result<usize> {
        self.socket.send_to(bytes, self.to).await
    }

    /// The next datagram from that address, and its port. Others are dropped unread.
    ///
    /// # Errors
    /// As the socket has it.
    pub async fn receive(&self, buffer: &mut [u8]) -> std::io::Result<(usize, u16)> {
        loop {
            let (count, from) = self.socket.recv_from(buffer).await?;
            if from.ip() == self.to.ip() {
                return Ok((count, from.port()));
            }
        }
    }
}

impl Dialer {
    /// As [`Dialer::udp`], from this port of our own. A port that cannot be had is none of the device's
    /// affairs: another one is taken then, and the caller sees it at the socket.
    ///
    /// # Errors
    /// See [`DialError`].
    pub async fn udp_from(&self, to: SocketAddr, port: u16) -> Result<UdpSocket, DialError> {
        self.check(to)?;
        let Ok(socket) = self.bound(to, port) else { return self.udp(to).await };
        #[expect(clippy::disallowed_methods, reason = "part of the dialer; the scope was checked")]
        socket.connect(to).await.map_err(DialError::Tester)?;
        self.count_datagram_socket().await;
        Ok(socket)
    }

    /// A socket that sends to this address and port and hears every port of the address.
    ///
    /// # Errors
    /// See [`DialError`].
    pub async fn udp_open(&self, to: SocketAddr) -> Result<OpenDatagrams, DialError> {
        self.check(to)?;
        let socket = self.bound(to, 0).map_err(DialError::Tester)?;
        self.count_datagram_socket().await;
        Ok(OpenDatagrams { socket, to })
    }

    fn bound(&self, to: SocketAddr, port: u16) -> std::io::Result<UdpSocket> {
        let domain = if to.is_ipv4() { Domain::IPV4 } else { Domain::IPV6 };
        let socket = Socket::new(domain, Type::DGRAM, Some(Protocol::UDP))?;
        socket.set_nonblocking(true)?;
        let unspecified = if to.is_ipv4() { IpAddr::from([0_u8; 4]) } else { IpAddr::from([0_u8; 16]) };
        let source = self.scope().source.filter(|source| source.is_ipv4() == to.is_ipv4());
        #[expect(clippy::disallowed_methods, reason = "part of the dialer; the scope was checked")]
        socket.bind(&SocketAddr::new(source.unwrap_or(unspecified), port).into())?;
        UdpSocket::from_std(socket.into())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "the tests play the device")]

    use super::*;
    use crate::dialer::{DialLimits, Scope};

    #[tokio::test]
    async fn another_port_of_the_device_is_heard_and_another_host_is_not() {
        let device = IpAddr::from([127, 73, 2, 1]);
        let scope = Scope { devices: vec![device], source: Some([127, 73, 2, 9].into()), ..Scope::default() };
        let dialer = Dialer::new(scope, DialLimits::default());
        let asked = UdpSocket::bind((device, 0)).await.unwrap();
        let answers = UdpSocket::bind((device, 0)).await.unwrap();
        let stranger = UdpSocket::bind((IpAddr::from([127, 73, 2, 2]), 0)).await.unwrap();
        let line = dialer.udp_open(asked.local_addr().unwrap()).await.unwrap();
        line.send(b"question").await.unwrap();
        let mut buffer = [0; 16];
        let (_, from) = asked.recv_from(&mut buffer).await.unwrap();
        stranger.send_to(b"stranger", from).await.unwrap();
        answers.send_to(b"answer", from).await.unwrap();
        let (count, port) = line.receive(&mut buffer).await.unwrap();
        assert_eq!((&buffer[..count], port), (&b"answer"[..], answers.local_addr().unwrap().port()));
    }

    #[tokio::test]
    async fn nothing_goes_out_of_the_scope() {
        let dialer = Dialer::new(Scope::default(), DialLimits::default());
        let to = SocketAddr::from(([127, 73, 2, 3], 9));
        assert!(matches!(dialer.udp_open(to).await, Err(DialError::OutOfScope(_))));
        assert!(matches!(dialer.udp_from(to, 68).await, Err(DialError::OutOfScope(_))));
    }
}
