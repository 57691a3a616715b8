//! `hantei pack RUN --scheme NAME`: a submission to a label scheme, as a folder.

use std::fs;
use std::path::{Component, Path, PathBuf};

use harness::testcases::Verdict;
use harness::testcases::texts::Language;
use harness::{ExitCode, RunRecord};
use reports::pack::{self, Handed, PackSource, Standing};
use reports::scheme::SchemeResult;
use reports::{EvidenceSource as _, ReportInput};

use crate::Done;
use crate::cli::{Lang, Pack};
use crate::command::report::{self, Stored, language};
use crate::command::schemes;
use crate::output::{self, Failure, Tone, paint};

/// Exit 0: the scheme is met and nothing is missing; 1: a requirement failed; 3: something is missing or open.
pub(crate) fn pack(arguments: &Pack) -> Done {
    let record = RunRecord::read(&arguments.run).map_err(Failure::of_folder)?;
    let scheme = schemes::of_run(&arguments.scheme, &record)?;
    output::tell_broken(&record);
    let assessment = record.assess();
    let standing = Standing { broken: !record.broken.is_empty() || record.state().cannot_vouch() };
    let mut against: Vec<&str> = Vec::new();
    for (holds, why) in [
        (assessment.demonstration, "it is a demonstration with a simulated device"),
        (!assessment.complete, "it is not complete"),
        (standing.broken, "its record cannot vouch for itself"),
    ] {
        if holds {
            against.push(why);
        }
    }
    if !against.is_empty() && !arguments.draft {
        return Err(Failure::nothing_started(format!(
            "{} cannot be submitted: {}; nothing was written",
            arguments.run.display(),
            against.join(", ")
        ))
        .help("--draft writes the documents all the same, each marked as a draft"));
    }
    let folder = arguments.out.clone().unwrap_or_else(|| beside(&record.folder, &scheme.name));
    if fs::read_dir(&folder).is_ok_and(|mut entries| entries.next().is_some()) || folder.is_file() {
        return Err(Failure::nothing_started(format!(
            "{} is not empty; nothing was written",
            folder.display()
        ))
        .help("name another folder with --out"));
    }

    let languages: Vec<Language> = arguments.lang.iter().map(|lang| language(*lang)).collect();
    let result = SchemeResult::new(scheme, &record.declaration, record.apply(scheme));
    let facts: Vec<_> = languages
        .iter()
        .map(|language| {
            let mut facts = report::facts(&record, *language);
            facts.schemes = vec![result.clone()];
            facts.draft = arguments.draft;
            facts
        })
        .collect();
    let stored = Stored { record: &record };
    let inputs: Vec<_> = languages
        .iter()
        .zip(&facts)
        .map(|(language, facts)| ReportInput {
            assessment: &assessment,
            facts,
            language: *language,
            evidence: &stored,
        })
        .collect();
    let packed = pack::pack(&inputs, &Files { record: &record }, standing).map_err(Failure::cannot_vouch)?;
    for file in &packed.files {
        write(&folder.join(&file.name), &file.bytes)?;
    }

    if arguments.json {
        output::print_json(&packed.index)?;
    }
    tell(&folder, &packed, &arguments.scheme, arguments.lang.first().copied().unwrap_or(Lang::En));
    Ok(match packed.verdict {
        _ if standing.broken => ExitCode::CannotVouch,
        Some(Verdict::Fail) => ExitCode::Fail,
        Some(Verdict::Pass) | None if packed.whole => ExitCode::Pass,
        _ => ExitCode::Open,
    })
}

fn tell(folder: &Path, packed: &pack::Pack, scheme: &str, lang: Lang) {
    eprintln!("wrote {} ({} files)", folder.display(), packed.files.len());
    let verdict = packed.verdict.map_or_else(
        || "no verdict; an overview of evidence".to_owned(),
        |verdict| paint(output::tone(verdict), verdict.as_str()),
    );
    eprintln!("{scheme}: {verdict}");
    if !packed.whole {
        let count = packed.index["missing"].as_array().map_or(0, Vec::len);
        eprintln!(
            "{} missing or open: {count}; missing.{}.md in the folder names each",
            paint(Tone::Open, "note:"),
            language(lang).code()
        );
    }
}

/// `RUN.NAME.pack` beside the run folder.
fn beside(run: &Path, scheme: &str) -> PathBuf {
    let run = fs::canonicalize(run).unwrap_or_else(|_| run.to_owned());
    let name = run.file_name().map_or_else(|| "run".to_owned(), |name| name.to_string_lossy().into_owned());
    run.with_file_name(format!("{name}.{scheme}.pack"))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(path, bytes));
    written.map_err(|error| Failure::cannot_vouch(format!("{} cannot be written: {error}", path.display())))
}

/// Files of the run that go along: evidence that is no capture, the supplier's files, documents that were copied.
struct Files<'a> {
    record: &'a RunRecord,
}

impl PackSource for Files<'_> {
    fn file(&self, reference: &str) -> Handed {
        if let Some(path) = reference.strip_prefix("document:") {
            return self.document(path);
        }
        if let Some(rest) = reference.strip_prefix("declaration:") {
            let name = rest.split_once('#').map_or(rest, |(name, _)| name);
            let files = &self.record.declaration.files;
            return files.iter().find(|file| file.name == name).map_or(Handed::Absent, |file| {
                Handed::File(format!("declaration/{}", file.name), file.bytes.clone())
            });
        }
        match (Stored { record: self.record }.read(reference), self.record.evidence(reference)) {
            (Some((name, bytes)), _) => {
                Handed::File(name.strip_prefix("evidence/").unwrap_or(&name).to_owned(), bytes)
            }
            // What is stored, and is no observation, text or attachment, is a capture.
            (None, Some(_)) => Handed::Withheld,
            (None, None) => Handed::Absent,
        }
    }

    fn behind(&self, reference: &str) -> Option<String> {
        let index = reference.split_once("#external_evidence[")?.1.strip_suffix(']')?;
        let evidence = self.record.declaration.ics.external_evidence.get(index.parse::<usize>().ok()?)?;
        Some(format!("document:{}", evidence.document.value))
    }
}

impl Files<'_> {
    /// A document, if it was copied into the run and is as it was.
    fn document(&self, path: &str) -> Handed {
        let inside = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
        let known = self.record.manifest.documents.iter().find(|document| document.path == path);
        let Some(known) = known.filter(|_| inside) else { return Handed::Absent };
        let file = self.record.folder.join("declaration/documents").join(path);
        let bytes = fs::read(file).ok();
        let sound = bytes.filter(|bytes| {
            harness::probes::observation::digest(bytes).strip_prefix("sha256:") == Some(known.sha256.as_str())
        });
        sound.map_or(Handed::Absent, |bytes| Handed::File(format!("documents/{path}"), bytes))
    }
}
