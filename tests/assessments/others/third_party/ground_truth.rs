//! What OpenSSL says of a TLS port: the truth that the tool's observations are held against.

use std::collections::BTreeSet;
use std::path::Path;

use crate::bench::run_inside;

/// TLS versions, and the switch that makes OpenSSL offer this one alone.
pub(crate) const VERSIONS: &[(&str, &str)] =
    &[("1.0", "-tls1"), ("1.1", "-tls1_1"), ("1.2", "-tls1_2"), ("1.3", "-tls1_3")];

/// Versions that OpenSSL can agree on with a port.
pub(crate) fn versions(namespace: &str, to: &str) -> BTreeSet<String> {
    let offered = |switch: &str| shakes_hands(namespace, to, &[switch, "-cipher", "ALL:@SECLEVEL=0"]);
    VERSIONS.iter().filter(|(_, switch)| offered(switch)).map(|(version, _)| (*version).to_owned()).collect()
}

/// Suites by IANA name that OpenSSL can agree on with a port, of all it knows for this version.
pub(crate) fn suites(namespace: &str, to: &str, switch: &str) -> BTreeSet<String> {
    let known = run_inside(
        namespace,
        &["openssl", "ciphers", "-s", "-stdname", switch, "ALL:COMPLEMENTOFALL:@SECLEVEL=0"],
    );
    assert!(known.status.success(), "{}", String::from_utf8_lossy(&known.stderr));
    let mut agreed = BTreeSet::new();
    for line in String::from_utf8_lossy(&known.stdout).lines() {
        let mut words = line.split_whitespace();
        let (Some(standard), Some("-"), Some(name)) = (words.next(), words.next(), words.next()) else {
            continue;
        };
        // TLS 1.3 has a list of its own and no security levels.
        let lowered = format!("{name}:@SECLEVEL=0");
        let offer =
            if switch == "-tls1_3" { [switch, "-ciphersuites", name] } else { [switch, "-cipher", &lowered] };
        if shakes_hands(namespace, to, &offer) {
            agreed.insert(standard.to_owned());
        }
    }
    agreed
}

/// A field of a certificate as `openssl x509` prints it, white space at the ends cut off.
pub(crate) fn certificate(namespace: &str, file: &Path, switches: &[&str]) -> String {
    let path = file.display().to_string();
    let output = run_inside(namespace, &[&["openssl", "x509", "-noout", "-in", &path], switches].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

fn shakes_hands(namespace: &str, to: &str, switches: &[&str]) -> bool {
    let output = run_inside(namespace, &[&["openssl", "s_client", "-connect", to], switches].concat());
    let told = String::from_utf8_lossy(&output.stdout);
    told.contains("Cipher is ") && !told.contains("Cipher is (NONE)")
}
