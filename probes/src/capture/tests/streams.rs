//! Connections of TCP: who calls, what is said, and what is found in it.

use super::frames::*;
use crate::capture::{Certainty, Flow, Frame, Initiator, LinkKind, TrafficFacts, Transport};

const CLOUD: (&str, u16) = (PEER, 443);
const SELF: (&str, u16) = (DEVICE, 50_000);

fn only(facts: &TrafficFacts) -> &Flow {
    assert_eq!(facts.flows.len(), 1, "{:#?}", facts.flows);
    &facts.flows[0]
}

/// A handshake of TLS 1.3 with data both ways; without data where the device does not go on.
fn modern(data: bool) -> Vec<(bool, Vec<u8>)> {
    let mut lines = vec![
        (true, client_hello(&[0x0304, 0x0303], "Cloud.example")),
        (
            false,
            [record(22, &server_hello(0x0304, 0x1301)), record(20, &[1]), record(23, &[5; 900])].concat(),
        ),
    ];
    if data {
        lines.push((true, [record(20, &[1]), record(23, &[1; 53]), record(23, &[1; 60])].concat()));
        lines.push((false, record(23, &[2; 300])));
    } else {
        // An alert, protected.
        lines.push((true, [record(20, &[1]), record(23, &[1; 19])].concat()));
    }
    lines
}

fn said(lines: &[(bool, Vec<u8>)]) -> Vec<(bool, &[u8])> {
    lines.iter().map(|(from_caller, text)| (*from_caller, text.as_slice())).collect()
}

#[test]
fn a_call_of_the_device_over_tls_is_read_however_it_is_cut() {
    let lines = modern(true);
    for size in [1, 7, 100, 1400] {
        let talk = Talk::open(5_000_000, SELF, CLOUD).say(&said(&lines), size).close();
        let facts = facts(&talk.frames);
        let flow = only(&facts);
        assert_eq!((flow.initiator, flow.transport, flow.port), (Initiator::Device, Transport::Tcp, 443));
        assert_eq!((flow.device, flow.peer), (Some(ip(DEVICE)), Some(ip(PEER))));
        assert_eq!((flow.application.as_deref(), flow.clear), (Some("tls"), false));
        assert_eq!(flow.name.as_deref(), Some("cloud.example"));
        assert_eq!((flow.connections, flow.established, flow.attempts.as_slice()), (1, 1, &[0.0][..]));
        let sent: usize = lines.iter().filter(|(from, _)| *from).map(|(_, text)| text.len()).sum();
        assert_eq!(flow.sent, sent as u64);
        assert_eq!(flow.protocols, ["h2"]);
        let [tls] = flow.tls.as_slice() else { panic!("{:?}", flow.tls) };
        assert_eq!(tls.versions, ["1.3", "1.2"]);
        assert_eq!(tls.suites, ["TLS_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"]);
        assert_eq!(tls.server_name.as_deref(), Some("Cloud.example"));
        assert_eq!(tls.chosen_version.as_deref(), Some("1.3"));
        assert_eq!(tls.chosen_suite.as_deref(), Some("TLS_AES_128_GCM_SHA256"));
        assert!(tls.data_both_ways && tls.times == 1, "parts of {size}");
        assert!(facts.gaps.is_empty() && facts.clear.is_empty(), "{:?}", facts.gaps);
    }
}

#[test]
fn a_refused_server_is_told_from_one_that_is_talked_to() {
    let refused = modern(false);
    let talked = modern(true);
    let mut frames = Talk::open(0, SELF, CLOUD).say(&said(&refused), 1400).close().frames;
    frames.extend(Talk::open(9_000_000, (DEVICE, 50_001), CLOUD).say(&said(&talked), 1400).close().frames);
    frames.extend(Talk::open(19_000_000, (DEVICE, 50_002), CLOUD).say(&said(&talked), 1400).close().frames);
    let facts = facts(&frames);
    let flow = only(&facts);
    assert_eq!((flow.connections, flow.established), (3, 3));
    assert_eq!(flow.attempts, [0.0, 9.0, 19.0]);
    let kinds: Vec<(bool, u32)> = flow.tls.iter().map(|tls| (tls.data_both_ways, tls.times)).collect();
    assert_eq!(kinds, [(false, 1), (true, 2)]);
}

#[test]
fn certificates_of_tls_12_are_named_and_the_data_after_it_is_data() {
    let certificate = rcgen::generate_simple_self_signed(vec!["cloud.example".to_owned()]).unwrap();
    let der = certificate.cert.der().to_vec();
    let lines = [
        (true, client_hello(&[], "cloud.example")),
        (false, old_flight(0xc02b, &der)),
        (true, [record(22, &[16, 0, 0, 1, 0]), record(20, &[1]), record(22, &[9; 40])].concat()),
        (false, [record(20, &[1]), record(22, &[9; 40])].concat()),
        (true, record(23, &[9; 40])),
        (false, record(23, &[9; 40])),
    ];
    for (count, both) in [(4, false), (5, false), (6, true)] {
        for size in [3, 1400] {
            let facts = facts(&Talk::open(0, SELF, CLOUD).say(&said(&lines[..count]), size).frames);
            let [tls] = only(&facts).tls.as_slice() else { panic!("no handshake") };
            assert_eq!(tls.chosen_version.as_deref(), Some("1.2"));
            assert_eq!(tls.versions, ["1.2"]);
            assert_eq!(tls.data_both_ways, both, "{count}");
            let [text] = tls.certificates.as_slice() else { panic!("{:?}", tls.certificates) };
            assert!(text.contains("cloud.example") && text.contains("sha256:"), "{text}");
        }
    }
}

#[test]
fn order_and_repetition_do_not_matter() {
    let lines = modern(true);
    let talk = Talk::open(0, SELF, CLOUD).say(&said(&lines), 40).close();
    let straight = facts(&talk.frames);
    let mut frames = talk.frames.clone();
    // The second segment of the ClientHello comes before the first, and both are repeated.
    frames.swap(3, 4);
    let again: Vec<Frame> = frames[3..5].to_vec();
    frames.splice(5..5, again);
    let other = facts(&frames);
    assert_eq!(other.flows[0].tls, straight.flows[0].tls);
    assert!(other.gaps.is_empty());
    // One is lost: the hello cannot be read, and that is said.
    let mut lossy = talk.frames.clone();
    lossy.remove(4);
    let lossy = facts(&lossy);
    assert!(lossy.flows[0].tls.iter().all(|tls| tls.versions.is_empty()), "{:?}", lossy.flows[0].tls);
    assert_eq!(lossy.gaps.len(), 1, "{:?}", lossy.gaps);
}

#[test]
fn what_is_sent_again_after_the_end_is_still_read() {
    let request = b"GET / HTTP/1.1\r\nAuthorization: Bearer abcdef\r\n\r\n";
    let mut talk = Talk::open(0, SELF, (PEER, 80)).say(&[(true, request)], 20).close();
    let late = talk.frames.remove(4);
    talk.frames.push(late);
    let facts = facts(&talk.frames);
    assert_eq!((facts.clear.len(), facts.gaps.len()), (1, 0), "{:?}", facts.gaps);
    assert_eq!(only(&facts).connections, 1);
}

#[test]
fn a_password_in_the_clear_is_seen_beside_good_tls() {
    let request = b"POST /in HTTP/1.1\r\nHost: old.example\r\nAuthorization: Basic YWRtaW46aHVudGVyMg==\r\nContent-Length: 0\r\n\r\n";
    let lines = modern(true);
    let mut frames = Talk::open(0, SELF, CLOUD).say(&said(&lines), 1400).frames;
    let plain = Talk::open(2_000_000, (DEVICE, 50_009), ("203.0.113.5", 8080));
    frames.extend(plain.say(&[(true, request), (false, b"HTTP/1.1 200 OK\r\n\r\n")], 30).close().frames);
    let facts = facts_with(&frames, &["hunter2", "not in it"]);
    let [tls, http] = facts.flows.as_slice() else { panic!("{:#?}", facts.flows) };
    assert!(!tls.clear && http.clear);
    assert_eq!((http.application.as_deref(), http.name.as_deref()), (Some("http"), Some("old.example")));
    let [seen] = facts.clear.as_slice() else { panic!("{:?}", facts.clear) };
    assert_eq!((seen.what.as_str(), seen.certainty, seen.length), ("password", Certainty::Certain, 7));
    assert_eq!((seen.place.as_str(), seen.flow, seen.from_device), ("HTTP Authorization: Basic", 1, true));
    // The value over the border of two segments, in base64.
    let [found] = facts.found.as_slice() else { panic!("{:?}", facts.found) };
    assert_eq!((found.key.as_str(), found.encoding.as_str(), found.flow), ("key-7", "base64", 1));
    assert!(found.frame > seen.frame - 3);
    assert!(!format!("{facts:?}").contains("hunter2"));
}

#[test]
fn a_value_is_found_in_any_stream_and_direction_and_only_there() {
    let text = b"\x00\x01blob of serial-4711-x end";
    for from_caller in [true, false] {
        for size in 1..text.len() {
            let talk = Talk::open(0, SELF, (PEER, 9999)).say(&[(from_caller, text)], size);
            let facts = facts_with(&talk.frames, &["serial-4711", "serial-4712"]);
            let [found] = facts.found.as_slice() else { panic!("{:?}", facts.found) };
            assert_eq!((found.encoding.as_str(), found.from_device), ("plain", from_caller));
            assert_eq!(only(&facts).application, None);
            assert!(!only(&facts).clear);
        }
    }
}

/// Case, port, what is said, name, in the clear, kinds of what is seen.
type Row<'a> = (&'a str, u16, &'a [(bool, &'a [u8])], Option<&'a str>, bool, &'a [&'a str]);

#[test]
fn protocols_are_recognized_by_what_is_said() {
    let table: [Row<'_>; 9] = [
        (
            "mqtt",
            1883,
            &[(true, b"\x10\x17\0\x04MQTT\x04\xc2\0\x3c\0\x01c\0\x01u\0\x05pass1")],
            Some("mqtt"),
            true,
            &["login-name", "password"],
        ),
        ("ssh", 22, &[(false, b"SSH-2.0-x\r\n"), (true, b"SSH-2.0-y\r\n")], Some("ssh"), false, &[]),
        (
            "ftp",
            21,
            &[(false, b"220 FTP\r\n"), (true, b"USER bob\r\n"), (true, b"PASS abc\r\n")],
            Some("ftp"),
            true,
            &["login-name", "password"],
        ),
        (
            "telnet",
            23,
            &[
                (false, b"\xff\xfd\x01login: "),
                (true, b"bob\r\n"),
                (false, b"Password: "),
                (true, b"abc\r\n"),
            ],
            Some("telnet"),
            true,
            &["login-name", "password"],
        ),
        ("console", 4000, &[(false, b"box login: "), (true, b"bob\r\n")], None, true, &["login-name"]),
        (
            "rtsp",
            554,
            &[(true, b"DESCRIBE rtsp://a/ RTSP/1.0\r\nAuthorization: Basic YTpi\r\n\r\n")],
            Some("rtsp"),
            true,
            &["password"],
        ),
        ("json", 9999, &[(true, b"{\"token\":\"abc\"}")], Some("json"), true, &["token"]),
        ("unknown", 9999, &[(true, &[0x99; 64]), (false, &[0x77; 64])], None, false, &[]),
        (
            "tls from its middle",
            443,
            &[(true, b"\x17\x03\x03\0\x40"), (false, b"\x17\x03\x03\0\x40"), (true, &[1; 64])],
            Some("tls"),
            false,
            &[],
        ),
    ];
    for (case, port, lines, name, clear, seen) in table {
        for size in [1, 5, 1400] {
            let facts = facts(&Talk::open(0, SELF, (PEER, port)).say(lines, size).close().frames);
            let flow = only(&facts);
            assert_eq!((flow.application.as_deref(), flow.clear), (name, clear), "{case}, parts of {size}");
            let kinds: Vec<&str> = facts.clear.iter().map(|one| one.what.as_str()).collect();
            assert_eq!(kinds, seen, "{case}, parts of {size}: {:?}", facts.clear);
        }
    }
}

#[test]
fn a_mail_client_that_turns_to_tls_is_not_in_the_clear() {
    let hello = client_hello(&[], "mail.example");
    let begun: [(bool, &[u8]); 4] =
        [(false, b"220 a ESMTP\r\n"), (true, b"EHLO x\r\n"), (true, b"STARTTLS\r\n"), (false, b"220 go\r\n")];
    let turned = [&begun[..], &[(true, hello.as_slice())]].concat();
    let stayed: [(bool, &[u8]); 3] = [begun[0], begun[1], (true, b"AUTH PLAIN AHUAc2VjcmV0\r\n")];
    let good = facts(&Talk::open(0, SELF, (PEER, 25)).say(&turned, 1400).frames);
    assert_eq!((only(&good).application.as_deref(), only(&good).clear), (Some("smtp"), false));
    assert_eq!(only(&good).tls[0].server_name.as_deref(), Some("mail.example"));
    let bad = facts(&Talk::open(0, SELF, (PEER, 25)).say(&stayed, 1400).frames);
    assert!(only(&bad).clear && bad.clear.len() == 1);
}

#[test]
fn a_connection_that_falls_back_to_plain_is_named_by_the_plain_part() {
    let mut frames = Talk::open(0, SELF, (PEER, 8883)).say(&said(&modern(false)), 1400).close().frames;
    let plain: &[u8] = b"\x10\x0d\0\x04MQTT\x04\x02\0\x3c\0\x01c";
    frames.extend(Talk::open(3_000_000, (DEVICE, 50_001), (PEER, 8883)).say(&[(true, plain)], 1400).frames);
    let facts = facts(&frames);
    let flow = only(&facts);
    assert_eq!((flow.application.as_deref(), flow.clear, flow.tls.len()), (Some("mqtt"), true, 1));
}

#[test]
fn who_began_and_whether_it_was_answered() {
    let refused = vec![
        segment(0, SELF, CLOUD, 100, SYN, b""),
        segment(10, CLOUD, SELF, 0, RST, b""),
        // The system tries again with the same number: the same attempt.
        segment(1_000_000, SELF, CLOUD, 100, SYN, b""),
        segment(2_000_000, SELF, CLOUD, 900, SYN, b""),
    ];
    let facts_of = facts(&refused);
    let flow = only(&facts_of);
    assert_eq!((flow.initiator, flow.connections, flow.established), (Initiator::Device, 2, 0));
    assert_eq!(flow.attempts, [0.0, 2.0]);

    let called = facts(
        &Talk::open(0, (PEER, 41_000), (DEVICE, 80)).say(&[(true, b"GET / HTTP/1.0\r\n\r\n")], 99).frames,
    );
    let flow = only(&called);
    assert_eq!((flow.initiator, flow.port, flow.received, flow.sent), (Initiator::Peer, 80, 18, 0));
    assert_eq!(flow.peer, Some(ip(PEER)));

    let missed =
        facts(&Talk::open(0, SELF, CLOUD).say(&[(true, &[23, 3, 3]), (false, &[23, 3, 3])], 99).frames[3..]);
    let flow = only(&missed);
    assert_eq!((flow.initiator, flow.port, flow.established), (Initiator::Unknown, 443, 1));
    assert!(flow.attempts.is_empty() && flow.connections == 1);
}

#[test]
fn what_goes_to_the_tester_and_between_others_is_only_counted() {
    let mut frames = Talk::open(0, (TESTER, 41_000), (DEVICE, 80))
        .say(&[(true, b"GET /?password=abcdef HTTP/1.0\r\n\r\n")], 99)
        .frames;
    frames.extend(Talk::open(0, ("192.0.2.50", 41_000), ("192.0.2.51", 80)).frames);
    frames.push(datagram(0, ("192.0.2.50", 5353), ("224.0.0.251", 5353), &dns("a.local", 12, &[])));
    let facts = facts_with(&frames, &["abcdef"]);
    assert_eq!((facts.frames, facts.with_tester, facts.others), (0, 4, 4));
    assert!(
        facts.flows.is_empty() && facts.clear.is_empty() && facts.found.is_empty() && facts.names.is_empty()
    );
    // The same without knowing anybody: everybody's flows.
    let all = asked(&frames, crate::capture::Questions::default());
    assert_eq!((all.frames, all.flows.len(), all.clear.len(), all.names.len()), (8, 3, 1, 1));
    assert_eq!(all.flows[0].device, Some(ip(TESTER)));
}

#[test]
fn links_and_versions_of_ip_carry_the_same() {
    let four =
        Talk::open(0, SELF, CLOUD).say(&[(true, b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n")], 99).frames;
    let tagged = |tags: &[u8]| -> Vec<Frame> {
        let insert = |bytes: &[u8]| [&bytes[..12], tags, &bytes[12..]].concat();
        four.iter().map(|one| frame(one.at, LinkKind::Ethernet, insert(&one.bytes))).collect()
    };
    let relinked = |link: LinkKind, header: &[u8]| -> Vec<Frame> {
        four.iter().map(|one| frame(one.at, link, [header, &one.bytes[14..]].concat())).collect()
    };
    let padded: Vec<Frame> = four
        .iter()
        .map(|one| frame(one.at, LinkKind::Ethernet, [&one.bytes[..], &[0; 30]].concat()))
        .collect();
    let sll: &[u8] = &[0, 4, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0, 8, 0];
    let sll2: &[u8] = &[8, 0, 0, 0, 0, 0, 0, 1, 0, 1, 4, 6, 1, 2, 3, 4, 5, 6, 0, 0];
    let table = [
        ("plain", four.clone()),
        ("padded", padded),
        ("vlan", tagged(&[0x81, 0, 0, 5])),
        ("qinq", tagged(&[0x88, 0xa8, 0, 5, 0x81, 0, 0, 6])),
        ("raw", relinked(LinkKind::RawIp, &[])),
        ("loopback", relinked(LinkKind::Loopback, &[2, 0, 0, 0])),
        ("sll", relinked(LinkKind::LinuxSll, sll)),
        ("sll2", relinked(LinkKind::LinuxSll2, sll2)),
    ];
    for (case, frames) in table {
        let facts = facts(&frames);
        let flow = only(&facts);
        assert_eq!((flow.name.as_deref(), flow.sent, flow.established), (Some("a.example"), 35, 1), "{case}");
        assert_eq!(facts.unreadable, 0, "{case}");
    }
}

#[test]
fn ipv6_with_extension_headers_is_read() {
    let (device, peer) = (ip("2001:db8::10"), ip("2001:db8::99"));
    let body = tcp((50_000, 1883), 1, ACK, b"\x10\x0d\0\x04MQTT\x04\x02\0\x3c\0\x01c");
    let hop_by_hop = [&[60, 0, 1, 4, 0, 0, 0, 0], &[6, 1][..], &[1, 12], &[0; 12], &body].concat();
    for (protocol, body) in [(6, body.clone()), (0, hop_by_hop)] {
        let bytes = ethernet(&packet(device, peer, protocol, &body));
        let facts = facts(&[frame(0, LinkKind::Ethernet, bytes)]);
        assert_eq!(only(&facts).application.as_deref(), Some("mqtt"));
        assert_eq!((only(&facts).peer, only(&facts).port), (Some(peer), 1883));
    }
}
