//! How many frames the kernel could not hand to a packet socket, because nobody took them in time.

use std::io;
use std::time::Duration;

use rustix::net::netlink::{SOCK_DIAG, SocketAddrNetlink};
use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketType, recv, sendto, socket};

const BY_FAMILY: u16 = 20;
const REQUEST_DUMP: u16 = 0x301;
const DONE: u16 = 3;
const ERROR: u16 = 2;
const PACKET_SOCKETS: u8 = 17;
/// Ask for the memory of the sockets, and the attribute that tells of it.
const SHOW_MEMORY: u32 = 0x10;
const MEMORY: u16 = 6;
/// Place of the dropped frames among the numbers of the memory.
const DROPS: usize = 8;
/// Most datagrams that are read.
const DATAGRAMS_AT_MOST: usize = 64;

/// Frames that the socket with this cookie lost since it was opened; `None` if the kernel does not tell.
pub(crate) fn drops(cookie: u64) -> Option<u64> {
    ask(cookie).ok().flatten()
}

fn ask(cookie: u64) -> io::Result<Option<u64>> {
    let table = socket(AddressFamily::NETLINK, SocketType::RAW, Some(SOCK_DIAG))?;
    set_socket_timeout(&table, Timeout::Recv, Some(Duration::from_millis(200)))?;
    let mut question = 36_u32.to_ne_bytes().to_vec();
    question.extend(BY_FAMILY.to_ne_bytes());
    question.extend(REQUEST_DUMP.to_ne_bytes());
    question.resize(16, 0);
    question.extend([PACKET_SOCKETS, 0, 0, 0]);
    // Any inode.
    question.extend([0; 4]);
    question.extend(SHOW_MEMORY.to_ne_bytes());
    question.resize(36, 0);
    sendto(&table, &question, SendFlags::empty(), &SocketAddrNetlink::new(0, 0))?;
    let mut buffer = vec![0; 32 * 1024];
    for _ in 0..DATAGRAMS_AT_MOST {
        let (count, _) = recv(&table, &mut buffer[..], RecvFlags::empty())?;
        match find(buffer.get(..count).unwrap_or_default(), cookie) {
            Found::Drops(drops) => return Ok(Some(drops)),
            Found::End => return Ok(None),
            Found::NotYet => {}
        }
    }
    Ok(None)
}

#[derive(Debug, PartialEq)]
enum Found {
    Drops(u64),
    End,
    NotYet,
}

/// Looks for a socket in one datagram: messages of a header of 16 octets and a body each.
fn find(datagram: &[u8], cookie: u64) -> Found {
    let mut rest = datagram;
    while let Some((length, kind)) = header(rest) {
        if matches!(kind, DONE | ERROR) {
            return Found::End;
        }
        let message = rest.get(16..length).unwrap_or_default();
        // Family, kind, protocol, inode, cookie.
        if number(message, 8).zip(number(message, 12)).is_some_and(|(low, high)| joined(low, high) == cookie)
        {
            return dropped(message.get(16..).unwrap_or_default()).map_or(Found::End, Found::Drops);
        }
        rest = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    Found::NotYet
}

fn header(rest: &[u8]) -> Option<(usize, u16)> {
    let length = usize::try_from(number(rest, 0)?).ok()?;
    let kind = u16::from_ne_bytes(rest.get(4..6)?.try_into().ok()?);
    (length >= 16 && length <= rest.len()).then_some((length, kind))
}

fn dropped(attributes: &[u8]) -> Option<u64> {
    let mut rest = attributes;
    loop {
        let length = usize::from(u16::from_ne_bytes(rest.get(..2)?.try_into().ok()?));
        let kind = u16::from_ne_bytes(rest.get(2..4)?.try_into().ok()?);
        if length < 4 {
            return None;
        }
        if kind == MEMORY {
            return number(rest.get(4..length)?, DROPS * 4).map(u64::from);
        }
        rest = rest.get(length.next_multiple_of(4)..)?;
    }
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_ne_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

fn joined(low: u32, high: u32) -> u64 {
    u64::from(low) | u64::from(high) << 32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn answer(cookie: u32, drops: u32) -> Vec<u8> {
        let mut bytes = 72_u32.to_ne_bytes().to_vec();
        bytes.extend(BY_FAMILY.to_ne_bytes());
        bytes.resize(16, 0);
        bytes.extend([PACKET_SOCKETS, 3, 0, 0]);
        bytes.extend([0; 4]);
        bytes.extend(cookie.to_ne_bytes());
        bytes.extend([0; 4]);
        bytes.extend(40_u16.to_ne_bytes());
        bytes.extend(MEMORY.to_ne_bytes());
        bytes.resize(68, 0);
        bytes.extend(drops.to_ne_bytes());
        bytes
    }

    #[test]
    fn the_socket_is_found_among_others() {
        let both = [answer(5, 9), answer(6, 3)].concat();
        assert_eq!(find(&both, 6), Found::Drops(3));
        assert_eq!(find(&both, 7), Found::NotYet);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            find(&bytes, 6);
        }
    }
}
