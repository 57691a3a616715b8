//! Numbers that look random and follow from a seed, so that each case can be made again.

use sha2::{Digest as _, Sha256};

/// A generator of numbers (SplitMix64). It guards no secret.
#[derive(Clone, Debug)]
pub(super) struct Draw(u64);

impl Draw {
    /// The numbers of a seed for one purpose.
    pub(super) fn of(seed: &str, purpose: &str) -> Self {
        let digest = Sha256::new().chain_update(seed).chain_update([0]).chain_update(purpose).finalize();
        let mut first = [0; 8];
        first.copy_from_slice(&digest[..8]);
        Self(u64::from_be_bytes(first))
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`; 0 where the bound is 0.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        if bound == 0 {
            return 0;
        }
        usize::try_from(self.next() % bound as u64).unwrap_or(0)
    }

    /// One of them.
    pub(super) fn one<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.below(of.len()))
    }

    /// Puts them into a random order.
    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for place in (1..items.len()).rev() {
            items.swap(place, self.below(place + 1));
        }
    }

    /// Random octets.
    pub(super) fn octets(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| (self.next() >> 24) as u8).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers_and_another_seed_others() {
        let drawn = |seed: &str, purpose: &str| Draw::of(seed, purpose).octets(16);
        assert_eq!(drawn("a", "x"), drawn("a", "x"));
        assert!(drawn("a", "x") != drawn("b", "x") && drawn("a", "x") != drawn("a", "y"));
        let mut places: Vec<usize> = (0..50).collect();
        Draw::of("a", "order").shuffle(&mut places);
        assert_ne!(places, (0..50).collect::<Vec<_>>());
        places.sort_unstable();
        assert_eq!(places, (0..50).collect::<Vec<_>>());
        assert_eq!(Draw::of("a", "").below(0), 0);
    }
}
