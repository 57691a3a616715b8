use super::*;

const EVIDENCE: &str = "[[external_evidence]]\nid = \"Evidence-1\"\ndocument = \"certificate.pdf\"\nissuer = \"A lab\"\nproduct = \"WH-100\"\nversion = \"1.0\"\nissued = \"2026-01-01\"\nvalid_until = \"2026-11-21\"\ncovers = [\"5.7-1\"]\n";

fn with_evidence(change: (&str, &str)) -> TestFacts {
    let evidence = EVIDENCE.replace(change.0, change.1);
    TestFacts::with_ics(&format!("{}{evidence}", ics(&[("5.7-1", "Y")])), ASKED.1)
}

fn accepted(facts: &TestFacts) -> Assessment {
    let open = assessed(&facts.facts());
    let prompt = open.prompts.iter().find(|prompt| prompt.id == "external/Evidence-1").expect("it is asked");
    let decisions = [Decision { facts: prompt.facts.clone(), ..decision(&prompt.id, "yes") }];
    assessed(&Facts { decisions: &decisions, ..facts.facts() })
}

#[test]
fn accepted_evidence_stands_in_for_what_is_open_and_says_so() {
    let facts = with_evidence(("", ""));
    let before = unit(&assessed(&facts.facts()), ASKED.0);
    assert_eq!(before.verdict, Verdict::Inconclusive);
    let assessment = accepted(&facts);
    let after = unit(&assessment, ASKED.0);
    assert_eq!((after.verdict, after.by), (Verdict::Pass, Some(By::External)));
    assert_eq!(after.rests_on, Some(RestsOn::External));
    assert!(
        after.items[0].evidence.iter().any(|evidence| evidence.reference.contains("external_evidence[0]"))
    );
    assert_eq!(assessment.coverage.external, 3);
    assert!(open_prompts(&assessment).iter().all(|prompt| prompt.id != "external/Evidence-1"));
}

#[test]
fn evidence_out_of_its_time_or_for_another_version_is_never_asked_about_nor_accepted() {
    for (change, code) in [
        (("valid_until = \"2026-11-21\"", "valid_until = \"2026-11-20\""), "external-evidence-expired"),
        (("issued = \"2026-01-01\"", "issued = \"2026-11-22\""), "external-evidence-expired"),
        (("version = \"1.0\"", "version = \"0.9\""), "external-evidence-other-version"),
    ] {
        let facts = with_evidence(change);
        let decisions = [decision("external/Evidence-1", "yes")];
        let assessment = assessed(&Facts { decisions: &decisions, ..facts.facts() });
        assert!(assessment.prompts.iter().all(|prompt| !prompt.id.starts_with("external/")));
        assert_eq!(unit(&assessment, ASKED.0).verdict, Verdict::Inconclusive);
        assert_eq!(assessment.extra[0]["reason"]["code"], code);
        assert_eq!(assessment.extra[0]["verdict"], "INCONCLUSIVE");
    }
}

#[test]
fn the_version_of_a_component_is_left_to_the_assessor() {
    let facts =
        with_evidence(("product = \"WH-100\"\nversion = \"1.0\"", "product = \"Chip\"\nversion = \"7\""));
    assert!(assessed(&facts.facts()).prompts.iter().any(|prompt| prompt.id == "external/Evidence-1"));
}

#[test]
fn evidence_never_covers_a_shown_failure() {
    let ics = format!("{}{}", ics(&[("4-1", "Y")]), EVIDENCE.replace("5.7-1", "4-1"))
        + "[provision.\"5.2-2\"]\nsupport = \"N\"\n";
    let assessment = accepted(&TestFacts::with_ics(&ics, ""));
    assert_eq!(unit(&assessment, "4-1-1:a").verdict, Verdict::Fail);
    assert_eq!(unit(&assessment, "4-1-1:a").by, Some(By::Machine));
}
