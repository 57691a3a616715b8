//! Of the image, the length alone is compared with the list.

use crate::behaviour::updates::ImageRule;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "update-altered-image-installed",
    kind: Kind::Device,
    summary: "Of the image, the length alone is compared with the list",
    changes: &[
        Change { unit: "5.3-1-2:a", verdict: "FAIL", code: "altered-update-installed" },
        Change { unit: "5.3-2-2:b", verdict: "FAIL", code: "altered-update-installed" },
        Change { unit: "plus-update-mix", verdict: "FAIL", code: "plus-update-mix-installed" },
    ],
    apply: Apply::Device(|behaviour| behaviour.updates.image = ImageRule::Length),
};
