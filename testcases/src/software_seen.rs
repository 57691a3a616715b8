//! Bills of materials and known vulnerabilities (probe `known-vulnerabilities`), as facts for a person. A known
//! vulnerability fails nothing by itself: whether it concerns the device, and whether it was acted on in time, is read
//! by whoever judges.

use ixit::located::At;
use ixit::sbom::{Component, unclaimed};
use ixit::{Blame, Row};
use jiff::civil::Date;
use probes::vulnerability::{BillRead, DataRead, Hit, KnownVulnerabilities, Standing};

use crate::assisted::Look;
use crate::declared_times::steps;
use crate::facts::{Facts, Recorded};
use crate::prompt::Shown;
use crate::reason::Reason;
use crate::vacuity::Objection;
use crate::verdict::Verdict;

/// Name of the probe.
pub const PROBE: &str = "known-vulnerabilities";

/// Components or vulnerabilities that are named in one line.
const NAMED_AT_MOST: usize = 12;

/// What the bills and the data tell.
#[derive(Clone, Debug)]
pub struct SoftwareSeen<'a> {
    facts: &'a Facts<'a>,
    recorded: &'a Recorded,
    seen: KnownVulnerabilities,
}

impl<'a> SoftwareSeen<'a> {
    /// Of the last reading: the files are the same for every sample. `None` without one.
    pub fn of(facts: &'a Facts<'a>) -> Option<Self> {
        let (recorded, seen) = facts.results::<KnownVulnerabilities>(PROBE).pop()?;
        Some(Self { facts, recorded, seen })
    }

    /// Software of the bills that no row of `soft_comp` claims.
    pub fn unclaimed(&self) -> Vec<String> {
        let of_bill = |bill: &BillRead| {
            let components: Vec<Component> = components(bill);
            let left = unclaimed(self.facts.declaration, &bill.document, &components);
            left.into_iter().map(Component::title).collect::<Vec<_>>()
        };
        self.seen.bills.iter().flat_map(of_bill).collect()
    }

    /// The bills in a line each.
    pub fn bills(&self) -> Vec<Shown> {
        let line = |bill: &BillRead| {
            if bill.format.is_empty() {
                return self.bill(format!("{}: cannot be understood", bill.document));
            }
            let of = bill.product.as_deref().map(|product| format!(", of {product}")).unwrap_or_default();
            let counted = bill.components.iter().filter(|component| component.counts).count();
            let unversioned = bill
                .components
                .iter()
                .filter(|component| component.counts && component.version.is_none())
                .count();
            let further =
                if bill.further > 0 { format!(", {} more not read", bill.further) } else { String::new() };
            self.bill(format!(
                "{} ({}, SHA-256 {}{of}): {counted} software components, {unversioned} without a version{further}",
                bill.document,
                bill.format,
                start(&bill.sha256),
            ))
        };
        let mut shown: Vec<Shown> = self.seen.bills.iter().map(line).collect();
        let unclaimed = self.unclaimed();
        if !unclaimed.is_empty() {
            shown.push(self.bill(format!("in no row of soft_comp: {}", some(&unclaimed))));
        }
        shown
    }

    /// The data with its age; nothing without data.
    pub fn data(&self) -> Vec<Shown> {
        let lines = self.data_lines().into_iter();
        lines.map(|text| self.shown("observed.known-vulnerabilities", text)).collect()
    }

    fn data_lines(&self) -> Vec<String> {
        let matchable = self.seen.matchable;
        let line = |data: &DataRead| {
            let newest = data.newest.as_deref();
            let newest = newest.map(|newest| day(newest).map_or(newest.to_owned(), |day| day.to_string()));
            format!(
                "{} ({}, SHA-256 {}): newest record {}; {} records, {} of them withdrawn, {} entries not understood{}; the package of {} of {matchable} matchable components is named",
                data.name,
                data.format,
                start(&data.sha256),
                newest.as_deref().unwrap_or("without a date"),
                data.records,
                data.withdrawn,
                data.unreadable,
                if data.whole { "" } else { ", read in part" },
                data.components,
            )
        };
        self.seen.data.iter().map(line).collect()
    }

    /// The data with its age, and what it says of the components; nothing without data.
    pub fn vulnerabilities(&self) -> Vec<Shown> {
        let seen = &self.seen;
        if seen.data.is_empty() {
            return Vec::new();
        }
        let mut lines = self.data_lines();
        lines.extend(seen.statements.iter().map(|document| {
            let newest = document.newest.as_deref().unwrap_or("without a date");
            format!(
                "statement of the supplier {} (SHA-256 {}, {newest}): {} vulnerabilities{}",
                document.name,
                start(&document.sha256),
                document.records,
                if document.whole { "" } else { ", read in part" },
            )
        }));
        let open: Vec<&Hit> = self.open().collect();
        let answered: Vec<&Hit> =
            seen.hits.iter().filter(|hit| hit.standing == Standing::Affected && !hit.is_open()).collect();
        let other: Vec<&Hit> = seen.hits.iter().filter(|hit| hit.standing != Standing::Affected).collect();
        lines.push(format!(
            "{} known vulnerabilities concern a version in the bills, {} more are answered by the supplier; {} records cannot be set against the version{}",
            open.len(),
            answered.len(),
            other.iter().filter(|hit| hit.standing == Standing::CannotBeCompared).count(),
            if seen.further > 0 { format!("; {} more not listed", seen.further) } else { String::new() },
        ));
        for hits in [open, answered, other] {
            lines.extend(hits.iter().take(NAMED_AT_MOST).map(|hit| self.line(hit)));
        }
        lines.into_iter().map(|text| self.shown("observed.known-vulnerabilities", text)).collect()
    }

    /// Vulnerabilities that concern a version in the bills, and of which the supplier does not say with a reason that
    /// the device is not affected.
    pub fn open(&self) -> impl Iterator<Item = &Hit> {
        self.seen.hits.iter().filter(|hit| hit.is_open())
    }

    /// Days from the publication of the oldest open vulnerability to the assessment.
    pub fn oldest_open_days(&self) -> Option<i64> {
        self.open().filter_map(|hit| self.age(hit)).max()
    }

    /// An opinion that everything is well does not stand beside an open vulnerability; any other does.
    pub fn temper(&self, prejudgement: Option<Verdict>) -> Option<Verdict> {
        prejudgement.filter(|verdict| *verdict != Verdict::Pass || self.open().next().is_none())
    }

    /// The same against the times of a row: what is open for longer than all its steps together speaks against it.
    pub fn against_steps(&self, row: &Row, prejudgement: Option<Verdict>) -> Option<Verdict> {
        let days = steps(row)
            .fold(None, |sum: Option<u32>, step| Some(sum.unwrap_or_default().saturating_add(step.days)));
        self.against_time(days, prejudgement)
    }

    fn against_time(&self, days: Option<u32>, prejudgement: Option<Verdict>) -> Option<Verdict> {
        match (days, self.oldest_open_days()) {
            (Some(days), Some(open)) if open > i64::from(days) => Some(Verdict::Fail),
            _ => self.temper(prejudgement),
        }
    }

    fn age(&self, hit: &Hit) -> Option<i64> {
        let published = day(hit.published.as_deref().or(hit.modified.as_deref())?)?;
        let days = (self.facts.date - published).get_days();
        Some(i64::from(days)).filter(|days| *days >= 0)
    }

    fn line(&self, hit: &Hit) -> String {
        let names =
            if hit.aliases.is_empty() { String::new() } else { format!(" ({})", hit.aliases.join(", ")) };
        let mut line = format!("{}{names} in {}: {}", hit.id, hit.title, standing(hit.standing));
        line.push_str(&format!(", {}", hit.basis));
        if let Some(published) = hit.published.as_deref().and_then(day) {
            line.push_str(&format!("; published {published}"));
            if let Some(days) = self.age(hit) {
                line.push_str(&format!(", {days} d before the assessment"));
            }
        }
        if !hit.fixed_in.is_empty() {
            line.push_str(&format!("; fixed in {}", hit.fixed_in.join(", ")));
        }
        if let Some(severity) = &hit.severity {
            line.push_str(&format!("; {severity}"));
        }
        if let Some(stated) = &hit.statement {
            let why = stated.justification.as_deref().unwrap_or("without a reason");
            line.push_str(&format!("; supplier ({}): {}, {why}", stated.document, standing(stated.standing)));
        }
        line
    }

    fn bill(&self, text: String) -> Shown {
        self.shown("observed.bill-of-materials", text)
    }

    fn shown(&self, label: &str, text: String) -> Shown {
        Shown { label: label.to_owned(), text, source: Some(self.recorded.reference.clone()) }
    }
}

/// The data and what it says, where there is some; for judges that show it beside a row.
pub fn vulnerabilities(facts: &Facts<'_>) -> Vec<Shown> {
    SoftwareSeen::of(facts).map(|seen| seen.vulnerabilities()).unwrap_or_default()
}

/// The bills, where there are some.
pub fn bills(facts: &Facts<'_>) -> Vec<Shown> {
    SoftwareSeen::of(facts).map(|seen| seen.bills()).unwrap_or_default()
}

/// Sets facts beside a question; what is decided needs none.
pub fn beside(mut look: Look, facts: Vec<Shown>) -> Look {
    if let Look::Question { shown, .. } = &mut look {
        shown.extend(facts);
    }
    look
}

/// What speaks against an empty selection of components: software of a bill that no row declares.
pub fn objection(facts: &Facts<'_>, tables: &[&str]) -> Option<Objection> {
    if !tables.contains(&"soft_comp") {
        return None;
    }
    let seen = SoftwareSeen::of(facts)?;
    let unclaimed = seen.unclaimed();
    (!unclaimed.is_empty()).then(|| Objection {
        reason: Reason::new("component-in-no-row").with("found", some(&unclaimed)).expected_by("criterion"),
        blame: Blame::Documentation,
        evidence: vec![seen.recorded.at("bills")],
    })
}

fn components(bill: &BillRead) -> Vec<Component> {
    let at = At::whole_file(&format!("documents/{}", bill.document));
    bill.components
        .iter()
        .map(|component| Component {
            name: component.name.clone(),
            group: component.group.clone(),
            version: component.version.clone(),
            purl: component.purl.clone(),
            cpe: component.cpe.clone(),
            counts: component.counts,
            part_of: component.part_of,
            at: at.clone(),
        })
        .collect()
}

fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Affected => "affected",
        Standing::CannotBeCompared => "cannot be compared",
        Standing::UnderInvestigation => "under investigation",
        Standing::Fixed => "fixed",
        Standing::NotAffected => "not affected",
    }
}

/// The day of a time, in UTC.
fn day(time: &str) -> Option<Date> {
    let at = time.parse::<jiff::Timestamp>().ok()?;
    Some(at.to_zoned(jiff::tz::TimeZone::UTC).date())
}

/// The beginning of a digest; the whole stands in the observation.
fn start(sha256: &str) -> &str {
    sha256.get(..12).unwrap_or(sha256)
}

fn some(names: &[String]) -> String {
    let first = names.iter().take(NAMED_AT_MOST).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMED_AT_MOST) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}

#[cfg(test)]
#[path = "software_seen/tests.rs"]
mod tests;
