//! Submissions to a made-up scheme: documents, index, what is missing.

mod synthetic;

use std::collections::{BTreeMap, BTreeSet};

use ixit::{Declaration, SourceFile};
use reports::pack::{Handed, Pack, PackSource, Standing, pack};
use reports::scheme::SchemeResult;
use reports::{ReportInput, RunFacts};
use serde_json::{Value, json};
use synthetic::{Memory, STORED, every_verdict, facts, read};
use testcases::scheme::{self, Applied, Scheme};
use testcases::texts::Language;

const SCHEME: &str = r#"format = "hantei.scheme/1"
name = "made"
kind = "verdict"
edition = "en303645-2.1.1"
version = "1"
date = "2026-01-01"
confidence = "medium"
title = { en = "Made-up label", ja = "試作ラベル" }
body = { en = "The made-up office", ja = "試作庁" }
standing = { en = "Prepared for the made-up label; only its office awards it.", ja = "試作ラベルのための準備であり、付与できるのは試作庁だけである。" }
validity = { years = 3, within_support_period = true, source = "s" }
source = [{ id = "s", title = "Made-up publication", date = "2026-01-01", read = "secondary", confidence = "medium" }]
field = [
  { key = "seller", title = { en = "Seller", ja = "販売者" }, kind = "text", required = true },
  { key = "agrees", title = { en = "Agrees", ja = "同意" }, kind = "flag" },
]
document = [{ id = "made-declaration", title = { en = "Declaration of the made-up label", ja = "試作ラベルの宣言書" }, source = "s" }]
recognition = [{ label = { en = "Other label", ja = "別のラベル" }, counts_as = { en = "Level 1", ja = "レベル 1" }, source = "s", since = "2025-01-01" }]
[[requirement]]
id = "A.1"
title = { en = "No shared passwords", ja = "共通パスワードの禁止" }
asks = { en = "Passwords differ.", ja = "パスワードが異なること。" }
source = "s"
place = "1"
confidence = "medium"
unverified = [{ en = "The number 14 comes from memory.", ja = "14 という数は記憶による。" }]
gap = { en = "Sales are not looked at.", ja = "販売は見ていない。" }
needs = [{ provision = "5.1-1" }, { stated = "seller" }]
[[requirement]]
id = "A.2"
title = { en = "No open doors", ja = "開いたままの入口の禁止" }
asks = { en = "Nothing answers.", ja = "何も応答しないこと。" }
source = "s"
place = "2"
confidence = "medium"
needs = [{ provision = "5.6-1" }]
"#;

fn made() -> Scheme {
    scheme::read(SCHEME).expect("a scheme")
}

fn need(kind: &str, subject: &str, verdict: &str, code: &str, args: Value, reference: &str) -> Value {
    let decided = matches!(verdict, "PASS" | "FAIL");
    json!({
        "route": null, "kind": kind, "subject": subject, "verdict": verdict,
        "rests_on": if decided { json!("observed") } else { Value::Null }, "blame": null,
        "reason": { "code": code, "args": args, "text": code, "expected": null, "actual": null },
        "evidence": [{ "ref": reference, "at": "request 6" }],
    })
}

/// What came of it: the second requirement with this verdict.
fn applied(second: &str, unverified: bool, missing: &[&str]) -> Applied {
    let requirement = |id: &str, verdict: &str, unverified: bool, needs: Vec<Value>| {
        json!({ "scheme": "made", "id": id, "verdict": verdict, "evidence": null, "route": null,
                "needs": needs, "unverified": unverified, "gap": id == "A.1" })
    };
    let passed = json!({ "kind": "provision", "id": "5.1-1", "units": "" });
    let other = json!({ "kind": "provision", "id": "5.6-1", "units": "5.6-1-1:a" });
    let code = match second {
        "FAIL" => "scheme-failed-by-standard",
        "PASS" => "scheme-answered-by-standard",
        _ => "scheme-open-in-standard",
    };
    let value = json!({
        "format": "hantei.scheme-result/1", "scheme": "made", "kind": "verdict", "version": "1",
        "data": [["made", "sha256:00"]], "verdict": second, "complete": true, "demonstration": false,
        "requirements": [
            requirement("A.1", "PASS", unverified, vec![
                need("provision", "5.1-1", "PASS", "scheme-answered-by-standard", passed, STORED),
                need("stated", "seller", "PASS", "scheme-stated", json!({ "key": "seller" }),
                     "declaration:submission.toml#made.seller"),
            ]),
            requirement("A.2", second, false, vec![
                need("provision", "5.6-1", second, code, other, "assessment:5.6-1"),
            ]),
        ],
        "valid_until": "2029-03-04", "missing_fields": missing, "unknown_fields": [],
    });
    serde_json::from_value(value).expect("the shape of a result")
}

fn declaration(seller: &str) -> Declaration {
    let submission = format!("[made]\nseller = {}\nagrees = true\n", json!(seller));
    let ics = "edition = \"en303645-2.1.1\"\n[supplier]\nname = \"Supplier Ltd.\"\n";
    let files = [("ics.toml", ics), ("ixit.toml", ""), ("submission.toml", submission.as_str())];
    let files = files.map(|(name, text)| SourceFile::new(name, text.as_bytes().to_vec()));
    let reading = Declaration::from_sources(files.to_vec(), Vec::new());
    reading.declaration.unwrap_or_else(|| panic!("{:?}", reading.diagnostics))
}

/// The files of the run: the declaration, and one stored text.
struct Files;

impl PackSource for Files {
    fn file(&self, reference: &str) -> Handed {
        match reference {
            STORED => Handed::File("1111.txt".to_owned(), b"login: ".to_vec()),
            "declaration:submission.toml#made.seller" => {
                Handed::File("declaration/submission.toml".to_owned(), b"[made]\n".to_vec())
            }
            _ => Handed::Absent,
        }
    }
}

fn facts_with(scheme: &Scheme, seller: &str, applied: Applied, draft: bool) -> RunFacts {
    let result = SchemeResult::new(scheme, &declaration(seller), applied);
    RunFacts { schemes: vec![result], draft, ..facts() }
}

fn packed(seller: &str, applied: Applied, draft: bool) -> (Pack, BTreeMap<String, String>) {
    let facts = facts_with(&made(), seller, applied, draft);
    let assessment = read(&every_verdict());
    let inputs = [Language::En, Language::Ja].map(|language| ReportInput {
        assessment: &assessment,
        facts: &facts,
        language,
        evidence: &Memory,
    });
    let pack = pack(&inputs, &Files, Standing::default()).expect("template and values agree");
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
    let files = pack.files.iter().map(|file| (file.name.clone(), text(&file.bytes))).collect();
    (pack, files)
}

#[test]
fn a_whole_submission_has_every_file_and_says_that_nothing_is_missing() {
    let (pack, files) = packed("Shop Ltd.", applied("PASS", false, &[]), false);
    assert!(pack.whole);
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "SHA256SUMS",
            "evidence/1111.txt",
            "evidence/assessment.json",
            "evidence/declaration/submission.toml",
            "evidence/evidence.csv",
            "evidence/evidence.json",
            "made-declaration.en.html",
            "made-declaration.ja.html",
            "missing.en.md",
            "missing.ja.md",
            "pack.json",
            "report.en.html",
            "report.ja.html",
        ]
    );
    assert!(files["missing.en.md"].contains("Nothing is missing"), "{}", files["missing.en.md"]);
    assert!(files["missing.ja.md"].contains("足りないものはない"), "{}", files["missing.ja.md"]);
    assert_eq!(pack.index["missing"], json!([]));
    assert_eq!(files["SHA256SUMS"].lines().count(), names.len() - 1);
    let document = &files["made-declaration.en.html"];
    for said in
        ["Shop Ltd.", "Supplier Ltd.", "A.2", "No open doors", "report.en.html#p-5-6-1", "evidence/1111.txt"]
    {
        assert!(document.contains(said), "{said}: {document}");
    }
    assert!(!document.contains("DRAFT") && !document.contains("../"), "{document}");
    assert!(files["made-declaration.ja.html"].contains("試作ラベルの宣言書"));
}

#[test]
fn what_fails_is_open_or_is_not_stated_is_missing_with_its_reason() {
    let (failed, files) = packed("Shop Ltd.", applied("FAIL", false, &[]), false);
    assert!(!failed.whole);
    assert_eq!(failed.index["missing"][0], json!({ "kind": "failed", "scheme": "made", "what": "A.2" }));
    assert!(
        files["missing.en.md"].contains("5.6-1: The run speaks against this"),
        "{}",
        files["missing.en.md"]
    );
    let (open, _) = packed("Shop Ltd.", applied("INCONCLUSIVE", false, &[]), false);
    assert_eq!(open.index["missing"][0]["kind"], "open");
    let (unstated, files) = packed("...", applied("PASS", false, &["made.seller"]), false);
    assert!(!unstated.whole);
    assert_eq!(unstated.index["missing"][0], json!({ "kind": "field", "scheme": "made", "what": "seller" }));
    assert!(files["missing.en.md"].contains("Write `seller` under [made]"), "{}", files["missing.en.md"]);
    assert!(files["made-declaration.en.html"].contains("not stated"));
}

#[test]
fn numbers_without_a_primary_source_are_told_everywhere() {
    let (pack, files) = packed("Shop Ltd.", applied("PASS", true, &[]), false);
    // They are to be compared, and nothing is missing for that.
    assert!(pack.whole);
    assert_eq!(pack.index["missing"], json!([]));
    assert_eq!(pack.index["to_compare"], json!([{ "scheme": "made", "what": "A.1" }]));
    for name in ["made-declaration.en.html", "report.en.html"] {
        assert!(files[name].contains("could not be compared with the publication"), "{name}");
    }
    assert!(files["missing.en.md"].contains("The number 14"), "{}", files["missing.en.md"]);
}

#[test]
fn a_draft_says_so_in_every_document() {
    let (pack, files) = packed("Shop Ltd.", applied("PASS", false, &[]), true);
    assert_eq!(pack.index["draft"], true);
    for (name, text) in &files {
        if name.ends_with(".html") || name.ends_with(".md") {
            let mark = if name.contains(".ja.") { "下書き" } else { "DRAFT" };
            assert!(text.contains(mark), "{name}");
        }
    }
}

#[test]
fn nothing_of_the_supplier_acts_in_a_document() {
    let hostile = "\"><script>alert(1)</script>\" href=\"../evidence/1111.txt\"";
    let (_, files) = packed(hostile, applied("PASS", false, &[]), false);
    for (name, text) in files.iter().filter(|(name, _)| name.ends_with(".html")) {
        assert!(!text.contains("<script"), "{name}");
        assert!(text.contains("Content-Security-Policy"), "{name}");
    }
}

#[test]
fn every_document_of_every_scheme_can_be_filled_with_and_without_statements() {
    for scheme in scheme::schemes() {
        let bare = json!({
            "format": "hantei.scheme-result/1", "scheme": scheme.name, "kind": scheme.kind,
            "version": scheme.version, "data": [], "verdict": null, "complete": true,
            "demonstration": false, "valid_until": null, "missing_fields": [], "unknown_fields": [],
            "requirements": scheme.cumulated().iter().flat_map(|one| one.requirements.iter().map(|requirement| json!({
                "scheme": one.name, "id": requirement.id, "verdict": null, "evidence": null, "route": null,
                "needs": [], "unverified": !requirement.unverified.is_empty(), "gap": requirement.gap.is_some(),
            }))).collect::<Vec<_>>(),
        });
        let applied: Applied = serde_json::from_value(bare).expect("the shape of a result");
        let mut fields = String::new();
        for one in scheme.cumulated() {
            fields.push_str(&format!("[{}]\n", one.name));
            for field in &one.fields {
                let value = match field.kind.as_str() {
                    "flag" => "true".to_owned(),
                    "texts" => "[\"one\", \"two\"]".to_owned(),
                    _ => "\"2026-01-01\"".to_owned(),
                };
                fields.push_str(&format!("{} = {value}\n", field.key));
            }
        }
        for submission in ["", fields.as_str()] {
            let files = [
                ("ics.toml", "edition = \"en303645-2.1.1\"\n"),
                ("ixit.toml", ""),
                ("submission.toml", submission),
            ];
            let files = files.map(|(name, text)| SourceFile::new(name, text.as_bytes().to_vec()));
            let declaration =
                Declaration::from_sources(files.to_vec(), Vec::new()).declaration.expect("readable");
            let result = SchemeResult::new(scheme, &declaration, applied.clone());
            let documents: BTreeSet<String> = result
                .data
                .iter()
                .flat_map(|one| &one.documents)
                .map(|document| document.id.clone())
                .collect();
            let facts = RunFacts { schemes: vec![result], ..facts() };
            let assessment = read(&every_verdict());
            for language in [Language::En, Language::Ja] {
                let input =
                    ReportInput { assessment: &assessment, facts: &facts, language, evidence: &Memory };
                let pack = pack(&[input], &Files, Standing::default());
                let pack = pack.unwrap_or_else(|error| panic!("{} {language:?}: {error}", scheme.name));
                for id in &documents {
                    let begin = format!("{id}.");
                    assert!(pack.files.iter().any(|file| file.name.starts_with(&begin)), "{id}");
                }
                for file in pack.files.iter().filter(|file| file.name.ends_with(".html")) {
                    let text = String::from_utf8_lossy(&file.bytes);
                    assert!(!text.contains("{{"), "{} {}", scheme.name, file.name);
                }
            }
        }
    }
}
