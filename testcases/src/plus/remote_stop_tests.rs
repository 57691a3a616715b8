//! Stops made by hand.

use probes::probe::remote_orders::Step;

use super::*;
use crate::plus::remote_operation::tests::{
    but, declared_as, holds_open, is, is_open, needs_every_step, observed, of, result_of, sound, undeclared,
    without,
};

fn ended() -> OrdersSeen {
    but(Doing::OrderWhileStopped, |step| step.kept = Some(false))
}

#[test]
fn a_stop_that_holds_until_it_is_ended_locally_passes() {
    assert_eq!(of(&CASE, sound()), is(Verdict::Pass, "plus-stop-safe"));
    // Whether what was ordered meanwhile shows is nothing against it.
    let left = but(Doing::OrderWhileStopped, |step| step.shown = Some(false));
    assert_eq!(of(&CASE, left), is(Verdict::Pass, "plus-stop-safe"));
}

#[test]
fn a_stop_without_effect_or_ended_from_afar_fails() {
    let nothing = but(Doing::Stop, |step| step.shown = Some(false));
    assert_eq!(of(&CASE, nothing.clone()), is(Verdict::Fail, "plus-stop-without-effect"));
    let result = result_of(&CASE, &undeclared("?"), Some(observed(nothing)));
    assert_eq!(result.blame, Some(Blame::DeviceOrDocumentation));
    assert_eq!(of(&CASE, ended()), is(Verdict::Fail, "plus-stop-ended-from-afar"));
    let result = result_of(&CASE, &undeclared("?"), Some(observed(ended())));
    assert_eq!(result.blame, Some(Blame::Device));
    // Without a declared release too.
    let declared = undeclared("release");
    assert_eq!(declared_as(&CASE, &declared, ended()), is(Verdict::Fail, "plus-stop-ended-from-afar"));
}

#[test]
fn a_stop_in_a_session_in_which_nothing_is_obeyed_is_open() {
    let mut deaf = but(Doing::Stop, |step| step.shown = Some(false));
    let kept = [Doing::Order, Doing::OtherOrder, Doing::Replay, Doing::ReplayAnew, Doing::Stop];
    deaf.steps.retain(|step| kept.contains(&step.doing));
    assert_eq!(of(&CASE, deaf.clone()), is_open("plus-orders-without-effect"));
    // With no new session in between, the orders of the first speak for it.
    deaf.steps.retain(|step| step.doing != Doing::ReplayAnew);
    assert_eq!(of(&CASE, deaf), is(Verdict::Fail, "plus-stop-without-effect"));
}

#[test]
fn what_is_not_declared_is_open_until_it_is() {
    assert_eq!(declared_as(&CASE, &undeclared("stop"), sound()), is_open("plus-stop-not-declared"));
    let declared = undeclared("release");
    let no_release = without(&[Doing::Release]);
    assert_eq!(declared_as(&CASE, &declared, no_release), is_open("plus-stop-no-release-declared"));
    let not_stopped = without(&[Doing::Stop, Doing::OrderWhileStopped, Doing::Release]);
    assert_eq!(declared_as(&CASE, &declared, not_stopped), is_open("plus-stop-no-release-declared"));
}

#[test]
fn what_the_run_cannot_tell_is_open() {
    let with = |doing, change: fn(&mut Step)| of(&CASE, but(doing, change));
    assert_eq!(with(Doing::Stop, |step| step.before = Some(true)), is_open("plus-stop-shown-before"));
    assert_eq!(with(Doing::OrderWhileStopped, |step| step.kept = None), is_open("plus-orders-step-open"));
    let not_released = is_open("plus-stop-not-released");
    assert_eq!(with(Doing::Release, |step| step.shown = Some(false)), not_released);
    assert_eq!(with(Doing::Release, |step| step.shown = None), not_released);
    assert_eq!(with(Doing::Release, |step| step.before = Some(true)), not_released);
    assert_eq!(of(&CASE, without(&[Doing::Release])), not_released);
    needs_every_step(&CASE, &[Doing::Stop, Doing::OrderWhileStopped]);
    // The state was not read when the order came: the stop may be gone for it or not.
    let unread: fn(&mut Step) = |step| (step.shown, step.kept) = (None, Some(false));
    assert_eq!(with(Doing::OrderWhileStopped, unread), is_open("plus-orders-step-open"));
    holds_open(&CASE, &ended());
}
