//! What the trials of a service show: whether strangers were refused, and whether who may was let in.

use std::collections::BTreeSet;

use ixit::{Blame, Row};
use probes::probe::access_control::{AccessControl, Trial};

use crate::assisted;
use crate::catalogue::Unit;
use crate::facts::{Facts, Question, Recorded};
use crate::judge::{By, ItemResult, RestsOn};
use crate::observing::access_control::{accesses_of, good_in};
use crate::prompt::Shown;
use crate::reason::Reason;
use crate::selection::Item;
use crate::state::DutState;
use crate::verdict::Verdict;

/// Name of the probe.
pub(crate) const PROBE: &str = "access-control";
/// Note of the probe at paths that are not declared and were found at no declared path either.
const BESIDE: &str = "found beside";
/// Trials of one service that a PASS needs where the catalogue names no other number.
const FEWEST: u64 = 4;

/// Observations of a state, of every sample.
fn seen_in<'a>(facts: &Facts<'a>, state: DutState) -> Vec<(&'a Recorded, AccessControl)> {
    let all = facts.results::<AccessControl>(PROBE).into_iter();
    all.filter(|(recorded, _)| recorded.state() == Some(state)).collect()
}

/// Whether the declaration says what can be asked of the service.
pub(crate) fn are_declared(facts: &Facts<'_>, service: &Row) -> bool {
    !accesses_of(facts.declaration, service).is_empty()
}

/// A service in one state, with what was tried there.
struct Look<'l, 'a> {
    facts: &'l Facts<'a>,
    unit: &'l Unit,
    item: &'l Item<'a>,
    /// Name of the item of the results.
    name: String,
    state: DutState,
    recorded: &'l Recorded,
    trials: Vec<&'l Trial>,
    seen: &'l AccessControl,
}

/// Whether unauthenticated, invalid and unentitled subjects were refused: one result an observation.
pub(crate) fn strangers_refused(
    facts: &Facts<'_>,
    unit: &Unit,
    item: &Item<'_>,
    state: DutState,
) -> Vec<ItemResult> {
    each(facts, unit, item, state, item.row.id.clone(), |look| look.strangers())
}

/// Whether who may was let in; `name` is the item of the results.
pub(crate) fn entitled_let_in(
    facts: &Facts<'_>,
    unit: &Unit,
    item: &Item<'_>,
    state: DutState,
    name: String,
) -> Vec<ItemResult> {
    each(facts, unit, item, state, name, |look| look.entitled())
}

fn each(
    facts: &Facts<'_>,
    unit: &Unit,
    item: &Item<'_>,
    state: DutState,
    name: String,
    judge: impl Fn(&Look<'_, '_>) -> ItemResult,
) -> Vec<ItemResult> {
    let seen = seen_in(facts, state);
    if seen.is_empty() {
        let reason =
            Reason::new("observation-missing").with("probe", format!("{PROBE} in state {}", state.as_str()));
        let mut result =
            ItemResult::machine(&name, Verdict::Inconclusive, RestsOn::Observed, reason).blame(Blame::Lab);
        result.state = Some(state);
        return vec![result];
    }
    seen.iter()
        .map(|(recorded, seen)| {
            let trials = seen.trials.iter().filter(|trial| trial.rows.contains(&item.row.id)).collect();
            let name = name.clone();
            judge(&Look { facts, unit, item, name, state, recorded, trials, seen })
        })
        .collect()
}

impl Look<'_, '_> {
    fn strangers(&self) -> ItemResult {
        let tried: Vec<&Trial> = self.trials.iter().copied().filter(|trial| !trial.entitled).collect();
        let beside = |trial: &&Trial| trial.note == BESIDE;
        let granted = tried.iter().copied().filter(|trial| trial.result == "granted");
        let let_in: Vec<&Trial> = granted.clone().filter(|trial| !beside(trial)).collect();
        if let Some(worst) = let_in.iter().min_by_key(|trial| severity(trial)) {
            return self.let_in(worst, let_in.len());
        }
        if let Some(open) =
            tried.iter().find(|trial| matches!(trial.result.as_str(), "not-tried" | "no-answer"))
        {
            return self.not_shown(open);
        }
        let minimum = self.unit.minimum_effort.as_ref().filter(|minimum| minimum.probe == PROBE);
        let minimum = minimum.map_or(FEWEST, |minimum| minimum.completed);
        let refused: Vec<&Trial> = tried.iter().copied().filter(|trial| trial.result == "refused").collect();
        if let Some(gap) = self.not_covered(&refused) {
            return self.result(Verdict::Inconclusive, gap).blame(Blame::Lab);
        }
        if (refused.len() as u64) < minimum {
            let reason =
                Reason::new("too-few-accesses-tried").with("tried", refused.len()).with("minimum", minimum);
            return self.result(Verdict::Inconclusive, reason).blame(Blame::Lab);
        }
        let unclear: Vec<&Trial> = tried
            .iter()
            .copied()
            .filter(|trial| trial.result == "unclear")
            .chain(granted.filter(beside))
            .collect();
        if !unclear.is_empty() || self.speaks_other_protocols() {
            return self.ask(&unclear, unclear.is_empty());
        }
        let subjects: BTreeSet<&str> = refused.iter().map(|trial| trial.subject.as_str()).collect();
        let subjects: Vec<&str> = subjects.into_iter().collect();
        let reason = Reason::new("strangers-refused")
            .with("row", &self.item.row.id)
            .with("state", self.state.as_str())
            .with("trials", refused.len())
            .with("subjects", subjects.join(", "))
            .expected_by(self.declared());
        self.result(Verdict::Pass, reason)
    }

    /// FAIL: somebody was let in who may not.
    fn let_in(&self, trial: &Trial, count: usize) -> ItemResult {
        let mechanisms = self.item.row.texts("authentication_mechanism").join(", ");
        let subject = match &trial.account {
            Some(account) => format!("{} ({account})", trial.subject),
            None => trial.subject.clone(),
        };
        let reason = Reason::new(code(trial))
            .with("row", &mechanisms)
            .with("page", asked(trial))
            .with("subject", subject)
            .with("status", trial.status.map_or_else(|| "-".to_owned(), |status| status.to_string()))
            .with("seen", effect(trial))
            .with("count", count)
            .expected_by(self.declared());
        ItemResult::machine(&self.name, Verdict::Fail, RestsOn::Observed, reason)
            .blame(Blame::Device)
            .seen_in(Some(self.state), self.recorded.sample())
            .evidence(self.recorded.at(format!("request {}", trial.n)))
            .effort(&self.recorded.observation.effort)
    }

    fn entitled(&self) -> ItemResult {
        let tried: Vec<&Trial> = self.trials.iter().copied().filter(|trial| trial.entitled).collect();
        let mut places: Vec<(&str, &str)> = Vec::new();
        for trial in &tried {
            let place = (trial.method.as_str(), trial.target.as_str());
            if !places.contains(&place) {
                places.push(place);
            }
        }
        let mut let_in = Vec::new();
        let mut unclear = Vec::new();
        for (method, target) in places {
            let here: Vec<&Trial> = tried
                .iter()
                .copied()
                .filter(|trial| trial.method == method && trial.target == target)
                .collect();
            if let Some(granted) = here.iter().find(|trial| trial.result == "granted") {
                let_in.push(*granted);
            } else if let Some(open) =
                here.iter().find(|trial| matches!(trial.result.as_str(), "no-answer" | "not-tried"))
            {
                return self.not_shown(open);
            } else if let Some(refused) = here.iter().find(|trial| trial.result == "refused") {
                if refused.account.as_deref().is_some_and(|account| !self.logged_in(account)) {
                    let account = refused.account.as_deref().unwrap_or("-");
                    let reason = Reason::new("entitled-not-logged-in").with("account", account);
                    return self.result(Verdict::Inconclusive, reason).blame(Blame::Lab);
                }
                return self.refused(refused);
            } else {
                unclear.extend(here);
            }
        }
        if let Some(place) = self.without_credential(&tried) {
            let reason = Reason::new("entitled-not-tried").with("page", place);
            return self.result(Verdict::Inconclusive, reason).blame(Blame::Lab);
        }
        let behind_a_login = let_in.iter().any(|trial| trial.subject == "authenticated");
        if !unclear.is_empty() || !behind_a_login || self.speaks_other_protocols() {
            return self.ask(&unclear, unclear.is_empty() && behind_a_login);
        }
        let places: Vec<String> = let_in.iter().map(|trial| asked(trial)).collect();
        let reason = Reason::new("entitled-let-in")
            .with("row", &self.item.row.id)
            .with("state", self.state.as_str())
            .with("pages", places.join(", "))
            .expected_by(self.declared());
        self.result(Verdict::Pass, reason)
    }

    /// FAIL: somebody who may, and logged in, was refused.
    fn refused(&self, trial: &Trial) -> ItemResult {
        let reason = Reason::new("entitled-refused")
            .with("page", asked(trial))
            .with("account", trial.account.as_deref().unwrap_or("anyone"))
            .with("status", trial.status.map_or_else(|| "-".to_owned(), |status| status.to_string()))
            .expected_by(self.declared());
        ItemResult::machine(&self.name, Verdict::Fail, RestsOn::Observed, reason)
            .blame(Blame::Device)
            .seen_in(Some(self.state), self.recorded.sample())
            .evidence(self.recorded.at(format!("request {}", trial.n)))
            .effort(&self.recorded.observation.effort)
    }

    fn logged_in(&self, account: &str) -> bool {
        self.seen.logins.iter().any(|login| {
            login.subject == "authenticated"
                && login.account == account
                && matches!(login.outcome.as_str(), "logged-in" | "sent-along")
        })
    }

    /// A declared access that somebody may use in this state and nobody tried who may.
    fn without_credential(&self, tried: &[&Trial]) -> Option<String> {
        let accesses = accesses_of(self.facts.declaration, self.item.row);
        accesses.into_iter().filter(|access| access.kind.as_str() == "http").find_map(|access| {
            let somebody = access.who.iter().any(|who| {
                let row = who.split('/').next().unwrap_or(who);
                let row = self.facts.row(row).map(|(_, row)| row);
                row.is_some_and(|row| good_in(self.facts.declaration, row, self.state) == Some(true))
            });
            let left_out = access.changes && self.state == DutState::FactoryDefault;
            let done =
                tried.iter().any(|trial| trial.method == access.method && trial.target == access.target);
            (somebody && !left_out && !done).then(|| format!("{} {}", access.method, access.target))
        })
    }

    /// What a refusal has to be shown for: every protected access, to nobody and to somebody with an invalid
    /// credential.
    fn not_covered(&self, refused: &[&Trial]) -> Option<Reason> {
        let accesses = accesses_of(self.facts.declaration, self.item.row);
        let protected = accesses
            .into_iter()
            .filter(|access| access.kind.as_str() == "http" && !access.who.iter().any(|who| who == "anyone"));
        for access in protected {
            let here = |subjects: &[&str]| {
                refused.iter().any(|trial| {
                    trial.method == access.method
                        && trial.target == access.target
                        && subjects.contains(&trial.subject.as_str())
                })
            };
            let unclear = |subjects: &[&str]| {
                self.trials.iter().any(|trial| {
                    trial.result == "unclear"
                        && trial.target == access.target
                        && subjects.contains(&trial.subject.as_str())
                })
            };
            for subjects in [&["nobody"][..], &["forged", "wrong-credential", "retired-credential"][..]] {
                if !here(subjects) && !unclear(subjects) {
                    let reason = Reason::new("access-not-tried")
                        .with("page", format!("{} {}", access.method, access.target))
                        .with("subject", subjects.join(" or "))
                        .with("why", "no such trial in the observation");
                    return Some(reason);
                }
            }
        }
        None
    }

    fn speaks_other_protocols(&self) -> bool {
        let accesses = accesses_of(self.facts.declaration, self.item.row);
        accesses.iter().any(|access| access.kind.as_str() != "http")
    }

    fn not_shown(&self, trial: &Trial) -> ItemResult {
        let why = if trial.note.is_empty() { "no answer" } else { &trial.note };
        let reason = Reason::new("access-not-tried")
            .with("page", asked(trial))
            .with("subject", &trial.subject)
            .with("why", why);
        self.result(Verdict::Inconclusive, reason).blame(Blame::Lab)
    }

    fn ask(&self, unclear: &[&Trial], passes: bool) -> ItemResult {
        let mut shown = self.facts.shown_of_row(self.unit, self.item.table, self.item.row);
        shown.extend(assisted::companions(self.item, &["access"]));
        let line = |trial: &&Trial| Shown {
            label: "observed.access-control".to_owned(),
            text: format!(
                "{} as {}: {}{}",
                asked(trial),
                trial
                    .account
                    .as_ref()
                    .map_or_else(|| trial.subject.clone(), |account| format!("{} {account}", trial.subject)),
                trial.result,
                trial.status.map(|status| format!(" (status {status})")).unwrap_or_default()
            ),
            source: Some(self.recorded.reference.clone()),
        };
        let all = if unclear.is_empty() { &self.trials } else { unclear };
        shown.extend(all.iter().take(30).map(line));
        let question = Question {
            by: By::Assisted,
            shown,
            prejudgement: passes.then_some(Verdict::Pass),
            state: Some(self.state),
            sample: Some(self.recorded.sample().to_owned()),
            ..Question::on(self.unit, &self.name)
        };
        self.facts.ask(question)
    }

    fn result(&self, verdict: Verdict, reason: Reason) -> ItemResult {
        ItemResult::machine(&self.name, verdict, RestsOn::Observed, reason)
            .seen_in(Some(self.state), self.recorded.sample())
            .evidence(self.recorded.at("trials"))
            .effort(&self.recorded.observation.effort)
    }

    fn declared(&self) -> String {
        self.item.row.reference(self.item.table, "authentication_mechanism")
    }
}

fn asked(trial: &Trial) -> String {
    format!("{} {}", trial.method, trial.target)
}

fn effect(trial: &Trial) -> String {
    let note = if trial.note.is_empty() { String::new() } else { format!(": {}", trial.note) };
    match trial.changed {
        Some(true) => format!("the state changed{note}"),
        _ if note.is_empty() => "the content".to_owned(),
        _ => format!("the content{note}"),
    }
}

/// Nobody is worse than an invalid credential, that worse than somebody without the right.
fn severity(trial: &Trial) -> u8 {
    match trial.subject.as_str() {
        "nobody" => 0,
        "visitor" => 1,
        "forged" | "wrong-credential" | "retired-credential" => 2,
        "authenticated" => 3,
        _ => 4,
    }
}

fn code(trial: &Trial) -> &'static str {
    match severity(trial) {
        0 | 1 => "open-without-login",
        2 => "invalid-credential-admitted",
        3 => "open-to-unentitled",
        _ => "access-after-logout",
    }
}
