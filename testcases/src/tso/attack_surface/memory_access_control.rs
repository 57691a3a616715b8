//! 5.6-8: hardware controls who accesses memory.

use ixit::Located;

use crate::assisted::{Look, each_row};
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::judge::{By, Group, ItemResult, Judge};
use crate::reason::Reason;
use crate::selection::Item;
use crate::verdict::Verdict;

/// 5.6-8.
pub static GROUP: Group = Group {
    id: "5.6-8",
    judges: &[
        Judge {
            unit: "5.6-8-1:a",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: works_in_hardware,
        },
        Judge {
            unit: "5.6-8-1:b",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: controls_memory,
        },
    ],
};

/// 5.6-8-1 a: every mechanism works in hardware; what is embedded in the hardware counts as such.
fn works_in_hardware(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let declared = item.row.companions.in_hardware.as_ref();
        yes_or_no(item, declared, "in_hardware", ["works-in-hardware", "works-in-software-alone"])
    })
}

/// 5.6-8-1 b: every mechanism can control access to memory.
fn controls_memory(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let declared = item.row.companions.controls_memory.as_ref();
        yes_or_no(item, declared, "controls_memory", ["controls-memory", "controls-no-memory"])
    })
}

/// The case asks for every mechanism, so that one row with a no fails it, whatever the others say.
fn yes_or_no(item: &Item<'_>, declared: Option<&Located<bool>>, key: &'static str, codes: [&str; 2]) -> Look {
    let reason = |code: &str| Reason::new(code).with("row", &item.row.id).expected_by("criterion");
    match declared.map(|declared| declared.value) {
        Some(true) => Look::Met { reason: reason(codes[0]), shown_by: key },
        Some(false) => Look::Contradiction { reason: reason(codes[1]), shown_by: key },
        None => Look::question(item, &["in_hardware", "controls_memory"], None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_facts::TestFacts;

    const SOUND: &str = "[[acc_ctrl]]\nid = \"AccCtrl-1\"\ndescription = \"MMU\"\nin_hardware = true\ncontrols_memory = true\n";

    #[test]
    fn a_mechanism_in_hardware_that_controls_memory_passes() {
        for (unit, code) in [("5.6-8-1:a", "works-in-hardware"), ("5.6-8-1:b", "controls-memory")] {
            let result = TestFacts::declared(SOUND).judge_one(unit);
            assert_eq!((result.verdict, result.by), (Verdict::Pass, By::Machine));
            assert_eq!(result.reason.code, code);
            assert!(!result.evidence.is_empty());
        }
    }

    #[test]
    fn every_mechanism_counts() {
        let cases = [
            ("5.6-8-1:a", "in_hardware", "works-in-software-alone"),
            ("5.6-8-1:b", "controls_memory", "controls-no-memory"),
        ];
        for (unit, key, code) in cases {
            let other = SOUND
                .replace("AccCtrl-1", "AccCtrl-2")
                .replace(&format!("{key} = true"), &format!("{key} = false"));
            let results = TestFacts::declared(&format!("{SOUND}{other}")).judge(unit);
            let verdicts: Vec<Verdict> = results.iter().map(|result| result.verdict).collect();
            assert_eq!(verdicts, [Verdict::Pass, Verdict::Fail]);
            assert_eq!(results[1].reason.code, code);
        }
    }

    #[test]
    fn prose_alone_is_asked_about() {
        let prose = SOUND.replace("in_hardware = true\ncontrols_memory = true\n", "");
        for unit in ["5.6-8-1:a", "5.6-8-1:b"] {
            let result = TestFacts::declared(&prose).judge_one(unit);
            assert_eq!((result.verdict, result.by), (Verdict::Inconclusive, By::Assisted));
        }
    }

    #[test]
    fn a_claim_without_any_mechanism_does_not_pass() {
        let result = TestFacts::declared("[empty]\nacc_ctrl = \"None\"\n").judge_one("5.6-8-1:a");
        assert_ne!(result.verdict, Verdict::Pass);
    }
}
