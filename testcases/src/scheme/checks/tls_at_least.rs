//! TLS of the version that the scheme asks, or a later one: at every port that the device serves with TLS, and towards
//! every peer that it calls. What was seen decides; a version that is only declared is held against the device too.

use serde::Deserialize;

use crate::cryptography_seen::peers;
use crate::facts::{Facts, Recorded};
use crate::judge::RestsOn;
use crate::reason::Reason;
use crate::scheme::category::Category;
use crate::scheme::check::{Asked, Check, Checked, read};
use crate::scheme::several::Several;
use crate::tls_comparison::DeclaredTls;
use crate::verdict::Verdict;
use ixit::companion::{Role, Transport};
use ixit::{Blame, Row};
use probes::EvidenceRef;
use probes::probe::tls_client::ClientFacts;
use probes::probe::tls_server::TlsFacts;
use probes::world::ending::Ending;
use probes::world::played_peer::PlayedPeer;

/// The check.
pub static CHECK: Check =
    Check { name: "tls-at-least", reads: |with| read::<Parameters>(with).and_then(known), judge };

/// Versions, oldest first.
const VERSIONS: &[&str] = &["SSLv2", "SSLv3", "1.0", "1.1", "1.2", "1.3"];

/// Tables whose rows speak of TLS.
const TABLES: &[&str] = &["auth_mech", "com_mech", "upd_mech"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {
    /// Least version, e.g. `1.2`.
    version: String,
    /// Tables of the IXIT whose rows are looked at; empty: all that speak of TLS, and every port that was seen.
    #[serde(default)]
    tables: Vec<String>,
    #[serde(default)]
    only_for: Option<Category>,
}

fn known(parameters: Parameters) -> Result<(), String> {
    let foreign = parameters.tables.iter().find(|table| !TABLES.contains(&table.as_str()));
    match (rank(&parameters.version), foreign) {
        (None, _) => Err(format!("no version of TLS: {}", parameters.version)),
        (_, Some(table)) => Err(format!("no table that speaks of TLS: {table}")),
        (Some(_), None) => Ok(()),
    }
}

fn rank(version: &str) -> Option<usize> {
    VERSIONS.iter().position(|known| known.eq_ignore_ascii_case(version.trim()))
}

fn judge(asked: &Asked<'_>) -> Checked {
    let parameters: Parameters = asked.parameters();
    if let Some(refused) = parameters.only_for.as_ref().and_then(|category| category.refuses(asked)) {
        return refused;
    }
    let mut look = Look {
        asked,
        facts: asked.facts,
        least: &parameters.version,
        rank: rank(&parameters.version).unwrap_or(0),
        found: Several::default(),
    };
    let tables = TABLES.iter().filter(|table| {
        parameters.tables.is_empty() || parameters.tables.iter().any(|named| named == *table)
    });
    let mut ports: Vec<u16> = Vec::new();
    for table in tables {
        for row in asked.facts.declaration.ixit.rows(table).iter().filter(|row| !row.observed_only) {
            ports.extend(look.row(table, row));
        }
    }
    ports.sort_unstable();
    ports.dedup();
    for port in &ports {
        look.declared_port(*port);
    }
    if parameters.tables.is_empty() {
        look.other_ports(&ports);
    }
    if look.found.is_empty() {
        let reason = Reason::new("scheme-tls-none-declared").with("least", &parameters.version);
        return Checked::new(Verdict::Inconclusive, RestsOn::Declared, reason).blame(Blame::Documentation);
    }
    look.found
        .checked(RestsOn::Observed, Reason::new("scheme-tls-new-enough").with("least", &parameters.version))
}

struct Look<'l, 'a> {
    asked: &'l Asked<'a>,
    facts: &'l Facts<'a>,
    least: &'l str,
    rank: usize,
    found: Several,
}

impl Look<'_, '_> {
    fn is_older(&self, version: &str) -> bool {
        rank(version).is_some_and(|rank| rank < self.rank)
    }

    /// Judges what a row declares and what its peers saw; gives the ports that it serves.
    fn row(&mut self, table: &str, row: &Row) -> Vec<u16> {
        let Some(declared) = DeclaredTls::of(row) else { return Vec::new() };
        let older: Vec<String> =
            declared.versions.iter().filter(|version| self.is_older(version)).cloned().collect();
        if !older.is_empty() {
            let reference = EvidenceRef { reference: row.reference(table, "crypto"), at: String::new() };
            self.older(&row.id, &older.join(", "), reference, RestsOn::Declared);
        }
        for (host, port) in peers(row) {
            self.peer(host, port);
        }
        if row.companions.role.as_ref().is_some_and(|role| role.value == Role::Client) {
            return Vec::new();
        }
        let endpoints = row.companions.endpoint.iter().map(|endpoint| &endpoint.value);
        endpoints
            .filter(|endpoint| endpoint.transport == Transport::Tcp && endpoint.host.is_none())
            .map(|endpoint| endpoint.port)
            .collect()
    }

    /// A peer that the device calls: what it offers there, and what it goes on with.
    fn peer(&mut self, host: &str, port: u16) {
        let place = format!("{host}:{port}");
        let all = self.facts.results::<ClientFacts>("tls-client").into_iter();
        let seen: Vec<_> = all.filter(|(_, seen)| seen.host == host && seen.port == port).collect();
        if seen.is_empty() {
            return self.open("scheme-tls-not-seen", &place, "-");
        }
        for (recorded, seen) in seen {
            let offered =
                seen.relay.iter().flat_map(|relay| relay.versions.iter().chain(&relay.chosen_version));
            let offered: Vec<String> = offered.cloned().collect();
            let mut older: Vec<String> =
                offered.iter().filter(|version| self.is_older(version)).cloned().collect();
            let taken = seen.trials.iter().filter(|trial| trial.ending == Ending::WentOn);
            older.extend(
                taken.filter_map(|trial| played(trial.peer)).filter(|version| self.is_older(version)),
            );
            if !older.is_empty() {
                older.dedup();
                self.older(&place, &older.join(", "), recorded.at(&place), RestsOn::Observed);
            } else if recorded.complete() && !offered.is_empty() {
                self.found.passes(format!("{place}: TLS {}", offered.join(", ")), [recorded.at(&place)]);
            } else {
                self.open("scheme-tls-not-settled", &place, &trouble(recorded));
            }
        }
    }

    /// A port that serves TLS by declaration.
    fn declared_port(&mut self, port: u16) {
        let place = format!("tcp/{port}");
        let all = self.facts.results::<TlsFacts>("tls-server").into_iter();
        let seen: Vec<_> = all.filter(|(_, seen)| seen.port == port).collect();
        if seen.is_empty() {
            self.open("scheme-tls-not-seen", &place, "-");
        }
        for (recorded, seen) in seen {
            self.served(recorded, &seen, &place);
        }
    }

    /// Other ports at which TLS was found.
    fn other_ports(&mut self, declared: &[u16]) {
        for (recorded, seen) in self.facts.results::<TlsFacts>("tls-server") {
            if seen.speaks_tls && !declared.contains(&seen.port) {
                self.served(recorded, &seen, &format!("tcp/{}", seen.port));
            }
        }
    }

    fn served(&mut self, recorded: &Recorded, seen: &TlsFacts, place: &str) {
        let all = || seen.ssl.iter().chain(&seen.versions);
        let older: Vec<&str> = all()
            .filter(|version| version.offered == Some(true) && self.is_older(&version.version))
            .map(|version| version.version.as_str())
            .collect();
        if !older.is_empty() {
            return self.older(place, &older.join(", "), recorded.at(place), RestsOn::Observed);
        }
        let unclear: Vec<&str> = all()
            .filter(|version| version.offered.is_none() && self.is_older(&version.version))
            .map(|version| version.version.as_str())
            .collect();
        let offered: Vec<&str> = all()
            .filter(|version| version.offered == Some(true))
            .map(|version| version.version.as_str())
            .collect();
        // Without a version that is taken, the refusal of older ones says nothing.
        if !recorded.complete() || !unclear.is_empty() || offered.is_empty() {
            let why = if unclear.is_empty() { trouble(recorded) } else { unclear.join(", ") };
            return self.open("scheme-tls-not-settled", place, &why);
        }
        self.found.passes(format!("{place}: TLS {}", offered.join(", ")), [recorded.at(place)]);
    }

    fn older(&mut self, place: &str, found: &str, evidence: EvidenceRef, rests_on: RestsOn) {
        let reason = Reason::new("scheme-tls-older")
            .with("place", place)
            .with("found", found)
            .with("least", self.least)
            .expected_by(format!("scheme:{}#{}", self.asked.scheme.name, self.asked.requirement.id));
        let mut checked = Checked::new(Verdict::Fail, rests_on, reason).blame(Blame::Device);
        checked.evidence.push(evidence);
        self.found.adds(checked);
    }

    fn open(&mut self, code: &str, place: &str, why: &str) {
        let reason = Reason::new(code).with("place", place).with("least", self.least).with("why", why);
        self.found.adds(Checked::new(Verdict::Inconclusive, RestsOn::Observed, reason).blame(Blame::Lab));
    }
}

fn played(peer: PlayedPeer) -> Option<String> {
    match peer {
        PlayedPeer::Tls11 => Some("1.1".to_owned()),
        PlayedPeer::Tls10 => Some("1.0".to_owned()),
        _ => None,
    }
}

fn trouble(recorded: &Recorded) -> String {
    recorded.observation.trouble.clone().unwrap_or_else(|| "-".to_owned())
}

#[cfg(test)]
mod tests {
    use probes::Outcome;
    use probes::probe::tls_server::VersionFacts;

    use super::*;
    use crate::scheme::test_asked::judged;
    use crate::test_facts::{Seen, TestFacts};

    const WITH: &str = "version = \"1.2\"\n";
    const SERVED: &str = "[[com_mech]]\nid = \"Web\"\ncrypto = [{ protocol = \"TLS\", versions = [\"1.2\", \"1.3\"] }]\n\
        endpoint = [{ transport = \"tcp\", port = 8443, application = \"https\" }]\n";

    fn offer(port: u16, offered: &[(&str, Option<bool>)]) -> Seen {
        let version = |(version, offered): &(&str, Option<bool>)| VersionFacts {
            version: (*version).to_owned(),
            offered: *offered,
            ..VersionFacts::default()
        };
        let versions = offered.iter().map(version).collect();
        Seen::by("tls-server", TlsFacts { port, speaks_tls: true, versions, ..TlsFacts::default() })
    }

    fn of(facts: &TestFacts) -> (Verdict, String) {
        let checked = judged(&CHECK, facts, WITH);
        assert!(checked.verdict == Verdict::Inconclusive || !checked.evidence.is_empty());
        (checked.verdict, checked.reason.code)
    }

    const NEW: &[(&str, Option<bool>)] =
        &[("1.0", Some(false)), ("1.1", Some(false)), ("1.2", Some(true)), ("1.3", Some(true))];
    const OLD: &[(&str, Option<bool>)] =
        &[("1.0", Some(false)), ("1.1", Some(true)), ("1.2", Some(true)), ("1.3", Some(true))];
    const UNCLEAR: &[(&str, Option<bool>)] = &[("1.0", None), ("1.1", Some(false)), ("1.2", Some(true))];

    #[test]
    fn an_older_version_fails_and_newer_ones_pass() {
        let new = TestFacts::declared(SERVED).observed(offer(8443, NEW));
        assert_eq!(of(&new), (Verdict::Pass, "scheme-tls-new-enough".to_owned()));
        let old = TestFacts::declared(SERVED).observed(offer(8443, OLD));
        assert_eq!(of(&old), (Verdict::Fail, "scheme-tls-older".to_owned()));
    }

    #[test]
    fn an_older_version_at_a_port_that_nobody_declared_fails_too() {
        let both = TestFacts::declared(SERVED).observed(offer(8443, NEW)).observed(offer(9443, OLD));
        assert_eq!(of(&both), (Verdict::Fail, "scheme-tls-older".to_owned()));
    }

    #[test]
    fn what_is_declared_older_fails_without_a_look() {
        let declared = TestFacts::declared(&SERVED.replace("\"1.2\", ", "\"1.1\", \"1.2\", "));
        assert_eq!(of(&declared), (Verdict::Fail, "scheme-tls-older".to_owned()));
    }

    #[test]
    fn what_nobody_saw_passes_nothing() {
        assert_eq!(
            of(&TestFacts::declared(SERVED)),
            (Verdict::Inconclusive, "scheme-tls-not-seen".to_owned())
        );
        assert_eq!(
            of(&TestFacts::declared("")),
            (Verdict::Inconclusive, "scheme-tls-none-declared".to_owned())
        );
        let unclear = TestFacts::declared(SERVED).observed(offer(8443, UNCLEAR));
        assert_eq!(of(&unclear), (Verdict::Inconclusive, "scheme-tls-not-settled".to_owned()));
        let cut = offer(8443, NEW).ended(Outcome::Partial, "the link went down");
        let cut = TestFacts::declared(SERVED).observed(cut);
        assert_eq!(of(&cut), (Verdict::Inconclusive, "scheme-tls-not-settled".to_owned()));
    }

    #[test]
    fn a_version_that_does_not_exist_is_refused() {
        let with: toml::Table = toml::from_str("version = \"2.0\"").expect("TOML");
        assert!((CHECK.reads)(&with).is_err());
    }
}
