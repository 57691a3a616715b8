//! The debugging bridge of Android: a connection, which is answered by a demand for a key or by a shell.

use crate::probe::identify::LoginOffer;
use crate::tcp::{Protocol, Spoken};
use crate::udp::Asking;

/// The protocol.
pub static PROTOCOL: Protocol = Protocol { name: "adb", likely: &[5555], in_tls: false, question, recognize };

/// A message: command, two arguments, length and sum of the data, the command with all bits turned.
fn message(command: &[u8; 4], first: u32, second: u32, data: &[u8]) -> Vec<u8> {
    let mut message = command.to_vec();
    let sum: u32 = data.iter().map(|byte| u32::from(*byte)).sum();
    for number in [first, second, data.len() as u32, sum, !u32::from_le_bytes(*command)] {
        message.extend(number.to_le_bytes());
    }
    message.extend(data);
    message
}

fn question(_asking: &Asking) -> Vec<u8> {
    message(b"CNXN", 0x0100_0000, 4096, b"host::hantei\0")
}

fn recognize(_asking: &Asking, bytes: &[u8]) -> Option<Spoken> {
    let head: [u8; 24] = bytes.get(..24)?.try_into().ok()?;
    let command: [u8; 4] = head[..4].try_into().ok()?;
    if head[20..] != (!u32::from_le_bytes(command)).to_le_bytes() {
        return None;
    }
    match &command {
        b"AUTH" => Some(Spoken::nothing().offering(LoginOffer {
            password: false,
            ..LoginOffer::certain("adb", false, "a key is asked for")
        })),
        b"STLS" => {
            Some(Spoken::nothing().offering(LoginOffer::certain("adb", false, "TLS with a key is asked for")))
        }
        b"CNXN" if !bytes[24..].starts_with(b"host::") => {
            Some(Spoken::nothing().and("other", &bytes[24..], "ADB banner").offering(LoginOffer::certain(
                "adb-anonymous",
                false,
                "connected without a key",
            )))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tcp::tests::asking;

    #[test]
    fn a_device_that_asks_for_a_key_is_told_from_an_open_one() {
        let kind = |bytes: &[u8]| recognize(&asking(), bytes).map(|spoken| spoken.logins[0].kind.clone());
        assert_eq!(kind(&message(b"AUTH", 1, 0, &[7; 20])).as_deref(), Some("adb"));
        assert_eq!(
            kind(&message(b"CNXN", 1, 2, b"device::ro.product.name=x")).as_deref(),
            Some("adb-anonymous")
        );
        let mut torn = message(b"AUTH", 1, 0, &[]);
        torn[20] ^= 1;
        assert_eq!(kind(&torn), None, "the command does not agree with itself");
    }
}
