//! `hantei export` and `hantei import`: declarations as spreadsheets.

use std::fs;
use std::io::Write;
use std::path::Path;

use harness::ExitCode;
use harness::ixit::sheet::{self, CellComplaint, ImportError};
use harness::ixit::{Declaration, template};

use crate::cli::{Export, Import, ImportEvidence, Lang};
use crate::command::import_nmap;
use crate::folding::{columns, fold, harmless};
use crate::output::Failure;
use crate::{Done, findings};

/// Most complaints printed; who has more mends these first.
const MOST: usize = 100;

/// Writes one sheet a table, headings as in the standard.
pub(crate) fn export(arguments: &Export) -> Done {
    let reading = Declaration::read(&arguments.folder);
    let Some(declaration) = reading.declaration else {
        findings::print(&arguments.folder, &reading.diagnostics);
        return Err(Failure::nothing_started("the declaration cannot be understood; nothing was written")
            .help("mend what is named above"));
    };
    let language = match arguments.lang {
        Lang::En => template::Language::En,
        Lang::Ja => template::Language::Ja,
    };
    let bytes = sheet::export(&declaration, language).map_err(Failure::nothing_started)?;
    write_new(&arguments.file, &bytes)?;
    eprintln!("wrote {}", arguments.file.display());
    let tables = |name: &&str| !name.starts_with("ics.") && !name.starts_with("ixit.");
    let beside: Vec<&str> = declaration.files.iter().map(|file| file.name.as_str()).filter(tables).collect();
    if !beside.is_empty() {
        let beside = beside.join(", ");
        eprintln!("{beside} and documents/ are not in it; they travel beside the workbook");
    }
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
    let imported = sheet::import(&bytes).map_err(|error| {
        if let ImportError::Cells(complaints) = &error {
            eprint!("{}", told(&file.display().to_string(), complaints, columns()));
        }
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
    for aside in &imported.asides {
        let line = harmless(&format!("{}: {}", aside.place, aside.said));
        eprintln!("{}", fold(&line, 0, columns()).join("\n  "));
    }
    fs::create_dir_all(folder)
        .map_err(|error| Failure::nothing_started(format!("{} cannot be made: {error}", folder.display())))?;
    write_new(&folder.join("ics.toml"), imported.ics.as_bytes())?;
    write_new(&folder.join("ixit.toml"), imported.ixit.as_bytes())?;
    eprintln!(
        "wrote ics.toml and ixit.toml into {}; now: hantei check {}",
        folder.display(),
        folder.display()
    );
    Ok(ExitCode::Pass)
}

/// The complaints: where, what is wrong, what stands there, what to do.
fn told(file: &str, complaints: &[CellComplaint], columns: usize) -> String {
    let mut text = String::new();
    let mut line = |indent: usize, label: &str, said: &str| {
        let said = harmless(said);
        let width = columns.saturating_sub(indent + label.len());
        for (number, folded) in fold(&said, 0, width).iter().enumerate() {
            let label = if number == 0 { label.to_owned() } else { " ".repeat(label.len()) };
            text.push_str(&format!("{}{label}{folded}\n", " ".repeat(indent)));
        }
    };
    for complaint in complaints.iter().take(MOST) {
        let place = match &complaint.cell {
            Some(cell) => format!("{file}, sheet {}, cell {cell} ({})", complaint.sheet, complaint.code),
            None => format!("{file}, sheet {} ({})", complaint.sheet, complaint.code),
        };
        line(0, "", &place);
        line(2, "× ", &complaint.message);
        if let Some(found) =
            complaint.found.as_ref().filter(|found| !complaint.message.contains(found.as_str()))
        {
            line(4, "found: ", found);
        }
        if let Some(help) = &complaint.help {
            line(4, "help: ", help);
        }
        line(0, "", "");
    }
    if complaints.len() > MOST {
        line(0, "", &format!("and {} more; mend these first", complaints.len() - MOST));
    }
    text
}

/// Writes a file that is not there yet.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut file = fs::File::create_new(path).map_err(|error| {
        Failure::nothing_started(format!("{} cannot be written: {error}", path.display()))
            .help("an existing file is never overwritten")
    })?;
    file.write_all(bytes)
        .map_err(|error| Failure::nothing_started(format!("{} cannot be written: {error}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complaint_says_where_what_was_found_and_what_to_do() {
        let complaint = CellComplaint {
            code: "wrong-type".into(),
            sheet: "15-Intf".into(),
            cell: Some("D4".into()),
            found: Some("\u{1b}[2Jperhaps".into()),
            message: "This is neither yes nor no".into(),
            help: Some("Write yes or no".into()),
        };
        let text = told("device.xlsx", &[complaint], 40);
        assert_eq!(
            text,
            "device.xlsx, sheet 15-Intf, cell D4\n(wrong-type)\n  × This is neither yes nor no\n    found: \u{fffd}[2Jperhaps\n    help: Write yes or no\n\n"
        );
    }
}
