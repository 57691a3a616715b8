use probes::Outcome;
use proptest::prelude::*;

use super::*;
use crate::test_facts::{Seen, TestFacts};

const SOURCE: &str = ", source = { port = 443, tls = true, path = \"/about\", key = \"model\" }";

fn declared_with(way: &str, source: &str) -> TestFacts {
    let statement = "edition = \"en303645-2.1.1\"\n[dut]\nmodel = \"HK-100\"\n";
    let ixit = format!(
        "[user_info]\n{ENTRY} = \"On the label and the page /about\"\n\
         designation = {{ text = \"HK-100\", way = \"{way}\"{source} }}\n"
    );
    TestFacts::with_ics(statement, &ixit)
}

fn told(status: u16, found: Option<&str>) -> DesignationTold {
    DesignationTold {
        path: "/about".into(),
        key: Some("model".into()),
        status: Some(status),
        redirect: None,
        content_type: Some("application/json".into()),
        wall: Vec::new(),
        found: found.map(str::to_owned),
        cut: false,
        other_kind: None,
        page: Some(format!("sha256:{}", "3".repeat(64))),
    }
}

fn got(told: DesignationTold) -> TestFacts {
    declared_with("physical-interface", SOURCE).observed(Seen::by("designation", told))
}

#[test]
fn the_declared_designation_in_simple_text_passes_both_by_machine() {
    for (unit, code) in [("5.3-16-2:a", "designation-obtained"), ("5.3-16-2:b", "designation-as-declared")] {
        let result = got(told(200, Some(" HK-100\n"))).judge_one(unit);
        assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Pass, code));
        assert_eq!((result.by, result.rests_on), (By::Machine, RestsOn::Observed));
        assert!(result.effort.is_some() && result.evidence.len() == 3, "{result:#?}");
    }
}

#[test]
fn another_designation_and_one_that_has_to_be_decoded_fail_the_comparison_alone() {
    for (found, code) in [
        ("HK-90", "designation-differs"),
        ("hk-100", "designation-differs"),
        ("HK-100 rev. B", "designation-differs"),
        ("<b>HK-100</b>", "designation-not-simple-text"),
        ("HK&#45;100", "designation-not-simple-text"),
        ("HK%2D100", "designation-not-simple-text"),
        ("data:image/png;base64,AAAA", "designation-not-simple-text"),
        ("HK\u{7}100", "designation-not-simple-text"),
    ] {
        let facts = got(told(200, Some(found)));
        assert_eq!(facts.judge_one("5.3-16-2:a").verdict, Verdict::Pass, "{found}");
        let result = facts.judge_one("5.3-16-2:b");
        assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Fail, code), "{found}");
        assert_eq!(result.blame, Some(Blame::DeviceOrDocumentation));
    }
    let object = DesignationTold { other_kind: Some("object".into()), ..told(200, Some("{\"a\":1}")) };
    assert_eq!(got(object).judge_one("5.3-16-2:b").reason.code, "designation-not-simple-text");
}

#[test]
fn a_login_a_missing_page_and_a_missing_key_fail_to_be_obtained() {
    let form = DesignationTold { wall: vec!["password field".into()], ..told(200, None) };
    let sent_away = DesignationTold { redirect: Some("/login?next=/about".into()), ..told(302, None) };
    for seen in [told(401, None), told(404, None), told(200, None), told(200, Some("  ")), form, sent_away] {
        let facts = got(seen.clone());
        let result = facts.judge_one("5.3-16-2:a");
        assert_eq!(
            (result.verdict, result.reason.code.as_str()),
            (Verdict::Fail, "designation-not-obtained"),
            "{seen:?}"
        );
        assert_eq!(result.blame, Some(Blame::Device));
        assert_eq!(facts.judge_one("5.3-16-2:b").verdict, Verdict::Inconclusive);
    }
}

#[test]
fn trouble_and_silence_decide_nothing() {
    let elsewhere = DesignationTold { redirect: Some("https://cloud.example/".into()), ..told(302, None) };
    let nothing = DesignationTold { status: None, ..told(200, None) };
    let other_place = DesignationTold { path: "/other".into(), ..told(200, Some("HK-100")) };
    let declared = || declared_with("physical-interface", SOURCE);
    for facts in [
        declared(),
        got(elsewhere),
        got(nothing),
        got(other_place),
        got(told(503, None)),
        declared()
            .observed(Seen::by("designation", told(200, Some("HK-100"))).ended(Outcome::Partial, "cut")),
        declared().observed(Seen::by("designation", told(200, None)).ended(Outcome::Refused, "closed")),
    ] {
        for unit in ["5.3-16-2:a", "5.3-16-2:b"] {
            assert_eq!(facts.judge_one(unit).verdict, Verdict::Inconclusive, "{unit}");
        }
    }
}

#[test]
fn a_label_and_an_interface_without_address_are_put_to_a_person() {
    for facts in
        [declared_with("label", ""), declared_with("physical-interface", ""), declared_with("label", SOURCE)]
    {
        for unit in ["5.3-16-1:a", "5.3-16-2:a", "5.3-16-2:b"] {
            let result = facts.judge_one(unit);
            assert_eq!(result.verdict, Verdict::Inconclusive);
            let open = result.open.expect("a question");
            assert!(open.shown.iter().any(|shown| shown.label == "user_info.designation"));
        }
    }
}

#[test]
fn a_page_without_key_holds_the_designation_among_other_words() {
    let source = ", source = { port = 443, tls = true, path = \"/about\" }";
    let page = |found: &str| {
        let told = DesignationTold { key: None, ..told(200, Some(found)) };
        declared_with("physical-interface", source)
            .observed(Seen::by("designation", told))
            .judge_one("5.3-16-2:b")
    };
    assert_eq!(page("Controller HK-100, made in Japan").verdict, Verdict::Pass);
    assert_eq!(page("Controller HK-1000").reason.code, "designation-differs");
}

#[test]
fn a_declaration_without_any_designation_fails_the_paper_review() {
    let facts = TestFacts::declared("[user_info]\nsupport_period = \"Five years\"\n");
    let result = facts.judge_one("5.3-16-1:a");
    assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Fail, "no-publication-declared"));
}

proptest! {
    #[test]
    fn any_answer_is_judged(found in "\\PC{0,120}|[<>&;%0-9A-F]{0,20}", status in 0_u16..700) {
        for unit in ["5.3-16-2:a", "5.3-16-2:b"] {
            let result = got(told(status, Some(&found))).judge_one(unit);
            prop_assert!(unit != "5.3-16-2:b" || result.verdict != Verdict::Pass || found.trim() == "HK-100");
        }
    }
}
