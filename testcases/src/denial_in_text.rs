//! Fields whose own words say that there is none of what they are about: "None", 「なし」.
//!
//! Only a text that says nothing else is unmistakable. "None of the roles may read it" and "Not reviewed by us, but
//! evaluated by a laboratory" begin alike and say the opposite, so that they are for a person.

use crate::words_in_text::folded;

/// Whether a text says that there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denial {
    /// It does not.
    No,
    /// Its first sentence does, and something follows.
    AtFirst,
    /// It says nothing else.
    Wholly,
}

/// Texts that deny whatever a field is about.
const NONE: &[&str] = &[
    "none",
    "no",
    "nothing",
    "not available",
    "not implemented",
    "not provided",
    "not supported",
    "there is none",
    "there are none",
    "なし",
    "無し",
    "無",
    "ない",
    "ありません",
    "特になし",
    "該当なし",
    "未実装",
    "未対応",
    "非対応",
];

/// How a text stands to denying what its field is about; `further` are phrases that deny this field alone, in lower
/// case. Case, width and the dot at the end do not matter.
pub fn denial(text: &str, further: &[&str]) -> Denial {
    let text = folded(text);
    let denies = |part: &str| {
        let part =
            part.trim_matches(|letter: char| letter.is_whitespace() || ".。!！()（）".contains(letter));
        NONE.contains(&part) || further.contains(&part)
    };
    if denies(&text) {
        return Denial::Wholly;
    }
    let first = text.split(['.', ';', ':', ',', '。', '、', '(']).next().unwrap_or_default();
    if denies(first) { Denial::AtFirst } else { Denial::No }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_text_that_says_nothing_else_denies_wholly() {
        for text in ["None", " none. ", "ＮＯＮＥ", "なし", "なし。", "該当なし", "Not implemented."]
        {
            assert_eq!(denial(text, &[]), Denial::Wholly, "{text}");
        }
        for text in ["None: the value is public", "なし。公開情報のため", "No, it is not needed"] {
            assert_eq!(denial(text, &[]), Denial::AtFirst, "{text}");
        }
        for text in ["None of the roles may read it", "Nonetheless encrypted", "A notice", "なしではない", ""]
        {
            assert_eq!(denial(text, &[]), Denial::No, "{text}");
        }
    }

    #[test]
    fn further_phrases_count_for_the_field_alone() {
        assert_eq!(denial("Plain text.", &["plain text"]), Denial::Wholly);
        assert_eq!(denial("Plain text.", &[]), Denial::No);
        assert_eq!(denial("平文", &["平文"]), Denial::Wholly);
    }
}
