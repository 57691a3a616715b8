use probes::Outcome;

use super::*;
use crate::test_facts::{Seen, TestFacts};

const URL: &str = "https://supplier.example/support";

fn declared() -> TestFacts {
    TestFacts::declared(&format!(
        "[user_info]\n{ENTRY} = \"Page of the maker\"\nsupport_period = \"Until the end of 2031\"\n\
         support = {{ until = \"2031-12-31\" }}\n[user_info.resources]\n{ENTRY} = {{ kind = \"url\", place = \"{URL}\" }}\n"
    ))
}

fn page(text: &str) -> ResourceSnapshot {
    ResourceSnapshot {
        url: URL.into(),
        status: Some(200),
        redirects: Vec::new(),
        left_scope: None,
        content_type: Some("text/html".into()),
        page: None,
        size: text.len() as u64,
        wall: Vec::new(),
        text: text.into(),
        certificate_trusted: None,
        certificate_note: None,
        passages: Vec::new(),
    }
}

fn got(snapshot: ResourceSnapshot) -> TestFacts {
    declared().observed(Seen::by("public-resource", snapshot))
}

#[test]
fn the_declared_last_day_in_a_sentence_on_support_passes() {
    for text in [
        "We supply security updates for the WH-100 until 2031-12-31. It has been on sale since 2026-04-01.",
        "WH-100 のサポート期間は2031年12月31日までです。発売日は2026年4月1日です。以上のとおりご案内します。このほかの製品は別表をご覧ください。",
    ] {
        let result = got(page(text)).judge_one("5.3-13-2:c");
        assert_eq!((result.verdict, result.by), (Verdict::Pass, By::Machine), "{text}: {result:#?}");
        assert_eq!(result.reason.code, "support-period-as-declared");
        assert_eq!(result.reason.args["declared"], "2031-12-31");
        assert!(result.reason.args["sentence"].contains("2031"));
        assert_eq!(result.evidence[0].at, "text");
    }
}

#[test]
fn a_declared_number_of_months_passes_where_page_and_declaration_count_from_the_same() {
    let declared = |from: &str, text: &str| {
        TestFacts::declared(&format!(
            "[user_info]\n{ENTRY} = \"Page of the maker\"\nsupport = {{ months = 60, from = \"{from}\" }}\n\
             [user_info.resources]\n{ENTRY} = {{ kind = \"url\", place = \"{URL}\" }}\n"
        ))
        .observed(Seen::by("public-resource", page(text)))
        .judge_one("5.3-13-2:c")
    };
    let text = "The WH-100 receives security updates for 5 years from the end of sales. The warranty lasts 24 months.";
    assert_eq!(declared("the end of sales", text).verdict, Verdict::Pass);
    assert!(declared("the date of purchase", text).open.is_some());
    assert!(declared("the end of sales", &text.replace("5 years", "6 years")).open.is_some());
}

#[test]
fn a_day_that_may_mean_something_else_is_shown_to_a_person() {
    for text in [
        "Support for the WH-100 ends on December 31, 2031. Older models: until 2027-06-30.",
        "Support for the other heaters ends on December 31, 2031. Ask us about yours.",
        "Updated on 2031-12-31: the WH-100 is supported for a long time to come, they say.",
    ] {
        let facts = got(page(text));
        let open = facts.judge_one("5.3-13-2:c").open.unwrap_or_else(|| panic!("a person decides: {text}"));
        assert_eq!(open.prejudgement, Some(Verdict::Pass), "{text}");
        assert!(open.shown.iter().any(|shown| shown.label == "observed.date"));
        assert_eq!(facts.answered("5.3-13-2:c", "-", "yes").judge_one("5.3-13-2:c").verdict, Verdict::Pass);
    }
}

#[test]
fn a_declared_address_leads_to_a_text_on_support_or_fails() {
    let text = "We supply security updates for the WH-100 until 2031-12-31, free of charge.";
    let good = got(page(text)).judge_one("5.3-13-2:a");
    assert_eq!(
        (good.verdict, good.by, good.reason.code.as_str()),
        (Verdict::Pass, By::Machine, "publication-open")
    );
    let gone = got(ResourceSnapshot { status: Some(404), ..page("Not found") }).judge_one("5.3-13-2:a");
    assert_eq!((gone.verdict, gone.reason.code.as_str()), (Verdict::Fail, "publication-not-found"));
    let nobody_looked = declared().judge_one("5.3-13-2:a");
    assert_eq!(nobody_looked.reason.code, "observation-missing");
    let printed = TestFacts::declared(&format!(
        "[user_info]\n{ENTRY} = \"On the label\"\n[user_info.resources]\n{ENTRY} = {{ kind = \"label\", place = \"rear\" }}\n"
    ));
    assert!(printed.judge_one("5.3-13-2:a").open.is_some(), "a person reads the label");
}

#[test]
fn another_last_day_of_support_fails_with_the_sentence() {
    for (text, published) in [
        (
            "We supply security updates for the WH-100 until 2027-06-30. On sale since 2026-04-01.",
            "2027-06-30",
        ),
        (
            "WH-100 のサポート期間は2027年6月30日までです。発売日は2026年4月1日です。以上のとおりご案内します。",
            "2027年6月30",
        ),
    ] {
        let result = got(page(text)).judge_one("5.3-13-2:c");
        assert_eq!(
            (result.verdict, result.reason.code.as_str()),
            (Verdict::Fail, "support-period-differs"),
            "{text}"
        );
        assert_eq!((result.by, result.blame), (By::Machine, Some(Blame::Documentation)));
        assert_eq!(result.reason.args["declared"], "2031-12-31");
        assert_eq!(result.reason.args["published"], published);
        assert_eq!(result.reason.source.as_deref(), Some("declaration:ixit.toml#user_info.support"));
        assert!(result.evidence[0].reference.starts_with("sha256:"));
    }
}

#[test]
fn days_that_are_no_end_of_support_contradict_nothing() {
    for text in [
        "Support for the WH-100 lasts long. The offer for old heaters is valid until 2027-06-30.",
        "Support page, last updated on 2026-03-01. We supply updates for many years to come.",
        "Support for this product is described in the manual that lies in the box of the WH-100.",
        "The WH-100 has been on sale since 2026-04-01, and updates follow every month after that.",
    ] {
        let open = got(page(text)).judge_one("5.3-13-2:c").open.expect("asked");
        assert_eq!(open.prejudgement, None, "{text}");
    }
    let other = "We supply security updates for the WH-100 until 2027-06-30.";
    let partial = Seen::by("public-resource", page(other)).ended(Outcome::Partial, "cut off");
    assert!(declared().observed(partial).judge_one("5.3-13-2:c").open.is_some());
    let elsewhere = ResourceSnapshot { left_scope: Some("cdn.example".into()), ..page(other) };
    assert!(got(elsewhere).judge_one("5.3-13-2:c").open.is_some());
    let months = TestFacts::declared(&format!(
        "[user_info]\n{ENTRY} = \"Page\"\nsupport = {{ months = 60 }}\n[user_info.resources]\n{ENTRY} = {{ kind = \"url\", place = \"{URL}\" }}\n"
    ));
    let asked = months.observed(Seen::by("public-resource", page(other))).judge_one("5.3-13-2:c");
    assert!(asked.open.is_some(), "a length without a first day names no day");
}

#[test]
fn the_page_is_open_to_anybody_or_not() {
    let result =
        got(page("We supply security updates for the WH-100 until 2031-12-31.")).judge_one("5.3-13-2:b");
    assert_eq!((result.verdict, result.by), (Verdict::Pass, By::Machine));
    let missing = ResourceSnapshot { status: Some(404), ..page("Not found") };
    let result = got(missing.clone()).judge_one("5.3-13-2:b");
    assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Fail, "publication-not-found"));
    assert_eq!(result.blame, Some(Blame::Documentation));
    // Whether a user finds it, and what it would say, is another question.
    for unit in ["5.3-13-1:a", "5.3-13-2:c"] {
        assert!(got(missing.clone()).judge_one(unit).open.is_some(), "{unit}");
    }
}

#[test]
fn nothing_published_fails_on_paper_and_leaves_nothing_to_look_at() {
    let none =
        TestFacts::declared(&format!("[user_info]\n{ENTRY} = \"-\"\nsupport_period = \"Five years\"\n"));
    let result = none.judge_one("5.3-13-1:a");
    assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Fail, "no-publication-declared"));
    for unit in ["5.3-13-2:a", "5.3-13-2:b", "5.3-13-2:c"] {
        let result = none.judge_one(unit);
        assert_eq!(
            (result.verdict, result.blame),
            (Verdict::Inconclusive, Some(Blame::Documentation)),
            "{unit}"
        );
    }
}
