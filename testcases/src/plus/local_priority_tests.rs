//! Local operations and orders made by hand.

use super::*;
use crate::plus::remote_operation::tests::{
    but, declared_as, holds_open, is, is_open, needs_every_step, of, sound, undeclared, without,
};

const STEPS: [Doing; 4] = [Doing::OrderBeforeLocal, Doing::Local, Doing::OrderInHold, Doing::OrderAfterHold];

fn overridden() -> OrdersSeen {
    but(Doing::OrderInHold, |step| (step.shown, step.kept, step.seconds) = (Some(true), Some(false), 0.2))
}

#[test]
fn a_local_operation_that_keeps_orders_out_passes_and_one_that_is_undone_fails() {
    assert_eq!(of(&CASE, sound()), is(Verdict::Pass, "plus-local-kept"));
    assert_eq!(of(&CASE, overridden()), is(Verdict::Fail, "plus-local-overridden"));
    // An order that shows beside what was set locally was not kept out either.
    let beside = but(Doing::OrderInHold, |step| (step.shown, step.seconds) = (Some(true), 0.2));
    assert_eq!(of(&CASE, beside), is(Verdict::Fail, "plus-local-overridden"));
}

#[test]
fn a_local_operation_without_effect_fails_only_where_the_device_took_it() {
    let status = |status: Option<u16>| {
        of(&CASE, but(Doing::Local, |step| (step.shown, step.status) = (Some(false), status)))
    };
    for taken in [200, 204, 409, 423] {
        assert_eq!(status(Some(taken)), is(Verdict::Fail, "plus-local-not-taken"), "{taken}");
    }
    for refused in [Some(401), Some(403), None] {
        assert_eq!(status(refused), is_open("plus-local-not-let-in"), "{refused:?}");
    }
    for other in [302, 400, 404, 500] {
        assert_eq!(status(Some(other)), is_open("plus-local-not-understood"), "{other}");
    }
    // Without a declared time too.
    let seen = but(Doing::Local, |step| step.shown = Some(false));
    let declared = undeclared("local_hold_seconds");
    assert_eq!(declared_as(&CASE, &declared, seen), is(Verdict::Fail, "plus-local-not-taken"));
}

#[test]
fn what_is_not_declared_is_open_until_it_is() {
    let declared = undeclared("local_hold_seconds");
    let no_hold = without(&[Doing::OrderInHold, Doing::OrderAfterHold]);
    assert_eq!(declared_as(&CASE, &declared, no_hold), is_open("plus-local-no-hold-declared"));
    let declared = undeclared("local =");
    assert_eq!(declared_as(&CASE, &declared, sound()), is_open("plus-local-not-declared"));
}

#[test]
fn an_order_that_may_have_waited_for_the_end_of_the_hold_is_open() {
    let late = but(Doing::OrderInHold, |step| (step.shown, step.seconds) = (Some(true), 9.9));
    assert_eq!(of(&CASE, late), is_open("plus-local-obeyed-late"));
    let unknown = OrdersSeen { hold_seconds: None, ..overridden() };
    assert_eq!(of(&CASE, unknown), is_open("plus-local-obeyed-late"));
}

#[test]
fn what_the_run_cannot_tell_is_open() {
    let with = |doing, change: fn(&mut Step)| of(&CASE, but(doing, change));
    assert_eq!(with(Doing::Local, |step| step.before = Some(true)), is_open("plus-orders-shown-before"));
    let shown: fn(&mut Step) = |step| (step.before, step.shown) = (Some(true), Some(true));
    assert_eq!(with(Doing::OrderInHold, shown), is_open("plus-orders-shown-before"));
    assert_eq!(with(Doing::OrderInHold, |step| step.kept = Some(false)), is_open("plus-local-state-left"));
    assert_eq!(with(Doing::OrderInHold, |step| step.kept = None), is_open("plus-orders-step-open"));
    assert_eq!(with(Doing::OrderInHold, |step| step.seconds = 0.1), is_open("plus-orders-watched-too-short"));
    let afterwards = is_open("plus-local-no-order-afterwards");
    assert_eq!(with(Doing::OrderAfterHold, |step| step.shown = Some(false)), afterwards);
    assert_eq!(with(Doing::OrderAfterHold, |step| step.before = Some(true)), afterwards);
    let deaf = is_open("plus-orders-without-effect");
    assert_eq!(with(Doing::OrderBeforeLocal, |step| step.shown = Some(false)), deaf);
    needs_every_step(&CASE, &STEPS);
    holds_open(&CASE, &overridden());
}

#[test]
fn without_an_order_that_took_effect_beside_it_nothing_is_told() {
    let mut seen = but(Doing::Local, |step| step.shown = Some(false));
    seen.steps[4].before = Some(true);
    seen.steps.truncate(6);
    assert_eq!(of(&CASE, seen), is_open("plus-orders-without-effect"));
}
