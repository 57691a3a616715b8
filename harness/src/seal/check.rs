//! Whether a run folder is as it was sealed.

use std::collections::BTreeMap;
use std::path::Path;

use super::files::{self, Kind};
use super::key::PublicKey;
use super::signature::Signature;
use super::sums::Sums;
use super::{DRAFT, SIGNATURE_FILE, SUMS_FILE, is_sealed};
use crate::store::{StoreError, read_bounded};
use crate::verify::Alteration;

/// Largest list and signature that are read, in bytes.
const LARGEST: u64 = 64 << 20;

/// What is known of who sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signer {
    /// The signature is of the key that was given.
    Checked,
    /// No key was given: whoever altered the run could have sealed it anew.
    NotChecked,
    /// The signature does not hold, cannot be read, or is not there.
    Wrong,
}

/// What comparing a run folder with its seal gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealCheck {
    /// Who sealed.
    pub signer: Signer,
    /// Number of the key that the signature names; proves nothing by itself.
    pub key_id: Option<String>,
    /// The trusted comment, made harmless to print. To be believed only where the signer was checked.
    pub comment: Option<String>,
    /// The seal says of itself that it is of a run that had not come to its end.
    pub draft: bool,
    /// Files that the seal names.
    pub files: usize,
    /// What is not as it was sealed.
    pub altered: Vec<Alteration>,
    /// Of these, files whose time is later than that of the signature, e.g. what a command wrote since.
    pub newer: Vec<String>,
}

/// Compares a run folder with its seal: signature, sums, and what the list does not name. `None` where
/// there is no seal and none was asked for by a key.
///
/// # Errors
/// The folder cannot be read.
pub fn check(folder: &Path, key: Option<&PublicKey>) -> Result<Option<SealCheck>, StoreError> {
    if !is_sealed(folder) && key.is_none() {
        return Ok(None);
    }
    let mut check = SealCheck {
        signer: Signer::NotChecked,
        key_id: None,
        comment: None,
        draft: false,
        files: 0,
        altered: Vec::new(),
        newer: Vec::new(),
    };
    let found: BTreeMap<String, Kind> = files::below(folder)?.into_iter().collect();
    let list = check.part(folder, &found, SUMS_FILE);
    let signature = check.part(folder, &found, SIGNATURE_FILE);
    check.signature(signature.as_deref(), list.as_deref(), key);
    let sums = list.and_then(|bytes| {
        let sums =
            String::from_utf8(bytes).map_err(|_| "not UTF-8".to_owned()).and_then(|text| Sums::read(&text));
        sums.map_err(|why| check.alter(SUMS_FILE, "a list of sums and names", &why)).ok()
    });
    if let Some(sums) = sums {
        check.files = sums.0.len();
        check.compare(folder, &found, &sums);
    }
    check.newer = newer(folder, &check.altered);
    Ok(Some(check))
}

impl SealCheck {
    /// Whether nothing was altered.
    pub fn sound(&self) -> bool {
        self.altered.is_empty()
    }

    fn alter(&mut self, file: &str, expected: &str, actual: &str) {
        self.altered.push(Alteration {
            file: printable(file),
            expected: expected.to_owned(),
            actual: actual.to_owned(),
        });
    }

    /// The bytes of one of the two files of a seal.
    fn part(&mut self, folder: &Path, found: &BTreeMap<String, Kind>, name: &str) -> Option<Vec<u8>> {
        let actual = match found.get(name) {
            Some(Kind::File) => match read_bounded(&folder.join(name), LARGEST) {
                Ok(bytes) => return Some(bytes),
                Err(error) => format!("cannot be read: {error}"),
            },
            Some(kind) => kind.words().to_owned(),
            None => "missing".to_owned(),
        };
        self.alter(name, "a file of the seal", &actual);
        self.signer = Signer::Wrong;
        None
    }

    fn signature(&mut self, signature: Option<&[u8]>, list: Option<&[u8]>, key: Option<&PublicKey>) {
        let Some(bytes) = signature else { return };
        let signature = match Signature::read(&String::from_utf8_lossy(bytes)) {
            Ok(signature) => signature,
            Err(why) => {
                self.signer = Signer::Wrong;
                return self.alter(SIGNATURE_FILE, "a signature in the form of minisign", &why);
            }
        };
        self.key_id = Some(signature.key_id());
        self.comment = Some(printable(signature.comment()));
        self.draft = signature.comment().starts_with(DRAFT);
        let (Some(key), Some(list)) = (key, list) else { return };
        match signature.verify(key, list) {
            Ok(()) => self.signer = Signer::Checked,
            Err(fault) => {
                self.signer = Signer::Wrong;
                let expected = format!("a signature of the key {} over {SUMS_FILE}", key.id());
                self.alter(SIGNATURE_FILE, &expected, &fault.to_string());
            }
        }
    }

    fn compare(&mut self, folder: &Path, found: &BTreeMap<String, Kind>, sums: &Sums) {
        for (name, expected) in &sums.0 {
            let actual = match found.get(name) {
                None => "missing".to_owned(),
                Some(Kind::File) => match files::sum(&folder.join(name)) {
                    Ok(sum) if sum == *expected => continue,
                    Ok(sum) => format!("sha256:{sum}"),
                    Err(error) => format!("cannot be read: {error}"),
                },
                Some(kind) => kind.words().to_owned(),
            };
            self.alter(name, &format!("sha256:{expected}"), &actual);
        }
        for (name, kind) in found {
            if !sums.0.contains_key(name) && name != SUMS_FILE && name != SIGNATURE_FILE {
                self.alter(name, "no such file", &format!("{} that the seal does not name", kind.words()));
            }
        }
    }
}

/// Of the altered files those whose time is later than that of the signature.
fn newer(folder: &Path, altered: &[Alteration]) -> Vec<String> {
    let time = |name: &str| folder.join(name).symlink_metadata().and_then(|meta| meta.modified()).ok();
    let Some(sealed) = time(SIGNATURE_FILE) else { return Vec::new() };
    let is_newer = |one: &&Alteration| time(&one.file).is_some_and(|time| time > sealed);
    altered.iter().filter(is_newer).map(|one| one.file.clone()).collect()
}

/// Text of a file that nobody vouches for, so that it can be printed at a terminal.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
