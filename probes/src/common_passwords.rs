//! Passwords that everybody tries first, and the patterns that people and hurried makers fall into.

/// Passwords in small letters.
const LIST: &[&str] = &[
    "123456",
    "password",
    "123456789",
    "12345678",
    "12345",
    "1234567",
    "1234567890",
    "111111",
    "123123",
    "000000",
    "1234",
    "0000",
    "1111",
    "666666",
    "888888",
    "88888888",
    "11111111",
    "00000000",
    "987654321",
    "654321",
    "121212",
    "112233",
    "123321",
    "abc123",
    "a1b2c3d4",
    "qwerty",
    "qwerty123",
    "qwertyuiop",
    "1q2w3e4r",
    "1qaz2wsx",
    "q1w2e3r4",
    "zaq12wsx",
    "asdfghjkl",
    "iloveyou",
    "letmein",
    "welcome",
    "monkey",
    "dragon",
    "master",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "shadow",
    "michael",
    "superman",
    "trustno1",
    "passw0rd",
    "p@ssw0rd",
    "p@ssword",
    "pass",
    "pass1234",
    "admin",
    "admin123",
    "admin1234",
    "administrator",
    "root",
    "toor",
    "rootroot",
    "user",
    "guest",
    "default",
    "changeme",
    "changeit",
    "secret",
    "test",
    "test123",
    "testtest",
    "system",
    "support",
    "service",
    "supervisor",
    "operator",
    "manager",
    "xc3511",
    "vizxv",
    "juantech",
    "7ujmko0admin",
    "7ujmko0vizxv",
    "klv1234",
    "klv123",
    "hi3518",
    "jvbzd",
    "anko",
    "zlxx",
    "zte521",
    "ikwb",
    "dreambox",
    "realtek",
    "meinsm",
    "fucker",
    "smcadmin",
    "ubnt",
    "raspberry",
    "alpine",
    "ismart12",
    "wbox123",
    "888888admin",
    "tlJwpbo6",
    "camera",
    "nvr",
    "dvr",
    "router",
    "wireless",
    "internet",
    "wifi1234",
    "smarthome",
    "homeassistant",
    "login",
    "access",
    "temp",
    "temp123",
    "public",
    "private",
    "setup",
    "install",
    "factory",
    "demo",
    "device",
    "kettle",
    "heater",
];

/// Rows of keys, letters in the order of the alphabet, digits in theirs.
const WALKS: &[&str] = &[
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "abcdefghijklmnopqrstuvwxyz",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik",
    "1q2w3e4r5t6y7u8i9o0p",
    "azertyuiop",
    "qwertzuiop",
];

/// Part of a password, in tenths, that a walk along the keys has to make up.
const WALKED: usize = 7;

/// How a password resembles a common one; `None` if it does not.
pub(crate) fn resembles(password: &str) -> Option<&'static str> {
    let folded = password.to_lowercase();
    let length = folded.chars().count();
    if length == 0 {
        return Some("empty");
    }
    // Digits and marks at the end make no other password of it.
    let stem = folded.trim_end_matches(|one: char| !one.is_alphabetic());
    let listed = |text: &str| LIST.iter().any(|common| common.eq_ignore_ascii_case(text));
    if listed(&folded) || (stem.chars().count() * 2 >= length && listed(stem)) {
        return Some("in the list");
    }
    if repeats(&folded) {
        return Some("a short part repeated");
    }
    let walked = longest_walk(&folded);
    (walked >= 4 && walked * 10 >= length * WALKED).then_some("a row of keys, letters or digits")
}

/// One to three characters again and again.
fn repeats(text: &str) -> bool {
    let characters: Vec<char> = text.chars().collect();
    (1..=3).any(|part| {
        characters.len() >= part * 3
            && characters.iter().zip(characters.iter().skip(part)).all(|(a, b)| a == b)
    })
}

/// Characters of the longest part that goes along a row, forwards or backwards.
fn longest_walk(text: &str) -> usize {
    let characters: Vec<char> = text.chars().collect();
    let mut longest = 0;
    for start in 0..characters.len() {
        for end in start + 1..=characters.len() {
            let part: String = characters[start..end].iter().collect();
            let reversed: String = part.chars().rev().collect();
            if !WALKS.iter().any(|walk| walk.contains(&part) || walk.contains(&reversed)) {
                break;
            }
            longest = longest.max(end - start);
        }
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_everybody_tries_first_is_recognized_and_drawn_values_are_not() {
        for common in [
            "admin",
            "Password1",
            "password1234",
            "LETMEIN!!",
            "aaaaaaaaaaaa",
            "abcabcabc",
            "23456789",
            "poiuytrewq",
            "qwertyuiop12",
            "",
        ] {
            assert!(resembles(common).is_some(), "{common}");
        }
        for drawn in ["XQ6JDmJNx3uK", "7kWm2Rz9Yc4T", "94713058", "test-4Fw9-Kq2z-Lm8p", "857015"] {
            assert_eq!(resembles(drawn), None, "{drawn}");
        }
    }
}
