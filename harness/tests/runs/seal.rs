//! Sealing a run, and verifying it with the programs that everybody has.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use crate::support::{Device, Person, copy, request, start};
use harness::seal::{
    PasswordCost, PublicKey, SIGNATURE_FILE, SUMS_FILE, SealError, SealRequest, SecretKey, Signer, check,
    seal,
};
use harness::{ExitCode, StoreError};

async fn a_run(folder: &Path) {
    let device = Device::start().await;
    start(request(&device, folder, true), Arc::default(), Person::with(&[])).await.unwrap();
}

fn how(key: &SecretKey) -> SealRequest<'_> {
    SealRequest { key, draft: false, again: false, now: "2026-02-03T04:05:06Z".parse().unwrap() }
}

#[tokio::test]
async fn a_run_is_sealed_once_and_what_was_written_since_is_told() {
    let place = tempfile::tempdir().unwrap();
    let run = place.path().join("first run");
    a_run(&run).await;
    fs::write(run.join("reports/report.en.html"), "<p>one</p>").unwrap();
    let key = SecretKey::generate().unwrap();
    let sealed = seal(&run, how(&key)).unwrap();
    for part in
        ["hantei seal; date: 2026-02-03T04:05:06Z; run: first%20run; ", "; verdict: ", "; tool: hantei "]
    {
        assert!(sealed.comment.contains(part), "{}", sealed.comment);
    }
    let seen = check(&run, Some(&key.public())).unwrap().unwrap();
    assert!(seen.sound() && seen.signer == Signer::Checked && seen.files == sealed.files, "{seen:?}");
    assert!(harness::verify(&run).unwrap().sound(), "the record does not mind the seal");
    assert!(matches!(seal(&run, how(&key)), Err(SealError::Sealed(_))));

    fs::write(run.join("reports/report.ja.html"), "<p>two</p>").unwrap();
    let seen = check(&run, Some(&key.public())).unwrap().unwrap();
    assert_eq!(seen.altered[0].file, "reports/report.ja.html");
    let again = seal(&run, SealRequest { again: true, ..how(&key) }).unwrap();
    assert_eq!((again.files, again.replaced.len()), (sealed.files + 1, 1));
    assert!(check(&run, Some(&key.public())).unwrap().unwrap().sound());
}

#[tokio::test]
async fn what_cannot_vouch_for_itself_is_not_sealed() {
    let place = tempfile::tempdir().unwrap();
    let run = place.path().join("run");
    a_run(&run).await;
    let key = SecretKey::generate().unwrap();
    let refused = |folder: &Path, draft: bool| {
        let error = seal(folder, SealRequest { draft, ..how(&key) }).unwrap_err();
        assert!(!folder.join(SUMS_FILE).exists() && !folder.join(SIGNATURE_FILE).exists(), "half a seal");
        error
    };

    let broken = place.path().join("broken");
    copy(&run, &broken);
    fs::write(broken.join("evidence/added.txt"), "x").unwrap();
    for draft in [false, true] {
        let error = refused(&broken, draft);
        assert!(matches!(error, SealError::Store(StoreError::Broken { .. })), "{error}");
        assert_eq!(error.exit_code(), ExitCode::CannotVouch);
    }

    let stopped = place.path().join("stopped");
    copy(&run, &stopped);
    cut_off(&stopped);
    let error = refused(&stopped, false);
    assert!(matches!(error, SealError::Unfinished(_)), "{error}");
    assert_eq!(error.exit_code(), ExitCode::NotStarted);
    let draft = seal(&stopped, SealRequest { draft: true, ..how(&key) }).unwrap();
    assert!(draft.comment.starts_with("hantei draft seal; ") && draft.comment.contains("verdict: none yet"));
    assert!(check(&stopped, Some(&key.public())).unwrap().unwrap().draft);

    fs::write(run.join("reports/a\\b"), "x").unwrap();
    assert!(matches!(refused(&run, false), SealError::File { .. }));
    assert_eq!(refused(&place.path().join("nowhere"), false).exit_code(), ExitCode::NotStarted);
}

/// Takes the last line of the journal away as a kill before it would have left it.
fn cut_off(run: &Path) {
    let journal = fs::read_to_string(run.join("journal.jsonl")).unwrap();
    let lines: Vec<&str> = journal.lines().collect();
    let kept = &lines[..lines.len() - 1];
    fs::write(run.join("journal.jsonl"), kept.iter().map(|line| format!("{line}\n")).collect::<String>())
        .unwrap();
    let last: serde_json::Value = serde_json::from_str(lines[lines.len() - 1]).unwrap();
    let head = fs::read(run.join("journal.head")).unwrap();
    let mut head: serde_json::Value = serde_json::from_slice(&head).unwrap();
    head["count"] = (lines.len() - 1).into();
    head["last"] = last["prev"].clone();
    fs::write(run.join("journal.head"), format!("{head}\n")).unwrap();
}

/// Runs a program of the system below a folder; `None` where it is not installed.
fn program(folder: &Path, name: &str, arguments: &[&str]) -> Option<Output> {
    #[expect(
        clippy::disallowed_methods,
        reason = "a program of the system that verifies, no device involved"
    )]
    let output = Command::new(name).args(arguments).env("LC_ALL", "C").current_dir(folder).output();
    match output {
        Ok(output) => Some(output),
        Err(_) => {
            assert!(std::env::var_os("HANTEI_REQUIRE_ALL").is_none(), "{name} is not installed");
            eprintln!("skipped: {name} is not installed");
            None
        }
    }
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[tokio::test]
async fn sha256sum_and_minisign_verify_a_seal() {
    let place = tempfile::tempdir().unwrap();
    let run = place.path().join("run");
    a_run(&run).await;
    fs::write(run.join("reports/取扱 1.txt"), "x").unwrap();
    let key = SecretKey::generate().unwrap();
    let sealed = seal(&run, how(&key)).unwrap();
    fs::write(place.path().join("lab.pub"), key.public().text()).unwrap();

    let Some(sums) = program(&run, "sha256sum", &["--check", "--strict", SUMS_FILE]) else { return };
    assert!(sums.status.success(), "{}", said(&sums));
    assert_eq!(said(&sums).lines().filter(|line| line.ends_with(": OK")).count(), sealed.files);
    let verify = ["-V", "-H", "-p", "../lab.pub", "-m", SUMS_FILE];
    let Some(signed) = program(&run, "minisign", &verify) else { return };
    assert!(signed.status.success(), "{}", said(&signed));
    assert!(said(&signed).contains(&format!("Trusted comment: {}", sealed.comment)), "{}", said(&signed));
    let base64 = key.public().base64();
    let inline = program(&run, "minisign", &["-V", "-P", &base64, "-m", SUMS_FILE]).unwrap();
    assert!(inline.status.success(), "{}", said(&inline));

    fs::write(run.join("reports/取扱 1.txt"), "y").unwrap();
    assert!(!program(&run, "sha256sum", &["--check", "--strict", SUMS_FILE]).unwrap().status.success());
    let list = fs::read_to_string(run.join(SUMS_FILE)).unwrap();
    fs::write(run.join(SUMS_FILE), list.replacen('0', "1", 1)).unwrap();
    assert!(!program(&run, "minisign", &verify).unwrap().status.success());
}

#[test]
fn keys_and_signatures_of_minisign_are_read_here_and_ours_there() {
    let place = tempfile::tempdir().unwrap();
    let here = place.path();
    fs::write(here.join("file"), "bytes").unwrap();
    let Some(made) = program(here, "minisign", &["-G", "-W", "-p", "a.pub", "-s", "a.key"]) else { return };
    assert!(made.status.success(), "{}", said(&made));
    let text = |name: &str| fs::read_to_string(here.join(name)).unwrap();
    let theirs = PublicKey::read(&text("a.pub")).unwrap();
    assert!(text("a.pub").contains(&theirs.id()), "the number of the key is printed as minisign does");
    let secret = SecretKey::read(&text("a.key"), None).unwrap();
    assert_eq!(secret.public(), theirs);

    // Theirs, of both kinds, here.
    for (file, kind) in [("new", "-S"), ("old", "-Sl")] {
        let signature = format!("{file}.minisig");
        let arguments = [kind, "-W", "-s", "a.key", "-m", "file", "-x", &signature, "-t", "a comment"];
        let signed = program(here, "minisign", &arguments).unwrap();
        assert!(signed.status.success(), "{}", said(&signed));
        let signature = harness::seal::Signature::read(&text(&signature)).unwrap();
        assert_eq!(signature.comment(), "a comment");
        assert_eq!(signature.verify(&theirs, b"bytes"), Ok(()));
        assert!(signature.verify(&theirs, b"Bytes").is_err());
    }

    // Ours, without and with a password, there. The password is cheap: how dear it is stands in the file.
    let ours = SecretKey::generate().unwrap();
    fs::write(here.join("b.pub"), ours.public().text()).unwrap();
    fs::write(here.join("b.key"), ours.plain_text()).unwrap();
    let signed = program(here, "minisign", &["-S", "-W", "-s", "b.key", "-m", "file"]).unwrap();
    assert!(signed.status.success(), "{}", said(&signed));
    assert!(program(here, "minisign", &["-V", "-p", "b.pub", "-m", "file"]).unwrap().status.success());
    let cheap = PasswordCost { operations: 32_768, memory: 1 << 24 };
    let hidden = ours.encrypted_text(b"a password", cheap).unwrap();
    fs::write(here.join("c.key"), hidden).unwrap();
    for (password, opens) in [("a password", true), ("another", false)] {
        fs::write(here.join("password"), format!("{password}\n")).unwrap();
        // minisign reads the password from the standard input where that is no terminal.
        let line = "minisign -R -s c.key -p c.pub -f <password";
        let read = program(here, "sh", &["-c", line]).unwrap();
        assert_eq!(read.status.success(), opens, "{}", said(&read));
    }
    assert_eq!(PublicKey::read(&text("c.pub")).unwrap(), ours.public());
}
