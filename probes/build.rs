//! Makes the registries of probes from `src/probe/`, of UDP services from `src/udp/` and of
//! TCP protocols from `src/tcp/`.

#[path = "../build-support/registry.rs"]
mod registry;

use std::path::Path;

fn main() {
    let source = Path::new(&std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("src");
    let files = registry::files(&source.join("probe"));
    let text = format!(
        "/// The probes, one a file.\npub mod probe {{\n{}\n{}}}\n",
        registry::modules(&files),
        registry::list("ALL", "crate::registry::ProbeEntry", "", "PROBE", &files),
    );
    write("probe_modules.rs", &text);

    let files = registry::files(&source.join("udp"));
    let text = format!(
        "/// The services, one a file.\npub mod service {{\n{}\n{}}}\n",
        registry::modules(&files),
        registry::list("ALL", "crate::udp::Service", "", "SERVICE", &files),
    );
    write("udp_modules.rs", &text);

    let files = registry::files(&source.join("tcp"));
    let text = format!(
        "/// The protocols, one a file.\npub mod protocol {{\n{}\n{}}}\n",
        registry::modules(&files),
        registry::list("ALL", "crate::tcp::Protocol", "", "PROTOCOL", &files),
    );
    write("tcp_modules.rs", &text);
}

fn write(name: &str, text: &str) {
    let out = Path::new(&std::env::var("OUT_DIR").expect("cargo sets it")).join(name);
    std::fs::write(out, text).expect("OUT_DIR can be written");
}
