//! Whether what the supplier calls published is there for a stranger.

use ixit::Blame;
use ixit::companion::ResourceKind;
use probes::Outcome;
use probes::probe::public_resource::ResourceSnapshot;

use crate::facts::{Facts, Recorded};
use crate::judge::{ItemResult, RestsOn};
use crate::prompt::Shown;
use crate::reason::Reason;
use crate::verdict::Verdict;

pub mod documents;
pub mod place;
pub mod reading;
pub mod rows;
pub mod told;

/// Fewer characters than this are no text of a policy: a page made by script, or an empty one.
pub const SHORTEST_TEXT: usize = 40;

/// Where the supplier publishes something, by the entry of `user_info`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Publication {
    /// The form `user_info` is missing.
    NothingSaid,
    /// The entry is empty or a placeholder.
    NotDeclared {
        /// Entry.
        entry: String,
        /// `declaration:…`.
        reference: String,
    },
    /// In prose only.
    Prose {
        /// Entry.
        entry: String,
        /// `declaration:…`.
        reference: String,
    },
    /// In a place that is no address on the web.
    Elsewhere {
        /// Kind and place.
        place: String,
        /// `declaration:…`.
        reference: String,
    },
    /// At an address on the web.
    Address {
        /// The address.
        url: String,
        /// `declaration:…`.
        reference: String,
    },
}

impl Publication {
    /// What the declaration says of an entry.
    pub fn of(facts: &Facts<'_>, entry: &str) -> Self {
        let Some(form) = facts.declaration.ixit.form("user_info") else { return Self::NothingSaid };
        match form.companions.resources.get(entry).map(|resource| &resource.value) {
            Some(resource) => {
                let reference = form.reference("user_info", &format!("resources.{entry}"));
                let place = resource.place.trim();
                let on_the_web = place.starts_with("https://") || place.starts_with("http://");
                if resource.kind == ResourceKind::Url && on_the_web {
                    Self::Address { url: place.to_owned(), reference }
                } else {
                    Self::Elsewhere { place: format!("{} {place}", resource.kind.as_str()), reference }
                }
            }
            None => {
                let (entry, reference) = (entry.to_owned(), form.reference("user_info", entry));
                match form.text(&entry) {
                    Some(_) => Self::Prose { entry, reference },
                    None => Self::NotDeclared { entry, reference },
                }
            }
        }
    }

    /// The result where nothing is published by the supplier's own word. A conceptual unit fails by it, a
    /// functional one has nothing to look at (`Verdict::Inconclusive`).
    pub fn missing(&self, verdict: Verdict) -> Option<ItemResult> {
        match self {
            Self::NothingSaid => Some(
                inconclusive(Reason::new("table-not-stated").with("table", "user_info"))
                    .blame(Blame::Documentation),
            ),
            Self::NotDeclared { entry, reference } => Some(
                ItemResult::machine(
                    "-",
                    verdict,
                    RestsOn::Declared,
                    Reason::new("no-publication-declared").with("entry", entry).expected_by("criterion"),
                )
                .blame(Blame::Documentation)
                .declared(reference.clone()),
            ),
            _ => None,
        }
    }
}

/// Observations of an address, in order.
pub fn observed<'a>(facts: &Facts<'a>, url: &str) -> Vec<(&'a Recorded, Option<ResourceSnapshot>)> {
    facts
        .observed("public-resource")
        .filter(|recorded| {
            let params = &recorded.observation.params;
            params.get("url").and_then(|asked| asked.as_str()) == Some(url)
                || recorded.observation.target == url
                || recorded.observation.read::<ResourceSnapshot>().is_some_and(|snapshot| snapshot.url == url)
        })
        .map(|recorded| (recorded, recorded.observation.read()))
        .collect()
}

/// Address of security.txt (RFC 9116) at the host of a page, with its scheme and port; `None` for an address
/// that is none of the web.
pub fn contact_file_of(page: &str) -> Option<String> {
    let page = page.trim();
    let host = page.strip_prefix("https://").or_else(|| page.strip_prefix("http://"))?;
    let length = host.find(['/', '?', '#']).unwrap_or(host.len());
    let scheme = page.len() - host.len();
    (length > 0).then(|| format!("{}/.well-known/security.txt", &page[..scheme + length]))
}

/// Judges whether a publication is open to anybody: one result an observation. `topic` are words of which
/// one stands in every such text, in lower case. `undeclared` as in [`Publication::missing`].
pub fn open_to_anybody(
    facts: &Facts<'_>,
    entry: &str,
    topic: &[&str],
    undeclared: Verdict,
) -> Vec<ItemResult> {
    let publication = Publication::of(facts, entry);
    if let Some(result) = publication.missing(undeclared) {
        return vec![result];
    }
    let (url, reference) = match publication {
        Publication::Address { url, reference } => (url, reference),
        Publication::Elsewhere { place, reference } => {
            let reason = Reason::new("not-a-public-address").with("place", place);
            return vec![inconclusive(reason).blame(Blame::Documentation).declared(reference)];
        }
        Publication::Prose { entry, reference } => {
            let reason = Reason::new("publication-not-structured").with("entry", entry);
            return vec![inconclusive(reason).blame(Blame::Documentation).declared(reference)];
        }
        Publication::NothingSaid | Publication::NotDeclared { .. } => return Vec::new(),
    };
    let seen = observed(facts, &url);
    if seen.is_empty() {
        let reason = Reason::new("observation-missing").with("probe", format!("public-resource {url}"));
        return vec![inconclusive(reason).blame(Blame::Lab)];
    }
    seen.into_iter()
        .map(|(recorded, snapshot)| {
            let mut result = match &snapshot {
                Some(snapshot) => verdict_on(recorded, snapshot, topic, &reference),
                None => not_fetched(recorded, &url),
            };
            result = result.evidence(recorded.at(&url)).effort(&recorded.observation.effort);
            if let Some(page) = snapshot.and_then(|snapshot| snapshot.page) {
                result = result.declared(page);
            }
            result
        })
        .collect()
}

fn verdict_on(
    recorded: &Recorded,
    snapshot: &ResourceSnapshot,
    topic: &[&str],
    reference: &str,
) -> ItemResult {
    let status = snapshot.status.map_or_else(|| "none".to_owned(), |status| status.to_string());
    let reason = |code: &str| {
        Reason::new(code).with("url", &snapshot.url).with("status", &status).expected_by(reference)
    };
    let fail = |reason| {
        ItemResult::machine("-", Verdict::Fail, RestsOn::Observed, reason).blame(Blame::Documentation)
    };
    let lab = |reason| inconclusive(reason).blame(Blame::Lab);
    if recorded.observation.outcome == Outcome::ToolTrouble {
        return not_fetched(recorded, &snapshot.url);
    }
    if let Some(host) = &snapshot.left_scope {
        return lab(reason("published-host-not-mapped").with("host", host));
    }
    // A 403 without any other sign may be a guard that dislikes programs, and not a wall.
    let other_signs = snapshot.wall.iter().filter(|sign| !sign.contains("403")).count();
    let text = snapshot.text.to_lowercase();
    let on_topic = text.chars().count() >= SHORTEST_TEXT && topic.iter().any(|word| text.contains(word));
    let walled = |signs: &[String]| {
        let signs = if signs.is_empty() { format!("status {status}") } else { signs.join(", ") };
        fail(reason("publication-behind-wall").with("signs", signs))
    };
    match snapshot.status {
        Some(401 | 402) => walled(&snapshot.wall),
        Some(403) if other_signs > 0 => walled(&snapshot.wall),
        Some(404 | 410) => fail(reason("publication-not-found")),
        Some(200..=299) if !recorded.complete() => not_fetched(recorded, &snapshot.url),
        Some(200..=299) if !snapshot.wall.is_empty() && !on_topic => walled(&snapshot.wall),
        // The text is there beside, say, the login of a shop: a person has to look.
        Some(200..=299) if !snapshot.wall.is_empty() => {
            lab(reason("wall-not-clear").with("signs", snapshot.wall.join(", ")))
        }
        Some(200..=299) if !on_topic => lab(reason("page-not-recognized").with("topic", topic.join(", "))),
        Some(200..=299) if snapshot.certificate_trusted == Some(false) => {
            lab(reason("resource-certificate-not-trusted"))
        }
        Some(200..=299) => ItemResult::machine(
            "-",
            Verdict::Pass,
            RestsOn::Observed,
            reason("publication-open").with("size", snapshot.size),
        ),
        _ => lab(reason("resource-not-reachable")),
    }
}

fn not_fetched(recorded: &Recorded, url: &str) -> ItemResult {
    let trouble = recorded.observation.trouble.as_deref().unwrap_or("no reason given");
    inconclusive(Reason::new("resource-not-fetched").with("url", url).with("trouble", trouble))
        .blame(Blame::Lab)
}

fn inconclusive(reason: Reason) -> ItemResult {
    ItemResult::machine("-", Verdict::Inconclusive, RestsOn::Observed, reason)
}

/// What a stranger got, as shown to a person.
pub fn shown(facts: &Facts<'_>, publication: &Publication) -> Vec<Shown> {
    let Publication::Address { url, reference } = publication else { return Vec::new() };
    let mut shown = vec![Shown {
        label: "declared.address".to_owned(),
        text: url.clone(),
        source: Some(reference.clone()),
    }];
    for (recorded, snapshot) in observed(facts, url) {
        let text = match &snapshot {
            None => "not fetched".to_owned(),
            Some(snapshot) => {
                let status = snapshot
                    .status
                    .map_or_else(|| "no answer".to_owned(), |status| format!("status {status}"));
                let wall = if snapshot.wall.is_empty() {
                    String::new()
                } else {
                    format!("; signs of a wall: {}", snapshot.wall.join(", "))
                };
                let left = snapshot
                    .left_scope
                    .as_ref()
                    .map_or_else(String::new, |host| format!("; leads to {host}, which was not followed"));
                format!("{status}, {} bytes{wall}{left}", snapshot.size)
            }
        };
        shown.push(Shown {
            label: "observed.public-resource".to_owned(),
            text,
            source: Some(recorded.reference.clone()),
        });
        if let Some(page) = snapshot.and_then(|snapshot| snapshot.page) {
            shown.push(Shown { label: "observed.page".to_owned(), text: url.clone(), source: Some(page) });
        }
    }
    shown
}

/// A page of which the whole text was read: fetched by anybody, no wall, HTML or plain text, long enough.
pub fn whole_text(recorded: &Recorded, snapshot: &ResourceSnapshot) -> bool {
    /// The probe keeps this much; a text as long may have been cut.
    const KEPT: usize = 64 * 1024;
    let readable = snapshot
        .content_type
        .as_deref()
        .is_some_and(|kind| kind.starts_with("text/html") || kind.starts_with("text/plain"));
    recorded.complete()
        && matches!(snapshot.status, Some(200..=299))
        && snapshot.wall.is_empty()
        && snapshot.left_scope.is_none()
        && readable
        && snapshot.text.chars().count() >= SHORTEST_TEXT
        && snapshot.text.len() < KEPT - 4
}
