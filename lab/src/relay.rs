//! A relay that a fault opens in the web port: whoever asks is connected, to the ports of the device alone. To whom else
//! it should connect, it says that nobody answers there: the lab contacts nobody.

use std::net::{Ipv4Addr, SocketAddrV4};

use hyper::body::Incoming;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;

use crate::http::{self, Page};
use crate::socket;

/// Answers CONNECT, and copies what goes through the tunnel both ways.
pub(crate) async fn answer(device: Ipv4Addr, request: Request<Incoming>) -> Page {
    let nobody = || http::html(StatusCode::BAD_GATEWAY, "Relay", "<p>Nobody answers there.</p>");
    let target = request.uri().authority().and_then(|place| place.as_str().parse::<SocketAddrV4>().ok());
    let Some(target) = target.filter(|target| *target.ip() == device) else { return nobody() };
    let Ok((_, connecting)) = socket::call(device, target) else { return nobody() };
    let Ok(mut there) = connecting.await else { return nobody() };
    tokio::spawn(async move {
        if let Ok(here) = hyper::upgrade::on(request).await {
            // A tunnel that breaks is no event of the device.
            let _ended = tokio::io::copy_bidirectional(&mut TokioIo::new(here), &mut there).await;
        }
    });
    http::page(StatusCode::OK, "text/plain", "")
}
