//! LE legacy pairing: whoever listens to it and tries a million passkeys has the key.

use super::{Attempt, PairingMethod, Stop, as_number, turned};
use crate::ble::smp::{Pdu, SmpReason};
use crate::ble::smp_crypto::{Number, cut, legacy_confirm, legacy_key};
use crate::tls::client_hello::random;

impl Attempt<'_> {
    /// The short term key, cut to its size.
    pub(super) async fn legacy(&mut self, method: PairingMethod, size: u8) -> Result<Number, Stop> {
        let temporary = match method {
            PairingMethod::JustWorks => [0; 16],
            other => as_number(self.passkey(other).await?),
        };
        let request = self.report.request.octets(0x01);
        let response = self.report.response.expect("the response is there before its method").octets(0x02);
        let (initiator, responder) = (self.host.own, self.peer);
        let confirm =
            |random: &Number| legacy_confirm(&temporary, random, &request, &response, initiator, responder);
        let own = random::<16>();
        self.send(&Pdu::Confirm(turned(confirm(&own)))).await?;
        let promised = self.next_confirm().await?;
        self.send(&Pdu::Random(turned(own))).await?;
        let other = self.next_random().await?;
        if confirm(&other) != promised {
            let why = "the confirm value of the device does not fit".to_owned();
            return Err(Stop::Tester(SmpReason::CONFIRM_VALUE_FAILED, why));
        }
        if method != PairingMethod::JustWorks {
            self.report.passkey_rounds = 20;
        }
        Ok(cut(legacy_key(&temporary, &other, &own), size))
    }
}
