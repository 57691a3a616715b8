//! The discovery of Ubiquiti devices: a list of typed values.

use crate::udp::{Asking, Service, Told, number16};

/// The service.
pub static SERVICE: Service = Service::plain("ubiquiti-discovery", &[10001], questions, recognize);

fn questions(_asking: &Asking) -> Vec<Vec<u8>> {
    vec![vec![1, 0, 0, 0], vec![2, 8, 0, 0]]
}

fn recognize(_asking: &Asking, bytes: &[u8]) -> Option<Told> {
    let [1 | 2, 0 | 6 | 9 | 11, ..] = bytes else { return None };
    let length = usize::from(number16(bytes, 2)?);
    let mut fields = bytes.get(4..).filter(|fields| fields.len() == length && !fields.is_empty())?;
    let mut told = Told::nothing();
    while let [kind, high, low, after @ ..] = fields {
        let value = after.get(..usize::from(u16::from_be_bytes([*high, *low])))?;
        told = match (kind, value) {
            (1 | 2, mac) if mac.len() >= 6 => {
                let pairs: Vec<String> = mac[..6].iter().map(|byte| format!("{byte:02x}")).collect();
                told.and("mac-address", pairs.join(":").as_bytes(), "Ubiquiti discovery")
            }
            (3, value) => told.and("firmware-version", value, "Ubiquiti discovery"),
            (11, value) => told.and("host-name", value, "Ubiquiti discovery"),
            (12 | 20, value) => told.and("model", value, "Ubiquiti discovery"),
            _ => told,
        };
        fields = &after[value.len()..];
    }
    fields.is_empty().then_some(told)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::udp::tests::asking;

    #[test]
    fn typed_values_fill_the_answer() {
        let answer = b"\x01\0\0\x08\x0c\0\x05HK-10";
        assert_eq!(recognize(&asking(), answer).expect("an answer").disclosed[0].item, "model");
        assert_eq!(recognize(&asking(), b"\x01\0\0\x08\x0c\0\x04HK-10"), None, "a byte is left");
    }
}
