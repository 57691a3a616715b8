//! 5.1-5: guessing over the network is impracticable, and the declared defence is there.

use ixit::companion::BruteForce;
use ixit::{Blame, Row};
use probes::Effort;
use probes::probe::http_login::LoginBehaviour;

use crate::assessor::empty_selection;
use crate::assisted::{Look, each_row};
use crate::catalogue::Unit;
use crate::completeness::radio_not_scanned;
use crate::facts::{Facts, Recorded};
use crate::inventory::{Inventory, disagreements, inventories, minimum_ports, required_states};
use crate::judge::{By, Group, ItemResult, Judge, RestsOn};
use crate::logins::{Attribution, FoundLogin, found};
use crate::reason::Reason;
use crate::selection::{Emptiness, Item};
use crate::verdict::Verdict;

/// 5.1-5.
pub static GROUP: Group = Group {
    id: "5.1-5",
    judges: &[
        Judge {
            unit: "5.1-5-1:a",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: the_declared_defence_makes_guessing_impracticable,
        },
        Judge {
            unit: "5.1-5-2:a",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &["tcp-sweep", "udp-services", "identify"],
            judge: every_network_authentication_found_is_declared,
        },
        Judge {
            unit: "5.1-5-2:b",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &["http-login", "identify"],
            judge: the_device_defends_itself_as_declared,
        },
    ],
};

/// Wrong credentials beyond the declared threshold after which the lock-out has to show: the answer that
/// announces it may come one later.
const TOLERATED_FAILURES: u32 = 1;
/// Part of a declared duration that has to be seen; the rest is left to the measurement.
const DURATION_SEEN: f64 = 0.8;
/// Wrong credentials behind a statement on a declared delay.
const ANSWERS_BEHIND_A_DELAY: usize = 3;

/// 5.1-5-1 a: a mechanism reachable over the network has a declared defence; whether it makes guessing
/// impracticable is for a person, who is shown the guesses that it lets through.
fn the_declared_defence_makes_guessing_impracticable(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let defence = item.row.companions.brute_force.as_ref().map(|defence| &defence.value);
        match defence {
            None if !says_something(item.row.text("brute_force_prevention")) => Look::Contradiction {
                reason: Reason::new("no-defence-declared").with("row", &item.row.id).expected_by("criterion"),
                shown_by: "brute_force_prevention",
            },
            None => Look::question(item, &[], None),
            Some(defence) => with_arithmetic(item, defence),
        }
    })
}

fn says_something(text: Option<&str>) -> bool {
    let nothing = ["none", "no", "nothing", "not implemented", "なし", "無し", "該当なし", "未実装"];
    text.is_some_and(|text| {
        !nothing.contains(&text.trim().trim_end_matches(['.', '。']).to_lowercase().as_str())
    })
}

fn with_arithmetic(item: &Item<'_>, defence: &BruteForce) -> Look {
    let mut look = Look::question(item, &["brute_force", "generation"], None);
    let Some(per_day) = guesses_per_day(defence) else { return look };
    look = look.computed("computed.guesses_per_day", format!("{per_day:.0}"));
    let generation = item.row.companions.generation.as_ref().map(|generation| &generation.value);
    if let Some((length, alphabet)) =
        generation.and_then(|generation| Some((generation.length?, generation.alphabet_size?)))
    {
        let years = f64::from(alphabet).powf(f64::from(length)) / 2.0 / per_day / 365.25;
        look = look.computed(
            "computed.years_to_half_of_the_values",
            format!("{alphabet}^{length} / 2 / {per_day:.0} a day = {years:.1e} years"),
        );
    }
    look
}

/// Guesses that a defence lets through in a day, with answers that take no time; `None` if it names no
/// limit.
fn guesses_per_day(defence: &BruteForce) -> Option<f64> {
    const DAY: f64 = 86_400.0;
    let delay = f64::from(defence.delay_seconds.unwrap_or(0));
    let round = match (defence.failures, defence.lockout_seconds) {
        (Some(failures), Some(lockout)) => {
            let failures = f64::from(failures.max(1));
            (failures, f64::from(lockout) + failures * delay)
        }
        _ => (1.0, delay),
    };
    (round.1 > 0.0).then(|| round.0 * DAY / round.1)
}

/// 5.1-5-2 a: every way to authenticate that showed itself on the network is in the IXIT.
fn every_network_authentication_found_is_declared(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let mut results: Vec<ItemResult> = inventories(facts, &required_states(facts, unit))
        .iter()
        .flat_map(|inventory| of_one_state(facts, unit, inventory))
        .collect();
    for table in ["intf", "auth_mech"] {
        let air = |row: &&Row| {
            row.companions.is_air.as_ref().is_some_and(|air| air.value) || !row.companions.gatt.is_empty()
        };
        let rows = facts.declaration.ixit.rows(table).iter().filter(air);
        results.extend(rows.map(|row| radio_not_scanned(table, row)));
    }
    results
}

fn of_one_state(facts: &Facts<'_>, unit: &Unit, inventory: &Inventory<'_>) -> Vec<ItemResult> {
    let logins = found(inventory);
    // A port that another tool saw open may ask for a password.
    let mut results = disagreements(facts, inventory);
    for login in &logins {
        match login.attribution(facts.declaration) {
            Attribution::Declared(_) => {}
            Attribution::Undeclared => {
                results.push(login.undeclared(inventory, "undeclared-authentication-mechanism"));
            }
            Attribution::Perhaps(rows) => results.push(perhaps(login, "row-without-endpoint", &rows)),
            Attribution::KindNotSaid(rows) => results.push(perhaps(login, "row-without-login-kind", &rows)),
        }
    }
    for port in
        inventory.ports.iter().filter(|port| port.application() == "unknown" && port.identity.is_some())
    {
        let mut result = open(&port.item(), Reason::new("service-not-identified").with("item", port.item()));
        result.evidence = port.evidence();
        results.push(result);
    }
    for asked in inventory.services.iter().filter(|asked| asked.service.service == "snmp") {
        if asked.service.state == probes::probe::udp_services::UdpState::Silent {
            let reason = Reason::new("udp-silent")
                .with("item", asked.item())
                .with("service", &asked.service.service)
                .with("sent", asked.service.sent);
            results.push(open(&asked.item(), reason).evidence(asked.seen.at(asked.item())));
        }
    }
    let shortfall = inventory
        .shortfall_of_search(minimum_ports(unit))
        .or_else(|| inventory.shortfall_of_identification());
    if let Some(shortfall) = shortfall {
        results.push(shortfall.result("-"));
    } else if results.is_empty() {
        let lines: Vec<String> =
            logins.iter().map(|login| format!("{} at {}", login.offer.kind, login.item)).collect();
        let lines = if lines.is_empty() { "none".to_owned() } else { lines.join(", ") };
        let reason = Reason::new("every-authentication-declared")
            .with("found", lines)
            .with("ports", inventory.ports.len())
            .with("paths", paths_asked(inventory))
            .expected_by("declaration:ixit.toml#auth_mech");
        let mut pass = ItemResult::machine("-", Verdict::Pass, RestsOn::Observed, reason);
        pass.evidence = inventory.evidence();
        pass.evidence.extend(logins.iter().map(|login| login.recorded.at(&login.item)));
        pass.effort = Some(effort_with_identification(inventory));
        results.push(pass);
    }
    results.into_iter().map(|result| inventory.place(result)).collect()
}

/// A login that a row may declare; the row does not say enough.
fn perhaps(login: &FoundLogin<'_>, code: &str, rows: &[String]) -> ItemResult {
    let reason = Reason::new(code).with("rows", rows.join(", ")).with("found", login.line());
    open(&login.item, reason).blame(Blame::Documentation).evidence(login.recorded.at(&login.item))
}

/// Paths at which the web servers of all ports were asked for a login.
fn paths_asked(inventory: &Inventory<'_>) -> usize {
    inventory.ports.iter().filter_map(|port| port.identity.as_ref()).map(|(_, seen)| seen.paths.len()).sum()
}

/// What was asked of the services beside the search for them: no login elsewhere is claimed to be absent.
fn effort_with_identification(inventory: &Inventory<'_>) -> Effort {
    let mut effort = inventory.effort();
    for (recorded, _) in inventory.ports.iter().filter_map(|port| port.identity.as_ref()) {
        let asked = &recorded.observation.effort;
        effort.seconds += asked.seconds;
        if !asked.what.is_empty() {
            effort.what.push_str("; ");
            effort.what.push_str(&asked.what);
        }
    }
    effort
}

fn open(item: &str, reason: Reason) -> ItemResult {
    ItemResult::machine(item, Verdict::Inconclusive, RestsOn::Observed, reason).blame(Blame::Lab)
}

/// 5.1-5-2 b: wrong credentials beyond the declared threshold meet the declared reaction.
fn the_device_defends_itself_as_declared(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let selected = facts.selected(unit);
    if let Some(result) = empty_selection(unit, &selected.emptiness) {
        return vec![emptiness_not_contradicted(facts, unit, &selected.emptiness, result)];
    }
    let observed = facts.results::<LoginBehaviour>("http-login");
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
        if row.companions.login.is_none() {
            results.push(open(&row.id, Reason::new("no-driver").with("row", &row.id)));
            continue;
        }
        let of_row: Vec<_> = observed.iter().filter(|(_, behaviour)| behaviour.row == row.id).collect();
        if of_row.is_empty() {
            results.push(open(
                &row.id,
                Reason::new("observation-missing").with("probe", format!("http-login {}", row.id)),
            ));
        }
        results.extend(of_row.into_iter().map(|(recorded, behaviour)| reaction(item, recorded, behaviour)));
    }
    results
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
    if !recorded.complete() {
        let trouble = recorded.observation.trouble.as_deref().unwrap_or("no reason given");
        let reason =
            Reason::new("observation-incomplete").with("probe", "http-login").with("trouble", trouble);
        return open(&row.id, reason);
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
        match (lockout_seconds, behaviour.recovered_after_seconds) {
            (Some(declared), Some(seen)) if seen < f64::from(declared) * DURATION_SEEN => {
                let reason = reason("lockout-shorter-than-declared").with("seconds", declared);
                self.fail(reason.with("seen", format!("{seen:.1}")))
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

    fn delay(&self, declared: u32) -> ItemResult {
        let answered = self.behaviour.burst.len();
        let Some(median) = self.behaviour.median_seconds.filter(|_| answered >= ANSWERS_BEHIND_A_DELAY)
        else {
            let reason = self.reason("effort-too-small").with("completed", answered);
            return self.open(reason.with("minimum", ANSWERS_BEHIND_A_DELAY));
        };
        let reason = |code: &str| {
            self.reason(code)
                .with("delay", declared)
                .with("answered", answered)
                .with("median", format!("{median:.2}"))
        };
        if median < f64::from(declared) * DURATION_SEEN {
            self.fail(reason("declared-delay-not-seen"))
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

#[cfg(test)]
#[path = "brute_force/tests.rs"]
mod tests;
