//! Tries of the device to reach its peers over TCP, followed while they happen.

use std::net::IpAddr;

use super::sides::Sides;

/// Most tries that are followed.
const MOST_TRIES: usize = 8192;

/// One try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tried {
    /// Address of the peer.
    pub(crate) peer: IpAddr,
    /// Its port.
    pub(crate) port: u16,
    /// When, in microseconds since 1970.
    pub(crate) at: u64,
    /// When it was granted.
    pub(crate) granted: Option<u64>,
    from: u16,
    sequence: u32,
}

/// The tries, in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Calls {
    tries: Vec<Tried>,
    /// Tries beyond those that are followed.
    pub(crate) further: u64,
}

impl Calls {
    /// Takes a segment that the device sent.
    pub(crate) fn sent(&mut self, at: u64, sides: &Sides) {
        let (Some(peer), Some(tcp)) = (sides.to, sides.tcp) else { return };
        if !tcp.asks() {
            return;
        }
        // The same question once more is the same try.
        let again = self.tries.iter().rev().any(|tried| {
            (tried.peer, tried.port, tried.from, tried.sequence) == (peer, tcp.to, tcp.from, tcp.sequence)
        });
        if again {
            return;
        }
        if self.tries.len() >= MOST_TRIES {
            self.further += 1;
            return;
        }
        let (port, from, sequence) = (tcp.to, tcp.from, tcp.sequence);
        self.tries.push(Tried { peer, port, at, granted: None, from, sequence });
    }

    /// Takes a segment that the device received.
    pub(crate) fn received(&mut self, at: u64, sides: &Sides) {
        let (Some(peer), Some(tcp)) = (sides.from, sides.tcp) else { return };
        if !tcp.grants() {
            return;
        }
        let tried = self.tries.iter_mut().rev().find(|tried| {
            (tried.peer, tried.port, tried.from) == (peer, tcp.from, tcp.to) && tried.granted.is_none()
        });
        if let Some(tried) = tried {
            tried.granted = Some(at);
        }
    }

    /// Tries since a moment.
    pub(crate) fn since(&self, moment: u64) -> impl Iterator<Item = &Tried> {
        self.tries.iter().filter(move |tried| tried.at >= moment)
    }

    /// Peers and ports that were tried since `cut` and have not been reached since `restored`.
    pub(crate) fn missing(&self, cut: u64, restored: u64) -> Vec<(IpAddr, u16)> {
        let mut missing: Vec<(IpAddr, u16)> = Vec::new();
        for tried in self.since(cut) {
            let place = (tried.peer, tried.port);
            let back = self
                .since(cut)
                .any(|other| (other.peer, other.port) == place && other.granted >= Some(restored));
            if !back && !missing.contains(&place) {
                missing.push(place);
            }
        }
        missing
    }
}

#[cfg(test)]
mod tests {
    use super::super::sides::sides;
    use super::super::test_frames::{DEVICE, PEER, segment_frame};
    use super::*;

    const SYN: u8 = 0x02;
    const SYN_ACK: u8 = 0x12;

    #[test]
    fn a_repeated_question_is_one_try_and_an_answer_after_the_outage_brings_the_peer_back() {
        let mut calls = Calls::default();
        for (at, from, sequence) in [(10, 5000, 1), (20, 5000, 1), (30, 5001, 9)] {
            calls.sent(at, &sides(&segment_frame(at, DEVICE, PEER, (from, 8883), sequence, SYN)));
        }
        assert_eq!(calls.since(0).map(|tried| tried.at).collect::<Vec<_>>(), [10, 30]);
        assert_eq!(calls.missing(0, 25), [(PEER.into(), 8883)]);
        calls.received(40, &sides(&segment_frame(40, PEER, DEVICE, (8883, 5001), 3, SYN_ACK)));
        assert_eq!(calls.since(20).next().unwrap().granted, Some(40));
        assert!(calls.missing(0, 25).is_empty());
        // Reached during the outage is not back after it.
        assert_eq!(calls.missing(0, 50), [(PEER.into(), 8883)]);
        // What was not tried since the cut is not missed.
        assert!(calls.missing(35, 50).is_empty());
    }
}
