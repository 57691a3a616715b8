use probes::Outcome;
use probes::probe::udp_services::UdpState;

use super::*;
use crate::test_facts::{Seen, TestFacts};
use crate::test_network::{asked, sweep};

const STATE: DutState = DutState::Initialized;

fn trial(way: RelayWay, target: RelayTarget, code: Option<u16>) -> RelayTrial {
    RelayTrial { way, tls: false, target, reply: Reply::Answered, code, through: 0 }
}

/// What a web server answers that relays nothing.
fn sound() -> Vec<RelayTrial> {
    let targets =
        [RelayTarget::Nobody, RelayTarget::Itself, RelayTarget::ClosedPort, RelayTarget::Documentation];
    let connect = targets.map(|target| trial(RelayWay::Connect, target, Some(405)));
    let address = targets.map(|target| trial(RelayWay::WholeAddress, target, Some(200)));
    let socks = [RelayWay::Socks4, RelayWay::Socks5].map(|way| trial(way, RelayTarget::Itself, None));
    connect.into_iter().chain(address).chain(socks).collect()
}

fn port(trials: Vec<RelayTrial>) -> Seen {
    Seen::by("open-relay", RelayTrials { port: 8443, tls: false, trials, alive: true })
}

fn udp(exchanges: &[(u16, &str, u64, u64)], recursion: &[(u16, bool, u8)]) -> Seen {
    let exchanges = exchanges.iter().map(|(port, service, asked, answered)| Exchange {
        port: *port,
        service: (*service).to_owned(),
        asked: *asked,
        answered: *answered,
        answers: u32::from(*answered > 0),
        refused: *answered == 0,
    });
    let recursion = recursion.iter().map(|(port, available, code)| Recursion {
        port: *port,
        name: "hantei-x.invalid".to_owned(),
        answered: true,
        available: *available,
        code: Some(*code),
    });
    Seen::by(
        "udp-relay",
        UdpRelayFacts {
            address: [127, 64, 0, 1].into(),
            exchanges: exchanges.collect(),
            recursion: recursion.collect(),
        },
    )
}

const QUIET: &[(u16, &str, u64, u64)] = &[(123, "ntp", 48, 0), (5353, "mdns", 46, 120)];

/// Results with these trials at the one open port and these answers over UDP.
fn results(ixit: &str, trials: Seen, answers: Seen) -> Vec<ItemResult> {
    let facts = TestFacts::declared(ixit);
    let facts =
        facts.observed(sweep(STATE, &[8443])).observed(asked(STATE, &[])).observed(trials).observed(answers);
    judge(&facts.facts())
}

fn codes(results: &[ItemResult]) -> Vec<(&str, Verdict)> {
    results.iter().map(|result| (result.reason.code.as_str(), result.verdict)).collect()
}

fn of_trials(change: &[(RelayWay, RelayTarget, Option<u16>)]) -> (String, Verdict) {
    let mut trials = sound();
    for (way, target, code) in change {
        trials.retain(|known| (known.way, known.target) != (*way, *target));
        trials.push(trial(*way, *target, *code));
    }
    let result = results("", port(trials), udp(QUIET, &[])).remove(0);
    (result.reason.code, result.verdict)
}

fn of_answers(ixit: &str, answers: Seen) -> (String, Verdict) {
    let result = results(ixit, port(sound()), answers).remove(1);
    (result.reason.code, result.verdict)
}

fn fails(code: &str) -> (String, Verdict) {
    (code.to_owned(), Verdict::Fail)
}

fn open(code: &str) -> (String, Verdict) {
    (code.to_owned(), Verdict::Inconclusive)
}

#[test]
fn a_sound_device_relays_nothing_and_answers_little() {
    let results = results("", port(sound()), udp(QUIET, &[(53, false, 5)]));
    assert_eq!(
        codes(&results),
        [("plus-no-relay-here", Verdict::Pass), ("plus-no-amplifier", Verdict::Pass)]
    );
    assert!(results.iter().all(|result| !result.evidence.is_empty() && result.effort.is_some()));
}

#[test]
fn a_tunnel_to_an_open_port_alone_is_a_relay() {
    let itself = (RelayWay::Connect, RelayTarget::Itself, Some(200));
    let closed = (RelayWay::Connect, RelayTarget::ClosedPort, Some(502));
    assert_eq!(of_trials(&[itself, closed]), fails("plus-relays"));
    let elsewhere = (RelayWay::Connect, RelayTarget::Documentation, Some(200));
    assert_eq!(of_trials(&[elsewhere]), fails("plus-relays"));
}

#[test]
fn a_server_that_grants_whatever_it_is_asked_shows_nothing() {
    let all = [RelayTarget::Nobody, RelayTarget::Itself, RelayTarget::ClosedPort, RelayTarget::Documentation];
    let granted = all.map(|target| (RelayWay::Connect, target, Some(200)));
    assert_eq!(of_trials(&granted), ("plus-no-relay-here".to_owned(), Verdict::Pass));
    assert_eq!(of_trials(&granted[1..]), open("plus-relay-unclear"));
}

#[test]
fn a_page_that_only_a_closed_port_has_not_was_fetched() {
    let closed = (RelayWay::WholeAddress, RelayTarget::ClosedPort, Some(502));
    assert_eq!(of_trials(&[closed]), fails("plus-relays"));
    let nobody = (RelayWay::WholeAddress, RelayTarget::Nobody, Some(502));
    assert_eq!(of_trials(&[closed, nobody]), ("plus-no-relay-here".to_owned(), Verdict::Pass));
    let elsewhere = (RelayWay::WholeAddress, RelayTarget::Documentation, Some(504));
    assert_eq!(of_trials(&[elsewhere]), open("plus-relay-unclear"));
}

#[test]
fn socks_codes_are_told_apart() {
    let socks5 = |code| of_trials(&[(RelayWay::Socks5, RelayTarget::Itself, Some(code))]);
    assert_eq!(socks5(0), fails("plus-relays"));
    assert_eq!(socks5(5), fails("plus-relays"));
    assert_eq!(socks5(2), ("plus-no-relay-here".to_owned(), Verdict::Pass));
    assert_eq!(socks5(1), open("plus-relay-unclear"));
    assert_eq!(of_trials(&[(RelayWay::Socks4, RelayTarget::Itself, Some(0x5a))]), fails("plus-relays"));
}

#[test]
fn answers_that_grow_beyond_the_bound_are_amplified() {
    let answers = |octets| of_answers("", udp(&[(5353, "mdns", 46, 100), (123, "ntp", 8, octets)], &[]));
    assert_eq!(answers(81), fails("plus-amplifies"));
    assert_eq!(answers(80), ("plus-no-amplifier".to_owned(), Verdict::Pass));
}

#[test]
fn names_are_looked_up_for_nobody_unless_it_is_declared() {
    let looks_up = |code| udp(QUIET, &[(53, true, code)]);
    assert_eq!(of_answers("", looks_up(3)), fails("plus-looks-names-up"));
    assert_eq!(of_answers("", looks_up(2)), open("plus-look-up-unclear"));
    let declared = "[[soft_serv]]\nid = \"Names\"\ndescription = \"DNS\"\n\
                    endpoint = [{ transport = \"udp\", port = 53, application = \"dns\" }]\n";
    assert_eq!(of_answers(declared, looks_up(3)), open("plus-looks-names-up-as-declared"));
}

#[test]
fn nothing_passes_that_was_not_tried() {
    let facts = TestFacts::declared("");
    assert!(judge(&facts.facts()).iter().all(|result| result.verdict == Verdict::Inconclusive));
    let facts = facts.observed(sweep(STATE, &[8443])).observed(asked(STATE, &[]));
    let results = judge(&facts.facts());
    let not_tried =
        [("plus-relay-not-asked", Verdict::Inconclusive), ("plus-udp-not-measured", Verdict::Inconclusive)];
    assert_eq!(codes(&results), not_tried);
    let half = self::results(
        "",
        port(sound()).ended(Outcome::Partial, "stopped"),
        udp(QUIET, &[]).ended(Outcome::Partial, "stopped"),
    );
    assert_eq!(codes(&half), not_tried);
}

#[test]
fn a_service_that_answered_before_has_to_be_measured() {
    let facts = TestFacts::declared("").observed(sweep(STATE, &[8443]));
    let facts = facts.observed(asked(STATE, &[(1900, "ssdp", UdpState::Answered)]));
    let facts = facts.observed(port(sound())).observed(udp(QUIET, &[]));
    let result = judge(&facts.facts()).remove(1);
    assert_eq!(
        (result.reason.code.as_str(), result.verdict),
        ("plus-udp-not-measured", Verdict::Inconclusive)
    );
    assert_eq!(result.reason.args["place"], "udp/1900");
}
