//! The device asks a host of the network for the time, believes whoever answers there, and holds the dates of
//! certificates against it. The maker says that it asks, so that what is wrong is the belief alone.

use crate::clock;
use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};
use crate::model::TIME_HOST;
use crate::spec::Ports;

/// The fault.
pub static FAULT: Fault = Fault {
    name: "clock-from-anyone",
    kind: Kind::Device,
    summary: "The device believes whoever tells it the time, and holds the dates of certificates against it",
    changes: &[Change { unit: "plus-clock-attack", verdict: "FAIL", code: "plus-false-time-taken" }],
    apply: Apply::DeviceAndFiles(|behaviour| behaviour.clock_from_anyone = true, declare),
};

/// The time host in the declaration, and where the bench plays it.
fn declare(folder: &mut Folder, _ports: &Ports) -> Result<(), FaultError> {
    let port = clock::PORT;
    folder.replace(
        "ixit.toml",
        "The time comes with the cloud and update connections, so that no NTP is needed.",
        &format!("The time is asked of {TIME_HOST} before each call (SNTP, RFC 4330)."),
    )?;
    folder.replace(
        "ixit.toml",
        "answers of DNS are kept for their time to live.\"\nendpoint = [",
        &format!(
            "answers of DNS are kept for their time to live.\"\nendpoint = [\
             {{ transport = \"udp\", port = {port}, application = \"sntp\", host = \"{TIME_HOST}\" }}, "
        ),
    )?;
    for (before, rule) in [
        ("web-out", mud_rule("time-out", "dst-dnsname", "destination-port")),
        ("web-in", mud_rule("time-in", "src-dnsname", "source-port")),
    ] {
        let before = format!("{{\n              \"name\": \"{before}\",");
        folder.replace("documents/hk-100.mud.json", &before, &format!("{rule},\n            {before}"))?;
    }
    // The bench plays it where it plays the cloud, at a port of its own.
    let place = |text: &str| {
        let line = text.lines().skip_while(|line| *line != "[world]").find(|line| line.contains("cloud."))?;
        Some(line.split('"').nth(3)?.rsplit_once(':')?.0.to_owned())
    };
    let address = place(folder.text("bench.toml")?).unwrap_or_default();
    folder.replace("bench.toml", "[world]\n", &format!("[world]\n\"{TIME_HOST}\" = \"{address}:{port}\"\n"))
}

/// A rule of the MUD file for the time host.
fn mud_rule(name: &str, side: &str, place: &str) -> String {
    let port = clock::PORT;
    format!(
        "{{ \"name\": \"{name}\", \"matches\": {{ \"ipv4\": {{ \"ietf-acldns:{side}\": \"{TIME_HOST}\", \"protocol\": 17 }}, \
         \"udp\": {{ \"{place}\": {{ \"operator\": \"eq\", \"port\": {port} }} }} }}, \
         \"actions\": {{ \"forwarding\": \"accept\" }} }}"
    )
}
