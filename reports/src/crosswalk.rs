//! The cross-walk: which items of guides and schemes the results for each provision answer, and which items nothing
//! answers. It is made from the catalogues alone; no run, and so no device, is in it.

mod choices;
mod csv;
mod join;
mod page;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde::Serialize;
use testcases::guide::{Guide, ItemKind, Phase, Role, TestKind};
use testcases::scheme::Scheme;
use testcases::texts::Language;

use crate::words::Words;

pub use join::crosswalk;

/// Format name of the JSON.
pub const FORMAT: &str = "hantei.crosswalk/1";

/// What is chosen. Nothing set: all of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Filter {
    /// Names of guides. With no guide and no scheme named: all of both.
    pub guides: Vec<String>,
    /// Names of schemes.
    pub schemes: Vec<String>,
    /// Items of this phase, and those of every phase.
    pub phase: Option<Phase>,
    /// Items that address this role.
    pub role: Option<Role>,
    /// Items of the viewpoint with this id, in any guide that has it.
    pub viewpoint: Option<String>,
    /// This provision alone; items that nothing answers are then left out.
    pub provision: Option<String>,
}

impl Filter {
    /// Whether it asks for what only items of guides have: phase, role or viewpoint.
    pub fn asks_for_guides(&self) -> bool {
        self.phase.is_some() || self.role.is_some() || self.viewpoint.is_some()
    }

    /// Whether anything is chosen.
    pub fn narrows(&self) -> bool {
        *self != Self::default()
    }

    fn takes_guide(&self, guide: &Guide) -> bool {
        (self.guides.is_empty() && self.schemes.is_empty()) || self.guides.contains(&guide.name)
    }

    fn takes_scheme(&self, scheme: &Scheme) -> bool {
        let named =
            (self.guides.is_empty() && self.schemes.is_empty()) || self.schemes.contains(&scheme.name);
        named && !self.asks_for_guides()
    }

    fn takes_item(&self, item: &Item) -> bool {
        let of_phase = |wanted: Phase| item.phase.is_some_and(|phase| phase.covers(wanted));
        self.phase.is_none_or(of_phase)
            && self.role.is_none_or(|role| item.roles.contains(&role))
            && (self.viewpoint.is_none() || self.viewpoint == item.viewpoint)
    }

    fn takes_provision(&self, id: &str) -> bool {
        self.provision.as_deref().is_none_or(|wanted| wanted == id)
    }
}

/// Kind of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SourceKind {
    /// A guide.
    Guide,
    /// A label scheme, a law or another baseline.
    Scheme,
}

impl SourceKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Guide => "guide",
            Self::Scheme => "scheme",
        }
    }
}

/// The cross-walk, in one language.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Crosswalk {
    /// [`FORMAT`].
    pub format: &'static str,
    /// Full name of the edition.
    pub edition: &'static str,
    /// Language of the texts.
    #[serde(serialize_with = "code")]
    pub language: Language,
    /// What was chosen.
    pub filter: Filter,
    /// Provisions in the order of the catalogue, those without an item too.
    pub provisions: Vec<Provision>,
    /// Links to cases of our own, which belong to no provision.
    pub beyond: Vec<Row>,
    /// Items without any link.
    pub unlinked: Vec<Unlinked>,
    /// Where the items stand.
    pub sources: Vec<Source>,
}

/// A provision and what its results answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Provision {
    /// Id, e.g. `5.1-1`.
    pub id: String,
    /// Title.
    pub title: String,
    /// Links: guides first, in their order, then schemes by name; within one, in its order.
    pub items: Vec<Row>,
}

/// A link.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// What is linked: `provision`, `case`, `unit` or `plus`.
    pub by: &'static str,
    /// Its id.
    pub result: String,
    /// What it answers.
    #[serde(flatten)]
    pub item: Item,
    /// Way to meet the requirement, where one of several is enough.
    pub way: Option<String>,
    /// It answers a part of the item and leaves another.
    pub part: bool,
    /// How sure we are of the link: `high`, `medium`, `low`.
    pub confidence: String,
    /// Why it answers it; schemes do not always say.
    pub rationale: Option<String>,
}

/// An item of a guide, or a requirement of a scheme.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Item {
    /// Kind of the source.
    pub source_kind: SourceKind,
    /// Name of the source.
    pub source: String,
    /// Title of the source.
    pub source_title: String,
    /// Id of the item.
    pub item: String,
    /// Title of the item.
    pub title: String,
    /// What it says, in our words.
    pub asks: String,
    /// What it is in its guide.
    pub kind: Option<ItemKind>,
    /// Phase of the life cycle; none for schemes.
    pub phase: Option<Phase>,
    /// Whom it addresses; nobody for schemes.
    pub roles: Vec<Role>,
    /// Id of the viewpoint, where its guide has viewpoints.
    pub viewpoint: Option<String>,
    /// Title of the viewpoint.
    pub viewpoint_title: Option<String>,
}

/// An item that no provision, case or unit answers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Unlinked {
    /// The item.
    #[serde(flatten)]
    pub item: Item,
    /// How it could be looked at; none for schemes.
    pub test: Option<TestKind>,
    /// Evidence that it wants.
    pub wants: Option<String>,
    /// What else answers it: `check`, `evidence`, `stated`.
    pub otherwise: BTreeSet<&'static str>,
}

/// A guide or a scheme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Source {
    /// Kind.
    pub kind: SourceKind,
    /// Name.
    pub name: String,
    /// Title.
    pub title: String,
    /// Version, as its publisher names it.
    pub version: String,
    /// Date of that version.
    pub date: String,
    /// How sure we are of the whole: `high`, `medium`, `low`.
    pub confidence: String,
    /// Digest of our data, `sha256:…`.
    pub digest: String,
    /// Items that are chosen.
    pub items: usize,
    /// Of those, with a link that is shown.
    pub linked: usize,
}

impl Crosswalk {
    /// As JSON, with a line end.
    ///
    /// # Panics
    /// Never: it is made of texts and numbers.
    pub fn json(&self) -> String {
        serde_json::to_string_pretty(self).expect("made of texts and numbers") + "\n"
    }

    fn words(&self) -> &'static Words {
        Words::of(self.language)
    }

    /// Number of links.
    fn links(&self) -> usize {
        self.provisions.iter().map(|provision| provision.items.len()).sum::<usize>() + self.beyond.len()
    }

    /// What a provision without an item is told. A provision that is shown alone has all of its items.
    fn nothing(&self) -> &'static str {
        let of_items = Filter { provision: None, ..self.filter.clone() };
        let key = if of_items.narrows() { "crosswalk-nothing-chosen" } else { "crosswalk-nothing" };
        self.words().ui(key)
    }
}

impl Item {
    /// Phase in words; empty where there is none.
    fn phase_words(&self, words: &Words) -> String {
        self.phase.map_or_else(String::new, |phase| said(words, "guide-phase", phase.as_str()))
    }

    /// Viewpoint by id and title; empty where there is none.
    fn viewpoint_words(&self) -> String {
        let parts = [self.viewpoint.as_deref(), self.viewpoint_title.as_deref()];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    /// Roles in words.
    fn role_words(&self, words: &Words) -> Vec<String> {
        self.roles.iter().map(|role| said(words, "guide-role", role.as_str())).collect()
    }
}

impl Unlinked {
    /// How it could be looked at, in words.
    fn test_words(&self, words: &Words) -> Option<String> {
        let name = serde_json::to_value(self.test?).ok()?;
        Some(said(words, "guide-test", name.as_str()?))
    }
}

/// The phrase for a name of the data.
fn said(words: &Words, kind: &str, name: &str) -> String {
    words.ui(&format!("{kind}-{name}")).to_owned()
}

fn code<S: serde::Serializer>(language: &Language, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(language.code())
}
