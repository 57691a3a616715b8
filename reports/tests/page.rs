//! The page without a browser: what it says of every verdict, and that nothing in it acts.

mod synthetic;

use reports::{ReportInput, RunFacts};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use synthetic::{Memory, assessment, every_verdict, facts, item, provision, read, waiting};
use testcases::texts::Language;

const HOSTILE: &[&str] =
    &["<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'--></style><svg/onload=x>"];

/// The page as text.
fn page(value: &Value, facts: &RunFacts, language: Language) -> String {
    let assessment = read(value);
    let input = ReportInput { assessment: &assessment, facts, language, evidence: &Memory };
    String::from_utf8(reports::html::html(&input).expect("template and values agree")).expect("UTF-8")
}

fn body(page: &str) -> &str {
    let start = page.find("<body>").expect("a page has a body");
    let end = page.find("</body>").expect("a page has a body");
    &page[start..end]
}

#[test]
fn the_page_of_a_small_assessment() {
    insta::assert_snapshot!(body(&page(&every_verdict(), &facts(), Language::En)));
}

#[test]
fn every_verdict_alone_renders_in_both_languages() {
    for language in Language::ALL {
        for verdict in ["PASS", "FAIL", "INCONCLUSIVE", "N/A", "NOT-CLAIMED"] {
            let overall = if matches!(verdict, "FAIL" | "INCONCLUSIVE") { verdict } else { "PASS" };
            let items = match verdict {
                "PASS" | "FAIL" | "INCONCLUSIVE" => vec![item("Row-A", verdict, "some-code")],
                _ => vec![],
            };
            let page =
                page(&assessment(overall, vec![provision("5.1-1", verdict, items)]), &facts(), *language);
            assert!(page.contains(&format!("<html lang=\"{}\">", language.code())));
        }
    }
}

#[test]
fn a_failure_leads_to_expected_seen_blame_and_evidence() {
    let page = page(&every_verdict(), &facts(), Language::En);
    let findings = &page[page.find("class=\"findings\"").expect("there is a finding")..];
    let findings = &findings[..findings.find("</ol>").expect("the list ends")];
    for said in
        ["nothing answers", "FAIL was seen", "tag blame", "href=\"#u-5-6-1-1-a\"", "href=\"#e-sha256-1111"]
    {
        assert!(findings.contains(said), "{said} is missing in {findings}");
    }
    assert!(!findings.contains("tcp/80"), "a sound item is no finding");
    for id in ["u-5-6-1-1-a", "e-sha256-1111111111111111111111111111111111111111111111111111111111111111"] {
        assert_eq!(page.matches(&format!("id=\"{id}\"")).count(), 1, "{id} has to be somewhere to go to");
    }
}

#[test]
fn one_cause_that_fails_two_provisions_is_one_finding() {
    let one = |id: &str, name: &str, actual: &str| {
        let mut item = item(name, "FAIL", "door-open");
        item["reason"]["actual"]["text"] = json!(actual);
        provision(id, "FAIL", vec![item])
    };
    let count = |value| page(&value, &facts(), Language::En).matches("<li class=\"finding ").count();
    assert_eq!(count(assessment("FAIL", vec![one("5.1-1", "A", "telnet"), one("5.6-1", "B", "telnet")])), 1);
    assert_eq!(count(assessment("FAIL", vec![one("5.1-1", "A", "telnet"), one("5.6-1", "B", "ssh")])), 2);
}

#[test]
fn a_question_stands_once_with_all_its_rows() {
    let page = page(&every_verdict(), &facts(), Language::En);
    assert_eq!(page.matches("id=\"q-5-1-5-1-a\"").count(), 1);
    let question = &page[page.find("id=\"q-5-1-5-1-a\"").expect("asked")..];
    let question = &question[..question.find("</li>").expect("the entry ends")];
    assert!(question.contains("Row-A") && question.contains("Row-B"), "{question}");
}

#[test]
fn items_stand_together_only_if_a_reader_would_read_the_same_twice() {
    let outcomes = |items| {
        let page = page(&assessment("PASS", vec![provision("5.1-1", "PASS", items)]), &facts(), Language::En);
        page.matches("class=\"brief\"").count()
    };
    assert_eq!(outcomes(vec![synthetic::decided("A", "fine"), synthetic::decided("B", "fine")]), 1);
    assert_eq!(
        outcomes(vec![synthetic::decided("A", "fine"), synthetic::decided("B", "after a second look")]),
        2
    );
    let mut other = synthetic::decided("B", "fine");
    other["decision"]["person"] = json!("B. Reader");
    assert_eq!(outcomes(vec![synthetic::decided("A", "fine"), other]), 2);
}

#[test]
fn a_sentence_about_a_state_is_said_of_every_state_it_holds_for() {
    let open_in = |state: &str, code: &str| {
        let mut item = item("tcp/2323", "FAIL", code);
        item["state"] = json!(state);
        item["reason"]["args"] =
            json!({"item": "tcp/2323", "state": state, "declared": "tcp/443", "found": "telnet"});
        item
    };
    let code = "undeclared-interface-open";
    let items = vec![open_in("factory_default", code), open_in("initialized", code)];
    let page = page(&assessment("FAIL", vec![provision("5.6-1", "FAIL", items)]), &facts(), Language::En);
    assert_eq!(
        page.matches("answers in state factory default, initialized").count(),
        3,
        "first page, finding and unit"
    );
    assert_eq!(page.matches("class=\"item v-fail\"").count(), 1);
}

#[test]
fn a_reversed_verdict_is_shown_on_the_first_page_and_at_its_unit() {
    let mut reversed = synthetic::decided("tcp/23", "closed in the field");
    reversed["overridden"] = json!("FAIL");
    let page =
        page(&assessment("PASS", vec![provision("5.6-1", "PASS", vec![reversed])]), &facts(), Language::En);
    assert!(page.contains("Machine verdicts that an assessor reversed"));
    assert!(page.contains("reversed; the machine said FAIL"));
    let plain = self::page(&every_verdict(), &facts(), Language::En);
    assert!(!plain.contains("Machine verdicts that an assessor reversed"));
}

#[test]
fn partial_invalid_and_demonstration_runs_say_so_above_the_result() {
    let mut value = every_verdict();
    let sound = page(&value, &facts(), Language::En);
    assert!(!sound.contains("class=\"banner"), "a complete run has nothing to say there");
    value["complete"] = json!(false);
    value["demonstration"] = json!(true);
    let facts = RunFacts { invalid: Some("identity lost".to_owned()), ..facts() };
    let page = page(&value, &facts, Language::En);
    let above = &page[..page.find("id=\"result\"").expect("a result")];
    for said in ["banner demo", "banner warn", "banner bad", "identity lost"] {
        assert!(above.contains(said), "{said} is missing");
    }
    assert!(above.contains("partial\\20 \\b7 \\20 demonstration"), "every printed page says so");
}

#[test]
fn what_a_run_was_narrowed_to_is_not_blamed() {
    let mut value =
        assessment("INCONCLUSIVE", vec![provision("5.6-1", "PASS", vec![synthetic::decided("A", "fine")])]);
    value["complete"] = json!(false);
    value["overall"] = json!([{"code": "run-not-complete", "subject": "5.6-1", "verdict": "INCONCLUSIVE"}]);
    let page = page(&value, &facts(), Language::En);
    let findings = &page[page.find("class=\"findings\"").expect("a finding")..];
    let findings = &findings[..findings.find("</ol>").expect("the list ends")];
    assert!(findings.contains("The run did not cover the whole plan."), "{findings}");
    assert!(!findings.contains("href="), "{findings}");
}

/// Facts of a laboratory that stated all that a report needs.
fn stated(assessment: &str) -> RunFacts {
    let some = |text: &str| Some(text.to_owned());
    let lab = ixit::bench::Lab {
        name: some("Lab"),
        assessment: some(assessment),
        assessor: some("A. Reader"),
        authorizer: some("H. Head"),
        ..ixit::bench::Lab::default()
    };
    RunFacts { lab, identification: "R-7 / 0123456789ab".to_owned(), ..facts() }
}

#[test]
fn a_report_is_named_by_who_made_it_and_by_what_can_be_stated() {
    let passing = assessment("PASS", vec![provision("5.1-1", "PASS", vec![synthetic::decided("A", "fine")])]);
    let mut partial = passing.clone();
    partial["complete"] = json!(false);
    let titled = |value: &Value, facts: &RunFacts| {
        let page = page(value, facts, Language::En);
        let kind = page
            .split("<p class=\"kind\">")
            .nth(1)
            .and_then(|rest| rest.split(" · ").next())
            .map(str::to_owned);
        let statement =
            page.split("id=\"statement\"").nth(1).and_then(|rest| rest.split("</section>").next());
        (kind.expect("named"), statement.expect("a statement").to_owned())
    };
    for (value, facts, name, said) in [
        (&passing, stated("third-party"), "Test report with statement", "conform to the claimed"),
        (&every_verdict(), stated("second-party"), "Test report with statement", "do not conform"),
        (&partial, stated("third-party"), "Test report without statement", "did not cover the whole plan"),
        (&passing, stated("first-party"), "Supplier&#x27;s declaration", "Maker declares"),
        (&every_verdict(), stated("first-party"), "Self-assessment", "declares no conformity"),
        (&passing, facts(), "Internal result", "nothing is stated on conformity"),
    ] {
        let (kind, statement) = titled(value, &facts);
        assert!(kind.starts_with(name), "{kind}");
        assert!(statement.contains(said), "{statement}");
        assert!(statement.contains("reproduced only in full") && statement.contains("samples named above"));
    }
    let mut nobody = stated("third-party");
    nobody.lab.authorizer = None;
    assert_eq!(titled(&passing, &nobody).0, "Internal result", "nobody answers for it");
    let broken = RunFacts { invalid: Some("altered".to_owned()), ..stated("first-party") };
    assert!(
        titled(&passing, &broken).0.starts_with("Self-assessment"),
        "nothing is declared on a broken record"
    );
    let mut shown = passing.clone();
    shown["demonstration"] = json!(true);
    assert!(
        titled(&shown, &stated("third-party")).1.contains("any product"),
        "no statement on a simulated device"
    );
}

#[test]
fn every_printed_page_carries_what_names_the_report() {
    let page = page(&every_verdict(), &stated("third-party"), Language::En);
    assert!(page.contains("R\\2d 7\\20 \\2f \\20 0123456789ab"), "at the foot of each page");
    assert!(page.contains("counter(page)") && page.contains("counter(pages)"));
}

#[test]
fn opinions_and_what_others_did_stand_apart() {
    let plain = page(&every_verdict(), &stated("third-party"), Language::En);
    assert!(!plain.contains("Not part of the results"));
    let facts = RunFacts {
        opinions: Some("The maker should drop TLS 1.0.".to_owned()),
        subcontracted: Some("Radio: Lab B".to_owned()),
        ..stated("third-party")
    };
    let page = page(&every_verdict(), &facts, Language::En);
    assert!(
        page.contains("Not part of the results") && page.contains("drop TLS 1.0") && page.contains("Lab B")
    );
}

#[test]
fn the_first_page_is_cut_to_a_sheet_and_says_so() {
    let items = |n: usize| {
        (0..n)
            .map(|n| {
                let mut item = item(&format!("tcp/{n}"), "FAIL", &format!("door-{n}"));
                item["reason"]["actual"]["text"] = json!(format!("{n} {}", "w".repeat(600)));
                item
            })
            .collect::<Vec<_>>()
    };
    let cover = |n| {
        let page =
            page(&assessment("FAIL", vec![provision("5.6-1", "FAIL", items(n))]), &facts(), Language::En);
        let start = page.find("class=\"deciders\"").expect("what decides");
        page[start..page.find("class=\"figures\"").expect("the grid")].to_owned()
    };
    let (few, many) = (cover(3), cover(40));
    assert_eq!((few.matches("class=\"decider ").count(), many.matches("class=\"decider ").count()), (3, 4));
    assert!(many.contains("and 36 more") && !few.contains(" more under"), "{many}");
    assert!(!many.contains(&"w".repeat(200)), "long values are cut");
}

#[test]
fn figures_without_data_are_a_sentence_and_hostile_names_stay_inert_in_those_with() {
    let without = page(&every_verdict(), &facts(), Language::En);
    for said in ["No search for open ports was made", "No guesses in a row", "Nothing was captured"] {
        assert!(without.contains(said), "{said}");
    }
    let hostile = HOSTILE[0].to_owned();
    let curve = reports::figures::delays::Curve {
        login: hostile.clone(),
        attempts: vec![(0.1, hostile.clone()), (0.2, "rejected".to_owned())],
        ..Default::default()
    };
    let port = reports::figures::ports::Port {
        name: hostile.clone(),
        declared: Some((hostile.clone(), false)),
        cells: vec![reports::figures::ports::Cell::Open {
            application: hostile.clone(),
            versions: None,
            tls: false,
        }],
    };
    let column = reports::figures::ports::Column {
        state: testcases::DutState::Initialized,
        sample: Some(hostile.clone()),
        all_alike: false,
    };
    let mut facts = facts();
    facts.figures.delays.curves = vec![curve];
    facts.figures.ports.columns = vec![column];
    facts.figures.ports.rows = vec![port];
    for language in Language::ALL {
        let page = page(&every_verdict(), &facts, *language);
        assert!(!page.contains("<script"), "unescaped");
        assert_eq!(page.matches("class=\"drawn\"").count(), 3, "rests on, ports, one login");
        assert_eq!(page.matches("<details class=\"numbers\">").count(), 3);
    }
}

#[test]
fn what_the_lab_did_not_state_is_said() {
    let page = page(&every_verdict(), &facts(), Language::En);
    assert!(page.contains("Internal result"));
    assert!(page.contains("<dt>Laboratory</dt><dd class=\"unstated\">not stated</dd>"));
}

#[test]
fn hostile_values_are_inert_wherever_they_stand() {
    for hostile in HOSTILE {
        let mut bad = item(hostile, "FAIL", "door-open");
        for field in [
            "/reason/text",
            "/reason/expected/text",
            "/reason/expected/source",
            "/reason/actual/text",
            "/effort/what",
            "/sample",
            "/evidence/0/at",
            "/evidence/1/ref",
        ] {
            *bad.pointer_mut(field).expect(field) = json!(hostile);
        }
        let mut failing = provision("5.6-1", "FAIL", vec![bad, waiting("5.6-1-1:a", hostile)]);
        failing["detail"] = json!(hostile);
        failing["support"] = json!(hostile);
        let mut value = assessment("FAIL", vec![failing]);
        for name in ["manufacturer", "model", "hardware", "firmware", "firmware_read", "serial_read"] {
            value["dut"][name] = json!(hostile);
        }
        let told = || (*hostile).to_owned();
        let facts = RunFacts {
            run: told(),
            limits: vec![told()],
            samples: vec![told()],
            equipment: vec![told()],
            deviations: Some(told()),
            invalid: Some(told()),
            digests: vec![(told(), told())],
            ..facts()
        };
        for language in Language::ALL {
            let page = page(&value, &facts, *language);
            assert!(!page.contains(hostile), "stands unescaped: {hostile}");
            for tag in ["<script", "<img", "<svg/", "</style><svg"] {
                assert!(!page.contains(tag), "{tag} in the page");
            }
            assert_eq!(page.matches("<style>").count(), 1);
            assert_eq!(page.matches("</style>").count(), 1);
        }
        assert!(!synthetic::junit(&value, &facts, Language::En).contains(hostile));
    }
}

#[test]
fn invisible_and_endless_values_are_made_plain() {
    let mut bad = item("exe\u{202e}gpj.\u{0}", "FAIL", "door-open");
    bad["reason"]["actual"]["text"] = json!("w".repeat(10_240));
    let page = page(&assessment("FAIL", vec![provision("5.6-1", "FAIL", vec![bad])]), &facts(), Language::En);
    assert!(!page.contains(['\u{202e}', '\u{0}']));
    assert!(page.contains("exe\u{fffd}gpj.\u{fffd}"));
    assert!(page.contains("… (+6240)"), "a cut is said");
    assert!(!page.contains(&"w".repeat(4_001)));
}

#[test]
fn the_page_loads_and_runs_nothing() {
    let page = page(&every_verdict(), &facts(), Language::Ja);
    for loading in
        [" src=", "<link", "<iframe", "<object", "<script", "@import", "url(", " style=", " onload="]
    {
        assert!(!page.contains(loading), "{loading}");
    }
    for href in page.split(" href=\"").skip(1) {
        assert!(href.starts_with('#') || href.starts_with("../evidence/"), "{}", &href[..40.min(href.len())]);
    }
}

#[test]
fn the_policy_allows_this_style_and_nothing_else() {
    let page = page(&every_verdict(), &facts(), Language::En);
    let style = page.split("<style>").nth(1).and_then(|rest| rest.split("</style>").next()).expect("a style");
    let hash = base64(&Sha256::digest(style.as_bytes()));
    let policy = format!(
        "content=\"default-src &#x27;none&#x27;; style-src &#x27;sha256-{}&#x27;; base-uri &#x27;none&#x27;; form-action &#x27;none&#x27;\"",
        hash.replace('=', "&#x3D;")
    );
    assert!(page.contains(&policy), "{}", &page[..600]);
}

#[test]
fn links_inside_the_page_have_a_target() {
    for language in Language::ALL {
        let page = page(&every_verdict(), &facts(), *language);
        for target in page.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert_eq!(page.matches(&format!(" id=\"{target}\"")).count(), 1, "#{target}");
        }
    }
}

/// Base64 of bytes, written for the test alone so that it does not share a fault with the page.
fn base64(bytes: &[u8]) -> String {
    let letters: Vec<char> = ('A'..='Z').chain('a'..='z').chain('0'..='9').chain(['+', '/']).collect();
    let bits: Vec<u8> = bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).collect();
    let mut text: String = bits
        .chunks(6)
        .map(|six| {
            letters[(0..6).fold(0, |value, index| value * 2 + usize::from(*six.get(index).unwrap_or(&0)))]
        })
        .collect();
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}

#[test]
fn cases_beyond_the_standard_stand_apart_with_what_was_seen() {
    let mut value = every_verdict();
    let item = value["provisions"][0]["cases"][0]["units"][0]["items"][0].clone();
    assert!(item.is_object(), "{value}");
    value["extra"] = serde_json::json!([
        { "kind": "external-evidence", "id": "other" },
        { "kind": "plus", "id": "plus-cloned-peer", "verdict": "FAIL", "rests_on": "observed", "items": [item] },
    ]);
    let (facts, assessment) = (facts(), read(&value));
    for (language, title, lead) in [
        (Language::En, "A copied peer is refused", "Beyond the standard"),
        (Language::Ja, "写しの通信相手の拒否", "規格を超えるケース"),
    ] {
        let input = ReportInput { assessment: &assessment, facts: &facts, language, evidence: &Memory };
        let page = String::from_utf8(reports::html::html(&input).expect("a page")).expect("UTF-8");
        let part = page.split(lead).nth(1).unwrap_or_else(|| panic!("{lead}: {page}"));
        assert!(part.contains(title) && part.contains("plus-cloned-peer"), "{part}");
        let summary = reports::markdown::markdown(&input).expect("a summary");
        assert!(String::from_utf8(summary).expect("UTF-8").contains("plus-cloned-peer"));
    }
}
