//! A time that is false, and a certificate whose dates fit it and not the truth.

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Days by which the false time lies back where nothing limits it: a certificate of that time ended long ago.
const USUAL_DAYS: i32 = 548;
/// Longest time in days for which the certificate is valid before the false time.
const MOST_DAYS_BEFORE: i32 = 182;
/// Fewest days by which the time has to be false, so that no clock that is only a little wrong explains anything.
const FEWEST_DAYS: i32 = 4;

/// Which time is told, and the dates of a certificate that is valid then alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FalseTime {
    /// The day that is told; its noon at this moment.
    pub told: Date,
    /// First day of the certificate.
    pub from: Date,
    /// Last day of the certificate, before today.
    pub until: Date,
}

impl FalseTime {
    /// For an authority that is valid from this day on: a client that looks at the dates of the authority too has
    /// nothing against it at the false time. `None` where the authority is too young for that.
    pub fn fitting(today: Date, authority_begins: Date) -> Option<Self> {
        let known = today.since(authority_begins).ok()?.get_days();
        let back = USUAL_DAYS.min(known / 2);
        (back >= FEWEST_DAYS).then_some(())?;
        let told = today.checked_sub(back.days()).ok()?;
        Some(Self {
            told,
            from: told.checked_sub((known - back).min(MOST_DAYS_BEFORE).days()).ok()?,
            until: told.checked_add((back / 2).days()).ok()?,
        })
    }

    /// Seconds from the true time, in seconds since 1970, to the false one; negative, because it lies back.
    pub fn offset_seconds(&self, now: i64) -> i64 {
        let noon = self.told.at(12, 0, 0, 0).to_zoned(TimeZone::UTC);
        noon.map_or(0, |noon| noon.timestamp().as_second().saturating_sub(now))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const TODAY: Date = date(2026, 11, 22);

    #[test]
    fn the_certificate_is_valid_at_the_false_time_and_ended_in_truth() {
        for begins in [date(2000, 1, 1), date(2024, 1, 1), date(2025, 11, 22), date(2026, 11, 1)] {
            let time = FalseTime::fitting(TODAY, begins).unwrap();
            assert!(begins <= time.from && time.from < time.told, "{time:?}");
            assert!(time.told < time.until && time.until < TODAY, "{time:?}");
            let noon = date(2026, 11, 22).at(12, 0, 0, 0).to_zoned(TimeZone::UTC).unwrap();
            let now = noon.timestamp().as_second();
            let days = (TODAY - time.told).get_days();
            assert_eq!(time.offset_seconds(now), -i64::from(days) * 86_400);
        }
        assert_eq!(FalseTime::fitting(TODAY, date(2000, 1, 1)).unwrap().told, date(2025, 5, 23));
    }

    #[test]
    fn no_time_is_false_enough_for_an_authority_of_this_week_or_of_tomorrow() {
        for begins in [date(2026, 11, 15), TODAY, date(2026, 12, 1)] {
            assert_eq!(FalseTime::fitting(TODAY, begins), None);
        }
    }
}
