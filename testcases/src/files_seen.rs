//! What the files tell that were taken from the device or handed in (probe `handed-in`).

use probes::EvidenceRef;
use probes::handed_in::{FileRead, FilesRead, KnownValue, Sighting};

use crate::facts::{Facts, Recorded};
use crate::firmware_seen;
use crate::prompt::Shown;

/// What an interface that is switched off does not show.
pub const CONSOLE: &[&str] = &["root-shell", "shell-prompt", "debugger", "bootloader-prompt", "login-prompt"];
/// What serves for debugging at an interface that is not meant for it.
pub const DEBUGGING: &[&str] = &["root-shell", "shell-prompt", "debugger", "bootloader-prompt"];

/// A file as it was read.
#[derive(Clone, Debug)]
pub struct FileSeen<'a> {
    /// The observation.
    pub recorded: &'a Recorded,
    /// Place in it.
    at: usize,
    /// What was read.
    pub file: FileRead,
}

/// The files of the last reading: they are the same for every sample.
pub fn files<'a>(facts: &Facts<'a>) -> Vec<FileSeen<'a>> {
    let Some((recorded, read)) = facts.results::<FilesRead>("handed-in").pop() else { return Vec::new() };
    read.files.into_iter().enumerate().map(|(at, file)| FileSeen { recorded, at, file }).collect()
}

impl FileSeen<'_> {
    /// Evidence at a line or octet of it.
    pub fn place(&self, line: Option<u64>) -> EvidenceRef {
        let line = line.map(|line| format!(":{line}")).unwrap_or_default();
        self.recorded.at(format!("files[{}]{line}", self.at))
    }

    /// The log itself, with known values withheld.
    pub fn kept(&self) -> Option<EvidenceRef> {
        self.file.kept.clone().map(|reference| EvidenceRef { reference, at: String::new() })
    }

    /// The first sighting of one of these kinds.
    pub fn first(&self, kinds: &[&str]) -> Option<&Sighting> {
        self.file.log.as_ref()?.first(kinds)
    }

    /// Why a log says nothing: `garbage`, or `short` noise.
    pub fn unreadable(&self) -> Option<&str> {
        let log = self.file.log.as_ref()?;
        matches!(log.state.as_str(), "garbage" | "short").then_some(log.state.as_str())
    }

    /// The row is what it was taken of.
    pub fn is_log_of(&self, row: &str) -> bool {
        self.file.of == row && self.file.kind == "serial-log"
    }

    /// Everything of it in lines for a person.
    pub fn shown(&self) -> Vec<Shown> {
        let file = &self.file;
        let mut lines = vec![format!(
            "{} ({}, of {}{}), {} octets{}",
            file.name,
            file.kind,
            file.of,
            file.taken.as_deref().map(|taken| format!(", {taken}")).unwrap_or_default(),
            file.octets,
            if file.whole { "" } else { ", read in part" }
        )];
        if let Some(log) = &file.log {
            let percent =
                log.readable_percent.map_or_else(String::new, |percent| format!(", {percent} % text"));
            lines.push(format!("{}: {} lines{percent}", log.state, log.lines));
            lines.extend(
                log.sightings.iter().take(12).map(|sighting| {
                    format!("{} in line {}: {}", sighting.what, sighting.line, sighting.text)
                }),
            );
        }
        if let Some(image) = &file.image {
            lines.push(format!("{} % of it looks packed or encrypted", image.packed_percent));
            lines.extend(
                image
                    .markers
                    .iter()
                    .take(12)
                    .map(|marker| format!("{} {} at octet {}", marker.kind, marker.label, marker.offset)),
            );
        }
        if let Some(inside) = file.image.as_ref().and_then(|image| image.inside.as_ref()) {
            lines.push(firmware_seen::summary(&file.name, inside));
            lines.extend(firmware_seen::all_lines(inside));
        }
        lines.extend(file.known.iter().take(12).map(|known| format!("{} at {}", known.key, place_of(known))));
        lines
            .into_iter()
            .map(|text| Shown {
                label: "observed.handed-in".to_owned(),
                text,
                source: Some(self.recorded.reference.clone()),
            })
            .collect()
    }
}

/// Where a known value stands, in words.
pub fn place_of(known: &KnownValue) -> String {
    let path = known.path.as_ref().map(|path| format!("{path}, ")).unwrap_or_default();
    match known.line {
        Some(line) => format!("{path}line {line} ({})", known.encoding),
        None => format!("{path}octet {} ({})", known.offset, known.encoding),
    }
}
