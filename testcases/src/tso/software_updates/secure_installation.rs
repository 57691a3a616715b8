//! 5.3-2: there is an update mechanism by which nothing is installed but what the supplier made for the device.

use crate::judge::{By, Group, Judge};
use crate::updates_declared::attacks::stopped_by_design;
use crate::updates_seen::{PROBE, attacks_designed, attacks_withstood};
use crate::verdict::Verdict;

/// 5.3-2.
pub static GROUP: Group = Group {
    id: "5.3-2",
    judges: &[
        Judge {
            unit: "5.3-2-1:a",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: stopped_by_design,
        },
        Judge {
            unit: "5.3-2-2:a",
            by: By::Assisted,
            machine_can: &[],
            needs: &[PROBE],
            judge: attacks_designed,
        },
        Judge {
            unit: "5.3-2-2:b",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[PROBE],
            judge: attacks_withstood,
        },
    ],
};

#[cfg(test)]
#[path = "secure_installation/tests.rs"]
mod tests;
