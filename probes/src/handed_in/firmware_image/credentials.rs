//! Credentials that are written into settings and scripts.
//!
//! Rules that keep silent where they can be wrong: an empty value, a placeholder, a variable, a path, a word of a
//! template, a page or a document is no finding.

/// A credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Credential {
    /// The name under which it stands.
    pub(super) name: String,
    /// Characters of the value, which is not kept.
    pub(super) length: usize,
    /// It is one of those that everybody tries first, or a variant.
    pub(super) common: bool,
    /// Line, counted from 1.
    pub(super) line: usize,
    /// Octet of the line.
    pub(super) offset: usize,
}

/// Longest line that is read, in octets.
const LONGEST_LINE: usize = 1000;
/// Credentials of one file.
const AT_MOST: usize = 20;

/// Ends of names under which a secret stands.
const NAMES: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "passwort",
    "pwd",
    "pass",
    "psk",
    "presharedkey",
    "secret",
    "secretkey",
    "apikey",
    "accesskey",
    "authtoken",
    "accesstoken",
    "apitoken",
    "token",
    "authkey",
    "wepkey",
    "secretaccesskey",
];

/// Values that stand for none.
const PLACEHOLDERS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "psk",
    "pass",
    "example",
    "placeholder",
    "none",
    "null",
    "nil",
    "true",
    "false",
    "yes",
    "no",
    "ask",
    "prompt",
    "required",
    "requisite",
    "optional",
    "sufficient",
    "disabled",
    "enabled",
    "disable",
    "enable",
    "empty",
    "default",
    "undefined",
    "unset",
    "todo",
    "tbd",
    "files",
    "file",
    "compat",
    "string",
    "str",
    "text",
    "hidden",
    "plain",
    "plaintext",
    "md5",
    "sha256",
    "sha512",
    "auto",
    "key",
    "value",
    "self",
    "user",
    "username",
    "never",
    "always",
    "login",
    "system-auth",
    "wpa-psk",
    "wpa2-psk",
    "withheld",
    "redacted",
    "removed",
    "unknown",
    "int",
    "bool",
    "char",
    "bytes",
    "object",
    "function",
];

/// Ends of files that are pages, documents or data of programs, where such names stand for fields.
const NO_SETTINGS: &[&str] = &[
    ".html",
    ".htm",
    ".js",
    ".mjs",
    ".ts",
    ".css",
    ".md",
    ".rst",
    ".txt",
    ".svg",
    ".map",
    ".po",
    ".mo",
    ".lmo",
    ".xsd",
    ".xsl",
    ".dtd",
    ".c",
    ".h",
    ".cpp",
    ".hpp",
    ".pem",
    ".crt",
    ".list",
    ".control",
    ".md5sums",
    ".vim",
    ".postinst",
    ".prerm",
    ".mib",
    ".dts",
    ".example",
    ".sample",
    ".template",
    ".tmpl",
    ".in",
    ".dist",
];

/// Whether credentials are looked for in a file of this path.
pub(super) fn may_hold(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    let name = path.rsplit('/').next().unwrap_or(&path);
    let no_settings = NO_SETTINGS.iter().any(|end| name.ends_with(end))
        || matches!(
            name,
            "nsswitch.conf"
                | "login.defs"
                | "services"
                | "passwd"
                | "shadow"
                | "group"
                | "pam.conf"
                | "openssl.cnf"
        );
    let documents = [
        "/doc/",
        "/docs/",
        "/man/",
        "/locale/",
        "/i18n/",
        "/pam.d/",
        "/zoneinfo/",
        "/terminfo/",
        "/licenses/",
    ];
    !no_settings && !documents.iter().any(|folder| path.contains(folder)) && !super::place::is_sample(&path)
}

/// Credentials in a text. `code` where an unquoted word is a variable.
pub(super) fn read(path: &str, text: &str) -> Vec<Credential> {
    let code =
        [".py", ".lua", ".php", ".pl", ".rb", ".cgi", ".asp", ".jsp"].iter().any(|end| path.ends_with(end));
    let mut found = Vec::new();
    let mut offset = 0;
    for (number, line) in text.split('\n').enumerate() {
        let place = offset;
        offset += line.len() + 1;
        if found.len() >= AT_MOST {
            break;
        }
        let trimmed = line.trim();
        let comment = ["#", ";", "//", "*", "<!--", "--"].iter().any(|mark| trimmed.starts_with(mark));
        if comment || line.len() > LONGEST_LINE {
            continue;
        }
        if let Some((name, value)) = in_line(trimmed, code).filter(|(_, value)| is_value(value)) {
            let common = crate::common_passwords::resembles(value).is_some();
            let length = value.chars().count();
            found.push(Credential { name: name.to_owned(), length, common, line: number + 1, offset: place });
        }
    }
    found
}

/// The line with what may be a secret withheld: all that stands behind a name, and between the marks of an address.
pub(super) fn withheld(line: &str) -> String {
    let mut text = line.to_owned();
    while let Some((from, to)) = secret_of_address(&text) {
        text.replace_range(from..to, "(withheld)");
        if text.len() > line.len() + 200 {
            break;
        }
    }
    let begin = names(&text).next().map(|(_, end)| end);
    if let Some(end) = begin {
        let mark = text[end..].find(['=', ':', ' ', '>']).map_or(text.len(), |at| end + at + 1);
        if mark < text.len() {
            text.truncate(mark);
            text.push_str(" (withheld)");
        }
    }
    text
}

/// Name and value of a line.
fn in_line(line: &str, code: bool) -> Option<(&str, &str)> {
    // `scheme://user:secret@host`
    if let Some((from, to)) = secret_of_address(line) {
        return Some(("address", &line[from..to]));
    }
    // `option key 'value'` of OpenWrt.
    if let Some(rest) = line.strip_prefix("option ") {
        let (name, value) = rest.trim_start().split_once([' ', '\t'])?;
        let name = name.trim_matches(['\'', '"']);
        let known = name == "key" || is_name(name);
        return known.then(|| (name, unquoted(value.trim()).0)).filter(|(_, value)| value.len() != 1);
    }
    names(line).find_map(|(begin, end)| {
        let name = &line[begin..end];
        let rest = line[end..].trim_start_matches(['"', '\'']).trim_start();
        // `<password>value</password>`
        if let Some(value) = rest.strip_prefix('>') {
            let value = value.split('<').next().unwrap_or_default().trim();
            return line[..begin].ends_with('<').then_some((name, value));
        }
        let value = rest.strip_prefix("=>").or_else(|| rest.strip_prefix("="));
        let value =
            value.or_else(|| rest.strip_prefix(':').filter(|value| !value.starts_with(['=', ':'])))?;
        // A comparison is no assignment.
        if value.starts_with(['=', '~']) {
            return None;
        }
        let (value, quoted) = unquoted(value.trim());
        (quoted || !code).then_some((name, value))
    })
}

/// Places of names in a line.
fn names(line: &str) -> impl Iterator<Item = (usize, usize)> + '_ {
    let part = |one: char| one.is_ascii_alphanumeric() || matches!(one, '_' | '-' | '.');
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let begin = at + line[at..].find(part)?;
            let end = line[begin..].find(|one| !part(one)).map_or(line.len(), |length| begin + length);
            at = end;
            if is_name(&line[begin..end]) {
                return Some((begin, end));
            }
        }
    })
}

fn is_name(word: &str) -> bool {
    let folded: String =
        word.chars().filter(|one| one.is_ascii_alphanumeric()).collect::<String>().to_ascii_lowercase();
    // A name of its own or the last part of one: `mqtt_password`, `wpaPsk`; no word that ends so by chance.
    NAMES.iter().any(|name| {
        folded.strip_suffix(name).is_some_and(|before| {
            before.is_empty() || name.len() >= 6 || {
                let at = word.len().saturating_sub(name.len());
                word.is_char_boundary(at)
                    && (word[..at].ends_with(['_', '-', '.'])
                        || word[at..].starts_with(|one: char| one.is_ascii_uppercase())
                            && word[..at].ends_with(|one: char| one.is_ascii_lowercase()))
            }
        })
    })
}

fn unquoted(value: &str) -> (&str, bool) {
    for quote in ['"', '\''] {
        if let Some(rest) = value.strip_prefix(quote) {
            return (rest.split(quote).next().unwrap_or_default(), true);
        }
    }
    (value.split([' ', '\t', ';', ',', '#', ')', '}', ']']).next().unwrap_or_default(), false)
}

/// Where the secret of an address with user and secret stands.
fn secret_of_address(line: &str) -> Option<(usize, usize)> {
    let mut from = 0;
    while let Some(scheme) = line[from..].find("://") {
        let begin = from + scheme + 3;
        let end =
            line[begin..].find(['/', ' ', '"', '\'', '<', '?']).map_or(line.len(), |length| begin + length);
        let authority = &line[begin..end];
        if let Some(at) = authority.rfind('@')
            && let Some(colon) = authority[..at].find(':')
            && authority[colon + 1..at] != *"(withheld)"
        {
            return Some((begin + colon + 1, begin + at));
        }
        from = begin;
    }
    None
}

/// Whether a text is a secret, and no word that stands for one.
fn is_value(value: &str) -> bool {
    let length = value.chars().count();
    let folded = value.to_ascii_lowercase();
    let first = value.chars().next();
    let one_letter = value.chars().all(|one| Some(one) == first || matches!(one, '.' | '-' | '_'));
    let marked = value
        .starts_with(['$', '%', '<', '{', '@', '&', '/', '\\', '(', '[', '*', '~', '|', '!', '`'])
        || ["${", "{{", "$(", "%s", "%d", "<", ">", "(", "://", "\\n", "\\\""]
            .iter()
            .any(|mark| value.contains(mark));
    let asks =
        ["your", "enter", "insert", "change_me_", "my_", "xxx", "put_", "replace", "example", "sample"];
    let asked = asks.iter().any(|word| folded.starts_with(word))
        || folded.contains("_here")
        || folded.contains("example");
    let prose = value.contains(' ') && value.split(' ').count() > 2;
    let plain_word = PLACEHOLDERS.contains(&folded.as_str());
    (4..=256).contains(&length)
        && !one_letter
        && !marked
        && !asked
        && !prose
        && !plain_word
        && value.is_ascii()
}

#[cfg(test)]
#[path = "credentials_tests.rs"]
mod tests;
