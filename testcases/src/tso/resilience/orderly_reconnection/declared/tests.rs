use crate::judge::ItemResult;
use crate::test_facts::TestFacts;
use crate::verdict::Verdict;

const CLOUD: &str = r#"
[[com_mech]]
id = "ComMech-Cloud"
description = "MQTT 3.1.1 over TLS (RFC 8446)"
role = "client"
resilience_measures = "Waits, and doubles the wait with a random share"
reconnection = { first_ms = 1000, factor_percent = 200, longest_ms = 60000, jitter_percent = 50 }
"#;

fn judged(unit: &str, ixit: &str) -> ItemResult {
    TestFacts::declared(ixit).judge_one(unit)
}

fn expected(unit: &str, ixit: &str) -> Option<Verdict> {
    judged(unit, ixit).open.expect("a question").prejudgement
}

fn fails(unit: &str, ixit: &str, code: &str) -> ItemResult {
    judged(unit, ixit).fails(code)
}

#[test]
fn a_named_standard_is_expected_to_pass() {
    let unit = "5.9-3-1:a";
    let open = judged(unit, CLOUD).open.expect("a question");
    assert_eq!(open.prejudgement, Some(Verdict::Pass));
    assert!(open.shown.iter().any(|shown| shown.text == "TLS, MQTT, RFC 8446"), "{open:#?}");
    let unnamed = CLOUD.replace("MQTT 3.1.1 over TLS (RFC 8446)", "Our own protocol");
    assert_eq!(expected(unit, &unnamed), None);
}

#[test]
fn a_row_that_denies_measures_fails_both_and_an_empty_one_is_open() {
    let measures = |text: &str| CLOUD.replace("Waits, and doubles the wait with a random share", text);
    for unit in ["5.9-3-1:a", "5.9-3-1:b"] {
        fails(unit, &measures("None"), "measures-denied");
        let open = judged(unit, &measures("tbd"));
        assert_eq!((open.verdict, open.reason.code.as_str()), (Verdict::Inconclusive, "field-empty"));
    }
}

#[test]
fn growth_and_chance_are_expected_to_pass_and_neither_fails_a_client() {
    let unit = "5.9-3-1:b";
    assert_eq!(expected(unit, CLOUD), Some(Verdict::Pass));
    let no_chance = CLOUD.replace("jitter_percent = 50", "jitter_percent = 0");
    assert_eq!(expected(unit, &no_chance), None);
    let neither = no_chance.replace("factor_percent = 200", "factor_percent = 100");
    fails(unit, &neither, "declared-in-step");
    assert_eq!(expected(unit, &neither.replace("client", "server")), None);
    fails(unit, &CLOUD.replace("first_ms = 1000", "first_ms = 20"), "declared-without-pause");
}

#[test]
fn prose_alone_is_read_and_left_to_a_person() {
    let unit = "5.9-3-1:b";
    let prose: String = CLOUD
        .lines()
        .filter(|line| !line.starts_with("reconnection"))
        .map(|line| format!("{line}\n"))
        .collect();
    assert_eq!(expected(unit, &prose), Some(Verdict::Pass));
    assert_eq!(expected(unit, &prose.replace("doubles the wait with a random share", "tries again")), None);
}
