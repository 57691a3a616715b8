//! Echo (RFC 862): whatever is sent comes back.

use crate::udp::{Asking, Service, Told};

/// The service.
pub static SERVICE: Service = Service::plain("echo", &[7], questions, recognize);

fn questions(asking: &Asking) -> Vec<Vec<u8>> {
    vec![asking.bytes::<23>().to_vec()]
}

fn recognize(asking: &Asking, bytes: &[u8]) -> Option<Told> {
    (bytes == asking.bytes::<23>()).then(Told::nothing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::udp::tests::asking;

    #[test]
    fn every_byte_has_to_come_back() {
        let question = questions(&asking()).remove(0);
        assert!(recognize(&asking(), &question).is_some());
        assert_eq!(recognize(&asking(), &question[1..]), None);
    }
}
