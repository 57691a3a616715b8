//! Records of a log: a JSON list, or lines of text.

use serde_json::Value;

/// Most records that are looked at.
const MOST: usize = 20_000;
/// Times before this year are those of a clock that was never set, or no times at all.
const EARLIEST: &str = "1970-01-01T00:00:00Z";

/// A record: its text, and its time where that can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) text: String,
    pub(super) at: Option<jiff::Timestamp>,
}

/// The records of an answer; `None` where it has another form than declared.
pub(super) fn read(body: &[u8], list: Option<&str>, time: Option<&str>) -> Option<Vec<Record>> {
    let parsed = serde_json::from_slice::<Value>(body).ok();
    let items = match (&parsed, list) {
        (Some(Value::Object(object)), Some(key)) => Some(object.get(key)?.as_array()?),
        (Some(Value::Array(items)), None) => Some(items),
        (_, Some(_)) => return None,
        (_, None) => None,
    };
    if let Some(items) = items {
        return Some(items.iter().take(MOST).map(|item| of_json(item, time)).collect());
    }
    let text = std::str::from_utf8(body).ok()?;
    let looks_like_markup = text.trim_start().starts_with('<') && text.contains("</");
    let lines = text.lines().map(str::trim_end).filter(|line| !line.is_empty());
    (!looks_like_markup).then(|| lines.take(MOST).map(|line| of_line(line, time)).collect())
}

fn of_json(item: &Value, time: Option<&str>) -> Record {
    let at = time.and_then(|key| item.get(key)).and_then(|stamp| match stamp {
        Value::String(text) => of_text(text),
        Value::Number(number) => number.as_i64().and_then(since_1970),
        _ => None,
    });
    Record { text: item.to_string(), at }
}

fn of_line(line: &str, time: Option<&str>) -> Record {
    if let (Ok(item @ Value::Object(_)), Some(_)) = (serde_json::from_str::<Value>(line), time) {
        return of_json(&item, time);
    }
    // After the priority of a syslog record.
    let line_begins =
        line.strip_prefix('<').and_then(|rest| rest.split_once('>')).map_or(line, |(_, rest)| rest);
    let mut words = line_begins.split_whitespace().map(|word| word.trim_matches(['[', ']', ',']));
    let first = words.next().unwrap_or_default();
    // The version of RFC 5424 stands before its time, and a date may stand apart from the time of day.
    let at = of_text(first).or_else(|| {
        let second = words.next()?;
        of_text(second).or_else(|| of_text(&format!("{first}T{second}")))
    });
    Record { text: line.to_owned(), at }
}

fn of_text(text: &str) -> Option<jiff::Timestamp> {
    let stamp = text.parse::<jiff::Timestamp>().ok().or_else(|| {
        // Without an offset it is taken for UTC.
        let civil = text.parse::<jiff::civil::DateTime>().ok().filter(|_| text.contains(':'))?;
        Some(civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
    });
    let stamp = stamp.or_else(|| since_1970(text.parse().ok().filter(|_| text.len() >= 9)?));
    stamp.filter(|stamp| *stamp >= EARLIEST.parse().expect("a constant time stamp"))
}

/// Seconds, or milliseconds where seconds would lie thousands of years ahead.
fn since_1970(number: i64) -> Option<jiff::Timestamp> {
    match number {
        0..100_000_000_000 => jiff::Timestamp::from_second(number).ok(),
        100_000_000_000.. => jiff::Timestamp::from_millisecond(number).ok(),
        _ => None,
    }
}

/// Records that are in `now` and were not in `before`; equal ones are counted.
pub(super) fn new<'r>(before: &[Record], now: &'r [Record]) -> Vec<&'r Record> {
    let mut known: std::collections::HashMap<&str, usize> = std::collections::HashMap::new();
    for record in before {
        *known.entry(&record.text).or_default() += 1;
    }
    let is_new = |record: &&Record| match known.get_mut(record.text.as_str()) {
        Some(left) if *left > 0 => {
            *left -= 1;
            false
        }
        _ => true,
    };
    now.iter().filter(is_new).collect()
}

/// How many records of `before` are gone from `now`. A log of bounded length loses its oldest at one of its ends, as
/// many as came in: those are not counted.
pub(super) fn gone(before: &[Record], now: &[Record]) -> u64 {
    let gone = new(now, before);
    let stay = before.len().saturating_sub(gone.len());
    let made_way = before.len() == now.len()
        && (now.starts_with(&before[gone.len()..]) || now.ends_with(&before[..stay]));
    if made_way { 0 } else { gone.len() as u64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(records: &[&str]) -> Vec<Record> {
        records.iter().map(|text| Record { text: (*text).to_owned(), at: None }).collect()
    }

    fn times(body: &str, list: Option<&str>, time: Option<&str>) -> Vec<Option<i64>> {
        let records = read(body.as_bytes(), list, time).expect("of the declared form");
        records.iter().map(|record| record.at.map(|at| at.as_second())).collect()
    }

    #[test]
    fn lists_and_lines_are_read_with_their_times() {
        let json = r#"{"records":[{"at":"1970-01-01T00:01:00Z"},{"at":90},{"at":"noon"},{"event":"x"}]}"#;
        assert_eq!(times(json, Some("records"), Some("at")), [Some(60), Some(90), None, None]);
        assert_eq!(times(r#"[{"t":1700000000000}]"#, None, Some("t")), [Some(1_700_000_000)]);
        let lines = "1970-01-01T00:01:00Z login\n<34>1 1970-01-01T00:01:00+00:00 host\n\
                     [1970-01-01 00:01:00] login\n1700000000 login\nlogin 3\n";
        assert_eq!(times(lines, None, None), [Some(60), Some(60), Some(60), Some(1_700_000_000), None]);
        assert_eq!(read(b"{\"records\":3}", Some("records"), None), None);
        assert_eq!(read(b"{\"other\":[]}", Some("records"), None), None);
        assert_eq!(read(b"<html><p>log in</p></html>", None, None), None);
    }

    #[test]
    fn new_and_gone_records_are_told_apart_from_those_that_made_way() {
        let before = log(&["a", "b", "b"]);
        assert_eq!(new(&before, &log(&["a", "b", "b", "b", "c"])).len(), 2);
        assert_eq!(gone(&before, &log(&["a", "b", "b", "c"])), 0);
        assert_eq!(gone(&before, &log(&["a", "b", "c"])), 1, "the last was replaced, though one came in");
        assert_eq!(gone(&log(&["a", "b", "c"]), &log(&["b", "c", "d"])), 0, "the oldest made way");
        assert_eq!(gone(&log(&["c", "b", "a"]), &log(&["d", "c", "b"])), 0, "newest first");
        assert_eq!(gone(&log(&["a", "b", "c"]), &log(&["a", "d", "c"])), 1);
        assert_eq!(gone(&before, &log(&[])), 3);
    }
}
