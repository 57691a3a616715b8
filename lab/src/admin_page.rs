//! Administration pages that faults open on plain HTTP.

use std::sync::Arc;

use hyper::StatusCode;
use hyper::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use tokio::net::TcpStream;

use crate::device::Device;
use crate::{http, model};

/// Settings for anybody.
pub(crate) async fn open(device: Arc<Device>, stream: TcpStream) {
    http::serve(stream, |request| {
        let page = match request.uri().path() {
            "/" => http::html(StatusCode::OK, "Service menu", &menu(&device)),
            _ => http::html(StatusCode::NOT_FOUND, model::MODEL, "<p>There is no such page.</p>"),
        };
        async { page }
    })
    .await;
}

/// The same, behind HTTP basic authentication that accepts nothing.
pub(crate) async fn basic(_device: Arc<Device>, stream: TcpStream) {
    http::serve(stream, |request| {
        let note = match request.headers().contains_key(AUTHORIZATION) {
            true => "<p>User name or password is wrong.</p>",
            false => "<p>Log in first.</p>",
        };
        let page = http::html(StatusCode::UNAUTHORIZED, "Service menu", note);
        async { http::with_header(page, WWW_AUTHENTICATE, "Basic realm=\"service\"") }
    })
    .await;
}

fn menu(device: &Device) -> String {
    format!(
        "<p>Unit {}.</p>\n<ul><li>Target 42 °C</li><li>Gas valve closed</li><li>Service interval 12 months</li></ul>",
        device.secrets.serial
    )
}
