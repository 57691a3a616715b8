//! The worked example of `docs/worked-example.md`: a device made of other people's software, in a world that the bench
//! plays, with a declaration that is true but for what is planted. Each verdict of the page is asserted here.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use crate::bench::{Bench, inside, run_inside};
use crate::command::{assessment, code, hantei, skip, told, units};
use serde_json::Value;

const PROGRAMS: &[&str] =
    &["bash", "curl", "dropbear", "dropbearkey", "lighttpd", "mosquitto_pub", "openssl", "pkill", "setsid"];
const WORLD: &[&str] = &[
    "cloud.amaike.example:443/https",
    "broker.amaike.example:8883/mqtts",
    // Somebody has to answer there, so that what the device says can be heard.
    "stats.tanuki.example:80/http",
];

/// The bench with the device on it; all of it is gone when dropped.
struct Example {
    folder: tempfile::TempDir,
    name: String,
}

impl Example {
    /// Follows the page up to the assessment; gives the bench file.
    fn up() -> (Self, PathBuf) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let example = Self { folder, name: format!("x{}", std::process::id()) };
        let mut arguments = vec!["up"];
        arguments.extend(WORLD.iter().flat_map(|service| ["--world", service]));
        let output = example.bench(&arguments);
        assert_eq!(code(&output), 0, "{}", told(&output));
        let said = String::from_utf8_lossy(&output.stdout);
        let fragment = said.split("In bench.toml\n").nth(1).and_then(|rest| rest.split("\n\nAssess").next());
        let fragment = fragment.unwrap_or_else(|| panic!("no part of a bench file in {said}"));
        let fragment = fragment
            .replace("interface = \"p1\"", "interface = \"p1\"\nidle_seconds = 12\nrepetitions = 3")
            .replace("mac = ", "serial = \"RP2-000731\"\nmac = ");
        let more = fs::read_to_string(here().join("bench-more.toml"))
            .expect("a file")
            .replace("NAME", &example.name)
            .replace("HERE", &here().display().to_string())
            .replace("FOLDER", &example.device_folder().display().to_string());
        let bench = example.folder.path().join("bench.toml");
        fs::write(&bench, format!("{fragment}\n{more}")).expect("a bench file");

        let script = here().join("device.sh").display().to_string();
        let device = example.device_folder().display().to_string();
        let authority = example.runtime().join(format!("bench-{}/authority.pem", example.name));
        let authority = authority.display().to_string();
        let started = run_inside(&format!("{}-d1", example.name), &[&script, "start", &device, &authority]);
        assert!(started.status.success(), "{}", told(&started));
        (example, bench)
    }

    fn runtime(&self) -> PathBuf {
        self.folder.path().join("hantei")
    }

    fn device_folder(&self) -> PathBuf {
        self.folder.path().join("device")
    }

    fn bench(&self, arguments: &[&str]) -> Output {
        let (command, rest) = arguments.split_first().expect("a command");
        let mut command = hantei(&[&["bench", command, "--name", &self.name], rest].concat());
        command.env("XDG_RUNTIME_DIR", self.folder.path()).output().expect("the program can be started")
    }

    fn assess(&self, bench: &Path) -> (Output, PathBuf) {
        let declaration = self.folder.path().join("declaration");
        fs::create_dir_all(&declaration).expect("a folder");
        for file in ["ics.toml", "ixit.toml"] {
            fs::copy(here().join(file), declaration.join(file)).expect("a copy");
        }
        let run = self.folder.path().join("run");
        let [declaration, bench, out] = [&declaration, bench, &run].map(|path| path.display().to_string());
        let program = crate::command::program();
        let arguments = [program, "run", &declaration, "--bench", &bench, "--no-input", "--out", &out];
        let mut command = inside(&format!("{}-tool", self.name), &arguments);
        command.env("XDG_RUNTIME_DIR", self.folder.path()).env_remove("HOME");
        (command.output().expect("the program can be started"), run)
    }
}

impl Drop for Example {
    fn drop(&mut self) {
        self.bench(&["down"]);
    }
}

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/assessments/others/worked_example")
}

/// Items of a unit that a person does not have to look at first, as (item, state, verdict, code).
fn found(assessment: &Value, unit: &str) -> BTreeSet<(String, String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let unit = units(assessment).into_iter().find(|one| one["id"] == unit).expect("a listed unit");
    let items = unit["items"].as_array().expect("items").iter();
    items
        .map(|item| {
            let code = text(&item["reason"]["code"]);
            (text(&item["item"]), text(&item["state"]), text(&item["verdict"]), code)
        })
        .filter(|(.., code)| code != "waits-for-assessor")
        .collect()
}

fn expected(of: &[(&str, &str, &str, &str)]) -> BTreeSet<(String, String, String, String)> {
    let owned = |text: &str| text.to_owned();
    of.iter().map(|(a, b, c, d)| (owned(a), owned(b), owned(c), owned(d))).collect()
}

#[test]
fn a_device_of_other_peoples_software_gets_the_verdicts_of_the_page() {
    const TEST: &str = "a_device_of_other_peoples_software_gets_the_verdicts_of_the_page";
    let _rights = match Bench::new(PROGRAMS) {
        Ok(bench) => bench,
        Err(why) => return skip(TEST, &why),
    };
    let (example, bench) = Example::up();
    let (output, run) = example.assess(&bench);
    assert_eq!(code(&output), 1, "{}", told(&output));
    let seen = assessment(&run);
    let both = |item: &'static str, code: &'static str| {
        ["factory_default", "initialized"].map(|state| (item, state, "PASS", code))
    };

    // What is true of the declaration.
    assert_eq!(found(&seen, "5.6-1-2:b"), expected(&both("-", "only-declared-interfaces-open")));
    for unit in ["5.9-1-2:a", "5.9-2-2:a"] {
        let held = [("ResMech-Network", "initialized", "PASS", "resilient-as-declared")];
        assert_eq!(found(&seen, unit), expected(&held), "{unit}");
    }
    for unit in ["5.9-1-2:b", "5.9-2-2:b"] {
        let held = [("ResMech-Power", "initialized", "PASS", "resilient-as-declared")];
        assert_eq!(found(&seen, unit), expected(&held), "{unit}");
    }

    // What is planted: nothing is checked, and curl goes on with TLS that is older than declared.
    let cryptography = found(&seen, "5.5-1-2:a");
    let cloud = |code| ("ComMech-Cloud", "initialized", "FAIL", code);
    let planted = [cloud("stranger-accepted"), cloud("client-crypto-differs-from-declaration")];
    assert!(cryptography.is_superset(&expected(&planted)), "{cryptography:?}");
    // The other client, on the same device and with the same library, checks whom it talks to.
    assert!(
        !cryptography.iter().any(|(item, _, verdict, _)| item == "ComMech-Broker" && verdict == "FAIL"),
        "{cryptography:?}"
    );

    // Planted: it tries without a pause. The way that is declared the same and told truly passes.
    let back = [
        ("ComMech-Broker", "initialized", "FAIL", "reconnects-without-pause"),
        ("ComMech-Cloud", "initialized", "PASS", "reconnects-as-declared"),
    ];
    assert_eq!(found(&seen, "5.9-3-2:a"), expected(&back));

    // Planted: a destination that nobody declared, and no other.
    let destinations = found(&seen, "5.5-5-2:b");
    let failed: Vec<_> = destinations.iter().filter(|(_, _, verdict, _)| verdict == "FAIL").collect();
    assert_eq!(failed.len(), 1, "{destinations:?}");
    assert_eq!(
        (failed[0].0.as_str(), failed[0].3.as_str()),
        ("stats.tanuki.example:80/tcp", "undeclared-destination")
    );
    // A capture shorter than the catalogue asks for is no evidence of nothing else.
    assert!(destinations.iter().any(|(.., code)| code == "capture-too-short"), "{destinations:?}");

    let down = example.bench(&["down"]);
    assert_eq!(code(&down), 0, "{}", told(&down));
    assert!(!example.runtime().exists(), "something of the bench is left");
}
