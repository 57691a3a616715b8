//! The image is not compared with anything.

use crate::behaviour::updates::ImageRule;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "update-image-unchecked",
    kind: Kind::Device,
    summary: "The image is not compared with anything",
    changes: &[
        Change { unit: "5.3-1-2:a", verdict: "FAIL", code: "altered-update-installed" },
        Change { unit: "5.3-2-2:b", verdict: "FAIL", code: "altered-update-installed" },
        Change { unit: "plus-update-mix", verdict: "FAIL", code: "plus-update-mix-installed" },
    ],
    apply: Apply::Device(|behaviour| behaviour.updates.image = ImageRule::Uncompared),
};
