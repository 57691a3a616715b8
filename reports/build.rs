//! Lists the templates and texts of the documents that `hantei pack` fills: a new document is a new file.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets it"));
    let text = list("TEMPLATES", &root.join("templates/pack"), ".hbs")
        + &list("TEXTS", &root.join("texts/pack"), ".toml");
    fs::write(out.join("pack_files.rs"), text).expect("OUT_DIR can be written");
}

/// `static NAME: &[(&str, &str)]`: name without the ending, and contents.
fn list(name: &str, folder: &Path, ending: &str) -> String {
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{} cannot be read: {error}", folder.display()))
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .collect();
    files.sort();
    let mut text = format!("static {name}: &[(&str, &str)] = &[\n");
    for path in files {
        let Some(stem) = path.file_name().and_then(|name| name.to_str()?.strip_suffix(ending)) else {
            continue;
        };
        writeln!(text, "    ({stem:?}, include_str!({:?})),", path.display().to_string()).expect("a String");
    }
    text + "];\n"
}
