use probes::capture::{Certainty, ClearText, Initiator, NeedleFound, Transport};
use probes::probe::traffic::Traffic;

use super::*;
use crate::test_run::{TestRun, call, capture, outages, plain};

fn standings(heard: &Heard) -> Vec<(&str, &str)> {
    heard.places.iter().map(|place| (place.place.as_str(), place.standing)).collect()
}

#[test]
fn flows_to_the_same_place_are_one_line_and_undeclared_ones_come_first() {
    let run = TestRun::new()
        .heard(vec![call("cloud.example", "198.51.100.7", 8883), call("tracker.example", "203.0.113.5", 443)])
        .heard(vec![call("cloud.example", "198.51.100.8", 8883)]);
    let heard = Heard::of(&run.facts());
    assert_eq!(
        standings(&heard),
        [("tracker.example:443/tcp", "undeclared"), ("cloud.example:8883/tcp", "declared")]
    );
    let cloud = &heard.places[1];
    assert_eq!(cloud.row.as_deref(), Some("Cloud"));
    assert_eq!(cloud.addresses, ["198.51.100.7", "198.51.100.8"]);
    assert_eq!((cloud.established, cloud.connections, cloud.sent, cloud.received), (2, 4, 800, 1800));
    assert_eq!(cloud.tls, ["TLS 1.3, TLS_AES_256_GCM_SHA384"]);
    assert_eq!((heard.captures, heard.of_outages, heard.frames), (2, 0, 800));
}

#[test]
fn a_secret_in_the_clear_is_named_and_comes_before_everything() {
    let mut traffic = capture(vec![
        call("tracker.example", "203.0.113.5", 443),
        call("cloud.example", "198.51.100.7", 8883),
    ]);
    traffic.clear.push(ClearText {
        what: "password".to_owned(),
        certainty: Certainty::Certain,
        place: "MQTT CONNECT".to_owned(),
        flow: 1,
        from_device: true,
        frame: 3,
        at: 1.0,
        length: 8,
    });
    traffic.found.push(NeedleFound {
        key: "label:S1".to_owned(),
        encoding: "base64".to_owned(),
        flow: 1,
        from_device: true,
        frame: 4,
        at: 1.0,
    });
    let run = TestRun::new().observed("traffic", &Traffic { traffic, woken: false, profile: None });
    let heard = Heard::of(&run.facts());
    assert_eq!(heard.places[0].place, "cloud.example:8883/tcp");
    assert_eq!(heard.places[0].noticed.len(), 2);
    assert!(heard.places[1].noticed.is_empty(), "what went to one place is not said of another");
}

#[test]
fn every_standing_has_words_in_both_languages() {
    let mut called = plain("192.0.2.9", 8443);
    called.initiator = Initiator::Peer;
    let mut network = plain("192.0.2.1", 0);
    network.transport = Transport::Icmp;
    let run = TestRun::new().heard(vec![called, network, plain("192.0.2.77", 8883), plain("192.0.2.77", 5)]);
    let heard = Heard::of(&run.facts());
    let mut found: Vec<&str> = heard.places.iter().map(|place| place.standing).collect();
    found.sort_unstable();
    assert_eq!(found, ["called", "network", "undeclared", "without-name"]);
    let all = [
        "declared",
        "network",
        "called",
        "origin-unknown",
        "not-comparable",
        "without-name",
        "ended",
        "undeclared",
    ];
    for language in testcases::texts::Language::ALL {
        let words = crate::words::Words::of(*language);
        for key in all.map(|name| format!("heard-{name}")) {
            assert_ne!(words.ui(&key), key, "{}", language.code());
        }
        for key in ["link", "uplink", "names", "services", "power"].map(|kind| format!("outage-{kind}")) {
            assert_ne!(words.ui(&key), key, "{}", language.code());
        }
        for key in ["password", "token", "login-name", "community"].map(|what| format!("clear-{what}")) {
            assert_ne!(words.ui(&key), key, "{}", language.code());
        }
    }
}

#[test]
fn places_are_bounded_and_the_rest_is_counted() {
    let flows = (1..=MOST_PLACES as u16 + 7).map(|port| plain("192.0.2.77", port)).collect();
    let run = TestRun::new().heard(flows);
    let heard = Heard::of(&run.facts());
    assert_eq!((heard.places.len(), heard.further_places), (MOST_PLACES, 7));
}

#[test]
fn outages_tell_what_went_on_what_came_back_and_what_is_otherwise() {
    let run = TestRun::new().observed("interruption", &outages());
    let heard = Heard::of(&run.facts());
    assert_eq!((heard.captures, heard.of_outages, heard.outages.len()), (1, 1, 2));
    let first = &heard.outages[0];
    assert_eq!((first.made, first.meanwhile, first.answered_after), (true, Some((1, 2)), Some(0.4)));
    assert_eq!(first.back[0], Back { peer: "cloud.example:8883".to_owned(), tries: 2, after: Some(1.25) });
    assert_eq!(first.back[1].after, None);
    assert_eq!(first.afterwards, None, "told with the last one");
    let last = &heard.outages[1];
    assert!(!last.made);
    assert_eq!(last.afterwards, Some(Afterwards { compared: 3, different: 1 }));
}

#[test]
fn a_run_without_captures_has_no_section() {
    assert!(Heard::of(&TestRun::new().facts()).is_empty());
    // Silence is something to tell.
    assert!(!Heard::of(&TestRun::new().heard(Vec::new()).facts()).is_empty());
}
