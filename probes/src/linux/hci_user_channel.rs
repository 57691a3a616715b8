//! An adapter of this computer, taken over for the time: the HCI user channel of the kernel.
//!
//! The adapter has to be down, and the process needs CAP_NET_ADMIN. Nobody else uses the adapter meanwhile; closing
//! gives it back.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use socket2::{Domain, Protocol, SockAddr, SockAddrStorage, Socket, Type};
use tokio::io::unix::AsyncFd;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bluetooth, raw HCI, the channel that is one user's alone.
const AF_BLUETOOTH: i32 = 31;
const BTPROTO_HCI: i32 = 1;
const HCI_CHANNEL_USER: u16 = 1;

/// The adapter. Every read gives one packet, every write takes one.
#[derive(Debug)]
pub(crate) struct HciUserChannel {
    socket: AsyncFd<Socket>,
}

/// Takes adapter `number` over.
///
/// # Errors
/// What the kernel says, with what to do about it.
pub(crate) fn hci_user_channel(number: u16) -> io::Result<HciUserChannel> {
    let told = |error: io::Error| {
        let advice = match error.raw_os_error() {
            Some(1 | 13) => "taking an adapter over needs CAP_NET_ADMIN (root, or setcap cap_net_admin+ep)",
            Some(16) => {
                "the adapter is in use: switch it off first (bluetoothctl power off, hciconfig hci0 down)"
            }
            Some(19) => "there is no such adapter",
            Some(97) => "this kernel has no Bluetooth",
            _ => return error,
        };
        io::Error::new(error.kind(), format!("{advice}: {error}"))
    };
    let socket = Socket::new(Domain::from(AF_BLUETOOTH), Type::RAW, Some(Protocol::from(BTPROTO_HCI)));
    let socket = socket.map_err(told)?;
    socket.set_nonblocking(true)?;
    #[expect(clippy::disallowed_methods, reason = "an adapter of this computer, no address on a network")]
    socket.bind(&address(number)).map_err(told)?;
    Ok(HciUserChannel { socket: watched(socket)? })
}

#[allow(unsafe_code)]
fn watched(socket: Socket) -> io::Result<AsyncFd<Socket>> {
    // SAFETY: the socket owns its descriptor, always gives the same one, and lives as long as it is watched.
    Ok(unsafe { AsyncFd::register(socket) }?)
}

/// `struct sockaddr_hci`: family, device, channel.
#[allow(unsafe_code)]
fn address(number: u16) -> SockAddr {
    let mut storage = SockAddrStorage::zeroed();
    let family = u16::try_from(AF_BLUETOOTH).expect("31 is small");
    // SAFETY: three numbers of 16 bits in a row are `sockaddr_hci` as the kernel defines it, and every value of them
    // is valid; the storage is longer and aligned for every address.
    unsafe {
        *storage.view_as::<[u16; 3]>() = [family, number, HCI_CHANNEL_USER];
        SockAddr::new(storage, 6)
    }
}

impl AsyncRead for HciUserChannel {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            let mut ready = ready!(self.socket.poll_read_ready(cx))?;
            let read =
                ready.try_io(|socket| io::Read::read(&mut socket.get_ref(), buffer.initialize_unfilled()));
            if let Ok(read) = read {
                buffer.advance(read?);
                return Poll::Ready(Ok(()));
            }
        }
    }
}

impl AsyncWrite for HciUserChannel {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, octets: &[u8]) -> Poll<io::Result<usize>> {
        loop {
            let mut ready = ready!(self.socket.poll_write_ready(cx))?;
            if let Ok(written) = ready.try_io(|socket| io::Write::write(&mut socket.get_ref(), octets)) {
                return Poll::Ready(written);
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_adapter_is_addressed_as_the_kernel_defines_it() {
        let address = address(3);
        assert_eq!((address.len(), address.family()), (6, 31));
    }

    #[tokio::test]
    async fn an_adapter_that_cannot_be_taken_is_told_with_advice() {
        // No computer has as many adapters; where the kernel has no Bluetooth that is said instead.
        let error = hci_user_channel(0xfff0).unwrap_err().to_string();
        assert!(
            ["no such adapter", "no Bluetooth", "CAP_NET_ADMIN"].iter().any(|one| error.contains(one)),
            "{error}"
        );
    }
}
