//! 5.1-4: users can change what they authenticate with, in a simple way.

use crate::assessor::empty_selection;
use crate::assisted::{ask_about, companions, open, reference_to_nothing};
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::judge::{By, Group, ItemResult, Judge, RestsOn};
use crate::published::{self, Publication};
use crate::reason::Reason;
use crate::selection::Item;
use crate::verdict::Verdict;
use ixit::companion::Subject;
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
            needs: &["credential-change", "chosen-credential", "label-password", "ble-pairing"],
            judge: change::the_change_can_be_carried_out,
        },
        Judge {
            unit: "5.1-4-2:b",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &["credential-change", "chosen-credential", "label-password", "ble-pairing"],
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
    let of_item = |item: &Item<'_>| {
        let target = other(item.row).map(|other| (other, leads(facts, item.row, other)));
        let shown = published.iter().cloned().chain(companions(item, &["change"])).collect();
        match target.filter(|_| !item.unclassified) {
            Some((other, Target::InACircle | Target::OfMachines)) => {
                let reason = Reason::new("change-leads-nowhere")
                    .with("row", &item.row.id)
                    .with("other", other)
                    .expected_by("criterion");
                ItemResult::machine(&item.row.id, Verdict::Fail, RestsOn::Declared, reason)
                    .blame(Blame::Documentation)
                    .declared(item.row.reference(item.table, "change"))
            }
            Some((other, Target::Undeclared)) => {
                open(item, reference_to_nothing(&item.row.id, "change", &[other]), "change")
            }
            Some((_, Target::Untold)) => ask_about(facts, unit, item, shown, Some(Verdict::Fail)),
            Some((_, Target::Changes)) | None => ask_about(facts, unit, item, shown, None),
        }
    };
    selected.items.iter().map(of_item).collect()
}

/// The mechanism with whose value this one is said to change, or whose value is said to replace it.
fn other(row: &Row) -> Option<&str> {
    let change = &row.companions.change.as_ref()?.value;
    change.through.as_deref().or(change.replaced_by.as_deref())
}

/// What is declared of the mechanism through which a value changes.
enum Target {
    /// It has a function for the change, or a choice at set-up.
    Changes,
    /// Its companions do not tell; the prose may.
    Untold,
    /// It is for machines, and its companions name no change: guidance for users could explain none.
    OfMachines,
    /// It changes through the first one.
    InACircle,
    /// No table has it.
    Undeclared,
}

fn leads(facts: &Facts<'_>, row: &Row, other: &str) -> Target {
    let Some((_, target)) = facts.row(other).filter(|(table, _)| *table == "auth_mech") else {
        return Target::Undeclared;
    };
    if target.id == row.id || self::other(target) == Some(row.id.as_str()) {
        return Target::InACircle;
    }
    let changed = target.companions.change.as_ref().is_some_and(|change| {
        change.value.path.is_some() || change.value.through.is_some() || change.value.replaced_by.is_some()
    });
    if changed || target.companions.set_up.is_some() {
        return Target::Changes;
    }
    let of_machines =
        target.companions.subject.as_ref().is_some_and(|subject| subject.value == Subject::Machine);
    if of_machines { Target::OfMachines } else { Target::Untold }
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
                "{LOGIN}change = {{ {change} }}\n[[auth_mech]]\nid = \"AuthMech-Other\"\n{other}\n[user_info]\ndocumentation_of_change_mechanisms = \"Manual, page 4\"\n"
            );
            let results = TestFacts::declared(&ixit).judge("5.1-4-1:a");
            results.into_iter().find(|result| result.item == "AuthMech-Web").expect("the login")
        };
        let machine = "subject = \"machine\"\n";
        let path = "subject = \"user\"\nchange = { path = \"/password\" }";
        for change in ["through = \"AuthMech-Other\"", "replaced_by = \"AuthMech-Other\""] {
            assert!(with(change, path).open.is_some(), "{change}");
            let result = with(change, machine);
            assert_eq!(
                (result.verdict, result.reason.code.as_str()),
                (Verdict::Fail, "change-leads-nowhere")
            );
            assert_eq!((result.by, result.blame), (By::Machine, Some(Blame::Documentation)));
            // A companion may be left out: then the prose may tell the change, and a person reads it.
            let untold = with(change, "subject = \"user\"").open.expect("a question");
            assert_eq!(untold.prejudgement, Some(Verdict::Fail));
        }
        assert_eq!(with("through = \"AuthMech-Web\"", path).reason.code, "change-leads-nowhere");
        let circle = "subject = \"user\"\nchange = { through = \"AuthMech-Web\" }";
        assert_eq!(with("through = \"AuthMech-Other\"", circle).reason.code, "change-leads-nowhere");
        let gone = with("through = \"AuthMech-Gone\"", path);
        assert_eq!(
            (gone.verdict, gone.reason.code.as_str(), gone.blame),
            (Verdict::Inconclusive, "reference-to-nothing", Some(Blame::Documentation))
        );
        assert!(with("path = \"/own\"", machine).open.is_some());
    }
}
