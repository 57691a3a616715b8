//! The data of every guide, and how its parts join.

use std::collections::BTreeSet;

use super::*;

const CONFIDENCE: &[&str] = &["high", "medium", "low"];

#[test]
fn every_folder_is_named_for_its_guide_and_of_a_known_edition() {
    for guide in guides() {
        assert!(
            Catalogue::files(FOLDER).any(|(path, _)| path == format!("{FOLDER}{}/{HEAD}", guide.name)),
            "{}: the folder has another name",
            guide.name
        );
        assert!(
            Edition::ALL.iter().any(|edition| guide.is_of(*edition)),
            "{}: {}",
            guide.name,
            guide.edition
        );
        assert!(CONFIDENCE.contains(&guide.confidence.as_str()), "{}", guide.name);
        assert!(!guide.sources.is_empty(), "{}: no source", guide.name);
        for source in &guide.sources {
            assert!(
                ["primary", "secondary", "memory"].contains(&source.read.as_str()),
                "{}: {source:?}",
                guide.name
            );
            assert!(CONFIDENCE.contains(&source.confidence.as_str()), "{}: {source:?}", guide.name);
        }
    }
}

#[test]
fn every_item_has_an_id_of_its_own_a_phase_and_somebody_whom_it_addresses() {
    let mut ids = BTreeSet::new();
    for guide in guides() {
        for item in &guide.items {
            assert!(ids.insert(&item.id), "{} stands twice", item.id);
            assert!(item.phase.is_some(), "{}: no phase", item.id);
            assert!(!item.roles.is_empty(), "{}: no role", item.id);
            if let Some(whole) = &item.part_of {
                assert!(guide.item(whole).is_some(), "{}: part of {whole}, which is not there", item.id);
            }
            if let Some(viewpoint) = &item.viewpoint {
                let known = guide.viewpoints.iter().any(|known| known.id == *viewpoint);
                assert!(known, "{}: there is no viewpoint {viewpoint}", item.id);
            }
        }
        for group in &guide.groups {
            assert!(guide.items_of(&group.id).next().is_some(), "{}: {} has no items", guide.name, group.id);
        }
    }
}

#[test]
fn every_link_names_one_thing_that_exists_with_a_reason_and_how_sure_it_is() {
    for guide in guides() {
        let edition = Edition::ALL.iter().copied().find(|edition| guide.is_of(*edition)).expect("known");
        let catalogue = Catalogue::of(edition);
        for item in &guide.items {
            let mut linked = BTreeSet::new();
            for link in &item.links {
                let (kind, id) = link.named().unwrap_or_else(|| panic!("{}: {link:?}", item.id));
                let known = match kind {
                    "provision" => catalogue.provision(id).is_some(),
                    "unit" => catalogue.unit(id).is_some(),
                    _ => true,
                };
                assert!(known, "{}: there is no {kind} {id}", item.id);
                assert!(linked.insert((kind, id)), "{}: {id} is linked twice", item.id);
                assert!(CONFIDENCE.contains(&link.confidence.as_str()), "{}: {id}", item.id);
            }
            // Nothing that a test of a device does looks at it, so no result of one can answer it.
            assert!(item.test != TestKind::OutOfScope || item.links.is_empty(), "{}: out of scope", item.id);
        }
    }
}

#[test]
fn every_text_is_there_in_both_languages() {
    let japanese = |text: &str| text.chars().any(|letter| ('\u{3040}'..='\u{9fff}').contains(&letter));
    for guide in guides() {
        let mut words = vec![&guide.title, &guide.publisher, &guide.standing];
        words.extend(&guide.gap);
        words.extend(guide.viewpoints.iter().map(|one| &one.title));
        words.extend(guide.groups.iter().map(|one| &one.title));
        for item in &guide.items {
            words.extend([&item.title, &item.asks]);
            words.extend(&item.wants);
            words.extend(item.links.iter().map(|link| &link.rationale));
        }
        for text in words {
            assert!(!text.en.trim().is_empty() && !japanese(&text.en), "{}: {text:?}", guide.name);
            assert!(!text.ja.trim().is_empty(), "{}: {text:?}", guide.name);
            assert!(japanese(&text.ja) || text.ja.is_ascii(), "{}: {text:?}", guide.name);
            assert!(!text.en.contains('!') && !text.ja.contains('！'), "{}: {text:?}", guide.name);
        }
    }
}

#[test]
fn a_file_that_is_not_in_order_is_refused_with_its_name() {
    let head = r#"format = "hantei.guide/1"
name = "made"
order = 1
title = { en = "Made", ja = "試作" }
publisher = { en = "Nobody", ja = "なし" }
standing = { en = "Nothing", ja = "なし" }
edition = "en303645-2.1.1"
version = "1"
date = "2026"
confidence = "low"
source = [{ id = "s", title = "S", date = "2026", read = "memory", confidence = "low" }]
group = [{ id = "M1", title = { en = "One", ja = "一" }, phase = "design", roles = ["developer"] }]
"#;
    let item = r#"[[item]]
id = "M1-1"
group = "M1"
kind = "point"
title = { en = "Title", ja = "題" }
asks = { en = "Asks", ja = "求める" }
test = "conceptual"
"#;
    let sound = read(&[(HEAD, head), ("a.toml", item)]).expect("a guide");
    assert_eq!(
        (sound.items[0].phase, sound.items[0].roles.as_slice()),
        (Some(Phase::Design), &[Role::Developer][..])
    );
    let fault = |files: &[(&str, &str)]| read(files).expect_err("not in order");
    assert!(fault(&[("a.toml", item)]).contains(HEAD));
    assert!(fault(&[(HEAD, &head.replace("guide/1", "guide/9"))]).contains("expected hantei.guide/1"));
    assert!(fault(&[(HEAD, head), ("a.toml", &item.replace("\"M1\"", "\"M2\""))]).contains("a.toml: M1-1"));
    assert!(fault(&[(HEAD, head), ("a.toml", &item.replace("kind", "sort"))]).starts_with("a.toml"));
}

/// Name of a guide, its groups, and its items by kind.
type Counts = (&'static str, usize, &'static [(ItemKind, usize)]);

/// What each guide has, as its publication counts it: a point that is lost, or carried twice, is noticed here.
#[test]
fn every_guide_is_carried_whole() {
    use ItemKind::{Advice, Check, Measure, Point, Requirement, Risk, Rule};
    let counts: &[Counts] = &[
        ("ipa-dev-guidelines", 17, &[(Point, 31), (Measure, 150)]),
        ("iot-security-guideline", 7, &[(Point, 15), (Rule, 4)]),
        ("csa-13-steps", 13, &[(Advice, 321)]),
        ("ipa-vulnerability-guide", 5, &[(Point, 20)]),
        // Rows of the annex that name several things to look at are a check each.
        ("iot-ssf", 7, &[(Requirement, 41), (Measure, 40), (Check, 81)]),
        ("data-management-framework", 6, &[(Risk, 71), (Measure, 36)]),
    ];
    let mut names: Vec<&str> = guides().iter().map(|guide| guide.name.as_str()).collect();
    let mut counted: Vec<&str> = counts.iter().map(|(name, ..)| *name).collect();
    names.sort_unstable();
    counted.sort_unstable();
    assert_eq!(names, counted);
    for (name, groups, kinds) in counts {
        let guide = guide(name).expect("listed");
        assert_eq!(guide.groups.len(), *groups, "{name}: groups");
        for (kind, count) in *kinds {
            assert_eq!(guide.count(*kind), *count, "{name}: {kind:?}");
        }
    }
}

#[test]
fn the_rows_of_the_thirteen_steps_are_all_there() {
    let guide = guide("csa-13-steps").expect("carried");
    let rows: Vec<usize> = guide.groups.iter().map(|group| guide.items_of(&group.id).count()).collect();
    assert_eq!(rows, [44, 21, 25, 35, 41, 35, 8, 19, 18, 26, 25, 12, 12]);
}

#[test]
fn every_point_of_the_development_guideline_is_to_be_considered_and_no_measure_is() {
    let guide = guide("ipa-dev-guidelines").expect("carried");
    for item in &guide.items {
        assert_eq!(item.consider, item.kind == ItemKind::Point, "{}", item.id);
    }
}
