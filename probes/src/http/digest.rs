//! Digest access authentication (RFC 7616): MD5 and SHA-256, `qop=auth` or none.

use md5::{Digest as _, Md5};
use sha2::Sha256;

/// What a server asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    realm: String,
    nonce: String,
    opaque: Option<String>,
    algorithm: Algorithm,
    named: bool,
    qop_auth: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Algorithm {
    Md5,
    Sha256,
}

impl Challenge {
    /// The strongest Digest challenge that we can answer among `WWW-Authenticate` headers.
    pub fn strongest<'a>(headers: impl Iterator<Item = &'a str>) -> Option<Self> {
        headers.filter_map(Self::parse).max_by_key(|challenge| challenge.algorithm)
    }

    fn parse(header: &str) -> Option<Self> {
        let header = header.trim();
        let scheme = header.get(..7)?;
        if !scheme.eq_ignore_ascii_case("digest ") {
            return None;
        }
        let (mut realm, mut nonce, mut opaque, mut algorithm, mut qop) = (None, None, None, None, None);
        for (name, value) in parameters(&header[7..]) {
            match name.as_str() {
                "realm" => realm = Some(value),
                "nonce" => nonce = Some(value),
                "opaque" => opaque = Some(value),
                "algorithm" => algorithm = Some(value),
                "qop" => qop = Some(value),
                _ => {}
            }
        }
        let named = algorithm.is_some();
        let algorithm = match algorithm.as_deref().unwrap_or("MD5").to_ascii_uppercase().as_str() {
            "MD5" => Algorithm::Md5,
            "SHA-256" => Algorithm::Sha256,
            _ => return None,
        };
        let qop_auth = qop.as_deref().is_some_and(|list| list.split(',').any(|one| one.trim() == "auth"));
        if qop.is_some() && !qop_auth {
            return None;
        }
        Some(Self { realm: realm?, nonce: nonce?, opaque, algorithm, named, qop_auth })
    }

    /// The `Authorization` header that answers.
    pub fn answer(&self, method: &str, uri: &str, user: &str, password: &str, cnonce: &str) -> String {
        let hash = |text: String| match self.algorithm {
            Algorithm::Md5 => hex(&Md5::digest(text)),
            Algorithm::Sha256 => hex(&Sha256::digest(text)),
        };
        let secret = hash(format!("{user}:{}:{password}", self.realm));
        let request = hash(format!("{method}:{uri}"));
        let response = if self.qop_auth {
            hash(format!("{secret}:{}:00000001:{cnonce}:auth:{request}", self.nonce))
        } else {
            hash(format!("{secret}:{}:{request}", self.nonce))
        };
        let mut header = format!(
            "Digest username=\"{}\", realm=\"{}\", nonce=\"{}\", uri=\"{}\", response=\"{response}\"",
            quoted(user),
            quoted(&self.realm),
            quoted(&self.nonce),
            quoted(uri)
        );
        if self.named {
            header.push_str(match self.algorithm {
                Algorithm::Md5 => ", algorithm=MD5",
                Algorithm::Sha256 => ", algorithm=SHA-256",
            });
        }
        if self.qop_auth {
            header.push_str(&format!(", qop=auth, nc=00000001, cnonce=\"{cnonce}\""));
        }
        if let Some(opaque) = &self.opaque {
            header.push_str(&format!(", opaque=\"{}\"", quoted(opaque)));
        }
        header
    }
}

/// `name=value, name="quoted \" value"`; names come back in lower case.
fn parameters(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((name, after)) = rest.split_once('=') {
        let name = name.trim_matches([' ', ',', '\t']).to_ascii_lowercase();
        let after = after.trim_start();
        let mut value = String::new();
        if let Some(inside) = after.strip_prefix('"') {
            let mut chars = inside.char_indices();
            rest = "";
            while let Some((at, c)) = chars.next() {
                match c {
                    '"' => {
                        rest = &inside[at + 1..];
                        break;
                    }
                    '\\' => value.extend(chars.next().map(|(_, escaped)| escaped)),
                    _ => value.push(c),
                }
            }
        } else {
            let end = after.find(',').unwrap_or(after.len());
            value.push_str(after[..end].trim());
            rest = &after[end..];
        }
        found.push((name, value));
    }
    found
}

fn quoted(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    // The worked example of RFC 7616, 3.9.1.
    const START: &str = "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", \
        nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"";
    const CNONCE: &str = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";

    #[test]
    fn the_published_example_comes_out() {
        let answer = |algorithm: &str| {
            let header = format!("{START}, algorithm={algorithm}");
            Challenge::strongest([header.as_str()].into_iter()).expect("a challenge").answer(
                "GET",
                "/dir/index.html",
                "Mufasa",
                "Circle of Life",
                CNONCE,
            )
        };
        assert!(answer("MD5").contains("response=\"8ca523f5e9506fed4657c9700eebdbec\""));
        assert!(
            answer("SHA-256")
                .contains("response=\"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1\"")
        );
    }

    #[test]
    fn the_stronger_challenge_is_taken_and_others_are_left() {
        let headers =
            ["Basic realm=x", "Digest realm=a, nonce=b", "Digest realm=a, nonce=b, algorithm=SHA-256"];
        let chosen = Challenge::strongest(headers.into_iter()).expect("a challenge");
        assert_eq!(chosen.algorithm, Algorithm::Sha256);
        assert_eq!(Challenge::strongest(["Digest realm=a, nonce=b, qop=auth-int"].into_iter()), None);
    }

    proptest! {
        #[test]
        fn any_header_is_taken(text in ".{0,100}") {
            let _ = Challenge::parse(&text);
            let _ = Challenge::parse(&format!("Digest {text}"));
        }
    }
}
