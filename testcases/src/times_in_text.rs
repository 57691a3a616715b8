//! Sentences of a page, and the lengths of time that stand in them.

/// A length of time that was found: `within 14 days`, `two weeks`, `5営業日`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundDuration {
    /// The number.
    pub count: u32,
    /// The unit.
    pub unit: TimeUnit,
    /// First byte in the text.
    pub start: usize,
    /// Byte after it.
    pub end: usize,
}

/// A unit of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeUnit {
    /// Hours.
    Hours,
    /// Days of the calendar.
    Days,
    /// Days on which people work; how many days of the calendar they take is not known.
    WorkingDays,
    /// Weeks.
    Weeks,
    /// Months.
    Months,
    /// Years.
    Years,
}

/// Names of units; a longer name stands before one that it contains.
const UNITS: &[(&str, TimeUnit)] = &[
    ("hours", TimeUnit::Hours),
    ("hour", TimeUnit::Hours),
    ("business days", TimeUnit::WorkingDays),
    ("business day", TimeUnit::WorkingDays),
    ("working days", TimeUnit::WorkingDays),
    ("working day", TimeUnit::WorkingDays),
    ("work days", TimeUnit::WorkingDays),
    ("workdays", TimeUnit::WorkingDays),
    ("calendar days", TimeUnit::Days),
    ("days", TimeUnit::Days),
    ("day", TimeUnit::Days),
    ("weeks", TimeUnit::Weeks),
    ("week", TimeUnit::Weeks),
    ("months", TimeUnit::Months),
    ("month", TimeUnit::Months),
    ("years", TimeUnit::Years),
    ("year", TimeUnit::Years),
    ("時間", TimeUnit::Hours),
    ("営業日", TimeUnit::WorkingDays),
    ("稼働日", TimeUnit::WorkingDays),
    ("日間", TimeUnit::Days),
    ("日", TimeUnit::Days),
    ("週間", TimeUnit::Weeks),
    ("か月", TimeUnit::Months),
    ("ヶ月", TimeUnit::Months),
    ("カ月", TimeUnit::Months),
    ("ヵ月", TimeUnit::Months),
    ("箇月", TimeUnit::Months),
    ("年間", TimeUnit::Years),
];

const NUMBERS: &[(&str, u32)] = &[
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("fourteen", 14),
    ("thirty", 30),
    ("sixty", 60),
    ("ninety", 90),
];

impl FoundDuration {
    /// Days of the calendar, where the unit gives them exactly.
    pub fn days(&self) -> Option<u32> {
        match self.unit {
            TimeUnit::Days => Some(self.count),
            TimeUnit::Weeks => self.count.checked_mul(7),
            TimeUnit::Hours => self.count.is_multiple_of(24).then_some(self.count / 24),
            _ => None,
        }
    }

    /// Months, where the unit gives them exactly.
    pub fn months(&self) -> Option<u32> {
        match self.unit {
            TimeUnit::Months => Some(self.count),
            TimeUnit::Years => self.count.checked_mul(12),
            _ => None,
        }
    }
}

/// Every length of time with a number right before its unit. A day of a month (`12月31日`) is none.
pub fn durations(text: &str) -> Vec<FoundDuration> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some((start, end, count)) = number(text, at) {
        at = end;
        let of_a_date = text[..start].ends_with(['月', '-', '/', '.', ',']);
        let after = &text[end..];
        let rest = after.trim_start_matches([' ', '\u{a0}', '-']);
        let skipped = after.len() - rest.len();
        let unit = UNITS.iter().find(|(name, _)| starts_with_word(rest, name));
        if let Some((name, unit)) = unit.filter(|_| !of_a_date) {
            let end = end + skipped + name.len();
            found.push(FoundDuration { count, unit: *unit, start, end });
            at = end;
        }
    }
    found
}

/// The sentences of a text, in order.
pub fn sentences(text: &str) -> Vec<&str> {
    let mut all = Vec::new();
    let mut start = 0;
    while start < text.len() {
        let first = start + text[start..].chars().next().map_or(1, char::len_utf8);
        let (_, end) = bounds(text, start, first);
        // The mark at the end belongs to the sentence.
        let end = end + text[end..].chars().next().map_or(0, char::len_utf8);
        all.push(&text[start..end]);
        start = end;
    }
    all
}

/// First and last byte of the sentence around a place in a text.
pub fn bounds(text: &str, start: usize, end: usize) -> (usize, usize) {
    const ENDS: &[&str] = &[". ", "! ", "? ", "。", "\n", ".\n"];
    let begins =
        ENDS.iter().filter_map(|mark| text[..start].rfind(mark).map(|at| at + mark.len())).max().unwrap_or(0);
    let ends =
        ENDS.iter().filter_map(|mark| text[end..].find(mark).map(|at| end + at)).min().unwrap_or(text.len());
    (begins, ends)
}

/// The next number in digits or words at or behind a place: its first byte, the byte after it, its value.
fn number(text: &str, from: usize) -> Option<(usize, usize, u32)> {
    let mut characters = text[from..].char_indices().map(|(at, letter)| (from + at, letter)).peekable();
    let mut before = text[..from].chars().next_back();
    while let Some((start, letter)) = characters.next() {
        let in_word = before.is_some_and(|before| before.is_ascii_alphanumeric());
        before = Some(letter);
        if let Some(first) = digit(letter) {
            let mut value = first;
            let mut end = start + letter.len_utf8();
            while let Some(next) = characters.peek().and_then(|(_, next)| digit(*next)) {
                let (at, letter) = characters.next().expect("just looked at");
                value = value.saturating_mul(10).saturating_add(next);
                end = at + letter.len_utf8();
            }
            return Some((start, end, value));
        }
        if !in_word && letter.is_ascii_alphabetic() {
            let word = NUMBERS.iter().find(|(name, _)| starts_with_word(&text[start..], name));
            if let Some((name, value)) = word {
                return Some((start, start + name.len(), *value));
            }
        }
    }
    None
}

/// Full-width digits count.
fn digit(letter: char) -> Option<u32> {
    match letter {
        '0'..='9' => letter.to_digit(10),
        '０'..='９' => Some(u32::from(letter) - u32::from('０')),
        _ => None,
    }
}

/// Whether the text starts with a word, regardless of case, that does not go on in Latin letters.
fn starts_with_word(text: &str, word: &str) -> bool {
    let Some(head) = text.get(..word.len()) else { return false };
    head.eq_ignore_ascii_case(word)
        && !(word.is_ascii() && text[word.len()..].starts_with(|next: char| next.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn days(text: &str) -> Vec<Option<u32>> {
        durations(text).iter().map(FoundDuration::days).collect()
    }

    #[test]
    fn lengths_are_found_in_digits_and_words_in_both_languages() {
        assert_eq!(days("within 5 days, then every two weeks"), [Some(5), Some(14)]);
        assert_eq!(days("受領から５日以内、14日ごと、72時間"), [Some(5), Some(14), Some(3)]);
        assert_eq!(days("within 3 business days or 5営業日"), [None, None]);
        assert_eq!(days("a 90-day embargo"), [Some(90)]);
        assert_eq!(durations("60 months, 5 years, 6か月")[1].months(), Some(60));
    }

    #[test]
    fn dates_and_other_numbers_are_no_lengths() {
        assert!(
            durations("until 2031-12-31, 2031年12月31日, model 5 dayton, CVE-2024-1234, 7days2").is_empty()
        );
        assert!(days("someone day").is_empty());
    }

    #[test]
    fn a_text_falls_into_its_sentences() {
        let text = "One. Two 1.5 times! 三つ目。四つ目";
        assert_eq!(sentences(text), ["One.", " Two 1.5 times!", " 三つ目。", "四つ目"]);
        assert_eq!(sentences(text).concat(), text);
    }

    proptest! {
        #[test]
        fn arbitrary_text_never_stops_the_reader(text in "(\\PC|[0-9]| days|日|。|\\. |\n|月){0,40}") {
            for found in durations(&text) {
                prop_assert!(text.get(found.start..found.end).is_some());
            }
            prop_assert_eq!(sentences(&text).concat(), text);
        }
    }
}
