//! Reads pcapng: sections, interfaces, packets; blocks of other kinds are passed over.

use std::io::Read;

use super::file_buffer::FileBuffer;
use super::frame::{FrameRef, LinkKind};
use super::pcap::{Ending, FileError, Order, RECORD_AT_MOST, Summary, give, reading};

/// Interfaces of a section.
const INTERFACES_AT_MOST: usize = 4096;

const SECTION: u32 = 0x0a0d_0d0a;
const INTERFACE: u32 = 1;
const OLD_PACKET: u32 = 2;
const SIMPLE_PACKET: u32 = 3;
const PACKET: u32 = 6;

#[derive(Clone, Copy)]
struct Interface {
    link: Result<LinkKind, u32>,
    /// Octets of a frame that are captured at most; 0 for all.
    snap: u32,
    /// Units of time in a second.
    units: u64,
    /// Seconds to be added.
    offset: i64,
}

/// Reads to the end.
pub(super) fn read<R: Read>(
    file: &mut FileBuffer<R>,
    take: &mut impl FnMut(FrameRef<'_>),
) -> Result<Summary, FileError> {
    let mut summary = Summary::default();
    let mut order = Order::Little;
    let mut interfaces: Vec<Interface> = Vec::new();
    let mut last = 0;
    loop {
        let offset = file.offset();
        let head = reading(file, 12)?;
        if head.is_empty() {
            return Ok(summary);
        }
        if head.len() < 12 {
            summary.ending = Ending::Torn { offset };
            return Ok(summary);
        }
        let mut kind = order.number32(head, 0);
        // The kind of a section reads the same in both orders, and says which one follows.
        if head.starts_with(&SECTION.to_be_bytes()) {
            kind = SECTION;
            order = match head.get(8..12) {
                Some([0x1a, 0x2b, 0x3c, 0x4d]) => Order::Big,
                Some([0x4d, 0x3c, 0x2b, 0x1a]) => Order::Little,
                _ => return broken(summary, offset, "a section says no byte order".to_owned()),
            };
            interfaces.clear();
        }
        let length = order.number32(head, 4);
        if length < 12 || !length.is_multiple_of(4) {
            return broken(summary, offset, format!("a block of {length} octets is said to follow"));
        }
        if !matches!(kind, INTERFACE | OLD_PACKET | SIMPLE_PACKET | PACKET) {
            let skipped = file.skip(length.into()).map_err(|source| FileError::Reading { offset, source })?;
            if !skipped {
                summary.ending = Ending::Torn { offset };
                return Ok(summary);
            }
            continue;
        }
        if length > RECORD_AT_MOST {
            return broken(summary, offset, format!("a block of {length} octets is said to follow"));
        }
        let block = reading(file, length as usize)?;
        let Some(body) = block.get(8..length as usize - 4) else {
            summary.ending = Ending::Torn { offset };
            return Ok(summary);
        };
        if kind == INTERFACE {
            if interfaces.len() >= INTERFACES_AT_MOST {
                return broken(summary, offset, format!("more than {INTERFACES_AT_MOST} interfaces"));
            }
            interfaces.push(interface(body, order));
        } else {
            let frame = match kind {
                PACKET => packet(body, order, order.number32(body, 0) as usize, &interfaces),
                OLD_PACKET => packet(body, order, order.number16(body, 0).into(), &interfaces),
                _ => simple(body, order, &interfaces, last),
            };
            let Some(Packet { link, at, bytes, length }) = frame else {
                return broken(
                    summary,
                    offset,
                    "a frame names an interface or a length that is not there".to_owned(),
                );
            };
            last = at;
            give(&mut summary, link, at, bytes, length, take);
        }
        file.take(length as usize);
    }
}

fn broken(mut summary: Summary, offset: u64, what: String) -> Result<Summary, FileError> {
    if summary.frames == 0 && offset == 0 {
        return Err(FileError::Header { offset, what });
    }
    summary.ending = Ending::Broken { offset, what };
    Ok(summary)
}

struct Packet<'a> {
    link: Result<LinkKind, u32>,
    at: u64,
    bytes: &'a [u8],
    length: u32,
}

fn packet<'a>(
    body: &'a [u8],
    order: Order,
    interface: usize,
    interfaces: &[Interface],
) -> Option<Packet<'a>> {
    let interface = interfaces.get(interface)?;
    let ticks = u64::from(order.number32(body, 4)) << 32 | u64::from(order.number32(body, 8));
    let captured = order.number32(body, 12) as usize;
    Some(Packet {
        link: interface.link,
        at: microseconds(ticks, interface),
        bytes: body.get(20..20_usize.checked_add(captured)?)?,
        length: order.number32(body, 16),
    })
}

/// A frame without a time: it gets that of the one before.
fn simple<'a>(body: &'a [u8], order: Order, interfaces: &[Interface], last: u64) -> Option<Packet<'a>> {
    let interface = interfaces.first()?;
    let length = order.number32(body, 0);
    let captured = if interface.snap == 0 { length } else { length.min(interface.snap) };
    let bytes = body.get(4..4_usize.checked_add(captured as usize)?)?;
    Some(Packet { link: interface.link, at: last, bytes, length })
}

fn microseconds(ticks: u64, interface: &Interface) -> u64 {
    let units = u128::from(interface.units.max(1));
    let micros = u128::from(ticks) * 1_000_000 / units;
    let micros = u64::try_from(micros).unwrap_or(u64::MAX);
    micros.saturating_add_signed(interface.offset.saturating_mul(1_000_000))
}

fn interface(body: &[u8], order: Order) -> Interface {
    let number = u32::from(order.number16(body, 0));
    let mut interface = Interface {
        link: LinkKind::from_number(number).ok_or(number),
        snap: order.number32(body, 4),
        units: 1_000_000,
        offset: 0,
    };
    let mut rest = body.get(8..).unwrap_or_default();
    while rest.len() >= 4 {
        let (kind, length) = (order.number16(rest, 0), usize::from(order.number16(rest, 2)));
        let Some(value) = rest.get(4..4 + length) else { break };
        match (kind, value) {
            (0, _) => break,
            (9, [resolution, ..]) => {
                let exponent = u32::from(resolution & 0x7f);
                let base = if resolution & 0x80 == 0 { 10_u64 } else { 2 };
                interface.units = base.checked_pow(exponent).unwrap_or(u64::MAX);
            }
            (14, offset) => {
                let eight: [u8; 8] = offset.first_chunk().copied().unwrap_or_default();
                interface.offset =
                    if order == Order::Big { i64::from_be_bytes(eight) } else { i64::from_le_bytes(eight) };
            }
            _ => {}
        }
        rest = rest.get(4 + length.next_multiple_of(4)..).unwrap_or_default();
    }
    interface
}
