use proptest::prelude::*;

use super::*;
use crate::behaviour::ble::BleBehaviour;

/// A link that may everything, or nothing that is protected.
struct Link {
    trusted: bool,
    written: Vec<(Item, Vec<u8>)>,
}

impl Device for Link {
    fn allows(&self, need: Need) -> Result<(), u8> {
        if self.trusted || need == Need::Nothing { Ok(()) } else { Err(error::AUTHENTICATION) }
    }

    fn read(&self, _item: Item) -> Vec<u8> {
        vec![7; 40]
    }

    fn write(&mut self, item: Item, value: &[u8]) -> Result<(), u8> {
        self.written.push((item, value.to_vec()));
        Ok(())
    }
}

fn asked(trusted: bool, packets: &[&[u8]]) -> (Option<Vec<u8>>, Link) {
    let table = Table::of(&BleBehaviour::default());
    let (mut server, mut link) = (Server::new(), Link { trusted, written: Vec::new() });
    let mut last = None;
    for packet in packets {
        last = server.packet(packet, &table, &mut link);
    }
    (last, link)
}

fn handle(item: Item) -> [u8; 2] {
    Table::of(&BleBehaviour::default()).handle_of(item).unwrap().to_le_bytes()
}

#[test]
fn services_come_in_groups_of_one_length() {
    let answer = asked(false, &[&[0x10, 1, 0, 0xff, 0xff, 0, 0x28]]).0.unwrap();
    assert_eq!(answer[..2], [0x11, 6]);
    assert_eq!(answer.len(), 2 + 3 * 6, "three services with short identifiers");
    let next = u16::from_le_bytes([answer[16], answer[17]]) + 1;
    let [low, high] = next.to_le_bytes();
    let answer = asked(false, &[&[0x10, low, high, 0xff, 0xff, 0, 0x28]]).0.unwrap();
    assert_eq!((answer[1], answer.len()), (20, 22), "one long one in 23 bytes");
}

#[test]
fn what_is_protected_is_refused_with_its_handle() {
    let [low, high] = handle(Item::Target);
    assert_eq!(asked(false, &[&[0x0a, low, high]]).0.unwrap(), [1, 0x0a, low, high, 0x05]);
    assert_eq!(asked(true, &[&[0x0a, low, high]]).0.unwrap().len(), 23, "cut to what fits");
    let (answer, link) = asked(false, &[&[0x12, low, high, 50]]);
    assert_eq!((answer.unwrap(), link.written.len()), (vec![1, 0x12, low, high, 0x05], 0));
    let (answer, link) = asked(false, &[&[0x52, low, high, 50]]);
    assert_eq!((answer, link.written.len()), (None, 0), "refused without a word");
    assert_eq!(asked(false, &[&[0x16, low, high, 0, 0, 1]]).0.unwrap()[4], 0x05);
}

#[test]
fn long_values_are_written_and_read_in_parts() {
    let [low, high] = handle(Item::OwnerName);
    let (answer, link) =
        asked(true, &[&[0x16, low, high, 0, 0, b'a', b'b'], &[0x16, low, high, 2, 0, b'c'], &[0x18, 1]]);
    assert_eq!(answer.unwrap(), [0x19]);
    assert_eq!(link.written, [(Item::OwnerName, b"abc".to_vec())]);
    let (answer, link) = asked(true, &[&[0x16, low, high, 5, 0, 1], &[0x18, 1]]);
    assert_eq!((answer.unwrap()[4], link.written.len()), (error::INVALID_OFFSET, 0));
    assert_eq!(asked(true, &[&[0x0c, low, high, 39, 0]]).0.unwrap(), [0x0d, 7]);
    assert_eq!(asked(true, &[&[0x0c, low, high, 41, 0]]).0.unwrap()[4], error::INVALID_OFFSET);
    let piece = [0x16, low, high, 0, 0, 1];
    assert_eq!(asked(true, &[&piece[..]; 25]).0.unwrap()[4], error::QUEUE_FULL);
}

#[test]
fn wrong_requests_get_their_errors() {
    for (packet, code) in [
        (&[0x0a, 0, 0][..], error::INVALID_HANDLE),
        (&[0x0a, 0xff, 0x7f], error::INVALID_HANDLE),
        (&[0x0a, 1], error::INVALID_PDU),
        (&[0x10, 5, 0, 4, 0, 0, 0x28], error::INVALID_HANDLE),
        (&[0x10, 1, 0, 0xff, 0xff, 3, 0x28], error::UNSUPPORTED_GROUP),
        (&[0x08, 0, 0x70, 0xff, 0xff, 3, 0x28], error::NOT_FOUND),
        (&[0x12, 1, 0, 1], error::WRITE_NOT_PERMITTED),
        (&[0x20, 1, 0], error::NOT_SUPPORTED),
    ] {
        assert_eq!(asked(true, &[packet]).0.unwrap()[4], code, "{packet:02x?}");
    }
}

#[test]
fn a_longer_packet_is_agreed_on_within_bounds() {
    let [low, high] = handle(Item::Target);
    for (mtu, length) in [(0u16, 23), (30, 30), (0xffff, 41)] {
        let [mtu_low, mtu_high] = mtu.to_le_bytes();
        let answer = asked(true, &[&[2, mtu_low, mtu_high], &[0x0a, low, high]]).0.unwrap();
        assert_eq!(answer.len(), length);
    }
}

proptest! {
    #[test]
    fn whatever_comes_the_answer_fits(
        packets in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..20),
    ) {
        let table = Table::of(&BleBehaviour { hidden_handle: true, ..BleBehaviour::default() });
        let (mut server, mut link) = (Server::new(), Link { trusted: true, written: Vec::new() });
        for packet in packets {
            if let Some(answer) = server.packet(&packet, &table, &mut link) {
                prop_assert!(answer.len() <= usize::from(LONGEST));
            }
        }
        prop_assert!(server.prepared.len() <= PREPARED);
    }
}
