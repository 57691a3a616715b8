//! What a path inside an image says of a file.

/// Words of folders and files that hold samples, tests and documents.
const SAMPLES: &[&str] = &[
    "test",
    "tests",
    "testing",
    "testdata",
    "testcert",
    "testcerts",
    "example",
    "examples",
    "sample",
    "samples",
    "demo",
    "demos",
    "snakeoil",
    "dummy",
    "doc",
    "docs",
    "fixture",
    "fixtures",
    "template",
    "templates",
    "man",
];
/// Folders that hold settings and data in use.
const IN_USE: &[&str] = &[
    "/etc/",
    "/etc_ro/",
    "/root/",
    "/home/",
    "/opt/",
    "/srv/",
    "/data/",
    "/config/",
    "/conf/",
    "/var/",
    "/mnt/",
    "/jffs/",
    "/overlay/",
    "/rom/etc/",
    "/usr/local/etc/",
    "/usr/etc/",
    "/persist/",
    "/factory/",
];

/// Whether a file is a sample, a test or a document.
pub(super) fn is_sample(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    path.split(['/', '.', '-', '_', ' ']).any(|word| SAMPLES.contains(&word))
}

/// Whether a file is one that the device uses as it is: settings, data, keys of hosts.
pub(super) fn is_in_use(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    let name = path.rsplit('/').next().unwrap_or_default();
    let host_key = name.ends_with("_host_key")
        || (name.starts_with("ssh_host_") && name.ends_with("_key"))
        || matches!(name, "id_rsa" | "id_dsa" | "id_ecdsa" | "id_ed25519");
    !is_sample(&path) && (host_key || IN_USE.iter().any(|folder| path.starts_with(folder)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_in_use_and_samples_are_not() {
        for path in [
            "/etc/ssl/private/server.key",
            "/usr/lib/dropbear/dropbear_rsa_host_key",
            "/home/service/.ssh/id_rsa",
        ] {
            assert!(is_in_use(path), "{path}");
        }
        for path in [
            "/etc/ssl/private/ssl-cert-snakeoil.key",
            "/usr/lib/libssl.so.3",
            "/opt/app/tests/server.pem",
            "/usr/share/doc/stunnel/key.pem",
            "/etc/example-key.pem",
        ] {
            assert!(!is_in_use(path), "{path}");
        }
    }
}
