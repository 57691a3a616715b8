//! What every probe over Bluetooth LE needs: the adapter, how the sample is known on the air, and how patient to be.

use ixit::bench::Sample;
use serde_json::{Value, json};

use super::Surroundings;
use crate::engine::outstanding::Task;

impl Surroundings {
    /// Fills in what the bench says of Bluetooth LE.
    pub(super) fn over_bluetooth(&self, task: &Task, sample: &Sample, set: &mut impl FnMut(&str, Value)) {
        set("adapter", json!(self.bluetooth.adapter));
        set("name", json!(sample.bluetooth_name));
        set("bluetooth_address", json!(sample.bluetooth_address));
        // What is on the label must not be on the air.
        set("serial", json!(sample.serial));
        set("mac", json!(sample.mac));
        // The same plan gives the same sample the same cases.
        set("seed", json!(format!("{} {}", self.seed, task.sample)));
        set("listen_seconds", json!(self.bluetooth.listen_seconds.max(1)));
        set("recovery_seconds", json!(self.limits.recovery_seconds));
        if self.built_in {
            // The simulated device advertises ten times a second and answers at once.
            set("profile", json!("matrix"));
            set("listen_seconds", json!(if self.compressed() { 0.5 } else { 1.5 }));
            set("answer_seconds", json!(1.0));
            set("recovery_seconds", json!(2.0));
        }
        match task.request.probe.as_str() {
            "ble-hostile-input" if self.built_in => {
                set("cases", json!(if self.compressed() { 12 } else { 400 }));
                set("endings", json!(6));
                set("seconds", json!(60.0));
            }
            "ble-reset" if self.compressed() => {
                if let Some(mut order) = task.request.params.get("erasure").cloned().filter(Value::is_object)
                {
                    order["seconds"] = json!(1.0);
                    set("erasure", order);
                }
            }
            _ => {}
        }
    }
}
