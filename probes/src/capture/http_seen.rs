//! Messages of HTTP, and of protocols with the same form (RTSP, SIP), in the clear.

use super::facts::Certainty;
use super::fields;
use super::sighting::{Lines, Sighting, Sightings};
use crate::disclosed::printable;

/// Octets of a body that are looked at.
const BODY_AT_MOST: usize = 16 * 1024;

/// Both directions of a connection.
#[derive(Debug, Default)]
pub(super) struct HttpSeen {
    caller: Messages,
    called: Messages,
}

/// Messages of one side.
#[derive(Debug, Default)]
struct Messages {
    state: State,
    lines: Lines,
    kind: BodyKind,
    length: Option<u64>,
    chunked: bool,
    /// An answer of HTTP: without a length its body goes on to the end of the connection.
    answer: bool,
    body: Vec<u8>,
}

#[derive(Debug, Default, PartialEq)]
enum State {
    /// The first line of a message is next.
    #[default]
    Start,
    Headers,
    /// So many octets of the body are missing.
    Body(u64),
    ChunkSize,
    Chunk(u64),
    /// The line end after a chunk.
    ChunkEnd,
    /// To the end of the connection, or until something is a first line again.
    Lost,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum BodyKind {
    #[default]
    Unknown,
    Form,
    Multipart,
    Other,
}

/// Name of the protocol that begins so: `http`, `rtsp`, `sip`.
pub(super) fn recognize(bytes: &[u8]) -> Option<&'static str> {
    for (start, name) in
        [(&b"HTTP/1."[..], "http"), (b"RTSP/1.", "rtsp"), (b"RTSP/2.", "rtsp"), (b"SIP/2.0 ", "sip")]
    {
        if bytes.starts_with(start) {
            return Some(name);
        }
    }
    let line = bytes.split(|byte| *byte == b'\n').next()?;
    let method = line.split(|byte| *byte == b' ').next()?;
    if !(3..=20).contains(&method.len())
        || !method.iter().all(|byte| byte.is_ascii_uppercase() || matches!(byte, b'-' | b'_'))
    {
        return None;
    }
    let line = line.trim_ascii_end();
    if line.ends_with(b" HTTP/1.1") || line.ends_with(b" HTTP/1.0") {
        Some("http")
    } else if line.ends_with(b" RTSP/1.0") || line.ends_with(b" RTSP/2.0") {
        Some("rtsp")
    } else if line.ends_with(b" SIP/2.0") {
        Some("sip")
    } else if line == b"PRI * HTTP/2.0" {
        Some("http2")
    } else {
        None
    }
}

/// Whether more octets could still make it one of these.
pub(super) fn may_become(bytes: &[u8]) -> bool {
    let method =
        bytes.iter().take_while(|byte| byte.is_ascii_uppercase() || matches!(byte, b'-' | b'_')).count();
    match bytes.get(method) {
        None => method <= 20,
        Some(b' ') => (3..=20).contains(&method) && !bytes.contains(&b'\n') && bytes.len() < 8 * 1024,
        Some(_) => false,
    }
}

impl HttpSeen {
    /// Takes the next octets of a side.
    pub(super) fn feed(&mut self, from_caller: bool, bytes: &[u8], told: &mut Sightings) {
        let side = if from_caller { &mut self.caller } else { &mut self.called };
        side.feed(from_caller, bytes, told);
    }

    /// Octets are missing from here on.
    pub(super) fn hole(&mut self, from_caller: bool, told: &mut Sightings) {
        let side = if from_caller { &mut self.caller } else { &mut self.called };
        side.end_body(from_caller, told);
        side.lines.clear();
        side.state = State::Lost;
    }

    /// The connection ended.
    pub(super) fn end(&mut self, told: &mut Sightings) {
        self.caller.end_body(true, told);
        self.called.end_body(false, told);
    }

    /// Octets in memory.
    pub(super) fn held(&self) -> usize {
        [&self.caller, &self.called].iter().map(|side| side.lines.held() + side.body.capacity()).sum()
    }
}

impl Messages {
    fn feed(&mut self, from_caller: bool, mut bytes: &[u8], told: &mut Sightings) {
        // A message begins a segment, as good as always: whatever was expected, this is one.
        let expects_body = !matches!(self.state, State::Start | State::Headers);
        if expects_body && recognize(bytes).is_some() {
            self.end_body(from_caller, told);
            self.state = State::Start;
        }
        while !bytes.is_empty() {
            match self.state {
                State::Start | State::Headers | State::ChunkSize | State::ChunkEnd => {
                    let Some(line) = self.lines.next(&mut bytes) else { return };
                    self.line(from_caller, &line, told);
                }
                State::Body(missing) | State::Chunk(missing) => {
                    let count = usize::try_from(missing).unwrap_or(usize::MAX).min(bytes.len());
                    let (taken, rest) = bytes.split_at(count);
                    bytes = rest;
                    self.keep(taken);
                    let missing = missing - count as u64;
                    let chunk = matches!(self.state, State::Chunk(_));
                    match (chunk, missing) {
                        (false, 0) => {
                            self.end_body(from_caller, told);
                            self.state = State::Start;
                        }
                        (true, 0) => self.state = State::ChunkEnd,
                        (false, missing) => self.state = State::Body(missing),
                        (true, missing) => self.state = State::Chunk(missing),
                    }
                }
                State::Lost => {
                    self.keep(bytes);
                    return;
                }
            }
        }
    }

    fn keep(&mut self, bytes: &[u8]) {
        if self.kind != BodyKind::Other {
            let room = BODY_AT_MOST.saturating_sub(self.body.len());
            self.body.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
            // Text of other kinds is not kept longer than it takes to see that it is one.
            if self.kind == BodyKind::Unknown && self.body.len() > 64 && !fields::begins_json(&self.body) {
                self.kind = BodyKind::Other;
                self.body = Vec::new();
            }
        }
    }

    fn line(&mut self, from_caller: bool, line: &[u8], told: &mut Sightings) {
        match self.state {
            State::Start if line.is_empty() => {}
            State::Start => {
                (self.kind, self.length, self.chunked) = (BodyKind::Unknown, None, false);
                self.state = if recognize(line).is_some() { State::Headers } else { State::Lost };
                query(from_caller, line, told);
                self.answer = line.starts_with(b"HTTP/1.");
                if self.answer {
                    let bodyless = matches!(line.get(9..12), Some([b'1', _, _] | b"204" | b"304"));
                    self.length = bodyless.then_some(0);
                }
            }
            State::Headers if line.is_empty() => {
                self.state = match self.length {
                    _ if self.chunked => State::ChunkSize,
                    Some(0) => State::Start,
                    Some(length) => State::Body(length),
                    None if self.answer => State::Lost,
                    // A request without a length has no body, and neither have answers of RTSP and SIP.
                    None => State::Start,
                };
            }
            State::Headers => self.header(from_caller, line, told),
            State::ChunkSize => {
                let size = line.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
                let size = std::str::from_utf8(size).ok().and_then(|hex| u64::from_str_radix(hex, 16).ok());
                match size {
                    Some(0) | None => {
                        self.end_body(from_caller, told);
                        // Trailers look like headers and end the same way.
                        (self.chunked, self.length) = (false, Some(0));
                        self.state = if size.is_some() { State::Headers } else { State::Lost };
                    }
                    Some(size) => self.state = State::Chunk(size),
                }
            }
            State::ChunkEnd => self.state = State::ChunkSize,
            State::Body(_) | State::Chunk(_) | State::Lost => {}
        }
    }

    fn header(&mut self, from_caller: bool, line: &[u8], told: &mut Sightings) {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { return };
        let (name, value) = line.split_at(colon);
        let value = value.get(1..).unwrap_or_default().trim_ascii();
        let is = |known: &str| name.eq_ignore_ascii_case(known.as_bytes());
        if is("host") && from_caller {
            if let Some(name) = host(value) {
                told.tell(from_caller, Sighting::Name(name));
            }
        } else if is("authorization") || is("proxy-authorization") {
            authorization(from_caller, name, value, told);
        } else if is("x-api-key") || is("api-key") || is("x-auth-token") || is("x-access-token") {
            let place = format!("HTTP {}", printable(name, 40));
            told.tell(from_caller, Sighting::of("token", Certainty::Certain, place, value.len()));
        } else if is("content-length") && self.length.is_none() {
            self.length = std::str::from_utf8(value).ok().and_then(|text| text.parse().ok());
        } else if is("transfer-encoding") {
            self.chunked = value.to_ascii_lowercase().ends_with(b"chunked");
        } else if is("content-encoding") && !value.eq_ignore_ascii_case(b"identity") {
            self.kind = BodyKind::Other;
        } else if is("content-type") && self.kind == BodyKind::Unknown {
            let value = value.to_ascii_lowercase();
            self.kind = if value.starts_with(b"application/x-www-form-urlencoded") {
                BodyKind::Form
            } else if value.starts_with(b"multipart/form-data") {
                BodyKind::Multipart
            } else {
                BodyKind::Unknown
            };
        }
    }

    fn end_body(&mut self, from_caller: bool, told: &mut Sightings) {
        let body = std::mem::take(&mut self.body);
        match self.kind {
            BodyKind::Form => fields::form(body.trim_ascii(), "form", from_caller, told),
            BodyKind::Multipart => fields::multipart(&body, from_caller, told),
            BodyKind::Unknown if fields::begins_json(&body) => fields::json(&body, from_caller, told),
            BodyKind::Unknown | BodyKind::Other => {}
        }
    }
}

/// Fields in the address of a request line.
fn query(from_caller: bool, line: &[u8], told: &mut Sightings) {
    let target = line.split(|byte| *byte == b' ').nth(1).unwrap_or_default();
    if let Some(mark) = target.iter().position(|byte| *byte == b'?') {
        fields::form(target.get(mark + 1..).unwrap_or_default(), "query", from_caller, told);
    }
}

fn authorization(from_caller: bool, header: &[u8], value: &[u8], told: &mut Sightings) {
    let (scheme, rest) = value.split_at(value.iter().position(|byte| *byte == b' ').unwrap_or(value.len()));
    let rest = rest.trim_ascii();
    if rest.is_empty() {
        return;
    }
    let scheme = printable(scheme, 20);
    let place =
        format!("HTTP {}: {scheme}", if header.len() > 13 { "Proxy-Authorization" } else { "Authorization" });
    let (what, certainty, length) = match scheme.to_ascii_lowercase().as_str() {
        "basic" => ("password", Certainty::Certain, basic_password(rest)),
        "bearer" | "token" | "apikey" => ("token", Certainty::Certain, rest.len()),
        // The password itself does not go over the wire, the name does.
        "digest" => ("login-name", Certainty::Certain, rest.len()),
        _ => ("token", Certainty::Likely, rest.len()),
    };
    told.tell(from_caller, Sighting::of(what, certainty, place, length));
}

/// Length of the password in `name:password` in base64, measured and not kept.
fn basic_password(text: &[u8]) -> usize {
    let octets = crate::capture::text_logins::from_base64(text);
    match octets.iter().position(|byte| *byte == b':') {
        Some(colon) => octets.len() - colon - 1,
        None => octets.len(),
    }
}

/// The name in a Host header, without the port; an address is none.
fn host(value: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(value).ok()?;
    let name = match text.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => text,
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let is_name = !name.is_empty()
        && name.len() <= 253
        && name.chars().all(plain)
        && name.parse::<std::net::IpAddr>().is_err();
    is_name.then(|| name.trim_end_matches('.').to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn seen(parts: &[(bool, &[u8])]) -> Vec<String> {
        let mut http = HttpSeen::default();
        let mut told = Sightings::default();
        for (from_caller, bytes) in parts {
            http.feed(*from_caller, bytes, &mut told);
        }
        http.end(&mut told);
        let words = |(from, one): (bool, Sighting)| {
            let side = if from { ">" } else { "<" };
            match one {
                Sighting::Credential { what, certainty, place, length } => {
                    format!("{side} {what} {certainty:?} {place} {length}")
                }
                Sighting::Name(name) => format!("{side} name {name}"),
                Sighting::UpgradeToTls => format!("{side} tls"),
            }
        };
        told.0.into_iter().map(words).collect()
    }

    #[test]
    fn names_authorization_and_fields_are_seen_however_the_stream_is_cut() {
        let request = b"POST /login?token=abc HTTP/1.1\r\nHost: API.example:8080\r\nAuthorization: Basic dTpwYXNz\r\n\
            Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 21\r\n\r\nuser=a&password=12345\
            GET / HTTP/1.1\r\nHost: 192.0.2.1\r\nauthorization: Bearer tok\r\nCookie: password=x\r\n\r\n";
        let answer = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
            5\r\n{\"tok\r\na\r\nen\":\"xyz\"}\r\n0\r\n\r\nHTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\nHTTP/1.1 401 No\r\n\r\n";
        let caller = [
            "> token Likely query field token 3",
            "> name api.example",
            "> password Certain HTTP Authorization: Basic 4",
            "> password Certain form field password 5",
            "> token Certain HTTP Authorization: Bearer 3",
        ];
        let called = ["< token Likely JSON field token 3"];
        assert_eq!(seen(&[(true, request), (false, answer)]), [&caller[..], &called[..]].concat());
        for size in 1..60 {
            let parts: Vec<(bool, &[u8])> = request.chunks(size).map(|part| (true, part)).collect();
            assert_eq!(seen(&parts), caller, "parts of {size}");
            let parts: Vec<(bool, &[u8])> = answer.chunks(size).map(|part| (false, part)).collect();
            assert_eq!(seen(&parts), called, "parts of {size}");
        }
    }

    #[test]
    fn a_page_with_a_field_for_a_password_is_none_sent() {
        let page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 40\r\n\r\n<input name=\"password\" type=\"password\">..";
        assert!(seen(&[(false, page)]).is_empty());
        let digest = b"GET / HTTP/1.1\r\nAuthorization: Digest username=\"a\", response=\"b\"\r\n\r\n";
        assert_eq!(seen(&[(true, digest)]), ["> login-name Certain HTTP Authorization: Digest 26"]);
    }

    #[test]
    fn first_lines_are_recognized() {
        let table: [(&[u8], Option<&str>); 8] = [
            (b"GET / HTTP/1.1\r\n", Some("http")),
            (b"M-SEARCH * HTTP/1.1\r\n", Some("http")),
            (b"HTTP/1.0 200 OK", Some("http")),
            (b"DESCRIBE rtsp://a/ RTSP/1.0\r\n", Some("rtsp")),
            (b"OPTIONS sip:a SIP/2.0\r\n", Some("sip")),
            (b"PRI * HTTP/2.0\r\n", Some("http2")),
            (b"220 ready\r\n", None),
            (b"GET /", None),
        ];
        for (bytes, expected) in table {
            assert_eq!(recognize(bytes), expected, "{}", bytes.escape_ascii());
        }
        assert!(
            may_become(b"GE") && may_become(b"GET /a") && !may_become(b"220") && !may_become(b"USER a\r\n")
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_taken(bytes in proptest::collection::vec(any::<u8>(), 0..200), cut in 0..200_usize) {
            let begun = [b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n".as_slice(), &bytes].concat();
            for text in [&bytes, &begun] {
                let (one, two) = text.split_at(cut.min(text.len()));
                seen(&[(true, one), (true, two), (false, two)]);
            }
        }
    }
}
