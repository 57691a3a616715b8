//! TFTP: a file that cannot exist is asked for (RFC 1350). The answer comes from a port of its own.

use crate::udp::{Asking, Service, Told};

/// The service.
pub static SERVICE: Service =
    Service { answers_from_elsewhere: true, ..Service::plain("tftp", &[69], questions, recognize) };

fn questions(asking: &Asking) -> Vec<Vec<u8>> {
    let mut question = vec![0, 1];
    question.extend(format!("hantei-{:08x}-does-not-exist", asking.number()).as_bytes());
    question.extend(b"\0octet\0");
    vec![question]
}

fn recognize(_asking: &Asking, bytes: &[u8]) -> Option<Told> {
    match bytes {
        // An error: a code up to 8, words, and a zero at the end.
        [0, 5, 0, 0..=8, words @ .., 0] if words.len() <= 512 && !words.contains(&0) => {
            Some(Told::nothing().and("other", words, "TFTP error"))
        }
        // The first block of a file that it made up.
        [0, 3, 0, 1, data @ ..] if data.len() <= 512 => {
            Some(Told::nothing().and("other", b"a file that does not exist was sent", "TFTP"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::udp::tests::asking;

    #[test]
    fn an_error_is_an_answer_and_a_second_block_is_not() {
        assert!(recognize(&asking(), b"\0\x05\0\x01File not found\0").is_some());
        assert!(recognize(&asking(), b"\0\x03\0\x01data").is_some());
        assert_eq!(recognize(&asking(), b"\0\x03\0\x02data"), None);
        assert_eq!(recognize(&asking(), b"\0\x05\0\x01no end"), None);
    }
}
