//! `hantei check DIR…`: declarations judged without a device.

use std::path::Path;

use harness::ExitCode;
use harness::ixit::{Declaration, Diagnostic, Severity};
use serde_json::json;

use crate::cli::Check;
use crate::{Done, findings, output};

/// Exit 0: nothing to say; 1: findings; 2: something cannot be understood.
pub(crate) fn check(arguments: &Check) -> Done {
    let mut all: Vec<(&Path, Vec<Diagnostic>)> = Vec::new();
    for folder in &arguments.folders {
        let reading = Declaration::read(folder);
        let mut diagnostics = reading.diagnostics;
        if let Some(declaration) = &reading.declaration {
            diagnostics.extend(harness::testcases::findings::of(declaration));
        }
        all.push((folder, diagnostics));
    }
    let count =
        |severity| all.iter().flat_map(|(_, found)| found).filter(|found| found.severity == severity).count();
    let (errors, found) = (count(Severity::Error), count(Severity::Finding));
    if arguments.json {
        let many = all.len() > 1;
        let values: Vec<_> = all
            .iter()
            .flat_map(|(folder, found)| {
                found.iter().map(move |one| findings::as_json(many.then_some(*folder), one))
            })
            .collect();
        output::print_json(&json!({ "format": "hantei.findings/1", "findings": values }))?;
    } else {
        for (folder, diagnostics) in &all {
            if arguments.all {
                findings::print_all(folder, diagnostics);
            } else {
                findings::print(folder, diagnostics);
            }
        }
        let folders = if all.len() == 1 { "1 folder".to_owned() } else { format!("{} folders", all.len()) };
        let several = |n: usize, one: &str| if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") };
        eprintln!("{folders} checked: {}, {}", several(errors, "error"), several(found, "finding"));
    }
    Ok(if errors > 0 {
        ExitCode::NotStarted
    } else if found > 0 {
        ExitCode::Fail
    } else {
        ExitCode::Pass
    })
}
