//! 5.3-13: the support period is published, clear and accessible.

use ixit::Blame;
use jiff::civil::Date;
use probes::probe::public_resource::ResourceSnapshot;

use crate::assisted::ask;
use crate::catalogue::Unit;
use crate::dates_in_text::{FoundDate, dates};
use crate::facts::{Facts, Recorded};
use crate::judge::{By, Group, ItemResult, Judge, RestsOn};
use crate::prompt::Shown;
use crate::published::{self, Publication, open_to_anybody, place};
use crate::reason::Reason;
use crate::times_in_text::{bounds, durations, sentences};
use crate::verdict::Verdict;

#[path = "support_period/declared.rs"]
mod declared;

/// 5.3-13.
pub static GROUP: Group = Group {
    id: "5.3-13",
    judges: &[
        Judge {
            unit: "5.3-13-1:a",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &["public-resource"],
            judge: a_lay_user_finds_the_publication,
        },
        Judge {
            unit: "5.3-13-2:a",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &["public-resource"],
            judge: the_declared_place_leads_there,
        },
        Judge {
            unit: "5.3-13-2:b",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &["public-resource"],
            judge: the_publication_is_open_to_anybody,
        },
        Judge {
            unit: "5.3-13-2:c",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &["public-resource"],
            judge: the_published_period_is_the_declared_one,
        },
    ],
};

const ENTRY: &str = "publication_of_support_period";

/// Words of which one stands on every page about support.
const TOPIC: &[&str] = &[
    "support",
    "update",
    "サポート",
    "アップデート",
    "更新",
    "aktualisierung",
    "mise à jour",
    "支持",
    "지원",
];

/// Words before a last day.
const UNTIL_BEFORE: &[&str] = &[
    "until",
    "through",
    "up to",
    "ends on",
    "end on",
    "ends",
    "till",
    "expires on",
    "bis zum",
    "bis",
    "end of support:",
];
/// Words after a last day.
const UNTIL_AFTER: &[&str] = &["まで", "に終了", "をもって終了"];

/// 5.3-13-1 a: something is published, of a period that is not over and of which the declaration says one thing; whether
/// a user with limited technical knowledge finds it is for a person.
fn a_lay_user_finds_the_publication(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let publication = Publication::of(facts, ENTRY);
    let undeclared = publication.missing(Verdict::Fail);
    let contradicted = || declared::contradiction(facts).or_else(|| place::contradiction(facts, ENTRY));
    if let Some(result) = undeclared.or_else(contradicted) {
        return vec![result];
    }
    let mut shown = facts.shown_of_forms(unit);
    shown.extend(published::shown(facts, &publication));
    let mut prejudgement = None;
    if matches!(publication, Publication::Address { .. }) {
        // That a stranger gets nothing there is judged in the functional case; whoever looks is told.
        let opened = open_to_anybody(facts, ENTRY, TOPIC, Verdict::Fail);
        prejudgement = opened
            .iter()
            .map(|result| result.verdict)
            .max()
            .filter(|worst| matches!(worst, Verdict::Pass | Verdict::Fail));
    }
    if let Some(condition) = place::condition(facts, ENTRY) {
        shown.push(condition);
        prejudgement = Some(Verdict::Fail);
    }
    vec![ask(facts, unit, "-", shown, prejudgement)]
}

/// 5.3-13-2 a: a declared address leads a stranger to a text on support. What manual, box or app tell is for
/// a person to look up.
fn the_declared_place_leads_there(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    match Publication::of(facts, ENTRY) {
        Publication::Elsewhere { .. } | Publication::Prose { .. } => {
            asked_if_declared(facts, unit, Verdict::Inconclusive)
        }
        _ => open_to_anybody(facts, ENTRY, TOPIC, Verdict::Inconclusive),
    }
}

fn asked_if_declared(facts: &Facts<'_>, unit: &Unit, undeclared: Verdict) -> Vec<ItemResult> {
    let publication = Publication::of(facts, ENTRY);
    if let Some(result) = publication.missing(undeclared) {
        return vec![result];
    }
    let mut shown = facts.shown_of_forms(unit);
    shown.extend(published::shown(facts, &publication));
    vec![ask(facts, unit, "-", shown, None)]
}

/// 5.3-13-2 b: a stranger who opens the declared address gets the page.
fn the_publication_is_open_to_anybody(facts: &Facts<'_>, _: &Unit) -> Vec<ItemResult> {
    open_to_anybody(facts, ENTRY, TOPIC, Verdict::Inconclusive)
}

/// 5.3-13-2 c: the page names the declared period in a sentence on support. Another last day in a sentence
/// on support, and the declared one nowhere, is a contradiction; everything else is read by a person.
fn the_published_period_is_the_declared_one(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let publication = Publication::of(facts, ENTRY);
    if let Some(result) = publication.missing(Verdict::Inconclusive) {
        return vec![result];
    }
    let mut shown = facts.shown_of_forms(unit);
    shown.extend(published::shown(facts, &publication));
    let mut prejudgement = None;
    if let (Publication::Address { url, .. }, Some(declared)) = (&publication, Declared::of(facts)) {
        for (recorded, snapshot) in published::observed(facts, url) {
            let Some(snapshot) = snapshot.filter(|snapshot| published::whole_text(recorded, snapshot)) else {
                continue;
            };
            match declared.look(facts, recorded, &snapshot) {
                PageSays::Decided(result) => return vec![*result],
                PageSays::Named => prejudgement = Some(Verdict::Pass),
                PageSays::NotNamed => {}
            }
            shown.extend(dates(&snapshot.text).iter().map(|date| Shown {
                label: "observed.date".to_owned(),
                text: sentence(&snapshot.text, date).trim().chars().take(300).collect(),
                source: Some(recorded.reference.clone()),
            }));
        }
    }
    vec![ask(facts, unit, "-", shown, prejudgement)]
}

/// The support period as declared.
struct Declared {
    until: Option<Date>,
    months: Option<(u32, String)>,
    reference: String,
}

/// What a page says of it.
enum PageSays {
    /// So clearly that nobody has to read.
    Decided(Box<ItemResult>),
    /// The declared day stands there, in which sense a person reads.
    Named,
    /// The declared day is not there.
    NotNamed,
}

impl Declared {
    fn of(facts: &Facts<'_>) -> Option<Self> {
        let form = facts.declaration.ixit.form("user_info")?;
        let support = &form.companions.support.as_ref()?.value;
        let until = support.until.as_ref().and_then(|until| until.parse().ok());
        let months = support.months.zip(support.from.clone()).filter(|_| until.is_none());
        let reference = form.reference("user_info", "support");
        (until.is_some() || months.is_some()).then_some(Self { until, months, reference })
    }

    fn look(&self, facts: &Facts<'_>, recorded: &Recorded, snapshot: &ResourceSnapshot) -> PageSays {
        let text = &snapshot.text;
        let lower = text.to_lowercase();
        // A page that does not name the model may speak of another product.
        let model = facts.declaration.ics.dut.model.as_ref().map(|model| model.value.to_lowercase());
        let of_this_model = model.is_some_and(|model| !model.is_empty() && lower.contains(&model));
        let Some(until) = self.until else {
            return match self.sentence_with_months(text).filter(|_| of_this_model) {
                Some(found) => PageSays::Decided(Box::new(self.as_declared(recorded, snapshot, found))),
                None => PageSays::NotNamed,
            };
        };
        let found = dates(text);
        let (declared, others): (Vec<&FoundDate>, Vec<&FoundDate>) =
            found.iter().partition(|date| date.readings.contains(&until));
        if declared.is_empty() {
            return match others.into_iter().find(|date| is_last_day_of_support(text, date)) {
                Some(other) => {
                    PageSays::Decided(Box::new(differs(recorded, snapshot, until, other, &self.reference)))
                }
                None => PageSays::NotNamed,
            };
        }
        // `03/04/2030` is two days, and a second last day belongs to another model or another kind of support.
        let named =
            declared.iter().find(|date| date.readings.len() == 1 && is_last_day_of_support(text, date));
        let only_one = !others.iter().any(|date| is_last_day(text, date));
        match named.filter(|_| of_this_model && only_one && snapshot.certificate_trusted != Some(false)) {
            Some(date) => {
                PageSays::Decided(Box::new(self.as_declared(recorded, snapshot, sentence(text, date))))
            }
            None => PageSays::Named,
        }
    }

    /// A sentence on support with the declared number of months (or years) and what they are counted from.
    fn sentence_with_months<'t>(&self, text: &'t str) -> Option<&'t str> {
        let (months, from) = self.months.as_ref()?;
        let from = from.to_lowercase();
        sentences(text).into_iter().find(|sentence| {
            let lower = sentence.to_lowercase();
            on_support(&lower)
                && lower.contains(&from)
                && durations(sentence).iter().any(|found| found.months() == Some(*months))
        })
    }

    fn as_declared(&self, recorded: &Recorded, snapshot: &ResourceSnapshot, found: &str) -> ItemResult {
        let declared = match (self.until, &self.months) {
            (Some(until), _) => until.to_string(),
            (None, Some((months, from))) => format!("{months} months from {from}"),
            (None, None) => String::new(),
        };
        let quoted: String = found.trim().chars().take(300).collect();
        let reason = Reason::new("support-period-as-declared")
            .with("url", &snapshot.url)
            .with("declared", declared)
            .with("sentence", quoted)
            .expected_by(&self.reference);
        ItemResult::machine("-", Verdict::Pass, RestsOn::Observed, reason)
            .evidence(recorded.at("text"))
            .effort(&recorded.observation.effort)
    }
}

fn differs(
    recorded: &Recorded,
    snapshot: &ResourceSnapshot,
    until: Date,
    other: &FoundDate,
    reference: &str,
) -> ItemResult {
    let quoted: String = sentence(&snapshot.text, other).trim().chars().take(200).collect();
    let reason = Reason::new("support-period-differs")
        .with("url", &snapshot.url)
        .with("declared", until)
        .with("published", &snapshot.text[other.start..other.end])
        .with("sentence", quoted)
        .expected_by(reference);
    ItemResult::machine("-", Verdict::Fail, RestsOn::Observed, reason)
        .blame(Blame::Documentation)
        .evidence(recorded.at("text"))
        .effort(&recorded.observation.effort)
}

/// The day stands right behind "until" or before "まで", in a sentence that speaks of support.
fn is_last_day_of_support(text: &str, date: &FoundDate) -> bool {
    is_last_day(text, date) && on_support(&sentence(text, date).to_lowercase())
}

/// The day stands right behind "until" or before "まで".
fn is_last_day(text: &str, date: &FoundDate) -> bool {
    let (start, _) = bounds(text, date.start, date.end);
    let before = text[start..date.start].to_lowercase();
    let after = text[date.end..].trim_start_matches([' ', '日']);
    UNTIL_BEFORE.iter().any(|word| before.trim_end().ends_with(word))
        || UNTIL_AFTER.iter().any(|word| after.starts_with(word))
}

fn on_support(sentence: &str) -> bool {
    TOPIC.iter().any(|word| sentence.contains(word))
}

fn sentence<'t>(text: &'t str, date: &FoundDate) -> &'t str {
    let (start, end) = bounds(text, date.start, date.end);
    &text[start..end]
}

#[cfg(test)]
#[path = "support_period/tests.rs"]
mod tests;
