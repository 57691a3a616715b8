//! What is left of the device after it has found its software changed: a fault page, and one report to the maker.

use std::sync::atomic::Ordering;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::header::{CONTENT_TYPE, HOST};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::json;

use crate::device::Device;
use crate::http::{self, Page};
use crate::waits::Waits;
use crate::{calling, model};

/// Where the update server takes reports of faults.
pub(crate) const REPORT: &str = "/hk-100/fault";

/// Longest time of one report.
const PATIENCE: Duration = Duration::from_secs(10);

/// Answers a request to the web interface.
pub(crate) fn answer(identity: &serde_json::Value, request: &Request<Incoming>) -> Page {
    let path = request.uri().path();
    if path == "/identity" {
        return http::json(StatusCode::OK, identity);
    }
    if path.starts_with("/api/") {
        return http::json(StatusCode::SERVICE_UNAVAILABLE, &json!({ "fault": model::FAULT_CHANGED }));
    }
    http::html(
        StatusCode::SERVICE_UNAVAILABLE,
        &format!("Fault {}", model::FAULT_CHANGED),
        "<p>The software of this device is damaged or was changed. Call the service.</p>\n\
         <p>Hot water goes on at the panel.</p>",
    )
}

/// Reports the fault once, and again when it is asked to call.
pub(crate) async fn report(device: &Device) {
    let mut waits = Waits::new(device.behaviour.frailty.waits);
    tokio::time::sleep(waits.starting()).await;
    loop {
        let reported = tokio::time::timeout(PATIENCE, tell(device)).await;
        if matches!(reported, Ok(Some(()))) {
            device.reported.store(true, Ordering::SeqCst);
            device.peers.update.called_for().await;
            waits.start_again();
            continue;
        }
        tokio::select! {
            () = device.peers.update.called_for() => waits.start_again(),
            () = tokio::time::sleep(waits.next()) => {}
        }
    }
}

/// One report; `None` if nobody took it.
async fn tell(device: &Device) -> Option<()> {
    let stream = calling::open(device, &device.peers.update).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.ok()?;
    let fault = json!({ "model": model::MODEL, "fault": model::FAULT_CHANGED }).to_string();
    let request = Request::post(REPORT)
        .header(HOST, device.peers.update.host())
        .header(CONTENT_TYPE, "application/json")
        .body(Full::new(Bytes::from(fault)))
        .ok()?;
    tokio::select! {
        answer = sender.send_request(request) => answer.ok().filter(|answer| answer.status().is_success()).map(|_| ()),
        _ = connection => None,
    }
}
