//! The workbook of the reference device, put out of order and broken on purpose.

use std::io::{Cursor, Read, Write};
use std::path::Path;

use calamine::{Reader, Xlsx};
use ixit::sheet::{self, ImportError};
use ixit::template::Language;
use ixit::{Declaration, SourceFile};
use rust_xlsxwriter::{Format, Workbook};

fn reference() -> Declaration {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../lab/devices/water-heater");
    Declaration::read(&folder).declaration.expect("the reference declaration is sound")
}

/// Numbers that are the same in each run.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    fn shuffled<T>(&mut self, mut items: Vec<T>) -> Vec<T> {
        for last in (1..items.len()).rev() {
            items.swap(last, self.throw(last + 1));
        }
        items
    }
}

/// Wide letters, as a Japanese keyboard types them.
fn wide(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_ascii_graphic() { char::from_u32(u32::from(c) + 0xfee0).unwrap_or(c) } else { c })
        .collect()
}

/// The same cells with sheets and columns shuffled, a title, blank rows, headings in wide capitals, and blanks
/// around every text.
fn put_out_of_order(bytes: &[u8], seed: u64) -> Vec<u8> {
    let mut dice = Dice(seed);
    let mut source: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).expect("a workbook");
    let mut target = Workbook::new();
    for name in dice.shuffled(source.sheet_names()) {
        let range = source.worksheet_range(&name).expect("a sheet");
        let worksheet = target.add_worksheet().set_name(format!("{} ", name.to_lowercase())).expect("a name");
        if name == "Read me" {
            continue;
        }
        worksheet.merge_range(0, 0, 0, 3, "From the supplier", &Format::new()).expect("a title");
        let order = dice.shuffled((0..range.width()).collect());
        let mut at = 2;
        for (number, row) in range.rows().enumerate() {
            for (place, column) in (0_u16..).zip(&order) {
                let text = row[*column].to_string();
                if text.is_empty() {
                    continue;
                }
                let text = if number == 0 {
                    wide(&text.to_uppercase()).replace(' ', "\n")
                } else {
                    format!(" {text}\n ")
                };
                worksheet.write_string(at, place, text).expect("a cell");
            }
            at += 1 + u32::try_from(dice.throw(3)).expect("small");
        }
    }
    target.save_to_buffer().expect("a workbook")
}

#[test]
fn the_reference_out_of_order_reads_the_same() {
    let declaration = reference();
    let bytes = sheet::export(&declaration, Language::En).expect("it fits");
    for seed in 1..4 {
        let read = match sheet::import(&put_out_of_order(&bytes, seed)) {
            Ok(read) => read,
            Err(error) => panic!("seed {seed}: {error:#?}"),
        };
        let files = vec![
            SourceFile::new("ics.toml", read.ics.into_bytes()),
            SourceFile::new("ixit.toml", read.ixit.into_bytes()),
        ];
        let again = Declaration::from_sources(files, declaration.documents.clone());
        assert_eq!(again.declaration.expect("it reads").content(), declaration.content(), "seed {seed}");
        assert!(
            read.asides.iter().all(|aside| aside.said.contains("From the supplier")),
            "{:#?}",
            read.asides
        );
    }
}

/// The parts of a workbook, by name.
fn parts(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("an archive");
    (0..archive.len())
        .map(|index| {
            let mut part = archive.by_index(index).expect("a part");
            let mut content = Vec::new();
            part.read_to_end(&mut content).expect("its bytes");
            (part.name().to_owned(), content)
        })
        .collect()
}

fn archive(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, content) in parts {
        archive.start_file(name, stored).expect("a part");
        archive.write_all(content).expect("its bytes");
    }
    archive.finish().expect("an archive").into_inner()
}

#[test]
fn broken_parts_never_end_the_program() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rich");
    let rich = Declaration::read(&folder).declaration.expect("the sample is sound");
    let whole = parts(&sheet::export(&rich, Language::En).expect("it fits"));
    // Tokens that steer the reader, put where they do not belong.
    let tokens: [&[u8]; 12] = [
        b"",
        b"<",
        b"\"",
        b"4294967296",
        b"-1",
        b"XFE9999999",
        b"t=\"s\"",
        b"<v>99999999</v>",
        b"\xff\xfe",
        b"&#x0;",
        b"r=\"A0\"",
        b"ref=\"A1:ZZZZZZZ99999999999\"",
    ];
    let mut dice = Dice(6);
    let mut refused = 0;
    for _ in 0..60 {
        let mut broken = whole.clone();
        let read: Vec<usize> = (0..broken.len())
            .filter(|index| {
                let name = &broken[*index].0;
                ["worksheets/sheet", "workbook.xml", "styles.xml", "sharedStrings"]
                    .iter()
                    .any(|part| name.contains(part))
                    && !name.contains("_rels/sheet")
            })
            .collect();
        let part = &mut broken[read[dice.throw(read.len())]].1;
        // Most often near the beginning, where the structure is.
        let reach = if dice.throw(2) == 0 { part.len() } else { part.len().min(4000) };
        let from = dice.throw(reach);
        let to = (from + dice.throw(12)).min(part.len());
        part.splice(from..to, tokens[dice.throw(tokens.len())].iter().copied());
        match sheet::import(&archive(&broken)) {
            Ok(_) => {}
            Err(ImportError::Workbook(why)) => {
                refused += 1;
                assert!(why.len() < 2000, "{why}");
            }
            Err(ImportError::Cells(complaints)) => {
                refused += 1;
                assert!(!complaints.is_empty() && complaints.len() <= 1001);
            }
        }
    }
    assert!(refused > 8, "{refused} were refused");
}
