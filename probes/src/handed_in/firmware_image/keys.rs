//! Private keys: PEM of all kinds, OpenSSH, PuTTY, host keys of Dropbear, DER.

/// Longest private key in PEM, in octets.
const LONGEST_PEM: usize = 16 << 10;
/// Longest file that is asked whether it is a key as a whole.
const LONGEST_FILE: usize = 16 << 10;
/// How the body of an OpenSSH key begins that no passphrase protects.
const OPENSSH_OPEN: &[u8] = b"b3BlbnNzaC1rZXktdjEAAAAABG5vbmU";

/// A private key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key<'a> {
    /// What it calls itself: `EC PRIVATE KEY`, `Dropbear ssh-ed25519`, `DER PKCS #8`.
    pub(super) label: String,
    /// A passphrase protects it.
    pub(super) encrypted: bool,
    /// Begin and end were found. Else only its first line was.
    pub(super) whole: bool,
    /// Its octets.
    pub(super) octets: &'a [u8],
}

/// The PEM key that begins these octets.
pub(super) fn pem(rest: &[u8]) -> Option<Key<'_>> {
    const BEGIN: &[u8] = b"-----BEGIN ";
    let label = rest.strip_prefix(BEGIN)?;
    let label = &label[..label.len().min(40)];
    let end = label.windows(5).position(|five| five == b"-----")?;
    let label = std::str::from_utf8(&label[..end]).ok()?;
    if !label.ends_with("PRIVATE KEY") || !label.chars().all(|c| c.is_ascii_uppercase() || c == ' ') {
        return None;
    }
    let body = &rest[..rest.len().min(LONGEST_PEM)];
    let footer = format!("-----END {label}-----");
    let end = body.windows(footer.len()).position(|octets| octets == footer.as_bytes());
    let begin = BEGIN.len() + label.len() + 5;
    let text = end.and_then(|end| body.get(begin..end)).unwrap_or_default();
    // A key of any kind takes some 60 characters of base64 at the least.
    let inside = text.iter().filter(|octet| octet.is_ascii_alphanumeric()).count();
    let whole = inside >= 60 && text.iter().all(|octet| matches!(octet, b'\n' | b'\r' | b'\t' | 0x20..=0x7e));
    let encrypted = label.starts_with("ENCRYPTED")
        || body.windows(10).take(120).any(|octets| octets == b"Proc-Type:")
        || (whole && label.starts_with("OPENSSH") && !openssh_is_open(text));
    let octets = &body[..end.map_or(0, |end| end + footer.len())];
    Some(Key { label: label.to_owned(), encrypted, whole, octets })
}

fn openssh_is_open(text: &[u8]) -> bool {
    let letters: Vec<u8> = text
        .iter()
        .copied()
        .filter(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'/'))
        .take(OPENSSH_OPEN.len() + 1)
        .collect();
    // Where line ends are written as `\n`, the letter of it stands first.
    letters.starts_with(OPENSSH_OPEN) || letters.get(1..).is_some_and(|rest| rest.starts_with(OPENSSH_OPEN))
}

/// The key that a file is as a whole, in a form that is no PEM.
pub(super) fn whole_file(bytes: &[u8]) -> Option<Key<'_>> {
    if bytes.len() > LONGEST_FILE || bytes.len() < 32 {
        return None;
    }
    let (label, encrypted) = putty(bytes).or_else(|| dropbear(bytes)).or_else(|| der(bytes))?;
    Some(Key { label, encrypted, whole: true, octets: bytes })
}

fn putty(bytes: &[u8]) -> Option<(String, bool)> {
    let text = std::str::from_utf8(bytes).ok()?;
    let kind = text.strip_prefix("PuTTY-User-Key-File-")?.lines().next()?;
    let open = text.lines().any(|line| line.trim_end() == "Encryption: none");
    let held = text.contains("Private-Lines:");
    held.then(|| (format!("PuTTY{}", kind.get(1..).unwrap_or_default().replace(':', "")), !open))
}

/// Fields of the length that their first four octets say, the first of them the algorithm. A public key has fewer.
fn dropbear(bytes: &[u8]) -> Option<(String, bool)> {
    let mut fields = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() && fields.len() < 10 {
        let length = u32::from_be_bytes(*rest.first_chunk::<4>()?) as usize;
        fields.push(rest.get(4..4_usize.checked_add(length)?)?);
        rest = &rest[4 + length..];
    }
    let private = match *fields.first()? {
        b"ssh-rsa" => matches!(fields.len(), 4 | 6),
        b"ssh-dss" => fields.len() == 6,
        b"ssh-ed25519" => fields.len() == 2 && fields[1].len() == 64,
        name if name.starts_with(b"ecdsa-sha2-nistp") => fields.len() == 4,
        _ => false,
    };
    let name = String::from_utf8_lossy(fields.first()?).into_owned();
    private.then(|| (format!("Dropbear {name}"), false))
}

fn der(bytes: &[u8]) -> Option<(String, bool)> {
    let (0x30, content, rest) = element(bytes)? else { return None };
    if rest.len() > 2 {
        return None;
    }
    let (tag, first, rest) = element(content)?;
    let (second_tag, second, rest) = element(rest)?;
    let third = element(rest);
    let label = match (tag, first, second_tag) {
        // Version, algorithm, octets of the key.
        (0x02, [0 | 1], 0x30) if is_algorithm(second) && matches!(third, Some((0x04, ..))) => "DER PKCS #8",
        // Version, and the eight numbers of RSA.
        (0x02, [0], 0x02) if second.len() >= 64 && numbers(rest) == Some(7) => "DER PKCS #1",
        // Version 1, and a number of the length of a curve.
        (0x02, [1], 0x04) if matches!(second.len(), 28 | 32 | 48 | 66) => "DER SEC 1",
        (0x02, [3], 0x30)
            if second.starts_with(&[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07]) =>
        {
            return Some(("PKCS #12".to_owned(), true));
        }
        (0x30, _, 0x04) if rest.is_empty() && is_password_encryption(first) => {
            return Some(("DER PKCS #8".to_owned(), true));
        }
        _ => return None,
    };
    Some((label.to_owned(), false))
}

fn is_algorithm(bytes: &[u8]) -> bool {
    bytes.first() == Some(&0x06)
}

/// PKCS #5 or PKCS #12 encryption by a password.
fn is_password_encryption(bytes: &[u8]) -> bool {
    let Some((0x06, name, _)) = element(bytes) else { return false };
    name.starts_with(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05])
        || name.starts_with(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c])
}

/// How many integers follow, and nothing else does.
fn numbers(mut rest: &[u8]) -> Option<usize> {
    let mut count = 0;
    while !rest.is_empty() {
        let (0x02, _, after) = element(rest)? else { return None };
        (rest, count) = (after, count + 1);
    }
    Some(count)
}

/// Tag, contents, and what follows.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    let (length, rest) = rest.split_first()?;
    let (length, rest) = match *length {
        length @ 0..=0x7f => (usize::from(length), rest),
        0x81 => (usize::from(*rest.first()?), &rest[1..]),
        0x82 => (usize::from(u16::from_be_bytes(*rest.first_chunk()?)), &rest[2..]),
        _ => return None,
    };
    Some((*tag, rest.get(..length)?, &rest[length..]))
}

#[cfg(test)]
#[path = "keys_tests.rs"]
mod tests;
