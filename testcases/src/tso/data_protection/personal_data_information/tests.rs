use ixit::Blame;
use probes::Outcome;
use probes::probe::public_resource::ResourceSnapshot;

use super::*;
use crate::judge::{By, RestsOn};
use crate::test_facts::{Seen, TestFacts};
use crate::test_pages::page;

const URL: &str = "https://supplier.example/privacy";
const SOUND: &str = "<h1>Personal data</h1><table><tr><th>Data<th>Users<th>Purpose</tr>\
    <tr><td>Account: name<td>customer service<td>login to the app</tr>\
    <tr><td>Usage history<td>maintenance department<td>forecast of wear</tr></table>";
const TOLD: &str = "told = { named = [\"Usage history\"], purposes = [\"forecast of wear\"], by = [\"maintenance department\"] }";

fn declared_with(told: &str) -> TestFacts {
    TestFacts::declared(&format!(
        "[user_info]\n{ENTRY} = \"Page of the maker\"\n[user_info.resources]\n\
         {ENTRY} = {{ kind = \"url\", place = \"{URL}\" }}\n\
         [[pers_data]]\nid = \"PersData-Usage\"\ndescription = \"Usage history\"\n\
         processing_activities = \"Forecast\"\n{told}\n"
    ))
}

fn got(snapshot: ResourceSnapshot) -> TestFacts {
    declared_with(TOLD).observed(Seen::by("public-resource", snapshot))
}

#[test]
fn a_sound_page_passes_access_and_comparison_by_machine() {
    let facts = got(page(URL, 200, SOUND));
    assert_eq!(facts.judge_one("6-1-2:a").reason.code, "publication-open");
    let result = facts.judge_one("6-1-2:b");
    assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Pass, "processing-told"));
    assert_eq!(
        (result.by, result.rests_on, result.item.as_str()),
        (By::Machine, RestsOn::Observed, "PersData-Usage")
    );
    assert!(result.effort.is_some());
    assert!(result.evidence.iter().any(|it| it.reference == format!("sha256:{}", "2".repeat(64))));
    assert!(result.evidence.iter().any(|it| it.reference.starts_with("declaration:")));
}

#[test]
fn a_page_that_omits_the_data_or_names_another_purpose_fails() {
    let omits = SOUND.replace("Usage history", "Something");
    let advertising = SOUND.replace("forecast of wear", "advertising");
    let nobody = SOUND.replace("maintenance department", "partners");
    for (html, code) in [
        (omits, "processing-not-told"),
        (advertising, "processing-told-otherwise"),
        (nobody, "processing-told-otherwise"),
    ] {
        let result = got(page(URL, 200, &html)).judge_one("6-1-2:b");
        assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Fail, code));
        assert_eq!((result.by, result.blame), (By::Machine, Some(Blame::Documentation)));
        assert!(!result.evidence.is_empty() && result.effort.is_some());
    }
}

#[test]
fn what_is_denied_or_apart_is_asked() {
    let denied = "<h1>Personal data</h1><p>We never use the usage history for a forecast of wear by our maintenance department.</p>";
    let apart = "<h1>Personal data</h1><p>Usage history.</p><p>The maintenance department makes a forecast of wear of the tools.</p>";
    for html in [denied, apart] {
        let result = got(page(URL, 200, html)).judge_one("6-1-2:b");
        assert_eq!((result.verdict, result.by), (Verdict::Inconclusive, By::Assisted), "{html}");
        let open = result.open.expect("a question");
        assert!(open.shown.iter().any(|shown| shown.label == "observed.passage"));
    }
}

#[test]
fn a_wall_fails_access_and_leaves_nothing_to_compare() {
    let login = "<h1>Privacy</h1><form><input type=password></form>";
    for (status, html, code) in [
        (404, "nothing", "publication-not-found"),
        (401, "Partner login", "publication-behind-wall"),
        (200, login, "publication-behind-wall"),
    ] {
        let facts = got(page(URL, status, html));
        for unit in ["6-1-1:a", "6-1-2:a"] {
            let result = facts.judge_one(unit);
            assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Fail, code), "{unit}");
        }
        for unit in ["6-1-2:b", "6-1-2:c", "6-1-2:d"] {
            let result = facts.judge_one(unit);
            assert_eq!(
                (result.verdict, result.reason.code.as_str()),
                (Verdict::Inconclusive, code),
                "{unit}"
            );
            assert!(result.open.is_none());
        }
    }
}

#[test]
fn missing_partial_and_cut_observations_decide_nothing() {
    let partial = declared_with(TOLD)
        .observed(Seen::by("public-resource", page(URL, 200, SOUND)).ended(Outcome::Partial, "stopped"));
    let cut = ResourceSnapshot { text: "a ".repeat(32 * 1024), ..page(URL, 200, SOUND) };
    let pdf = ResourceSnapshot { content_type: Some("application/pdf".into()), ..page(URL, 200, SOUND) };
    for facts in [declared_with(TOLD), partial, got(cut), got(pdf)] {
        let result = facts.judge_one("6-1-2:b");
        assert_eq!(result.verdict, Verdict::Inconclusive, "{result:#?}");
    }
    assert_eq!(declared_with(TOLD).judge_one("6-1-2:a").reason.code, "observation-missing");
}

#[test]
fn without_words_to_compare_a_person_reads() {
    for told in ["", "told = { named = [\"Usage history\"] }"] {
        let facts = declared_with(told).observed(Seen::by("public-resource", page(URL, 200, SOUND)));
        let result = facts.judge_one("6-1-2:b");
        assert_eq!((result.verdict, result.by), (Verdict::Inconclusive, By::Assisted));
        let facts = facts.answered("6-1-2:b", "PersData-Usage", "yes");
        assert_eq!(facts.judge_one("6-1-2:b").verdict, Verdict::Pass);
    }
}

#[test]
fn a_page_whose_certificate_is_not_trusted_passes_nothing() {
    let untrusted = ResourceSnapshot { certificate_trusted: Some(false), ..page(URL, 200, SOUND) };
    for unit in ["6-1-2:a", "6-1-2:b"] {
        assert_eq!(got(untrusted.clone()).judge_one(unit).verdict, Verdict::Inconclusive, "{unit}");
    }
}

#[test]
fn two_looks_at_the_page_join_to_the_worse() {
    let facts = got(page(URL, 200, SOUND))
        .observed(Seen::by("public-resource", page(URL, 200, &SOUND.replace("forecast of wear", "sale"))));
    assert_eq!(facts.judge_one("6-1-2:b").verdict, Verdict::Fail);
}

#[test]
fn the_passages_are_laid_out_for_the_person() {
    let open = got(page(URL, 200, SOUND)).judge_one("6-1-2:d").open.expect("a question");
    assert!(
        open.shown
            .iter()
            .any(|shown| shown.text.contains("\"forecast of wear\"") && shown.text.contains("Usage history"))
    );
}

#[test]
fn a_stated_absence_of_personal_data_is_no_question() {
    let facts = TestFacts::declared(&format!(
        "[user_info]\n{ENTRY} = \"Page\"\n[empty]\npers_data = \"The device handles none\"\n"
    ));
    assert!(facts.judge_one("6-1-2:b").vacuous);
    let none = TestFacts::declared("[user_info]\nmodel_designation = \"HK-100\"\n");
    assert_eq!(none.judge_one("6-1-2:a").reason.code, "no-publication-declared");
    assert_eq!(none.judge_one("6-1-1:a").verdict, Verdict::Fail);
}
