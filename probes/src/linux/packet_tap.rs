//! Frames of one network interface, both directions, as the kernel sees them go by. Nothing is sent.

use std::io;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::RecvFlags;
use socket2::{Domain, Protocol, SockFilter, Socket, Type};
use tokio::sync::mpsc::Sender;

use super::interface::{Interface, interface};
use super::packet_drops::drops;
use crate::capture::{Frame, LinkKind};
use crate::dialer::Dialer;

/// `ETH_P_ALL`: every protocol.
const EVERYTHING: u16 = 3;
/// Kinds of hardware (`ARPHRD_…`).
const ETHERNET: u16 = 1;
const LOOPBACK: u16 = 772;
const NO_LINK_HEADER: u16 = 0xfffe;
/// Largest frame that is taken whole; segments that the network card would cut are larger than a wire allows.
const LARGEST: usize = 256 * 1024;
/// Room in the kernel while the reader is busy.
const ROOM: usize = 16 << 20;
/// Longest sleep, so that a capture that nobody reads any more ends.
const LONGEST_SLEEP: Duration = Duration::from_millis(100);
/// Time between two looks whether the interface is still there.
const BETWEEN_LOOKS: Duration = Duration::from_secs(1);

/// Why an interface cannot be listened to.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TapError {
    /// No right to raw sockets.
    #[error(transparent)]
    NotAllowed(io::Error),
    /// It carries no frames that could be read.
    #[error("it is of kind {0}, and only Ethernet and interfaces without a link header can be read")]
    OtherHardware(u16),
    /// It is not switched on.
    #[error("it is switched off")]
    Down,
    /// It is not there.
    #[error("there is no such interface")]
    Gone,
    /// Anything else.
    #[error(transparent)]
    Other(#[from] io::Error),
}

/// A socket that hears one interface.
#[derive(Debug)]
pub(crate) struct PacketTap {
    socket: Socket,
    number: u32,
    link: LinkKind,
}

impl PacketTap {
    /// Begins to listen to the interface of this number.
    pub(crate) fn open(number: u32) -> Result<Self, TapError> {
        let found = interface(number)?.ok_or(TapError::Gone)?;
        let link = match found {
            Interface { up: false, .. } => return Err(TapError::Down),
            Interface { hardware: ETHERNET | LOOPBACK, .. } => LinkKind::Ethernet,
            Interface { hardware: NO_LINK_HEADER, .. } => LinkKind::RawIp,
            Interface { hardware, .. } => return Err(TapError::OtherHardware(hardware)),
        };
        // The number of the protocol is in network order.
        let protocol = Protocol::from(i32::from(EVERYTHING.to_be()));
        let socket = Socket::new(Domain::PACKET, Type::RAW.nonblocking(), Some(protocol)).map_err(
            |error| match error.kind() {
                io::ErrorKind::PermissionDenied => TapError::NotAllowed(error),
                _ => TapError::Other(error),
            },
        )?;
        // A new socket hears every interface. What came before the filter is thrown away unread, and from then
        // on the kernel itself keeps back what belongs to other interfaces.
        socket.attach_filter(&NOTHING)?;
        let mut thrown_away = [0_u8; 1];
        while rustix::net::recv(&socket, &mut thrown_away[..], RecvFlags::TRUNC).is_ok() {}
        if rustix::net::sockopt::set_socket_recv_buffer_size_force(&socket, ROOM).is_err() {
            // Without the right to go beyond the limit of the system: as much as that allows.
            socket.set_recv_buffer_size(ROOM)?;
        }
        socket.attach_filter(&only(number, found.hardware == LOOPBACK))?;
        Ok(Self { socket, number, link })
    }

    /// Gives the frames until nobody takes them any more, or the interface is gone. Blocks; call it on a thread for
    /// that.
    pub(crate) fn listen(self, to: &Sender<Frame>, dialer: &Arc<Dialer>) {
        let mut buffer = vec![0_u8; LARGEST];
        let cookie = self.socket.cookie().ok();
        let (mut looked, mut counted) = (Instant::now(), 0);
        let mut count = || {
            let lost = cookie.and_then(drops).unwrap_or(counted);
            dialer.counters.capture_dropped.fetch_add(lost.saturating_sub(counted), Ordering::Relaxed);
            counted = counted.max(lost);
        };
        while !to.is_closed() {
            match rustix::net::recv(&self.socket, &mut buffer[..], RecvFlags::TRUNC) {
                Ok((kept, length)) => {
                    let bytes = buffer.get(..kept).unwrap_or_default().to_vec();
                    let length = u32::try_from(length).unwrap_or(u32::MAX);
                    dialer.counters.captured.fetch_add(1, Ordering::Relaxed);
                    if to.blocking_send(Frame { at: now(), link: self.link, bytes, length }).is_err() {
                        break;
                    }
                }
                Err(rustix::io::Errno::AGAIN) => self.sleep(),
                // The interface was switched off: told once, and it may come back.
                Err(rustix::io::Errno::NETDOWN | rustix::io::Errno::INTR) => {}
                Err(_) => break,
            }
            if looked.elapsed() > BETWEEN_LOOKS {
                looked = Instant::now();
                count();
                // An interface that was taken away says no more, which must not be taken for silence.
                if matches!(interface(self.number), Ok(None)) {
                    break;
                }
            }
        }
        count();
    }

    fn sleep(&self) {
        let timeout = Timespec { tv_sec: 0, tv_nsec: i64::from(LONGEST_SLEEP.subsec_nanos()) };
        // An interrupted sleep is a short one.
        let _ = poll(&mut [PollFd::from_borrowed_fd(self.socket.as_fd(), PollFlags::IN)], Some(&timeout));
    }
}

/// `ret #0`.
const NOTHING: [SockFilter; 1] = [SockFilter::new(RETURN, 0, 0, 0)];

/// Instructions of the classic packet filter (linux/filter.h): load a word, compare, return.
const LOAD_WORD: u16 = 0x20;
const JUMP_IF_EQUAL: u16 = 0x15;
const RETURN: u16 = 0x06;
/// What the kernel knows beside the octets: kind of packet, number of the interface.
const BESIDE: u32 = 0xffff_f000;
const PACKET_KIND: u32 = BESIDE + 4;
const INTERFACE_NUMBER: u32 = BESIDE + 8;
const OUTGOING: u32 = 4;

/// Lets through what belongs to one interface. A frame on the loopback goes out and comes in; once is enough.
fn only(number: u32, loopback: bool) -> Vec<SockFilter> {
    let unwanted = if loopback { OUTGOING } else { u32::MAX };
    vec![
        SockFilter::new(LOAD_WORD, 0, 0, INTERFACE_NUMBER),
        SockFilter::new(JUMP_IF_EQUAL, 0, 3, number),
        SockFilter::new(LOAD_WORD, 0, 0, PACKET_KIND),
        SockFilter::new(JUMP_IF_EQUAL, 1, 0, unwanted),
        SockFilter::new(RETURN, 0, 0, LARGEST as u32),
        SockFilter::new(RETURN, 0, 0, 0),
    ]
}

/// When the frame was taken from the kernel.
fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}
