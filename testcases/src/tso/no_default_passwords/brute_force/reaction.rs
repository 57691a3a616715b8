//! 5.1-5-2 b: what a login did when wrong credentials beyond the declared threshold came.

use ixit::{Blame, Row};
use probes::probe::http_login::LoginBehaviour;

use super::open;
use crate::assessor::empty_selection;
use crate::bluetooth::pairing::defence;
use crate::catalogue::Unit;
use crate::facts::{Facts, Recorded};
use crate::inventory::{inventories, required_states};
use crate::judge::{ItemResult, RestsOn};
use crate::logins::{behaviours, found};
use crate::reason::Reason;
use crate::selection::{Emptiness, Item};
use crate::verdict::Verdict;

/// Wrong credentials beyond the declared threshold after which the lock-out has to show: the answer that
/// announces it may come one later.
const TOLERATED_FAILURES: u32 = 1;
/// Part of a declared duration that has to be seen; the rest is left to the measurement.
const DURATION_SEEN: f64 = 0.8;
/// Part of a declared duration at which the right credential has to be refused still; tries come every eighth of it.
const DURATION_HELD: f64 = 0.5;
/// Wrong credentials behind a statement on a declared delay.
const ANSWERS_BEHIND_A_DELAY: usize = 3;

/// 5.1-5-2 b: wrong credentials beyond the declared threshold meet the declared reaction.
pub(super) fn the_device_defends_itself_as_declared(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let selected = facts.selected(unit);
    if let Some(result) = empty_selection(unit, &selected.emptiness) {
        return vec![emptiness_not_contradicted(facts, unit, &selected.emptiness, result)];
    }
    let observed = behaviours(facts);
    let mut results = Vec::new();
    for item in &selected.items {
        let row = item.row;
        if item.unclassified {
            results.push(
                open(
                    &row.id,
                    Reason::new("row-not-classified")
                        .with("row", &row.id)
                        .with("companion", "network_addressable"),
                )
                .blame(Blame::Documentation),
            );
            continue;
        }
        let over_the_air = defence::holds(facts, item);
        let pairs = !over_the_air.is_empty();
        results.extend(over_the_air);
        let Some(login) = &row.companions.login else {
            if pairs {
                continue;
            }
            results.push(open(&row.id, Reason::new("no-driver").with("row", &row.id)));
            continue;
        };
        let probe = if login.value.kind.is_web() { "http-login" } else { "network-login" };
        let of_row: Vec<_> = observed.iter().filter(|(_, behaviour)| behaviour.row == row.id).collect();
        if of_row.is_empty() {
            results.push(not_driven(facts, row, probe));
        }
        results.extend(of_row.into_iter().map(|(recorded, behaviour)| reaction(item, recorded, behaviour)));
    }
    results
}

/// Nothing was seen of a login: the probe did not run, or could not do it, which it says.
fn not_driven(facts: &Facts<'_>, row: &Row, probe: &str) -> ItemResult {
    let of_row = |recorded: &&Recorded| {
        recorded.observation.probe == probe
            && recorded.observation.params.get("row").and_then(|id| id.as_str()) == Some(row.id.as_str())
    };
    match facts.observations.iter().find(of_row) {
        Some(recorded) => incomplete(row, recorded),
        None => {
            open(&row.id, Reason::new("observation-missing").with("probe", format!("{probe} {}", row.id)))
        }
    }
}

fn incomplete(row: &Row, recorded: &Recorded) -> ItemResult {
    let trouble = recorded.observation.trouble.as_deref().unwrap_or("no reason given");
    let reason = Reason::new("observation-incomplete")
        .with("probe", &recorded.observation.probe)
        .with("trouble", trouble);
    open(&row.id, reason).evidence(recorded.at("trouble"))
}

/// A selection that the supplier calls empty is not, where a login was found that no row declares.
fn emptiness_not_contradicted(
    facts: &Facts<'_>,
    unit: &Unit,
    emptiness: &Emptiness,
    result: ItemResult,
) -> ItemResult {
    if matches!(emptiness, Emptiness::NothingSaid { .. }) {
        return result;
    }
    let inventories = inventories(facts, &required_states(facts, unit));
    let logins: Vec<_> = inventories.iter().flat_map(found).collect();
    match logins.first() {
        None => result,
        Some(login) => open("-", Reason::new("emptiness-contradicted").with("found", login.line()))
            .blame(Blame::DeviceOrDocumentation)
            .evidence(login.recorded.at(&login.item)),
    }
}

/// The verdict on one row, one observation.
fn reaction(item: &Item<'_>, recorded: &Recorded, behaviour: &LoginBehaviour) -> ItemResult {
    let mut result = verdict_on(item, recorded, behaviour);
    let place = match behaviour.burst.last() {
        Some(last) => format!("requests 1 to {}", last.n),
        None => "request 1".to_owned(),
    };
    result = result
        .evidence(recorded.at(place))
        .effort(&recorded.observation.effort)
        .seen_in(recorded.state(), recorded.sample());
    result
}

fn verdict_on(item: &Item<'_>, recorded: &Recorded, behaviour: &LoginBehaviour) -> ItemResult {
    let row = item.row;
    let unclear = |code: &str| open(&row.id, Reason::new(code).with("row", &row.id));
    // Without a credential the probe leaves the rest out and is not complete; that is the reason to name.
    if behaviour.negative_control.result == "rejected" && behaviour.good.is_none() {
        return unclear("no-credential");
    }
    if behaviour.burst_left_out.as_deref() == Some("consent") {
        return unclear("lock-out-not-agreed");
    }
    if !recorded.complete() {
        return incomplete(row, recorded);
    }
    match behaviour.negative_control.result.as_str() {
        "rejected" => {}
        "accepted" => return unclear("login-not-needed").blame(Blame::DeviceOrDocumentation),
        _ => return unclear("negative-control-unclear"),
    }
    if behaviour.good.as_ref().is_none_or(|good| good.result != "accepted") {
        return unclear("good-credential-refused");
    }
    let declared = row.companions.brute_force.as_ref().map(|defence| &defence.value);
    let Some(declared) =
        declared.filter(|it| it.failures.is_some() || it.delay_seconds.is_some_and(|it| it > 0))
    else {
        return unclear("defence-not-stated").blame(Blame::Documentation);
    };
    let source = row.reference(item.table, "brute_force");
    let seen = Seen { item, behaviour, source };
    let delay = declared.delay_seconds.filter(|it| *it > 0).map(|delay| seen.delay(delay));
    let lockout = declared.failures.map(|failures| seen.lockout(failures, declared.lockout_seconds));
    // Both have to be there where both are declared: the worse result is the one that counts.
    let results: Vec<ItemResult> = lockout.into_iter().chain(delay).collect();
    let worst = Verdict::worst_of(results.iter().map(|result| result.verdict));
    results.into_iter().find(|result| result.verdict == worst).expect("one of the two is declared")
}

struct Seen<'a> {
    item: &'a Item<'a>,
    behaviour: &'a LoginBehaviour,
    source: String,
}

impl Seen<'_> {
    fn lockout(&self, failures: u32, lockout_seconds: Option<u32>) -> ItemResult {
        let behaviour = self.behaviour;
        let latest = failures.saturating_add(TOLERATED_FAILURES);
        let spoken = |result: &str| matches!(result, "rejected" | "throttled" | "closed");
        let answered = behaviour.burst.iter().filter(|attempt| spoken(&attempt.result)).count();
        let reason = |code: &str| {
            self.reason(code)
                .with("failures", failures)
                .with("answered", answered)
                .with("slowest", format!("{:.2}", self.slowest()))
        };
        let Some(locked) = behaviour.locked_after else {
            // Without a lock-out, the burst has to go beyond the latest moment at which one may come.
            return if answered as u64 > u64::from(latest) {
                self.fail(reason("declared-defence-not-seen"))
            } else {
                let reason = self.reason("effort-too-small").with("completed", answered);
                self.open(reason.with("minimum", latest + 1))
            };
        };
        let reason = |code: &str| reason(code).with("locked", locked);
        // No answer changed: only the right credential showed the lock, which may have begun at any moment.
        if locked > latest && u64::from(locked) >= behaviour.burst.len() as u64 {
            return self.open(reason("lockout-onset-not-seen"));
        }
        if locked > latest {
            return self.fail(reason("declared-defence-not-seen"));
        }
        if behaviour.good_refused_while_locked == Some(false) {
            return self.fail(reason("lockout-lets-right-credential-in"));
        }
        if behaviour.good_refused_while_locked.is_none() {
            return self.open(reason("right-credential-too-late-for-lockout"));
        }
        match (lockout_seconds, behaviour.recovered_after_seconds) {
            (Some(declared), Some(seen)) if seen < f64::from(declared) * DURATION_SEEN => {
                let reason = reason("lockout-shorter-than-declared").with("seconds", declared);
                self.fail(reason.with("seen", format!("{seen:.1}")))
            }
            // It ended between two tries, of which one came too early for the declared end and one after it.
            (Some(declared), Some(seen))
                if behaviour
                    .still_refused_after_seconds
                    .is_some_and(|least| least < f64::from(declared) * DURATION_HELD) =>
            {
                let reason = reason("lockout-length-not-settled").with("seconds", declared);
                self.open(reason.with("seen", format!("{seen:.1}")))
            }
            // Locked for good, or gone: without a recovery or a spoken refusal nobody knows.
            (Some(declared), None) => self.open(reason("recovery-not-seen").with("seconds", declared)),
            (None, None) if behaviour.burst.last().is_none_or(|last| last.result != "throttled") => {
                self.open(reason("recovery-not-seen"))
            }
            (_, Some(seen)) => {
                self.pass(reason("declared-defence-seen").with("recovered", format!("{seen:.1}")))
            }
            (None, None) => self.pass(reason("declared-defence-seen")),
        }
    }

    /// Every answer to a wrong credential has to come late, but for the first: many devices begin with the second.
    fn delay(&self, declared: u32) -> ItemResult {
        let before_lock =
            self.behaviour.locked_after.filter(|_| self.behaviour.good_refused_while_locked == Some(true));
        let considered =
            before_lock.map_or(usize::MAX, |locked| usize::try_from(locked).unwrap_or(usize::MAX));
        let rejected = self.behaviour.burst.iter().take(considered);
        let mut seconds: Vec<f64> =
            rejected.filter(|attempt| attempt.result == "rejected").map(|attempt| attempt.seconds).collect();
        let answered = seconds.len();
        if answered < ANSWERS_BEHIND_A_DELAY {
            let reason = self.reason("effort-too-small").with("completed", answered);
            return self.open(reason.with("minimum", ANSWERS_BEHIND_A_DELAY));
        }
        let least = f64::from(declared) * DURATION_SEEN;
        let early = seconds[1..].iter().filter(|seconds| **seconds < least).count();
        seconds.sort_by(f64::total_cmp);
        let median = seconds[answered / 2];
        let reason = |code: &str| {
            self.reason(code)
                .with("delay", declared)
                .with("answered", answered)
                .with("early", early)
                .with("median", format!("{median:.2}"))
        };
        if median < least {
            self.fail(reason("declared-delay-not-seen"))
        } else if early > 0 {
            self.fail(reason("declared-delay-not-kept"))
        } else {
            self.pass(reason("declared-delay-seen"))
        }
    }

    fn slowest(&self) -> f64 {
        self.behaviour.burst.iter().map(|attempt| attempt.seconds).fold(0.0, f64::max)
    }

    fn reason(&self, code: &str) -> Reason {
        Reason::new(code).with("row", &self.item.row.id).expected_by(&self.source)
    }

    fn fail(&self, reason: Reason) -> ItemResult {
        ItemResult::machine(&self.item.row.id, Verdict::Fail, RestsOn::Observed, reason).blame(Blame::Device)
    }

    fn pass(&self, reason: Reason) -> ItemResult {
        ItemResult::machine(&self.item.row.id, Verdict::Pass, RestsOn::Observed, reason)
    }

    fn open(&self, reason: Reason) -> ItemResult {
        open(&self.item.row.id, reason)
    }
}
