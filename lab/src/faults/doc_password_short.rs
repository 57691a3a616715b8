//! The label password is declared to be four digits.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};
use crate::model;

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-password-short",
    kind: Kind::Documentation,
    summary: "The label password is declared to be four digits",
    changes: &[
        Change { unit: "5.1-1-2:c", verdict: "FAIL", code: "label-password-outside-generator" },
        Change { unit: "5.1-2-1:d", verdict: "FAIL", code: "complexity-too-low" },
        Change { unit: "5.1-2-2:a", verdict: "FAIL", code: "label-password-outside-generator" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    let prose = |length: u32, alphabet: usize| {
        format!("{length} characters, each with equal chance out of {alphabet} letters and digits")
    };
    let companion = |length: u32, alphabet: usize| format!("length = {length}, alphabet_size = {alphabet}");
    let (length, alphabet) = (model::LABEL_PASSWORD_LENGTH, model::LABEL_ALPHABET.len());
    folder.replace(
        "ixit.toml",
        &prose(length, alphabet),
        "4 characters, each with equal chance out of 10 digits",
    )?;
    folder.replace("ixit.toml", &companion(length, alphabet), &companion(4, 10))
}
