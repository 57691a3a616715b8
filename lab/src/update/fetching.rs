//! How the device fetches files from its update server: one connection, bounded answers.

use std::net::{Ipv4Addr, SocketAddrV4};

use http_body_util::{BodyExt, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{HOST, LOCATION};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::task::JoinSet;

use crate::calling::{self, Wire};
use crate::device::Device;

/// A connection to the update server, for one request after the other. It ends when dropped.
pub(crate) struct Fetching<'a> {
    device: &'a Device,
    sender: SendRequest<Empty<Bytes>>,
    /// Something was asked on it before.
    used: bool,
    _connection: JoinSet<()>,
}

/// An answer that is being read.
pub(crate) struct Answer {
    body: Incoming,
}

/// What a server answers.
pub(crate) enum Found {
    /// The file.
    File(Answer),
    /// It is elsewhere: `http://` and what follows.
    Elsewhere(String),
}

/// A body that did not come to its end, or has no room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unread {
    /// It broke off.
    BrokenOff,
    /// It is longer than there is room.
    TooLong,
}

impl<'a> Fetching<'a> {
    /// A connection to the update server, as the device makes it; `None` if there is none.
    pub(crate) async fn open(device: &'a Device) -> Option<Self> {
        let wire = calling::open(device, &device.peers.update).await?;
        Self::over(device, wire).await
    }

    /// A plain connection to where a server sent it, and the path there. Only an address, or the name of the update
    /// server, is followed.
    pub(crate) async fn elsewhere(device: &'a Device, location: &str) -> Option<(Self, String)> {
        let (authority, path) = location.split_once('/').unwrap_or((location, ""));
        let (host, port) = authority.split_once(':').unwrap_or((authority, "80"));
        let address: Ipv4Addr = match host.parse() {
            Ok(address) => address,
            Err(_) if host == device.peers.update.host() => device.network.look_up(host).await?,
            Err(_) => return None,
        };
        // Nothing of the lab leaves this machine, wherever it is sent.
        let to = address.is_loopback().then_some(SocketAddrV4::new(address, port.parse().ok()?))?;
        let wire = device.network.dial(to).await.ok()?;
        Some((Self::over(device, Box::new(wire)).await?, format!("/{path}")))
    }

    async fn over(device: &'a Device, wire: Box<dyn Wire>) -> Option<Self> {
        let (sender, connection) = http1::handshake(TokioIo::new(wire)).await.ok()?;
        let mut driver = JoinSet::new();
        driver.spawn(async move {
            // Its end is seen by whoever waits for an answer.
            let _ended = connection.await;
        });
        Some(Self { device, sender, used: false, _connection: driver })
    }

    /// Asks for a file. A server that closes after each answer is called again.
    pub(crate) async fn ask(&mut self, path: &str) -> Option<Found> {
        let answer = match self.send(path).await {
            Some(answer) => answer,
            None if self.used => {
                *self = Self::open(self.device).await?;
                self.send(path).await?
            }
            None => return None,
        };
        self.used = true;
        match answer.status() {
            StatusCode::OK => Some(Found::File(Answer { body: answer.into_body() })),
            status if status.is_redirection() => Some(Found::Elsewhere(plain_location(&answer)?)),
            _ => None,
        }
    }

    async fn send(&mut self, path: &str) -> Option<Response<Incoming>> {
        let host = self.device.peers.update.host();
        let request = Request::get(path).header(HOST, host).body(Empty::new()).ok()?;
        self.sender.ready().await.ok()?;
        self.sender.send_request(request).await.ok()
    }
}

impl Answer {
    /// Reads the body to its end, at most `room` octets.
    pub(crate) async fn read(mut self, room: u64) -> Result<Vec<u8>, Unread> {
        let mut read = Vec::new();
        while let Some(frame) = self.body.frame().await {
            let Ok(frame) = frame else { return Err(Unread::BrokenOff) };
            let Ok(data) = frame.into_data() else { continue };
            if (read.len() + data.len()) as u64 > room {
                return Err(Unread::TooLong);
            }
            read.extend_from_slice(&data);
        }
        Ok(read)
    }
}

/// Where a redirect leads without TLS, and without its scheme.
fn plain_location(answer: &Response<Incoming>) -> Option<String> {
    answer.headers().get(LOCATION)?.to_str().ok()?.strip_prefix("http://").map(str::to_owned)
}
