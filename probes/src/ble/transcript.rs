//! What went over a link, kept as evidence: SMP and ATT by name and in hex, keys withheld.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::advertising_data::hex;
use super::{att, l2cap, smp};

/// Entries that are kept; what comes after is counted.
const ENTRIES_AT_MOST: usize = 4096;
/// Octets of one PDU that are kept.
const OCTETS_AT_MOST: usize = 560;
/// A shorter secret would be found in everything.
const SHORTEST_SECRET: usize = 4;

/// What went over the link.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transcript {
    /// In the order of time.
    pub entries: Vec<TranscriptEntry>,
    /// PDUs that found no place.
    #[serde(default)]
    pub left_out: u64,
}

/// One PDU, or something that happened to the link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TranscriptEntry {
    /// Milliseconds since the transcript began.
    pub at: u64,
    /// Who spoke.
    pub direction: Direction,
    /// `ATT`, `SMP`, `L2CAP` or `link`; `D-Bus` where a stack shows no PDUs.
    pub layer: String,
    /// Name of the PDU, or what happened.
    pub what: String,
    /// The PDU in hex; nothing where it is withheld or there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hex: Option<String>,
}

/// Who spoke.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// The tester.
    ToDevice,
    /// The device.
    FromDevice,
    /// Neither: the link itself.
    Link,
}

/// Writes a transcript.
#[derive(Debug)]
pub(crate) struct Recorder {
    began: Instant,
    transcript: Transcript,
    secrets: Vec<Vec<u8>>,
}

impl Recorder {
    pub(crate) fn new() -> Self {
        Self { began: Instant::now(), transcript: Transcript::default(), secrets: Vec::new() }
    }

    /// From now on no PDU that holds these octets is written.
    pub(crate) fn withhold(&mut self, secret: &[u8]) {
        if secret.len() >= SHORTEST_SECRET && !self.secrets.iter().any(|known| known == secret) {
            self.secrets.push(secret.to_vec());
        }
    }

    /// A frame of L2CAP.
    pub(crate) fn frame(&mut self, direction: Direction, channel: u16, payload: &[u8]) {
        let first = payload.first().copied();
        let (layer, what) = match channel {
            l2cap::ATT => ("ATT", first.map_or("empty PDU".to_owned(), |code| att_words(code, payload))),
            l2cap::SMP => ("SMP", first.map_or("empty PDU".to_owned(), |code| smp_words(code, payload))),
            l2cap::SIGNALLING => ("L2CAP", "signalling".to_owned()),
            other => ("L2CAP", format!("channel {other:#06x}")),
        };
        let secret = channel == l2cap::SMP && first.is_some_and(smp::is_secret) || self.holds_secret(payload);
        let kept = &payload[..payload.len().min(OCTETS_AT_MOST)];
        let hex = (!secret).then(|| hex(kept));
        let what = if secret { format!("{what} (withheld)") } else { what };
        self.push(direction, layer, what, hex);
    }

    /// A call to a stack that shows no PDUs, or what it told.
    #[cfg(all(feature = "bluez", target_os = "linux"))]
    pub(crate) fn call(&mut self, direction: Direction, what: impl Into<String>, value: Option<&[u8]>) {
        let secret = value.is_some_and(|value| self.holds_secret(value));
        let kept = value.filter(|_| !secret).map(|value| hex(&value[..value.len().min(OCTETS_AT_MOST)]));
        let what = if secret { format!("{} (withheld)", what.into()) } else { what.into() };
        self.push(direction, "D-Bus", what, kept);
    }

    fn holds_secret(&self, octets: &[u8]) -> bool {
        self.secrets.iter().any(|secret| octets.windows(secret.len()).any(|window| window == secret))
    }

    /// Something happened to the link.
    pub(crate) fn happened(&mut self, what: impl Into<String>) {
        self.push(Direction::Link, "link", what.into(), None);
    }

    fn push(&mut self, direction: Direction, layer: &str, what: String, hex: Option<String>) {
        if self.transcript.entries.len() == ENTRIES_AT_MOST {
            self.transcript.left_out += 1;
            return;
        }
        let at = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.transcript.entries.push(TranscriptEntry { at, direction, layer: layer.to_owned(), what, hex });
    }

    /// What was written so far; the next one begins empty, on the same clock.
    pub(crate) fn take(&mut self) -> Transcript {
        std::mem::take(&mut self.transcript)
    }

    /// Time since the beginning.
    pub(crate) fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }
}

fn att_words(code: u8, payload: &[u8]) -> String {
    let name = att::opcode_name(code);
    match att::Pdu::read(payload) {
        Ok(att::Pdu::Error { handle, error, .. }) => format!("{name} at handle {handle:#06x}: {error}"),
        Err(_) if name != "unknown opcode" && !is_request(code) => format!("{name}, malformed"),
        _ => name.to_owned(),
    }
}

fn is_request(code: u8) -> bool {
    code & 1 == 0
}

fn smp_words(code: u8, payload: &[u8]) -> String {
    let name = smp::code_name(code);
    match smp::Pdu::read(payload) {
        Ok(smp::Pdu::Failed(reason)) => format!("{name}: {reason}"),
        Ok(smp::Pdu::Request(features) | smp::Pdu::Response(features)) => format!(
            "{name}: io {:?}, bonding {}, MITM {}, SC {}, key of {} octets at most",
            features.io,
            features.bonding(),
            features.mitm(),
            features.secure_connections(),
            features.max_key_size
        ),
        Err(_) => format!("{name}, malformed"),
        Ok(_) => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pdus_are_named_and_keys_are_withheld() {
        let mut recorder = Recorder::new();
        recorder.frame(Direction::FromDevice, l2cap::ATT, &[0x01, 0x0a, 3, 0, 0x05]);
        recorder.frame(Direction::FromDevice, l2cap::SMP, &[&[0x06][..], &[0xab; 16]].concat());
        recorder.frame(Direction::ToDevice, l2cap::SMP, &[&[0x04][..], &[0xcd; 16]].concat());
        recorder.frame(Direction::FromDevice, l2cap::SMP, &[0x05, 0x04]);
        recorder.frame(Direction::FromDevice, l2cap::ATT, &[]);
        let text = serde_json::to_string(&recorder.take()).unwrap();
        assert!(text.contains("Error Response at handle 0x0003: 0x05 insufficient authentication"), "{text}");
        assert!(text.contains("Encryption Information (withheld)") && !text.contains("abab"), "{text}");
        assert!(text.contains("Pairing Random (withheld)") && !text.contains("cdcd"), "{text}");
        assert!(text.contains("Pairing Failed: 0x04 confirm value failed"), "{text}");
        assert!(recorder.take().entries.is_empty());
    }

    #[test]
    fn a_secret_that_was_named_is_withheld_wherever_it_stands() {
        let mut recorder = Recorder::new();
        recorder.withhold(b"4711");
        recorder.withhold(b"1");
        recorder.frame(Direction::ToDevice, l2cap::ATT, b"\x12\x03\x00pin=4711");
        recorder.frame(Direction::ToDevice, l2cap::ATT, b"\x12\x03\x00pin=1234");
        let entries = recorder.take().entries;
        assert_eq!(entries[0].hex, None);
        assert!(entries[1].hex.is_some(), "one digit is no secret that can be searched for");
    }

    #[test]
    fn a_flood_is_counted_and_not_kept() {
        let mut recorder = Recorder::new();
        for _ in 0..ENTRIES_AT_MOST + 5 {
            recorder.frame(Direction::FromDevice, l2cap::ATT, &[0x1b; 1000]);
        }
        let transcript = recorder.take();
        assert_eq!((transcript.entries.len(), transcript.left_out), (ENTRIES_AT_MOST, 5));
        assert!(transcript.entries[0].hex.as_ref().unwrap().len() <= 2 * OCTETS_AT_MOST);
    }
}
