//! The configuration port of Lantronix and compatible serial servers: the version query.

use crate::udp::{Asking, Service, Told};

/// The service.
pub static SERVICE: Service = Service::plain("lantronix", &[30718], questions, recognize);

fn questions(_asking: &Asking) -> Vec<Vec<u8>> {
    vec![vec![0, 0, 0, 0xf6]]
}

fn recognize(_asking: &Asking, bytes: &[u8]) -> Option<Told> {
    let [0, 0, 0, 0xf7, rest @ ..] = bytes else { return None };
    if rest.len() != 26 {
        return None;
    }
    let pairs: Vec<String> = rest[20..].iter().map(|byte| format!("{byte:02x}")).collect();
    Some(Told::nothing().and("mac-address", pairs.join(":").as_bytes(), "Lantronix version"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::udp::tests::asking;

    #[test]
    fn a_version_has_its_length() {
        let mut answer = vec![0, 0, 0, 0xf7];
        answer.extend([2; 26]);
        assert_eq!(recognize(&asking(), &answer).expect("an answer").disclosed[0].value, "02:02:02:02:02:02");
        answer.push(0);
        assert_eq!(recognize(&asking(), &answer), None);
    }
}
