//! Data and judges of the cases beyond the standard, and what they leave alone.

use std::collections::BTreeSet;

use super::*;
use crate::assess::{RunNature, assess};
use crate::guide::guides;
use crate::plan;
use crate::test_facts::TestFacts;

#[test]
fn every_case_has_its_data_and_every_datum_its_case() {
    let of_data: Vec<&str> = data().iter().map(|data| data.id.as_str()).collect();
    let mut of_cases: Vec<&str> = cases::ALL.iter().map(|case| case.id).collect();
    of_cases.sort_unstable();
    assert_eq!(of_data, of_cases);
    for (name, _) in Catalogue::files(FOLDER) {
        let id = name.trim_start_matches(FOLDER).trim_end_matches(".toml");
        assert!(data_of(id).is_some(), "{name} holds another case");
    }
    for case in cases::ALL {
        assert!(case.id.starts_with("plus-"), "{}", case.id);
        assert!(
            case.machine_can.contains(&Verdict::Pass) && case.machine_can.contains(&Verdict::Fail),
            "{}",
            case.id
        );
    }
}

#[test]
fn some_guide_asks_for_every_case() {
    for data in data() {
        let mut links = guides().iter().flat_map(|guide| &guide.items).flat_map(|item| &item.links);
        assert!(
            links.any(|link| link.plus.as_deref() == Some(data.id.as_str())),
            "nobody asks for {}",
            data.id
        );
        for words in [&data.title, &data.criterion] {
            assert!(!words.en.trim().is_empty() && !words.ja.is_ascii(), "{}: {words:?}", data.id);
        }
    }
}

/// Ids that guides may link to before their case is there: the rest of the list is still to come.
const TO_COME: &[&str] = &[];

#[test]
fn guides_link_to_cases_that_are_there_or_named_as_to_come() {
    let links = guides().iter().flat_map(|guide| &guide.items).flat_map(|item| &item.links);
    let linked: BTreeSet<&str> = links.filter_map(|link| link.plus.as_deref()).collect();
    for id in linked {
        assert!(data_of(id).is_some() || TO_COME.contains(&id), "there is no case {id}");
    }
    for id in TO_COME {
        assert!(data_of(id).is_none(), "{id} has come");
    }
}

#[test]
fn cases_beyond_the_standard_move_nothing_of_the_standard() {
    let facts = TestFacts::declared("");
    let facts = facts.facts();
    let nature = RunNature { complete: true, demonstration: false };
    let plan = plan::derive(facts.declaration, None);
    let without = assess(&facts, &plan, nature);
    let plan = plan.with_plus(facts.declaration);
    assert_eq!(plan.plus.len(), cases::ALL.len());
    let mut with = assess(&facts, &plan, nature);
    assert_eq!(with.extra.len(), without.extra.len() + cases::ALL.len());
    with.extra.clone_from(&without.extra);
    assert_eq!(with, without);
}

#[test]
fn the_plan_without_them_is_as_before_and_only_chooses_among_them() {
    let facts = TestFacts::declared("");
    let declaration = facts.facts().declaration;
    let plan = plan::derive(declaration, None);
    assert!(!serde_json::to_string(&plan).expect("JSON").contains("plus"));
    let narrowed = plan::derive(declaration, Some("5.1-1,plus-cloned-*")).with_plus(declaration);
    assert_eq!(narrowed.plus.iter().map(|case| case.id.as_str()).collect::<Vec<_>>(), ["plus-cloned-peer"]);
}
