//! LE Secure Connections.

use super::{
    Features, Method, NewKey, Outcome, Panel, Parties, answer_block, block, code, failure, nonce,
    passkey_block,
};
use crate::ble::crypto::{Block, DEBUG_KEY_X, KeyPair, f4, f5, f6, g2, reversed, shortened};

/// Rounds of a passkey, one a bit.
const ROUNDS: u8 = 20;

/// Where pairing stands.
pub(super) struct Secure {
    method: Method,
    parties: Parties,
    features: Features,
    debug_key_accepted: bool,
    keys: KeyPair,
    step: Step,
    /// First coordinate of the other side's key, and the common secret.
    exchanged: Option<([u8; 32], [u8; 32])>,
    nonces: Option<(Block, Block)>,
    /// Whether the person said that the numbers are the same.
    confirmed: bool,
    /// The check value of the other side, which came before the person said so.
    waiting_check: Option<Block>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    PublicKey,
    /// A confirm value of the other side, in that round.
    Confirm(u8),
    /// A nonce of the other side: the round, the confirm value that was sent for it, the own nonce.
    Random(u8, Option<Block>, Block),
    Check,
    Done(Block),
}

impl std::fmt::Debug for Secure {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Secure").field("method", &self.method).finish_non_exhaustive()
    }
}

impl Secure {
    pub(super) fn new(
        method: Method,
        parties: Parties,
        features: Features,
        debug_key_accepted: bool,
    ) -> Self {
        Self {
            method,
            parties,
            features,
            debug_key_accepted,
            keys: KeyPair::random(),
            step: Step::PublicKey,
            exchanged: None,
            nonces: None,
            confirmed: method != Method::Comparison,
            waiting_check: None,
        }
    }

    pub(super) fn packet(&mut self, code: u8, body: &[u8]) -> Result<Outcome, u8> {
        match (self.step, code) {
            (Step::PublicKey, code::PUBLIC_KEY) => self.public_key(body),
            (Step::Confirm(round), code::CONFIRM) => {
                let theirs = block(body)?;
                let own = nonce();
                self.step = Step::Random(round, Some(theirs), own);
                let (x, _) = self.keys.public();
                Ok(answer_block(code::CONFIRM, f4(&x, self.their_x()?, own, self.bit(round))))
            }
            (Step::Random(round, confirm, own), code::RANDOM) => {
                self.random(block(body)?, round, confirm, own)
            }
            (Step::Check, code::DH_KEY_CHECK) => {
                let check = block(body)?;
                match self.confirmed {
                    true => self.check(check),
                    false => {
                        self.waiting_check = Some(check);
                        Ok(Outcome::default())
                    }
                }
            }
            _ => Err(failure::UNSPECIFIED),
        }
    }

    fn public_key(&mut self, body: &[u8]) -> Result<Outcome, u8> {
        let (Some(Ok(x)), Some(Ok(y))) =
            (body.get(..32).map(<[u8; 32]>::try_from), body.get(32..).map(<[u8; 32]>::try_from))
        else {
            return Err(failure::INVALID_PARAMETERS);
        };
        let (x, y) = (reversed(x), reversed(y));
        let (own_x, own_y) = self.keys.public();
        // Who sends back the own key, or one that everybody knows, wants to be taken for somebody else.
        if x == own_x || x == DEBUG_KEY_X && !self.debug_key_accepted {
            return Err(failure::INVALID_PARAMETERS);
        }
        let secret = self.keys.shared(&x, &y).ok_or(failure::DH_KEY_CHECK)?;
        self.exchanged = Some((x, secret));
        let mut outcome = Outcome::answer(code::PUBLIC_KEY, &[reversed(own_x), reversed(own_y)].concat());
        if let Method::Passkey(_) = self.method {
            self.step = Step::Confirm(0);
        } else {
            let own = nonce();
            self.step = Step::Random(0, None, own);
            outcome.answers.extend(answer_block(code::CONFIRM, f4(&own_x, &x, own, 0)).answers);
        }
        Ok(outcome)
    }

    fn random(
        &mut self,
        theirs: Block,
        round: u8,
        confirm: Option<Block>,
        own: Block,
    ) -> Result<Outcome, u8> {
        let (own_x, _) = self.keys.public();
        let their_x = *self.their_x()?;
        if confirm.is_some_and(|confirm| confirm != f4(&their_x, &own_x, theirs, self.bit(round))) {
            return Err(failure::CONFIRM_VALUE);
        }
        let mut outcome = answer_block(code::RANDOM, own);
        self.nonces = Some((theirs, own));
        self.step = match self.method {
            Method::Passkey(_) if round + 1 < ROUNDS => Step::Confirm(round + 1),
            _ => Step::Check,
        };
        if self.method == Method::Comparison {
            outcome.panel = Some(Panel::Compare(g2(&their_x, &own_x, theirs, own)));
        }
        Ok(outcome)
    }

    pub(super) fn compared(&mut self, same: bool) -> Result<Outcome, u8> {
        if self.method != Method::Comparison || self.step != Step::Check || self.confirmed {
            return Ok(Outcome::default());
        }
        if !same {
            return Err(failure::NUMERIC_COMPARISON);
        }
        self.confirmed = true;
        let mut outcome = match self.waiting_check.take() {
            Some(check) => self.check(check)?,
            None => Outcome::default(),
        };
        outcome.panel = Some(Panel::Blank);
        Ok(outcome)
    }

    fn check(&mut self, theirs: Block) -> Result<Outcome, u8> {
        let (Some((_, secret)), Some((na, nb))) = (self.exchanged, self.nonces) else {
            return Err(failure::UNSPECIFIED);
        };
        let (central, own) = (self.parties.central, self.parties.own);
        let (mac_key, long_term_key) = f5(&secret, na, nb, central, own);
        let r = match self.method {
            Method::Passkey(passkey) => passkey_block(passkey),
            _ => [0; 16],
        };
        let capabilities = |[io, oob, required, ..]: [u8; 6]| [required, oob, io];
        let expected = f6(mac_key, [na, nb], r, capabilities(self.features.request), [central, own]);
        if theirs != expected {
            return Err(failure::DH_KEY_CHECK);
        }
        self.step = Step::Done(shortened(long_term_key, self.features.key_size));
        let answer = f6(mac_key, [nb, na], r, capabilities(self.features.response), [own, central]);
        Ok(answer_block(code::DH_KEY_CHECK, answer))
    }

    pub(super) fn key(&self) -> Option<NewKey> {
        let Step::Done(key) = self.step else { return None };
        let authenticated = self.method != Method::Nothing;
        Some(NewKey { key, authenticated, secure: true, size: self.features.key_size })
    }

    fn their_x(&self) -> Result<&[u8; 32], u8> {
        self.exchanged.as_ref().map(|(x, _)| x).ok_or(failure::UNSPECIFIED)
    }

    /// What a round is about: a bit of the passkey, or nothing.
    fn bit(&self, round: u8) -> u8 {
        match self.method {
            Method::Passkey(passkey) => 0x80 | (passkey >> round & 1) as u8,
            _ => 0,
        }
    }
}
