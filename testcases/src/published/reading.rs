//! What there is to read at a declared place, for judges that compare its text with the declaration.

use probes::probe::public_resource::ResourceSnapshot;

use super::{Publication, documents, observed, open_to_anybody, place, shown, whole_text};
use crate::assisted::ask;
use crate::catalogue::Unit;
use crate::facts::{Facts, Recorded};
use crate::judge::{ItemResult, RestsOn};
use crate::prompt::Shown;
use crate::verdict::Verdict;

/// What there is to read.
pub enum Reading<'a> {
    /// The whole text, one page for each observation, or the document that was handed in as the declared place. Never
    /// empty.
    Pages(Vec<PageRead<'a>>),
    /// A stranger does not get it, or it was not tried: the same for whoever wants to compare. The item is `-`.
    NotThere(Box<ItemResult>),
    /// A person has to look: in print, in prose only, or a page that a program does not read whole.
    ByPerson,
}

/// A page that was read whole.
pub struct PageRead<'a> {
    /// Observation.
    pub recorded: &'a Recorded,
    /// What it saw.
    pub page: ResourceSnapshot,
}

impl<'a> Reading<'a> {
    /// Of an entry of `user_info`; `topic` as in [`open_to_anybody`]. A wall or an empty place is the failure
    /// of the unit that asks for access; here there is nothing to compare, which is INCONCLUSIVE.
    pub fn of(facts: &Facts<'a>, entry: &str, topic: &[&str]) -> Self {
        let publication = Publication::of(facts, entry);
        if let Some(result) = publication.missing(Verdict::Inconclusive) {
            return Self::NotThere(Box::new(result));
        }
        let Publication::Address { url, .. } = &publication else {
            let document = documents::as_page(facts, entry);
            return document
                .map_or(Self::ByPerson, |(recorded, page)| Self::Pages(vec![PageRead { recorded, page }]));
        };
        for mut result in open_to_anybody(facts, entry, topic, Verdict::Inconclusive) {
            if result.verdict == Verdict::Fail || NOT_THERE.contains(&result.reason.code.as_str()) {
                result.verdict = Verdict::Inconclusive;
                return Self::NotThere(Box::new(result));
            }
        }
        let mut pages = Vec::new();
        for (recorded, page) in observed(facts, url) {
            match page.filter(|page| whole_text(recorded, page)) {
                Some(page) => pages.push(PageRead { recorded, page }),
                None => return Self::ByPerson,
            }
        }
        if pages.is_empty() { Self::ByPerson } else { Self::Pages(pages) }
    }
}

impl PageRead<'_> {
    /// What a result by it rests on.
    pub fn rests_on(&self) -> RestsOn {
        if documents::is_document(&self.page) { RestsOn::Document } else { RestsOn::Observed }
    }
}

/// Codes of [`open_to_anybody`] after which there is nothing that a person could read either.
const NOT_THERE: &[&str] = &[
    "observation-missing",
    "resource-not-fetched",
    "resource-not-reachable",
    "published-host-not-mapped",
    "table-not-stated",
];

/// Asks about an item with the fields that the unit reads, what a stranger got, and further facts.
pub fn ask_with_page(
    facts: &Facts<'_>,
    unit: &Unit,
    item: &str,
    entry: &str,
    further: Vec<Shown>,
    prejudgement: Option<Verdict>,
) -> ItemResult {
    let mut all = facts.shown_of_forms(unit);
    if let Some((table, row)) = facts.row(item) {
        all.extend(facts.shown_of_row(unit, table, row));
    }
    all.extend(shown(facts, &Publication::of(facts, entry)));
    all.extend(further);
    ask(facts, unit, item, all, prejudgement)
}

/// A conceptual unit on whether a place suits the reader: fails where nothing is declared, where what is declared is no
/// place, or where a stranger does not get in; else a person decides, who is told whether a stranger got the text.
pub fn suitable_place(facts: &Facts<'_>, unit: &Unit, entry: &str, topic: &[&str]) -> Vec<ItemResult> {
    let publication = Publication::of(facts, entry);
    let undeclared = publication.missing(Verdict::Fail);
    if let Some(result) = undeclared.or_else(|| place::contradiction(facts, entry)) {
        return vec![result];
    }
    let mut prejudgement = None;
    if matches!(publication, Publication::Address { .. }) {
        let mut opened = open_to_anybody(facts, entry, topic, Verdict::Fail);
        if let Some(failed) = opened.iter().position(|result| result.verdict == Verdict::Fail) {
            return vec![opened.swap_remove(failed)];
        }
        let all = opened.iter().all(|result| result.verdict == Verdict::Pass);
        prejudgement = (all && !opened.is_empty()).then_some(Verdict::Pass);
    }
    let condition = place::condition(facts, entry);
    if condition.is_some() {
        prejudgement = Some(Verdict::Fail);
    }
    vec![ask_with_page(facts, unit, "-", entry, condition.into_iter().collect(), prejudgement)]
}

/// A functional unit on access as declared: by machine for an address on the web, by a person for what
/// manual, box or app tell.
pub fn accessible_as_declared(
    facts: &Facts<'_>,
    unit: &Unit,
    entry: &str,
    topic: &[&str],
) -> Vec<ItemResult> {
    match Publication::of(facts, entry) {
        Publication::Elsewhere { .. } | Publication::Prose { .. } => {
            vec![ask_with_page(facts, unit, "-", entry, Vec::new(), None)]
        }
        _ => open_to_anybody(facts, entry, topic, Verdict::Inconclusive),
    }
}
