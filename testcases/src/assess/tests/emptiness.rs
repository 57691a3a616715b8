use super::*;

fn emptiness(ixit: &str, unit: &str) -> (Verdict, String) {
    let result = TestFacts::declared(ixit).judge_one(unit);
    (result.verdict, result.reason.code)
}

#[test]
fn no_automatic_updates_and_no_notices_is_fulfilled_and_not_failed() {
    let manual = "[[upd_mech]]\nid = \"UpdMech-1\"\nupdate = { automatic = false, notifies = false, network_based = true }\n";
    for unit in ["5.3-6-1:b", "5.3-6-1:d", "5.3-6-2:a", "5.3-6-2:b", "5.3-6-2:c", "5.3-6-2:d"] {
        assert_eq!(emptiness(manual, unit), (Verdict::Pass, "no-row-matches".to_owned()), "{unit}");
    }
    // Without the word of the supplier on it, silence is no emptiness.
    let silent = "[[upd_mech]]\nid = \"UpdMech-1\"\n";
    assert_eq!(emptiness(silent, "5.3-6-2:a").0, Verdict::Inconclusive);
    assert_eq!(emptiness("", "5.3-6-2:a"), (Verdict::Inconclusive, "table-not-stated".to_owned()));
}

#[test]
fn no_update_notice_is_owed_by_a_device_without_updates() {
    let none = "[empty]\nupd_mech = \"The software is in a mask ROM\"\n";
    assert_eq!(emptiness(none, "5.3-12-1:a").0, Verdict::Pass);
}

#[test]
fn no_reviewed_implementation_leaves_nothing_to_compare_in_5_5_2_2() {
    let unreviewed = "[[net_sec_impl]]\nid = \"NetSecImpl-1\"\ndescription = \"Own TLS\"\n";
    assert_eq!(emptiness(unreviewed, "5.5-2-2:a").0, Verdict::Pass);
}

#[test]
fn where_one_mechanism_is_needed_none_is_not_enough() {
    let none = "[empty]\nupd_mech = \"The software is in a mask ROM\"\n";
    for unit in ["5.3-2-1:a", "5.3-2-2:a", "5.3-2-2:b"] {
        assert_eq!(
            emptiness(none, unit),
            (Verdict::Inconclusive, "claim-on-empty-table".to_owned()),
            "{unit}"
        );
    }
}

#[test]
fn a_claimed_measure_that_is_not_there_does_not_pass_as_an_empty_selection() {
    for (table, unit) in [("sec_boot", "5.7-1-1:a"), ("acc_ctrl", "5.6-8-1:a"), ("vuln_mon", "5.2-3-1:a")] {
        let ixit = format!("[empty]\n{table} = \"There is none\"\n");
        let result = TestFacts::declared(&ixit).judge_one(unit);
        assert_eq!(result.verdict, Verdict::Inconclusive, "{unit}");
        assert_eq!(result.reason.code, "claim-on-empty-table", "{unit}");
        assert_eq!(result.blame, Some(Blame::Documentation), "{unit}");
    }
}

#[test]
fn measures_without_anything_to_protect_are_not_missed() {
    let ixit = "[empty]\nsec_mgmt = \"No parameters\"\nsec_param = \"No parameters\"\n";
    assert_eq!(emptiness(ixit, "5.5-8-1:a").0, Verdict::Pass);
    let ixit =
        "[empty]\nsec_mgmt = \"No process\"\n[[sec_param]]\nid = \"SecParam-1\"\ntype = \"critical\"\n";
    assert_eq!(emptiness(ixit, "5.5-8-1:a").0, Verdict::Inconclusive);
}

#[test]
fn one_silent_table_keeps_all_inputs_from_being_shown() {
    let ixit = "[empty]\next_api = \"None\"\n[[user_intf]]\nid = \"UserIntf-1\"\n";
    let results = TestFacts::declared(ixit).judge("5.13-1-1:a");
    let silent = results.iter().find(|result| result.item == "com_mech");
    assert_eq!(silent.map(|result| result.reason.code.as_str()), Some("table-not-stated"));
}

#[test]
fn that_there_are_no_user_data_is_shown_only_by_a_declaration_that_agrees_with_itself() {
    let verdict = |ixit: &str| {
        let facts = TestFacts::declared(ixit);
        let facts = facts.facts();
        unitless_condition(&facts, facts.catalogue.case("5.11-1-1").expect("a case"))
    };
    let none = "[empty]\npers_data = \"The device handles no personal data\"\n";
    assert_eq!(verdict(none), Verdict::Pass);
    assert_eq!(verdict(""), Verdict::Inconclusive);
    let row = |companion: &str| format!("[[pers_data]]\nid = \"PersData-1\"\n{companion}\n");
    assert_eq!(verdict(&row("stored_on = [\"device\"]")), Verdict::Fail);
    assert_eq!(verdict(&row("stored_on = [\"associated-service\"]")), Verdict::Inconclusive);
    let erasing =
        format!("{none}[[del_func]]\nid = \"DelFunc-1\"\ntarget_type = \"user data on the device\"\n");
    assert_eq!(verdict(&erasing), Verdict::Fail);
    let key = format!("{none}[[sec_param]]\nid = \"SecParam-1\"\ndescription = \"Key of the user\"\n");
    assert_eq!(verdict(&key), Verdict::Inconclusive);
    let password = "[[auth_mech]]\nid = \"AuthMech-1\"\nsubject = \"user\"\nfactor = { kind = \"password\", user_defined = true }\n";
    assert_eq!(verdict(&format!("{none}{password}")), Verdict::Fail);
}

#[test]
fn a_device_without_user_data_owes_no_erasure_and_one_with_user_data_does() {
    let nothing = "[empty]\npers_data = \"None\"\ndel_func = \"Nothing to erase\"\n";
    let facts = TestFacts::with_ics(&ics(&[("5.11-1", "Y")]), nothing);
    assert_eq!(provision(&assessed(&facts.facts()), "5.11-1").cases[0].verdict, Verdict::Pass);
    let something =
        "[empty]\ndel_func = \"None\"\n[[pers_data]]\nid = \"PersData-1\"\nstored_on = [\"device\"]\n";
    let facts = TestFacts::with_ics(&ics(&[("5.11-1", "Y")]), something);
    assert_eq!(provision(&assessed(&facts.facts()), "5.11-1").cases[0].verdict, Verdict::Fail);
    // Nothing is said of functions: that is a gap of the declaration, not a device without any.
    let untold = something.replace("[empty]\ndel_func = \"None\"\n", "");
    let facts = TestFacts::with_ics(&ics(&[("5.11-1", "Y")]), &untold);
    assert_eq!(provision(&assessed(&facts.facts()), "5.11-1").cases[0].verdict, Verdict::Inconclusive);
}
