//! The boot loader can be stopped at the serial contacts, and takes orders.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "serial-log-bootloader-prompt",
    kind: Kind::Device,
    summary: "The boot loader can be stopped at the serial contacts, and takes orders",
    changes: &[Change { unit: "5.6-4-2:a", verdict: "FAIL", code: "console-at-debug-interface" }],
    apply: Apply::Bench(|folder| {
        folder.replace(
            "bench.toml",
            "console off\\r\\n\"",
            "console on\\r\\nHit any key to stop autoboot: 2\\r\\n=> \\r\\n\"",
        )
    }),
};
