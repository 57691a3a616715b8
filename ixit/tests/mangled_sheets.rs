//! Workbooks as suppliers send them back: what is beyond doubt is understood, the rest is named with its cell.

use ixit::sheet::{self, Aside, CellComplaint, ImportError, Imported};
use ixit::{Declaration, SourceFile};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};

/// A sheet by name, with what is written into it.
type Filled<'f> = (&'f str, &'f dyn Fn(&mut Worksheet));

/// A workbook with these sheets; each is filled in by its function.
fn workbook(sheets: &[Filled<'_>]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    for (name, fill) in sheets {
        fill(workbook.add_worksheet().set_name(*name).expect("a name"));
    }
    workbook.save_to_buffer().expect("a workbook")
}

fn rows(worksheet: &mut Worksheet, first: u32, rows: &[&[&str]]) {
    for (row, cells) in (first..).zip(rows) {
        for (column, cell) in (0_u16..).zip(*cells).filter(|(_, cell)| !cell.is_empty()) {
            worksheet.write_string(row, column, *cell).expect("a cell");
        }
    }
}

fn dut(worksheet: &mut Worksheet) {
    rows(worksheet, 0, &[&["Entry", "Value"], &["edition", "en303645-2.1.1"]]);
}

fn ics(worksheet: &mut Worksheet) {
    rows(worksheet, 0, &[&["Reference", "Support"], &["5.1-1", "Y"]]);
}

/// A workbook whose device and ICS are in order, and one more sheet.
fn with(name: &str, fill: &dyn Fn(&mut Worksheet)) -> Vec<u8> {
    workbook(&[("DUT", &dut), ("ICS", &ics), (name, fill)])
}

fn understood(bytes: &[u8]) -> (serde_json::Value, Vec<Aside>) {
    let Imported { ics, ixit, asides } = sheet::import(bytes).expect("it is understood");
    let files =
        vec![SourceFile::new("ics.toml", ics.into_bytes()), SourceFile::new("ixit.toml", ixit.into_bytes())];
    let reading = Declaration::from_sources(files, Vec::new());
    assert!(!reading.has_errors(), "{:#?}", reading.diagnostics);
    (reading.declaration.expect("it reads").content(), asides)
}

fn refused(bytes: &[u8]) -> Vec<CellComplaint> {
    match sheet::import(bytes) {
        Err(ImportError::Cells(complaints)) => complaints,
        other => panic!("{other:?}"),
    }
}

/// The only complaint, with what it must say.
fn complains(bytes: &[u8], place: &str, code: &str, words: &[&str]) {
    let complaints = refused(bytes);
    let [one] = &complaints[..] else { panic!("{complaints:#?}") };
    assert_eq!((one.place().as_str(), one.code.as_str()), (place, code), "{one:#?}");
    let said = format!("{} {}", one.message, one.help.as_deref().unwrap_or_default());
    for word in words {
        assert!(said.contains(word), "{word} is not in: {said}");
    }
    assert!(one.help.is_some(), "what to do is missing: {said}");
}

#[test]
fn order_titles_blank_rows_and_letters_do_not_matter() {
    let bytes = workbook(&[
        ("1 authmech", &|sheet| {
            sheet
                .merge_range(0, 0, 0, 4, "Authentication, sent by the supplier", &Format::new())
                .expect("a title");
            rows(
                sheet,
                2,
                &[
                    &["Description", " authentication\nfactor ", "ｓｕｂｊｅｃｔ", "ID", "# ours"],
                    &["Login", "Password", "user", "AuthMech-1", "ask Ken"],
                ],
            );
            rows(sheet, 9, &[&["Pairing", "Key", "MACHINE", "AuthMech-2"]]);
        }),
        ("ICS", &|sheet| {
            rows(
                sheet,
                0,
                &[
                    &["対応", "規定番号", "詳細"],
                    &["ｙ", "５．１－１", "Label"],
                    &["いいえ", "5.1–2", "None"],
                    &["n.a.", "Provision 5.1-3 ", "No users"],
                ],
            );
        }),
        ("dut", &|sheet| {
            rows(sheet, 0, &[&["値", "項目"], &["en303645-2.1.1", "Edition"], &["給湯器", "型番"]]);
            sheet.write_boolean(3, 0, false).expect("a cell");
            rows(sheet, 3, &[&["", "dut.constrained"], &["", "supplier.date"]]);
            let day = ExcelDateTime::from_ymd(2026, 3, 31).expect("a day");
            sheet
                .write_datetime_with_format(4, 0, day, &Format::new().set_num_format("yyyy/mm/dd"))
                .expect("a cell");
        }),
        ("13-SoftServ", &|sheet| {
            rows(
                sheet,
                0,
                &[
                    &["ID / 識別子", "Status", "設定の許可", "Authentication Mechanism"],
                    &["SoftServ-1", "有効", "はい", "authmech–1、 ＡｕｔｈＭｅｃｈ－２ "],
                ],
            );
        }),
    ]);
    let (content, asides) = understood(&bytes);
    assert_eq!(content["dut"]["model"], "給湯器");
    assert_eq!(content["dut"]["constrained"], false);
    assert_eq!(content["supplier"]["date"], "2026-03-31");
    assert_eq!(content["provision"]["5.1-1"]["support"], "Y");
    assert_eq!(content["provision"]["5.1-2"]["support"], "N");
    assert_eq!(content["provision"]["5.1-3"]["support"], "N/A");
    let mechanisms = &content["ixit"]["auth_mech"];
    assert_eq!(mechanisms[0]["authentication_factor"], "Password");
    assert_eq!((&mechanisms[1]["id"], &mechanisms[1]["subject"]), (&"AuthMech-2".into(), &"machine".into()));
    let service = &content["ixit"]["soft_serv"][0];
    assert_eq!(service["status"], "enabled");
    assert_eq!(service["allows_configuration"], true);
    assert_eq!(service["authentication_mechanism"], serde_json::json!(["AuthMech-1", "AuthMech-2"]));
    let said: Vec<&str> = asides.iter().map(|aside| aside.place.as_str()).collect();
    assert_eq!(said, ["1 authmech!A1", "1 authmech!E3"], "{asides:#?}");
}

#[test]
fn a_sheet_with_another_name_is_known_by_its_headings_or_its_ids() {
    let (content, asides) = understood(&with("Login", &|sheet| {
        rows(sheet, 0, &[&["ID", "Authentication Factor", "Cryptographic Details"], &["A-1", "PIN", "TLS"]]);
        sheet.set_hidden(true);
    }));
    assert_eq!(content["ixit"]["auth_mech"][0]["authentication_factor"], "PIN");
    assert!(asides[0].said.contains("1-AuthMech") && asides[1].said.contains("hidden"), "{asides:#?}");

    let (content, _) = understood(&with("Processes", &|sheet| {
        rows(sheet, 0, &[&["ID", "Description"], &["SecDev-1", "Reviews"]]);
    }));
    assert_eq!(content["ixit"]["sec_dev"][0]["description"], "Reviews");

    let doubtful = with("Processes", &|sheet| rows(sheet, 0, &[&["ID", "Description"], &["P-1", "Reviews"]]));
    complains(&doubtful, "Processes", "unknown-sheet", &["`Processes`", "`19-SecDev`", "#"]);
}

#[test]
fn cells_merged_down_count_for_each_row_and_cells_merged_across_are_named() {
    let (content, asides) = understood(&with("22-ExtSens", &|sheet| {
        rows(sheet, 0, &[&["ID", "Description"], &["ExtSens-1"], &["ExtSens-2"]]);
        sheet.merge_range(1, 1, 2, 1, "Both look at the room", &Format::new()).expect("merged");
    }));
    assert_eq!(content["ixit"]["ext_sens"][1]["description"], "Both look at the room");
    assert_eq!(asides.len(), 1, "{asides:#?}");

    let across = with("1-AuthMech", &|sheet| {
        rows(sheet, 0, &[&["ID", "Description", "Authentication Factor"], &["A-1"]]);
        sheet.merge_range(1, 1, 1, 2, "A password", &Format::new()).expect("merged");
    });
    complains(
        &across,
        "1-AuthMech!B2",
        "merged-cells",
        &["B2:C2", "Description, Authentication Factor", "Split"],
    );

    let id = with("1-AuthMech", &|sheet| {
        rows(sheet, 0, &[&["ID", "Description"], &["", "First"], &["", "Second"]]);
        sheet.merge_range(1, 0, 2, 0, "A-1", &Format::new()).expect("merged");
    });
    complains(&id, "1-AuthMech!A3", "missing-key", &["merged", "each row its ID"]);
}

#[test]
fn nothing_is_lost_in_silence() {
    let column = with("1-AuthMech", &|sheet| {
        rows(sheet, 0, &[&["ID", "Descripton", "Colour"], &["A-1", "Login", ""], &["A-2", "Pairing", "red"]]);
    });
    let complaints = refused(&column);
    let said: Vec<String> = complaints
        .iter()
        .map(|one| format!("{}: {} {}", one.place(), one.message, one.help.as_deref().unwrap_or("")))
        .collect();
    assert!(said[0].starts_with("1-AuthMech!B1") && said[0].contains("`Description`"), "{said:?}");
    assert!(
        said[1].starts_with("1-AuthMech!C1") && said[1].contains("`Colour`") && said[1].contains("1 cell"),
        "{said:?}"
    );

    let no_heading =
        with("1-AuthMech", &|sheet| rows(sheet, 0, &[&["ID"], &["A-1", "Login"], &["A-2", "Pairing"]]));
    complains(&no_heading, "1-AuthMech!B2", "unknown-key", &["Column B", "2 cells"]);

    let beside = with("4-Conf", &|sheet| {
        rows(sheet, 0, &[&["Entry", "Value"], &["Confirmation of Secure Development", "はい", "since 2024"]]);
    });
    complains(&beside, "4-Conf!C2", "unknown-key", &["Column C"]);

    let above = with("1-AuthMech", &|sheet| {
        rows(
            sheet,
            0,
            &[
                &["A-0", "Forgotten"],
                &["ID", "Description", "Authentication Factor"],
                &["A-1", "Login", "PIN"],
            ],
        );
    });
    let complaints = refused(&above);
    assert_eq!(complaints.len(), 2, "{complaints:#?}");
    assert!(complaints.iter().all(|one| one.code == "unread-cell"), "{complaints:#?}");

    let twice = workbook(&[
        ("DUT", &dut),
        ("ICS", &ics),
        ("5-VulnMon", &|sheet| {
            rows(sheet, 0, &[&["ID", "Description"], &["VulnMon-1", "Feeds"]]);
        }),
        ("VulnMon", &|sheet| {
            rows(sheet, 0, &[&["ID", "Description"], &["VulnMon-2", "Lists"]]);
        }),
    ]);
    complains(&twice, "VulnMon", "duplicate-key", &["`5-VulnMon` and `VulnMon`"]);
}

#[test]
fn what_is_left_aside_is_said() {
    let (_, asides) = understood(&workbook(&[
        ("Read me", &|sheet| rows(sheet, 0, &[&["How to fill in this workbook"], &["Please call Ken"]])),
        ("# history", &|sheet| rows(sheet, 0, &[&["2026-03-31", "first version"]])),
        ("Sheet1", &|_| {}),
        ("DUT", &dut),
        ("ICS", &|sheet| {
            rows(
                sheet,
                0,
                &[
                    &["Reference", "Status", "Provision", "Support"],
                    &["5.1-1", "M C", "Our own words", "Y"],
                    &["Reference", "Status", "Provision", "Support"],
                    &["5.1-3", "M", "ユーザー認証のベストプラクティス暗号", "Y"],
                ],
            );
        }),
    ]));
    let said: Vec<String> = asides.iter().map(|aside| format!("{}: {}", aside.place, aside.said)).collect();
    assert!(said[0].starts_with("Read me: ") && said[0].ends_with("A2"), "{said:#?}");
    assert!(said[1].starts_with("# history: "), "{said:#?}");
    assert!(said[2].starts_with("ICS!A3: The headings"), "{said:#?}");
    assert!(said[3].starts_with("ICS!C2: \"Our own words\""), "{said:#?}");
    assert_eq!(said.len(), 4, "{said:#?}");
}

#[test]
fn a_form_may_stand_across_and_a_table_may_not_stand_upright() {
    let (content, _) = understood(&with("Confirmations", &|sheet| {
        rows(
            sheet,
            0,
            &[&["Confirmation of Secure Development", "Confirmation of Secure Management"], &["yes", "no"]],
        );
    }));
    assert_eq!(content["ixit"]["conf"]["confirmation_of_secure_management"], false);

    let upright = with("15-Intf", &|sheet| {
        rows(sheet, 0, &[&["ID", "Intf-1"], &["Description", "Ethernet"], &["Type", "network"]]);
    });
    let complaints = refused(&upright);
    assert!(
        complaints.iter().any(|one| one.code == "missing-headings" || one.message.contains("below")),
        "{complaints:#?}"
    );
}

#[test]
fn what_a_program_made_of_an_input_is_named() {
    let bytes = with("6-SoftComp", &|sheet| {
        rows(sheet, 0, &[&["ID", "Description", "Update Mechanism"], &["", "x"], &["S-2"], &["S-3"]]);
        sheet.write_number(1, 0, 1.1).expect("a cell");
        let day = ExcelDateTime::from_ymd(2026, 6, 1).expect("a day");
        sheet.write_datetime_with_format(2, 2, day, &Format::new().set_num_format("d-mmm")).expect("a cell");
        sheet.write_formula(3, 1, Formula::new("1/0").set_result("#DIV/0!")).expect("a cell");
    });
    let complaints = refused(&bytes);
    let seen: Vec<(String, &str)> = complaints.iter().map(|one| (one.place(), one.code.as_str())).collect();
    let expected = ["6-SoftComp!A2", "6-SoftComp!B4", "6-SoftComp!C3"];
    assert_eq!(seen, expected.map(|place| (place.to_owned(), "wrong-type")), "{complaints:#?}");
    assert_eq!(complaints[2].found.as_deref(), Some("2026-06-01"));

    // Another file is never opened.
    let (content, _) = understood(&with("6-SoftComp", &|sheet| {
        rows(sheet, 0, &[&["ID", "Description"], &["S-1"]]);
        sheet
            .write_formula(1, 1, Formula::new("'[other.xlsx]S'!A1").set_result("S-1 image"))
            .expect("a cell");
    }));
    assert_eq!(
        content["ixit"]["soft_comp"][0]["description"], "S-1 image",
        "a formula counts as its last value"
    );
}

#[test]
fn companions_are_understood_however_they_are_written() {
    let (content, _) = understood(&with("1-AuthMech", &|sheet| {
        rows(
            sheet,
            0,
            &[
                &["ID", "brute_force", "endpoint", "guarantees"],
                &[
                    "A-1",
                    "failures = 5\r\nlockout_seconds = 60",
                    "{ transport = “tcp”, port = 443 }\n{ transport = \"udp\", port = 5353 }",
                    "[\"integrity\"]",
                ],
                &[
                    "A-2",
                    "{ failures = 5, lockout_seconds = 60 }",
                    "[{ transport = \"tcp\", port = 443 }]",
                    "Integrity, authenticity",
                ],
            ],
        );
    }));
    let rows = &content["ixit"]["auth_mech"];
    assert_eq!(rows[0]["brute_force"], rows[1]["brute_force"]);
    assert_eq!(rows[0]["endpoint"][1]["port"], 5353);
    assert_eq!(rows[1]["guarantees"], serde_json::json!(["integrity", "authenticity"]));
}

#[test]
fn hostile_workbooks_are_bounded() {
    let merged = with("1-AuthMech", &|sheet| {
        rows(sheet, 0, &[&["ID", "Description"], &["A-1", "x"]]);
        // A region over nearly all rows: only rows that hold something are looked at.
        sheet.merge_range(2, 1, 18_000, 1, "y", &Format::new()).expect("merged");
    });
    complains(&merged, "1-AuthMech!A3", "missing-key", &["no ID"]);

    // One text that many cells share is small in the file.
    let long = "x".repeat(32_000);
    let shared = with("1-AuthMech", &|sheet| {
        for row in 0..3000 {
            sheet.write_string(row, 0, &long).expect("a cell");
        }
    });
    assert!(shared.len() < 1 << 20);
    match sheet::import(&shared) {
        Err(ImportError::Workbook(why)) => assert!(why.contains("bytes of text"), "{why}"),
        other => panic!("{other:?}"),
    }

    let mut many = Workbook::new();
    for _ in 0..260 {
        many.add_worksheet();
    }
    match sheet::import(&many.save_to_buffer().expect("a workbook")) {
        Err(ImportError::Workbook(why)) => assert!(why.contains("260 sheets"), "{why}"),
        other => panic!("{other:?}"),
    }

    let headings: Vec<String> = (0..190).map(|number| format!("Column {number}")).collect();
    let wide = with("Rubbish", &|sheet| {
        for row in 0..500 {
            for (column, heading) in (0_u16..).zip(&headings) {
                sheet.write_string(row, column, heading).expect("a cell");
            }
        }
    });
    let begun = std::time::Instant::now();
    assert_eq!(refused(&wide)[0].code, "unknown-sheet");
    assert!(begun.elapsed().as_secs() < 60, "{:?}", begun.elapsed());

    let old = [&[0xd0, 0xcf, 0x11, 0xe0][..], &[0; 600]].concat();
    match sheet::import(&old) {
        Err(ImportError::Workbook(why)) => assert!(why.contains("password") && why.contains("xlsx"), "{why}"),
        other => panic!("{other:?}"),
    }
}
