//! Makes the registry of faults from `src/faults/`.

#[path = "../build-support/registry.rs"]
mod registry;

use std::path::Path;

fn main() {
    let folder = Path::new(&std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("src/faults");
    let files = registry::files(&folder);
    let text = format!(
        "/// The faults, one a file.\npub mod faults {{\n{}\n{}}}\n",
        registry::modules(&files),
        registry::list("ALL", "crate::fault::Fault", "", "FAULT", &files),
    );
    let out = Path::new(&std::env::var("OUT_DIR").expect("cargo sets it")).join("fault_modules.rs");
    std::fs::write(out, text).expect("OUT_DIR can be written");
}
