//! Every decoder with octets that nobody meant: none panics, none holds more than it was given, and what it reads
//! is within the octets. The corpus in `corpus/` is replayed by every decoder.

use std::path::Path;

use proptest::prelude::*;

use super::advertising_data::AdvertisingData;
use super::hci::{Deframer, Event, Packet};
use super::l2cap::Reassembly;
use super::{att, l2cap, smp};

/// What every decoder makes of the octets; what they say of each other is checked here.
fn decode(octets: &[u8]) {
    let advertising = AdvertisingData::read(octets);
    let told: usize = advertising.structures.iter().map(|one| one.hex.len() / 2 + 2).sum();
    assert!(told <= octets.len(), "no octet is read twice");

    let _ = att::Pdu::read(octets);
    if let Ok(pdu) = smp::Pdu::read(octets) {
        // Two octets of the features are booleans of which only the lowest bit or none is kept.
        assert_eq!(pdu.octets().len(), octets.len());
    }
    if let Some((code, parameters)) = octets.split_first() {
        let _ = Event::read(*code, parameters);
    }
    let _ = l2cap::signalling_answer(octets);

    let mut deframer = Deframer::default();
    let mut reassembly = Reassembly::default();
    'stream: for piece in octets.chunks(7) {
        deframer.add(piece);
        loop {
            match deframer.next() {
                Ok(None) => break,
                Ok(Some(Packet::Event { code, parameters })) => drop(Event::read(code, &parameters)),
                Ok(Some(Packet::Acl { begins, data, .. })) => {
                    if let Ok(Some(frame)) = reassembly.take(begins, &data) {
                        assert!(frame.payload.len() <= l2cap::FRAME_AT_MOST);
                    }
                }
                Ok(Some(Packet::Other)) => {}
                Err(_) => break 'stream,
            }
        }
    }
}

#[test]
fn the_corpus_is_replayed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ble/corpus");
    let mut replayed = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "hex") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        for line in text.lines().map(|line| line.split('#').next().unwrap_or("").trim()) {
            let digits: String = line.chars().filter(|digit| !digit.is_whitespace()).collect();
            let octets: Vec<u8> = (0..digits.len() / 2)
                .map(|at| {
                    u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).unwrap_or_else(|_| panic!("{line}"))
                })
                .collect();
            // Whole, and cut at every place.
            for end in 0..=octets.len() {
                decode(&octets[..end]);
            }
            replayed += usize::from(!octets.is_empty());
        }
    }
    assert!(replayed >= 30, "{replayed} entries");
}

proptest! {
    #[test]
    fn any_octets_are_survived(octets in proptest::collection::vec(any::<u8>(), 0..600)) {
        decode(&octets);
    }

    #[test]
    fn any_octets_behind_a_known_beginning_are_survived(
        first in 0_u8..0x60,
        tail in proptest::collection::vec(any::<u8>(), 0..80),
    ) {
        decode(&[&[first], &tail[..]].concat());
        decode(&[&[0x04, first, u8::try_from(tail.len()).unwrap()], &tail[..]].concat());
        decode(&[&[0x3e, first], &tail[..]].concat());
    }

    #[test]
    fn any_frame_is_put_together_from_any_fragments(
        payload in proptest::collection::vec(any::<u8>(), 0..l2cap::FRAME_AT_MOST),
        size in 4_usize..300,
    ) {
        let octets = l2cap::Frame::octets(l2cap::ATT, &payload);
        let mut reassembly = Reassembly::default();
        let mut whole = None;
        for (place, piece) in octets.chunks(size).enumerate() {
            prop_assert!(whole.is_none());
            whole = reassembly.take(place == 0, piece).unwrap();
        }
        prop_assert_eq!(whole.map(|frame| frame.payload), Some(payload));
    }
}
