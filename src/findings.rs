//! Diagnostics of a declaration: with the excerpt for a person, as `hantei.findings/1` for a program.

use std::collections::BTreeMap;
use std::path::Path;

use harness::ixit::{Diagnostic, Severity};
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, NamedSource};
use serde_json::{Value, json};

/// Prints diagnostics to stderr, sorted by place, each with its line underlined.
pub(crate) fn print(folder: &Path, diagnostics: &[Diagnostic]) {
    let mut sources: BTreeMap<String, Option<String>> = BTreeMap::new();
    let theme =
        if crate::output::coloured() { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler = GraphicalReportHandler::new_themed(theme).with_width(100).with_links(false);
    for diagnostic in diagnostics {
        let file = diagnostic.at.file.to_string();
        let source =
            sources.entry(file.clone()).or_insert_with(|| std::fs::read_to_string(folder.join(&file)).ok());
        let mut shown = MietteDiagnostic::new(diagnostic.message.clone()).with_code(diagnostic.code.clone());
        shown = shown.with_severity(match diagnostic.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Finding => miette::Severity::Warning,
        });
        let about: Vec<&str> = [diagnostic.unit.as_deref(), diagnostic.provision.as_deref()]
            .into_iter()
            .flatten()
            .take(1)
            .collect();
        let help = match (&diagnostic.help, about.first()) {
            (Some(help), Some(about)) => Some(format!("{help} (concerns {about})")),
            (Some(help), None) => Some(help.clone()),
            (None, Some(about)) => Some(format!("concerns {about}")),
            (None, None) => None,
        };
        if let Some(help) = help {
            shown = shown.with_help(help);
        }
        let name = folder.join(&file).display().to_string();
        let rendered = match source {
            Some(text) if diagnostic.at.line > 0 && diagnostic.at.end <= text.len() => {
                let length = diagnostic.at.end.saturating_sub(diagnostic.at.start);
                // A long value is named by its beginning: the whole of it would bury the message.
                let length = text[diagnostic.at.start..diagnostic.at.start + length]
                    .lines()
                    .next()
                    .map_or(0, str::len);
                shown = shown.with_label(LabeledSpan::underline((diagnostic.at.start, length)));
                let report =
                    miette::Report::new(shown).with_source_code(NamedSource::new(&name, text.clone()));
                render(&handler, &report)
            }
            _ => {
                shown.message = format!("{name}: {}", shown.message);
                render(&handler, &miette::Report::new(shown))
            }
        };
        eprintln!("{rendered}");
    }
}

fn render(handler: &GraphicalReportHandler, report: &miette::Report) -> String {
    let mut text = String::new();
    handler.render_report(&mut text, report.as_ref()).expect("a String takes any text");
    text
}

/// One finding as JSON.
pub(crate) fn as_json(folder: Option<&Path>, diagnostic: &Diagnostic) -> Value {
    let mut value = json!({
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "blame": diagnostic.blame,
        "file": diagnostic.at.file,
        "line": diagnostic.at.line,
        "column": diagnostic.at.column,
        "message": diagnostic.message,
        "help": diagnostic.help,
        "provision": diagnostic.provision,
        "unit": diagnostic.unit,
    });
    if let Some(folder) = folder {
        value["folder"] = json!(folder.display().to_string());
    }
    value
}
