//! `hantei export` and `hantei import`: declarations as spreadsheets.

use std::fs;
use std::io::Write;
use std::path::Path;

use harness::ExitCode;
use harness::ixit::{Declaration, sheet};

use crate::cli::{Export, Import, ImportEvidence};
use crate::command::import_nmap;
use crate::output::Failure;
use crate::{Done, findings};

/// Writes one sheet a table, headings as in the standard.
pub(crate) fn export(arguments: &Export) -> Done {
    let reading = Declaration::read(&arguments.folder);
    let Some(declaration) = reading.declaration else {
        findings::print(&arguments.folder, &reading.diagnostics);
        return Err(Failure::nothing_started("the declaration cannot be understood; nothing was written")
            .help("mend what is named above"));
    };
    let bytes = sheet::export(&declaration).map_err(Failure::nothing_started)?;
    write_new(&arguments.file, &bytes)?;
    eprintln!("wrote {}", arguments.file.display());
    Ok(ExitCode::Pass)
}

/// Writes ics.toml and ixit.toml from a spreadsheet.
pub(crate) fn import(arguments: &Import) -> Done {
    if let Some(ImportEvidence::Nmap(arguments)) = &arguments.evidence {
        return import_nmap::import(arguments);
    }
    let (Some(file), Some(folder)) = (&arguments.file, &arguments.folder) else {
        return Err(Failure::nothing_started("a spreadsheet and a folder are expected"));
    };
    let bytes = fs::read(file)
        .map_err(|error| Failure::nothing_started(format!("{} cannot be read: {error}", file.display())))?;
    let (ics, ixit) = sheet::import(&bytes).map_err(|error| {
        Failure::nothing_started(format!("{}: {error}", file.display())).help("nothing was written")
    })?;
    for name in ["ics.toml", "ixit.toml"] {
        if folder.join(name).exists() {
            return Err(Failure::nothing_started(format!(
                "{} is there already",
                folder.join(name).display()
            ))
            .help("name another folder, or move the file away; nothing was written"));
        }
    }
    fs::create_dir_all(folder)
        .map_err(|error| Failure::nothing_started(format!("{} cannot be made: {error}", folder.display())))?;
    write_new(&folder.join("ics.toml"), ics.as_bytes())?;
    write_new(&folder.join("ixit.toml"), ixit.as_bytes())?;
    eprintln!(
        "wrote ics.toml and ixit.toml into {}; now: hantei check {}",
        folder.display(),
        folder.display()
    );
    Ok(ExitCode::Pass)
}

fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut file = fs::File::create_new(path).map_err(|error| {
        Failure::nothing_started(format!("{} cannot be written: {error}", path.display()))
            .help("an existing file is never overwritten")
    })?;
    file.write_all(bytes)
        .map_err(|error| Failure::nothing_started(format!("{} cannot be written: {error}", path.display())))
}
