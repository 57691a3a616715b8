//! What goes by on the cable of a persona, told to whoever listens at the capture point.

use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready};
use std::time::{SystemTime, UNIX_EPOCH};

use harness::probes::capture::{Frame, LinkKind};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::mpsc;

const FIN: u8 = 0x01;
const SYN: u8 = 0x02;
const RST: u8 = 0x04;
const PSH: u8 = 0x08;
const ACK: u8 = 0x10;

/// The cable. Whoever listens hears it from then on.
#[derive(Clone, Default)]
pub(crate) struct Cable(Arc<Mutex<Vec<mpsc::Sender<Frame>>>>);

impl Cable {
    /// Listens.
    pub(crate) fn tap(&self) -> mpsc::Receiver<Frame> {
        let (ear, frames) = mpsc::channel(4096);
        self.0.lock().expect("nobody panicked").push(ear);
        frames
    }

    fn carry(&self, packet: &[u8]) {
        let bytes = [&[2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0][..], packet].concat();
        let at = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_micros() as u64;
        let frame = Frame { at, link: LinkKind::Ethernet, length: bytes.len() as u32, bytes };
        self.0.lock().expect("nobody panicked").retain(|ear| ear.try_send(frame.clone()).is_ok());
    }

    /// A datagram.
    pub(crate) fn datagram(&self, from: SocketAddrV4, to: SocketAddrV4, payload: &[u8]) {
        let length = 8 + payload.len() as u16;
        let mut packet =
            [from.port().to_be_bytes(), to.port().to_be_bytes(), length.to_be_bytes(), [0; 2]].concat();
        packet.extend(payload);
        self.carry(&ipv4(*from.ip(), *to.ip(), 17, &packet));
    }

    /// A name that is asked of the router and answered with this address.
    pub(crate) fn name_asked(&self, device: Ipv4Addr, router: Ipv4Addr, name: &str, answer: Ipv4Addr) {
        let (device, router) = (SocketAddrV4::new(device, 40_053), SocketAddrV4::new(router, 53));
        let mut question = Vec::new();
        for label in name.split('.') {
            question.push(label.len() as u8);
            question.extend(label.bytes());
        }
        question.extend([0, 0, 1, 0, 1]);
        let asked = [&[0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0][..], &question].concat();
        self.datagram(device, router, &asked);
        let mut said = [&[0, 7, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0][..], &question].concat();
        said.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4]);
        said.extend(answer.octets());
        self.datagram(router, device, &said);
    }
}

/// Both ends of a TCP connection, and how far they have come.
struct Line {
    cable: Cable,
    here: SocketAddrV4,
    there: SocketAddrV4,
    sent: u32,
    received: u32,
}

impl Line {
    fn segment(&mut self, outwards: bool, flags: u8, payload: &[u8]) {
        let (from, to) = if outwards { (self.here, self.there) } else { (self.there, self.here) };
        let (number, other) = if outwards { (self.sent, self.received) } else { (self.received, self.sent) };
        let mut packet = [from.port().to_be_bytes(), to.port().to_be_bytes()].concat();
        packet.extend(number.to_be_bytes());
        packet.extend(if flags & ACK != 0 { other } else { 0 }.to_be_bytes());
        packet.extend([0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
        packet.extend(payload);
        self.cable.carry(&ipv4(*from.ip(), *to.ip(), 6, &packet));
        let passed = payload.len() as u32 + u32::from(flags & (SYN | FIN) != 0);
        let number = if outwards { &mut self.sent } else { &mut self.received };
        *number = number.wrapping_add(passed);
    }
}

/// A TCP connection that is seen on the cable; dropping it closes it.
pub(crate) struct Seen {
    stream: TcpStream,
    line: Line,
}

impl Seen {
    /// Calls a peer from this address.
    ///
    /// # Errors
    /// As the system says.
    pub(crate) async fn dial(cable: &Cable, from: Ipv4Addr, to: SocketAddrV4) -> io::Result<Self> {
        Self::dial_as(cable, from, to, to.port()).await
    }

    /// Calls a peer, and ends up at another port of it, as where something on the way refuses.
    ///
    /// # Errors
    /// As the system says.
    pub(crate) async fn dial_as(
        cable: &Cable,
        from: Ipv4Addr,
        to: SocketAddrV4,
        port: u16,
    ) -> io::Result<Self> {
        let socket = tokio::net::TcpSocket::new_v4()?;
        socket.bind((from, 0).into())?;
        let here = match socket.local_addr()? {
            std::net::SocketAddr::V4(here) => here,
            std::net::SocketAddr::V6(_) => return Err(io::ErrorKind::AddrNotAvailable.into()),
        };
        let mut line = Line { cable: cable.clone(), here, there: to, sent: 1000, received: 2000 };
        line.segment(true, SYN, &[]);
        #[expect(clippy::disallowed_methods, reason = "the test plays the device")]
        let stream = match socket.connect((*to.ip(), port).into()).await {
            Ok(stream) => stream,
            Err(error) => {
                line.segment(false, RST | ACK, &[]);
                return Err(error);
            }
        };
        line.segment(false, SYN | ACK, &[]);
        line.segment(true, ACK, &[]);
        Ok(Self { stream, line })
    }
}

impl AsyncRead for Seen {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = ready!(Pin::new(&mut self.stream).poll_read(context, buffer));
        for part in buffer.filled()[before..].chunks(1400) {
            self.line.segment(false, PSH | ACK, part);
        }
        Poll::Ready(read)
    }
}

impl AsyncWrite for Seen {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write(context, bytes));
        if let Ok(count) = &written {
            for part in bytes[..*count].chunks(1400) {
                self.line.segment(true, PSH | ACK, part);
            }
        }
        Poll::Ready(written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl Drop for Seen {
    fn drop(&mut self) {
        self.line.segment(true, FIN | ACK, &[]);
        self.line.segment(false, FIN | ACK, &[]);
        self.line.segment(true, ACK, &[]);
    }
}

fn ipv4(from: Ipv4Addr, to: Ipv4Addr, protocol: u8, payload: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x45, 0];
    packet.extend((20 + payload.len() as u16).to_be_bytes());
    packet.extend([0, 0, 0x40, 0, 64, protocol, 0, 0]);
    packet.extend(from.octets());
    packet.extend(to.octets());
    let sum = packet.chunks(2).fold(0_u32, |sum, pair| sum + (u32::from(pair[0]) << 8 | u32::from(pair[1])));
    let sum = !((sum & 0xffff) + (sum >> 16)) as u16;
    packet[10..12].copy_from_slice(&sum.to_be_bytes());
    packet.extend(payload);
    packet
}
