//! 5.10-1: telemetry is examined for security anomalies.

use crate::assessor::empty_selection;
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::judge::{By, Group, ItemResult, Judge, RestsOn};
use crate::reason::Reason;
use crate::selection;
use crate::verdict::Verdict;
use ixit::Blame;

#[path = "security_examination/suited.rs"]
mod suited;

/// 5.10-1.
pub static GROUP: Group = Group {
    id: "5.10-1",
    judges: &[
        Judge {
            unit: "5.10-1-1:a",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: at_least_one_examination,
        },
        Judge {
            unit: "5.10-1-1:b",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: suited::each_examination_suits_its_data,
        },
    ],
};

/// 5.10-1-1 a: at least one kind of telemetry has a security examination. Rows without one are allowed; no
/// examination at all is not an empty selection that passes, it fails. Whether an examination is any good
/// is asked in b.
fn at_least_one_examination(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let all = selection::rows(facts.declaration, "tel_data", None);
    if let Some(result) = empty_selection(unit, &all.emptiness) {
        return vec![result];
    }
    let rows = all.items.len();
    let examined = all.items.iter().find(|item| item.row.text("security_examination").is_some());
    let result = match examined {
        Some(item) => ItemResult::machine(
            "-",
            Verdict::Pass,
            RestsOn::Declared,
            Reason::new("examination-declared").with("row", &item.row.id).expected_by("criterion"),
        )
        .declared(item.row.reference(item.table, "security_examination")),
        None => ItemResult::machine(
            "-",
            Verdict::Fail,
            RestsOn::Declared,
            Reason::new("no-examination-declared").with("rows", rows).expected_by("criterion"),
        )
        .blame(Blame::Documentation)
        .declared(format!("declaration:{}#tel_data", all.items[0].row.at.file)),
    };
    vec![result]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_facts::TestFacts;

    const WITHOUT: &str =
        "[[tel_data]]\nid = \"TelData-1\"\ndescription = \"Uptime\"\npurpose = \"Support\"\n";

    #[test]
    fn telemetry_without_any_examination_fails_and_does_not_pass_as_an_empty_selection() {
        let result = TestFacts::declared(WITHOUT).judge_one("5.10-1-1:a");
        assert_eq!((result.verdict, result.vacuous), (Verdict::Fail, false));
        assert_eq!(result.reason.code, "no-examination-declared");
        assert_eq!(result.blame, Some(Blame::Documentation));
    }

    #[test]
    fn one_examination_is_enough_and_a_placeholder_is_none() {
        let with = |text: &str| {
            let ixit =
                format!("{WITHOUT}\n[[tel_data]]\nid = \"TelData-2\"\nsecurity_examination = {text:?}\n");
            TestFacts::declared(&ixit).judge_one("5.10-1-1:a").verdict
        };
        assert_eq!(with("Unusual numbers of failed logins are looked at daily"), Verdict::Pass);
        assert_eq!(with("TODO"), Verdict::Fail);
    }
}
