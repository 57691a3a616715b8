//! MQTT-SN: a search for gateways (MQTT-SN 1.2, 5.4.2).

use crate::udp::{Asking, Service, Told};

/// The service.
pub static SERVICE: Service = Service::plain("mqtt-sn", &[1883, 10000], questions, recognize);

fn questions(_asking: &Asking) -> Vec<Vec<u8>> {
    // Search, and a will nobody asked for: ping, which any gateway answers.
    vec![vec![3, 1, 0], vec![2, 0x16]]
}

fn recognize(_asking: &Asking, bytes: &[u8]) -> Option<Told> {
    match bytes {
        [3, 2, gateway] => {
            Some(Told::nothing().and("other", format!("gateway {gateway}").as_bytes(), "MQTT-SN"))
        }
        [length, 2, _, _, ..] if usize::from(*length) == bytes.len() => Some(Told::nothing()),
        [2, 0x17] => Some(Told::nothing()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::udp::tests::asking;

    #[test]
    fn a_gateway_names_itself() {
        assert!(recognize(&asking(), &[3, 2, 7]).is_some());
        assert!(recognize(&asking(), &[2, 0x17]).is_some());
        assert_eq!(recognize(&asking(), &[4, 2, 7]), None, "not its length");
    }
}
