//! Which user interfaces the documentation for users speaks of, beside those that are declared.
//!
//! The machine lays out: it finds the usual words on the pages that were read, and says which of them no row of
//! `user_intf` holds. What they mean, and what printed manuals say, is for a person.

use probes::probe::public_resource::ResourceSnapshot;

use crate::assisted::ask;
use crate::catalogue::Unit;
use crate::facts::{Facts, Recorded};
use crate::judge::ItemResult;
use crate::prompt::Shown;
use crate::published::{self, Publication};
use crate::times_in_text::sentences;
use crate::verdict::Verdict;
use crate::words_in_text::{Stands, stands};

/// A kind of user interface, the words by which it is known, and whether it is one of the device itself.
struct Sort {
    name: &'static str,
    words: &'static [&'static str],
    /// Apps belong to associated services; what they send arrives at an interface for programs.
    of_the_device: bool,
}

const SORTS: &[Sort] = &[
    Sort {
        name: "web interface",
        words: &["web interface", "web page", "browser", "ウェブ画面", "Web画面", "ブラウザ", "ブラウザー"],
        of_the_device: true,
    },
    Sort {
        name: "panel, keys or touch screen",
        words: &[
            "panel",
            "button",
            "buttons",
            "key",
            "keys",
            "touch screen",
            "touchscreen",
            "display",
            "knob",
            "dial",
            "パネル",
            "ボタン",
            "キー",
            "タッチ",
            "ダイヤル",
            "つまみ",
        ],
        of_the_device: true,
    },
    Sort {
        name: "remote control",
        words: &["remote control", "remote controller", "リモコン", "リモートコントローラ"],
        of_the_device: true,
    },
    Sort {
        name: "voice",
        words: &["voice", "voice control", "speech", "spoken", "音声操作", "音声認識", "話しかけ"],
        of_the_device: true,
    },
    Sort {
        name: "memory card or USB stick",
        words: &[
            "usb stick",
            "usb drive",
            "memory card",
            "sd card",
            "USBメモリ",
            "SDカード",
            "メモリーカード",
        ],
        of_the_device: true,
    },
    Sort {
        name: "camera that reads codes or gestures",
        words: &["gesture", "gestures", "scans the code", "ジェスチャー"],
        of_the_device: true,
    },
    Sort { name: "app", words: &["app", "アプリ"], of_the_device: false },
];

/// Lines shown at most.
const SHOWN_AT_MOST: usize = 24;

/// 5.13-1-2 b: the rows, the words that were found with their sentences, and the documents at hand.
pub(super) fn laid_out(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let rows = facts.declaration.ixit.rows("user_intf");
    let mut shown: Vec<Shown> =
        rows.iter().flat_map(|row| facts.shown_of_row(unit, "user_intf", row)).collect();
    let declared: String =
        rows.iter().filter_map(|row| row.text("description")).collect::<Vec<_>>().join("\n");
    let pages = pages(facts);
    let mut prejudgement = None;
    let mut lines = Vec::new();
    for sort in SORTS {
        let Some((recorded, sentence)) = pages
            .iter()
            .find_map(|(recorded, page)| Some((*recorded, sentence_with(&page.text, sort.words)?)))
        else {
            continue;
        };
        let known = sort.words.iter().any(|word| stands(&declared, word) != Stands::Nowhere);
        let verdict = match (known, sort.of_the_device) {
            (true, _) => "declared",
            (false, true) => {
                prejudgement = Some(Verdict::Fail);
                "in no row of user_intf"
            }
            (false, false) => "in no row of user_intf; perhaps of an associated service",
        };
        lines.push(Shown {
            label: "observed.user-interface".to_owned(),
            text: format!("{} ({verdict}): {sentence}", sort.name),
            source: Some(recorded.reference.clone()),
        });
    }
    shown.extend(lines);
    // Documents are the supplier's files: a person opens them.
    shown.extend(facts.declaration.documents.iter().take(SHOWN_AT_MOST).map(|document| Shown {
        label: "declared.document".to_owned(),
        text: format!("documents/{} (sha256:{})", document.path, document.sha256),
        source: None,
    }));
    vec![ask(facts, unit, "-", shown, prejudgement)]
}

/// The pages of the documentation for users that were read whole, each once.
fn pages<'a>(facts: &Facts<'a>) -> Vec<(&'a Recorded, ResourceSnapshot)> {
    let Some(form) = facts.declaration.ixit.form("user_info") else { return Vec::new() };
    let mut urls = Vec::new();
    let mut pages = Vec::new();
    for entry in form.companions.resources.keys().filter(|entry| entry.starts_with("documentation_of_")) {
        let Publication::Address { url, .. } = Publication::of(facts, entry) else { continue };
        if urls.contains(&url) {
            continue;
        }
        let read = published::observed(facts, &url).into_iter().filter_map(|(recorded, page)| {
            Some((recorded, page.filter(|page| published::whole_text(recorded, page))?))
        });
        pages.extend(read);
        urls.push(url);
    }
    pages
}

fn sentence_with(text: &str, words: &[&str]) -> Option<String> {
    let found = sentences(text)
        .into_iter()
        .find(|sentence| words.iter().any(|word| stands(sentence, word) == Stands::Plainly))?;
    Some(found.trim().chars().take(300).collect())
}

#[cfg(test)]
#[path = "user_documentation_tests.rs"]
mod tests;
