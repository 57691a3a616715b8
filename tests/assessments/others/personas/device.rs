//! The place of a persona or a product: a namespace for the device, one for the tester, and behind the tester's default
//! route a sink that records every frame.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use tempfile::TempDir;

use crate::bench::{self, Bench, End, inside, run_inside};
use crate::command::{json, run};
use crate::others::scope::sink::Sink;

/// Address of the device.
pub(crate) const ADDRESS: &str = "10.74.0.2";
/// Address of the tester.
pub(crate) const TESTER: &str = "10.74.0.1";
const SINK_SIDE_MAC: &str = "02:00:5e:00:53:21";
/// Provisions that the statement claims.
const CLAIMED: &[&str] = &["4-1", "5.1-1", "5.1-3", "5.1-5", "5.5-1", "5.5-5", "5.6-1", "5.6-2"];

/// A device of a persona with what stands around it.
pub(crate) struct Place {
    pub(crate) bench: Bench,
    /// Namespace of the device.
    pub(crate) device: String,
    /// Namespace of the tester.
    pub(crate) tester: String,
    /// TCP port of the page that tells who the device is.
    pub(crate) identity_port: u16,
    sink: Sink,
    folder: TempDir,
}

impl Place {
    /// An empty place.
    ///
    /// # Errors
    /// Why this machine cannot.
    pub(crate) fn new(programs: &[&str]) -> Result<Self, String> {
        let mut bench = Bench::new(programs)?;
        let [device, tester, outside] = ["d", "t", "s"].map(|role| bench.namespace(role));
        // The device has one address: what it has beside would have to be searched as well.
        for (file, value) in [
            ("/proc/sys/net/ipv6/conf/all/disable_ipv6", "1"),
            ("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1"),
        ] {
            bench::kernel_setting(&device, file, value);
        }
        bench.link(
            &End {
                namespace: &tester,
                device: "lab0",
                mac: "02:00:5e:00:53:01",
                addresses: &[&format!("{TESTER}/24")],
            },
            &End {
                namespace: &device,
                device: "lab0",
                mac: "02:00:5e:00:53:02",
                addresses: &[&format!("{ADDRESS}/24")],
            },
        );
        bench.link(
            &End {
                namespace: &tester,
                device: "wan0",
                mac: SINK_SIDE_MAC,
                addresses: &["192.168.74.1/30", "fd75::1/64"],
            },
            &End {
                namespace: &outside,
                device: "wan0",
                mac: "02:00:5e:00:53:22",
                addresses: &["192.168.74.2/30", "fd75::2/64"],
            },
        );
        bench::ip(&["-n", &tester, "route", "add", "default", "via", "192.168.74.2"]);
        bench::ip(&["-n", &tester, "-6", "route", "add", "default", "via", "fd75::2"]);
        let sink = Sink::open(&outside, SINK_SIDE_MAC);
        let folder = tempfile::tempdir().expect("a temporary folder");
        Ok(Self { bench, device, tester, identity_port: 80, sink, folder })
    }

    /// A file of the trial.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Frames that left towards the outside.
    pub(crate) fn strays(&self) -> Vec<String> {
        self.sink.frames()
    }

    /// A rule of the packet filter of the device.
    pub(crate) fn filter(&self, rule: &str) {
        let output = run_inside(&self.device, &["nft", rule]);
        assert!(output.status.success(), "{rule}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// Makes keys and certificates, signs, converts: a call of `openssl`.
    pub(crate) fn openssl(&self, arguments: &[&str]) {
        let output = run_inside(&self.device, &[&["openssl"], arguments].concat());
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// Writes the declaration: what every persona declares, and `more` rows.
    fn declaration(&self, more: &str) -> PathBuf {
        let folder = self.path("declaration");
        fs::create_dir_all(&folder).expect("a folder");
        let mut ics = include_str!("ics.toml").to_owned();
        let catalogue = json(&run(&["list", "provisions", "--json"]));
        for provision in catalogue["provisions"].as_array().expect("provisions") {
            let id = provision["id"].as_str().expect("id");
            let support = if CLAIMED.contains(&id) { "Y" } else { "N" };
            ics.push_str(&format!(
                "\n[provision.\"{id}\"]\nsupport = \"{support}\"\ndetail = \"As far as this trial goes.\"\n"
            ));
        }
        let at = |text: &str| text.replace("port = 80", &format!("port = {}", self.identity_port));
        fs::write(folder.join("ics.toml"), at(&ics)).expect("a statement");
        let ixit = format!("{}\n{more}", at(include_str!("ixit.toml")));
        fs::write(folder.join("ixit.toml"), ixit).expect("information for testing");
        folder
    }

    /// Assesses the device from the tester's namespace; gives what was told and the run folder.
    pub(crate) fn assess(&self, more: &str, bench: &str, only: &str) -> (Output, PathBuf) {
        let file = self.path("bench.toml");
        let text = format!(
            "[[sample]]\nid = \"S1\"\nserial = \"PX-0001\"\naddress = \"{ADDRESS}\"\nsource = \"{TESTER}\"\n\n\
             [actions]\nfactory_reset = [\"true\"]\nonboard = [\"true\"]\n\n{bench}\n"
        );
        fs::write(&file, text).expect("a bench file");
        let out = self.path("run");
        let (folder, file, path) = (text_of(&self.declaration(more)), text_of(&file), text_of(&out));
        let tool = crate::command::program();
        let arguments =
            [tool, "run", &folder, "--bench", &file, "--no-input", "--out", &path, "--only", only];
        let output =
            inside(&self.tester, &arguments).env_remove("HOME").output().expect("the program can be started");
        (output, out)
    }
}

/// A path as an argument.
pub(crate) fn text_of(path: &Path) -> String {
    path.display().to_string()
}
