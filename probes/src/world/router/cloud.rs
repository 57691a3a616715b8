//! A cloud that speaks HTTP/1.1: every request is noted and answered with success.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};

use super::records::Records;

/// Largest body that is read.
const LARGEST_BODY: usize = 256 * 1024;
/// How long the head of a request may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Speaks with one client until it closes.
pub(super) async fn talk<S>(stream: S, name: Arc<str>, records: Arc<Records>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request| {
        let (name, records) = (Arc::clone(&name), Arc::clone(&records));
        async move { Ok::<_, Infallible>(answer(request, &name, &records).await) }
    });
    // A client that breaks the protocol or goes away is no trouble of the bench.
    let _ = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .max_buf_size(64 * 1024)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn answer(request: Request<Incoming>, name: &str, records: &Records) -> Response<Full<Bytes>> {
    let (head, body) = request.into_parts();
    let login = if head.headers.contains_key(AUTHORIZATION) { ", with credentials" } else { "" };
    let asked = format!("{} {}{login}", head.method, head.uri);
    let reading = tokio::time::timeout(PATIENCE, Limited::new(body, LARGEST_BODY).collect());
    let Ok(Ok(body)) = reading.await else {
        records.note(name, &format!("{asked}: a body that was not read to its end"));
        return respond(StatusCode::PAYLOAD_TOO_LARGE, "");
    };
    records.note(name, &format!("{asked}: {} octets", body.to_bytes().len()));
    match head.method {
        Method::GET | Method::HEAD | Method::POST => respond(StatusCode::OK, "{}\n"),
        _ => respond(StatusCode::NO_CONTENT, ""),
    }
}

fn respond(status: StatusCode, body: &'static str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from_static(body.as_bytes())));
    *response.status_mut() = status;
    if !body.is_empty() {
        response
            .headers_mut()
            .insert(CONTENT_TYPE, hyper::header::HeaderValue::from_static("application/json"));
    }
    response
}
