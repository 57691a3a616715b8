//! ICMP echo for IPv4 and IPv6: without privileges where the system allows it, else by a raw socket.

use std::io;
use std::net::{IpAddr, Ipv6Addr, SocketAddr, SocketAddrV6};
use std::time::Instant;

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::UdpSocket;

use crate::dialer::{DialError, Dialer};

/// Type of the question and of its answer.
const IPV4: (u8, u8) = (8, 0);
const IPV6: (u8, u8) = (128, 129);
/// Every node of a link.
const EVERY_NODE: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 1);

/// A socket that asks for an echo.
#[derive(Debug)]
pub struct EchoLine {
    socket: UdpSocket,
    to: SocketAddr,
    /// A raw socket of IPv4 hears the header too.
    with_header: bool,
}

impl EchoLine {
    /// Asks for an echo of these bytes.
    ///
    /// # Errors
    /// As the socket has it.
    pub async fn ask(&self, number: u16, content: &[u8]) -> io::Result<()> {
        let kind = if self.to.is_ipv4() { IPV4.0 } else { IPV6.0 };
        let mut message = vec![kind, 0, 0, 0, 0x68, 0x74];
        message.extend(number.to_be_bytes());
        message.extend(content);
        // The kernel puts in the sum of IPv6 and of a socket without privileges.
        if self.to.is_ipv4() {
            let sum = checksum(&message);
            message[2..4].copy_from_slice(&sum.to_be_bytes());
        }
        self.socket.send_to(&message, self.to).await.map(|_| ())
    }

    /// Waits for an echo of these bytes until then; gives who sent it.
    ///
    /// # Errors
    /// As the socket has it.
    pub async fn answered(&self, content: &[u8], until: Instant) -> io::Result<Option<IpAddr>> {
        let mut buffer = [0; 2048];
        loop {
            match tokio::time::timeout_at(until.into(), self.socket.recv_from(&mut buffer)).await {
                Err(_) => return Ok(None),
                Ok(Err(error)) => return Err(error),
                Ok(Ok((count, from))) => {
                    if is_echo(&buffer[..count], content, self.to.is_ipv4(), self.with_header) {
                        return Ok(Some(from.ip()));
                    }
                }
            }
        }
    }
}

impl Dialer {
    /// A socket for an echo of one address of the scope.
    ///
    /// # Errors
    /// See [`DialError`]; [`DialError::Tester`] also where the system allows nobody to ask.
    pub async fn echo(&self, to: IpAddr) -> Result<EchoLine, DialError> {
        self.check(SocketAddr::new(to, 0))?;
        let source = self.scope().source.filter(|source| source.is_ipv4() == to.is_ipv4());
        let line = opened(SocketAddr::new(to, 0), source).map_err(DialError::Tester)?;
        self.count_datagram_socket().await;
        Ok(line)
    }

    /// A socket for an echo of every node on the link of an interface: so the kernel learns which addresses
    /// a device of the scope has. Answers of others are for counting only.
    ///
    /// # Errors
    /// As [`Self::echo`]; [`DialError::OutOfScope`] if the device is none of the scope.
    pub async fn echo_of_link(&self, device: IpAddr, interface: u32) -> Result<EchoLine, DialError> {
        self.check(SocketAddr::new(device, 0))?;
        let to = SocketAddr::V6(SocketAddrV6::new(EVERY_NODE, 0, 0, interface));
        let line = opened(to, None).map_err(DialError::Tester)?;
        self.count_datagram_socket().await;
        Ok(line)
    }
}

fn opened(to: SocketAddr, source: Option<IpAddr>) -> io::Result<EchoLine> {
    let (domain, protocol) = match to {
        SocketAddr::V4(_) => (Domain::IPV4, Protocol::ICMPV4),
        SocketAddr::V6(_) => (Domain::IPV6, Protocol::ICMPV6),
    };
    let (socket, raw) = match Socket::new(domain, Type::DGRAM, Some(protocol)) {
        Ok(socket) => (socket, false),
        Err(_) => (Socket::new(domain, Type::RAW, Some(protocol))?, true),
    };
    socket.set_nonblocking(true)?;
    if let SocketAddr::V6(to) = to
        && to.ip().is_multicast()
    {
        socket.set_multicast_if_v6(to.scope_id())?;
        socket.set_multicast_hops_v6(1)?;
        // The tester is none of the others.
        socket.set_multicast_loop_v6(false)?;
    }
    if let Some(source) = source {
        #[expect(clippy::disallowed_methods, reason = "part of the dialer; the scope was checked")]
        socket.bind(&SocketAddr::new(source, 0).into())?;
    }
    // The wrapper reads and writes datagrams of any protocol.
    let socket = UdpSocket::from_std(socket.into())?;
    Ok(EchoLine { socket, to, with_header: raw && to.is_ipv4() })
}

/// Whether a message is an echo of these bytes.
fn is_echo(message: &[u8], content: &[u8], is_ipv4: bool, with_header: bool) -> bool {
    let message = match message.first() {
        Some(first) if with_header => message.get(usize::from(first & 0x0f) * 4..).unwrap_or_default(),
        _ => message,
    };
    let kind = if is_ipv4 { IPV4.1 } else { IPV6.1 };
    message.first() == Some(&kind) && message.get(8..) == Some(content)
}

/// The sum of the Internet protocols (RFC 1071).
fn checksum(bytes: &[u8]) -> u16 {
    let words =
        bytes.chunks(2).map(|two| u32::from(two[0]) << 8 | u32::from(two.get(1).copied().unwrap_or(0)));
    let sum: u32 = words.sum();
    let folded = (sum & 0xffff) + (sum >> 16);
    !(((folded & 0xffff) + (folded >> 16)) as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_echo_repeats_the_bytes_and_a_question_is_none() {
        let answer = [&[0, 0, 0, 0, 0x68, 0x74, 0, 1][..], b"abcd"].concat();
        assert!(is_echo(&answer, b"abcd", true, false));
        assert!(!is_echo(&answer, b"abce", true, false));
        assert!(!is_echo(&answer, b"abcd", false, false), "of the other protocol");
        let with_header = [&[0x45][..], &[0; 19], &answer].concat();
        assert!(is_echo(&with_header, b"abcd", true, true));
        assert!(!is_echo(&with_header, b"abcd", true, false));
        assert!(!is_echo(&[], b"", true, true));
    }

    #[test]
    fn the_sum_of_a_message_with_its_sum_is_nothing() {
        let mut message = vec![8, 0, 0, 0, 0x68, 0x74, 0, 1, b'x'];
        let sum = checksum(&message);
        message[2..4].copy_from_slice(&sum.to_be_bytes());
        assert_eq!(checksum(&message), 0);
    }
}
