//! A client that draws its numbers once and for all: it goes on with whoever repeats what its peer said before.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};

/// Octets of an answer up to the end of the random value of its ServerHello.
const FIRST: usize = 43;
/// Longest wait for what comes after the words of the device.
const PATIENCE: Duration = Duration::from_secs(1);

/// The random value of a ServerHello.
pub(crate) type Said = [u8; 32];

/// A stream that looks at the beginning of the answer, and ends when it is one that was heard before.
pub(crate) struct Remembering<S> {
    stream: S,
    before: Option<Said>,
    seen: Vec<u8>,
    repeated: bool,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Remembering<S> {
    /// With what was said before, if anything was.
    pub(crate) fn new(stream: S, before: Option<Said>) -> Self {
        Self { stream, before, seen: Vec::new(), repeated: false }
    }

    /// What the peer said this time.
    pub(crate) fn said(&self) -> Option<Said> {
        match self.seen.as_slice() {
            [22, _, _, _, _, 2, ..] => self.seen.get(11..FIRST)?.try_into().ok(),
            _ => None,
        }
    }

    /// Goes on where the words were those of before, as a client does whose numbers fit them: the end of the
    /// handshake, and its state. A client without an own number has the keys of before; these octets stand for them.
    pub(crate) async fn go_on_if_repeated(mut self) {
        if !self.repeated {
            return;
        }
        let mut words = vec![20, 3, 3, 0, 1, 1];
        for length in [53_u8, 120] {
            words.extend([23, 3, 3, 0, length]);
            words.extend((0..length).map(|n| n.wrapping_mul(37) ^ length));
        }
        if self.stream.write_all(&words).await.is_ok() {
            let _said = tokio::time::timeout(PATIENCE, self.stream.read(&mut [0; 256])).await;
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Remembering<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if let Poll::Ready(Ok(())) = &read
            && self.seen.len() < FIRST
        {
            let this = &mut *self;
            this.seen.extend_from_slice(&buffer.filled()[before..]);
            let said = match this.seen.as_slice() {
                [22, _, _, _, _, 2, ..] => this.seen.get(11..FIRST),
                _ => None,
            };
            if let (Some(said), Some(known)) = (said, &this.before)
                && said == known
            {
                this.repeated = true;
                return Poll::Ready(Err(io::Error::other("these words were heard before")));
            }
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Remembering<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
