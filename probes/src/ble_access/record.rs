//! The transcript as evidence, with the values withheld that are not for everybody, and the data of the bench that
//! values are searched for.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::ble::{BleBackend, Direction, TranscriptEntry};
use crate::context::ProbeContext;

/// Values of the bench that are shorter would be found in everything.
const SHORTEST: usize = 4;

const WITHHELD: &str = " (value withheld)";

/// Everything that went over the links.
#[derive(Debug, Default)]
pub(super) struct Record {
    pub(super) text: String,
    pub(super) lines: u32,
    /// Handles of which everybody may read the value.
    pub(super) open: BTreeSet<u16>,
    /// What was asked last for its value.
    asked: Option<u16>,
}

impl Record {
    /// Writes down what went over since the last time, and gives back the number of the last line.
    pub(super) fn take(&mut self, backend: Option<&mut (dyn BleBackend + 'static)>) -> u32 {
        let Some(backend) = backend else { return self.lines };
        let transcript = backend.transcript();
        for entry in &transcript.entries {
            self.write(entry);
        }
        if transcript.left_out > 0 {
            self.line(&format!("{} PDUs found no place", transcript.left_out));
        }
        self.lines
    }

    /// Writes a line of its own.
    pub(super) fn line(&mut self, text: &str) {
        self.lines += 1;
        // A String takes everything.
        let _ = writeln!(self.text, "{} {text}", self.lines);
    }

    fn write(&mut self, entry: &TranscriptEntry) {
        let arrow = match entry.direction {
            Direction::ToDevice => "->",
            Direction::FromDevice => "<-",
            Direction::Link => "--",
        };
        let hex = self.shown(entry).unwrap_or_default();
        let head = format!("{:>6} ms {arrow} {} {}", entry.at, entry.layer, entry.what);
        self.line(format!("{head} {hex}").trim_end());
    }

    /// The octets, without a value that is not for everybody.
    fn shown(&mut self, entry: &TranscriptEntry) -> Option<String> {
        let hex = entry.hex.as_deref()?;
        if entry.layer != "ATT" {
            return Some(hex.to_owned());
        }
        match (entry.direction, hex.get(..2).unwrap_or_default()) {
            (Direction::ToDevice, "0a" | "0c") => {
                self.asked = handle(hex);
                Some(hex.to_owned())
            }
            (Direction::FromDevice, "0b" | "0d") => {
                let open = self.asked.is_some_and(|handle| self.open.contains(&handle));
                Some(if open { hex.to_owned() } else { format!("{}{WITHHELD}", &hex[..2]) })
            }
            (Direction::FromDevice, "1b" | "1d" | "23") => {
                let open = handle(hex).is_some_and(|handle| self.open.contains(&handle));
                let head = hex.get(..6).unwrap_or(hex);
                // What is told may hold more than what is read under the same handle.
                let short = hex.len() <= 8;
                Some(if open && short { hex.to_owned() } else { format!("{head}{WITHHELD}") })
            }
            // What is put back is what was read.
            (Direction::ToDevice, "12" | "52" | "16") => {
                let head = hex.get(..6).unwrap_or(hex);
                Some(if hex.len() <= 10 { hex.to_owned() } else { format!("{head}{WITHHELD}") })
            }
            _ => Some(hex.to_owned()),
        }
    }
}

fn handle(hex: &str) -> Option<u16> {
    let octet = |at: usize| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok();
    Some(u16::from_le_bytes([octet(2)?, octet(4)?]))
}

/// The data of the bench that a value is searched for: by name, in octets.
pub(super) fn known_data(context: &ProbeContext) -> Vec<(String, Vec<u8>)> {
    let credentials = context
        .credentials
        .iter()
        .map(|(row, (_, secret))| (format!("credential:{row}"), secret.clone().into_bytes()));
    let planted = context
        .plant
        .iter()
        .flat_map(|(row, values)| values.iter().map(move |value| (row.clone(), value.clone().into_bytes())));
    credentials.chain(planted).filter(|(_, value)| value.len() >= SHORTEST).collect()
}

/// Which of them stand in a value.
pub(super) fn held(known: &[(String, Vec<u8>)], value: &[u8]) -> Vec<String> {
    let mut names: Vec<String> = known
        .iter()
        .filter(|(_, data)| value.windows(data.len()).any(|window| window == data.as_slice()))
        .map(|(name, _)| name.clone())
        .collect();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(direction: Direction, hex: &str) -> TranscriptEntry {
        TranscriptEntry {
            at: 1,
            direction,
            layer: "ATT".to_owned(),
            what: "PDU".to_owned(),
            hex: Some(hex.to_owned()),
        }
    }

    #[test]
    fn a_value_that_is_not_for_everybody_is_not_written_down() {
        let mut record = Record { open: BTreeSet::from([3]), ..Record::default() };
        for (direction, hex) in [
            (Direction::ToDevice, "0a0300"),
            (Direction::FromDevice, "0b48414e"),
            (Direction::ToDevice, "0a0500"),
            (Direction::FromDevice, "0b5a5a5a"),
            (Direction::FromDevice, "1b03005a5a5a"),
            (Direction::ToDevice, "1205005a5a5a"),
            (Direction::FromDevice, "01120500055a"),
        ] {
            record.write(&entry(direction, hex));
        }
        assert!(record.text.contains("0b48414e"), "{}", record.text);
        assert_eq!(record.text.matches(WITHHELD).count(), 3, "{}", record.text);
        assert_eq!(record.text.matches("5a5a").count(), 0, "{}", record.text);
        assert_eq!(record.lines, 7);
    }

    #[test]
    fn data_of_the_bench_is_found_inside_a_value() {
        let known = vec![("Row".to_owned(), b"tanzawa".to_vec())];
        assert_eq!(held(&known, b"\x02;tanzawa;x"), ["Row"]);
        assert!(held(&known, b"tanzaw").is_empty());
    }
}
