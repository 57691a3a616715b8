//! Calendar dates in the running text of a page, in the spellings of several languages.

use jiff::civil::Date;

/// A date that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundDate {
    /// What it can mean: `03/04/2030` is two dates.
    pub readings: Vec<Date>,
    /// First byte in the text.
    pub start: usize,
    /// Byte after it.
    pub end: usize,
}

const MONTHS: &[&str] = &[
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// All full dates (day, month and year) in a text.
pub fn dates(text: &str) -> Vec<FoundDate> {
    let tokens = tokens(text);
    let mut found: Vec<FoundDate> = Vec::new();
    let mut index = 0;
    while index + 2 < tokens.len() {
        let window = [&tokens[index], &tokens[index + 1], &tokens[index + 2]];
        let readings = readings(text, window);
        if readings.is_empty() {
            index += 1;
        } else {
            found.push(FoundDate { readings, start: window[0].start, end: window[2].end });
            index += 3;
        }
    }
    found
}

#[derive(Debug)]
struct Token {
    start: usize,
    end: usize,
    value: Value,
}

#[derive(Debug)]
enum Value {
    Number { value: i32, digits: usize },
    Month(i8),
}

/// Numbers and names of months, in order. Full-width digits count.
fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut characters = text.char_indices().peekable();
    while let Some((start, first)) = characters.next() {
        let kind = |character: char| (digit(character).is_some(), character.is_ascii_alphabetic());
        let wanted = kind(first);
        if wanted == (false, false) {
            continue;
        }
        let mut run = String::from(first);
        let mut end = start + first.len_utf8();
        while let Some((at, next)) = characters.peek().copied() {
            if kind(next) != wanted {
                break;
            }
            run.push(next);
            end = at + next.len_utf8();
            characters.next();
        }
        let value = if wanted.0 {
            let digits: String = run.chars().filter_map(digit).collect();
            digits.parse().ok().map(|value| Value::Number { value, digits: digits.len() })
        } else {
            month(&run).map(Value::Month)
        };
        // Other words stand between tokens and are looked at with the text between them.
        tokens.extend(value.map(|value| Token { start, end, value }));
    }
    tokens
}

fn digit(character: char) -> Option<char> {
    match character {
        '0'..='9' => Some(character),
        '０'..='９' => char::from_digit(u32::from(character) - u32::from('０'), 10),
        _ => None,
    }
}

fn month(word: &str) -> Option<i8> {
    let word = word.to_lowercase();
    let position = MONTHS.iter().position(|name| {
        *name == word || (name.len() > 3 && name[..3] == word) || (word == "sept" && *name == "september")
    })?;
    i8::try_from(position + 1).ok()
}

fn readings(text: &str, window: [&Token; 3]) -> Vec<Date> {
    let gaps = [text[window[0].end..window[1].start].trim(), text[window[1].end..window[2].start].trim()];
    let date = |year: i32, month: i32, day: i32| {
        let year = i16::try_from(year).ok().filter(|year| (1990..2200).contains(year))?;
        Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
    };
    let separated = |wanted: &[&str]| gaps.iter().all(|gap| wanted.contains(gap));
    match [&window[0].value, &window[1].value, &window[2].value] {
        [
            Value::Number { value: year, digits: 4 },
            Value::Number { value: month, digits: 1 | 2 },
            Value::Number { value: day, digits: 1 | 2 },
        ] if separated(&["-"]) || separated(&["/"]) || separated(&["."]) || gaps == ["年", "月"] => {
            date(*year, *month, *day).into_iter().collect()
        }
        [
            Value::Number { value: first, digits: 1 | 2 },
            Value::Number { value: second, digits: 1 | 2 },
            Value::Number { value: year, digits: 4 },
        ] if separated(&["."]) || separated(&["/"]) || separated(&["-"]) => {
            let mut both: Vec<Date> =
                [date(*year, *second, *first), date(*year, *first, *second)].into_iter().flatten().collect();
            both.dedup();
            both
        }
        [
            Value::Number { value: day, digits: 1 | 2 },
            Value::Month(month),
            Value::Number { value: year, digits: 4 },
        ] if ["", "st", "nd", "rd", "th", ".", "of", "-"].contains(&gaps[0])
            && ["", ",", ".", "-"].contains(&gaps[1]) =>
        {
            date(*year, i32::from(*month), *day).into_iter().collect()
        }
        [
            Value::Month(month),
            Value::Number { value: day, digits: 1 | 2 },
            Value::Number { value: year, digits: 4 },
        ] if ["", "."].contains(&gaps[0])
            && [",", "", "st,", "nd,", "rd,", "th,", "th", "st", "nd", "rd"].contains(&gaps[1]) =>
        {
            date(*year, i32::from(*month), *day).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_day_is_found_in_every_usual_spelling() {
        for text in [
            "until 2031-12-31.",
            "until 2031/12/31",
            "bis 31.12.2031",
            "until 31 December 2031 at least",
            "until 31st December, 2031",
            "until December 31, 2031",
            "until Dec. 31st, 2031",
            "2031年12月31日まで",
            "２０３１年１２月３１日まで",
            "12/31/2031",
        ] {
            let found = dates(text);
            assert_eq!(found.len(), 1, "{text}: {found:?}");
            assert_eq!(found[0].readings, [date(2031, 12, 31)], "{text}");
        }
    }

    #[test]
    fn a_day_that_can_be_read_in_two_ways_has_both_readings() {
        assert_eq!(dates("03/04/2030")[0].readings, [date(2030, 4, 3), date(2030, 3, 4)]);
    }

    #[test]
    fn other_numbers_are_no_dates() {
        for text in [
            "version 1.4.2",
            "HK-100",
            "call 090-1234-5678",
            "2031-13-41",
            "in 24 hours 7 days 2031",
            "may 2031",
            "",
        ] {
            assert_eq!(dates(text), [], "{text}");
        }
        let found = dates("on sale since 2026-04-01, updates until 2031-12-31");
        assert_eq!(found.len(), 2);
        assert_eq!(found[1].readings, [date(2031, 12, 31)]);
    }
}
