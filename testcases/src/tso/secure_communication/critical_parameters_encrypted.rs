//! 5.5-6: critical security parameters are encrypted on their way.

use crate::judge::{By, Group, Judge};
use crate::mechanism::confidential_best_practice;
use crate::traffic_seen::{WHAT_IT_READS, cryptography_and_clear_text};
use crate::verdict::Verdict;

/// 5.5-6.
pub static GROUP: Group = Group {
    id: "5.5-6",
    judges: &[
        Judge {
            unit: "5.5-6-1:a",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: confidential_best_practice,
        },
        Judge {
            unit: "5.5-6-2:a",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: WHAT_IT_READS,
            judge: cryptography_and_clear_text,
        },
    ],
};
