//! CoAP: the list of resources (RFC 7252, 6690).

use std::time::Duration;

use crate::coap_message;
use crate::udp::{Asking, Service, Told};

/// The service.
pub static SERVICE: Service =
    Service { gather: Duration::from_millis(250), ..Service::plain("coap", &[5683], questions, recognize) };

fn token(asking: &Asking) -> [u8; 4] {
    asking.number().to_be_bytes()
}

fn questions(asking: &Asking) -> Vec<Vec<u8>> {
    vec![coap_message::get_resources(asking.id(), token(asking))]
}

fn recognize(asking: &Asking, bytes: &[u8]) -> Option<Told> {
    let answer = coap_message::parse(bytes, asking.id(), token(asking))?;
    let mut told = Told::nothing().and("service-list", &answer.content, "CoAP /.well-known/core");
    for path in coap_message::paths(&answer.content) {
        told = told.announcing(format!("coap {path}"));
    }
    Some(told)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::udp::tests::asking;

    #[test]
    fn resources_are_announced_and_the_token_has_to_be_ours() {
        let asking = asking();
        let mut answer = vec![0x64, 0x45];
        answer.extend(asking.id().to_be_bytes());
        answer.extend(token(&asking));
        answer.extend(b"\xff</fw>");
        let told = recognize(&asking, &answer).expect("an answer");
        assert!(told.announced.contains("coap /fw"));
        answer[7] ^= 1;
        assert_eq!(recognize(&asking, &answer), None);
    }
}
