//! Whether a page says of a row what the supplier says that it says (companion `told`): the words that name
//! the thing, its purposes and its users, in one passage.
//!
//! One passage is a row of a table, an item of a list, a sentence, a paragraph that names no other row, or a
//! section whose heading names the row and no other. Words that stand on a page, but apart or denied, decide
//! nothing: a person reads.

use std::borrow::Cow;

use ixit::companion::Told;
use probes::http::page_passages::{Passage, PassageKind};
use probes::probe::public_resource::ResourceSnapshot;

use super::documents::is_document;
use crate::times_in_text::sentences;
use crate::words_in_text::{Stands, in_another_script, stands};

/// What a page says of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Says {
    /// Everything, in this passage.
    Everything(String),
    /// The thing itself is not named: words that stand nowhere.
    NotNamed(Vec<String>),
    /// It is named, and these words of what is said of it stand nowhere.
    Otherwise {
        /// The words.
        missing: Vec<String>,
        /// The passage that names the thing.
        passage: String,
    },
    /// The words are there, apart from one another or denied, or the page is in another script.
    Unclear(Vec<String>),
}

/// A passage to look in.
struct Place<'p> {
    text: Cow<'p, str>,
    /// Of a section: the heading that has to name the row, then those below it.
    headings: Vec<&'p str>,
    /// More than one thing may be named in it.
    loose: bool,
}

/// A page cut into passages, for as many rows as are looked for.
pub struct Places<'p> {
    places: Vec<Place<'p>>,
    text: &'p str,
    /// Pages and lines may part what belongs together: a phrase is nowhere only if one of its words is.
    parted: bool,
}

/// Longest quotation in characters.
const QUOTED: usize = 300;

impl<'p> Places<'p> {
    /// Of a page that was read whole.
    pub fn of(page: &'p ResourceSnapshot) -> Self {
        let mut places = Vec::new();
        for (at, passage) in page.passages.iter().enumerate() {
            match passage.kind {
                PassageKind::Row | PassageKind::Item | PassageKind::Line => {
                    places.push(Place {
                        text: Cow::Borrowed(&passage.text),
                        headings: Vec::new(),
                        loose: false,
                    });
                }
                PassageKind::Paragraph => paragraph(&passage.text, &mut places),
                PassageKind::Heading => places.extend(section(&page.passages[at..])),
            }
        }
        if page.passages.is_empty() {
            paragraph(&page.text, &mut places);
        }
        Self { places, text: &page.text, parted: is_document(page) }
    }

    /// What the page says of a row. `others` name the other rows of the table, by their first word each.
    pub fn say_of(&self, told: &Told, others: &[&str]) -> Says {
        let wanted = || told.named.iter().chain(&told.purposes).chain(&told.by);
        let everything = self.places.iter().find(|place| {
            wanted().all(|word| stands(&place.text, word) == Stands::Plainly)
                && place.is_about(&told.named, others)
        });
        if let Some(place) = everything {
            return Says::Everything(quote(&place.text));
        }
        if in_another_script(self.text, wanted().map(String::as_str)) {
            return Says::Unclear(vec![
                "The page is in another script than the words of the declaration".into(),
            ]);
        }
        let nowhere = |words: &[String]| -> Vec<String> {
            words.iter().filter(|word| self.is_nowhere(word)).cloned().collect()
        };
        let unnamed = nowhere(&told.named);
        if !unnamed.is_empty() {
            return Says::NotNamed(unnamed);
        }
        let mut missing = nowhere(&told.purposes);
        missing.extend(nowhere(&told.by));
        if !missing.is_empty() {
            let passage = told.named.first().and_then(|word| self.best(word).1).unwrap_or_default();
            return Says::Otherwise { missing, passage };
        }
        Says::Unclear(self.lines(wanted().map(String::as_str)))
    }

    fn is_nowhere(&self, word: &str) -> bool {
        if self.best(word).0 != Stands::Nowhere {
            return false;
        }
        if !self.parted {
            return true;
        }
        let squeezed = |text: &str| -> String {
            text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
        };
        let text = squeezed(self.text);
        word.split_whitespace().map(squeezed).any(|part| !text.contains(&part))
    }

    /// For each word the passage that holds it best, for a person.
    pub fn lines<'w>(&self, words: impl Iterator<Item = &'w str>) -> Vec<String> {
        words
            .map(|word| match self.best(word) {
                (Stands::Plainly, passage) => format!("{word:?}: {}", passage.unwrap_or_default()),
                (Stands::Denied, passage) => {
                    format!("{word:?} seems to be denied: {}", passage.unwrap_or_default())
                }
                (Stands::Nowhere, _) => format!("{word:?}: not on the page"),
            })
            .collect()
    }

    /// How a word stands on the page at best, and where.
    pub fn best(&self, word: &str) -> (Stands, Option<String>) {
        let mut best = (Stands::Nowhere, None);
        for place in &self.places {
            let found = stands(&place.text, word);
            if found > best.0 {
                best = (found, Some(quote(&place.text)));
            }
        }
        best
    }
}

/// Whether one of the words stands in a text, denied or not: a recommendation may begin with "never".
pub fn names_any<'w>(text: &str, words: impl IntoIterator<Item = &'w str>) -> bool {
    words.into_iter().any(|word| stands(text, word) != Stands::Nowhere)
}

impl Place<'_> {
    fn is_about(&self, named: &[String], others: &[&str]) -> bool {
        let plainly = |text: &str, word: &str| stands(text, word) == Stands::Plainly;
        match self.headings.first() {
            Some(heading) => {
                named.iter().any(|word| plainly(heading, word))
                    && !others.iter().any(|other| self.headings.iter().any(|text| plainly(text, other)))
            }
            None if self.loose => !others.iter().any(|other| stands(&self.text, other) != Stands::Nowhere),
            None => true,
        }
    }
}

/// The sentences, and the whole where it names one thing only.
fn paragraph<'p>(text: &'p str, places: &mut Vec<Place<'p>>) {
    let parts = sentences(text);
    if parts.len() > 1 {
        places.extend(parts.into_iter().map(|part| Place {
            text: Cow::Borrowed(part),
            headings: Vec::new(),
            loose: false,
        }));
        places.push(Place { text: Cow::Borrowed(text), headings: Vec::new(), loose: true });
    } else {
        places.push(Place { text: Cow::Borrowed(text), headings: Vec::new(), loose: false });
    }
}

/// A heading with what is below it; the first passage is the heading.
fn section(passages: &[Passage]) -> Option<Place<'_>> {
    let (heading, below) = passages.split_first()?;
    let level = heading.level?;
    let mut headings = vec![heading.text.as_str()];
    let mut text = heading.text.clone();
    for passage in below {
        if passage.kind == PassageKind::Heading {
            if passage.level.is_none_or(|it| it <= level) {
                break;
            }
            headings.push(&passage.text);
        }
        // A sentence mark, so that what one passage denies is not denied of the next.
        text.push_str(". ");
        text.push_str(&passage.text);
    }
    Some(Place { text: Cow::Owned(text), headings, loose: false })
}

fn quote(text: &str) -> String {
    text.trim().chars().take(QUOTED).collect()
}

#[cfg(test)]
#[path = "told/tests.rs"]
mod tests;
