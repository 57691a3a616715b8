//! WS-Discovery probe sent straight to the device, as ONVIF cameras and printers answer it.

use std::time::Duration;

use crate::udp::{Asking, Service, Told};
use crate::ws_discovery_message;

/// The service.
pub static SERVICE: Service = Service {
    gather: Duration::from_millis(800),
    ..Service::plain("ws-discovery", &[3702], questions, recognize)
};

fn questions(asking: &Asking) -> Vec<Vec<u8>> {
    vec![ws_discovery_message::probe(&asking.uuid())]
}

fn recognize(asking: &Asking, bytes: &[u8]) -> Option<Told> {
    let matches = ws_discovery_message::matches(bytes, &asking.uuid())?;
    let mut told = Told::nothing();
    for found in matches {
        for kind in found.types {
            told = told.announcing(format!("ws-discovery {kind}"));
        }
        for address in found.addresses {
            told = told.and("other", address.as_bytes(), "WS-Discovery XAddrs");
        }
        for scope in found.scopes {
            let (item, value) = ws_discovery_message::meaning(&scope);
            told = told.and(item, value.as_bytes(), "WS-Discovery scope");
        }
    }
    Some(told)
}
