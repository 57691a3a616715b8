//! PDUs that no device expects, layer by layer.

use super::case::{Case, Doing, Draw, Way};
use crate::ble::RawChannel;
use crate::probe::hostile_input::Family;

/// Handles that no attribute has.
const HANDLES: [u16; 3] = [0x0000, 0x7fff, 0xffff];
/// Links in a row.
const LINKS: u32 = 6;

/// A layer, and its cases.
pub(super) type Layer = (&'static str, Vec<Case>);

/// The cases of each layer. What makes the device wait for digits, or count a failure, comes last.
pub(super) fn layers(seed: &str, drawn: u32) -> Vec<Layer> {
    let mut att = handles();
    att.extend(raw("att", RawChannel::Att, attributes()));
    att.extend(drawn_from("drawn-att", RawChannel::Att, &attributes(), seed, drawn));
    att.extend(raw("mtu", RawChannel::Att, sizes()));
    let mut l2cap = raw("l2cap", RawChannel::Signalling, signalling());
    l2cap.extend(drawn_from("drawn-l2cap", RawChannel::Signalling, &signalling(), seed, drawn / 2));
    l2cap.extend((0..).zip([0x0000, 0x0003, 0x0020, 0x0040, 0xffff]).map(|(number, channel)| Case {
        generator: "channels",
        number,
        family: Family::Malformed,
        told: format!("octets on channel {channel:#06x}, which nobody opened"),
        beyond: false,
        doing: Doing::Raw {
            channel: RawChannel::Other(channel),
            frames: vec![vec![0x41; 23]],
            answered: false,
        },
    }));
    let mut smp = raw("smp", RawChannel::Smp, pairing());
    smp.extend(drawn_from("drawn-smp", RawChannel::Smp, &pairing(), seed, drawn / 4));
    let links = vec![Case {
        generator: "links",
        number: 0,
        family: Family::Cardinality,
        told: format!("{LINKS} links taken up and ended in a row"),
        beyond: false,
        doing: Doing::Links(LINKS),
    }];
    vec![("ATT", att), ("L2CAP", l2cap), ("links", links), ("SMP", smp)]
}

fn handles() -> Vec<Case> {
    let writes =
        HANDLES.map(|handle| (handle, Doing::Write { handle, value: vec![0x41], way: Way::Request }));
    let parts =
        HANDLES.map(|handle| (handle, Doing::Write { handle, value: vec![0x41; 40], way: Way::Parts }));
    let reads = HANDLES.map(|handle| {
        let [low, high] = handle.to_le_bytes();
        let frames = vec![vec![0x0a, low, high]];
        (handle, Doing::Raw { channel: RawChannel::Att, frames, answered: true })
    });
    let told = |doing: &Doing| if matches!(doing, Doing::Raw { .. }) { "a read" } else { "a write" };
    let all = writes.into_iter().chain(parts).chain(reads);
    let case = |(number, (handle, doing)): (u32, (u16, Doing))| Case {
        generator: "handles",
        number,
        family: Family::Cardinality,
        told: format!("{} at handle {handle:#06x}", told(&doing)),
        beyond: false,
        doing,
    };
    (0..).zip(all).map(case).collect()
}

/// Frames that are sent, with words and family.
type Frames = Vec<(&'static str, Family, Vec<Vec<u8>>)>;

fn raw(generator: &'static str, channel: RawChannel, frames: Frames) -> Vec<Case> {
    let case = |(number, (told, family, frames)): (u32, (&str, Family, Vec<Vec<u8>>))| Case {
        generator,
        number,
        family,
        told: told.to_owned(),
        beyond: false,
        doing: Doing::Raw { channel, answered: is_answered(channel, &frames), frames },
    };
    (0..).zip(frames).map(case).collect()
}

/// Whether the specification has the last frame answered.
fn is_answered(channel: RawChannel, frames: &[Vec<u8>]) -> bool {
    let code = frames.last().and_then(|frame| frame.first().copied());
    channel == RawChannel::Att && code.is_some_and(|code| code & 0x41 == 0 && code != 0x1e)
}

/// PDUs of the attribute protocol.
fn attributes() -> Frames {
    use Family::{Cardinality, Malformed, Order};
    let one = |octets: &[u8]| vec![octets.to_vec()];
    let mut all: Frames = vec![
        ("an empty PDU", Malformed, one(&[])),
        ("an unknown request", Malformed, one(&[0x3e, 1, 2, 3])),
        ("an unknown command", Malformed, one(&[0x7e, 1, 2, 3])),
        ("the last opcode", Malformed, one(&[0xff; 23])),
        ("a signed write that is cut short", Malformed, one(&[0xd2, 3, 0, 1])),
        ("a signed write with a wrong signature", Malformed, one(&[&[0xd2, 3, 0, 1][..], &[0; 12]].concat())),
        ("an answer that nobody asked for", Order, one(&[0x0b, 1, 2, 3])),
        ("a write answer that nobody asked for", Order, one(&[0x13])),
        ("a confirmation of nothing", Order, one(&[0x1e])),
        ("a notification to the server", Order, one(&[0x1b, 3, 0, 1])),
        ("an error that nobody asked for", Order, one(&[0x01, 0x0a, 3, 0, 0x0e])),
        ("a search with the ends turned round", Malformed, one(&[0x04, 9, 0, 1, 0])),
        ("a search from handle 0", Malformed, one(&[0x04, 0, 0, 0xff, 0xff])),
        ("a type of three octets", Malformed, one(&[0x08, 1, 0, 0xff, 0xff, 1, 2, 3])),
        ("a group of an unknown type", Malformed, one(&[0x10, 1, 0, 0xff, 0xff, 0xad, 0xde])),
        ("several handles, half of one", Malformed, one(&[0x0e, 3, 0, 4])),
        ("a hundred handles at once", Cardinality, one(&[&[0x0e][..], &[3, 0].repeat(100)].concat())),
        ("a blob behind the last offset", Malformed, one(&[0x0c, 3, 0, 0xff, 0xff])),
        ("two requests at once", Order, vec![vec![0x0a, 3, 0], vec![0x0a, 1, 0]]),
        ("twenty requests at once", Cardinality, vec![vec![0x0a, 3, 0]; 20]),
        ("a search while a read is under way", Order, vec![vec![0x0a, 3, 0], vec![0x04, 1, 0, 0xff, 0xff]]),
        ("a write of six hundred octets", Family::Size, one(&[&[0x12, 3, 0][..], &[0x41; 600]].concat())),
    ];
    for code in [0x02, 0x04, 0x06, 0x08, 0x0a, 0x0c, 0x0e, 0x10, 0x12, 0x16, 0x18, 0x20, 0x52] {
        all.push(("a request without anything behind its opcode", Malformed, one(&[code])));
        all.push(("a request that is cut short", Malformed, one(&[code, 3])));
    }
    all
}

/// Longest PDUs that nobody can mean.
fn sizes() -> Frames {
    let offer = |octets: u16| {
        let [low, high] = octets.to_le_bytes();
        vec![0x02, low, high]
    };
    vec![
        ("an MTU of 23 octets", Family::Size, vec![offer(23)]),
        ("an MTU of 517 octets", Family::Size, vec![offer(517)]),
        ("an MTU of 65535 octets", Family::Size, vec![offer(0xffff)]),
        ("an MTU of 1 octet", Family::Size, vec![offer(1)]),
        ("an MTU of no octets", Family::Size, vec![offer(0)]),
        ("three MTUs at once", Family::Order, vec![offer(100), offer(23), offer(1)]),
        ("an MTU with more behind it", Family::Malformed, vec![vec![0x02, 23, 0, 0, 0]]),
    ]
}

/// Frames of L2CAP signalling.
fn signalling() -> Frames {
    use Family::{Malformed, Order};
    let one = |octets: &[u8]| vec![octets.to_vec()];
    vec![
        ("an empty frame of signalling", Malformed, one(&[])),
        ("a code alone", Malformed, one(&[0x14])),
        ("an unknown code", Malformed, one(&[0xee, 1, 0, 0])),
        ("identifier 0", Malformed, one(&[0x14, 0, 10, 0, 0x80, 0, 0x40, 0, 23, 0, 23, 0, 1, 0])),
        ("a length beyond the frame", Family::Size, one(&[0x14, 2, 0xff, 0xff, 0x80, 0])),
        ("a length shorter than the frame", Family::Size, one(&[0x14, 3, 2, 0, 0x80, 0, 1, 2, 3, 4, 5])),
        (
            "a channel of MTU 0 and no credits",
            Malformed,
            one(&[0x14, 4, 10, 0, 0x80, 0, 0x40, 0, 0, 0, 0, 0, 0, 0]),
        ),
        ("a channel to port 0", Malformed, one(&[0x14, 5, 10, 0, 0, 0, 0x40, 0, 23, 0, 23, 0, 1, 0])),
        (
            "a channel on the number of ATT",
            Malformed,
            one(&[0x14, 6, 10, 0, 0x80, 0, 4, 0, 23, 0, 23, 0, 1, 0]),
        ),
        ("the end of a channel that is not there", Order, one(&[0x06, 7, 4, 0, 0x40, 0, 0x41, 0])),
        ("credits for a channel that is not there", Order, one(&[0x16, 8, 4, 0, 0x40, 0, 0xff, 0xff])),
        ("an answer that nobody asked for", Order, one(&[0x13, 9, 2, 0, 0, 0])),
        (
            "parameters of the link from the wrong side",
            Order,
            one(&[0x12, 10, 8, 0, 0xff, 0xff, 0, 0, 0xff, 0xff, 0, 0]),
        ),
        ("a refusal of nothing", Order, one(&[0x01, 11, 2, 0, 0, 0])),
        (
            "two orders in one frame",
            Malformed,
            one(&[0x06, 12, 4, 0, 0x40, 0, 0x41, 0, 0x06, 13, 4, 0, 0x40, 0, 0x41, 0]),
        ),
    ]
}

/// PDUs of the security manager.
fn pairing() -> Frames {
    use Family::{Malformed, Order, Value};
    let one = |octets: &[u8]| vec![octets.to_vec()];
    let of = |code: u8, length: usize| {
        let mut octets = vec![0x55; length];
        octets.insert(0, code);
        vec![octets]
    };
    vec![
        ("an empty PDU", Malformed, one(&[])),
        ("an unknown code", Malformed, of(0x3f, 4)),
        ("code 0", Malformed, one(&[0x00])),
        ("a confirm value before any pairing", Order, of(0x03, 16)),
        ("a random value before any pairing", Order, of(0x04, 16)),
        ("a public key before any pairing", Order, of(0x0c, 64)),
        ("a check of a key before any pairing", Order, of(0x0d, 16)),
        ("keys before any pairing", Order, of(0x06, 16)),
        ("an identity before any pairing", Order, of(0x08, 16)),
        ("an answer that nobody asked for", Order, one(&[0x02, 3, 0, 1, 16, 0, 0])),
        ("a failure of nothing", Order, one(&[0x05, 8])),
        ("a request that is cut short", Malformed, one(&[0x01, 3, 0])),
        ("a request with more behind it", Malformed, one(&[0x01, 3, 0, 1, 16, 0, 0, 9, 9])),
        ("a request for a key of no octets", Value, one(&[0x01, 3, 0, 1, 0, 0, 0])),
        ("a request for a key of 255 octets", Value, one(&[0x01, 3, 0, 1, 255, 0, 0])),
        ("a request with reserved values", Value, one(&[0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])),
        (
            "a request and a random value at once",
            Order,
            vec![vec![0x01, 4, 0, 13, 16, 0, 0], of(0x04, 16).remove(0)],
        ),
        ("a request while one is under way", Order, vec![vec![0x01, 4, 0, 13, 16, 0, 0]; 2]),
        (
            "a public key that is cut short",
            Malformed,
            vec![vec![0x01, 4, 0, 13, 16, 0, 0], vec![0x0c, 1, 2, 3]],
        ),
        ("a failure in the middle", Order, vec![vec![0x01, 4, 0, 13, 16, 0, 0], vec![0x05, 8]]),
    ]
}

/// PDUs that are drawn: one of those above, cut short, lengthened or with octets changed.
fn drawn_from(
    generator: &'static str,
    channel: RawChannel,
    frames: &Frames,
    seed: &str,
    count: u32,
) -> Vec<Case> {
    (0..count)
        .map(|number| {
            let mut drawn = Draw::of(seed, generator, number);
            let (told, _, from) = &frames[drawn.below(frames.len())];
            let mut frame = from.last().cloned().unwrap_or_default();
            let change = match drawn.below(3) {
                0 => {
                    frame.truncate(drawn.below(frame.len() + 1));
                    "cut short"
                }
                1 => {
                    let more = 1 + drawn.below(40);
                    frame.extend(drawn.octets(more));
                    "lengthened"
                }
                _ => {
                    for _ in 0..=drawn.below(4) {
                        let at = drawn.below(frame.len());
                        let octet = drawn.octet();
                        if let Some(place) = frame.get_mut(at) {
                            *place = octet;
                        }
                    }
                    "with other octets"
                }
            };
            // A request for pairing would count as a failure each time.
            if channel == RawChannel::Smp && frame.first() == Some(&0x01) {
                frame[0] = 0x0f;
            }
            // What no declaration allows is not written to: only values that are too long for anybody.
            if channel == RawChannel::Att && matches!(frame.first(), Some(0x12 | 0x52 | 0xd2 | 0x16)) {
                frame.truncate(3);
            }
            let frames = vec![frame];
            Case {
                generator,
                number,
                family: Family::Malformed,
                told: format!("{told}, {change}"),
                beyond: false,
                doing: Doing::Raw { channel, answered: is_answered(channel, &frames), frames },
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_layer_has_cases_and_the_same_seed_gives_the_same() {
        let all = layers("s", 40);
        assert!(all.iter().all(|(_, cases)| !cases.is_empty()));
        assert_eq!(all, layers("s", 40));
        assert_ne!(all, layers("t", 40));
        let count = |drawn| layers("s", drawn).iter().map(|(_, cases)| cases.len()).sum::<usize>();
        assert_eq!(count(40) - count(0), 40 + 20 + 10);
    }

    #[test]
    fn nothing_that_is_drawn_writes_or_begins_a_pairing() {
        for (_, cases) in layers("s", 400) {
            for case in cases.iter().filter(|case| case.generator.starts_with("drawn")) {
                let Doing::Raw { channel, frames, .. } = &case.doing else { panic!("{case:?}") };
                let code = frames[0].first().copied();
                let writes = matches!(code, Some(0x12 | 0x52 | 0xd2 | 0x16)) && frames[0].len() > 3;
                assert!(*channel != RawChannel::Att || !writes, "{case:?}");
                assert!(*channel != RawChannel::Smp || code != Some(0x01), "{case:?}");
            }
        }
    }
}
