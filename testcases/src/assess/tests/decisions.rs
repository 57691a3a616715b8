use super::*;

#[test]
fn a_later_decision_supersedes_an_earlier_one() {
    let facts = TestFacts::declared(ASKED.1).answered(ASKED.0, "SecBoot-1", "yes");
    let yes = facts.facts().decisions[0].clone();
    let no = Decision { answer: Answer::Text("no".to_owned()), ..yes.clone() };
    let judge = |decisions: &[Decision]| {
        let facts = Facts { decisions, ..facts.facts() };
        unit_results(&facts, facts.catalogue.unit(ASKED.0).expect("a unit"))[0].verdict
    };
    assert_eq!(judge(&[yes.clone(), no.clone()]), Verdict::Fail);
    assert_eq!(judge(&[no, yes]), Verdict::Pass);
}

#[test]
fn a_decision_on_other_facts_is_a_proposal() {
    let before = TestFacts::declared(ASKED.1).answered(ASKED.0, "SecBoot-1", "yes");
    let decisions = before.facts().decisions.to_vec();
    let after = TestFacts::declared(&ASKED.1.replace("Signed", "Unsigned"));
    let facts = Facts { decisions: &decisions, ..after.facts() };
    let result = &unit_results(&facts, facts.catalogue.unit(ASKED.0).expect("a unit"))[0];
    assert_eq!(result.verdict, Verdict::Inconclusive);
    assert_eq!(result.reason.code, "decision-stale");
    assert!(result.open.is_some());
}

#[test]
fn an_operator_answers_no_question_for_the_assessor_and_supersedes_no_answer() {
    let facts = TestFacts::declared(ASKED.1).answered(ASKED.0, "SecBoot-1", "no");
    let assessor = facts.facts().decisions[0].clone();
    let operator =
        Decision { role: Role::Operator, answer: Answer::Text("yes".to_owned()), ..assessor.clone() };
    let judge = |decisions: &[Decision]| {
        let facts = Facts { decisions, ..facts.facts() };
        let result = unit_results(&facts, facts.catalogue.unit(ASKED.0).expect("a unit")).remove(0);
        (result.verdict, result.reason.code, result.open.is_some())
    };
    assert_eq!(
        judge(std::slice::from_ref(&operator)),
        (Verdict::Inconclusive, "decision-wrong-role".to_owned(), true)
    );
    assert_eq!(judge(&[assessor, operator]).0, Verdict::Fail);
}

#[test]
fn an_assessor_reverses_a_machine_verdict_with_a_reason_and_it_stays_beside() {
    let missing =
        "edition = \"en303645-2.1.1\"\n[dut]\nmodel = \"WH-100\"\n[provision.\"5.2-2\"]\nsupport = \"N\"\n";
    let facts = TestFacts::with_ics(missing, "");
    let machine = facts.judge_one("4-1-1:a");
    assert_eq!(machine.verdict, Verdict::Fail);
    let judge = |decision: Decision| {
        let decisions = [decision];
        let facts = Facts { decisions: &decisions, ..facts.facts() };
        unit_results(&facts, facts.catalogue.unit("4-1-1:a").expect("a unit")).remove(0)
    };
    let reversal = || decision("override/4-1-1:a/5.2-2", "PASS");

    let reversed = judge(reversal());
    assert_eq!((reversed.verdict, reversed.overridden), (Verdict::Pass, Some(Verdict::Fail)));
    assert_eq!((reversed.by, reversed.blame), (By::Assessor, None));
    assert_eq!(reversed.reason.args["code"], "missing-justification");

    let bound = Decision { facts: override_facts("4-1-1:a", &machine), ..reversal() };
    assert_eq!(judge(bound.clone()).verdict, Verdict::Pass);
    // The facts stay those of the machine verdict, also where it is reversed already.
    let decisions = [bound.clone()];
    let later = Facts { decisions: &decisions, ..facts.facts() };
    assert_eq!(facts_of_override(&later, &bound.prompt), Some(bound.facts));
    assert_eq!(facts_of_override(&later, "override/4-1-1:a/5.2-99"), None);
    assert_eq!(facts_of_override(&later, "4-1-1:a/5.2-2"), None);
    for ignored in [
        Decision { reason: "  ".to_owned(), ..reversal() },
        Decision { role: Role::Operator, ..reversal() },
        Decision { role: Role::Reviewer, ..reversal() },
        Decision { facts: "sha256:other".to_owned(), ..reversal() },
        Decision { answer: Answer::Text("yes".to_owned()), ..reversal() },
        Decision { prompt: "override/4-1-1:a/5.2-3".to_owned(), ..reversal() },
    ] {
        let result = judge(ignored.clone());
        assert_eq!((result.verdict, result.overridden), (Verdict::Fail, None), "{ignored:?}");
    }
}

#[test]
fn no_override_passes_what_has_no_evidence() {
    let facts = TestFacts::declared("");
    let machine = facts.judge_one("5.6-1-1:a");
    assert!(machine.evidence.is_empty() && machine.by == By::Machine, "{machine:?}");
    let decisions = [decision("override/5.6-1-1:a/-", "PASS")];
    let facts = Facts { decisions: &decisions, ..facts.facts() };
    let result = unit_results(&facts, facts.catalogue.unit("5.6-1-1:a").expect("a unit")).remove(0);
    assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Inconclusive, "evidence-missing"));
}

#[test]
fn a_companion_that_nobody_confirmed_or_somebody_denied_keeps_the_whole_open() {
    let ixit = "[[sec_boot]]\nid = \"SecBoot-1\"\ndescription = \"Signed\"\n[[pers_data]]\nid = \"PersData-1\"\nstored_on = [\"device\"]\n";
    let facts = TestFacts::with_ics(&ics(&[]), ixit);
    let open = assessed(&facts.facts());
    let prompt = open.prompts.iter().find(|prompt| prompt.id == "companion/PersData-1").expect("it is asked");
    assert!(!open.prompts.iter().any(|prompt| prompt.id == "companion/SecBoot-1"));
    let codes = |answer: &str, role| {
        let decisions =
            [Decision { facts: prompt.facts.clone(), role, ..decision("companion/PersData-1", answer) }];
        let assessment = assessed(&Facts { decisions: &decisions, ..facts.facts() });
        let subject = |reason: &&OverallReason| reason.subject == "companion/PersData-1";
        let code = assessment.overall.iter().find(subject).map(|reason| reason.code.clone());
        (code, assessment.prompts.iter().any(|asked| asked.id == prompt.id))
    };
    assert_eq!(codes("yes", Role::Assessor), (None, false));
    assert_eq!(codes("no", Role::Assessor), (Some("companion-denied".to_owned()), false));
    assert_eq!(codes("yes", Role::Operator), (Some("companion-open".to_owned()), true));
}
