//! The control port of chrony: the number of its sources is asked for.

use crate::udp::{Asking, Service, Told, number16, number32};

/// The service.
pub static SERVICE: Service = Service::plain("chrony-control", &[323], questions, recognize);

const VERSION: u8 = 6;
const REQUEST: u8 = 1;
const REPLY: u8 = 2;
const NUMBER_OF_SOURCES: u16 = 14;

fn questions(asking: &Asking) -> Vec<Vec<u8>> {
    let mut question = vec![VERSION, REQUEST, 0, 0];
    question.extend(NUMBER_OF_SOURCES.to_be_bytes());
    question.extend([0, 0]);
    question.extend(asking.number().to_be_bytes());
    // As long as the answer may be, which the server demands.
    question.resize(64, 0);
    vec![question]
}

fn recognize(asking: &Asking, bytes: &[u8]) -> Option<Told> {
    let answers = matches!(bytes, [5 | 6, REPLY, 0, 0, ..])
        && number16(bytes, 4)? == NUMBER_OF_SOURCES
        && number32(bytes, 16)? == asking.number();
    answers.then(Told::nothing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::udp::tests::asking;

    #[test]
    fn an_answer_repeats_command_and_number() {
        let mut answer = vec![6, 2, 0, 0, 0, 14, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0];
        answer.extend(asking().number().to_be_bytes());
        assert!(recognize(&asking(), &answer).is_some());
        answer[5] = 15;
        assert_eq!(recognize(&asking(), &answer), None, "another command");
    }
}
