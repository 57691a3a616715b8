//! The frames of the device as a capture file (pcap, microseconds), up to a size.

use crate::capture::{Frame, LinkKind};

/// Largest recording in octets.
const LARGEST: usize = 48 << 20;
/// Most octets that are kept of one frame.
const LONGEST_FRAME: usize = 65_535;

/// A recording.
#[derive(Debug, Default)]
pub(crate) struct Recording {
    bytes: Vec<u8>,
    link: Option<LinkKind>,
    /// Frames that are not in it for want of room.
    left_out: u64,
}

impl Recording {
    /// Keeps a frame.
    pub(crate) fn push(&mut self, frame: &Frame) {
        let link = *self.link.get_or_insert(frame.link);
        let kept = frame.bytes.get(..LONGEST_FRAME).unwrap_or(&frame.bytes);
        // A file has one kind of link.
        if link != frame.link || self.bytes.len() + kept.len() + 40 > LARGEST {
            self.left_out += 1;
            return;
        }
        if self.bytes.is_empty() {
            for field in [0xa1b2_c3d4, 0x0004_0002, 0, 0, LONGEST_FRAME as u32, number(link)] {
                self.bytes.extend(u32::to_le_bytes(field));
            }
        }
        let seconds = u32::try_from(frame.at / 1_000_000).unwrap_or(u32::MAX);
        let micros = (frame.at % 1_000_000) as u32;
        for field in [seconds, micros, kept.len() as u32, frame.length.max(kept.len() as u32)] {
            self.bytes.extend(field.to_le_bytes());
        }
        self.bytes.extend(kept);
    }

    /// The file; `None` without a frame.
    pub(crate) fn file(&self) -> Option<&[u8]> {
        (!self.bytes.is_empty()).then_some(self.bytes.as_slice())
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

/// Number of a kind of link in capture files.
fn number(link: LinkKind) -> u32 {
    match link {
        LinkKind::Loopback => 0,
        LinkKind::Ethernet => 1,
        LinkKind::RawIp => 101,
        LinkKind::LinuxSll => 113,
        LinkKind::LinuxSll2 => 276,
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
        assert_eq!((recording.file(), recording.gap()), (None, None));
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
