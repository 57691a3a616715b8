//! The table of neighbours that the kernel keeps: which hardware address answered for which address
//! (ARP and NDP). It is read and never written; nothing is sent to anybody.

use std::io;
use std::net::IpAddr;
use std::time::Duration;

use rustix::net::netlink::SocketAddrNetlink;
use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketType, recv, sendto, socket};

const HEADER: usize = 16;
const NEW_NEIGHBOUR: u16 = 28;
const GET_NEIGHBOUR: u16 = 30;
const DONE: u16 = 3;
const REQUEST_DUMP: u16 = 0x301;
const DESTINATION: u16 = 1;
const HARDWARE_ADDRESS: u16 = 2;
/// States without a confirmed hardware address: incomplete, failed, none needed.
const UNUSABLE: u16 = 0x01 | 0x20 | 0x40;
/// Most datagrams and neighbours read.
const DATAGRAMS_AT_MOST: usize = 256;
const NEIGHBOURS_AT_MOST: usize = 4096;

/// A neighbour whose hardware address is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Neighbour {
    pub(crate) address: IpAddr,
    pub(crate) hardware_address: [u8; 6],
    /// Number of the interface.
    pub(crate) interface: u32,
}

/// Every neighbour of every interface.
///
/// # Errors
/// If the kernel does not give its table.
pub(crate) fn neighbours() -> io::Result<Vec<Neighbour>> {
    // Protocol 0 of netlink is the one about routes and neighbours.
    let table = socket(AddressFamily::NETLINK, SocketType::RAW, None)?;
    set_socket_timeout(&table, Timeout::Recv, Some(Duration::from_secs(1)))?;
    let mut question = 28_u32.to_ne_bytes().to_vec();
    question.extend(GET_NEIGHBOUR.to_ne_bytes());
    question.extend(REQUEST_DUMP.to_ne_bytes());
    question.resize(28, 0);
    sendto(&table, &question, SendFlags::empty(), &SocketAddrNetlink::new(0, 0))?;
    let mut found = Vec::new();
    let mut buffer = vec![0; 64 * 1024];
    for _ in 0..DATAGRAMS_AT_MOST {
        let (count, _) = recv(&table, &mut buffer[..], RecvFlags::empty())?;
        if take(&buffer[..count], &mut found) {
            return Ok(found);
        }
    }
    Err(io::Error::other("the table of neighbours has no end"))
}

/// Takes the neighbours of one datagram; `true` if it was the last.
fn take(datagram: &[u8], found: &mut Vec<Neighbour>) -> bool {
    let mut rest = datagram;
    while let (Some(length), Some(kind)) = (word32(rest, 0), word16(rest, 4)) {
        let length = length as usize;
        let Some(message) = rest.get(..length).filter(|_| length >= HEADER) else { return true };
        match kind {
            DONE => return true,
            NEW_NEIGHBOUR if found.len() < NEIGHBOURS_AT_MOST => found.extend(neighbour(&message[HEADER..])),
            _ => {}
        }
        rest = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    false
}

/// Reads one entry; `None` if it has no address, no hardware address or is not in use.
fn neighbour(entry: &[u8]) -> Option<Neighbour> {
    let interface = word32(entry, 4)?;
    let state = word16(entry, 8)?;
    let mut rest = entry.get(12..)?;
    let (mut address, mut hardware_address) = (None, None);
    while let (Some(length), Some(kind)) = (word16(rest, 0), word16(rest, 2)) {
        let value = rest.get(4..usize::from(length))?;
        match (kind, value.len()) {
            (DESTINATION, 4) => address = <[u8; 4]>::try_from(value).ok().map(IpAddr::from),
            (DESTINATION, 16) => address = <[u8; 16]>::try_from(value).ok().map(IpAddr::from),
            (HARDWARE_ADDRESS, 6) => hardware_address = <[u8; 6]>::try_from(value).ok(),
            _ => {}
        }
        rest = rest.get(usize::from(length).next_multiple_of(4)..).unwrap_or_default();
    }
    let hardware_address = hardware_address.filter(|address| *address != [0; 6])?;
    (state & UNUSABLE == 0).then_some(Neighbour { address: address?, hardware_address, interface })
}

fn word16(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at + 2)?.try_into().ok().map(u16::from_ne_bytes)
}

fn word32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_ne_bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn entry(state: u16) -> Vec<u8> {
        let mut entry = vec![2, 0, 0, 0];
        entry.extend(7_u32.to_ne_bytes());
        entry.extend(state.to_ne_bytes());
        entry.extend([0, 0]);
        for (kind, value) in
            [(DESTINATION, &[192, 0, 2, 9][..]), (HARDWARE_ADDRESS, &[2, 0, 0x5e, 0, 0x53, 9])]
        {
            entry.extend((4 + value.len() as u16).to_ne_bytes());
            entry.extend(kind.to_ne_bytes());
            entry.extend(value);
            entry.resize(entry.len().next_multiple_of(4), 0);
        }
        entry
    }

    #[test]
    fn a_confirmed_neighbour_is_read_and_a_failed_one_is_not() {
        let found = neighbour(&entry(2)).expect("a neighbour");
        assert_eq!(found.address, IpAddr::from([192, 0, 2, 9]));
        assert_eq!((found.hardware_address, found.interface), ([2, 0, 0x5e, 0, 0x53, 9], 7));
        assert_eq!(neighbour(&entry(0x20)), None);
    }

    #[test]
    fn the_kernel_gives_its_table_to_everybody() {
        neighbours().expect("a table, perhaps an empty one");
    }

    proptest! {
        #[test]
        fn arbitrary_datagrams_never_stop_the_reader(bytes in proptest::collection::vec(0_u8..64, 0..200)) {
            let _ = take(&bytes, &mut Vec::new());
            let _ = neighbour(&bytes);
        }
    }
}
