//! The device tells another model than the declared one.

use crate::behaviour::pages::About;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "about-other-model",
    kind: Kind::Device,
    summary: "The device tells another model than the declared one",
    changes: &[Change { unit: "5.3-16-2:b", verdict: "FAIL", code: "designation-differs" }],
    apply: Apply::Device(|behaviour| behaviour.pages.about = About::OtherModel),
};
