//! Makes an input smaller as long as it still does what it did (delta debugging by removal). Pure: whoever holds it
//! tries what it proposes, and tells it what came of it.

/// The search for the smallest input.
#[derive(Clone, Debug)]
pub(super) struct Shrink {
    smallest: Vec<u8>,
    /// Length of the pieces that are left out now.
    piece: usize,
    /// Where the piece begins that was proposed.
    at: usize,
    removed_in_this_pass: bool,
}

impl Shrink {
    /// Begins with an input that is known to do it.
    pub(super) fn of(input: Vec<u8>) -> Self {
        let piece = input.len().div_ceil(2);
        Self { smallest: input, piece, at: 0, removed_in_this_pass: false }
    }

    /// The smallest that is known to do it.
    pub(super) fn smallest(&self) -> &[u8] {
        &self.smallest
    }

    /// The next to try; `None` where no octet can be left out any more.
    pub(super) fn proposed(&mut self) -> Option<Vec<u8>> {
        if self.at >= self.smallest.len() {
            if self.piece <= 1 && !self.removed_in_this_pass {
                return None;
            }
            self.piece = (self.piece / 2).clamp(1, self.smallest.len().max(1));
            (self.at, self.removed_in_this_pass) = (0, false);
            if self.smallest.is_empty() {
                return None;
            }
        }
        let end = (self.at + self.piece).min(self.smallest.len());
        Some([&self.smallest[..self.at], &self.smallest[end..]].concat())
    }

    /// What came of the last proposal.
    pub(super) fn tell(&mut self, proposed: Vec<u8>, still: bool) {
        if still {
            self.smallest = proposed;
            self.removed_in_this_pass = true;
        } else {
            self.at += self.piece;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shrunk(input: &[u8], does_it: impl Fn(&[u8]) -> bool) -> (Vec<u8>, usize) {
        let mut shrink = Shrink::of(input.to_vec());
        let mut tried = 0;
        while let Some(proposed) = shrink.proposed() {
            tried += 1;
            assert!(tried < 10_000, "it ends");
            let still = does_it(&proposed);
            shrink.tell(proposed, still);
        }
        (shrink.smallest().to_vec(), tried)
    }

    #[test]
    fn nothing_is_left_that_does_not_matter() {
        let deep = [b"{\"a\":".to_vec(), vec![b'['; 900], vec![b']'; 900], b"}".to_vec()].concat();
        let opened = |octets: &[u8]| octets.iter().filter(|octet| **octet == b'[').count();
        let (smallest, tried) = shrunk(&deep, |octets| opened(octets) >= 48);
        assert_eq!(smallest, vec![b'['; 48]);
        assert!(tried < 400, "{tried}");
        let (smallest, _) = shrunk(b"name=first&second=%00&third=3", |octets| {
            octets.windows(3).any(|three| three == b"%00") && octets.contains(&b'3')
        });
        assert_eq!(smallest, b"%003");
    }

    #[test]
    fn what_matters_whole_stays_whole_and_what_does_not_matter_goes() {
        assert_eq!(shrunk(b"abc", |octets| octets == b"abc").0, b"abc");
        assert_eq!(shrunk(b"abc", |_| true).0, b"");
        assert_eq!(shrunk(b"", |_| true).0, b"");
    }
}
