//! Handing a package to the device as its user does.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::making::{Offer, Way};
use super::{Params, UploadTo};
use crate::context::ProbeContext;
use crate::http::{HttpRequest, host_name};
use crate::probe::access_control::visitor::{Session, Web};
use crate::tls::client_hello::random;
use crate::tls::session;

/// Octets that are written at once.
const PIECE: usize = 16 * 1024;
/// Octets of an endless image, at most: what is written has to be at hand.
const MOST: u64 = 64 * 1024 * 1024;
/// Octets of an answer that are read.
const ANSWER: usize = 2048;

/// What came of handing a package in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct HandedOver {
    /// Octets that were sent of the image and what is around it.
    pub(super) octets: u64,
    /// All of it.
    pub(super) whole: bool,
    /// Status of the answer.
    pub(super) status: Option<u16>,
    /// What stood in the way.
    pub(super) trouble: Option<String>,
}

/// Bounds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// Octets of an endless image.
    pub(super) endless_octets: u64,
    /// Time for them.
    pub(super) endless_time: Duration,
    /// Time for everything else.
    pub(super) time: Duration,
}

/// The connection on which a package was handed in; it ends when this is dropped.
pub(super) type Connection = Option<Box<dyn std::any::Any + Send>>;

/// Hands a package in, after a login of its own. With `part` only so many octets of a hundred are sent, no answer is
/// waited for, and the connection is left open.
pub(super) async fn hand_in(
    (params, to): (&Params, &UploadTo),
    context: &ProbeContext,
    web: &mut Web<'_>,
    offer: &Offer,
    bounds: Bounds,
    part: Option<usize>,
) -> (HandedOver, Connection) {
    let failed = |why: String| (HandedOver { trouble: Some(why), ..HandedOver::default() }, None);
    let (request, hidden) = match request(params, to, context, web).await {
        Ok(request) => request,
        Err(why) => return failed(why),
    };
    let (request, before, after) = around(request, to.field.as_deref(), &hidden);
    let mut body = [before.as_slice(), &offer.image].concat();
    let endless = offer.way == Way::Endless;
    if endless {
        let octets = usize::try_from(bounds.endless_octets.min(MOST)).unwrap_or(usize::MAX);
        body.resize(body.len().max(octets), 0x5a);
    } else {
        body.extend(&after);
    }
    let length = (!endless).then_some(body.len());
    if let Some(part) = part {
        body.truncate(body.len() * part.min(100) / 100);
    }
    let time = if endless { bounds.endless_time } else { bounds.time };
    let delivering = async {
        let stream = context
            .dialer
            .connect((params.address, to.port).into())
            .await
            .map_err(|error| error.to_string())?;
        let head = head(&request, params, to, length);
        Ok(if to.tls {
            let (stream, _) =
                session::open(stream, &host_name(params.address)).await.map_err(|error| error.to_string())?;
            deliver(stream, &head, &body, (endless, part.is_some()), time).await
        } else {
            deliver(stream, &head, &body, (endless, part.is_some()), time).await
        })
    };
    match tokio::time::timeout(time + Duration::from_secs(3), delivering).await {
        Ok(Ok(handed)) => handed,
        Ok(Err(why)) => failed(why),
        Err(_) => failed("the device took no connection in time".to_owned()),
    }
}

/// Names and values of hidden fields.
type Hidden = Vec<(String, String)>;

/// The request without its body, with all that a logged-in user shows, and the hidden fields of the form.
async fn request(
    params: &Params,
    to: &UploadTo,
    context: &ProbeContext,
    web: &mut Web<'_>,
) -> Result<(HttpRequest, Hidden), String> {
    let mut session = Session::default();
    let place = (to.port, to.tls);
    if let Some(who) = &to.who {
        let row = who.split('/').next().unwrap_or(who);
        let mechanism = params.mechanisms.iter().find(|mechanism| mechanism.row == row);
        let mechanism = mechanism
            .filter(|mechanism| mechanism.is_web())
            .ok_or_else(|| format!("no program can log in by {row}"))?;
        let (user, password) = context
            .credentials
            .get(who)
            .or_else(|| context.credentials.get(row))
            .ok_or_else(|| format!("the bench has no credential of {row}"))?;
        let login = web.log_in(&format!("<entitled {row}>"), mechanism, user, password).await;
        if !matches!(login.outcome, "logged-in" | "sent-along") {
            return Err(format!("the login by {row} was {}", login.outcome));
        }
        session = login.session;
        // The page with the form, where there is one: its hidden fields belong to what is sent.
        let _page = web.ask("<entitled>", &mut session, place, "GET", &to.path, None).await;
    }
    let request = HttpRequest { method: to.method.clone(), path: to.path.clone(), ..HttpRequest::default() };
    let hidden = session.hidden_for(to.port, &to.path);
    let request = web
        .shown("<entitled>", &session, place, request)
        .await
        .map_err(|_| "the device asked for no credential that could be shown".to_owned())?;
    Ok((request, hidden))
}

/// What stands around the image in the body.
fn around(request: HttpRequest, field: Option<&str>, hidden: &Hidden) -> (HttpRequest, Vec<u8>, Vec<u8>) {
    let Some(field) = field else {
        return (request.with("content-type", "application/octet-stream"), Vec::new(), Vec::new());
    };
    let boundary: String = random::<12>().iter().map(|octet| format!("{octet:02x}")).collect();
    let mut before = String::new();
    for (name, value) in hidden {
        before.push_str(&format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        ));
    }
    before.push_str(&format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"update.bin\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    ));
    let after = format!("\r\n--{boundary}--\r\n");
    let request = request.with("content-type", format!("multipart/form-data; boundary={boundary}"));
    (request, before.into_bytes(), after.into_bytes())
}

/// The head as it is written; without a length the body is sent in chunks.
fn head(request: &HttpRequest, params: &Params, to: &UploadTo, length: Option<usize>) -> String {
    let host = host_name(params.address);
    let mut head = format!(
        "{} {} HTTP/1.1\r\nhost: {host}:{}\r\nuser-agent: hantei\r\nconnection: close\r\n",
        to.method, to.path, to.port
    );
    for (name, value) in &request.headers {
        let clean: String = value.chars().filter(|character| !character.is_control()).collect();
        head.push_str(&format!("{name}: {clean}\r\n"));
    }
    match length {
        Some(length) => head.push_str(&format!("content-length: {length}\r\n\r\n")),
        None => head.push_str("transfer-encoding: chunked\r\n\r\n"),
    }
    head
}

/// Writes, and reads what the device says to it, which may come before the end.
async fn deliver<S: AsyncRead + AsyncWrite + Send + 'static>(
    stream: S,
    head: &str,
    body: &[u8],
    (chunked, part): (bool, bool),
    time: Duration,
) -> (HandedOver, Connection) {
    let (mut reading, mut writing) = tokio::io::split(stream);
    let mut octets = 0;
    let (whole, trouble, said) = {
        let writer = async {
            writing.write_all(head.as_bytes()).await?;
            for piece in body.chunks(PIECE) {
                if chunked {
                    writing.write_all(format!("{:x}\r\n", piece.len()).as_bytes()).await?;
                }
                writing.write_all(piece).await?;
                if chunked {
                    writing.write_all(b"\r\n").await?;
                }
                octets += piece.len() as u64;
            }
            writing.flush().await
        };
        let reader = async {
            let mut answer = Vec::new();
            let mut piece = [0; 512];
            while answer.len() < ANSWER && !answer.windows(2).any(|two| two == b"\r\n") {
                match reading.read(&mut piece).await {
                    Ok(count @ 1..) => answer.extend(&piece[..count]),
                    _ => break,
                }
            }
            status(&answer)
        };
        tokio::pin!(writer, reader);
        let until = tokio::time::Instant::now() + time;
        let mut whole = false;
        let mut trouble = None;
        let mut said = None;
        let exchange = async {
            tokio::select! {
                written = &mut writer => match written {
                    Ok(()) => whole = true,
                    Err(error) => trouble = Some(format!("the device broke off ({error})")),
                },
                status = &mut reader => {
                    said = Some(status);
                    return;
                }
            }
            // A part is all that was to be sent: whoever cut it off does not wait for an answer.
            if !part && said.is_none() {
                said = Some(reader.await);
            }
        };
        let late = tokio::time::timeout_at(until, exchange).await.is_err();
        if late && !whole {
            trouble = Some("the device took no more in time".to_owned());
        }
        (whole, trouble, said)
    };
    let status = said.flatten();
    let handed = HandedOver {
        octets,
        whole: whole && !part && !chunked,
        status,
        trouble: trouble.filter(|_| status.is_none()),
    };
    (handed, Some(Box::new((reading, writing))))
}

fn status(answer: &[u8]) -> Option<u16> {
    let text = String::from_utf8_lossy(answer);
    text.strip_prefix("HTTP/1.")?.split(' ').nth(1)?.get(..3)?.parse().ok()
}
