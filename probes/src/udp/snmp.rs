//! SNMP v2c and v1 with the community `public` (RFC 1157, 1901, 3416).

use crate::snmp_message;
use crate::udp::{Asking, Service, Told};

/// The service: it answers only where the community is accepted.
pub static SERVICE: Service = Service::plain("snmp", &[161], questions, recognize);

fn questions(asking: &Asking) -> Vec<Vec<u8>> {
    [1, 0].map(|version| snmp_message::get_description(version, "public", asking.number())).to_vec()
}

fn recognize(asking: &Asking, bytes: &[u8]) -> Option<Told> {
    let description = snmp_message::description(bytes, asking.number())?;
    Some(Told::nothing().and("server-software", &description, "SNMP sysDescr.0, community public"))
}
