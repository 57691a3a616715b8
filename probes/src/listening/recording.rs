//! The frames of the device as a capture file, up to a size.

use crate::capture::pcap::Writer;
use crate::capture::{Frame, LinkKind};

/// Largest recording in octets.
const LARGEST: usize = 48 << 20;
/// Octets of the heads of a frame and of the file.
const HEADS: usize = 40;

/// A recording.
#[derive(Debug, Default)]
pub(crate) struct Recording {
    file: Option<Writer<Vec<u8>>>,
    link: Option<LinkKind>,
    size: usize,
    /// Frames that are not in it for want of room.
    left_out: u64,
}

impl Recording {
    /// Keeps a frame.
    pub(crate) fn push(&mut self, frame: &Frame) {
        let link = *self.link.get_or_insert(frame.link);
        let size = self.size + frame.bytes.len() + HEADS;
        // A file has one kind of link.
        if link != frame.link || size > LARGEST {
            self.left_out += 1;
            return;
        }
        if self.file.is_none() {
            self.file = Writer::new(Vec::new(), link).ok();
        }
        match self.file.as_mut().map(|file| file.write(&frame.by_ref())) {
            Some(Ok(())) => self.size = size,
            _ => self.left_out += 1,
        }
    }

    /// The file; `None` without a frame.
    pub(crate) fn file(&mut self) -> Option<Vec<u8>> {
        self.file.take()?.finish().ok()
    }

    /// What is not in it, in words.
    pub(crate) fn gap(&self) -> Option<String> {
        (self.left_out > 0).then(|| {
            format!(
                "{} frames were looked at and are not in the stored capture, which holds {} MiB at most",
                self.left_out,
                LARGEST >> 20
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(link: LinkKind, length: usize) -> Frame {
        Frame { at: 1_700_000_000_000_001, link, bytes: vec![7; length], length: length as u32 }
    }

    #[test]
    fn a_file_has_one_head_and_a_head_for_each_frame() {
        let mut recording = Recording::default();
        assert_eq!((Recording::default().file(), recording.gap()), (None, None));
        recording.push(&frame(LinkKind::RawIp, 30));
        recording.push(&frame(LinkKind::RawIp, 10));
        let file = recording.file().unwrap();
        assert_eq!(file.len(), 24 + 16 + 30 + 16 + 10);
        assert_eq!(&file[..8], &[0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0]);
        assert_eq!(file[20], 101);
        assert_eq!(&file[28..32], &1_u32.to_le_bytes());
        assert_eq!(recording.gap(), None);
    }

    #[test]
    fn what_has_no_room_is_counted() {
        let mut recording = Recording::default();
        recording.push(&frame(LinkKind::RawIp, 30));
        recording.push(&frame(LinkKind::Ethernet, 30));
        assert!(recording.gap().unwrap().starts_with("1 frames"));
    }
}
