// Shared by the build scripts: makes the modules and the list of a registry from a folder, so that
// adding a file is all it takes and two people adding two files never meet in one line.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// Source files below `folder` (not its `mod.rs`), sorted, as (module name, path).
pub(crate) fn files(folder: &Path) -> Vec<(String, PathBuf)> {
    let mut found: Vec<(String, PathBuf)> = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{} cannot be read: {error}", folder.display()))
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .filter_map(|path| Some((path.file_stem()?.to_str()?.to_owned(), path.clone())))
        .filter(|(name, _)| name != "mod" && name != "lib")
        .collect();
    found.sort();
    println!("cargo::rerun-if-changed={}", folder.display());
    found
}

/// `pub mod name;` for every file, with the doc comment of the file itself.
pub(crate) fn modules(files: &[(String, PathBuf)]) -> String {
    let mut text = String::new();
    for (name, path) in files {
        writeln!(text, "#[path = {:?}] pub mod {name};", path.display().to_string())
            .expect("a String takes any text");
    }
    text
}

#[allow(dead_code, reason = "shared: a registry of folders makes its own list")]
/// `pub static NAME: &[&TYPE] = &[&a::ITEM, …];`
pub(crate) fn list(name: &str, kind: &str, module: &str, item: &str, files: &[(String, PathBuf)]) -> String {
    let mut text = format!("/// Built from the folder.\npub static {name}: &[&{kind}] = &[\n");
    for (file, _) in files {
        writeln!(text, "    &{module}{file}::{item},").expect("a String takes any text");
    }
    text.push_str("];\n");
    text
}
