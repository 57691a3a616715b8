//! Verification notices what was altered, added and taken away.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::support::{Device, Person, copy, request, start};
use harness::verify;

async fn a_run(folder: &Path) {
    let device = Device::start().await;
    start(request(&device, folder, true), Arc::default(), Person::with(&[])).await.unwrap();
    let verification = verify(folder).unwrap();
    assert!(verification.sound(), "{:?}", verification.altered);
    assert!(verification.compared > 10);
}

/// All files of the record, relative.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if !path.ends_with("lock") {
                found.push(path.strip_prefix(folder).unwrap().to_owned());
            }
        }
    }
    found.sort();
    found
}

#[tokio::test]
async fn one_flipped_bit_is_noticed_in_every_file() {
    let place = tempfile::tempdir().unwrap();
    let run = place.path().join("run");
    a_run(&run).await;
    let files = files(&run);
    for name in ["run.json", "plan.json", "journal.jsonl", "journal.head", "declaration/bench.toml"] {
        assert!(files.contains(&PathBuf::from(name)), "{name}");
    }
    let mut state = 0x5eed_u64;
    for file in files {
        let bytes = fs::read(run.join(&file)).unwrap();
        // Ten places that look random, and the last byte.
        let mut bits: Vec<usize> = (0..10)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 33) as usize % (bytes.len() * 8)
            })
            .collect();
        bits.push(bytes.len() * 8 - 1);
        for bit in bits {
            let mut altered = bytes.clone();
            altered[bit / 8] ^= 1 << (bit % 8);
            fs::write(run.join(&file), altered).unwrap();
            let noticed = verify(&run).map(|verification| !verification.sound()).unwrap_or(true);
            assert!(noticed, "bit {bit} of {}", file.display());
        }
        fs::write(run.join(&file), bytes).unwrap();
    }
    assert!(verify(&run).unwrap().sound(), "all was put back");
}

#[tokio::test]
async fn what_was_taken_away_or_added_is_named() {
    let place = tempfile::tempdir().unwrap();
    let run = place.path().join("run");
    a_run(&run).await;
    let evidence = files(&run).into_iter().find(|file| file.starts_with("evidence")).unwrap();
    for (change, named) in [
        (
            Box::new(|folder: &Path| fs::remove_file(folder.join("plan.json")).unwrap())
                as Box<dyn Fn(&Path)>,
            "plan.json",
        ),
        (
            Box::new(|folder: &Path| fs::write(folder.join("evidence/note.txt"), "x").unwrap()),
            "evidence/note.txt",
        ),
        (
            Box::new(|folder: &Path| fs::write(folder.join("declaration/more.toml"), "x").unwrap()),
            "declaration/more.toml",
        ),
        (Box::new(|folder: &Path| fs::remove_file(folder.join("journal.head")).unwrap()), "journal.jsonl"),
        (
            Box::new(|folder: &Path| {
                let journal = fs::read_to_string(folder.join("journal.jsonl")).unwrap();
                let fewer: String = journal.lines().take(5).map(|line| format!("{line}\n")).collect();
                fs::write(folder.join("journal.jsonl"), fewer).unwrap();
            }),
            "journal.jsonl",
        ),
    ] {
        let folder = place.path().join("copy");
        copy(&run, &folder);
        change(&folder);
        let altered = verify(&folder).unwrap().altered;
        assert!(altered.iter().any(|alteration| alteration.file == named), "{named}: {altered:?}");
        fs::remove_dir_all(folder).unwrap();
    }
    fs::remove_file(run.join(&evidence)).unwrap();
    let altered = verify(&run).unwrap().altered;
    assert_eq!(altered.len(), 1, "{altered:?}");
    assert_eq!(altered[0].actual, "missing");
}

#[tokio::test]
async fn altered_evidence_is_not_judged() {
    let place = tempfile::tempdir().unwrap();
    let run = place.path().join("run");
    a_run(&run).await;
    let observation = files(&run)
        .into_iter()
        .find(|file| {
            file.starts_with("evidence")
                && fs::read_to_string(run.join(file))
                    .is_ok_and(|text| text.contains("\"probe\":\"tcp-sweep\""))
        })
        .unwrap();
    let text = fs::read_to_string(run.join(&observation)).unwrap();
    fs::write(run.join(&observation), text.replace("\"complete\"", "\"partial\"")).unwrap();
    let error = harness::judge(&run).unwrap_err();
    assert!(matches!(error, harness::StoreError::Broken { .. }), "{error}");
    let state = harness::RunRecord::read(&run).unwrap().state();
    assert!(state.cannot_vouch(), "{state:?}");
    assert!(!run.join("assessment.2.json").exists());
}
