//! SNMP v3: the discovery of the engine, which needs no user (RFC 3414, 4).

use crate::snmp_message;
use crate::udp::{Asking, Service, Told};

/// The service.
pub static SERVICE: Service = Service::plain("snmp-v3", &[161], questions, recognize);

fn questions(asking: &Asking) -> Vec<Vec<u8>> {
    vec![snmp_message::discover_engine(asking.number())]
}

fn recognize(asking: &Asking, bytes: &[u8]) -> Option<Told> {
    let engine = snmp_message::engine(bytes, asking.number())?;
    let written: String = engine.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut told = Told::nothing().and("other", written.as_bytes(), "SNMP engine id");
    // Format 3 of RFC 3411: the engine is named by a hardware address.
    if let [0x80..=0xff, _, _, _, 3, address @ ..] = &engine[..]
        && address.len() == 6
    {
        let pairs: Vec<String> = address.iter().map(|byte| format!("{byte:02x}")).collect();
        told = told.and("mac-address", pairs.join(":").as_bytes(), "SNMP engine id");
    }
    Some(told)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::udp::tests::asking;

    #[test]
    fn an_engine_named_by_its_hardware_address_tells_it() {
        let asking = asking();
        let engine = [0x80, 0, 0x1f, 0x88, 3, 2, 0, 0x5e, 0, 0x53, 1];
        let report = snmp_message::tests::engine_report(asking.number(), &engine);
        let told = recognize(&asking, &report).expect("an answer");
        assert_eq!(told.disclosed[1].value, "02:00:5e:00:53:01");
        let other = snmp_message::tests::engine_report(asking.number() + 1, &engine);
        assert_eq!(recognize(&asking, &other), None, "the answer to another question");
    }
}
