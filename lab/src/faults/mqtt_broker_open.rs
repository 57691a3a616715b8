//! An MQTT broker without credentials is open and not declared.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "mqtt-broker-open",
    kind: Kind::Device,
    summary: "An MQTT broker without credentials is open and not declared",
    changes: &[
        Change { unit: "5.5-5-2:b", verdict: "FAIL", code: "undeclared-communication-mechanism" },
        Change { unit: "5.13-1-2:c", verdict: "FAIL", code: "undeclared-api" },
        Change { unit: "5.6-1-2:b", verdict: "FAIL", code: "undeclared-interface-open" },
    ],
    apply: Apply::Device(|behaviour| behaviour.mqtt_broker = true),
};
