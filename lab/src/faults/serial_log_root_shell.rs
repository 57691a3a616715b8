//! A shell of root answers at the serial contacts.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "serial-log-root-shell",
    kind: Kind::Device,
    summary: "A shell of root answers at the serial contacts",
    changes: &[Change { unit: "5.6-4-2:a", verdict: "FAIL", code: "console-at-debug-interface" }],
    apply: Apply::Bench(|folder| {
        folder.replace("bench.toml", "console off\\r\\n\"", "console on\\r\\n\\r\\n/ # \\r\\n\"")
    }),
};
