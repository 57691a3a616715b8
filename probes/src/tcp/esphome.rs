//! The native interface of ESPHome: a greeting, in which the device names itself, or demands encryption.

use crate::probe::identify::LoginOffer;
use crate::tcp::{Protocol, Spoken};
use crate::udp::Asking;

/// The protocol.
pub static PROTOCOL: Protocol =
    Protocol { name: "esphome", likely: &[6053], in_tls: false, question, recognize };

const HELLO_RESPONSE: u8 = 2;

fn question(_asking: &Asking) -> Vec<u8> {
    // Plain frame, length, hello; the name of the client, version 1.10.
    b"\0\x0c\x01\x0a\x06hantei\x10\x01\x18\x0a".to_vec()
}

fn recognize(_asking: &Asking, bytes: &[u8]) -> Option<Spoken> {
    let spoken = Spoken::nothing();
    match bytes {
        // The first frame of the encrypted form, in which an error is told in words.
        [1, high, low, rest @ ..] => {
            let length = usize::from(u16::from_be_bytes([*high, *low]));
            let words = rest.get(..length)?;
            words.ends_with(b"encryption").then(|| {
                spoken.offering(LoginOffer::certain("esphome", false, "an encryption key is asked for"))
            })
        }
        [0, length, HELLO_RESPONSE, rest @ ..] if *length >= 4 && *length < 0x80 => {
            let mut fields = rest.get(..usize::from(*length))?;
            let mut spoken = spoken.offering(LoginOffer::unsure(
                "esphome",
                "greeted; whether orders need a password was not asked",
            ));
            // Numbers 1 and 2: versions; texts 3 and 4: software and name.
            while let [tag, after @ ..] = fields {
                match tag {
                    0x08 | 0x10 => fields = after.get(1..)?,
                    0x1a | 0x22 => {
                        let (&size, after) = after.split_first()?;
                        let value = after.get(..usize::from(size))?;
                        let item = if *tag == 0x1a { "server-software" } else { "host-name" };
                        spoken = spoken.and(item, value, "ESPHome greeting");
                        fields = &after[value.len()..];
                    }
                    _ => return None,
                }
            }
            Some(spoken)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tcp::tests::asking;

    #[test]
    fn a_device_names_itself() {
        let answer = b"\0\x12\x02\x08\x01\x10\x0a\x1a\x04v1.2\x22\x06heater";
        let spoken = recognize(&asking(), answer).expect("an answer");
        let values: Vec<&str> = spoken.disclosed.iter().map(|told| told.value.as_str()).collect();
        assert_eq!(values, ["v1.2", "heater"]);
        assert_eq!(recognize(&asking(), b"\0\x12\x03\x08\x01\x10\x0a\x1a\x04v1.2\x22\x06heater"), None);
    }
}
