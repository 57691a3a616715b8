//! `hantei list crypto`: the policies, and what each of their catalogues says of a mechanism.

use std::fmt::Write as _;

use harness::testcases::crypto::catalogue::{CryptoCatalogue, Entry};
use harness::testcases::crypto::policy::DEFAULT;
use harness::testcases::crypto::{LeastPairing, Policy};
use serde_json::{Value, json};

/// One row a policy and one an entry of a catalogue; a catalogue that several policies name stands there once.
pub(crate) fn rows() -> Vec<Value> {
    let policies = Policy::all().values().map(of_policy);
    let mut catalogues: Vec<&CryptoCatalogue> = Vec::new();
    for catalogue in Policy::all().values().flat_map(|policy| &policy.catalogues) {
        if !catalogues.iter().any(|known| known.about.id == catalogue.about.id) {
            catalogues.push(catalogue);
        }
    }
    let entries = catalogues.into_iter().flat_map(|catalogue| {
        catalogue.entries.iter().flat_map(move |entry| {
            entry.mechanisms.iter().map(move |mechanism| of_entry(catalogue, entry, mechanism))
        })
    });
    policies.chain(entries).collect()
}

/// The rows as lines.
pub(crate) fn text(rows: &[Value]) -> String {
    let mut out = String::new();
    let string = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    for row in rows {
        let line = if row["policy"].is_string() {
            let mark = if row["default"] == true { "*" } else { " " };
            let pairing = row["bluetooth_le_least"]
                .as_str()
                .map_or_else(|| "not treated, a person decides".to_owned(), str::to_owned);
            writeln!(out, "policy{mark} {:<14} {}", string(&row["policy"]), string(&row["title"]))
                .and_then(|()| writeln!(out, "        {:<14} pairing over Bluetooth LE: {pairing}", ""))
        } else {
            let bits = row["least_bits"].as_u64().map_or_else(String::new, |bits| format!(">={bits}"));
            writeln!(
                out,
                "{:<16} {:<46} {:<7} {:<12} {:<10} {}, {} ({})",
                string(&row["catalogue"]),
                string(&row["mechanism"]),
                bits,
                string(&row["standing"]),
                string(&row["until"]),
                string(&row["source"]),
                string(&row["date"]),
                string(&row["confidence"]),
            )
        };
        line.expect("a String takes any text");
    }
    out
}

fn of_policy(policy: &Policy) -> Value {
    json!({
        "policy": policy.terms.id,
        "default": policy.terms.id == DEFAULT,
        "title": policy.terms.title,
        "date": policy.terms.date,
        "sha256": policy.digest,
        "catalogues": policy.terms.catalogues,
        "needed": policy.terms.needed,
        "enough": policy.terms.enough,
        "least_confidence": policy.terms.least_confidence,
        "good_until": policy.terms.good_until,
        "rules": policy.rules,
        "bluetooth_le": policy.bluetooth_le,
        "bluetooth_le_least": policy.bluetooth_le.as_ref().map(LeastPairing::line),
    })
}

fn of_entry(catalogue: &CryptoCatalogue, entry: &Entry, mechanism: &str) -> Value {
    json!({
        "catalogue": catalogue.about.id,
        "edition": catalogue.about.edition,
        "compared": catalogue.about.compared,
        "mechanism": mechanism,
        "standing": entry.standing,
        "until": entry.until,
        "since": entry.since,
        "least_bits": entry.least_bits,
        "least_iterations": entry.least_iterations,
        "purposes": entry.purposes,
        "source": entry.source,
        "date": entry.date,
        "confidence": entry.confidence,
        "note": entry.note,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_names_its_source_and_a_default_policy_is_marked() {
        let rows = rows();
        assert_eq!(rows.iter().filter(|row| row["default"] == true).count(), 1);
        assert!(rows.iter().all(|row| row["policy"].is_string() || row["source"].is_string()));
        let text = text(&rows);
        assert!(text.contains("policy* consumer-iot"), "{text}");
        assert!(
            text.contains("Bluetooth LE: authenticated, LE Secure Connections, key of 16 octets"),
            "{text}"
        );
        assert!(text.lines().any(|line| line.starts_with("nist") && line.contains("2030-12-31")), "{text}");
    }
}
