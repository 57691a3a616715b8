use super::*;

#[test]
fn a_mandatory_provision_that_is_not_claimed_fails_and_a_recommendation_does_not() {
    assert_eq!(claim(&[("5.1-3", "N")], "", "5.1-3"), (Verdict::Fail, "mandatory-not-claimed".to_owned()));
    assert_eq!(claim(&[("5.2-2", "N")], "", "5.2-2"), (Verdict::NotClaimed, "not-claimed".to_owned()));
}

#[test]
fn not_claiming_a_conditional_provision_fails_only_if_its_condition_holds() {
    let password = "[[auth_mech]]\nid = \"AuthMech-1\"\nfactor = { kind = \"password\" }\n";
    assert_eq!(claim(&[("5.1-1", "N")], password, "5.1-1").0, Verdict::Fail);
    assert_eq!(
        claim(&[("5.1-1", "N")], "", "5.1-1"),
        (Verdict::Inconclusive, "applicability-not-told".to_owned())
    );
    assert_eq!(
        claim(&[("5.1-1", "N")], NO_PASSWORD, "5.1-1"),
        (Verdict::NotApplicable, "condition-not-met".to_owned())
    );
}

#[test]
fn not_applicable_stands_where_the_condition_is_shown_not_to_hold() {
    let password = "[[auth_mech]]\nid = \"AuthMech-1\"\nfactor = { kind = \"password\" }\n";
    assert_eq!(claim(&[("5.1-1", "N/A")], NO_PASSWORD, "5.1-1").0, Verdict::NotApplicable);
    assert_eq!(
        claim(&[("5.1-1", "N/A")], password, "5.1-1"),
        (Verdict::Fail, "not-applicable-contradicted".to_owned())
    );
    assert_eq!(
        claim(&[("5.1-1", "N/A")], "", "5.1-1"),
        (Verdict::Inconclusive, "not-applicable-not-shown".to_owned())
    );
    assert_eq!(claim(&[("5.2-2", "N/A")], "", "5.2-2").0, Verdict::NotApplicable);
}

#[test]
fn of_a_recommendation_called_not_applicable_against_its_condition_the_supplier_is_asked() {
    let updates = "[[upd_mech]]\nid = \"UpdMech-1\"\n";
    assert_eq!(
        claim(&[("5.3-4", "N/A")], updates, "5.3-4"),
        (Verdict::Inconclusive, "not-applicable-contradicted".to_owned())
    );
}

#[test]
fn a_claim_on_a_table_that_is_stated_to_be_empty_is_a_defect_of_the_documents() {
    assert_eq!(
        claim(&[("5.1-1", "Y")], NO_PASSWORD, "5.1-1"),
        (Verdict::Inconclusive, "claim-without-condition".to_owned())
    );
    // No empty table: interfaces are listed, and none of them is for debugging.
    let interface = "[[intf]]\nid = \"Intf-1\"\ntype = [\"network\"]\ndebug_interface = false\n";
    assert_eq!(claim(&[("5.6-4", "Y")], interface, "5.6-4").0, Verdict::NotApplicable);
}

#[test]
fn a_provision_that_the_ics_does_not_name_is_open() {
    assert_eq!(claim(&[], "", "5.1-3"), (Verdict::Inconclusive, "support-not-stated".to_owned()));
}

#[test]
fn the_reporting_group_cannot_be_claimed_away() {
    assert_eq!(claim(&[("4-1", "Y")], "", "4-1").0, Verdict::Pass);
    assert_eq!(claim(&[("4-1", "N")], "", "4-1").0, Verdict::Fail);
    assert_eq!(claim(&[("4-1", "N/A")], "", "4-1").0, Verdict::Inconclusive);
}

#[test]
fn not_applicable_on_a_plain_mandatory_provision_takes_a_signed_decision() {
    let facts = TestFacts::with_ics(&ics(&[("5.1-3", "N/A")]), "");
    let open = assessed(&facts.facts());
    assert_eq!(code(&provision(&open, "5.1-3")), "not-applicable-on-mandatory");
    let prompt = open.prompts.iter().find(|prompt| prompt.id == "not-applicable/5.1-3").expect("it is asked");

    let with = |decision: Decision| {
        let decisions = [decision];
        let assessment = assessed(&Facts { decisions: &decisions, ..facts.facts() });
        let asked = assessment.prompts.iter().any(|prompt| prompt.id == "not-applicable/5.1-3");
        let provision = provision(&assessment, "5.1-3");
        (provision.verdict, code(&provision).to_owned(), asked)
    };
    let yes = || Decision { facts: prompt.facts.clone(), ..decision(&prompt.id, "yes") };
    assert_eq!(with(yes()), (Verdict::NotApplicable, "deviation-accepted".to_owned(), false));
    assert_eq!(
        with(Decision { answer: Answer::Text("no".to_owned()), ..yes() }),
        (Verdict::Fail, "deviation-refused".to_owned(), false)
    );
    let open = (Verdict::Inconclusive, "not-applicable-on-mandatory".to_owned(), true);
    assert_eq!(with(Decision { reason: " ".to_owned(), ..yes() }), open);
    assert_eq!(with(Decision { role: Role::Operator, ..yes() }), open);
    assert_eq!(with(Decision { facts: "sha256:other".to_owned(), ..yes() }), open);
}

#[test]
fn a_finding_against_a_condition_leaves_the_provision_open_before_and_after_it_is_planned() {
    let facts = TestFacts::with_ics(&ics(&[("5.1-1", "N/A")]), NO_PASSWORD).observed(login_found());
    let facts = facts.facts();
    let first = plan::derive(facts.declaration, None);
    let before = provision(&assess(&facts, &first, ALL_DONE), "5.1-1");
    assert_eq!((before.planned, before.verdict), (false, Verdict::Inconclusive));
    assert_eq!(code(&before), "applicability-contradicted");

    let second = plan::derive_reopened(facts.declaration, None, &plan::reopened(&facts, &first));
    let after = provision(&assess(&facts, &second, ALL_DONE), "5.1-1");
    assert!(after.planned && after.verdict >= Verdict::Inconclusive);
    assert_eq!(code(&after), "applicability-contradicted");
}

#[test]
fn a_finding_against_an_empty_table_takes_the_vacuous_pass_away() {
    let quiet = TestFacts::with_ics(&ics(&[("5.1-3", "Y")]), NO_PASSWORD);
    let result = quiet.judge_one("5.1-3-1:a");
    assert_eq!((result.verdict, result.vacuous), (Verdict::Pass, true));

    let result = quiet.observed(login_found()).judge_one("5.1-3-1:a");
    assert_eq!((result.verdict, result.vacuous), (Verdict::Inconclusive, false));
    assert_eq!(result.reason.code, "applicability-contradicted");
    assert_eq!(result.blame, Some(Blame::DeviceOrDocumentation));
    assert!(result.evidence.iter().any(|evidence| evidence.at == "tcp/2323"));
}
