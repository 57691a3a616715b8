//! How long the device waits before it calls a peer again.

use std::time::Duration;

use crate::frailty::WaitRule;
use crate::{chance, model};

/// Wait of a device that hardly makes one.
const HARDLY: Duration = Duration::from_millis(20);

/// The waits after a loss, one after the other.
#[derive(Debug)]
pub(crate) struct Waits {
    rule: WaitRule,
    failures: i32,
}

impl Waits {
    /// Waits by that rule, the first one first.
    pub(crate) fn new(rule: WaitRule) -> Self {
        Self { rule, failures: 0 }
    }

    /// The wait before the first call after the device was switched on.
    pub(crate) fn starting(&self) -> Duration {
        model::STARTING.mul_f64(self.chance())
    }

    /// The next wait: longer than the one before up to the longest, and a share of it by chance.
    pub(crate) fn next(&mut self) -> Duration {
        if self.rule == WaitRule::Hardly {
            return HARDLY;
        }
        let factor = f64::from(model::RECONNECT_FACTOR_PERCENT) / 100.0;
        let jitter = f64::from(model::RECONNECT_JITTER_PERCENT) / 100.0;
        let first = model::RECONNECT_FIRST.as_secs_f64();
        let wait = (first * factor.powi(self.failures)).min(model::RECONNECT_LONGEST.as_secs_f64());
        if self.rule != WaitRule::NeverLonger {
            self.failures = self.failures.saturating_add(1).min(64);
        }
        Duration::from_secs_f64(wait * (1.0 + jitter * self.chance()))
    }

    /// The next wait is the first one.
    pub(crate) fn start_again(&mut self) {
        self.failures = 0;
    }

    fn chance(&self) -> f64 {
        match self.rule {
            WaitRule::WithoutChance => 0.0,
            _ => chance::fraction(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_as_declared_never_past_the_longest_and_start_again() {
        let mut waits = Waits::new(WaitRule::Declared);
        for expected in [0.5, 1.0, 2.0, 4.0] {
            let wait = waits.next().as_secs_f64();
            assert!((expected..expected * 1.5).contains(&wait), "{wait}");
        }
        for _ in 0..100 {
            waits.next();
        }
        assert!((300.0..450.0).contains(&waits.next().as_secs_f64()));
        waits.start_again();
        assert!(waits.next().as_secs_f64() < 0.75);
    }

    #[test]
    fn each_rule_makes_its_own_waits() {
        let first_three = |rule| {
            let mut waits = Waits::new(rule);
            [waits.next(), waits.next(), waits.next()]
        };
        assert_ne!(first_three(WaitRule::Declared), first_three(WaitRule::Declared));
        assert_eq!(first_three(WaitRule::Hardly), [HARDLY; 3]);
        assert!(first_three(WaitRule::NeverLonger)[2] < Duration::from_millis(750));
        assert_eq!(first_three(WaitRule::WithoutChance), [500, 1000, 2000].map(Duration::from_millis));
    }
}
