use ixit::companion::{BruteForce, Generation};
use proptest::prelude::*;

use super::declared::{self, number};
use super::*;
use crate::test_facts::TestFacts;

fn generation(inputs: &[&str], length: u32, size: u32) -> Generation {
    let inputs = inputs.iter().map(|input| (*input).to_owned()).collect();
    Generation { inputs, length: Some(length), alphabet_size: Some(size), alphabet: None }
}

fn lock(failures: u32, lockout_seconds: u32) -> BruteForce {
    BruteForce {
        failures: Some(failures),
        lockout_seconds: Some(lockout_seconds),
        per_sender: Some(false),
        ..BruteForce::default()
    }
}

fn per_day(defence: &BruteForce) -> Span {
    match pace(defence, policy()) {
        Some(Pace::PerDay(span)) => span,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_examples_of_the_scheme_come_out_exactly() {
    // Six digits, one guess in 60 s: 1,440 a day, 10^6 / 2,880 = 347.2 days.
    let minute = per_day(&BruteForce { delay_seconds: Some(60), per_sender: Some(false), ..lock(1, 0) });
    assert_eq!(minute, Span::exactly(1_440.0));
    assert_eq!(days(values(6, 10.0), 1_440.0), 1_000_000.0 / 2_880.0);
    // 288,000 values at 1,440 guesses a day are 100 days to the hour; one value less is too few.
    assert_eq!(days(288_000.0, 1_440.0), 100.0);
    let at = |values: f64| holds_out(Span::exactly(values), Pace::PerDay(minute), 100.0, 0.01);
    assert_eq!((at(288_000.0), at(287_999.0)), (Some(true), Some(false)));
    // Ten senders with ten guesses each: 100 / 10^4 is 1 %, which is not below it; 100 / 10^5 is.
    assert_eq!(success(10_000.0, 100.0), 0.01);
    let shut_out =
        |values: f64| holds_out(Span::exactly(values), Pace::InAll(Span::exactly(100.0)), 100.0, 0.01);
    assert_eq!(
        (shut_out(10_000.0), shut_out(10_001.0), shut_out(100_000.0)),
        (Some(false), Some(true), Some(true))
    );
}

#[test]
fn a_lock_out_and_a_delay_add_up() {
    assert_eq!(per_day(&lock(5, 2)), Span::exactly(216_000.0));
    assert_eq!(per_day(&lock(5, 60)), Span::exactly(7_200.0));
    assert_eq!(per_day(&BruteForce { delay_seconds: Some(3), ..lock(5, 60) }), Span::exactly(5_760.0));
    assert_eq!(pace(&BruteForce::default(), policy()), None);
    assert_eq!(pace(&BruteForce { failures: Some(5), ..BruteForce::default() }, policy()), None);
    // No failure at all is taken for one.
    assert_eq!(per_day(&lock(0, 10)), Span::exactly(8_640.0));
}

#[test]
fn of_lock_outs_that_grow_the_longest_counts_and_never_a_shorter_one() {
    let growing = |longest| BruteForce { longest_lockout_seconds: Some(longest), ..lock(3, 2) };
    assert_eq!(per_day(&lock(3, 2)), Span::exactly(129_600.0));
    assert_eq!(per_day(&growing(64)), Span::exactly(4_050.0));
    // One that is said to be shorter than the first slows nobody less, and none is made of it alone.
    assert_eq!(per_day(&growing(1)), per_day(&lock(3, 2)));
    assert_eq!(per_day(&growing(0)), per_day(&lock(3, 2)));
    let alone = BruteForce { lockout_seconds: None, ..growing(64) };
    assert_eq!(pace(&alone, policy()), None);
}

#[test]
fn a_lock_out_of_one_sender_leaves_the_others() {
    let of = |per_sender| BruteForce { per_sender, ..lock(5, 60) };
    assert_eq!(per_day(&of(Some(true))), Span::exactly(7_200.0 * 254.0));
    assert_eq!(per_day(&of(None)), Span { least: 7_200.0, most: 7_200.0 * 254.0 });
    let permanent = BruteForce { permanent: Some(true), lockout_seconds: None, ..of(Some(true)) };
    assert_eq!(pace(&permanent, policy()), Some(Pace::InAll(Span::exactly(1_270.0))));
}

#[test]
fn only_chance_makes_values_and_what_is_known_or_counted_does_not() {
    let policy = policy();
    let most = |inputs: &[&str]| of_generation(&generation(inputs, 12, 54), policy).expect("told").most;
    let all = values(12, 54.0);
    for known in ["mac", "serial", "ssid", "model", "constant"] {
        assert_eq!(most(&[known]), 1.0, "{known}");
    }
    assert_eq!((most(&["counter"]), most(&["date"])), (1_000_000.0, 3_650.0));
    assert_eq!(most(&["counter", "date", "mac"]), 3_650_000_000.0);
    assert_eq!((most(&["random"]), most(&["per-device-secret"]), most(&["mac", "random"])), (all, all, all));
    // No more values than the form has, whatever is counted.
    assert_eq!(
        of_generation(&generation(&["counter"], 4, 10), policy),
        Some(Span { least: 1.0, most: 10_000.0 })
    );
    // The free part of a MAC address has 24 bits for those who do not see the device.
    assert_eq!(bits(elsewhere(&generation(&["mac"], 12, 54), policy)), 24.0);
    assert_eq!(elsewhere(&generation(&["mac"], 4, 10), policy), 10_000.0);
}

#[test]
fn how_much_chance_is_left_is_told_by_random_alone() {
    let span = |inputs: &[&str]| of_generation(&generation(inputs, 6, 10), policy()).expect("told");
    assert_eq!(span(&["random"]), Span::exactly(1_000_000.0));
    for open in [&["per-device-secret"][..], &["random", "mac"], &[]] {
        assert_eq!(span(open), Span { least: 1.0, most: 1_000_000.0 }, "{open:?}");
    }
    let no_length = Generation { length: None, ..generation(&["random"], 6, 10) };
    assert_eq!(of_generation(&no_length, policy()), None);
    assert_eq!(
        of_generation(&Generation { inputs: vec!["mac".into()], ..no_length }, policy()),
        Some(Span::exactly(1.0))
    );
}

#[test]
fn an_alphabet_counts_as_its_most_frequent_character_leaves_it() {
    let of = |listed: Option<&str>, size: Option<u32>| {
        let listed = listed.map(str::to_owned);
        alphabet(&Generation { alphabet: listed, alphabet_size: size, ..Generation::default() })
    };
    assert_eq!(of(Some("0123456789"), None), Some(Span::exactly(10.0)));
    assert_eq!(of(Some("0123456789"), Some(10)), Some(Span::exactly(10.0)));
    assert_eq!(of(Some("aab"), None), Some(Span::exactly(1.5)));
    assert_eq!(of(Some("0123456789"), Some(62)), Some(Span { least: 10.0, most: 62.0 }));
    assert_eq!(of(Some(""), Some(62)), Some(Span::exactly(62.0)));
    assert_eq!(of(None, None), None);
}

const TWO_DOORS: &str = r#"
[[auth_mech]]
id = "AuthMech-Web"
network_addressable = true
factor = { kind = "password", user_defined = true, pre_installed = false }
brute_force = { failures = 5, lockout_seconds = 2, per_sender = false }
set_up = { path = "/setup", password_field = "new", least_length = 10 }
[[auth_mech]]
id = "AuthMech-Api"
network_addressable = true
factor = { kind = "password", user_defined = true, pre_installed = false }
brute_force = { failures = 5, lockout_seconds = 2, per_sender = false }
change = { through = "AuthMech-Web" }
"#;

fn pace_at_web(ixit: &str) -> Option<Pace> {
    let facts = TestFacts::declared(ixit);
    let facts = facts.facts();
    declared::pace_of(facts.declaration, facts.row("AuthMech-Web").expect("a row").1, policy())
}

#[test]
fn two_doors_to_one_password_let_twice_as_much_through() {
    assert_eq!(pace_at_web(TWO_DOORS), Some(Pace::PerDay(Span::exactly(432_000.0))));
    let other_value = TWO_DOORS.replace("through = \"AuthMech-Web\"", "path = \"/own\"");
    assert_eq!(pace_at_web(&other_value), Some(Pace::PerDay(Span::exactly(216_000.0))));
    // A door without a lock lets everything through.
    let second = TWO_DOORS.rfind("brute_force").expect("the second lock");
    let open = format!("{}#{}", &TWO_DOORS[..second], &TWO_DOORS[second..]);
    assert_eq!(pace_at_web(&open), None);
}

#[test]
fn changes_that_go_in_a_circle_come_to_an_end() {
    let circle = TWO_DOORS.replace("set_up =", "change = { through = \"AuthMech-Api\" }\nset_up =");
    assert!(pace_at_web(&circle).is_some());
}

#[test]
fn a_key_counts_by_the_parameter_that_serves_it() {
    let with = |generator: &str| {
        let ixit = format!(
            "[[auth_mech]]\nid = \"AuthMech-Key\"\nfactor = {{ kind = \"token\" }}\n[[sec_param]]\nid = \"SecParam-1\"\nserves = [\"AuthMech-Key\"]\ngenerator = {{ {generator} }}\n"
        );
        let facts = TestFacts::declared(&ixit);
        let facts = facts.facts();
        declared::values_of(facts.declaration, facts.row("AuthMech-Key").expect("a row").1, policy())
    };
    let drawn = with("source = \"hardware-generator\", bits = 128, unique_per_device = true");
    assert_eq!(drawn.map(|span| bits(span.least)), Some(128.0));
    assert_eq!(with("source = \"derived\", bits = 128, unique_per_device = true"), None);
    assert_eq!(with("source = \"hardware-generator\", bits = 128"), None);
}

#[test]
fn a_scheme_demands_what_its_rule_names_and_nothing_else() {
    use super::policy::Measured;
    let scheme = |name: &str| schemes().iter().find(|scheme| scheme.name == name).expect("known");
    let (gateway, nist) = (scheme("CLS(IoT) gateway"), scheme("SP 800-63B"));
    let good = Measured {
        length: Some(12),
        classes: Some(3),
        values: Some(Span::exactly(values(12, 54.0))),
        pace: Some(Pace::PerDay(Span::exactly(216_000.0))),
    };
    assert_eq!((gateway.met_by(&good), nist.met_by(&good)), (Some(true), Some(true)));
    assert_eq!(gateway.met_by(&Measured { length: Some(9), ..good }), Some(false));
    assert_eq!(gateway.met_by(&Measured { classes: Some(1), ..good }), Some(false));
    assert_eq!(gateway.met_by(&Measured { pace: None, ..good }), None);
    let slow = Measured { values: Some(Span::exactly(10_000.0)), ..good };
    assert_eq!((gateway.met_by(&slow), nist.met_by(&slow)), (Some(false), Some(true)));
    assert_eq!(nist.met_by(&Measured::default()), None);
    assert_eq!((policy::classes("aB3-"), policy::classes("abc"), policy::classes("")), (4, 1, 0));
}

#[test]
fn the_policy_says_where_its_numbers_come_from() {
    let policy = policy();
    assert_eq!((policy.least_days, policy.highest_success), (100.0, 0.01));
    assert_eq!(policy.values_without_limit, 2.0_f64.powi(64));
    assert!(!policy.source.is_empty() && !policy.confidence.is_empty() && policy.date.len() == 10);
    // Every input that a declaration can name is either secret, known or counted.
    for input in
        ["random", "per-device-secret", "mac", "serial", "ssid", "model", "counter", "date", "constant"]
    {
        let known = policy.known.iter().any(|known| known == input);
        let places = [SECRET.contains(&input), known, policy.counted.contains_key(input)];
        assert_eq!(places.iter().filter(|place| **place).count(), 1, "{input}");
    }
    assert!(policy.elsewhere.keys().all(|input| policy.known.contains(input)));
}

#[test]
fn numbers_are_written_as_people_read_them() {
    for (value, text) in
        [(0.69, "0.69"), (3.0, "3"), (347.2, "347"), (216_000.0, "216000"), (1e10, "1.00e10")]
    {
        assert_eq!(number(value), text);
    }
}

proptest! {
    /// Against whole numbers of 128 bit, where they hold the values.
    #[test]
    fn values_and_days_agree_with_whole_numbers(length in 0_u32..20, pool in 1_u32..95, failures in 1_u32..100, seconds in 1_u32..100_000) {
        let exact = u128::from(pool).pow(length);
        let counted = values(length, f64::from(pool));
        let near = |one: f64, other: f64| (one - other).abs() <= other.abs() * 1e-12;
        prop_assert!(near(counted, exact as f64));
        let lock = lock(failures, seconds);
        let guesses = per_day(&lock).least;
        prop_assert!(near(guesses, f64::from(failures) * 86_400.0 / f64::from(seconds)));
        // days = values x seconds / (2 x failures x 86,400)
        let exact_days = exact as f64 * f64::from(seconds) / (2.0 * f64::from(failures) * 86_400.0);
        prop_assert!(near(days(counted, guesses), exact_days));
    }

    #[test]
    fn more_length_more_characters_and_fewer_guesses_never_help_the_attacker(
        length in 1_u32..30, pool in 2_u32..90, guesses in 1.0_f64..1e9,
    ) {
        prop_assert!(values(length + 1, f64::from(pool)) > values(length, f64::from(pool)));
        prop_assert!(values(length, f64::from(pool + 1)) > values(length, f64::from(pool)));
        let here = values(length, f64::from(pool));
        prop_assert!(days(here, guesses) >= days(here, guesses * 2.0));
        prop_assert!(success(here, guesses) <= success(here, guesses * 2.0));
        prop_assert!((0.0..=1.0).contains(&success(here, guesses)));
    }

    /// Of what is left open, no verdict: it is drawn only where both ends come to the same.
    #[test]
    fn a_verdict_over_a_span_is_that_of_both_ends(
        least in 1.0_f64..1e12, more in 1.0_f64..1e6, slow in 1.0_f64..1e6, faster in 1.0_f64..1e3,
    ) {
        let span = Span { least, most: least * more };
        let pace = Span { least: slow, most: slow * faster };
        let worst = holds_out(Span::exactly(span.least), Pace::PerDay(Span::exactly(pace.most)), 100.0, 0.01);
        let best = holds_out(Span::exactly(span.most), Pace::PerDay(Span::exactly(pace.least)), 100.0, 0.01);
        let over = holds_out(span, Pace::PerDay(pace), 100.0, 0.01);
        prop_assert_eq!(over, if worst == best { worst } else { None });
    }

    /// No mixture of inputs without a secret leaves more than the product of what can be counted.
    #[test]
    fn nothing_known_adds_a_value(inputs in proptest::sample::subsequence(vec!["mac", "serial", "ssid", "model", "constant", "date", "counter"], 1..7), length in 1_u32..40) {
        let left = of_generation(&generation(&inputs, length, 62), policy()).expect("told");
        let counted = if inputs.contains(&"counter") { 1e6 } else { 1.0 } * if inputs.contains(&"date") { 3_650.0 } else { 1.0 };
        prop_assert!(left.most <= counted);
        prop_assert_eq!(left.least, 1.0);
    }
}
