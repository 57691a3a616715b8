//! `hantei verify RUN`: whether a run is as it was written, and as it was sealed.

use harness::seal::{SIGNATURE_FILE, SealCheck, Signer, is_sealed};
use harness::{Alteration, ExitCode, Verification};
use serde_json::{Value, json};

use crate::Done;
use crate::cli::Verify;
use crate::command::seal::public_key;
use crate::output::{self, Failure, Tone, paint_out};

/// Exit 0: sound; 1: altered.
pub(crate) fn verify(arguments: &Verify) -> Done {
    let key = arguments.public_key.as_deref().map(public_key).transpose()?;
    let verification = match harness::verify(&arguments.run) {
        // The seal tells that there was a run: one that cannot even be compared was altered.
        Err(error) if is_sealed(&arguments.run) => unreadable(&error.to_string()),
        other => other.map_err(Failure::nothing_started)?,
    };
    let seal = harness::seal::check(&arguments.run, key.as_ref()).map_err(Failure::nothing_started)?;
    let sound = verification.sound() && seal.as_ref().is_none_or(SealCheck::sound);
    if arguments.json {
        let mut value = json!({
            "format": "hantei.verification/1",
            "sound": sound,
            "compared": verification.compared,
            "altered": alterations(&verification.altered),
            "notes": verification.notes,
        });
        if let Some(seal) = &seal {
            value["seal"] = seal_json(seal);
        }
        output::print_json(&value)?;
    } else {
        let mut text = words(&verification.altered, "altered");
        for note in &verification.notes {
            text.push_str(&format!("{} {note}\n", paint_out(Tone::Quiet, "note")));
        }
        let line = if verification.sound() {
            paint_out(Tone::Good, &format!("{} files compared, all as written", verification.compared))
        } else {
            format!("{} files compared, {} altered", verification.compared, verification.altered.len())
        };
        text.push_str(&line);
        text.push('\n');
        if let Some(seal) = &seal {
            text.push_str(&seal_text(seal));
        }
        output::print_text(&text)?;
    }
    Ok(if sound { ExitCode::Pass } else { ExitCode::Fail })
}

/// A sealed run whose record cannot be compared any more.
fn unreadable(why: &str) -> Verification {
    let journal = Alteration {
        file: "journal.jsonl".to_owned(),
        expected: "the journal of a run".to_owned(),
        actual: why.to_owned(),
    };
    Verification { altered: vec![journal], ..Verification::default() }
}

fn alterations(altered: &[Alteration]) -> Vec<Value> {
    altered
        .iter()
        .map(|one| json!({ "file": one.file, "expected": one.expected, "actual": one.actual }))
        .collect()
}

fn seal_json(seal: &SealCheck) -> Value {
    let signer = match seal.signer {
        Signer::Checked => "checked",
        Signer::NotChecked => "not-checked",
        Signer::Wrong => "wrong",
    };
    json!({
        "sound": seal.sound(),
        "signer": signer,
        "key_id": seal.key_id,
        "comment": seal.comment,
        "draft": seal.draft,
        "files": seal.files,
        "altered": alterations(&seal.altered),
        "newer": seal.newer,
    })
}

fn words(altered: &[Alteration], what: &str) -> String {
    let one = |one: &Alteration| {
        let what = paint_out(Tone::Bad, what);
        format!("{what} {}\n    expected {}\n    found    {}\n", one.file, one.expected, one.actual)
    };
    altered.iter().map(one).collect()
}

/// What is to be said of a seal.
fn seal_text(seal: &SealCheck) -> String {
    let mut text = words(&seal.altered, "not as sealed");
    let mut note = |words: &str| text.push_str(&format!("{} {words}\n", paint_out(Tone::Quiet, "note")));
    if !seal.newer.is_empty() {
        note(&format!("Newer than the seal: {}", seal.newer.join(", ")));
        note("Where a command wrote them on purpose, hantei seal --again seals the run as it is now");
    }
    if seal.draft {
        note("The seal is a draft: of a run that had not come to its end or that cannot vouch for itself");
    }
    let id = seal.key_id.as_deref().unwrap_or("unknown");
    if seal.signer == Signer::NotChecked {
        note(&format!(
            "Who sealed was not checked: --public-key compares the signature; {SIGNATURE_FILE} names the key {id}"
        ));
    }
    if let Some(comment) = &seal.comment {
        match seal.signer {
            Signer::Checked => note(&format!("Sealed with: {comment}")),
            _ => note(&format!("The seal says, and nobody vouches for it: {comment}")),
        }
    }
    let line = match (seal.altered.len(), &seal.signer) {
        (0, Signer::Checked) => {
            paint_out(Tone::Good, &format!("{} files as sealed with the key {id}", seal.files))
        }
        (0, _) => format!("{} files as sealed; by whom was not checked", seal.files),
        (n, _) => format!("{} files sealed, {n} not as sealed", seal.files),
    };
    text.push_str(&line);
    text.push('\n');
    text
}
