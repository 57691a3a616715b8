//! The open questions of a draft, for the supplier: what nobody can see from outside.

use std::fmt::Write as _;

use super::rows::{DraftRow, is_drafted};
use super::{Found, plain};
use crate::edition::Edition;
use crate::table::{Field, Table, tables};

/// Questions on a companion, where nothing outside of the device tells it.
const COMPANION_QUESTIONS: &[(&str, &str, &str)] = &[
    ("auth_mech", "subject", "Who is authenticated: a user or another machine?"),
    (
        "auth_mech",
        "factor",
        "Which factor is it, is it preset, does the user choose it, is it in use outside of factory default?",
    ),
    (
        "auth_mech",
        "login",
        "How does a program log in: kind, path, names of the fields, a page that needs the login?",
    ),
    ("auth_mech", "brute_force", "After how many failures does it lock, and for how long?"),
    ("com_mech", "remotely_accessible", "Can it be reached from outside of the local network?"),
    ("com_mech", "associated_service", "Is the peer an associated service?"),
    ("soft_serv", "network_accessible_in", "In which states is it reachable: factory default, initialized?"),
    ("intf", "is_air", "Is it over the air?"),
    ("intf", "exposure", "Does it have to be exposed: always, now and then, never?"),
];

/// The text, and how many questions it holds.
pub(super) fn text(edition: Edition, found: &Found, rows: &[DraftRow]) -> (String, usize) {
    let mut page = Page { text: String::new(), open: 0 };
    page.line("# Open questions\n");
    page.line(&format!(
        "The device at {} was looked at on {}. What it showed stands in `ixit.toml`, in rows with \
         `origin = \"observed\"`. Such a row declares nothing: a device is assessed against what its supplier \
         says. For each row answer the questions below, replace every `\"...\"`, and take the line `origin` \
         out. A row that should not be there is a service that should not be there.\n",
        code(&found.address),
        code(&found.date)
    ));
    page.line("`hantei check` names what is still open.\n");
    page.device(found);
    for table in tables(edition).iter().filter(|table| is_drafted(table)) {
        page.rows(table, rows);
    }
    page.not_seen(found);
    page.other_tables(edition, rows);
    page.line("## What was tried\n");
    for tried in &found.tried {
        page.line(&format!("- {}", code(tried)));
    }
    (page.text, page.open)
}

struct Page {
    text: String,
    open: usize,
}

impl Page {
    fn line(&mut self, line: &str) {
        writeln!(self.text, "{line}").expect("a String takes any text");
    }

    fn question(&mut self, question: &str) {
        self.open += 1;
        self.line(&format!("- [ ] {question}"));
    }

    fn device(&mut self, found: &Found) {
        self.line("## The device (`ics.toml`)\n");
        let told = |value: &Option<String>| match value {
            Some(value) => format!("The device tells {}; is that right?", code(value)),
            None => "The device does not tell.".to_owned(),
        };
        self.question(&format!("Model (`model`): {}", told(&found.model)));
        self.question(&format!("Firmware version (`firmware`): {}", told(&found.firmware)));
        self.question("Manufacturer, hardware version, associated services, app, variants.");
        if found.identity.is_none() {
            self.question("Where does the device tell model, serial number and firmware (`identity`)?");
        }
        self.question("Support of each provision, with how it is met or why it is left out.");
        self.line("");
    }

    fn rows(&mut self, table: &Table, rows: &[DraftRow]) {
        let mut rows = rows.iter().filter(|row| row.table == table.key).peekable();
        if rows.peek().is_none() {
            return;
        }
        self.line(&format!("## {}: {} (`{}`)\n", table.id, table.title, table.key));
        for row in rows {
            self.line(&format!("### {}\n", row.id));
            for seen in &row.seen {
                self.line(&format!("Seen: {}\n", code(seen)));
            }
            for field in &row.open {
                self.question(&of_field(field));
            }
            for (_, key, question) in COMPANION_QUESTIONS.iter().filter(|(of, ..)| *of == table.key) {
                let known = row.known.iter().any(|(known, _)| known == key);
                // A factor is known in part only.
                if !known || *key == "factor" {
                    self.question(&format!("`{key}`: {question}"));
                }
            }
            if row.known.iter().any(|(key, _)| *key == "disclosed") {
                self.question("`disclosed`: Which of it is security-relevant, and why is it told before a login? The draft only guesses.");
            }
            self.line("");
        }
    }

    fn not_seen(&mut self, found: &Found) {
        self.line("## What cannot be seen from here\n");
        for unknown in &found.unknown {
            self.question(&code(unknown));
        }
        for question in [
            "Interfaces over the air (Bluetooth LE, Zigbee, Thread and the like), with their services.",
            "Physical interfaces: connectors, debug contacts, keys, displays (`intf`).",
            "Connections that the device opens by itself: cloud, updates, time (`com_mech`, role client).",
            "Services that answer in another state than this one only: factory default, initialization, after an update.",
            "Services that answer on other addresses of the device, or to its own app only.",
        ] {
            self.question(question);
        }
        self.line("");
    }

    fn other_tables(&mut self, edition: Edition, rows: &[DraftRow]) {
        self.line("## Tables that nobody can fill from outside\n");
        self.line("Fill each, or say in `[empty]` why it has no rows.\n");
        for table in tables(edition) {
            if rows.iter().all(|row| row.table != table.key) {
                self.question(&format!("{}: {} (`{}`)", table.id, table.title, table.key));
            }
        }
        self.line("");
    }
}

fn of_field(field: &Field) -> String {
    let when = field.filled_if.as_ref().filter(|_| !field.required);
    let when = when.map(|when| format!(" (to be filled: {when})")).unwrap_or_default();
    format!("{} (`{}`){when}: {}", field.name, field.key, field.meaning)
}

/// Text of a device as code, in which Markdown interprets nothing.
fn code(text: &str) -> String {
    format!("`{}`", plain(text).replace('`', "'").trim())
}

/// Every companion that a question names is one of its table.
#[cfg(test)]
#[test]
fn questions_on_companions_are_of_their_tables() {
    for (table, key, _) in COMPANION_QUESTIONS {
        let table = crate::table::table(Edition::En303645V2_1_1, table).expect("a table");
        assert!(table.companions.iter().any(|companion| companion == key), "{}: {key}", table.key);
        assert!(crate::companion::description(key).is_some(), "{key}");
    }
}
