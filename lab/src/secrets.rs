//! What is individual to a unit: serial number, hardware address, passwords. All of it follows from
//! the seed, so that a stored instance comes up as it was.

use sha2::{Digest, Sha256};

use crate::behaviour::LabelPassword;
use crate::model;

/// Individual values of a unit.
#[derive(Clone, Debug)]
pub(crate) struct Secrets {
    /// Serial number on the label.
    pub(crate) serial: String,
    /// Hardware address, locally administered.
    pub(crate) mac: String,
    /// Password on the label.
    pub(crate) label_password: String,
    /// Password that onboarding sets.
    pub(crate) user_password: String,
    /// Password of the unit at the maker's cloud.
    pub(crate) cloud_password: String,
}

impl Secrets {
    /// Values of the unit with that seed whose label password is made in this way. `unit` is its place in the
    /// production: 0 for the sample that is assessed, 1 for the one that is compared with it.
    pub(crate) fn of_unit(seed: u64, unit: u64, way: LabelPassword) -> Self {
        let mut secrets = Self::of(seed ^ unit << 32);
        let length = model::LABEL_PASSWORD_LENGTH as usize;
        let digits = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
        secrets.label_password = match way {
            LabelPassword::Drawn => secrets.label_password,
            LabelPassword::SameOnAll => password(seed, "batch", length),
            LabelPassword::FromSerial => {
                let number = digits(secrets.serial.trim_start_matches(model::SERIAL_PREFIX));
                number.repeat(2).chars().take(length).collect()
            }
            LabelPassword::FromSerialDigest => {
                let digest = Sha256::digest(&secrets.serial);
                digest
                    .iter()
                    .flat_map(|byte| format!("{byte:02x}").into_bytes())
                    .map(char::from)
                    .take(length)
                    .collect()
            }
            LabelPassword::FromMac => secrets.mac.replace(':', "").to_uppercase(),
            LabelPassword::Counter => format!("{}{}", password(seed, "batch", length - 2), 22 + unit),
            LabelPassword::Short => password(seed ^ unit << 32, "short label", 8),
            LabelPassword::Common => ["password2345", "qwertyuiop23"][usize::from(unit > 0)].to_owned(),
        };
        secrets
    }

    /// Values of the unit with that seed.
    pub(crate) fn of(seed: u64) -> Self {
        let number = numbers(seed, "serial").next().unwrap_or_default() % 1_000_000;
        let mac: Vec<u8> = numbers(seed, "mac").take(3).map(|n| n.to_be_bytes()[7]).collect();
        Self {
            serial: format!("{}{number:06}", model::SERIAL_PREFIX),
            mac: format!("02:48:4b:{:02x}:{:02x}:{:02x}", mac[0], mac[1], mac[2]),
            label_password: password(seed, "label", model::LABEL_PASSWORD_LENGTH as usize),
            user_password: password(seed, "user", 16),
            cloud_password: password(seed, "cloud", 24),
        }
    }
}

/// A password over the alphabet of the label, every character equally likely.
fn password(seed: u64, purpose: &str, length: usize) -> String {
    let alphabet = model::LABEL_ALPHABET.as_bytes();
    let size = alphabet.len() as u64;
    let fair = u64::MAX - u64::MAX % size;
    numbers(seed, purpose)
        .filter(|number| *number < fair)
        .take(length)
        .map(|number| char::from(alphabet[(number % size) as usize]))
        .collect()
}

/// Endless numbers that look random, the same for the same seed and purpose.
fn numbers(seed: u64, purpose: &str) -> impl Iterator<Item = u64> {
    (0u64..).map(move |n| {
        let digest = Sha256::new()
            .chain_update(b"simulated unit")
            .chain_update(seed.to_be_bytes())
            .chain_update(purpose.as_bytes())
            .chain_update(n.to_be_bytes())
            .finalize();
        let mut first = [0; 8];
        first.copy_from_slice(&digest[..8]);
        u64::from_be_bytes(first)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_label_password_is_as_declared_and_individual() {
        let (one, two) = (Secrets::of(1), Secrets::of(2));
        for unit in [&one, &two] {
            assert_eq!(unit.label_password.len(), model::LABEL_PASSWORD_LENGTH as usize);
            assert!(unit.label_password.chars().all(|c| model::LABEL_ALPHABET.contains(c)));
        }
        assert_ne!(one.label_password, two.label_password);
        assert_ne!(one.serial, two.serial);
        assert_eq!(one.label_password, Secrets::of(1).label_password);
    }

    #[test]
    fn the_alphabet_has_no_character_twice() {
        let mut characters: Vec<char> = model::LABEL_ALPHABET.chars().collect();
        assert_eq!(characters.len(), 54);
        characters.sort_unstable();
        characters.dedup();
        assert_eq!(characters.len(), 54);
    }
}
