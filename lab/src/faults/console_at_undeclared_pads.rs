//! Pads that no interface is declared for hold a console.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "console-at-undeclared-pads",
    kind: Kind::Device,
    summary: "Pads that no interface is declared for hold a console",
    changes: &[Change { unit: "5.6-4-2:b", verdict: "FAIL", code: "debugging-at-undeclared-interface" }],
    apply: Apply::Bench(|folder| folder.replace("bench.toml", "[method]\n", ADDED)),
};

const ADDED: &str = r#"[[handed_in]]
kind = "serial-log"
of = "pads beside the processor"
taken = "115200 baud"
text = "boot: stage 2\r\n\r\nroot@hk-100:~# \r\n"

[method]
"#;
