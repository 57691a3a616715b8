//! One Modbus question, the identification of the device, and its answer (Modbus Application Protocol 6.21).
//! It reads and never writes.

/// Function that reads the identification, and its kind of interface.
const IDENTIFY: [u8; 2] = [0x2b, 0x0e];
const FAILED: u8 = 0x80;
/// Names of the objects 0 to 6.
const OBJECTS: [&str; 7] = [
    "vendor name",
    "product code",
    "revision",
    "vendor URL",
    "product name",
    "model name",
    "application name",
];

/// Asks the unit for its basic identification, in the framing of Modbus over IP.
pub(crate) fn identify(transaction: u16, unit: u8) -> Vec<u8> {
    let mut bytes = transaction.to_be_bytes().to_vec();
    bytes.extend([0, 0, 0, 5, unit, IDENTIFY[0], IDENTIFY[1], 1, 0]);
    bytes
}

/// The objects of an answer, by name; empty if the device has no such function. `None` if the bytes are
/// no answer to this transaction.
pub(crate) fn answer(bytes: &[u8], transaction: u16) -> Option<Vec<(&'static str, Vec<u8>)>> {
    let (head, body) = bytes.split_at_checked(7)?;
    let length = usize::from(u16::from_be_bytes([head[4], head[5]]));
    if head[..2] != transaction.to_be_bytes() || head[2..4] != [0, 0] || length != body.len() + 1 {
        return None;
    }
    match body {
        // An exception with its code.
        [function, 1..=11] if *function == IDENTIFY[0] | FAILED => Some(Vec::new()),
        [function, kind, 1, _, _, _, count, objects @ ..] if [*function, *kind] == IDENTIFY => {
            let mut found = Vec::new();
            let mut rest = objects;
            for _ in 0..*count {
                let [id, size, after @ ..] = rest else { break };
                let (value, after) = after.split_at_checked(usize::from(*size))?;
                if let Some(name) = OBJECTS.get(usize::from(*id)) {
                    found.push((*name, value.to_vec()));
                }
                rest = after;
            }
            Some(found)
        }
        _ => None,
    }
}

/// What an object says of the device.
pub(crate) fn item(object: &str) -> &'static str {
    match object {
        "product code" | "product name" | "model name" => "model",
        "revision" => "firmware-version",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn objects_are_read_and_another_transaction_is_not() {
        let mut bytes = vec![0, 9, 0, 0, 0, 17, 1, 0x2b, 0x0e, 1, 1, 0, 0, 2, 0, 3];
        bytes.extend(b"abc\x02\x02v1");
        assert_eq!(bytes.len(), 6 + 17);
        let objects = answer(&bytes, 9).expect("an answer");
        assert_eq!(objects, [("vendor name", b"abc".to_vec()), ("revision", b"v1".to_vec())]);
        assert_eq!(answer(&bytes, 8), None);
        assert_eq!(answer(&[0, 9, 0, 0, 0, 3, 1, 0xab, 1], 9), Some(Vec::new()));
        assert_eq!(answer(&identify(9, 1), 9), None, "the question");
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_stop_the_reader(tail in proptest::collection::vec(any::<u8>(), 0..60)) {
            let mut bytes = vec![0, 9, 0, 0, 0, tail.len() as u8 + 4, 1, 0x2b, 0x0e, 1];
            bytes.extend(tail);
            let _ = answer(&bytes, 9);
        }
    }
}
