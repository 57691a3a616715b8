//! Two SNMP questions and their answers: `sysDescr.0` (RFC 1157, 1901, 3416), and which engine there is
//! (RFC 3412, 3414).

/// 1.3.6.1.2.1.1.1.0
const SYS_DESCR: [u8; 8] = [0x2b, 6, 1, 2, 1, 1, 1, 0];

/// GET `sysDescr.0`; `version` 0 is SNMPv1, 1 is SNMPv2c.
pub(crate) fn get_description(version: u8, community: &str, request: u32) -> Vec<u8> {
    let binding = field(0x30, &[field(0x06, &SYS_DESCR), vec![0x05, 0]].concat());
    // A leading zero keeps the number positive.
    let number = [&[0][..], &request.to_be_bytes()].concat();
    let pdu = [field(0x02, &number), field(0x02, &[0]), field(0x02, &[0]), field(0x30, &binding)].concat();
    let body = [field(0x02, &[version]), field(0x04, community.as_bytes()), field(0xa0, &pdu)].concat();
    field(0x30, &body)
}

/// Reads a response to `request`: the text of its first value, empty if the agent reports an error;
/// `None` if the bytes are no response to it.
pub(crate) fn description(bytes: &[u8], request: u32) -> Option<Vec<u8>> {
    let mut message = Fields(Fields(bytes).next(0x30)?);
    if !matches!(message.next(0x02)?, [0 | 1]) {
        return None;
    }
    message.next(0x04)?;
    let mut pdu = Fields(message.next(0xa2)?);
    let number = pdu.next(0x02)?.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    if number != u64::from(request) {
        return None;
    }
    let failed = pdu.next(0x02)?.iter().any(|byte| *byte != 0);
    pdu.next(0x02)?;
    let mut bindings = Fields(pdu.next(0x30)?);
    if failed {
        return Some(Vec::new());
    }
    let mut binding = Fields(bindings.next(0x30)?);
    if binding.next(0x06)? != SYS_DESCR {
        return None;
    }
    Some(binding.next(0x04).map(<[u8]>::to_vec).unwrap_or_default())
}

/// The question by which an SNMPv3 manager finds out the engine: no user, no key, a report is wanted.
pub(crate) fn discover_engine(message: u32) -> Vec<u8> {
    let number = field(0x02, &[&[0][..], &message.to_be_bytes()].concat());
    let largest = field(0x02, &[0, 0xff, 0xe3]);
    let header = field(0x30, &[number.clone(), largest, field(0x04, &[4]), field(0x02, &[3])].concat());
    let (empty, zero) = (field(0x04, &[]), field(0x02, &[0]));
    let nobody = [&empty[..], &zero, &zero, &empty, &empty, &empty].concat();
    let security = field(0x04, &field(0x30, &nobody));
    let pdu = field(0xa0, &[number, zero.clone(), zero, field(0x30, &[])].concat());
    let scoped = field(0x30, &[empty.clone(), empty, pdu].concat());
    field(0x30, &[field(0x02, &[3]), header, security, scoped].concat())
}

/// Reads the report that answers [`discover_engine`]: the engine id; `None` if the bytes are none.
pub(crate) fn engine(bytes: &[u8], message: u32) -> Option<Vec<u8>> {
    let mut outer = Fields(Fields(bytes).next(0x30)?);
    if outer.next(0x02)? != [3] {
        return None;
    }
    let mut header = Fields(outer.next(0x30)?);
    let number = header.next(0x02)?.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    if number != u64::from(message) {
        return None;
    }
    let mut security = Fields(Fields(outer.next(0x04)?).next(0x30)?);
    let engine = security.next(0x04)?;
    // An engine has 5 to 32 bytes; the question has none.
    (5..=32).contains(&engine.len()).then(|| engine.to_vec())
}

fn field(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u8::try_from(content.len()).expect("our questions are short");
    assert!(length < 0x80, "our questions are short");
    [&[tag, length][..], content].concat()
}

/// Fields in basic encoding, one behind the other.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    /// The content of the next field, if it has this tag.
    fn next(&mut self, tag: u8) -> Option<&'a [u8]> {
        let (&found, rest) = self.0.split_first()?;
        let (&first, mut rest) = rest.split_first()?;
        let mut length = usize::from(first);
        if first >= 0x80 {
            let count = usize::from(first & 0x7f);
            if !(1..=3).contains(&count) {
                return None;
            }
            let (digits, after) = rest.split_at_checked(count)?;
            length = digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit));
            rest = after;
        }
        let (content, after) = rest.split_at_checked(length)?;
        if found != tag {
            return None;
        }
        self.0 = after;
        Some(content)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The report of an engine.
    pub(crate) fn engine_report(message: u32, engine: &[u8]) -> Vec<u8> {
        let number = field(0x02, &[&[0][..], &message.to_be_bytes()].concat());
        let header = field(0x30, &[number, field(0x02, &[5]), field(0x04, &[0]), field(0x02, &[3])].concat());
        let security = field(0x04, &field(0x30, &field(0x04, engine)));
        field(0x30, &[field(0x02, &[3]), header, security].concat())
    }

    #[test]
    fn an_engine_is_read_and_the_question_has_none() {
        assert_eq!(engine(&engine_report(9, b"12345"), 9), Some(b"12345".to_vec()));
        assert_eq!(engine(&engine_report(9, b"1234"), 9), None);
        assert_eq!(engine(&discover_engine(9), 9), None);
    }

    #[test]
    fn an_answer_is_read_and_a_question_is_not_an_answer() {
        let question = get_description(1, "public", 77);
        assert_eq!(description(&question, 77), None);
        let binding = field(0x30, &[field(0x06, &SYS_DESCR), field(0x04, b"Heater 1.2")].concat());
        let pdu = [field(0x02, &[77]), field(0x02, &[0]), field(0x02, &[0]), field(0x30, &binding)].concat();
        let body = [field(0x02, &[1]), field(0x04, b"public"), field(0xa2, &pdu)].concat();
        let answer = field(0x30, &body);
        assert_eq!(description(&answer, 77), Some(b"Heater 1.2".to_vec()));
        assert_eq!(description(&answer, 78), None, "the answer to another question");
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_stop_the_reader(mut bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = description(&bytes, 1);
            let _ = engine(&bytes, 1);
            if bytes.len() > 2 {
                bytes[0] = 0x30;
                bytes[1] = (bytes.len() - 2) as u8;
                let _ = description(&bytes, 1);
            }
        }
    }
}
