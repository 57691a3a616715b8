use proptest::prelude::*;

use super::*;
use crate::behaviour::ble::{BleBehaviour, PairingRules, PanelUse};

fn peripheral(behaviour: BleBehaviour, now: Instant) -> Peripheral {
    let lockout = Duration::from_secs(1);
    let heater = Heater::new(behaviour, "HK100-26-000001".to_owned(), "000000".to_owned(), lockout);
    let mut peripheral = Peripheral::new(heater, [1; 6], Duration::from_secs(60), now);
    peripheral.start(now);
    peripheral.packet(&[EVENT, 0x3e, 19, 1, 0, 1, 0, 1, 0, 9, 9, 9, 9, 9, 9, 6, 0, 0, 0, 50, 0, 0], now);
    peripheral.take_outgoing();
    peripheral
}

fn frame(channel: u16, body: &[u8]) -> Vec<u8> {
    let (flags, piece) = l2cap::pieces(1, channel, body).remove(0);
    crate::ble::air::data(flags | 0b10 << 12, &piece)
}

fn behaviours() -> impl Strategy<Value = BleBehaviour> {
    let hostility = prop::sample::select(vec![
        Hostility::None,
        Hostility::MalformedAtt,
        Hostility::MalformedSmp,
        Hostility::OversizedValues,
        Hostility::EndlessServices,
    ]);
    (any::<bool>(), any::<bool>(), hostility).prop_map(|(just_works, compares, hostility)| BleBehaviour {
        pairing: PairingRules { just_works, ..PairingRules::default() },
        panel: if compares { PanelUse::Comparison } else { PanelUse::Passkey },
        open_config: true,
        hidden_handle: true,
        hostility,
        ..BleBehaviour::default()
    })
}

/// Bytes of a frame; pairing begins often enough to get somewhere.
fn bodies() -> impl Strategy<Value = (u16, Vec<u8>)> {
    prop_oneof![
        (4u16..=6, prop::collection::vec(any::<u8>(), 0..70)),
        Just((l2cap::SMP, vec![1, 4, 0, 0x0d, 16, 2, 2])),
        (1u8..15, prop::collection::vec(any::<u8>(), 16))
            .prop_map(|(code, body)| (l2cap::SMP, [vec![code], body].concat())),
    ]
}

proptest! {
    #[test]
    fn whatever_a_central_sends_is_survived_and_bounded(
        behaviour in behaviours(),
        frames in prop::collection::vec(bodies(), 0..40),
    ) {
        let now = Instant::now();
        let mut peripheral = peripheral(behaviour, now);
        for (channel, body) in frames {
            peripheral.packet(&frame(channel, &body), now);
            prop_assert!(peripheral.waiting.len() <= WAITING);
            let sent = peripheral.take_outgoing().len();
            prop_assert!(sent <= CREDITS + 1, "{sent} packets for one");
            peripheral.packet(&[EVENT, 0x13, 5, 1, 1, 0, CREDITS as u8, 0], now);
            peripheral.credits = peripheral.credits.min(CREDITS);
            peripheral.take_outgoing();
        }
    }

    #[test]
    fn whatever_a_controller_sends_is_survived(
        packets in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..40),
    ) {
        let now = Instant::now();
        let mut peripheral = peripheral(BleBehaviour::default(), now);
        for mut packet in packets {
            peripheral.packet(&packet, now);
            if let Some(kind) = packet.first_mut() {
                *kind = if *kind & 1 == 0 { EVENT } else { DATA };
            }
            peripheral.packet(&packet, now);
        }
    }
}

#[test]
fn who_takes_no_data_loses_the_connection_and_no_memory() {
    let now = Instant::now();
    let mut peripheral = peripheral(BleBehaviour::default(), now);
    for _ in 0..200 {
        peripheral.packet(&frame(l2cap::ATT, &[0x0a, 3, 0]), now);
    }
    assert!(peripheral.waiting.len() <= WAITING);
    let hung_up = |packet: &FromHost| matches!(packet, FromHost::Command(0x0406, _));
    assert!(peripheral.take_outgoing().iter().any(hung_up));
}

#[test]
fn a_pairing_that_takes_too_long_is_forgotten() {
    let now = Instant::now();
    let mut peripheral = peripheral(BleBehaviour::default(), now);
    peripheral.packet(&frame(l2cap::SMP, &[1, 4, 0, 0x0d, 16, 0, 2]), now);
    assert!(matches!(peripheral.panel, Panel::Passkey(_)));
    peripheral.packet(&frame(l2cap::SMP, &[0x0c; 65]), now + Duration::from_secs(31));
    assert_eq!(peripheral.panel, Panel::Blank);
}

#[test]
fn a_failure_is_not_answered_with_a_failure() {
    let now = Instant::now();
    let mut peripheral = peripheral(BleBehaviour::default(), now);
    for body in [&[5, 8][..], &[5], &[3; 17]] {
        peripheral.packet(&frame(l2cap::SMP, body), now);
        assert_eq!(peripheral.take_outgoing(), []);
    }
}
