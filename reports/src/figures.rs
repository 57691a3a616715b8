//! Figures for those who would rather look than read: each is computed from what was observed, drawn as SVG by
//! ourselves, told in a sentence, and has the same numbers beside it as a table. Where data are missing there is no
//! figure but a sentence that says why.

pub mod delays;
pub mod ports;
pub(crate) mod rests_on;
pub(crate) mod svg;
pub(crate) mod traffic;

use serde::Serialize;
use testcases::Facts;
use testcases::assessment::Assessment;

use crate::heard::Heard;
use crate::words::Words;

/// What is drawn from the observations of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    /// Open ports by state.
    pub ports: ports::Ports,
    /// How logins answered to guesses.
    pub delays: delays::Delays,
}

impl Figures {
    /// Reads the observations of a run.
    pub fn of(facts: &Facts<'_>) -> Self {
        Self { ports: ports::Ports::of(facts), delays: delays::Delays::of(facts) }
    }
}

/// A figure, ready for the page.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Drawing {
    pub(crate) title: String,
    /// What it shows, in words.
    pub(crate) lead: Option<String>,
    /// Why there is none.
    pub(crate) missing: Option<String>,
    /// Markup of our own, with every foreign text made harmless; set in after the other values are cleaned.
    #[serde(skip)]
    pub(crate) svgs: Vec<String>,
    /// Wider than a column of the page.
    pub(crate) wide: bool,
    pub(crate) table: Option<Table>,
    pub(crate) further: Option<String>,
}

/// The numbers of a figure.
#[derive(Debug, Serialize)]
pub(crate) struct Table {
    pub(crate) head: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
    /// All columns but the first are numbers.
    pub(crate) numbers: bool,
}

impl Drawing {
    fn titled(title: &str) -> Self {
        Self { title: title.to_owned(), ..Self::default() }
    }

    fn missing(title: &str, why: &str) -> Self {
        Self { missing: Some(why.to_owned()), ..Self::titled(title) }
    }
}

/// Every figure of a report, in the order of the page.
pub(crate) fn drawings(
    words: &Words,
    assessment: &Assessment,
    figures: &Figures,
    heard: &Heard,
) -> Vec<Drawing> {
    vec![
        rests_on::draw(words, &rests_on::sections(assessment)),
        ports::draw(words, &figures.ports),
        delays::draw(words, &figures.delays),
        traffic::draw(words, heard),
    ]
}

#[cfg(test)]
mod tests;
