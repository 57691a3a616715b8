use std::time::Duration;

use super::*;
use crate::ble::raw_host::RawHost;
use crate::ble::{DeviceAddress, VirtualAir};

const FIRST: DeviceAddress = DeviceAddress::public([1, 0, 0, 0xe0, 0xb1, 0x02]);
const SECOND: DeviceAddress = DeviceAddress::public([2, 0, 0, 0xe0, 0xb1, 0x02]);
const NOBODY: DeviceAddress = DeviceAddress::public([0; 6]);
const SOON: Duration = Duration::from_millis(150);
const LONG: Duration = Duration::from_secs(5);

fn air(options: AirOptions) -> (VirtualAir, RawHost, RawHost) {
    let air = VirtualAir::start(2, options).unwrap();
    let hosts = [0, 1].map(|host: usize| RawHost::at(air.addresses()[host]));
    let [central, peripheral] = hosts;
    (air, central, peripheral)
}

fn linked(options: AirOptions) -> (VirtualAir, RawHost, RawHost, u16, u16) {
    let (air, mut central, mut peripheral) = air(options);
    peripheral.advertise(0, NOBODY, &[], &[]);
    central.initiate(SECOND);
    let (at_central, other) = central.connected();
    assert_eq!(other, SECOND);
    let (at_peripheral, other) = peripheral.connected();
    assert_eq!(other, FIRST);
    (air, central, peripheral, at_central, at_peripheral)
}

fn key_command(handle: u16, key: u8) -> Vec<u8> {
    [&handle.to_le_bytes()[..], &[0; 10], &[key; 16]].concat()
}

fn key_reply(handle: u16, key: u8) -> Vec<u8> {
    [&handle.to_le_bytes()[..], &[key; 16]].concat()
}

#[test]
fn a_controller_tells_what_it_is() {
    let (_air, mut host, _other) = air(AirOptions::default());
    assert_eq!(host.call(0x1009, &[]), [&[0][..], &FIRST.bytes].concat());
    assert_eq!(host.call(0x2002, &[]), [0, 251, 0, 16]);
    assert_eq!(host.call(0x1002, &[]).len(), 65);
    assert_ne!(host.call(0x2018, &[]), host.call(0x2018, &[]), "random numbers");
}

#[test]
fn unknown_and_malformed_commands_are_answered_as_such() {
    let (_air, mut host, _other) = air(AirOptions::default());
    assert_eq!(host.call(0x2036, &[0; 25]), [0x01], "extended advertising is not there");
    assert_eq!(host.call(0x2005, &[1]), [0x12]);
    assert_eq!(host.call(0x0406, &[1, 0, 0x13]), [0x02], "no such connection");
    assert_eq!(host.call(0x200e, &[]), [0x0c], "nothing to cancel");
    assert_eq!(host.call(0x2001, &[1]), [0x12]);
}

#[test]
fn a_host_is_told_only_what_it_wants() {
    for (number, mask) in [(0x0c01, 0x1fff_ffff_ffff_u64), (0x2001, 0x1d)] {
        let (_air, mut central, mut peripheral) = air(AirOptions::default());
        assert_eq!(central.call(number, &mask.to_le_bytes()), [0]);
        peripheral.advertise(0, NOBODY, &[2, 1, 6], &[]);
        central.scan(true);
        assert!(
            central.report(SOON).is_none(),
            "after a reset no host gets events of LE unless it asks for them"
        );
    }
}

#[test]
fn every_command_with_every_length_is_answered_or_has_no_answer() {
    let (_air, mut host, _other) = air(AirOptions::default());
    for group in [0x0400, 0x0c00, 0x1000, 0x1400, 0x2000] {
        for number in (group..group + 0x90).filter(|number| *number != 0x0c35) {
            for length in [0, 1, 2, 3, 7, 15, 25, 28, 255] {
                assert!(!host.call(number, &vec![0xff; length]).is_empty());
            }
        }
    }
}

#[test]
fn an_active_scan_is_answered_even_with_nothing_and_a_passive_one_is_not() {
    let (_air, mut central, mut peripheral) = air(AirOptions::default());
    peripheral.advertise(0, NOBODY, &[2, 1, 6], &[]);
    central.scan(true);
    let first = central.report(LONG).unwrap();
    assert_eq!((first.kind, first.address, &first.data[..]), (0, SECOND, &[2, 1, 6][..]));
    let second = central.report(LONG).unwrap();
    assert_eq!((second.kind, &second.data[..]), (4, &[][..]));
    central.stop_scan();
    central.scan(false);
    for _ in 0..3 {
        assert_eq!(central.report(LONG).unwrap().kind, 0);
    }
}

#[test]
fn what_is_not_connectable_is_heard_and_not_connected() {
    for (kind, answers) in [(2, true), (3, false)] {
        let (_air, mut central, mut peripheral) = air(AirOptions::default());
        peripheral.advertise(kind, NOBODY, &[2, 1, 4], &[1, 0]);
        central.scan(true);
        assert_eq!(central.report(LONG).unwrap().kind, kind);
        assert_eq!(central.report(LONG).unwrap().kind == 4, answers);
        central.stop_scan();
        central.initiate(SECOND);
        assert!(
            central.wait_within(SOON, |packet| packet.starts_with(&[4, 0x3e]) && packet[3] == 1).is_none()
        );
        assert_eq!(central.call(0x200e, &[]), [0]);
        assert_eq!(central.wait_le(1)[0], 0x02, "cancelled");
    }
}

#[test]
fn directed_advertising_is_for_one_central_and_the_fast_kind_ends() {
    let air = VirtualAir::start(3, AirOptions::default()).unwrap();
    let [mut meant, mut peripheral, mut other] =
        [0, 1, 2].map(|host: usize| RawHost::at(air.addresses()[host]));
    other.scan(true);
    meant.scan(true);
    peripheral.advertise(4, FIRST, &[9], &[]);
    let report = meant.report(LONG).unwrap();
    assert_eq!((report.kind, report.data.len()), (1, 0), "directed advertising carries no data");
    assert!(other.report(SOON).is_none());
    meant.stop_scan();
    meant.initiate(SECOND);
    meant.connected();
    peripheral.connected();

    let (_air, _silent, mut peripheral) = self::air(AirOptions::default());
    peripheral.advertise(1, FIRST, &[], &[]);
    assert_eq!(peripheral.wait_le(1)[0], 0x3c, "nobody answered");
}

#[test]
fn the_list_of_accepted_devices_is_kept_to() {
    let (_air, mut central, mut peripheral) = air(AirOptions::default());
    let stranger = [&[0][..], &[9; 6]].concat();
    assert_eq!(central.call(0x2011, &stranger), [0]);
    peripheral.advertise(0, NOBODY, &[], &[]);
    let mut by_list = vec![0x10, 0, 0x10, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
    by_list.extend_from_slice(&[6, 0, 6, 0, 0, 0, 50, 0, 0, 0, 0, 0]);
    assert_eq!(central.call(0x200d, &by_list), [0]);
    assert!(central.wait_within(SOON, |packet| packet.starts_with(&[4, 0x3e])).is_none());
    assert_eq!(central.call(0x2011, &[&[0][..], &SECOND.bytes].concat()), [0]);
    central.connected();
}

#[test]
fn data_arrive_in_order_and_give_their_credit_back() {
    let (_air, mut central, mut peripheral, handle, other) = linked(AirOptions::default());
    for number in 0..5 {
        central.send_data(handle, &[number; 20]);
    }
    for number in 0..5 {
        assert_eq!(peripheral.wait_data(LONG).unwrap(), (other | 0b10 << 12, vec![number; 20]));
        assert_eq!(central.wait_event(0x13), [1, handle as u8, 0, 1, 0]);
    }
}

#[test]
fn long_data_come_in_pieces_until_both_sides_agree_on_more() {
    let (_air, mut central, mut peripheral, handle, other) = linked(AirOptions::default());
    let bytes: Vec<u8> = (0..60).collect();
    central.send_data(handle, &bytes);
    let pieces: Vec<(u16, Vec<u8>)> = (0..3).map(|_| peripheral.wait_data(LONG).unwrap()).collect();
    assert_eq!(pieces.iter().map(|piece| piece.0 >> 12).collect::<Vec<_>>(), [0b10, 0b01, 0b01]);
    assert_eq!(pieces.concat_bytes(), bytes);

    assert_eq!(peripheral.call(0x2022, &[other as u8, 0, 251, 0, 72, 8])[0], 0);
    for host in [&mut central, &mut peripheral] {
        assert_eq!(host.wait_le(7)[2..4], [251, 0]);
    }
    central.send_data(handle, &bytes);
    assert_eq!(peripheral.wait_data(LONG).unwrap().1, bytes);
}

trait Pieces {
    fn concat_bytes(&self) -> Vec<u8>;
}

impl Pieces for Vec<(u16, Vec<u8>)> {
    fn concat_bytes(&self) -> Vec<u8> {
        self.iter().flat_map(|piece| piece.1.clone()).collect()
    }
}

#[test]
fn encryption_starts_with_the_same_key_and_ends_the_link_with_another() {
    let (_air, mut central, mut peripheral, handle, other) = linked(AirOptions::default());
    for expected in [0x08, 0x30] {
        assert_eq!(central.call(0x2019, &key_command(handle, 7)), [0]);
        assert_eq!(peripheral.wait_le(5)[..2], other.to_le_bytes());
        assert_eq!(peripheral.call(0x201a, &key_reply(other, 7))[0], 0);
        for host in [&mut central, &mut peripheral] {
            assert_eq!(host.wait_event(expected)[0], 0);
        }
    }
    assert_eq!(central.call(0x2019, &key_command(handle, 7)), [0]);
    peripheral.wait_le(5);
    peripheral.call(0x201a, &key_reply(other, 8));
    assert_eq!((central.disconnected(), peripheral.disconnected()), (0x3d, 0x3d));
}

#[test]
fn a_peripheral_without_key_says_so_and_the_link_stays() {
    let (_air, mut central, mut peripheral, handle, other) = linked(AirOptions::default());
    assert_eq!(peripheral.call(0x2019, &key_command(other, 7)), [0x0c], "only centrals begin");
    assert_eq!(central.call(0x2019, &key_command(handle, 7)), [0]);
    peripheral.wait_le(5);
    peripheral.call(0x201b, &other.to_le_bytes());
    assert_eq!(central.wait_event(0x08)[..2], [0x06, handle as u8]);
    central.send_data(handle, &[1]);
    assert!(peripheral.wait_data(LONG).is_some());
}

#[test]
fn both_sides_are_told_of_other_parameters() {
    let (_air, mut central, mut peripheral, handle, other) = linked(AirOptions::default());
    let asked = |handle: u16| [&handle.to_le_bytes()[..], &[24, 0, 40, 0, 0, 0, 72, 0, 0, 0, 0, 0]].concat();
    assert_eq!(peripheral.call(0x2013, &asked(other)), [0x0c]);
    assert_eq!(central.call(0x2013, &asked(handle)), [0]);
    for host in [&mut central, &mut peripheral] {
        assert_eq!(host.wait_le(3)[3..], [40, 0, 0, 0, 72, 0]);
    }
}

#[test]
fn links_end_as_each_side_expects() {
    let (_air, mut central, mut peripheral, handle, _) = linked(AirOptions::default());
    assert_eq!(central.call(0x0406, &[handle as u8, 0, 0x13]), [0]);
    assert_eq!((central.disconnected(), peripheral.disconnected()), (0x16, 0x13));

    let (_air, central, mut peripheral, ..) = linked(AirOptions::default());
    drop(central);
    assert_eq!(peripheral.disconnected(), 0x08, "the host is gone");

    let (air, mut central, mut peripheral, ..) = linked(AirOptions::default());
    air.air.set_in_range(ControllerId(1), false);
    assert_eq!((central.disconnected(), peripheral.disconnected()), (0x08, 0x08));
}

#[test]
fn lost_data_come_later_and_a_lost_link_ends() {
    let options = AirOptions { data_loss: Share(500), seed: 3, ..AirOptions::default() };
    let (_air, mut central, mut peripheral, handle, _) = linked(options);
    for number in 0..10 {
        central.send_data(handle, &[number]);
    }
    for number in 0..10 {
        assert_eq!(peripheral.wait_data(LONG).unwrap().1, [number]);
    }
    let options = AirOptions { data_loss: Share(1000), ..AirOptions::default() };
    let (_air, mut central, mut peripheral, handle, _) = linked(options);
    central.send_data(handle, &[1]);
    assert_eq!((central.disconnected(), peripheral.disconnected()), (0x08, 0x08));
}

#[test]
fn lost_advertising_is_not_heard() {
    let options = AirOptions { advertising_loss: Share(1000), ..AirOptions::default() };
    let (_air, mut central, mut peripheral) = air(options);
    peripheral.advertise(0, NOBODY, &[2, 1, 6], &[]);
    central.scan(true);
    assert!(central.report(SOON).is_none());
}

#[test]
fn more_data_than_there_is_room_for_is_told_and_bounded() {
    let options = AirOptions { data_delay: Duration::from_secs(60), ..AirOptions::default() };
    let (air, mut central, _peripheral, handle, _) = linked(options);
    for _ in 0..40 {
        central.send_data(handle, &[1]);
    }
    assert_eq!(central.wait_event(0x1a), [1], "overflow");
    assert_eq!(air.air.load(), (2, 16));
}

#[test]
fn a_host_that_speaks_no_hci_loses_its_controller_and_the_next_one_gets_it() {
    let (air, mut central, mut peripheral, ..) = linked(AirOptions::default());
    central.send_raw(b"GET / HTTP/1.1\r\n\r\n");
    assert_eq!(peripheral.disconnected(), 0x08);
    let mut next = RawHost::at(air.addresses()[0]);
    assert_eq!(next.call(0x1009, &[])[0], 0);
}

#[test]
fn an_air_that_ends_closes_its_ports_and_lets_its_hosts_go() {
    let (air, mut central, _peripheral, ..) = linked(AirOptions::default());
    let addresses = air.addresses().to_vec();
    drop(air);
    assert!(central.is_let_go());
    for address in addresses {
        let std::net::SocketAddr::V4(address) = address else { panic!("{address}") };
        crate::socket::listen(*address.ip(), address.port()).unwrap();
    }
}

#[test]
fn two_hundred_connections_leave_nothing_behind() {
    let (air, mut central, mut peripheral) = air(AirOptions::default());
    for _ in 0..200 {
        peripheral.advertise(0, NOBODY, &[2, 1, 6], &[]);
        central.initiate(SECOND);
        let (handle, _) = central.connected();
        peripheral.connected();
        central.send_data(handle, &[1, 2, 3]);
        assert_eq!(peripheral.wait_data(LONG).unwrap().1, [1, 2, 3]);
        assert_eq!(central.call(0x0406, &[handle as u8, (handle >> 8) as u8, 0x13]), [0]);
        assert_eq!((central.disconnected(), peripheral.disconnected()), (0x16, 0x13));
    }
    assert_eq!(air.air.load(), (0, 0));
}
