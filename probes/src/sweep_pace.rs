//! How fast a sweep goes: it looks for the rate that the device, and whatever guards it, bears.
//!
//! Two kinds of trouble are told apart. *Loss*: some ports answer only on a second, slower look. The rate
//! falls to what came through, and climbs again; little is lost by trying. *Outage*: the canary is silent.
//! Each costs the time until the device is back, so the rate climbs only where the time that a higher one
//! would save outweighs that cost.

use std::time::Duration;

/// Smallest region; regions shrink with the rate so that a cause is narrowed down.
const SMALLEST_REGION: usize = 16;
/// Slowest rate, in questions a second.
const SLOWEST: f64 = 4.0;
/// A rate above this is no limit.
const FASTEST: f64 = 100_000.0;
/// Below what guards against scans commonly count as one: 100 connections a second.
const UNSUSPICIOUS: f64 = 80.0;
/// An outage as long as this is a ban or a restart, and not a full queue.
const LONG_OUTAGE: Duration = Duration::from_secs(5);
/// Time without trouble after which a rate counts as borne.
const CALM: Duration = Duration::from_secs(3);
/// How much faster a sweep goes after a first loss; every further one halves the excess.
const FIRST_GROWTH: f64 = 2.0;
/// Smallest growth.
const LEAST_GROWTH: f64 = 1.05;

/// Speed of a sweep.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pace {
    /// Questions without an answer at once.
    pub(crate) window: usize,
    /// Questions a second; `None` for as fast as the answers come.
    pub(crate) rate: Option<f64>,
    /// Factor on the wait for an answer, 1 to 3.
    pub(crate) stretch: f64,
    /// Samples of silent ports that stayed silent, in a row: the device drops, it is not overrun.
    pub(crate) deaf: u32,
    /// Regions so far.
    pub(crate) regions: u32,
    widest: usize,
    largest_region: usize,
    growth: f64,
    /// Fastest rate that was borne since the last outage that spoke against it; 0 for none.
    borne: f64,
    /// Slowest rate at which the device went away.
    harmful: Option<f64>,
    /// Longest outage.
    outage: Duration,
    outages: u32,
    /// Time without trouble at this rate.
    calm: Duration,
}

impl Pace {
    /// Full speed.
    pub(crate) fn new(parallel: usize, region_ports: usize) -> Self {
        Self {
            window: parallel,
            rate: None,
            stretch: 1.0,
            deaf: 0,
            regions: 0,
            widest: parallel,
            largest_region: region_ports,
            growth: FIRST_GROWTH,
            borne: 0.0,
            harmful: None,
            outage: Duration::ZERO,
            outages: 0,
            calm: Duration::ZERO,
        }
    }

    /// The same at full speed again.
    pub(crate) fn afresh(&self) -> Self {
        Self::new(self.widest, self.largest_region)
    }

    /// Ports between two canaries: about a second's worth.
    pub(crate) fn region_ports(&self) -> usize {
        self.rate
            .map_or(self.largest_region, |rate| (rate as usize).clamp(SMALLEST_REGION, self.largest_region))
    }

    /// After a region without trouble: `rate` questions a second were sent for `took`, `left` are to come.
    pub(crate) fn went_well(&mut self, rate: f64, took: Duration, left: usize) {
        self.window = (self.window + self.window / 4 + 1).min(self.widest);
        self.stretch = (self.stretch * 0.9).max(1.0);
        self.calm += took;
        if self.calm >= CALM {
            self.borne = self.borne.max(rate);
        }
        let Some(limit) = self.rate else { return };
        match self.harmful {
            None if self.calm >= Duration::from_millis(500) => {
                self.calm = Duration::ZERO;
                let faster = limit * self.growth;
                // What was careful becomes bold again while nothing happens.
                self.growth = (1.0 + (self.growth - 1.0) * 1.1).min(FIRST_GROWTH);
                self.rate = (faster < FASTEST).then_some(faster);
            }
            Some(harmful) if self.calm >= CALM => {
                if let Some(faster) = self.worth_trying(limit, harmful, left) {
                    self.calm = Duration::ZERO;
                    self.rate = Some(faster);
                }
            }
            _ => {}
        }
    }

    /// A higher rate whose gain is worth the risk. Where between the borne and the harmful rate the limit
    /// lies is taken as equally likely on a scale of ratios. Every outage makes the sweep more careful.
    fn worth_trying(&self, borne: f64, harmful: f64, left: usize) -> Option<f64> {
        let remaining = left as f64 / borne;
        let caution = f64::from(1_u32 << self.outages.min(16)) * self.outage.as_secs_f64();
        [16.0, 8.0, 4.0, 2.0, 1.4]
            .into_iter()
            .filter(|factor: &f64| borne * factor < harmful * 0.95)
            .map(|factor| {
                let risk = factor.ln() / (harmful / borne).ln();
                ((1.0 - risk) * remaining * (1.0 - 1.0 / factor) - risk * caution, borne * factor)
            })
            .filter(|(gain, _)| *gain > 0.0)
            .max_by(|one, other| one.0.total_cmp(&other.0))
            .map(|(_, faster)| faster)
    }

    /// After ports that answered only on a second, slower look; `through` is the share that came through.
    pub(crate) fn lost(&mut self, rate: f64, through: f64) {
        self.deaf = 0;
        self.calm = Duration::ZERO;
        self.stretch = (self.stretch * 1.5).min(3.0);
        self.window = (self.window / 2).max(2).min(self.widest);
        if self.rate.is_some() {
            self.growth = (1.0 + (self.growth - 1.0) / 2.0).max(LEAST_GROWTH);
        }
        self.rate = Some((rate * through.clamp(0.1, 0.9)).max(SLOWEST));
    }

    /// After an outage under a sweep of `rate` questions a second.
    pub(crate) fn went_away(&mut self, rate: f64, outage: Duration) {
        self.outages += 1;
        self.calm = Duration::ZERO;
        self.outage = self.outage.max(outage);
        self.window = (self.window / 2).max(1);
        self.harmful = Some(self.harmful.map_or(rate, |known| known.min(rate)));
        if self.borne >= rate * 0.9 {
            // It was borne and is no more: a guard that counts over a longer time, or a restart.
            self.borne = 0.0;
        }
        let slower = if self.borne > 0.0 {
            self.borne
        } else if outage >= LONG_OUTAGE {
            UNSUSPICIOUS.min(rate / 4.0)
        } else {
            rate / 4.0
        };
        self.rate = Some(slower.max(SLOWEST));
    }

    /// After trouble of the tester's own.
    pub(crate) fn halve(&mut self) {
        self.window = (self.window / 2).max(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> Pace {
        Pace::new(64, 1000)
    }

    const LONG: Duration = Duration::from_secs(120);
    const SECOND: Duration = Duration::from_secs(1);

    /// A sweep of so many ports past a guard that bans for two minutes: bans met, and seconds.
    fn past_a_guard(ports: usize, most: f64) -> (u32, f64) {
        let (mut pace, mut left, mut bans, mut seconds) = (full(), ports, 0, 0.0);
        while left > 0 {
            let rate = pace.rate.unwrap_or(50_000.0);
            let region = pace.region_ports().min(left);
            let took = region as f64 / rate;
            seconds += took;
            if rate > most {
                bans += 1;
                seconds += LONG.as_secs_f64();
                pace.went_away(rate, LONG);
                assert!(bans < 100, "it never learns");
            } else {
                left -= region;
                pace.went_well(rate, Duration::from_secs_f64(took), left);
            }
        }
        (bans, seconds)
    }

    /// A sweep past a limit that drops what is too fast: seconds.
    fn past_a_limit(ports: usize, most: f64) -> f64 {
        let (mut pace, mut left, mut seconds) = (full(), ports as f64, 0.0);
        while left > 0.5 {
            let rate = pace.rate.unwrap_or(50_000.0);
            let region = (pace.region_ports() as f64).min(left);
            let took = region / rate;
            seconds += took;
            let through = (most / rate).min(1.0);
            left -= region * through;
            if through < 0.95 {
                pace.lost(rate, through);
            } else {
                pace.went_well(rate, Duration::from_secs_f64(took), left as usize);
            }
            assert!(seconds < 1e5);
        }
        seconds
    }

    #[test]
    fn nothing_happens_and_nothing_changes() {
        let mut pace = full();
        pace.went_well(50_000.0, Duration::from_millis(20), 60_000);
        assert_eq!((pace.window, pace.rate, pace.region_ports()), (64, None, 1000));
    }

    #[test]
    fn a_guard_costs_few_bans() {
        for most in [100.0, 250.0, 1000.0, 5000.0] {
            let (bans, seconds) = past_a_guard(65_535, most);
            assert!((1..=3).contains(&bans), "{bans} bans at {most} a second");
            assert!(seconds < 1300.0, "{seconds} s at {most} a second");
        }
        let (bans, _) = past_a_guard(3000, 100.0);
        assert_eq!(bans, 1, "for a few ports no further ban is risked");
    }

    #[test]
    fn a_guard_below_the_first_careful_rate_is_found_too() {
        let (bans, _) = past_a_guard(2000, 10.0);
        assert!((2..=4).contains(&bans), "{bans}");
    }

    #[test]
    fn a_limit_that_drops_is_followed_closely() {
        for most in [100.0, 3000.0, 20_000.0] {
            let ideal = 65_535.0 / most;
            let took = past_a_limit(65_535, most);
            assert!(took < ideal * 1.6 + 5.0, "{took} s instead of {ideal} s at {most} a second");
        }
    }

    #[test]
    fn waits_that_rose_fall_again() {
        let mut pace = full();
        for _ in 0..5 {
            pace.lost(1000.0, 0.5);
        }
        assert_eq!(pace.stretch, 3.0);
        assert_eq!(pace.window, 2);
        for _ in 0..40 {
            pace.went_well(500.0, SECOND, 1000);
        }
        assert_eq!(pace.stretch, 1.0);
        assert_eq!(pace.window, 64);
        assert_eq!(pace.rate, None, "and the limit is forgotten");
    }

    #[test]
    fn a_restart_slows_the_sweep_only_for_a_while() {
        let mut pace = full();
        pace.went_away(50_000.0, Duration::from_secs(70));
        assert_eq!(pace.rate, Some(UNSUSPICIOUS));
        assert_eq!(pace.region_ports(), 80);
        for _ in 0..3 {
            pace.went_well(80.0, SECOND, 60_000);
        }
        assert!(pace.rate.is_some_and(|rate| rate > 200.0), "{:?}", pace.rate);
        let short = Duration::from_millis(600);
        let mut pace = full();
        pace.went_away(50_000.0, short);
        assert_eq!(pace.rate, Some(12_500.0), "a short outage is no ban");
    }

    #[test]
    fn it_never_stands_still() {
        let mut pace = full();
        for _ in 0..50 {
            let rate = pace.rate.unwrap_or(50_000.0);
            pace.went_away(rate, LONG);
            pace.halve();
        }
        assert_eq!((pace.rate, pace.window, pace.region_ports()), (Some(SLOWEST), 1, SMALLEST_REGION));
    }
}
