//! The data of every scheme, and how its parts join.

use std::collections::BTreeSet;

use super::needs::named;
use super::*;
use crate::assess::{RunNature, assess};
use crate::test_facts::TestFacts;
use crate::verdict::Verdict;
use crate::{plan, texts::Texts};

/// Every need of every scheme.
fn needs() -> impl Iterator<Item = (&'static Scheme, &'static Requirement, &'static Need)> {
    schemes().iter().flat_map(|scheme| {
        scheme.requirements.iter().flat_map(move |requirement| {
            let ways = requirement.ways().into_iter().flat_map(|(_, needs)| needs);
            ways.map(move |need| (scheme, requirement, need))
        })
    })
}

#[test]
fn every_file_is_named_for_its_scheme_and_of_a_known_edition() {
    for (name, text) in Catalogue::files(FOLDER) {
        let scheme = read(text).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        assert_eq!(name, format!("{FOLDER}{}.toml", scheme.name));
        assert!(Edition::ALL.iter().any(|edition| scheme.is_of(*edition)), "{name}: {}", scheme.edition);
        for included in &scheme.includes {
            assert!(super::scheme(included).is_some(), "{name}: there is no scheme {included}");
        }
    }
}

#[test]
fn every_fact_names_a_source_with_date_and_confidence() {
    const CONFIDENCE: &[&str] = &["high", "medium", "low"];
    for scheme in schemes() {
        let name = &scheme.name;
        assert!(!scheme.sources.is_empty(), "{name}: no source");
        for source in &scheme.sources {
            assert!(["primary", "secondary", "memory"].contains(&source.read.as_str()), "{name}: {source:?}");
            assert!(CONFIDENCE.contains(&source.confidence.as_str()), "{name}: {source:?}");
            assert!(!source.date.is_empty(), "{name}: {source:?}");
        }
        let mut ids = BTreeSet::new();
        for requirement in &scheme.requirements {
            assert!(ids.insert(&requirement.id), "{name}: {} stands twice", requirement.id);
            let source = scheme.source(&requirement.source);
            let source = source.unwrap_or_else(|| panic!("{name} {}: no such source", requirement.id));
            assert!(CONFIDENCE.contains(&requirement.confidence.as_str()), "{name} {}", requirement.id);
            // Nobody is surer of a fact than of the place where it was read.
            let rank = |confidence: &str| CONFIDENCE.iter().position(|known| *known == confidence);
            assert!(
                rank(&requirement.confidence) >= rank(&source.confidence),
                "{name} {}: {} from a source of {}",
                requirement.id,
                requirement.confidence,
                source.confidence
            );
        }
        let further = scheme.documents.iter().map(|one| &one.source);
        let further = further.chain(scheme.recognitions.iter().map(|one| &one.source));
        for id in further.chain(scheme.validity.iter().map(|one| &one.source)) {
            assert!(scheme.source(id).is_some(), "{name}: there is no source {id}");
        }
    }
}

#[test]
fn every_need_names_one_thing_that_exists() {
    for (scheme, requirement, need) in needs() {
        let place = format!("{} {}", scheme.name, requirement.id);
        let (kind, subject) = named(need).unwrap_or_else(|| panic!("{place}: {need:?}"));
        let edition = Edition::ALL.iter().copied().find(|edition| scheme.is_of(*edition)).expect("known");
        let catalogue = Catalogue::of(edition);
        let known = match kind {
            "provision" => catalogue.provision(subject).is_some(),
            "case" => catalogue.cases.iter().any(|case| case.id == subject),
            "unit" => catalogue.unit(subject).is_some(),
            "stated" => scheme.fields.iter().any(|field| field.key == subject),
            "check" => {
                let check = check::check(subject).unwrap_or_else(|| panic!("{place}: no check {subject}"));
                (check.reads)(&need.with).unwrap_or_else(|fault| panic!("{place}: {fault}"));
                true
            }
            _ => true,
        };
        assert!(known, "{place}: there is no {kind} {subject}");
        if scheme.kind == SchemeKind::Mapping {
            assert!(need.rationale.is_some() && need.confidence.is_some(), "{place}: why, and how sure");
        }
    }
}

#[test]
fn a_mapping_says_how_much_is_answered_and_a_verdict_needs_something() {
    for scheme in schemes() {
        for requirement in &scheme.requirements {
            let place = format!("{} {}", scheme.name, requirement.id);
            let empty = requirement.ways().iter().any(|(_, needs)| needs.is_empty());
            match scheme.kind {
                SchemeKind::Mapping => {
                    let answered = requirement.answered.as_deref().unwrap_or_else(|| panic!("{place}"));
                    assert!(["full", "partly", "none"].contains(&answered), "{place}: {answered}");
                    assert_eq!(answered == "none", requirement.needs.is_empty(), "{place}");
                    assert!(answered == "full" || requirement.gap.is_some(), "{place}: what is missing");
                }
                SchemeKind::Verdict => assert!(!empty, "{place}: a way without needs"),
            }
        }
    }
}

#[test]
fn every_text_is_there_in_both_languages() {
    for scheme in schemes() {
        let mut words = vec![&scheme.title, &scheme.body, &scheme.standing];
        for requirement in &scheme.requirements {
            words.extend([&requirement.title, &requirement.asks]);
            words.extend(requirement.gap.iter().chain(&requirement.unverified));
            words.extend(requirement.routes.iter().map(|route| &route.title));
        }
        words.extend(scheme.fields.iter().map(|field| &field.title));
        words.extend(scheme.documents.iter().map(|document| &document.title));
        for words in words {
            assert!(!words.en.trim().is_empty() && !words.ja.trim().is_empty(), "{}: {words:?}", scheme.name);
            let japanese = |text: &str| text.chars().any(|one| ('\u{3040}'..='\u{9fff}').contains(&one));
            assert!(!japanese(&words.en), "{}: {words:?}", scheme.name);
        }
    }
}

#[test]
fn every_check_is_named_for_its_file_and_has_words() {
    let mut names = BTreeSet::new();
    for check in check::checks::ALL {
        assert!(names.insert(check.name), "{} stands twice", check.name);
    }
    for language in Language::ALL {
        assert!(Texts::of(*language).reasons.contains_key("scheme-stated"));
    }
}

/// A scheme from its requirements, in TOML.
fn made(requirements: &str) -> Scheme {
    let head = r#"format = "hantei.scheme/1"
name = "made"
kind = "verdict"
edition = "en303645-2.1.1"
version = "1"
date = "2026-01-01"
confidence = "high"
title = { en = "Made", ja = "試作" }
body = { en = "Nobody", ja = "なし" }
standing = { en = "Nothing", ja = "なし" }
source = [{ id = "s", title = "S", date = "2026-01-01", read = "primary", confidence = "high" }]
field = [{ key = "seller", title = { en = "Seller", ja = "販売者" }, kind = "text", required = true }]
"#;
    read(&format!("{head}{requirements}")).expect("a scheme")
}

fn requirement(id: &str, rest: &str) -> String {
    format!(
        "[[requirement]]\nid = \"{id}\"\ntitle = {{ en = \"T\", ja = \"題\" }}\nasks = {{ en = \"A\", ja = \"問\" }}\nsource = \"s\"\nplace = \"1\"\nconfidence = \"high\"\n{rest}\n"
    )
}

/// Applied to a device of which nothing is known but its declaration.
fn applied(scheme: &Scheme, ixit: &str, complete: bool) -> Applied {
    applied_to(TestFacts::declared(ixit), scheme, complete)
}

fn applied_to(facts: TestFacts, scheme: &Scheme, complete: bool) -> Applied {
    let facts = facts.facts();
    let plan = plan::derive(facts.declaration, None);
    let assessment = assess(&facts, &plan, RunNature { complete, demonstration: false });
    apply(&facts, &assessment, scheme)
}

const SUPPORTED: &str = "[user_info]\nsupport = { until = \"2030-12-31\" }\n";
const OVER: &str = "[user_info]\nsupport = { until = \"2020-12-31\" }\n";

fn first(applied: &Applied) -> (Option<Verdict>, &str) {
    (applied.requirements[0].verdict, applied.requirements[0].needs[0].reason.code.as_str())
}

#[test]
fn a_check_decides_a_requirement_and_the_verdict() {
    let scheme = made(&requirement("A", "needs = [{ check = \"support-period\" }]"));
    let good = applied(&scheme, SUPPORTED, true);
    assert_eq!(first(&good), (Some(Verdict::Pass), "scheme-support-period-runs"));
    assert_eq!(good.verdict, Some(Verdict::Pass));
    let bad = applied(&scheme, OVER, true);
    assert_eq!(first(&bad), (Some(Verdict::Fail), "scheme-support-period-over"));
    assert_eq!(bad.verdict, Some(Verdict::Fail));
    let silent = applied(&scheme, "", true);
    assert_eq!(first(&silent), (Some(Verdict::Inconclusive), "scheme-support-period-not-stated"));
}

#[test]
fn a_run_that_is_not_complete_passes_nothing() {
    let scheme = made(&requirement("A", "needs = [{ check = \"support-period\" }]"));
    assert_eq!(applied(&scheme, SUPPORTED, false).verdict, Some(Verdict::Inconclusive));
    assert_eq!(applied(&scheme, OVER, false).verdict, Some(Verdict::Fail));
}

#[test]
fn a_product_that_the_scheme_does_not_concern_passes_nothing() {
    let scope = requirement("S", "screen = true\nneeds = [{ check = \"support-period\" }]");
    let scheme = made(&scope);
    assert_eq!(applied(&scheme, SUPPORTED, true).verdict, Some(Verdict::Pass));
    let mut outside = applied(&scheme, SUPPORTED, true).requirements;
    outside[0].verdict = Some(Verdict::NotApplicable);
    assert_eq!(super::apply::overall(&[&scheme], &outside, true), Verdict::NotApplicable);
    assert_eq!(super::apply::overall(&[&scheme], &outside, false), Verdict::NotApplicable);
}

#[test]
fn a_way_that_was_not_taken_is_never_met() {
    use Verdict::{Fail, Inconclusive, NotClaimed, Pass};
    for (needs, way) in [
        (vec![NotClaimed], NotClaimed),
        (vec![NotClaimed, Pass], NotClaimed),
        (vec![Pass, Fail], Fail),
        (vec![Pass, Inconclusive], Inconclusive),
        (vec![], Inconclusive),
    ] {
        assert_eq!(super::apply::of_way(needs.iter().copied()), way, "{needs:?}");
    }
}

#[test]
fn one_way_of_several_is_enough_and_is_named() {
    let routes = "[[requirement.route]]\nid = \"one\"\ntitle = { en = \"One\", ja = \"一\" }\nneeds = [{ stated = \"seller\" }]\n[[requirement.route]]\nid = \"two\"\ntitle = { en = \"Two\", ja = \"二\" }\nneeds = [{ check = \"support-period\" }]\n";
    let scheme = made(&requirement("A", routes));
    let good = applied(&scheme, SUPPORTED, true);
    assert_eq!(good.requirements[0].verdict, Some(Verdict::Pass));
    assert_eq!(good.requirements[0].route.as_deref(), Some("two"));
    // The other way is still open, so nobody has failed.
    let open = applied(&scheme, OVER, true);
    assert_eq!(open.requirements[0].verdict, Some(Verdict::Inconclusive));
    assert_eq!(open.requirements[0].route.as_deref(), Some("one"));
    assert_eq!(open.missing_fields, ["made.seller"]);
}

#[test]
fn a_statement_that_it_is_not_so_is_no_statement_that_it_is() {
    let scheme = made(&requirement("A", "needs = [{ stated = \"seller\" }]"));
    for (written, verdict, code) in [
        ("\"Hinode\"", Verdict::Pass, "scheme-stated"),
        ("true", Verdict::Pass, "scheme-stated"),
        ("false", Verdict::Fail, "scheme-stated-not-so"),
        ("\"No\"", Verdict::Fail, "scheme-stated-not-so"),
        ("\"TODO\"", Verdict::Inconclusive, "scheme-not-stated"),
    ] {
        let submission = format!("[made]\nseller = {written}\n");
        let applied = applied_to(TestFacts::submitted(SUPPORTED, &submission), &scheme, true);
        assert_eq!(first(&applied), (Some(verdict), code), "{written}");
    }
}

#[test]
fn evidence_that_nobody_handed_in_is_missing_and_never_a_pass() {
    let scheme =
        made(&requirement("A", "needs = [{ evidence = \"binary-analysis\", bound_to_firmware = true }]"));
    let silent = applied(&scheme, SUPPORTED, true);
    assert_eq!(first(&silent), (Some(Verdict::Inconclusive), "scheme-evidence-missing"));
}

#[test]
fn a_provision_that_is_open_leaves_the_requirement_open() {
    let scheme = made(&requirement("A", "needs = [{ provision = \"5.1-1\" }]"));
    let silent = applied(&scheme, SUPPORTED, true);
    assert_ne!(silent.requirements[0].verdict, Some(Verdict::Pass));
}
