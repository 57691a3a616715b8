//! The guides that this work grew from (`catalogue/guides/<name>/*.toml`), each read over the same evidence: what it
//! says, which results of the run answer that, and what stays to be shown otherwise.
//!
//! Guides inform. They never fail a device, never award anything, and touch no verdict of the standard.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use ixit::Edition;
use serde::{Deserialize, Serialize};

use crate::catalogue::Catalogue;
use crate::scheme::{Source, Words};
use probes::observation::digest;

pub mod answered;
pub mod by_risk;
mod names;
pub mod said;
#[cfg(test)]
mod tests;

pub use answered::{
    AnsweredGuide, AnsweredItem, AnsweredLink, ConsiderCounts, Consideration, Standing, answer,
};

/// Folder of the data files: one folder per guide, its head in `guide.toml`, its items in files beside it.
pub const FOLDER: &str = "catalogue/guides/";
/// Format of the head.
pub const FORMAT: &str = "hantei.guide/1";
/// Name of the head's file.
const HEAD: &str = "guide.toml";

/// A guide.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guide {
    /// [`FORMAT`].
    pub format: String,
    /// Name, in kebab-case; the same as that of its folder.
    pub name: String,
    /// Place in lists; the guides come in this order.
    pub order: u8,
    /// Title.
    pub title: Words,
    /// Who publishes it.
    pub publisher: Words,
    /// How its authors want it used, and what a report of ours is.
    pub standing: Words,
    /// Short name of the edition whose results are linked.
    pub edition: String,
    /// Version, as its publisher names it.
    pub version: String,
    /// Date of that version, ISO 8601 as far as it is known.
    pub date: String,
    /// How sure we are of the whole: `high`, `medium`, `low`.
    pub confidence: String,
    /// What of the publication this catalogue does not carry.
    #[serde(default)]
    pub gap: Option<Words>,
    /// Where the items stand.
    #[serde(rename = "source")]
    pub sources: Vec<Source>,
    /// Viewpoints of its own, by which its items can be chosen.
    #[serde(default, rename = "viewpoint")]
    pub viewpoints: Vec<Viewpoint>,
    /// Chapters, steps or guidelines, in the order of the guide.
    #[serde(rename = "group")]
    pub groups: Vec<Group>,
    /// Items, in the order of the groups and, within one, of the files.
    #[serde(skip)]
    pub items: Vec<Item>,
    /// Digest over all of its files, `sha256:…`.
    #[serde(skip)]
    pub digest: String,
}

/// A viewpoint of a guide.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Viewpoint {
    /// Id, such as `1`.
    pub id: String,
    /// Title.
    pub title: Words,
}

/// A chapter, step or guideline.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Id, such as `CSA13-S01`.
    pub id: String,
    /// Title.
    pub title: Words,
    /// Of its items, where they say nothing else.
    #[serde(default)]
    pub phase: Option<Phase>,
    /// Of its items, where they say nothing else.
    #[serde(default)]
    pub roles: Vec<Role>,
    /// Of its items, where they say nothing else.
    #[serde(default)]
    pub viewpoint: Option<String>,
}

/// The items of a file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Items {
    #[serde(rename = "item")]
    items: Vec<Item>,
}

/// Something that a guide says.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Stable id of ours, such as `IPA-DG-G14-P1-C6`.
    pub id: String,
    /// Id of the group.
    pub group: String,
    /// What it is in its guide.
    pub kind: ItemKind,
    /// Item of the same guide that it belongs to, such as the point of a measure.
    #[serde(default)]
    pub part_of: Option<String>,
    /// Title.
    pub title: Words,
    /// What it says, in our words.
    pub asks: Words,
    /// Phase of the life cycle; filled from the group when read.
    #[serde(default)]
    pub phase: Option<Phase>,
    /// Whom it addresses; filled from the group when read.
    #[serde(default)]
    pub roles: Vec<Role>,
    /// Viewpoint; filled from the group when read.
    #[serde(default)]
    pub viewpoint: Option<String>,
    /// The guide wants it considered in any case; whether it is done is the maker's choice.
    #[serde(default)]
    pub consider: bool,
    /// How it could be looked at.
    pub test: TestKind,
    /// Results that answer it. None is better than a guessed one.
    #[serde(default)]
    pub links: Vec<Link>,
    /// Evidence that it wants beyond the results of a run.
    #[serde(default)]
    pub wants: Option<Words>,
}

/// A result that answers an item. Exactly one of `provision`, `unit` and `plus` is there.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// The verdict of a provision.
    #[serde(default)]
    pub provision: Option<String>,
    /// The verdict of a test unit.
    #[serde(default)]
    pub unit: Option<String>,
    /// The verdict of a case of `hantei-plus`.
    #[serde(default)]
    pub plus: Option<String>,
    /// It answers a part of the item and leaves another.
    #[serde(default)]
    pub part: bool,
    /// Why it answers it; of a part, which.
    pub rationale: Words,
    /// How sure we are that it does: `high`, `medium`, `low`.
    pub confidence: String,
}

impl Link {
    /// Kind and id of what is linked.
    pub fn named(&self) -> Option<(&'static str, &str)> {
        match (&self.provision, &self.unit, &self.plus) {
            (Some(id), None, None) => Some(("provision", id)),
            (None, Some(id), None) => Some(("unit", id)),
            (None, None, Some(id)) => Some(("plus", id)),
            _ => None,
        }
    }
}

/// What an item is in its guide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ItemKind {
    /// A point that is to be considered (ポイント, 要点).
    Point,
    /// A measure, or an example of one (対策例).
    Measure,
    /// A requirement (対策要件).
    Requirement,
    /// One sentence of a measure, small enough to be checked.
    Check,
    /// A row of advice.
    Advice,
    /// A typical risk.
    Risk,
    /// A rule for users.
    Rule,
}

/// Phase of the life cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// In every phase.
    All,
    /// Policy and organization (方針).
    Policy,
    /// Analysis (分析).
    Analysis,
    /// Procurement (調達).
    Procurement,
    /// Design (設計).
    Design,
    /// Development, implementation (開発).
    Development,
    /// Verification and validation (検証・評価).
    Verification,
    /// Manufacture and shipment (製造・出荷).
    Production,
    /// Installation, connection, first setting (構築・接続).
    Installation,
    /// Maintenance (保守).
    Maintenance,
    /// Operation, response included (運用).
    Operation,
    /// Disposal, resale (廃棄).
    Disposal,
}

/// Whom an item addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Executives (経営者).
    Executive,
    /// Managers of a unit or a product (管理者).
    Manager,
    /// Developers, the manufacturer of the device (開発者).
    Developer,
    /// Developers of an app or of a cloud service (アプリ・クラウドの開発者).
    ServiceDeveloper,
    /// Maintainers (保守者).
    Maintainer,
    /// Operators, providers of a service (提供者・運用者).
    Provider,
    /// System integrators, installers (構築・設置業者).
    Integrator,
    /// Suppliers of parts and software (部品供給者).
    Supplier,
    /// Laboratories that verify (検証者).
    Laboratory,
    /// Users (利用者).
    User,
    /// Makers of rules, industry bodies (制度設計者).
    Authority,
}

/// How an item could be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TestKind {
    /// Over IP.
    FunctionalNetwork,
    /// Over Bluetooth LE.
    FunctionalBle,
    /// By hand, at the device.
    FunctionalPhysical,
    /// On the declaration and the documents.
    Conceptual,
    /// On records of an organization or a process.
    ProcessEvidence,
    /// By nothing that a test of a device does.
    OutOfScope,
}

/// Every guide, in the order of lists.
///
/// # Panics
/// Never for a released build: the data is part of the program and checked by its tests.
pub fn guides() -> &'static [Guide] {
    static GUIDES: OnceLock<Vec<Guide>> = OnceLock::new();
    GUIDES.get_or_init(|| {
        let mut folders: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
        for (path, text) in Catalogue::files(FOLDER) {
            let (folder, file) =
                path[FOLDER.len()..].split_once('/').expect("a file lies in its guide's folder");
            folders.entry(folder).or_default().push((file, text));
        }
        let read = |(folder, files): (&str, Vec<_>)| {
            read(&files).unwrap_or_else(|fault| panic!("{folder}: {fault}"))
        };
        let mut all: Vec<Guide> = folders.into_iter().map(read).collect();
        all.sort_by_key(|guide| guide.order);
        all
    })
}

/// A guide by name.
pub fn guide(name: &str) -> Option<&'static Guide> {
    guides().iter().find(|guide| guide.name == name)
}

/// Reads a guide from its files, name and text, in the order of their names.
///
/// # Errors
/// There is no head, a file is no TOML, has unknown keys, is of another format, or names a group that is not there.
pub fn read(files: &[(&str, &str)]) -> Result<Guide, String> {
    let head = files.iter().find(|(name, _)| *name == HEAD).ok_or_else(|| format!("there is no {HEAD}"))?;
    let mut guide: Guide = toml::from_str(head.1).map_err(|error| format!("{HEAD}: {error}"))?;
    if guide.format != FORMAT {
        return Err(format!("{HEAD}: the format is \"{}\", expected {FORMAT}", guide.format));
    }
    let mut items = Vec::new();
    for (name, text) in files.iter().filter(|(name, _)| *name != HEAD) {
        let read: Items = toml::from_str(text).map_err(|error| format!("{name}: {error}"))?;
        for mut item in read.items {
            let place = guide.groups.iter().position(|group| group.id == item.group);
            let place =
                place.ok_or_else(|| format!("{name}: {} is of no group ({})", item.id, item.group))?;
            let group = &guide.groups[place];
            item.phase = item.phase.or(group.phase);
            item.viewpoint = item.viewpoint.or_else(|| group.viewpoint.clone());
            if item.roles.is_empty() {
                item.roles.clone_from(&group.roles);
            }
            items.push((place, item));
        }
    }
    items.sort_by_key(|(place, _)| *place);
    guide.items = items.into_iter().map(|(_, item)| item).collect();
    let whole: String = files.iter().map(|(name, text)| format!("{name}\n{text}\n")).collect();
    guide.digest = digest(whole.as_bytes());
    Ok(guide)
}

impl Guide {
    /// Whether its links are to results of this edition.
    pub fn is_of(&self, edition: Edition) -> bool {
        self.edition == edition.short()
    }

    /// An item by id.
    pub fn item(&self, id: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.id == id)
    }

    /// Items of a group, in order.
    pub fn items_of<'a>(&'a self, group: &'a str) -> impl Iterator<Item = &'a Item> {
        self.items.iter().filter(move |item| item.group == group)
    }

    /// Number of items of a kind.
    pub fn count(&self, kind: ItemKind) -> usize {
        self.items.iter().filter(|item| item.kind == kind).count()
    }
}
