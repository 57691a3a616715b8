//! Agents that testers have registered, and pairing by them.

use std::collections::HashMap;

use zbus::message::Header;
use zbus::{Connection, OwnedObjectPath, interface};

use super::double::{Refusal, Shared};
use super::objects::object;
use super::spec::DoublePairing;

/// An agent of somebody on the bus.
#[derive(Clone, Debug)]
pub(super) struct Registered {
    pub(super) path: OwnedObjectPath,
    pub(super) capability: String,
}

/// Agents by the name of their owner.
pub(super) type Agents = HashMap<String, Registered>;

/// `org.bluez.AgentManager1`.
pub(super) struct AgentManager(pub(super) Shared);

fn owner(header: &Header<'_>) -> String {
    header.sender().map_or_else(String::new, ToString::to_string)
}

#[interface(name = "org.bluez.AgentManager1")]
impl AgentManager {
    fn register_agent(
        &self,
        #[zbus(header)] header: Header<'_>,
        path: OwnedObjectPath,
        capability: String,
    ) -> Result<(), Refusal> {
        self.0.called("AgentManager1", "RegisterAgent", &capability);
        let known = self.0.state().agents.insert(owner(&header), Registered { path, capability });
        if known.is_some() { Err(Refusal::AlreadyExists("Already Exists".to_owned())) } else { Ok(()) }
    }

    fn request_default_agent(&self, _path: OwnedObjectPath) {
        self.0.called("AgentManager1", "RequestDefaultAgent", "");
    }

    fn unregister_agent(
        &self,
        #[zbus(header)] header: Header<'_>,
        _path: OwnedObjectPath,
    ) -> Result<(), Refusal> {
        let known = self.0.state().agents.remove(&owner(&header));
        if known.is_some() { Ok(()) } else { Err(Refusal::DoesNotExist("Does Not Exist".to_owned())) }
    }
}

/// Pairs as the device at this path does; whether there is protection against somebody in the middle.
pub(super) async fn pair(
    shared: &Shared,
    bus: &Connection,
    header: &Header<'_>,
    device: usize,
) -> Result<bool, Refusal> {
    let spec = shared.devices()[device].clone();
    let agent = shared.state().agents.get(&owner(header)).cloned();
    let (path, stranger) = (spec.path(), format!("{}/dev_00_00_00_00_00_00", super::objects::ADAPTER));
    let path = object(&path);
    let failed = || Refusal::AuthenticationFailed("Authentication Failed".to_owned());
    let owner = owner(header);
    let call = async |method: &str, body: &(dyn Body + Sync)| {
        let agent = agent.as_ref().ok_or_else(failed)?;
        let answer = body.send(bus, &owner, agent, method).await;
        answer.map_err(|error| {
            shared.called("Agent1", method, &format!("refused: {error}"));
            failed()
        })
    };
    if spec.asks_about_others && call("RequestAuthorization", &(object(&stranger),)).await.is_ok() {
        shared.called("Agent1", "RequestAuthorization", "granted to a stranger");
    }
    let can = agent.as_ref().map_or("NoInputNoOutput", |agent| agent.capability.as_str());
    match (spec.pairing, can) {
        (DoublePairing::Hangs, _) => std::future::pending().await,
        (DoublePairing::JustWorks, _) | (_, "NoInputNoOutput") => Ok(false),
        (DoublePairing::Passkey(shown), _) => {
            let typed: u32 =
                call("RequestPasskey", &(path,)).await?.body().deserialize().map_err(|_| failed())?;
            if typed == shown { Ok(true) } else { Err(failed()) }
        }
        (DoublePairing::Typed, _) => call("DisplayPasskey", &(path, 123_456_u32, 0_u16)).await.map(|_| true),
        (DoublePairing::Numeric(shown), _) => call("RequestConfirmation", &(path, shown)).await.map(|_| true),
    }
}

/// A body of a call to an agent.
trait Body {
    fn send<'a>(
        &'a self,
        bus: &'a Connection,
        owner: &'a str,
        agent: &'a Registered,
        method: &'a str,
    ) -> futures::future::BoxFuture<'a, zbus::Result<zbus::Message>>;
}

impl<T: serde::Serialize + zbus::DynamicType + Sync> Body for T {
    fn send<'a>(
        &'a self,
        bus: &'a Connection,
        owner: &'a str,
        agent: &'a Registered,
        method: &'a str,
    ) -> futures::future::BoxFuture<'a, zbus::Result<zbus::Message>> {
        Box::pin(bus.call_method(Some(owner), agent.path.as_ref(), Some("org.bluez.Agent1"), method, self))
    }
}
