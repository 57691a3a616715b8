//! `hantei seal` and `hantei verify` as a laboratory and whoever gets its run use them.

mod command;

use std::fs;
use std::path::Path;
use std::process::Output;

use command::{code, demo, hantei, json, run, told};

/// A part of the plan that is soon assessed.
const PART: [&str; 4] = ["--only", "5.6-1*", "--decisions", "none"];

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_run_is_sealed_handed_on_and_verified() {
    let below = tempfile::tempdir().expect("a folder");
    let (_, out) = demo(below.path(), "run", &PART);
    let path = out.display().to_string();
    let at = |name: &str| below.path().join(name).display().to_string();
    let (key, public) = (at("lab.key"), at("lab.pub"));

    let made = run(&["seal", "--new-key", &key, "--no-password"]);
    assert_eq!(code(&made), 0, "{}", told(&made));
    let base64 = said(&made).trim().to_owned();
    assert_eq!(code(&run(&["seal", "--new-key", &key, "--no-password"])), 2, "a key is not written over");
    let inside = out.join("lab.key").display().to_string();
    assert_eq!(code(&run(&["seal", "--new-key", &inside, "--no-password"])), 2, "not into a run");
    fs::copy(&key, &inside).expect("copied");
    let refused = run(&["seal", &path, "--key", &inside]);
    assert!(code(&refused) == 2 && told(&refused).contains("handed on"), "{}", told(&refused));
    fs::remove_file(&inside).expect("removed");
    without_a_seal(&path, &public);

    let sealed = run(&["seal", &path, "--key", &key, "--json"]);
    assert_eq!(code(&sealed), 0, "{}", told(&sealed));
    let told_of = json(&sealed);
    assert_eq!(
        (&told_of["format"], &told_of["public_key"]),
        (&"hantei.seal/1".into(), &base64.as_str().into())
    );
    assert_eq!(told(&sealed), "", "the key is for its owner only");
    assert_eq!(code(&run(&["seal", &path, "--key", &key])), 2, "sealed already");

    for given in [&public, &base64] {
        let verified = run(&["verify", &path, "--public-key", given, "--json"]);
        assert_eq!(code(&verified), 0, "{}", told(&verified));
        let value = json(&verified);
        assert_eq!((&value["sound"], &value["seal"]["signer"]), (&true.into(), &"checked".into()));
        assert_eq!(value["seal"]["files"], told_of["files"]);
    }
    let unknown = run(&["verify", &path]);
    assert!(code(&unknown) == 0 && said(&unknown).contains("not checked"), "{}", said(&unknown));
    assert_eq!(code(&run(&["verify", &path, "--public-key", "no key"])), 2);
    run(&["seal", "--new-key", &at("other.key"), "--no-password"]);
    let other = run(&["verify", &path, "--public-key", &at("other.pub")]);
    assert!(code(&other) == 1 && said(&other).contains("SHA256SUMS.minisig"), "{}", said(&other));

    // A command may write; the seal no longer fits, and it is said so.
    let report = run(&["report", &path, "--format", "md"]);
    assert!(code(&report) == 0 && told(&report).contains("the run is sealed"), "{}", told(&report));
    let newer = run(&["verify", &path, "--public-key", &public]);
    assert_eq!(code(&newer), 1);
    assert!(said(&newer).contains("Newer than the seal: reports/summary.en.md"), "{}", said(&newer));
    assert!(said(&newer).contains("files compared, all as written"), "the record itself is sound");
    let again = run(&["seal", &path, "--key", &key, "--again"]);
    assert!(code(&again) == 0 && told(&again).contains("reports/summary.en.md"), "{}", told(&again));
    assert_eq!(code(&run(&["verify", &path, "--public-key", &public])), 0);
    others_may_read_the_key(&path, &key);

    let journal = out.join("journal.jsonl");
    let lines = fs::read(&journal).expect("a journal");
    fs::remove_file(&journal).expect("removed");
    let removed = run(&["verify", &path, "--public-key", &public]);
    assert!(
        code(&removed) == 1 && said(&removed).contains("not as sealed journal.jsonl"),
        "{}",
        said(&removed)
    );
    fs::write(&journal, lines).expect("written");

    fs::write(out.join("evidence/added.txt"), "x").expect("written");
    assert_eq!(code(&run(&["seal", &path, "--key", &key, "--again"])), 4, "a broken record");
}

/// What is not sealed is verified as ever, unless a key says that it has to be sealed.
fn without_a_seal(path: &str, public: &str) {
    let plain = run(&["verify", path, "--json"]);
    assert!(code(&plain) == 0 && json(&plain).get("seal").is_none(), "{}", said(&plain));
    let missed = run(&["verify", path, "--public-key", public]);
    assert!(code(&missed) == 1 && said(&missed).contains("missing"), "{}", said(&missed));
}

fn others_may_read_the_key(path: &str, key: &str) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(key, fs::Permissions::from_mode(0o644)).expect("a mode");
        let warned = run(&["seal", path, "--key", key, "--again"]);
        assert!(code(&warned) == 0 && told(&warned).contains("others may read"), "{}", told(&warned));
    }
}

/// The password of a key costs what it costs minisign: seconds of a release build, minutes of another.
#[test]
fn a_password_opens_the_key() {
    if std::env::var_os("HANTEI_PROGRAM").is_none() && cfg!(debug_assertions) {
        eprintln!("skipped: a build without optimization takes minutes for a password");
        return;
    }
    let below = tempfile::tempdir().expect("a folder");
    let key = below.path().join("lab.key").display().to_string();
    let file = below.path().join("password").display().to_string();
    let made = hantei(&["seal", "--new-key", &key, "--password-env", "SEAL_PASSWORD"])
        .env("SEAL_PASSWORD", "four words or so")
        .output()
        .expect("the program can be started");
    assert_eq!(code(&made), 0, "{}", told(&made));
    let (_, out) = demo(below.path(), "run", &PART);
    let path = out.display().to_string();
    let asked = run(&["seal", &path, "--key", &key]);
    assert!(code(&asked) == 2 && told(&asked).contains("--password-file"), "{}", told(&asked));
    for (password, wanted) in [("another", 2), ("four words or so", 0)] {
        fs::write(&file, format!("{password}\n")).expect("written");
        let sealed = run(&["seal", &path, "--key", &key, "--password-file", &file]);
        assert_eq!(code(&sealed), wanted, "{}", told(&sealed));
        assert_eq!(Path::new(&path).join("SHA256SUMS.minisig").exists(), wanted == 0);
    }
    assert_eq!(code(&run(&["verify", &path, "--public-key", &key.replace("lab.key", "lab.pub")])), 0);
}
