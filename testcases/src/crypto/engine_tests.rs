use jiff::civil::date;

use super::*;
use crate::crypto::{Policy, broken, broken_primitive, weak_key};

const DAYS: Days = Days { assessed: date(2026, 11, 21), supported_until: Some(date(2031, 12, 31)) };

fn primitive(purpose: &str, name: &str, bits: Option<u32>) -> Crypto {
    Crypto {
        purpose: Some(purpose.to_owned()),
        primitive: Some(name.to_owned()),
        key_bits: bits,
        ..Crypto::default()
    }
}

fn tls(versions: &[&str], suites: &[&str]) -> Crypto {
    let owned = |list: &[&str]| list.iter().map(|item| (*item).to_owned()).collect();
    Crypto {
        purpose: Some("transport".to_owned()),
        protocol: Some("TLS".to_owned()),
        versions: owned(versions),
        suites: owned(suites),
        groups: owned(&["X25519", "P-256"]),
        certificate_key: Some("EC-256".to_owned()),
        ..Crypto::default()
    }
}

fn of(policy: &str, crypto: &Crypto) -> Vec<Judged> {
    declared(Policy::named(policy).expect("a policy"), DAYS, crypto, true)
}

/// One word for the worst entry.
fn worst(policy: &str, crypto: &Crypto) -> &'static str {
    let judged = of(policy, crypto);
    let worst = judged.iter().min_by_key(|judged| rank(&judged.judgement)).expect("an entry");
    match worst.judgement {
        Judgement::BestPractice { .. } => "best",
        Judgement::Broken(_) => "broken",
        Judgement::Refused { .. } => "refused",
        Judgement::Ends { .. } => "ends",
        Judgement::Open(_) => "open",
    }
}

#[test]
fn what_every_catalogue_praises_is_best_practice_with_source_and_date() {
    let good = tls(&["1.2", "1.3"], &["TLS_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"]);
    for judged in of("consumer-iot", &good) {
        let Judgement::BestPractice { basis, until: None } = &judged.judgement else { panic!("{judged:?}") };
        assert!(!basis.source.is_empty() && basis.date.len() == 7, "{judged:?}");
    }
    for (purpose, name, bits) in [
        ("signature", "Ed25519", None),
        ("password-storage", "Argon2id", None),
        ("message-authentication", "aes128-cmac", Some(128)),
        ("key-agreement", "X25519", None),
        ("integrity", "SHA-512", None),
        ("request-integrity", "HMAC-SHA-256", Some(256)),
        ("transport", "ECDSA-P-256-SHA-256", None),
        ("storage-encryption", "AES-256-XTS", None),
        ("random", "CTR_DRBG", None),
    ] {
        assert_eq!(worst("consumer-iot", &primitive(purpose, name, bits)), "best", "{name}");
    }
}

#[test]
fn what_no_catalogue_knows_is_only_asked_never_passed_and_never_failed() {
    for crypto in [
        primitive("message-authentication", "HINODE-MAC-64", Some(128)),
        primitive("encryption", "AES", Some(128)),
        primitive("password-storage", "bcrypt", None),
        primitive("something", "AES-128-GCM", None),
        Crypto { purpose: None, ..primitive("-", "AES-128-GCM", None) },
        Crypto {
            purpose: Some("transport".into()),
            protocol: Some("HINODE-LINK".into()),
            ..Crypto::default()
        },
        Crypto { purpose: Some("transport".into()), ..Crypto::default() },
        tls(&["1.2"], &["TLS_ECDHE_ECDSA_WITH_HINODE_128_SHA256"]),
        tls(&["1.2"], &[]),
        tls(&["1.4"], &["TLS_AES_128_GCM_SHA256"]),
        Crypto { groups: Vec::new(), ..tls(&["1.3"], &["TLS_AES_128_GCM_SHA256"]) },
        Crypto { certificate_key: None, ..tls(&["1.3"], &["TLS_AES_128_GCM_SHA256"]) },
        primitive("signature", "RSA-PSS", Some(3072)),
        primitive("signature", "RSA-PSS", None),
        primitive("password-storage", "PBKDF2", None),
    ] {
        assert_eq!(worst("consumer-iot", &crypto), "open", "{crypto:?}");
    }
}

#[test]
fn what_is_broken_stays_broken_whatever_the_policy() {
    for policy in Policy::all().keys() {
        for crypto in [
            tls(&["1.1", "1.2"], &["TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"]),
            tls(&["1.2"], &["TLS_RSA_WITH_RC4_128_SHA"]),
            primitive("signature", "RSA-PSS", Some(1024)),
            primitive("password-storage", "MD5", None),
            primitive("integrity", "SHA-1", None),
            Crypto { hash: Some("SHA-1".into()), ..primitive("signature", "RSA-PSS", Some(3072)) },
        ] {
            assert_eq!(worst(policy, &crypto), "broken", "{policy} {crypto:?}");
        }
    }
}

#[test]
fn what_a_catalogue_refuses_is_refused_and_only_for_the_purpose_that_it_names() {
    assert_eq!(worst("consumer-iot", &primitive("password-storage", "SHA-256", None)), "refused");
    assert_eq!(worst("consumer-iot", &primitive("token-storage", "SHA-256", None)), "best");
    assert_eq!(worst("consumer-iot", &tls(&["1.2"], &["TLS_RSA_WITH_AES_128_CBC_SHA256"])), "refused");
    let unsalted = Crypto { salted: Some(false), ..primitive("password-storage", "Argon2id", None) };
    assert_eq!(worst("consumer-iot", &unsalted), "refused");
    let few = Crypto { iterations: Some(1000), ..primitive("password-storage", "PBKDF2", None) };
    let enough = Crypto { iterations: Some(600_000), ..few.clone() };
    assert_eq!((worst("nist", &few), worst("nist", &enough)), ("open", "best"));
}

#[test]
fn another_policy_judges_otherwise() {
    let chacha = tls(&["1.3"], &["TLS_CHACHA20_POLY1305_SHA256"]);
    assert_eq!((worst("consumer-iot", &chacha), worst("bsi", &chacha)), ("best", "open"));
    let cbc =
        Crypto { groups: vec!["P-256".into()], ..tls(&["1.2"], &["TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256"]) };
    assert_eq!((worst("consumer-iot", &cbc), worst("bsi", &cbc)), ("open", "best"));
    // Protocols are no subject of the European list.
    assert_eq!(worst("sog-is", &chacha), "open");
}

#[test]
fn what_ends_before_the_support_period_does_is_told_with_both_dates() {
    let signed = Crypto { hash: Some("SHA-256".into()), ..primitive("signature", "RSA-PSS", Some(2048)) };
    let judged = of("consumer-iot", &signed);
    let line = judged[0].line();
    assert!(line.contains("good until 2030-12-31, needed until 2031-12-31"), "{line}");
    let until = |supported_until| {
        let days = Days { supported_until, ..DAYS };
        declared(Policy::standard(), days, &signed, false)[0].judgement.clone()
    };
    assert!(matches!(until(Some(date(2030, 12, 31))), Judgement::BestPractice { until: Some(_), .. }));
    assert!(matches!(until(None), Judgement::Ends { needed: None, .. }));
    let later = Days { assessed: date(2031, 1, 1), supported_until: Some(date(2031, 12, 31)) };
    let over = declared(Policy::standard(), later, &signed, false)[0].judgement.clone();
    assert!(matches!(over, Judgement::Refused { day: Some(_), .. }), "{over:?}");
    assert_eq!(worst("bsi", &signed), "refused");
}

#[test]
fn a_handshake_is_judged_by_the_same_engine() {
    let mut facts = crate::test_network::tls();
    facts.versions[0].offered = Some(true);
    facts.versions[2].suites = vec!["TLS_RSA_WITH_AES_128_CBC_SHA".to_owned()];
    let judged = seen(Policy::standard(), DAYS, &facts);
    let of = |subject: &str| judged.iter().find(|judged| judged.subject == subject).expect(subject);
    assert!(matches!(of("TLS 1.0").judgement, Judgement::Broken(_)));
    assert!(matches!(of("TLS 1.3").judgement, Judgement::BestPractice { .. }));
    assert!(matches!(of("TLS_RSA_WITH_AES_128_CBC_SHA").judgement, Judgement::Refused { .. }));
    assert!(matches!(of("certificate key EC-256").judgement, Judgement::BestPractice { .. }));
}

#[test]
fn every_entry_has_source_date_and_names_that_are_known() {
    let mut seen = 0;
    for (id, policy) in Policy::all() {
        assert_eq!(id, &policy.terms.id);
        assert_eq!(Policy::from_text(&policy.text).as_ref(), Ok(policy), "{id}");
        let known = |id: &str| {
            id.starts_with("TLS_") || policy.vocabulary.mechanisms.iter().any(|known| known.id == id)
        };
        for rule in &policy.rules {
            assert!(!rule.why.is_empty() && !rule.source.is_empty() && rule.date.len() == 7, "{rule:?}");
            assert!(rule.mechanisms.iter().all(|id| known(id)), "{rule:?}");
        }
        for catalogue in &policy.catalogues {
            assert!(policy.terms.catalogues.contains(&catalogue.about.id));
            for entry in &catalogue.entries {
                seen += 1;
                let name = &catalogue.about.id;
                assert!(!entry.source.is_empty() && entry.date.len() == 7, "{name}: {entry:?}");
                assert!(entry.date.as_str() <= "2026-11", "{name}: {entry:?}");
                assert!(!entry.mechanisms.is_empty(), "{name}: {entry:?}");
                assert!(entry.until.is_none() || entry.standing == Standing::Legacy, "{name}: {entry:?}");
                assert!(entry.since.is_none() || entry.standing == Standing::Disallowed, "{name}: {entry:?}");
                for id in &entry.mechanisms {
                    assert!(known(id), "{name}: {id}");
                    let measured = policy.vocabulary.named(id).is_some_and(|known| known.measured);
                    assert_eq!(measured, entry.least_bits.is_some(), "{name}: {id}");
                }
            }
        }
    }
    assert!(seen > 100, "{seen}");
    assert_eq!(Policy::standard().catalogues.len(), 5);
}

#[test]
fn no_catalogue_praises_what_the_deny_list_names() {
    let policy = Policy::standard();
    for catalogue in &policy.catalogues {
        let praised = catalogue.entries.iter().filter(|entry| {
            entry.standing != Standing::Disallowed && entry.until.is_none_or(|until| until >= DAYS.assessed)
        });
        for entry in praised {
            let purposes: Vec<Option<&str>> = match entry.purposes.as_slice() {
                [] => vec![None, Some("transport")],
                named => named.iter().map(|purpose| Some(purpose.as_str())).collect(),
            };
            for id in &entry.mechanisms {
                assert_eq!(crate::crypto::broken_suite(id).filter(|_| id.starts_with("TLS_")), None);
                let Some(known) = policy.vocabulary.named(id) else { continue };
                for name in &known.names {
                    if known.kind == "protocol" {
                        assert_eq!(crate::crypto::broken_version(name, ""), None, "{name}");
                        continue;
                    }
                    for purpose in &purposes {
                        assert_eq!(broken_primitive(name, *purpose), None, "{}: {name}", catalogue.about.id);
                    }
                    let (kind, written) = key_in(name);
                    let bits = entry.least_bits.or(written.filter(|_| known.kind != "hash"));
                    assert_eq!(bits.and_then(|bits| weak_key(&kind, bits)), None, "{name}");
                }
            }
        }
    }
    assert_eq!(broken(&tls(&["1.2", "1.3"], &["TLS_AES_128_GCM_SHA256"])), []);
}
