//! The list of a seal, in the form that `sha256sum -c` reads.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Files of a folder with their SHA-256 in hexadecimal, sorted by the bytes of their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums(pub BTreeMap<String, String>);

impl Sums {
    /// The list as text: one line a file.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (name, sum) in &self.0 {
            writeln!(text, "{sum}  {name}").expect("a String takes any text");
        }
        text
    }

    /// Reads a list.
    ///
    /// # Errors
    /// The first line that is not of this form, or names what no seal names, in words.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut sums = BTreeMap::new();
        for (n, line) in text.lines().enumerate() {
            let wrong = |why: &str| format!("line {}: {why}", n + 1);
            let (sum, name) = line
                .split_at_checked(64)
                .and_then(|(sum, rest)| {
                    Some((sum, rest.strip_prefix("  ").or_else(|| rest.strip_prefix(" *"))?))
                })
                .ok_or_else(|| wrong("not a sum of 64 digits, two spaces and a name"))?;
            if !sum.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f')) {
                return Err(wrong("not a sum in lower-case hexadecimal"));
            }
            usable(name).map_err(|why| wrong(&format!("a name {why}")))?;
            if sums.insert(name.to_owned(), sum.to_owned()).is_some() {
                return Err(wrong("a name that was there before"));
            }
        }
        Ok(Self(sums))
    }
}

/// Whether a list can name this file, so that every reader of such lists understands the same name.
///
/// # Errors
/// Why not, as the end of a sentence that begins with "a name".
pub fn usable(name: &str) -> Result<(), &'static str> {
    if name.contains('\\') {
        return Err("with a backslash");
    }
    if name.chars().any(char::is_control) {
        return Err("with a line end or another control character");
    }
    if name == "-" {
        return Err("that stands for the standard input");
    }
    if name.split('/').any(|part| matches!(part, "" | "." | "..")) {
        return Err("that leads out of the folder");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_that_readers_understand_differently_are_refused() {
        for name in
            ["run.json", "reports/report.ja.html", "declaration/documents/取扱説明書 1.pdf", "-a", " b"]
        {
            assert_eq!(usable(name), Ok(()), "{name}");
        }
        for name in ["", "-", "a\nb", "a\\b", "a\rb", "/etc/passwd", "../a", "a/../b", "a//b", "./a", "a/"] {
            assert!(usable(name).is_err(), "{name:?}");
        }
    }

    #[test]
    fn a_list_of_another_form_is_named_by_its_line() {
        let sum = "0".repeat(64);
        assert!(Sums::read(&format!("{sum}  a\n{sum} *b\n")).is_ok());
        for (text, line) in [
            (format!("{sum}  a\n{sum}  a\n"), "line 2"),
            (format!("{sum}  ../a\n"), "line 1"),
            (format!("{}  a\n", "A".repeat(64)), "line 1"),
            (format!("{sum}  a\n\n"), "line 2"),
            (format!("{sum} a\n"), "line 1"),
            ("あ".repeat(40), "line 1"),
        ] {
            let error = Sums::read(&text).unwrap_err();
            assert!(error.starts_with(line), "{error}");
        }
    }

    proptest! {
        #[test]
        fn a_list_is_read_back(names in proptest::collection::btree_set("[a-z .あ*-]{1,8}(/[a-z]{1,4})?", 0..8)) {
            let sums = names.into_iter().filter(|name| usable(name).is_ok()).map(|name| (name, "5a".repeat(32)));
            let sums = Sums(sums.collect());
            prop_assert_eq!(Sums::read(&sums.text()), Ok(sums));
        }

        #[test]
        fn no_text_is_too_odd_to_be_read(text in ".{0,200}") {
            let _either = Sums::read(&text);
        }
    }
}
