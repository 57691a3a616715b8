use super::*;
use crate::test_facts::TestFacts;

const UNIT: &str = "5.6-9-1:a";

fn row(id: usize, covers: &[&str]) -> String {
    let covers = if covers.is_empty() { String::new() } else { format!("covers = {covers:?}\n") };
    format!(
        "[[sec_dev]]\nid = \"SecDev-{id}\"\ndescription = \"Everything from training to deployment\"\n{covers}"
    )
}

fn implementation(companion: &str) -> String {
    format!("[[net_sec_impl]]\nid = \"NetSecImpl-1\"\ndescription = \"TLS\"\n{companion}\n")
}

const CARGO: &str = "implementation = { name = \"rustls\", purl = \"pkg:cargo/rustls@0.23.35\" }";
const OWN: &str = "implementation = { name = \"own\", purl = \"pkg:generic/own@1\" }";
const PUBLIC: &str = "review = { done = true, by = [\"public\"] }";

#[test]
fn nine_topics_pass_also_in_parts() {
    let whole = TestFacts::declared(&row(1, TOPICS)).judge_one(UNIT);
    assert_eq!((whole.verdict, whole.by), (Verdict::Pass, By::Machine));
    assert_eq!(whole.reason.code, "development-topics-covered");
    assert_eq!(whole.evidence[0].reference, "declaration:ixit.toml#sec_dev[0].covers");
    let (first, second) = TOPICS.split_at(4);
    assert_eq!(
        TestFacts::declared(&(row(1, first) + &row(2, second))).judge_one(UNIT).verdict,
        Verdict::Pass
    );
}

#[test]
fn every_topic_that_is_left_out_fails_and_is_named() {
    for left_out in TOPICS {
        let others: Vec<&str> = TOPICS.iter().copied().filter(|topic| topic != left_out).collect();
        let result = TestFacts::declared(&(row(1, &others) + &implementation(CARGO))).judge_one(UNIT);
        assert_eq!(
            (result.verdict, result.reason.code.as_str()),
            (Verdict::Fail, "development-topic-missing"),
            "{left_out}"
        );
        assert_eq!(result.reason.args["missing"], *left_out);
        assert!(result.reason.args["used"].contains("rustls"));
    }
}

#[test]
fn software_of_others_is_missed_only_where_it_is_shown_to_be_used() {
    let eight = row(1, &TOPICS[..8]);
    let verdict =
        |companion: &str| TestFacts::declared(&(eight.clone() + &implementation(companion))).judge_one(UNIT);
    assert_eq!(verdict(CARGO).verdict, Verdict::Fail);
    assert_eq!(verdict(PUBLIC).verdict, Verdict::Fail);
    for companion in [OWN, ""] {
        let result = verdict(companion);
        assert_eq!((result.verdict, result.by), (Verdict::Inconclusive, By::Assisted), "{companion}");
        let open = result.open.expect("a person says whether any is used");
        assert!(open.shown.iter().any(|shown| shown.label == "computed.software-of-others"));
    }
    let seven = TestFacts::declared(&(row(1, &TOPICS[..7]) + &implementation(OWN))).judge_one(UNIT);
    assert_eq!(seven.verdict, Verdict::Fail, "secure deployment is missing whatever is used");
}

#[test]
fn prose_is_read_by_a_person() {
    let prose = TestFacts::declared(&(row(1, &[]) + &implementation(CARGO)));
    let result = prose.judge_one(UNIT);
    assert_eq!((result.verdict, result.by), (Verdict::Inconclusive, By::Assisted));
    assert!(result.open.is_some());
}
