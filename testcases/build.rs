//! Makes the registry of test groups from `src/tso/<scenario>/`, and lists the data files.

#[path = "../build-support/registry.rs"]
mod registry;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets it"));
    fs::write(out.join("group_modules.rs"), groups(&root.join("src/tso"))).expect("OUT_DIR can be written");
    fs::write(out.join("observing_modules.rs"), observing(&root.join("src/observing")))
        .expect("OUT_DIR can be written");
    fs::write(out.join("check_modules.rs"), checks(&root.join("src/scheme/checks")))
        .expect("OUT_DIR can be written");
    fs::write(out.join("plus_modules.rs"), plus(&root.join("src/plus/cases")))
        .expect("OUT_DIR can be written");
    fs::write(out.join("data_files.rs"), data(&root)).expect("OUT_DIR can be written");
}

/// `pub mod tso { pub mod no_default_passwords { pub mod brute_force; } … pub static GROUPS }`
fn groups(folder: &Path) -> String {
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut scenarios: Vec<PathBuf> = fs::read_dir(folder)
        .expect("src/tso can be read")
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.is_dir())
        .collect();
    scenarios.sort();
    let mut text = String::from("/// Test groups, one file each, by scenario.\npub mod tso {\n");
    let mut list =
        String::from("/// Built from the folder.\npub static GROUPS: &[&crate::judge::Group] = &[\n");
    for scenario in scenarios {
        let name =
            scenario.file_name().and_then(|name| name.to_str()).expect("UTF-8 folder names").to_owned();
        let files = registry::files(&scenario);
        let doc = fs::read_to_string(scenario.join("README")).unwrap_or_else(|_| format!("Scenario {name}."));
        writeln!(text, "#[doc = {doc:?}]\npub mod {name} {{\n{}}}", registry::modules(&files))
            .expect("a String");
        for (file, _) in &files {
            writeln!(list, "    &{name}::{file}::GROUP,").expect("a String");
        }
    }
    text + &list + "];\n}\n"
}

/// `pub mod observing { pub mod tcp_sweep; … pub static ALL }`
fn observing(folder: &Path) -> String {
    let files = registry::files(folder);
    let list = registry::list("ALL", "crate::plan::Observing", "", "OBSERVING", &files);
    let doc = "/// What the probes observe, one file for each.\n";
    format!("{doc}pub mod observing {{\n{}{list}}}\n", registry::modules(&files))
}

/// `pub mod checks { pub mod support_period; … pub static ALL }`
fn checks(folder: &Path) -> String {
    let files = registry::files(folder);
    let list = registry::list("ALL", "crate::scheme::Check", "", "CHECK", &files);
    let doc = "/// What schemes check beyond the verdicts of the standard, one file for each.\n";
    format!("{doc}pub mod checks {{\n{}{list}}}\n", registry::modules(&files))
}

/// `pub mod cases { pub mod cloned_peer; … pub static ALL }`
fn plus(folder: &Path) -> String {
    let files = registry::files(folder);
    let list = registry::list("ALL", "crate::plus::PlusCase", "", "CASE", &files);
    let doc = "/// Cases beyond the standard, one file for each.\n";
    format!("{doc}pub mod cases {{\n{}{list}}}\n", registry::modules(&files))
}

/// `static FILES: &[(&str, &str)]`: path below the crate and contents of every data file.
fn data(root: &Path) -> String {
    let mut text = String::from("static FILES: &[(&str, &str)] = &[\n");
    let mut open = vec![root.join("catalogue"), root.join("texts")];
    let mut files = Vec::new();
    while let Some(folder) = open.pop() {
        println!("cargo::rerun-if-changed={}", folder.display());
        for entry in fs::read_dir(&folder).expect("data folders can be read").flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "toml") {
                files.push(path);
            }
        }
    }
    files.sort();
    for path in files {
        let name = path.strip_prefix(root).expect("below the crate").display().to_string().replace('\\', "/");
        writeln!(text, "    ({name:?}, include_str!({:?})),", path.display().to_string()).expect("a String");
    }
    text + "];\n"
}
