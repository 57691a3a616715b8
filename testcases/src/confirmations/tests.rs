use super::*;
use crate::judge::By;
use crate::test_facts::TestFacts;

/// Unit, entry of the form, table of the process.
const CONFIRMATIONS: &[(&str, &str, &str)] = &[
    ("5.2-2-1:b", "confirmation_of_vulnerability_actions", "vuln_types"),
    ("5.2-3-1:d", "confirmation_of_vulnerability_monitoring", "vuln_mon"),
    ("5.3-8-1:b", "confirmation_of_update_procedures", "upd_proc"),
    ("5.5-8-1:b", "confirmation_of_secure_management", "sec_mgmt"),
    ("5.6-9-1:b", "confirmation_of_secure_development", "sec_dev"),
];

const PARAMETER: &str = "[[sec_param]]\nid = \"SecParam-1\"\ntype = \"critical\"\n";

fn filled(table: &str) -> String {
    format!("[[{table}]]\nid = \"Row-1\"\ndescription = \"What is done\"\n{PARAMETER}")
}

fn judged(unit: &str, ixit: &str) -> ItemResult {
    let result = TestFacts::declared(ixit).judge_one(unit);
    assert_eq!((result.by, result.rests_on), (By::Machine, RestsOn::Declared), "{unit}");
    assert_eq!(result.blame.is_none(), result.verdict == Verdict::Pass, "{unit}");
    result
}

#[test]
fn yes_passes_and_no_fails() {
    for (unit, entry, table) in CONFIRMATIONS {
        let with = |answer: &str| judged(unit, &format!("{}[conf]\n{entry} = {answer}\n", filled(table)));
        let yes = with("true");
        assert_eq!((yes.verdict, yes.reason.code.as_str()), (Verdict::Pass, "confirmation-given"), "{unit}");
        assert_eq!(yes.evidence[0].reference, format!("declaration:ixit.toml#conf.{entry}"));
        assert!(!yes.vacuous);
        let no = with("false");
        assert_eq!((no.verdict, no.reason.code.as_str()), (Verdict::Fail, "confirmation-denied"), "{unit}");
        assert_eq!(no.blame, Some(Blame::Documentation));
        assert_eq!(no.evidence, yes.evidence);
    }
}

#[test]
fn a_missing_confirmation_is_neither_yes_nor_no() {
    for (unit, entry, table) in CONFIRMATIONS {
        let other = if entry.ends_with("development") { "management" } else { "development" };
        let ixit = format!("{}[conf]\nconfirmation_of_secure_{other} = true\n", filled(table));
        let result = judged(unit, &ixit);
        assert_eq!(result.verdict, Verdict::Inconclusive, "{unit}");
        assert_eq!(result.reason.code, "confirmation-missing", "{unit}");
        assert_eq!(result.blame, Some(Blame::Documentation));
        let result = judged(unit, &filled(table));
        assert_eq!(result.reason.code, "table-not-stated", "{unit}");
        assert_eq!(result.verdict, Verdict::Inconclusive, "{unit}");
    }
}

#[test]
fn nothing_can_be_confirmed_of_a_process_that_is_not_there() {
    for (unit, entry, table) in CONFIRMATIONS {
        let ixit = format!("[empty]\n{table} = \"There is none\"\n[conf]\n{entry} = true\n{PARAMETER}");
        let result = judged(unit, &ixit);
        assert_eq!(
            (result.verdict, result.reason.code.as_str()),
            (Verdict::Fail, "confirmation-of-nothing"),
            "{unit}"
        );
        assert_eq!(result.evidence.len(), 2, "the confirmation and the empty table");
        let silent = judged(unit, &format!("[conf]\n{entry} = true\n"));
        assert_eq!(silent.verdict, Verdict::Inconclusive, "{unit}");
        assert_eq!(silent.reason.code, "table-not-stated", "{unit}");
    }
}

#[test]
fn management_of_no_parameters_can_be_confirmed() {
    let ixit = "[empty]\nsec_mgmt = \"Nothing to manage\"\nsec_param = \"No parameters\"\n\
                [conf]\nconfirmation_of_secure_management = true\n";
    assert_eq!(judged("5.5-8-1:b", ixit).verdict, Verdict::Pass);
}
