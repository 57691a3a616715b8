//! NTP control messages, mode 6: the variables of the system (RFC 9327).

use crate::udp::{Asking, Service, Told, number16};

/// The service.
pub static SERVICE: Service = Service::plain("ntp-control", &[123], questions, recognize);

const READ_VARIABLES: u8 = 2;

fn questions(asking: &Asking) -> Vec<Vec<u8>> {
    let mut question = vec![0x16, READ_VARIABLES];
    question.extend(asking.id().to_be_bytes());
    question.extend([0; 8]);
    vec![question]
}

fn recognize(asking: &Asking, bytes: &[u8]) -> Option<Told> {
    let [first, operation, ..] = bytes else { return None };
    let answers = first & 7 == 6 && operation & 0x80 != 0 && operation & 0x1f == READ_VARIABLES;
    if !answers || number16(bytes, 2)? != asking.id() {
        return None;
    }
    let text = bytes.get(12..)?;
    let text = &text[..text.len().min(usize::from(number16(bytes, 10)?))];
    let mut told = Told::nothing();
    for pair in text.split(|byte| *byte == b',') {
        let Some(at) = pair.iter().position(|byte| *byte == b'=') else { continue };
        let name = pair[..at].trim_ascii();
        if matches!(name, b"version" | b"processor" | b"system") {
            let value = pair[at + 1..].trim_ascii();
            let value = value.strip_prefix(b"\"").unwrap_or(value);
            let value = value.strip_suffix(b"\"").unwrap_or(value);
            told = told.and("server-software", value, &format!("NTP {}", String::from_utf8_lossy(name)));
        }
    }
    Some(told)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::udp::tests::asking;

    #[test]
    fn variables_are_told_and_the_number_has_to_be_ours() {
        let mut answer = questions(&asking()).remove(0);
        answer[1] |= 0x80;
        let text = b"version=\"ntpd 4.2.8\", system=\"Linux/5\", stratum=2";
        answer[11] = text.len() as u8;
        answer.extend(text);
        let told = recognize(&asking(), &answer).expect("an answer");
        let values: Vec<&str> = told.disclosed.iter().map(|told| told.value.as_str()).collect();
        assert_eq!(values, ["ntpd 4.2.8", "Linux/5"]);
        answer[2] ^= 1;
        assert_eq!(recognize(&asking(), &answer), None);
    }
}
