use crate::judge::By;
use crate::test_pages::got;
use crate::verdict::Verdict;

const ENTRY: &str = "documentation_of_secure_setup";
const DECISIONS: &str = "[[user_dec]]\nid = \"UserDec-Remote\"\ndescription = \"Remote\"\nsecurity_relevant = true\n\
    told = { named = [\"Remote operation\"] }\n\
    [[user_dec]]\nid = \"UserDec-Colour\"\ndescription = \"Colour\"\nsecurity_relevant = false\n\
    told = { named = [\"Colour\"] }\n";
const SOUND: &str = "<h1>Set up</h1><ol><li>Remote operation: leave it off unless you need it.</li><li>Press the key.</li></ol>";

#[test]
fn the_passage_and_its_recommendation_are_laid_out() {
    let facts = got(ENTRY, DECISIONS, 200, SOUND);
    for unit in ["5.12-2-1:b", "5.12-2-1:c"] {
        let result = facts.judge_one(unit);
        assert_eq!(
            (result.verdict, result.by, result.item.as_str()),
            (Verdict::Inconclusive, By::Assisted, "UserDec-Remote")
        );
        assert_eq!(result.open.expect("a question").prejudgement, Some(Verdict::Pass), "{unit}");
    }
    let bare =
        got(ENTRY, DECISIONS, 200, &SOUND.replace(": leave it off unless you need it", " is on or off"));
    assert_eq!(bare.judge_one("5.12-2-1:b").open.expect("a question").prejudgement, Some(Verdict::Pass));
    assert_eq!(bare.judge_one("5.12-2-1:c").open.expect("a question").prejudgement, Some(Verdict::Fail));
}

#[test]
fn a_decision_that_the_guidance_does_not_name_fails() {
    let facts = got(ENTRY, DECISIONS, 200, &SOUND.replace("Remote operation", "The network"));
    for unit in ["5.12-2-1:b", "5.12-2-1:c"] {
        let result = facts.judge_one(unit);
        assert_eq!(
            (result.verdict, result.reason.code.as_str()),
            (Verdict::Fail, "decision-not-told"),
            "{unit}"
        );
        assert!(result.effort.is_some() && !result.evidence.is_empty());
    }
}

#[test]
fn a_japanese_guidance_is_read_and_a_missing_one_decides_nothing() {
    let japanese = DECISIONS.replace("\"Remote operation\"", "\"遠隔操作\"");
    let facts = got(
        ENTRY,
        &japanese,
        200,
        "<h1>初期設定</h1><ol><li>遠隔操作は、必要がなければオフのままにしてください。</li></ol><p>設定の手順を守ることで、機器を安全に使うことができます。</p>",
    );
    assert_eq!(facts.judge_one("5.12-2-1:c").open.expect("a question").prejudgement, Some(Verdict::Pass));
    for unit in ["5.12-2-1:b", "5.12-2-1:c"] {
        let result = got(ENTRY, DECISIONS, 404, "nothing").judge_one(unit);
        assert_eq!(
            (result.verdict, result.reason.code.as_str()),
            (Verdict::Inconclusive, "publication-not-found")
        );
    }
}
