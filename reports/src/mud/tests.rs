use ixit::Declaration;
use testcases::Facts;

use super::*;
use crate::test_run::{TestRun, call, plain};

fn read(file: &str) -> Mud {
    let (mud, findings) = Mud::from_bytes("documents/x.json", file.as_bytes());
    assert_eq!(findings, [], "what is proposed is sound");
    mud.expect("a file")
}

fn codes(mud: &Mud, declaration: &Declaration) -> Vec<String> {
    ixit::mud::compare(mud, declaration).into_iter().map(|finding| finding.code).collect()
}

fn proposed(facts: &Facts<'_>) -> (Mud, Proposal) {
    let proposal = propose(facts, None, Language::En);
    (read(&proposal.file), proposal)
}

fn run() -> TestRun {
    let mut called = plain("192.0.2.9", 8443);
    called.initiator = Initiator::Peer;
    TestRun::new().heard(vec![
        call("cloud.example", "198.51.100.7", 8883),
        call("tracker.example", "203.0.113.5", 443),
        called,
    ])
}

#[test]
fn what_is_proposed_from_a_capture() {
    let run = run();
    let (_, proposal) = proposed(&run.facts());
    insta::assert_snapshot!(format!("{}\n{}", proposal.file, proposal.beside));
}

#[test]
fn only_declared_and_seen_flows_are_allowed() {
    let run = run();
    let facts = run.facts();
    let (mud, proposal) = proposed(&facts);
    // The update service was not seen: a network would cut it off, and that is said, not hidden.
    assert_eq!(codes(&mud, facts.declaration), ["mud-lacks-mechanism"]);
    assert!(mud.rules.iter().all(|rule| rule.peer != Peer::Name("tracker.example".to_owned())));
    assert!(proposal.beside.contains("tracker.example:443/tcp"), "{}", proposal.beside);
    assert!(proposal.beside.contains("Update: update.example:8444/tcp"), "{}", proposal.beside);
}

#[test]
fn everything_declared_and_seen_agrees_with_the_declaration() {
    let mut called = plain("192.0.2.9", 8443);
    called.initiator = Initiator::Peer;
    let run = TestRun::new().heard(vec![
        call("cloud.example", "198.51.100.7", 8883),
        call("update.example", "2001:db8::7", 8444),
        called,
    ]);
    let facts = run.facts();
    let (mud, _) = proposed(&facts);
    assert_eq!(codes(&mud, facts.declaration), [] as [&str; 0]);
    let update: Vec<Family> = mud
        .rules
        .iter()
        .filter(|rule| rule.peer == Peer::Name("update.example".to_owned()))
        .map(|rule| rule.family)
        .collect();
    assert_eq!(update, [Family::V6, Family::V6], "only the version of IP that was seen");
}

#[test]
fn a_call_that_nobody_answered_allows_nothing() {
    let mut called = plain("192.0.2.9", 8443);
    (called.initiator, called.established, called.sent) = (Initiator::Peer, 0, 0);
    let run = TestRun::new().heard(vec![called]);
    let (mud, proposal) = proposed(&run.facts());
    assert!(mud.rules.is_empty());
    assert!(proposal.beside.contains("Web: 8443/tcp"), "{}", proposal.beside);
}

#[test]
fn a_run_without_captures_proposes_nothing_and_says_so() {
    let run = TestRun::new();
    for language in Language::ALL {
        let proposal = propose(&run.facts(), None, *language);
        assert!(read(&proposal.file).rules.is_empty());
        assert!(proposal.beside.contains(Words::of(*language).ui("mud-no-captures")));
    }
}

#[test]
fn names_from_the_network_cannot_begin_a_line() {
    let run = TestRun::new().heard(vec![call("a\n\u{1b}[2Jb.example", "203.0.113.5", 443)]);
    let (_, proposal) = proposed(&run.facts());
    assert!(!proposal.beside.contains('\u{1b}') && !proposal.beside.contains("\nb.example"));
}
