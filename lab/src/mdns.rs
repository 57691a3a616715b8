//! Multicast DNS, as far as a question sent straight to the device goes.

use crate::device::Device;
use crate::model;

const SERVICES: &str = "_services._dns-sd._udp.local";
const HTTPS: &str = "_https._tcp.local";
const INSTANCE: &str = "HK-100._https._tcp.local";
const HOST: &str = "hk-100.local";

const A: u16 = 1;
const PTR: u16 = 12;
const TXT: u16 = 16;
const SRV: u16 = 33;
const ANY: u16 = 255;
const INTERNET: u16 = 1;
/// Seconds that an answer to a plain resolver may be kept (RFC 6762, 6.7).
const KEPT_SECONDS: u32 = 10;

/// Answers a query; `None` if it asks for nothing that the device has.
pub(crate) fn answer(device: &Device, datagram: &[u8]) -> Option<Vec<u8>> {
    let header = datagram.get(..12)?;
    let is_query = header[2] & 0xF8 == 0;
    let questions = u16::from_be_bytes([header[4], header[5]]);
    if !is_query || questions == 0 || questions > 8 {
        return None;
    }
    let mut at = 12;
    let mut records = Vec::new();
    let mut count = 0u16;
    for _ in 0..questions {
        let (name, kind) = question(device, datagram, &mut at)?;
        for (owner, record_kind, data) in records_of(device, &name, kind) {
            records.extend_from_slice(&encoded(owner));
            records.extend_from_slice(&record_kind.to_be_bytes());
            records.extend_from_slice(&INTERNET.to_be_bytes());
            records.extend_from_slice(&KEPT_SECONDS.to_be_bytes());
            records.extend_from_slice(&(data.len() as u16).to_be_bytes());
            records.extend_from_slice(&data);
            count += 1;
        }
    }
    if count == 0 {
        return None;
    }
    // Same id, same questions, authoritative answer (RFC 6762, 6.7).
    let mut reply = vec![header[0], header[1], 0x84, 0, header[4], header[5]];
    reply.extend_from_slice(&count.to_be_bytes());
    reply.extend_from_slice(&[0; 4]);
    reply.extend_from_slice(&datagram[12..at]);
    reply.extend_from_slice(&records);
    Some(reply)
}

fn records_of(device: &Device, name: &str, kind: u16) -> Vec<(&'static str, u16, Vec<u8>)> {
    let asked = |wanted: u16| kind == wanted || kind == ANY;
    let mut records = Vec::new();
    match name.to_ascii_lowercase().as_str() {
        SERVICES if asked(PTR) => records.push((SERVICES, PTR, encoded(HTTPS))),
        HTTPS if asked(PTR) => {
            records.push((HTTPS, PTR, encoded(INSTANCE)));
            records.push((INSTANCE, SRV, srv(device)));
            records.push((INSTANCE, TXT, txt(device)));
            records.push((HOST, A, device.address.octets().to_vec()));
        }
        lower if lower == INSTANCE.to_ascii_lowercase() => {
            if asked(SRV) {
                records.push((INSTANCE, SRV, srv(device)));
            }
            if asked(TXT) {
                records.push((INSTANCE, TXT, txt(device)));
            }
        }
        HOST if asked(A) => records.push((HOST, A, device.address.octets().to_vec())),
        _ => {}
    }
    records
}

fn srv(device: &Device) -> Vec<u8> {
    let mut data = vec![0; 4]; // priority, weight
    data.extend_from_slice(&device.ports.https.to_be_bytes());
    data.extend_from_slice(&encoded(HOST));
    data
}

fn txt(device: &Device) -> Vec<u8> {
    let mut entries = vec![format!("model={}", model::MODEL)];
    if device.behaviour.mdns_tells_serial {
        entries.push(format!("serial={}", device.secrets.serial));
        entries.push(format!("fw={}", device.software.version()));
    }
    entries.iter().flat_map(|entry| [&[entry.len() as u8], entry.as_bytes()].concat()).collect()
}

/// Name and type of the question at `at`, which is moved past it.
fn question(device: &Device, datagram: &[u8], at: &mut usize) -> Option<(String, u16)> {
    let mut name = String::new();
    loop {
        let length = usize::from(*datagram.get(*at)?);
        *at += 1;
        match length {
            0 => break,
            // A question needs no compression, and ours are short.
            64.. => return None,
            _ => {}
        }
        if !name.is_empty() {
            name.push('.');
        }
        let Some(label) = datagram.get(*at..*at + length) else {
            if device.behaviour.inputs.short_name_ends_it {
                device.end();
            }
            return None;
        };
        name.push_str(std::str::from_utf8(label).ok()?);
        *at += length;
        if name.len() > 255 {
            return None;
        }
    }
    let kind = datagram.get(*at..*at + 4)?;
    *at += 4;
    Some((name, u16::from_be_bytes([kind[0], kind[1]])))
}

fn encoded(name: &str) -> Vec<u8> {
    let labels = name.split('.').flat_map(|label| [&[label.len() as u8], label.as_bytes()].concat());
    labels.chain([0]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(name: &str, kind: u16) -> Vec<u8> {
        let mut query = vec![0xAB, 0xCD, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        query.extend_from_slice(&encoded(name));
        query.extend_from_slice(&[0, kind as u8, 0, 1]);
        query
    }

    fn holds(answer: &[u8], part: &str) -> bool {
        answer.windows(part.len()).any(|window| window == part.as_bytes())
    }

    #[test]
    fn the_service_is_announced_with_its_model_and_no_more() {
        let device = crate::instance::tests::unpowered();
        let list = answer(&device, &query(SERVICES, PTR)).unwrap();
        assert_eq!(list[..2], [0xAB, 0xCD]);
        assert!(holds(&list, "_https"));
        let service = answer(&device, &query(HTTPS, PTR)).unwrap();
        assert!(holds(&service, "model=HK-100"));
        assert!(!holds(&service, "serial="));
        assert_eq!(answer(&device, &query("_ssh._tcp.local", PTR)), None);
    }

    #[test]
    fn a_query_cut_short_anywhere_is_left_alone() {
        let device = crate::instance::tests::unpowered();
        let whole = query(HTTPS, PTR);
        for end in 0..whole.len() {
            assert_eq!(answer(&device, &whole[..end]), None);
        }
    }
}
