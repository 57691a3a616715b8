//! LE Secure Connections: keys agreed on an elliptic curve, and checked against what people see or type.

use super::{Attempt, DeviceKey, OwnKey, PairingMethod, Stop, as_number, turned, unexpected};
use crate::ble::smp::{PairingFeatures, Pdu, SmpReason};
use crate::ble::smp_crypto::{KeyPair, Number, check, compared_digits, confirm, cut, is_debug_key, keys};
use crate::observation::digest;
use crate::tls::client_hello::random;

/// Numbers of one agreement: first the tester's, then the device's.
struct Agreed {
    random: (Number, Number),
    /// What both sides have from people; zero without.
    shared_by_people: Number,
}

impl Attempt<'_> {
    /// The long term key, cut to its size.
    pub(super) async fn secure(&mut self, method: PairingMethod, size: u8) -> Result<Number, Stop> {
        let (pair, shared, device_x) = self.exchange_keys().await?;
        let agreed = match method {
            PairingMethod::PasskeyTyped | PairingMethod::PasskeyShown => {
                let passkey = self.passkey(method).await?;
                self.passkey_rounds(passkey, &pair.x, &device_x).await?
            }
            _ => self.numbers(method, &pair.x, &device_x).await?,
        };
        let (own, device) = (self.host.own, self.peer);
        let (of_tester, of_device) = agreed.random;
        let (check_key, long_term_key) = keys(&shared, &of_tester, &of_device, own, device);
        let r = &agreed.shared_by_people;
        let response = self.report.response.expect("the response is there before its method");
        let offered = capabilities(&self.report.request);
        let sent = check(&check_key, &of_tester, &of_device, r, offered, own, device);
        self.send(&Pdu::DhKeyCheck(turned(sent))).await?;
        let came = match self.next("the check of the key").await? {
            Pdu::DhKeyCheck(value) => turned(value),
            other => return Err(unexpected(&other, "the check of the key")),
        };
        if came != check(&check_key, &of_device, &of_tester, r, capabilities(&response), device, own) {
            let why = "the check of the device does not fit".to_owned();
            return Err(Stop::Tester(SmpReason::DHKEY_CHECK_FAILED, why));
        }
        Ok(cut(long_term_key, size))
    }

    /// The tester's pair, the shared secret, and the first coordinate of the device's key.
    async fn exchange_keys(&mut self) -> Result<(KeyPair, [u8; 32], [u8; 32]), Stop> {
        let pair = match self.policy.own_key {
            OwnKey::Debug => KeyPair::debug(),
            OwnKey::Fresh | OwnKey::OffCurve => KeyPair::fresh(),
        };
        let mut y = pair.y;
        if self.policy.own_key == OwnKey::OffCurve {
            // Of one X only two Y lie on the curve, and the other one is far away.
            y[31] ^= 1;
        }
        self.send(&Pdu::PublicKey { x: turned(pair.x), y: turned(y) }).await?;
        let (x, y) = match self.next("the public key").await? {
            Pdu::PublicKey { x, y } => (turned(x), turned(y)),
            other => return Err(unexpected(&other, "the public key")),
        };
        let shared = pair.shared(&x, &y);
        let reflected = x == pair.x;
        self.report.device_key = Some(DeviceKey {
            digest: digest(&[x, y].concat()),
            is_debug_key: is_debug_key(&x),
            is_reflected: reflected,
            is_valid: shared.is_some(),
        });
        let refuse = |why: &str| Err(Stop::Tester(SmpReason::INVALID_PARAMETERS, why.to_owned()));
        let Some(shared) = shared else {
            return refuse("the public key of the device is no point of the curve");
        };
        // With the published pair a device that uses it as well is no mirror.
        if reflected && self.policy.own_key != OwnKey::Debug {
            return refuse("the device gave the tester's own public key back");
        }
        if self.policy.own_key == OwnKey::OffCurve {
            let typed = self.report.method.is_some_and(|method| {
                matches!(method, PairingMethod::PasskeyTyped | PairingMethod::PasskeyShown)
            });
            if typed {
                // In passkey entry the tester speaks first.
                self.send(&Pdu::Confirm(random::<16>())).await?;
            }
            self.next("an objection to an invalid key").await?;
            self.report.went_on_with_invalid_key = true;
            return Err(Stop::Tester(
                SmpReason::UNSPECIFIED,
                "the device went on after a public key that is no point of the curve".to_owned(),
            ));
        }
        Ok((pair, shared, x))
    }

    async fn numbers(
        &mut self,
        method: PairingMethod,
        own_x: &[u8; 32],
        device_x: &[u8; 32],
    ) -> Result<Agreed, Stop> {
        let promised = self.next_confirm().await?;
        let own = random::<16>();
        self.send(&Pdu::Random(turned(own))).await?;
        let other = self.next_random().await?;
        if confirm(device_x, own_x, &other, 0) != promised {
            return Err(confirm_failed());
        }
        if method == PairingMethod::NumericComparison {
            let digits = compared_digits(own_x, device_x, &own, &other);
            let wait = self.host.limits.pairing_step * 3;
            if !self.policy.numeric.given(digits, wait).await {
                let why = "the tester says that the numbers differ".to_owned();
                return Err(Stop::Tester(SmpReason::NUMERIC_COMPARISON_FAILED, why));
            }
        }
        Ok(Agreed { random: (own, other), shared_by_people: [0; 16] })
    }

    /// Twenty rounds, one for each bit.
    async fn passkey_rounds(
        &mut self,
        passkey: u32,
        own_x: &[u8; 32],
        device_x: &[u8; 32],
    ) -> Result<Agreed, Stop> {
        let mut last = ([0; 16], [0; 16]);
        for round in 0..20 {
            let bit = 0x80 | (passkey >> round & 1) as u8;
            let own = random::<16>();
            self.send(&Pdu::Confirm(turned(confirm(own_x, device_x, &own, bit)))).await?;
            let promised = self.next_confirm().await?;
            self.send(&Pdu::Random(turned(own))).await?;
            let other = self.next_random().await?;
            if confirm(device_x, own_x, &other, bit) != promised {
                return Err(confirm_failed());
            }
            self.report.passkey_rounds = round + 1;
            last = (own, other);
        }
        Ok(Agreed { random: last, shared_by_people: as_number(passkey) })
    }
}

fn confirm_failed() -> Stop {
    Stop::Tester(SmpReason::CONFIRM_VALUE_FAILED, "the confirm value of the device does not fit".to_owned())
}

/// As the check value takes them.
fn capabilities(features: &PairingFeatures) -> [u8; 3] {
    [features.auth_req, u8::from(features.oob), features.io.number()]
}
