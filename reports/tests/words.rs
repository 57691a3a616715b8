//! The phrases of the reports: the same keys, the same places to fill in, all that is used is there.

use std::collections::{BTreeMap, BTreeSet};

type Phrases = BTreeMap<String, String>;

fn phrases(text: &str) -> Phrases {
    toml::from_str(text).expect("a flat table of texts")
}

fn both() -> (Phrases, Phrases) {
    let all = |texts: [&str; 4]| {
        let mut all = Phrases::new();
        for (key, text) in texts.into_iter().flat_map(phrases) {
            assert!(all.insert(key.clone(), text).is_none(), "{key} stands twice");
        }
        all
    };
    (
        all([
            include_str!("../texts/en.toml"),
            include_str!("../texts/schemes.en.toml"),
            include_str!("../texts/guides.en.toml"),
            include_str!("../texts/guide_page.en.toml"),
        ]),
        all([
            include_str!("../texts/ja.toml"),
            include_str!("../texts/schemes.ja.toml"),
            include_str!("../texts/guides.ja.toml"),
            include_str!("../texts/guide_page.ja.toml"),
        ]),
    )
}

fn places(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect()
}

#[test]
fn both_languages_have_the_same_phrases() {
    let (english, japanese) = both();
    let keys = |phrases: &Phrases| phrases.keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(keys(&english), keys(&japanese));
}

#[test]
fn both_languages_fill_in_the_same_places() {
    let (english, japanese) = both();
    for (key, text) in &english {
        assert_eq!(places(text), places(&japanese[key]), "{key}");
    }
}

#[test]
fn no_phrase_is_empty_and_japanese_is_japanese() {
    let (english, japanese) = both();
    for (key, text) in english.iter().chain(&japanese) {
        assert!(!text.trim().is_empty(), "{key}");
    }
    for (key, text) in &japanese {
        assert!(!text.is_ascii(), "{key} is still English: {text}");
    }
}

#[test]
fn every_phrase_of_the_template_exists() {
    let (english, _) = both();
    let template = concat!(
        include_str!("../templates/report.hbs"),
        include_str!("../templates/schemes.hbs"),
        include_str!("../templates/requirements.hbs"),
        include_str!("../templates/needs.hbs"),
        include_str!("../templates/evidence.hbs"),
        include_str!("../templates/subjects.hbs"),
        include_str!("../templates/cover.hbs"),
        include_str!("../templates/drawings.hbs"),
        include_str!("../templates/statement.hbs"),
        include_str!("../templates/summary.hbs"),
        include_str!("../templates/crosswalk.hbs"),
        include_str!("../templates/crosswalk_rows.hbs")
    );
    let used: BTreeSet<&str> = template
        .split("ui.")
        .skip(1)
        .filter_map(|rest| rest.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')).next())
        .collect();
    assert!(used.len() > 30, "the search finds the phrases: {used:?}");
    for key in used {
        assert!(english.contains_key(key), "{key}");
    }
}

#[test]
fn every_phrase_of_figures_first_page_and_statement_exists() {
    let (english, _) = both();
    let sources = [
        include_str!("../src/figures/delays.rs"),
        include_str!("../src/figures/ports.rs"),
        include_str!("../src/figures/rests_on.rs"),
        include_str!("../src/figures/traffic.rs"),
        include_str!("../src/view/cover.rs"),
        include_str!("../src/view/statement.rs"),
    ];
    let kinds =
        ["air-", "cover-", "delay-", "figure-", "guess-", "port-", "statement-", "title-", "traffic-"];
    let mut used = BTreeSet::new();
    for source in sources {
        for text in source.split('"').skip(1).step_by(2) {
            if kinds.iter().any(|kind| text.starts_with(kind)) && !text.contains(['{', ' ']) {
                used.insert(text);
            }
        }
    }
    assert!(used.len() > 50, "the search finds the phrases: {used:?}");
    for key in used {
        assert!(english.contains_key(key), "{key}");
    }
}
