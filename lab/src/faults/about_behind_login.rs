//! The device tells its model only after a login.

use crate::behaviour::pages::About;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "about-behind-login",
    kind: Kind::Device,
    summary: "The device tells its model only after a login",
    changes: &[
        Change { unit: "5.3-16-2:a", verdict: "FAIL", code: "designation-not-obtained" },
        Change { unit: "5.5-4-2:b", verdict: "FAIL", code: "entitled-refused" },
        Change { unit: "5.5-5-2:a", verdict: "FAIL", code: "entitled-refused" },
        Change { unit: "5.3-16-2:b", verdict: "INCONCLUSIVE", code: "designation-not-obtained" },
    ],
    apply: Apply::Device(|behaviour| behaviour.pages.about = About::BehindLogin),
};
