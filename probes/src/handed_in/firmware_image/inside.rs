//! What an image of firmware holds once it is unpacked, as it is stored: parts, findings, hardening of programs, and
//! what stayed closed. These words are there whether or not the tool was built with feature `firmware`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What was seen inside an image.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inside {
    /// File systems, archives and packed streams that were opened.
    pub parts: Vec<Part>,
    /// What was not opened, or not to its end. Where there is anything, that nothing was found speaks for nobody.
    pub left: Vec<Left>,
    /// Closed parts beyond those that are kept.
    pub further_left: u64,
    /// Files that were looked at.
    pub files: u64,
    /// Octets that came out of parts, streams included.
    pub octets: u64,
    /// What was found.
    pub findings: Vec<Finding>,
    /// Findings beyond those that are kept.
    pub further: u64,
    /// How programs and libraries are hardened.
    pub hardening: Hardening,
}

impl Inside {
    /// Everything that was recognized was opened to its end.
    pub fn whole(&self) -> bool {
        self.left.is_empty() && self.further_left == 0
    }

    /// Findings of a kind.
    pub fn of_kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Finding> {
        self.findings.iter().filter(move |finding| finding.kind == kind)
    }

    /// Whether a place of the image, in octets, lies in a part that was opened to its end: what is said of the files in
    /// it counts there.
    pub fn covers(&self, offset: u64) -> bool {
        self.parts.iter().any(|part| {
            !part.path.contains(':')
                && part.offset <= offset
                && offset < part.offset.saturating_add(part.octets)
                && part.whole
                && part.files > 0
        })
    }
}

/// A part that was opened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Where it is: `squashfs@131072`, or `gzip@64:cpio@0` for one inside of another.
    pub path: String,
    /// `squashfs`, `tar`, `cpio`, `zip`, `gzip`, `xz`, `lzma`, `zstd`, `uimage`, `fit`.
    pub kind: String,
    /// Octet at which it begins, in the image or in the part that holds it.
    pub offset: u64,
    /// Octets that it takes there.
    pub octets: u64,
    /// Files in it.
    pub files: u64,
    /// It was read to its end.
    pub whole: bool,
}

/// A part that was not opened, or not to its end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// Where it is.
    pub path: String,
    /// What it looks like: `jffs2`, `ext`, `ubi`, `ubifs`, `cramfs`, `luks`, `squashfs`, `high-entropy`, `image` …
    pub kind: String,
    /// Octet at which it begins, in the image or in the part that holds it.
    pub offset: u64,
    /// Octets that it takes there, as far as known.
    pub octets: u64,
    /// `not-built`, `not-supported`, `encrypted-or-unknown`, `damaged`, `bound` (larger than what is unpacked),
    /// `expands-too-much`, `stopped` (the time was over).
    pub why: String,
}

/// Something that was found. Its secret is not kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// `private-key`, `private-key-encrypted`, `password-hash`, `empty-password`, `credential`,
    /// `debug-service-started`, `remote-login-started`, `console-shell`, `console-login`, `debug-program`, `setuid`,
    /// `world-writable`.
    pub kind: String,
    /// Part and path in it: `squashfs@131072:/etc/shadow`.
    pub path: String,
    /// Octet in that file.
    pub offset: u64,
    /// Line in it, counted from 1, where it is a text.
    pub line: Option<u64>,
    /// What exactly: `OPENSSH PRIVATE KEY`, `root`, `telnetd`.
    pub what: String,
    /// What stands there, with the secret withheld.
    pub excerpt: String,
    /// SHA-256 of a key or hash, lower-case hex, so that two images can be compared. None of a password: it could be
    /// guessed from it.
    pub digest: Option<String>,
    /// It stands where it is used, and hardly for another reason: settings, keys of hosts, what is started without a
    /// condition. Keys in libraries, samples and documents are not.
    pub telling: bool,
}

/// How programs and libraries are hardened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hardening {
    /// ELF programs and libraries that were read.
    pub files: u64,
    /// How many lack a means: `pie`, `nx`, `relro`, `bind-now`, `canary`, `fortify`.
    pub lacking: BTreeMap<String, u64>,
    /// Of how many it cannot be told.
    pub unknown: BTreeMap<String, u64>,
    /// Those that lack something, programs first met.
    pub binaries: Vec<Binary>,
    /// Such beyond those that are kept.
    pub further: u64,
    /// ELF files that could not be read.
    pub unreadable: u64,
}

/// A program or library.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Binary {
    /// Part and path in it.
    pub path: String,
    /// `program` or `library`.
    pub kind: String,
    /// Linked without libraries: some means cannot be told.
    pub is_static: bool,
    /// Position-independent; `None` for a library, which always is.
    pub pie: Option<bool>,
    /// Its stack cannot be executed.
    pub nx: Option<bool>,
    /// Tables are read-only after the start, at least in part.
    pub relro: Option<bool>,
    /// Symbols are bound at the start, so that all of them are.
    pub bind_now: Option<bool>,
    /// Stack canaries.
    pub canary: Option<bool>,
    /// Checked functions of the C library, where it calls any that can be.
    pub fortify: Option<bool>,
}

impl Binary {
    /// Name and state of each means.
    pub fn means(&self) -> [(&'static str, Option<bool>); 6] {
        [
            ("pie", self.pie),
            ("nx", self.nx),
            ("relro", self.relro),
            ("bind-now", self.bind_now),
            ("canary", self.canary),
            ("fortify", self.fortify),
        ]
    }

    /// The means that it lacks.
    pub fn lacks(&self) -> Vec<&'static str> {
        self.means().into_iter().filter(|(_, state)| *state == Some(false)).map(|(name, _)| name).collect()
    }
}
