//! The page of a guide: a made-up one, read over a made-up run.

mod synthetic;

use ixit::guides::RiskContext;
use ixit::{Declaration, SourceFile};
use reports::ReportInput;
use reports::guide::{self, GuideResult};
use serde_json::{Value, json};
use synthetic::{Memory, every_verdict, facts, read};
use testcases::guide::{AnsweredGuide, Guide};
use testcases::texts::Language;

const HEAD: &str = r#"format = "hantei.guide/1"
name = "made"
order = 1
title = { en = "Made-up guide", ja = "試作ガイド" }
publisher = { en = "Made-up office", ja = "試作庁" }
standing = { en = "Awards nothing.", ja = "何も認定しない。" }
gap = { en = "Two figures are not carried.", ja = "図 2 点は収録していない。" }
edition = "en303645-2.1.1"
version = "1"
date = "2026-01-01"
confidence = "medium"
source = [{ id = "s", title = "Made-up publication", date = "2026", read = "memory", confidence = "low" }]
viewpoint = [{ id = "1", title = { en = "First viewpoint", ja = "第1の観点" } }]
group = [{ id = "M1", title = { en = "First chapter", ja = "第1章" }, phase = "design", roles = ["developer"], viewpoint = "1" }]
"#;

const ITEMS: &str = r#"[[item]]
id = "M1-1"
group = "M1"
kind = "point"
consider = true
title = { en = "Passwords of their own", ja = "固有のパスワード" }
asks = { en = "Give each unit its own password", ja = "個体ごとに固有のパスワードを設定する" }
test = "functional-network"
links = [
  { provision = "5.1-1", confidence = "high", rationale = { en = "The same demand", ja = "同じ要求" } },
  { plus = "plus-replay", part = true, confidence = "low", rationale = { en = "The replayed part", ja = "再送の部分" } },
]
[[item]]
id = "M1-1-C1"
group = "M1"
part_of = "M1-1"
kind = "measure"
title = { en = "Keep records", ja = "記録の保管" }
asks = { en = "Records of production are kept", ja = "製造の記録を保管する" }
test = "process-evidence"
wants = { en = "A record of the line", ja = "製造ラインの記録" }
"#;

fn made() -> &'static Guide {
    let guide = testcases::guide::read(&[("guide.toml", HEAD), ("items.toml", ITEMS)]).expect("a guide");
    Box::leak(Box::new(guide))
}

/// What came of it, with this said of the first item.
fn answered(statement: &str) -> AnsweredGuide {
    let value = json!({
        "format": "hantei.guide-result/1", "guide": "made", "version": "1", "data": "sha256:00",
        "complete": true, "demonstration": true,
        "counts": { "answered": 0, "answered-in-part": 1, "declared": 0, "open": 1, "not-testable": 0 },
        "consider": { "items": 1, "yes": 0, "partly": 0, "no": 1, "unsaid": 0 },
        "items": [
            { "id": "M1-1", "standing": "answered-in-part",
              "considered": { "adopted": "no", "statement": statement, "source": "declaration:guides.toml#considered.made.M1-1" },
              "links": [
                { "kind": "provision", "id": "5.1-1", "part": false, "verdict": "FAIL", "rests_on": "observed" },
                { "kind": "plus", "id": "plus-replay", "part": true, "verdict": null, "rests_on": null },
              ], "evidence": [] },
            { "id": "M1-1-C1", "standing": "open", "considered": null, "links": [], "evidence": [] },
        ],
        "unknown": ["M9-9"],
    });
    serde_json::from_value(value).expect("the shape of a result")
}

fn context(name: &str) -> RiskContext {
    let guides = format!(
        r#"[risk_context]
target_recovery = "limited"
target_economic = "limited"
stakeholder = [{{ id = "r", name = "Resident", role = "user" }}]
[[risk_context.incident]]
id = "a"
name = {}
stakeholder = "r"
recovery = "serious"
economic = "limited"
requirements = ["SSF-V1-S15", "M1-1"]
"#,
        json!(name)
    );
    let files = [("ics.toml", "edition = \"en303645-2.1.1\"\n"), ("ixit.toml", ""), ("guides.toml", &guides)];
    let files = files.map(|(name, text)| SourceFile::new(name, text.as_bytes().to_vec()));
    let reading = Declaration::from_sources(files.to_vec(), Vec::new());
    let declaration = reading.declaration.unwrap_or_else(|| panic!("{:?}", reading.diagnostics));
    declaration.guides.risk_context.expect("stated")
}

/// Page, Markdown and paper in a language.
fn written(language: Language, statement: &str, incident: &str) -> [String; 3] {
    let (facts, assessment) = (facts(), read(&every_verdict()));
    let input = ReportInput { assessment: &assessment, facts: &facts, language, evidence: &Memory };
    let result =
        GuideResult { guide: made(), answered: answered(statement), risk_context: Some(context(incident)) };
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    [
        text(guide::html(&input, &result, Some("report.en.html")).expect("template and values agree")),
        text(guide::markdown(&input, &result).expect("template and values agree")),
        text(guide::html(&input, &result, None).expect("template and values agree")),
    ]
}

#[test]
fn the_page_says_of_each_item_how_it_stands_and_why() {
    let [en, md, paper] = written(Language::En, "Not needed here", "Scald");
    for said in [
        "Made-up guide",
        "Awards nothing.",
        "Two figures are not carried.",
        "Answered in part",
        "Passwords of their own",
        "considered, not done",
        "Not needed here",
        "Linked results that passed or failed: 1 of 2",
        "not run",
        "A record of the line",
        "report.en.html#p-5-1-1",
        "M9-9",
        "beyond what is accepted",
        "First viewpoint",
        "0 are done, 0 are done in part, 1 are not done; of 0 nothing is said",
        "<code>SSF-V1-S15</code>",
        "<a href=\"#item-M1-1\">M1-1</a>",
    ] {
        assert!(en.contains(said), "{said}: {en}");
    }
    assert_eq!(en.matches("<table class=\"points\">").count(), 1);
    assert!(!paper.contains("report.en.html"), "paper leads nowhere");
    assert!(md.contains("| M1-1-C1 Keep records | Open |"), "{md}");
    assert!(
        md.contains("\n\n| Failed results, and the items that they answer | Item |\n|---|---|\n| 5.1-1 "),
        "{md}"
    );
    assert!(md.contains(" |\n\nLinked results, each counted once"), "{md}");
    let [ja, md, _] = written(Language::Ja, "不要", "やけど");
    for said in
        ["試作ガイド", "一部に結果あり", "検討したが、実施していない", "第1の観点", "受け入れる水準を超える"]
    {
        assert!(ja.contains(said), "{said}: {ja}");
    }
    assert!(md.contains("記録の保管"), "{md}");
}

#[test]
fn failed_results_stand_first_each_once_with_the_items_that_they_answer() {
    let page = |results: &AnsweredGuide, guide: &'static Guide| {
        let (facts, assessment) = (facts(), read(&every_verdict()));
        let input =
            ReportInput { assessment: &assessment, facts: &facts, language: Language::En, evidence: &Memory };
        let result = GuideResult { guide, answered: results.clone(), risk_context: None };
        String::from_utf8(
            guide::html(&input, &result, Some("report.en.html")).expect("template and values agree"),
        )
        .expect("UTF-8")
    };
    let mut results = answered("x");
    let again = results.items[0].links[0].clone();
    results.items[1].links.push(again);
    let bad = page(&results, made());
    assert!(bad.contains("Linked results, each counted once: 2, of which 0 passed and 1 failed."), "{bad}");
    let failed = bad.split("<table class=\"failed\">").nth(1).and_then(|rest| rest.split("</table>").next());
    let failed = failed.expect("the failed result");
    assert_eq!(failed.matches("<tr>").count(), 2, "a heading and one result: {failed}");
    for said in ["report.en.html#p-5-1-1", "href=\"#item-M1-1\"", "href=\"#item-M1-1-C1\""] {
        assert!(failed.contains(said), "{said}: {failed}");
    }
    let (counts, read) = (bad.find("How the items stand"), bad.find("Not in this catalogue"));
    assert!(counts < read, "how it stands comes before where it was read");

    results.items.iter_mut().flat_map(|item| &mut item.links).for_each(|link| link.verdict = None);
    let open = page(&results, made());
    assert!(
        open.contains("2, of which 0 passed and 0 failed") && !open.contains("class=\"failed\""),
        "{open}"
    );
}

#[test]
fn a_version_that_nobody_knows_is_said_in_words() {
    let head = HEAD.replace("version = \"1\"", "version = \"unknown\"");
    let guide = testcases::guide::read(&[("guide.toml", &head), ("items.toml", ITEMS)]).expect("a guide");
    let (facts, assessment) = (facts(), read(&every_verdict()));
    let result =
        GuideResult { guide: Box::leak(Box::new(guide)), answered: answered("x"), risk_context: None };
    let page = |language| {
        let input = ReportInput { assessment: &assessment, facts: &facts, language, evidence: &Memory };
        String::from_utf8(
            guide::html(&input, &result, Some("report.en.html")).expect("template and values agree"),
        )
        .expect("UTF-8")
    };
    assert!(page(Language::Ja).contains("不明（2026-01-01）"));
    assert!(page(Language::En).contains("not known (2026-01-01)"));
}

#[test]
fn evidence_is_wanted_besides_only_where_something_else_answers() {
    let [en, _, _] = written(Language::En, "x", "y");
    let alone = en.split("id=\"item-M1-1-C1\"").nth(1).expect("the item without a result");
    assert!(alone.contains(">Wants</span> A record of the line"), "{alone}");
    assert!(en.contains("case beyond the standard plus-replay: "), "a case says what it is: {en}");
}

#[test]
fn no_phrase_is_missing_in_either_language() {
    for language in Language::ALL {
        for text in written(*language, "x", "y") {
            let shown = text.split("<style>").next().unwrap_or_default().to_owned()
                + text.split("</style>").nth(1).unwrap_or_default();
            for word in shown.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '-')) {
                // A key stands where a phrase is missing; classes of the style begin the same and are known.
                let class = ["guide-item", "guide-result"].contains(&word);
                assert!(class || !word.starts_with("guide-"), "{word} has no phrase");
                assert!(!word.starts_with("scheme-"), "{word} has no phrase");
            }
        }
    }
}

#[test]
fn what_the_supplier_says_stays_text() {
    let evil = "<script>alert(1)</script>";
    for text in written(Language::En, evil, evil) {
        assert!(!text.contains("<script"), "{text}");
    }
}

#[test]
fn the_json_is_the_result() {
    let result = GuideResult { guide: made(), answered: answered("x"), risk_context: None };
    let value: Value = serde_json::from_slice(&guide::json(&result).expect("plain data")).expect("JSON");
    assert_eq!(value["format"], "hantei.guide-result/1");
    assert_eq!(value["items"][0]["links"][0]["verdict"], "FAIL");
}
