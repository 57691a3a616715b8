//! PDUs of the attribute protocol (Core, volume 3, part F): what a server sends is read, what a client sends is
//! written.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::octets::{Malformed, Octets};
use super::uuid::Uuid;

const LAYER: &str = "ATT";

/// Smallest and first MTU of a link.
pub(crate) const MTU_AT_FIRST: u16 = 23;
/// Longest attribute value.
pub(crate) const VALUE_AT_MOST: usize = 512;

/// Error that a server answers with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AttError(pub u8);

impl AttError {
    /// The handle is not there.
    pub const INVALID_HANDLE: Self = Self(0x01);
    /// The attribute cannot be read.
    pub const READ_NOT_PERMITTED: Self = Self(0x02);
    /// The attribute cannot be written.
    pub const WRITE_NOT_PERMITTED: Self = Self(0x03);
    /// The PDU is not valid.
    pub const INVALID_PDU: Self = Self(0x04);
    /// An authenticated link is needed.
    pub const INSUFFICIENT_AUTHENTICATION: Self = Self(0x05);
    /// The server does not know the request.
    pub const REQUEST_NOT_SUPPORTED: Self = Self(0x06);
    /// The offset lies behind the end.
    pub const INVALID_OFFSET: Self = Self(0x07);
    /// The application has to permit it.
    pub const INSUFFICIENT_AUTHORIZATION: Self = Self(0x08);
    /// No attribute of the type in the range.
    pub const ATTRIBUTE_NOT_FOUND: Self = Self(0x0a);
    /// Only in one go.
    pub const ATTRIBUTE_NOT_LONG: Self = Self(0x0b);
    /// The key of the link is too short.
    pub const KEY_TOO_SHORT: Self = Self(0x0c);
    /// The value is too long or too short.
    pub const INVALID_LENGTH: Self = Self(0x0d);
    /// An encrypted link is needed.
    pub const INSUFFICIENT_ENCRYPTION: Self = Self(0x0f);

    /// Whether the server asks for a better protected link.
    pub fn asks_for_security(self) -> bool {
        matches!(self.0, 0x05 | 0x08 | 0x0c | 0x0f)
    }

    /// The error in words.
    pub fn words(self) -> &'static str {
        match self.0 {
            0x01 => "invalid handle",
            0x02 => "read not permitted",
            0x03 => "write not permitted",
            0x04 => "invalid PDU",
            0x05 => "insufficient authentication",
            0x06 => "request not supported",
            0x07 => "invalid offset",
            0x08 => "insufficient authorization",
            0x09 => "prepare queue full",
            0x0a => "attribute not found",
            0x0b => "attribute not long",
            0x0c => "encryption key too short",
            0x0d => "invalid attribute value length",
            0x0e => "unlikely error",
            0x0f => "insufficient encryption",
            0x10 => "unsupported group type",
            0x11 => "insufficient resources",
            0x12 => "database out of sync",
            0x13 => "value not allowed",
            0x80..=0x9f => "application error",
            0xfc => "write request rejected",
            0xfd => "notifications wrongly configured",
            0xfe => "procedure already in progress",
            0xff => "out of range",
            _ => "reserved error",
        }
    }
}

impl fmt::Display for AttError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#04x} {}", self.0, self.words())
    }
}

/// A PDU that a server sends, or that a peer sends as a client of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Pdu {
    Error {
        request: u8,
        handle: u16,
        error: AttError,
    },
    MtuResponse(u16),
    /// Handle and type of attributes.
    Information(Vec<(u16, Uuid)>),
    /// First and last handle of what a value was found in.
    FoundByValue(Vec<(u16, u16)>),
    /// Handle and value, all values as long as each other.
    ByType(Vec<(u16, Vec<u8>)>),
    Value(Vec<u8>),
    BlobValue(Vec<u8>),
    Multiple(Vec<u8>),
    MultipleVariable(Vec<u8>),
    /// First handle, last handle and value of groups.
    ByGroup(Vec<(u16, u16, Vec<u8>)>),
    Written,
    Prepared {
        handle: u16,
        offset: u16,
        value: Vec<u8>,
    },
    Executed,
    Notification {
        handle: u16,
        value: Vec<u8>,
    },
    Indication {
        handle: u16,
        value: Vec<u8>,
    },
    MultipleNotification(Vec<u8>),
    Confirmation,
    /// The peer asks as a client: opcode and parameters.
    Request {
        opcode: u8,
        parameters: Vec<u8>,
    },
    /// The peer tells as a client, and expects no answer.
    Command {
        opcode: u8,
    },
}

impl Pdu {
    /// Reads a PDU.
    ///
    /// # Errors
    /// An unknown opcode, missing octets, octets too many, or records that do not fill the PDU.
    pub(crate) fn read(octets: &[u8]) -> Result<Self, Malformed> {
        let mut left = Octets::of(LAYER, octets);
        let opcode = left.u8("the opcode")?;
        let pdu = match opcode {
            0x01 => Self::Error {
                request: left.u8("the opcode in error")?,
                handle: left.u16("the handle in error")?,
                error: AttError(left.u8("the error code")?),
            },
            0x03 => Self::MtuResponse(left.u16("the MTU")?),
            0x05 => Self::Information(information(&mut left)?),
            0x07 => Self::FoundByValue(handle_ranges(&mut left)?),
            0x09 => Self::ByType(by_type(&mut left)?),
            0x0b => Self::Value(left.rest().to_vec()),
            0x0d => Self::BlobValue(left.rest().to_vec()),
            0x0f => Self::Multiple(left.rest().to_vec()),
            0x11 => Self::ByGroup(by_group(&mut left)?),
            0x13 => Self::Written,
            0x17 => Self::Prepared {
                handle: left.u16("the handle")?,
                offset: left.u16("the offset")?,
                value: left.rest().to_vec(),
            },
            0x19 => Self::Executed,
            0x1b => Self::Notification { handle: left.u16("the handle")?, value: left.rest().to_vec() },
            0x1d => Self::Indication { handle: left.u16("the handle")?, value: left.rest().to_vec() },
            0x1e => Self::Confirmation,
            0x21 => Self::MultipleVariable(left.rest().to_vec()),
            0x23 => Self::MultipleNotification(left.rest().to_vec()),
            0x02 | 0x04 | 0x06 | 0x08 | 0x0a | 0x0c | 0x0e | 0x10 | 0x12 | 0x16 | 0x18 | 0x20 => {
                Self::Request { opcode, parameters: left.rest().to_vec() }
            }
            // Bit 6 of the opcode marks a command.
            command if command & 0x40 != 0 => {
                left.rest();
                Self::Command { opcode }
            }
            other => return Err(Malformed::new(LAYER, format!("opcode {other:#04x} has no meaning"))),
        };
        left.end()?;
        Ok(pdu)
    }
}

fn information(left: &mut Octets<'_>) -> Result<Vec<(u16, Uuid)>, Malformed> {
    let size = match left.u8("the format")? {
        1 => 2,
        2 => 16,
        other => return Err(Malformed::new(LAYER, format!("format {other} of information has no meaning"))),
    };
    let mut found = Vec::new();
    while found.is_empty() || !left.is_empty() {
        let handle = left.u16("a handle")?;
        let uuid = Uuid::from_wire(left.take(size, "a type")?).expect("2 and 16 octets make a UUID");
        found.push((handle, uuid));
    }
    Ok(found)
}

fn handle_ranges(left: &mut Octets<'_>) -> Result<Vec<(u16, u16)>, Malformed> {
    let mut found = Vec::new();
    while found.is_empty() || !left.is_empty() {
        found.push((left.u16("a first handle")?, left.u16("a last handle")?));
    }
    Ok(found)
}

fn by_type(left: &mut Octets<'_>) -> Result<Vec<(u16, Vec<u8>)>, Malformed> {
    let size = usize::from(left.u8("the length of a record")?);
    let value = size.checked_sub(2).ok_or_else(|| Malformed::new(LAYER, "records without a handle"))?;
    let mut found = Vec::new();
    while found.is_empty() || !left.is_empty() {
        found.push((left.u16("a handle")?, left.take(value, "a value")?.to_vec()));
    }
    Ok(found)
}

fn by_group(left: &mut Octets<'_>) -> Result<Vec<(u16, u16, Vec<u8>)>, Malformed> {
    let size = usize::from(left.u8("the length of a record")?);
    let value = size.checked_sub(4).ok_or_else(|| Malformed::new(LAYER, "records without two handles"))?;
    let mut found = Vec::new();
    while found.is_empty() || !left.is_empty() {
        let (first, last) = (left.u16("a first handle")?, left.u16("a last handle")?);
        found.push((first, last, left.take(value, "a value")?.to_vec()));
    }
    Ok(found)
}

/// PDUs that a client sends.
pub(crate) mod request {
    use super::Uuid;

    pub(crate) fn mtu(mtu: u16) -> Vec<u8> {
        with(0x02, &[mtu], &[])
    }

    pub(crate) fn find_information(first: u16, last: u16) -> Vec<u8> {
        with(0x04, &[first, last], &[])
    }

    pub(crate) fn read_by_type(first: u16, last: u16, uuid: Uuid) -> Vec<u8> {
        with(0x08, &[first, last], &uuid.on_wire())
    }

    pub(crate) fn read(handle: u16) -> Vec<u8> {
        with(0x0a, &[handle], &[])
    }

    pub(crate) fn read_blob(handle: u16, offset: u16) -> Vec<u8> {
        with(0x0c, &[handle, offset], &[])
    }

    pub(crate) fn read_by_group(first: u16, last: u16, uuid: Uuid) -> Vec<u8> {
        with(0x10, &[first, last], &uuid.on_wire())
    }

    pub(crate) fn write(handle: u16, value: &[u8]) -> Vec<u8> {
        with(0x12, &[handle], value)
    }

    pub(crate) fn write_command(handle: u16, value: &[u8]) -> Vec<u8> {
        with(0x52, &[handle], value)
    }

    pub(crate) fn prepare_write(handle: u16, offset: u16, value: &[u8]) -> Vec<u8> {
        with(0x16, &[handle, offset], value)
    }

    pub(crate) fn execute_write(write: bool) -> Vec<u8> {
        vec![0x18, u8::from(write)]
    }

    pub(crate) fn confirmation() -> Vec<u8> {
        vec![0x1e]
    }

    /// An error in answer to what the peer asked as a client.
    pub(crate) fn error(request: u8, handle: u16, error: super::AttError) -> Vec<u8> {
        let [low, high] = handle.to_le_bytes();
        vec![0x01, request, low, high, error.0]
    }

    pub(crate) fn mtu_response(mtu: u16) -> Vec<u8> {
        with(0x03, &[mtu], &[])
    }

    fn with(opcode: u8, numbers: &[u16], tail: &[u8]) -> Vec<u8> {
        let mut octets = vec![opcode];
        octets.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
        octets.extend(tail);
        octets
    }
}

/// Opcode, name and what it is of: `{handle}` for those with a handle first.
pub(crate) fn opcode_name(opcode: u8) -> &'static str {
    match opcode {
        0x01 => "Error Response",
        0x02 => "Exchange MTU Request",
        0x03 => "Exchange MTU Response",
        0x04 => "Find Information Request",
        0x05 => "Find Information Response",
        0x06 => "Find By Type Value Request",
        0x07 => "Find By Type Value Response",
        0x08 => "Read By Type Request",
        0x09 => "Read By Type Response",
        0x0a => "Read Request",
        0x0b => "Read Response",
        0x0c => "Read Blob Request",
        0x0d => "Read Blob Response",
        0x0e => "Read Multiple Request",
        0x0f => "Read Multiple Response",
        0x10 => "Read By Group Type Request",
        0x11 => "Read By Group Type Response",
        0x12 => "Write Request",
        0x13 => "Write Response",
        0x16 => "Prepare Write Request",
        0x17 => "Prepare Write Response",
        0x18 => "Execute Write Request",
        0x19 => "Execute Write Response",
        0x1b => "Notification",
        0x1d => "Indication",
        0x1e => "Confirmation",
        0x20 => "Read Multiple Variable Request",
        0x21 => "Read Multiple Variable Response",
        0x23 => "Multiple Notification",
        0x52 => "Write Command",
        0xd2 => "Signed Write Command",
        _ => "unknown opcode",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_sends_is_read() {
        let read = |octets: &[u8]| Pdu::read(octets).unwrap();
        let refused = Pdu::Error { request: 0x0a, handle: 0x0003, error: AttError::INSUFFICIENT_ENCRYPTION };
        assert_eq!(read(&[0x01, 0x0a, 0x03, 0x00, 0x0f]), refused);
        assert_eq!(read(&[0x03, 0xf7, 0x00]), Pdu::MtuResponse(247));
        assert_eq!(
            read(&[0x05, 1, 3, 0, 0x02, 0x29, 4, 0, 0x01, 0x29]),
            Pdu::Information(vec![(3, Uuid::short(0x2902)), (4, Uuid::short(0x2901))])
        );
        assert_eq!(read(&[0x07, 1, 0, 5, 0]), Pdu::FoundByValue(vec![(1, 5)]));
        assert_eq!(read(&[0x09, 3, 1, 0, 9, 2, 0, 8]), Pdu::ByType(vec![(1, vec![9]), (2, vec![8])]));
        assert_eq!(read(&[0x0b]), Pdu::Value(vec![]));
        assert_eq!(read(&[0x11, 6, 1, 0, 5, 0, 0, 0x18]), Pdu::ByGroup(vec![(1, 5, vec![0, 0x18])]));
        assert_eq!(read(&[0x17, 1, 0, 2, 0, 7]), Pdu::Prepared { handle: 1, offset: 2, value: vec![7] });
        assert_eq!(read(&[0x1b, 1, 0, 7]), Pdu::Notification { handle: 1, value: vec![7] });
        assert_eq!(read(&[0x02, 23, 0]), Pdu::Request { opcode: 2, parameters: vec![23, 0] });
        assert_eq!(read(&[0x52, 1, 0, 5]), Pdu::Command { opcode: 0x52 });
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for octets in [
            &[][..],
            &[0x01, 0x0a, 3, 0],       // an error without its code
            &[0x01, 0x0a, 3, 0, 5, 0], // one octet more
            &[0x03, 23],               // half an MTU
            &[0x05, 3, 1, 0, 2, 0x29], // a format without meaning
            &[0x05, 1],                // no record
            &[0x05, 1, 1, 0, 2],       // half a record
            &[0x09, 1, 1, 0],          // records shorter than a handle
            &[0x09, 4, 1, 0, 1],       // half a value
            &[0x11, 3, 1, 0, 5, 0, 1], // groups shorter than two handles
            &[0x13, 1],                // a written response with parameters
            &[0x3f],                   // no opcode
        ] {
            assert!(Pdu::read(octets).is_err(), "{octets:02x?}");
        }
    }

    #[test]
    fn what_a_client_sends_is_written_in_wire_order() {
        assert_eq!(request::read(0x1234), [0x0a, 0x34, 0x12]);
        assert_eq!(request::read_by_group(1, 0xffff, Uuid::short(0x2800)), [0x10, 1, 0, 0xff, 0xff, 0, 0x28]);
        assert_eq!(request::prepare_write(3, 18, &[9]), [0x16, 3, 0, 18, 0, 9]);
        assert_eq!(request::error(0x08, 1, AttError::ATTRIBUTE_NOT_FOUND), [1, 8, 1, 0, 0x0a]);
    }

    #[test]
    fn errors_that_ask_for_security_are_told_from_the_rest() {
        let asking: Vec<u8> = (0..=255).filter(|code| AttError(*code).asks_for_security()).collect();
        assert_eq!(asking, [0x05, 0x08, 0x0c, 0x0f]);
        assert_eq!(AttError(0x0f).to_string(), "0x0f insufficient encryption");
    }
}
