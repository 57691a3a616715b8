//! Faults: what can be wrong with the simulated device, its declaration or the bench, and which
//! results each of them has to change.

use std::collections::BTreeMap;

use crate::behaviour::Behaviour;
use crate::spec::Ports;

/// A fault. One file a fault in `src/faults/`, which holds `pub static FAULT: Fault`.
#[derive(Debug)]
pub struct Fault {
    /// Name on the command line, e.g. `telnet-open`; the file has the same name with `_`.
    pub name: &'static str,
    /// Whose fault it is.
    pub kind: Kind,
    /// What is wrong, one sentence.
    pub summary: &'static str,
    /// The results that move, and no others.
    pub changes: &'static [Change],
    /// How it is brought about.
    pub apply: Apply,
}

/// Whose fault it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The device does something else than declared. Leads to FAIL.
    Device,
    /// The declaration is wrong: FAIL where it contradicts a criterion, INCONCLUSIVE where it leaves something out.
    Documentation,
    /// The bench is wrong. Leads to INCONCLUSIVE, never to FAIL.
    Lab,
}

impl Kind {
    /// As written in lists.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Documentation => "documentation",
            Self::Lab => "lab",
        }
    }
}

/// A result that a fault has to change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Test unit, e.g. `5.6-1-2:b`.
    pub unit: &'static str,
    /// Verdict with the fault: `FAIL` or `INCONCLUSIVE`.
    pub verdict: &'static str,
    /// Reason code with the fault.
    pub code: &'static str,
}

/// How a fault is brought about.
#[derive(Clone, Copy, Debug)]
pub enum Apply {
    /// Changes what the device (or its freezing under load) does, before it starts.
    Device(fn(&mut Behaviour)),
    /// Changes what the device does, and edits the files of supplier and lab so that they tell of it: what is wrong is
    /// not that nobody knows. The files name the ports of this instance.
    DeviceAndFiles(fn(&mut Behaviour), fn(&mut Folder, &Ports) -> Result<(), FaultError>),
    /// Edits the supplier's files after they were filled in: `ics.toml`, `ixit.toml`, `documents/…`.
    Documentation(fn(&mut Folder) -> Result<(), FaultError>),
    /// Edits the lab's file after it was filled in: `bench.toml`.
    Bench(fn(&mut Folder) -> Result<(), FaultError>),
}

/// Why a fault could not be brought about.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FaultError {
    /// The folder holds no such file.
    #[error(
        "the declaration has no file {file}; the fault edits it, so it has to be adapted to the reference declaration"
    )]
    NoFile {
        /// Name in the folder.
        file: String,
    },
    /// The text to replace is not there, or there more often than once.
    #[error("{file} holds {found} times the text {text:?} where it was expected {expected}; adapt the fault")]
    Occurrences {
        /// Name in the folder.
        file: String,
        /// The text looked for.
        text: String,
        /// How often it was found.
        found: usize,
        /// How often it was expected, in words.
        expected: &'static str,
    },
    /// The file is not UTF-8 text.
    #[error("{file} is not text; a fault can only edit text")]
    NotText {
        /// Name in the folder.
        file: String,
    },
}

/// A declaration folder in memory: file name (with `/`) to contents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folder(pub BTreeMap<String, Vec<u8>>);

impl Folder {
    /// Text of a file.
    ///
    /// # Errors
    /// If there is no such file or it is not text.
    pub fn text(&self, file: &str) -> Result<&str, FaultError> {
        let bytes = self.0.get(file).ok_or_else(|| FaultError::NoFile { file: file.to_owned() })?;
        std::str::from_utf8(bytes).map_err(|_| FaultError::NotText { file: file.to_owned() })
    }

    /// Replaces the one occurrence of `from` in `file` by `to`.
    ///
    /// # Errors
    /// If the file is missing, or `from` is not there exactly once.
    pub fn replace(&mut self, file: &str, from: &str, to: &str) -> Result<(), FaultError> {
        self.replace_counted(file, from, to, "once", |found| found == 1)
    }

    /// Replaces every occurrence of `from` in `file` by `to`.
    ///
    /// # Errors
    /// If the file is missing, or `from` is not there.
    pub fn replace_all(&mut self, file: &str, from: &str, to: &str) -> Result<(), FaultError> {
        self.replace_counted(file, from, to, "at least once", |found| found > 0)
    }

    /// Takes out what stands between `start` and `end`, `start` included, `end` not. Both have to be
    /// there; `start` exactly once.
    ///
    /// # Errors
    /// If the file is missing, or one of the two is not there.
    pub fn cut(&mut self, file: &str, start: &str, end: &str) -> Result<(), FaultError> {
        let text = self.text(file)?;
        let missing = |text: &str, found| FaultError::Occurrences {
            file: file.to_owned(),
            text: text.to_owned(),
            found,
            expected: "once",
        };
        let found = text.matches(start).count();
        let Some((before, rest)) = text.split_once(start).filter(|_| found == 1) else {
            return Err(missing(start, found));
        };
        let at = rest.find(end).ok_or_else(|| missing(end, 0))?;
        let kept = format!("{before}{}", &rest[at..]);
        self.0.insert(file.to_owned(), kept.into_bytes());
        Ok(())
    }

    /// Takes a file away.
    ///
    /// # Errors
    /// If there is no such file.
    pub fn remove(&mut self, file: &str) -> Result<(), FaultError> {
        self.0.remove(file).map(|_| ()).ok_or_else(|| FaultError::NoFile { file: file.to_owned() })
    }

    fn replace_counted(
        &mut self,
        file: &str,
        from: &str,
        to: &str,
        expected: &'static str,
        enough: fn(usize) -> bool,
    ) -> Result<(), FaultError> {
        let text = self.text(file)?;
        let found = text.matches(from).count();
        if !enough(found) {
            return Err(FaultError::Occurrences {
                file: file.to_owned(),
                text: from.to_owned(),
                found,
                expected,
            });
        }
        let replaced = text.replace(from, to);
        self.0.insert(file.to_owned(), replaced.into_bytes());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> Folder {
        Folder(BTreeMap::from([("ics.toml".to_owned(), b"[dut]\na = 1\n[supplier]\na = 1\n".to_vec())]))
    }

    #[test]
    fn a_replacement_has_to_meet_its_text_exactly_once() {
        let mut folder = folder();
        assert!(matches!(
            folder.replace("ics.toml", "a = 1", "a = 2"),
            Err(FaultError::Occurrences { found: 2, .. })
        ));
        assert!(matches!(
            folder.replace("ics.toml", "b = 1", ""),
            Err(FaultError::Occurrences { found: 0, .. })
        ));
        assert!(matches!(folder.replace("ixit.toml", "a", "b"), Err(FaultError::NoFile { .. })));
        folder.replace("ics.toml", "[dut]", "[device]").unwrap();
        assert!(folder.text("ics.toml").unwrap().starts_with("[device]"));
    }

    #[test]
    fn a_cut_keeps_what_follows() {
        let mut folder = folder();
        folder.cut("ics.toml", "[dut]", "[supplier]").unwrap();
        assert_eq!(folder.text("ics.toml").unwrap(), "[supplier]\na = 1\n");
        assert!(folder.cut("ics.toml", "[dut]", "[supplier]").is_err());
    }
}
