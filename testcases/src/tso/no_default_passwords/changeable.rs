//! 5.1-4: users can change what they authenticate with, in a simple way.

use crate::assessor::empty_selection;
use crate::assisted::{ask_about, companions};
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::judge::{By, Group, ItemResult, Judge, RestsOn};
use crate::published::{self, Publication};
use crate::reason::Reason;
use crate::selection::Item;
use crate::verdict::Verdict;
use ixit::{Blame, Row};

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

/// 5.1-4-1 a: guidance is published, and the declared way to change leads somewhere; whether a user with limited
/// technical knowledge understands it is for a person, who is shown what a stranger gets at its address.
fn the_published_guidance_explains_the_change(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let selected = facts.selected(unit);
    if let Some(result) = empty_selection(unit, &selected.emptiness) {
        return vec![result];
    }
    let publication = Publication::of(facts, ENTRY);
    if let Some(result) = publication.missing(Verdict::Fail) {
        return vec![result];
    }
    let published = published::shown(facts, &publication);
    let of_item = |item: &Item<'_>| match leads_nowhere(facts, item.row).filter(|_| !item.unclassified) {
        Some(reason) => ItemResult::machine(&item.row.id, Verdict::Fail, RestsOn::Declared, reason)
            .blame(Blame::Documentation)
            .declared(item.row.reference(item.table, "change")),
        None => {
            let shown = published.iter().cloned().chain(companions(item, &["change"])).collect();
            ask_about(facts, unit, item, shown, None)
        }
    };
    selected.items.iter().map(of_item).collect()
}

/// A value that is said to be changed with that of another mechanism, or to be replaced by it, where that one is not
/// declared, or has no function for a change and no choice at set-up: guidance could explain no change.
fn leads_nowhere(facts: &Facts<'_>, row: &Row) -> Option<Reason> {
    let change = &row.companions.change.as_ref()?.value;
    let other = change.through.as_deref().or(change.replaced_by.as_deref())?;
    let target = facts.row(other).filter(|(table, target)| *table == "auth_mech" && target.id != row.id);
    let sound = target.is_some_and(|(_, target)| {
        let changed = target.companions.change.as_ref().is_some_and(|change| {
            change.value.path.is_some()
                || change.value.through.is_some()
                || change.value.replaced_by.is_some()
        });
        changed || target.companions.set_up.is_some()
    });
    (!sound).then(|| {
        Reason::new("change-leads-nowhere").with("row", &row.id).with("other", other).expected_by("criterion")
    })
}

#[cfg(test)]
mod tests {
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

    #[test]
    fn a_change_through_a_mechanism_without_one_leads_nowhere() {
        let with = |change: &str, other: &str| {
            let ixit = format!(
                "{LOGIN}change = {{ {change} }}\n[[auth_mech]]\nid = \"AuthMech-Other\"\nsubject = \"machine\"\n{other}\n[user_info]\ndocumentation_of_change_mechanisms = \"Manual, page 4\"\n"
            );
            TestFacts::declared(&ixit).judge_one("5.1-4-1:a")
        };
        let path = "change = { path = \"/password\" }";
        for change in ["through = \"AuthMech-Other\"", "replaced_by = \"AuthMech-Other\""] {
            assert!(with(change, path).open.is_some(), "{change}");
            let result = with(change, "");
            assert_eq!(
                (result.verdict, result.reason.code.as_str()),
                (Verdict::Fail, "change-leads-nowhere")
            );
            assert_eq!((result.by, result.blame), (By::Machine, Some(Blame::Documentation)));
        }
        for gone in ["through = \"AuthMech-Gone\"", "through = \"AuthMech-Web\""] {
            assert_eq!(with(gone, path).reason.code, "change-leads-nowhere");
        }
        assert!(with("path = \"/own\"", "").open.is_some());
    }
}
