//! LE legacy pairing.

use super::{
    Features, Method, NewKey, Outcome, Parties, answer_block, block, code, failure, nonce, passkey_block,
};
use crate::ble::crypto::{Block, c1, s1, shortened};

/// Where pairing stands.
#[derive(Debug)]
pub(super) struct Legacy {
    method: Method,
    parties: Parties,
    features: Features,
    own: Block,
    step: Step,
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Confirm,
    Random(Block),
    Done(Block),
}

impl Legacy {
    pub(super) fn new(method: Method, parties: Parties, features: Features) -> Self {
        Self { method, parties, features, own: nonce(), step: Step::Confirm }
    }

    pub(super) fn packet(&mut self, code: u8, body: &[u8]) -> Result<Outcome, u8> {
        match (self.step, code) {
            (Step::Confirm, code::CONFIRM) => {
                self.step = Step::Random(block(body)?);
                Ok(answer_block(code::CONFIRM, self.confirm(self.own)))
            }
            (Step::Random(confirm), code::RANDOM) => {
                let theirs = block(body)?;
                if self.confirm(theirs) != confirm {
                    return Err(failure::CONFIRM_VALUE);
                }
                let key = s1(self.temporary(), self.own, theirs);
                self.step = Step::Done(shortened(key, self.features.key_size));
                Ok(answer_block(code::RANDOM, self.own))
            }
            _ => Err(failure::UNSPECIFIED),
        }
    }

    pub(super) fn key(&self) -> Option<NewKey> {
        let Step::Done(key) = self.step else { return None };
        let authenticated = self.method != Method::Nothing;
        Some(NewKey { key, authenticated, secure: false, size: self.features.key_size })
    }

    fn temporary(&self) -> Block {
        match self.method {
            Method::Passkey(passkey) => passkey_block(passkey),
            _ => [0; 16],
        }
    }

    fn confirm(&self, random: Block) -> Block {
        let packet = |code, [a, b, c, d, e, f]: [u8; 6]| [code, a, b, c, d, e, f];
        let request = packet(code::REQUEST, self.features.request);
        let response = packet(code::RESPONSE, self.features.response);
        c1(self.temporary(), random, request, response, self.parties.central, self.parties.own)
    }
}
