//! Whether a certificate was valid at the date of the assessment: a day is what an assessment knows.

use jiff::Timestamp;
use jiff::civil::Date;
use probes::probe::tls_server::CertificateFacts;

/// Validity of a certificate on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validity {
    /// The day lies within its dates.
    Valid,
    /// The day lies outside.
    NotValid,
    /// Its dates cannot be read.
    Unknown,
}

/// Validity on a day; the first and the last day, in UTC, count as valid.
pub fn on(certificate: &CertificateFacts, date: Date) -> Validity {
    match (day(&certificate.not_before), day(&certificate.not_after)) {
        (Some(from), Some(until)) if date < from || date > until => Validity::NotValid,
        (Some(_), Some(_)) => Validity::Valid,
        _ => Validity::Unknown,
    }
}

/// The dates in words.
pub fn line(certificate: &CertificateFacts) -> String {
    let shown = |text: &str| day(text).map_or_else(|| text.to_owned(), |day| day.to_string());
    format!("valid from {} to {}", shown(&certificate.not_before), shown(&certificate.not_after))
}

fn day(text: &str) -> Option<Date> {
    Some(text.parse::<Timestamp>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).date())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certificate(not_before: &str, not_after: &str) -> CertificateFacts {
        CertificateFacts {
            sha256: "00".to_owned(),
            subject: "CN=device".to_owned(),
            issuer: "CN=device".to_owned(),
            names: Vec::new(),
            key_type: "EC".to_owned(),
            key_bits: Some(256),
            signature: "ecdsa-with-SHA256".to_owned(),
            not_before: not_before.to_owned(),
            not_after: not_after.to_owned(),
            self_signed: true,
            ca: false,
        }
    }

    #[test]
    fn the_date_of_the_assessment_decides() {
        let leaf = certificate("2025-11-21T08:00:00Z", "2027-11-21T08:00:00Z");
        for (date, wanted) in [
            (Date::constant(2025, 11, 20), Validity::NotValid),
            (Date::constant(2025, 11, 21), Validity::Valid),
            (Date::constant(2027, 11, 21), Validity::Valid),
            (Date::constant(2027, 11, 22), Validity::NotValid),
        ] {
            assert_eq!(on(&leaf, date), wanted, "{date}");
        }
        assert_eq!(line(&leaf), "valid from 2025-11-21 to 2027-11-21");
    }

    #[test]
    fn dates_that_cannot_be_read_decide_nothing() {
        let leaf = certificate("yesterday", "2027-11-21T08:00:00Z");
        assert_eq!(on(&leaf, Date::constant(2026, 11, 21)), Validity::Unknown);
    }
}
