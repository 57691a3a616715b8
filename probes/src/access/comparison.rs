//! Whether an answer lets somebody in: read from its status, and from what it says beside what others get.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::http::HttpAnswer;
use crate::http::page_text::{has_password_field, page_text};

/// Words and leaves kept of one answer.
const KEPT_AT_MOST: usize = 4000;
/// Share of words in common from which two pages say the same.
const ALIKE: f64 = 0.7;

/// What is remembered of an answer.
#[derive(Clone, Debug)]
pub(crate) struct Impression {
    /// Status.
    pub(crate) status: u16,
    location: Option<String>,
    password_field: bool,
    /// Words with digits folded, or the keys of a JSON text.
    words: BTreeSet<String>,
    json: bool,
    /// Values with their places: what of them is another after a change shows it.
    pub(crate) values: BTreeSet<String>,
}

impl Impression {
    /// Of an answer.
    pub(crate) fn of(answer: &HttpAnswer) -> Self {
        let text = answer.text();
        let mut impression = Self {
            status: answer.status,
            location: answer
                .header("location")
                .map(|to| to.split(['?', '#']).next().unwrap_or(to).to_owned()),
            password_field: false,
            words: BTreeSet::new(),
            json: false,
            values: BTreeSet::new(),
        };
        if let Ok(value @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str::<Value>(&text) {
            impression.json = true;
            impression.take_in("", &value, 0);
            return impression;
        }
        impression.password_field = has_password_field(&text);
        for word in page_text(&text).split_whitespace().take(KEPT_AT_MOST) {
            let word = word.trim_matches(|letter: char| !letter.is_alphanumeric());
            if !word.is_empty() {
                impression.words.insert(fold(word));
                impression.values.insert(word.to_owned());
            }
        }
        impression
    }

    fn take_in(&mut self, place: &str, value: &Value, depth: usize) {
        if depth > 8 || self.values.len() >= KEPT_AT_MOST {
            return;
        }
        match value {
            Value::Object(fields) => {
                for (key, inner) in fields {
                    self.words.insert(key.clone());
                    self.take_in(&format!("{place}/{key}"), inner, depth + 1);
                }
            }
            Value::Array(items) => {
                for (index, inner) in items.iter().enumerate().take(100) {
                    self.take_in(&format!("{place}/{index}"), inner, depth + 1);
                }
            }
            Value::String(text) => {
                self.values.insert(format!("{place}={text}"));
            }
            other => {
                self.values.insert(format!("{place}={other}"));
            }
        }
    }

    /// Whether another answer says the same, apart from numbers.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        if self.json != other.json {
            return false;
        }
        let common = self.words.intersection(&other.words).count();
        let all = self.words.union(&other.words).count();
        if all == 0 { self.status == other.status } else { common as f64 / all as f64 >= ALIKE }
    }

    /// Whether somebody who may was let in; `stranger` is what nobody in particular gets there, `login` the
    /// login page.
    pub(crate) fn lets_in(&self, stranger: Option<&Self>, login: Option<&Self>) -> &'static str {
        match self.status {
            status if is_throttling(status) => "unclear",
            // A login page with status 200 is no way in; other pages ask for passwords too, to change them.
            200..=299 if self.is_login(login.or(stranger)) => "refused",
            200..=299 => "granted",
            300..=399 => match stranger {
                Some(stranger) if stranger.is_redirect() && stranger.location == self.location => "refused",
                Some(_) => "granted",
                None => "unclear",
            },
            400..=499 => "refused",
            _ => "unclear",
        }
    }

    /// Whether somebody who may not was let in; `entitled` is what somebody who may gets there.
    pub(crate) fn lets_stranger_in(&self, entitled: Option<&Self>, login: Option<&Self>) -> &'static str {
        match self.status {
            status if is_throttling(status) => "unclear",
            200..=299 => match entitled {
                Some(entitled) if self.is_like(entitled) => "granted",
                _ if self.is_login(login) => "refused",
                Some(entitled) if entitled.is_redirect() => "granted",
                Some(_) => "unclear",
                None => "granted",
            },
            300..=399 => match entitled {
                Some(entitled) if entitled.is_redirect() && entitled.location == self.location => "unclear",
                _ => "refused",
            },
            400..=499 => "refused",
            _ => "unclear",
        }
    }

    /// It asks for a password, and is the login page as far as that is known.
    fn is_login(&self, login: Option<&Self>) -> bool {
        self.password_field && login.is_none_or(|login| self.is_like(login))
    }

    /// What anybody may have is there, a login page too.
    pub(crate) fn is_there(&self) -> &'static str {
        match self.status {
            200..=399 => "granted",
            400..=499 if !is_throttling(self.status) => "refused",
            _ => "unclear",
        }
    }

    /// 2xx.
    pub(crate) fn is_success(&self) -> bool {
        (200..=299).contains(&self.status)
    }

    /// 2xx, and not the login page.
    pub(crate) fn is_open_page(&self, login: Option<&Self>) -> bool {
        self.is_success() && !self.is_login(login)
    }

    fn is_redirect(&self) -> bool {
        (300..=399).contains(&self.status)
    }

    /// Whether one of these values stands there and did not before.
    pub(crate) fn newly_shows(&self, before: &Self, written: &[String]) -> bool {
        written.iter().any(|value| {
            let shows = |all: &BTreeSet<String>| {
                all.iter()
                    .any(|seen| seen == value || seen.rsplit_once('=').is_some_and(|(_, tail)| tail == value))
            };
            shows(&self.values) && !shows(&before.values)
        })
    }
}

/// The value that a field has in an answer with places, e.g. `/target_celsius=42`.
pub(crate) fn value_of<'v>(values: &'v BTreeSet<String>, field: &str) -> Option<&'v str> {
    values.iter().find_map(|seen| {
        let (place, value) = seen.split_once('=')?;
        (place.rsplit('/').next() == Some(field)).then_some(value)
    })
}

fn is_throttling(status: u16) -> bool {
    matches!(status, 408 | 423 | 429 | 503)
}

fn fold(word: &str) -> String {
    let mut folded = String::new();
    for letter in word.chars().take(40) {
        if !letter.is_ascii_digit() {
            folded.extend(letter.to_lowercase());
        } else if !folded.ends_with('#') {
            folded.push('#');
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(status: u16, body: &str) -> Impression {
        Impression::of(&HttpAnswer {
            status,
            headers: if status == 303 { vec![("location".into(), body.into())] } else { Vec::new() },
            body: body.as_bytes().to_vec(),
            truncated: false,
            seconds: 0.0,
            chain: Vec::new(),
        })
    }

    const SETTINGS: &str =
        "<h1>Settings</h1><p>Target 42 degrees, last check today, change password <input type=password>";
    const LOGIN: &str = "<h1>Heater</h1><p>Who are you, please enter name and <input type=password>";

    #[test]
    fn a_page_of_settings_is_told_from_a_login_page_though_both_ask_for_a_password() {
        let (settings, login) = (seen(200, SETTINGS), seen(200, LOGIN));
        for known in [Some(&login), None] {
            assert_eq!(settings.lets_in(Some(&login), known), "granted");
            assert_eq!(login.lets_in(Some(&login), known), "refused");
            assert_eq!(login.lets_stranger_in(Some(&settings), known), "refused");
        }
        // Settings that are open to everybody are no login page, though they hold a field for a password.
        assert_eq!(settings.lets_in(Some(&settings), Some(&login)), "granted");
        assert!(settings.is_open_page(Some(&login)) && !login.is_open_page(Some(&login)));
        assert_eq!(
            seen(200, &SETTINGS.replace("42", "47")).lets_stranger_in(Some(&settings), None),
            "granted"
        );
        assert_eq!(seen(401, SETTINGS).lets_stranger_in(Some(&settings), None), "refused");
        assert_eq!(seen(200, "Something else").lets_stranger_in(Some(&settings), None), "unclear");
        assert_eq!(seen(200, "Something else").lets_stranger_in(None, None), "granted");
    }

    #[test]
    fn redirects_are_compared_by_where_they_lead() {
        let (to_login, to_settings) = (seen(303, "/login"), seen(303, "/settings"));
        assert_eq!(to_settings.lets_in(Some(&to_login), None), "granted");
        assert_eq!(to_login.lets_in(Some(&to_login), None), "refused");
        assert_eq!(to_login.lets_stranger_in(Some(&to_settings), None), "refused");
        assert_eq!(to_settings.lets_stranger_in(Some(&to_settings), None), "unclear");
        assert_eq!(seen(429, "").lets_stranger_in(None, None), "unclear");
    }

    #[test]
    fn a_written_value_shows_in_json_and_on_a_page() {
        let status =
            |celsius: u8| seen(200, &format!("{{\"heater\":{{\"target\":{celsius},\"on\":false}}}}"));
        let written = ["47".to_owned()];
        assert!(status(47).newly_shows(&status(42), &written));
        assert!(!status(47).newly_shows(&status(47), &written));
        assert!(!status(43).newly_shows(&status(42), &written));
        assert!(status(43).is_like(&status(42)));
        assert_eq!(value_of(&status(42).values, "target"), Some("42"));
        assert!(seen(200, "Target: 47.").newly_shows(&seen(200, "Target: 42."), &written));
    }
}
