//! What the water heater says about itself without being asked.

use super::uuids::{self, Uuid};
use crate::model;

/// Most bytes of an advertisement.
const LONGEST: usize = 31;
/// The company identifier for tests.
const COMPANY: [u8; 2] = [0xff, 0xff];

/// The advertisement: that it is discoverable, its name, its first service.
pub(super) fn data() -> Vec<u8> {
    let mut data = vec![2, 0x01, 0x06];
    add(&mut data, 0x09, model::MODEL.as_bytes());
    add(&mut data, 0x07, &uuids::PROVISIONING.bytes());
    data
}

/// The answer to a scan: more services, or, from a device that tells too much, the serial number.
pub(super) fn response(serial: Option<&str>) -> Vec<u8> {
    let mut data = Vec::new();
    add(&mut data, 0x03, &uuids::DEVICE_INFORMATION.bytes());
    match serial {
        Some(serial) => add(&mut data, 0xff, &[&COMPANY[..], serial.as_bytes()].concat()),
        None => add(&mut data, 0x06, &uuids::SETTINGS.bytes()),
    }
    data
}

/// Adds a structure if there is room for it.
fn add(data: &mut Vec<u8>, kind: u8, value: &[u8]) {
    if data.len() + 2 + value.len() <= LONGEST {
        data.extend_from_slice(&[value.len() as u8 + 1, kind]);
        data.extend_from_slice(value);
    }
}

/// Services that are advertised, by the scan response too.
pub const ADVERTISED: [Uuid; 3] = [uuids::PROVISIONING, uuids::DEVICE_INFORMATION, uuids::SETTINGS];

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(data: &[u8], part: &[u8]) -> bool {
        data.windows(part.len()).any(|window| window == part)
    }

    #[test]
    fn everything_fits() {
        let all = [data(), response(None)].concat();
        assert!(holds(&all, model::MODEL.as_bytes()));
        for uuid in ADVERTISED {
            assert!(holds(&all, &uuid.bytes()), "{uuid:?}");
        }
        let serial = format!("{}123456", model::SERIAL_PREFIX);
        assert!(holds(&response(Some(&serial)), serial.as_bytes()));
        assert!(!holds(&all, model::SERIAL_PREFIX.as_bytes()));
        assert!(data().len() <= LONGEST && response(Some(&serial)).len() <= LONGEST);
    }
}
