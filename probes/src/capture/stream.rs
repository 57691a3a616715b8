//! Puts the segments of one direction of a TCP connection in order.

use std::collections::BTreeMap;

/// Segments that wait for an earlier one, of one direction.
const SEGMENTS_WAITING: usize = 64;
/// Octets that wait, of one direction.
const OCTETS_WAITING: usize = 128 * 1024;
/// A segment that lies further ahead belongs to no window.
const AHEAD_AT_MOST: u32 = 1 << 24;

/// A piece of a stream.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// The next octets.
    Octets(&'a [u8]),
    /// Octets that were not captured: what follows does not join what was before.
    Hole,
}

/// One direction.
#[derive(Debug, Default)]
pub(super) struct Direction {
    /// Number of the next octet.
    next: Option<u32>,
    /// Segments ahead of it, by their distance from `base`.
    waiting: BTreeMap<u64, Waiting>,
    /// Octets taken in order so far.
    taken: u64,
    held: usize,
}

#[derive(Debug)]
struct Waiting {
    bytes: Box<[u8]>,
    length: u32,
}

impl Direction {
    /// The first octet will have the number after this.
    pub(super) fn open(&mut self, sequence: u32) {
        if self.next.is_none() {
            self.next = Some(sequence.wrapping_add(1));
        }
    }

    /// Whether anything came.
    pub(super) fn is_open(&self) -> bool {
        self.next.is_some()
    }

    /// Whether all octets before this number were taken.
    pub(super) fn reached(&self, sequence: u32) -> bool {
        self.next.is_none_or(|next| next.wrapping_sub(sequence) < 1 << 31)
    }

    /// Octets in memory.
    pub(super) fn held(&self) -> usize {
        self.held
    }

    /// Takes a segment; `length` is that on the wire. Gives the pieces that are now in order.
    pub(super) fn take(
        &mut self,
        sequence: u32,
        bytes: &[u8],
        length: u32,
        give: &mut impl FnMut(Piece<'_>),
    ) {
        if length == 0 {
            return;
        }
        let next = *self.next.get_or_insert(sequence);
        let ahead = sequence.wrapping_sub(next);
        if ahead == 0 {
            self.next_piece(bytes, length, give);
        } else if ahead >= 1 << 31 {
            // Sent before, as a whole or in part.
            let old = next.wrapping_sub(sequence);
            if old < length {
                let fresh = bytes.get(old as usize..).unwrap_or_default();
                self.next_piece(fresh, length - old, give);
            }
        } else if ahead > AHEAD_AT_MOST {
            self.flush(give);
            give(Piece::Hole);
            self.next = Some(sequence);
            self.next_piece(bytes, length, give);
        } else {
            self.wait(ahead, bytes, length);
            while self.waiting.len() > SEGMENTS_WAITING || self.held > OCTETS_WAITING {
                self.jump(give);
            }
        }
        self.join(give);
    }

    /// Gives what still waits, with holes where segments are missing.
    pub(super) fn flush(&mut self, give: &mut impl FnMut(Piece<'_>)) {
        while !self.waiting.is_empty() {
            self.jump(give);
            self.join(give);
        }
    }

    fn next_piece(&mut self, bytes: &[u8], length: u32, give: &mut impl FnMut(Piece<'_>)) {
        if !bytes.is_empty() {
            give(Piece::Octets(bytes));
        }
        if bytes.len() < length as usize {
            give(Piece::Hole);
        }
        self.taken += u64::from(length);
        self.next = self.next.map(|next| next.wrapping_add(length));
    }

    fn wait(&mut self, ahead: u32, bytes: &[u8], length: u32) {
        let place = self.taken + u64::from(ahead);
        let longer = self.waiting.get(&place).is_none_or(|there| there.length < length);
        if longer {
            self.held += bytes.len();
            let before = self.waiting.insert(place, Waiting { bytes: bytes.into(), length });
            self.held -= before.map_or(0, |before| before.bytes.len());
        }
    }

    /// Gives the waiting segments that now follow.
    fn join(&mut self, give: &mut impl FnMut(Piece<'_>)) {
        while let Some(entry) = self.waiting.first_entry() {
            let place = *entry.key();
            if place > self.taken {
                break;
            }
            let Waiting { bytes, length } = entry.remove();
            self.held -= bytes.len();
            let old = self.taken - place;
            if old < u64::from(length) {
                // Both below 2^32 here.
                let fresh = bytes.get(old as usize..).unwrap_or_default();
                self.next_piece(fresh, length - old as u32, give);
            }
        }
    }

    /// Gives up on what is missing before the first waiting segment.
    fn jump(&mut self, give: &mut impl FnMut(Piece<'_>)) {
        let Some((&place, _)) = self.waiting.first_key_value() else { return };
        let missing = place.saturating_sub(self.taken);
        if missing > 0 {
            give(Piece::Hole);
            self.taken += missing;
            // Distances are below AHEAD_AT_MOST, so this fits.
            self.next = self.next.map(|next| next.wrapping_add(missing as u32));
        }
        self.join(give);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What comes out of segments at these places, `*` for a hole.
    fn joined(text: &[u8], first: u32, parts: &[(usize, usize)]) -> String {
        let mut direction = Direction::default();
        direction.open(first.wrapping_sub(1));
        let mut out = Vec::new();
        let mut give = |piece: Piece<'_>| match piece {
            Piece::Octets(bytes) => out.extend_from_slice(bytes),
            Piece::Hole => out.push(b'*'),
        };
        for (from, to) in parts {
            let bytes = &text[*from..*to];
            direction.take(first.wrapping_add(*from as u32), bytes, bytes.len() as u32, &mut give);
        }
        direction.flush(&mut give);
        assert_eq!(direction.held(), 0);
        String::from_utf8(out).unwrap()
    }

    /// Case, places of the segments, what comes out.
    type Row<'a> = (&'a str, &'a [(usize, usize)], &'a str);

    #[test]
    fn order_repetition_overlap_and_loss() {
        let table: [Row<'_>; 7] = [
            ("in order", &[(0, 3), (3, 6), (6, 10)], "0123456789"),
            ("reordered", &[(3, 6), (6, 10), (0, 3)], "0123456789"),
            ("repeated", &[(0, 3), (0, 3), (3, 6), (0, 6), (6, 10)], "0123456789"),
            ("overlapping", &[(0, 4), (2, 7), (5, 10)], "0123456789"),
            ("overlapping ahead", &[(4, 8), (6, 10), (0, 5)], "0123456789"),
            ("lost", &[(0, 3), (6, 10)], "012*6789"),
            ("longer repetition ahead", &[(4, 6), (4, 10), (0, 4)], "0123456789"),
        ];
        for (case, parts, expected) in table {
            for first in [1000, u32::MAX - 4, u32::MAX] {
                assert_eq!(joined(b"0123456789", first, parts), expected, "{case} from {first}");
            }
        }
    }

    #[test]
    fn a_cut_segment_leaves_a_hole_and_waiting_is_bounded() {
        let mut direction = Direction::default();
        let mut pieces = Vec::new();
        direction.take(1, b"ab", 4, &mut |piece| pieces.push(format!("{piece:?}")));
        direction.take(5, b"ef", 2, &mut |piece| pieces.push(format!("{piece:?}")));
        assert_eq!(pieces, ["Octets([97, 98])", "Hole", "Octets([101, 102])"]);
        let mut holes = 0;
        for at in 0..1000_u32 {
            direction.take(100 + at * 2000, &[7; 1000], 1000, &mut |piece| {
                holes += u32::from(piece == Piece::Hole)
            });
            assert!(direction.held() <= OCTETS_WAITING + 1000);
        }
        assert!(holes > 900);
    }

    proptest! {
        #[test]
        fn any_order_of_all_segments_gives_the_stream(first: u32, seed in proptest::collection::vec(any::<u8>(), 1..40)) {
            let text: Vec<u8> = (0..200_u32).map(|at| b'a' + (at % 26) as u8).collect();
            let mut parts: Vec<(usize, usize)> = (0..20).map(|at| (at * 10, at * 10 + 10)).collect();
            for (at, value) in seed.iter().enumerate() {
                parts.swap(at % 20, usize::from(*value) % 20);
            }
            parts.push(parts[0]);
            prop_assert_eq!(joined(&text, first, &parts), String::from_utf8(text.clone()).unwrap());
        }

        #[test]
        fn any_segments_are_taken(all in proptest::collection::vec((any::<u32>(), 0..50_usize, 0..100_u32), 0..60)) {
            let mut direction = Direction::default();
            for (sequence, have, length) in all {
                direction.take(sequence, &vec![1; have.min(length as usize)], length, &mut |_| {});
            }
            direction.flush(&mut |_| {});
            prop_assert_eq!(direction.held(), 0);
        }
    }
}
