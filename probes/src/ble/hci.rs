//! HCI packets over H4 (Core, volume 4, parts A and E): commands are written, events and ACL data are read.

use super::address::DeviceAddress;
use super::octets::{Malformed, Octets};

const LAYER: &str = "HCI";

/// Reports of one event that are read; an event of 255 octets holds fewer.
const REPORTS_AT_MOST: usize = 25;

/// Takes packets out of a stream of octets, whatever pieces it comes in. Holds less than one packet and what one
/// read brought.
#[derive(Debug, Default)]
pub(crate) struct Deframer {
    held: Vec<u8>,
}

impl Deframer {
    /// Adds what was read.
    pub(crate) fn add(&mut self, octets: &[u8]) {
        self.held.extend(octets);
    }

    /// The next whole packet.
    ///
    /// # Errors
    /// An octet that begins no packet of a controller: from there on the stream cannot be read.
    pub(crate) fn next(&mut self) -> Result<Option<Packet>, Malformed> {
        let (head, length) = match self.held.first() {
            None => return Ok(None),
            Some(0x04) if self.held.len() >= 3 => (3, usize::from(self.held[2])),
            Some(0x02) if self.held.len() >= 5 => {
                (5, usize::from(u16::from_le_bytes([self.held[3], self.held[4]])))
            }
            // Synchronous and isochronous data: nothing asks for it, so it is read over.
            Some(0x03) if self.held.len() >= 4 => (4, usize::from(self.held[3])),
            Some(0x05) if self.held.len() >= 5 => {
                (5, usize::from(u16::from_le_bytes([self.held[3], self.held[4] & 0x3f])))
            }
            Some(0x02..=0x05) => return Ok(None),
            Some(other) => {
                return Err(Malformed::new(
                    LAYER,
                    format!("no packet of a controller begins with {other:#04x}"),
                ));
            }
        };
        if self.held.len() < head + length {
            return Ok(None);
        }
        let whole: Vec<u8> = self.held.drain(..head + length).collect();
        let payload = whole[head..].to_vec();
        Ok(Some(match whole[0] {
            0x04 => Packet::Event { code: whole[1], parameters: payload },
            0x02 => {
                let flags = u16::from_le_bytes([whole[1], whole[2]]);
                Packet::Acl { handle: flags & 0x0fff, begins: (flags >> 12) & 0b11 != 0b01, data: payload }
            }
            _ => Packet::Other,
        }))
    }
}

/// A packet of the controller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Packet {
    Event {
        code: u8,
        parameters: Vec<u8>,
    },
    /// Data of a link; `begins` marks the first fragment of a frame.
    Acl {
        handle: u16,
        begins: bool,
        data: Vec<u8>,
    },
    /// Something that nobody asked for.
    Other,
}

/// An event that the host acts on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// A command is done; its return parameters, status first.
    CommandComplete {
        opcode: u16,
        returned: Vec<u8>,
    },
    /// A command is under way, or was refused.
    CommandStatus {
        opcode: u16,
        status: u8,
    },
    Reports(Vec<RawReport>),
    Connected {
        status: u8,
        handle: u16,
        peer: DeviceAddress,
    },
    Disconnected {
        handle: u16,
        reason: u8,
    },
    EncryptionChanged {
        status: u8,
        handle: u16,
        enabled: bool,
    },
    PacketsCompleted(Vec<(u16, u16)>),
    HardwareError(u8),
    Other,
}

/// One advertising report as the controller gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RawReport {
    /// Event type: 0 connectable, 1 directed, 2 scannable, 3 not connectable, 4 scan response.
    pub(crate) kind: u8,
    pub(crate) address: DeviceAddress,
    pub(crate) data: Vec<u8>,
    /// dBm; nothing where the controller does not know.
    pub(crate) rssi: Option<i8>,
}

impl Event {
    /// Reads an event.
    ///
    /// # Errors
    /// Missing octets, or reports that do not fill the event.
    pub(crate) fn read(code: u8, parameters: &[u8]) -> Result<Self, Malformed> {
        let mut left = Octets::of(LAYER, parameters);
        Ok(match code {
            0x05 => {
                let _status = left.u8("the status")?;
                Self::Disconnected {
                    handle: left.u16("the handle")? & 0x0fff,
                    reason: left.u8("the reason")?,
                }
            }
            0x08 | 0x59 => Self::EncryptionChanged {
                status: left.u8("the status")?,
                handle: left.u16("the handle")? & 0x0fff,
                enabled: left.u8("the state")? != 0,
            },
            0x30 => Self::EncryptionChanged {
                status: left.u8("the status")?,
                handle: left.u16("the handle")? & 0x0fff,
                enabled: true,
            },
            0x0e => {
                left.u8("the count of commands")?;
                Self::CommandComplete { opcode: left.u16("the opcode")?, returned: left.rest().to_vec() }
            }
            0x0f => {
                let status = left.u8("the status")?;
                left.u8("the count of commands")?;
                Self::CommandStatus { opcode: left.u16("the opcode")?, status }
            }
            0x10 => Self::HardwareError(left.u8("the code")?),
            0x13 => {
                let count = left.u8("the count of links")?;
                let mut completed = Vec::new();
                for _ in 0..count {
                    completed.push((left.u16("a handle")? & 0x0fff, left.u16("a count")?));
                }
                Self::PacketsCompleted(completed)
            }
            0x3e => Self::of_low_energy(&mut left)?,
            _ => Self::Other,
        })
    }

    fn of_low_energy(left: &mut Octets<'_>) -> Result<Self, Malformed> {
        Ok(match left.u8("the subevent")? {
            // Connection complete, plain and enhanced, have the same beginning.
            0x01 | 0x0a => {
                let status = left.u8("the status")?;
                let handle = left.u16("the handle")? & 0x0fff;
                left.u8("the role")?;
                let kind = left.u8("the kind of address")?;
                Self::Connected {
                    status,
                    handle,
                    peer: DeviceAddress::from_wire(kind, left.array("the address")?),
                }
            }
            0x02 => Self::Reports(reports(left)?),
            _ => Self::Other,
        })
    }
}

fn reports(left: &mut Octets<'_>) -> Result<Vec<RawReport>, Malformed> {
    let count = usize::from(left.u8("the count of reports")?);
    if count > REPORTS_AT_MOST {
        return Err(Malformed::new(LAYER, format!("{count} advertising reports in one event")));
    }
    let mut reports = Vec::with_capacity(count);
    for _ in 0..count {
        let kind = left.u8("the kind of report")?;
        let address = left.u8("the kind of address")?;
        let address = DeviceAddress::from_wire(address, left.array("the address")?);
        let length = usize::from(left.u8("the length of the data")?);
        let data = left.take(length, "the data")?.to_vec();
        let rssi = i8::from_le_bytes([left.u8("the signal strength")?]);
        reports.push(RawReport { kind, address, data, rssi: (rssi != 127).then_some(rssi) });
    }
    left.end()?;
    Ok(reports)
}

/// A command: opcode and parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Command {
    pub(crate) opcode: u16,
    parameters: Vec<u8>,
}

impl Command {
    /// As it goes to the controller.
    pub(crate) fn octets(&self) -> Vec<u8> {
        let [low, high] = self.opcode.to_le_bytes();
        let length = u8::try_from(self.parameters.len()).expect("no command here has more than 255 octets");
        [&[0x01, low, high, length], &self.parameters[..]].concat()
    }

    fn new(opcode: u16, parameters: impl Into<Vec<u8>>) -> Self {
        Self { opcode, parameters: parameters.into() }
    }

    pub(crate) fn reset() -> Self {
        Self::new(0x0c03, [])
    }

    /// What a controller tells by itself, and beside it refreshed keys (bit 47) and LE (bit 61).
    pub(crate) fn set_event_mask() -> Self {
        Self::new(0x0c01, 0x2000_9fff_ffff_ffff_u64.to_le_bytes())
    }

    /// Links that came about, advertising reports, changed parameters. Wishes of a peer for other parameters stay
    /// masked, so that the controller turns them down by itself.
    pub(crate) fn set_le_event_mask() -> Self {
        Self::new(0x2001, 0x0000_0000_0000_000f_u64.to_le_bytes())
    }

    pub(crate) fn read_le_buffer_size() -> Self {
        Self::new(0x2002, [])
    }

    pub(crate) fn read_buffer_size() -> Self {
        Self::new(0x1005, [])
    }

    pub(crate) fn set_random_address(address: DeviceAddress) -> Self {
        Self::new(0x2005, address.on_wire())
    }

    /// Interval and window 60 ms: without a pause. A passive scan sends nothing; an active one of accepted devices
    /// alone sends to nobody else.
    pub(crate) fn set_scan_parameters(active: bool, accepted_only: bool) -> Self {
        let mut parameters = vec![u8::from(active)];
        parameters.extend(0x0060_u16.to_le_bytes());
        parameters.extend(0x0060_u16.to_le_bytes());
        parameters.extend([1, u8::from(accepted_only)]);
        Self::new(0x200b, parameters)
    }

    pub(crate) fn clear_accept_list() -> Self {
        Self::new(0x2010, [])
    }

    /// Adds a device to those that are accepted.
    pub(crate) fn accept(device: DeviceAddress) -> Self {
        let mut parameters = vec![device.kind_number()];
        parameters.extend(device.on_wire());
        Self::new(0x2011, parameters)
    }

    pub(crate) fn set_scan_enable(enable: bool) -> Self {
        Self::new(0x200c, [u8::from(enable), 0])
    }

    /// A link to this address alone; interval 15 to 30 ms, supervision time-out 4 s.
    pub(crate) fn create_connection(peer: DeviceAddress) -> Self {
        let mut parameters = Vec::with_capacity(25);
        parameters.extend([0x60, 0, 0x60, 0]);
        parameters.extend([0, peer.kind_number()]);
        parameters.extend(peer.on_wire());
        parameters.push(1);
        for number in [12_u16, 24, 0, 400, 0, 0] {
            parameters.extend(number.to_le_bytes());
        }
        Self::new(0x200d, parameters)
    }

    pub(crate) fn cancel_connection() -> Self {
        Self::new(0x200e, [])
    }

    /// Remote user ended the connection.
    pub(crate) fn disconnect(handle: u16) -> Self {
        let [low, high] = handle.to_le_bytes();
        Self::new(0x0406, [low, high, 0x13])
    }

    /// Numbers as on the wire, least significant octet first.
    pub(crate) fn start_encryption(handle: u16, rand: [u8; 8], ediv: u16, key: [u8; 16]) -> Self {
        let mut parameters = handle.to_le_bytes().to_vec();
        parameters.extend(rand);
        parameters.extend(ediv.to_le_bytes());
        parameters.extend(key);
        Self::new(0x2019, parameters)
    }
}

/// Data of a link as it goes to the controller.
pub(crate) fn acl(handle: u16, begins: bool, data: &[u8]) -> Vec<u8> {
    let flags = (handle & 0x0fff) | if begins { 0 } else { 0b01 << 12 };
    let length = u16::try_from(data.len()).expect("a fragment is as long as the controller takes at most");
    [&[0x02], &flags.to_le_bytes()[..], &length.to_le_bytes(), data].concat()
}

/// An error code of HCI in words.
pub(crate) fn error_words(code: u8) -> &'static str {
    match code {
        0x00 => "success",
        0x01 => "unknown command",
        0x02 => "no such connection",
        0x05 => "authentication failure",
        0x06 => "key missing",
        0x07 => "memory full",
        0x08 => "connection timed out",
        0x09 => "connection limit reached",
        0x0b => "connection is there already",
        0x0c => "command not allowed now",
        0x0d => "limited resources",
        0x11 => "not supported",
        0x12 => "invalid parameters",
        0x13 => "ended by the remote user",
        0x14 => "ended by the remote device: low resources",
        0x15 => "ended by the remote device: power off",
        0x16 => "ended by the tester",
        0x1a => "unsupported remote feature",
        0x1f => "unspecified error",
        0x22 => "link layer response timed out",
        0x28 => "instant passed",
        0x29 => "pairing with unit key not supported",
        0x3b => "unacceptable connection parameters",
        0x3c => "advertising timed out",
        0x3d => "message integrity failure: the keys differ",
        0x3e => "connection failed to be established",
        _ => "other error",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_come_out_of_any_pieces() {
        let stream = [
            &[0x04, 0x0e, 4, 1, 3, 0x0c, 0][..],
            &[0x02, 0x40, 0x20, 2, 0, 9, 8],
            &[0x03, 1, 0, 1, 7],
            &[0x04, 0x10, 1, 5],
        ]
        .concat();
        let whole = [
            Packet::Event { code: 0x0e, parameters: vec![1, 3, 0x0c, 0] },
            Packet::Acl { handle: 0x40, begins: true, data: vec![9, 8] },
            Packet::Other,
            Packet::Event { code: 0x10, parameters: vec![5] },
        ];
        for size in 1..stream.len() {
            let mut deframer = Deframer::default();
            let mut packets = Vec::new();
            for piece in stream.chunks(size) {
                deframer.add(piece);
                while let Some(packet) = deframer.next().unwrap() {
                    packets.push(packet);
                }
            }
            assert_eq!(packets, whole);
        }
        let mut deframer = Deframer::default();
        deframer.add(&[0x01, 0, 0, 0]);
        assert!(deframer.next().is_err(), "a controller sends no commands");
    }

    #[test]
    fn events_are_read() {
        let read = |code, parameters: &[u8]| Event::read(code, parameters).unwrap();
        assert_eq!(
            read(0x0e, &[1, 3, 0x0c, 0]),
            Event::CommandComplete { opcode: 0x0c03, returned: vec![0] }
        );
        assert_eq!(read(0x0f, &[0, 1, 0x0d, 0x20]), Event::CommandStatus { opcode: 0x200d, status: 0 });
        assert_eq!(read(0x05, &[0, 0x40, 0, 0x13]), Event::Disconnected { handle: 0x40, reason: 0x13 });
        assert_eq!(
            read(0x08, &[0, 0x40, 0, 1]),
            Event::EncryptionChanged { status: 0, handle: 0x40, enabled: true }
        );
        assert_eq!(read(0x13, &[1, 0x40, 0, 2, 0]), Event::PacketsCompleted(vec![(0x40, 2)]));
        let peer = "C0:FF:EE:00:00:01/random".parse().unwrap();
        let mut connected = vec![0x01, 0, 0x40, 0, 0, 1, 1, 0, 0, 0xee, 0xff, 0xc0];
        connected.extend([24, 0, 0, 0, 144, 1, 0]);
        assert_eq!(read(0x3e, &connected), Event::Connected { status: 0, handle: 0x40, peer });
        let report = [2, 1, 3, 1, 1, 0, 0, 0xee, 0xff, 0xc0, 2, 7, 8, 0xd0];
        let seen = RawReport { kind: 3, address: peer, data: vec![7, 8], rssi: Some(-48) };
        assert_eq!(read(0x3e, &report), Event::Reports(vec![seen]));
        assert_eq!(read(0x3e, &[0x77]), Event::Other);
    }

    #[test]
    fn events_that_are_cut_short_are_refused() {
        for (code, parameters) in [
            (0x3e, &[][..]),
            (0x3e, &[0x02, 1, 0, 1, 1, 2, 3, 4, 5, 6, 31, 0]),
            (0x3e, &[0x02, 255]),
            (0x3e, &[0x02, 1, 3, 1, 1, 0, 0, 0, 0, 0, 0, 0xd0, 9]),
            (0x05, &[0, 0x40]),
            (0x13, &[3, 0, 0, 1, 0]),
            (0x0e, &[1, 3]),
        ] {
            assert!(Event::read(code, parameters).is_err(), "{code:#04x} {parameters:02x?}");
        }
    }

    #[test]
    fn commands_and_data_are_written_as_the_controller_reads_them() {
        assert_eq!(Command::reset().octets(), [1, 3, 0x0c, 0]);
        let peer = "C0:FF:EE:00:00:01/random".parse().unwrap();
        let connect = Command::create_connection(peer).octets();
        assert_eq!((connect[3], connect.len()), (25, 29));
        assert_eq!(connect[8..16], [0, 1, 1, 0, 0, 0xee, 0xff, 0xc0]);
        assert_eq!(Command::start_encryption(0x40, [0; 8], 0, [7; 16]).octets()[3], 28);
        assert_eq!(
            Command::set_scan_parameters(false, false).octets(),
            [1, 0x0b, 0x20, 7, 0, 0x60, 0, 0x60, 0, 1, 0]
        );
        assert_eq!(acl(0x40, true, &[1, 2]), [2, 0x40, 0x00, 2, 0, 1, 2]);
        assert_eq!(acl(0x40, false, &[1]), [2, 0x40, 0x10, 1, 0, 1]);
    }
}
