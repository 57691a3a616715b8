//! How the device fetches files from its update server: one connection, bounded answers.

use http_body_util::{BodyExt, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::HOST;
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

    async fn over(device: &'a Device, wire: Box<dyn Wire>) -> Option<Self> {
        let (sender, connection) = http1::handshake(TokioIo::new(wire)).await.ok()?;
        let mut driver = JoinSet::new();
        driver.spawn(async move {
            // Its end is seen by whoever waits for an answer.
            let _ended = connection.await;
        });
        Some(Self { device, sender, used: false, _connection: driver })
    }

    /// Asks for a file; `None` if there is none, or the server wants to send the device elsewhere. A server that closes
    /// after each answer is called again, twice at most.
    pub(crate) async fn ask(&mut self, path: &str) -> Option<Answer> {
        let answer = match self.send(path).await {
            Some(answer) => answer,
            None if self.used => {
                *self = match Self::open(self.device).await {
                    Some(again) => again,
                    None => Self::open(self.device).await?,
                };
                self.send(path).await?
            }
            None => return None,
        };
        self.used = true;
        (answer.status() == StatusCode::OK).then(|| Answer { body: answer.into_body() })
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
