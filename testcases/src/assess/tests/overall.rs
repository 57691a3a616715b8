use super::*;

#[test]
fn what_is_not_claimed_or_not_applicable_does_not_count_in_the_overall_verdicts() {
    let facts = TestFacts::with_ics(
        &whole_ics(|provision| if provision.mandatory() { "Y" } else { "N" }, &[]),
        NO_PASSWORD,
    );
    let assessment = assessed(&facts.facts());
    assert!(assessment.counts.provisions["NOT-CLAIMED"] > 30);
    assert!(assessment.overall.iter().all(|reason| reason.verdict > Verdict::Pass));
    for reason in &assessment.overall {
        let provision = facts.facts().catalogue.provision(&reason.subject).expect("no companions here");
        assert!(provision.mandatory(), "{}", reason.subject);
    }
}

#[test]
fn a_failed_recommendation_fails_the_claim_and_not_the_mandatory_part() {
    let claims = whole_ics(|provision| if provision.mandatory() { "Y" } else { "N" }, &[("5.10-1", "Y")]);
    let telemetry = "[[tel_data]]\nid = \"TelData-1\"\ndescription = \"Uptime\"\n";
    let facts = TestFacts::with_ics(&claims, telemetry);
    let assessment = assessed(&facts.facts());
    assert_eq!(provision(&assessment, "5.10-1").verdict, Verdict::Fail);
    assert_eq!(assessment.verdict, Verdict::Fail);
    assert_eq!(assessment.verdict_mandatory, Verdict::Inconclusive);
    assert!(assessment.verdict_mandatory <= assessment.verdict);
}

#[test]
fn a_mandatory_provision_that_is_not_claimed_fails_both_overall_verdicts() {
    let facts = TestFacts::with_ics(&ics(&[("5.1-3", "N")]), "");
    let assessment = assessed(&facts.facts());
    assert_eq!((assessment.verdict, assessment.verdict_mandatory), (Verdict::Fail, Verdict::Fail));
    assert!(
        assessment
            .overall
            .iter()
            .any(|reason| reason.code == "mandatory-not-claimed" && reason.subject == "5.1-3")
    );
}

#[test]
fn a_narrowed_run_is_never_complete_nor_pass_in_either_verdict() {
    let facts = TestFacts::with_ics(&ics(&[("4-1", "Y"), ("5.2-2", "N")]), "");
    let facts = facts.facts();
    // Named like a recommendation, the glob must not hide in the part that the mandatory verdict leaves out.
    let assessment = assess(&facts, &plan::derive(facts.declaration, Some("5.2-2")), ALL_DONE);
    assert!(!assessment.complete);
    assert!(assessment.verdict > Verdict::Pass && assessment.verdict_mandatory > Verdict::Pass);
    assert!(assessment.overall.iter().any(|reason| reason.code == "run-not-complete"));
    assert_eq!(unit(&assessment, "4-1-1:a").verdict, Verdict::Inconclusive);
    assert_eq!(unit(&assessment, "4-1-1:a").why.as_deref(), Some("not-selected"));
}

#[test]
fn every_provision_case_and_unit_is_listed_and_the_coverage_adds_up() {
    let facts = TestFacts::with_ics(&whole_ics(|_| "Y", &[]), NO_PASSWORD);
    let assessment = assessed(&facts.facts());
    let cases: Vec<_> = assessment.provisions.iter().flat_map(|provision| &provision.cases).collect();
    assert_eq!((assessment.provisions.len(), cases.len()), (68, 109));
    assert_eq!(cases.iter().map(|case| case.units.len()).sum::<usize>(), 226);
    let coverage = &assessment.coverage;
    assert_eq!(
        coverage.planned,
        coverage.machine + coverage.assisted + coverage.assessor + coverage.external + coverage.open
    );
    assert!(coverage.planned < coverage.units);
}

#[test]
fn what_another_firmware_did_judges_only_the_updates() {
    let facts = TestFacts::with_ics(&ics(&[]), NO_PASSWORD).observed(login_found());
    let mut observations = facts.facts().observations.to_vec();
    let judge = |observations: &[crate::Recorded]| {
        let facts = Facts { observations, ..facts.facts() };
        unit_results(&facts, facts.catalogue.unit("5.1-3-1:a").expect("a unit")).remove(0).reason.code
    };
    observations[0].observation.context.firmware = Some("1.0".to_owned());
    assert_eq!(judge(&observations), "applicability-contradicted");
    observations[0].observation.context.firmware = Some("0.9".to_owned());
    assert_eq!(judge(&observations), "table-stated-empty");
}
