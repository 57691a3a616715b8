//! Hostile inputs on the wire: requests that no client would write, and datagrams. Whatever comes back is bounded in
//! size and time.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::Input;
use super::case::{Announced, Message};
use super::shape::percent;
use crate::dialer::{DialError, Dialer};
use crate::http_answer;
use crate::tls::session;

/// Time for a connection and its handshake.
const CONNECT: Duration = Duration::from_secs(3);
/// Most octets of an answer.
const ANSWER_AT_MOST: usize = 256 * 1024;

/// An answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Answer {
    /// Status; 0 where the protocol has none.
    pub(super) status: u16,
    pub(super) location: Option<String>,
    pub(super) html: bool,
    pub(super) body: Vec<u8>,
}

/// What became of something that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sent {
    /// It was answered.
    Answer(Answer),
    /// The connection was closed without an answer.
    Closed,
    /// Nothing came in time.
    Silent,
    /// There was no connection: the port is closed, or does not answer.
    NotConnected,
    /// The tester could not send it.
    Trouble(String),
}

/// What a visitor shows, and the hidden fields of the page before.
#[derive(Clone, Debug, Default)]
pub(super) struct Shown {
    /// Lines of the head.
    pub(super) headers: Vec<(String, String)>,
    /// Hidden fields.
    pub(super) hidden: Vec<(String, String)>,
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// The octets of a request. With `withheld`, what the visitor shows is not in it, and can be shown to anybody.
pub(super) fn request(
    input: &Input,
    message: &Message,
    shown: &Shown,
    host: &str,
    withheld: bool,
) -> Vec<u8> {
    let mut body = message.body.clone();
    if message.hidden && input.kind == "form" {
        for (name, value) in &shown.hidden {
            if !body.is_empty() {
                body.push(b'&');
            }
            body.extend_from_slice(&percent(name.as_bytes()));
            body.push(b'=');
            body.extend_from_slice(&if withheld {
                b"(withheld)".to_vec()
            } else {
                percent(value.as_bytes())
            });
        }
    }
    let mut out = format!("{} {}", input.method, input.target).into_bytes();
    let query = input.kind == "query";
    if query && !body.is_empty() {
        out.push(if input.target.contains('?') { b'&' } else { b'?' });
        out.extend_from_slice(&body);
        body.clear();
    }
    out.extend_from_slice(
        format!(" HTTP/1.1\r\nHost: {host}\r\nUser-Agent: hantei\r\nAccept: */*\r\nConnection: close\r\n")
            .as_bytes(),
    );
    if message.logged_in {
        for (name, value) in &shown.headers {
            let value = if withheld { "(withheld)" } else { value };
            out.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
        }
    }
    if !message.content_type.is_empty() {
        out.extend_from_slice(format!("Content-Type: {}\r\n", message.content_type).as_bytes());
    }
    for (name, value) in &message.headers {
        out.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
    }
    if !query {
        let length = match &message.announced {
            Announced::Right => body.len().to_string(),
            Announced::More(more) => (body.len() + more).to_string(),
            Announced::Fewer(fewer) => body.len().saturating_sub(*fewer).to_string(),
            Announced::Words(words) => (*words).to_owned(),
        };
        out.extend_from_slice(format!("Content-Length: {length}\r\n").as_bytes());
    }
    out.extend_from_slice(b"\r\n");
    if let Some(end) = message.head_ends_after {
        out.truncate(end);
        return out;
    }
    out.extend_from_slice(&body);
    out
}

/// Sends a request and reads the answer; `within` is the wait for it.
pub(super) async fn ask(
    dialer: &Dialer,
    to: SocketAddr,
    tls: bool,
    octets: &[u8],
    ends: bool,
    within: Duration,
) -> Sent {
    let stream = match dialer.connect_within(to, CONNECT.min(within * 2)).await {
        Ok(stream) => stream,
        Err(DialError::Refused | DialError::Silent) => return Sent::NotConnected,
        Err(error) => return Sent::Trouble(error.to_string()),
    };
    let mut stream: Box<dyn Stream> = if tls {
        let host = crate::http::host_name(to.ip());
        match tokio::time::timeout(CONNECT.min(within * 2), session::open(stream, &host)).await {
            Ok(Ok((stream, _))) => Box::new(stream),
            Ok(Err(_)) => return Sent::Closed,
            Err(_) => return Sent::Silent,
        }
    } else {
        Box::new(stream)
    };
    let mut answer = Vec::new();
    let exchange = async {
        // What the device says before it has read everything is an answer too.
        let _broken = stream.write_all(octets).await;
        let _broken = stream.flush().await;
        if ends {
            let _broken = stream.shutdown().await;
        }
        let mut part = [0; 8192];
        while answer.len() < ANSWER_AT_MOST && !is_whole(&answer) {
            match stream.read(&mut part).await {
                Ok(0) | Err(_) => break,
                Ok(count) => answer.extend_from_slice(&part[..count]),
            }
        }
    };
    let in_time = tokio::time::timeout(within, exchange).await.is_ok();
    match http_answer::parse(&answer) {
        Some(parsed) => Sent::Answer(Answer {
            status: parsed.status,
            location: parsed.value("location"),
            html: parsed.value("content-type").is_none_or(|kind| kind.contains("html")),
            body: parsed.body,
        }),
        // Something that is no HTTP is an answer all the same.
        None if !answer.is_empty() => Sent::Answer(Answer { body: answer, ..Answer::default() }),
        None if in_time => Sent::Closed,
        None => Sent::Silent,
    }
}

/// Whether head and announced body have come.
fn is_whole(octets: &[u8]) -> bool {
    let Some(head) = octets.windows(4).position(|four| four == b"\r\n\r\n") else { return false };
    let text = String::from_utf8_lossy(&octets[..head]).to_ascii_lowercase();
    let length =
        text.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
    length.is_some_and(|length| octets.len() >= head + 4 + length)
}

/// Sends a datagram and waits for one back.
pub(super) async fn datagram(dialer: &Dialer, to: SocketAddr, octets: &[u8], within: Duration) -> Sent {
    let socket = match dialer.udp(to).await {
        Ok(socket) => socket,
        Err(error) => return Sent::Trouble(error.to_string()),
    };
    if let Err(error) = socket.send(octets).await {
        return match error.kind() {
            std::io::ErrorKind::ConnectionRefused => Sent::NotConnected,
            _ => Sent::Trouble(error.to_string()),
        };
    }
    let mut answer = vec![0; 64 * 1024];
    match tokio::time::timeout(within, socket.recv(&mut answer)).await {
        Ok(Ok(count)) => {
            answer.truncate(count);
            Sent::Answer(Answer { body: answer, ..Answer::default() })
        }
        Ok(Err(_)) => Sent::NotConnected,
        Err(_) => Sent::Silent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> Input {
        Input { kind: "form".into(), target: "/set".into(), method: "POST".into(), ..Input::default() }
    }

    #[test]
    fn what_a_visitor_shows_is_withheld_where_others_read() {
        let shown = Shown {
            headers: vec![("Cookie".into(), "sid=secret".into())],
            hidden: vec![("csrf".into(), "secret".into())],
        };
        let message = Message::of("application/x-www-form-urlencoded", b"a=1".to_vec());
        let text = |withheld| String::from_utf8(request(&form(), &message, &shown, "h", withheld)).unwrap();
        assert!(text(false).contains("sid=secret") && text(false).ends_with("a=1&csrf=secret"));
        assert!(!text(true).contains("secret") && text(true).contains("Cookie: (withheld)"));
    }

    #[test]
    fn lengths_and_ends_are_written_as_asked() {
        let written = |message: Message| {
            String::from_utf8(request(&form(), &message, &Shown::default(), "h", false)).unwrap()
        };
        let message = Message::of("", b"a=1".to_vec());
        assert!(written(message.clone()).contains("Content-Length: 3\r\n"));
        assert!(
            written(Message { announced: Announced::More(7), ..message.clone() }).contains("Length: 10\r\n")
        );
        assert_eq!(written(Message { head_ends_after: Some(9), ..message }), "POST /set");
    }

    #[test]
    fn an_answer_is_whole_when_its_length_has_come() {
        assert!(is_whole(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
        assert!(!is_whole(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok"));
        assert!(!is_whole(b"HTTP/1.1 200 OK\r\n\r\nok"), "until it closes");
    }
}
