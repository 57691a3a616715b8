//! Spreadsheet round trip without loss, and complaints that name sheet and cell.

use std::path::Path;

use ixit::sheet::{self, ExportError, ImportError};
use ixit::template::Language;
use ixit::{Declaration, SourceFile};
use rust_xlsxwriter::Workbook;

fn rich() -> Declaration {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rich");
    Declaration::read(&folder).declaration.expect("the sample is sound")
}

fn again(ics: &str, ixit: &str, documents: &Declaration) -> Declaration {
    let files = vec![
        SourceFile::new("ics.toml", ics.as_bytes().to_vec()),
        SourceFile::new("ixit.toml", ixit.as_bytes().to_vec()),
    ];
    let reading = Declaration::from_sources(files, documents.documents.clone());
    assert!(!reading.has_errors(), "{:#?}", reading.diagnostics);
    reading.declaration.expect("it is understood")
}

#[test]
fn a_rich_declaration_survives_the_round_trip() {
    let declaration = rich();
    let bytes = sheet::export(&declaration, Language::En).expect("it fits");
    let read = sheet::import(&bytes).expect("it reads");
    let returned = again(&read.ics, &read.ixit, &declaration);
    assert_eq!(
        serde_json::to_string_pretty(&returned.content()).expect("json"),
        serde_json::to_string_pretty(&declaration.content()).expect("json"),
    );
    assert_eq!(
        sheet::export(&returned, Language::En).expect("it fits"),
        bytes,
        "the same declaration gives the same bytes"
    );
}

#[test]
fn a_folder_to_fill_in_becomes_a_workbook_to_fill_in() {
    let edition = ixit::Edition::ALL[0];
    for language in [Language::En, Language::Ja] {
        let files = vec![
            SourceFile::new("ics.toml", ixit::template::ics(edition, language).into_bytes()),
            SourceFile::new("ixit.toml", ixit::template::ixit(edition, language).into_bytes()),
        ];
        let blank = Declaration::from_sources(files, Vec::new()).declaration.expect("a template reads");
        let read = sheet::import(&sheet::export(&blank, language).expect("it fits")).expect("it reads");
        assert_eq!(again(&read.ics, &read.ixit, &blank).content(), blank.content());
        assert_eq!(read.asides, []);
    }
}

#[test]
fn every_heading_has_a_note_and_every_closed_column_a_drop_down() {
    let bytes = sheet::export(&rich(), Language::Ja).expect("it fits");
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("a workbook is an archive");
    let mut parts = String::new();
    for index in 0..archive.len() {
        parts.push_str(&std::io::read_to_string(archive.by_index(index).expect("part")).expect("text"));
    }
    let tables = ixit::table::tables(ixit::Edition::ALL[0]);
    let columns: usize = tables.iter().map(|table| table.fields.len() + table.companions.len()).sum();
    assert!(parts.matches("<comment ").count() >= columns, "fewer notes than columns");
    let of_type = |kinds: &[&str]| {
        tables
            .iter()
            .flat_map(|table| &table.fields)
            .filter(|field| kinds.contains(&field.kind.as_str()))
            .count()
    };
    let lists = parts.matches("<dataValidation type=\"list\"").count();
    assert!(lists >= of_type(&["bool", "bool-pair", "enum", "enum-set", "ref-list"]), "{lists} drop-downs");
    // A reference offers the ids of its table, those that are yet to be written included.
    assert!(parts.contains("<formula1>'1-AuthMech'!$A$2:$A$1000</formula1>"));
    assert!(parts.contains("<formula1>\"Y,N,N/A\"</formula1>"));
    assert!(
        parts.contains("認証値の変更方法をユーザーが知る場所と方法"),
        "notes are in the language asked for"
    );
}

#[test]
fn awkward_texts_survive_the_round_trip() {
    let declaration = rich();
    let text = String::from_utf8(declaration.files[1].bytes.clone()).expect("text");
    let awkward = "\\\" _x0041_ \\r\\n\\u0001 =cmd|' /C calc'!A0 ";
    let ixit = text.replace("description = \"Crash counts\"", &format!("description = \"{awkward}\""));
    assert_ne!(ixit, text);
    let ics = String::from_utf8(declaration.files[0].bytes.clone()).expect("text");
    let planted = again(&ics, &ixit, &declaration);
    let bytes = sheet::export(&planted, Language::En).expect("it fits");
    let read = sheet::import(&bytes).expect("it reads");
    assert_eq!(again(&read.ics, &read.ixit, &declaration).content(), planted.content());
}

#[test]
fn cells_that_begin_like_a_formula_are_texts() {
    let bytes = sheet::export(&rich(), Language::En).expect("it fits");
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("a workbook is an archive");
    for index in 0..archive.len() {
        let part = std::io::read_to_string(archive.by_index(index).expect("part")).expect("text");
        assert!(!part.contains("<f>") && !part.contains("<f "), "a formula in part {index}");
    }
}

#[test]
fn a_text_too_long_for_a_cell_is_named_by_its_cell() {
    let declaration = rich();
    let text = String::from_utf8(declaration.files[1].bytes.clone()).expect("text");
    let long = text.replace("description = \"MMU\"", &format!("description = \"{}\"", "x".repeat(40_000)));
    let ics = String::from_utf8(declaration.files[0].bytes.clone()).expect("text");
    match sheet::export(&again(&ics, &long, &declaration), Language::En) {
        Err(ExportError::TooLong { cell, length }) => {
            assert_eq!((cell.as_str(), length), ("18-AccCtrl!B2", 40_000))
        }
        other => panic!("{other:?}"),
    }
}

fn complaints(sheets: &[(&str, &[&[&str]])]) -> Vec<(String, String)> {
    let mut workbook = Workbook::new();
    for (name, rows) in sheets {
        let worksheet = workbook.add_worksheet().set_name(*name).expect("name");
        for (row, cells) in rows.iter().enumerate() {
            for (column, cell) in cells.iter().enumerate() {
                worksheet.write_string(row as u32, column as u16, *cell).expect("cell");
            }
        }
    }
    match sheet::import(&workbook.save_to_buffer().expect("workbook")) {
        Err(ImportError::Cells(list)) => list.iter().map(|one| (one.place(), one.code.clone())).collect(),
        other => panic!("{other:?}"),
    }
}

const DUT: (&str, &[&[&str]]) = ("DUT", &[&["Entry", "Value"], &["edition", "en303645-2.1.1"]]);

#[test]
fn complaints_name_sheet_and_cell() {
    let seen = complaints(&[
        (
            "DUT",
            &[
                &["Entry", "Value"],
                &["edition", "en303645-2.1.1"],
                &["dut.modle", "x"],
                &["dut.constrained", "perhaps"],
            ],
        ),
        ("ICS", &[&["Reference", "Support"], &["5.1-1", "Y"], &["5.1-99", "Y"], &["5.1-2", "perhaps"]]),
        (
            "1-AuthMech",
            &[
                &["ID", "Description", "login", "Colour"],
                &["A-1", "x", "{ kind = \"basic\" ", "red"],
                &["A-1"],
            ],
        ),
        ("6-SoftComp", &[&["ID", "Update Mechanism"], &["C-1", "UpdMech-1, UpdMech-2"]]),
        ("15-Intf", &[&["ID", "Type"], &["I-1", "network, radio"]]),
        ("2-UserInf", &[&["Entry"]]),
    ]);
    let expected = [
        ("1-AuthMech!A3", "duplicate-id"),
        ("1-AuthMech!C2", "syntax"),
        ("1-AuthMech!D1", "unknown-key"),
        ("15-Intf!B2", "bad-value"),
        ("2-UserInf", "unknown-sheet"),
        ("DUT!A3", "unknown-key"),
        ("DUT!B4", "wrong-type"),
        ("ICS!A3", "unknown-provision"),
        ("ICS!B4", "bad-value"),
    ];
    assert_eq!(seen, expected.map(|(cell, code)| (cell.to_owned(), code.to_owned())));
}

#[test]
fn a_missing_sheet_is_named() {
    assert_eq!(complaints(&[DUT]), [("ICS".to_owned(), "missing-sheet".to_owned())]);
}

#[test]
fn what_is_no_workbook_is_refused() {
    for bytes in [&b""[..], b"edition = 1", b"PK\x03\x04rubbish"] {
        assert!(matches!(sheet::import(bytes), Err(ImportError::Workbook(_))));
    }
}

#[test]
fn a_cell_far_away_does_not_fill_the_memory() {
    let mut workbook = Workbook::new();
    workbook.add_worksheet().write_string(1_048_575, 16_383, "x").expect("cell");
    let bytes = workbook.save_to_buffer().expect("workbook");
    match sheet::import(&bytes) {
        Err(ImportError::Workbook(why)) => assert!(why.contains("XFD1048576"), "{why}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_archive_that_unpacks_without_end_is_refused() {
    use std::io::Write as _;
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file("xl/workbook.xml", zip::write::SimpleFileOptions::default()).expect("part");
    let block = vec![b' '; 1 << 20];
    for _ in 0..70 {
        archive.write_all(&block).expect("block");
    }
    let bytes = archive.finish().expect("archive").into_inner();
    assert!(bytes.len() < 1 << 20);
    match sheet::import(&bytes) {
        Err(ImportError::Workbook(why)) => assert!(why.contains("unpacks"), "{why}"),
        other => panic!("{other:?}"),
    }
}
