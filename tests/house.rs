//! The house stands as DESIGN 6 draws it: which crate may use which, and one crypto provider.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Crate and the crates of this workspace that it may use.
const ARROWS: &[(&str, &[&str])] = &[
    ("hantei", &["harness", "reports", "lab"]),
    ("harness", &["testcases", "probes", "ixit"]),
    ("reports", &["testcases", "probes", "ixit"]),
    ("testcases", &["probes", "ixit"]),
    ("lab", &["ixit"]),
    ("probes", &[]),
    ("ixit", &[]),
];

fn metadata() -> Value {
    #[expect(clippy::disallowed_methods, reason = "asks cargo about the workspace, no device involved")]
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline", "--no-deps"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs: it started this test");
    serde_json::from_slice(&output.stdout).expect("cargo metadata is JSON")
}

#[test]
fn crates_use_only_what_the_design_allows() {
    let allowed: BTreeMap<&str, &[&str]> = ARROWS.iter().copied().collect();
    let metadata = metadata();
    let packages = metadata["packages"].as_array().expect("packages");
    assert_eq!(packages.len(), ARROWS.len(), "a crate was added or removed without an arrow in this test");
    for package in packages {
        let name = package["name"].as_str().expect("name");
        let arrows = allowed.get(name).unwrap_or_else(|| panic!("{name} has no place in the house"));
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            let other = dependency["name"].as_str().expect("name");
            // Dev-dependencies count too: a test that needs another crate belongs into the root tests.
            if allowed.contains_key(other) {
                assert!(arrows.contains(&other), "{name} uses {other}, which the design does not allow");
            }
        }
    }
}

#[test]
fn the_only_crypto_provider_is_ring() {
    let lock = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock"))
        .expect("Cargo.lock");
    for unwanted in ["aws-lc-sys", "aws-lc-rs", "openssl-sys"] {
        assert!(!lock.contains(&format!("name = \"{unwanted}\"")), "{unwanted} is in Cargo.lock");
    }
    for source in lock.lines().filter_map(|line| line.strip_prefix("source = ")) {
        assert_eq!(source, "\"registry+https://github.com/rust-lang/crates.io-index\"");
    }
}

#[test]
fn the_default_build_brings_no_bluetooth_of_an_operating_system() {
    #[expect(clippy::disallowed_methods, reason = "asks cargo about the workspace, no device involved")]
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--locked", "--package", "hantei", "--edges", "normal,build"])
        .args(["--prefix", "none", "--format", "{p}"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs: it started this test");
    let tree = String::from_utf8(output.stdout).expect("names of crates");
    let brings = |name: &str| tree.lines().any(|line| line.split(' ').next() == Some(name));
    assert!(brings("nusb"), "no tree: {}", String::from_utf8_lossy(&output.stderr));
    for unwanted in ["btleplug", "bluez-async", "dbus", "libdbus-sys", "zbus"] {
        assert!(!brings(unwanted), "{unwanted} is in the default build");
    }
}

/// Folders below `tests/` of which one program is made, with the folders of modules inside.
const GATHERED: &[&str] =
    &["tests/assessments", "harness/tests/runs", "lab/tests/instances", "probes/tests/devices"];

#[test]
fn every_gathered_test_file_is_named_by_the_program_that_gathers_it() {
    for folder in GATHERED {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let main = std::fs::read_to_string(folder.join("main.rs")).expect("a program of tests");
        let inside = ["", "others", "reference"].map(|inside| folder.join(inside));
        for entry in inside.iter().filter_map(|inside| inside.read_dir().ok()).flatten() {
            let path = entry.expect("an entry").path();
            let name = path.file_stem().and_then(|name| name.to_str()).expect("a name").to_owned();
            if path.extension().is_some_and(|end| end == "rs") && name != "main" {
                assert!(main.contains(&format!("mod {name};")), "no test of {} runs", path.display());
            }
        }
    }
}
