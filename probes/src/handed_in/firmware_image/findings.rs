//! What the files of an image are looked at for.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest as _, Sha256};

use super::inside::{Finding, Inside};
use super::keys::{self, Key};
use super::{accounts, credentials, hardening, place, services};
use crate::capture::needles::Needles;
use crate::handed_in::KnownValue;

/// Findings of one kind that are kept.
const OF_A_KIND: u64 = 60;
/// Largest text that is looked at line by line, in octets.
const LARGEST_TEXT: usize = 2 << 20;
/// Characters of an excerpt.
const EXCERPT: usize = 120;
/// Known values that are kept.
const KNOWN_AT_MOST: usize = 50;

/// Known values that stand in an image.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// Those that are kept.
    pub(crate) values: Vec<KnownValue>,
    /// Further ones.
    pub(crate) further: u64,
}

/// The values that are searched for.
#[derive(Clone, Copy)]
pub(crate) struct Search<'a> {
    /// The search.
    pub(crate) needles: &'a Needles,
    /// Keys of those that stand nowhere by chance.
    pub(crate) telling: &'a BTreeSet<String>,
}

/// What a file system says of a file beside its contents.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Meta {
    /// Rights.
    pub(super) mode: u32,
    /// Number of its owner.
    pub(super) owner: Option<u32>,
}

/// The look at the files of an image.
pub(super) struct Look<'a> {
    search: Search<'a>,
    known: Known,
    counts: BTreeMap<String, u64>,
    /// What each open file system starts, by its prefix.
    starting: BTreeMap<String, services::Starting>,
}

impl<'a> Look<'a> {
    pub(super) fn new(search: Search<'a>) -> Self {
        Self { search, known: Known::default(), counts: BTreeMap::new(), starting: BTreeMap::new() }
    }

    /// The known values that were met.
    pub(super) fn known(self) -> Known {
        self.known
    }

    /// Looks at a file. `name` is its part and path, `path` the path alone; empty for what a stream held.
    pub(super) fn file(&mut self, name: &str, path: &str, meta: Meta, bytes: &[u8], inside: &mut Inside) {
        self.known_values(name, bytes);
        self.rights(name, path, meta, inside);
        let program = bytes.starts_with(b"\x7fELF");
        self.keys(name, path, bytes, program, inside);
        let prefix = &name[..name.len() - path.len()];
        if program {
            hardening::add(&mut inside.hardening, hardening::read(name, bytes));
            self.starting.entry(prefix.to_owned()).or_default().program(path);
        } else if let Some(text) = text(bytes) {
            self.accounts(name, path, text, inside);
            if credentials::may_hold(path) && !path.is_empty() {
                self.credentials(name, path, text, inside);
            }
            if services::says_what_starts(path) && text.len() <= services::LARGEST {
                self.starting.entry(prefix.to_owned()).or_default().file(path, text);
            }
        }
    }

    /// A symbolic link.
    pub(super) fn link(&mut self, prefix: &str, path: &str, target: &str) {
        self.starting.entry(prefix.to_owned()).or_default().link(path, target);
        if target.rsplit('/').next().is_some_and(|name| name.starts_with("busybox")) {
            self.starting.entry(prefix.to_owned()).or_default().program(path);
        }
    }

    /// A file system came to its end: what it starts can be told now.
    pub(super) fn end_of_tree(&mut self, prefix: &str, inside: &mut Inside) {
        for started in self.starting.remove(prefix).unwrap_or_default().end() {
            let finding = Finding {
                kind: started.kind.to_owned(),
                path: format!("{prefix}{}", started.path),
                line: started.line.map(|line| line as u64),
                what: started.what,
                excerpt: credentials::withheld(&started.text),
                telling: started.always,
                ..Finding::default()
            };
            self.add(finding, inside);
        }
    }

    fn known_values(&mut self, name: &str, bytes: &[u8]) {
        let Self { search, known, .. } = self;
        let path = scrub(search.needles, name);
        search.needles.search_places(bytes, &mut |key, encoding, range| {
            if known.values.len() >= KNOWN_AT_MOST {
                known.further += 1;
                return;
            }
            known.values.push(KnownValue {
                key: key.to_owned(),
                encoding: encoding.to_owned(),
                offset: range.start as u64,
                line: None,
                path: Some(path.clone()),
                telling: search.telling.contains(key),
            });
        });
    }

    fn rights(&mut self, name: &str, path: &str, meta: Meta, inside: &mut Inside) {
        let mode = meta.mode & 0o7777;
        let finding = |kind: &str, telling: bool| Finding {
            kind: kind.to_owned(),
            path: name.to_owned(),
            what: match meta.owner {
                Some(owner) => format!("{mode:04o}, owner {owner}"),
                None => format!("{mode:04o}"),
            },
            telling,
            ..Finding::default()
        };
        if mode & 0o4000 != 0 && mode & 0o111 != 0 {
            self.add(finding("setuid", meta.owner == Some(0)), inside);
        }
        // Archives made elsewhere give every file to everybody; what is run or read as a setting matters.
        if mode & 0o002 != 0 && !path.starts_with("/tmp/") && !path.starts_with("/dev/") {
            self.add(finding("world-writable", mode & 0o111 != 0), inside);
        }
    }

    fn keys(&mut self, name: &str, path: &str, bytes: &[u8], program: bool, inside: &mut Inside) {
        let in_use = !program && place::is_in_use(path);
        if let Some(key) = (!program).then(|| keys::whole_file(bytes)).flatten() {
            self.key(name, 0, None, &key, in_use, inside);
            return;
        }
        let mut at = 0;
        while let Some(next) =
            bytes.get(at..).and_then(|rest| rest.windows(5).position(|five| five == b"-----"))
        {
            let begin = at + next;
            at = begin + 5;
            if let Some(key) = keys::pem(&bytes[begin..]).filter(|key| key.whole) {
                let line =
                    (!program).then(|| bytes[..begin].iter().filter(|one| **one == b'\n').count() as u64 + 1);
                // One that stands in the middle of a line belongs to the text of a program.
                let alone = begin == 0 || bytes[begin - 1] == b'\n';
                self.key(name, begin, line, &key, in_use && alone, inside);
                at = begin + key.octets.len().max(5);
            }
        }
    }

    fn key(
        &mut self,
        name: &str,
        at: usize,
        line: Option<u64>,
        key: &Key<'_>,
        telling: bool,
        inside: &mut Inside,
    ) {
        let kind = if key.encrypted { "private-key-encrypted" } else { "private-key" };
        let finding = Finding {
            kind: kind.to_owned(),
            path: name.to_owned(),
            offset: at as u64,
            line,
            what: key.label.clone(),
            excerpt: format!("{} (withheld, {} octets)", key.label, key.octets.len()),
            digest: Some(digest(key.octets)),
            telling: telling && !key.encrypted,
        };
        self.add(finding, inside);
    }

    fn accounts(&mut self, name: &str, path: &str, text: &str, inside: &mut Inside) {
        if !accounts::is_list(path) {
            return;
        }
        for account in accounts::read(text) {
            let (kind, excerpt) = match account.scheme {
                Some(scheme) => ("password-hash", format!("{}: {scheme} (withheld)", account.user)),
                None => ("empty-password", format!("{}: no password is needed", account.user)),
            };
            let finding = Finding {
                kind: kind.to_owned(),
                path: name.to_owned(),
                offset: account.offset as u64,
                line: Some(account.line as u64),
                what: account.user.to_owned(),
                excerpt,
                digest: account.scheme.map(|_| digest(account.hash.as_bytes())),
                telling: place::is_in_use(path),
            };
            self.add(finding, inside);
        }
    }

    fn credentials(&mut self, name: &str, path: &str, text: &str, inside: &mut Inside) {
        for credential in credentials::read(path, text) {
            let common = if credential.common { ", a common one" } else { "" };
            let finding = Finding {
                kind: "credential".to_owned(),
                path: name.to_owned(),
                offset: credential.offset as u64,
                line: Some(credential.line as u64),
                what: credential.name.clone(),
                excerpt: format!("{} (withheld, {} characters{common})", credential.name, credential.length),
                digest: None,
                telling: place::is_in_use(path),
            };
            self.add(finding, inside);
        }
    }

    fn add(&mut self, mut finding: Finding, inside: &mut Inside) {
        let count = self.counts.entry(finding.kind.clone()).or_default();
        *count += 1;
        if *count > OF_A_KIND {
            inside.further += 1;
            return;
        }
        for text in [&mut finding.path, &mut finding.what, &mut finding.excerpt] {
            *text =
                shortened(&scrub(self.search.needles, text), if text.contains("@") { 400 } else { EXCERPT });
        }
        inside.findings.push(finding);
    }
}

/// A text without octets that no text has; `None` for anything else.
fn text(bytes: &[u8]) -> Option<&str> {
    if bytes.len() > LARGEST_TEXT || bytes.iter().take(4096).any(|octet| *octet == 0) {
        return None;
    }
    std::str::from_utf8(bytes).ok()
}

/// The text with known values replaced by asterisks.
fn scrub(needles: &Needles, text: &str) -> String {
    let mut octets = text.as_bytes().to_vec();
    needles.search_places(text.as_bytes(), &mut |_, _, range| {
        if let Some(place) = octets.get_mut(range) {
            place.fill(b'*');
        }
    });
    String::from_utf8_lossy(&octets).into_owned()
}

fn shortened(text: &str, most: usize) -> String {
    let clean: String = text.chars().filter(|one| !one.is_control()).take(most).collect();
    if clean.chars().count() < text.chars().count() { clean + "…" } else { clean }
}

fn digest(octets: &[u8]) -> String {
    Sha256::digest(octets).iter().map(|octet| format!("{octet:02x}")).collect()
}
