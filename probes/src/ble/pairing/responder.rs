//! A device for tests that pairs as the specification says, unless it is told to do otherwise.

use std::sync::{Arc, Mutex};

use super::{as_number, turned};
use crate::ble::DeviceAddress;
use crate::ble::l2cap::{ATT, SMP};
use crate::ble::scripted::{Do, Peer, device};
use crate::ble::smp::{IoCapability, PairingFeatures, Pdu, SmpReason};
use crate::ble::smp_crypto::{
    KeyPair, Number, check, compared_digits, confirm, cut, keys, legacy_confirm, legacy_key,
};

/// What a device does otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Odd {
    /// Nothing.
    No,
    /// Takes any public key.
    TakesAnyKey,
    /// Uses the published pair.
    DebugKey,
    /// Gives the tester's own key back.
    Mirror,
    /// Its key is no point of the curve.
    KeyOffCurve,
    /// Its confirm values fit nothing.
    WrongConfirm,
    /// Its check fits nothing.
    WrongCheck,
    /// Ends the link when it gets the first random value.
    LeavesInTheMiddle,
    /// Says nothing when it gets the first random value.
    SilentInTheMiddle,
    /// Sends half a PDU when it gets the first random value.
    MalformedInTheMiddle,
    /// Refuses at once.
    RefusesPairing,
    /// Answers a request for pairing without Secure Connections by a refusal.
    SecureOnly,
    /// Has another key than agreed.
    OtherKey,
    /// Promises keys and gives none.
    KeepsItsKeys,
    /// Sends its identity without end.
    KeysWithoutEnd,
    /// Sends security requests and keypresses in between.
    Chatty,
}

/// The device.
pub(super) struct Responder {
    io: IoCapability,
    auth_req: u8,
    max_key_size: u8,
    passkey: u32,
    odd: Odd,
    /// Six digits that it shows in numeric comparison.
    pub(super) shows: Arc<Mutex<Option<u32>>>,
    pair: KeyPair,
    tester: DeviceAddress,
    request: Option<PairingFeatures>,
    tester_key: ([u8; 32], [u8; 32]),
    promised: Number,
    random: Number,
    tester_random: Number,
    round: u32,
    key: Number,
    /// Keys that it found again: what it gave at the last pairing, or agreed on.
    kept: Option<Number>,
}

impl Responder {
    pub(super) fn new(io: IoCapability, auth_req: u8) -> Self {
        Self {
            io,
            auth_req,
            max_key_size: 16,
            passkey: 123_456,
            odd: Odd::No,
            shows: Arc::default(),
            pair: KeyPair::fresh(),
            tester: device(),
            request: None,
            tester_key: ([0; 32], [0; 32]),
            promised: [0; 16],
            random: [0; 16],
            tester_random: [0; 16],
            round: 0,
            key: [0; 16],
            kept: None,
        }
    }

    pub(super) fn odd(self, odd: Odd) -> Self {
        let pair = if odd == Odd::DebugKey { KeyPair::debug() } else { self.pair };
        Self { odd, pair, ..self }
    }

    pub(super) fn with_passkey(self, passkey: u32) -> Self {
        Self { passkey, ..self }
    }

    pub(super) fn with_key_size(self, max_key_size: u8) -> Self {
        Self { max_key_size, ..self }
    }

    fn response(&self) -> PairingFeatures {
        PairingFeatures {
            io: self.io,
            oob: false,
            auth_req: self.auth_req,
            max_key_size: self.max_key_size,
            initiator_keys: 0,
            responder_keys: self.request.unwrap().responder_keys & 0x03,
        }
    }

    fn secure(&self) -> bool {
        self.request.unwrap().secure_connections() && self.response().secure_connections()
    }

    fn method(&self) -> super::PairingMethod {
        super::method::method(&self.request.unwrap(), &self.response(), self.secure())
    }

    fn typed(&self) -> bool {
        use super::PairingMethod as Method;
        matches!(self.method(), Method::PasskeyTyped | Method::PasskeyShown)
    }

    fn temporary(&self) -> Number {
        if self.typed() { as_number(self.passkey) } else { [0; 16] }
    }

    fn legacy_confirm(&self, random: &Number) -> Number {
        legacy_confirm(
            &self.temporary(),
            random,
            &self.request.unwrap().octets(0x01),
            &self.response().octets(0x02),
            self.tester,
            device(),
        )
    }

    fn bit(&self) -> u8 {
        if self.typed() { 0x80 | (self.passkey >> self.round & 1) as u8 } else { 0 }
    }

    fn own_confirm(&mut self) -> Pdu {
        self.random = crate::tls::client_hello::random();
        let mut value = if self.secure() {
            confirm(&self.pair.x, &self.tester_key.0, &self.random, self.bit())
        } else {
            self.legacy_confirm(&self.random)
        };
        if self.odd == Odd::WrongConfirm {
            value[0] ^= 1;
        }
        Pdu::Confirm(turned(value))
    }

    fn answer(&mut self, pdu: Pdu) -> Vec<Do> {
        let failed = |reason| vec![Pdu::Failed(reason)];
        let pdus = match pdu {
            Pdu::Request(_) if self.odd == Odd::RefusesPairing => failed(SmpReason::PAIRING_NOT_SUPPORTED),
            Pdu::Request(request) if self.odd == Odd::SecureOnly && !request.secure_connections() => {
                failed(SmpReason::AUTHENTICATION_REQUIREMENTS)
            }
            Pdu::Request(request) => {
                (self.request, self.round) = (Some(request), 0);
                let response = Pdu::Response(self.response());
                match self.odd {
                    Odd::Chatty => vec![Pdu::SecurityRequest { auth_req: 0x05 }, Pdu::Keypress(0), response],
                    _ => vec![response],
                }
            }
            Pdu::PublicKey { x, y } => {
                self.tester_key = (turned(x), turned(y));
                let own = match self.odd {
                    Odd::Mirror => Pdu::PublicKey { x, y },
                    Odd::KeyOffCurve => Pdu::PublicKey { x: turned(self.pair.x), y: [1; 32] },
                    _ => Pdu::PublicKey { x: turned(self.pair.x), y: turned(self.pair.y) },
                };
                let valid = self.pair.shared(&self.tester_key.0, &self.tester_key.1).is_some();
                let mut pdus = vec![own];
                if !valid && self.odd != Odd::TakesAnyKey {
                    pdus.push(Pdu::Failed(SmpReason::INVALID_PARAMETERS));
                } else if !self.typed() {
                    pdus.push(self.own_confirm());
                }
                pdus
            }
            Pdu::Confirm(value) => {
                self.promised = turned(value);
                vec![self.own_confirm()]
            }
            Pdu::Random(value) => {
                self.tester_random = turned(value);
                match self.odd {
                    Odd::LeavesInTheMiddle => return vec![Do::LoseLink(0x13)],
                    Odd::SilentInTheMiddle => return Vec::new(),
                    Odd::MalformedInTheMiddle => return vec![Do::Frame(SMP, vec![0x04, 1, 2])],
                    _ => {}
                }
                self.check_random()
            }
            Pdu::DhKeyCheck(value) => self.check_key(turned(value)),
            Pdu::Failed(_) => Vec::new(),
            other => panic!("the tester sent {other:?}"),
        };
        pdus.into_iter().map(|pdu| Do::Frame(SMP, pdu.octets())).collect()
    }

    fn check_random(&mut self) -> Vec<Pdu> {
        let own = Pdu::Random(turned(self.random));
        let failed = vec![Pdu::Failed(SmpReason::CONFIRM_VALUE_FAILED)];
        let random = self.tester_random;
        if !self.secure() {
            let size = self.response().max_key_size.min(self.request.unwrap().max_key_size);
            self.key = cut(legacy_key(&self.temporary(), &self.random, &random), size);
            return if self.legacy_confirm(&random) == self.promised { vec![own] } else { failed };
        }
        if self.typed() {
            if confirm(&self.tester_key.0, &self.pair.x, &random, self.bit()) != self.promised {
                return failed;
            }
            self.round += 1;
        } else {
            let digits = compared_digits(&self.tester_key.0, &self.pair.x, &random, &self.random);
            *self.shows.lock().unwrap() = Some(digits);
        }
        vec![own]
    }

    fn check_key(&mut self, came: Number) -> Vec<Pdu> {
        let io =
            |features: PairingFeatures| [features.auth_req, u8::from(features.oob), features.io.number()];
        let shared = self.pair.shared(&self.tester_key.0, &self.tester_key.1).unwrap();
        let (one, other) = (self.tester_random, self.random);
        let (check_key, key) = keys(&shared, &one, &other, self.tester, device());
        let r = self.temporary();
        let (request, response) = (self.request.unwrap(), self.response());
        if check(&check_key, &one, &other, &r, io(request), self.tester, device()) != came {
            return vec![Pdu::Failed(SmpReason::DHKEY_CHECK_FAILED)];
        }
        self.key = cut(key, request.max_key_size.min(response.max_key_size));
        let mut own = check(&check_key, &other, &one, &r, io(response), device(), self.tester);
        if self.odd == Odd::WrongCheck {
            own[0] ^= 1;
        }
        vec![Pdu::DhKeyCheck(turned(own))]
    }

    fn gives(&mut self) -> Vec<Do> {
        let Some(request) = self.request.take() else { return Vec::new() };
        let mut pdus = Vec::new();
        if request.responder_keys & 1 != 0 && !(request.secure_connections() && self.auth_req & 8 != 0) {
            self.kept = Some([0x77; 16]);
            pdus.push(Pdu::LongTermKey([0x77; 16]));
            pdus.push(Pdu::CentralIdentification { ediv: 0x1234, rand: [9; 8] });
        } else {
            self.kept = Some(turned(self.key));
        }
        if request.responder_keys & 2 != 0 {
            pdus.push(Pdu::IdentityKey([0x66; 16]));
            pdus.push(Pdu::IdentityAddress(device()));
        }
        match self.odd {
            Odd::KeepsItsKeys => pdus.clear(),
            Odd::KeysWithoutEnd => {
                let frame = crate::ble::l2cap::Frame::octets(SMP, &Pdu::IdentityKey([1; 16]).octets());
                return vec![Do::Endless(crate::ble::hci::acl(0x40, true, &frame))];
            }
            _ => {}
        }
        pdus.into_iter().map(|pdu| Do::Frame(SMP, pdu.octets())).collect()
    }
}

impl Peer for Responder {
    fn frame(&mut self, channel: u16, payload: &[u8]) -> Vec<Do> {
        match channel {
            ATT if payload[0] == 0x02 => vec![Do::Frame(ATT, vec![0x03, 23, 0])],
            SMP => self.answer(Pdu::read(payload).unwrap()),
            _ => Vec::new(),
        }
    }

    fn encryption(&mut self, key: [u8; 16]) -> (u8, Vec<Do>) {
        let known = [Some(turned(self.key)), self.kept];
        if self.odd == Odd::OtherKey || !known.contains(&Some(key)) {
            return (0x3d, Vec::new());
        }
        (0, self.gives())
    }

    fn asked(&mut self, own: DeviceAddress) -> bool {
        self.tester = own;
        true
    }
}
