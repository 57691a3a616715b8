//! The port mapper of ONC RPC: which programs are registered (RFC 1833, 3.1).

use crate::udp::{Asking, Service, Told, number32};

/// The service.
pub static SERVICE: Service = Service::plain("rpcbind", &[111], questions, recognize);

const PORT_MAPPER: u32 = 100_000;
const DUMP: u32 = 4;

fn questions(asking: &Asking) -> Vec<Vec<u8>> {
    // Call of RPC version 2, mapper version 2, no credentials.
    let words = [asking.number(), 0, 2, PORT_MAPPER, 2, DUMP, 0, 0, 0, 0];
    vec![words.iter().flat_map(|word| word.to_be_bytes()).collect()]
}

fn recognize(asking: &Asking, bytes: &[u8]) -> Option<Told> {
    // Reply; accepted or denied.
    if number32(bytes, 0)? != asking.number() || number32(bytes, 4)? != 1 || number32(bytes, 8)? > 1 {
        return None;
    }
    let mut told = Told::nothing();
    let mut at = 24;
    // A list: one, program, version, protocol, port; zero at the end.
    while number32(bytes, at) == Some(1) && at < 24 + 20 * 256 {
        let (program, protocol, port) =
            (number32(bytes, at + 4)?, number32(bytes, at + 12)?, number32(bytes, at + 16)?);
        let transport = if protocol == 17 { "udp" } else { "tcp" };
        told = told.announcing(format!("rpc {program} {transport}/{port}"));
        at += 20;
    }
    Some(told)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::udp::tests::asking;

    #[test]
    fn programs_are_announced() {
        let words = [asking().number(), 1, 0, 0, 0, 0, 1, 100_003, 3, 6, 2049, 0];
        let mut answer: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
        let told = recognize(&asking(), &answer).expect("an answer");
        assert!(told.announced.contains("rpc 100003 tcp/2049"));
        answer[3] ^= 1;
        assert_eq!(recognize(&asking(), &answer), None);
    }
}
