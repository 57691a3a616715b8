//! The world around a device on a bench network: the router that gives it an address, names and the time, and the
//! services behind it.
//!
//! Only the devices of the plan are answered. What comes from anybody else is counted by the dialer and read no
//! further; a DHCP question, which comes from no address, is told by its hardware address.

pub mod authority;
pub mod clock;
pub mod cloud;
pub mod dhcp;
pub mod mqtt;
pub mod names;
pub mod plan;
pub mod records;
mod services;

use std::sync::Arc;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

pub use authority::{Authority, AuthorityTrouble};
pub use plan::{Kind, Lease, Others, Service, Switches, WorldPlan};
pub use records::{Happening, Records};

use crate::dialer::{DialError, DialLimits, Dialer, Scope};

/// Why the world cannot be played. The lab's trouble.
#[derive(Debug, thiserror::Error)]
pub enum WorldTrouble {
    /// A port cannot be had.
    #[error("{what} cannot be played: {why}")]
    Port {
        /// Which server.
        what: String,
        /// Why.
        why: DialError,
    },
    /// A certificate cannot be made.
    #[error(transparent)]
    Authority(#[from] AuthorityTrouble),
    /// A server ended by a mistake of its own.
    #[error("a server of the world ended unexpectedly: {0}")]
    Ended(String),
}

/// A world whose ports are open.
#[derive(Debug)]
pub struct World {
    servers: JoinSet<Result<(), WorldTrouble>>,
    cancel: CancellationToken,
}

impl World {
    /// Opens every port and begins to answer. Runs inside the namespace of the router, on a tokio runtime.
    ///
    /// # Errors
    /// A port that cannot be had, a certificate that cannot be made. Nothing is left open then.
    pub async fn open(
        plan: WorldPlan,
        authority: &Authority,
        switches: watch::Receiver<Switches>,
        records: Arc<Records>,
    ) -> Result<Self, WorldTrouble> {
        let scope = Scope {
            // The tool passes a device on to its services, to read along.
            devices: plan.devices.iter().flat_map(Lease::addresses).chain([plan.bench.into()]).collect(),
            world: plan.listening(),
            interface: Some(plan.interface.clone()),
            ..Scope::default()
        };
        let dialer = Dialer::new(scope, DialLimits::default());
        let cancel = CancellationToken::new();
        let mut servers = JoinSet::new();
        let named = |what: &str| {
            let what = what.to_owned();
            move |why| WorldTrouble::Port { what, why }
        };
        let plan = Arc::new(plan);

        let broadcasts = dialer
            .listen_for_broadcasts(plan::DHCP, &plan.interface)
            .await
            .map_err(named("the DHCP server"))?;
        servers.spawn(stopping(
            &cancel,
            dhcp::serve(broadcasts, Arc::clone(&plan), Arc::clone(&records), Arc::clone(&dialer)),
        ));
        for at in plan.clocks() {
            let socket = dialer.listen_for_datagrams(at).await.map_err(named("the time server"))?;
            let offset = plan.time_offset_seconds;
            servers.spawn(stopping(&cancel, clock::serve(socket, offset, Arc::clone(&records))));
        }
        let resolver = names::Resolver::new(Arc::clone(&plan), switches.clone(), Arc::clone(&records));
        let socket = dialer.listen_for_datagrams(plan.resolver()).await.map_err(named("the resolver"))?;
        servers.spawn(stopping(&cancel, names::serve_datagrams(socket, resolver.clone())));
        let listener = dialer.listen(plan.resolver()).await.map_err(named("the resolver"))?;
        servers.spawn(stopping(&cancel, names::serve_connections(listener, resolver)));
        for service in plan.services.clone() {
            let Some(server) = services::Server::new(&service, authority, &records)? else { continue };
            let at = service.at();
            // It is open before anything is said to be up.
            let listener = dialer.listen(at).await.map_err(named(&service.name))?;
            let serving = services::serve(server, listener, at, Arc::clone(&dialer), switches.clone());
            servers.spawn(stopping(&cancel, serving));
        }
        Ok(Self { servers, cancel })
    }

    /// Answers until `stop`.
    ///
    /// # Errors
    /// A server that ended before.
    pub async fn until(mut self, stop: CancellationToken) -> Result<(), WorldTrouble> {
        let ended = tokio::select! {
            () = stop.cancelled() => Ok(()),
            ended = self.servers.join_next() => match ended {
                Some(Ok(Err(trouble))) => Err(trouble),
                Some(Err(error)) => Err(WorldTrouble::Ended(error.to_string())),
                Some(Ok(Ok(()))) | None => Err(WorldTrouble::Ended("it stopped".to_owned())),
            },
        };
        self.cancel.cancel();
        while self.servers.join_next().await.is_some() {}
        ended
    }
}

fn stopping<F>(
    cancel: &CancellationToken,
    server: F,
) -> impl Future<Output = Result<(), WorldTrouble>> + Send + 'static
where
    F: Future<Output = Result<(), DialError>> + Send + 'static,
{
    let cancel = cancel.clone();
    async move {
        tokio::select! {
            () = cancel.cancelled() => Ok(()),
            ended = server => ended.map_err(|why| WorldTrouble::Port { what: "a server".to_owned(), why }),
        }
    }
}
