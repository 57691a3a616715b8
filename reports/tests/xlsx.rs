//! The results as a workbook: what stands where, in both languages, and that nothing in it acts.

mod synthetic;

use std::io::Cursor;
use std::path::Path;

use calamine::{DataType, Reader, Xlsx};
use ixit::{Declaration, SourceFile};
use reports::{ReportInput, RunFacts};
use serde_json::{Value, json};
use synthetic::{Memory, STORED, assessment, decided, every_verdict, facts, item, provision, read, waiting};
use testcases::texts::Language;

fn declaration() -> Declaration {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ixit/tests/rich");
    Declaration::read(&folder).declaration.expect("the sample is sound")
}

fn workbook(value: &Value, facts: &RunFacts, language: Language) -> Vec<u8> {
    let assessment = read(value);
    let input = ReportInput { assessment: &assessment, facts, language, evidence: &Memory };
    reports::xlsx::xlsx(&input, &declaration()).expect("it is written")
}

/// Rows of a sheet as texts; every cell is a text.
fn rows(bytes: &[u8], sheet: &str) -> Vec<Vec<String>> {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).expect("it opens");
    let range = workbook.worksheet_range(sheet).unwrap_or_else(|error| panic!("{sheet}: {error}"));
    let text = |cell: &calamine::Data| {
        assert!(cell.is_empty() || cell.is_string(), "{sheet}: {cell:?} is no text");
        cell.get_string().unwrap_or_default().to_owned()
    };
    range.rows().map(|row| row.iter().map(text).collect()).collect()
}

fn names(bytes: &[u8]) -> Vec<String> {
    Xlsx::<_>::new(Cursor::new(bytes)).expect("it opens").sheet_names()
}

/// The one row whose cell in a column is this text.
fn row<'r>(rows: &'r [Vec<String>], column: usize, text: &str) -> &'r Vec<String> {
    let mut found = rows.iter().filter(|row| row[column] == text);
    let row = found.next().unwrap_or_else(|| panic!("no row with {text}: {rows:?}"));
    assert!(found.next().is_none(), "more than one row with {text}");
    row
}

fn column(rows: &[Vec<String>], heading: &str) -> usize {
    rows[1].iter().position(|cell| cell == heading).unwrap_or_else(|| panic!("{heading}: {:?}", rows[1]))
}

/// Something of every verdict, of a row and of a field that the sample declares.
fn of_the_sample() -> Value {
    let mut of_field = item("-", "INCONCLUSIVE", "not-established");
    of_field["evidence"] = json!([{"ref": "declaration:ixit.toml#user_info.documentation_of_secure_setup[0]", "at": ""},
                                  {"ref": "declaration:ixit.toml#user_info.documentation_of_sensors", "at": ""}]);
    of_field["state"] = Value::Null;
    let mut reversed = decided("AuthMech-Web", "looked at it myself");
    reversed["overridden"] = json!("FAIL");
    assessment(
        "FAIL",
        vec![
            provision("5.1-1", "PASS", vec![reversed]),
            provision("5.1-5", "INCONCLUSIVE", vec![waiting("5.1-5-1:a", "AuthMech-Web"), of_field]),
            provision("5.3-1", "N/A", vec![]),
            provision(
                "5.6-1",
                "FAIL",
                vec![item("tcp/23", "FAIL", "door-open"), item("AuthMech-Web/entitled", "FAIL", "door-open")],
            ),
            provision("5.10-1", "NOT-CLAIMED", vec![]),
        ],
    )
}

#[test]
fn the_sheets_stand_in_an_order_that_a_reader_wants() {
    for (language, wanted) in [
        (Language::En, ["Summary", "Results", "Open", "DUT", "ICS", "1-AuthMech"]),
        (Language::Ja, ["概要", "結果一覧", "未決事項", "DUT", "ICS", "1-AuthMech"]),
    ] {
        assert_eq!(names(&workbook(&of_the_sample(), &facts(), language))[..6], wanted);
    }
    let english = names(&workbook(&of_the_sample(), &facts(), Language::En));
    assert_eq!(english[english.len() - 4..], ["Evidence", "Empty", "Method", "Files"]);
}

#[test]
fn every_item_has_a_row_with_verdict_reason_effort_and_evidence() {
    let bytes = workbook(&of_the_sample(), &facts(), Language::En);
    let rows = rows(&bytes, "Results");
    assert_eq!(rows.len(), 2 + 7, "five items and two units without: {rows:?}");
    let failed = row(&rows, column(&rows, "Item"), "tcp/23");
    for (heading, text) in [
        ("Provision", "5.6-1"),
        ("Case", "5.6-1-1"),
        ("Unit", "5.6-1-1:a"),
        ("State", "initialized"),
        ("Sample", "S1"),
        ("Verdict", "FAIL"),
        ("Decided by", "Machine"),
        ("Rests on", "observed"),
        ("Blame (who has to act)", "device"),
        ("Reason code", "door-open"),
        ("Reason", "tcp/23 was looked at"),
        ("Expected", "nothing answers (ixit.toml#intf[0].status)"),
        ("Seen", "FAIL was seen"),
        ("Evidence", "1111111111 · request 6\nixit.toml#intf[0]: status, description"),
        ("Tried", "GET /state\n19 of 20 completed in 2.0 s"),
        ("Person", ""),
        ("Decided on", ""),
    ] {
        assert_eq!(failed[column(&rows, heading)], text, "{heading}");
    }
    let person = row(&rows, column(&rows, "Reason code"), "person-passed-it");
    for (heading, text) in [
        ("Verdict", "PASS"),
        ("Person", "A. Reader\nassessor"),
        ("Decided on", "2026-03-04"),
        ("Machine verdict, reversed", "FAIL"),
        ("Blame (who has to act)", ""),
    ] {
        assert_eq!(person[column(&rows, heading)], text, "{heading}");
    }
    let left_out = row(&rows, 0, "5.3-1");
    assert_eq!(left_out[column(&rows, "Verdict")], "N/A");
    assert_eq!(left_out[column(&rows, "Reason code")], "condition-not-met");
}

#[test]
fn the_declaration_has_the_verdicts_beside_it() {
    let bytes = workbook(&of_the_sample(), &facts(), Language::En);
    let ics = rows(&bytes, "ICS");
    assert_eq!(
        ics[1][5..],
        ["Verdict", "Blame (who has to act)", "Reason", "Cases", "Evidence"]
            .map(|one| format!("Result: {one}"))
    );
    let failed = row(&ics, 0, "5.6-1");
    assert_eq!(
        failed[5..],
        [
            "FAIL",
            "device",
            "5.6-1-1:a (tcp/23): tcp/23 was looked at\n5.6-1-1:a (AuthMech-Web/entitled): AuthMech-Web/entitled was looked at",
            "5.6-1-1 FAIL",
            "1111111111 · request 6\nixit.toml#intf[0]: status, description",
        ]
    );
    assert_eq!(row(&ics, 0, "5.3-1")[5], "N/A");
    assert_eq!(row(&ics, 0, "5.10-1")[5], "NOT CLAIMED");
    let table = rows(&bytes, "1-AuthMech");
    let verdicts = column(&table, "Result: Verdicts of the units");
    assert_eq!(
        row(&table, 0, "AuthMech-Web")[verdicts],
        "FAIL: 5.6-1-1:a\nINCONCLUSIVE: 5.1-5-1:a\nPASS: 5.1-1-1:a"
    );
    assert!(
        table.iter().filter(|row| row[0] == "AuthMech-Cloud").all(|row| row[verdicts].is_empty()),
        "{table:?}"
    );
    let form = rows(&bytes, "2-UserInfo");
    let beside: Vec<(&str, &str)> = form[2..]
        .iter()
        .filter(|row| !row[2].is_empty())
        .map(|row| (row[0].as_str(), row[2].as_str()))
        .collect();
    assert_eq!(beside.len(), 2, "{beside:?}");
    assert!(beside.iter().all(|(_, verdicts)| *verdicts == "INCONCLUSIVE: 5.1-5-1:a"), "{beside:?}");
}

#[test]
fn what_is_open_names_who_is_waited_for_and_the_question() {
    let bytes = workbook(&of_the_sample(), &facts(), Language::En);
    let open = rows(&bytes, "Open");
    assert_eq!(open.len(), 2 + 2, "{open:?}");
    let asked = row(&open, 0, "assessor");
    assert_eq!(asked[1..3], ["5.1-5-1:a", "AuthMech-Web"]);
    assert!(asked[4].ends_with('?') && !asked[5].is_empty(), "{asked:?}");
    let missing = row(&open, 0, "device");
    assert_eq!(missing[1..5], ["5.1-5-1:a", "", "sample S1", "- was looked at"]);
    let sound = assessment("PASS", vec![provision("5.1-1", "PASS", vec![decided("Row-A", "reads well")])]);
    assert_eq!(rows(&workbook(&sound, &facts(), Language::En), "Open")[2][0], "Nothing is open.");
}

#[test]
fn partial_invalid_and_demonstration_runs_say_so_on_every_sheet_and_page() {
    let mut value = every_verdict();
    value["complete"] = json!(false);
    value["demonstration"] = json!(true);
    let facts = RunFacts {
        invalid: Some("identity lost".to_owned()),
        run: "A & B".to_owned(),
        draft: true,
        ..facts()
    };
    for language in Language::ALL {
        let said = match language {
            Language::En => ["partial", "demonstration", "cannot vouch for itself", "DRAFT"],
            Language::Ja => ["部分的", "デモンストレーション", "自らの正しさを保証できない", "下書き"],
        };
        let bytes = workbook(&value, &facts, *language);
        for name in names(&bytes) {
            let first = rows(&bytes, &name).swap_remove(0).swap_remove(0);
            assert!(said.iter().all(|said| first.contains(said)), "{name}: {first}");
        }
        let heads = parts(&bytes, "<oddHeader>");
        assert_eq!(heads.len(), names(&bytes).len());
        for head in heads {
            assert!(said.iter().all(|said| head.contains(said)), "{head}");
        }
        let summary = rows(&bytes, &names(&bytes)[0]).concat().join("\n");
        assert!(summary.contains("identity lost"));
    }
    let plain = workbook(&every_verdict(), &synthetic::facts(), Language::En);
    assert!(!rows(&plain, "ICS")[0][0].contains("demonstration"));
}

#[test]
fn the_same_run_gives_the_same_bytes_and_an_ampersand_in_a_name_is_itself() {
    let facts = RunFacts { run: "A & B".to_owned(), ..facts() };
    let bytes = workbook(&of_the_sample(), &facts, Language::Ja);
    assert_eq!(bytes, workbook(&of_the_sample(), &facts, Language::Ja));
    assert!(parts(&bytes, "<oddHeader>").iter().all(|head| head.contains("A &amp;&amp; B")));
}

/// What follows a mark in the parts of a workbook, up to the next one.
fn parts(bytes: &[u8], mark: &str) -> Vec<String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("a workbook is an archive");
    let mut found = Vec::new();
    for index in 0..archive.len() {
        let part = std::io::read_to_string(archive.by_index(index).expect("a part")).expect("text");
        found.extend(
            part.split(mark).skip(1).map(|rest| rest.split('<').next().unwrap_or_default().to_owned()),
        );
    }
    found
}

#[test]
fn hostile_values_are_text_and_invisible_characters_are_seen() {
    for hostile in
        ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\u{202e}x\u{0}\u{1b}[2J</t>&\"", &"湯".repeat(40_000)]
    {
        let mut bad = item(hostile, "FAIL", "door-open");
        for field in
            ["/reason/text", "/reason/expected/text", "/reason/expected/source", "/reason/actual/text"]
        {
            *bad.pointer_mut(field).expect(field) = json!(hostile);
        }
        let mut value = assessment("FAIL", vec![provision("5.6-1", "FAIL", vec![bad])]);
        for name in ["manufacturer", "model", "hardware", "firmware", "firmware_read", "serial_read"] {
            value["dut"][name] = json!(hostile);
        }
        let facts = RunFacts {
            run: hostile.to_owned(),
            limits: vec![hostile.to_owned()],
            digests: vec![(hostile.to_owned(), hostile.to_owned())],
            ..facts()
        };
        for language in Language::ALL {
            let bytes = workbook(&value, &facts, *language);
            assert!(parts(&bytes, "<f").iter().all(|rest| !rest.starts_with(['>', ' '])), "a formula");
            assert!(parts(&bytes, "<hyperlink").is_empty());
            for name in names(&bytes) {
                for cell in rows(&bytes, &name).concat() {
                    assert!(!cell.contains(['\u{202e}', '\u{0}', '\u{1b}']), "{name}: {cell}");
                    assert!(cell.encode_utf16().count() <= 32_767);
                }
            }
            let results = rows(&bytes, &names(&bytes)[1]);
            let seen = &results[2][13];
            if hostile.chars().count() < 100 {
                assert!(seen == hostile || seen.contains('\u{fffd}'), "{seen}");
            } else {
                assert!(seen.contains("…") && seen.len() > 90_000, "it is cut with a mark");
            }
        }
    }
}

#[test]
fn the_workbook_reads_as_the_declaration_that_it_was_made_of() {
    let declaration = declaration();
    for language in Language::ALL {
        let bytes = workbook(&of_the_sample(), &facts(), *language);
        let back = ixit::sheet::import(&bytes).expect("it reads");
        let files = vec![
            SourceFile::new("ics.toml", back.ics.into_bytes()),
            SourceFile::new("ixit.toml", back.ixit.into_bytes()),
        ];
        let again = Declaration::from_sources(files, declaration.documents.clone());
        assert_eq!(again.declaration.expect("it reads").content(), declaration.content());
        assert_eq!(back.asides.len(), 1, "{:?}", back.asides);
    }
}

#[test]
fn method_and_files_have_the_limits_and_whole_digests() {
    let facts = RunFacts {
        limits: vec!["Nothing was heard.".to_owned()],
        digests: vec![("plan.json".to_owned(), "sha256:22".to_owned())],
        decision_rule: Some("simple acceptance".to_owned()),
        ..facts()
    };
    let bytes = workbook(&of_the_sample(), &facts, Language::En);
    let method = rows(&bytes, "Method");
    for (name, value) in [
        ("plan.json", "sha256:22"),
        ("Decision rule", "simple acceptance"),
        ("Deviations", "not stated"),
        ("Tool", "hantei 0"),
    ] {
        assert_eq!(row(&method, 0, name)[1], value);
    }
    assert!(method.iter().any(|row| row[1] == "Nothing was heard."));
    let files = rows(&bytes, "Files");
    assert_eq!(row(&files, 0, STORED)[1], "evidence/1111.txt");
}
