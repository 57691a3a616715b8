//! `hantei check DIR…`: declarations judged without a device. One folder after the other is read, judged, printed and
//! dropped, so that a thousand need no more memory than one.

use std::path::Path;

use harness::ExitCode;
use harness::ixit::{Declaration, Diagnostic, Severity};
use serde_json::Value;

use crate::cli::Check;
use crate::{Done, findings, output};

/// Exit 0: nothing to say; 1: findings; 2: something cannot be understood.
pub(crate) fn check(arguments: &Check) -> Done {
    let many = arguments.folders.len() > 1;
    let mut list = arguments.json.then(FindingList::default);
    let mut counts = Counts::default();
    for folder in &arguments.folders {
        let found = judged(folder);
        counts.add(&found);
        match &mut list {
            Some(list) => {
                let values = found.iter().map(|one| findings::as_json(many.then_some(folder), one));
                output::print_text(&list.text_of(values)?)?;
            }
            None if arguments.all => findings::print_all(folder, &found),
            None => findings::print(folder, &found),
        }
    }
    match list {
        Some(list) => output::print_text(&list.end())?,
        None => eprintln!("{}", counts.told(arguments.folders.len())),
    }
    Ok(counts.exit_code())
}

fn judged(folder: &Path) -> Vec<Diagnostic> {
    let reading = Declaration::read(folder);
    let mut found = reading.diagnostics;
    if let Some(declaration) = &reading.declaration {
        found.extend(harness::testcases::findings::of(declaration));
        found.extend(harness::testcases::scheme::submission::findings(declaration));
        found.extend(harness::testcases::guide::said::findings(declaration));
    }
    found
}

/// How many of each severity there were.
#[derive(Default)]
struct Counts {
    errors: usize,
    findings: usize,
}

impl Counts {
    fn add(&mut self, found: &[Diagnostic]) {
        let errors = found.iter().filter(|one| one.severity == Severity::Error).count();
        self.errors += errors;
        self.findings += found.len() - errors;
    }

    fn told(&self, folders: usize) -> String {
        let several = |n: usize, one: &str| if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") };
        format!(
            "{} checked: {}, {}",
            several(folders, "folder"),
            several(self.errors, "error"),
            several(self.findings, "finding")
        )
    }

    fn exit_code(&self) -> ExitCode {
        match self {
            Self { errors: 0, findings: 0 } => ExitCode::Pass,
            Self { errors: 0, .. } => ExitCode::Fail,
            _ => ExitCode::NotStarted,
        }
    }
}

/// `hantei.findings/1` as text that comes piece by piece.
#[derive(Default)]
struct FindingList {
    begun: bool,
}

impl FindingList {
    const HEAD: &str = "{\n  \"format\": \"hantei.findings/1\",\n  \"findings\": [";

    fn text_of(&mut self, findings: impl IntoIterator<Item = Value>) -> Result<String, output::Failure> {
        let mut text = String::new();
        for finding in findings {
            let pretty = serde_json::to_string_pretty(&finding).map_err(output::Failure::nothing_started)?;
            text.push_str(if self.begun { "," } else { Self::HEAD });
            text.push_str("\n    ");
            text.push_str(&pretty.replace('\n', "\n    "));
            self.begun = true;
        }
        Ok(text)
    }

    fn end(self) -> String {
        if self.begun { "\n  ]\n}\n".to_owned() } else { format!("{}]\n}}\n", Self::HEAD) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_list_has_the_same_text_however_it_comes() {
        let findings = [json!({ "code": "one", "message": "a\nb" }), json!({ "code": "two", "line": 3 })];
        for count in 0..=findings.len() {
            let whole = json!({ "format": "hantei.findings/1", "findings": findings[..count] });
            let whole = serde_json::to_string_pretty(&whole).expect("JSON") + "\n";
            let mut list = FindingList::default();
            let mut text = String::new();
            for finding in &findings[..count] {
                text += &list.text_of([finding.clone()]).expect("JSON");
                text += &list.text_of([]).expect("JSON");
            }
            assert_eq!(text + &list.end(), whole);
        }
    }

    #[test]
    fn errors_weigh_more_than_findings() {
        let code = |errors, findings| Counts { errors, findings }.exit_code();
        assert_eq!(code(0, 0), ExitCode::Pass);
        assert_eq!(code(0, 3), ExitCode::Fail);
        assert_eq!(code(1, 3), ExitCode::NotStarted);
        assert_eq!(Counts { errors: 1, findings: 2 }.told(3), "3 folders checked: 1 error, 2 findings");
    }
}
