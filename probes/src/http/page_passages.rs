//! A page taken apart into what belongs together: headings, paragraphs, list items, rows of tables, lines.
//!
//! Text without markup loses which cell stands in which row; whoever asks whether a page says two things of
//! one another needs that back.

use serde::{Deserialize, Serialize};

use super::page_text::{TEXT_LIMIT, UNREAD, decode_into, fold, skip_element, split_tag, tag_name};

/// Passages kept at most; together they hold at most [`TEXT_LIMIT`] bytes.
pub const PASSAGES_AT_MOST: usize = 4096;

/// What stands between the cells of a row.
pub const BETWEEN_CELLS: &str = " | ";

/// Something on a page that belongs together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// What it is.
    pub kind: PassageKind,
    /// Of a heading: 1 to 6, and 7 for the name in a list of definitions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<u8>,
    /// Its text, white space folded; the cells of a row stand apart by [`BETWEEN_CELLS`].
    pub text: String,
}

/// What a passage is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PassageKind {
    /// A heading; what follows is below it until the next one of the same level or a higher one.
    Heading,
    /// Running text.
    Paragraph,
    /// Item of a list.
    Item,
    /// Row of a table.
    Row,
    /// Line of a text without markup.
    Line,
}

/// Passages of an HTML page, in order, without empty ones. Scripts, styles and comments are left out.
pub fn passages_of_html(html: &str) -> Vec<Passage> {
    let mut page = Page::default();
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        page.words(&rest[..open]);
        rest = &rest[open..];
        rest = if let Some(comment) = rest.strip_prefix("<!--") {
            comment.split_once("-->").map_or("", |(_, after)| after)
        } else if rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')) {
            let (tag, after) = split_tag(rest);
            let closes = tag.starts_with("</");
            let name = if closes { tag_name(&tag[2..]) } else { tag_name(tag) };
            if !closes && UNREAD.contains(&name.as_str()) {
                skip_element(after, &name)
            } else {
                page.tag(&name, closes);
                after
            }
        } else {
            page.words("<");
            &rest[1..]
        };
    }
    page.words(rest);
    page.end();
    page.passages
}

/// Lines of a text without markup, in order, without empty ones.
pub fn passages_of_text(text: &str) -> Vec<Passage> {
    let mut page = Page::default();
    for line in text.lines() {
        page.current.push_str(line);
        page.kind = Some((PassageKind::Line, None));
        page.end();
    }
    page.passages
}

/// What was read so far.
#[derive(Default)]
struct Page {
    passages: Vec<Passage>,
    /// Bytes in `passages`.
    size: usize,
    /// Text since the last border.
    current: String,
    /// What `current` will be; running text if nothing said otherwise.
    kind: Option<(PassageKind, Option<u8>)>,
    /// Open rows; paragraphs inside a cell are no border.
    rows: u32,
}

impl Page {
    fn words(&mut self, text: &str) {
        decode_into(text, &mut self.current);
    }

    fn tag(&mut self, name: &str, closes: bool) {
        match name {
            "tr" | "table" | "tbody" | "thead" | "tfoot" => {
                self.end();
                self.rows = u32::from(name == "tr" && !closes);
                self.kind = (self.rows > 0).then_some((PassageKind::Row, None));
            }
            "td" | "th" if self.rows > 0 => {
                if !closes && !self.current.trim().is_empty() {
                    self.current.push_str(BETWEEN_CELLS);
                }
            }
            _ if self.rows > 0 => self.current.push(' '),
            "title" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "dt" => {
                self.end();
                let level = match name {
                    "title" => 1,
                    "dt" => 7,
                    _ => name.as_bytes().get(1).map_or(1, |digit| digit - b'0'),
                };
                self.kind = (!closes).then_some((PassageKind::Heading, Some(level)));
            }
            "li" => {
                self.end();
                self.kind = (!closes).then_some((PassageKind::Item, None));
            }
            "p" | "div" | "section" | "article" | "main" | "header" | "footer" | "nav" | "aside" | "ul"
            | "ol" | "dl" | "dd" | "blockquote" | "pre" | "form" | "fieldset" | "body" | "head" | "html"
            | "hr" | "figure" | "figcaption" | "details" | "summary" | "address" | "caption" => {
                // A paragraph at the beginning of an item is the item.
                let begins_item = self.kind == Some((PassageKind::Item, None)) && !closes;
                if !(begins_item && self.current.trim().is_empty()) {
                    self.end();
                }
            }
            _ => self.current.push(' '),
        }
    }

    /// A border: what was read until here is a passage.
    fn end(&mut self) {
        let text = fold(&self.current);
        self.current.clear();
        let (kind, level) = self.kind.take().unwrap_or((PassageKind::Paragraph, None));
        let fits = self.passages.len() < PASSAGES_AT_MOST && self.size + text.len() <= TEXT_LIMIT;
        if !text.is_empty() && fits {
            self.size += text.len();
            self.passages.push(Passage { kind, level, text });
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(html: &str) -> Vec<(PassageKind, Option<u8>, String)> {
        passages_of_html(html).into_iter().map(|found| (found.kind, found.level, found.text)).collect()
    }

    #[test]
    fn what_belongs_together_stays_together() {
        use PassageKind::{Heading, Item, Paragraph, Row};
        let html = "<html><head><title>Data</title><style>p{}</style></head><body><h2>What&nbsp;we do</h2>\
            <p>One <b>bold</b>\n word.</p><table><tr><th>Data</th><th>Use</th></tr>\
            <tr><td><p>Account</p></td><td>login, <i>mail</i></td></tr></table>\
            <ul><li>First<li><p>Second</p></ul><dl><dt>Logs<dd>kept a day</dl>loose";
        assert_eq!(
            read(html),
            [
                (Heading, Some(1), "Data".to_owned()),
                (Heading, Some(2), "What we do".to_owned()),
                (Paragraph, None, "One bold word.".to_owned()),
                (Row, None, "Data | Use".to_owned()),
                (Row, None, "Account | login, mail".to_owned()),
                (Item, None, "First".to_owned()),
                (Item, None, "Second".to_owned()),
                (Heading, Some(7), "Logs".to_owned()),
                (Paragraph, None, "kept a day".to_owned()),
                (Paragraph, None, "loose".to_owned()),
            ]
        );
    }

    #[test]
    fn scripts_and_comments_are_no_passages_and_lines_are() {
        assert!(read("<script>Account</script><!-- Account --><noscript>Account</noscript>").is_empty());
        let lines = passages_of_text("# note\r\n\r\nContact: mailto:a@b.example\n");
        assert_eq!(
            lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>(),
            ["# note", "Contact: mailto:a@b.example"]
        );
        assert!(lines.iter().all(|line| line.kind == PassageKind::Line));
    }

    proptest! {
        #[test]
        fn any_page_is_taken_and_bounded(html in "(<(/)?(td|tr|p|li|h2|dt|table|script)>|[<>a-zé&;!-]){0,80}|.{0,200}") {
            for passages in [passages_of_html(&html), passages_of_text(&html)] {
                prop_assert!(passages.len() <= PASSAGES_AT_MOST);
                prop_assert!(passages.iter().map(|passage| passage.text.len()).sum::<usize>() <= TEXT_LIMIT);
                prop_assert!(passages.iter().all(|passage| !passage.text.is_empty()));
            }
        }
    }
}
