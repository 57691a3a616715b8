//! NTP as a client asks the time (RFC 5905).

use crate::udp::{Asking, Service, Told};

/// The service.
pub static SERVICE: Service = Service::plain("ntp", &[123], questions, recognize);

fn questions(asking: &Asking) -> Vec<Vec<u8>> {
    let mut question = vec![0; 48];
    question[0] = 0x23;
    question[40..48].copy_from_slice(&asking.bytes::<8>());
    vec![question]
}

fn recognize(asking: &Asking, bytes: &[u8]) -> Option<Told> {
    // A server repeats the time stamp of the question it answers.
    let server = bytes.len() >= 48 && bytes[0] & 7 == 4 && bytes[24..32] == asking.bytes::<8>();
    server.then(Told::nothing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::udp::tests::asking;

    #[test]
    fn a_server_repeats_the_time_stamp() {
        let mut answer = vec![0; 48];
        answer[0] = 0x24;
        assert_eq!(recognize(&asking(), &answer), None, "the time stamp is missing");
        answer[24..32].copy_from_slice(&asking().bytes::<8>());
        assert!(recognize(&asking(), &answer).is_some());
        answer[0] = 0x23;
        assert_eq!(recognize(&asking(), &answer), None, "a client");
    }
}
