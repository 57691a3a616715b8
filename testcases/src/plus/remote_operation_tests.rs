//! Courses of orders made by hand, and what all three cases say of one that tells nothing.

use serde_json::json;

use super::*;
use crate::plus::PlusCase;
use crate::test_facts::{Seen, TestFacts};
use crate::texts::{Language, Texts};

/// A declared operation with everything.
pub(in crate::plus) const REMOTE: &str = r#"[remote_operation]
through = "ComMech-Cloud"
topic = "heater/{serial}/order"
seen = { kind = "http", port = 8443, tls = true, target = "/status", who = ["AuthMech-Api"] }
freshness = "number"
local_hold_seconds = 10
takes_seconds = 2
stop = { says = '{"n": {number}, "go": false}', shows = '"go":false' }
release = { access = { kind = "http", port = 8443, target = "/go", who = ["AuthMech-Api"] }, shows = '"go":true' }
local = [{ access = { kind = "http", port = 8443, target = "/set", who = ["AuthMech-Api"] }, shows = '"t":43' }]
order = [
  { says = '{"n": {number}, "t": 45}', shows = '"t":45' },
  { says = '{"n": {number}, "t": 46}', shows = '"t":46' },
]
"#;

/// The communication over which orders come.
const IXIT: &str = r#"[[com_mech]]
id = "ComMech-Cloud"
role = "client"
crypto = [{ purpose = "transport", protocol = "TLS", versions = ["1.3"] }]
endpoint = [{ transport = "tcp", port = 8883, application = "mqtts", host = "orders.example" }]
"#;

fn step(doing: Doing, shown: bool) -> Step {
    let local = matches!(doing, Doing::Local | Doing::Release);
    let kept = matches!(doing, Doing::OrderInHold | Doing::OrderWhileStopped);
    Step {
        doing,
        sent: "what was sent".to_owned(),
        shows: vec!["\"t\":45".to_owned()],
        before: Some(false),
        shown: Some(shown),
        seconds: if shown { 0.2 } else { 2.0 },
        kept: kept.then_some(true),
        status: local.then_some(200),
        note: String::new(),
    }
}

/// What a sound device shows.
pub(in crate::plus) fn sound() -> OrdersSeen {
    let without_effect = [Doing::Replay, Doing::ReplayAnew, Doing::OrderInHold];
    let all = [
        Doing::Order,
        Doing::OtherOrder,
        Doing::Replay,
        Doing::ReplayAnew,
        Doing::OrderBeforeLocal,
        Doing::Local,
        Doing::OrderInHold,
        Doing::OrderAfterHold,
        Doing::Stop,
        Doing::OrderWhileStopped,
        Doing::Release,
    ];
    OrdersSeen {
        row: "ComMech-Cloud".to_owned(),
        host: "orders.example".to_owned(),
        reader: "logged-in".to_owned(),
        session: SessionEnd::Subscribed,
        session_detail: None,
        freshness: Some("number".to_owned()),
        hold_seconds: Some(10.0),
        takes_seconds: 2.0,
        steps: all.map(|doing| step(doing, !without_effect.contains(&doing))).to_vec(),
        restored: Some(true),
    }
}

/// What a device shows that differs in one step.
pub(in crate::plus) fn but(doing: Doing, change: impl Fn(&mut Step)) -> OrdersSeen {
    let mut seen = sound();
    seen.steps.iter_mut().filter(|step| step.doing == doing).for_each(change);
    seen
}

/// What a device shows where these steps were left out.
pub(in crate::plus) fn without(left_out: &[Doing]) -> OrdersSeen {
    let mut seen = sound();
    seen.steps.retain(|step| !left_out.contains(&step.doing));
    seen
}

/// The declaration without a line.
pub(in crate::plus) fn undeclared(key: &str) -> String {
    let kept = |line: &&str| !line.starts_with(key);
    REMOTE.lines().filter(kept).map(|line| format!("{line}\n")).collect()
}

/// An observation with so many steps as there are.
pub(in crate::plus) fn observed(seen: OrdersSeen) -> Seen {
    let steps = seen.steps.len() as u64;
    Seen::by(PROBE, seen).attempts(steps)
}

/// The one result of a case, which says in both languages what it says.
#[track_caller]
pub(in crate::plus) fn result_of(case: &PlusCase, declared: &str, seen: Option<Seen>) -> ItemResult {
    let mut facts = TestFacts::beyond(IXIT, declared);
    if let Some(seen) = seen {
        facts = facts.observed(seen);
    }
    let mut results = (case.judge)(&facts.facts());
    assert_eq!(results.len(), 1, "{results:#?}");
    let result = results.remove(0);
    for language in Language::ALL {
        let texts = Texts::of(*language);
        assert!(texts.reasons.contains_key(&result.reason.code), "{} has no words", result.reason.code);
        let (text, expected, actual) = texts.reason(&result.reason);
        let said = [Some(text), expected, actual].into_iter().flatten().collect::<String>();
        // Braces of the declared topic apart, everything that the words name was filled in.
        assert!(!said.replace("{serial}", "").contains('{'), "{said}");
    }
    let decided = matches!(result.verdict, Verdict::Pass | Verdict::Fail);
    assert_eq!(result.blame.is_none(), result.verdict == Verdict::Pass);
    assert!(!decided || (!result.evidence.is_empty() && result.effort.is_some()));
    result
}

/// Verdict and code of a whole course.
#[track_caller]
pub(in crate::plus) fn of(case: &PlusCase, seen: OrdersSeen) -> (Verdict, String) {
    declared_as(case, REMOTE, seen)
}

/// The same with another declaration.
#[track_caller]
pub(in crate::plus) fn declared_as(case: &PlusCase, declared: &str, seen: OrdersSeen) -> (Verdict, String) {
    let result = result_of(case, declared, Some(observed(seen)));
    (result.verdict, result.reason.code)
}

/// PASS, FAIL, or open, with a code.
pub(in crate::plus) fn is(verdict: Verdict, code: &str) -> (Verdict, String) {
    (verdict, code.to_owned())
}

/// Open with a code.
pub(in crate::plus) fn is_open(code: &str) -> (Verdict, String) {
    is(Verdict::Inconclusive, code)
}

/// Holds a case to what all three say where nothing, or nothing whole, was seen.
#[track_caller]
pub(in crate::plus) fn holds_open(case: &PlusCase, failing: &OrdersSeen) {
    let open = |declared: &str, seen: Option<Seen>, code: &str, blame: Blame| {
        let result = result_of(case, declared, seen);
        assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Inconclusive, code));
        assert_eq!(result.blame, Some(blame), "{code}");
    };
    open("", Some(observed(sound())), "plus-orders-not-declared", Blame::Documentation);
    open(REMOTE, None, "plus-orders-not-sent", Blame::Lab);
    let coap = REMOTE.replace("seen = { kind = \"http\"", "seen = { kind = \"coap\"");
    open(&coap, None, "plus-orders-not-driven", Blame::Documentation);
    let unknown = REMOTE.replace("ComMech-Cloud", "ComMech-Other");
    open(&unknown, None, "plus-orders-no-service", Blame::Documentation);
    let so = |change: &dyn Fn(&mut OrdersSeen), code: &str, blame: Blame| {
        let mut seen = failing.clone();
        change(&mut seen);
        open(REMOTE, Some(observed(seen)), code, blame);
    };
    so(&|seen| *seen = OrdersSeen::default(), "plus-orders-not-played", Blame::Lab);
    so(&|seen| seen.reader = "refused".to_owned(), "plus-orders-reader", Blame::Lab);
    let ended = |session: SessionEnd| move |seen: &mut OrdersSeen| seen.session = session;
    so(&ended(SessionEnd::NotTried), "plus-orders-not-played", Blame::Lab);
    so(&ended(SessionEnd::NoConnection), "plus-orders-no-connection", Blame::Lab);
    so(&ended(SessionEnd::NotTaken), "plus-orders-service-not-taken", Blame::Lab);
    let blame = Blame::DeviceOrDocumentation;
    so(&ended(SessionEnd::NotSubscribed), "plus-orders-not-subscribed", blame);
    so(&|seen| seen.steps.clear(), "plus-orders-not-finished", Blame::Lab);
    so(&|seen| seen.steps[0].shown = Some(false), "plus-orders-without-effect", blame);
    so(&|seen| seen.steps[1].shown = Some(false), "plus-orders-without-effect", blame);
    // A panic of the probe leaves no result of its type, and its trouble is told.
    let broken = Seen::by(PROBE, json!(null)).ended(Outcome::ToolTrouble, "stopped unexpectedly");
    let result = result_of(case, REMOTE, Some(broken));
    assert_eq!(result.reason.code, "plus-orders-not-played");
    assert_eq!(result.reason.args["trouble"], "stopped unexpectedly");
    // What was seen before a course ended early may fail; it never passes, and trouble of the tool does neither.
    let partial = |seen: &OrdersSeen| observed(seen.clone()).ended(Outcome::Partial, "time was over");
    open(REMOTE, Some(partial(&sound())), "plus-orders-not-finished", Blame::Lab);
    assert_eq!(result_of(case, REMOTE, Some(partial(failing))).verdict, Verdict::Fail);
    for outcome in [Outcome::ToolTrouble, Outcome::Refused] {
        let trouble = observed(failing.clone()).ended(outcome, "no more");
        open(REMOTE, Some(trouble), "plus-orders-not-finished", Blame::Lab);
    }
    let few = Seen::by(PROBE, sound()).attempts(3);
    open(REMOTE, Some(few), "plus-orders-too-few", Blame::Lab);
    assert_eq!(of(case, failing.clone()).0, Verdict::Fail);
}

/// Holds a case to be open where the state before or after a step could not be read, or the step was not made.
#[track_caller]
pub(in crate::plus) fn needs_every_step(case: &PlusCase, steps: &[Doing]) {
    for doing in steps {
        let open = is_open("plus-orders-step-open");
        assert_eq!(of(case, but(*doing, |step| step.before = None)), open, "{doing:?}");
        assert_eq!(of(case, but(*doing, |step| step.shown = None)), open, "{doing:?}");
        assert_eq!(of(case, without(&[*doing])), open, "{doing:?}");
    }
}

#[test]
fn every_step_has_the_name_that_the_observation_gives_it() {
    for step in sound().steps {
        assert_eq!(json!(named(step.doing)), json!(step.doing));
    }
}

#[test]
fn a_step_that_tells_is_the_evidence_and_names_what_was_sent() {
    let replayed = but(Doing::Replay, |step| step.shown = Some(true));
    let result = result_of(&crate::plus::cases::replay::CASE, REMOTE, Some(observed(replayed)));
    assert_eq!((result.item.as_str(), result.evidence[0].at.as_str()), ("ComMech-Cloud", "step 3"));
    assert_eq!(
        (result.reason.args["sent"].as_str(), &*result.reason.args["step"]),
        ("what was sent", "replay")
    );
}
