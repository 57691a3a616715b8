//! Which of all cases are sent: every family in turn, so that a small number leaves none of them out, and what the
//! number has room for beyond the grammar by mutation.

use std::collections::BTreeMap;

use super::Input;
use super::case::{Case, Family};
use super::draw::Draw;
use super::{grammar, mutation};

/// Share of the cases that are mutations at least, in percent.
const MUTATIONS: usize = 10;

/// Cases that no number leaves out, by what they are called: what devices most often get wrong.
const FOREMOST: [&str; 13] = [
    ": markup",
    ": script",
    "just above the most",
    "somewhere above the most",
    "just below the least",
    ": zero",
    ": a path upwards",
    ": a word for a number",
    "a good one, then one beyond the limits",
    "with a name of",
    "without ",
    " deep",
    "100 octets more announced",
];

/// The cases of an input, in the order in which they are sent.
pub(super) fn chosen(input: &Input, seed: &str, mark: &str, most: usize) -> Vec<Case> {
    let all = grammar::cases(input, seed, mark);
    let room = most.saturating_sub((most * MUTATIONS).div_ceil(100));
    let mut families: BTreeMap<Family, Vec<Case>> = BTreeMap::new();
    for case in all {
        families.entry(case.family).or_default().push(case);
    }
    let mut draw = Draw::of(seed, &format!("order {}", input.name()));
    for cases in families.values_mut() {
        draw.shuffle(cases);
        // Taken from the end.
        cases.sort_by_key(|case| FOREMOST.iter().any(|name| case.told.contains(name)));
    }
    let mut chosen = Vec::new();
    while chosen.len() < room && families.values().any(|cases| !cases.is_empty()) {
        for cases in families.values_mut() {
            if chosen.len() < room {
                chosen.extend(cases.pop());
            }
        }
    }
    let mutations = most.saturating_sub(chosen.len());
    chosen.extend((0..mutations).map(|n| mutation::case(input, seed, u32::try_from(n).unwrap_or(u32::MAX))));
    draw.shuffle(&mut chosen);
    chosen
}

#[cfg(test)]
mod tests {
    use super::super::Field;
    use super::*;

    pub(super) fn target(kind: &str) -> Input {
        Input {
            kind: kind.into(),
            method: "PUT".into(),
            target: "/t".into(),
            who: Some("A".into()),
            fields: vec![Field {
                name: "celsius".into(),
                kind: "integer".into(),
                value: "40".into(),
                least: Some(32),
                most: Some(60),
                required: true,
                ..Field::default()
            }],
            largest: Some(16_384),
            ..Input::default()
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_cases_and_another_seed_others() {
        let cases = |seed: &str| chosen(&target("json"), seed, "hx", 200);
        assert_eq!(cases("one"), cases("one"));
        assert_ne!(cases("one"), cases("two"));
        let one = cases("one");
        assert_eq!(one.len(), 200);
        // Number and generator name a case.
        let mut names: Vec<_> = one.iter().map(|case| (case.generator, case.number)).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 200);
    }

    #[test]
    fn a_small_number_leaves_no_family_out() {
        for kind in ["json", "form", "query"] {
            let few = chosen(&target(kind), "s", "hx", 30);
            for family in Family::ALL {
                let count = few.iter().filter(|case| case.family == family).count();
                assert!(count > 0, "{kind} {family:?}");
            }
            assert!(few.iter().filter(|case| case.generator == "mutation").count() >= 3);
        }
        let datagram =
            Input { kind: "datagram".into(), example: Some("hex:0001020304".into()), ..Input::default() };
        let few = chosen(&datagram, "s", "hx", 40);
        assert!(Family::ALL.iter().all(|family| few.iter().any(|case| case.family == *family)));
    }

    #[test]
    fn what_devices_most_often_get_wrong_is_among_few_cases_too() {
        for seed in ["one", "two", "three"] {
            let few = chosen(&target("json"), seed, "hx", 60);
            let sent = |name: &str| few.iter().any(|case| case.told.contains(name));
            for name in FOREMOST.iter().filter(|name| **name != ": script") {
                assert!(sent(name), "{seed} {name}");
            }
        }
    }

    #[test]
    fn no_case_is_larger_than_can_be_kept() {
        for kind in ["json", "form", "query"] {
            for case in chosen(&target(kind), "s", "hx", 400) {
                assert!(case.message.body.len() <= 1_100_000, "{} {}", case.told, case.message.body.len());
            }
        }
    }
}
