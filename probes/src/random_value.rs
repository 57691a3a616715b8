//! Values for tests of passwords that nobody can guess.

use crate::tls::client_hello::random;

const LOWER: &[u8] = b"abcdefghjkmnpqrstuvwxyz";
const UPPER: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZ";
const DIGITS: &[u8] = b"23456789";

/// A value of this many characters with small and capital letters and digits.
pub(crate) fn of_length(length: usize) -> String {
    let sets = [LOWER, UPPER, DIGITS];
    (0..length).map(|place| drawn(sets[place % 3])).collect()
}

/// A value of the same shape: letters where there are letters, digits where there are digits, everything else
/// as it is. Rules for passwords that the one keeps, the other keeps too.
pub(crate) fn like(model: &str) -> String {
    loop {
        let drawn: String = model
            .chars()
            .map(|character| match character {
                'a'..='z' => drawn(LOWER),
                'A'..='Z' => drawn(UPPER),
                '0'..='9' => drawn(DIGITS),
                other => other,
            })
            .collect();
        if drawn != model || !model.contains(|character: char| character.is_ascii_alphanumeric()) {
            return drawn;
        }
    }
}

/// A character of the set, each as likely as another up to one part in some thousand million.
fn drawn(set: &[u8]) -> char {
    let number = u64::from_be_bytes(random::<8>());
    char::from(set[(number % set.len() as u64) as usize])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_has_the_shape_of_its_model_and_differs_from_it() {
        let one = like("aB3-x");
        assert_ne!(one, "aB3-x");
        let shape: Vec<bool> = one.chars().map(|c| c.is_ascii_alphanumeric()).collect();
        assert_eq!(shape, [true, true, true, false, true]);
        assert!(one.chars().nth(2).is_some_and(|c| c.is_ascii_digit()));
        assert_eq!(like("---"), "---");
        assert_eq!(of_length(9).len(), 9);
        assert_ne!(of_length(9), of_length(9));
    }
}
