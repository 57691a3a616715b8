//! Counts and reference integrity of the catalogue, and that no word is missing in a language.

use std::collections::BTreeSet;

use ixit::Edition;
use testcases::catalogue::Kind;
use testcases::texts::{Language, Texts};
use testcases::tso::GROUPS;
use testcases::{By, Catalogue, Verdict};

fn catalogue() -> &'static Catalogue {
    Catalogue::of(Edition::En303645V2_1_1)
}

#[test]
fn the_numbers_are_those_of_the_standard() {
    let catalogue = catalogue();
    let kind = |kind| catalogue.cases.iter().filter(|case| case.kind == kind).count();
    let units = |kind| catalogue.units.iter().filter(|unit| unit.kind == kind).count();
    assert_eq!(catalogue.provisions.len(), 68);
    assert_eq!(catalogue.provisions.iter().filter(|provision| provision.mandatory()).count(), 33);
    assert_eq!(catalogue.conditions.len(), 13);
    assert_eq!(catalogue.scenarios.len(), 15);
    assert_eq!(catalogue.groups.len(), 68);
    assert_eq!((kind(Kind::Conceptual), kind(Kind::Functional), kind(Kind::Both)), (62, 46, 1));
    assert_eq!((units(Kind::Conceptual), units(Kind::Functional)), (124, 102));
    assert_eq!(catalogue.units.iter().filter(|unit| unit.preparatory).count(), 7);
    assert_eq!(catalogue.units.iter().filter(|unit| !unit.inherits.is_empty()).count(), 14);
    assert_eq!(catalogue.units.iter().filter(|unit| unit.lay_user_test).count(), 10);
    assert_eq!(catalogue.units.iter().filter(|unit| unit.attacker_model).count(), 5);
    let conceptual_only = catalogue
        .groups
        .iter()
        .filter(|group| catalogue.cases_of(&group.id).all(|case| case.kind == Kind::Conceptual))
        .count();
    assert_eq!(conceptual_only, 21);
}

#[test]
fn provisions_conditions_and_groups_refer_to_each_other() {
    let catalogue = catalogue();
    for provision in &catalogue.provisions {
        assert_eq!(!provision.conditions.is_empty(), provision.status.contains('C'), "{}", provision.id);
        assert!(catalogue.group(&provision.id).is_some(), "{}", provision.id);
        assert!(catalogue.cases_of(&provision.id).next().is_some(), "{}", provision.id);
        for condition in &provision.conditions {
            assert!(catalogue.conditions.iter().any(|known| known.id == *condition));
        }
    }
    for unit in &catalogue.units {
        assert_eq!(unit.id.rsplit_once(':').map(|(case, _)| case), Some(unit.case.as_str()));
        assert!(catalogue.provision(unit.provision()).is_some(), "{}", unit.id);
    }
}

#[test]
fn units_read_fields_that_exist_and_select_from_tables_that_exist() {
    for unit in &catalogue().units {
        for read in unit.reads.iter().filter(|read| *read != "all" && !read.starts_with("ics.")) {
            let (table, field) = read.split_once('.').expect("table.field");
            let table = ixit::table::table(Edition::En303645V2_1_1, table)
                .unwrap_or_else(|| panic!("{}: {read}", unit.id));
            assert!(table.fields.iter().any(|known| known.key == field), "{}: {read}", unit.id);
        }
        if let Some(table) = unit.for_each.as_deref().and_then(|text| text.strip_prefix("table:")) {
            assert!(ixit::table::table(Edition::En303645V2_1_1, table).is_some(), "{}: {table}", unit.id);
        }
    }
}

#[test]
fn every_word_is_there_in_every_language() {
    let catalogue = catalogue();
    for language in Language::ALL {
        let texts = Texts::of(*language);
        let code = language.code();
        for provision in &catalogue.provisions {
            let words =
                texts.provisions.get(&provision.id).unwrap_or_else(|| panic!("{code}: {}", provision.id));
            assert!(!words.title.is_empty() && !words.text.is_empty(), "{code}: {}", provision.id);
        }
        for condition in &catalogue.conditions {
            assert!(
                texts.conditions.contains_key(&condition.id.to_string()),
                "{code}: condition {}",
                condition.id
            );
        }
        for scenario in &catalogue.scenarios {
            assert!(texts.scenarios.contains_key(scenario), "{code}: {scenario}");
        }
        for group in &catalogue.groups {
            assert!(texts.groups.contains_key(&group.id), "{code}: {}", group.id);
        }
        for case in &catalogue.cases {
            let words = texts.cases.get(&case.id).unwrap_or_else(|| panic!("{code}: {}", case.id));
            for condition in &case.conditions {
                assert!(words.condition.contains_key(&condition.c), "{code}: {} {}", case.id, condition.c);
            }
        }
        for unit in &catalogue.units {
            let words = texts.units.get(&unit.id).unwrap_or_else(|| panic!("{code}: {}", unit.id));
            assert!(
                !words.step.is_empty() && !words.look_at.is_empty() && !words.question.is_empty(),
                "{code}: {}",
                unit.id
            );
        }
        assert_eq!(texts.units.len(), catalogue.units.len(), "{code}: words for units that do not exist");
        assert_eq!(texts.cases.len(), catalogue.cases.len(), "{code}: words for cases that do not exist");
    }
}

#[test]
fn japanese_words_are_japanese_and_differ_from_the_english() {
    let (en, ja) = (Texts::of(Language::En), Texts::of(Language::Ja));
    for (id, words) in &ja.units {
        assert_ne!(words.step, en.units[id].step, "{id}");
        let japanese = |text: &str| text.chars().any(|c| ('\u{3040}'..='\u{9fff}').contains(&c));
        assert!(japanese(&words.step) && japanese(&words.question), "{id}");
    }
}

#[test]
fn reasons_have_the_same_codes_and_arguments_in_every_language() {
    let (en, ja) = (Texts::of(Language::En), Texts::of(Language::Ja));
    let codes = |texts: &Texts| texts.reasons.keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(codes(en), codes(ja));
    for (code, words) in &en.reasons {
        let other = &ja.reasons[code];
        assert_eq!(words.expected.is_some(), other.expected.is_some(), "{code}");
        assert_eq!(words.actual.is_some(), other.actual.is_some(), "{code}");
        for (one, two) in [
            (Some(&words.text), Some(&other.text)),
            (words.expected.as_ref(), other.expected.as_ref()),
            (words.actual.as_ref(), other.actual.as_ref()),
        ] {
            assert_eq!(one.map(|text| arguments(text)), two.map(|text| arguments(text)), "{code}");
        }
    }
}

fn arguments(template: &str) -> BTreeSet<&str> {
    template.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name)).collect()
}

#[test]
fn judges_are_for_units_that_exist_and_stand_in_the_file_of_their_group() {
    let catalogue = catalogue();
    let mut seen = BTreeSet::new();
    for group in GROUPS {
        assert!(catalogue.group(group.id).is_some(), "{}", group.id);
        for judge in group.judges {
            let unit = catalogue.unit(judge.unit).unwrap_or_else(|| panic!("{}", judge.unit));
            assert_eq!(unit.provision(), group.id, "{}", judge.unit);
            assert!(seen.insert(judge.unit), "{} has two judges", judge.unit);
            let both =
                judge.machine_can.contains(&Verdict::Pass) && judge.machine_can.contains(&Verdict::Fail);
            // Where some rows are decided by machine and others need a person, the unit is assisted.
            assert!(
                judge.by != By::Machine || both,
                "{}: by machine means that it can pass and fail",
                judge.unit
            );
            for probe in judge.needs {
                assert!(probes::probe(probe).is_some(), "{}: there is no probe {probe}", judge.unit);
            }
        }
    }
}

#[test]
fn units_that_rest_on_the_absence_of_a_finding_state_their_effort_before_the_run() {
    let catalogue = catalogue();
    for unit in &catalogue.units {
        let judged_by_machine = testcases::judge::judge_of(&unit.id)
            .is_some_and(|judge| judge.by == By::Machine && judge.needs.contains(&"tcp-sweep"));
        if judged_by_machine {
            assert!(unit.minimum_effort.is_some(), "{} may pass by finding nothing", unit.id);
        }
    }
}
