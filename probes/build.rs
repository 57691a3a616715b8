//! Makes the registry of probes from `src/probe/`.

#[path = "../build-support/registry.rs"]
mod registry;

use std::path::Path;

fn main() {
    let folder = Path::new(&std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("src/probe");
    let files = registry::files(&folder);
    let text = format!(
        "/// The probes, one a file.\npub mod probe {{\n{}\n{}}}\n",
        registry::modules(&files),
        registry::list("ALL", "crate::registry::ProbeEntry", "", "PROBE", &files),
    );
    let out = Path::new(&std::env::var("OUT_DIR").expect("cargo sets it")).join("probe_modules.rs");
    std::fs::write(out, text).expect("OUT_DIR can be written");
}
