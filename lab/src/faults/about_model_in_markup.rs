//! The device tells its model inside markup.

use crate::behaviour::pages::About;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "about-model-in-markup",
    kind: Kind::Device,
    summary: "The device tells its model inside markup",
    changes: &[Change { unit: "5.3-16-2:b", verdict: "FAIL", code: "designation-not-simple-text" }],
    apply: Apply::Device(|behaviour| behaviour.pages.about = About::InMarkup),
};
