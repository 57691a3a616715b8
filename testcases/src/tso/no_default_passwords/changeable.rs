//! 5.1-4: users can change what they authenticate with, in a simple way.

use crate::assessor::empty_selection;
use crate::assisted::ask_about;
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::judge::{By, Group, ItemResult, Judge};
use crate::published::{self, Publication};
use crate::verdict::Verdict;

#[path = "changeable/change.rs"]
mod change;

/// 5.1-4.
pub static GROUP: Group = Group {
    id: "5.1-4",
    judges: &[
        Judge {
            unit: "5.1-4-1:a",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &["public-resource"],
            judge: the_published_guidance_explains_the_change,
        },
        Judge {
            unit: "5.1-4-2:a",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &["credential-change", "chosen-credential", "label-password"],
            judge: change::the_change_can_be_carried_out,
        },
        Judge {
            unit: "5.1-4-2:b",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &["credential-change", "chosen-credential", "label-password"],
            judge: change::the_new_value_counts_and_the_old_does_not,
        },
    ],
};

const ENTRY: &str = "documentation_of_change_mechanisms";

/// 5.1-4-1 a: guidance is published; whether a user with limited technical knowledge understands it is for
/// a person, who is shown what a stranger gets at its address.
fn the_published_guidance_explains_the_change(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let selected = facts.selected(unit);
    if let Some(result) = empty_selection(unit, &selected.emptiness) {
        return vec![result];
    }
    let publication = Publication::of(facts, ENTRY);
    if let Some(result) = publication.missing(Verdict::Fail) {
        return vec![result];
    }
    let shown = published::shown(facts, &publication);
    selected.items.iter().map(|item| ask_about(facts, unit, item, shown.clone(), None)).collect()
}

#[cfg(test)]
mod tests {
    use ixit::Blame;

    use super::*;
    use crate::test_facts::TestFacts;

    const LOGIN: &str = "[[auth_mech]]\nid = \"AuthMech-Web\"\nsubject = \"user\"\ndescription = \"Form\"\n";

    #[test]
    fn guidance_is_read_by_a_person_and_missing_guidance_fails() {
        let facts = TestFacts::declared(&format!(
            "{LOGIN}[user_info]\ndocumentation_of_change_mechanisms = \"Manual, page 4\"\n"
        ));
        let result = facts.judge_one("5.1-4-1:a");
        assert_eq!((result.verdict, result.by), (Verdict::Inconclusive, By::Assisted));
        assert_eq!(
            facts.answered("5.1-4-1:a", "AuthMech-Web", "yes").judge_one("5.1-4-1:a").verdict,
            Verdict::Pass
        );
        let none = TestFacts::declared(&format!(
            "{LOGIN}[user_info]\ndocumentation_of_change_mechanisms = \"TBD\"\n"
        ));
        let result = none.judge_one("5.1-4-1:a");
        assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Fail, "no-publication-declared"));
        assert_eq!(result.blame, Some(Blame::Documentation));
    }
}
