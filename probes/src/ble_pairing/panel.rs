//! The digits that the device shows, or that stand on its label. They stay in memory.

use std::sync::{Arc, Mutex, PoisonError};

use super::PanelSeen;
use crate::ble::{Ask, PairingPolicy, PasskeyQuestion, PasskeySource, read_passkey, with_bench};
use crate::context::ProbeContext;

/// What was read.
#[derive(Default)]
struct Readings {
    /// Of the pairing under way.
    now: Option<u32>,
    /// Of pairings in the declared way.
    kept: Vec<u32>,
    trouble: Option<String>,
}

/// Who knows the right passkey.
pub(super) struct Panel {
    context: Arc<ProbeContext>,
    /// One that does not change, named by the bench.
    known: Option<u32>,
    readings: Arc<Mutex<Readings>>,
}

impl Panel {
    pub(super) fn new(context: &Arc<ProbeContext>, row: &str) -> Self {
        let known = context.credentials.get(row).and_then(|(_, secret)| digits(secret));
        Self { context: context.clone(), known, readings: Arc::default() }
    }

    /// Pairing as a person with the device at hand does it.
    pub(super) fn asked_by(&self, policy: PairingPolicy) -> PairingPolicy {
        let policy = with_bench(policy, &self.context);
        let passkey = match self.known {
            Some(known) => PasskeySource::Fixed(known),
            None => PasskeySource::Asked(self.reader()),
        };
        PairingPolicy { passkey, ..policy }
    }

    fn reader(&self) -> Ask {
        let (context, readings) = (self.context.clone(), self.readings.clone());
        Arc::new(move |question| {
            let (context, readings) = (context.clone(), readings.clone());
            Box::pin(async move {
                // Nobody types at the device for the bench.
                if question != PasskeyQuestion::Read {
                    return None;
                }
                let read = read_passkey(&context).await;
                let mut readings = readings.lock().unwrap_or_else(PoisonError::into_inner);
                match read {
                    Ok(Some(passkey)) => readings.now = Some(passkey),
                    Ok(None) => {
                        readings.trouble =
                            Some("the bench reads no passkey (action read_passkey)".to_owned());
                    }
                    Err(trouble) => readings.trouble = Some(trouble),
                }
                readings.now
            })
        })
    }

    /// Forgets the reading of the pairing before.
    pub(super) fn begin(&self) {
        self.readings.lock().unwrap_or_else(PoisonError::into_inner).now = None;
    }

    /// Keeps the reading of a pairing in the declared way.
    pub(super) fn keep(&self) {
        let mut readings = self.readings.lock().unwrap_or_else(PoisonError::into_inner);
        let now = readings.now.take();
        readings.kept.extend(now);
    }

    /// Whether the digits could not be read so far.
    pub(super) fn is_unreadable(&self) -> bool {
        self.readings.lock().unwrap_or_else(PoisonError::into_inner).trouble.is_some()
    }

    /// What was read, without the digits.
    pub(super) fn seen(&self) -> PanelSeen {
        let readings = self.readings.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = &readings.kept;
        PanelSeen {
            readings: u32::try_from(kept.len()).unwrap_or(u32::MAX),
            // Two may be the same by chance; a third reading is asked for then.
            same_as_before: (kept.len() > 1).then(|| kept.windows(2).all(|pair| pair[0] == pair[1])),
            trouble: readings.trouble.clone(),
        }
    }
}

fn digits(text: &str) -> Option<u32> {
    let text = text.trim();
    text.parse().ok().filter(|_| text.len() == 6)
}
