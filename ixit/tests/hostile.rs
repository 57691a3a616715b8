//! The reader of hostile files: no panic, no endless work, nothing outside the folder.

use ixit::{Bench, Declaration, Diagnostic, SourceFile};
use proptest::prelude::*;

fn diagnostics(ics: (&str, &[u8]), ixit: (&str, &[u8])) -> Vec<Diagnostic> {
    let files = vec![SourceFile::new(ics.0, ics.1.to_vec()), SourceFile::new(ixit.0, ixit.1.to_vec())];
    Declaration::from_sources(files, Vec::new()).diagnostics
}

fn codes(list: &[Diagnostic]) -> Vec<(&str, u32, u32)> {
    list.iter().map(|d| (d.code.as_str(), d.at.line, d.at.column)).collect()
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let list = diagnostics(("ics.toml", &bytes), ("ixit.json", &bytes));
        prop_assert!(!list.is_empty(), "arbitrary bytes are no declaration");
        let (bench, _) = Bench::from_bytes("bench.toml", &bytes);
        let copy = Bench::withheld_copy(&bytes);
        prop_assert!(bench.is_none() || Bench::from_bytes("bench.toml", &copy).0.is_some());
    }

    #[test]
    fn no_mutilated_sample_makes_the_reader_panic(cut in 0..8000_usize, put in "\\PC{0,6}|[\\[\\]{}=\"'#\\n.]{0,6}") {
        let mut text = include_str!("rich/ixit.toml").to_owned();
        let mut at = cut.min(text.len());
        while !text.is_char_boundary(at) { at -= 1; }
        text.insert_str(at, &put);
        for d in diagnostics(("ics.toml", b""), ("ixit.toml", text.as_bytes())) {
            prop_assert!(d.at.start <= d.at.end && d.at.end <= text.len(), "{:?}", d);
        }
    }

    #[test]
    fn no_json_like_text_makes_the_reader_panic(text in "[\\[\\]{}:,\"\\\\0-9eE.\\-ntrue \\n]{0,60}") {
        diagnostics(("ics.json", text.as_bytes()), ("ixit.toml", text.as_bytes()));
    }
}

#[test]
fn json_reads_as_toml_does() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rich");
    let toml_declaration = Declaration::read(&root).declaration.expect("the sample is sound");
    let json: Vec<SourceFile> = toml_declaration
        .files
        .iter()
        .map(|file| {
            let text =
                String::from_utf8(file.bytes.clone()).expect("text").replace("2026-03-31", "\"2026-03-31\"");
            let value: serde_json::Value = toml::from_str(&text).expect("toml");
            let name = file.name.replace(".toml", ".json");
            SourceFile::new(name, serde_json::to_vec_pretty(&value).expect("json"))
        })
        .collect();
    let reading = Declaration::from_sources(json, toml_declaration.documents.clone());
    assert!(reading.diagnostics.is_empty(), "{:#?}", reading.diagnostics);
    assert_eq!(reading.declaration.map(|d| d.content()), Some(toml_declaration.content()));
}

#[test]
fn json_faults_have_line_and_column() {
    let ics = b"{\n  \"edition\": \"en303645-2.1.1\",\n  \"dut\": { \"modle\": \"x\", \"constrained\": 1 },\n  \"dut\": {}\n}";
    let list = diagnostics(("ics.json", ics), ("ixit.json", b"{\n \"auth_mech\": [ { \"id\": \"A\" }, ]\n}"));
    assert_eq!(
        codes(&list),
        [("unknown-key", 3, 12), ("wrong-type", 3, 41), ("duplicate-key", 4, 3), ("syntax", 2, 32)]
    );
}

#[test]
fn depth_is_bounded() {
    let deep_json = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let deep_toml = format!("a = {}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let keys = vec!["k"; 70].join(".");
    let nested = format!("{} = 1{}", format!("{keys} = {{ ").repeat(70) + &keys, "}".repeat(70));
    for text in [&deep_json, &deep_toml, &nested] {
        let list = diagnostics(("ics.toml", text.as_bytes()), ("ixit.json", text.as_bytes()));
        assert!(!list.is_empty());
    }
    let json = format!("{{ \"edition\": {} }}", "[".repeat(65));
    let list = diagnostics(("ics.json", json.as_bytes()), ("ixit.toml", b""));
    assert_eq!(codes(&list).first(), Some(&("too-deep", 1, 14 + 63)));
}

#[test]
fn size_is_bounded() {
    let bytes = vec![b'#'; ixit::SIZE_LIMIT + 1];
    let list = diagnostics(("ics.toml", &bytes), ("ixit.toml", b""));
    assert_eq!(codes(&list), [("file-too-large", 0, 0)]);
}

#[test]
fn a_file_full_of_faults_stays_bounded() {
    let ixit: String = (0..200_000).map(|n| format!("k{n} = 1\n")).collect();
    let list = diagnostics(("ics.toml", b"edition = \"en303645-2.1.1\""), ("ixit.toml", ixit.as_bytes()));
    assert!(list.len() < 1100, "{}", list.len());
    assert!(list.iter().any(|d| d.code == "too-many-errors"));
}

#[test]
fn a_file_that_is_not_utf_8_is_named_with_the_place() {
    let list = diagnostics(("ics.toml", b"edition = \"x\"\nab\xff"), ("ixit.toml", b""));
    assert_eq!(codes(&list), [("not-utf-8", 2, 3)]);
}

#[test]
fn missing_files_are_named() {
    let folder = tempfile::tempdir().expect("folder");
    let reading = Declaration::read(folder.path());
    let seen: Vec<_> = reading.diagnostics.iter().map(|d| (d.code.as_str(), &*d.at.file)).collect();
    assert_eq!(seen, [("missing-file", "ics.toml"), ("missing-file", "ixit.toml")]);
    let reading = Declaration::read(&folder.path().join("nowhere"));
    assert_eq!(reading.diagnostics.len(), 2);
}

#[cfg(unix)]
#[test]
fn nothing_outside_the_folder_is_read() {
    use std::os::unix::fs::symlink;
    let outside = tempfile::tempdir().expect("folder");
    std::fs::write(outside.path().join("secret.txt"), "secret").expect("file");
    let folder = tempfile::tempdir().expect("folder");
    let documents = folder.path().join("documents");
    std::fs::create_dir(&documents).expect("folder");
    std::fs::write(documents.join("inside.txt"), "inside").expect("file");
    symlink("inside.txt", documents.join("also.txt")).expect("link");
    symlink(outside.path().join("secret.txt"), documents.join("leak.txt")).expect("link");
    symlink(outside.path(), documents.join("folder")).expect("link");
    symlink(outside.path().join("secret.txt"), folder.path().join("ics.toml")).expect("link");
    std::fs::write(folder.path().join("ixit.toml"), "").expect("file");
    let reading = Declaration::read(folder.path());
    let mut seen: Vec<_> = reading.diagnostics.iter().map(|d| (&*d.at.file, d.code.as_str())).collect();
    seen.sort();
    assert_eq!(
        seen,
        [
            ("documents/folder", "document-outside-folder"),
            ("documents/leak.txt", "document-outside-folder"),
            ("ics.toml", "unreadable-file"),
        ]
    );
}

#[test]
fn paths_stay_inside_documents() {
    let ics =
        "edition = \"en303645-2.1.1\"\n[[external_evidence]]\nid = \"E\"\ndocument = \"../../etc/passwd\"\n";
    let ixit = "[user_info.resources]\ndocumentation_of_sensors = { kind = \"document\", place = \"/etc/passwd\" }\n";
    let list = diagnostics(("ics.toml", ics.as_bytes()), ("ixit.toml", ixit.as_bytes()));
    let seen: Vec<_> = list
        .iter()
        .filter(|d| d.code == "path-outside-documents")
        .map(|d| (d.at.line, d.at.column))
        .collect();
    assert_eq!(seen, [(4, 12), (2, 28)]);
}
