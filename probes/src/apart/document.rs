//! The text of a document by page and line.

use serde::{Deserialize, Serialize};

use super::Unreadable;

mod markup;
mod pdf;
mod text;

/// Characters that are read of a document; the rest is said to be left out.
const CHARACTERS_AT_MOST: usize = 1 << 20;
/// Lines that are read of a document.
const LINES_AT_MOST: usize = 50_000;
/// Characters of one line; the rest of it goes on in the next.
const LINE_AT_MOST: usize = 4000;
/// Gaps that are named; further ones are counted.
const GAPS_AT_MOST: usize = 20;

/// How a document is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DocumentFormat {
    /// PDF: a line for each height on a page, in the order in which it is written.
    Pdf,
    /// HTML: one line for each heading, paragraph, item and row.
    Html,
    /// Markdown: the lines of the file, without marks inside the text.
    Markdown,
    /// Text without markup: the lines of the file.
    Text,
}

impl DocumentFormat {
    /// By the first octets, else by the end of the name; `None` for what is no document that is read.
    pub fn of(name: &str, octets: &[u8]) -> Option<Self> {
        /// A PDF may begin with something else.
        const HEADER_WITHIN: usize = 1024;
        let head = &octets[..octets.len().min(HEADER_WITHIN)];
        if head.windows(5).any(|five| five == b"%PDF-") {
            return Some(Self::Pdf);
        }
        Self::by_name(name)
    }

    /// By the end of the name alone.
    pub fn by_name(name: &str) -> Option<Self> {
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        match ending.as_deref()? {
            "pdf" => Some(Self::Pdf),
            "html" | "htm" | "xhtml" => Some(Self::Html),
            "md" | "markdown" => Some(Self::Markdown),
            "txt" | "text" => Some(Self::Text),
            _ => None,
        }
    }

    /// For people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pdf => "PDF",
            Self::Html => "HTML",
            Self::Markdown => "Markdown",
            Self::Text => "text",
        }
    }
}

/// What was read of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentRead {
    /// The pages, in order; one for what has no pages.
    pub pages: Vec<PageOfDocument>,
    /// It has pages that a reader can turn to.
    pub paged: bool,
    /// How its letters are coded, where that had to be found out: `UTF-8`, `Shift_JIS` …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coding: Option<String>,
    /// What was not read, for people; empty if everything was.
    pub gaps: Vec<String>,
    /// Gaps beyond those that are named.
    #[serde(default)]
    pub further_gaps: usize,
}

/// One page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageOfDocument {
    /// Its lines from the top, in the order of reading; an empty one stands between what does not belong together.
    pub lines: Vec<String>,
}

impl DocumentRead {
    /// Everything was read.
    pub fn is_whole(&self) -> bool {
        self.gaps.is_empty() && self.further_gaps == 0
    }

    /// The text with its pages apart by form feeds, as it is kept.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (n, page) in self.pages.iter().enumerate() {
            if n > 0 {
                text.push('\u{c}');
            }
            for line in &page.lines {
                text.push_str(line);
                text.push('\n');
            }
        }
        text
    }

    fn gap(&mut self, gap: impl Into<String>) {
        if self.gaps.len() < GAPS_AT_MOST {
            self.gaps.push(gap.into());
        } else {
            self.further_gaps += 1;
        }
    }
}

/// Reads a document.
pub(super) fn read(format: DocumentFormat, octets: &[u8]) -> Result<DocumentRead, Unreadable> {
    let read = lines(format, octets)?;
    let blank = read.pages.iter().flat_map(|page| &page.lines).all(|line| line.trim().is_empty());
    if blank {
        let why = read.gaps.first().map_or("there is no text in it", String::as_str);
        return Err(Unreadable::new("without-text", why));
    }
    Ok(read)
}

fn lines(format: DocumentFormat, octets: &[u8]) -> Result<DocumentRead, Unreadable> {
    if format == DocumentFormat::Pdf {
        return pdf::read(octets);
    }
    let (text, coding) = text::decoded(octets)?;
    let text = match format {
        DocumentFormat::Text | DocumentFormat::Pdf => text,
        DocumentFormat::Markdown => markup::without_marks(&text),
        DocumentFormat::Html => markup::lines_of_html(&text),
    };
    let mut read = DocumentRead { coding: Some(coding.to_owned()), ..DocumentRead::default() };
    let mut lines = Lines::default();
    lines.take(&text);
    lines.end_page(&mut read);
    Ok(read)
}

/// Takes lines in up to the bounds.
#[derive(Default)]
struct Lines {
    page: PageOfDocument,
    lines: usize,
    characters: usize,
    cut: bool,
}

impl Lines {
    fn take(&mut self, text: &str) {
        for line in text.lines() {
            self.line(line);
        }
    }

    fn line(&mut self, line: &str) {
        let characters: Vec<char> = line.trim_end().chars().filter(|letter| is_text(*letter)).collect();
        let mut parts = characters.chunks(LINE_AT_MOST);
        let mut part = parts.next().unwrap_or_default();
        loop {
            if self.lines >= LINES_AT_MOST || self.characters + part.len() > CHARACTERS_AT_MOST {
                self.cut = true;
                return;
            }
            self.lines += 1;
            self.characters += part.len();
            self.page.lines.push(part.iter().collect());
            match parts.next() {
                Some(next) => part = next,
                None => return,
            }
        }
    }

    fn end_page(&mut self, read: &mut DocumentRead) {
        read.pages.push(std::mem::take(&mut self.page));
        if std::mem::take(&mut self.cut) {
            read.gap(format!(
                "page {} is read up to a bound: {CHARACTERS_AT_MOST} characters and {LINES_AT_MOST} lines a document",
                read.pages.len()
            ));
        }
    }
}

/// Letters, and nothing that steers a terminal.
fn is_text(letter: char) -> bool {
    letter == '\t' || !letter.is_control()
}
