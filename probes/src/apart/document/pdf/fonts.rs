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

/// The ideographs of U+2F00 to U+2FD5, in order.
const RADICALS: &str = "\
    一丨丶丿乙亅二亠人儿入八冂冖冫几凵刀力勹匕匚匸十卜卩厂厶又口囗土士夂夊夕大女子宀寸小尢尸屮山巛工己巾干幺广廴\
    廾弋弓彐彡彳心戈戶手支攴文斗斤方无日曰月木欠止歹殳毋比毛氏气水火爪父爻爿片牙牛犬玄玉瓜瓦甘生用田疋疒癶白皮皿\
    目矛矢石示禸禾穴立竹米糸缶网羊羽老而耒耳聿肉臣自至臼舌舛舟艮色艸虍虫血行衣襾見角言谷豆豕豸貝赤走足身車辛辰辵\
    邑酉釆里金長門阜隶隹雨靑非面革韋韭音頁風飛食首香馬骨高髟鬥鬯鬲鬼魚鳥鹵鹿麥麻黃黍黑黹黽鼎鼓鼠鼻齊齒龍龜龠";
/// Those of the supplement that stand in Japanese texts.
const FURTHER_RADICALS: &[(char, char)] = &[
    ('\u{2e9f}', '母'),
    ('\u{2ea0}', '民'),
    ('\u{2ec1}', '虎'),
    ('\u{2ec4}', '西'),
    ('\u{2ed1}', '長'),
    ('\u{2ed7}', '雨'),
    ('\u{2ed8}', '青'),
    ('\u{2edd}', '食'),
    ('\u{2ee4}', '鬼'),
    ('\u{2ee8}', '麦'),
    ('\u{2ee9}', '黄'),
    ('\u{2eeb}', '斉'),
    ('\u{2eed}', '歯'),
    ('\u{2eef}', '竜'),
    ('\u{2ef2}', '亀'),
];

/// Ligatures as the letters that a search knows; spaces that do not break as spaces.
fn whole_letter(letter: char) -> String {
    match letter {
        'ﬀ' => "ff".to_owned(),
        'ﬁ' => "fi".to_owned(),
        'ﬂ' => "fl".to_owned(),
        'ﬃ' => "ffi".to_owned(),
        'ﬄ' => "ffl".to_owned(),
        // Signs of radicals look like the ideographs that they are of, and browsers write them in their place.
        '\u{2f00}'..='\u{2fd5}' => {
            let at = letter as usize - 0x2f00;
            RADICALS.chars().nth(at).unwrap_or(letter).to_string()
        }
        '\u{2e80}'..='\u{2eff}' => {
            let known = FURTHER_RADICALS.iter().find(|(radical, _)| *radical == letter);
            known.map_or(letter, |(_, ideograph)| *ideograph).to_string()
        }
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
