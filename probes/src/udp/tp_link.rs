//! Smart plugs with the older TP-Link protocol: their description, veiled by a running XOR.

use serde_json::Value;

use crate::disclosed::tell_json;
use crate::udp::{Asking, Service, Told};

/// The service.
pub static SERVICE: Service = Service::plain("tp-link", &[9999], questions, recognize);

/// The first key; each further one is the byte that was sent before.
const FIRST_KEY: u8 = 171;

fn questions(_asking: &Asking) -> Vec<Vec<u8>> {
    vec![veiled(br#"{"system":{"get_sysinfo":{}}}"#)]
}

pub(crate) fn veiled(plain: &[u8]) -> Vec<u8> {
    let mut key = FIRST_KEY;
    let veil = |byte: &u8| {
        key ^= byte;
        key
    };
    plain.iter().map(veil).collect()
}

pub(crate) fn unveiled(bytes: &[u8]) -> Vec<u8> {
    let mut key = FIRST_KEY;
    let lift = |byte: &u8| key_and(&mut key, *byte);
    bytes.iter().map(lift).collect()
}

fn key_and(key: &mut u8, byte: u8) -> u8 {
    let plain = *key ^ byte;
    *key = byte;
    plain
}

fn recognize(_asking: &Asking, bytes: &[u8]) -> Option<Told> {
    let value: Value = serde_json::from_slice(&unveiled(bytes)).ok()?;
    let description = value.get("system")?.get("get_sysinfo")?;
    // An answer has an error code, a question has not.
    description.get("err_code")?;
    let mut told = Told::nothing();
    tell_json(&mut told.disclosed, description, "TP-Link description");
    Some(told)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::udp::tests::asking;

    #[test]
    fn a_plug_describes_itself() {
        let plain = br#"{"system":{"get_sysinfo":{"err_code":0,"model":"HK-1","sw_ver":"1.2"}}}"#;
        let told = recognize(&asking(), &veiled(plain)).expect("an answer");
        assert_eq!(told.disclosed.len(), 2);
        assert_eq!(recognize(&asking(), plain), None, "not veiled");
    }
}
