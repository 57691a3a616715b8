//! Questions to a multicast group, sent from the tester's address in the network of a device. They announce
//! nothing and join nothing: answers come back to the one port that asked.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};
use std::time::Instant;

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::UdpSocket;

use crate::dialer::{DialError, Dialer};

/// mDNS (RFC 6762).
pub(crate) const MDNS: (Ipv4Addr, Ipv6Addr, u16) =
    (Ipv4Addr::new(224, 0, 0, 251), Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 0xfb), 5353);
/// SSDP.
pub(crate) const SSDP: (Ipv4Addr, Ipv6Addr, u16) =
    (Ipv4Addr::new(239, 255, 255, 250), Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 0xc), 1900);
/// WS-Discovery.
pub(crate) const WS_DISCOVERY: (Ipv4Addr, Ipv6Addr, u16) =
    (Ipv4Addr::new(239, 255, 255, 250), Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 0xc), 3702);
/// The groups that may be asked; there is no way to ask another one.
const GROUPS: [(Ipv4Addr, Ipv6Addr, u16); 3] = [MDNS, SSDP, WS_DISCOVERY];

/// A socket that asks one group and keeps the answers of one device.
#[derive(Debug)]
pub struct GroupQuestions {
    socket: UdpSocket,
    group: SocketAddr,
    device: IpAddr,
    /// Datagrams that came from other hosts: counted, not kept.
    pub others_heard: u32,
}

impl GroupQuestions {
    /// Asks the group.
    ///
    /// # Errors
    /// As the socket has it.
    pub async fn send(&self, bytes: &[u8]) -> std::io::Result<usize> {
        self.socket.send_to(bytes, self.group).await
    }

    /// The next answer of the device until then; `None` when the time is over.
    ///
    /// # Errors
    /// As the socket has it.
    pub async fn receive(&mut self, until: Instant) -> std::io::Result<Option<Vec<u8>>> {
        let mut buffer = vec![0; 9216];
        loop {
            match tokio::time::timeout_at(until.into(), self.socket.recv_from(&mut buffer)).await {
                Err(_) => return Ok(None),
                Ok(Err(error)) => return Err(error),
                Ok(Ok((count, from))) if from.ip() == self.device => {
                    buffer.truncate(count);
                    return Ok(Some(buffer));
                }
                Ok(Ok(_)) => self.others_heard = self.others_heard.saturating_add(1),
            }
        }
    }
}

impl Dialer {
    /// A socket for questions to one of the known groups, in the network in which the device is.
    ///
    /// # Errors
    /// [`DialError::OutOfScope`] if the device or the group may not be asked; [`DialError::Tester`] if the
    /// tester has no way to the group.
    pub async fn multicast(
        &self,
        group: (Ipv4Addr, Ipv6Addr, u16),
        device: IpAddr,
    ) -> Result<GroupQuestions, DialError> {
        let (four, six, port) = group;
        self.check(SocketAddr::new(device, port))?;
        if !GROUPS.contains(&group) {
            return Err(self.refuse(format!("the group {four}, port {port}")));
        }
        // The way to the device tells from which address and interface.
        let way = self.udp(SocketAddr::new(device, port)).await?;
        let own = way.local_addr().map_err(DialError::Tester)?;
        drop(way);
        let (socket, group) = bound_for(own, device, four, six, port).map_err(DialError::Tester)?;
        self.count_datagram_socket().await;
        Ok(GroupQuestions { socket, group, device, others_heard: 0 })
    }
}

fn bound_for(
    own: SocketAddr,
    device: IpAddr,
    four: Ipv4Addr,
    six: Ipv6Addr,
    port: u16,
) -> std::io::Result<(UdpSocket, SocketAddr)> {
    let domain = if own.is_ipv4() { Domain::IPV4 } else { Domain::IPV6 };
    let socket = Socket::new(domain, Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_nonblocking(true)?;
    // mDNS wants 255; its group never leaves the link. The others are kept on it.
    let hops = if port == MDNS.2 { 255 } else { 1 };
    let group = match own {
        SocketAddr::V4(own) => {
            socket.set_multicast_if_v4(own.ip())?;
            socket.set_multicast_ttl_v4(hops)?;
            SocketAddr::new(four.into(), port)
        }
        SocketAddr::V6(own) => {
            let interface = match own.scope_id() {
                0 => interface_of(*own.ip()).unwrap_or(0),
                scope => scope,
            };
            socket.set_multicast_if_v6(interface)?;
            socket.set_multicast_hops_v6(hops)?;
            SocketAddr::V6(SocketAddrV6::new(six, port, 0, interface))
        }
    };
    debug_assert_eq!(device.is_ipv4(), own.is_ipv4());
    let mut from = own;
    from.set_port(0);
    #[expect(clippy::disallowed_methods, reason = "part of the dialer; the scope was checked")]
    socket.bind(&from.into())?;
    Ok((UdpSocket::from_std(socket.into())?, group))
}

/// Number of the interface that has this address, as the kernel lists them; `None` elsewhere than on Linux.
fn interface_of(address: Ipv6Addr) -> Option<u32> {
    let wanted: String = address.octets().iter().map(|byte| format!("{byte:02x}")).collect();
    let table = std::fs::read_to_string("/proc/net/if_inet6").ok()?;
    let mut lines = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let line = lines.find(|words| words.first() == Some(&wanted.as_str()))?;
    u32::from_str_radix(line.get(1)?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialer::{DialLimits, Scope};

    #[tokio::test]
    async fn only_known_groups_are_asked_and_only_about_a_device_of_the_scope() {
        let device = IpAddr::from([127, 73, 3, 1]);
        let dialer = Dialer::new(Scope { devices: vec![device], ..Scope::default() }, DialLimits::default());
        let strange = (Ipv4Addr::new(239, 1, 2, 3), MDNS.1, 5353);
        assert!(matches!(dialer.multicast(strange, device).await, Err(DialError::OutOfScope(_))));
        let other = IpAddr::from([127, 73, 3, 2]);
        assert!(matches!(dialer.multicast(MDNS, other).await, Err(DialError::OutOfScope(_))));
        let asked = dialer.multicast(MDNS, device).await.expect("a socket");
        assert!(asked.socket.local_addr().expect("bound").ip().is_loopback());
    }

    #[tokio::test]
    #[expect(clippy::disallowed_methods, reason = "the tests play the hosts")]
    async fn what_others_say_is_counted_and_not_kept() {
        let device = IpAddr::from([127, 73, 3, 3]);
        let dialer = Dialer::new(Scope { devices: vec![device], ..Scope::default() }, DialLimits::default());
        let mut asked = dialer.multicast(SSDP, device).await.expect("a socket");
        let port = asked.socket.local_addr().expect("bound").port();
        let to = SocketAddr::new(asked.socket.local_addr().expect("bound").ip(), port);
        for (address, text) in [(IpAddr::from([127, 73, 3, 4]), "other"), (device, "device")] {
            let host = UdpSocket::bind((address, 0)).await.expect("bound");
            host.send_to(text.as_bytes(), to).await.expect("sent");
        }
        let until = Instant::now() + std::time::Duration::from_secs(5);
        assert_eq!(asked.receive(until).await.expect("heard").as_deref(), Some(&b"device"[..]));
        assert_eq!(asked.others_heard, 1);
    }
}
