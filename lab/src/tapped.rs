//! A TCP connection of the device whose segments are seen at the capture point.

use std::io;
use std::net::SocketAddrV4;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

use crate::chance;
use crate::frame::{self, Segment, flag};
use crate::network::Network;

/// A connection; dropping it closes it.
pub(crate) struct Tapped {
    stream: TcpStream,
    line: Line,
    cut: Pin<Box<WaitForCancellationFutureOwned>>,
}

/// What was said on a connection so far, as sequence numbers.
pub(crate) struct Line {
    network: Arc<Network>,
    here: SocketAddrV4,
    there: SocketAddrV4,
    /// Next number of the device.
    sent: u32,
    /// Next number of the peer.
    received: u32,
    ended: Ended,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    /// Both go on.
    No,
    /// The peer has said that it is done.
    ByPeer,
    /// It is broken.
    Broken,
}

impl Line {
    /// The device asks for a connection.
    pub(crate) fn asked(network: Arc<Network>, here: SocketAddrV4, there: SocketAddrV4) -> Self {
        let (sent, received) = (chance::bits() as u32, chance::bits() as u32);
        let mut line = Self { network, here, there, sent, received, ended: Ended::Broken };
        line.says(flag::SYN, &[]);
        line.sent = line.sent.wrapping_add(1);
        line
    }

    /// The peer agrees.
    pub(crate) fn agreed(&mut self) {
        self.ended = Ended::No;
        self.hears(flag::SYN | flag::ACK, &[]);
        self.received = self.received.wrapping_add(1);
        self.says(flag::ACK, &[]);
    }

    /// The peer refuses.
    pub(crate) fn refused(&mut self) {
        self.received = 0;
        self.hears(flag::RST | flag::ACK, &[]);
    }

    /// The router knows no way.
    pub(crate) fn no_way(&self) {
        let question = frame::tcp(&Segment {
            from: self.here,
            to: self.there,
            sequence: self.sent.wrapping_sub(1),
            acknowledged: 0,
            flags: flag::SYN,
            payload: &[],
        });
        let network = &self.network;
        network.receives(|| frame::unreachable(network.router(), &question, *self.here.ip()));
    }

    fn said(&mut self, octets: &[u8]) {
        for part in octets.chunks(frame::SEGMENT) {
            self.says(flag::ACK | flag::PSH, part);
            self.sent = self.sent.wrapping_add(part.len() as u32);
        }
        self.hears(flag::ACK, &[]);
    }

    fn heard(&mut self, octets: &[u8]) {
        for part in octets.chunks(frame::SEGMENT) {
            self.hears(flag::ACK | flag::PSH, part);
            self.received = self.received.wrapping_add(part.len() as u32);
        }
        self.says(flag::ACK, &[]);
    }

    fn ended_by_peer(&mut self) {
        if self.ended == Ended::No {
            self.ended = Ended::ByPeer;
            self.hears(flag::FIN | flag::ACK, &[]);
            self.received = self.received.wrapping_add(1);
            self.says(flag::ACK, &[]);
        }
    }

    /// Whatever is between device and peer says that there is no connection any more.
    fn broken(&mut self) {
        if self.ended != Ended::Broken {
            self.ended = Ended::Broken;
            self.hears(flag::RST | flag::ACK, &[]);
        }
    }

    fn ended_by_device(&mut self) {
        if self.ended == Ended::Broken {
            return;
        }
        self.says(flag::FIN | flag::ACK, &[]);
        self.sent = self.sent.wrapping_add(1);
        if self.ended == Ended::ByPeer {
            self.hears(flag::ACK, &[]);
        } else {
            self.hears(flag::FIN | flag::ACK, &[]);
            self.received = self.received.wrapping_add(1);
            self.says(flag::ACK, &[]);
        }
        self.ended = Ended::Broken;
    }

    fn says(&self, flags: u8, payload: &[u8]) {
        let (from, to) = (self.here, self.there);
        let (sequence, acknowledged) = (self.sent, self.received);
        self.network.sends(|| frame::tcp(&Segment { from, to, sequence, acknowledged, flags, payload }));
    }

    fn hears(&self, flags: u8, payload: &[u8]) {
        let (from, to) = (self.there, self.here);
        let (sequence, acknowledged) = (self.received, self.sent);
        self.network.receives(|| frame::tcp(&Segment { from, to, sequence, acknowledged, flags, payload }));
    }
}

impl Tapped {
    /// A connection that was made; `cut` breaks it.
    pub(crate) fn new(stream: TcpStream, line: Line, cut: CancellationToken) -> Self {
        Self { stream, line, cut: Box::pin(cut.cancelled_owned()) }
    }

    /// Whether something between device and peer has broken the connection.
    fn is_broken(&mut self, context: &mut Context<'_>) -> bool {
        if self.line.ended != Ended::Broken && self.cut.as_mut().poll(context).is_ready() {
            self.line.broken();
        }
        self.line.ended == Ended::Broken
    }
}

impl AsyncRead for Tapped {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.is_broken(context) {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        let before = buffer.filled().len();
        let read = ready!(Pin::new(&mut self.stream).poll_read(context, buffer));
        match (&read, buffer.filled().get(before..)) {
            (Ok(()), Some([])) if buffer.remaining() > 0 => self.line.ended_by_peer(),
            (Ok(()), Some(new)) if !new.is_empty() => self.line.heard(new),
            (Err(_), _) => self.line.broken(),
            _ => {}
        }
        Poll::Ready(read)
    }
}

impl AsyncWrite for Tapped {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.is_broken(context) {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        let written = ready!(Pin::new(&mut self.stream).poll_write(context, octets));
        match &written {
            Ok(count) => self.line.said(octets.get(..*count).unwrap_or_default()),
            Err(_) => self.line.broken(),
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

impl Drop for Tapped {
    fn drop(&mut self) {
        self.line.ended_by_device();
    }
}
