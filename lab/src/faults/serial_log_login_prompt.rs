//! The serial contacts ask for a login.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "serial-log-login-prompt",
    kind: Kind::Device,
    summary: "The serial contacts ask for a login",
    changes: &[Change { unit: "5.6-4-2:a", verdict: "FAIL", code: "console-at-debug-interface" }],
    apply: Apply::Bench(|folder| {
        folder.replace("bench.toml", "console off\\r\\n\"", "console on\\r\\nhk-100 login: \\r\\n\"")
    }),
};
