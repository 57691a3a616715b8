use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;

use super::*;

/// A folder with files of several kinds, sealed.
fn sealed() -> (tempfile::TempDir, SecretKey) {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in [
        ("run.json", &b"{}\n"[..]),
        ("lock", b""),
        ("evidence/5a.bin", &[0, 255, 10, 13]),
        ("declaration/documents/取扱説明書 1.txt", "説明".as_bytes()),
        ("reports/report.en.html", b"<p>PASS</p>"),
    ] {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    let key = SecretKey::generate().unwrap();
    put(folder.path(), &key, "hantei seal; run: a");
    (folder, key)
}

fn put(folder: &Path, key: &SecretKey, comment: &str) {
    let list = sums(folder).unwrap().text().into_bytes();
    fs::write(folder.join(SUMS_FILE), &list).unwrap();
    fs::write(folder.join(SIGNATURE_FILE), sign(key, &list, comment)).unwrap();
}

fn checked(folder: &Path, key: &SecretKey) -> SealCheck {
    check(folder, Some(&key.public())).unwrap().unwrap()
}

fn names(check: &SealCheck) -> Vec<&str> {
    check.altered.iter().map(|one| one.file.as_str()).collect()
}

/// All files but the two of the seal, and these.
fn all(folder: &Path) -> Vec<PathBuf> {
    let mut names: Vec<_> =
        files::below(folder).unwrap().into_iter().map(|(name, _)| folder.join(name)).collect();
    names.sort();
    names
}

#[test]
fn a_sealed_folder_is_sound_and_its_signer_known() {
    let (folder, key) = sealed();
    let check = checked(folder.path(), &key);
    assert_eq!((check.signer.clone(), check.files, check.draft), (Signer::Checked, 5, false), "{check:?}");
    assert!(check.sound(), "{check:?}");
    assert_eq!(check.comment.as_deref(), Some("hantei seal; run: a"));
    assert_eq!(check.key_id, Some(key.public().id()));
    let list = fs::read_to_string(folder.path().join(SUMS_FILE)).unwrap();
    let mut sorted: Vec<&str> = list.lines().map(|line| &line[66..]).collect();
    assert_eq!(sorted[0], "declaration/documents/取扱説明書 1.txt");
    assert!(sorted.is_sorted());
    sorted.retain(|name| name.starts_with(SUMS_FILE));
    assert!(sorted.is_empty(), "the seal names itself");
    put(folder.path(), &key, DRAFT);
    assert!(checked(folder.path(), &key).draft);
}

#[test]
fn one_flipped_bit_anywhere_is_noticed_and_named() {
    let (folder, key) = sealed();
    for path in all(folder.path()) {
        let bytes = fs::read(&path).unwrap();
        let name = path.strip_prefix(folder.path()).unwrap().to_str().unwrap();
        for at in 0..bytes.len() {
            let mut altered = bytes.clone();
            altered[at] ^= 1;
            fs::write(&path, &altered).unwrap();
            let check = checked(folder.path(), &key);
            // Whatever a comment says that nobody vouches for: the seal is the same.
            let harmless = name == SIGNATURE_FILE
                && Signature::read(&String::from_utf8_lossy(&altered))
                    == Signature::read(&String::from_utf8_lossy(&bytes));
            assert_eq!(check.sound(), harmless, "byte {at} of {name}: {check:?}");
            if !name.starts_with(SUMS_FILE) {
                assert_eq!(names(&check), [name], "byte {at}");
            }
        }
        let mut longer = bytes.clone();
        longer.push(b'\n');
        fs::write(&path, longer).unwrap();
        assert!(!checked(folder.path(), &key).sound(), "one more byte in {name}");
        fs::write(&path, bytes).unwrap();
    }
    assert!(checked(folder.path(), &key).sound(), "all was put back");
}

#[test]
fn files_added_taken_away_renamed_and_swapped_are_named() {
    type Change = fn(&Path);
    let changes: [(Change, &[&str]); 7] = [
        (|run| fs::write(run.join("reports/one-more.txt"), "x").unwrap(), &["reports/one-more.txt"]),
        (|run| fs::write(run.join(".hidden"), "").unwrap(), &[".hidden"]),
        (|run| fs::remove_file(run.join("lock")).unwrap(), &["lock"]),
        (|run| fs::rename(run.join("run.json"), run.join("Run.json")).unwrap(), &["run.json", "Run.json"]),
        (
            |run| {
                fs::rename(run.join("run.json"), run.join("x")).unwrap();
                fs::rename(run.join("lock"), run.join("run.json")).unwrap();
                fs::rename(run.join("x"), run.join("lock")).unwrap();
            },
            &["lock", "run.json"],
        ),
        (
            |run| {
                fs::remove_file(run.join("run.json")).unwrap();
                fs::create_dir(run.join("run.json")).unwrap();
            },
            &["run.json"],
        ),
        (|run| fs::remove_file(run.join(SUMS_FILE)).unwrap(), &[SUMS_FILE]),
    ];
    for (change, expected) in changes {
        let (folder, key) = sealed();
        change(folder.path());
        let check = checked(folder.path(), &key);
        assert_eq!(names(&check), expected);
        // Without a key as well.
        assert_eq!(names(&super::check(folder.path(), None).unwrap().unwrap()), expected);
    }
}

#[cfg(unix)]
#[test]
fn a_link_is_noticed_even_where_it_leads_to_the_same_bytes() {
    use std::os::unix::fs::symlink;
    let (folder, key) = sealed();
    let run = folder.path();
    let beside = tempfile::tempdir().unwrap();
    fs::rename(run.join("run.json"), beside.path().join("run.json")).unwrap();
    symlink(beside.path().join("run.json"), run.join("run.json")).unwrap();
    let check = checked(run, &key);
    assert_eq!(names(&check), ["run.json"]);
    assert_eq!(check.altered[0].actual, "a symbolic link");
    assert!(matches!(sums(run), Err(SealError::File { .. })), "and is not sealed");
    fs::remove_file(run.join("run.json")).unwrap();
    fs::rename(beside.path().join("run.json"), run.join("run.json")).unwrap();
    // A folder that is a link hides its files.
    fs::rename(run.join("evidence"), beside.path().join("evidence")).unwrap();
    symlink(beside.path().join("evidence"), run.join("evidence")).unwrap();
    assert_eq!(names(&checked(run, &key)), ["evidence/5a.bin", "evidence"]);
}

#[test]
fn the_seal_of_another_key_is_not_that_of_the_lab() {
    let (folder, key) = sealed();
    let run = folder.path();
    fs::write(run.join("reports/report.en.html"), "<p>FAIL</p>").unwrap();
    let stranger = SecretKey::generate().unwrap();
    put(run, &stranger, "hantei seal; run: a");
    let check = checked(run, &key);
    assert_eq!(check.signer, Signer::Wrong);
    assert_eq!(names(&check), [SIGNATURE_FILE]);
    assert!(check.altered[0].actual.contains(&stranger.public().id()), "{check:?}");
    // Without the key of the lab nobody can tell, and it is not said to be checked.
    let unknown = super::check(run, None).unwrap().unwrap();
    assert!(unknown.sound() && unknown.signer == Signer::NotChecked);
    // A key of the same number is another key all the same.
    let list = fs::read(run.join(SUMS_FILE)).unwrap();
    let signature = Signature::read(&fs::read_to_string(run.join(SIGNATURE_FILE)).unwrap()).unwrap();
    assert!(signature.verify(&stranger.public(), &list).is_ok());
}

#[test]
fn a_seal_that_is_asked_for_and_was_taken_off_is_missed() {
    let (folder, key) = sealed();
    for name in [SUMS_FILE, SIGNATURE_FILE] {
        fs::remove_file(folder.path().join(name)).unwrap();
    }
    assert_eq!(super::check(folder.path(), None).unwrap(), None);
    let check = checked(folder.path(), &key);
    assert_eq!(names(&check), [SUMS_FILE, SIGNATURE_FILE]);
    assert_eq!(check.signer, Signer::Wrong);
}

#[test]
fn what_is_newer_than_the_seal_is_told_apart() {
    let (folder, key) = sealed();
    let run = folder.path();
    let signed = fs::metadata(run.join(SIGNATURE_FILE)).unwrap().modified().unwrap();
    let hour = std::time::Duration::from_secs(3600);
    for (name, time) in [("reports/report.en.html", signed + hour), ("run.json", signed - hour)] {
        fs::write(run.join(name), "other").unwrap();
        fs::File::options().write(true).open(run.join(name)).unwrap().set_modified(time).unwrap();
    }
    let check = checked(run, &key);
    assert_eq!(names(&check), ["reports/report.en.html", "run.json"]);
    assert_eq!(check.newer, ["reports/report.en.html"]);
}

#[test]
fn names_and_comments_print_as_one_line_of_ascii() {
    assert_eq!(plain("kettle 1;2%\n台所"), "kettle%201%3B2%25%0A%E5%8F%B0%E6%89%80");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn no_list_is_too_odd_to_be_compared(list in "([0-9a-f]{64}  [a-z./-]{0,9}\n|.{0,20}\n){0,5}") {
        let (folder, key) = sealed();
        fs::write(folder.path().join(SUMS_FILE), list).unwrap();
        prop_assert!(!checked(folder.path(), &key).sound());
        prop_assert!(!super::check(folder.path(), None).unwrap().unwrap().sound());
    }
}
