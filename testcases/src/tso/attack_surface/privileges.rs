//! 5.6-7: software runs with no more rights than it needs.

use crate::assisted::{Look, together};
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::files_seen::files;
use crate::firmware_seen;
use crate::judge::{By, Group, ItemResult, Judge};
use crate::prompt::Shown;
use crate::reason::Reason;
use crate::selection::Item;
use crate::verdict::Verdict;

/// 5.6-7.
pub static GROUP: Group = Group {
    id: "5.6-7",
    judges: &[Judge {
        unit: "5.6-7-1:a",
        by: By::Assisted,
        machine_can: &[Verdict::Fail],
        needs: &[],
        judge: the_three_principles_are_furthered,
    }],
};

/// The three principles of the unit.
const PRINCIPLES: [&str; 3] = ["separation-of-duty", "need-to-know", "least-privilege"];

/// 5.6-7-1 a: all mechanisms together further the three principles. A principle that no row covers contradicts that
/// where every row says what it covers; whether the mechanisms are adequate is for a person, who is shown which files of
/// an image run with more rights than whoever starts them, and how its programs are hardened.
fn the_three_principles_are_furthered(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let files = files(facts);
    let mut rights = firmware_seen::shown(&files, firmware_seen::RIGHTS);
    rights.extend(firmware_seen::shown_hardening(&files));
    together(facts, unit, |items| {
        let covering = |principle: &str| -> Vec<&str> {
            items.iter().filter(|item| covers(item, principle)).map(|item| item.row.id.as_str()).collect()
        };
        let lacking: Vec<&str> =
            PRINCIPLES.into_iter().filter(|principle| covering(principle).is_empty()).collect();
        let all_say = items.iter().all(|item| !item.row.companions.covers.is_empty());
        if all_say && !lacking.is_empty() {
            let reason = Reason::new("principle-not-covered")
                .with("lacking", lacking.join(", "))
                .with("rows", items.len())
                .expected_by("criterion");
            return Look::Contradiction { reason, shown_by: "covers" };
        }
        let mut shown: Vec<Shown> = PRINCIPLES
            .into_iter()
            .map(|principle| {
                let rows = covering(principle);
                let rows = if rows.is_empty() { "no row says so".to_owned() } else { rows.join(", ") };
                Shown {
                    label: "computed.covered-by".to_owned(),
                    text: format!("{principle}: {rows}"),
                    source: None,
                }
            })
            .collect();
        shown.extend(rights.iter().cloned());
        Look::Question { shown, prejudgement: lacking.is_empty().then_some(Verdict::Pass) }
    })
}

fn covers(item: &Item<'_>, principle: &str) -> bool {
    item.row.companions.covers.iter().any(|covered| covered.value == principle)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_facts::TestFacts;

    fn judged(rows: &[&str]) -> ItemResult {
        let rows: Vec<String> = rows
            .iter()
            .enumerate()
            .map(|(at, further)| {
                format!("[[privl_ctrl]]\nid = \"PrivlCtrl-{at}\"\ndescription = \"Accounts\"\n{further}\n")
            })
            .collect();
        TestFacts::declared(&rows.concat()).judge_one("5.6-7-1:a")
    }

    const TWO: &str = "covers = [\"separation-of-duty\", \"least-privilege\"]";
    const THIRD: &str = "covers = [\"need-to-know\"]";

    #[test]
    fn three_covered_principles_are_expected_to_pass() {
        let result = judged(&[TWO, THIRD]);
        let open = result.open.expect("a question");
        assert_eq!((result.by, open.prejudgement), (By::Assisted, Some(Verdict::Pass)));
        assert!(open.shown.iter().any(|shown| shown.text == "need-to-know: PrivlCtrl-1"), "{open:#?}");
    }

    #[test]
    fn a_principle_that_no_row_covers_fails() {
        let result = judged(&[TWO]);
        assert_eq!((result.verdict, result.by), (Verdict::Fail, By::Machine));
        assert_eq!(result.reason.code, "principle-not-covered");
        assert_eq!(result.reason.args["lacking"], "need-to-know");
        assert_eq!(result.evidence.len(), 1);
    }

    #[test]
    fn a_row_that_does_not_say_what_it_covers_leaves_it_to_a_person() {
        for rows in [&[TWO, ""][..], &[""]] {
            assert_eq!(judged(rows).open.expect("a question").prejudgement, None);
        }
        assert_eq!(judged(&[TWO, THIRD, ""]).open.expect("a question").prejudgement, Some(Verdict::Pass));
    }
}
