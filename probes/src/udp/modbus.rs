//! Modbus over UDP: the identification of the device.

use crate::modbus_message;
use crate::udp::{Asking, Service, Told};

/// The service.
pub static SERVICE: Service = Service::plain("modbus", &[502], questions, recognize);

fn questions(asking: &Asking) -> Vec<Vec<u8>> {
    vec![modbus_message::identify(asking.id(), 1), modbus_message::identify(asking.id(), 255)]
}

fn recognize(asking: &Asking, bytes: &[u8]) -> Option<Told> {
    let objects = modbus_message::answer(bytes, asking.id())?;
    Some(objects.iter().fold(Told::nothing(), |told, (name, value)| {
        told.and(modbus_message::item(name), value, &format!("Modbus {name}"))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::udp::tests::asking;

    #[test]
    fn an_exception_is_an_answer_too() {
        let id = asking().id().to_be_bytes();
        assert!(recognize(&asking(), &[id[0], id[1], 0, 0, 0, 3, 1, 0xab, 1]).is_some());
        assert_eq!(recognize(&asking(), &[id[0], id[1], 0, 1, 0, 3, 1, 0xab, 1]), None, "another protocol");
    }
}
