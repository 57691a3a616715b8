//! ADDP, by which Digi modules are found: a search for any of them.

use crate::udp::{Asking, Service, Told, number16};

/// The service.
pub static SERVICE: Service = Service::plain("addp", &[2362], questions, recognize);

const SEARCH: [u8; 2] = [0, 1];
const REPLY: [u8; 2] = [0, 2];

fn questions(_asking: &Asking) -> Vec<Vec<u8>> {
    vec![[&b"DIGI"[..], &SEARCH, &[0, 6], &[0xff; 6]].concat()]
}

fn recognize(_asking: &Asking, bytes: &[u8]) -> Option<Told> {
    let rest = bytes.strip_prefix(b"DIGI")?.strip_prefix(&REPLY)?;
    let mut fields = rest.get(2..2 + usize::from(number16(rest, 0)?))?;
    let mut told = Told::nothing();
    while let [kind, length, after @ ..] = fields {
        let Some(value) = after.get(..usize::from(*length)) else { break };
        told = match kind {
            1 => {
                let pairs: Vec<String> = value.iter().map(|byte| format!("{byte:02x}")).collect();
                told.and("mac-address", pairs.join(":").as_bytes(), "ADDP hardware address")
            }
            5 => told.and("host-name", value, "ADDP name"),
            8 => told.and("firmware-version", value, "ADDP firmware"),
            13 => told.and("model", value, "ADDP device"),
            _ => told,
        };
        fields = &after[value.len()..];
    }
    Some(told)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::udp::tests::asking;

    #[test]
    fn a_module_tells_its_name() {
        let answer = b"DIGI\0\x02\0\x08\x05\x06module";
        assert_eq!(recognize(&asking(), answer).expect("an answer").disclosed[0].value, "module");
        assert_eq!(recognize(&asking(), b"DIGI\0\x02\0\x09\x05\x06module"), None, "cut off");
    }
}
