//! Documents that the declaration names beside or in place of an address: what was read of them, and where words of the
//! declaration stand in them, by page and line. They are shown to whoever judges; a fetched page stays the proof of
//! what is published.

use std::collections::BTreeMap;

use ixit::Declaration;
use ixit::companion::ResourceKind;
use probes::apart::DocumentFormat;
use probes::http::page_passages::{Passage, PassageKind};
use probes::probe::documents::DocumentSeen;
use probes::probe::public_resource::ResourceSnapshot;

use self::blocks::{Block, blocks};
use crate::catalogue::Unit;
use crate::dates_in_text::dates;
use crate::facts::{Facts, Recorded};
use crate::prompt::Shown;
use crate::words_in_text::{find, in_another_script};

mod blocks;
mod reports;

/// The probe that reads documents.
pub const PROBE: &str = "documents";
/// Where documents lie, as a declaration writes it.
const FOLDER: &str = "documents/";
/// Lines that are shown of one document.
const SHOWN_AT_MOST: usize = 24;
/// Lines that are shown for one word.
const FOR_A_WORD: usize = 2;
/// Characters of a line that are quoted.
const QUOTED: usize = 200;

/// What a document about an entry of `user_info` speaks of: table whose rows say in `told` what is looked for, and words
/// that lead to the place.
const SUBJECTS: &[(&str, &str, &[&str])] = &[
    ("documentation_of_change_mechanisms", "", &["password", "パスワード", "暗証"]),
    ("documentation_of_replacement", "", &["replacement", "replace", "交換"]),
    (
        "documentation_of_sensors",
        "ext_sens",
        &["sensors", "sensor", "camera", "microphone", "センサー", "センサ", "カメラ", "マイク"],
    ),
    ("documentation_of_secure_setup", "user_dec", &["set up", "setup", "recommend", "設定", "推奨"]),
    ("documentation_of_setup_check", "user_dec", &["check", "確認"]),
    (
        "documentation_of_personal_data",
        "pers_data",
        &["personal data", "personal information", "個人情報", "個人データ"],
    ),
    ("documentation_of_telemetry_data", "tel_data", &["telemetry", "statistics", "テレメトリ", "統計"]),
    (
        "documentation_of_deletion",
        "del_func",
        &["delete", "deletion", "erase", "factory reset", "消去", "削除", "初期化"],
    ),
    ("model_designation", "", &["model", "型番", "型式"]),
    (SUPPORT, "", &["support period", "security updates", "サポート期間", "更新の提供"]),
    (
        "publication_of_vulnerability_disclosure_policy",
        "",
        &["vulnerability", "vulnerabilities", "disclosure", "脆弱性"],
    ),
    ("publication_of_non_updatable", "", &["updates", "cannot be updated", "更新できません"]),
];
const SUPPORT: &str = "publication_of_support_period";

/// Paths below `documents/` that an entry of `user_info` names, in its companion or its prose.
pub fn named_in(declaration: &Declaration, entry: &str) -> Vec<String> {
    let Some(form) = declaration.ixit.form("user_info") else { return Vec::new() };
    let mut named = Vec::new();
    if let Some(resource) = form.companions.resources.get(entry)
        && resource.value.kind == ResourceKind::Document
    {
        named.extend(placed(declaration, &resource.value.place));
    }
    add_named(declaration, form.text(entry).unwrap_or_default(), &mut named);
    named
}

/// The document that a place names; a part may be named behind the path: "documents/manual.md, chapter 3".
fn placed(declaration: &Declaration, place: &str) -> Option<String> {
    let place = place.trim();
    let path = place.strip_prefix(FOLDER).unwrap_or(place);
    let file = path.split([',', '#', ' ']).next().unwrap_or(path);
    let known = |path: &&str| declaration.documents.iter().any(|document| document.path == *path);
    [path, file].into_iter().find(known).map(str::to_owned)
}

/// Documents that prose names and that are read.
fn add_named(declaration: &Declaration, prose: &str, named: &mut Vec<String>) {
    for document in &declaration.documents {
        let readable = DocumentFormat::by_name(&document.path).is_some();
        if readable && names(prose, &document.path) && !named.contains(&document.path) {
            named.push(document.path.clone());
        }
    }
}

/// `documents/manual.md` names manual.md, and not manual.md.old or manual.
fn names(prose: &str, path: &str) -> bool {
    prose.match_indices(FOLDER).any(|(at, _)| {
        let rest = &prose[at + FOLDER.len()..];
        let after = rest.strip_prefix(path).map(|after| after.strip_prefix('.').unwrap_or(after));
        after.is_some_and(|after| {
            !after.starts_with(|next: char| next.is_ascii_alphanumeric() || "_-/".contains(next))
        })
    })
}

/// Every document that is read, with the fields (`table.field`) that name it.
pub fn named(declaration: &Declaration) -> BTreeMap<String, Vec<String>> {
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut add = |path: String, field: String| {
        let fields = all.entry(path).or_default();
        if !fields.contains(&field) {
            fields.push(field);
        }
    };
    for (entry, ..) in SUBJECTS {
        for path in named_in(declaration, entry) {
            add(path, format!("user_info.{entry}"));
        }
    }
    for row in declaration.ixit.rows(reports::TABLE) {
        for path in reports::named_in(declaration, row) {
            add(path, reports::FIELD.to_owned());
        }
    }
    all
}

/// Whether what a unit reads may be told in a document.
pub fn may_concern(unit: &Unit) -> bool {
    entries(unit).next().is_some() || reports::concern(unit)
}

fn entries(
    unit: &Unit,
) -> impl Iterator<Item = &'static (&'static str, &'static str, &'static [&'static str])> {
    let reads = |entry: &str| unit.reads.iter().any(|read| read.strip_prefix("user_info.") == Some(entry));
    SUBJECTS.iter().filter(move |(entry, ..)| reads(entry))
}

/// The last reading of a document; it is the same for every sample.
fn seen<'a>(facts: &Facts<'a>, path: &str) -> Option<(&'a Recorded, DocumentSeen)> {
    facts.results::<DocumentSeen>(PROBE).into_iter().rfind(|(_, seen)| seen.path == path)
}

/// What documents say of what a unit asks about an item, for the person who is asked.
pub fn beside(facts: &Facts<'_>, unit: &Unit, item: &str) -> Vec<Shown> {
    let mut shown = reports::beside(facts, unit, item);
    let mut read: Vec<String> = Vec::new();
    for (entry, table, topic) in entries(unit) {
        for path in named_in(facts.declaration, entry) {
            let Some((recorded, document)) = seen(facts, &path) else { continue };
            let page = Page { recorded, document: &document };
            if !read.contains(&path) {
                shown.extend(page.heading());
                read.push(path.clone());
            }
            shown.extend(page.hits(&words(facts, table, item), topic, *entry == SUPPORT));
        }
    }
    shown
}

/// What is looked for: the words of the row that is asked about, else those that name the rows of the table.
fn words(facts: &Facts<'_>, table: &str, item: &str) -> Vec<String> {
    let row = facts.row(item).and_then(|(_, row)| row.companions.told.as_ref());
    if let Some(told) = row {
        let told = &told.value;
        return told.named.iter().chain(&told.purposes).chain(&told.by).cloned().collect();
    }
    let rows = facts.declaration.ixit.rows(table).iter();
    let told = rows.filter_map(|row| row.companions.told.as_ref());
    told.flat_map(|told| told.value.named.iter().cloned()).collect()
}

/// A document that is the declared place itself and was read whole, as a page for judges that compare texts.
pub(super) fn as_page<'a>(facts: &Facts<'a>, entry: &str) -> Option<(&'a Recorded, ResourceSnapshot)> {
    let form = facts.declaration.ixit.form("user_info")?;
    let resource = form.companions.resources.get(entry)?;
    if resource.value.kind != ResourceKind::Document {
        return None;
    }
    let path = named_in(facts.declaration, entry).into_iter().next()?;
    let (recorded, document) = seen(facts, &path)?;
    let read = document.read.as_ref().filter(|read| read.is_whole() && recorded.complete())?;
    let passages: Vec<Passage> = blocks(read, document.format).into_iter().map(Block::into_passage).collect();
    let text: Vec<&str> = passages.iter().map(|passage| passage.text.as_str()).collect();
    let text = text.join("\n");
    (text.chars().count() >= super::SHORTEST_TEXT).then(|| {
        let page = ResourceSnapshot {
            url: format!("{FOLDER}{path}"),
            status: None,
            redirects: Vec::new(),
            left_scope: None,
            content_type: None,
            page: document.kept.clone(),
            size: document.octets,
            wall: Vec::new(),
            text,
            certificate_trusted: None,
            certificate_note: None,
            passages,
        };
        (recorded, page)
    })
}

/// Whether a page is a document that was handed in, see [`as_page`].
pub fn is_document(page: &ResourceSnapshot) -> bool {
    page.url.starts_with(FOLDER)
}

/// A document with the observation that read it.
struct Page<'a> {
    recorded: &'a Recorded,
    document: &'a DocumentSeen,
}

impl Page<'_> {
    fn shown(&self, label: &str, text: String) -> Shown {
        Shown { label: format!("observed.{label}"), text, source: Some(self.recorded.reference.clone()) }
    }

    /// What it is, and what of it was not read.
    fn heading(&self) -> Vec<Shown> {
        let path = &self.document.path;
        let Some(read) = &self.document.read else {
            let why = self.document.not_read.as_ref();
            let why = why.map_or_else(String::new, |why| format!(" {} ({why})", why.code()));
            return vec![self.shown("document-unread", format!("{FOLDER}{path}:{why}"))];
        };
        let lines: usize = read.pages.iter().map(|page| page.lines.len()).sum();
        let format = self.document.format.map_or("", DocumentFormat::as_str);
        let pages = if read.paged { format!("{} p., ", read.pages.len()) } else { String::new() };
        let mut shown = vec![self.shown("document", format!("{FOLDER}{path} ({format}, {pages}{lines} l.)"))];
        if let Some(kept) = &self.document.kept {
            shown[0].source = Some(kept.clone());
        }
        shown.extend(read.gaps.iter().take(3).map(|gap| self.shown("document-gap", gap.clone())));
        shown
    }

    /// Where words stand; which stand nowhere; lines on the topic; lines with a date.
    fn hits(&self, words: &[String], topic: &[&str], days: bool) -> Vec<Shown> {
        let Some(read) = &self.document.read else { return Vec::new() };
        let blocks = blocks(read, self.document.format);
        let mut found: Vec<(u32, u32, bool)> = Vec::new();
        let mut lacking: Vec<&str> = Vec::new();
        let mut stand = |word: &str, at_most: usize| {
            let mut here = blocks.iter().flat_map(|block| {
                find(&block.text, word).into_iter().map(|hit| {
                    let (page, line) = block.place(hit.start);
                    (page, line, hit.denied)
                })
            });
            let before = found.len();
            let mut any = false;
            for place in here.by_ref() {
                any = true;
                if !found.iter().any(|(page, line, _)| (*page, *line) == (place.0, place.1)) {
                    found.push(place);
                }
                if found.len() >= before + at_most {
                    break;
                }
            }
            any
        };
        for word in words {
            if !stand(word, FOR_A_WORD) && !lacking.contains(&word.as_str()) {
                lacking.push(word);
            }
        }
        for word in topic {
            stand(word, FOR_A_WORD);
        }
        if days {
            for block in &blocks {
                for day in dates(&block.text) {
                    let (page, line) = block.place(day.start);
                    if !found.iter().any(|known| (known.0, known.1) == (page, line)) {
                        found.push((page, line, false));
                    }
                }
            }
        }
        found.truncate(SHOWN_AT_MOST);
        found.sort_unstable();
        let mut shown: Vec<Shown> = found
            .into_iter()
            .map(|(page, line, denied)| {
                let label = if denied { "document-denial" } else { "document-hit" };
                self.shown(label, self.quote(page, line))
            })
            .collect();
        let text = || blocks.iter().map(|block| block.text.as_str()).collect::<Vec<_>>().join("\n");
        if !lacking.is_empty() && read.is_whole() && !in_another_script(&text(), lacking.iter().copied()) {
            let path = &self.document.path;
            shown.push(self.shown("document-lacks", format!("{FOLDER}{path}: {}", lacking.join(", "))));
        }
        shown
    }

    /// "documents/manual.pdf p. 2 l. 7: Hold both keys."
    fn quote(&self, page: u32, line: u32) -> String {
        let read = self.document.read.as_ref();
        let lines = read.and_then(|read| read.pages.get(page as usize - 1)).map(|page| &page.lines);
        let text = lines.and_then(|lines| lines.get(line as usize - 1)).map_or("", |line| line.trim());
        let quoted: String = text.chars().take(QUOTED).collect();
        let paged = read.is_some_and(|read| read.paged);
        let place = if paged { format!("p. {page} l. {line}") } else { format!("l. {line}") };
        format!("{FOLDER}{} {place}: {quoted}", self.document.path)
    }
}

/// Kinds of passages that begin anew with each line.
fn stands_alone(kind: PassageKind) -> bool {
    matches!(kind, PassageKind::Heading | PassageKind::Row)
}

#[cfg(test)]
#[path = "documents/tests.rs"]
mod tests;
