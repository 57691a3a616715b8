//! What the kernel says of a network interface. It is asked and never changed; nothing is sent to anybody.

use std::io;
use std::time::Duration;

use rustix::net::netlink::SocketAddrNetlink;
use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketType, recv, sendto, socket};

const GET_LINK: u16 = 18;
const NEW_LINK: u16 = 16;
const REQUEST: u16 = 1;
const UP: u32 = 1;

/// An interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Interface {
    /// Kind of its hardware (`ARPHRD_…`): 1 for Ethernet.
    pub(crate) hardware: u16,
    /// Whether it is switched on.
    pub(crate) up: bool,
}

/// The interface of this number; `None` if there is none.
///
/// # Errors
/// If the kernel gives no answer.
pub(crate) fn interface(number: u32) -> io::Result<Option<Interface>> {
    // Protocol 0 of netlink is the one about links, addresses and routes.
    let table = socket(AddressFamily::NETLINK, SocketType::RAW, None)?;
    set_socket_timeout(&table, Timeout::Recv, Some(Duration::from_secs(1)))?;
    let mut question = 32_u32.to_ne_bytes().to_vec();
    question.extend(GET_LINK.to_ne_bytes());
    question.extend(REQUEST.to_ne_bytes());
    // Sequence and sender, then family and kind, which are left open.
    question.resize(20, 0);
    question.extend(number.to_ne_bytes());
    question.resize(32, 0);
    sendto(&table, &question, SendFlags::empty(), &SocketAddrNetlink::new(0, 0))?;
    let mut buffer = vec![0; 16 * 1024];
    let (count, _) = recv(&table, &mut buffer[..], RecvFlags::empty())?;
    Ok(described(buffer.get(..count).unwrap_or_default()))
}

/// After a header of 16 octets: family, a pad, kind of hardware, number, flags.
fn described(answer: &[u8]) -> Option<Interface> {
    let kind = u16::from_ne_bytes(answer.get(4..6)?.try_into().ok()?);
    let hardware = u16::from_ne_bytes(answer.get(18..20)?.try_into().ok()?);
    let flags = u32::from_ne_bytes(answer.get(24..28)?.try_into().ok()?);
    (kind == NEW_LINK).then_some(Interface { hardware, up: flags & UP != 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loopback_is_there_and_a_number_that_nobody_has_is_not() {
        let loopback = interface(1).unwrap().expect("every network has a loopback");
        assert_eq!(loopback.hardware, 772);
        assert_eq!(interface(0x7fff_fff0).unwrap(), None);
    }

    #[test]
    fn an_answer_that_is_cut_is_none() {
        let mut whole = vec![0; 32];
        whole[4..6].copy_from_slice(&NEW_LINK.to_ne_bytes());
        for end in 0..28 {
            assert_eq!(described(&whole[..end]), None, "{end}");
        }
        assert!(described(&whole).is_some());
    }
}
