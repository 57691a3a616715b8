//! The log leaves the device: those entitled can fetch it over a protected path, and its records say when; where the
//! device sends it of itself, that goes over a protected path too.

use ixit::Blame;
use ixit::companion::Endpoint;
use ixit::plus::SecurityLog;
use probes::probe::security_log::{LogSeen, Reading};
use probes::probe::tls_client::ClientFacts;

use crate::Facts;
use crate::facts::Recorded;
use crate::judge::{ItemResult, RestsOn};
use crate::plus::{PlusCase, security_log};
use crate::reason::Reason;
use crate::verdict::Verdict;

/// The case.
pub static CASE: PlusCase = PlusCase {
    id: "plus-log-export",
    needs: &[security_log::PROBE, "tls-client"],
    machine_can: &[Verdict::Pass, Verdict::Fail],
    judge,
};

/// Seconds by which the newest time stamp may differ from the time of reading, beyond what was declared for events to
/// appear: less than five minutes are told of no clock.
const OFF: i64 = 300;
/// Item of the way by which the log is fetched.
const FETCH: &str = "fetch";
/// Item of the way by which the device sends it.
const PUSH: &str = "push";

fn judge(facts: &Facts<'_>) -> Vec<ItemResult> {
    let mut results = security_log::judge(facts, |log, recorded, seen| vec![fetched(log, recorded, seen)]);
    let log = facts.declaration.plus.security_log.as_ref();
    results.extend(log.and_then(|log| log.push.as_ref()).map(|push| pushed(facts, push)));
    results
}

fn fetched(log: &SecurityLog, recorded: &Recorded, seen: &LogSeen) -> ItemResult {
    let way = log.export.as_ref().unwrap_or(&log.read);
    let had = |reading: &Reading| reading.records.is_some();
    let (reading, place) = match (&log.export, &seen.after) {
        (Some(_), _) => (&seen.export, "export"),
        // What could be read before and no longer afterwards was fetched all the same.
        (None, Some(after)) if had(after) || after.cut => (&seen.after, "after"),
        (None, _) => (&seen.before, "before"),
    };
    let result = |verdict: Verdict, reason: Reason| {
        let reason = reason.with("way", format!("{} {}", way.method, way.target));
        security_log::seen(recorded, FETCH, verdict, reason, place)
    };
    let Some(reading) = reading.as_ref().filter(|_| security_log::entered(seen)) else {
        return security_log::unread(recorded, seen).unwrap_or_else(|| {
            let reason = Reason::new("plus-log-not-fetched-by-run");
            result(Verdict::Inconclusive, reason.with("why", security_log::trouble(recorded)))
                .blame(Blame::Lab)
        });
    };
    if reading.cut {
        return result(Verdict::Inconclusive, Reason::new("plus-log-cut")).blame(Blame::Lab);
    }
    let Some(records) = reading.records else {
        let reason = Reason::new("plus-log-not-fetched").with("status", reading.status);
        return result(Verdict::Fail, reason).blame(Blame::DeviceOrDocumentation);
    };
    if records == 0 {
        return result(Verdict::Inconclusive, Reason::new("plus-log-empty")).blame(Blame::Lab);
    }
    if !reading.tls {
        return result(Verdict::Fail, Reason::new("plus-log-in-the-clear").with("port", way.port))
            .blame(Blame::Device);
    }
    if reading.stamped < records {
        let reason = Reason::new("plus-log-without-time")
            .with("records", records)
            .with("without", records - reading.stamped)
            .with("time", log.time.as_deref().unwrap_or("-"));
        return result(Verdict::Fail, reason).blame(Blame::DeviceOrDocumentation);
    }
    // The newest record is one that the run brought about, where it brought any about.
    let caused = seen.events.iter().any(|event| event.record.is_some());
    let ahead = reading.ahead_seconds.unwrap_or_default();
    if caused && ahead.abs() > OFF + i64::from(log.appears_seconds) || ahead > OFF {
        let reason = Reason::new("plus-log-clock-off").with("seconds", ahead);
        return result(Verdict::Inconclusive, reason).blame(Blame::DeviceOrDocumentation);
    }
    result(Verdict::Pass, Reason::new("plus-log-fetched").with("records", records))
}

/// What the device sends of itself: protected by what it speaks, and seen to speak that.
fn pushed(facts: &Facts<'_>, push: &Endpoint) -> ItemResult {
    let host = push.host.as_deref().unwrap_or("*");
    let place = format!("{host}:{}", push.port);
    let application = push.application.as_deref().unwrap_or("-");
    let reason = |code: &str| {
        Reason::new(code).with("place", &place).with("application", application).expected_by("plus")
    };
    let declared = |verdict: Verdict, code: &str| {
        ItemResult::machine(PUSH, verdict, RestsOn::Declared, reason(code))
            .declared(format!("{}.push", security_log::DECLARED))
    };
    if matches!(application, "syslog" | "http" | "mqtt" | "snmp" | "ftp" | "tftp" | "gelf") {
        return declared(Verdict::Fail, "plus-log-push-in-the-clear").blame(Blame::Device);
    }
    let clients: Vec<(&Recorded, ClientFacts)> = facts.results("tls-client");
    let speaks = |seen: &ClientFacts| {
        let there = seen.port == push.port && seen.host == host;
        there && (seen.relay.is_some() || seen.trials.iter().any(|trial| trial.ending.accepted()))
    };
    match clients.iter().find(|(_, seen)| speaks(seen)) {
        Some((recorded, _)) => {
            ItemResult::machine(PUSH, Verdict::Pass, RestsOn::Observed, reason("plus-log-push-protected"))
                .seen_in(recorded.state(), recorded.sample())
                .evidence(recorded.at("trials"))
                .effort(&recorded.observation.effort)
        }
        None => declared(Verdict::Inconclusive, "plus-log-push-not-seen").blame(Blame::Lab),
    }
}

#[cfg(test)]
mod tests {
    use probes::world::ending::Ending;

    use super::security_log::examples::{DECLARED, holds_open, judged, reading, sound, told};
    use super::*;
    use crate::test_facts::{Seen, TestFacts};

    fn of_reading(change: impl Fn(&mut Reading)) -> (Verdict, String) {
        let mut seen = sound();
        change(seen.after.as_mut().expect("there is one"));
        let results = judged(&CASE, DECLARED, Some(seen));
        assert_eq!((results.len(), results[0].item.as_str()), (1, FETCH));
        (results[0].verdict, results[0].reason.code.clone())
    }

    #[test]
    fn a_log_is_fetched_with_times_over_a_protected_path_or_not() {
        let fail = |code: &str| (Verdict::Fail, code.to_owned());
        assert_eq!(of_reading(|_| {}), (Verdict::Pass, "plus-log-fetched".to_owned()));
        assert_eq!(of_reading(|reading| reading.tls = false), fail("plus-log-in-the-clear"));
        assert_eq!(of_reading(|reading| reading.stamped = 2), fail("plus-log-without-time"));
        let export = format!(
            "{DECLARED}export = {{ kind = \"http\", port = 8443, tls = true, target = \"/export\", who = [\"A\"] }}\n"
        );
        let refused = Reading { status: 404, records: None, ..reading() };
        let seen = LogSeen { export: Some(refused), ..sound() };
        assert_eq!(
            told(&judged(&CASE, &export, Some(seen))),
            [(FETCH, Verdict::Fail, "plus-log-not-fetched")]
        );
        assert_eq!(
            told(&judged(&CASE, &export, Some(sound()))),
            [(FETCH, Verdict::Inconclusive, "plus-log-not-fetched-by-run")]
        );
    }

    #[test]
    fn what_the_run_cannot_tell_is_open() {
        let open = |code: &str| (Verdict::Inconclusive, code.to_owned());
        assert_eq!(of_reading(|reading| reading.cut = true), open("plus-log-cut"));
        assert_eq!(of_reading(|reading| reading.records = Some(0)), open("plus-log-empty"));
        assert_eq!(of_reading(|reading| reading.ahead_seconds = Some(-86_400)), open("plus-log-clock-off"));
        assert_eq!(of_reading(|reading| reading.ahead_seconds = Some(4_000)), open("plus-log-clock-off"));
        holds_open(&CASE);
    }

    #[test]
    fn what_the_device_sends_is_in_the_clear_seen_protected_or_open() {
        let pushed = |application: &str, ending: Option<Ending>| {
            let declared = format!(
                "{DECLARED}push = {{ transport = \"tcp\", port = 6514, application = \"{application}\", host = \"log.example\" }}\n"
            );
            let mut facts = TestFacts::beyond("", &declared).observed(Seen::by(security_log::PROBE, sound()));
            if let Some(ending) = ending {
                let mut called = crate::test_network::client("ComMech-Log", "log.example", 6514);
                called.relay = None;
                called.trials.iter_mut().for_each(|trial| trial.ending = ending);
                facts = facts.observed(Seen::by("tls-client", called));
            }
            let results = (CASE.judge)(&facts.facts());
            assert_eq!(results[1].item, PUSH);
            (results[1].verdict, results[1].reason.code.clone())
        };
        let told = |verdict, code: &str| (verdict, code.to_owned());
        let clear = told(Verdict::Fail, "plus-log-push-in-the-clear");
        assert_eq!(pushed("syslog", Some(Ending::ApplicationData)), clear);
        let seen = told(Verdict::Pass, "plus-log-push-protected");
        assert_eq!(pushed("syslog-tls", Some(Ending::ApplicationData)), seen);
        let open = told(Verdict::Inconclusive, "plus-log-push-not-seen");
        assert_eq!(pushed("syslog-tls", Some(Ending::RefusedByAlert)), open);
        assert_eq!(pushed("syslog-tls", None), open);
    }
}
