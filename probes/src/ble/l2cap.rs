//! L2CAP basic frames on the fixed channels of LE, put together from ACL fragments.

use super::octets::{Malformed, Octets};

const LAYER: &str = "L2CAP";

/// Fixed channels of an LE link.
pub(crate) const ATT: u16 = 0x0004;
pub(crate) const SIGNALLING: u16 = 0x0005;
pub(crate) const SMP: u16 = 0x0006;

/// Longest frame that is put together; the attribute protocol needs 517 octets at most.
pub(crate) const FRAME_AT_MOST: usize = 2048;

/// A frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) channel: u16,
    pub(crate) payload: Vec<u8>,
}

impl Frame {
    /// The octets of the frame. The payload is at most [`FRAME_AT_MOST`] long.
    pub(crate) fn octets(channel: u16, payload: &[u8]) -> Vec<u8> {
        let length = u16::try_from(payload.len()).unwrap_or(u16::MAX);
        let mut octets = Vec::with_capacity(4 + payload.len());
        octets.extend(length.to_le_bytes());
        octets.extend(channel.to_le_bytes());
        octets.extend(payload);
        octets
    }
}

/// Puts fragments together. Holds at most one frame under way.
#[derive(Debug, Default)]
pub(crate) struct Reassembly {
    length: usize,
    channel: u16,
    begun: Option<Vec<u8>>,
}

impl Reassembly {
    /// Takes the data of one ACL packet; `begins` as its boundary flag says.
    ///
    /// # Errors
    /// A fragment that belongs to nothing, does not fit, or begins a frame longer than [`FRAME_AT_MOST`]. What
    /// was under way is dropped.
    pub(crate) fn take(&mut self, begins: bool, data: &[u8]) -> Result<Option<Frame>, Malformed> {
        let mut payload = match (begins, self.begun.take()) {
            (true, under_way) => {
                let mut octets = Octets::of(LAYER, data);
                self.length = usize::from(octets.u16("the length")?);
                self.channel = octets.u16("the channel")?;
                if self.length > FRAME_AT_MOST {
                    let length = self.length;
                    return Err(Malformed::new(
                        LAYER,
                        format!("a frame of {length} octets, longer than {FRAME_AT_MOST}"),
                    ));
                }
                if under_way.is_some() && data.len() - 4 < self.length {
                    // The older frame is lost either way; the newer one goes on.
                    self.begun = Some(octets.rest().to_vec());
                    return Err(Malformed::new(LAYER, "a frame begins before the one under way is complete"));
                }
                octets.rest().to_vec()
            }
            (false, Some(mut payload)) => {
                payload.extend(data);
                payload
            }
            (false, None) => {
                return Err(Malformed::new(LAYER, "a fragment continues a frame that never began"));
            }
        };
        match payload.len() {
            have if have == self.length => {
                payload.shrink_to_fit();
                Ok(Some(Frame { channel: self.channel, payload }))
            }
            have if have > self.length => {
                Err(Malformed::new(LAYER, format!("{have} octets in a frame of {}", self.length)))
            }
            _ => {
                self.begun = Some(payload);
                Ok(None)
            }
        }
    }
}

/// Answer to a request on the signalling channel: connection parameters of the peer are refused gently, what
/// else it asks is not understood. Nothing where no answer is due.
pub(crate) fn signalling_answer(payload: &[u8]) -> Option<Vec<u8>> {
    let mut octets = Octets::of(LAYER, payload);
    let code = octets.u8("the code").ok()?;
    let identifier = octets.u8("the identifier").ok()?;
    match code {
        // Connection parameter update request: rejected, the tester keeps its own.
        0x12 => Some(vec![0x13, identifier, 2, 0, 1, 0]),
        // Requests: information, connection, credit based connection, echo ...: command not understood.
        0x02 | 0x04 | 0x06 | 0x08 | 0x0a | 0x14 | 0x17 | 0x19 => Some(vec![0x01, identifier, 2, 0, 0, 0]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_put_together_from_its_fragments() {
        let frame = Frame::octets(ATT, &[1, 2, 3, 4, 5]);
        let mut reassembly = Reassembly::default();
        assert_eq!(reassembly.take(true, &frame[..6]), Ok(None));
        assert_eq!(reassembly.take(false, &frame[6..8]), Ok(None));
        let whole = Frame { channel: ATT, payload: vec![1, 2, 3, 4, 5] };
        assert_eq!(reassembly.take(false, &frame[8..]), Ok(Some(whole)));
        assert!(reassembly.take(false, &[1]).is_err(), "nothing is under way any more");
    }

    #[test]
    fn fragments_that_do_not_fit_are_refused_and_the_next_frame_is_read() {
        let mut reassembly = Reassembly::default();
        assert!(reassembly.take(true, &[1, 0, 4]).is_err(), "no channel");
        assert!(reassembly.take(true, &[0xff, 0xff, 4, 0, 1]).is_err(), "longer than anything");
        assert!(reassembly.take(true, &[1, 0, 4, 0, 1, 2]).is_err(), "more than it claims");
        assert_eq!(reassembly.take(true, &[3, 0, 4, 0, 1]), Ok(None));
        assert!(reassembly.take(false, &[2, 3, 4]).is_err());
        assert_eq!(reassembly.take(true, &[3, 0, 4, 0, 1]), Ok(None));
        assert!(reassembly.take(true, &[2, 0, 6, 0, 9]).is_err(), "the first never ended");
        let second = Frame { channel: SMP, payload: vec![9, 8] };
        assert_eq!(reassembly.take(false, &[8]), Ok(Some(second)));
        let empty = Frame { channel: ATT, payload: vec![] };
        assert_eq!(reassembly.take(true, &[0, 0, 4, 0]), Ok(Some(empty)));
    }

    #[test]
    fn requests_on_the_signalling_channel_are_answered_and_answers_are_not() {
        assert_eq!(signalling_answer(&[0x12, 7, 8, 0]), Some(vec![0x13, 7, 2, 0, 1, 0]));
        assert_eq!(signalling_answer(&[0x14, 7]), Some(vec![0x01, 7, 2, 0, 0, 0]));
        assert_eq!(signalling_answer(&[0x01, 7]), None);
        assert_eq!(signalling_answer(&[0x12]), None);
    }
}
