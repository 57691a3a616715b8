//! Wi-Fi is protected by the protocol that the scheme asks, or a later one, by the declaration of every row that names
//! one. No probe listens to Wi-Fi; the supplier may state that the product has none.

use serde::Deserialize;

use crate::judge::RestsOn;
use crate::reason::Reason;
use crate::scheme::category::Category;
use crate::scheme::check::{Asked, Check, Checked, read};
use crate::scheme::several::Several;
use crate::verdict::Verdict;
use ixit::{Blame, Row};
use probes::EvidenceRef;

/// The check.
pub static CHECK: Check =
    Check { name: "wifi-at-least", reads: |with| read::<Parameters>(with).and_then(known), judge };

/// Protocols, oldest first.
const PROTOCOLS: &[&str] = &["WEP", "WPA", "WPA2", "WPA3"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {
    /// Least protocol, e.g. `WPA2`.
    protocol: String,
    /// Key under which the supplier states, with a reason, that the product has no Wi-Fi.
    none_stated: String,
    #[serde(default)]
    only_for: Option<Category>,
}

fn known(parameters: Parameters) -> Result<(), String> {
    rank(&parameters.protocol).map(|_| ()).ok_or_else(|| format!("no such protocol: {}", parameters.protocol))
}

/// `WPA3-SAE` and `WPA2-PSK` count as their protocol.
fn rank(protocol: &str) -> Option<usize> {
    let upper = protocol.trim().to_uppercase();
    let family = upper.split(['-', ' ', '/']).next()?;
    PROTOCOLS.iter().position(|known| *known == family)
}

fn judge(asked: &Asked<'_>) -> Checked {
    let parameters: Parameters = asked.parameters();
    if let Some(refused) = parameters.only_for.as_ref().and_then(|category| category.refuses(asked)) {
        return refused;
    }
    let mut found = Several::default();
    for table in ["com_mech", "auth_mech"] {
        for row in asked.facts.declaration.ixit.rows(table).iter().filter(|row| !row.observed_only) {
            of_row(asked, &parameters, table, row, &mut found);
        }
    }
    if !found.is_empty() {
        let reason = Reason::new("scheme-wifi-new-enough").with("least", &parameters.protocol);
        return found.checked(RestsOn::Declared, reason);
    }
    let key = &parameters.none_stated;
    let place = format!("declaration:submission.toml#{}.{key}", asked.scheme.name);
    if asked.facts.declaration.submission.stated(&asked.scheme.name, key).is_some() {
        let reason = Reason::new("scheme-no-wifi").with("key", key);
        return Checked::new(Verdict::NotApplicable, RestsOn::Declared, reason).evidence(place, "");
    }
    let reason = Reason::new("scheme-wifi-not-told")
        .with("least", &parameters.protocol)
        .with("key", key)
        .with("scheme", &asked.scheme.name)
        .expected_by(place);
    Checked::new(Verdict::Inconclusive, RestsOn::Declared, reason).blame(Blame::Documentation)
}

fn of_row(asked: &Asked<'_>, parameters: &Parameters, table: &str, row: &Row, found: &mut Several) {
    let least = rank(&parameters.protocol);
    let reference = row.reference(table, "crypto");
    for protocol in row.companions.crypto.iter().filter_map(|crypto| crypto.value.protocol.as_deref()) {
        let Some(rank) = rank(protocol) else { continue };
        if Some(rank) >= least {
            let evidence = EvidenceRef { reference: reference.clone(), at: String::new() };
            found.passes(format!("{}: {protocol}", row.id), [evidence]);
            continue;
        }
        let reason = Reason::new("scheme-wifi-older")
            .with("row", &row.id)
            .with("found", protocol)
            .with("least", &parameters.protocol)
            .expected_by(format!("scheme:{}#{}", asked.scheme.name, asked.requirement.id));
        let checked = Checked::new(Verdict::Fail, RestsOn::Declared, reason);
        found.adds(checked.blame(Blame::DeviceOrDocumentation).evidence(&reference, ""));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::test_asked::judged;
    use crate::test_facts::TestFacts;

    const WITH: &str = "protocol = \"WPA2\"\nnone_stated = \"no_wifi\"\n";

    fn of(protocol: &str, stated: &str) -> (Verdict, String) {
        let ixit = format!("[[com_mech]]\nid = \"Radio\"\ncrypto = [{{ protocol = \"{protocol}\" }}]\n");
        let checked = judged(&CHECK, &TestFacts::submitted(&ixit, stated), WITH);
        (checked.verdict, checked.reason.code)
    }

    #[test]
    fn the_protocol_of_a_row_decides() {
        assert_eq!(of("WPA3-SAE", ""), (Verdict::Pass, "scheme-wifi-new-enough".to_owned()));
        assert_eq!(of("WPA2-PSK", ""), (Verdict::Pass, "scheme-wifi-new-enough".to_owned()));
        assert_eq!(of("WPA-TKIP", ""), (Verdict::Fail, "scheme-wifi-older".to_owned()));
        assert_eq!(of("WEP", ""), (Verdict::Fail, "scheme-wifi-older".to_owned()));
    }

    #[test]
    fn a_product_without_wifi_says_so() {
        let stated = "[made]\nno_wifi = \"Ethernet alone\"\n";
        assert_eq!(of("TLS", stated), (Verdict::NotApplicable, "scheme-no-wifi".to_owned()));
        assert_eq!(of("TLS", ""), (Verdict::Inconclusive, "scheme-wifi-not-told".to_owned()));
    }
}
