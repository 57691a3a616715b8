use probes::Outcome;
use probes::probe::hostile_input::{Family, FamilyTried, Minimized};

use super::*;
use crate::test_facts::{Seen, TestFacts};

const UNIT: &str = "5.13-1-2:a";
const INPUTS: &str = "[[inp_val]]\nid = \"InpVal-Web\"\ndescription = \"Checks\"\nsources = [\"ExtAPI-1\"]\n\
    inputs = [{ kind = \"json\", port = 443, method = \"PUT\", target = \"/t\", shown_at = \"/t\", \
    fields = [{ name = \"c\", kind = \"integer\", value = \"40\", least = 30, most = 60 }] }]\n";

fn sound() -> InputTried {
    InputTried {
        row: "InpVal-Web".to_owned(),
        kind: "json".to_owned(),
        label: "PUT tcp/443 /t".to_owned(),
        control_before: "taken".to_owned(),
        control_after: "taken".to_owned(),
        state_read: true,
        families: Family::ALL
            .map(|family| FamilyTried {
                family,
                planned: 60,
                sent: 60,
                refused: 50,
                accepted: 10,
                unclear: 0,
            })
            .to_vec(),
        ..InputTried::default()
    }
}

fn finding(what: &str, reproduced: bool) -> Finding {
    Finding {
        what: what.to_owned(),
        generator: "grammar".to_owned(),
        number: 7,
        family: "value".to_owned(),
        told: "c: far above the most".to_owned(),
        seen: "c is shown as \"607\"".to_owned(),
        n: 12,
        reproduced,
        minimized: None,
    }
}

fn with(findings: &[(&str, bool)]) -> InputTried {
    let findings = findings.iter().map(|(what, reproduced)| finding(what, *reproduced)).collect();
    InputTried { findings, ..sound() }
}

fn observed(inputs: Vec<InputTried>) -> TestFacts {
    let seen = HostileInput { seed: "s".to_owned(), inputs, profile: None };
    TestFacts::declared(INPUTS).observed(Seen::by("hostile-input", seen))
}

fn judged(input: InputTried) -> (Verdict, String) {
    let result = observed(vec![input]).judge_one(UNIT);
    (result.verdict, result.reason.code)
}

fn is(verdict: Verdict, code: &str) -> (Verdict, String) {
    (verdict, code.to_owned())
}

#[test]
fn a_row_that_refuses_everything_passes_and_each_bad_twin_fails() {
    assert_eq!(judged(sound()), is(Verdict::Pass, "unexpected-input-refused"));
    for (what, code) in FAILING {
        assert_eq!(judged(with(&[(what, true)])), is(Verdict::Fail, code));
    }
    let worst = judged(with(&[("stored-beyond-limits", true), ("crash", true)]));
    assert_eq!(worst, is(Verdict::Fail, "input-ends-device"));
}

#[test]
fn a_failure_names_the_case_and_keeps_the_smallest_input() {
    let mut input = with(&[("crash", true)]);
    input.findings[0].minimized = Some(Minimized {
        octets: 3,
        of: 900,
        shown: "[[[".to_owned(),
        reference: "sha256:abc".to_owned(),
        ..Minimized::default()
    });
    let result = observed(vec![input]).judge_one(UNIT);
    assert_eq!((result.by, result.blame), (By::Machine, Some(Blame::Device)));
    assert!(result.reason.args["found"].contains("3 octets of body: [[["));
    assert_eq!(result.reason.args["case"], "grammar 7");
    assert!(result.evidence.iter().any(|evidence| evidence.reference == "sha256:abc"));
}

#[test]
fn what_ended_the_device_once_and_never_again_stays_open() {
    assert_eq!(judged(with(&[("crash", false)])), is(Verdict::Inconclusive, "device-ended-once"));
    let both = judged(with(&[("crash", false), ("processed", true)]));
    assert_eq!(both, is(Verdict::Fail, "unexpected-input-processed"));
}

#[test]
fn without_control_or_effort_nothing_passes() {
    let refused = InputTried { control_before: "no-login".to_owned(), ..sound() };
    assert_eq!(judged(refused), is(Verdict::Inconclusive, "input-control-failed"));
    let gone = InputTried { control_after: "no-answer".to_owned(), ..sound() };
    assert_eq!(judged(gone), is(Verdict::Inconclusive, "input-control-failed"));
    let mut short = sound();
    short.families.iter_mut().for_each(|family| (family.planned, family.sent) = (40, 40));
    assert_eq!(judged(short), is(Verdict::Inconclusive, "too-few-unexpected-inputs"));
    let mut cut = sound();
    (cut.families[2].planned, cut.families[2].sent) = (400, 300);
    assert_eq!(judged(cut), is(Verdict::Inconclusive, "too-few-unexpected-inputs"));
    let mut without = sound();
    (without.families[3].planned, without.families[3].sent) = (0, 0);
    assert_eq!(judged(without), is(Verdict::Inconclusive, "too-few-unexpected-inputs"));
    let none = TestFacts::declared(INPUTS).judge_one(UNIT);
    assert_eq!((none.verdict, none.reason.code.as_str()), (Verdict::Inconclusive, "observation-missing"));
    let other = InputTried { row: "InpVal-Other".to_owned(), ..sound() };
    assert_eq!(judged(other), is(Verdict::Inconclusive, "observation-incomplete"));
    let seen = HostileInput::default();
    let refused = Seen::by("hostile-input", seen).ended(Outcome::Refused, "the bench does not agree");
    let left_out = TestFacts::declared(INPUTS).observed(refused).judge_one(UNIT);
    assert_eq!(left_out.verdict, Verdict::Inconclusive);
    assert_eq!(left_out.blame, Some(Blame::Lab));
}

#[test]
fn the_short_run_of_the_simulated_device_needs_less() {
    let mut short = sound();
    short.families.iter_mut().for_each(|family| (family.planned, family.sent) = (6, 6));
    let seen =
        HostileInput { profile: Some("matrix".to_owned()), inputs: vec![short], ..HostileInput::default() };
    let result = TestFacts::declared(INPUTS).observed(Seen::by("hostile-input", seen)).judge_one(UNIT);
    assert_eq!(result.verdict, Verdict::Pass);
}

#[test]
fn what_can_be_read_in_two_ways_is_for_a_person() {
    for what in ["server-error", "internals-told", "altered", "taken-unseen"] {
        let result = observed(vec![with(&[(what, true)])]).judge_one(UNIT);
        let open = result.open.expect("a question");
        assert_eq!(
            (result.verdict, open.prejudgement),
            (Verdict::Inconclusive, Some(Verdict::Fail)),
            "{what}"
        );
        assert!(open.shown.iter().any(|shown| shown.text.contains(what)));
    }
    let mut mute = InputTried { state_read: false, ..sound() };
    mute.families[0].unclear = 60;
    assert!(observed(vec![mute.clone()]).judge_one(UNIT).open.is_some());
    mute.kind = "datagram".to_owned();
    assert_eq!(judged(mute), is(Verdict::Pass, "unexpected-input-refused"));
}

#[test]
fn a_row_whose_input_no_program_sends_is_for_a_person() {
    let ixit =
        "[[inp_val]]\nid = \"InpVal-Panel\"\ndescription = \"Key presses\"\nsources = [\"UserIntf-1\"]\n";
    let result = TestFacts::declared(ixit).judge_one(UNIT);
    assert_eq!((result.verdict, result.by), (Verdict::Inconclusive, By::Assisted));
    assert_eq!(result.open.expect("a question").prejudgement, None);
}

#[test]
fn a_source_without_any_check_contradicts_the_criterion() {
    let uncovered = format!("{INPUTS}[[ext_api]]\nid = \"ExtAPI-1\"\n[[user_intf]]\nid = \"UserIntf-1\"\n");
    let of = |ixit: &str, id: &str| {
        let results = TestFacts::declared(ixit).judge("5.13-1-1:a");
        let result = results.into_iter().find(|result| result.item == id).expect("a result");
        (result.verdict, result.reason.code)
    };
    assert_eq!(of(&uncovered, "UserIntf-1"), is(Verdict::Fail, "input-source-uncovered"));
    assert_eq!(of(&uncovered, "ExtAPI-1"), is(Verdict::Pass, "input-source-covered"));
    let silent = uncovered.replace("sources = [\"ExtAPI-1\"]", "");
    assert_eq!(of(&silent, "UserIntf-1"), is(Verdict::Inconclusive, "waits-for-assessor"));
}
