//! After a bounded storm of requests the web service answers as before, and the device is the one that it was.

use ixit::Blame;
use probes::Outcome;
use probes::probe::storm::{Identity, StormSeen};

use crate::Facts;
use crate::facts::Recorded;
use crate::judge::{ItemResult, RestsOn};
use crate::plus::{PlusCase, data_of};
use crate::reason::Reason;
use crate::verdict::Verdict;

/// The case.
pub static CASE: PlusCase =
    PlusCase { id: ID, needs: &["storm"], machine_can: &[Verdict::Pass, Verdict::Fail], judge };

const ID: &str = "plus-storm-recovery";
/// Least connections and requests in the profile `matrix`, which tries out the harness.
const MATRIX_COMPLETED: u64 = 100;
/// Longest time for the connections, and for the requests, in seconds: what takes longer is no storm.
const LONGEST: f64 = 30.0;
/// Fewest connections at once that make a storm.
const LEAST_AT_ONCE: u32 = 16;
/// Status of a service that tells its callers to come less often.
const TOO_MANY_REQUESTS: u16 = 429;

fn judge(facts: &Facts<'_>) -> Vec<ItemResult> {
    let observed: Vec<&Recorded> = facts.observed("storm").collect();
    if observed.is_empty() {
        let reason = Reason::new("plus-storm-not-sent").expected_by("plus");
        let result = ItemResult::machine("-", Verdict::Inconclusive, RestsOn::Observed, reason);
        return vec![result.blame(Blame::DeviceOrDocumentation)];
    }
    observed.into_iter().map(of_service).collect()
}

fn of_service(recorded: &Recorded) -> ItemResult {
    let observation = &recorded.observation;
    let seen: StormSeen = observation.read().unwrap_or_default();
    let item = if seen.row.is_empty() { "-" } else { seen.row.as_str() };
    let (verdict, code, blame) = standing(recorded, &seen);
    let seconds = |seconds: Option<f64>| seconds.map_or("-".to_owned(), |seconds| format!("{seconds:.3}"));
    let status = |status: Option<u16>| status.map_or("-".to_owned(), |status| status.to_string());
    let reason = Reason::new(code)
        .with("place", format!("tcp/{}", seen.port))
        .with("storm", &observation.effort.what)
        .with("within", seen.recovery_seconds)
        .with("back", seen.back_after.map_or("-".to_owned(), |back| format!("{back:.1}")))
        .with("median_before", seconds(seen.before.median))
        .with("median_after", seconds(seen.after.median))
        .with("answered", seen.after.answered)
        .with("asked", seen.after.asked)
        .with("status_before", status(seen.before.status))
        .with("status_after", status(seen.after.status))
        .with("identity_before", in_words(seen.identity_before.as_ref()))
        .with("identity_after", in_words(seen.identity_after.as_ref()))
        .with("trouble", trouble(recorded, &seen))
        .expected_by("plus");
    let mut result = ItemResult::machine(item, verdict, RestsOn::Observed, reason)
        .seen_in(recorded.state(), recorded.sample())
        .evidence(recorded.at("storm"))
        .effort(&observation.effort);
    result.blame = blame;
    result
}

/// Verdict, code, and who has to act.
fn standing(recorded: &Recorded, seen: &StormSeen) -> (Verdict, &'static str, Option<Blame>) {
    let open = |code| (Verdict::Inconclusive, code, Some(Blame::Lab));
    let failed = |code| (Verdict::Fail, code, Some(Blame::Device));
    if recorded.observation.outcome == Outcome::ToolTrouble {
        return open("plus-storm-not-finished");
    }
    if !seen.agreed {
        return open("plus-storm-not-agreed");
    }
    let Some(storm) = &seen.storm else {
        // Stopped before it began, or a service that was not well before anything was done to it.
        return open(if seen.before.asked == 0 || seen.before.is_even() {
            "plus-storm-not-finished"
        } else {
            "plus-storm-no-baseline"
        });
    };
    if !recorded.complete() || seen.tester_failed {
        return open("plus-storm-not-finished");
    }
    let Some(back) = seen.back_after else {
        return match seen.after.status {
            Some(TOO_MANY_REQUESTS) => open("plus-storm-guarded"),
            // A guard that shuts out the address of the tester looks the same as a device that is gone.
            _ if seen.after.silent => open("plus-storm-silent"),
            _ => failed("plus-storm-not-back"),
        };
    };
    if back > seen.recovery_seconds {
        return failed("plus-storm-not-back");
    }
    let identity = compared(seen.identity_before.as_ref(), seen.identity_after.as_ref());
    match identity {
        Same::Other => return failed("plus-storm-other-identity"),
        Same::StartedAnew => return failed("plus-storm-started-anew"),
        Same::Unread => return open("plus-storm-identity-unread"),
        Same::NotTold => return open("plus-storm-recovered-unidentified"),
        Same::RunningTimeUnknown | Same::RanOn => {}
    }
    let minimum = match seen.profile.as_deref() {
        Some("matrix") => MATRIX_COMPLETED,
        _ => data_of(ID)
            .and_then(|data| data.minimum_effort.as_ref())
            .map_or(u64::MAX, |least| least.completed),
    };
    let slow = storm.opening_seconds > LONGEST || storm.request_seconds > LONGEST;
    if recorded.observation.effort.completed < minimum || slow || storm.parallel < LEAST_AT_ONCE {
        return open("plus-storm-too-small");
    }
    let code = match identity {
        Same::RanOn => "plus-storm-recovered",
        _ => "plus-storm-recovered-same-identity",
    };
    (Verdict::Pass, code, None)
}

/// What comparing the identities says.
#[derive(Clone, Copy, PartialEq)]
enum Same {
    /// The same device, and it has not started anew.
    RanOn,
    /// The same device; whether it started anew is not known.
    RunningTimeUnknown,
    /// It tells nothing of itself.
    NotTold,
    /// It told something before, and nothing after.
    Unread,
    /// Something else than before.
    Other,
    /// The same device, with a shorter running time than before.
    StartedAnew,
}

fn compared(before: Option<&Identity>, after: Option<&Identity>) -> Same {
    let (before, after) = match (before, after) {
        (None, _) => return Same::NotTold,
        (Some(_), None) => return Same::Unread,
        (Some(before), Some(after)) => (before, after),
    };
    let named = |told: &Identity| (told.model.clone(), told.serial.clone(), told.firmware.clone());
    if named(before) != named(after) {
        return Same::Other;
    }
    match (before.uptime, after.uptime) {
        (Some(before), Some(after)) if after < before => Same::StartedAnew,
        (Some(_), Some(_)) => Same::RanOn,
        _ => Same::RunningTimeUnknown,
    }
}

fn in_words(told: Option<&Identity>) -> String {
    let Some(told) = told else { return "-".to_owned() };
    let parts = [told.model.clone(), told.serial.clone(), told.firmware.clone()];
    let uptime = told.uptime.map(|uptime| format!("{uptime:.0} s"));
    let parts: Vec<String> = parts.into_iter().chain([uptime]).flatten().collect();
    parts.join(", ")
}

fn trouble(recorded: &Recorded, seen: &StormSeen) -> String {
    let probe = recorded.observation.trouble.clone();
    probe.or(seen.after.trouble.clone()).or(seen.before.trouble.clone()).unwrap_or_else(|| "-".to_owned())
}

#[cfg(test)]
#[path = "../storm_recovery_tests.rs"]
mod tests;
