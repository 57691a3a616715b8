//! Opens an image, with whatever this build of the tool can open.

use std::collections::BTreeSet;

use super::inside::Inside;
use crate::capture::needles::Needles;
use crate::handed_in::KnownValue;

/// What an image holds, and the known values that stand inside of it with the count of those that are not kept.
/// `stop` says that the time is over.
#[cfg(feature = "firmware")]
pub(crate) fn open(
    bytes: &[u8],
    needles: &Needles,
    telling: &BTreeSet<String>,
    stop: &dyn Fn() -> bool,
) -> (Inside, Vec<KnownValue>, u64) {
    let search = super::findings::Search { needles, telling };
    let (inside, known) = super::unpack::look_inside(bytes, super::unpack::Bounds::default(), search, stop);
    (inside, known.values, known.further)
}

/// Without feature `firmware` nothing is opened, and that is said.
#[cfg(not(feature = "firmware"))]
pub(crate) fn open(
    bytes: &[u8],
    _: &Needles,
    _: &BTreeSet<String>,
    _: &dyn Fn() -> bool,
) -> (Inside, Vec<KnownValue>, u64) {
    let left = super::inside::Left {
        path: "image@0".to_owned(),
        kind: "image".to_owned(),
        offset: 0,
        octets: bytes.len() as u64,
        why: "not-built".to_owned(),
    };
    (Inside { left: vec![left], ..Inside::default() }, Vec::new(), 0)
}
