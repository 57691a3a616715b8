//! A first look at a device that nobody has declared yet: what a draft of its declaration is made from.
//!
//! The same probes as in a run, in one state, which nobody knows. Nothing is judged and nothing is stored.

mod found;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use ixit::bench::Limits;
use ixit::draft::Found;
use probes::probe::device_identity::DeviceIdentity;
use probes::probe::identify::ServiceIdentity;
use probes::probe::tcp_sweep::PortInventory;
use probes::{Context, Dialer, EvidenceRef, Observation, Outcome, ProbeContext, Request, Scope};
use serde_json::{Value, json};
use testcases::DutState;
use tokio_util::sync::CancellationToken;

use super::outstanding::NO_SAMPLE;
use super::parameters::dial_limits;
use crate::bench::Foreign;
use crate::event::{Event, Listener};

/// Paths at which devices tell who they are, as a JSON object.
const IDENTITY_PATHS: &[&str] = &[
    "/identity",
    "/api/identity",
    "/info",
    "/api/info",
    "/device",
    "/api/device",
    "/deviceinfo",
    "/status",
    "/api/status",
    "/version",
    "/api/version",
    "/api/v1/info",
    "/api/v1/device",
    "/description.json",
];
/// Paths of programming interfaces beside these: without a declaration nobody says where a login may be.
const API_PATHS: &[&str] = &[
    "/api/login",
    "/api/token",
    "/api/auth",
    "/api/v1",
    "/api/v2",
    "/rest",
    "/rpc",
    "/graphql",
    "/oauth/token",
];
/// A probe ends within 2 s of cancellation; one that does not is left behind.
const GRACE: Duration = Duration::from_secs(3);

/// What is looked at. The scope is this address and nothing else.
#[derive(Clone, Debug)]
pub struct DraftRequest {
    /// Address of the device.
    pub address: IpAddr,
    /// Address to look from; the kernel chooses where there is none.
    pub source: Option<IpAddr>,
    /// TCP ports to ask; empty for all of them.
    pub ports: Vec<u16>,
    /// UDP services to ask beside the usual ones at their usual ports.
    pub udp: Vec<(u16, String)>,
    /// Ports of the tester's own host that answer at this address (loopback only).
    pub foreign: Foreign,
    /// Gentleness.
    pub limits: Limits,
    /// Day that is written into the draft.
    pub date: jiff::civil::Date,
}

/// What a look came to.
#[derive(Clone, Debug)]
pub struct Look {
    /// What was found.
    pub found: Found,
    /// Every probe came to its end; what else nobody knows stands in [`Found::unknown`].
    pub complete: bool,
}

/// Why there is nothing to draft from.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    /// Asked to stop.
    #[error("stopped before the end; nothing was written")]
    Stopped,
    /// The tester's own network or tool failed.
    #[error("{0}; nothing was written")]
    Tester(String),
    /// Nothing answered.
    #[error(
        "nothing answers at {0}; check the address, and that the device is on and reachable from here; nothing was written"
    )]
    Silent(IpAddr),
}

/// Looks at a device: ports, services, TLS, what it tells of itself.
///
/// # Errors
/// See [`DraftError`].
pub async fn look_at(
    request: &DraftRequest,
    listener: Arc<dyn Listener>,
    cancel: CancellationToken,
) -> Result<Look, DraftError> {
    let scope = Scope { devices: vec![request.address], source: request.source, ..Scope::default() };
    let dialer = Dialer::new(scope, dial_limits(&request.limits));
    let mut looking = Looking { request, dialer, listener, cancel, seen: Vec::new(), planned: 2, done: 0 };
    let sweep = json!({
        "ports": request.ports,
        "foreign": request.foreign.tcp,
        "recovery_seconds": request.limits.recovery_seconds,
    });
    let swept = looking.observe("tcp-sweep", "every TCP port", sweep).await?;
    if swept.outcome == Outcome::ToolTrouble {
        return Err(DraftError::Tester(swept.trouble.unwrap_or_default()));
    }
    let open = swept.read::<PortInventory>().map(|inventory| inventory.open).unwrap_or_default();
    let mut udp = request.udp.clone();
    if !request.address.is_loopback() {
        looking.planned += 1;
        let discovered = looking.observe("discovery", "announcements", json!({})).await?;
        udp.extend(found::announced_udp(&discovered));
    }
    let services = json!({ "extra": udp, "foreign": request.foreign.udp });
    looking.observe("udp-services", "UDP services", services).await?;
    looking.planned += open.len();
    for port in open {
        let target = format!("tcp/{port}");
        let paths: Vec<&str> = IDENTITY_PATHS.iter().chain(API_PATHS).copied().collect();
        let params = json!({ "port": port, "paths": paths });
        let identified = looking.observe("identify", &target, params).await?;
        let Some(identity) = identified.read::<ServiceIdentity>() else { continue };
        if identity.tls {
            looking.planned += 1;
            looking.observe("tls-server", &target, json!({ "port": port })).await?;
        }
        if identity.application == "http" {
            looking.ask_who_it_is(port, identity.tls).await?;
        }
    }
    let look = found::of(request, &looking.seen);
    if look.found.services.is_empty() { Err(DraftError::Silent(request.address)) } else { Ok(look) }
}

struct Looking<'a> {
    request: &'a DraftRequest,
    dialer: Arc<Dialer>,
    listener: Arc<dyn Listener>,
    cancel: CancellationToken,
    seen: Vec<Observation>,
    planned: usize,
    done: usize,
}

impl Looking<'_> {
    /// Asks the usual places until one tells; the others tell nothing worth keeping.
    async fn ask_who_it_is(&mut self, port: u16, tls: bool) -> Result<(), DraftError> {
        self.planned += 1;
        self.begin("device-identity", &format!("tcp/{port}"));
        let mut seconds = 0.0;
        for path in IDENTITY_PATHS {
            let params = json!({ "port": port, "tls": tls, "path": path });
            let observation = self.make("device-identity", &format!("tcp/{port} {path}"), params).await?;
            seconds += observation.effort.seconds;
            let told = observation.read::<DeviceIdentity>().is_some_and(|identity| {
                identity.model.is_some() || identity.serial.is_some() || identity.firmware.is_some()
            });
            if told {
                self.seen.push(observation);
                break;
            }
            if observation.outcome == Outcome::Refused {
                break;
            }
        }
        // That no place tells is an answer as well.
        self.end(Outcome::Complete, seconds);
        Ok(())
    }

    async fn observe(&mut self, probe: &str, target: &str, params: Value) -> Result<Observation, DraftError> {
        self.begin(probe, target);
        let observation = self.make(probe, target, params).await?;
        self.end(observation.outcome, observation.effort.seconds);
        self.seen.push(observation.clone());
        Ok(observation)
    }

    fn begin(&mut self, probe: &str, target: &str) {
        self.done += 1;
        self.planned = self.planned.max(self.done);
        self.listener.on(&Event::StepStarted {
            n: self.done,
            of: self.planned,
            what: format!("{probe} {target}"),
            // Nobody knows it; the listener of a command line does not tell.
            state: DutState::Initialized,
            sample: NO_SAMPLE.to_owned(),
        });
    }

    fn end(&self, outcome: Outcome, seconds: f64) {
        self.listener.on(&Event::StepFinished { n: self.done, of: self.planned, outcome, seconds });
    }

    async fn make(&self, probe: &str, target: &str, params: Value) -> Result<Observation, DraftError> {
        let mut request = Request { probe: probe.to_owned(), target: target.to_owned(), params };
        request.params["address"] = json!(self.request.address);
        let listener = self.listener.clone();
        let context = ProbeContext::new(
            self.dialer.clone(),
            Context { component: "device".to_owned(), ..Context::default() },
            BTreeMap::new(),
            self.cancel.clone(),
            Box::new(move |done, of, what| {
                listener.on(&Event::Progress { done, of, what: what.to_owned() });
            }),
            Box::new(|bytes, _| EvidenceRef::of(bytes, "")),
        );
        let context = match self.request.limits.budget_seconds {
            0 => context,
            seconds => context.with_budget(Duration::from_secs(u64::from(seconds))),
        };
        let cancel = self.cancel.clone();
        let given_up = async {
            cancel.cancelled().await;
            tokio::time::sleep(GRACE).await;
        };
        let observation = tokio::select! {
            observation = probes::run(request, Arc::new(context)) => Some(observation),
            () = given_up => None,
        };
        observation.filter(|_| !self.cancel.is_cancelled()).ok_or(DraftError::Stopped)
    }
}
