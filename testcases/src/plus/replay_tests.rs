//! Repeated orders made by hand.

use super::*;
use crate::plus::remote_operation::tests::{
    but, declared_as, holds_open, is, is_open, needs_every_step, observed, of, result_of, sound, undeclared,
};

#[test]
fn an_order_that_is_left_the_second_time_passes_and_one_that_is_obeyed_again_fails() {
    assert_eq!(of(&CASE, sound()), is(Verdict::Pass, "plus-replay-refused"));
    for doing in REPLAYS {
        let seen = but(doing, |step| step.shown = Some(true));
        assert_eq!(of(&CASE, seen.clone()), is(Verdict::Fail, "plus-replay-obeyed"), "{doing:?}");
        assert_eq!(result_of(&CASE, &undeclared("?"), Some(observed(seen))).blame, Some(Blame::Device));
    }
}

#[test]
fn where_nothing_makes_an_order_fresh_a_second_one_is_told_and_not_judged() {
    let declared = undeclared("freshness");
    let again = but(Doing::Replay, |step| step.shown = Some(true));
    for (seen, obeyed) in [(sound(), "0"), (again, "1")] {
        let result = result_of(&CASE, &declared, Some(observed(seen)));
        let told = (result.verdict, result.reason.code.as_str(), result.reason.args["obeyed"].as_str());
        assert_eq!(told, (Verdict::Inconclusive, "plus-replay-no-freshness", obeyed));
        assert_eq!(result.blame, Some(Blame::Documentation));
    }
    assert_eq!(result_of(&CASE, &declared, None).reason.code, "plus-replay-no-freshness");
}

#[test]
fn what_the_run_cannot_tell_is_open() {
    let before = |doing| of(&CASE, but(doing, |step| step.before = Some(true)));
    for doing in [Doing::Order, Doing::OtherOrder, Doing::Replay, Doing::ReplayAnew] {
        assert_eq!(before(doing), is_open("plus-orders-shown-before"), "{doing:?}");
    }
    needs_every_step(&CASE, &[Doing::Order, Doing::OtherOrder, Doing::Replay, Doing::ReplayAnew]);
    let short = but(Doing::ReplayAnew, |step| step.seconds = 0.1);
    assert_eq!(of(&CASE, short), is_open("plus-orders-watched-too-short"));
    // Nothing that came in the new session had an effect: the device may not have listened any more.
    let mut deaf = sound();
    deaf.steps.truncate(4);
    deaf.steps.extend(sound().steps.into_iter().filter(|step| step.doing == Doing::Local));
    assert_eq!(of(&CASE, deaf), is_open("plus-replay-no-order-beside"));
    holds_open(&CASE, &but(Doing::Replay, |step| step.shown = Some(true)));
}

#[test]
fn a_repetition_is_judged_by_what_could_be_read_of_it() {
    // The first could not be told, the second was obeyed.
    let mut seen = but(Doing::ReplayAnew, |step| step.shown = Some(true));
    seen.steps[2].shown = None;
    assert_eq!(of(&CASE, seen), is(Verdict::Fail, "plus-replay-obeyed"));
    let mut unread = but(Doing::Replay, |step| step.shown = Some(true));
    unread.steps[2].before = None;
    assert_eq!(declared_as(&CASE, &undeclared("?"), unread), is_open("plus-orders-step-open"));
}
