//! How long the device waits before it calls a peer again.

use std::time::Duration;

use crate::{chance, model};

/// The waits after a loss, one after the other.
#[derive(Debug, Default)]
pub(crate) struct Waits {
    failures: i32,
}

impl Waits {
    /// The next wait: longer than the one before up to the longest, and a share of it by chance.
    pub(crate) fn next(&mut self) -> Duration {
        let factor = f64::from(model::RECONNECT_FACTOR_PERCENT) / 100.0;
        let jitter = f64::from(model::RECONNECT_JITTER_PERCENT) / 100.0;
        let first = model::RECONNECT_FIRST.as_secs_f64();
        let wait = (first * factor.powi(self.failures)).min(model::RECONNECT_LONGEST.as_secs_f64());
        self.failures = self.failures.saturating_add(1).min(64);
        Duration::from_secs_f64(wait * (1.0 + jitter * chance::fraction()))
    }

    /// The next wait is the first one.
    pub(crate) fn start_again(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_as_declared_never_past_the_longest_and_start_again() {
        let mut waits = Waits::default();
        for expected in [0.8, 1.6, 3.2, 6.4] {
            let wait = waits.next().as_secs_f64();
            assert!((expected..expected * 1.5).contains(&wait), "{wait}");
        }
        for _ in 0..100 {
            waits.next();
        }
        assert!((300.0..450.0).contains(&waits.next().as_secs_f64()));
        waits.start_again();
        assert!(waits.next().as_secs_f64() < 1.2);
    }

    #[test]
    fn no_two_devices_wait_for_the_same_time() {
        assert_ne!(Waits::default().next(), Waits::default().next());
    }
}
