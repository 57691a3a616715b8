use ixit::Blame;

use super::*;
use crate::test_facts::{Seen, TestFacts};
use crate::test_pages::page;

const URL: &str = "https://supplier.example/privacy";
const SOUND: &str = "<h1>Personal data</h1><h2>Usage statistics</h2><p>Our maintenance department receives operating \
    hours. It forecasts the wear from them.</p><h2>Sign of life</h2><p>The cloud operations see the serial number, \
    so that the app can show it.</p>";

fn got(html: &str) -> TestFacts {
    TestFacts::declared(&format!(
        "[user_info]\n{ENTRY} = \"Page of the maker\"\n[user_info.resources]\n\
         {ENTRY} = {{ kind = \"url\", place = \"{URL}\" }}\n\
         [[tel_data]]\nid = \"TelData-Statistics\"\ndescription = \"Operating hours\"\npurpose = \"Wear\"\n\
         told = {{ named = [\"Usage statistics\", \"operating hours\"], purposes = [\"forecasts the wear\"], by = [\"maintenance department\"] }}\n\
         [[tel_data]]\nid = \"TelData-Life\"\ndescription = \"Serial number\"\npurpose = \"App\"\n\
         told = {{ named = [\"Sign of life\"], purposes = [\"the app can show it\"], by = [\"cloud operations\"] }}\n"
    ))
    .observed(Seen::by("public-resource", page(URL, 200, html)))
}

fn verdicts(facts: &TestFacts, unit: &str) -> Vec<(Verdict, String)> {
    facts.judge(unit).into_iter().map(|result| (result.verdict, result.reason.code)).collect()
}

#[test]
fn a_section_for_each_telemetry_passes_name_and_purpose() {
    let facts = got(SOUND);
    for unit in ["6-5-2:b", "6-5-2:c"] {
        assert!(
            verdicts(&facts, unit)
                .iter()
                .all(|(verdict, code)| *verdict == Verdict::Pass && code == "telemetry-told"),
            "{unit}: {:#?}",
            facts.judge(unit)
        );
    }
    let asked = facts.judge("6-5-2:d");
    assert!(asked.iter().all(|result| result.by == By::Assisted && result.verdict == Verdict::Inconclusive));
    let open = asked[0].open.as_ref().expect("a question");
    assert_eq!(open.prejudgement, Some(Verdict::Pass));
    assert!(open.shown.iter().any(|shown| shown.text.contains("forecasts the wear")));
}

#[test]
fn an_omitted_telemetry_fails_its_row_alone() {
    let html = SOUND.replace("Usage statistics", "Statistics").replace("operating hours", "figures");
    let facts = got(&html);
    for unit in ["6-5-2:b", "6-5-2:c", "6-5-2:d"] {
        let results = facts.judge(unit);
        assert_eq!(
            (results[0].verdict, results[0].reason.code.as_str()),
            (Verdict::Fail, "telemetry-not-told"),
            "{unit}"
        );
        assert_eq!(results[0].blame, Some(Blame::Documentation));
        assert_ne!(results[1].verdict, Verdict::Fail);
    }
}

#[test]
fn another_purpose_or_user_fails_what_asks_for_it() {
    let purpose = got(&SOUND.replace("forecasts the wear", "sells them"));
    assert_eq!(verdicts(&purpose, "6-5-2:b")[0], (Verdict::Fail, "telemetry-told-otherwise".into()));
    assert_eq!(verdicts(&purpose, "6-5-2:c")[0].0, Verdict::Pass);
    let user = got(&SOUND.replace("maintenance department", "partners"));
    assert_eq!(verdicts(&user, "6-5-2:b")[0].0, Verdict::Pass);
    assert_eq!(verdicts(&user, "6-5-2:d")[0], (Verdict::Fail, "telemetry-told-otherwise".into()));
}

#[test]
fn a_purpose_in_the_section_of_another_telemetry_is_asked() {
    let moved = SOUND
        .replace(" It forecasts the wear from them.", "")
        .replace("show it.", "show it. It forecasts the wear.");
    let result = &got(&moved).judge("6-5-2:b")[0];
    assert_eq!((result.verdict, result.by), (Verdict::Inconclusive, By::Assisted));
}
