//! OpenVPN: a hard reset, which a server without an outer key answers.

use crate::udp::{Asking, Service, Told};

/// The service.
pub static SERVICE: Service = Service::plain("openvpn", &[1194], questions, recognize);

const RESET_BY_CLIENT: u8 = 7 << 3;
const RESET_BY_SERVER: u8 = 8 << 3;

fn questions(asking: &Asking) -> Vec<Vec<u8>> {
    // Opcode, own session, no acknowledgement, packet 0.
    vec![[&[RESET_BY_CLIENT][..], &asking.bytes::<8>(), &[0, 0, 0, 0, 0]].concat()]
}

fn recognize(asking: &Asking, bytes: &[u8]) -> Option<Told> {
    let acknowledged = [&[1, 0, 0, 0, 0][..], &asking.bytes::<8>()].concat();
    let answers = *bytes.first()? == RESET_BY_SERVER && bytes.get(9..22)? == acknowledged;
    answers.then(Told::nothing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::udp::tests::asking;

    #[test]
    fn the_server_acknowledges_our_session() {
        let mut answer =
            [&[RESET_BY_SERVER][..], &[9; 8], &[1, 0, 0, 0, 0], &asking().bytes::<8>(), &[0; 4]].concat();
        assert!(recognize(&asking(), &answer).is_some());
        answer[20] ^= 1;
        assert_eq!(recognize(&asking(), &answer), None);
    }
}
