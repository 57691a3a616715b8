//! The keys that the device gives once the link is encrypted.

use super::{Attempt, Bond, KeyFacts, Stop, turned};
use crate::ble::backend::BleError;
use crate::ble::smp::{ENCRYPTION_KEY, IDENTITY_KEY, PairingFeatures, Pdu, SIGNING_KEY};
use crate::ble::smp_crypto::{Number, cut};

impl Attempt<'_> {
    /// Takes what both agreed on. What the device promised and does not give is missing in the report, and no
    /// failure of the pairing.
    pub(super) async fn receive_keys(
        &mut self,
        key: Number,
        facts: KeyFacts,
        response: PairingFeatures,
    ) -> Result<(), Stop> {
        let mut due = self.report.request.responder_keys & response.responder_keys;
        if facts.secure_connections {
            due &= !ENCRYPTION_KEY;
        }
        let mut bond = Bond {
            peer: self.peer,
            own: self.host.own,
            identity: None,
            identity_key: None,
            key,
            rand: [0; 8],
            ediv: 0,
            facts,
        };
        let mut has_key = facts.secure_connections;
        while due & (ENCRYPTION_KEY | IDENTITY_KEY | SIGNING_KEY) != 0 {
            let pdu = match self.next("the keys of the device").await {
                Ok(pdu) => pdu,
                Err(Stop::Other(BleError::Silent { what, .. })) => {
                    self.host.link()?.odd(format!("{what}: promised, and not given"));
                    break;
                }
                Err(other) => return Err(other),
            };
            match pdu {
                Pdu::LongTermKey(value) => {
                    bond.key = cut(turned(value), facts.size);
                    has_key = true;
                }
                Pdu::CentralIdentification { ediv, rand } => {
                    (bond.ediv, bond.rand) = (ediv, rand);
                    due &= !ENCRYPTION_KEY;
                }
                Pdu::IdentityKey(value) => bond.identity_key = Some(turned(value)),
                Pdu::IdentityAddress(address) => {
                    bond.identity = Some(address);
                    due &= !IDENTITY_KEY;
                }
                Pdu::SigningKey(_) => due &= !SIGNING_KEY,
                other => {
                    let name = other.name();
                    self.host.link()?.odd(format!("{name} among the keys"));
                    break;
                }
            }
            self.report.keys_given.push(pdu.name().to_owned());
            if self.report.keys_given.len() == 8 {
                self.host.link()?.odd("the same keys again and again".to_owned());
                break;
            }
        }
        self.report.bond = (self.report.request.bonding() && response.bonding() && has_key).then_some(bond);
        Ok(())
    }
}
