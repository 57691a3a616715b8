//! 5.5-8: critical security parameters are managed by secure processes.

use crate::assisted::{Look, together};
use crate::catalogue::Unit;
use crate::confirmations::{Table, confirmed};
use crate::facts::Facts;
use crate::judge::{By, Group, ItemResult, Judge};
use crate::process_coverage::Coverage;
use crate::prompt::Shown;
use crate::reason::Reason;
use crate::selection::{self, Emptiness};
use crate::verdict::Verdict;

/// 5.5-8.
pub static GROUP: Group = Group {
    id: "5.5-8",
    judges: &[
        Judge {
            unit: "5.5-8-1:a",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: the_whole_life_is_covered,
        },
        Judge {
            unit: "5.5-8-1:b",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: management_is_confirmed,
        },
    ],
};

/// The life of a critical parameter. Archival and destruction belong to decommissioning.
const LIFE_CYCLE: &[&str] =
    &["generation", "provisioning", "storage", "update", "decommissioning", "expiry", "compromise"];

/// 5.5-8-1 a: the processes cover the whole life, all rows together. A step that no row names fails; where a row says
/// in prose only what it covers, the step may stand there and a person reads it.
fn the_whole_life_is_covered(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    together(facts, unit, |items| {
        let coverage = Coverage::of(items, LIFE_CYCLE);
        let missing = coverage.missing();
        let reason = |code: &str| {
            Reason::new(code)
                .with("rows", items.len())
                .with("matrix", coverage.matrix())
                .with("missing", missing.join(", "))
                .expected_by("criterion")
        };
        if missing.is_empty() {
            return Look::Met { reason: reason("life-cycle-covered"), shown_by: "covers" };
        }
        if coverage.silent.is_empty() {
            return Look::Contradiction { reason: reason("life-cycle-incomplete"), shown_by: "covers" };
        }
        let matrix = Shown { label: "computed.coverage".to_owned(), text: coverage.matrix(), source: None };
        Look::Question { shown: vec![matrix], prejudgement: None }
    })
}

/// 5.5-8-1 b: the confirmation says yes. Without critical parameters there is nothing to manage.
fn management_is_confirmed(facts: &Facts<'_>, _: &Unit) -> Vec<ItemResult> {
    let parameters = selection::rows(facts.declaration, "sec_param", Some("critical")).emptiness;
    let none = matches!(parameters, Emptiness::Stated { .. } | Emptiness::NoneMatches { .. });
    let needed = if none { Table::MayBeEmpty } else { Table::Needed };
    confirmed(facts, "confirmation_of_secure_management", "sec_mgmt", needed)
}

#[cfg(test)]
#[path = "parameter_management/tests.rs"]
mod tests;
