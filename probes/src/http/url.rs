//! Addresses of published pages: `http://` and `https://` only.

/// An absolute address, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    /// HTTP over TLS.
    pub tls: bool,
    /// Host in lower case; an IPv6 address stands in brackets.
    pub host: String,
    /// Port, the usual one if none is written.
    pub port: u16,
    /// Path and query, beginning with `/`; the fragment is dropped.
    pub path: String,
}

impl Url {
    /// Takes an absolute address apart; `None` for other schemes, user information, or an address
    /// that cannot be written in a request line.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (scheme, rest) = text.split_once("://")?;
        let tls = match scheme.to_ascii_lowercase().as_str() {
            "http" => false,
            "https" => true,
            _ => return None,
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let usual = if tls { 443 } else { 80 };
        let (host, port) = match authority.rfind(':') {
            Some(colon) if !authority[colon..].contains(']') => {
                let digits = &authority[colon + 1..];
                let port = if digits.is_empty() { usual } else { digits.parse().ok()? };
                (&authority[..colon], port)
            }
            _ => (authority, usual),
        };
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '[' | ']' | ':');
        let colon_outside = host.contains(':') && !(host.starts_with('[') && host.ends_with(']'));
        if host.is_empty() || colon_outside || !host.chars().all(plain) {
            return None;
        }
        Some(Self { tls, host: host.to_ascii_lowercase(), port, path: clean(path) })
    }

    /// The address that a `Location` header means when it was sent for this one.
    pub fn join(&self, location: &str) -> Option<Self> {
        let location = location.trim();
        if location.contains("://") {
            return Self::parse(location);
        }
        if let Some(rest) = location.strip_prefix("//") {
            return Self::parse(&format!("{}://{rest}", self.scheme()));
        }
        let path = if location.starts_with('/') {
            clean(location)
        } else {
            let own = self.path.split('?').next().unwrap_or("/");
            let folder = &own[..own.rfind('/').map_or(0, |slash| slash + 1)];
            clean(&format!("{folder}{location}"))
        };
        Some(Self { path, ..self.clone() })
    }

    /// Whether the other address is at the same host and port, inside TLS or not like this one.
    pub fn same_place(&self, other: &Self) -> bool {
        (self.tls, &self.host, self.port) == (other.tls, &other.host, other.port)
    }

    /// The address in one piece.
    pub fn text(&self) -> String {
        let usual = if self.tls { 443 } else { 80 };
        if self.port == usual {
            format!("{}://{}{}", self.scheme(), self.host, self.path)
        } else {
            format!("{}://{}:{}{}", self.scheme(), self.host, self.port, self.path)
        }
    }

    fn scheme(&self) -> &'static str {
        if self.tls { "https" } else { "http" }
    }
}

/// Path and query as they can stand in a request line: no fragment, everything odd percent-encoded.
fn clean(path: &str) -> String {
    let path = path.split('#').next().unwrap_or("");
    let mut out = String::with_capacity(path.len() + 1);
    if !path.starts_with('/') {
        out.push('/');
    }
    for byte in path.bytes() {
        if byte.is_ascii_graphic()
            && !matches!(byte, b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}')
        {
            out.push(char::from(byte));
        } else {
            use std::fmt::Write as _;
            write!(out, "%{byte:02X}").expect("a String takes any text");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_are_taken_apart() {
        let url = Url::parse("HTTPS://Example.TEST:8443/a b?c=d#e").expect("an address");
        assert_eq!((url.tls, url.host.as_str(), url.port), (true, "example.test", 8443));
        assert_eq!(url.path, "/a%20b?c=d");
        assert_eq!(Url::parse("http://[::1]/").expect("an address").host, "[::1]");
        assert_eq!(Url::parse("http://h?x").expect("an address").path, "/?x");
    }

    #[test]
    fn what_is_no_page_is_refused() {
        for text in ["", "ftp://h/", "http://", "http://user@h/", "http://h:99999/", "http://a:b:1/", "/x"] {
            assert_eq!(Url::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_location_is_read_against_its_page() {
        let page = Url::parse("https://h:444/a/b?q").expect("an address");
        assert_eq!(page.join("c").expect("relative").text(), "https://h:444/a/c");
        assert_eq!(page.join("/c").expect("rooted").text(), "https://h:444/c");
        assert_eq!(page.join("//o/c").expect("other host").text(), "https://o/c");
        assert_eq!(page.join("http://o:81").expect("absolute").text(), "http://o:81/");
        assert_eq!(page.join("javascript://x"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_taken(text in ".{0,80}", other in ".{0,80}") {
            for start in ["", "http://", "https://h/"] {
                if let Some(url) = Url::parse(&format!("{start}{text}")) {
                    prop_assert_eq!(Url::parse(&url.text()), Some(url.clone()));
                    let _ = url.join(&other);
                }
            }
        }
    }
}
