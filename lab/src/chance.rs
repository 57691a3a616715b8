//! Chance: for what has to differ from one time to the next and protects nothing.

use std::hash::{BuildHasher, RandomState};

/// 64 bits that nobody foretells.
pub(crate) fn bits() -> u64 {
    RandomState::new().hash_one(std::process::id())
}

/// A number from 0 up to and without 1.
pub(crate) fn fraction() -> f64 {
    (bits() >> 11) as f64 / (1u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chance_differs_and_stays_in_its_range() {
        let drawn: Vec<f64> = (0..1000).map(|_| fraction()).collect();
        assert!(drawn.iter().all(|number| (0.0..1.0).contains(number)));
        assert!(drawn.iter().any(|number| *number < 0.2) && drawn.iter().any(|number| *number > 0.8));
    }
}
