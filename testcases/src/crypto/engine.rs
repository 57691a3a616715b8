//! One engine for declared cryptography and for handshakes that were seen: entry by entry, what the policy makes of it.

use ixit::companion::Crypto;
use jiff::civil::Date;
use probes::probe::tls_server::TlsFacts;

use super::catalogue::{Entry, Query, Standing};
use super::judgement::{Basis, Days, Judged, Judgement, rank};
use super::policy::{GoodUntil, Needed, Policy, Treat};
use super::vocabulary::Mechanism;
use super::{broken_primitive, broken_suite, broken_version, key_in, weak_key};

/// Judges the entries of a declared use. `serves` is whether the device shows a certificate in it.
pub fn declared(policy: &Policy, days: Days, crypto: &Crypto, serves: bool) -> Vec<Judged> {
    let look = Look { policy, days, purpose: crypto.purpose.as_deref() };
    let mut found = Vec::new();
    let mut needs_suites = false;
    if let Some(protocol) = &crypto.protocol {
        let names: Vec<String> = match crypto.versions.as_slice() {
            [] => vec![protocol.trim().to_owned()],
            versions => versions.iter().map(|version| version_name(protocol, version)).collect(),
        };
        for name in names {
            needs_suites |= look.suites_belong_to(&name, protocol);
            found.push(look.version(protocol, &name));
        }
    }
    found.extend(crypto.suites.iter().map(|suite| look.suite(suite)));
    found.extend(crypto.groups.iter().map(|group| look.group(group)));
    if needs_suites {
        found.extend(missing_of_tls(crypto, serves));
    }
    if let Some(key) = &crypto.certificate_key {
        found.push(look.key(key));
    }
    if let Some(primitive) = &crypto.primitive {
        found.extend(look.primitive(primitive, crypto));
    }
    if found.is_empty() {
        let purpose = crypto.purpose.clone().unwrap_or_else(|| "a use".to_owned());
        found.push(Judged::new(purpose, Judgement::Open("names no mechanism".to_owned())));
    }
    found
}

/// Judges what a TLS server showed: versions and suites that it offers, groups, length of its Diffie-Hellman group,
/// key and signature of its certificate.
pub fn seen(policy: &Policy, days: Days, facts: &TlsFacts) -> Vec<Judged> {
    let look = Look { policy, days, purpose: Some("transport") };
    let mut found: Vec<Judged> = Vec::new();
    for (name, version) in facts.all_versions().filter(|(_, version)| version.offered == Some(true)) {
        let protocol = name.split(' ').next().unwrap_or("TLS").to_owned();
        found.push(look.version(&protocol, &name));
        found.extend(version.suites.iter().map(|suite| look.suite(suite)));
        found.extend(version.groups.iter().map(|group| look.group(group)));
        if let Some(bits) = version.dh_bits {
            found.extend(
                weak_key("DH", bits).map(|weak| Judged::new(format!("DH-{bits}"), Judgement::Broken(weak))),
            );
        }
    }
    if let Some(leaf) = facts.chain.first() {
        let key = match leaf.key_bits {
            Some(bits) => format!("{}-{bits}", leaf.key_type),
            None => leaf.key_type.clone(),
        };
        found.push(look.key(&key));
        if let Some(weak) = broken_primitive(&leaf.signature, Some("signature")) {
            found.push(Judged::new(&leaf.signature, Judgement::Broken(weak)));
        }
    }
    let mut once: Vec<Judged> = Vec::new();
    for judged in found {
        if !once.contains(&judged) {
            once.push(judged);
        }
    }
    once
}

/// What a declared use of TLS leaves open.
fn missing_of_tls(crypto: &Crypto, serves: bool) -> Vec<Judged> {
    let open = |subject: &str, why: &str| Judged::new(subject, Judgement::Open(why.to_owned()));
    let ephemeral = |suite: &String| suite.contains("DHE") || !suite.contains("_WITH_");
    let mut missing = Vec::new();
    if crypto.suites.is_empty() {
        missing.push(open("suites", "no closed list of suites is declared"));
    } else if crypto.groups.is_empty() && crypto.suites.iter().any(ephemeral) {
        missing.push(open("groups", "no closed list of groups is declared"));
    }
    let by_certificate = |suite: &String| !suite.contains("PSK");
    if serves && crypto.certificate_key.is_none() && crypto.suites.iter().any(by_certificate) {
        missing.push(open("certificate", "the key of the certificate is not declared"));
    }
    missing
}

/// `TLS` and `1.2`, `TLSv1.2` and nothing, `TLS` and `TLSv1.2` are all `TLS 1.2`.
fn version_name(protocol: &str, version: &str) -> String {
    let version = version.trim();
    if version.chars().next().is_some_and(|letter| letter.is_ascii_digit()) {
        format!("{} {version}", protocol.trim())
    } else if let Some(number) = version.strip_prefix(['v', 'V']) {
        format!("{} {number}", protocol.trim())
    } else {
        version.to_owned()
    }
}

struct Look<'a> {
    policy: &'a Policy,
    days: Days,
    purpose: Option<&'a str>,
}

impl Look<'_> {
    fn suites_belong_to(&self, name: &str, protocol: &str) -> bool {
        let known = self.policy.vocabulary.named(name).is_some_and(|version| version.suites);
        known || ["TLS", "DTLS"].iter().any(|family| protocol.trim().eq_ignore_ascii_case(family))
    }

    fn version(&self, protocol: &str, name: &str) -> Judged {
        let version = name.strip_prefix(protocol.trim()).unwrap_or(name);
        match broken_version(protocol, version) {
            Some(weakness) => Judged::new(name, Judgement::Broken(weakness)),
            None => self.mechanism(name, name, None, None),
        }
    }

    fn suite(&self, name: &str) -> Judged {
        let name = name.trim();
        match broken_suite(name) {
            Some(weakness) => Judged::new(name, Judgement::Broken(weakness)),
            None => Judged::new(name, self.by_catalogues(name, None, None)),
        }
    }

    fn group(&self, name: &str) -> Judged {
        match broken_primitive(name, self.purpose) {
            Some(weakness) => Judged::new(name, Judgement::Broken(weakness)),
            None => self.mechanism(name, name, None, None),
        }
    }

    /// Key of a certificate: `EC-256`, `RSA 2048`, `Ed25519`.
    fn key(&self, key: &str) -> Judged {
        let subject = format!("certificate key {key}");
        if self.policy.vocabulary.named(key).is_some_and(|known| !known.measured) {
            return self.mechanism(&subject, key, None, None);
        }
        let (kind, bits) = key_in(key);
        if let Some(weakness) = bits.and_then(|bits| weak_key(&kind, bits)) {
            return Judged::new(subject, Judgement::Broken(weakness));
        }
        self.mechanism(&subject, &kind, bits, None)
    }

    fn primitive(&self, primitive: &str, crypto: &Crypto) -> Vec<Judged> {
        let mut subject = primitive.to_owned();
        if let Some(bits) = crypto.key_bits {
            subject.push_str(&format!(" with {bits} bit"));
        }
        if let Some(weakness) = broken_primitive(primitive, self.purpose) {
            return vec![Judged::new(subject, Judgement::Broken(weakness))];
        }
        let (kind, written) = key_in(primitive);
        if let Some(weakness) = crypto.key_bits.or(written).and_then(|bits| weak_key(&kind, bits)) {
            return vec![Judged::new(subject, Judgement::Broken(weakness))];
        }
        let known = self.policy.vocabulary.named(primitive);
        let mut found = vec![self.mechanism(&subject, primitive, crypto.key_bits, crypto.iterations)];
        if known.is_some_and(|known| known.with_hash) {
            found.push(match &crypto.hash {
                None => Judged::new(
                    format!("hash of {primitive}"),
                    Judgement::Open("it is not declared".to_owned()),
                ),
                Some(hash) => match broken_primitive(hash, Some("signature")) {
                    Some(weakness) => Judged::new(hash, Judgement::Broken(weakness)),
                    None => self.mechanism(hash, hash, None, None),
                },
            });
        } else if let Some(weakness) =
            crypto.hash.as_deref().and_then(|hash| broken_primitive(hash, self.purpose))
        {
            found.push(Judged::new(weakness.subject.clone(), Judgement::Broken(weakness)));
        }
        if known.is_some_and(|known| known.kind == "password-hashing") && crypto.salted == Some(false) {
            let basis = Basis {
                catalogue: "nist".to_owned(),
                source: "NIST SP 800-63B, 5.1.1.2".to_owned(),
                date: "2017-06".to_owned(),
            };
            found.push(Judged::new(
                format!("{primitive} without a salt"),
                Judgement::Refused { basis, day: None },
            ));
        }
        found
    }

    /// A mechanism by its declared name.
    fn mechanism(&self, subject: &str, name: &str, bits: Option<u32>, iterations: Option<u32>) -> Judged {
        let Some(known) = self.policy.vocabulary.named(name) else {
            return Judged::new(subject, Judgement::Open("no catalogue knows it by this name".to_owned()));
        };
        Judged::new(subject, self.known(known, bits, iterations))
    }

    fn known(&self, known: &Mechanism, bits: Option<u32>, iterations: Option<u32>) -> Judgement {
        if known.measured && bits.is_none() {
            return Judgement::Open("its key length is not declared".to_owned());
        }
        if known.counted && iterations.is_none() {
            return Judgement::Open("its passes are not declared".to_owned());
        }
        if !known.parts.is_empty() {
            return self.of_parts(known, bits);
        }
        match self.purpose.map(|purpose| (purpose, self.policy.vocabulary.serves(&known.kind, purpose))) {
            None => Judgement::Open("what it is used for is not declared".to_owned()),
            Some((purpose, None)) => Judgement::Open(format!("no catalogue knows the purpose {purpose}")),
            // A part of a signature or of a protocol is of another kind than the whole.
            Some((purpose, Some(false))) if known.kind != "hash" || !self.signs(purpose) => {
                match self.refused_for_purpose(&known.id, bits) {
                    Some(refused) => refused,
                    None => Judgement::Open(format!("no catalogue lists it for {purpose}")),
                }
            }
            Some(_) => self.by_catalogues(&known.id, bits, iterations),
        }
    }

    fn signs(&self, purpose: &str) -> bool {
        self.policy.vocabulary.serves("signature", purpose) == Some(true)
    }

    fn of_parts(&self, known: &Mechanism, bits: Option<u32>) -> Judgement {
        let mut worst: Option<Judgement> = None;
        for part in &known.parts {
            let Some(part) = self.policy.vocabulary.named(part) else {
                return Judgement::Open(format!("no catalogue knows its part {part}"));
            };
            let judged = self.known(part, bits, None);
            if worst.as_ref().is_none_or(|worst| rank(&judged) < rank(worst)) {
                worst = Some(judged);
            }
        }
        worst.unwrap_or_else(|| Judgement::Open("it has no parts".to_owned()))
    }

    fn refused_for_purpose(&self, id: &str, bits: Option<u32>) -> Option<Judgement> {
        let query = Query { mechanism: id, bits, iterations: None, purpose: self.purpose };
        self.policy.catalogues.iter().find_map(|catalogue| {
            let entry = catalogue.says(query).filter(|entry| entry.is_for(self.purpose))?;
            (entry.standing == Standing::Disallowed && self.counts(entry) && self.in_force(entry)).then(
                || Judgement::Refused { basis: Basis::of(&catalogue.about.id, entry), day: entry.since },
            )
        })
    }

    fn counts(&self, entry: &Entry) -> bool {
        entry.confidence >= self.policy.terms.least_confidence
    }

    fn in_force(&self, entry: &Entry) -> bool {
        entry.since.is_none_or(|since| since <= self.days.assessed)
    }

    /// What the catalogues of the policy say of an id together.
    fn by_catalogues(&self, id: &str, bits: Option<u32>, iterations: Option<u32>) -> Judgement {
        if let Some(rule) = self.policy.rule(id) {
            return match rule.treat {
                Treat::Ask => Judgement::Open(format!("{} ({}, {})", rule.why, rule.source, rule.date)),
                Treat::Refuse => Judgement::Refused {
                    basis: Basis {
                        catalogue: self.policy.terms.id.clone(),
                        source: rule.source.clone(),
                        date: rule.date.clone(),
                    },
                    day: None,
                },
            };
        }
        let query = Query { mechanism: id, bits, iterations, purpose: self.purpose };
        let said: Vec<Option<Judgement>> = self
            .policy
            .catalogues
            .iter()
            .map(|catalogue| {
                let entry = catalogue.says(query).filter(|entry| self.counts(entry))?;
                Some(self.by_entry(&catalogue.about.id, entry))
            })
            .collect();
        let refuses = said.iter().flatten().find(|said| matches!(said, Judgement::Refused { .. }));
        let best = said.iter().flatten().max_by_key(|said| rank(said));
        let worst = said.iter().flatten().min_by_key(|said| rank(said));
        match self.policy.terms.needed {
            Needed::All if said.contains(&None) && refuses.is_none() => {
                Judgement::Open("not every catalogue of the policy lists it".to_owned())
            }
            Needed::All => worst.cloned().unwrap_or_else(not_listed),
            Needed::One => match (best, refuses) {
                (
                    Some(Judgement::BestPractice { basis: praise, .. }),
                    Some(Judgement::Refused { basis, .. }),
                ) if !self.merely_ended(id, query, basis) => Judgement::Open(format!(
                    "the catalogues disagree: {} recommends it, {} refuses it",
                    praise.catalogue, basis.catalogue
                )),
                (Some(best), _) => best.clone(),
                (None, _) => not_listed(),
            },
        }
    }

    /// Whether a refusal is only that an old catalogue let it end, which a newer word of another may lengthen.
    fn merely_ended(&self, id: &str, query: Query<'_>, basis: &Basis) -> bool {
        self.policy.catalogues.iter().filter(|catalogue| catalogue.about.id == basis.catalogue).any(
            |catalogue| {
                catalogue
                    .says(Query { mechanism: id, ..query })
                    .is_some_and(|entry| entry.standing != Standing::Disallowed)
            },
        )
    }

    fn by_entry(&self, catalogue: &str, entry: &Entry) -> Judgement {
        let basis = Basis::of(catalogue, entry);
        match entry.standing {
            Standing::Disallowed if self.in_force(entry) => Judgement::Refused { basis, day: entry.since },
            Standing::Disallowed => self.until(basis, entry.since),
            _ if entry.standing < self.policy.terms.enough => Judgement::Refused { basis, day: entry.until },
            Standing::Recommended | Standing::Legacy => self.until(basis, entry.until),
        }
    }

    fn until(&self, basis: Basis, until: Option<Date>) -> Judgement {
        let Some(last) = until else { return Judgement::BestPractice { basis, until } };
        let needed = match self.policy.terms.good_until {
            GoodUntil::SupportPeriod => self.days.supported_until,
            GoodUntil::AssessmentDate => Some(self.days.assessed),
        };
        if last < self.days.assessed {
            Judgement::Refused { basis, day: until }
        } else if needed.is_some_and(|needed| needed <= last) {
            Judgement::BestPractice { basis, until }
        } else {
            Judgement::Ends { basis, until: last, needed }
        }
    }
}

fn not_listed() -> Judgement {
    Judgement::Open("no catalogue of the policy lists it".to_owned())
}

#[cfg(test)]
#[path = "engine_tests.rs"]
mod tests;
