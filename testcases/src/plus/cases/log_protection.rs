//! Who may not delete, alter or read the log cannot: nobody in particular, and every account that the declaration does
//! not entitle.

use ixit::Blame;
use ixit::plus::SecurityLog;
use probes::probe::security_log::{Attempt, LogSeen};

use crate::Facts;
use crate::facts::Recorded;
use crate::judge::{ItemResult, RestsOn};
use crate::plus::{self, PlusCase, security_log};
use crate::reason::Reason;
use crate::verdict::Verdict;

/// The case.
pub static CASE: PlusCase = PlusCase {
    id: "plus-log-protection",
    needs: &[security_log::PROBE],
    machine_can: &[Verdict::Pass, Verdict::Fail],
    judge,
};

/// The stranger as an item.
const NOBODY: &str = "nobody";

fn judge(facts: &Facts<'_>) -> Vec<ItemResult> {
    security_log::judge(facts, of_log)
}

fn of_log(log: &SecurityLog, recorded: &Recorded, seen: &LogSeen) -> Vec<ItemResult> {
    let open = |access: &&ixit::companion::Access| access.who.iter().any(|who| who == "anyone");
    if let Some(access) = log.erase.iter().chain(&log.write).find(open) {
        let reason = Reason::new("plus-log-open-by-declaration")
            .with("way", format!("{} {}", access.method, access.target))
            .expected_by("plus");
        let result = ItemResult::machine(NOBODY, Verdict::Fail, RestsOn::Declared, reason);
        return vec![result.blame(Blame::Device).declared(security_log::DECLARED.to_owned())];
    }
    if let Some(unread) = security_log::unread(recorded, seen) {
        return vec![unread];
    }
    let mut items: Vec<&str> = vec![NOBODY];
    for account in seen.attempts.iter().filter_map(|attempt| attempt.account.as_deref()) {
        if !items.contains(&account) {
            items.push(account);
        }
    }
    items.into_iter().map(|item| of_asker(log, recorded, seen, item)).collect()
}

fn of_asker(log: &SecurityLog, recorded: &Recorded, seen: &LogSeen, item: &str) -> ItemResult {
    let of_item = |attempt: &Attempt| attempt.account.as_deref().unwrap_or(NOBODY) == item;
    let attempts: Vec<(usize, &Attempt)> =
        seen.attempts.iter().enumerate().filter(|(_, attempt)| of_item(attempt)).collect();
    if let Some((at, attempt)) = attempts.iter().find(|(_, attempt)| attempt.done == Some(true)) {
        let code = match attempt.aim.as_str() {
            "read" => "plus-log-read-by-others",
            _ if attempt.gone > 0 => "plus-log-deleted",
            _ => "plus-log-altered",
        };
        let reason = Reason::new(code)
            .with("who", item)
            .with("way", format!("{} {}", attempt.method, attempt.target))
            .with("status", attempt.status.map_or_else(|| "-".to_owned(), |status| status.to_string()))
            .with("gone", attempt.gone);
        let place = format!("attempts/{at}");
        return security_log::seen(recorded, item, Verdict::Fail, reason, place).blame(Blame::Device);
    }
    let told = |aims: &[&str]| {
        let of_aim = |attempt: &&(usize, &Attempt)| aims.contains(&attempt.1.aim.as_str());
        attempts.iter().filter(of_aim).filter(|(_, attempt)| attempt.done.is_some()).count() as u64
    };
    // An account that may delete or write by the declaration has fewer ways that it may not.
    let least = plus::data_of(CASE.id).and_then(|data| data.minimum_effort.as_ref());
    let least = least.map_or(1, |least| least.completed).min(match item {
        NOBODY => u64::MAX,
        _ if !log.erase.is_empty() || !log.write.is_empty() => 1,
        _ => u64::MAX,
    });
    let changes = told(&["delete", "write"]);
    let reading = !log.restricted || item != NOBODY || told(&["read"]) > 0;
    if changes < least || !reading || !recorded.complete() {
        let reason = Reason::new("plus-log-protection-not-shown")
            .with("who", item)
            .with("tried", changes)
            .with("least", least)
            .with("why", security_log::trouble(recorded));
        return security_log::seen(recorded, item, Verdict::Inconclusive, reason, "attempts")
            .blame(Blame::Lab);
    }
    let ways: Vec<String> =
        attempts.iter().map(|(_, attempt)| format!("{} {}", attempt.method, attempt.target)).collect();
    let reason = Reason::new("plus-log-kept").with("who", item).with("ways", ways.join(", "));
    security_log::seen(recorded, item, Verdict::Pass, reason, "attempts")
}

#[cfg(test)]
mod tests {
    use probes::Outcome;

    use super::security_log::examples::{DECLARED, holds_open, judged, judged_as, sound, told};
    use super::*;
    use crate::test_facts::Seen;

    const API: &str = "AuthMech-ApiToken";

    #[test]
    fn a_log_that_everybody_leaves_as_it_was_is_protected() {
        let results = judged(&CASE, DECLARED, Some(sound()));
        let kept = |item| (item, Verdict::Pass, "plus-log-kept");
        assert_eq!(told(&results), [kept(NOBODY), kept(API)]);
    }

    #[test]
    fn deleting_altering_and_reading_fail_for_who_did_it() {
        let with = |at: usize, gone: u64| {
            let mut seen = sound();
            (seen.attempts[at].done, seen.attempts[at].gone) = (Some(true), gone);
            let results = judged(&CASE, DECLARED, Some(seen));
            let failed =
                results.into_iter().find(|result| result.verdict == Verdict::Fail).expect("one fails");
            (failed.item.clone(), failed.reason.code.clone())
        };
        assert_eq!(with(0, 0), (NOBODY.to_owned(), "plus-log-read-by-others".to_owned()));
        assert_eq!(with(1, 3), (NOBODY.to_owned(), "plus-log-deleted".to_owned()));
        assert_eq!(with(5, 3), (API.to_owned(), "plus-log-deleted".to_owned()));
        assert_eq!(with(4, 0), (NOBODY.to_owned(), "plus-log-altered".to_owned()));
        let open = format!(
            "{DECLARED}erase = {{ kind = \"http\", port = 8443, target = \"/clear\", who = [\"anyone\"] }}\n"
        );
        let results = judged(&CASE, &open, Some(sound()));
        assert_eq!(told(&results), [(NOBODY, Verdict::Fail, "plus-log-open-by-declaration")]);
    }

    #[test]
    fn too_little_tried_is_open() {
        let open = |item| (item, Verdict::Inconclusive, "plus-log-protection-not-shown");
        let without = |gone: fn(&Attempt) -> bool| {
            let mut seen = sound();
            seen.attempts.retain(|attempt| !gone(attempt));
            judged(&CASE, DECLARED, Some(seen))
        };
        assert_eq!(told(&without(|_| true)), [open(NOBODY)]);
        assert_eq!(told(&without(|attempt| attempt.method == "PATCH")), [open(NOBODY), open(API)]);
        assert_eq!(told(&without(|attempt| attempt.aim == "read"))[0], open(NOBODY));
        let partial = Seen::by(security_log::PROBE, sound()).ended(Outcome::Partial, "no consent");
        assert_eq!(told(&judged_as(&CASE, DECLARED, Some(partial))), [open(NOBODY), open(API)]);
        holds_open(&CASE);
    }
}
