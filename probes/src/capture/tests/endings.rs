//! Hostile, cut and endless input.

use proptest::prelude::*;

use super::frames::*;
use crate::capture::{Analyser, Frame, LinkKind, Needle, Questions};

const LINKS: [LinkKind; 5] =
    [LinkKind::Ethernet, LinkKind::RawIp, LinkKind::LinuxSll, LinkKind::LinuxSll2, LinkKind::Loopback];

fn curious() -> Questions {
    Questions {
        needles: vec![Needle { key: "k".to_owned(), value: "value-to-find".to_owned() }],
        ..Questions::default()
    }
}

#[test]
fn what_cannot_be_read_is_counted_and_said() {
    let whole = datagram(0, (DEVICE, 40_000), (PEER, 9999), &[0x99; 100]);
    let mut cut = whole.clone();
    cut.bytes.truncate(80);
    let mut fragment = whole.clone();
    fragment.bytes[14 + 6] = 0x20;
    let mut later = whole.clone();
    later.bytes[14 + 7] = 1;
    let nonsense = frame(0, LinkKind::Ethernet, [&[1; 12][..], &[8, 0, 0x45, 0, 0]].concat());
    let facts = facts(&[whole, cut, fragment, later, nonsense]);
    assert_eq!((facts.frames, facts.unreadable), (4, 4));
    assert_eq!(facts.flows[0].sent, 300, "octets on the wire count even where the capture cut them");
    assert_eq!(facts.gaps.len(), 2, "{:?}", facts.gaps);
}

#[test]
fn a_segment_that_was_cut_leaves_its_connection_unread_and_not_misread() {
    let mut talk = Talk::open(0, (DEVICE, 50_000), (PEER, 80)).say(
        &[
            (true, b"POST / HTTP/1.1\r\nContent-Length: 40\r\n\r\n"),
            (true, b"0123456789012345678901234567890123456789"),
            (true, b"GET /?password=abc HTTP/1.1\r\n\r\n"),
        ],
        1400,
    );
    talk.frames[4].bytes.truncate(60);
    let facts = facts(&talk.frames);
    assert_eq!(facts.clear.len(), 1, "the next message begins a segment and is read");
    assert_eq!(facts.gaps.len(), 2, "{:?}", facts.gaps);
}

#[test]
fn tables_are_bounded_and_what_has_no_room_is_told() {
    let mut analyser = Analyser::new(curious());
    for number in 0..90_000_u32 {
        let [_, a, b, c] = number.to_be_bytes();
        let to = format!("10.{a}.{b}.{c}");
        let body = tcp((40_000, 443), 1, SYN, b"");
        let bytes = packet(ip(DEVICE), ip(&to), 6, &body);
        analyser.take(&frame(u64::from(number), LinkKind::RawIp, bytes));
        let bytes =
            packet(ip(DEVICE), ip(&to), 17, &udp((40_000, 53), &dns(&format!("n{number}.example"), 1, &[])));
        analyser.take(&frame(u64::from(number), LinkKind::RawIp, bytes));
    }
    let facts = analyser.finish(1.0);
    assert_eq!((facts.flows.len(), facts.names.len()), (4096, 4096));
    assert_eq!(facts.gaps.len(), 3, "{:?}", facts.gaps);
}

#[test]
fn unfinished_connections_do_not_hold_memory_without_end() {
    let mut analyser = Analyser::new(curious());
    // Each leaves a hole after its first octets, and fills the room behind it.
    for number in 0..600_u16 {
        let ports = (1024 + number, 80);
        let frames = [tcp(ports, 0, SYN, b""), tcp(ports, 1, ACK, b"POST / HTTP/1.1\r\n")];
        let ahead = (0..60).map(|at| tcp(ports, 5000 + at * 1400, ACK, &[7; 1400]));
        for body in frames.into_iter().chain(ahead) {
            let bytes = packet(ip(DEVICE), ip(PEER), 6, &body);
            analyser.take(&frame(u64::from(number), LinkKind::RawIp, bytes));
            assert!(analyser.held < 30 << 20, "{}", analyser.held);
        }
    }
    let facts = analyser.finish(1.0);
    assert!(facts.gaps.iter().any(|gap| gap.contains("for want of room")), "{:?}", facts.gaps);
}

/// Frames that are nearly right: a talk with octets changed, cut and swapped.
fn spoiled() -> impl Strategy<Value = Vec<Frame>> {
    let good = || {
        let hello = client_hello(&[0x0304], "a.example");
        let mut frames = Talk::open(0, (DEVICE, 50_000), (PEER, 443))
            .say(&[(true, &hello), (false, &old_flight(0xc02b, &[1; 50]))], 33)
            .close()
            .frames;
        frames.extend(
            Talk::open(0, (DEVICE, 50_001), (PEER, 80))
                .say(&[(true, b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n{\"pin\":1}")], 9)
                .frames,
        );
        frames.extend(
            Talk::open(0, (DEVICE, 50_002), (PEER, 21))
                .say(&[(false, b"220 FTP\r\n"), (true, b"USER a\r\n")], 9)
                .frames,
        );
        frames.push(datagram(0, (DEVICE, 40_000), (PEER, 53), &dns("a.example", 1, &[PEER])));
        frames.push(datagram(
            0,
            (DEVICE, 40_000),
            (PEER, 5684),
            &dtls_message(1, &hello_body(&[], "a", true)),
        ));
        frames
    };
    let change =
        (any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<u8>(), 0..4_u8, 0..5_usize);
    proptest::collection::vec(change, 0..12).prop_map(move |changes| {
        let mut frames = good();
        for (which, place, value, what, link) in changes {
            let at = which.index(frames.len());
            let frame = &mut frames[at];
            match what {
                0 if !frame.bytes.is_empty() => {
                    let place = place.index(frame.bytes.len());
                    frame.bytes[place] = value;
                }
                1 => frame.bytes.truncate(usize::from(value)),
                2 => frame.link = LINKS[link],
                _ => {
                    let other = place.index(frames.len());
                    frames.swap(at, other);
                }
            }
        }
        frames
    })
}

proptest! {
    #[test]
    fn any_bytes_are_taken(
        frames in proptest::collection::vec((0..5_usize, proptest::collection::vec(any::<u8>(), 0..120), any::<u32>(), any::<u64>()), 0..40)
    ) {
        let mut analyser = Analyser::new(curious());
        for (link, bytes, length, at) in frames {
            analyser.take(&Frame { at, link: LINKS[link], bytes, length });
        }
        analyser.finish(0.0);
    }

    #[test]
    fn nearly_right_frames_are_taken(frames in spoiled()) {
        let facts = asked(&frames, curious());
        prop_assert!(facts.frames + facts.unreadable >= frames.len() as u64);
        for finding in &facts.clear {
            prop_assert!(finding.flow < facts.flows.len());
        }
        facts_with(&frames, &["value-to-find"]);
    }
}
