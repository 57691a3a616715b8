//! Makes the registry of faults from `src/faults/`, and puts the files of the reference declaration into the program.

#[path = "../build-support/registry.rs"]
mod registry;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() {
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let out = PathBuf::from(std::env::var("OUT_DIR").expect("cargo sets it"));

    let files = registry::files(&root.join("src/faults"));
    let text = format!(
        "/// The faults, one a file.\npub mod faults {{\n{}\n{}}}\n",
        registry::modules(&files),
        registry::list("ALL", "crate::fault::Fault", "", "FAULT", &files),
    );
    std::fs::write(out.join("fault_modules.rs"), text).expect("OUT_DIR can be written");

    let reference = root.join("devices/water-heater");
    let mut files = Vec::new();
    collect(&reference, &reference, &mut files);
    files.sort();
    let mut text = String::from(
        "/// Files of the reference declaration, by name.\nstatic REFERENCE: &[(&str, &[u8])] = &[\n",
    );
    for (name, path) in files {
        writeln!(text, "    ({name:?}, include_bytes!({path:?})),").expect("a String takes any text");
    }
    text.push_str("];\n");
    std::fs::write(out.join("reference_files.rs"), text).expect("OUT_DIR can be written");
}

/// Every file below `folder`, as (name below `root` with `/`, path).
fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, String)>) {
    println!("cargo::rerun-if-changed={}", folder.display());
    let entries = std::fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{} cannot be read: {error}", folder.display()));
    for path in entries.filter_map(|entry| entry.ok().map(|entry| entry.path())) {
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            let below = path.strip_prefix(root).expect("the walk started at the root");
            let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
            files.push((parts.join("/"), path.display().to_string()));
        }
    }
}
