//! Modbus over TCP: the identification of the device. The protocol has no login.

use crate::modbus_message;
use crate::probe::identify::LoginOffer;
use crate::tcp::{Protocol, Spoken};
use crate::udp::Asking;

/// The protocol.
pub static PROTOCOL: Protocol =
    Protocol { name: "modbus", likely: &[502], in_tls: true, question, recognize };

fn question(asking: &Asking) -> Vec<u8> {
    modbus_message::identify(asking.id(), 1)
}

fn recognize(asking: &Asking, bytes: &[u8]) -> Option<Spoken> {
    let objects = modbus_message::answer(bytes, asking.id())?;
    let open = LoginOffer::certain("modbus-anonymous", false, "a question was answered without a login");
    Some(objects.iter().fold(Spoken::nothing().offering(open), |spoken, (name, value)| {
        spoken.and(modbus_message::item(name), value, &format!("Modbus {name}"))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tcp::tests::asking;

    #[test]
    fn an_exception_is_an_answer_and_another_transaction_is_none() {
        let id = asking().id().to_be_bytes();
        assert!(recognize(&asking(), &[id[0], id[1], 0, 0, 0, 3, 1, 0xab, 1]).is_some());
        assert_eq!(recognize(&asking(), &[id[0], id[1] ^ 1, 0, 0, 0, 3, 1, 0xab, 1]), None);
    }
}
