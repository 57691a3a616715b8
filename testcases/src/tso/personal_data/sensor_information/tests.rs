use super::*;
use crate::test_facts::{Seen, TestFacts};
use crate::test_pages::page;

const URL: &str = "https://supplier.example/sensors";

fn got(status: u16, html: &str) -> TestFacts {
    declared().observed(Seen::by("public-resource", page(URL, status, html)))
}

fn declared() -> TestFacts {
    TestFacts::declared(&format!(
        "[user_info]\n{ENTRY} = \"Page of the maker\"\n[user_info.resources]\n\
         {ENTRY} = {{ kind = \"url\", place = \"{URL}\" }}\n\
         [[ext_sens]]\nid = \"ExtSens-Flow\"\ndescription = \"Flow\"\ntold = {{ named = [\"flow of water\"] }}\n\
         [[ext_sens]]\nid = \"ExtSens-CO\"\ndescription = \"CO\"\ntold = {{ named = [\"carbon monoxide\"] }}\n"
    ))
}

#[test]
fn a_page_that_names_the_sensors_is_open_and_put_to_a_person() {
    let facts = got(200, "<p>The heater measures the flow of water and carbon monoxide in the exhaust.</p>");
    assert_eq!(facts.judge_one("5.8-3-1:a").verdict, Verdict::Pass);
    let result = facts.judge_one("5.8-3-1:b");
    assert_eq!((result.verdict, result.by), (Verdict::Inconclusive, By::Assisted));
    let open = result.open.expect("a question");
    assert_eq!(open.prejudgement, Some(Verdict::Pass));
    assert!(
        open.shown
            .iter()
            .any(|shown| shown.text.starts_with("ExtSens-CO: ") && shown.text.contains("monoxide"))
    );
}

#[test]
fn a_page_that_names_none_fails_and_one_missing_is_pre_judged() {
    let none = got(200, "<p>The heater has the sensors that it needs to heat and to stop in time.</p>");
    assert_eq!(none.judge_one("5.8-3-1:a").verdict, Verdict::Pass);
    let result = none.judge_one("5.8-3-1:b");
    assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Fail, "sensors-not-told"));
    assert_eq!(result.blame, Some(Blame::Documentation));
    let one = got(200, "<p>The heater has a sensor for the flow of water, as every heater has.</p>");
    let result = one.judge_one("5.8-3-1:b");
    assert_eq!(result.verdict, Verdict::Inconclusive);
    assert_eq!(result.open.expect("a question").prejudgement, Some(Verdict::Fail));
}

#[test]
fn a_japanese_page_is_not_failed_by_english_words() {
    let page = got(
        200,
        "<p>給湯器はセンサで水の流れと排気中の一酸化炭素を検知します。人を検知するセンサはありません。カメラもありません。</p>",
    );
    assert_eq!(page.judge_one("5.8-3-1:a").verdict, Verdict::Pass);
    assert_eq!(page.judge_one("5.8-3-1:b").verdict, Verdict::Inconclusive);
}

#[test]
fn a_missing_page_and_a_missing_look_decide_nothing_of_the_text() {
    let missing = got(404, "nothing");
    assert_eq!(missing.judge_one("5.8-3-1:a").reason.code, "publication-not-found");
    assert_eq!(missing.judge_one("5.8-3-1:a").verdict, Verdict::Fail);
    assert_eq!(missing.judge_one("5.8-3-1:b").verdict, Verdict::Inconclusive);
    let login = got(200, "<p>Sensors are described for partners.</p><form><input type=password></form>");
    assert_eq!(login.judge_one("5.8-3-1:b").verdict, Verdict::Inconclusive);
    for unit in ["5.8-3-1:a", "5.8-3-1:b"] {
        assert_eq!(declared().judge_one(unit).reason.code, "observation-missing");
    }
}
