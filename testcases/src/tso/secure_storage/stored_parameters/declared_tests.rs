use ixit::Blame;

use crate::judge::{By, ItemResult};
use crate::test_facts::TestFacts;
use crate::verdict::Verdict;

fn judged(unit: &str, fields: &str) -> ItemResult {
    let ixit = format!("[[sec_param]]\nid = \"SecParam-1\"\ndescription = \"A value\"\n{fields}\n");
    let result = TestFacts::declared(&ixit).judge_one(unit);
    assert_eq!(result.item, "SecParam-1");
    assert!(!result.evidence.is_empty());
    if result.verdict == Verdict::Fail {
        assert_eq!((result.by, result.blame), (By::Machine, Some(Blame::Documentation)));
    }
    result
}

fn of(unit: &str, fields: &str) -> (Verdict, String) {
    let result = judged(unit, fields);
    (result.verdict, result.reason.code)
}

fn prejudged(unit: &str, fields: &str) -> Option<Verdict> {
    let result = judged(unit, fields);
    assert_eq!((result.verdict, result.by), (Verdict::Inconclusive, By::Assisted), "{}", result.reason.code);
    result.open.expect("a question").prejudgement
}

fn is(verdict: Verdict, code: &str) -> (Verdict, String) {
    (verdict, code.to_owned())
}

#[test]
fn a_secret_is_critical_and_what_may_be_known_is_public() {
    let unit = "5.4-1-1:a";
    for (kind, contents) in [
        ("critical", ["private-key", "secret-key", "password", "token"].as_slice()),
        ("public", ["public-key", "certificate"].as_slice()),
    ] {
        for content in contents {
            let fields = format!("type = \"{kind}\"\ncontent = \"{content}\"");
            assert_eq!(of(unit, &fields), is(Verdict::Pass, "type-fits-value"), "{content}");
        }
    }
    for content in ["private-key", "secret-key", "password", "token"] {
        let fields = format!("type = \"public\"\ncontent = \"{content}\"");
        assert_eq!(of(unit, &fields), is(Verdict::Fail, "secret-called-public"), "{content}");
    }
}

#[test]
fn a_value_of_another_or_unknown_kind_and_one_guarded_too_well_are_for_a_person() {
    let unit = "5.4-1-1:a";
    assert_eq!(prejudged(unit, "type = \"critical\"\ncontent = \"other\""), None);
    assert_eq!(prejudged(unit, "type = \"public\""), None);
    assert_eq!(prejudged(unit, "content = \"token\""), None);
    assert_eq!(prejudged(unit, "type = \"critical\"\ncontent = \"certificate\""), None);
}

#[test]
fn the_guarantees_hold_what_the_type_needs() {
    let unit = "5.4-1-1:b";
    let with = |kind: &str, guarantees: &str| format!("type = \"{kind}\"\nguarantees = [{guarantees}]");
    assert_eq!(
        of(unit, &with("critical", "\"integrity\", \"confidentiality\"")),
        is(Verdict::Pass, "parameter-guarantees-suffice")
    );
    assert_eq!(of(unit, &with("public", "\"integrity\"")), is(Verdict::Pass, "parameter-guarantees-suffice"));
    for (kind, guarantees, lacking) in [
        ("critical", "\"integrity\"", "confidentiality"),
        ("critical", "\"confidentiality\"", "integrity"),
        ("critical", "\"authenticity\"", "integrity, confidentiality"),
        ("public", "\"confidentiality\"", "integrity"),
    ] {
        let result = judged(unit, &with(kind, guarantees));
        assert_eq!(result.reason.code, "parameter-guarantee-missing");
        assert_eq!(result.reason.args["guarantees"], lacking);
    }
}

#[test]
fn prose_gives_no_guarantee_and_a_plain_list_can_lack_one() {
    let unit = "5.4-1-1:b";
    let prose = "type = \"critical\"\nsecurity_guarantees = [\"integrity\", \"confidentiality\"]";
    assert_eq!(prejudged(unit, prose), None);
    assert_eq!(
        of(unit, "type = \"critical\"\nsecurity_guarantees = [\"integrity\"]"),
        is(Verdict::Fail, "parameter-guarantee-missing")
    );
    assert_eq!(prejudged(unit, "type = \"critical\"\nsecurity_guarantees = [\"kept safe\"]"), None);
    assert_eq!(prejudged(unit, "guarantees = [\"integrity\"]"), None, "the type is missing");
}

const CRITICAL: &str = "type = \"critical\"\nguarantees = [\"integrity\", \"confidentiality\"]\n";

#[test]
fn the_means_of_a_scheme_are_laid_out_for_a_person() {
    let unit = "5.4-1-1:c";
    let scheme = |text: &str| format!("{CRITICAL}protection_scheme = \"{text}\"");
    assert_eq!(prejudged(unit, &scheme("In the secure element.")), Some(Verdict::Pass));
    assert_eq!(prejudged(unit, &scheme("Encrypted.")), None, "nothing against altering");
    assert_eq!(prejudged(unit, &scheme("Somewhere.")), None);
    assert_eq!(of(unit, CRITICAL), is(Verdict::Inconclusive, "field-empty"));
    let shown = judged(unit, &scheme("Encrypted.")).open.expect("a question").shown;
    let means: Vec<&str> = shown
        .iter()
        .filter(|shown| shown.label == "computed.means")
        .map(|shown| shown.text.as_str())
        .collect();
    assert_eq!(means, ["integrity: no means that is known", "confidentiality: encrypt"]);
}

#[test]
fn a_secret_that_every_unit_has_is_judged_beforehand() {
    let fields = format!(
        "{CRITICAL}protection_scheme = \"Encrypted, read only\"\ncontent = \"secret-key\"\nprovisioning = {{ way = \"image\" }}"
    );
    assert_eq!(prejudged("5.4-1-1:c", &fields), Some(Verdict::Fail));
    let public = fields.replace("secret-key", "public-key");
    assert_eq!(prejudged("5.4-1-1:c", &public), Some(Verdict::Pass));
}

#[test]
fn a_scheme_that_denies_itself_fails_and_words_that_may_mean_it_are_pointed_out() {
    let unit = "5.4-1-1:c";
    let scheme = |text: &str| format!("{CRITICAL}protection_scheme = \"{text}\"");
    for denied in ["None.", "保護なし", "平文で保存"] {
        assert_eq!(of(unit, &scheme(denied)), is(Verdict::Fail, "protection-denied"), "{denied}");
    }
    for perhaps in ["None: the key stands in a file.", "平文、ただし読み出し保護あり"] {
        assert_eq!(prejudged(unit, &scheme(perhaps)), Some(Verdict::Fail), "{perhaps}");
    }
    let hash = |content: &str| {
        format!("{CRITICAL}content = \"{content}\"\nprotection_scheme = \"Stored as a SHA-256 hash.\"")
    };
    // The file of a key may be compared by a hash, which the words do not tell apart.
    assert_eq!(prejudged(unit, &hash("private-key")), Some(Verdict::Fail));
    assert_eq!(prejudged(unit, &hash("secret-key")), Some(Verdict::Fail));
    assert_eq!(prejudged(unit, &hash("password")), None, "a password is compared by its hash");
}

#[test]
fn external_evidence_is_named_beside_the_scheme() {
    let ics = "edition = \"en303645-2.1.1\"\n[dut]\nmodel = \"WH-100\"\n[[external_evidence]]\nid = \"CC-1\"\n\
        document = \"certificate.pdf\"\nproduct = \"Element SE-1\"\ncovers = [\"5.4-1-1:c\"]\n";
    let ixit =
        format!("[[sec_param]]\nid = \"SecParam-1\"\n{CRITICAL}protection_scheme = \"In the element\"\n");
    let open = TestFacts::with_ics(ics, &ixit).judge_one("5.4-1-1:c").open.expect("a question");
    let named =
        open.shown.iter().find(|shown| shown.label == "computed.external-evidence").expect("evidence");
    assert_eq!(named.text, "CC-1: waits for an assessor");
}
