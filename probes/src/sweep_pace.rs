//! How fast a sweep goes: lowered by answers that only come on a second, slower try and by failed canaries,
//! raised again while the device stays well.

use std::time::Duration;

/// Smallest region; regions shrink after a failure so that its cause is narrowed down.
const SMALLEST_REGION: usize = 16;
/// Shortest pause between two connections; the timer knows no shorter one.
const SHORTEST_PAUSE: Duration = Duration::from_millis(1);
/// Longest pause between two connections to a device with a guard.
const LONGEST_PAUSE: Duration = Duration::from_millis(32);
/// Regions without trouble after which a sweep that was slowed down once goes a little faster. Every further
/// failure doubles the number, so that a guard is met again a few times and not for ever.
const CLEAN_REGIONS: u32 = 10;
/// Doublings at most.
const DOUBLINGS_AT_MOST: u32 = 8;

/// Speed of a sweep.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pace {
    /// Connections under way at once.
    pub(crate) parallel: usize,
    /// The most of them for now.
    pub(crate) ceiling: usize,
    /// Wait for an answer.
    pub(crate) timeout: Duration,
    /// Pause between two connections.
    pub(crate) between: Duration,
    /// Ports between two canaries.
    pub(crate) region_ports: usize,
    /// Samples of silent ports that stayed silent, in a row: the device drops, it is not overrun.
    pub(crate) deaf: u32,
    /// Regions so far.
    pub(crate) regions: u32,
    base: Duration,
    highest_ceiling: usize,
    largest_region: usize,
    /// Regions without trouble since the last change.
    clean: u32,
    failures: u32,
}

impl Pace {
    /// Full speed.
    pub(crate) fn new(parallel: usize, timeout: Duration, region_ports: usize) -> Self {
        Self {
            parallel,
            ceiling: parallel,
            timeout,
            between: Duration::ZERO,
            region_ports,
            deaf: 0,
            regions: 0,
            base: timeout,
            highest_ceiling: parallel,
            largest_region: region_ports,
            clean: 0,
            failures: 0,
        }
    }

    /// A handful of silent ports is asked much slower; a device that drops everything would take hours so.
    pub(crate) fn slow_down_for_repetition(&mut self, silent: usize) {
        if silent <= 2000 {
            self.ceiling = (self.ceiling / 4).max(1);
            self.highest_ceiling = self.ceiling;
            self.timeout = self.base * 2;
        } else {
            self.timeout = self.base * 5 / 4;
        }
        self.parallel = self.parallel.min(self.ceiling);
    }

    /// After a region in which every port answered at once.
    pub(crate) fn quicken(&mut self) {
        self.parallel = (self.parallel + self.parallel / 4 + 1).min(self.ceiling).max(1);
    }

    /// After a port that answered only on a second, slower try.
    pub(crate) fn overrun(&mut self) {
        self.deaf = 0;
        self.clean = 0;
        self.parallel = (self.parallel / 2).max(2).min(self.ceiling);
        self.timeout = (self.timeout * 3 / 2).min(self.base * 3);
    }

    /// After trouble of the tester's own.
    pub(crate) fn halve(&mut self) {
        self.parallel = (self.parallel / 2).max(1);
    }

    /// After a failed canary: fewer at once, pauses between, smaller regions.
    pub(crate) fn tread_softly(&mut self) {
        self.failures += 1;
        self.clean = 0;
        self.ceiling = (self.ceiling / 2).max(1);
        self.parallel = (self.parallel / 2).clamp(1, self.ceiling);
        self.between = (self.between * 4).clamp(SHORTEST_PAUSE * 2, LONGEST_PAUSE);
        self.region_ports = (self.region_ports / 4).max(SMALLEST_REGION);
    }

    /// After a region at whose end the canary answered: once enough of them came in a row, half the pause,
    /// a quarter more at once, regions twice as large, and never more than at the start.
    pub(crate) fn canary_answered(&mut self) {
        if self.failures == 0 {
            return;
        }
        self.clean += 1;
        if self.clean < CLEAN_REGIONS << (self.failures - 1).min(DOUBLINGS_AT_MOST) {
            return;
        }
        self.clean = 0;
        self.between /= 2;
        if self.between < SHORTEST_PAUSE {
            self.between = Duration::ZERO;
        }
        self.ceiling = (self.ceiling + (self.ceiling / 4).max(1)).min(self.highest_ceiling);
        self.region_ports = (self.region_ports * 2).min(self.largest_region);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> Pace {
        Pace::new(64, Duration::from_millis(800), 1000)
    }

    fn clean(pace: &mut Pace, regions: u32) {
        for _ in 0..regions {
            pace.canary_answered();
        }
    }

    #[test]
    fn one_failure_is_forgiven_step_by_step_and_no_faster_than_at_the_start() {
        let mut pace = full();
        clean(&mut pace, 1000);
        assert_eq!(pace, full(), "nothing happened, nothing changes");
        pace.tread_softly();
        let slow = pace.clone();
        assert_eq!((pace.ceiling, pace.between, pace.region_ports), (32, Duration::from_millis(2), 250));
        clean(&mut pace, CLEAN_REGIONS - 1);
        assert_eq!((pace.ceiling, pace.between, pace.region_ports), (32, slow.between, 250));
        clean(&mut pace, 1);
        assert_eq!((pace.ceiling, pace.between, pace.region_ports), (40, Duration::from_millis(1), 500));
        clean(&mut pace, CLEAN_REGIONS);
        assert_eq!((pace.ceiling, pace.between, pace.region_ports), (50, Duration::ZERO, 1000));
        clean(&mut pace, CLEAN_REGIONS * 50);
        assert_eq!((pace.ceiling, pace.between, pace.region_ports), (64, Duration::ZERO, 1000));
    }

    #[test]
    fn every_further_failure_makes_the_sweep_more_patient() {
        let mut pace = full();
        pace.tread_softly();
        pace.tread_softly();
        clean(&mut pace, CLEAN_REGIONS * 2 - 1);
        assert_eq!((pace.ceiling, pace.between), (16, Duration::from_millis(8)));
        clean(&mut pace, 1);
        assert_eq!((pace.ceiling, pace.between), (20, Duration::from_millis(4)));
        for _ in 0..100 {
            pace.tread_softly();
        }
        assert_eq!(
            (pace.ceiling, pace.between, pace.region_ports),
            (1, LONGEST_PAUSE, SMALLEST_REGION),
            "it goes on, as slowly as it can"
        );
        clean(&mut pace, CLEAN_REGIONS << DOUBLINGS_AT_MOST);
        assert_eq!((pace.ceiling, pace.between), (2, LONGEST_PAUSE / 2));
    }

    #[test]
    fn a_guard_met_again_at_each_quickening_is_met_fewer_times_than_end_a_sweep() {
        let mut pace = full();
        pace.tread_softly();
        let mut failures = 1;
        let slow = pace.between;
        for _ in 0..65_535 / SMALLEST_REGION {
            pace.canary_answered();
            if pace.between < slow {
                pace.tread_softly();
                failures += 1;
            }
        }
        assert!((2..12).contains(&failures), "{failures} failures");
    }

    #[test]
    fn answers_that_came_late_are_no_clean_regions_and_a_repetition_stays_slow() {
        let mut pace = full();
        pace.tread_softly();
        clean(&mut pace, CLEAN_REGIONS - 1);
        pace.overrun();
        clean(&mut pace, CLEAN_REGIONS - 1);
        assert_eq!(pace.ceiling, 32);
        pace.slow_down_for_repetition(10);
        clean(&mut pace, CLEAN_REGIONS * 20);
        assert_eq!(pace.ceiling, 8);
    }
}
