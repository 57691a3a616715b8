//! The services of the world: they listen while they are switched on, and close everything when they are not.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::authority::{Authority, AuthorityTrouble};
use super::plan::{Kind, Service, Switches};
use super::records::Records;
use super::{cloud, mqtt};
use crate::dialer::{DialError, Dialer, Listener};

/// Connections under way at once; more are closed at once.
const MOST_CONNECTIONS: usize = 64;
/// How long a handshake, or the first octets, may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// Octets that a sink notes.
const FIRST: usize = 64;

/// What answers at one port.
#[derive(Clone)]
pub(super) struct Server {
    name: Arc<str>,
    kind: Kind,
    tls: Option<TlsAcceptor>,
    records: Arc<Records>,
}

impl Server {
    /// A server for a service; `None` for the time, which is told over UDP.
    pub(super) fn new(
        service: &Service,
        authority: &Authority,
        records: &Arc<Records>,
    ) -> Result<Option<Self>, AuthorityTrouble> {
        let tls = match service.kind {
            Kind::Ntp => return Ok(None),
            Kind::Https => Some(authority.server(&service.name, &["http/1.1"])?),
            Kind::Mqtts => Some(authority.server(&service.name, &["mqtt"])?),
            Kind::Http | Kind::Mqtt | Kind::Sink => None,
        };
        Ok(Some(Self {
            name: service.name.as_str().into(),
            kind: service.kind,
            tls: tls.map(TlsAcceptor::from),
            records: Arc::clone(records),
        }))
    }

    async fn meet(self, stream: TcpStream) {
        let Some(tls) = &self.tls else {
            return match self.kind {
                Kind::Http => cloud::talk(stream, self.name, self.records).await,
                Kind::Mqtt => mqtt::talk(stream, self.name, self.records).await,
                _ => self.take_first(stream).await,
            };
        };
        let stream = match tokio::time::timeout(PATIENCE, tls.accept(stream)).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => return self.records.note(&self.name, &format!("no TLS handshake: {error}")),
            Err(_) => return self.records.note(&self.name, "no TLS handshake in time"),
        };
        match self.kind {
            Kind::Mqtts => mqtt::talk(stream, self.name, self.records).await,
            _ => cloud::talk(stream, self.name, self.records).await,
        }
    }

    async fn take_first(&self, mut stream: TcpStream) {
        let mut first = [0; FIRST];
        match tokio::time::timeout(PATIENCE, stream.read(&mut first)).await {
            Ok(Ok(length)) => {
                let first = first.get(..length).unwrap_or_default().escape_ascii();
                self.records.note(&self.name, &format!("first octets: {first}"));
            }
            _ => self.records.note(&self.name, "a connection without a word"),
        }
    }
}

/// Serves while the services are switched on, until it is dropped.
pub(super) async fn serve(
    server: Server,
    first: Listener,
    at: SocketAddr,
    dialer: Arc<Dialer>,
    mut switches: watch::Receiver<Switches>,
) -> Result<(), DialError> {
    let mut first = Some(first);
    loop {
        if !switches.borrow().services {
            // A port that is switched off is closed, not silent.
            first = None;
        }
        if switches.wait_for(|switches| switches.services).await.is_err() {
            return Ok(());
        }
        let listener = match first.take() {
            Some(listener) => listener,
            None => dialer.listen(at).await?,
        };
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                off = switches.wait_for(|switches| !switches.services) => {
                    if off.is_err() {
                        return Ok(());
                    }
                    break;
                }
                stream = listener.accept() => {
                    let stream = stream?;
                    if connections.len() < MOST_CONNECTIONS {
                        connections.spawn(server.clone().meet(stream));
                    }
                }
                Some(_) = connections.join_next() => {}
            }
        }
        // Listener and connections are dropped: the port is closed, and the device sees its connections end.
    }
}
