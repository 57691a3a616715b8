//! Confirmations of the supplier (4-Conf): yes or no, of a process that a table of its own describes.

use ixit::Blame;

use crate::facts::Facts;
use crate::judge::{ItemResult, RestsOn};
use crate::reason::Reason;
use crate::selection::{self, Emptiness};
use crate::verdict::Verdict;

/// Whether a table without rows leaves anything to confirm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// The process is needed in every device: without rows there is nothing that could be confirmed.
    Needed,
    /// There may be nothing that the process would have to do; then it may be empty.
    MayBeEmpty,
}

/// Judges a unit that looks for a yes. A confirmation of a process that is stated not to be there contradicts itself;
/// one of a process of which nothing is said is left open.
pub fn confirmed(facts: &Facts<'_>, entry: &str, table: &str, needed: Table) -> Vec<ItemResult> {
    let Some(form) = facts.declaration.ixit.form("conf") else {
        return vec![open(Reason::new("table-not-stated").with("table", "conf"))];
    };
    let reference = form.reference("conf", entry);
    let reason = |code: &str| Reason::new(code).with("entry", entry).with("table", table);
    let decided = |verdict, code: &str| {
        ItemResult::machine("-", verdict, RestsOn::Declared, reason(code).expected_by("criterion"))
            .declared(reference.clone())
    };
    let answer = match form.flag(entry) {
        None => return vec![open(reason("confirmation-missing")).declared(reference)],
        Some(false) => {
            return vec![decided(Verdict::Fail, "confirmation-denied").blame(Blame::Documentation)];
        }
        Some(true) => decided(Verdict::Pass, "confirmation-given"),
    };
    vec![match selection::rows(facts.declaration, table, None).emptiness {
        Emptiness::NotEmpty | Emptiness::NoneMatches { .. } => answer,
        Emptiness::Stated { reference: empty, .. } if needed == Table::Needed => {
            decided(Verdict::Fail, "confirmation-of-nothing").blame(Blame::Documentation).declared(empty)
        }
        Emptiness::Stated { reference: empty, .. } => answer.declared(empty),
        Emptiness::NothingSaid { table } => open(Reason::new("table-not-stated").with("table", table)),
    }]
}

fn open(reason: Reason) -> ItemResult {
    ItemResult::machine("-", Verdict::Inconclusive, RestsOn::Declared, reason).blame(Blame::Documentation)
}

#[cfg(test)]
#[path = "confirmations/tests.rs"]
mod tests;
