//! LibreOffice opens the workbook, keeps its drop-downs and notes, and what it saves reads the same.
//!
//! Runs where `soffice` is installed; with HANTEI_LIBREOFFICE set it has to be.

use std::collections::BTreeSet;
use std::io::{Cursor, Read, Write as _};
use std::path::Path;
use std::process::Stdio;

use ixit::template::Language;
use ixit::{Declaration, SourceFile, sheet};

/// What LibreOffice makes of a workbook when it opens and saves it; `None`, having said why, where it is missing.
fn saved_by_libreoffice(bytes: &[u8]) -> Option<Vec<u8>> {
    let below = tempfile::tempdir().expect("a folder");
    let file = below.path().join("declaration.xlsx");
    let out = below.path().join("out");
    std::fs::write(&file, bytes).expect("a file");
    // A profile of its own, so that nothing of the user is read or waited for.
    let profile = format!("-env:UserInstallation=file://{}", below.path().join("profile").display());
    #[expect(clippy::disallowed_methods, reason = "the test plays the supplier with a spreadsheet program")]
    let status = std::process::Command::new("soffice")
        .args([&profile, "--headless", "--convert-to", "xlsx", "--outdir"])
        .args([&out, &file])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    match status {
        Ok(_) => Some(std::fs::read(out.join("declaration.xlsx")).expect("LibreOffice saves the workbook")),
        Err(error) => {
            assert!(std::env::var_os("HANTEI_LIBREOFFICE").is_none(), "soffice is needed: {error}");
            writeln!(std::io::stderr(), "skipped: no soffice on this host ({error})").ok();
            None
        }
    }
}

/// The sources of all drop-downs, and how many notes there are.
fn drop_downs_and_notes(bytes: &[u8]) -> (BTreeSet<String>, usize) {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("a workbook is an archive");
    let (mut sources, mut notes) = (BTreeSet::new(), 0);
    for index in 0..archive.len() {
        let mut part = String::new();
        let mut file = archive.by_index(index).expect("a part");
        if file.name().ends_with(".xml") && file.read_to_string(&mut part).is_ok() {
            notes += part.matches("<comment ").count();
            sources.extend(
                part.split("<formula1>").skip(1).filter_map(|rest| rest.split("</formula1>").next()).map(
                    |source| source.replace("&quot;", "\"").replace("&apos;", "'").replace(['$', '\''], ""),
                ),
            );
        }
    }
    (sources, notes)
}

#[test]
fn libreoffice_keeps_contents_drop_downs_and_notes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../lab/devices/water-heater");
    let declaration = Declaration::read(&folder).declaration.expect("the reference declaration is sound");
    for language in [Language::En, Language::Ja] {
        let bytes = sheet::export(&declaration, language).expect("it fits");
        let Some(saved) = saved_by_libreoffice(&bytes) else { return };
        let back = sheet::import(&saved).expect("it reads");
        assert_eq!(back.asides, [], "LibreOffice changes nothing that a person should know of");
        let files = vec![
            SourceFile::new("ics.toml", back.ics.into_bytes()),
            SourceFile::new("ixit.toml", back.ixit.into_bytes()),
        ];
        let again = Declaration::from_sources(files, declaration.documents.clone());
        assert_eq!(again.declaration.expect("it reads").content(), declaration.content());
        let ((written, notes), (kept, kept_notes)) =
            (drop_downs_and_notes(&bytes), drop_downs_and_notes(&saved));
        assert!(written.len() > 20 && notes > 200, "{} drop-downs, {notes} notes", written.len());
        assert_eq!((kept, kept_notes), (written, notes));
    }
}
