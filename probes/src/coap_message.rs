//! One CoAP question, the list of resources, and its answer (RFC 7252, 6690).

/// Confirmable GET of `/.well-known/core`.
pub(crate) fn get_resources(message: u16, token: [u8; 4]) -> Vec<u8> {
    let mut bytes = vec![0x44, 0x01];
    bytes.extend(message.to_be_bytes());
    bytes.extend(token);
    bytes.push(0xbb);
    bytes.extend(b".well-known");
    bytes.push(0x04);
    bytes.extend(b"core");
    bytes
}

/// An answer to our question.
#[derive(Debug, PartialEq)]
pub(crate) struct Answer {
    /// Content of a 2.05 answer, else empty.
    pub(crate) content: Vec<u8>,
}

/// Reads an answer: an acknowledgement or reset of this message, or a response with its token.
pub(crate) fn parse(bytes: &[u8], message: u16, token: [u8; 4]) -> Option<Answer> {
    let head = bytes.get(..4)?;
    let token_length = usize::from(head[0] & 0x0f);
    if head[0] >> 6 != 1 || token_length > 8 {
        return None;
    }
    let kind = head[0] >> 4 & 3;
    let code = head[1];
    // Requests (class 0) and reserved classes are no answer.
    if !matches!(code >> 5, 2 | 4 | 5) && code != 0 {
        return None;
    }
    let found_token = bytes.get(4..4 + token_length)?;
    let same_message = u16::from_be_bytes([head[2], head[3]]) == message;
    let empty = code == 0 && token_length == 0 && bytes.len() == 4;
    if code == 0 && !(empty && kind >= 2 && same_message) {
        return None;
    }
    if code != 0 && (found_token != token || (kind == 2 && !same_message)) {
        return None;
    }
    let mut rest = &bytes[4 + token_length..];
    while let Some((&first, after)) = rest.split_first() {
        if first == 0xff {
            return Some(Answer { content: if code == 0x45 { after.to_vec() } else { Vec::new() } });
        }
        let (_, after) = extended(first >> 4, after)?;
        let (length, after) = extended(first & 0x0f, after)?;
        rest = after.get(length..)?;
    }
    Some(Answer { content: Vec::new() })
}

/// Option delta or length with its extension bytes.
fn extended(nibble: u8, rest: &[u8]) -> Option<(usize, &[u8])> {
    match nibble {
        0..=12 => Some((usize::from(nibble), rest)),
        13 => Some((usize::from(*rest.first()?) + 13, &rest[1..])),
        14 => {
            let two = rest.get(..2)?;
            Some((usize::from(u16::from_be_bytes([two[0], two[1]])) + 269, &rest[2..]))
        }
        _ => None,
    }
}

/// The paths of a link list: `</a>;rt="x",</b>` gives `/a`, `/b`; at most 64.
pub(crate) fn paths(content: &[u8]) -> Vec<String> {
    let text = crate::disclosed::printable(content, 4096);
    let links = text.split('<').skip(1);
    links.filter_map(|link| link.split_once('>')).map(|(path, _)| path.to_owned()).take(64).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TOKEN: [u8; 4] = [9, 8, 7, 6];

    #[test]
    fn a_list_of_resources_is_read() {
        let mut bytes = vec![0x64, 0x45, 0x12, 0x34];
        bytes.extend(TOKEN);
        bytes.extend([0xc1, 40, 0xff]);
        bytes.extend(b"</state>;rt=\"x\",</fw>");
        let answer = parse(&bytes, 0x1234, TOKEN).expect("an answer");
        assert_eq!(paths(&answer.content), ["/state", "/fw"]);
        assert_eq!(parse(&bytes, 0x1234, [0; 4]), None, "the answer to another question");
    }

    #[test]
    fn our_own_question_sent_back_is_no_answer() {
        assert_eq!(parse(&get_resources(1, TOKEN), 1, TOKEN), None);
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_stop_the_reader(tail in proptest::collection::vec(any::<u8>(), 0..120)) {
            let _ = parse(&tail, 1, TOKEN);
            let bytes = [&[0x64, 0x45, 0, 1, 9, 8, 7, 6][..], &tail].concat();
            if let Some(answer) = parse(&bytes, 1, TOKEN) {
                let _ = paths(&answer.content);
            }
        }
    }
}
