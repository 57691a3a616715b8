//! What a stranger gets who asks without any credential over MQTT, CoAP and RTSP.

use std::net::IpAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::Access;
use crate::dialer::Dialer;
use crate::tls::client_hello::random;
use crate::tls::session;

/// Time for one exchange.
const EXCHANGE: Duration = Duration::from_secs(5);

/// What came back.
pub(crate) struct Tried {
    /// For the transcript.
    pub(crate) line: String,
    /// As in a trial.
    pub(crate) result: &'static str,
    /// Code of the answer, where the protocol has one.
    pub(crate) status: Option<u16>,
    /// In words.
    pub(crate) note: String,
}

/// Asks without a credential; `None` where there is no driver.
pub(crate) async fn stranger(dialer: &Dialer, address: IpAddr, access: &Access) -> Option<Tried> {
    let answer = async {
        match access.kind.as_str() {
            "mqtt" => Some(mqtt(dialer, address, access).await),
            "coap" if !access.tls => Some(coap(dialer, address, access).await),
            "rtsp" => Some(rtsp(dialer, address, access).await),
            _ => None,
        }
    };
    let (result, status, note) = match tokio::time::timeout(EXCHANGE, answer).await {
        Ok(None) => return None,
        Ok(Some(Some(answer))) => answer,
        Ok(Some(None)) => ("no-answer", None, "no connection or no answer".to_owned()),
        Err(_) => ("no-answer", None, format!("no answer within {} s", EXCHANGE.as_secs())),
    };
    let line = format!(
        "     <nobody>: {} {} port {} {} -> {note}\n",
        access.kind, access.method, access.port, access.target
    );
    Some(Tried { line, result, status, note })
}

type Answer = Option<(&'static str, Option<u16>, String)>;

/// Sends bytes over TCP, inside TLS where declared, and reads on until `enough` says so.
async fn over_tcp(
    dialer: &Dialer,
    address: IpAddr,
    access: &Access,
    questions: &[Vec<u8>],
    enough: fn(&[u8]) -> bool,
) -> Option<Vec<Vec<u8>>> {
    let stream = dialer.connect((address, access.port).into()).await.ok()?;
    if access.tls {
        let (stream, _) = session::open(stream, &crate::http::host_name(address)).await.ok()?;
        talk(stream, questions, enough).await
    } else {
        talk(stream, questions, enough).await
    }
}

async fn talk<S>(mut stream: S, questions: &[Vec<u8>], enough: fn(&[u8]) -> bool) -> Option<Vec<Vec<u8>>>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    let mut answers = Vec::new();
    for question in questions {
        stream.write_all(question).await.ok()?;
        let mut answer = Vec::new();
        let mut part = [0; 2048];
        while !enough(&answer) && answer.len() < 16 * 1024 {
            match stream.read(&mut part).await {
                Ok(length) if length > 0 => answer.extend_from_slice(&part[..length]),
                // A server that closes after the first question has said what it had to say.
                _ => {
                    answers.push(answer);
                    return Some(answers);
                }
            }
        }
        answers.push(answer);
    }
    Some(answers)
}

async fn mqtt(dialer: &Dialer, address: IpAddr, access: &Access) -> Answer {
    let topic = access.target.as_bytes();
    let length = u16::try_from(topic.len()).ok()?.to_be_bytes();
    let mut body = vec![0x00, 0x04, b'M', b'Q', b'T', b'T', 0x04, 0x02, 0x00, 0x3c, 0x00, 0x07];
    body.extend(b"visitor");
    let connect = packet(0x10, &body)?;
    let ask = if access.method.eq_ignore_ascii_case("publish") {
        let mut body = length.to_vec();
        body.extend(topic);
        body.extend([0x00, 0x01]);
        body.extend(access.body.as_deref().unwrap_or_default().as_bytes());
        packet(0x32, &body)?
    } else {
        let mut body = vec![0x00, 0x01];
        body.extend(length);
        body.extend(topic);
        body.push(0x00);
        packet(0x82, &body)?
    };
    let whole = |answer: &[u8]| answer.len() >= 4;
    let answers = over_tcp(dialer, address, access, &[connect, ask], whole).await?;
    let first = answers.first().filter(|answer| answer.len() >= 4)?;
    if first[0] != 0x20 {
        return Some(("unclear", None, "the answer is no MQTT".to_owned()));
    }
    if first[3] != 0 {
        return Some((
            "refused",
            Some(u16::from(first[3])),
            format!("connection refused, code {}", first[3]),
        ));
    }
    Some(match answers.get(1).map(Vec::as_slice) {
        Some([0x90, _, _, _, code, ..]) if *code >= 0x80 => {
            ("refused", None, "connected, subscription refused".to_owned())
        }
        Some([0x90, ..]) => ("granted", None, "connected and subscribed without a credential".to_owned()),
        Some([0x40, ..]) => ("granted", None, "connected and published without a credential".to_owned()),
        Some([]) | None => ("refused", None, "connected, then closed".to_owned()),
        Some(_) => ("unclear", None, "connected, unexpected answer".to_owned()),
    })
}

/// A control packet; `None` if it would be longer than 16383 bytes.
fn packet(kind: u8, body: &[u8]) -> Option<Vec<u8>> {
    let length = u16::try_from(body.len()).ok().filter(|length| *length < 16_384)?;
    let [low, high] = [(length & 0x7f) as u8, (length >> 7) as u8];
    let mut bytes = if high == 0 { vec![kind, low] } else { vec![kind, low | 0x80, high] };
    bytes.extend_from_slice(body);
    Some(bytes)
}

async fn coap(dialer: &Dialer, address: IpAddr, access: &Access) -> Answer {
    let code = match access.method.to_ascii_uppercase().as_str() {
        "POST" => 2,
        "PUT" => 3,
        "DELETE" => 4,
        _ => 1,
    };
    let id = random::<2>();
    let mut message = vec![0x40, code, id[0], id[1]];
    let mut before = 0_u8;
    for part in access.target.split('/').filter(|part| !part.is_empty()) {
        let length = u8::try_from(part.len()).ok()?;
        let delta = 11 - before;
        before = 11;
        if length < 13 {
            message.push(delta << 4 | length);
        } else {
            message.extend([delta << 4 | 13, length - 13]);
        }
        message.extend(part.as_bytes());
    }
    if let Some(body) = &access.body {
        message.push(0xff);
        message.extend(body.as_bytes());
    }
    let socket = dialer.udp((address, access.port).into()).await.ok()?;
    let mut answer = [0; 2048];
    for _ in 0..2 {
        socket.send(&message).await.ok()?;
        let received = tokio::time::timeout(Duration::from_secs(2), socket.recv(&mut answer)).await;
        let length = match received {
            Ok(Ok(length)) => length,
            Ok(Err(_)) => return Some(("refused", None, "the port refuses".to_owned())),
            Err(_) => continue,
        };
        if length < 4 || answer[2..4] != id {
            return Some(("unclear", None, "the answer belongs to no question of ours".to_owned()));
        }
        let (class, detail) = (u16::from(answer[1] >> 5), u16::from(answer[1] & 0x1f));
        let status = Some(class * 100 + detail);
        let note = format!("{class}.{detail:02}");
        return Some(match class {
            2 => ("granted", status, note),
            4 => ("refused", status, note),
            _ => ("unclear", status, note),
        });
    }
    None
}

async fn rtsp(dialer: &Dialer, address: IpAddr, access: &Access) -> Answer {
    let method = if access.method.eq_ignore_ascii_case("GET") { "DESCRIBE" } else { &access.method };
    let host = crate::http::host_name(address);
    let question = format!(
        "{method} rtsp://{host}:{}{} RTSP/1.0\r\nCSeq: 1\r\nAccept: application/sdp\r\n\r\n",
        access.port, access.target
    );
    let whole = |answer: &[u8]| answer.windows(4).any(|end| end == b"\r\n\r\n");
    let answers = over_tcp(dialer, address, access, &[question.into_bytes()], whole).await?;
    let head = String::from_utf8_lossy(answers.first()?).into_owned();
    let status: u16 = head.strip_prefix("RTSP/1.")?.split(' ').nth(1)?.parse().ok()?;
    let result = match status {
        200..=299 => "granted",
        400..=499 => "refused",
        _ => "unclear",
    };
    Some((result, Some(status), format!("status {status}")))
}

#[cfg(test)]
mod tests {
    use super::packet;

    #[test]
    fn the_length_of_a_packet_is_written_as_mqtt_wants_it() {
        assert_eq!(packet(0x10, &[1, 2]).map(|bytes| bytes[..2].to_vec()), Some(vec![0x10, 2]));
        assert_eq!(packet(0x30, &[0; 200]).map(|bytes| bytes[..3].to_vec()), Some(vec![0x30, 0xc8, 0x01]));
        assert_eq!(packet(0x30, &[0; 20_000]), None);
    }
}
