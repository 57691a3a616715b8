//! Opens what an image holds, in memory and within bounds, and gives every file to the look at its contents.
//!
//! A pure function of the image, the values that are searched for, and the clock.

use super::findings::{Known, Look, Meta, Search};
use super::inside::{Inside, Left, Part};
use super::signatures::{self, Signature};
use super::streams::{self, End, Packing};
use super::tree::{Entry, Kind, Visit, Visitor};
use super::{archives, disorder, squashfs};

/// How much is unpacked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// Octets that come out of everything together.
    pub(super) octets: usize,
    /// Entries of everything together.
    pub(super) files: u64,
    /// Octets of one file or stream.
    pub(super) file: usize,
    /// Parts within parts.
    pub(super) depth: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { octets: 768 << 20, files: 60_000, file: 64 << 20, depth: 6 }
    }
}

/// Parts, and closed parts, that are kept.
const PARTS_AT_MOST: usize = 200;
/// What is between two parts and shorter is not asked for its disorder.
const SHORTEST_GAP: usize = 64 << 10;
/// Octets that a stream in the middle of something gives at least, if it is one.
const SHORTEST_STREAM: usize = 512;

/// Opens what an image holds; the known values that stand in it beside.
pub(super) fn look_inside(
    bytes: &[u8],
    bounds: Bounds,
    search: Search<'_>,
    stop: &dyn Fn() -> bool,
) -> (Inside, Known) {
    let mut walk = Walk {
        inside: Inside::default(),
        look: Look::new(search),
        octets: bounds.octets,
        entries: bounds.files,
        bounds,
        stop,
    };
    walk.carve(bytes, "", 0);
    let Walk { inside, look, .. } = walk;
    (inside, look.known())
}

struct Walk<'a> {
    inside: Inside,
    look: Look<'a>,
    /// Octets that may still come out.
    octets: usize,
    /// Entries that may still come.
    entries: u64,
    bounds: Bounds,
    stop: &'a dyn Fn() -> bool,
}

/// What became of a place.
enum Opened {
    /// It takes this many octets.
    Taken(usize),
    /// It is no part after all, or one that stays closed.
    No,
}

impl Walk<'_> {
    /// Looks for parts anywhere in the octets. Octets that they take.
    fn carve(&mut self, bytes: &[u8], prefix: &str, depth: usize) -> usize {
        let (mut at, mut from, mut taken) = (0, 0, 0);
        while at < bytes.len() {
            if at % (1 << 16) == 0 && (self.stop)() {
                self.left(prefix, "image", at, bytes.len() - at, "stopped");
                return taken;
            }
            if let Some((signature, before)) = signatures::at(bytes, at, from)
                && let Opened::Taken(octets) =
                    self.open(signature, &bytes[at - before..], prefix, at - before, depth)
            {
                let begin = at - before;
                self.gap(bytes, prefix, from, begin);
                // Alignment of a header keeps the place from standing still.
                from = (begin + octets.max(before + 1)).min(bytes.len());
                taken += from - begin;
                at = from;
                continue;
            }
            at += 1;
        }
        self.gap(bytes, prefix, from, bytes.len());
        taken
    }

    /// Octets between two parts: padding and code are what they are, disorder is something that was not opened.
    fn gap(&mut self, bytes: &[u8], prefix: &str, from: usize, to: usize) {
        if to - from < SHORTEST_GAP.min(bytes.len()).max(disorder::SHORTEST) {
            return;
        }
        if let Some((begin, octets)) = disorder::stretch(&bytes[from..to]) {
            self.left(prefix, "high-entropy", from + begin, octets, "encrypted-or-unknown");
        }
    }

    fn open(&mut self, signature: Signature, bytes: &[u8], prefix: &str, at: usize, depth: usize) -> Opened {
        let place = |kind: &str| format!("{prefix}{kind}@{at}");
        match signature {
            Signature::Header(kind, octets) => {
                self.part(place(kind), kind, at, octets, (0, true));
                Opened::Taken(octets)
            }
            Signature::Closed(kind, octets) => {
                let known =
                    self.inside.left.iter().any(|left| left.kind == kind && left.path.starts_with(prefix));
                if !known {
                    self.left(prefix, kind, at, octets.unwrap_or(0), "not-supported");
                }
                Opened::No
            }
            _ if depth >= self.bounds.depth => {
                self.left(prefix, "part", at, bytes.len(), "bound");
                Opened::No
            }
            Signature::Stream(packing) => self.stream(packing, bytes, prefix, at, depth),
            Signature::SquashFs(block) => {
                if let Some(compression) = block.closed() {
                    self.left(
                        prefix,
                        &format!("squashfs ({compression})"),
                        at,
                        block.octets,
                        "not-supported",
                    );
                    // Nothing inside of it is looked for: what is packed looks like anything.
                    return Opened::Taken(block.octets.min(bytes.len()));
                }
                let (files, whole) =
                    self.tree(&place("squashfs"), depth, |visitor| squashfs::walk(bytes, block, visitor));
                if files == 0 && !whole {
                    self.left(prefix, "squashfs", at, block.octets, "damaged");
                    return Opened::No;
                }
                self.done("squashfs", prefix, at, block.octets.min(bytes.len()), files, whole)
            }
            Signature::Tar => self.archive("tar", bytes, prefix, at, depth, archives::tar),
            Signature::Cpio => self.archive("cpio", bytes, prefix, at, depth, archives::cpio),
            Signature::Zip => {
                let mut read = None;
                let (files, _) = self.tree(&place("zip"), depth, |visitor| {
                    read = archives::zip(bytes, visitor);
                    true
                });
                match read {
                    Some(read) => self.done("zip", prefix, at, read.octets, files, read.whole),
                    // Four octets are soon found by chance.
                    None => Opened::No,
                }
            }
        }
    }

    fn archive(
        &mut self,
        kind: &str,
        bytes: &[u8],
        prefix: &str,
        at: usize,
        depth: usize,
        read: fn(&[u8], &mut dyn Visitor) -> archives::Read,
    ) -> Opened {
        let mut end = archives::Read { octets: 0, whole: false };
        let (files, _) = self.tree(&format!("{prefix}{kind}@{at}"), depth, |visitor| {
            end = read(bytes, visitor);
            true
        });
        self.done(kind, prefix, at, end.octets, files, end.whole)
    }

    fn done(
        &mut self,
        kind: &str,
        prefix: &str,
        at: usize,
        octets: usize,
        files: u64,
        whole: bool,
    ) -> Opened {
        let why = if (self.stop)() {
            "stopped"
        } else if self.entries == 0 || self.octets == 0 {
            "bound"
        } else {
            "damaged"
        };
        if !whole {
            self.left(prefix, kind, at, octets, why);
        }
        self.part(format!("{prefix}{kind}@{at}"), kind, at, octets, (files, whole));
        Opened::Taken(octets)
    }

    fn stream(&mut self, packing: Packing, bytes: &[u8], prefix: &str, at: usize, depth: usize) -> Opened {
        let kind = match packing {
            Packing::Gzip => "gzip",
            Packing::Zlib => "zlib",
            Packing::Xz => "xz",
            Packing::Lzma => "lzma",
            Packing::Zstd => "zstd",
        };
        let most = self.octets.min(self.bounds.file.saturating_mul(4));
        let unpacked = streams::unpack(packing, bytes, most, self.stop);
        let in_the_middle = at > 0;
        // A few octets of magic are found by chance; nothing comes out of them, or hardly anything.
        if unpacked.octets.len() < SHORTEST_STREAM && (unpacked.end == End::Damaged || in_the_middle) {
            return Opened::No;
        }
        self.octets -= unpacked.octets.len();
        self.inside.octets += unpacked.octets.len() as u64;
        let taken = unpacked.taken.clamp(1, bytes.len());
        let why = match unpacked.end {
            End::Whole => None,
            End::Damaged => Some("damaged"),
            End::Bound => Some("bound"),
            End::ExpandsTooMuch => Some("expands-too-much"),
            End::Stopped => Some("stopped"),
        };
        if let Some(why) = why {
            self.left(prefix, kind, at, taken, why);
        }
        let place = format!("{prefix}{kind}@{at}");
        self.part(place.clone(), kind, at, taken, (1, unpacked.end == End::Whole));
        self.contents(&unpacked.octets, &format!("{place}:"), "", Meta::default(), depth + 1);
        // What was damaged may have begun by chance: only its first octet is taken then.
        Opened::Taken(if unpacked.end == End::Damaged { 1 } else { taken })
    }

    /// Octets that stand for themselves: an archive, a blob with parts, or a file to look at.
    fn contents(&mut self, bytes: &[u8], prefix: &str, path: &str, meta: Meta, depth: usize) {
        let within = if path.is_empty() { prefix.to_owned() } else { format!("{prefix}{path}:") };
        let opened = [0, 257].into_iter().find_map(|at| {
            let (signature, before) = signatures::at(bytes, at, 0)?;
            (before == at && !matches!(signature, Signature::Closed(..))).then_some(signature)
        });
        let anonymous = path.is_empty();
        let header = matches!(opened, Some(Signature::Header(..)));
        let program = bytes.starts_with(b"\x7fELF");
        if header || ((anonymous || is_image(path)) && bytes.len() > SHORTEST_GAP && !program) {
            // What hardly holds parts is looked at as it is, too.
            if self.carve(bytes, &within, depth) * 2 >= bytes.len() {
                return;
            }
        } else if let Some(signature) = opened
            && matches!(self.open(signature, bytes, &within, 0, depth), Opened::Taken(_))
        {
            return;
        }
        let name =
            if anonymous { prefix.trim_end_matches(':').to_owned() } else { format!("{prefix}{path}") };
        self.inside.files += 1;
        self.look.file(&name, path, meta, bytes, &mut self.inside);
    }

    /// Gives the entries of a part to the look. Files in it, and what `read` says.
    fn tree(
        &mut self,
        place: &str,
        depth: usize,
        read: impl FnOnce(&mut dyn Visitor) -> bool,
    ) -> (u64, bool) {
        let mut visitor = Branch { walk: self, prefix: format!("{place}:"), depth, files: 0 };
        let whole = read(&mut visitor);
        let files = visitor.files;
        self.look.end_of_tree(&format!("{place}:"), &mut self.inside);
        (files, whole)
    }

    fn part(&mut self, path: String, kind: &str, offset: usize, octets: usize, (files, whole): (u64, bool)) {
        if self.inside.parts.len() < PARTS_AT_MOST {
            let (offset, octets) = (offset as u64, octets as u64);
            self.inside.parts.push(Part { path, kind: kind.to_owned(), offset, octets, files, whole });
        }
    }

    fn left(&mut self, prefix: &str, kind: &str, offset: usize, octets: usize, why: &str) {
        if self.inside.left.len() >= PARTS_AT_MOST {
            self.inside.further_left += 1;
            return;
        }
        self.inside.left.push(Left {
            path: format!("{prefix}{}@{offset}", kind.split(' ').next().unwrap_or(kind)),
            kind: kind.to_owned(),
            offset: offset as u64,
            octets: octets as u64,
            why: why.to_owned(),
        });
    }
}

/// Takes the entries of one part.
struct Branch<'w, 'a> {
    walk: &'w mut Walk<'a>,
    prefix: String,
    depth: usize,
    files: u64,
}

impl Visitor for Branch<'_, '_> {
    fn visit(&mut self, entry: Entry, contents: &[u8]) -> Visit {
        if self.over() || self.walk.entries == 0 {
            return Visit::Stop;
        }
        self.walk.entries -= 1;
        let path = written(&entry.path);
        match entry.kind {
            Kind::Directory => {}
            Kind::Link(target) => self.walk.look.link(&self.prefix, &path, &written(&target)),
            Kind::File => {
                self.files += 1;
                self.walk.octets = self.walk.octets.saturating_sub(contents.len());
                self.walk.inside.octets += contents.len() as u64;
                let meta = Meta { mode: entry.mode, owner: entry.owner };
                self.walk.contents(contents, &self.prefix, &path, meta, self.depth + 1);
                if self.walk.octets == 0 {
                    return Visit::Stop;
                }
            }
        }
        Visit::GoOn
    }

    fn room(&self) -> usize {
        self.walk.octets.min(self.walk.bounds.file)
    }

    fn cut(&mut self, path: &[u8], size: u64) {
        let path = written(path);
        let prefix = self.prefix.clone();
        let octets = usize::try_from(size).unwrap_or(usize::MAX);
        self.walk.left(&format!("{prefix}{path}:"), "file", 0, octets, "bound");
    }

    fn over(&self) -> bool {
        (self.walk.stop)()
    }
}

/// A file whose name says that it holds a file system or an image.
fn is_image(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let ends = [".img", ".bin", ".squashfs", ".sqfs", ".fw", ".itb", ".ubi", ".trx", ".chk", ".cpio", ".rom"];
    ends.iter().any(|end| name.ends_with(end))
        || matches!(
            name.as_str(),
            "root" | "rootfs" | "kernel" | "zimage" | "uimage" | "vmlinux" | "firmware"
        )
}

/// A path for the reader and for comparison: begins with a slash, no steps up, nothing that cannot be printed.
fn written(path: &[u8]) -> String {
    let text = String::from_utf8_lossy(path);
    let parts: Vec<&str> = text.split('/').filter(|part| !matches!(*part, "" | "." | "..")).collect();
    let clean: String = parts
        .join("/")
        .chars()
        .map(|one| {
            if one.is_control() || matches!(one, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}') {
                '\u{fffd}'
            } else {
                one
            }
        })
        .take(300)
        .collect();
    format!("/{clean}")
}

#[cfg(test)]
#[path = "unpack_tests.rs"]
mod tests;
