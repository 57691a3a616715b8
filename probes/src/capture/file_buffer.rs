//! The buffer through which a capture file is read: large, used again and again, nothing is taken for a frame.

use std::io::{self, Read};

/// Octets that are asked of the file at once.
const STEP: usize = 1 << 20;

/// A buffer over a file.
pub(super) struct FileBuffer<R> {
    source: R,
    bytes: Vec<u8>,
    from: usize,
    to: usize,
    /// Place in the file of `from`.
    offset: u64,
    ended: bool,
}

impl<R: Read> FileBuffer<R> {
    /// Begins.
    pub(super) fn new(source: R) -> Self {
        Self { source, bytes: vec![0; STEP], from: 0, to: 0, offset: 0, ended: false }
    }

    /// Octets from the beginning of the file to what comes next.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// The next octets without taking them; fewer only at the end of the file. `count` is bounded by the caller.
    pub(super) fn peek(&mut self, count: usize) -> io::Result<&[u8]> {
        if self.to - self.from < count {
            self.fill(count)?;
        }
        let there = self.bytes.get(self.from..self.to).unwrap_or_default();
        Ok(there.get(..count).unwrap_or(there))
    }

    /// Takes octets that were peeked at.
    pub(super) fn take(&mut self, count: usize) {
        let count = count.min(self.to - self.from);
        self.from += count;
        self.offset += count as u64;
    }

    /// Goes over octets, however many; whether there were as many.
    pub(super) fn skip(&mut self, mut count: u64) -> io::Result<bool> {
        while count > 0 {
            let part = usize::try_from(count).unwrap_or(STEP).min(STEP);
            let there = self.peek(part)?.len();
            if there == 0 {
                return Ok(false);
            }
            self.take(there);
            count -= there as u64;
        }
        Ok(true)
    }

    fn fill(&mut self, count: usize) -> io::Result<()> {
        self.bytes.copy_within(self.from..self.to, 0);
        self.to -= self.from;
        self.from = 0;
        if self.bytes.len() < count {
            self.bytes.resize(count, 0);
        }
        while self.to < count && !self.ended {
            let Some(room) = self.bytes.get_mut(self.to..) else { break };
            match self.source.read(room) {
                Ok(0) => self.ended = true,
                Ok(count) => self.to += count.min(room.len()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}
