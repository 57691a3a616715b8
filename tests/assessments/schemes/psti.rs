//! UK PSTI, applied to the reference device: what it reaches, and devices that differ from it in one fact.

use harness::testcases::Verdict;
use harness::testcases::scheme::AppliedNeed;
use serde_json::Value;

use super::varied::{Varied, applied, not_met, requirement};

const POLICY: &str = "http://www.hinode.example/security/disclosure-policy";
const PERIOD: &str = "http://www.hinode.example/support/period";
const RANDOM: &str = "generation = { inputs = [\"random\"], length = 12,";

/// What gives the verdict of a requirement by a way.
fn by(vary: impl FnOnce(&mut Varied), id: &str, way: &str) -> (Verdict, Vec<String>) {
    let applied = applied("psti", vary);
    let found = requirement(&applied, id);
    let needs: Vec<&AppliedNeed> =
        found.needs.iter().filter(|need| need.route.as_deref() == Some(way)).collect();
    let worst = Verdict::worst_of(needs.iter().map(|need| need.verdict));
    let codes = needs.iter().filter(|need| need.verdict == worst).map(|need| need.reason.code.clone());
    (found.verdict.expect("a verdict"), codes.collect())
}

/// Changes what a stranger got at an address.
fn page(varied: &mut Varied, url: &str, change: impl Fn(&str) -> String) {
    let mut found = 0;
    for recorded in &mut varied.observations {
        if recorded.observation.probe == "public-resource" && recorded.observation.target == url {
            let text = recorded.observation.data["text"].as_str().expect("a text").to_owned();
            recorded.observation.data["text"] = Value::String(change(&text));
            found += 1;
        }
    }
    assert!(found > 0, "{url} was not fetched");
}

#[test]
fn the_reference_device_reaches_it_on_the_words_of_the_law() {
    let applied = applied("psti", |_| {});
    assert_eq!(applied.verdict, Some(Verdict::Pass), "{:#?}", not_met(&applied));
    assert_eq!((applied.missing_fields.len(), applied.unknown_fields.len()), (0, 0), "{applied:#?}");
    for (id, way) in [
        ("passwords", "schedule-1"),
        ("reporting", "schedule-1"),
        ("update-period", "schedule-1"),
        ("statement-of-compliance", "statement"),
    ] {
        assert_eq!(requirement(&applied, id).route.as_deref(), Some(way), "{id}");
    }
    // Nobody handed in a label, and that speaks against nobody.
    let labels: Vec<&AppliedNeed> = applied
        .requirements
        .iter()
        .flat_map(|requirement| &requirement.needs)
        .filter(|need| need.route.as_deref() == Some("label"))
        .collect();
    assert_eq!(labels.len(), 4);
    assert!(labels.iter().all(|need| need.reason.code == "scheme-psti-way-not-taken"), "{labels:#?}");
}

#[test]
fn a_label_password_made_from_a_counter_fails_and_one_drawn_at_random_passes() {
    let counter =
        |varied: &mut Varied| varied.replace("ixit.toml", RANDOM, &RANDOM.replace("random", "counter"));
    let (verdict, codes) = by(counter, "passwords", "schedule-1");
    assert_eq!((verdict, codes), (Verdict::Fail, vec!["scheme-psti-password-counter".to_owned()]));
    let (verdict, codes) = by(|_| {}, "passwords", "schedule-1");
    assert_eq!(verdict, Verdict::Pass);
    assert!(codes.contains(&"scheme-psti-passwords-in-order".to_owned()), "{codes:?}");
}

#[test]
fn a_period_that_was_longer_when_it_was_published_fails() {
    let before = |varied: &mut Varied| {
        let dates = "published_end_dates = [\"2031-12-31\"]";
        varied.replace("submission.toml", dates, "published_end_dates = [\"2032-12-31\", \"2031-12-31\"]");
    };
    let (verdict, codes) = by(before, "update-period", "schedule-1");
    assert_eq!((verdict, codes), (Verdict::Fail, vec!["scheme-psti-period-shortened".to_owned()]));
    // The way by the standard means the period of the law too, which 5.3-13 alone does not look at.
    let (_, codes) = by(before, "update-period", "en-303-645");
    assert_eq!(codes, ["scheme-psti-period-shortened"]);
}

#[test]
fn a_page_that_wants_name_and_address_of_whoever_wants_to_report_fails() {
    let gate = |varied: &mut Varied| {
        page(varied, POLICY, |_| {
            "Vulnerability disclosure policy. Enter your name and your e-mail address to read how to report \
             a vulnerability in a product of Hinode Kettle Works."
                .to_owned()
        });
    };
    let (verdict, codes) = by(gate, "reporting", "schedule-1");
    assert_eq!((verdict, codes), (Verdict::Fail, vec!["scheme-psti-personal-data-asked".to_owned()]));
}

#[test]
fn information_in_japanese_alone_is_not_known_to_be_given_in_english() {
    let japanese = |varied: &mut Varied| {
        page(varied, PERIOD, |_| {
            "サポート期間 HK-100 のセキュリティアップデートは 2031-12-31 まで提供します。期間を短縮することはありません。"
                .to_owned()
        });
    };
    let (verdict, codes) = by(japanese, "update-period", "schedule-1");
    assert_eq!((verdict, codes), (Verdict::Inconclusive, vec!["scheme-psti-not-in-english".to_owned()]));
}

#[test]
fn a_product_that_the_regime_excepts_is_not_judged() {
    let excepted = |varied: &mut Varied| {
        varied.replace("submission.toml", "excepted = \"none\"", "excepted = \"medical-device\"");
    };
    let applied = applied("psti", excepted);
    assert_eq!(requirement(&applied, "scope").verdict, Some(Verdict::NotApplicable));
    assert!(not_met(&applied).is_empty(), "{:#?}", not_met(&applied));
}

#[test]
fn without_a_word_of_the_supplier_nothing_of_it_passes_that_rests_on_it() {
    let applied = applied("psti", |varied| varied.without("submission.toml"));
    assert_eq!(applied.verdict, Some(Verdict::Inconclusive));
    let open: Vec<String> = not_met(&applied).into_iter().map(|(id, ..)| id).collect();
    for id in ["scope", "update-period", "statement-of-compliance"] {
        assert!(open.contains(&id.to_owned()), "{open:?}");
    }
}
