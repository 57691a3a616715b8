//! Texts that mean the same although they are not typed the same: wide and narrow characters, capitals,
//! blanks, line breaks, dashes and marks that a spreadsheet program or a keyboard puts in.

use std::collections::{BTreeMap, BTreeSet};

/// What counts in a heading, a name or an id: letters and digits, narrow, in small letters.
pub(super) fn alike(text: &str) -> String {
    half_width(text).chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The text with wide Latin letters, digits and marks made narrow, narrow kana made wide, and every dash
/// and blank made the plain one. Line breaks stay.
pub(super) fn half_width(text: &str) -> String {
    let mut narrow = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{ff01}'..='\u{ff5e}' => {
                narrow.push(char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c));
            }
            '\u{ff61}'..='\u{ff9d}' => narrow.push(wide_kana(c)),
            // The two sound marks of narrow kana join the letter before them.
            '\u{ff9e}' | '\u{ff9f}' => {
                let step = u32::from(c) - 0xff9d;
                let joined = narrow.pop().and_then(|last| char::from_u32(u32::from(last) + step));
                narrow.extend(joined);
            }
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' => narrow.push('-'),
            '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{3000}' => narrow.push(' '),
            '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' | '\u{ad}' => {}
            c => narrow.push(c),
        }
    }
    narrow
}

/// The wide letter of a narrow one from U+FF61 to U+FF9D.
fn wide_kana(c: char) -> char {
    const WIDE: &str = "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン";
    WIDE.chars().nth((u32::from(c) - 0xff61) as usize).unwrap_or(c)
}

/// The one of some texts that is this text, or the only one that is like it.
pub(super) fn the_one<'t>(text: &str, among: impl IntoIterator<Item = &'t str>) -> Option<&'t str> {
    let wanted = alike(text);
    let mut found: Option<&str> = None;
    for candidate in among {
        if candidate == text {
            return Some(candidate);
        }
        if !wanted.is_empty() && alike(candidate) == wanted {
            if found.is_some_and(|other| other != candidate) {
                // A later one may still be exactly this.
                found = Some("");
                continue;
            }
            found = Some(candidate);
        }
    }
    found.filter(|found| !found.is_empty())
}

/// The ids of all rows, found by themselves or by what is like them.
#[derive(Default)]
pub(super) struct Ids {
    exact: BTreeSet<String>,
    /// `None` where several ids are alike.
    alike: BTreeMap<String, Option<String>>,
}

impl Ids {
    /// The id that a text is, or the only one that it is like.
    pub(super) fn named(&self, text: &str) -> Option<&str> {
        match self.exact.get(text) {
            Some(id) => Some(id),
            None => self.alike.get(&alike(text))?.as_deref(),
        }
    }
}

impl Extend<String> for Ids {
    fn extend<I: IntoIterator<Item = String>>(&mut self, ids: I) {
        for id in ids {
            let plain = alike(&id);
            if !plain.is_empty() {
                let one = self.alike.entry(plain).or_insert_with(|| Some(id.clone()));
                if one.as_ref().is_some_and(|other| *other != id) {
                    *one = None;
                }
            }
            self.exact.insert(id);
        }
    }
}

impl FromIterator<String> for Ids {
    fn from_iter<I: IntoIterator<Item = String>>(ids: I) -> Self {
        let mut all = Self::default();
        all.extend(ids);
        all
    }
}

/// Typographic quotation marks and wide marks of a TOML text as a keyboard without autocorrection has them.
pub(super) fn plain_marks(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{201f}' | '\u{ff02}' | '\u{ab}' | '\u{bb}' => '"',
            '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}' | '\u{ff07}' => '\'',
            '｛' => '{',
            '｝' => '}',
            '［' => '[',
            '］' => ']',
            '＝' => '=',
            '，' | '、' => ',',
            '\u{a0}' | '\u{3000}' => ' ',
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_and_programs_do_to_a_heading_does_not_matter() {
        for typed in [
            "Authentication\nFactor",
            " authentication factor ",
            "Ａｕｔｈｅｎｔｉｃａｔｉｏｎ　Factor",
            "Authentication-Factor*",
        ] {
            assert_eq!(alike(typed), "authenticationfactor", "{typed}");
        }
        assert_eq!(alike("ﾊﾟｽﾜｰﾄﾞ"), alike("パスワード"));
        assert_ne!(alike("認証要素"), alike("認証"));
        assert_eq!(half_width("５．１–１"), "5.1-1");
    }

    #[test]
    fn only_what_is_beyond_doubt_is_taken_for_another() {
        assert_eq!(the_one("authmech–1", ["AuthMech-1", "AuthMech-2"]), Some("AuthMech-1"));
        assert_eq!(the_one("A 11", ["A-1-1", "A-11"]), None);
        assert_eq!(the_one("A-11", ["A-1-1", "A-11"]), Some("A-11"));
        assert_eq!(the_one("A-11", ["A-11", "A-1-1"]), Some("A-11"));
        assert_eq!(the_one("…", ["-", "!"]), None);
        let ids: Ids = ["AuthMech-1", "A-1-1", "A-11"].map(str::to_owned).into_iter().collect();
        assert_eq!(ids.named("ａｕｔｈｍｅｃｈ－１"), Some("AuthMech-1"));
        assert_eq!((ids.named("A-11"), ids.named("A 11")), (Some("A-11"), None));
    }
}
