//! The declared security events stand in the log: each is brought about, and its record looked for.

use ixit::Blame;
use ixit::plus::SecurityLog;
use probes::probe::security_log::{EventSeen, LogSeen};

use crate::Facts;
use crate::facts::Recorded;
use crate::judge::ItemResult;
use crate::plus::{PlusCase, security_log};
use crate::reason::Reason;
use crate::verdict::Verdict;

/// The case.
pub static CASE: PlusCase = PlusCase {
    id: "plus-log-events",
    needs: &[security_log::PROBE],
    machine_can: &[Verdict::Pass, Verdict::Fail],
    judge,
};

/// The event that no log of security events does without.
const LEAST: &str = "login-failed";

fn judge(facts: &Facts<'_>) -> Vec<ItemResult> {
    security_log::judge(facts, of_log)
}

fn of_log(log: &SecurityLog, recorded: &Recorded, seen: &LogSeen) -> Vec<ItemResult> {
    if let Some(unread) = security_log::unread(recorded, seen) {
        return vec![unread];
    }
    let mut results: Vec<ItemResult> = log
        .events
        .iter()
        .map(|name| match seen.events.iter().position(|event| event.name == *name) {
            Some(at) => of_event(log, recorded, at, &seen.events[at]),
            None => not_caused(recorded, name, security_log::trouble(recorded), "events"),
        })
        .collect();
    if !log.events.iter().any(|name| name == LEAST) {
        let reason = Reason::new("plus-log-failed-login-not-declared");
        let result = security_log::seen(recorded, LEAST, Verdict::Inconclusive, reason, "events");
        results.push(result.blame(Blame::Documentation));
    }
    results
}

fn of_event(log: &SecurityLog, recorded: &Recorded, at: usize, event: &EventSeen) -> ItemResult {
    let place = format!("events/{at}");
    let texts = log.mentions.get(&event.name).map(|texts| texts.join(", ")).unwrap_or_default();
    let reason = |code: &str| Reason::new(code).with("event", &event.name).with("texts", &texts);
    if let Some(record) = event.record.as_ref().filter(|_| event.caused && !texts.is_empty()) {
        let reason = reason("plus-log-event-recorded").with("record", record);
        return security_log::seen(recorded, &event.name, Verdict::Pass, reason, place);
    }
    if !event.caused {
        return not_caused(recorded, &event.name, &event.note, &place);
    }
    if texts.is_empty() {
        let reason = reason("plus-log-event-without-text");
        let result = security_log::seen(recorded, &event.name, Verdict::Inconclusive, reason, place);
        return result.blame(Blame::Documentation);
    }
    let reason =
        reason("plus-log-event-missing").with("new", event.new_records).with("seconds", log.appears_seconds);
    security_log::seen(recorded, &event.name, Verdict::Fail, reason, place).blame(Blame::Device)
}

fn not_caused(recorded: &Recorded, event: &str, why: &str, place: &str) -> ItemResult {
    let reason = Reason::new("plus-log-event-not-caused").with("event", event).with("why", why);
    security_log::seen(recorded, event, Verdict::Inconclusive, reason, place).blame(Blame::Lab)
}

#[cfg(test)]
mod tests {
    use super::security_log::examples::{DECLARED, holds_open, judged, sound, told};
    use super::*;

    fn codes(declared: &str, change: impl Fn(&mut LogSeen)) -> Vec<(String, Verdict, String)> {
        let mut seen = sound();
        change(&mut seen);
        let results = judged(&CASE, declared, Some(seen));
        assert!(results.iter().all(|result| !result.evidence.is_empty() && result.effort.is_some()));
        let owned = |(item, verdict, code): &(&str, Verdict, &str)| {
            ((*item).to_owned(), *verdict, (*code).to_owned())
        };
        told(&results).iter().map(owned).collect()
    }

    fn of(item: &str, verdict: Verdict, code: &str) -> (String, Verdict, String) {
        (item.to_owned(), verdict, code.to_owned())
    }

    #[test]
    fn events_are_recorded_or_missing() {
        let good = |item| of(item, Verdict::Pass, "plus-log-event-recorded");
        assert_eq!(codes(DECLARED, |_| {}), [good("login"), good("login-failed")]);
        let missing = codes(DECLARED, |seen| (seen.events[1].record, seen.events[1].new_records) = (None, 0));
        assert_eq!(missing, [good("login"), of("login-failed", Verdict::Fail, "plus-log-event-missing")]);
    }

    #[test]
    fn what_was_not_brought_about_or_cannot_be_told_is_open() {
        let open = |item, code| of(item, Verdict::Inconclusive, code);
        let not_caused = codes(DECLARED, |seen| seen.events[1].caused = false);
        assert_eq!(not_caused[1], open("login-failed", "plus-log-event-not-caused"));
        let stopped = codes(DECLARED, |seen| seen.events.truncate(1));
        assert_eq!(stopped[1], open("login-failed", "plus-log-event-not-caused"));
        let without = DECLARED.replace(", login-failed = \"refused\"", "");
        assert_eq!(codes(&without, |_| {})[1], open("login-failed", "plus-log-event-without-text"));
        let fewer = without.replace(", \"login-failed\"", "");
        assert_eq!(codes(&fewer, |_| {})[1], open("login-failed", "plus-log-failed-login-not-declared"));
        holds_open(&CASE);
    }
}
