//! The program `ip`, the one way in which the bench changes networks: argument lists, no shell.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use serde::Deserialize;

use super::NetworkError;

/// An interface as `ip` describes it.
pub(super) struct Link {
    pub(super) mac: Option<String>,
    pub(super) up: bool,
    pub(super) loopback: bool,
    /// Bridge or bond that it belongs to.
    pub(super) master: Option<String>,
    /// Addresses with prefix length; link-local ones of IPv6, which every interface has, are left out.
    pub(super) addresses: Vec<String>,
}

/// Runs `ip`.
pub(super) fn ip(arguments: &[&str]) -> Result<(), NetworkError> {
    output(arguments, None).map(|_| ())
}

/// Runs `ip` on a namespace.
pub(super) fn ip_in(namespace: &str, arguments: &[&str]) -> Result<(), NetworkError> {
    ip(&[&["-n", namespace], arguments].concat())
}

/// Writes a setting of the kernel inside a namespace.
pub(super) fn write_inside(namespace: &str, path: &str, value: &str) -> Result<(), NetworkError> {
    output(&["netns", "exec", namespace, "tee", path], Some(value)).map(|_| ())
}

/// Describes an interface, in a namespace or here.
pub(super) fn link(namespace: Option<&str>, interface: &str) -> Result<Link, NetworkError> {
    let mut arguments: Vec<&str> = namespace.map_or_else(Vec::new, |namespace| vec!["-n", namespace]);
    arguments.extend(["-json", "addr", "show", "dev", interface]);
    let output = output(&arguments, None)?;
    let described: Vec<Described> = serde_json::from_slice(&output.stdout).unwrap_or_default();
    // Some versions print empty objects for what a filter leaves out.
    let found = described.into_iter().find(|described| described.ifname == interface);
    let found = found.ok_or_else(|| step(&arguments, "it told nothing of the interface".to_owned()))?;
    let flag = |name: &str| found.flags.iter().any(|flag| flag == name);
    Ok(Link {
        up: flag("UP"),
        loopback: flag("LOOPBACK"),
        mac: found.address.filter(|_| found.link_type == "ether"),
        master: found.master,
        addresses: found
            .addr_info
            .into_iter()
            .filter(|address| !(address.family == "inet6" && address.scope == "link"))
            .map(|address| format!("{}/{}", address.local, address.prefixlen))
            .collect(),
    })
}

#[derive(Deserialize)]
struct Described {
    #[serde(default)]
    ifname: String,
    #[serde(default)]
    link_type: String,
    #[serde(default)]
    flags: Vec<String>,
    #[serde(default)]
    address: Option<String>,
    #[serde(default)]
    master: Option<String>,
    #[serde(default)]
    addr_info: Vec<Address>,
}

#[derive(Deserialize)]
struct Address {
    #[serde(default)]
    family: String,
    #[serde(default)]
    local: String,
    #[serde(default)]
    prefixlen: u8,
    #[serde(default)]
    scope: String,
}

fn output(arguments: &[&str], given: Option<&str>) -> Result<Output, NetworkError> {
    #[expect(clippy::disallowed_methods, reason = "the one place that builds bench networks")]
    let mut command = Command::new("ip");
    // Where `su` keeps the path of the user, the folders of the administrator are missing.
    let path = std::env::var("PATH").unwrap_or_default();
    command
        .args(arguments)
        .env("PATH", format!("{path}:/usr/sbin:/usr/bin:/sbin:/bin"))
        .env("LC_ALL", "C")
        .stdin(if given.is_some() { Stdio::piped() } else { Stdio::null() })
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().map_err(NetworkError::NoIp)?;
    if let (Some(given), Some(mut stdin)) = (given, child.stdin.take()) {
        // A program that does not read says why at its end.
        let _ = stdin.write_all(given.as_bytes());
    }
    let output = child.wait_with_output().map_err(NetworkError::NoIp)?;
    if output.status.success() {
        return Ok(output);
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().replace('\n', "; ");
    Err(step(arguments, if said.is_empty() { output.status.to_string() } else { said }))
}

fn step(arguments: &[&str], said: String) -> NetworkError {
    NetworkError::Step { command: format!("ip {}", arguments.join(" ")), said }
}
