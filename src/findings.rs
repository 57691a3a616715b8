//! Diagnostics of a declaration: with the excerpt for a person, as `hantei.findings/1` for a program.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use harness::ixit::{Diagnostic, Severity};
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, NamedSource};
use serde_json::{Value, json};

use crate::folding::{columns, fold, harmless, steers};

/// From how many diagnostics of one code on only the first are printed in full.
const MANY: usize = 12;
/// How many of them those are.
const IN_FULL: usize = 3;

/// Prints diagnostics to stderr, sorted by place, each with its line underlined; of many of the same kind
/// the first, and the places of the others.
pub(crate) fn print(folder: &Path, diagnostics: &[Diagnostic]) {
    eprint!("{}", told(folder, diagnostics, false));
}

/// The same without leaving any out.
pub(crate) fn print_all(folder: &Path, diagnostics: &[Diagnostic]) {
    eprint!("{}", told(folder, diagnostics, true));
}

fn told(folder: &Path, diagnostics: &[Diagnostic], all: bool) -> String {
    let mut printer = Printer::of(folder);
    let mut text = String::new();
    for part in parts(diagnostics, all) {
        match part {
            Part::Full(diagnostic) => text.push_str(&printer.in_full(diagnostic)),
            Part::More(others) => text.push_str(&more(&others, columns())),
        }
        text.push('\n');
    }
    text
}

/// What is printed, in order.
#[derive(Debug)]
enum Part<'a> {
    Full(&'a Diagnostic),
    /// Others of the same kind as the one before.
    More(Vec<&'a Diagnostic>),
}

fn parts(diagnostics: &[Diagnostic], all: bool) -> Vec<Part<'_>> {
    let mut kinds: BTreeMap<(&str, Severity), Vec<&Diagnostic>> = BTreeMap::new();
    for diagnostic in diagnostics {
        kinds.entry((&diagnostic.code, diagnostic.severity)).or_default().push(diagnostic);
    }
    let mut told: BTreeMap<(&str, Severity), usize> = BTreeMap::new();
    let mut parts = Vec::new();
    for diagnostic in diagnostics {
        let kind = (diagnostic.code.as_str(), diagnostic.severity);
        let same = &kinds[&kind];
        let told = told.entry(kind).or_default();
        if all || same.len() <= MANY || *told < IN_FULL {
            parts.push(Part::Full(diagnostic));
        } else if *told == IN_FULL {
            parts.push(Part::More(same[IN_FULL..].to_vec()));
        }
        *told += 1;
    }
    parts
}

/// "and 65 more like it: …" with what each concerns and where it is.
fn more(others: &[&Diagnostic], columns: usize) -> String {
    let mut places: Vec<String> = Vec::new();
    let different = |id: fn(&Diagnostic) -> Option<&str>| {
        others.iter().filter_map(|diagnostic| id(diagnostic)).collect::<BTreeSet<_>>().len()
    };
    // Of unit and provision, the one that tells them apart better.
    let by_unit = different(|one| one.unit.as_deref()) >= different(|one| one.provision.as_deref());
    for diagnostic in others {
        let (unit, provision) = (diagnostic.unit.as_deref(), diagnostic.provision.as_deref());
        let about = if by_unit { unit.or(provision) } else { provision.or(unit) };
        let at = (diagnostic.at.line > 0).then(|| format!("{}:{}", diagnostic.at.file, diagnostic.at.line));
        let place = match (about, at) {
            (Some(about), Some(at)) => format!("{about} ({at})"),
            (Some(about), None) => about.to_owned(),
            (None, Some(at)) => at,
            (None, None) => diagnostic.at.file.to_string(),
        };
        let place = harmless(&place);
        if !places.contains(&place) {
            places.push(place);
        }
    }
    let text = format!(
        "and {} more like it ({}): {}; hantei check --all shows each",
        others.len(),
        others.first().map_or("", |diagnostic| &diagnostic.code),
        places.join(", ")
    );
    fold(&text, 0, columns.saturating_sub(4)).iter().map(|line| format!("  {line}\n")).collect()
}

/// Prints diagnostics of a folder; keeps the files it quotes.
struct Printer<'a> {
    folder: &'a Path,
    handler: GraphicalReportHandler,
    columns: usize,
    sources: BTreeMap<String, Option<String>>,
}

impl<'a> Printer<'a> {
    fn of(folder: &'a Path) -> Self {
        let theme = if crate::output::coloured() {
            GraphicalTheme::unicode()
        } else {
            GraphicalTheme::unicode_nocolor()
        };
        // The lines are folded here: the handler would break them inside ids.
        let handler = GraphicalReportHandler::new_themed(theme).with_wrap_lines(false).with_links(false);
        Self { folder, handler, columns: columns(), sources: BTreeMap::new() }
    }

    fn in_full(&mut self, diagnostic: &Diagnostic) -> String {
        let file = diagnostic.at.file.to_string();
        let folder = self.folder;
        let source = self.sources.entry(file.clone()).or_insert_with(|| {
            let text = std::fs::read_to_string(folder.join(&file)).ok()?;
            Some(quotable(&text))
        });
        let name = folder.join(&file).display().to_string();
        let label = source.as_deref().and_then(|text| label(diagnostic, text));
        let mut message = harmless(&diagnostic.message);
        if label.is_none() {
            let line = match diagnostic.at.line {
                0 => String::new(),
                line => format!(":{line}"),
            };
            message = format!("{}{line}: {message}", harmless(&name));
        }
        let fold = |text: &str, taken: usize| fold(text, 0, self.columns.saturating_sub(taken)).join("\n");
        let mut shown = MietteDiagnostic::new(fold(&message, 5)).with_code(diagnostic.code.clone());
        shown = shown.with_severity(match diagnostic.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Finding => miette::Severity::Warning,
        });
        let about = diagnostic.unit.as_deref().or(diagnostic.provision.as_deref());
        let help = match (diagnostic.help.as_deref().map(harmless), about.map(harmless)) {
            (Some(help), Some(about)) => Some(format!("{help} (concerns {about})")),
            (Some(help), None) => Some(help),
            (None, Some(about)) => Some(format!("concerns {about}")),
            (None, None) => None,
        };
        if let Some(help) = help {
            shown = shown.with_help(fold(&help, 9));
        }
        let report = match (label, source) {
            (Some(label), Some(text)) => miette::Report::new(shown.with_label(label))
                .with_source_code(NamedSource::new(&name, text.clone())),
            _ => miette::Report::new(shown),
        };
        let mut text = String::new();
        self.handler.render_report(&mut text, report.as_ref()).expect("a String takes any text");
        text
    }
}

/// The place underlined; `None` where the file as a whole is meant, or is no longer what it was.
fn label(diagnostic: &Diagnostic, text: &str) -> Option<LabeledSpan> {
    let at = &diagnostic.at;
    if at.line == 0 {
        return None;
    }
    // A long value is named by its beginning: the whole of it would bury the message.
    let length = text.get(at.start..at.end)?.lines().next().map_or(0, str::len);
    Some(LabeledSpan::underline((at.start, length)))
}

/// The text with what steers a terminal replaced by characters of the same length, so that places hold.
fn quotable(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '\n' | '\r' | '\t' => character,
            character if !steers(character) => character,
            character => match character.len_utf8() {
                1 => '?',
                2 => '\u{b7}',
                _ => '\u{fffd}',
            },
        })
        .collect()
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

#[cfg(test)]
mod tests {
    use harness::ixit::{At, Blame};

    use super::*;

    fn finding(code: &str, unit: &str) -> Diagnostic {
        Diagnostic {
            code: code.to_owned(),
            severity: Severity::Finding,
            blame: Blame::Documentation,
            at: At::whole_file("ics.toml"),
            message: "The ICS does not say whether it is supported".to_owned(),
            help: Some("Add it".to_owned()),
            provision: None,
            unit: Some(unit.to_owned()),
        }
    }

    #[test]
    fn many_of_one_kind_are_told_once_with_their_places_and_all_on_request() {
        let mut findings: Vec<Diagnostic> =
            (1..=13).map(|n| finding("support-not-stated", &format!("5.3-{n}-1:a"))).collect();
        findings.push(finding("other", "5.4-1-1:a"));
        let short = parts(&findings, false);
        assert_eq!(short.len(), 5, "{short:?}");
        let Part::More(others) = &short[3] else { panic!("{short:?}") };
        let text = more(others, 60);
        assert!(text.contains("and 10 more like it (support-not-stated)"), "{text}");
        assert!((4..=13).all(|n| text.contains(&format!(" 5.3-{n}-1:a"))), "{text}");
        assert!(text.lines().all(|line| line.len() <= 60), "{text}");
        assert_eq!(parts(&findings, true).len(), 14);
        findings.remove(0);
        assert_eq!(parts(&findings, false).len(), 13, "twelve are not too many");
    }

    #[test]
    fn a_finding_on_a_whole_file_names_it_and_ids_stay_whole() {
        for columns in 30..90 {
            let mut printer = Printer::of(Path::new("device"));
            printer.columns = columns;
            let text = printer.in_full(&finding("support-not-stated", "5.3-14-1:a"));
            assert!(text.contains("device/ics.toml:"), "{text}");
            assert!(text.contains("5.3-14-1:a"), "{text}");
        }
    }

    #[test]
    fn an_excerpt_cannot_steer_the_terminal_and_keeps_its_places() {
        let text = "a = \"\u{1b}[2J\u{9b}\u{202e}\"\n";
        let quoted = quotable(text);
        assert_eq!(quoted.len(), text.len());
        assert_eq!(quoted, "a = \"?[2J\u{b7}\u{fffd}\"\n");
    }
}
