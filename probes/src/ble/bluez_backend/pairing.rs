//! Pairing by `Device1.Pair`, under a policy as far as BlueZ follows one.

use std::time::{Duration, Instant};

use super::BluezBackend;
use super::agent::{self, Agent};
use super::bus::{DEVICE, Trouble};
use super::properties::object_path;
use crate::ble::backend::BleError;
use crate::ble::pairing::{
    OwnKey, PairingMethod, PairingOutcome, PairingPolicy, PairingReport, SecureConnections,
};
use crate::ble::smp::IoCapability;
use crate::ble::transcript::Direction;

/// What BlueZ cannot be told of a policy, in words.
fn beyond(policy: &PairingPolicy) -> Option<&'static str> {
    let wishes = [
        (policy.as_written.is_some(), "a request that is written out"),
        (policy.secure_connections == SecureConnections::Only, "to insist on LE Secure Connections"),
        (policy.secure_connections == SecureConnections::Never, "to offer legacy pairing alone"),
        (policy.max_key_size != 16, "to offer a shorter key"),
        (policy.least_key_size > 7, "to insist on a long key"),
        (policy.own_key != OwnKey::Fresh, "to use a key of the tester's choice"),
        (policy.insist_on_mitm, "to insist on protection against somebody in the middle"),
        (!policy.bonding, "to pair without bonding"),
        (
            policy.mitm == (policy.io == IoCapability::NoInputNoOutput),
            "another wish for protection in the middle than follows from input and output",
        ),
    ];
    wishes.iter().find(|(wished, _)| *wished).map(|(_, wish)| *wish)
}

fn capability(io: IoCapability) -> Option<&'static str> {
    Some(match io {
        IoCapability::DisplayOnly => "DisplayOnly",
        IoCapability::DisplayYesNo => "DisplayYesNo",
        IoCapability::KeyboardOnly => "KeyboardOnly",
        IoCapability::NoInputNoOutput => "NoInputNoOutput",
        IoCapability::KeyboardDisplay => "KeyboardDisplay",
        IoCapability::Reserved(_) => return None,
    })
}

impl BluezBackend {
    pub(super) async fn pair_under(&mut self, policy: &PairingPolicy) -> Result<PairingReport, BleError> {
        if let Some(wish) = beyond(policy) {
            return Err(BleError::Unavailable(format!(
                "BlueZ decides itself what is offered in a pairing and takes no such wish: {wish}; pair over HCI \
                 for it"
            )));
        }
        let Some(capability) = capability(policy.io) else {
            return Err(BleError::Unavailable("BlueZ knows no such input and output".to_owned()));
        };
        let device = self.link()?.path.clone();
        let began = Instant::now();
        let agent = Agent::new(device.clone(), policy, self.limits.pairing_step * 3);
        let server = self.bus.connection().clone();
        server
            .object_server()
            .at(agent::PATH, agent.clone())
            .await
            .map_err(|error| Trouble::from(error).of_the_adapter("bringing up an agent"))?;
        // Not the default agent: it is asked for what this connection pairs, and by nobody else.
        let ended = match self.manage_agent("RegisterAgent", Some(capability)).await {
            Ok(()) => {
                let ended = self.pair_and_wait(&device).await;
                // It goes with the connection at the latest.
                self.manage_agent("UnregisterAgent", None).await.ok();
                ended
            }
            Err(trouble) => Err(trouble.of_the_adapter("registering an agent")),
        };
        server.object_server().remove::<Agent, _>(agent::PATH).await.ok();
        let outcome = self.outcome(ended?, &agent).await?;
        let method = agent.asked().method;
        let paired = outcome == PairingOutcome::Paired;
        // BlueZ asks nobody where nothing protects against somebody in the middle.
        let method = method.or(paired.then_some(PairingMethod::JustWorks));
        self.recorder.call(Direction::Link, format!("pairing: {outcome:?}, {method:?}"), None);
        if let (true, Some(link)) = (paired, self.link.as_mut()) {
            link.paired_by = method;
        }
        let others = agent.asked().others;
        if let (1.., Some(link)) = (others, self.link.as_mut()) {
            link.odd(format!("BlueZ asked {others} times about other devices meanwhile; all were refused"));
        }
        Ok(PairingReport {
            request: policy.request(),
            response: None,
            method,
            secure_connections: None,
            key_size: None,
            device_key: None,
            passkey_rounds: 0,
            went_on_with_invalid_key: false,
            keys_given: Vec::new(),
            security_request: None,
            outcome,
            seconds: began.elapsed().as_secs_f64(),
            bond: None,
        })
    }

    async fn manage_agent(&mut self, method: &str, capability: Option<&str>) -> Result<(), Trouble> {
        let (path, wait) = (object_path(agent::PATH), self.limits.command);
        let manager = ("/org/bluez", "org.bluez.AgentManager1");
        match capability {
            Some(capability) => self.bus.call(manager.0, manager.1, method, &(path, capability), wait).await,
            None => self.bus.call(manager.0, manager.1, method, &path, wait).await,
        }
    }

    /// Calls `Pair`; what BlueZ answered is no error here.
    async fn pair_and_wait(&mut self, device: &str) -> Result<Result<(), Trouble>, BleError> {
        // Three steps of the longest method, and the time in which BlueZ notices that a device is silent.
        let wait = self.limits.pairing_step * 3 + Duration::from_secs(2);
        self.recorder.call(Direction::ToDevice, "Pair", None);
        match self.bus.call(device, DEVICE, "Pair", &(), wait).await {
            Err(trouble @ (Trouble::Late(_) | Trouble::Broken(_))) => {
                let short = self.limits.command;
                self.bus.call::<_, ()>(device, DEVICE, "CancelPairing", &(), short).await.ok();
                self.hang();
                Err(trouble.of_the_adapter("pairing"))
            }
            answered => Ok(answered),
        }
    }

    async fn outcome(
        &mut self,
        answered: Result<(), Trouble>,
        agent: &Agent,
    ) -> Result<PairingOutcome, BleError> {
        let Err(trouble) = answered else { return Ok(PairingOutcome::Paired) };
        let refused = agent.asked().refused;
        self.file_events();
        match (refused, trouble.kind()) {
            (Some((reason, why)), _) => Ok(PairingOutcome::RefusedByTester { reason, why: why.to_owned() }),
            (None, "ConnectionAttemptFailed") => {
                Ok(PairingOutcome::LinkLost { reason: super::REASON_NOT_TOLD })
            }
            (
                None,
                kind @ ("AuthenticationFailed"
                | "AuthenticationRejected"
                | "AuthenticationCanceled"
                | "AuthenticationTimeout"),
            ) => Ok(PairingOutcome::Unexplained { why: format!("BlueZ says {kind} and no more") }),
            (None, "AlreadyExists") => Err(BleError::Adapter(
                "BlueZ has a bond with the device already; remove it there (bluetoothctl remove ADDRESS)"
                    .to_owned(),
            )),
            _ => Err(trouble.of_the_adapter("pairing")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ble::pairing::{NumericAnswer, PasskeySource};

    #[test]
    fn wishes_that_bluez_would_silently_drop_are_refused() {
        let sound = [
            PairingPolicy::just_works(),
            PairingPolicy::passkey(PasskeySource::Fixed(1)),
            PairingPolicy::numeric(NumericAnswer::Accept),
        ];
        for policy in sound {
            assert_eq!(beyond(&policy), None, "{policy:?}");
            assert!(beyond(&policy.clone().downgraded()).is_some());
            assert!(beyond(&policy.clone().with_key_size(7)).is_some());
            assert!(beyond(&PairingPolicy { mitm: !policy.mitm, ..policy.clone() }).is_some());
            assert!(beyond(&PairingPolicy { own_key: OwnKey::Debug, ..policy }).is_some());
        }
    }
}
