//! Until when the lists are valid that the supplier lent, read where the declaration says.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Params;
use crate::context::UpdatePackage;

/// Kinds whose lists are read: what must be refused for its date alone, and what is taken besides.
const READ: [&str; 2] = ["stale", "newer"];

/// Until when the list of a lent package is valid.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Freshness {
    /// Kind of the package: `stale` or `newer`.
    pub kind: String,
    /// Its version.
    pub version: String,
    /// Until when, in RFC 3339; `None` where nothing that can be read stands there.
    pub expires: Option<String>,
    /// Seconds since then by the clock of the bench when the probe began; below 0 while the list is valid.
    pub past_seconds: Option<i64>,
}

impl Freshness {
    /// Seconds for which a list has to be out of date before it is offered: clocks of devices may be off by so much.
    pub const MARGIN_SECONDS: i64 = 24 * 3600;

    /// Its time is over, by more than clocks are off.
    pub fn is_over(&self) -> bool {
        self.past_seconds.is_some_and(|past| past >= Self::MARGIN_SECONDS)
    }
}

/// Of the packages of the mechanism; nothing where the declaration names no place.
pub(crate) fn of(params: &Params, packages: &[UpdatePackage], now: Timestamp) -> Vec<Freshness> {
    let (Some(key), Some(list)) = (&params.expires_key, &params.manifest) else { return Vec::new() };
    let of_kind =
        |kind: &str| packages.iter().find(|package| package.mechanism == params.row && package.kind == kind);
    let read = READ.iter().filter_map(|kind| of_kind(kind));
    read.map(|package| {
        let expires = package.files.get(list).and_then(|list| until(list, key));
        Freshness {
            kind: package.kind.clone(),
            version: package.version.clone(),
            expires: expires.map(|until| until.to_string()),
            past_seconds: expires.map(|until| now.as_second().saturating_sub(until.as_second())),
        }
    })
    .collect()
}

/// The one date under a key of a list; `None` where there is none, or more than one that differ.
fn until(list: &[u8], key: &str) -> Option<Timestamp> {
    let mut found = Vec::new();
    collect(&serde_json::from_slice(list).ok()?, key, &mut found);
    found.dedup();
    match found[..] {
        [one] => one,
        _ => None,
    }
}

/// Every value under a key, also in texts that are JSON themselves, as signed statements often are.
fn collect(value: &Value, key: &str, found: &mut Vec<Option<Timestamp>>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                if name == key {
                    found.push(time(value));
                } else {
                    collect(value, key, found);
                }
            }
        }
        Value::Array(all) => all.iter().for_each(|value| collect(value, key, found)),
        Value::String(text) if text.starts_with('{') => {
            if let Ok(inner) = serde_json::from_str(text) {
                collect(&inner, key, found);
            }
        }
        _ => {}
    }
}

/// RFC 3339, or whole seconds since 1970.
fn time(value: &Value) -> Option<Timestamp> {
    match value {
        Value::String(text) => text.parse().ok(),
        Value::Number(seconds) => Timestamp::from_second(seconds.as_i64()?).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATE: &str = "2025-06-30T00:00:00Z";

    #[test]
    fn a_date_is_found_wherever_it_stands_and_in_either_writing() {
        let date = Some(DATE.parse::<Timestamp>().unwrap());
        for list in [
            r#"{"expires":"2025-06-30T00:00:00Z"}"#,
            r#"{"signed":{"expires":"2025-06-30T02:00:00+02:00","version":"expires"},"signatures":[]}"#,
            r#"{"statement":"{\"newest\":\"2\",\"expires\":1751241600}","signature":"00"}"#,
            r#"{"roles":[{"expires":1751241600},{"expires":"2025-06-30T00:00:00Z"}]}"#,
        ] {
            assert_eq!(until(list.as_bytes(), "expires"), date, "{list}");
        }
    }

    #[test]
    fn what_is_no_one_date_is_none() {
        for list in [
            r#"{"until":"2025-06-30T00:00:00Z"}"#,
            r#"{"expires":"soon"}"#,
            r#"{"expires":"2025-06-30"}"#,
            r#"{"expires":null}"#,
            r#"{"expires":1.5}"#,
            r#"{"expires":9999999999999999}"#,
            r#"{"roles":[{"expires":"2025-06-30T00:00:00Z"},{"expires":"2026-06-30T00:00:00Z"}]}"#,
            "{\"expires\":",
        ] {
            assert_eq!(until(list.as_bytes(), "expires"), None, "{list}");
        }
    }

    #[test]
    fn a_list_is_over_only_by_more_than_clocks_are_off() {
        let at = |past_seconds| Freshness {
            kind: "stale".to_owned(),
            version: "2.0".to_owned(),
            expires: None,
            past_seconds,
        };
        assert!(at(Some(Freshness::MARGIN_SECONDS)).is_over());
        assert!(!at(Some(Freshness::MARGIN_SECONDS - 1)).is_over());
        assert!(!at(Some(-5)).is_over() && !at(None).is_over());
    }
}
