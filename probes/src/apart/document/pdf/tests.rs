use lopdf::{Stream, dictionary};
use proptest::prelude::*;

use super::*;

/// A page printed by a browser: composite fonts with tables of letters, ideographs written as radicals.
const PRINTED: &[u8] = include_bytes!("printed.pdf");

/// A PDF with one content stream for each page, and these fonts.
fn pdf(pages: &[&[u8]], fonts: Vec<Dictionary>) -> Document {
    let mut document = Document::with_version("1.5");
    let root = document.new_object_id();
    let mut named = Dictionary::new();
    for (n, font) in fonts.into_iter().enumerate() {
        let font = document.add_object(font);
        named.set(format!("F{}", n + 1), font);
    }
    let resources = document.add_object(dictionary! { "Font" => named });
    let kids: Vec<Object> = pages
        .iter()
        .map(|content| {
            let content = document.add_object(Stream::new(dictionary! {}, content.to_vec()));
            let page = dictionary! {
                "Type" => "Page", "Parent" => root, "Contents" => content, "Resources" => resources,
                "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()],
            };
            document.add_object(page).into()
        })
        .collect();
    let count = kids.len() as i64;
    document.objects.insert(root, dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count }.into());
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => root });
    document.trailer.set("Root", catalog);
    document
}

fn helvetica() -> Dictionary {
    dictionary! {
        "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica", "Encoding" => "WinAnsiEncoding",
    }
}

fn written(mut document: Document) -> Vec<u8> {
    let mut octets = Vec::new();
    document.save_to(&mut octets).expect("memory takes any PDF");
    octets
}

fn texts(read: &DocumentRead) -> Vec<Vec<&str>> {
    read.pages.iter().map(|page| page.lines.iter().map(String::as_str).collect()).collect()
}

fn in_helvetica(pages: &[&[u8]]) -> Vec<u8> {
    written(pdf(pages, vec![helvetica()]))
}

#[test]
fn a_printed_page_is_read_in_ideographs() {
    let found = read(PRINTED).expect("a PDF");
    assert!(found.is_whole() && found.paged);
    assert_eq!(texts(&found), [["利用者の日"], ["利用履歴は消去できます"]]);
}

#[test]
fn lines_and_pages_are_counted_as_they_are_shown() {
    let first = b"BT /F1 12 Tf 72 700 Td (HK-100) Tj 14 TL T* (Hold ) Tj [(both) -400 (ke) 20 (ys)] TJ (for ten) ' ET";
    let second = b"q 1 0 0 1 0 -20 cm BT /F1 10 Tf 1 0 0 1 72 700 Tm (Gef\xe4hr) Tj ET Q BT /F1 10 Tf 72 100 Td (3) Tj ET";
    let found = read(&in_helvetica(&[first, second])).expect("a PDF");
    assert_eq!(texts(&found), [vec!["HK-100", "Hold both keys", "for ten"], vec!["Gefähr", "", "3"]]);
    assert!(found.is_whole());
}

#[test]
fn a_named_coding_of_japanese_is_read() {
    let font = dictionary! {
        "Type" => "Font", "Subtype" => "Type0", "BaseFont" => "MS-Gothic", "Encoding" => "90ms-RKSJ-H",
    };
    let mut content = b"BT /F1 12 Tf 72 700 Td (".to_vec();
    content.extend_from_slice(&encoding_rs::SHIFT_JIS.encode("利用履歴の消去 7").0);
    content.extend_from_slice(b") Tj ET");
    let found = read(&written(pdf(&[&content], vec![font]))).expect("a PDF");
    assert_eq!(texts(&found), [["利用履歴の消去 7"]]);
}

#[test]
fn signs_without_letters_and_pictures_are_gaps() {
    let font = dictionary! { "Type" => "Font", "Subtype" => "Type0", "Encoding" => "Identity-H" };
    let glyphs = b"BT /F1 12 Tf 72 700 Td <00010002> Tj ET".as_slice();
    let picture = b"0 0 100 100 re f".as_slice();
    let found = read(&written(pdf(&[glyphs, picture], vec![font]))).expect("a PDF");
    assert!(!found.is_whole());
    assert!(found.gaps[0].starts_with("page 1 shows 2 signs"), "{:?}", found.gaps);
    assert_eq!(found.gaps[1], "page 2 is a picture without text");
    let error = super::super::read(super::super::DocumentFormat::Pdf, &in_helvetica(&[picture])).unwrap_err();
    assert_eq!(error.code, "without-text");
}

#[test]
fn text_inside_of_forms_is_read_and_forms_without_end_are_named() {
    let mut document = pdf(&[b"q /X1 Do Q"], vec![helvetica()]);
    let form = document.new_object_id();
    let content = b"BT /F1 12 Tf 72 700 Td (in a form) Tj ET /X1 Do".to_vec();
    let kind = dictionary! { "Type" => "XObject", "Subtype" => "Form" };
    document.objects.insert(form, Stream::new(kind, content).into());
    let page = document.page_iter().next().expect("a page");
    let resources = document.get_dictionary(page).and_then(|page| page.get(b"Resources")?.as_reference());
    let resources = document.get_dictionary_mut(resources.expect("resources")).expect("a dictionary");
    resources.set("XObject", dictionary! { "X1" => form });
    let found = read(&written(document)).expect("a PDF");
    assert_eq!(found.pages[0].lines[0], "in a form");
    assert!(found.gaps[0].contains("without end"), "{:?}", found.gaps);
}

#[test]
fn an_encrypted_and_a_broken_pdf_are_told_apart() {
    use lopdf::{EncryptionState, EncryptionVersion, Permissions};
    let with_password = |user: &str| {
        let mut document = pdf(&[b"BT /F1 12 Tf (secret) Tj ET"], vec![helvetica()]);
        let id = Object::string_literal("0123456789abcdef");
        document.trailer.set("ID", vec![id.clone(), id]);
        let version = EncryptionVersion::V2 {
            document: &document,
            owner_password: "owner",
            user_password: user,
            key_length: 128,
            permissions: Permissions::all(),
        };
        let state = EncryptionState::try_from(version).expect("a state");
        document.encrypt(&state).expect("encrypted");
        written(document)
    };
    assert_eq!(read(&with_password("user")).expect_err("closed").code, "encrypted");
    let open = read(&with_password("")).expect("opens without a password, as any viewer opens it");
    assert_eq!(open.pages[0].lines[0], "secret");
    for broken in [&b"%PDF-1.7\n"[..], b"", &PRINTED[..400], b"not at all"] {
        assert_eq!(read(broken).expect_err("broken").code, "broken");
    }
}

#[test]
fn a_stream_that_unpacks_without_end_is_bounded() {
    let mut document = pdf(&[b""], vec![helvetica()]);
    let mut bomb = Stream::new(dictionary! {}, vec![b' '; STREAM_AT_MOST + 1024]);
    bomb.compress().expect("compressed");
    assert!(bomb.content.len() < STREAM_AT_MOST / 100);
    let page = document.page_iter().next().expect("a page");
    let content = document.get_page_contents(page)[0];
    document.objects.insert(content, bomb.into());
    let found = read(&written(document)).expect("a PDF");
    assert!(found.gaps[0].starts_with("page 1 is broken"), "{:?}", found.gaps);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_part_of_a_pdf_never_stops_the_reader(end in 0..PRINTED.len()) {
        let _ = read(&PRINTED[..end]);
    }

    #[test]
    fn altered_octets_never_stop_the_reader(places in prop::collection::vec((0..PRINTED.len(), any::<u8>()), 1..40)) {
        let mut octets = PRINTED.to_vec();
        for (at, octet) in places {
            octets[at] = octet;
        }
        let _ = read(&octets);
    }

    #[test]
    fn any_operators_never_stop_the_reader(
        content in "(BT|ET|q|Q|/F1 12 Tf|1 0 0 1 5 5 cm|\\[\\(a\\) 9e9\\] TJ|\\(b\\) '|T\\*|/X Do|<</A|>>|BI ID EI|-?[0-9]{1,9}|Td|Tm| |\n){0,30}"
    ) {
        let _ = read(&in_helvetica(&[content.as_bytes()]));
    }
}
