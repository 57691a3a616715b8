//! What a report adds to the workbook of a declaration, and that it is left aside when it comes back.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::Path;

use calamine::{Reader, Xlsx};
use ixit::sheet::{
    self, Added, AddedCell, AddedColumn, AddedColumns, AddedSheet, ImportError, Imported, Look,
};
use ixit::template::Language;
use ixit::{Declaration, SourceFile};

fn rich() -> Declaration {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rich");
    Declaration::read(&folder).declaration.expect("the sample is sound")
}

/// The sample with one text put in the place of another.
fn rich_with(old: &str, new: &str) -> Declaration {
    let rich = rich();
    let ixit = String::from_utf8(rich.files[1].bytes.clone()).expect("text");
    assert!(ixit.contains(old), "{old}");
    let files = vec![
        SourceFile::new("ics.toml", rich.files[0].bytes.clone()),
        SourceFile::new("ixit.toml", ixit.replace(old, new).into_bytes()),
    ];
    Declaration::from_sources(files, rich.documents).declaration.expect("it reads")
}

fn column(heading: &str) -> AddedColumn {
    AddedColumn { heading: heading.to_owned(), width: 20.0 }
}

fn added(text: &str) -> Added {
    let beside = |keys: &[&str]| AddedColumns {
        columns: vec![column("Verdict"), column("Reason")],
        cells: keys
            .iter()
            .map(|key| ((*key).to_owned(), vec![AddedCell::new("FAIL", Look::Fail), AddedCell::plain(text)]))
            .collect(),
    };
    let table = AddedSheet {
        name: "Results".to_owned(),
        // Columns that a sheet of the declaration has as well.
        columns: vec![column("ID"), column("Description"), column("Reference"), column("Support")],
        rows: vec![vec![AddedCell::plain(text); 4]; 3],
        kept: Some(1),
        large: true,
    };
    let prose = AddedSheet { name: "Method".to_owned(), kept: None, ..table.clone() };
    Added {
        line: format!("M-1 · FAIL · {}", text.chars().take(20).collect::<String>()),
        warns: true,
        before: vec![table],
        after: vec![prose],
        columns: BTreeMap::from([
            ("ICS".to_owned(), beside(&["5.1-1"])),
            ("1-AuthMech".to_owned(), beside(&["AuthMech-Web"])),
            ("2-UserInfo".to_owned(), beside(&["documentation_of_sensors"])),
        ]),
    }
}

fn back(declaration: &Declaration, added: &Added, language: Language) -> Result<Imported, ImportError> {
    sheet::import(&sheet::export_with(declaration, language, added).expect("it is written"))
}

#[test]
fn results_are_left_aside_and_said_in_one_line() {
    let declaration = rich();
    for language in [Language::En, Language::Ja] {
        let read = back(&declaration, &added("as it was seen"), language).expect("it reads");
        let files = vec![
            SourceFile::new("ics.toml", read.ics.into_bytes()),
            SourceFile::new("ixit.toml", read.ixit.into_bytes()),
        ];
        let again = Declaration::from_sources(files, declaration.documents.clone());
        assert_eq!(again.declaration.expect("it reads").content(), declaration.content());
        let said: Vec<&str> = read.asides.iter().map(|aside| aside.said.as_str()).collect();
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(
            said[0].contains("results of an assessment") && said[0].contains("Results, Method"),
            "{said:?}"
        );
    }
}

#[test]
fn what_the_supplier_adds_beside_the_results_is_still_complained_of() {
    let mut added = added("x");
    for beside in added.columns.values_mut() {
        beside.columns.push(column("Colour"));
    }
    let bytes = sheet::export_with(&rich(), Language::En, &added).expect("it is written");
    // The heading loses what it is known by.
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("a workbook is an archive");
    let mut spoiled = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let file = archive.by_index(index).expect("a part");
        let name = file.name().to_owned();
        let text = std::io::read_to_string(file).expect("text").replace("Result: Reason", "Reason of ours");
        spoiled.start_file(name, zip::write::SimpleFileOptions::default()).expect("a part");
        std::io::Write::write_all(&mut spoiled, text.as_bytes()).expect("written");
    }
    match sheet::import(&spoiled.finish().expect("an archive").into_inner()) {
        Err(ImportError::Cells(complaints)) => {
            let ics = complaints.iter().find(|one| one.place() == "ICS!G2").expect("a complaint");
            assert_eq!(ics.code, "unknown-key");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn no_text_of_a_result_is_a_formula_and_control_characters_do_no_harm() {
    for hostile in ["=cmd|' /C calc'!A0", "+1+1", "-1", "@SUM(1)", "\t=1", "\u{0}\u{1b}[2J\u{202e}<x>&'\""] {
        let bytes = sheet::export_with(&rich(), Language::En, &added(hostile)).expect("it is written");
        assert_eq!(bytes, sheet::export_with(&rich(), Language::En, &added(hostile)).expect("again"));
        let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(&bytes[..])).expect("it opens");
        let cells = workbook.worksheet_range("Results").expect("the sheet");
        assert_eq!(cells.get_value((2, 0)).and_then(calamine::DataType::get_string), Some(hostile));
        for name in workbook.sheet_names() {
            assert!(workbook.worksheet_formula(&name).expect("the sheet").is_empty(), "{name}: {hostile}");
        }
    }
}

#[test]
fn a_text_that_was_cut_is_not_taken_for_the_whole_of_a_declaration() {
    let whole = "x".repeat(40_000);
    // In a column of results it is no part of the declaration.
    back(&rich(), &added(&whole), Language::En).expect("it reads");
    let long = rich_with("description = \"MMU\"", &format!("description = \"{whole}\""));
    for language in [Language::En, Language::Ja] {
        match back(&long, &added("x"), language) {
            Err(ImportError::Cells(complaints)) => {
                let seen: Vec<_> = complaints.iter().map(|one| (one.place(), one.code.as_str())).collect();
                assert_eq!(seen, [("18-AccCtrl!B3".to_owned(), "cut-text")]);
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn drop_downs_offer_the_rows_below_the_headings() {
    let bytes = sheet::export_with(&rich(), Language::En, &added("x")).expect("it is written");
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("a workbook is an archive");
    let mut parts = String::new();
    for index in 0..archive.len() {
        parts.push_str(&std::io::read_to_string(archive.by_index(index).expect("part")).expect("text"));
    }
    assert!(parts.contains("<formula1>'1-AuthMech'!$A$3:$A$1001</formula1>"));
    assert!(!parts.contains("$A$2:$A$1000"));
}
