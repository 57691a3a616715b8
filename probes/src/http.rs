//! HTTP/1.1 over a stream that the dialer opened: one request a connection, no cookies kept, no
//! redirect followed, the answer bounded in size and time.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::dialer::{DialError, Dialer};
use crate::tls::session::{self, SessionError};

pub mod digest;
pub mod form_controls;
pub mod page_passages;
pub mod page_text;
pub mod url;

/// Bytes of a body that are read at most; the rest is left unread and [`HttpAnswer::truncated`] set.
pub const BODY_LIMIT: usize = 1024 * 1024;

/// Where a request goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpTarget {
    /// Address, checked by the dialer.
    pub address: SocketAddr,
    /// HTTP over TLS.
    pub tls: bool,
    /// Host header and server name, without a port.
    pub host: String,
}

/// A request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HttpRequest {
    /// Method in capitals; `GET` if empty.
    pub method: String,
    /// Path and query, beginning with `/`.
    pub path: String,
    /// Further headers.
    pub headers: Vec<(String, String)>,
    /// Body; its length is announced if it is not empty or the method is `POST`.
    pub body: Vec<u8>,
}

impl HttpRequest {
    /// A GET without further headers.
    pub fn get(path: impl Into<String>) -> Self {
        Self { method: "GET".to_owned(), path: path.into(), ..Self::default() }
    }

    /// With one more header.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}

/// An answer.
#[derive(Clone, Debug, PartialEq)]
pub struct HttpAnswer {
    /// Status code.
    pub status: u16,
    /// Headers in order, names in lower case; bytes that are no text are replaced.
    pub headers: Vec<(String, String)>,
    /// At most [`BODY_LIMIT`] bytes.
    pub body: Vec<u8>,
    /// The body was longer.
    pub truncated: bool,
    /// Seconds from the opening of the connection to the end of the body.
    pub seconds: f64,
    /// Certificate chain, leaf first, DER; empty for plain HTTP.
    pub chain: Vec<Vec<u8>>,
}

impl HttpAnswer {
    /// First header of this name (lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// All headers of this name (lower case).
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The body as text; bytes that are no UTF-8 are replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Why no answer came.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// No connection.
    #[error(transparent)]
    Dial(#[from] DialError),
    /// No TLS session.
    #[error(transparent)]
    Tls(#[from] SessionError),
    /// The device closed the connection before an answer was complete.
    #[error("the connection was closed before an answer came")]
    Closed,
    /// Connected, but no answer in time.
    #[error("no answer within {0} s")]
    NoAnswer(u64),
    /// What came is no HTTP/1.1.
    #[error("the answer is no HTTP: {0}")]
    NotHttp(String),
    /// The request cannot be written down, e.g. a path with a space.
    #[error("the request cannot be sent: {0}")]
    BadRequest(String),
}

/// An address as it stands in a Host header: IPv6 in brackets.
pub fn host_name(address: std::net::IpAddr) -> String {
    match address {
        std::net::IpAddr::V4(four) => four.to_string(),
        std::net::IpAddr::V6(six) => format!("[{six}]"),
    }
}

/// Sends one request on a connection of its own; `within` bounds the whole exchange.
///
/// # Errors
/// See [`HttpError`]. An answer of any status is no error.
pub async fn send(
    dialer: &Dialer,
    target: &HttpTarget,
    request: &HttpRequest,
    within: Duration,
) -> Result<HttpAnswer, HttpError> {
    let wire = write_down(target, request)?;
    let started = Instant::now();
    let exchange = async {
        let stream = dialer.connect_within(target.address, within.min(Duration::from_secs(3))).await?;
        if target.tls {
            let (stream, chain) = session::open(stream, &target.host).await?;
            talk(stream, wire, chain).await
        } else {
            talk(stream, wire, Vec::new()).await
        }
    };
    let mut answer = tokio::time::timeout(within, exchange)
        .await
        .map_err(|_| HttpError::NoAnswer(within.as_secs().max(1)))??;
    answer.seconds = (started.elapsed().as_secs_f64() * 1000.0).round() / 1000.0;
    Ok(answer)
}

fn write_down(target: &HttpTarget, request: &HttpRequest) -> Result<hyper::Request<Full<Bytes>>, HttpError> {
    let usual = if target.tls { 443 } else { 80 };
    let host = if target.address.port() == usual {
        target.host.clone()
    } else {
        format!("{}:{}", target.host, target.address.port())
    };
    let method = if request.method.is_empty() { "GET" } else { &request.method };
    let mut wire = hyper::Request::builder()
        .method(method)
        .uri(&request.path)
        .header("host", host)
        .header("user-agent", "hantei")
        .header("accept", "*/*")
        .header("connection", "close");
    for (name, value) in &request.headers {
        wire = wire.header(name, value);
    }
    wire.body(Full::new(Bytes::from(request.body.clone())))
        .map_err(|error| HttpError::BadRequest(error.to_string()))
}

async fn talk<S>(
    stream: S,
    request: hyper::Request<Full<Bytes>>,
    chain: Vec<Vec<u8>>,
) -> Result<HttpAnswer, HttpError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = hyper::client::conn::http1::Builder::new()
        .max_buf_size(64 * 1024)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(explain)?;
    let exchange = async {
        let response = sender.send_request(request).await.map_err(explain)?;
        let status = response.status().as_u16();
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| {
                (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
            })
            .collect();
        let (body, truncated) = read_bounded(response.into_body()).await?;
        Ok(HttpAnswer { status, headers, body, truncated, seconds: 0.0, chain })
    };
    // The connection may end while the last bytes of the body are still on their way to us, so its
    // end alone decides nothing.
    let driving = async {
        let _ = connection.await;
        std::future::pending::<()>().await;
    };
    tokio::select! {
        answer = exchange => answer,
        () = driving => Err(HttpError::Closed),
    }
}

async fn read_bounded(mut body: Incoming) -> Result<(Vec<u8>, bool), HttpError> {
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = match frame {
            Ok(frame) => frame,
            // A page cut short is still a page; only an empty one is no answer.
            Err(_) if !bytes.is_empty() => return Ok((bytes, true)),
            Err(error) => return Err(explain(error)),
        };
        if let Some(data) = frame.data_ref() {
            let room = BODY_LIMIT - bytes.len();
            bytes.extend_from_slice(&data[..data.len().min(room)]);
            if data.len() > room {
                return Ok((bytes, true));
            }
        }
    }
    Ok((bytes, false))
}

fn explain(error: hyper::Error) -> HttpError {
    if error.is_parse() || error.is_parse_too_large() {
        HttpError::NotHttp(error.to_string())
    } else {
        HttpError::Closed
    }
}
