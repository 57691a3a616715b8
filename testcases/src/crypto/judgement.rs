//! What the policy makes of an entry, and what a person reads of it.

use jiff::civil::Date;

use super::Weakness;
use super::catalogue::Entry;

/// Days that a judgement is measured against.
#[derive(Clone, Copy, Debug)]
pub struct Days {
    /// Of the assessment.
    pub assessed: Date,
    /// Last day of the support period; `None` where it is not declared in a closed form.
    pub supported_until: Option<Date>,
}

/// What decided, as a report names it: catalogue, source and date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basis {
    /// Id of the catalogue, or of the policy.
    pub catalogue: String,
    /// Where it can be read.
    pub source: String,
    /// Date of the source, `YYYY-MM`.
    pub date: String,
}

impl Basis {
    pub(super) fn of(catalogue: &str, entry: &Entry) -> Self {
        Self { catalogue: catalogue.to_owned(), source: entry.source.clone(), date: entry.date.clone() }
    }

    /// In one line.
    pub fn line(&self) -> String {
        format!("{}, {}", self.source, self.date)
    }
}

/// What the policy makes of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// Best practice.
    BestPractice {
        /// What says so.
        basis: Basis,
        /// Last day, where it has one.
        until: Option<Date>,
    },
    /// On the deny list.
    Broken(Weakness),
    /// Refused by the policy.
    Refused {
        /// What says so.
        basis: Basis,
        /// Since when, or until when it was good.
        day: Option<Date>,
    },
    /// Good, but not for as long as it is needed.
    Ends {
        /// What says so.
        basis: Basis,
        /// Last day.
        until: Date,
        /// How long it is needed; `None` where that is not declared in a closed form.
        needed: Option<Date>,
    },
    /// Not in the catalogue, or not for a machine to say; the reason in words.
    Open(String),
}

/// An entry of a declared use or of a handshake, with what the policy makes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// As it was declared or seen, e.g. `TLS 1.2`, `RSA-PSS with 1024 bit`.
    pub subject: String,
    /// What the policy makes of it.
    pub judgement: Judgement,
}

impl Judged {
    pub(super) fn new(subject: impl Into<String>, judgement: Judgement) -> Self {
        Self { subject: subject.into(), judgement }
    }

    /// In one line, for a person.
    pub fn line(&self) -> String {
        let subject = &self.subject;
        match &self.judgement {
            Judgement::BestPractice { basis, until: None } => {
                format!("{subject}: best practice ({})", basis.line())
            }
            Judgement::BestPractice { basis, until: Some(until) } => {
                format!("{subject}: best practice until {until} ({})", basis.line())
            }
            Judgement::Broken(weakness) => format!("{subject}: broken ({})", weakness.line()),
            Judgement::Refused { basis, day: None } => format!("{subject}: refused ({})", basis.line()),
            Judgement::Refused { basis, day: Some(day) } => {
                format!("{subject}: refused, {day} ({})", basis.line())
            }
            Judgement::Ends { basis, until, needed: Some(needed) } => {
                format!("{subject}: good until {until}, needed until {needed} ({})", basis.line())
            }
            Judgement::Ends { basis, until, needed: None } => {
                format!(
                    "{subject}: good until {until}; how long it is needed is not declared ({})",
                    basis.line()
                )
            }
            Judgement::Open(why) => format!("{subject}: {why}"),
        }
    }
}

/// Greater is better.
pub(super) fn rank(judgement: &Judgement) -> (u8, Option<Date>) {
    match judgement {
        Judgement::Broken(_) => (0, None),
        Judgement::Refused { .. } => (1, None),
        Judgement::Open(_) => (2, None),
        Judgement::Ends { until, .. } => (3, Some(*until)),
        Judgement::BestPractice { until: Some(until), .. } => (4, Some(*until)),
        Judgement::BestPractice { until: None, .. } => (5, None),
    }
}
