//! Pages of maintenance that nobody tells of: what answers at a usual path has to stand in the declaration, in a
//! handed-in document or on a published page.
//!
//! A login before a page does not make it told: what is there for the maker's people alone is there all the same.

use std::collections::BTreeMap;

use ixit::declaration::TableContent;
use ixit::{Blame, Row};
use probes::EvidenceRef;
use probes::probe::documents::DocumentSeen;
use probes::probe::maintenance_pages::{MaintenancePages, PATHS, PageFound, VisitSeen};
use probes::probe::public_resource::ResourceSnapshot;

use crate::Facts;
use crate::facts::Recorded;
use crate::inventory::{EVERY_PORT, Inventory, OpenPort, inventories};
use crate::judge::{ItemResult, RestsOn};
use crate::plus::PlusCase;
use crate::published::documents;
use crate::reason::Reason;
use crate::state::DutState;
use crate::verdict::Verdict;

/// The case.
pub static CASE: PlusCase = PlusCase {
    id: "plus-maintenance-mode",
    needs: &["tcp-sweep", "identify", "maintenance-pages", "documents", "public-resource"],
    machine_can: &[Verdict::Pass, Verdict::Fail],
    judge,
};

fn judge(facts: &Facts<'_>) -> Vec<ItemResult> {
    let told = Told::of(facts);
    let mut results = Vec::new();
    for inventory in inventories(facts, &[DutState::Initialized]) {
        if inventory.state != DutState::Initialized {
            continue;
        }
        if let Some(shortfall) = inventory.shortfall_of_sweep(EVERY_PORT) {
            results.push(inventory.place(shortfall.result("tcp")));
        }
        let before = results.len();
        for port in &inventory.ports {
            results.extend(of_port(facts, &inventory, port, &told));
        }
        if results.len() == before {
            results.push(inconclusive(&inventory, "tcp", Reason::new("plus-maintenance-no-web")));
        }
    }
    results
}

/// Nothing where no web server answers.
fn of_port(
    facts: &Facts<'_>,
    inventory: &Inventory<'_>,
    port: &OpenPort<'_>,
    told: &Told,
) -> Vec<ItemResult> {
    let item = port.item();
    let mut of_port =
        facts.results::<MaintenancePages>("maintenance-pages").into_iter().filter(|(recorded, seen)| {
            let here =
                recorded.state() == Some(inventory.state) && Some(recorded.sample()) == inventory.sample;
            here && seen.port == port.port
        });
    let not_asked =
        |why: &str| Reason::new("plus-maintenance-not-asked").with("place", &item).with("why", why);
    let Some((recorded, seen)) = of_port.next_back() else {
        let mut result = inconclusive(inventory, &item, not_asked("no observation"));
        result.evidence = port.evidence();
        return vec![result];
    };
    if seen.scheme.is_none() && recorded.complete() {
        // A server that is known to be one, such as one that speaks old TLS alone, was not looked at.
        if port.application() == "http" {
            let result = inconclusive(inventory, &item, not_asked("its web server gave no answer"));
            return vec![result.evidence(recorded.at("")).effort(&recorded.observation.effort)];
        }
        return Vec::new();
    }
    let mut results: Vec<ItemResult> = untold(&seen, told)
        .into_iter()
        .map(|(path, hit)| of_hit(inventory, recorded, &item, path, hit, told))
        .collect();
    let lacking = seen.visits.iter().find_map(|visit| match &visit.not_asked {
        Some(why) => Some(why.clone()),
        None => ((visit.asked as usize) < PATHS.len()).then(|| "not every path was asked".to_owned()),
    });
    let lacking = lacking.or_else(|| (!recorded.complete()).then(|| trouble(recorded)));
    if let Some(why) = lacking {
        let result = inconclusive(inventory, &item, not_asked(&why));
        results.push(result.evidence(recorded.at("")).effort(&recorded.observation.effort));
    } else if results.is_empty() {
        let reason = Reason::new("plus-maintenance-none")
            .with("place", &item)
            .with("paths", PATHS.len())
            .with("visits", seen.visits.len())
            .expected_by("plus");
        let result = ItemResult::machine(&item, Verdict::Pass, RestsOn::Observed, reason)
            .evidence(port.sweep.at(port.item()))
            .evidence(recorded.at(""))
            .effort(&recorded.observation.effort);
        results.push(inventory.place(result));
    }
    results
}

/// What an answer at a path shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// Something is there, nobody knows what.
    Unclear,
    /// A login of its own.
    Login,
    /// A page.
    Page,
}

/// A page that nobody tells of, and who met it.
struct Hit<'s> {
    kind: Kind,
    found: &'s PageFound,
    visit: &'s VisitSeen,
}

/// By path, the one that shows most of each.
fn untold<'s>(seen: &'s MaintenancePages, told: &Told) -> BTreeMap<&'s str, Hit<'s>> {
    let mut hits: BTreeMap<&str, Hit<'_>> = BTreeMap::new();
    for visit in &seen.visits {
        for found in &visit.found {
            let Some(kind) = shown(found).filter(|_| !told.names(&found.path)) else { continue };
            let known = hits.get(found.path.as_str()).is_some_and(|known| known.kind >= kind);
            if !known {
                hits.insert(&found.path, Hit { kind, found, visit });
            }
        }
    }
    hits
}

/// `None` where a path that nobody has is answered alike.
fn shown(found: &PageFound) -> Option<Kind> {
    let (answer, Some(beside)) = (&found.answer, &found.beside) else { return Some(Kind::Unclear) };
    if answer.status == beside.status {
        // A server that shows a page for every path may show this one under it; a wall before all of them is no page.
        let pages = (200..300).contains(&answer.status) && answer.likeness != beside.likeness;
        return pages.then_some(Kind::Unclear);
    }
    Some(match answer.status {
        200..300 if (200..400).contains(&beside.status) => Kind::Unclear,
        200..300 => Kind::Page,
        401 => Kind::Login,
        _ => Kind::Unclear,
    })
}

fn of_hit(
    inventory: &Inventory<'_>,
    recorded: &Recorded,
    item: &str,
    path: &str,
    hit: Hit<'_>,
    told: &Told,
) -> ItemResult {
    let who = hit.visit.user.as_deref().unwrap_or("-");
    let reason = |code: &str| {
        let title = hit.found.title.as_deref().unwrap_or("-");
        let reason = Reason::new(code).with("place", item).with("path", path).with("who", who);
        reason.with("status", hit.found.answer.status).with("title", title).expected_by("plus")
    };
    let (verdict, reason, blame) = match (hit.kind, &told.unread) {
        (Kind::Unclear, _) => (Verdict::Inconclusive, reason("plus-maintenance-unclear"), Blame::Lab),
        (_, Some(unread)) => {
            let reason = reason("plus-maintenance-documents-unread").with("unread", unread);
            (Verdict::Inconclusive, reason, Blame::Lab)
        }
        (Kind::Page, None) => {
            (Verdict::Fail, reason("plus-maintenance-page-untold"), Blame::DeviceOrDocumentation)
        }
        (Kind::Login, None) => {
            (Verdict::Fail, reason("plus-maintenance-login-untold"), Blame::DeviceOrDocumentation)
        }
    };
    let mut result = ItemResult::machine(&format!("{item}{path}"), verdict, RestsOn::Observed, reason)
        .evidence(recorded.at(path.to_owned()))
        .effort(&recorded.observation.effort)
        .blame(blame);
    result.evidence.extend(told.sources.iter().cloned());
    inventory.place(result)
}

/// What declaration, documents and published pages say.
struct Told {
    texts: Vec<String>,
    /// Documents and pages that were read.
    sources: Vec<EvidenceRef>,
    /// The first that could not be read.
    unread: Option<String>,
}

impl Told {
    fn of(facts: &Facts<'_>) -> Self {
        let mut told = Self { texts: Vec::new(), sources: Vec::new(), unread: None };
        for content in facts.declaration.ixit.tables.values() {
            match content {
                TableContent::Rows(rows) => {
                    rows.iter().filter(|row| !row.observed_only).for_each(|row| told.take_row(row));
                }
                TableContent::Form(form) => {
                    told.texts.extend(form.fields.values().map(|value| value.value.display()));
                    told.texts.push(format!("{:?}", form.companions));
                }
                TableContent::Empty(_) => {}
            }
        }
        told.texts.extend(facts.declaration.ics.dut.identity.iter().map(|source| source.path.clone()));
        let read: Vec<(&Recorded, DocumentSeen)> = facts.results(documents::PROBE);
        for (path, _) in documents::named(facts.declaration) {
            if !read.iter().any(|(_, seen)| seen.path == path && seen.read.is_some()) {
                told.unread.get_or_insert(format!("documents/{path}"));
            }
        }
        for (recorded, seen) in read {
            told.texts.extend(seen.read.map(|read| read.text()));
            told.sources.push(recorded.at(""));
        }
        for (recorded, page) in facts.results::<ResourceSnapshot>("public-resource") {
            if !recorded.complete() {
                told.unread.get_or_insert(page.url.clone());
            }
            told.texts.push(page.text);
            told.sources.push(recorded.at(""));
        }
        told
    }

    fn take_row(&mut self, row: &Row) {
        self.texts.extend(row.fields.values().map(|value| value.value.display()));
        // Whichever companion has the path: login, access, settings, input …
        self.texts.push(format!("{:?}", row.companions));
    }

    /// Whether a path stands somewhere: by itself, or behind a host.
    fn names(&self, path: &str) -> bool {
        self.texts.iter().any(|text| names(text, path))
    }
}

fn names(text: &str, path: &str) -> bool {
    let wanted = path.trim_end_matches('/');
    let edge = |letter: char| letter.is_whitespace() || "\"'`()[]{}<>,;、。「」（）".contains(letter);
    text.split(edge).any(|word| {
        let word = word.split_once("://").map_or(word, |(_, rest)| rest);
        let Some(at) = word.find('/') else { return false };
        let (host, rest) = word.split_at(at);
        let rest = rest.split(['?', '#']).next().unwrap_or(rest).trim_end_matches(['.', ':', '/']);
        (host.is_empty() || host.contains(['.', ':'])) && rest == wanted
    })
}

fn trouble(recorded: &Recorded) -> String {
    recorded.observation.trouble.clone().unwrap_or_else(|| "no reason given".to_owned())
}

fn inconclusive(inventory: &Inventory<'_>, item: &str, reason: Reason) -> ItemResult {
    let reason = reason.expected_by("plus");
    let result = ItemResult::machine(item, Verdict::Inconclusive, RestsOn::Observed, reason);
    inventory.place(result.blame(Blame::Lab))
}

#[cfg(test)]
#[path = "../maintenance_mode_tests.rs"]
mod tests;
