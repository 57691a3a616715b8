//! Opens an image, with whatever this build of the tool can open, and in a process of its own where there is one.

use std::collections::BTreeSet;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::inside::{Inside, Left};
use crate::apart::{NotRead, Order, Task, Unreadable, read_apart};
use crate::capture::Needle;
use crate::context::ProbeContext;
use crate::handed_in::KnownValue;

/// Seconds after which the process that opens an image tells what it has.
const SECONDS: u64 = 100;

/// What an image is searched for. It goes to the other process through its pipe, and never as an argument: those can
/// be seen by everybody.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct SearchedFor {
    /// Key and value.
    pub(crate) values: Vec<(String, String)>,
    /// Keys of those that stand nowhere by chance.
    pub(crate) telling: BTreeSet<String>,
}

/// What was seen inside.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Opened {
    /// Parts and findings.
    pub(crate) inside: Inside,
    /// Known values that stand inside.
    pub(crate) known: Vec<KnownValue>,
    /// Further ones.
    pub(crate) further: u64,
}

impl Opened {
    /// Nothing was opened.
    fn closed(bytes: &[u8], why: &str) -> Self {
        let left = Left {
            path: "image@0".to_owned(),
            kind: "image".to_owned(),
            offset: 0,
            octets: bytes.len() as u64,
            why: why.to_owned(),
        };
        Self { inside: Inside { left: vec![left], ..Inside::default() }, ..Self::default() }
    }
}

/// Opens an image in the limited process of the context; without one, here, within the same bounds of memory.
pub(crate) async fn open_apart(context: &ProbeContext, bytes: &[u8], search: &SearchedFor) -> Opened {
    if !cfg!(feature = "firmware") {
        return Opened::closed(bytes, "not-built");
    }
    let order = Order::of(Task::FirmwareImage);
    let answer = read_apart(context.reader.as_deref(), &order, &framed(search, bytes), &context.cancel).await;
    match answer.map(serde_json::from_value::<Opened>) {
        Ok(Ok(opened)) => opened,
        Ok(Err(_)) => Opened::closed(bytes, "reader-broken"),
        Err(NotRead::NoReader) => open(bytes, search, &|| context.cancel.is_cancelled()),
        Err(not_read) => Opened::closed(bytes, not_read.code()),
    }
}

/// What the limited process does: the values that are searched for, and the image behind them.
///
/// # Errors
///
/// What came through the pipe is not framed as [`open_apart`] does it.
pub(crate) fn open_framed(octets: &[u8]) -> Result<Opened, Unreadable> {
    let not_framed = || Unreadable::new("broken", "the image came without what it is searched for");
    let (length, rest) = octets.split_first_chunk::<4>().ok_or_else(not_framed)?;
    let (search, bytes) =
        rest.split_at_checked(u32::from_be_bytes(*length) as usize).ok_or_else(not_framed)?;
    let search: SearchedFor = serde_json::from_slice(search).map_err(|_| not_framed())?;
    let begun = Instant::now();
    Ok(open(bytes, &search, &|| begun.elapsed().as_secs() > SECONDS))
}

fn framed(search: &SearchedFor, bytes: &[u8]) -> Vec<u8> {
    let search = serde_json::to_vec(search).expect("keys are strings");
    let length = u32::try_from(search.len()).expect("the bench file that holds the values is smaller");
    [&length.to_be_bytes()[..], &search, bytes].concat()
}

#[cfg(feature = "firmware")]
fn open(bytes: &[u8], search: &SearchedFor, stop: &dyn Fn() -> bool) -> Opened {
    let needle = |(key, value): &(String, String)| Needle { key: key.clone(), value: value.clone() };
    let needles: Vec<Needle> = search.values.iter().map(needle).collect();
    let needles = crate::capture::needles::Needles::new(&needles);
    let wanted = super::findings::Search { needles: &needles, telling: &search.telling };
    let (inside, known) = super::unpack::look_inside(bytes, super::unpack::Bounds::default(), wanted, stop);
    Opened { inside, known: known.values, further: known.further }
}

/// Without feature `firmware` nothing is opened, and that is said.
#[cfg(not(feature = "firmware"))]
fn open(bytes: &[u8], search: &SearchedFor, _: &dyn Fn() -> bool) -> Opened {
    // The frame is the same in every build.
    let _: Option<Needle> =
        search.values.first().map(|(key, value)| Needle { key: key.clone(), value: value.clone() });
    Opened::closed(bytes, "not-built")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_gives_what_was_framed_and_anything_else_an_error() {
        let search = SearchedFor {
            values: vec![("credential:A".to_owned(), "qX7-cloud-secret-91".to_owned())],
            telling: BTreeSet::from(["credential:A".to_owned()]),
        };
        let octets = framed(&search, b"plain text with qX7-cloud-secret-91 in it");
        let opened = open_framed(&octets).unwrap();
        assert_eq!(opened.inside.left.len(), usize::from(!cfg!(feature = "firmware")));
        for cut in 0..octets.len().min(90) {
            let _ = open_framed(&octets[..cut]);
        }
        assert_eq!(open_framed(&octets[..20]).unwrap_err().code, "broken");
        assert_eq!(open_framed(b"").unwrap_err().code, "broken");
        assert_eq!(open_framed(&[0xff; 40]).unwrap_err().code, "broken");
    }
}
