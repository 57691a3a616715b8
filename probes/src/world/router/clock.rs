//! NTP (RFC 5905), server side: the time of this host, or one that is off by as much as was asked for.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::records::Records;
use crate::dialer::{DatagramListener, DialError};

/// Seconds from 1900, where NTP begins, to 1970.
const BEFORE_1970: f64 = 2_208_988_800.0;
const LENGTH: usize = 48;
const CLIENT: u8 = 3;
const SERVER: u8 = 4;

/// The answer to a question at this time; `None` for anything else than a question of a client.
pub fn answer(question: &[u8], now: Duration, offset_seconds: f64) -> Option<[u8; LENGTH]> {
    let question: &[u8; LENGTH] = question.get(..LENGTH)?.try_into().ok()?;
    let (version, mode) = (question[0] >> 3 & 7, question[0] & 7);
    (mode == CLIENT && (1..=4).contains(&version)).then_some(())?;
    let time = timestamp(now, offset_seconds);
    let mut answer = [0; LENGTH];
    answer[0] = version << 3 | SERVER;
    // A secondary server, so that clients which distrust a primary one take it.
    answer[1] = 2;
    answer[2] = question[2];
    answer[3] = 0xec;
    answer[4..8].copy_from_slice(&[0, 0, 0, 16]);
    answer[8..12].copy_from_slice(&[0, 0, 0, 16]);
    answer[12..16].copy_from_slice(&[127, 0, 0, 1]);
    answer[16..24].copy_from_slice(&time);
    // What the client sent as its time comes back as the origin; it is how it knows its answer.
    answer[24..32].copy_from_slice(&question[40..48]);
    answer[32..40].copy_from_slice(&time);
    answer[40..48].copy_from_slice(&time);
    Some(answer)
}

/// Seconds since 1900 as 32 bits, and their fraction as 32 bits; wraps in 2036 as the protocol does.
fn timestamp(now: Duration, offset_seconds: f64) -> [u8; 8] {
    let seconds = (now.as_secs_f64() + BEFORE_1970 + offset_seconds).max(0.0);
    let whole = (seconds as u64 & 0xffff_ffff) as u32;
    let fraction = (seconds.fract() * 4_294_967_296.0) as u32;
    let mut bytes = [0; 8];
    bytes[..4].copy_from_slice(&whole.to_be_bytes());
    bytes[4..].copy_from_slice(&fraction.to_be_bytes());
    bytes
}

/// Answers until it is dropped.
pub(super) async fn serve(
    socket: DatagramListener,
    offset_seconds: f64,
    records: Arc<Records>,
) -> Result<(), DialError> {
    let mut buffer = [0; 1024];
    loop {
        let (length, from) = socket.receive(&mut buffer).await?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        if let Some(answer) = buffer.get(..length).and_then(|asked| answer(asked, now, offset_seconds)) {
            records.note("time", &format!("told {from} the time, off by {offset_seconds} s"));
            // What cannot be sent is asked for again.
            let _ = socket.answer(&answer, from).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn question() -> [u8; LENGTH] {
        let mut question = [0; LENGTH];
        question[0] = 4 << 3 | CLIENT;
        question[40..48].copy_from_slice(&[1, 2, 3, 4, 5, 6, 7, 8]);
        question
    }

    fn seconds(answer: &[u8; LENGTH]) -> u32 {
        u32::from_be_bytes(answer[40..44].try_into().unwrap())
    }

    #[test]
    fn the_time_is_told_true_or_false_as_asked() {
        let now = Duration::from_secs(1_800_000_000);
        let told = answer(&question(), now, 0.0).unwrap();
        assert_eq!(seconds(&told), 1_800_000_000_u32.wrapping_add(2_208_988_800));
        assert_eq!(told[24..32], [1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!((told[0] & 7, told[1]), (SERVER, 2));
        let past = answer(&question(), now, -86_400.0).unwrap();
        assert_eq!(seconds(&told) - seconds(&past), 86_400);
    }

    #[test]
    fn only_clients_are_answered() {
        for mode in [0, 1, 2, 4, 5, 6, 7] {
            let mut other = question();
            other[0] = 4 << 3 | mode;
            assert_eq!(answer(&other, Duration::ZERO, 0.0), None, "{mode}");
        }
        assert_eq!(answer(&question()[..47], Duration::ZERO, 0.0), None);
    }

    proptest! {
        #[test]
        fn no_bytes_and_no_offset_make_it_panic(
            bytes in proptest::collection::vec(any::<u8>(), 0..80),
            offset in any::<f64>(),
        ) {
            answer(&bytes, Duration::from_secs(1), offset);
        }
    }
}
