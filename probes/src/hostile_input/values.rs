//! Values that a field does not expect.

use super::draw::Draw;
use super::shape::{Written, percent};
use super::{Field, case::Expected, case::Family};

/// A value that goes into one field.
pub(super) struct Hostile {
    pub(super) family: Family,
    pub(super) expected: Expected,
    /// What it is, for the reader.
    pub(super) told: String,
    pub(super) written: Written,
}

/// What is put into a text so that a page which gives it back unescaped gives itself away.
pub(super) fn markup(mark: &str) -> String {
    format!("\"'><{mark} onfocus=x>")
}

/// Every hostile value of a field; `mark` is the word by which given-back markup is known.
pub(super) fn hostile_values(field: &Field, mark: &str, draw: &mut Draw) -> Vec<Hostile> {
    let mut values = Values { field, all: Vec::new() };
    match field.kind.as_str() {
        "integer" | "decimal" => values.numbers(draw),
        "text" => values.texts(draw),
        _ => values.listed(),
    }
    values.other_types();
    values.octets(mark);
    values.all
}

struct Values<'a> {
    field: &'a Field,
    all: Vec<Hostile>,
}

impl Values<'_> {
    fn add(&mut self, family: Family, expected: Expected, told: impl Into<String>, written: Written) {
        self.all.push(Hostile { family, expected, told: told.into(), written });
    }

    fn value(&mut self, told: &str, written: Written) {
        self.add(Family::Value, Expected::Refused, told, written);
    }

    fn numbers(&mut self, draw: &mut Draw) {
        let least = self.field.least;
        let most = self.field.most;
        if let Some(least) = least {
            self.value("just below the least", Written::number(&(least - 1).to_string()));
            self.value("far below the least", Written::number(&(least - 1000).to_string()));
        }
        if let Some(most) = most {
            self.value("just above the most", Written::number(&(most + 1).to_string()));
            self.value("far above the most", Written::number(&(most.saturating_mul(10) + 7).to_string()));
            let between = most + 2 + draw.below(40) as i64;
            self.value("somewhere above the most", Written::number(&between.to_string()));
        }
        if least.is_none_or(|least| least > 0) {
            self.value("zero", Written::number("0"));
        }
        if least.is_none_or(|least| least > -1) {
            self.value("minus one", Written::number("-1"));
        }
        // What is cut to 8, 16 or 32 bits would be a good value again.
        let inside: i128 = self.field.witness().parse().unwrap_or(1);
        for (bits, wraps) in [(8, "8 bits"), (16, "16 bits"), (32, "32 bits"), (64, "64 bits")] {
            let wide = inside + (1_i128 << bits);
            if most.is_some_and(|most| wide > i128::from(most)) {
                self.value(&format!("a good value beyond {wraps}"), Written::number(&wide.to_string()));
            }
        }
        if most.is_some() {
            for edge in ["2147483648", "9223372036854775808", "18446744073709551616"] {
                self.value("at the edge of a machine number", Written::number(edge));
            }
            self.value("a huge number", Written::number(&"9".repeat(60)));
            self.value("a number beyond every float", Written::number("1e400"));
        }
        if least.is_some() {
            self.value("the least machine number", Written::number("-9223372036854775808"));
        }
        for word in ["NaN", "Infinity", "-Infinity"] {
            self.value(word, Written::number(word));
        }
        if self.field.kind == "integer" {
            let half = format!("{inside}.5");
            self.add(Family::Type, Expected::Refused, "decimals for a whole number", Written::number(&half));
        }
        self.add(Family::Type, Expected::Refused, "a word for a number", Written::text("warm"));
        self.add(Family::Type, Expected::Refused, "an empty text for a number", Written::text(""));
        let digits = inside.to_string();
        let quoted = Written { form: None, ..Written::text(&digits) };
        self.add(Family::Type, Expected::Tolerable, "the digits as a text", quoted);
        let hexadecimal = Written::text(&format!("0x{inside:x}"));
        self.add(Family::Type, Expected::Tolerable, "hexadecimal digits", hexadecimal);
        self.add(
            Family::Value,
            Expected::Refused,
            "digits and a word",
            Written::text(&format!("{digits}abc")),
        );
    }

    fn texts(&mut self, draw: &mut Draw) {
        if let Some(longest) = self.field.longest {
            let longest = longest as usize;
            for (told, length) in [
                ("one character too long", longest + 1),
                ("twice too long", longest * 2 + 1),
                ("far too long", longest * 8 + 300 + draw.below(200)),
            ] {
                self.value(told, Written::text(&"A".repeat(length.min(8000))));
            }
            self.value("too long in characters of three octets", Written::text(&"湯".repeat(longest + 1)));
        } else {
            let long = 2000 + draw.below(2000);
            self.add(Family::Value, Expected::Tolerable, "a long text", Written::text(&"A".repeat(long)));
        }
        self.add(Family::Value, Expected::Tolerable, "an empty text", Written::text(""));
        self.add(Family::Type, Expected::Refused, "a number for a text", Written::bare("17"));
        let digits = Written::raw_in_form(b"17");
        self.add(Family::Type, Expected::Tolerable, "digits for a text", digits);
    }

    fn listed(&mut self) {
        let kind = self.field.kind.clone();
        let strange: &[&str] = match kind.as_str() {
            "time" => &["24:00", "12:60", "-1:00", "99:99", "noon", "12", "1200", ""],
            "flag" => &["maybe", "2", "-1", ""],
            _ => &["not-listed", "", "-1", "0"],
        };
        for text in strange {
            if !self.field.choices.iter().any(|choice| choice == text) {
                self.value(&format!("{text:?}, which is not listed"), Written::text(text));
            }
        }
        if kind == "choice" {
            let other_case = swapped_case(&self.field.value);
            self.add(
                Family::Value,
                Expected::Tolerable,
                "a choice in other case",
                Written::text(&other_case),
            );
        }
        self.add(Family::Type, Expected::Refused, "a number for a choice", Written::number("17"));
    }

    fn other_types(&mut self) {
        let one = String::from_utf8_lossy(
            Written::declared(self.field, &self.field.witness()).of(true).unwrap_or(b"1"),
        )
        .into_owned();
        for (told, json) in [
            ("null", "null".to_owned()),
            ("an empty list", "[]".to_owned()),
            ("a list with a good value", format!("[{one}]")),
            ("an empty object", "{}".to_owned()),
            ("an object with a good value", format!("{{\"value\":{one}}}")),
        ] {
            self.add(Family::Type, Expected::Refused, told, Written::bare(&json));
        }
        if self.field.kind != "flag" {
            self.add(Family::Type, Expected::Refused, "true", Written::bare("true"));
        }
    }

    /// Texts that mean something to what may lie behind: pages, shells, databases, files, formatting.
    fn octets(&mut self, mark: &str) {
        let expected = if self.field.kind == "text" { Expected::Tolerable } else { Expected::Refused };
        let up = "../".repeat(8);
        let texts = [
            ("markup", markup(mark)),
            ("script", format!("<script>{mark}</script>")),
            ("quotes for a database", "' OR '1'='1' -- ".to_owned()),
            ("an order for a shell", "; id #".to_owned()),
            ("an order for a shell in brackets", "$(id)".to_owned()),
            ("an order for a shell in backquotes", "`id`".to_owned()),
            ("a pipe to a shell", "| id".to_owned()),
            ("a format string", "%s%s%n%x%p".to_owned()),
            ("a template", "{{7*7}}${7*7}".to_owned()),
            ("a path upwards", format!("{up}etc/passwd")),
            (
                "a path upwards with strokes of another system",
                format!("{}windows\\win.ini", "..\\".repeat(8)),
            ),
            ("an absolute path", "/etc/passwd".to_owned()),
            ("control characters", "\u{7}\u{8}\u{1b}[2J\u{7f}".to_owned()),
            ("line ends and a header", "x\r\nX-Injected: 1\r\n\r\n".to_owned()),
            ("a zero octet", "40\0.txt".to_owned()),
            ("turned writing direction", "\u{202e}04\u{200b}".to_owned()),
        ];
        for (told, text) in texts {
            self.add(Family::Value, expected, told, Written::text(&text));
        }
        // Once more escaped, for what is decoded twice.
        let twice = percent(&percent(format!("{up}etc/passwd").as_bytes()));
        self.add(Family::Value, expected, "a path upwards, escaped twice", Written::raw_in_form(&twice));
        let invalid: &[(&str, &[u8])] =
            &[("octets that are no UTF-8", b"\xff\xfe\xc0\x80"), ("a surrogate in UTF-8", b"\xed\xa0\x80")];
        for (told, octets) in invalid {
            let json = [b"\"", *octets, b"\""].concat();
            let written = Written { json: Some(json), form: Some(percent(octets)) };
            self.add(Family::Value, Expected::Refused, *told, written);
        }
        for raw in ["%", "%zz", "%u0034%u0030"] {
            let written = Written::raw_in_form(raw.as_bytes());
            self.add(Family::Malformed, expected, "escapes that are none", written);
        }
        let escape = Written { json: Some(br#""\ud800""#.to_vec()), form: None };
        self.add(Family::Value, Expected::Refused, "half of a pair of escapes", escape);
    }
}

fn swapped_case(text: &str) -> String {
    text.chars()
        .map(|letter| {
            if letter.is_ascii_lowercase() {
                letter.to_ascii_uppercase()
            } else {
                letter.to_ascii_lowercase()
            }
        })
        .collect()
}
