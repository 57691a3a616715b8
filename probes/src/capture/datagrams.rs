//! What a datagram is, by what it holds; the port decides only where the form alone is weak.

use super::facts::Certainty;
use super::fields;
use super::http_seen;
use super::sighting::{Sighting, Sightings};
use super::tls_seen;

/// A kind of datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kind {
    /// Name of the protocol.
    pub(super) name: &'static str,
    /// It is not encrypted.
    pub(super) clear: bool,
}

const fn clear(name: &'static str) -> Option<Kind> {
    Some(Kind { name, clear: true })
}

const fn closed(name: &'static str) -> Option<Kind> {
    Some(Kind { name, clear: false })
}

/// Recognizes a datagram.
pub(super) fn recognize(bytes: &[u8], ports: (u16, u16)) -> Option<Kind> {
    let on = |port: u16| ports.0 == port || ports.1 == port;
    if tls_seen::is_datagram(bytes) {
        return closed("dtls");
    }
    if on(5353) && is_dns(bytes) {
        return clear("mdns");
    }
    if on(5355) && is_dns(bytes) {
        return clear("llmnr");
    }
    if on(137) && bytes.len() >= 12 {
        return clear("netbios-ns");
    }
    if (on(53) && is_dns(bytes)) || is_exactly_dns(bytes) {
        return clear("dns");
    }
    if bytes.get(236..240) == Some(&[0x63, 0x82, 0x53, 0x63]) {
        return clear("dhcp");
    }
    if (on(546) || on(547)) && matches!(bytes, [1..=13, _, _, _, ..]) {
        return clear("dhcpv6");
    }
    if on(123) && is_ntp(bytes) {
        // Authentication (NTS, a key) does not hide the time.
        return clear("ntp");
    }
    if http_seen::recognize(bytes).is_some() {
        return if on(1900) || is_search(bytes) {
            clear("ssdp")
        } else {
            clear(http_seen::recognize(bytes)?)
        };
    }
    if matches!(bytes, [0, _, _, _, 0x21, 0x12, 0xa4, 0x42, ..] | [1, _, _, _, 0x21, 0x12, 0xa4, 0x42, ..]) {
        return clear("stun");
    }
    if let Some(version) = snmp_version(bytes) {
        return Some(Kind { name: "snmp", clear: version < 3 });
    }
    if is_quic(bytes) {
        return closed("quic");
    }
    if (on(5683) || on(5684)) && is_coap(bytes) {
        return clear("coap");
    }
    if is_syslog(bytes) {
        return clear("syslog");
    }
    if ports.1 == 69 && matches!(bytes, [0, 1 | 2, ..]) && bytes.last() == Some(&0) {
        return clear("tftp");
    }
    if on(3702) && bytes.trim_ascii_start().starts_with(b"<") {
        return clear("ws-discovery");
    }
    if fields::begins_json(bytes) {
        return clear("json");
    }
    // Below what has a form of its own.
    if is_wireguard(bytes) { closed("wireguard") } else { None }
}

/// Credentials in a datagram of this kind.
pub(super) fn credentials(kind: Kind, bytes: &[u8], from_caller: bool, told: &mut Sightings) {
    match kind.name {
        "snmp" => {
            if let Some(community) = community(bytes) {
                let sighting =
                    Sighting::of("community", Certainty::Certain, "SNMP community", community.len());
                told.tell(from_caller, sighting);
            }
        }
        "coap" => {
            if let Some(mark) = bytes.iter().position(|byte| *byte == 0xff) {
                let payload = bytes.get(mark + 1..).unwrap_or_default();
                if fields::begins_json(payload) {
                    fields::json(payload, from_caller, told);
                }
            }
        }
        "json" => fields::json(bytes, from_caller, told),
        _ => {}
    }
}

/// A header of DNS with counts that a datagram can hold.
fn is_dns(bytes: &[u8]) -> bool {
    let counts =
        bytes.get(4..12).map(|counts| counts.chunks_exact(2).map(|two| u16::from_be_bytes([two[0], two[1]])));
    counts.is_some_and(|mut counts| counts.all(|count| count < 512))
        && bytes.get(2).is_some_and(|flags| flags >> 3 & 15 < 6)
}

/// A message of DNS by its form alone: one question of a usual kind with a name of letters, in a message that holds
/// what its header says.
pub(super) fn is_exactly_dns(bytes: &[u8]) -> bool {
    let Some((header, mut rest)) = bytes.split_at_checked(12) else { return false };
    let &[_, _, flags, more, 0, 1, 0, answers, 0, authorities, 0, additional] = header else { return false };
    loop {
        let Some((length, after)) = rest.split_first() else { return false };
        let Some((label, after)) = after.split_at_checked(usize::from(*length)) else { return false };
        rest = after;
        match label {
            [] => break,
            label if label.len() < 64 && label.iter().all(|byte| (b'!'..=b'~').contains(byte)) => {}
            _ => return false,
        }
    }
    let [0 | 1, _, class_high, 1 | 3, records @ ..] = rest else { return false };
    let asks = flags & 0x80 == 0;
    let records_follow = u32::from(answers) + u32::from(authorities) + u32::from(additional);
    // Operation 0, no reserved bit; a question carries options at most.
    flags & 0x78 == 0
        && more & 0x40 == 0
        && matches!(class_high, 0 | 0x80)
        && (records_follow > 0) != records.is_empty()
        && (!asks
            || (answers == 0 && authorities == 0 && (additional == 0 || records.starts_with(&[0, 0, 41]))))
        && crate::dns_message::parse(bytes).is_some()
}

fn is_ntp(bytes: &[u8]) -> bool {
    let [first, ..] = bytes else { return false };
    let (version, mode) = (first >> 3 & 7, first & 7);
    (1..=5).contains(&version)
        && match mode {
            1..=5 => bytes.len() >= 48,
            6 | 7 => bytes.len() >= 8,
            _ => false,
        }
}

fn is_search(bytes: &[u8]) -> bool {
    bytes.starts_with(b"M-SEARCH ") || bytes.starts_with(b"NOTIFY * ")
}

/// The long header: fixed bit, a known version, the length of an identifier.
fn is_quic(bytes: &[u8]) -> bool {
    let [first, a, b, c, d, identifier, ..] = bytes else { return false };
    let version = u32::from_be_bytes([*a, *b, *c, *d]);
    let known = matches!(version, 1 | 0x6b33_43cf | 0xff00_001d..=0xff00_0022);
    first & 0xc0 == 0xc0 && known && *identifier <= 20 && bytes.len() >= 20
}

fn is_coap(bytes: &[u8]) -> bool {
    match bytes {
        [first, code, _, _, ..] => {
            let token = usize::from(first & 15);
            first >> 6 == 1
                && token <= 8
                && bytes.len() >= 4 + token
                && matches!(code >> 5, 0 | 2 | 4 | 5 | 7)
        }
        _ => false,
    }
}

/// `<` priority `>`, at most 191.
fn is_syslog(bytes: &[u8]) -> bool {
    let Some(rest) = bytes.strip_prefix(b"<") else { return false };
    let digits = rest.iter().take(4).take_while(|byte| byte.is_ascii_digit()).count();
    let number = rest
        .get(..digits)
        .and_then(|text| std::str::from_utf8(text).ok())
        .and_then(|text| text.parse::<u16>().ok());
    number.is_some_and(|number| number <= 191) && rest.get(digits) == Some(&b'>')
}

fn is_wireguard(bytes: &[u8]) -> bool {
    matches!((bytes, bytes.len()), ([1, 0, 0, 0, ..], 148) | ([2, 0, 0, 0, ..], 92))
}

fn snmp_version(bytes: &[u8]) -> Option<u8> {
    let body = element(bytes, 0x30)?.0;
    let (version, rest) = element(body, 2)?;
    let known = matches!(version, [0 | 1]) && element(rest, 4).is_some()
        || version == [3] && element(rest, 0x30).is_some();
    known.then(|| version.first().copied())?
}

fn community(bytes: &[u8]) -> Option<&[u8]> {
    let (version, rest) = element(element(bytes, 0x30)?.0, 2)?;
    let community = element(rest, 4)?.0;
    (matches!(version, [0 | 1]) && !community.is_empty()).then_some(community)
}

/// An element of BER with this tag, and what follows it.
fn element(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (first, rest) = bytes.split_first()?;
    let (length, rest) = match rest.split_first()? {
        (short @ 0..=127, rest) => (usize::from(*short), rest),
        (0x81, rest) => (usize::from(*rest.first()?), rest.get(1..)?),
        (0x82, rest) => (usize::from(u16::from_be_bytes(rest.get(..2)?.try_into().ok()?)), rest.get(2..)?),
        _ => return None,
    };
    (*first == tag).then(|| rest.split_at_checked(length))?
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Case, octets, ports, name and whether it is in the clear.
    type Row<'a> = (&'a str, &'a [u8], (u16, u16), Option<(&'a str, bool)>);

    #[test]
    fn datagrams_are_recognized() {
        let mut dhcp = vec![0; 240];
        dhcp[236..].copy_from_slice(&[0x63, 0x82, 0x53, 0x63]);
        let mut quic = vec![0xc3, 0, 0, 0, 1, 8];
        quic.resize(1200, 7);
        let snmp = b"\x30\x12\x02\x01\x01\x04\x06secret\xa0\x05\x02\x01\x01\x02\x00";
        let table: [Row<'_>; 15] = [
            ("dns", b"\0\x01\x01\0\0\x01\0\0\0\0\0\0\x01a\0\0\x01\0\x01", (4000, 53), Some(("dns", true))),
            ("mdns", b"\0\0\0\0\0\x01\0\0\0\0\0\0\x01a\0\0\x01\0\x01", (5353, 5353), Some(("mdns", true))),
            (
                "dns elsewhere",
                b"\0\x01\x01\0\0\x01\0\0\0\0\0\0\x01a\0\0\x01\0\x01",
                (4000, 5300),
                Some(("dns", true)),
            ),
            ("nearly dns", b"\0\x01\x01\0\0\x01\0\0\0\0\0\0\x01a\0\0\x01\0\x01\0", (4000, 5300), None),
            ("ntp", &[0x23; 48], (123, 123), Some(("ntp", true))),
            ("short ntp", &[0x23; 40], (123, 123), None),
            ("dhcp", &dhcp, (68, 67), Some(("dhcp", true))),
            ("ssdp", b"M-SEARCH * HTTP/1.1\r\n", (4000, 1900), Some(("ssdp", true))),
            ("coap", &[0x40, 1, 0, 1], (4000, 5683), Some(("coap", true))),
            ("quic", &quic, (4000, 443), Some(("quic", false))),
            ("dtls", &[22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 9], (4000, 5684), Some(("dtls", false))),
            ("snmp", snmp, (4000, 161), Some(("snmp", true))),
            ("syslog", b"<34>Oct 11 su: x", (514, 514), Some(("syslog", true))),
            ("json", b"{\"a\":1}", (4000, 9999), Some(("json", true))),
            ("unknown", &[0x99, 0x88, 0x77], (4000, 9999), None),
        ];
        for (case, bytes, ports, expected) in table {
            let found = recognize(bytes, ports).map(|kind| (kind.name, kind.clear));
            assert_eq!(found, expected, "{case}");
        }
        let mut told = Sightings::default();
        credentials(recognize(snmp, (1, 161)).unwrap(), snmp, true, &mut told);
        assert_eq!(told.0, [(true, Sighting::of("community", Certainty::Certain, "SNMP community", 6))]);
    }

    proptest! {
        #[test]
        fn any_bytes_are_taken(bytes in proptest::collection::vec(any::<u8>(), 0..300), port in prop::sample::select(vec![53_u16, 67, 69, 123, 137, 161, 443, 546, 1900, 5353, 5683, 9999])) {
            if let Some(kind) = recognize(&bytes, (port, port)) {
                credentials(kind, &bytes, true, &mut Sightings::default());
            }
        }
    }
}
