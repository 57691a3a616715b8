//! 5.5-5: what changes security-relevant configuration over a network needs authentication.
//!
//! Here: the search for communication mechanisms that are not declared. The other units are asked of an
//! assessor.

use crate::catalogue::Unit;
use crate::completeness::{self, Comparison};
use crate::facts::Facts;
use crate::judge::{By, Group, ItemResult, Judge};
use crate::verdict::Verdict;

/// 5.5-5.
pub static GROUP: Group = Group {
    id: "5.5-5",
    judges: &[Judge {
        unit: "5.5-5-2:b",
        by: By::Machine,
        machine_can: &[Verdict::Pass, Verdict::Fail],
        needs: &["tcp-sweep", "identify", "udp-services"],
        judge: found_mechanisms_are_declared,
    }],
};

/// 5.5-5-2 b: every communication mechanism that is found at a network interface is declared.
fn found_mechanisms_are_declared(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    completeness::everything_found_is_declared(
        facts,
        unit,
        &Comparison {
            table: "com_mech",
            undeclared: "undeclared-communication-mechanism",
            all_declared: "only-declared-mechanisms-found",
        },
    )
}

#[cfg(test)]
#[path = "configuration_needs_authentication/tests.rs"]
mod tests;
