//! Which packages are offered in one go, and how long a stream without an end goes on.

use std::time::Duration;

use super::Attack;
use super::settling::Pace;

/// Which packages are offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Program {
    /// Every bad package once, and the authentic one: of the probe update-trials.
    Trials,
    /// A stale list, streams without an end between two authentic packages, and every mixture of the packages that were
    /// handed in: of the probe update-endurance.
    Endurance,
}

impl Program {
    /// Octets of one stream without an end in [`Self::Endurance`], what it begins with included.
    pub(crate) const STREAM_OCTETS: u64 = 16 * 1024 * 1024;
    /// Longest time of one in seconds.
    pub(crate) const STREAM_SECONDS: u64 = 10;
    /// Times that a stream is longer than the longest file that was handed in, at least: what is little longer than a
    /// sound image says nothing.
    pub(super) const TIMES_LONGER: u64 = 4;

    /// What is offered, in order.
    pub(super) fn attacks(self) -> &'static [Attack] {
        match self {
            Self::Trials => &Attack::ALL,
            // The stale list comes first: a device that has met the valid one may know better by it.
            Self::Endurance => &[
                Attack::Stale,
                Attack::Authentic,
                Attack::Endless,
                Attack::EndlessList,
                Attack::Authentic,
                Attack::Mixed,
            ],
        }
    }

    /// Octets that follow on a file of this length, where the longest file has that length.
    pub(super) fn octets_after(self, file: u64, longest: u64) -> u64 {
        match self {
            // With what the image itself has, twice the longest and 1 MiB are not exceeded.
            Self::Trials => 2 * longest + 1024 * 1024 - 64 * 1024,
            Self::Endurance => Self::STREAM_OCTETS.saturating_sub(file),
        }
    }

    /// Longest time of a stream.
    pub(super) fn stream_time(self, pace: Pace) -> Duration {
        match self {
            Self::Trials => pace.endless,
            Self::Endurance => Duration::from_secs(Self::STREAM_SECONDS),
        }
    }
}
