//! What the codes of a font mean, and how wide they are.

use std::collections::BTreeMap;

use encoding_rs::{EUC_JP, Encoding as Coding, GBK, SHIFT_JIS, UTF_16BE};
use lopdf::{Dictionary, Document, Encoding, Object};

/// Width of a sign of which the font says nothing, in sizes: half of one for a western letter.
const NARROW: f32 = 0.5;
/// That of a composite font, by the specification.
const WIDE: f32 = 1.0;

/// One sign.
pub(super) struct Sign {
    /// Its letters; `None` where the file does not say them.
    pub(super) letters: Option<String>,
    /// Its width in sizes.
    pub(super) width: f32,
    /// The code 32 of one octet, which word spacing widens.
    pub(super) is_space: bool,
}

/// A font as far as text goes.
pub(super) struct Font<'d> {
    /// The table of letters that the font brings.
    said: Option<Encoding<'d>>,
    /// How a simple font is encoded.
    encoding: Option<Encoding<'d>>,
    /// A coding of Japanese or Chinese that is named and not described.
    named: Option<&'static Coding>,
    composite: bool,
    widths: BTreeMap<u32, f32>,
    otherwise: f32,
}

/// A font of a page.
pub(super) struct FontDictionary {
    whole: Dictionary,
    /// The same without its encoding where it brings a table of letters, which the library reads only then.
    saying: Option<Dictionary>,
}

/// The fonts of resources by name, the nearest first.
pub(super) fn dictionaries(
    document: &Document,
    resources: &[&Dictionary],
) -> BTreeMap<Vec<u8>, FontDictionary> {
    /// Fonts of one page.
    const AT_MOST: usize = 500;
    let mut found = BTreeMap::new();
    for resources in resources {
        let Ok(fonts) = resources.get_deref(b"Font", document).and_then(Object::as_dict) else { continue };
        for (name, _) in fonts.iter().take(AT_MOST) {
            let font = fonts.get_deref(name, document).and_then(Object::as_dict);
            if let Ok(font) = font
                && !found.contains_key(name)
            {
                found.insert(name.clone(), FontDictionary::of(document, font));
            }
        }
    }
    found
}

impl FontDictionary {
    fn of(document: &Document, font: &Dictionary) -> Self {
        let mut whole = font.clone();
        // Some writers leave it out, and the library asks for it.
        whole.set("Type", Object::Name(b"Font".to_vec()));
        let says = font.get_deref(b"ToUnicode", document).and_then(Object::as_stream).is_ok();
        let saying = says.then(|| {
            let mut saying = whole.clone();
            saying.remove(b"Encoding");
            saying
        });
        Self { whole, saying }
    }
}

impl<'d> Font<'d> {
    pub(super) fn of(document: &'d Document, font: &'d FontDictionary, stream_at_most: usize) -> Self {
        let encoding_of =
            |font: &'d Dictionary| font.get_font_encoding_with_limit(document, stream_at_most).ok();
        let FontDictionary { whole, saying } = font;
        let composite = whole.get(b"Subtype").and_then(Object::as_name).ok() == Some(b"Type0");
        let named = whole.get_deref(b"Encoding", document).and_then(Object::as_name).ok().and_then(named);
        let (widths, otherwise) =
            if composite { composite_widths(document, whole) } else { simple_widths(document, whole) };
        Self {
            said: saying.as_ref().and_then(encoding_of),
            // The codes of other composite fonts are numbers of glyphs, which mean nothing without a table.
            encoding: if composite { None } else { encoding_of(whole) },
            named,
            composite,
            widths,
            otherwise,
        }
    }

    /// The signs of a string.
    pub(super) fn signs(&self, codes: &[u8]) -> Vec<Sign> {
        let mut signs = Vec::new();
        let mut rest = codes;
        while !rest.is_empty() {
            let (code, after) = rest.split_at(self.length(rest).min(rest.len()));
            rest = after;
            let number = code.iter().fold(0, |number, octet| number << 8 | u32::from(*octet));
            let width = self.widths.get(&number).copied().unwrap_or(self.otherwise);
            signs.push(Sign { letters: self.letters(code), width, is_space: code == b" " });
        }
        signs
    }

    /// Octets of the next code.
    fn length(&self, codes: &[u8]) -> usize {
        match self.named {
            Some(coding) if coding == UTF_16BE => {
                let high = codes.first().is_some_and(|first| (0xd8..0xdc).contains(first));
                if high { 4 } else { 2 }
            }
            Some(coding) => {
                let kana = |first: &u8| coding == SHIFT_JIS && matches!(first, 0xa0..=0xdf);
                if codes.first().is_some_and(|first| *first <= 0x80 || kana(first)) { 1 } else { 2 }
            }
            None if self.composite => 2,
            None => 1,
        }
    }

    fn letters(&self, code: &[u8]) -> Option<String> {
        let known = |letters: &String| !letters.is_empty() && !letters.contains('\u{fffd}');
        let by = |encoding: &Option<Encoding<'_>>| {
            Document::decode_text(encoding.as_ref()?, code).ok().filter(known)
        };
        let by_name = || {
            let letters = self.named?.decode_without_bom_handling_and_without_replacement(code)?;
            Some(letters.into_owned())
        };
        let letters = by(&self.said).or_else(by_name).or_else(|| by(&self.encoding))?;
        Some(letters.chars().map(whole_letter).collect())
    }
}

/// Ligatures as the letters that a search knows; spaces that do not break as spaces.
fn whole_letter(letter: char) -> String {
    match letter {
        'ﬀ' => "ff".to_owned(),
        'ﬁ' => "fi".to_owned(),
        'ﬂ' => "fl".to_owned(),
        'ﬃ' => "ffi".to_owned(),
        'ﬄ' => "ffl".to_owned(),
        '\u{a0}' | '\t' | '\n' | '\r' => " ".to_owned(),
        '\u{ad}' => String::new(),
        other => other.to_string(),
    }
}

fn named(name: &[u8]) -> Option<&'static Coding> {
    let name = std::str::from_utf8(name).ok()?;
    let begins = |start: &str| name.starts_with(start);
    if begins("90ms-RKSJ") || begins("90msp-RKSJ") || begins("90pv-RKSJ") {
        Some(SHIFT_JIS)
    } else if name == "EUC-H" || name == "EUC-V" {
        Some(EUC_JP)
    } else if begins("GBK-EUC") || begins("GBKp-EUC") || begins("GB-EUC") {
        Some(GBK)
    } else if begins("Uni") && (name.contains("UTF16") || name.contains("UCS2")) {
        Some(UTF_16BE)
    } else {
        None
    }
}

fn simple_widths(document: &Document, font: &Dictionary) -> (BTreeMap<u32, f32>, f32) {
    let first = font.get_deref(b"FirstChar", document).and_then(Object::as_i64).unwrap_or(0);
    let first = u32::try_from(first.clamp(0, 255)).unwrap_or(0);
    let widths = font.get_deref(b"Widths", document).and_then(Object::as_array);
    let widths = widths.map(|widths| {
        let numbers = widths.iter().take(256).map(|width| number(document, width).unwrap_or(0.0) / 1000.0);
        (first..).zip(numbers).collect()
    });
    (widths.unwrap_or_default(), NARROW)
}

/// `W` of the descendant: `first [w w w]` and `first last w`.
fn composite_widths(document: &Document, font: &Dictionary) -> (BTreeMap<u32, f32>, f32) {
    /// Codes of two octets.
    const CODES: u32 = 0x1_0000;
    let mut widths = BTreeMap::new();
    let descendant = font.get_deref(b"DescendantFonts", document).and_then(Object::as_array).ok();
    let descendant = descendant.and_then(|fonts| document.dereference(fonts.first()?).ok()?.1.as_dict().ok());
    let Some(descendant) = descendant else { return (widths, WIDE) };
    let otherwise = descendant.get(b"DW").ok().and_then(|width| number(document, width));
    let list = descendant.get_deref(b"W", document).and_then(Object::as_array);
    let mut list = list.map(|list| list.iter()).unwrap_or_default();
    while let Some(first) = list.next() {
        let Some(first) = number(document, first).map(|first| first as u32) else { break };
        let Some(next) = list.next().and_then(|next| document.dereference(next).ok()) else { break };
        if let Ok(several) = next.1.as_array() {
            for (code, width) in (first..CODES).zip(several) {
                widths.insert(code, number(document, width).unwrap_or(0.0) / 1000.0);
            }
        } else {
            let last = number(document, next.1).map_or(first, |last| last as u32);
            let Some(width) = list.next().and_then(|width| number(document, width)) else { break };
            for code in first..=last.min(CODES) {
                widths.insert(code, width / 1000.0);
            }
        }
    }
    (widths, otherwise.map_or(WIDE, |width| width / 1000.0))
}

fn number(document: &Document, object: &Object) -> Option<f32> {
    document.dereference(object).ok()?.1.as_float().ok().filter(|number| number.is_finite())
}
