//! Programs of this machine that listen on every address: they answer at the simulated device's
//! address too, and are none of its doing.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

/// Ports that foreign programs have on a wildcard address (`0.0.0.0` or `[::]`), ascending.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ForeignListeners {
    /// TCP ports.
    pub tcp: Vec<u16>,
    /// UDP ports.
    pub udp: Vec<u16>,
}

/// Finds them, from the tables of the kernel where there are any, else by asking an address that no
/// instance ever has (TCP only).
pub fn foreign_listeners() -> ForeignListeners {
    let tables = |names: [&str; 2], state: Option<&str>| -> Option<Vec<u16>> {
        let mut ports = Vec::new();
        let mut read = false;
        for name in names {
            if let Ok(table) = fs::read_to_string(format!("/proc/net/{name}")) {
                read = true;
                ports.extend(wildcard_ports(&table, state));
            }
        }
        ports.sort_unstable();
        ports.dedup();
        read.then_some(ports)
    };
    ForeignListeners {
        // 0A is the state LISTEN.
        tcp: tables(["tcp", "tcp6"], Some("0A")).unwrap_or_else(answering_everywhere),
        udp: tables(["udp", "udp6"], None).unwrap_or_default(),
    }
}

/// Ports of the rows of a socket table that are bound to the wildcard address.
fn wildcard_ports<'a>(table: &'a str, state: Option<&'a str>) -> impl Iterator<Item = u16> + 'a {
    table.lines().skip(1).filter_map(move |line| {
        let mut columns = line.split_ascii_whitespace().skip(1);
        let (address, port) = columns.next()?.split_once(':')?;
        let row_state = columns.nth(1)?;
        let wildcard = address.bytes().all(|byte| byte == b'0');
        (wildcard && state.is_none_or(|state| state == row_state))
            .then(|| u16::from_str_radix(port, 16).ok())
            .flatten()
    })
}

/// Ports that accept a connection at an address nobody has. Stops at the first silence, because then
/// the system does not know such addresses.
#[expect(clippy::disallowed_methods, reason = "looks at the lab's own machine, before any device exists")]
fn answering_everywhere() -> Vec<u16> {
    let mut found = Vec::new();
    for port in 1..=u16::MAX {
        let address = SocketAddr::from((Ipv4Addr::new(127, 127, 93, 17), port));
        match TcpStream::connect_timeout(&address, Duration::from_millis(200)) {
            Ok(_) => found.push(port),
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => {}
            Err(_) => break,
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid
   0: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0
   1: 0100007F:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0
   2: 00000000:C350 0100007F:0016 01 00000000:00000000 00:00000000 00000000     0
";

    #[test]
    fn only_wildcard_listeners_are_foreign() {
        assert_eq!(wildcard_ports(TABLE, Some("0A")).collect::<Vec<_>>(), [8080]);
        assert_eq!(wildcard_ports(TABLE, None).collect::<Vec<_>>(), [8080, 50000]);
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "plays the foreign program")]
    fn a_listener_on_every_address_is_found() {
        let listener = std::net::TcpListener::bind("0.0.0.0:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        assert!(foreign_listeners().tcp.contains(&port));
        let own = std::net::TcpListener::bind("127.126.3.4:0").unwrap();
        let own_port = own.local_addr().unwrap().port();
        assert!(
            own_port == port || !foreign_listeners().tcp.contains(&own_port),
            "one address is not every address"
        );
    }
}
