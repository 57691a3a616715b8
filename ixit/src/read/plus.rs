//! `plus.toml`: one section for each kind of case beyond the standard that wants to know something of its own.

use crate::complaints::{Complaints, excerpt};
use crate::described::{Described as _, check_keys};
use crate::node::Node;
use crate::plus::{FRESHNESS, Plus, RemoteOperation, SecurityLog};

/// Sections.
const KEYS: &[&str] = &["security_log", "remote_operation"];

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
    if let Some(entry) = root.entry("remote_operation") {
        plus.remote_operation = RemoteOperation::read(&entry.node, to);
    }
    if let Some(remote) = &plus.remote_operation {
        check_orders(remote, to);
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

/// A repeated order shows only where another one took effect in between, and what nothing shows cannot be looked for.
fn check_orders(remote: &RemoteOperation, to: &mut Complaints) {
    let mut refuse = |message: &str, help: &str| {
        to.error("bad-value", &remote.at, message, Some(help.to_owned()));
    };
    let differ = matches!(&*remote.order, [one, other, ..] if one.shows != other.shows);
    if !differ {
        let help = "Name two orders that show in different ways: whether one is obeyed twice shows only so";
        refuse("order names fewer than two orders with different effects", help);
    }
    let orders = || remote.order.iter().chain(&remote.stop);
    let operations = remote.local.iter().chain(&remote.release).map(|operation| &operation.shows);
    let mut shows = orders().map(|order| &order.shows).chain(operations);
    if shows.any(|texts| texts.iter().all(|text| text.trim().is_empty())) {
        let help = "Name in shows the texts that the state holds when it has taken effect";
        refuse("an order or operation shows nothing", help);
    }
    let known = remote.freshness.as_ref().filter(|name| FRESHNESS.contains(&name.as_str()));
    let Some(freshness) = known else { return };
    let mark = format!("{{{freshness}}}");
    if !orders().all(|order| order.says.contains(&mark)) {
        let help =
            format!("Put {mark} into every order where its {freshness} stands, or leave freshness out");
        refuse(&format!("freshness is \"{freshness}\", and an order has no {mark}"), &help);
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

    const REMOTE: &str = r#"[remote_operation]
through = "ComMech-Cloud"
topic = "heater/{serial}/order"
seen = { kind = "http", port = 8443, tls = true, target = "/api/status", who = ["AuthMech-ApiToken"] }
freshness = "number"
order = [
  { says = '{"number": {number}, "target": 45}', shows = '"target":45' },
  { says = '{"number": {number}, "target": 46}', shows = '"target":46' },
]
"#;

    #[test]
    fn remote_operation_is_read() {
        let declaration = reading(REMOTE).declaration.expect("in order");
        let remote = declaration.plus.remote_operation.expect("declared");
        assert_eq!((remote.order.len(), remote.takes_seconds, remote.at.line), (2, 5, 1));
        assert!(remote.stop.is_none() && remote.local.is_empty() && remote.release.is_none());
        assert_eq!(remote.order[1].shows, ["\"target\":46"]);
    }

    #[test]
    fn orders_that_could_not_be_told_apart_are_told() {
        assert_eq!(errors(REMOTE), []);
        let slip = |from: &str, to: &str| errors(&REMOTE.replace(from, to));
        let told = [("bad-value".to_owned(), 1)];
        assert_eq!(slip("shows = '\"target\":46'", "shows = '\"target\":45'"), told);
        assert_eq!(slip("shows = '\"target\":46'", "shows = []"), told);
        assert_eq!(slip("{number}, \"target\": 46", "7, \"target\": 46"), told);
        assert_eq!(slip("freshness = \"number\"", "freshness = \"luck\""), [("bad-value".to_owned(), 5)]);
    }
}
