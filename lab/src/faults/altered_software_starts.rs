//! Software with altered bits starts and runs on to the login.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "altered-software-starts",
    kind: Kind::Device,
    summary: "Software with altered bits starts and runs on to the login",
    changes: &[Change { unit: "5.7-1-2:a", verdict: "FAIL", code: "altered-software-started" }],
    apply: Apply::Bench(|folder| folder.replace("bench.toml", "[method]\n", ADDED)),
};

const ADDED: &str = r#"[[handed_in]]
kind = "serial-log"
of = "SecBoot-Chain"
taken = "115200 baud, start with one octet of the system altered"
text = "boot: stage 2\r\nboot: system\r\nLinux version 6.6.1\r\nhk-100 login: \r\n"

[method]
"#;
