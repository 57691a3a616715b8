//! What the cases on the log of security events have in common: the declared log, and how it was looked at.

use ixit::Blame;
use ixit::plus::SecurityLog;
use probes::probe::security_log::{LogSeen, Reading};

use crate::Facts;
use crate::facts::Recorded;
use crate::judge::{ItemResult, RestsOn};
use crate::observing::security_log::is_driven;
use crate::reason::Reason;
use crate::verdict::Verdict;

/// Probe that looks at the log.
pub(super) const PROBE: &str = "security-log";
/// Where it is declared.
pub(super) const DECLARED: &str = "declaration:plus.toml#security_log";

/// Judges the log by each time that it was looked at; what is not declared or was not looked at is said so.
pub(super) fn judge(
    facts: &Facts<'_>,
    of: impl Fn(&SecurityLog, &Recorded, &LogSeen) -> Vec<ItemResult>,
) -> Vec<ItemResult> {
    let Some(log) = &facts.declaration.plus.security_log else {
        return vec![open("plus-log-not-declared", RestsOn::Declared).blame(Blame::Documentation)];
    };
    if !is_driven(log) {
        let result = open("plus-log-not-driven", RestsOn::Declared).blame(Blame::Lab);
        return vec![result.declared(DECLARED.to_owned())];
    }
    let seen: Vec<(&Recorded, LogSeen)> = facts.results(PROBE);
    if seen.is_empty() {
        let result = open("plus-log-not-looked-at", RestsOn::Observed).blame(Blame::Lab);
        return vec![result.declared(DECLARED.to_owned())];
    }
    seen.iter().flat_map(|(recorded, seen)| of(log, recorded, seen)).collect()
}

fn open(code: &str, rests_on: RestsOn) -> ItemResult {
    ItemResult::machine("-", Verdict::Inconclusive, rests_on, Reason::new(code).expected_by("plus"))
}

/// A result on an item, from one look at the log.
pub(super) fn seen(
    recorded: &Recorded,
    item: &str,
    verdict: Verdict,
    reason: Reason,
    place: impl Into<String>,
) -> ItemResult {
    ItemResult::machine(item, verdict, RestsOn::Observed, reason.expected_by("plus"))
        .seen_in(recorded.state(), recorded.sample())
        .evidence(recorded.at(place))
        .declared(DECLARED.to_owned())
        .effort(&recorded.observation.effort)
}

/// Whether there were records to read at all; else the result that says why nothing is known.
pub(super) fn unread(recorded: &Recorded, read: &LogSeen) -> Option<ItemResult> {
    let records = |reading: &Option<Reading>| reading.as_ref().and_then(|reading| reading.records);
    if records(&read.before).is_some() {
        return None;
    }
    let status = read.before.as_ref().map_or_else(|| "-".to_owned(), |reading| reading.status.to_string());
    let reason = Reason::new("plus-log-not-read").with("reader", &read.reader).with("status", status);
    let blame = match entered(read) && read.before.is_some() {
        true => Blame::DeviceOrDocumentation,
        false => Blame::Lab,
    };
    Some(seen(recorded, "-", Verdict::Inconclusive, reason, "before").blame(blame))
}

/// Whether the reader got in.
pub(super) fn entered(read: &LogSeen) -> bool {
    matches!(read.reader.as_str(), "logged-in" | "sent-along" | "open")
}

/// What went wrong, in the words of the probe.
pub(super) fn trouble(recorded: &Recorded) -> &str {
    recorded.observation.trouble.as_deref().unwrap_or("-")
}

/// Looks at a log, for the tests of the cases.
#[cfg(test)]
pub(super) mod examples {
    use super::*;
    use probes::probe::security_log::{Attempt, EventSeen};

    use crate::test_facts::{Seen, TestFacts};

    /// A declared log.
    pub(in crate::plus) const DECLARED: &str = r#"[security_log]
read = { kind = "http", port = 8443, tls = true, target = "/api/log", who = ["AuthMech-ApiToken"] }
events = ["login", "login-failed"]
mentions = { login = "login", login-failed = "refused" }
time = "at"
"#;

    /// A reading of a log with three records.
    pub(in crate::plus) fn reading() -> Reading {
        Reading {
            status: 200,
            tls: true,
            cut: false,
            records: Some(3),
            stamped: 3,
            ahead_seconds: Some(0),
            kept: None,
        }
    }

    fn attempt(account: Option<&str>, aim: &str, method: &str) -> Attempt {
        Attempt {
            subject: if account.is_some() { "user" } else { "nobody" }.to_owned(),
            account: account.map(str::to_owned),
            aim: aim.to_owned(),
            method: method.to_owned(),
            target: "/api/log".to_owned(),
            declared: aim == "read",
            status: Some(401),
            done: Some(false),
            gone: 0,
        }
    }

    /// What a sound device shows.
    pub(in crate::plus) fn sound() -> LogSeen {
        let event = |name: &str, record: &str| EventSeen {
            name: name.to_owned(),
            caused: true,
            note: "200".to_owned(),
            new_records: 1,
            record: Some(record.to_owned()),
        };
        let tried = |account: Option<&'static str>, reads: bool| {
            let read = reads.then(|| attempt(account, "read", "GET"));
            let ways = [("delete", "DELETE"), ("write", "PUT"), ("write", "PATCH"), ("write", "POST")];
            let others = ways.map(|(aim, method)| attempt(account, aim, method));
            read.into_iter().chain(others)
        };
        LogSeen {
            reader: "logged-in".to_owned(),
            before: Some(reading()),
            after: Some(reading()),
            export: None,
            events: vec![event("login", "login"), event("login-failed", "login refused")],
            attempts: tried(None, true).chain(tried(Some("AuthMech-ApiToken"), false)).collect(),
        }
    }

    /// The results of a case on what was seen; `None` for no look at the log.
    pub(in crate::plus) fn judged(
        case: &crate::plus::PlusCase,
        declared: &str,
        seen: Option<LogSeen>,
    ) -> Vec<ItemResult> {
        judged_as(case, declared, seen.map(|seen| Seen::by(PROBE, seen)))
    }

    /// The same with an observation of another outcome.
    pub(in crate::plus) fn judged_as(
        case: &crate::plus::PlusCase,
        declared: &str,
        seen: Option<Seen>,
    ) -> Vec<ItemResult> {
        let mut facts = TestFacts::beyond("", declared);
        if let Some(seen) = seen {
            facts = facts.observed(seen);
        }
        (case.judge)(&facts.facts())
    }

    /// Verdicts and codes by item.
    pub(in crate::plus) fn told(results: &[ItemResult]) -> Vec<(&str, Verdict, &str)> {
        results.iter().map(|one| (one.item.as_str(), one.verdict, one.reason.code.as_str())).collect()
    }

    /// Holds a case to what all three say of a log that is not declared, not driven, not looked at or not read.
    pub(in crate::plus) fn holds_open(case: &crate::plus::PlusCase) {
        let open = |code| vec![("-", Verdict::Inconclusive, code)];
        assert_eq!(told(&judged(case, "", Some(sound()))), open("plus-log-not-declared"));
        let other = DECLARED.replace("\"http\"", "\"coap\"");
        assert_eq!(told(&judged(case, &other, None)), open("plus-log-not-driven"));
        assert_eq!(told(&judged(case, DECLARED, None)), open("plus-log-not-looked-at"));
        let nothing = LogSeen { reader: "no-credential".to_owned(), ..LogSeen::default() };
        let results = judged(case, DECLARED, Some(nothing));
        assert_eq!((told(&results), results[0].blame), (open("plus-log-not-read"), Some(Blame::Lab)));
    }
}
