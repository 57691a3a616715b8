//! The log is fetched without TLS, as the maker says; the way to it is the web interface on plain HTTP.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};
use crate::spec::Ports;

/// The fault.
pub static FAULT: Fault = Fault {
    name: "log-in-the-clear",
    kind: Kind::Device,
    summary: "The web interface answers on plain HTTP too, and the log is fetched there",
    changes: &[
        Change { unit: "5.1-1-2:a", verdict: "FAIL", code: "undeclared-password-mechanism" },
        Change { unit: "5.1-5-2:a", verdict: "FAIL", code: "undeclared-authentication-mechanism" },
        Change { unit: "5.5-4-2:c", verdict: "FAIL", code: "login-in-the-clear" },
        Change { unit: "5.5-5-2:a", verdict: "FAIL", code: "login-in-the-clear" },
        Change { unit: "5.5-5-2:b", verdict: "FAIL", code: "undeclared-communication-mechanism" },
        Change { unit: "5.13-1-2:c", verdict: "FAIL", code: "undeclared-api" },
        Change { unit: "5.6-1-2:b", verdict: "FAIL", code: "undeclared-interface-open" },
        Change { unit: "plus-log-export", verdict: "FAIL", code: "plus-log-in-the-clear" },
    ],
    apply: Apply::DeviceAndFiles(|behaviour| behaviour.plain_login = true, declare),
};

/// A way to fetch the log beside the one to read it.
fn declare(folder: &mut Folder, ports: &Ports) -> Result<(), FaultError> {
    let export = format!(
        "export = {{ kind = \"http\", port = {}, target = \"/api/log\", who = [\"AuthMech-ApiToken\"] }}",
        ports.plain_http
    );
    folder.replace("plus.toml", "restricted = true\n", &format!("restricted = true\n{export}\n"))
}
