//! Words by which a scheme of protection names its means. They serve the eye of a person; the only thing that they
//! show is a scheme that says nothing but that there is none.

use ixit::companion::Guarantee;

use crate::denial_in_text::{Denial, denial};

/// Beginnings of words, in lower case, for means that keep others from reading.
const AGAINST_READING: &[&str] = &[
    "encrypt",
    "secure element",
    "trustzone",
    "tpm",
    "hsm",
    "wrapped",
    "read protection",
    "mode 0",
    "may read it",
    "only in the memory",
    "argon2",
    "bcrypt",
    "scrypt",
    "pbkdf2",
    "sha-256",
    "access right",
    "暗号化",
    "セキュアエレメント",
];

/// For means that keep others from altering.
const AGAINST_ALTERING: &[&str] = &[
    "secure element",
    "trustzone",
    "tpm",
    "hsm",
    "read only",
    "read-only",
    "verified",
    "signed",
    "signature",
    "fuse",
    "mode 0",
    "no role may",
    "nobody may",
    "only the",
    "may replace it",
    "internal memory",
    "authenticated encryption",
    "wrapped",
    "process separation",
    "only in the memory",
    "署名",
    "セキュアエレメント",
];

/// For means that withstand work on the device itself.
const AGAINST_TAMPERING: &[&str] =
    &["secure element", "tpm", "fuse", "one-time", "puf", "tamper", "eal", "耐タンパ", "セキュアエレメント"];

/// Means by which the value itself stays usable.
const REVERSIBLE: &[&str] = &[
    "encrypt",
    "secure element",
    "trustzone",
    "tpm",
    "hsm",
    "wrapped",
    "memory",
    "keystore",
    "key store",
    "fuse",
    "mode 0",
    "access",
    "read",
    "暗号化",
    "セキュアエレメント",
];

/// Phrases that say that a hash is all that is kept.
const HASH_ALONE: &[&str] = &[
    "only a hash",
    "only its hash",
    "only the hash",
    "only as a hash",
    "hash only",
    "as a hash",
    "as hash",
    "as a sha-256 hash",
    "as an argon2",
    "as argon2",
    "ハッシュのみ",
    "ハッシュだけ",
];

/// Phrases that say that there is no protection.
const DENIALS: &[&str] =
    &["no protection", "not protected", "unprotected", "without protection", "保護なし", "保護していない"];

/// Phrases that say that everybody may read it.
const IN_THE_CLEAR: &[&str] = &[
    "in the clear",
    "stored in the clear",
    "plain text",
    "in plain text",
    "stored in plain text",
    "平文",
    "平文で保存",
    "平文のまま保存",
];

/// Means that a scheme names for a guarantee, as the words they were found by.
pub fn named(scheme: &str, guarantee: Guarantee) -> Vec<&'static str> {
    let words = match guarantee {
        Guarantee::Confidentiality => AGAINST_READING,
        Guarantee::Integrity => AGAINST_ALTERING,
        Guarantee::TamperResistance => AGAINST_TAMPERING,
        _ => return Vec::new(),
    };
    found(scheme, words)
}

/// How a scheme stands to saying that there is none; or, for what has to be `confidential`, that everybody may read it.
pub fn denies_protection(scheme: &str, confidential: bool) -> Denial {
    let further = if confidential { [DENIALS, IN_THE_CLEAR].concat() } else { DENIALS.to_vec() };
    denial(scheme, &further)
}

/// Whether a scheme says that a hash is kept, and names nothing by which the value itself is.
pub fn hashes_only(scheme: &str) -> bool {
    !found(scheme, HASH_ALONE).is_empty() && found(scheme, REVERSIBLE).is_empty()
}

fn found(scheme: &str, words: &[&'static str]) -> Vec<&'static str> {
    let scheme = scheme.to_lowercase();
    let begins = |word: &&&str| {
        scheme.match_indices(**word).any(|(at, _)| {
            !scheme[..at].chars().next_back().is_some_and(char::is_alphanumeric) || !word.is_ascii()
        })
    };
    words.iter().filter(begins).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_scheme_that_says_nothing_else_denies_itself() {
        for scheme in ["None.", "保護なし。", "Unprotected"] {
            assert_eq!(denies_protection(scheme, false), Denial::Wholly, "{scheme}");
        }
        assert_eq!(
            denies_protection("None: public, and part of the verified image.", false),
            Denial::AtFirst
        );
        assert_eq!(denies_protection("None of the roles may read it.", true), Denial::No);
        assert_eq!(denies_protection("Stored encrypted; none in the clear", true), Denial::No);
        // What may be known to everybody may stand in the clear.
        for scheme in ["Stored in the clear", "平文。"] {
            assert_eq!(denies_protection(scheme, true), Denial::Wholly, "{scheme}");
            assert_eq!(denies_protection(scheme, false), Denial::No, "{scheme}");
        }
        assert_eq!(
            denies_protection("Stored in the clear, part of the verified image", true),
            Denial::AtFirst
        );
    }

    #[test]
    fn a_hash_is_all_that_is_kept_where_nothing_else_is_named() {
        assert!(hashes_only("Kept as a SHA-256 hash."));
        assert!(!hashes_only("Kept as a hash in the encrypted partition."));
        assert!(!hashes_only("In a file, whose hash is compared at the start."));
        assert!(!hashes_only("In the secure element."));
    }

    #[test]
    fn means_are_found_at_the_beginning_of_words() {
        assert_eq!(
            named("In a Secure Element, read only", Guarantee::Integrity),
            ["secure element", "read only"]
        );
        assert!(named("unencrypted file", Guarantee::Confidentiality).is_empty());
        assert!(named("In a file", Guarantee::TamperResistance).is_empty());
        assert!(named("In a secure element", Guarantee::Authenticity).is_empty());
    }
}
