//! One round of questions to ports, whatever asks them.

use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

/// What a port said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// A connection came about, or would have.
    Open,
    /// Refused.
    Closed,
    /// Nothing within the time-out.
    Silent,
}

/// How to ask.
#[derive(Clone, Debug)]
pub(crate) struct Orders {
    /// Questions without an answer at once.
    pub(crate) window: usize,
    /// Questions a second; `None` for as fast as the answers come.
    pub(crate) rate: Option<f64>,
    /// Shortest wait for an answer.
    pub(crate) shortest_wait: Duration,
    /// Longest wait, and the wait while the device's own time is not known.
    pub(crate) longest_wait: Duration,
    /// No further question after this time; answers may still come in.
    pub(crate) at_most: Duration,
    /// When to drop everything.
    pub(crate) stop: Stop,
}

/// Reasons to end at once.
#[derive(Clone, Debug)]
pub(crate) struct Stop {
    /// The run was stopped.
    pub(crate) cancel: CancellationToken,
    /// The time budget ends.
    pub(crate) until: Option<Instant>,
}

impl Stop {
    /// Whether one of them applies.
    pub(crate) fn now(&self) -> bool {
        self.cancel.is_cancelled() || self.until.is_some_and(|until| Instant::now() >= until)
    }

    /// What is left of the time budget.
    pub(crate) fn left(&self) -> Duration {
        self.until.map_or(Duration::MAX, |until| until.saturating_duration_since(Instant::now()))
    }
}

/// What a round brought.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    /// Ports with their answers; a port can be among them that an earlier round asked.
    pub(crate) answers: Vec<(u16, Answer)>,
    /// Ports that were not asked, or whose answer was not waited for.
    pub(crate) unasked: Vec<u16>,
    /// What went wrong on the tester's own side.
    pub(crate) trouble: Option<String>,
    /// Questions sent.
    pub(crate) sent: u64,
    /// From the first question to the last.
    pub(crate) took: Duration,
}

impl Asked {
    /// Joins the share of another worker.
    pub(crate) fn join(&mut self, other: Self) {
        self.answers.extend(other.answers);
        self.unasked.extend(other.unasked);
        self.trouble = self.trouble.take().or(other.trouble);
        self.sent += other.sent;
        self.took = self.took.max(other.took);
    }
}

/// How long the device takes to answer, as TCP itself estimates it (RFC 6298).
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct RoundTrip {
    estimate: Option<(f64, f64)>,
}

impl RoundTrip {
    /// Learns from one answer.
    pub(crate) fn learn(&mut self, took: Duration) {
        let took = took.as_secs_f64();
        self.estimate = Some(match self.estimate {
            None => (took, took / 2.0),
            Some((smooth, spread)) => {
                (smooth * 0.875 + took * 0.125, spread * 0.75 + (smooth - took).abs() * 0.25)
            }
        });
    }

    /// How long to wait for an answer.
    pub(crate) fn wait(&self, orders: &Orders) -> Duration {
        let longest = orders.longest_wait;
        match self.estimate {
            None => longest,
            Some((smooth, spread)) => Duration::from_secs_f64((2.0 * smooth + 4.0 * spread).min(60.0))
                .clamp(orders.shortest_wait.min(longest), longest),
        }
    }

    /// The worse of two.
    pub(crate) fn or_slower(self, other: Self) -> Self {
        let smooth = |one: &Self| one.estimate.map_or(0.0, |(smooth, _)| smooth);
        if smooth(&other) > smooth(&self) { other } else { self }
    }
}

/// Keeps questions apart. What was missed by a late wake-up of up to 2 ms is made up for; more would be a
/// burst, and bursts are what guards look for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Metronome {
    next: Instant,
}

impl Metronome {
    const CATCH_UP: Duration = Duration::from_millis(2);

    /// One that beats at once.
    pub(crate) fn new() -> Self {
        Self { next: Instant::now() }
    }

    /// Time until the next question may be sent; zero for now.
    pub(crate) fn wait(&self, now: Instant) -> Duration {
        self.next.saturating_duration_since(now)
    }

    /// Counts a question that was sent.
    pub(crate) fn count(&mut self, rate: f64, now: Instant) {
        let from = now.checked_sub(Self::CATCH_UP).map_or(self.next, |earliest| self.next.max(earliest));
        self.next = from + Duration::from_secs_f64(1.0 / rate.max(0.1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn orders() -> Orders {
        Orders {
            window: 8,
            rate: None,
            shortest_wait: Duration::from_millis(20),
            longest_wait: Duration::from_millis(800),
            at_most: Duration::from_secs(1),
            stop: Stop { cancel: CancellationToken::new(), until: None },
        }
    }

    #[test]
    fn the_wait_follows_the_device_within_its_limits() {
        let mut trip = RoundTrip::default();
        assert_eq!(trip.wait(&orders()), Duration::from_millis(800), "nothing is known yet");
        for _ in 0..100 {
            trip.learn(Duration::from_micros(100));
        }
        assert_eq!(trip.wait(&orders()), Duration::from_millis(20));
        for _ in 0..100 {
            trip.learn(Duration::from_millis(60));
        }
        let wait = trip.wait(&orders());
        assert!(wait > Duration::from_millis(110) && wait < Duration::from_millis(200), "{wait:?}");
        for _ in 0..100 {
            trip.learn(Duration::from_secs(30));
        }
        assert_eq!(trip.wait(&orders()), Duration::from_millis(800));
    }

    #[test]
    fn the_metronome_makes_up_for_a_late_wake_up_and_not_for_a_pause() {
        let mut metronome = Metronome::new();
        let start = Instant::now();
        metronome.next = start;
        metronome.count(1000.0, start + Duration::from_micros(700));
        assert_eq!(metronome.next, start + Duration::from_millis(1), "not 700 µs later");
        let later = start + Duration::from_secs(5);
        metronome.count(1000.0, later);
        assert_eq!(metronome.next, later - Duration::from_millis(1), "at most 2 ms are made up for");
        assert_eq!(metronome.wait(start + Duration::from_secs(6)), Duration::ZERO);
        metronome.next = later;
        assert_eq!(metronome.wait(later - Duration::from_millis(3)), Duration::from_millis(3));
    }

    #[test]
    fn the_end_of_the_budget_stops_as_a_cancelled_run_does() {
        let mut stop = orders().stop;
        assert!(!stop.now());
        stop.until = Some(Instant::now() + Duration::from_secs(60));
        assert!(!stop.now());
        stop.until = Some(Instant::now());
        assert!(stop.now());
        stop.until = None;
        stop.cancel.cancel();
        assert!(stop.now());
    }
}
