//! A first declaration from what a live device showed: a folder to fill in whose rows carry
//! `origin = "observed"`, so that they declare nothing until the supplier confirms them.
//!
//! Prose stays a placeholder: what was seen stands in comments and companions, and the words of the
//! declaration are the supplier's.

mod questions;
mod rows;

use crate::companion::{LoginKind, Transport};
use crate::edition::Edition;
use crate::sheet::toml_text;
use crate::template::{self, Language};

/// What was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// Address at which the device was looked at.
    pub address: String,
    /// Day, ISO 8601.
    pub date: String,
    /// Model that the device tells.
    pub model: Option<String>,
    /// Firmware version that the device tells.
    pub firmware: Option<String>,
    /// Where the device tells who it is.
    pub identity: Option<FoundIdentity>,
    /// Services that answer, each at its port.
    pub services: Vec<FoundService>,
    /// What was tried, in words, one line a probe.
    pub tried: Vec<String>,
    /// What nobody knows, in words: silence, what was left out, what went wrong.
    pub unknown: Vec<String>,
}

/// Where the device tells who it is, as `[dut.identity]` of the ICS has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundIdentity {
    /// `http` or `https`.
    pub application: String,
    /// TCP port.
    pub port: u16,
    /// Path of a JSON object.
    pub path: String,
}

/// A service that answers.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundService {
    /// Transport.
    pub transport: Transport,
    /// Port.
    pub port: u16,
    /// Application protocol as in an endpoint (`https`, `mdns`); `None` where nothing was recognized.
    pub application: Option<String>,
    /// What answered, in one line.
    pub seen: String,
    /// TLS, where it is spoken.
    pub tls: Option<FoundTls>,
    /// Ways to log in.
    pub logins: Vec<FoundLogin>,
    /// What it tells without authentication.
    pub disclosed: Vec<FoundDisclosure>,
}

/// What a TLS server offers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FoundTls {
    /// Versions offered, e.g. `1.2`.
    pub versions: Vec<String>,
    /// Suites by IANA name.
    pub suites: Vec<String>,
    /// Key of the certificate, e.g. `EC-256`.
    pub certificate_key: Option<String>,
}

/// A way to log in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundLogin {
    /// Short name, part of the id of the row, e.g. `form`, `ssh`.
    pub name: String,
    /// What was seen, in one line.
    pub seen: String,
    /// Factor, where it was seen for certain: `password` or `token`.
    pub factor: Option<String>,
    /// Kind and path by which a program can log in, where both are known.
    pub login: Option<(LoginKind, String)>,
}

/// Something told without authentication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundDisclosure {
    /// Kind, as in the companion `disclosed`: `model`, `serial` …, `other`.
    pub item: String,
    /// Value.
    pub value: String,
    /// Where it was told.
    pub place: String,
}

/// The files of a drafted folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drafted {
    /// `ics.toml`.
    pub ics: String,
    /// `ixit.toml`.
    pub ixit: String,
    /// `questions.md`: what only the supplier can say.
    pub questions: String,
    /// Rows written.
    pub rows: usize,
    /// Questions put.
    pub open: usize,
}

impl FoundService {
    /// Name as an item, `tcp/8443`.
    pub fn item(&self) -> String {
        format!("{}/{}", self.transport.as_str(), self.port)
    }
}

/// Drafts a declaration. The texts are in English; the same findings give the same bytes.
pub fn draft(edition: Edition, found: &Found) -> Drafted {
    let rows = rows::of(edition, found);
    let (questions, open) = questions::text(edition, found, &rows);
    let intro = format!(
        "# Drafted from what the device at {} showed on {}. Rows with origin = \"observed\" declare nothing:\n\
         # replace every \"...\", answer questions.md, and take the line origin out of each row that holds.\n#\n",
        plain(&found.address),
        plain(&found.date)
    );
    let ixit = template::ixit_with(edition, Language::En, |table| {
        rows.iter().filter(|row| row.table == table.key).map(rows::DraftRow::text).collect()
    });
    Drafted {
        ics: format!("{intro}{}", ics(edition, found)),
        ixit: format!("{intro}{ixit}"),
        questions,
        rows: rows.len(),
        open,
    }
}

/// The ICS of a folder to fill in, with what the device tells of itself.
fn ics(edition: Edition, found: &Found) -> String {
    let mut text = template::ics(edition, Language::En);
    let mut fill = |key: &str, value: &Option<String>| {
        if let Some(value) = value {
            let line = format!("{key} = {}   # as the device tells\n", quoted(value));
            text = text.replacen(&format!("\n{key} = \"...\"\n"), &format!("\n{line}"), 1);
        }
    };
    fill("model", &found.model);
    fill("firmware", &found.firmware);
    if let Some(identity) = &found.identity {
        let given = format!(
            "\nidentity = {{ application = {}, port = {}, path = {} }}\n",
            quoted(&identity.application),
            identity.port,
            quoted(&identity.path)
        );
        if let Some(start) = text.find("\n#identity = ") {
            let end = text[start + 1..].find('\n').map_or(text.len(), |end| start + 2 + end);
            text.replace_range(start..end, &given);
        }
    }
    text
}

/// A text as a TOML value.
fn quoted(text: &str) -> String {
    toml_text::inline(&serde_json::Value::from(text))
}

/// One line that can stand in a comment: what comes from a device is hostile.
fn plain(text: &str) -> String {
    const LONGEST: usize = 240;
    let mut line: String = text
        .chars()
        .map(|letter| if letter.is_control() || is_hidden(letter) { '.' } else { letter })
        .take(LONGEST)
        .collect();
    if text.chars().count() > LONGEST {
        line.push('…');
    }
    line
}

/// Characters that turn the writing direction, break a line or show nothing.
fn is_hidden(letter: char) -> bool {
    matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests;
