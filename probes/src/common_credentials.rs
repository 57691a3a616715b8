//! Credentials that are tried because devices of every maker were found with them, and those that follow from
//! what stands on a label: model, serial number, hardware address.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// What stands on the device and may have become its password.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LabelFacts {
    /// Model designation.
    pub model: Option<String>,
    /// Serial number.
    pub serial: Option<String>,
    /// Hardware address.
    pub mac: Option<String>,
}

/// Well-known pairs that come before those that follow from the label.
const BEFORE_DERIVED: usize = 5;

#[derive(Deserialize)]
struct List {
    pair: Vec<Pair>,
}

#[derive(Deserialize)]
struct Pair {
    user: String,
    password: String,
    #[serde(default)]
    kinds: Vec<String>,
}

static LIST: LazyLock<List> = LazyLock::new(|| {
    toml::from_str(include_str!("../data/common_credentials.toml")).expect("a test reads the list")
});

/// Pairs of user name and password to try at a login of this kind, in order, none twice. `account` is the user
/// name of the lab's own credential, if there is one.
pub fn pairs(kind: &str, account: Option<&str>, label: &LabelFacts) -> Vec<(String, String)> {
    // A community has no user, a key no account: only the pairs made for them are of use.
    let named_only = matches!(kind, "snmp-community" | "coap-psk");
    let known = LIST.pair.iter().filter(|pair| match pair.kinds.as_slice() {
        [] => !named_only,
        kinds => kinds.iter().any(|one| one == kind),
    });
    let mut known = known.filter_map(|pair| match (pair.user.as_str(), account) {
        ("*", None) => None,
        ("*", Some(account)) => Some((account.to_owned(), pair.password.clone())),
        (user, _) => Some((user.to_owned(), pair.password.clone())),
    });
    let mut all: Vec<(String, String)> = known.by_ref().take(BEFORE_DERIVED).collect();
    let user = if kind == "snmp-community" { "" } else { account.unwrap_or("admin") };
    if kind != "coap-psk" {
        all.extend(derived(label).into_iter().map(|password| (user.to_owned(), password)));
    }
    all.extend(known);
    let mut once = Vec::new();
    for pair in all {
        if !once.contains(&pair) {
            once.push(pair);
        }
    }
    once
}

/// Passwords that follow from the label.
fn derived(label: &LabelFacts) -> Vec<String> {
    let plain = |text: &Option<String>| -> Option<String> {
        let text: String = text.as_deref()?.chars().filter(char::is_ascii_alphanumeric).collect();
        (text.len() >= 4).then_some(text)
    };
    let tail = |text: &str, length: usize| text[text.len().saturating_sub(length)..].to_owned();
    let mut derived = Vec::new();
    if let Some(mac) = plain(&label.mac) {
        derived.push(tail(&mac, 6).to_uppercase());
        derived.push(tail(&mac, 6).to_lowercase());
    }
    if let Some(serial) = &label.serial {
        derived.push(serial.clone());
        derived.extend(plain(&label.serial).map(|serial| tail(&serial, 6)));
    }
    derived.extend(label.model.as_deref().map(str::to_lowercase).filter(|model| !model.is_empty()));
    derived.dedup();
    derived
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(pairs: &[(String, String)], user: &str, password: &str) -> bool {
        pairs.iter().any(|(name, word)| name == user && word == password)
    }

    #[test]
    fn every_kind_has_pairs_of_its_own_and_none_twice() {
        for kind in [
            "basic",
            "digest",
            "form",
            "bearer",
            "ssh",
            "telnet",
            "ftp",
            "rtsp",
            "mqtt",
            "coap-psk",
            "snmp-community",
        ] {
            let pairs = pairs(kind, Some("owner"), &LabelFacts::default());
            assert!(pairs.len() >= 3, "{kind}");
            for (n, pair) in pairs.iter().enumerate() {
                assert!(!pairs[..n].contains(pair), "{kind}: {pair:?} twice");
            }
        }
        assert!(has(&pairs("snmp-community", None, &LabelFacts::default()), "", "public"));
        assert!(!has(&pairs("snmp-community", None, &LabelFacts::default()), "admin", "admin"));
        assert!(!has(&pairs("form", None, &LabelFacts::default()), "anonymous", "anonymous@example.org"));
    }

    #[test]
    fn what_stands_on_the_label_comes_early() {
        let label = LabelFacts {
            model: Some("HX-9".into()),
            serial: Some("HX9-26-004711".into()),
            mac: Some("02:00:5e:1a:2b:3c".into()),
        };
        let first = &pairs("form", Some("owner"), &label)[..10];
        for password in ["1A2B3C", "1a2b3c", "HX9-26-004711", "004711", "hx-9"] {
            assert!(has(first, "owner", password), "{password} in {first:?}");
        }
        assert!(has(&pairs("form", None, &label), "admin", "004711"));
        assert!(has(&pairs("form", Some("owner"), &label), "owner", "123456"));
    }
}
