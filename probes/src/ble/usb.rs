//! A dongle on USB that no driver holds: which one, and the way to it.

mod dongle;
mod endpoints;
#[cfg(test)]
mod endpoints_tests;

use std::fmt;
use std::io;

pub(super) use dongle::open;

/// A kind of USB device: `2fe3:000c`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UsbId {
    /// Who made it.
    pub vendor: u16,
    /// What it is.
    pub product: u16,
}

impl fmt::Display for UsbId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04x}:{:04x}", self.vendor, self.product)
    }
}

impl UsbId {
    /// Reads what [`fmt::Display`] writes; `None`: the text names no USB device.
    pub(super) fn read(text: &str) -> Option<Self> {
        let number = |text: &str| {
            let digits = text.len() == 4 && text.bytes().all(|octet| octet.is_ascii_hexdigit());
            u16::from_str_radix(text, 16).ok().filter(|_| digits)
        };
        let (vendor, product) = text.split_once(':')?;
        Some(Self { vendor: number(vendor)?, product: number(product)? })
    }
}

/// Class, subclass and protocol of a primary controller.
const HCI: [u8; 3] = [0xe0, 0x01, 0x01];

/// A USB device as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Attached {
    id: UsbId,
    class: [u8; 3],
    /// Number and class of each interface.
    interfaces: Vec<(u8, [u8; 3])>,
}

impl Attached {
    /// The interface for commands, events and data. The class of the device stands for those that name none.
    fn controller(&self) -> Option<u8> {
        let named = self.interfaces.iter().find(|(_, class)| *class == HCI).map(|(number, _)| *number);
        named
            .or_else(|| (self.class == HCI).then(|| self.interfaces.first().map_or(0, |(number, _)| *number)))
    }
}

/// Which of the devices is meant, and which interface of it.
fn chosen(id: UsbId, attached: &[Attached]) -> io::Result<(usize, u8)> {
    let told = |kind, what: String| Err(io::Error::new(kind, what));
    let mut such = attached.iter().enumerate().filter(|(_, one)| one.id == id);
    let Some((place, device)) = such.next() else {
        let mut there: Vec<String> =
            attached.iter().filter(|one| one.controller().is_some()).map(|one| one.id.to_string()).collect();
        there.sort();
        there.dedup();
        let there = match there.is_empty() {
            true => "no Bluetooth adapter is".to_owned(),
            false => there.join(", "),
        };
        return told(
            io::ErrorKind::NotFound,
            format!("no such device is attached to USB (attached: {there}); plug it in, or name another"),
        );
    };
    let more = such.count();
    if more > 0 {
        let what = format!("{} such devices are attached to USB; leave one of them plugged in", more + 1);
        return told(io::ErrorKind::InvalidInput, what);
    }
    match device.controller() {
        Some(interface) => Ok((place, interface)),
        None => told(
            io::ErrorKind::InvalidInput,
            "the device has no interface for HCI (class e0/01/01); it may need a driver: use it by hci:NUMBER"
                .to_owned(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(id: &str, class: [u8; 3], interfaces: &[(u8, [u8; 3])]) -> Attached {
        Attached { id: UsbId::read(id).unwrap(), class, interfaces: interfaces.to_vec() }
    }

    #[test]
    fn a_device_is_written_as_lsusb_writes_it() {
        assert_eq!(UsbId::read("2fe3:000c"), Some(UsbId { vendor: 0x2fe3, product: 0x000c }));
        assert_eq!(UsbId { vendor: 0xa12, product: 1 }.to_string(), "0a12:0001");
        for bad in ["", "2fe3", "2fe3:c", "2fe3:000c:1", "+fe3:000c", "2fe3:00g0", "12fe3:000c"] {
            assert_eq!(UsbId::read(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_one_that_is_meant_is_found_and_its_interface_for_hci() {
        let composite = [(0, [8, 6, 0x50]), (2, HCI), (3, HCI)];
        let attached = [
            device("046d:c077", [0, 0, 0], &[(0, [3, 1, 2])]),
            device("2fe3:000c", [0xef, 2, 1], &composite),
            device("0a12:0001", HCI, &[]),
        ];
        assert_eq!(chosen(UsbId::read("2fe3:000c").unwrap(), &attached).unwrap(), (1, 2));
        assert_eq!(chosen(UsbId::read("0a12:0001").unwrap(), &attached).unwrap(), (2, 0));
    }

    #[test]
    fn one_that_is_not_meant_is_told_with_what_to_do() {
        let told = |id: &str, attached: &[Attached]| {
            chosen(UsbId::read(id).unwrap(), attached).unwrap_err().to_string()
        };
        let dongle = device("0a12:0001", HCI, &[(0, HCI)]);
        let mouse = device("046d:c077", [0, 0, 0], &[(0, [3, 1, 2])]);
        let absent = told("2fe3:000c", &[dongle.clone(), mouse.clone()]);
        assert!(absent.contains("no such device") && absent.contains("0a12:0001"), "{absent}");
        assert!(!absent.contains("046d"), "{absent}");
        assert!(told("2fe3:000c", &[]).contains("no Bluetooth adapter"));
        assert!(told("0a12:0001", &[dongle.clone(), dongle]).contains("2 such devices"));
        assert!(told("046d:c077", &[mouse]).contains("no interface for HCI"));
    }
}
