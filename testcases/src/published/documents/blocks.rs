//! Lines of a document put together to what belongs together, with the place of each.

use probes::apart::{DocumentFormat, DocumentRead};
use probes::http::page_passages::{BETWEEN_CELLS, Passage, PassageKind};

use super::stands_alone;

/// A heading, paragraph, item or row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Block {
    /// Its text in one line.
    pub(super) text: String,
    kind: PassageKind,
    level: Option<u8>,
    /// Page, counted from 1.
    page: u32,
    /// First byte of each line in `text`, and the line, counted from 1.
    lines: Vec<(usize, u32)>,
}

impl Block {
    /// Page and line of a byte of its text.
    pub(super) fn place(&self, at: usize) -> (u32, u32) {
        let line = self.lines.iter().rfind(|(start, _)| *start <= at).or(self.lines.first());
        (self.page, line.map_or(1, |(_, line)| *line))
    }

    pub(super) fn into_passage(self) -> Passage {
        Passage { kind: self.kind, level: self.level, text: self.text }
    }

    /// Takes a further line. Scripts without spaces go on without one; a word that a hyphen divides is put together.
    fn take(&mut self, line: &str, number: u32) {
        let unspaced = |letter: char| matches!(letter, '\u{3000}'..='\u{9fff}' | '\u{f900}'..='\u{ffef}');
        let (last, first) = (self.text.chars().next_back(), line.chars().next());
        let divided = last == Some('-')
            && first.is_some_and(char::is_lowercase)
            && self.text.chars().rev().nth(1).is_some_and(char::is_alphabetic);
        if divided {
            self.text.pop();
        } else if !last.is_some_and(unspaced) || !first.is_some_and(unspaced) {
            self.text.push(' ');
        }
        self.lines.push((self.text.len(), number));
        self.text.push_str(line);
    }
}

/// The blocks in order, without empty ones.
pub(super) fn blocks(read: &DocumentRead, format: Option<DocumentFormat>) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    for (page, lines) in (1..).zip(&read.pages) {
        let mut open = false;
        for (number, line) in (1..).zip(&lines.lines) {
            let line = line.trim();
            if line.is_empty() {
                open = false;
                continue;
            }
            let (kind, level, text) = kind_of(line, format);
            let continues = open && kind == PassageKind::Paragraph;
            match blocks.last_mut().filter(|_| continues) {
                Some(block) => block.take(text, number),
                None => {
                    blocks.push(Block { text: text.to_owned(), kind, level, page, lines: vec![(0, number)] })
                }
            }
            open = !stands_alone(kind);
        }
    }
    blocks
}

fn kind_of(line: &str, format: Option<DocumentFormat>) -> (PassageKind, Option<u8>, &str) {
    if format == Some(DocumentFormat::Markdown)
        && let Some(level) =
            line.bytes().position(|octet| octet != b'#').filter(|level| (1..=6).contains(level))
        && let Some(text) = line[level..].strip_prefix(' ')
    {
        return (PassageKind::Heading, u8::try_from(level).ok(), text.trim());
    }
    if line.contains(BETWEEN_CELLS) {
        return (PassageKind::Row, None, line);
    }
    for mark in ["- ", "• ", "– ", "・", "* "] {
        if let Some(text) = line.strip_prefix(mark) {
            return (PassageKind::Item, None, text.trim());
        }
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let numbered =
        (1..=2).contains(&digits) && [". ", ") "].iter().any(|mark| line[digits..].starts_with(mark));
    if numbered {
        return (PassageKind::Item, None, line);
    }
    (PassageKind::Paragraph, None, line)
}

#[cfg(test)]
mod tests {
    use probes::apart::PageOfDocument;
    use proptest::prelude::*;

    use super::*;

    fn document(pages: &[&str]) -> DocumentRead {
        let page = |text: &&str| PageOfDocument { lines: text.lines().map(str::to_owned).collect() };
        DocumentRead { pages: pages.iter().map(page).collect(), ..DocumentRead::default() }
    }

    fn texts(blocks: &[Block]) -> Vec<(PassageKind, &str)> {
        blocks.iter().map(|block| (block.kind, block.text.as_str())).collect()
    }

    #[test]
    fn lines_that_belong_together_are_one_block() {
        let read = document(&[
            "# Data\nWe keep the usage\nhistory for main-\ntenance.\n\n* one\n  goes on\n* two\na | b\nc | d",
        ]);
        let found = blocks(&read, Some(DocumentFormat::Markdown));
        assert_eq!(
            texts(&found),
            [
                (PassageKind::Heading, "Data"),
                (PassageKind::Paragraph, "We keep the usage history for maintenance."),
                (PassageKind::Item, "one goes on"),
                (PassageKind::Item, "two"),
                (PassageKind::Row, "a | b"),
                (PassageKind::Row, "c | d"),
            ]
        );
        assert_eq!(found[0].level, Some(1));
        assert_eq!(found[1].place(found[1].text.find("history").unwrap()), (1, 3));
        assert_eq!(found[1].place(found[1].text.find("tenance").unwrap()), (1, 4));
    }

    #[test]
    fn japanese_goes_on_without_a_space() {
        let read = document(&["", "利用履\n歴は消去できます。"]);
        let found = blocks(&read, Some(DocumentFormat::Pdf));
        assert_eq!(found[0].text, "利用履歴は消去できます。");
        assert_eq!(found[0].place(0), (2, 1));
        assert_eq!(found[0].place(found[0].text.find("歴").unwrap()), (2, 2));
    }

    proptest! {
        #[test]
        fn any_lines_are_put_together(text in "(#|- |1\\. | \\| |\n|-|a|履|\\PC){0,60}") {
            for block in blocks(&document(&[&text]), Some(DocumentFormat::Markdown)) {
                for at in 0..=block.text.len() {
                    let (_, line) = block.place(at);
                    prop_assert!((line as usize) <= text.lines().count());
                }
            }
        }
    }
}
