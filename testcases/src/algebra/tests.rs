use ixit::Edition;
use proptest::prelude::*;

use super::*;
use crate::catalogue::Catalogue;

use Verdict::{Fail, Inconclusive, Pass};

fn catalogue() -> &'static Catalogue {
    Catalogue::of(Edition::En303645V2_1_1)
}

fn case(id: &str) -> &'static Case {
    catalogue().case(id).expect("a case of the catalogue")
}

/// What was assessed; not applicable is the verdict of what was not.
fn assessed() -> impl Strategy<Value = Verdict> {
    prop_oneof![Just(Fail), Just(Inconclusive), Just(Pass)]
}

fn items() -> impl Strategy<Value = Vec<(String, Verdict)>> {
    let name = prop_oneof![Just("A"), Just("B"), Just("C"), Just(WHOLE_UNIT)];
    proptest::collection::vec((name.prop_map(str::to_owned), assessed()), 1..6)
}

fn quantifier() -> impl Strategy<Value = Quantifier> {
    prop_oneof![Just(Quantifier::All), Just(Quantifier::One)]
}

fn units_of(case: &Case, items: &[Vec<(String, Verdict)>]) -> Vec<UnitVerdicts> {
    catalogue()
        .units_of(&case.id)
        .zip(items.iter().cycle())
        .map(|(unit, items)| UnitVerdicts {
            id: unit.id.clone(),
            preparatory: unit.preparatory,
            verdict: unit_verdict(items, case.quantifier),
            items: items.clone(),
        })
        .collect()
}

fn unit(id: &str, items: &[(&str, Verdict)]) -> UnitVerdicts {
    let items: Vec<_> = items.iter().map(|(name, verdict)| ((*name).to_owned(), *verdict)).collect();
    let unit = catalogue().unit(id).expect("a unit of the catalogue");
    let quantifier = case(&unit.case).quantifier;
    UnitVerdicts {
        id: id.to_owned(),
        preparatory: unit.preparatory,
        verdict: unit_verdict(&items, quantifier),
        items,
    }
}

proptest! {
    #[test]
    fn a_worse_item_never_improves_a_unit(
        mut items in items(), at in any::<prop::sample::Index>(), other in assessed(), quantifier in quantifier(),
    ) {
        let before = unit_verdict(&items, quantifier);
        let at = at.index(items.len());
        let worse = items[at].1.worst(other);
        items[at].1 = worse;
        prop_assert!(unit_verdict(&items, quantifier) >= before);
    }

    #[test]
    fn a_worse_item_never_improves_its_case(
        case in any::<prop::sample::Index>(),
        mut all in proptest::collection::vec(items(), 6),
        which in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        other in assessed(),
        unitless in assessed(),
    ) {
        let case = case.get(&catalogue().cases);
        // Preparations are apart: one that was not possible leaves the case open, whatever else was seen.
        let units: Vec<_> = catalogue().units_of(&case.id).collect();
        let which = which.index(units.len());
        prop_assume!(!units[which].preparatory);
        let before = case_verdict(case, &units_of(case, &all), unitless);
        let at = at.index(all[which].len());
        let worse = all[which][at].1.worst(other);
        all[which][at].1 = worse;
        prop_assert!(case_verdict(case, &units_of(case, &all), unitless) >= before, "{}", case.id);
    }

    #[test]
    fn a_worse_case_never_improves_its_provision_nor_a_worse_provision_the_whole(
        mut verdicts in proptest::collection::vec(assessed(), 1..5), at in any::<prop::sample::Index>(), other in assessed(),
    ) {
        let (case, provision) =
            (provision_verdict(verdicts.iter().copied()), overall_verdict(verdicts.iter().copied()));
        let at = at.index(verdicts.len());
        verdicts[at] = verdicts[at].worst(other);
        prop_assert!(provision_verdict(verdicts.iter().copied()) >= case);
        prop_assert!(overall_verdict(verdicts) >= provision);
    }

    #[test]
    fn one_more_open_question_never_gives_a_pass(
        mut items in items(), name in "[A-D-]", quantifier in quantifier(),
    ) {
        let before = unit_verdict(&items, quantifier);
        items.push((name, Inconclusive));
        if before != Pass || quantifier == Quantifier::All {
            prop_assert_ne!(unit_verdict(&items, quantifier), Pass);
        }
    }

    #[test]
    fn what_is_shown_over_fewer_provisions_is_never_worse(
        verdicts in proptest::collection::vec((assessed(), any::<bool>()), 0..8),
    ) {
        let all = overall_verdict(verdicts.iter().map(|(verdict, _)| *verdict));
        let mandatory = verdicts.iter().filter(|(_, mandatory)| *mandatory).map(|(verdict, _)| *verdict);
        prop_assert!(overall_verdict(mandatory) <= all);
    }

    #[test]
    fn the_order_of_items_does_not_matter(items in items(), quantifier in quantifier()) {
        let mut turned = items.clone();
        turned.reverse();
        prop_assert_eq!(unit_verdict(&items, quantifier), unit_verdict(&turned, quantifier));
    }
}

#[test]
fn one_sound_update_mechanism_is_enough_in_5_3_2_and_not_in_5_3_1() {
    let mixed = [("UpdMech-1", Fail), ("UpdMech-2", Pass)];
    let one = case_verdict(case("5.3-2-1"), &[unit("5.3-2-1:a", &mixed)], Inconclusive);
    assert_eq!(one, Pass);
    let all = case_verdict(
        case("5.3-1-1"),
        &[unit("5.3-1-1:a", &[("-", Pass)]), unit("5.3-1-1:b", &mixed)],
        Inconclusive,
    );
    assert_eq!(all, Fail);
}

#[test]
fn with_one_being_enough_only_the_failure_of_every_item_fails() {
    let verdict =
        |items: &[(&str, Verdict)]| case_verdict(case("5.3-2-1"), &[unit("5.3-2-1:a", items)], Inconclusive);
    assert_eq!(verdict(&[("UpdMech-1", Fail), ("UpdMech-2", Inconclusive)]), Inconclusive);
    assert_eq!(verdict(&[("UpdMech-1", Fail), ("UpdMech-2", Fail)]), Fail);
    // What concerns the unit as a whole concerns each mechanism.
    assert_eq!(verdict(&[("UpdMech-1", Pass), (WHOLE_UNIT, Inconclusive)]), Inconclusive);
    // The same mechanism in another state: the worst of both.
    assert_eq!(verdict(&[("UpdMech-1", Pass), ("UpdMech-1", Fail)]), Fail);
}

#[test]
fn two_halves_of_two_mechanisms_are_not_one_sound_mechanism() {
    let units = [
        unit("5.3-2-2:a", &[("UpdMech-1", Pass), ("UpdMech-2", Fail)]),
        unit("5.3-2-2:b", &[("UpdMech-1", Fail), ("UpdMech-2", Pass)]),
    ];
    assert_eq!(case_verdict(case("5.3-2-2"), &units, Inconclusive), Fail);
}

#[test]
fn a_mechanism_that_a_unit_did_not_look_at_is_not_sound_there() {
    // The second unit has no result but that its observation is missing.
    let units = [unit("5.3-2-2:a", &[("UpdMech-1", Pass)]), unit("5.3-2-2:b", &[(WHOLE_UNIT, Inconclusive)])];
    assert_eq!(case_verdict(case("5.3-2-2"), &units, Inconclusive), Inconclusive);
    let units = [unit("5.3-2-2:a", &[("UpdMech-1", Pass)]), unit("5.3-2-2:b", &[("UpdMech-2", Pass)])];
    assert_eq!(case_verdict(case("5.3-2-2"), &units, Inconclusive), Inconclusive);
}

#[test]
fn erasure_is_fulfilled_without_user_data_or_by_all_three_conditions() {
    let verdict = |unitless, a, b, c| {
        let units = [
            unit("5.11-1-1:a", &[("-", a)]),
            unit("5.11-1-1:b", &[("DelFunc-1", b)]),
            unit("5.11-1-1:c", &[("-", c)]),
        ];
        case_verdict(case("5.11-1-1"), &units, unitless)
    };
    assert_eq!(verdict(Pass, Inconclusive, Inconclusive, Inconclusive), Pass);
    assert_eq!(verdict(Fail, Pass, Pass, Pass), Pass);
    assert_eq!(verdict(Fail, Pass, Fail, Pass), Fail);
    assert_eq!(verdict(Inconclusive, Pass, Fail, Pass), Inconclusive);
    assert_eq!(verdict(Fail, Pass, Inconclusive, Pass), Inconclusive);
}

#[test]
fn a_preparation_that_was_not_possible_leaves_the_case_open() {
    let units = |preparation| {
        catalogue()
            .units_of("5.12-3-1")
            .map(|unit| self::unit(&unit.id, &[("-", if unit.preparatory { preparation } else { Fail })]))
            .collect::<Vec<_>>()
    };
    assert_eq!(case_verdict(case("5.12-3-1"), &units(Pass), Inconclusive), Fail);
    assert_eq!(case_verdict(case("5.12-3-1"), &units(Inconclusive), Inconclusive), Inconclusive);
    assert_eq!(case_verdict(case("5.12-3-1"), &units(Fail), Inconclusive), Inconclusive);
}

#[test]
fn one_unreviewed_implementation_fails_5_5_2() {
    let units = [
        unit("5.5-2-1:a", &[("NetSecImpl-1", Pass), ("NetSecImpl-2", Fail)]),
        unit("5.5-2-1:b", &[("NetSecImpl-1", Pass)]),
    ];
    assert_eq!(case_verdict(case("5.5-2-1"), &units, Inconclusive), Fail);
}

#[test]
fn the_mixed_case_5_3_10_1_needs_all_three_units_of_both_kinds() {
    for failing in ["5.3-10-1:a", "5.3-10-1:b", "5.3-10-1:c"] {
        let units: Vec<_> = catalogue()
            .units_of("5.3-10-1")
            .map(|unit| self::unit(&unit.id, &[("UpdMech-1", if unit.id == failing { Fail } else { Pass })]))
            .collect();
        assert_eq!(units.len(), 3);
        assert_eq!(case_verdict(case("5.3-10-1"), &units, Inconclusive), Fail, "{failing}");
    }
}

#[test]
fn a_unit_that_is_missing_leaves_its_case_open() {
    assert_eq!(case_verdict(case("5.1-5-1"), &[], Inconclusive), Inconclusive);
}
