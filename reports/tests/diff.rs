//! What moved between two assessments: every kind of move, and that nothing moves by itself.

mod synthetic;

use reports::diff::{Diff, Move, Moved, Side, compare, text};
use serde_json::{Value, json};
use synthetic::{assessment, every_verdict, item, provision, read};
use testcases::Verdict;
use testcases::texts::Language;

fn diff(before: &Value, after: &Value) -> Diff {
    let (before, after) = (read(before), read(after));
    let a = Side { run: "release-1", assessment: &before };
    let b = Side { run: "release-2", assessment: &after };
    compare(a, b).expect("the same edition")
}

/// An assessment of one provision, whose unit has the verdict of the provision.
fn one(verdict: &str, items: Vec<Value>) -> Value {
    assessment(if verdict == "N/A" { "PASS" } else { verdict }, vec![provision("5.6-1", verdict, items)])
}

fn moved(diff: &Diff, moved: Move) -> Moved {
    diff.counts[&moved]
}

#[test]
fn the_same_run_twice_has_no_difference() {
    let diff = diff(&every_verdict(), &every_verdict());
    assert!(!diff.worse);
    assert!(diff.units.is_empty(), "{:?}", diff.units);
    assert!(diff.counts.values().all(|count| *count == Moved::default()));
    assert!(text(&diff, Language::En).contains("Nothing moved."));
}

#[test]
fn a_verdict_that_went_down_is_worse_and_one_that_went_up_is_better() {
    let good = one("PASS", vec![item("tcp/23", "PASS", "as-said")]);
    let open = one("INCONCLUSIVE", vec![item("tcp/23", "INCONCLUSIVE", "too-little")]);
    let bad = one("FAIL", vec![item("tcp/23", "FAIL", "door-open")]);
    for (before, after) in [(&good, &open), (&open, &bad), (&good, &bad)] {
        let down = diff(before, after);
        assert!(down.worse);
        assert_eq!(moved(&down, Move::Worse), Moved { units: 1, items: 1 });
        let up = diff(after, before);
        assert!(!up.worse);
        assert_eq!(moved(&up, Move::Better), Moved { units: 1, items: 1 });
        assert_eq!(moved(&up, Move::Worse), Moved::default());
    }
}

#[test]
fn an_item_that_got_worse_is_not_hidden_by_a_unit_that_failed_before() {
    let before = one("FAIL", vec![item("tcp/22", "FAIL", "door-open"), item("tcp/23", "PASS", "as-said")]);
    let after = one("FAIL", vec![item("tcp/22", "FAIL", "door-open"), item("tcp/23", "FAIL", "door-open")]);
    let diff = diff(&before, &after);
    assert!(diff.worse);
    assert_eq!(diff.units[0].before, diff.units[0].after);
    assert_eq!(diff.units[0].items.len(), 1);
    assert_eq!(diff.units[0].items[0].item, "tcp/23");
}

#[test]
fn items_that_come_and_go_are_new_and_gone_and_a_new_failure_is_worse() {
    let few = one("PASS", vec![item("tcp/22", "PASS", "as-said")]);
    let more = one("PASS", vec![item("tcp/22", "PASS", "as-said"), item("tcp/80", "PASS", "as-said")]);
    let came = diff(&few, &more);
    assert!(!came.worse);
    assert_eq!(moved(&came, Move::New), Moved { units: 1, items: 1 });
    let went = diff(&more, &few);
    assert!(!went.worse);
    assert_eq!(moved(&went, Move::Gone), Moved { units: 1, items: 1 });
    let failed = one("FAIL", vec![item("tcp/22", "FAIL", "door-open")]);
    let twice = one("FAIL", vec![item("tcp/22", "FAIL", "door-open"), item("tcp/80", "FAIL", "door-open")]);
    assert!(diff(&failed, &twice).worse);
    assert!(!diff(&twice, &failed).worse);
}

#[test]
fn an_item_that_stands_twice_in_a_unit_is_compared_twice() {
    let twice = |second: &str| {
        one("FAIL", vec![item("tls", "FAIL", "old-version"), item("tls", second, "weak-cipher")])
    };
    assert!(diff(&twice("PASS"), &twice("PASS")).units.is_empty());
    assert_eq!(moved(&diff(&twice("PASS"), &twice("FAIL")), Move::Worse).items, 1);
    let once = one("FAIL", vec![item("tls", "FAIL", "old-version")]);
    assert_eq!(moved(&diff(&twice("PASS"), &once), Move::Gone).items, 1);
}

#[test]
fn provisions_that_come_and_go_do_so_with_their_units() {
    let one = assessment("PASS", vec![provision("5.1-1", "PASS", vec![item("A", "PASS", "as-said")])]);
    let two = assessment(
        "PASS",
        vec![
            provision("5.1-1", "PASS", vec![item("A", "PASS", "as-said")]),
            provision("5.6-1", "PASS", vec![item("B", "PASS", "as-said")]),
        ],
    );
    assert_eq!(moved(&diff(&one, &two), Move::New), Moved { units: 1, items: 1 });
    assert_eq!(moved(&diff(&two, &one), Move::Gone), Moved { units: 1, items: 1 });
}

#[test]
fn other_evidence_alone_is_told_as_such() {
    let before = one("PASS", vec![item("tcp/22", "PASS", "as-said")]);
    let mut after = before.clone();
    after["provisions"][0]["cases"][0]["units"][0]["items"][0]["evidence"][0]["ref"] =
        json!("sha256:2222222222222222222222222222222222222222222222222222222222222222");
    let only = diff(&before, &after);
    assert!(!only.worse);
    assert_eq!(moved(&only, Move::Evidence), Moved { units: 1, items: 1 });
    assert!(!only.units[0].items[0].reason_changed);
    assert!(text(&only, Language::En).contains("units that say the same on other evidence: 1"));
    after["provisions"][0]["cases"][0]["units"][0]["items"][0]["reason"]["actual"]["text"] =
        json!("a new banner");
    let seen = diff(&before, &after);
    assert!(!seen.worse);
    assert!(seen.units[0].items[0].reason_changed);
    assert!(text(&seen, Language::En).contains("a new banner"));
}

#[test]
fn what_is_no_longer_claimed_is_neither_better_nor_worse_and_is_said() {
    let failed = one("FAIL", vec![item("tcp/23", "FAIL", "door-open")]);
    let left_out = one("N/A", vec![]);
    let diff_out = diff(&failed, &left_out);
    assert!(!diff_out.worse);
    assert_eq!(moved(&diff_out, Move::Better), Moved::default());
    assert_eq!(moved(&diff_out, Move::Applicability).units, 1);
    assert!(text(&diff_out, Language::En).contains("FAIL → N/A"));
    assert!(diff(&left_out, &failed).worse, "what was not assessed and fails now is worse");
}

#[test]
fn a_provision_that_fails_by_its_claim_alone_is_worse() {
    let mut before = one("PASS", vec![]);
    let mut after = one("PASS", vec![]);
    for (value, verdict) in [(&mut before, "PASS"), (&mut after, "FAIL")] {
        value["provisions"][0]["verdict"] = json!(verdict);
    }
    after["provisions"][0]["reason"] = json!({
        "code": "mandatory-not-claimed", "args": {}, "text": "It is not claimed", "expected": null, "actual": null,
    });
    let diff = diff(&before, &after);
    assert!(diff.worse);
    assert_eq!(diff.units[0].id, "5.6-1");
}

#[test]
fn another_edition_is_refused_by_name() {
    let before = read(&every_verdict());
    let mut other = before.clone();
    other.edition = "en303645-3.1.3+ts103701-2.1.1".to_owned();
    let a = Side { run: "release-1", assessment: &before };
    let b = Side { run: "release-2", assessment: &other };
    let told = compare(a, b).expect_err("two editions").to_string();
    for name in ["release-1", "release-2", "en303645-2.1.1", "en303645-3.1.3"] {
        assert!(told.contains(name), "{told}");
    }
}

#[test]
fn the_text_names_the_runs_and_tells_the_counts_before_the_units() {
    let before = one("PASS", vec![item("tcp/23", "PASS", "as-said")]);
    let after = one("FAIL", vec![item("tcp/23", "FAIL", "door-open")]);
    let diff = diff(&before, &after);
    insta::assert_snapshot!("worse_en", text(&diff, Language::En));
    insta::assert_snapshot!("worse_ja", text(&diff, Language::Ja));
    assert_eq!((diff.a.verdict, diff.b.verdict), (Verdict::Pass, Verdict::Fail));
}

#[test]
fn what_a_device_says_cannot_act_on_a_terminal() {
    let mut hostile = item("tcp/23\u{1b}[2J", "FAIL", "door-open");
    hostile["reason"]["actual"]["text"] = json!(format!("\u{1b}]0;title\u{7}\r\n{}", "w".repeat(9_000)));
    let diff = diff(&one("PASS", vec![item("tcp/22", "PASS", "as-said")]), &one("FAIL", vec![hostile]));
    let told = text(&diff, Language::En);
    assert!(!told.contains(|c: char| c.is_control() && c != '\n'), "{told:?}");
    assert!(told.lines().all(|line| line.chars().count() < 400));
}

#[test]
fn the_json_lists_every_move_with_both_sides() {
    let before = one("PASS", vec![item("tcp/23", "PASS", "as-said")]);
    let after = one("FAIL", vec![item("tcp/23", "FAIL", "door-open")]);
    let value: Value = serde_json::from_slice(&diff(&before, &after).json()).expect("JSON");
    assert_eq!(value["format"], "hantei.diff/1");
    assert_eq!(value["worse"], true);
    assert_eq!(value["a"]["run"], "release-1");
    assert_eq!(value["b"]["firmware"], "1.0");
    assert_eq!(value["counts"]["worse"], json!({"units": 1, "items": 1}));
    assert_eq!(value["counts"]["evidence"], json!({"units": 0, "items": 0}));
    let item = &value["units"][0]["items"][0];
    assert_eq!(item["before"]["verdict"], "PASS");
    assert_eq!(item["after"]["reason"]["code"], "door-open");
}
