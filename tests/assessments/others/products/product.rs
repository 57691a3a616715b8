//! A product: how it is started, and what has to be found of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde::Deserialize;

use crate::bench::run_inside;
use crate::others::personas::device::{ADDRESS, Place, text_of};

/// One file of `tests/assessments/others/products/`. `{folder}` and `{address}` stand for the folder of the trial and the
/// address of the device.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Product {
    /// Programs that have to be installed.
    pub(crate) programs: Vec<String>,
    /// A command that succeeds where everything else is installed, too.
    #[serde(default)]
    needs: Vec<String>,
    /// Files that it reads.
    #[serde(default)]
    files: BTreeMap<String, String>,
    /// Commands before it is started, in the namespace of the device.
    #[serde(default)]
    before: Vec<Vec<String>>,
    /// What is started.
    start: Vec<Vec<String>>,
    /// Open TCP ports and what answers there; `*` where nothing that has a name does.
    #[serde(default)]
    pub(crate) tcp: BTreeMap<String, String>,
    /// UDP ports and what answers there, several names one after the other.
    #[serde(default)]
    pub(crate) udp: BTreeMap<String, String>,
    /// Results that are no PASS, all of them: `UNIT ITEM VERDICT CODE`.
    #[serde(default)]
    pub(crate) expected: Vec<String>,
}

impl Product {
    /// Open TCP ports.
    pub(crate) fn tcp_ports(&self) -> BTreeSet<u16> {
        self.tcp.keys().map(|port| port.parse().expect("a port")).collect()
    }

    /// Starts it and waits for its TCP ports.
    ///
    /// # Errors
    /// What is not installed.
    pub(crate) fn start(&self, place: &mut Place) -> Result<(), String> {
        let folder = text_of(&place.path("product"));
        let filled = |text: &str| text.replace("{folder}", &folder).replace("{address}", ADDRESS);
        fs::create_dir_all(&folder).expect("a folder");
        for (name, text) in &self.files {
            let file = place.path("product").join(name);
            fs::create_dir_all(file.parent().expect("below the folder")).expect("a folder");
            fs::write(&file, filled(text)).expect("a file");
        }
        let device = place.device.clone();
        if !self.needs.is_empty() {
            let arguments: Vec<&str> = self.needs.iter().map(String::as_str).collect();
            if !run_inside(&device, &arguments).status.success() {
                return Err(format!("{} does not succeed", self.needs.join(" ")));
            }
        }
        for command in &self.before {
            let arguments: Vec<String> = command.iter().map(|argument| filled(argument)).collect();
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            let output = run_inside(&device, &arguments);
            assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        }
        for (n, command) in self.start.iter().enumerate() {
            let arguments: Vec<String> = command.iter().map(|argument| filled(argument)).collect();
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            let log = place.path(&format!("product.{n}.log"));
            place.bench.start(&device, &arguments, &log);
        }
        let tester = place.tester.clone();
        for port in self.tcp_ports() {
            place.bench.wait_for(&tester, format!("{ADDRESS}:{port}").parse().expect("an address"));
        }
        // What has no TCP port cannot be waited for.
        std::thread::sleep(std::time::Duration::from_millis(700));
        Ok(())
    }
}
