//! NAT-PMP and PCP: the outer address and an announcement (RFC 6886, 6887).

use std::net::IpAddr;

use crate::udp::{Asking, Service, Told, number16};

/// The service.
pub static SERVICE: Service = Service::plain("nat-pmp", &[5351], questions, recognize);

fn questions(asking: &Asking) -> Vec<Vec<u8>> {
    let mut announce = vec![2, 0, 0, 0, 0, 0, 0, 0];
    let own = match asking.from.ip() {
        IpAddr::V4(address) => address.to_ipv6_mapped(),
        IpAddr::V6(address) => address,
    };
    announce.extend(own.octets());
    vec![vec![0, 0], announce]
}

fn recognize(_asking: &Asking, bytes: &[u8]) -> Option<Told> {
    match (bytes, bytes.len()) {
        // The answer of NAT-PMP, or its refusal of a newer version.
        ([0, 128, ..], 8 | 12) if number16(bytes, 2)? <= 5 => {
            let address = bytes.get(8..12).filter(|address| **address != [0; 4]);
            Some(match address {
                Some(&[a, b, c, d]) => Told::nothing().and(
                    "other",
                    format!("{a}.{b}.{c}.{d}").as_bytes(),
                    "NAT-PMP outer address",
                ),
                _ => Told::nothing(),
            })
        }
        ([2, 128, 0, 0..=13, ..], 24..=1100) if bytes.len().is_multiple_of(4) => Some(Told::nothing()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::udp::tests::asking;

    #[test]
    fn the_outer_address_is_told() {
        let mut answer = vec![0, 128, 0, 0, 0, 0, 0, 9, 203, 0, 113, 7];
        assert_eq!(recognize(&asking(), &answer).expect("an answer").disclosed[0].value, "203.0.113.7");
        answer[1] = 129;
        assert_eq!(recognize(&asking(), &answer), None, "the answer to a mapping nobody asked for");
    }
}
