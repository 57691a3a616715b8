//! The cross-walk as a table for spreadsheets.

use super::{Crosswalk, Item, Row, said};
use crate::inert::csv_cell;
use crate::words::Words;

/// Without it, spreadsheets take UTF-8 for something else.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// Phrases of the headings, in the order of the columns.
const HEADINGS: [&str; 18] = [
    "crosswalk-provision",
    "crosswalk-provision-title",
    "crosswalk-by",
    "crosswalk-source-kind",
    "crosswalk-source",
    "crosswalk-source-title",
    "crosswalk-item",
    "crosswalk-item-title",
    "crosswalk-asks",
    "crosswalk-phase",
    "crosswalk-roles",
    "crosswalk-viewpoint",
    "crosswalk-way",
    "crosswalk-extent",
    "crosswalk-confidence",
    "crosswalk-why",
    "crosswalk-wants",
    "crosswalk-test",
];

/// One line of the table; what is not set stays empty.
#[derive(Default)]
struct Line {
    provision: String,
    title: String,
    by: String,
    item: [String; 9],
    way: String,
    extent: String,
    confidence: String,
    why: String,
    wants: String,
    test: String,
}

impl Crosswalk {
    /// As CSV (RFC 4180, UTF-8 with byte order mark): a heading, one line a link; then provisions without an item
    /// stand in their place, and items without a link at the end.
    pub fn csv(&self) -> String {
        let words = self.words();
        let mut text = String::from(BYTE_ORDER_MARK);
        push(&mut text, HEADINGS.map(|key| words.ui(key).trim_end_matches([':', '：']).to_owned()));
        for provision in &self.provisions {
            let line = || Line {
                provision: provision.id.clone(),
                title: provision.title.clone(),
                ..Line::default()
            };
            if provision.items.is_empty() {
                Line { why: self.nothing().to_owned(), ..line() }.push(&mut text);
            }
            for row in &provision.items {
                of_row(words, row, line()).push(&mut text);
            }
        }
        for row in &self.beyond {
            of_row(words, row, Line::default()).push(&mut text);
        }
        for left in &self.unlinked {
            let otherwise = left.otherwise.iter().map(|one| said(words, "crosswalk-otherwise", one));
            let otherwise: Vec<String> = otherwise.collect();
            let why = if otherwise.is_empty() {
                words.ui("crosswalk-unlinked-why").to_owned()
            } else {
                format!("{} {}", words.ui("crosswalk-otherwise"), otherwise.join("; "))
            };
            let line = Line {
                item: of_item(words, &left.item),
                why,
                wants: left.wants.clone().unwrap_or_default(),
                test: left.test_words(words).unwrap_or_default(),
                ..Line::default()
            };
            line.push(&mut text);
        }
        text
    }
}

fn of_row(words: &Words, row: &Row, line: Line) -> Line {
    Line {
        by: if row.by == "provision" { String::new() } else { row.result.clone() },
        item: of_item(words, &row.item),
        way: row.way.clone().unwrap_or_default(),
        extent: words.ui(if row.part { "crosswalk-part" } else { "crosswalk-whole" }).to_owned(),
        confidence: said(words, "scheme-confidence", &row.confidence),
        why: row.rationale.clone().unwrap_or_default(),
        ..line
    }
}

fn of_item(words: &Words, item: &Item) -> [String; 9] {
    [
        said(words, "crosswalk-kind", item.source_kind.as_str()),
        item.source.clone(),
        item.source_title.clone(),
        item.item.clone(),
        item.title.clone(),
        item.asks.clone(),
        item.phase_words(words),
        item.role_words(words).join("; "),
        item.viewpoint_words(),
    ]
}

impl Line {
    fn push(self, text: &mut String) {
        let before = [self.provision, self.title, self.by];
        let after = [self.way, self.extent, self.confidence, self.why, self.wants, self.test];
        push(text, before.into_iter().chain(self.item).chain(after));
    }
}

fn push(text: &mut String, cells: impl IntoIterator<Item = String>) {
    let cells: Vec<String> = cells.into_iter().map(|cell| csv_cell(&cell)).collect();
    text.push_str(&cells.join(","));
    text.push_str("\r\n");
}
