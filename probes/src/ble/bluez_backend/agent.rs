//! The agent that BlueZ asks when a pairing needs somebody: `org.bluez.Agent1`, for one device and one pairing.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use zbus::{DBusError, ObjectPath, interface};

use crate::ble::pairing::{NumericAnswer, PairingMethod, PairingPolicy, PasskeyQuestion, PasskeySource};
use crate::ble::smp::SmpReason;

/// Where the agent is found.
pub(super) const PATH: &str = "/hantei/agent";

/// What BlueZ is answered.
#[derive(Debug, DBusError)]
#[zbus(prefix = "org.bluez.Error")]
pub(super) enum AgentError {
    /// The bus failed.
    #[zbus(error)]
    Bus(zbus::Error),
    /// No.
    Rejected(String),
}

/// What the agent was asked, and how it answered.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// The method that follows from the question.
    pub(super) method: Option<PairingMethod>,
    /// Why it said no.
    pub(super) refused: Option<(SmpReason, &'static str)>,
    /// Questions about other devices, all of which were answered by no.
    pub(super) others: u32,
}

/// What an agent knows. Clones share what it was asked.
#[derive(Clone)]
pub(super) struct Agent {
    device: String,
    passkey: PasskeySource,
    numeric: NumericAnswer,
    wait: Duration,
    asked: Arc<Mutex<Asked>>,
}

impl Agent {
    /// For the device at this path; people are waited for so long.
    pub(super) fn new(device: String, policy: &PairingPolicy, wait: Duration) -> Self {
        let (passkey, numeric) = (policy.passkey.clone(), policy.numeric.clone());
        Self { device, passkey, numeric, wait, asked: Arc::default() }
    }

    pub(super) fn asked(&self) -> MutexGuard<'_, Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self, device: &ObjectPath<'_>, method: PairingMethod) -> Result<(), AgentError> {
        if device.as_str() != self.device {
            self.asked().others += 1;
            return Err(AgentError::Rejected("outside the scope of this test".to_owned()));
        }
        self.asked().method = Some(method);
        Ok(())
    }

    fn refuse<T>(&self, reason: SmpReason, why: &'static str) -> Result<T, AgentError> {
        self.asked().refused = Some((reason, why));
        Err(AgentError::Rejected(why.to_owned()))
    }
}

#[interface(name = "org.bluez.Agent1")]
impl Agent {
    fn release(&self) {}

    fn request_pin_code(&self, _device: ObjectPath<'_>) -> Result<String, AgentError> {
        self.refuse(SmpReason::PAIRING_NOT_SUPPORTED, "a PIN code is of the older Bluetooth")
    }

    fn display_pin_code(&self, _device: ObjectPath<'_>, _pin: String) -> Result<(), AgentError> {
        self.refuse(SmpReason::PAIRING_NOT_SUPPORTED, "a PIN code is of the older Bluetooth")
    }

    async fn request_passkey(&self, device: ObjectPath<'_>) -> Result<u32, AgentError> {
        self.begin(&device, PairingMethod::PasskeyTyped)?;
        let given = match &self.passkey {
            PasskeySource::Nobody => None,
            PasskeySource::Fixed(passkey) => Some(*passkey),
            PasskeySource::Asked(ask) => {
                tokio::time::timeout(self.wait, ask(PasskeyQuestion::Read)).await.ok().flatten()
            }
        };
        match given.filter(|passkey| *passkey < 1_000_000) {
            Some(passkey) => Ok(passkey),
            None => self.refuse(SmpReason::PASSKEY_ENTRY_FAILED, "the tester was given no passkey"),
        }
    }

    /// BlueZ calls this again for every digit that is typed at the device, and waits for no answer.
    fn display_passkey(&self, device: ObjectPath<'_>, passkey: u32, _entered: u16) -> Result<(), AgentError> {
        let again = self.asked().method == Some(PairingMethod::PasskeyShown);
        self.begin(&device, PairingMethod::PasskeyShown)?;
        if let (false, PasskeySource::Asked(ask)) = (again, &self.passkey) {
            let (wait, shown) = (self.wait, ask(PasskeyQuestion::Type(passkey)));
            tokio::spawn(async move { tokio::time::timeout(wait, shown).await.ok() });
        }
        Ok(())
    }

    async fn request_confirmation(&self, device: ObjectPath<'_>, passkey: u32) -> Result<(), AgentError> {
        self.begin(&device, PairingMethod::NumericComparison)?;
        let same = match &self.numeric {
            NumericAnswer::Accept => true,
            NumericAnswer::Reject => false,
            NumericAnswer::Asked(compare) => {
                tokio::time::timeout(self.wait, compare(passkey)).await.unwrap_or(false)
            }
        };
        if same {
            Ok(())
        } else {
            self.refuse(SmpReason::NUMERIC_COMPARISON_FAILED, "the tester was told that the numbers differ")
        }
    }

    fn request_authorization(&self, device: ObjectPath<'_>) -> Result<(), AgentError> {
        self.begin(&device, PairingMethod::JustWorks)
    }

    fn authorize_service(&self, _device: ObjectPath<'_>, _uuid: String) -> Result<(), AgentError> {
        Err(AgentError::Rejected("no service of the tester is meant for the device".to_owned()))
    }

    fn cancel(&self) {}
}
