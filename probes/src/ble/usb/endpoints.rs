//! HCI packets between a stream of H4 and the endpoints of USB (Core, volume 4, part B). H4 names the kind of a packet
//! by its first octet; USB names it by the endpoint: commands go by control transfers, events come by interrupt
//! transfers, data go and come by bulk transfers.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

const COMMAND: u8 = 0x01;
const DATA: u8 = 0x02;
const EVENT: u8 = 0x04;

/// The four endpoints of a controller. What is sent is handed over again and again until it is taken; a second
/// packet is offered only after that.
pub(super) trait Endpoints: Send + Unpin {
    /// Sends a command.
    fn poll_command(&mut self, cx: &mut Context<'_>, packet: &[u8]) -> Poll<io::Result<()>>;

    /// Sends data of a link.
    fn poll_data_out(&mut self, cx: &mut Context<'_>, packet: &[u8]) -> Poll<io::Result<()>>;

    /// What one transfer of the event endpoint brought: an event, or a part of it.
    fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Vec<u8>>>;

    /// What one transfer of the data endpoint brought: a packet, or a part of it.
    fn poll_data_in(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Vec<u8>>>;
}

/// A stream of H4 on them.
#[derive(Debug)]
pub(super) struct UsbStream<E> {
    endpoints: E,
    /// Octets of a packet that is not written whole yet.
    written: Vec<u8>,
    /// The packet that is on its way to the controller.
    outgoing: Option<Vec<u8>>,
    events: Parts,
    data: Parts,
    /// Packets for the reader, as H4.
    incoming: VecDeque<u8>,
}

impl<E: Endpoints> UsbStream<E> {
    pub(super) fn on(endpoints: E) -> Self {
        Self {
            endpoints,
            written: Vec::new(),
            outgoing: None,
            events: Parts { kind: EVENT, held: Vec::new() },
            data: Parts { kind: DATA, held: Vec::new() },
            incoming: VecDeque::new(),
        }
    }

    /// Moves what was written towards the controller, packet by packet; ready when nothing whole is left.
    fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            if self.outgoing.is_none() {
                self.outgoing = first_packet(&mut self.written)?;
            }
            let Some(packet) = &self.outgoing else { return Poll::Ready(Ok(())) };
            let (kind, content) = packet.split_first().expect("a packet begins with its kind");
            let sent = match *kind {
                COMMAND => self.endpoints.poll_command(cx, content),
                _ => self.endpoints.poll_data_out(cx, content),
            };
            let sent = ready!(sent);
            self.outgoing = None;
            sent?;
        }
    }

    /// Takes in what the controller sent; ready when there is something for the reader.
    fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.incoming.is_empty() {
            // Two endpoints know no order between them. Events first: data of a link that is not known to be there
            // yet would be lost.
            match self.endpoints.poll_event(cx)? {
                Poll::Ready(part) => {
                    self.events.add(&part, &mut self.incoming);
                    continue;
                }
                Poll::Pending => {}
            }
            let part = ready!(self.endpoints.poll_data_in(cx))?;
            self.data.add(&part, &mut self.incoming);
        }
        Poll::Ready(Ok(()))
    }
}

impl<E: Endpoints> AsyncRead for UsbStream<E> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        // A packet may still be on its way; its failure is told here, and a second one follows it.
        if let Poll::Ready(Err(error)) = self.poll_send(cx) {
            return Poll::Ready(Err(error));
        }
        ready!(self.poll_receive(cx))?;
        let count = self.incoming.len().min(buffer.remaining());
        let given: Vec<u8> = self.incoming.drain(..count).collect();
        buffer.put_slice(&given);
        Poll::Ready(Ok(()))
    }
}

impl<E: Endpoints> AsyncWrite for UsbStream<E> {
    /// Takes everything as soon as what was written before is gone.
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, octets: &[u8]) -> Poll<io::Result<usize>> {
        ready!(self.poll_send(cx))?;
        self.written.extend(octets);
        match self.poll_send(cx) {
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            // Under way is written: the transfer goes on by itself.
            Poll::Ready(Ok(())) | Poll::Pending => Poll::Ready(Ok(octets.len())),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_send(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_flush(cx)
    }
}

/// Takes the first packet off, if it is whole.
fn first_packet(written: &mut Vec<u8>) -> io::Result<Option<Vec<u8>>> {
    let Some(kind) = written.first() else { return Ok(None) };
    if ![COMMAND, DATA].contains(kind) {
        let what = format!("packets of kind {kind:#04x} are not sent to a dongle");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
    }
    // The octet of the kind comes on top of the length.
    let whole = length(*kind, &written[1..]).filter(|length| *length < written.len());
    Ok(whole.map(|length| written.drain(..1 + length).collect()))
}

/// Length of the packet that begins here, without the octet of its kind; nothing as long as its header is not whole.
fn length(kind: u8, begin: &[u8]) -> Option<usize> {
    match (kind, begin) {
        (COMMAND, [_, _, length, ..]) => Some(3 + usize::from(*length)),
        (DATA, [_, _, low, high, ..]) => Some(4 + usize::from(u16::from_le_bytes([*low, *high]))),
        (EVENT, [_, length, ..]) => Some(2 + usize::from(*length)),
        _ => None,
    }
}

/// Puts packets together from what transfers bring. A transfer ends with a short packet of USB, so it brings a part
/// of what is longer, and nothing at all where a controller marks the end of what fits exactly.
#[derive(Debug)]
struct Parts {
    kind: u8,
    held: Vec<u8>,
}

impl Parts {
    fn add(&mut self, part: &[u8], to: &mut VecDeque<u8>) {
        self.held.extend(part);
        while let Some(length) = length(self.kind, &self.held).filter(|length| *length <= self.held.len()) {
            to.push_back(self.kind);
            to.extend(self.held.drain(..length));
        }
    }
}
