//! Frames of L2CAP in pieces, both ways.

/// Attribute protocol.
pub(super) const ATT: u16 = 4;
/// Signalling of LE.
pub(super) const SIGNALLING: u16 = 5;
/// Security manager.
pub(super) const SMP: u16 = 6;

/// Longest frame that is taken, in bytes.
const LONGEST: usize = 1024;
/// Longest piece that a controller takes.
const PIECE: usize = 251;

/// Puts frames together.
#[derive(Debug, Default)]
pub(super) struct Reassembly {
    begun: Vec<u8>,
}

impl Reassembly {
    /// Takes a piece with the word of handle and flags before it; gives a frame that is whole: its channel, its body.
    /// What does not fit together, or is too long, is passed over.
    pub(super) fn piece(&mut self, flags: u16, bytes: &[u8]) -> Option<(u16, Vec<u8>)> {
        match flags >> 12 & 0b11 {
            0b01 if self.begun.is_empty() => return None,
            0b01 => {}
            _ => self.begun.clear(),
        }
        self.begun.extend_from_slice(bytes);
        let (&[length_low, length_high, low, high], body) = self.begun.split_first_chunk::<4>()?;
        let length = usize::from(u16::from_le_bytes([length_low, length_high]));
        if length > LONGEST || body.len() > length {
            self.begun.clear();
            return None;
        }
        if body.len() < length {
            return None;
        }
        let body = body.to_vec();
        self.begun.clear();
        Some((u16::from_le_bytes([low, high]), body))
    }
}

/// The pieces of a frame, each with its flags in the word of the handle.
pub(super) fn pieces(handle: u16, channel: u16, body: &[u8]) -> Vec<(u16, Vec<u8>)> {
    let mut frame = (body.len() as u16).to_le_bytes().to_vec();
    frame.extend_from_slice(&channel.to_le_bytes());
    frame.extend_from_slice(body);
    let flags = |first: bool| if first { 0 } else { 0b01 << 12 };
    frame
        .chunks(PIECE)
        .enumerate()
        .map(|(index, piece)| (handle | flags(index == 0), piece.to_vec()))
        .collect()
}

/// The answer to a signal, if one is due: what is offered is refused, what is not known is rejected.
pub(super) fn signal(body: &[u8]) -> Option<Vec<u8>> {
    let &[code, identifier, ..] = body else { return None };
    match code {
        // A credit-based channel: there is none.
        0x14 => Some(vec![0x15, identifier, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0]),
        // Rejections and answers to what was never asked.
        0x01 | 0x13 | 0x15 | 0x16 => None,
        _ => Some(vec![0x01, identifier, 2, 0, 0, 0]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_in_pieces_is_whole_again() {
        let body: Vec<u8> = (0..=255).chain(0..=255).collect();
        let mut reassembly = Reassembly::default();
        let pieces = pieces(5, ATT, &body);
        assert_eq!(pieces.len(), 3);
        let frames: Vec<_> =
            pieces.iter().filter_map(|(flags, piece)| reassembly.piece(*flags, piece)).collect();
        assert_eq!(frames, [(ATT, body)]);
    }

    #[test]
    fn what_does_not_fit_together_is_passed_over() {
        let mut reassembly = Reassembly::default();
        assert_eq!(reassembly.piece(0b01 << 12, &[1, 0, 4, 0, 9]), None, "goes on with nothing");
        assert_eq!(reassembly.piece(0, &[1, 0, 4, 0, 9, 9]), None, "longer than it says");
        assert_eq!(reassembly.piece(0, &[0xff, 0xff, 4, 0]), None, "longer than any");
        assert_eq!(reassembly.piece(0, &[3, 0, 4, 0, 1]), None);
        assert_eq!(reassembly.piece(0, &[1, 0, 4, 0, 7]), Some((ATT, vec![7])), "a new one begins");
        for length in 0..4 {
            assert_eq!(reassembly.piece(0, &[0; 3][..length.min(3)]), None);
        }
    }

    #[test]
    fn channels_are_refused_and_unknown_signals_rejected() {
        assert_eq!(signal(&[0x14, 7, 10, 0]).unwrap()[..2], [0x15, 7]);
        assert_eq!(signal(&[0x0a, 8, 0, 0]).unwrap()[..2], [0x01, 8]);
        assert_eq!(signal(&[0x01, 8, 0, 0]), None);
        assert_eq!(signal(&[]), None);
    }
}
