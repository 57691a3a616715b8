//! Fills the parameters of a planned request in: address, port, what the declaration and the bench say.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use ixit::bench::{Bluetooth, Capture, Consent, Limits, Sample};
use ixit::{Bench, Declaration};
use probes::Request;
use probes::dialer::{DialLimits, Scope};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use testcases::DutState;
use testcases::plan::{Plan, Step};

use super::outstanding::Task;
use crate::bench::Foreign;

mod bluetooth;
mod declared;
mod false_time;
#[cfg(test)]
mod tests;

pub(super) use declared::declared_tcp_ports;
use declared::{declared_login_paths, declared_names, unusual_udp_services};

/// TCP ports where services of such devices usually listen; the profile `matrix` always asks them.
const USUAL_PORTS: &[u16] = &[
    21, 22, 23, 25, 53, 80, 139, 443, 445, 554, 1883, 1900, 2121, 2222, 2323, 4444, 5000, 5555, 7547, 8000,
    8008, 8080, 8081, 8443, 8554, 8883, 8888, 9000, 9229, 37777, 49152,
];
/// Ports that the profile `matrix` draws beside them.
const DRAWN_PORTS: usize = 200;
/// Seconds of a capture outside normal use, at most.
const SHORT_CAPTURE: f64 = 60.0;
/// Seconds for which a device that starts is listened to, at most.
const LONGEST_START: f64 = 120.0;

/// What requests are filled in from.
pub(super) struct Surroundings {
    /// Ports that the bench names for the profile `matrix`.
    pub(super) device_ports: Vec<u16>,
    pub(super) limits: Limits,
    /// What may disturb the device.
    pub(super) consent: Consent,
    /// Where and how long its traffic is captured.
    pub(super) capture: Capture,
    /// The way to Bluetooth LE.
    pub(super) bluetooth: Bluetooth,
    /// Every sample of the bench, those included that are only compared.
    pub(super) samples: Vec<Sample>,
    /// Authorities that the bench trusts, PEM.
    pub(super) trust: Vec<String>,
    /// Where the bench listens in place of a peer, by host name.
    pub(super) world: BTreeMap<String, SocketAddr>,
    /// The device is the built-in simulated one.
    pub(super) built_in: bool,
    /// Digest of the plan; the random ports follow from it.
    pub(super) seed: String,
}

impl Surroundings {
    /// What the bench agrees to, by name.
    pub(super) fn consent(&self) -> BTreeSet<String> {
        let consent = &self.consent;
        [
            (consent.lock_out, "lock_out"),
            (consent.change_credentials, "change_credentials"),
            (consent.change_state, "change_state"),
            (consent.play_peers, "play_peers"),
            (consent.interrupt, "interrupt"),
            (consent.alter_software, "alter_software"),
            (consent.install_updates, "install_updates"),
            (consent.hostile_input, "hostile_input"),
            (consent.erase_data, "erase_data"),
            (consent.pair, "pair"),
        ]
        .into_iter()
        .filter(|(agreed, _)| *agreed)
        .map(|(_, name)| name.to_owned())
        .collect()
    }

    /// Longest time of the observation of a step: that of the bench, else that of the plan.
    pub(super) fn budget(&self, plan: &Plan, step: usize) -> Option<Duration> {
        let planned = match plan.steps.get(step) {
            Some(Step::Observe { budget_seconds, .. }) => *budget_seconds,
            _ => None,
        };
        let seconds = Some(self.limits.budget_seconds).filter(|seconds| *seconds > 0).or(planned)?;
        Some(Duration::from_secs(u64::from(seconds)))
    }

    /// Where the bench plays the host of a task.
    fn place_of_host(&self, task: &Task) -> Option<&SocketAddr> {
        let host = task.request.params.get("host").and_then(Value::as_str).unwrap_or_default();
        self.world.get(host)
    }

    /// The request of a task with all its parameters.
    pub(super) fn request(
        &self,
        declaration: &Declaration,
        task: &Task,
        sample: Option<&Sample>,
        foreign: &Foreign,
    ) -> Request {
        let mut request = task.request.clone();
        if !request.params.is_object() {
            request.params = json!({});
        }
        let mut set = |name: &str, value: Value| {
            request.params[name] = value;
        };
        let Some(sample) = sample else { return request };
        set("address", json!(sample.address));
        if let Some(port) = task.port {
            set("port", json!(port));
        }
        match task.request.probe.as_str() {
            "tcp-sweep" => {
                let declared = declared_tcp_ports(declaration);
                set("foreign", json!(foreign.tcp));
                set("recovery_seconds", json!(self.limits.recovery_seconds));
                set("interface", json!(sample.interface));
                if self.limits.profile == "matrix" {
                    let mut ports: BTreeSet<u16> = declared.clone();
                    ports.extend(&self.device_ports);
                    ports.extend(USUAL_PORTS);
                    ports.extend(drawn_ports(&self.seed, &sample.id));
                    set("ports", json!(ports));
                    set("recovery_seconds", json!(1));
                    // Only the simulated device may pass on the short effort: it tries out the harness.
                    // On any other bench the judge sees too little effort, and says so.
                    if self.built_in {
                        set("profile", json!("matrix"));
                    }
                }
                set("likely", json!(declared));
            }
            "udp-services" | "udp-relay" => {
                set("foreign", json!(foreign.udp));
                set("extra", json!(unusual_udp_services(declaration)));
            }
            "identify" => set("paths", json!(declared_login_paths(declaration))),
            "http-login" | "network-login" => {
                let planned = task.request.params.get("burst").and_then(Value::as_u64).unwrap_or(0);
                let limit = self.limits.max_wrong_credentials;
                // Less than planned is less effort, which the judge sees in the observation.
                set("burst", json!(planned.min(u64::from(limit))));
                set("wrong_at_most", json!(limit));
                set("label", label_to_guess_from(declaration, sample));
            }
            "found-login" => set("label", label_to_guess_from(declaration, sample)),
            "tls-server" => {
                // PEM files one after the other are a PEM file.
                set("trust", json!((!self.trust.is_empty()).then(|| self.trust.join("\n"))));
                set("names", json!(declared_names(declaration, task.port)));
            }
            "dtls-server" => {
                set("trust", json!((!self.trust.is_empty()).then(|| self.trust.join("\n"))));
            }
            "label-password" => {
                set("samples", json!(self.samples.iter().map(label_facts).collect::<Vec<Value>>()));
                set("model", json!(declaration.ics.dut.model.as_ref().map(|model| &model.value)));
            }
            "tls-client" => {
                set("listen", json!(self.place_of_host(task)));
                if self.built_in {
                    // The simulated device calls again at once, and its peers are near.
                    set("rest_seconds", json!(0.3));
                }
            }
            "false-time" => {
                false_time::set_places(&self.world, self.built_in, &task.request.params, &mut set);
            }
            "traffic" => {
                self.who_speaks(sample, &mut set);
                set("seconds", json!(self.idle_seconds(task.state)));
                if self.built_in {
                    set("profile", json!("matrix"));
                }
            }
            "settings" => {
                self.who_speaks(sample, &mut set);
                set("listen_seconds", json!(self.idle_seconds(task.state).min(SHORT_CAPTURE)));
                if self.built_in {
                    // The simulated device thinks again within a moment, or never.
                    set("settle_seconds", json!(0.3));
                    set("listen_seconds", json!(1.5));
                }
            }
            "interruption" => {
                self.who_speaks(sample, &mut set);
                let kind = task.request.params.get("kind").and_then(Value::as_str).unwrap_or_default();
                let planned = |name: &str| task.request.params.get(name).cloned();
                let repeated = planned("repeat") == Some(json!(true));
                set("ports", json!(declared_tcp_ports(declaration)));
                set("repetitions", json!(if repeated { self.capture.repetitions.max(1) } else { 1 }));
                let recovery = planned("recovery_seconds").unwrap_or(json!(self.limits.recovery_seconds));
                set("recovery_seconds", recovery);
                // Whoever starts says more than whoever was only cut off.
                let starts = kind == "power";
                let listen = if starts { self.idle_seconds(task.state).min(LONGEST_START) } else { 0.0 };
                set("listen_seconds", json!(listen));
                if self.built_in {
                    set("profile", json!("matrix"));
                    if !repeated {
                        // Noticed and over, as short as the state of a simulated network allows.
                        set("seconds", json!(if self.compressed() { 0.6 } else { 1.0 }));
                    }
                }
                if self.compressed() {
                    set("repetitions", json!(if repeated { 2 } else { 1 }));
                    set("recovery_seconds", json!(8));
                }
            }
            "deletion" => {
                self.who_speaks(sample, &mut set);
                // The same plan gives the same sample the same values.
                set("seed", json!(format!("{} {}", self.seed, task.sample)));
                if self.compressed() {
                    let mut order = task.request.params.get("erasure").cloned().unwrap_or_default();
                    order["seconds"] = json!(1.0);
                    set("erasure", order);
                }
            }
            "hostile-input" => {
                // The same plan gives the same sample the same cases.
                set("seed", json!(format!("{} {}", self.seed, task.sample)));
                set("recovery_seconds", json!(self.limits.recovery_seconds));
                set("pause_ms", json!(20));
                if self.built_in {
                    // The simulated device answers at once; each case costs it a handshake.
                    set("profile", json!("matrix"));
                    let inputs = task.request.params["inputs"].as_array().map_or(0, Vec::len);
                    set("cases", json!(60 * inputs));
                    set("pause_ms", json!(0));
                    set("seconds", json!(60.0));
                    set("answer_ms", json!(800));
                    set("recovery_seconds", json!(1.0));
                    set("endings", json!(8));
                }
            }
            "update-trials" | "update-endurance" => {
                set("listen", json!(self.place_of_host(task)));
                set("recovery_seconds", json!(self.limits.recovery_seconds));
                let source = declaration.ics.dut.identity.as_ref();
                let source = source.map(|source| {
                    json!({ "tls": source.application == "https", "port": source.port, "path": source.path })
                });
                set("identity", json!(source));
                if self.built_in {
                    set("profile", json!("matrix"));
                }
            }
            "remote-orders" => {
                set("listen", json!(self.place_of_host(task)));
                set("serial", json!(sample.serial));
                if self.built_in {
                    // The simulated device obeys within a moment, or never.
                    set("takes_seconds", json!(0.6));
                }
            }
            "storm" => {
                let source = declaration.ics.dut.identity.as_ref();
                let source = source.map(|source| {
                    json!({ "tls": source.application == "https", "port": source.port, "path": source.path })
                });
                set("identity", json!(source));
                if self.built_in {
                    set("profile", json!("matrix"));
                }
                if self.compressed() {
                    set("connections", json!(64));
                    set("requests", json!(36));
                    set("questions", json!(5));
                    set("recovery_seconds", json!(8));
                }
            }
            probe if probe.starts_with("ble-") => self.over_bluetooth(task, sample, &mut set),
            "device-identity" => {
                if let Some(source) = &declaration.ics.dut.identity {
                    set("tls", json!(source.application == "https"));
                    set("port", json!(source.port));
                    set("path", json!(source.path));
                }
            }
            _ => {}
        }
        request.target = match task.port {
            Some(port) if task.request.probe == "dtls-server" => format!("udp/{port}"),
            Some(port) => format!("tcp/{port}"),
            None => task.request.target.clone(),
        };
        request
    }
}

impl Surroundings {
    /// Addresses by which a capture tells who speaks.
    fn who_speaks(&self, sample: &Sample, set: &mut impl FnMut(&str, Value)) {
        let addresses: Vec<IpAddr> =
            std::iter::once(sample.address).chain(sample.further_addresses.iter().copied()).collect();
        set("addresses", json!(addresses));
        set("hardware", json!(sample.mac));
        // Without a source of its own the probe finds out from where the sample is reached.
        set("tester", json!(sample.source.into_iter().collect::<Vec<IpAddr>>()));
    }

    /// Seconds for which the device is listened to while nothing is done to it. Normal use is what the length was
    /// chosen for; the other states are passed through.
    fn idle_seconds(&self, state: DutState) -> f64 {
        let idle = f64::from(self.capture.idle_seconds.max(1));
        match state {
            _ if self.compressed() => 1.0,
            DutState::Initialized => idle,
            _ => idle.min(SHORT_CAPTURE),
        }
    }

    /// The simulated device with compressed times: a run of many, each of which has to be short.
    fn compressed(&self) -> bool {
        self.built_in && self.limits.profile == "matrix"
    }
}

/// Limits of the dialer.
pub(super) fn dial_limits(limits: &Limits) -> DialLimits {
    DialLimits {
        parallel: usize::try_from(limits.parallel).unwrap_or(usize::MAX).max(1),
        per_second: limits.per_second,
        timeout: std::time::Duration::from_millis(limits.timeout_ms.max(1)),
    }
}

/// The scope: every address of the samples, the hosts that the bench names, and from where one sample is tested.
///
/// # Errors
/// Name of a host whose address cannot be read.
pub(super) fn scope(bench: &Bench, tested: &Sample) -> Result<Scope, String> {
    let addresses = |sample: &Sample| {
        std::iter::once(sample.address).chain(sample.further_addresses.clone()).collect::<Vec<IpAddr>>()
    };
    let mut scope = Scope {
        devices: bench.samples.iter().flat_map(addresses).collect(),
        source: tested.source,
        interface: tested.interface.clone(),
        capture: bench.capture.interface.clone(),
        // An address that cannot be read was refused with the bench file.
        world: bench.world.values().filter_map(|at| at.parse().ok()).collect(),
        ..Scope::default()
    };
    for (host, address) in &bench.hosts {
        // An address without a port is the one of a published page.
        let to = address
            .parse::<SocketAddr>()
            .or_else(|_| address.parse::<IpAddr>().map(|address| SocketAddr::new(address, 443)))
            .map_err(|_| host.clone())?;
        scope.hosts.insert(host.clone(), to);
    }
    Ok(scope)
}

/// What a password may have been made from.
fn label_to_guess_from(declaration: &Declaration, sample: &Sample) -> Value {
    let model = declaration.ics.dut.model.as_ref().map(|model| &model.value);
    json!({ "model": model, "serial": sample.serial, "mac": sample.mac })
}

/// What stands on a label beside the password, and where the sample is.
fn label_facts(sample: &Sample) -> Value {
    json!({
        "id": sample.id,
        "address": sample.address,
        "serial": sample.serial,
        "mac": sample.mac,
        "ssid": sample.ssid,
        "compare_only": sample.compare_only,
    })
}

/// Ports that look random and are the same for the same plan and sample.
fn drawn_ports(seed: &str, sample: &str) -> BTreeSet<u16> {
    let mut ports = BTreeSet::new();
    for n in 0_u64.. {
        if ports.len() >= DRAWN_PORTS {
            break;
        }
        let digest = Sha256::new()
            .chain_update(seed)
            .chain_update([0])
            .chain_update(sample)
            .chain_update(n.to_be_bytes())
            .finalize();
        let port = u16::from_be_bytes([digest[0], digest[1]]);
        if port != 0 {
            ports.insert(port);
        }
    }
    ports
}
