//! The terminal of the heater bus gives a shell to whoever sends a line end during the start.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "heater-bus-shell",
    kind: Kind::Device,
    summary: "The terminal of the heater bus gives a shell to whoever sends a line end during the start",
    changes: &[Change { unit: "5.6-4-2:b", verdict: "FAIL", code: "debugging-at-other-interface" }],
    apply: Apply::Bench(|folder| folder.replace("bench.toml", "[method]\n", ADDED)),
};

const ADDED: &str = r#"[[handed_in]]
kind = "serial-log"
of = "Intf-HeaterBus"
taken = "19200 baud, a line end during the start"
text = "bus processor 1.1\r\n\r\nservice@bus:/$ \r\n"

[method]
"#;
