//! `plus.toml`: one section for each kind of case beyond the standard that wants to know something of its own.

use crate::complaints::{Complaints, excerpt};
use crate::described::{Described as _, check_keys};
use crate::node::Node;
use crate::plus::{Plus, SecurityLog};

/// Sections.
const KEYS: &[&str] = &["security_log"];

/// Reads what is there.
pub(super) fn read(root: Option<&Node>, to: &mut Complaints) -> Plus {
    let mut plus = Plus::default();
    let Some(root) = root else { return plus };
    check_keys(root, KEYS, to);
    if let Some(entry) = root.entry("security_log") {
        plus.security_log = SecurityLog::read(&entry.node, to);
    }
    if let Some(log) = &plus.security_log {
        check(log, to);
    }
    plus
}

/// Texts and causes are given for events that the log is said to hold, so that a slip in a name is not an event left out.
fn check(log: &SecurityLog, to: &mut Complaints) {
    let named = log.mentions.keys().map(|event| ("mentions", event));
    let named = named.chain(log.cause.keys().map(|event| ("cause", event)));
    for (key, event) in named.filter(|(_, event)| !log.events.contains(event)) {
        let message = format!("{key} speaks of \"{}\", which events does not name", excerpt(event));
        let help = match log.events.is_empty() {
            true => "Name the kinds of events that the log holds in events".to_owned(),
            false => format!("Events of this log: {}", log.events.join(", ")),
        };
        to.error("dangling-reference", &log.at, message, Some(help));
    }
}

#[cfg(test)]
mod tests {
    use crate::declaration::SourceFile;
    use crate::{Declaration, Reading};

    fn reading(plus: &str) -> Reading {
        let files = [("plus.toml", plus), ("ics.toml", "edition = \"en303645-2.1.1\"\n"), ("ixit.toml", "")];
        let files = files.map(|(name, text)| SourceFile::new(name, text.as_bytes().to_vec()));
        Declaration::from_sources(files.to_vec(), Vec::new())
    }

    fn errors(plus: &str) -> Vec<(String, u32)> {
        let of = |diagnostic: &crate::Diagnostic| &*diagnostic.at.file == "plus.toml";
        reading(plus).diagnostics.into_iter().filter(of).map(|one| (one.code, one.at.line)).collect()
    }

    const SOUND: &str = r#"[security_log]
read = { kind = "http", port = 8443, tls = true, target = "/api/log", who = ["AuthMech-ApiToken"] }
events = ["login", "login-failed"]
mentions = { login = "login", login-failed = ["login", "refused"] }
records = "records"
time = "at"
"#;

    #[test]
    fn the_log_is_read_and_the_file_comes_last() {
        let declaration = reading(SOUND).declaration.expect("in order");
        let log = declaration.plus.security_log.expect("declared");
        assert_eq!((log.read.target.as_str(), log.at.line), ("/api/log", 1));
        assert!(log.restricted && log.erase.is_empty() && log.write.is_empty() && log.push.is_none());
        assert_eq!(log.mentions["login"], ["login"]);
        assert_eq!(log.mentions["login-failed"], ["login", "refused"]);
        assert_eq!(log.appears_seconds, 5);
        let names: Vec<&str> = declaration.files.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(names, ["ics.toml", "ixit.toml", "plus.toml"]);
    }

    #[test]
    fn slips_are_told_with_their_line_and_none_is_needed() {
        assert_eq!(errors(SOUND), []);
        assert_eq!(errors(""), []);
        assert!(reading("").declaration.expect("in order").plus.security_log.is_none());
        let slip = |from: &str, to: &str| errors(&SOUND.replace(from, to));
        assert_eq!(slip("[security_log]", "[securty_log]"), [("unknown-key".to_owned(), 1)]);
        assert_eq!(slip("time =", "stamp ="), [("unknown-key".to_owned(), 6)]);
        assert_eq!(
            slip("[\"login\", ", "[\"log-in\", "),
            [("dangling-reference".to_owned(), 1), ("bad-value".to_owned(), 3)]
        );
        assert_eq!(
            slip("mentions = { login =", "mentions = { logn ="),
            [("dangling-reference".to_owned(), 1)]
        );
    }
}
