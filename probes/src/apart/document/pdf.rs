//! Text of a PDF: what its content streams show, in their order, a line for each height on the page.
//!
//! Two pieces of text on one height are one line; a piece that goes back to the left begins the next, so that columns
//! are read one after the other. What is drawn or photographed is no text and is named as a gap.

use std::collections::BTreeMap;

use lopdf::content::Content;
use lopdf::{Dictionary, Document, Error, LoadOptions, Object};

use self::fonts::{Font, FontDictionary};
use self::layout::{Layout, Matrix};
use super::{DocumentRead, Lines};
use crate::apart::Unreadable;

mod fonts;
mod layout;

/// Octets that one stream may unpack to.
const STREAM_AT_MOST: usize = 32 << 20;
/// Pages that are read.
const PAGES_AT_MOST: usize = 2000;
/// Forms inside forms.
const FORMS_AT_MOST: u8 = 8;

/// Reads the pages.
pub(super) fn read(octets: &[u8]) -> Result<DocumentRead, Unreadable> {
    let options = LoadOptions::with_max_decompressed_size(STREAM_AT_MOST);
    let document = Document::load_mem_with_options(octets, options).map_err(unreadable)?;
    if document.is_encrypted() {
        return Err(encrypted());
    }
    let pages = document.get_pages();
    if pages.is_empty() {
        return Err(Unreadable::new("broken", "it is a PDF without pages"));
    }
    let mut read = DocumentRead { paged: true, ..DocumentRead::default() };
    let mut lines = Lines::default();
    for (number, page) in pages.iter().take(PAGES_AT_MOST) {
        let mut reading =
            Reading { document: &document, layout: Layout::default(), drawn: 0, unknown: 0, broken: None };
        match content(&document, *page) {
            Ok(content) => reading.stream(&content, resources(&document, *page), Matrix::default(), 0),
            Err(why) => reading.broken = Some(why),
        }
        let text = reading.layout.text();
        lines.take(&text);
        lines.end_page(&mut read);
        if let Some(why) = reading.broken {
            read.gap(format!("page {number} is broken: {why}"));
        }
        if reading.unknown > 0 {
            let unknown = reading.unknown;
            read.gap(format!(
                "page {number} shows {unknown} signs of which the file does not say the letters"
            ));
        } else if text.trim().is_empty() && reading.drawn > 0 {
            read.gap(format!("page {number} is a picture without text"));
        }
    }
    if pages.len() > PAGES_AT_MOST {
        read.gap(format!("{PAGES_AT_MOST} of {} pages were read", pages.len()));
    }
    Ok(read)
}

fn unreadable(error: Error) -> Unreadable {
    match error {
        Error::InvalidPassword | Error::Decryption(_) => encrypted(),
        error => Unreadable::new("broken", format!("it is no PDF that can be read: {error}")),
    }
}

fn encrypted() -> Unreadable {
    Unreadable::new("encrypted", "it is encrypted, and opens with a password only")
}

fn content(document: &Document, page: lopdf::ObjectId) -> Result<Vec<u8>, String> {
    document.get_page_content_with_limit(page, STREAM_AT_MOST).map_err(|error| error.to_string())
}

/// Of a page, its own before those that it inherits.
fn resources(document: &Document, page: lopdf::ObjectId) -> Vec<&Dictionary> {
    let Ok((own, inherited)) = document.get_page_resources(page) else { return Vec::new() };
    let inherited = inherited.into_iter().filter_map(|id| document.get_dictionary(id).ok());
    own.into_iter().chain(inherited).collect()
}

/// Fonts of the resources at hand by name, as the file has them and as they were read.
type Fonts<'f, 'd> = (&'d BTreeMap<Vec<u8>, FontDictionary>, &'f mut BTreeMap<&'d [u8], Font<'d>>);

/// One page under way.
struct Reading<'a> {
    document: &'a Document,
    layout: Layout,
    /// Pictures, and areas that are filled.
    drawn: usize,
    /// Signs whose letters are not known.
    unknown: usize,
    broken: Option<String>,
}

/// What `q` keeps and `Q` gives back.
#[derive(Clone)]
struct Standing {
    page: Matrix,
    font: Option<Vec<u8>>,
    size: f32,
    leading: f32,
    letters: f32,
    words: f32,
    stretch: f32,
    rise: f32,
}

impl<'a> Reading<'a> {
    fn stream(&mut self, content: &[u8], resources: Vec<&'a Dictionary>, page: Matrix, depth: u8) {
        let operations = match Content::decode(content) {
            Ok(content) => content.operations,
            Err(error) => {
                self.broken.get_or_insert(error.to_string());
                return;
            }
        };
        let dictionaries = fonts::dictionaries(self.document, &resources);
        let mut fonts: BTreeMap<&[u8], Font<'_>> = BTreeMap::new();
        let mut now = Standing {
            page,
            font: None,
            size: 0.0,
            leading: 0.0,
            letters: 0.0,
            words: 0.0,
            stretch: 1.0,
            rise: 0.0,
        };
        let mut kept: Vec<Standing> = Vec::new();
        let (mut line, mut text) = (Matrix::default(), Matrix::default());
        for operation in &operations {
            let operands = operation.operands.as_slice();
            let number =
                |n: usize| operands.get(n).and_then(|operand| operand.as_float().ok()).unwrap_or(0.0);
            match operation.operator.as_str() {
                "q" if kept.len() < 512 => kept.push(now.clone()),
                "Q" => now = kept.pop().unwrap_or(now),
                "cm" => now.page = matrix(operands).then(&now.page),
                "BT" => (line, text) = (Matrix::default(), Matrix::default()),
                "Tf" => {
                    now.font = operands.first().and_then(|name| name.as_name().ok()).map(<[u8]>::to_vec);
                    now.size = number(1);
                }
                "Tc" => now.letters = number(0),
                "Tw" => now.words = number(0),
                "Tz" => now.stretch = number(0) / 100.0,
                "TL" => now.leading = number(0),
                "Ts" => now.rise = number(0),
                "Tm" => {
                    line = matrix(operands);
                    text = line;
                }
                "Td" | "TD" => {
                    if operation.operator == "TD" {
                        now.leading = -number(1);
                    }
                    line = Matrix::shift(number(0), number(1)).then(&line);
                    text = line;
                }
                "T*" | "'" | "\"" => {
                    if operation.operator == "\"" {
                        (now.words, now.letters) = (number(0), number(1));
                    }
                    line = Matrix::shift(0.0, -now.leading).then(&line);
                    text = line;
                    if let Some(shown) = operands.last().filter(|_| operation.operator != "T*") {
                        self.show(std::slice::from_ref(shown), &now, &mut text, (&dictionaries, &mut fonts));
                    }
                }
                "Tj" => self.show(operands, &now, &mut text, (&dictionaries, &mut fonts)),
                "TJ" => {
                    let parts = operands.first().and_then(|parts| parts.as_array().ok());
                    if let Some(parts) = parts {
                        self.show(parts, &now, &mut text, (&dictionaries, &mut fonts));
                    }
                }
                "Do" => {
                    let name = operands.first().and_then(|name| name.as_name().ok());
                    if let Some(name) = name {
                        self.form(name, &resources, &now, depth);
                    }
                }
                "BI" | "sh" | "f" | "F" | "f*" | "B" | "B*" => self.drawn += 1,
                _ => {}
            }
        }
    }

    /// Strings, and shifts between them in thousandths of the size.
    fn show<'d>(
        &mut self,
        parts: &[Object],
        now: &Standing,
        text: &mut Matrix,
        (dictionaries, fonts): Fonts<'_, 'd>,
    ) where
        'a: 'd,
    {
        let Some((name, dictionary)) =
            now.font.as_ref().and_then(|font| dictionaries.get_key_value(font.as_slice()))
        else {
            let strings = parts.iter().filter_map(|part| part.as_str().ok());
            self.unknown += strings.map(<[u8]>::len).sum::<usize>();
            return;
        };
        let font = fonts.entry(name).or_insert_with(|| Font::of(self.document, dictionary, STREAM_AT_MOST));
        for part in parts {
            if let Ok(shift) = part.as_float() {
                *text = Matrix::shift(-shift / 1000.0 * now.size * now.stretch, 0.0).then(text);
                continue;
            }
            let Ok(codes) = part.as_str() else { continue };
            let start = Matrix::shift(0.0, now.rise).then(text).then(&now.page);
            let mut letters = String::new();
            let mut advance = 0.0;
            for sign in font.signs(codes) {
                match sign.letters {
                    Some(shown) => letters.push_str(&shown),
                    None => self.unknown += 1,
                }
                let words = if sign.is_space { now.words } else { 0.0 };
                advance += (sign.width * now.size + now.letters + words) * now.stretch;
            }
            *text = Matrix::shift(advance, 0.0).then(text);
            let end = Matrix::shift(0.0, now.rise).then(text).then(&now.page);
            self.layout.piece(&letters, start.origin(), end.origin(), start.height(now.size));
        }
    }

    fn form(&mut self, name: &[u8], resources: &[&'a Dictionary], now: &Standing, depth: u8) {
        let found = resources.iter().find_map(|resources| {
            let forms = resources.get_deref(b"XObject", self.document).and_then(Object::as_dict).ok()?;
            forms.get_deref(name, self.document).and_then(Object::as_stream).ok()
        });
        let Some(form) = found else { return };
        if form.dict.get(b"Subtype").and_then(Object::as_name).ok() != Some(b"Form") {
            self.drawn += 1;
            return;
        }
        if depth >= FORMS_AT_MOST {
            self.broken.get_or_insert_with(|| "forms stand in one another without end".to_owned());
            return;
        }
        let content = match form.get_plain_content_with_limit(STREAM_AT_MOST) {
            Ok(content) => content,
            Err(error) => {
                self.broken.get_or_insert(error.to_string());
                return;
            }
        };
        let own = form.dict.get_deref(b"Resources", self.document).and_then(Object::as_dict).ok();
        let resources = own.map_or_else(|| resources.to_vec(), |own| vec![own]);
        let placed = form.dict.get(b"Matrix").and_then(Object::as_array).map(|parts| matrix(parts));
        let page = placed.unwrap_or_default().then(&now.page);
        self.stream(&content, resources, page, depth + 1);
    }
}

fn matrix(operands: &[Object]) -> Matrix {
    let number = |n: usize| operands.get(n).and_then(|operand| operand.as_float().ok()).unwrap_or(0.0);
    Matrix([number(0), number(1), number(2), number(3), number(4), number(5)])
}

#[cfg(test)]
mod tests;
