//! Reads HTTP-shaped answers (HTTP, RTSP, SSDP) of devices that may send anything.

/// Most headers read.
const HEADERS_AT_MOST: usize = 100;

/// An answer, bounded by the bytes that were read of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    /// `HTTP`, `RTSP`.
    pub(crate) protocol: String,
    /// Status code.
    pub(crate) status: u16,
    /// Names as sent, values trimmed.
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    /// Body, chunks joined.
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// All values of a header, whatever its case.
    pub(crate) fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        let wanted = self.headers.iter().filter(move |(found, _)| found.eq_ignore_ascii_case(name));
        wanted.map(|(_, value)| value.as_slice())
    }

    /// The first value of a header as text.
    pub(crate) fn value(&self, name: &str) -> Option<String> {
        self.values(name).next().map(|value| crate::disclosed::printable(value, 512))
    }
}

/// Reads an answer; `None` unless it begins with `PROTOCOL/n.m NNN`.
pub(crate) fn parse(bytes: &[u8]) -> Option<Answer> {
    let mut lines = Lines(bytes);
    let first = lines.next()?;
    let (protocol, rest) = first.split_at_checked(first.iter().position(|byte| *byte == b'/')?)?;
    if protocol.is_empty() || protocol.len() > 8 || !protocol.iter().all(u8::is_ascii_uppercase) {
        return None;
    }
    let mut words = rest[1..].split(|byte| *byte == b' ').filter(|word| !word.is_empty());
    words.next().filter(|version| version.first().is_some_and(u8::is_ascii_digit))?;
    let status = std::str::from_utf8(words.next()?).ok()?;
    let status = status.parse().ok().filter(|status| (100..1000).contains(status))?;
    let mut headers = Vec::new();
    while let Some(line) = lines.next() {
        if line.is_empty() {
            break;
        }
        if let Some(colon) = line.iter().position(|byte| *byte == b':')
            && headers.len() < HEADERS_AT_MOST
        {
            let name = crate::disclosed::printable(&line[..colon], 64).trim().to_owned();
            headers.push((name, line[colon + 1..].trim_ascii().to_vec()));
        }
    }
    let protocol = String::from_utf8_lossy(protocol).into_owned();
    let mut answer = Answer { protocol, status, headers, body: lines.0.to_vec() };
    let chunked = answer.values("transfer-encoding").any(|value| value.eq_ignore_ascii_case(b"chunked"));
    if chunked {
        answer.body = unchunked(&answer.body);
    }
    Some(answer)
}

/// Whether the bytes read so far hold the whole answer, so that waiting for more is in vain.
pub(crate) fn is_complete(bytes: &[u8]) -> bool {
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { return false };
    let Some(answer) = parse(&bytes[..end + 4]) else { return false };
    let body = &bytes[end + 4..];
    if answer.values("transfer-encoding").next().is_some() {
        return body.ends_with(b"\r\n0\r\n\r\n") || body == b"0\r\n\r\n";
    }
    let length = answer.value("content-length").and_then(|length| length.trim().parse::<usize>().ok());
    match length {
        Some(length) => body.len() >= length,
        None => matches!(answer.status, 204 | 304) || answer.protocol != "HTTP",
    }
}

fn unchunked(mut bytes: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let mut lines = Lines(bytes);
        let Some(size) = lines.next() else { return body };
        let size = size.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
        let size = std::str::from_utf8(size).ok().and_then(|size| usize::from_str_radix(size, 16).ok());
        let Some(size) = size.filter(|size| *size > 0) else { return body };
        let chunk = &lines.0[..size.min(lines.0.len())];
        body.extend_from_slice(chunk);
        bytes = &lines.0[chunk.len()..];
        bytes = bytes.strip_prefix(b"\r\n").or_else(|| bytes.strip_prefix(b"\n")).unwrap_or(bytes);
    }
}

/// Lines ended by LF, a CR before it dropped; what follows the last one read stays inside.
struct Lines<'a>(&'a [u8]);

impl<'a> Lines<'a> {
    fn next(&mut self) -> Option<&'a [u8]> {
        if self.0.is_empty() {
            return None;
        }
        let end = self.0.iter().position(|byte| *byte == b'\n').unwrap_or(self.0.len());
        let line = &self.0[..end];
        self.0 = &self.0[(end + 1).min(self.0.len())..];
        Some(line.strip_suffix(b"\r").unwrap_or(line))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_answer_in_chunks_is_joined() {
        let bytes =
            b"HTTP/1.1 200 OK\r\nServer: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;q\r\nde\r\n0\r\n\r\n";
        let answer = parse(bytes).expect("an answer");
        assert_eq!((answer.status, answer.body.as_slice()), (200, &b"abcde"[..]));
        assert_eq!(answer.value("SERVER").as_deref(), Some("x"));
        assert!(is_complete(bytes));
        assert!(!is_complete(&bytes[..bytes.len() - 3]));
    }

    #[test]
    fn a_banner_of_another_protocol_is_no_answer() {
        assert_eq!(parse(b"SSH-2.0-dropbear\r\n"), None);
        assert_eq!(parse(b"220 ready\r\n"), None);
        assert_eq!(parse(b"GET / HTTP/1.1\r\n"), None);
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_stop_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = (parse(&bytes), is_complete(&bytes), unchunked(&bytes));
            let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: ";
            let longer = [&head[..], &bytes].concat();
            let _ = (parse(&longer), is_complete(&longer));
        }

        #[test]
        fn arbitrary_chunk_sizes_never_stop_the_reader(text in "[0-9a-fA-F\r\n;]{0,60}") {
            let _ = unchunked(text.as_bytes());
        }
    }
}
