//! Fields of forms and of JSON whose names say that they hold a secret.

use super::facts::Certainty;
use super::sighting::{Sighting, Sightings};

/// What a field of this name holds.
fn meaning(name: &[u8]) -> Option<(&'static str, Certainty)> {
    // Names are compared without case, separators and what frameworks wrap around them.
    let plain: Vec<u8> = name
        .iter()
        .filter(|byte| byte.is_ascii_alphanumeric())
        .map(u8::to_ascii_lowercase)
        .take(65)
        .collect();
    if plain.is_empty() || plain.len() > 64 {
        return None;
    }
    let is = |words: &[&str]| words.iter().any(|word| plain == word.as_bytes());
    let ends = |words: &[&str]| words.iter().any(|word| plain.ends_with(word.as_bytes()));
    if is(&["pass", "pwd", "passwd", "passphrase", "psk", "wpapsk"]) || ends(&["password", "passwd"]) {
        Some(("password", Certainty::Certain))
    } else if is(&["pin", "pincode", "passcode", "secret", "pw", "userpass"]) || ends(&["passphrase", "pwd"])
    {
        Some(("password", Certainty::Likely))
    } else if is(&["token", "apikey", "bearer", "jwt", "sessiontoken"])
        || ends(&[
            "accesstoken",
            "refreshtoken",
            "authtoken",
            "apikey",
            "clientsecret",
            "secretkey",
            "idtoken",
        ])
    {
        Some(("token", Certainty::Likely))
    } else {
        None
    }
}

/// A value that tells nothing: empty, or stars in its place.
fn is_masked(value: &[u8]) -> bool {
    value.iter().all(|byte| *byte == b'*') || value == "•".repeat(value.len() / 3).as_bytes()
}

fn tell(told: &mut Sightings, from_caller: bool, kind: &str, name: &[u8], length: usize) {
    if let Some((what, certainty)) = meaning(name) {
        let name = crate::disclosed::printable(name, 64);
        told.tell(from_caller, Sighting::of(what, certainty, format!("{kind} field {name}"), length));
    }
}

/// `a=b&c=d`, as in bodies and in the query of an address.
pub(super) fn form(text: &[u8], kind: &str, from_caller: bool, told: &mut Sightings) {
    for pair in text.split(|byte| matches!(byte, b'&' | b';')).take(1000) {
        let Some(equals) = pair.iter().position(|byte| *byte == b'=') else { continue };
        let (name, value) = pair.split_at(equals);
        let value = value.get(1..).unwrap_or_default();
        if !is_masked(value) {
            tell(told, from_caller, kind, name, value.len());
        }
    }
}

/// Members of JSON objects, also of a text that is cut.
pub(super) fn json(text: &[u8], from_caller: bool, told: &mut Sightings) {
    let mut rest = text;
    let mut name: Option<&[u8]> = None;
    while let Some((first, more)) = rest.split_first() {
        match first {
            b'"' => {
                let (string, after) = string(more);
                let follows = after.trim_ascii_start();
                if let Some(value) = follows.strip_prefix(b":") {
                    name = Some(string);
                    rest = value;
                } else {
                    if let Some(name) = name.take()
                        && !is_masked(string)
                    {
                        tell(told, from_caller, "JSON", name, string.len());
                    }
                    rest = after;
                }
            }
            // A number may be a PIN; true, false and null are no values of secrets.
            b'0'..=b'9' if name.is_some() => {
                let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
                if let Some(name) = name.take() {
                    tell(told, from_caller, "JSON", name, digits);
                }
                rest = rest.get(digits..).unwrap_or_default();
            }
            b' ' | b'\t' | b'\r' | b'\n' => rest = more,
            _ => {
                name = None;
                rest = more;
            }
        }
    }
}

/// A string up to its closing quote, and what follows it.
fn string(text: &[u8]) -> (&[u8], &[u8]) {
    let mut escaped = false;
    for (at, byte) in text.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return (text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default()),
            _ => {}
        }
    }
    // Cut within the string: how long it is, is not known, and no name of a field either.
    (&[], &[])
}

/// Whether octets are the beginning of a JSON object or of an array of them.
pub(super) fn begins_json(bytes: &[u8]) -> bool {
    let text = bytes.trim_ascii_start();
    let inside = text.strip_prefix(b"[").unwrap_or(text).trim_ascii_start();
    inside.strip_prefix(b"{").is_some_and(|rest| matches!(rest.trim_ascii_start(), [b'"' | b'}', ..]))
}

/// Parts of `multipart/form-data` whose names say so.
pub(super) fn multipart(text: &[u8], from_caller: bool, told: &mut Sightings) {
    for (at, _) in text.windows(6).enumerate().filter(|(_, six)| *six == b"name=\"").take(200) {
        let (name, after) = string(text.get(at + 6..).unwrap_or_default());
        let Some(blank) = after.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let value = after.get(blank + 4..).unwrap_or_default();
        let end = value.windows(4).position(|four| four == b"\r\n--").unwrap_or(value.len());
        if !is_masked(value.get(..end).unwrap_or_default()) {
            tell(told, from_caller, "form", name, end);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn seen(read: impl FnOnce(&mut Sightings)) -> Vec<String> {
        let mut told = Sightings::default();
        read(&mut told);
        let words = |(_, one): (bool, Sighting)| match one {
            Sighting::Credential { what, certainty, place, length } => {
                format!("{what} {certainty:?} {place} {length}")
            }
            other => format!("{other:?}"),
        };
        told.0.into_iter().map(words).collect()
    }

    #[test]
    fn names_tell_and_values_are_measured() {
        let forms: [(&[u8], &[&str]); 5] = [
            (b"user=a&password=abcd&x=1", &["password Certain form field password 4"]),
            (
                b"pin=1234;API_KEY=kkkkk",
                &["password Likely form field pin 4", "token Likely form field API_KEY 5"],
            ),
            (b"password=&pass=****&passport=x&compass=y&password_hint=z", &[]),
            (b"user%5Bpassword%5D=q", &[]),
            (b"user[password]=q", &["password Certain form field user[password] 1"]),
        ];
        for (text, expected) in forms {
            assert_eq!(seen(|told| form(text, "form", true, told)), expected, "{}", text.escape_ascii());
        }
        let texts: [(&[u8], &[&str]); 6] = [
            (
                br#"{"a":1, "password" : "a\"b", "t":{"token":"xyz"}}"#,
                &["password Certain JSON field password 4", "token Likely JSON field token 3"],
            ),
            (br#"{"pin":1234,"secret":null,"passwd":false}"#, &["password Likely JSON field pin 4"]),
            (br#"["password","abc"]"#, &[]),
            (br#"{"password":""}"#, &[]),
            (br#"{"password":"cut of"#, &[]),
            (br#"{"hint":"password: abc"}"#, &[]),
        ];
        for (text, expected) in texts {
            assert_eq!(seen(|told| json(text, true, told)), expected, "{}", text.escape_ascii());
        }
        let parts = b"--x\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\nabcd\r\n--x--";
        assert_eq!(seen(|told| multipart(parts, true, told)), ["password Certain form field password 4"]);
    }

    #[test]
    fn json_is_recognized_by_its_beginning() {
        assert!(begins_json(b" {\"a\"") && begins_json(b"[{ \"a\"") && begins_json(b"{}"));
        assert!(!begins_json(b"{a") && !begins_json(b"[1]") && !begins_json(b"\x16\x03"));
    }

    proptest! {
        #[test]
        fn any_text_is_taken(text in proptest::collection::vec(any::<u8>(), 0..300), json_like in "[{}\":, a-z\\\\0-9]{0,200}") {
            for text in [&text[..], json_like.as_bytes()] {
                seen(|told| {
                    form(text, "form", true, told);
                    json(text, true, told);
                    multipart(text, true, told);
                });
            }
        }
    }
}
