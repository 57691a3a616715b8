//! The firmware image holds a private key, the same for every device.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "image-holds-private-key",
    kind: Kind::Device,
    summary: "The firmware image holds a private key, the same for every device",
    changes: &[Change { unit: "5.4-1-2:a", verdict: "FAIL", code: "private-key-in-image" }],
    apply: Apply::Bench(|folder| folder.replace("bench.toml", "[method]\n", ADDED)),
};

const ADDED: &str = r#"[[handed_in]]
kind = "firmware-image"
of = "SoftComp-System"
taken = "image 1.4.2 as handed in"
text = """
HK-100 1.4.2
-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIIrYSSNQFaA2Hwf1duRSxKtLYX5CB04fSeQ6tF1aY/PuoAoGCCqGSM49
AwEHoUQDQgAEPR3tU2Fta9ktY+6P9G0cWO+0kETA6SFs38GecTyudlHz6xvCdz8q
EKTcWGekdmdDPsHloRNtsiCa697B2O9IFA==
-----END EC PRIVATE KEY-----
"""

[method]
"#;
