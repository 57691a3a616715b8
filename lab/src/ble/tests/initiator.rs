//! Pairing from the side of the central, for tests.

use super::central::{Central, PATIENCE};
use crate::ble::crypto::{self, Block, KeyPair, reversed};
use crate::ble::{BleBench, Panel, l2cap};

/// What a central offers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Offer {
    /// 0 shows, 1 shows and compares, 2 types, 3 neither, 4 types and shows.
    pub(super) io: u8,
    pub(super) required: u8,
    pub(super) size: u8,
    /// Instead of what the panel shows.
    pub(super) passkey: Option<u32>,
    pub(super) debug_key: bool,
    /// What the person says of the numbers.
    pub(super) same: bool,
    /// Key that it hands in, to be known under its next addresses.
    pub(super) identity_key: Option<Block>,
}

pub(super) const PASSKEY: Offer = Offer {
    io: 2,
    required: 0x0d,
    size: 16,
    passkey: None,
    debug_key: false,
    same: true,
    identity_key: None,
};
pub(super) const NOTHING: Offer = Offer { io: 3, required: 0x09, ..PASSKEY };
pub(super) const COMPARISON: Offer = Offer { io: 1, ..PASSKEY };
pub(super) const LEGACY: Offer = Offer { required: 0x05, ..PASSKEY };

/// What came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Paired {
    /// The key of later connections, and its name.
    pub(super) key: Block,
    pub(super) name: [u8; 10],
    /// The response of the device, without its code.
    pub(super) response: [u8; 6],
    pub(super) identity_key: Option<Block>,
}

impl Central {
    /// Pairs and encrypts; the error is the reason that the device gave, or 0 if it said nothing.
    pub(super) fn pair(&mut self, bench: &BleBench, offer: Offer) -> Result<Paired, u8> {
        let handed_in = if offer.identity_key.is_some() { 2 } else { 0 };
        let request = [offer.io, 0, offer.required, offer.size, handed_in, 3];
        self.send(l2cap::SMP, &[&[1][..], &request].concat());
        let response: [u8; 6] = self.smp(2)?.try_into().unwrap();
        let secure = offer.required & response[2] & 0x08 != 0;
        let key = match secure {
            true => self.secure(bench, offer, request, response)?,
            false => self.legacy(bench, offer, request, response)?,
        };
        let key = crypto::shortened(key, offer.size.min(response[3]));
        self.encrypt(key, [0; 10])?;
        let mut paired = Paired { key, name: [0; 10], response, identity_key: None };
        if response[5] & 1 != 0 {
            paired.key = reversed(self.smp(6)?.try_into().unwrap());
            let name = self.smp(7)?;
            paired.name[..8].copy_from_slice(&name[2..]);
            paired.name[8..].copy_from_slice(&name[..2]);
        }
        if response[5] & 2 != 0 {
            paired.identity_key = Some(reversed(self.smp(8)?.try_into().unwrap()));
            assert_eq!(self.smp(9)?.len(), 7);
        }
        if let Some(key) = offer.identity_key.filter(|_| response[4] & 2 != 0) {
            self.smp_block(8, key);
            // Its public address, whatever it uses now.
            self.send(l2cap::SMP, &[9, 0, 1, 0, 0, 0xe0, 0xb1, 0x02]);
        }
        Ok(paired)
    }

    fn secure(
        &mut self,
        bench: &BleBench,
        offer: Offer,
        request: [u8; 6],
        response: [u8; 6],
    ) -> Result<Block, u8> {
        let keys = if offer.debug_key { KeyPair::debug() } else { KeyPair::random() };
        let (ax, ay) = keys.public();
        self.send(l2cap::SMP, &[&[0x0c][..], &reversed(ax), &reversed(ay)].concat());
        let theirs = self.smp(0x0c)?;
        let bx = reversed(theirs[..32].try_into().unwrap());
        let by = reversed(theirs[32..].try_into().unwrap());
        let secret = keys.shared(&bx, &by).unwrap();
        let (compares, types) = (matches!(offer.io, 1 | 4), matches!(offer.io, 2 | 4));
        let mut r = [0; 16];
        let (mut na, mut nb) = ([0; 16], [0; 16]);
        if response[0] != 3 && types && !(response[0] == 1 && compares) {
            let passkey =
                offer.passkey.unwrap_or_else(|| bench.displayed_passkey().expect("a passkey on the panel"));
            r = u128::from(passkey).to_be_bytes();
            for round in 0..20 {
                let bit = 0x80 | (passkey >> round & 1) as u8;
                na = crypto::random_block();
                self.smp_block(3, crypto::f4(&ax, &bx, na, bit));
                let confirm = self.smp_received(3)?;
                self.smp_block(4, na);
                nb = self.smp_received(4)?;
                if confirm != crypto::f4(&bx, &ax, nb, bit) {
                    self.send(l2cap::SMP, &[5, 4]);
                    return Err(4);
                }
            }
        } else {
            let confirm = self.smp_received(3)?;
            na = crypto::random_block();
            self.smp_block(4, na);
            nb = self.smp_received(4)?;
            assert_eq!(confirm, crypto::f4(&bx, &ax, nb, 0));
            if response[0] == 1 && compares {
                assert_eq!(bench.panel(), Panel::Compare(crypto::g2(&ax, &bx, na, nb)));
                if offer.same { bench.press_button() } else { bench.press_cancel() }
            }
        }
        let (mac_key, key) = crypto::f5(&secret, na, nb, self.own, self.peer);
        let (own, peer) = (self.own, self.peer);
        let check = crypto::f6(mac_key, [na, nb], r, [request[2], request[1], request[0]], [own, peer]);
        self.smp_block(0x0d, check);
        let theirs = self.smp_received(0x0d)?;
        let expected = crypto::f6(mac_key, [nb, na], r, [response[2], response[1], response[0]], [peer, own]);
        assert_eq!(theirs, expected);
        Ok(key)
    }

    fn legacy(
        &mut self,
        bench: &BleBench,
        offer: Offer,
        request: [u8; 6],
        response: [u8; 6],
    ) -> Result<Block, u8> {
        let types = matches!(offer.io, 2 | 4) && response[0] != 3;
        let passkey = if types { offer.passkey.or(bench.displayed_passkey()).unwrap() } else { 0 };
        let temporary = u128::from(passkey).to_be_bytes();
        let with_code = |code, body: [u8; 6]| [&[code], &body[..]].concat().try_into().unwrap();
        let (asked, answered) = (with_code(1, request), with_code(2, response));
        let own = crypto::random_block();
        let (ia, ra) = (self.own, self.peer);
        self.smp_block(3, crypto::c1(temporary, own, asked, answered, ia, ra));
        let confirm = self.smp_received(3)?;
        self.smp_block(4, own);
        let theirs = self.smp_received(4)?;
        assert_eq!(confirm, crypto::c1(temporary, theirs, asked, answered, ia, ra));
        Ok(crypto::s1(temporary, theirs, own))
    }

    /// The body of the next packet, which has to have that code; the reason, if it is a failure.
    pub(super) fn smp(&mut self, code: u8) -> Result<Vec<u8>, u8> {
        let packet = self.frame(l2cap::SMP, PATIENCE).ok_or(0)?;
        match packet[..] {
            [5, reason] => Err(reason),
            _ => {
                assert_eq!(packet[0], code, "{packet:02x?}");
                Ok(packet[1..].to_vec())
            }
        }
    }

    fn smp_received(&mut self, code: u8) -> Result<Block, u8> {
        Ok(reversed(self.smp(code)?.try_into().unwrap()))
    }

    fn smp_block(&mut self, code: u8, value: Block) {
        self.send(l2cap::SMP, &[&[code], &reversed(value)[..]].concat());
    }
}
