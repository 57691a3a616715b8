//! What there is of a package, and how one thing of it is made another.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

use super::Params;
use crate::context::UpdatePackage;
use crate::web_session::base64;

/// A package taken apart.
#[derive(Clone, Debug)]
pub(super) struct Parts {
    /// Its version.
    pub(super) version: String,
    /// The list that names the newest version.
    pub(super) list: Option<File>,
    /// The image.
    pub(super) image: File,
    /// The signature in a file of its own.
    pub(super) beside: Option<File>,
    /// Everything else, by path.
    pub(super) others: BTreeMap<String, Arc<[u8]>>,
}

/// A file at its path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct File {
    /// Path at the update server.
    pub(super) path: String,
    /// Contents.
    pub(super) bytes: Arc<[u8]>,
}

impl Parts {
    /// Finds the parts by their declared paths.
    ///
    /// # Errors
    /// What is missing.
    pub(super) fn of(package: &UpdatePackage, params: &Params) -> Result<Self, String> {
        let mut others = package.files.clone();
        let mut take = |path: String| Some(File { bytes: others.remove(&path)?, path });
        let versioned = |path: &str| path.replace("{version}", &package.version);
        let place = params.signature.as_ref();
        let list = params.manifest.clone().and_then(&mut take);
        let beside = place.and_then(|place| place.beside.as_deref()).map(versioned).and_then(&mut take);
        let image = params.image.as_deref().map(versioned);
        let image = match image.clone().and_then(&mut take) {
            Some(image) => image,
            None => {
                let largest = others.iter().max_by_key(|(_, bytes)| bytes.len());
                let Some((path, bytes)) = largest.map(|(path, bytes)| (path.clone(), bytes.clone())) else {
                    return Err(format!("the package {} has no image", package.version));
                };
                others.remove(&path);
                // It is had where the device asks for it.
                File { path: image.unwrap_or(path), bytes }
            }
        };
        if params.manifest.is_some() && list.is_none() {
            return Err(format!("the package {} has no list at its declared path", package.version));
        }
        if image.bytes.is_empty() {
            return Err(format!("the image of the package {} is empty", package.version));
        }
        Ok(Self { version: package.version.clone(), list, image, beside, others })
    }

    /// All files, by path.
    pub(super) fn files(&self) -> BTreeMap<String, Arc<[u8]>> {
        let mut files = self.others.clone();
        for file in [self.list.as_ref(), Some(&self.image), self.beside.as_ref()].into_iter().flatten() {
            files.insert(file.path.clone(), file.bytes.clone());
        }
        files
    }

    /// Gives it another image; the list goes on telling the truth of it.
    pub(super) fn replace_image(&mut self, bytes: Vec<u8>) {
        if let Some(list) = &mut self.list
            && let Some(text) = retold(&list.bytes, &self.image.bytes, &bytes)
        {
            list.bytes = text.into();
        }
        self.image.bytes = bytes.into();
    }
}

/// Octets of the longest file that was handed in.
pub(super) fn longest_file(packages: &[UpdatePackage]) -> u64 {
    let files = packages.iter().flat_map(|package| package.files.values());
    files.map(|bytes| bytes.len() as u64).max().unwrap_or(0)
}

/// A list that goes on: what stands after its beginning never closes it.
pub(super) fn left_open(list: &[u8]) -> Vec<u8> {
    let text = list.trim_ascii_end();
    text[..text.len().saturating_sub(1)].to_vec()
}

/// The image with one bit changed in the middle of what is not its signature.
pub(super) fn one_bit_changed(image: &[u8], signature: usize) -> Vec<u8> {
    let mut bytes = image.to_vec();
    let middle = bytes.len().saturating_sub(signature) / 2;
    if let Some(octet) = bytes.get_mut(middle) {
        *octet ^= 0x01;
    }
    bytes
}

/// A list that names digest and length of another image; `None` where it names no digest.
pub(super) fn retold(list: &[u8], before: &[u8], after: &[u8]) -> Option<Vec<u8>> {
    let mut text = std::str::from_utf8(list).ok()?.to_owned();
    let mut named = false;
    for (old, new) in digests(before).into_iter().zip(digests(after)) {
        let forms: [fn(&[u8]) -> String; 3] = [hex, |octets| hex(octets).to_uppercase(), base64];
        for form in forms {
            let (old, new) = (form(&old), form(&new));
            named |= text.contains(&old);
            text = text.replace(&old, &new);
        }
    }
    if named && before.len() != after.len() {
        text = with_number(&text, before.len(), after.len());
    }
    named.then(|| text.into_bytes())
}

/// The text with one whole number in place of another.
fn with_number(text: &str, old: usize, new: usize) -> String {
    let (old, new) = (old.to_string(), new.to_string());
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(&old) {
        let after = &rest[at + old.len()..];
        let digit = |character: Option<char>| character.is_some_and(|character| character.is_ascii_digit());
        let whole = !digit(rest[..at].chars().last()) && !digit(after.chars().next());
        out.push_str(&rest[..at]);
        out.push_str(if whole { &new } else { &old });
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Digests by which a list may name an image.
fn digests(bytes: &[u8]) -> [Vec<u8>; 4] {
    [
        Sha256::digest(bytes).to_vec(),
        Sha384::digest(bytes).to_vec(),
        Sha512::digest(bytes).to_vec(),
        Sha1::digest(bytes).to_vec(),
    ]
}

/// A version above this one, written alike: the last number in it is one higher. `None` without a number.
pub(super) fn above(version: &str) -> Option<String> {
    let end = version.rfind(|character: char| character.is_ascii_digit())? + 1;
    let start = version[..end].rfind(|character: char| !character.is_ascii_digit()).map_or(0, |at| at + 1);
    // The character before is of ASCII or not, so that the number starts behind all of its octets.
    let start = (start..end).find(|at| version.is_char_boundary(*at))?;
    let number: u64 = version[start..end].parse().ok()?;
    Some(format!("{}{}{}", &version[..start], number.checked_add(1)?, &version[end..]))
}

/// The text of the signature in a list.
pub(super) fn signature_in(list: &[u8], key: &str) -> Option<String> {
    let list: Value = serde_json::from_slice(list).ok()?;
    Some(found(&list, key)?.as_str().filter(|text| !text.is_empty())?.to_owned())
}

/// The list without its signature.
pub(super) fn without_signature(list: &[u8], key: &str) -> Option<Vec<u8>> {
    let mut list: Value = serde_json::from_slice(list).ok()?;
    removed(&mut list, key).then(|| list.to_string().into_bytes())
}

/// What the signature in a list is most likely over: the one text beside it that is a JSON text or long, else the
/// list without it.
pub(super) fn signed_by_it(list: &[u8], key: &str) -> Option<Vec<u8>> {
    let parsed: Value = serde_json::from_slice(list).ok()?;
    let texts = parsed.as_object()?.iter().filter(|(name, _)| *name != key);
    let longest = texts.filter_map(|(_, value)| value.as_str()).max_by_key(|text| text.len());
    match longest.filter(|text| text.starts_with('{') || text.len() > 200) {
        Some(text) => Some(text.as_bytes().to_vec()),
        None => without_signature(list, key),
    }
}

fn found<'v>(value: &'v Value, key: &str) -> Option<&'v Value> {
    match value {
        Value::Object(fields) => {
            fields.get(key).or_else(|| fields.values().find_map(|value| found(value, key)))
        }
        Value::Array(all) => all.iter().find_map(|value| found(value, key)),
        _ => None,
    }
}

fn removed(value: &mut Value, key: &str) -> bool {
    match value {
        Value::Object(fields) => {
            fields.remove(key).is_some() || fields.values_mut().any(|value| removed(value, key))
        }
        Value::Array(all) => all.iter_mut().any(|value| removed(value, key)),
        _ => false,
    }
}

/// How a text writes octets: hexadecimal digits, else Base64.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Writing {
    /// Two digits an octet.
    Hexadecimal,
    /// Four letters for three octets.
    Base64,
}

impl Writing {
    /// Of a text, with the number of its octets.
    pub(super) fn of(text: &str) -> (Self, usize) {
        if text.len().is_multiple_of(2) && text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            (Self::Hexadecimal, text.len() / 2)
        } else {
            (Self::Base64, text.trim_end_matches('=').len() * 3 / 4)
        }
    }

    /// Writes octets.
    pub(super) fn write(self, octets: &[u8]) -> String {
        match self {
            Self::Hexadecimal => hex(octets),
            Self::Base64 => base64(octets),
        }
    }
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_tells_of_the_image_that_it_is_given() {
        let (before, after) = (b"image one".as_slice(), b"image three".as_slice());
        for text in [hex(&Sha256::digest(before)), base64(&Sha512::digest(before))] {
            let list = format!(r#"{{"digest":"{text}","size":9,"other":109}}"#);
            let told = String::from_utf8(retold(list.as_bytes(), before, after).unwrap()).unwrap();
            assert!(!told.contains(&text) && told.contains("\"size\":11,\"other\":109"), "{told}");
        }
        assert_eq!(retold(br#"{"version":"2"}"#, before, after), None);
        assert_eq!(retold(&[0xff, 0xfe], before, after), None);
    }

    #[test]
    fn a_version_above_is_written_alike() {
        for (version, expected) in [("1.5.0", "1.5.1"), ("v9-beta", "v10-beta"), ("版2", "版3"), ("7", "8")]
        {
            assert_eq!(above(version).as_deref(), Some(expected));
        }
        assert_eq!(above("newest"), None);
        assert_eq!(above("99999999999999999999999"), None);
    }

    #[test]
    fn one_bit_is_changed_before_the_signature() {
        let image: Vec<u8> = (0..100).collect();
        let changed = one_bit_changed(&image, 64);
        let differing: Vec<usize> = (0..100).filter(|at| image[*at] != changed[*at]).collect();
        assert_eq!(differing, [18]);
        assert_eq!((changed[18] ^ image[18]).count_ones(), 1);
        assert!(one_bit_changed(&[], 64).is_empty());
    }

    #[test]
    fn a_signature_is_found_wherever_it_stands_in_the_list() {
        let list = br#"{"files":[{"name":"a","sig":"00ff"}],"statement":"{\"newest\":\"2\"}"}"#;
        assert_eq!(signature_in(list, "sig").as_deref(), Some("00ff"));
        let without = without_signature(list, "sig").unwrap();
        assert_eq!(signature_in(&without, "sig"), None);
        assert_eq!(signed_by_it(list, "sig").unwrap(), br#"{"newest":"2"}"#);
        assert_eq!(without_signature(list, "other"), None);
        assert_eq!(Writing::of("00ff"), (Writing::Hexadecimal, 2));
        assert_eq!(Writing::of(&base64(&[7; 64])), (Writing::Base64, 64));
        assert_eq!(base64(b"open sesame"), "b3BlbiBzZXNhbWU=");
    }
}
