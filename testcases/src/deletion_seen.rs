//! What was seen of deletions: each observation beside the row that declares the function.

use ixit::{Blame, Row};
use probes::probe::deletion::{Deletion, Planted};

use crate::facts::{Facts, Recorded};
use crate::judge::{ItemResult, RestsOn};
use crate::prompt::Shown;
use crate::reason::Reason;
use crate::verdict::Verdict;

#[cfg(test)]
pub(crate) mod test_deletions;

/// Name of the probe.
pub const PROBE: &str = "deletion";

/// One deletion of one sample.
#[derive(Clone, Debug)]
pub struct Seen<'a> {
    /// The observation.
    pub recorded: &'a Recorded,
    /// Its result.
    pub deletion: Deletion,
}

/// What became of the declared order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Course {
    /// It was not given.
    NotOrdered,
    /// The data are no longer shown to whoever gave it.
    CarriedOut,
    /// They still are, and the device says that they were deleted.
    OnlySaid,
    /// They still are.
    WithoutEffect,
    /// What became of it was not seen.
    Unclear,
}

/// Every deletion that was observed, in order.
pub fn all<'a>(facts: &Facts<'a>) -> Vec<Seen<'a>> {
    let results = facts.results::<Deletion>(PROBE).into_iter();
    results.map(|(recorded, deletion)| Seen { recorded, deletion }).collect()
}

/// Those of one function.
pub fn of_row<'a>(facts: &Facts<'a>, row: &Row) -> Vec<Seen<'a>> {
    all(facts).into_iter().filter(|seen| seen.deletion.function == row.id).collect()
}

/// What a person is shown of the deletions by a function, or by all.
pub fn lines(facts: &Facts<'_>, function: Option<&str>) -> Vec<Shown> {
    let seen = all(facts).into_iter();
    seen.filter(|seen| function.is_none_or(|id| seen.deletion.function == id))
        .flat_map(|seen| seen.lines())
        .collect()
}

impl Seen<'_> {
    /// What became of the declared order.
    pub fn course(&self) -> Course {
        let Some(attempt) = self.deletion.declared_attempt() else { return Course::NotOrdered };
        let said = self.deletion.answer.as_ref().is_some_and(|told| !told.words.is_empty());
        match attempt.result.as_str() {
            _ if self.deletion.gone_after.is_some() => Course::CarriedOut,
            "carried-out" => Course::CarriedOut,
            "without-effect" if said => Course::OnlySaid,
            "without-effect" => Course::WithoutEffect,
            _ => Course::Unclear,
        }
    }

    /// Whoever had the data deleted with less than is declared.
    pub fn lesser(&self) -> Option<&str> {
        let attempts = self.deletion.attempts.iter();
        let mut lesser =
            attempts.filter(|attempt| attempt.by != "declared" && attempt.result == "carried-out");
        lesser.next().map(|attempt| attempt.by.as_str())
    }

    /// Whether every place at which the planted data were read was looked at in a state, by everybody who was to look
    /// there; after a set-up that includes the next user.
    pub fn looked_around(&self, state: &str) -> bool {
        let looks = || self.deletion.looks.iter().filter(|look| look.state == state);
        let at = |read: &str, subject: &str| {
            looks().any(|look| look.target == read && look.subject == subject && look.result == "looked")
        };
        let everywhere = self.deletion.shown().all(|planted| {
            at(&planted.read, "nobody") && (state == "after_reset" || at(&planted.read, "new-user"))
        });
        // What let the user in is tried again where it has to end.
        let tried = |account: &str, subject: &str| {
            looks().any(|look| look.account.as_deref() == Some(account) && look.subject == subject)
        };
        let logins = self
            .deletion
            .held
            .iter()
            .filter(|held| held.works && held.ends && held.chosen != Some(false))
            .all(|held| state != "after_reset" || tried(&held.account, "old-credential"));
        everywhere && logins && looks().all(|look| look.result == "looked")
    }

    /// Data that were to be planted and could not be read back.
    pub fn not_planted(&self) -> Vec<&Planted> {
        self.deletion.planted.iter().filter(|planted| !planted.shown).collect()
    }

    /// A result on this observation, with its evidence and effort.
    pub fn result(&self, item: &str, verdict: Verdict, reason: Reason, at: &str) -> ItemResult {
        ItemResult::machine(item, verdict, RestsOn::Observed, reason)
            .evidence(self.recorded.at(at))
            .effort(&self.recorded.observation.effort)
            .seen_in(self.recorded.state(), self.recorded.sample())
    }

    /// INCONCLUSIVE, because the observation ends short of what is needed.
    pub fn incomplete(&self, item: &str) -> ItemResult {
        let trouble = self.recorded.observation.trouble.as_deref().unwrap_or("no reason given");
        let reason = Reason::new("observation-incomplete").with("probe", PROBE).with("trouble", trouble);
        self.result(item, Verdict::Inconclusive, reason, "").blame(Blame::Lab)
    }

    fn lines(&self) -> Vec<Shown> {
        let seen = &self.deletion;
        let source = Some(self.recorded.reference.clone());
        let line = |label: &str, text: String| Shown {
            label: format!("observed.deletion.{label}"),
            text,
            source: source.clone(),
        };
        let planted: Vec<String> = seen
            .planted
            .iter()
            .map(|planted| {
                let read = if planted.shown { "read back" } else { "not read back" };
                format!("{} = {} ({read} at {})", planted.data, planted.value, planted.read)
            })
            .collect();
        let attempts: Vec<String> = seen
            .attempts
            .iter()
            .map(|attempt| {
                let status = attempt.status.map_or_else(|| "no answer".to_owned(), |code| code.to_string());
                format!("{}: {} ({status})", attempt.by, attempt.result)
            })
            .collect();
        let mut lines = vec![line("planted", planted.join("; ")), line("attempts", attempts.join("; "))];
        if let Some(told) = &seen.answer {
            let text = format!("{} {}: {}", told.status, told.path, told.text);
            lines.push(line("answer", text));
        }
        let looked = seen.looks.iter().filter(|look| look.result == "looked").count();
        let found: Vec<String> = seen
            .residue
            .iter()
            .map(|residue| format!("{} at {} as {}", residue.of, residue.place, residue.subject))
            .collect();
        let found = if found.is_empty() { "nothing".to_owned() } else { found.join("; ") };
        lines.push(line("looked", format!("{looked} of {} places; found: {found}", seen.looks.len())));
        lines
    }
}

/// INCONCLUSIVE, because there is no observation of the function.
pub fn missing(row: &Row) -> ItemResult {
    let reason = Reason::new("observation-missing").with("probe", format!("{PROBE} {}", row.id));
    ItemResult::machine(&row.id, Verdict::Inconclusive, RestsOn::Observed, reason).blame(Blame::Lab)
}
