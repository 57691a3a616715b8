//! Reads files that a person or an instrument took from the device, or that the supplier handed in.
//!
//! They are hostile input: what is read of each is bounded, lines and findings are counted and cut, and the search
//! stops when the run does.

use std::collections::BTreeSet;
use std::time::Instant;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::capture::Needle;
use crate::capture::needles::Needles;
use crate::context::{HandedIn, ProbeContext};

use self::firmware_image::{Opened, SearchedFor, open_apart};

pub use self::firmware_image::{Binary, Block, Finding, Hardening, ImageRead, Inside, Left, Marker, Part};
pub use self::serial_log::{LogRead, Sighting};

mod firmware_image;
mod serial_log;

/// Octets of a log that are read.
const LOG_AT_MOST: usize = 4 << 20;
/// Octets that are searched between two looks at the clock.
const CHUNK: usize = 1 << 20;
/// Octets that one chunk looks into the next.
const OVERLAP: usize = 1024;
/// Places of known values that are kept for each file; further ones are counted.
const PLACES_AT_MOST: usize = 50;
/// Octets of a log that are kept as evidence.
const KEPT_AT_MOST: usize = 256 << 10;

/// Result.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FilesRead {
    /// Values that were searched for: credentials, passwords of labels, planted data.
    pub values: usize,
    /// The files, in the order of the bench.
    pub files: Vec<FileRead>,
}

/// One file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FileRead {
    /// `serial-log` or `firmware-image`.
    pub kind: String,
    /// Row id that it tells of.
    pub of: String,
    /// Its name.
    pub name: String,
    /// How it was taken.
    pub taken: Option<String>,
    /// Its size.
    pub octets: u64,
    /// Octets that were read.
    pub read: u64,
    /// Everything was read and searched.
    pub whole: bool,
    /// SHA-256, lower-case hex.
    pub sha256: String,
    /// What a log says.
    pub log: Option<LogRead>,
    /// What an image holds.
    pub image: Option<ImageRead>,
    /// Known values that stand in it.
    pub known: Vec<KnownValue>,
    /// Places beyond those that are kept.
    pub further: u64,
    /// The log with known values withheld, as stored: `sha256:…`.
    pub kept: Option<String>,
}

/// A known value in a file. The value itself is not kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownValue {
    /// `credential:ROW`, `label:SAMPLE`, `planted:ROW`.
    pub key: String,
    /// How it is written: `plain`, `base64`, `hex`, `percent`, `utf-16`, `json-escaped`.
    pub encoding: String,
    /// Octet at which it begins, in the file or in what stands at `path`.
    pub offset: u64,
    /// Line, counted from 1, in a log.
    pub line: Option<u64>,
    /// Part and path inside of an image: `squashfs@131072:/etc/cloud.conf`.
    #[serde(default)]
    pub path: Option<String>,
    /// It can hardly stand there by chance: eight characters at the least, no common password.
    pub telling: bool,
}

/// Opens the images among the files that were read, as far as the time goes.
pub async fn open_images(read: &mut FilesRead, context: &ProbeContext) {
    let needles = needles(context);
    let search = SearchedFor {
        telling: needles.iter().filter(|one| is_telling(&one.value)).map(|one| one.key.clone()).collect(),
        values: needles.into_iter().map(|needle| (needle.key, needle.value)).collect(),
    };
    for (file, handed_in) in read.files.iter_mut().zip(&context.handed_in) {
        let Some(image) = &mut file.image else { continue };
        let Opened { inside, known, further } = open_apart(context, &handed_in.bytes, &search).await;
        // A value that lies open in a part was met twice: the place inside tells more.
        file.known.retain(|known| !inside.covers(known.offset));
        let room = PLACES_AT_MOST.saturating_sub(file.known.len());
        file.further += further + known.len().saturating_sub(room) as u64;
        file.known.extend(known.into_iter().take(room));
        image.inside = Some(inside);
    }
}

/// What the process does that opens an image apart; see [`crate::apart`].
///
/// # Errors
///
/// It was not asked as it should.
pub(crate) fn opened_apart(octets: &[u8]) -> Result<serde_json::Value, crate::apart::Unreadable> {
    let opened = firmware_image::open_framed(octets)?;
    Ok(serde_json::to_value(opened).expect("string keys only"))
}

/// Reads everything that the bench named, as far as the time goes. Images are not opened yet.
pub fn read_files(context: &ProbeContext) -> FilesRead {
    let needles = needles(context);
    let search = Needles::new(&needles);
    let telling: BTreeSet<String> =
        needles.iter().filter(|needle| is_telling(&needle.value)).map(|needle| needle.key.clone()).collect();
    let mut clock = Clock { context, begun: Instant::now() };
    let mut read = FilesRead { values: needles.len(), files: Vec::new() };
    for (n, file) in context.handed_in.iter().enumerate() {
        if clock.over() {
            break;
        }
        (context.progress)(n as u64, context.handed_in.len() as u64, &file.name);
        read.files.push(read_file(file, (&search, &telling), &mut clock, context));
    }
    read
}

fn needles(context: &ProbeContext) -> Vec<Needle> {
    let secrets = context.credentials.iter().map(|(key, (_, secret))| {
        let key = if key.starts_with("label:") { key.clone() } else { format!("credential:{key}") };
        Needle { key, value: secret.clone() }
    });
    let planted = context.plant.iter().flat_map(|(row, values)| {
        values.iter().map(move |value| Needle { key: format!("planted:{row}"), value: value.clone() })
    });
    secrets.chain(planted).filter(|needle| needle.value.len() >= 5).collect()
}

/// Whether a value that is found somewhere was not found there by chance.
fn is_telling(value: &str) -> bool {
    let different: BTreeSet<char> = value.chars().collect();
    value.chars().count() >= 8 && different.len() >= 5 && crate::common_passwords::resembles(value).is_none()
}

/// Tells when to stop.
struct Clock<'a> {
    context: &'a ProbeContext,
    begun: Instant,
}

impl Clock<'_> {
    fn over(&self) -> bool {
        let cut = self.context.deadline.is_some_and(|deadline| tokio::time::Instant::now() >= deadline);
        cut || self.context.cancel.is_cancelled() || self.begun.elapsed().as_secs() > 300
    }
}

fn read_file(
    file: &HandedIn,
    (search, telling): (&Needles, &BTreeSet<String>),
    clock: &mut Clock<'_>,
    context: &ProbeContext,
) -> FileRead {
    let log = file.kind == "serial-log";
    let bytes = if log { &file.bytes[..file.bytes.len().min(LOG_AT_MOST)] } else { &file.bytes[..] };
    let mut told = FileRead {
        kind: file.kind.clone(),
        of: file.of.clone(),
        name: file.name.clone(),
        taken: file.taken.clone(),
        octets: file.bytes.len() as u64,
        ..FileRead::default()
    };
    let mut digest = Sha256::new();
    let mut places: Vec<(usize, usize)> = Vec::new();
    let mut image = (!log).then(|| firmware_image::Scan::new(bytes.len()));
    let mut at = 0;
    while at < bytes.len() {
        if clock.over() {
            break;
        }
        let end = bytes.len().min(at + CHUNK);
        digest.update(&bytes[at..end]);
        let seen = &bytes[at..bytes.len().min(end + OVERLAP)];
        search.search_places(seen, &mut |key, encoding, range| {
            if range.start >= end - at {
                return; // the next chunk begins there
            }
            let known = KnownValue {
                key: key.to_owned(),
                encoding: encoding.to_owned(),
                offset: (at + range.start) as u64,
                line: None,
                path: None,
                telling: telling.contains(key),
            };
            places.push((at + range.start, at + range.end));
            if told.known.len() < PLACES_AT_MOST {
                told.known.push(known);
            } else {
                told.further += 1;
            }
        });
        if let Some(image) = &mut image {
            image.chunk(bytes, at, end);
        }
        at = end;
    }
    told.read = at as u64;
    told.whole = at == file.bytes.len();
    if told.whole {
        told.sha256 = digest.finalize().iter().map(|octet| format!("{octet:02x}")).collect();
    }
    told.image = image.map(firmware_image::Scan::end);
    if log {
        let withheld = withheld(&bytes[..at], &mut places);
        for known in &mut told.known {
            let before = bytes.get(..known.offset as usize).unwrap_or_default();
            known.line = Some(before.iter().filter(|octet| **octet == b'\n').count() as u64 + 1);
        }
        told.log = Some(serial_log::read(&withheld));
        let kept = &withheld[..withheld.len().min(KEPT_AT_MOST)];
        if !kept.is_empty() {
            told.kept = Some(context.attach(kept, "txt").reference);
        }
    }
    told
}

/// The octets with known values replaced by asterisks of the same length.
fn withheld(bytes: &[u8], places: &mut [(usize, usize)]) -> Vec<u8> {
    places.sort_unstable();
    let mut text = bytes.to_vec();
    for (from, to) in places.iter() {
        let to = (*to).min(text.len());
        if let Some(place) = text.get_mut(*from..to) {
            place.fill(b'*');
        }
    }
    text
}
