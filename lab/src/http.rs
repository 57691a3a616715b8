//! The few things that all web servers of the lab share.

use std::convert::Infallible;
use std::future::Future;
use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};

/// Greatest size of a request body.
const BODY_LIMIT: usize = 16 * 1024;
/// Longest wait for the head of a request, the first as any later one.
const HEAD_PATIENCE: Duration = Duration::from_secs(15);
/// Longest wait for the body of a request.
const BODY_PATIENCE: Duration = Duration::from_secs(10);

/// What the lab's servers answer.
pub(crate) type Page = Response<Full<Bytes>>;

/// Serves requests of one connection until it closes.
pub(crate) async fn serve<S, F, T>(stream: S, answer: F)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    F: Fn(Request<Incoming>) -> T,
    T: Future<Output = Page>,
{
    let service = service_fn(|request| {
        let answer = answer(request);
        async move { Ok::<_, Infallible>(answer.await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_PATIENCE)
        .max_buf_size(16 * 1024)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    // A visitor that breaks off is no event of the device.
    let _broken_off = connection.await;
}

/// The body of a request, if it is small and comes in time.
pub(crate) async fn body(request: Request<Incoming>) -> Option<Vec<u8>> {
    let body = Limited::new(request.into_body(), BODY_LIMIT).collect();
    let body = tokio::time::timeout(BODY_PATIENCE, body).await.ok()?.ok()?;
    Some(body.to_bytes().to_vec())
}

/// An answer.
pub(crate) fn page(status: StatusCode, content_type: &'static str, text: impl Into<Bytes>) -> Page {
    let mut page = Response::new(Full::new(text.into()));
    *page.status_mut() = status;
    let headers = page.headers_mut();
    headers.insert(CONTENT_TYPE, hyper::header::HeaderValue::from_static(content_type));
    for (name, value) in [
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'"),
    ] {
        headers.insert(name, hyper::header::HeaderValue::from_static(value));
    }
    page
}

/// An HTML answer around `body`.
pub(crate) fn html(status: StatusCode, title: &str, body: &str) -> Page {
    let text = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>{title}</title></head>\n\
         <body>\n<h1>{title}</h1>\n{body}\n</body>\n</html>\n"
    );
    page(status, "text/html; charset=utf-8", text)
}

/// A JSON answer.
pub(crate) fn json(status: StatusCode, value: &serde_json::Value) -> Page {
    page(status, "application/json", value.to_string())
}

/// Adds a header; a value that is no header value is left out.
pub(crate) fn with_header(mut page: Page, name: hyper::header::HeaderName, value: &str) -> Page {
    if let Ok(value) = value.parse() {
        page.headers_mut().insert(name, value);
    }
    page
}

/// A field of a form (`application/x-www-form-urlencoded`).
pub(crate) fn form_field(body: &[u8], name: &str) -> Option<String> {
    let body = std::str::from_utf8(body).ok()?;
    body.split('&').find_map(|pair| {
        let (field, value) = pair.split_once('=')?;
        (decoded(field)? == name).then(|| decoded(value))?
    })
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read() {
        let body = b"user=admin&password=a%2Bb+c%26";
        assert_eq!(form_field(body, "password").as_deref(), Some("a+b c&"));
        assert_eq!(form_field(body, "csrf"), None);
        assert_eq!(form_field(b"password=%2", "password"), None);
    }
}
