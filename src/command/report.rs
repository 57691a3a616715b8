//! `hantei report RUN`: reports from the record.

mod declared;
mod for_guides;
mod for_schemes;
mod limits;
mod print;

use std::fs;
use std::io::Write as _;
use std::path::{Component, Path, PathBuf};

use harness::ixit::mud::Mud;
use harness::ixit::{Bench, bench::Lab};
use harness::probes::observation::digest;
use harness::store::{BenchRecord, Entry, plan_file};
use harness::testcases::assessment::Assessment;
use harness::testcases::plan::{Disturbance, Step};
use harness::testcases::texts::Language;
use harness::{ExitCode, RunRecord};
use reports::figures::Figures;
use reports::guide::GuideResult;
use reports::heard::Heard;
use reports::mud::{self, Proposal};
use reports::scheme::{SchemeResult, with_schemes};
use reports::{EvidenceSource, Receipt, ReportInput, RunFacts, Spent};
use serde_json::json;

use self::print::Browser;
use crate::Done;
use crate::cli::{Format, Lang, Report};
use crate::output::{self, Failure, Tone, paint};

/// Writes reports into RUN/reports, or one to stdout.
pub(crate) fn report(arguments: &Report) -> Done {
    let named = for_schemes::known(&arguments.schemes, &arguments.format)?;
    let record = RunRecord::read(&arguments.run).map_err(Failure::of_folder)?;
    let wanted = Wanted {
        schemes: for_schemes::applied(&named.schemes, &record)?,
        guides: for_guides::read_over(&named.guides, &record)?,
    };
    // Reports of a broken record carry a banner; whoever keeps only the exit code has to know as well.
    let code = if output::tell_broken(&record) { ExitCode::CannotVouch } else { ExitCode::Pass };
    if arguments.stdout {
        let [format] = arguments.format[..] else {
            return Err(Failure::nothing_started("--stdout takes one format"));
        };
        let [lang] = arguments.lang[..] else {
            return Err(Failure::nothing_started("--stdout takes one language"));
        };
        let assessment = record.assess();
        let browser = browser_for(&[format])?;
        let bytes = match &wanted.guides[..] {
            [] => render(&record, &assessment, &wanted.schemes, format, language(lang), browser.as_ref())?,
            [guide] if wanted.schemes.is_empty() => {
                // Wherever it goes, nothing lies beside it.
                render_guide(&record, &assessment, guide, format, language(lang), None, browser.as_ref())?
            }
            _ => {
                return Err(Failure::nothing_started("--stdout takes one guide, without label schemes")
                    .help("each guide is a page of its own; leave --stdout out, or name one"));
            }
        };
        if matches!(format, Format::Pdf | Format::Xlsx) {
            std::io::stdout().lock().write_all(&bytes).map_err(|error| {
                Failure::nothing_started(format!("the output could not be written: {error}"))
            })?;
        } else {
            output::print_text(&String::from_utf8_lossy(&bytes))?;
        }
        if format == Format::Mud {
            eprint!("{}", proposal(&record, language(lang)).beside);
        }
        return Ok(code);
    }
    let written = write_each(&record, &wanted, &arguments.format, &arguments.lang)?;
    for file in &written {
        eprintln!("wrote {}", file.path.display());
    }
    if arguments.json {
        let files: Vec<_> = written
            .iter()
            .map(|file| json!({ "format": file.format.as_str(), "path": file.path, "sha256": file.sha256 }))
            .collect();
        output::print_json(&json!({ "format": "hantei.report-files/1", "files": files }))?;
    }
    Ok(code)
}

/// Writes reports of every format and language; gives their paths.
pub(crate) fn write(record: &RunRecord, formats: &[Format], langs: &[Lang]) -> Result<Vec<PathBuf>, Failure> {
    Ok(write_each(record, &Wanted::default(), formats, langs)?.into_iter().map(|file| file.path).collect())
}

/// What a report is asked for beyond the standard.
#[derive(Default)]
struct Wanted {
    /// Parts of the report.
    schemes: Vec<SchemeResult>,
    /// Pages of their own.
    guides: Vec<GuideResult>,
}

/// A report that was written.
struct Written {
    format: Format,
    path: PathBuf,
    sha256: String,
}

fn write_each(
    record: &RunRecord,
    wanted: &Wanted,
    formats: &[Format],
    langs: &[Lang],
) -> Result<Vec<Written>, Failure> {
    // Before anything is written: a browser that is not there is no reason for half of the reports.
    let browser = browser_for(formats)?;
    let assessment = record.assess();
    let folder = record.folder.join("reports");
    let failed = |path: &Path, error: std::io::Error| {
        Failure::cannot_vouch(format!("{} cannot be written: {error}", path.display()))
    };
    fs::create_dir_all(&folder).map_err(|error| failed(&folder, error))?;
    let mut written: Vec<Written> = Vec::new();
    for format in formats {
        // Codes and texts of these are the same in every language.
        let one_language = matches!(format, Format::Json | Format::Sarif);
        let langs = if one_language { &langs[..1.min(langs.len())] } else { langs };
        for lang in langs {
            let language = language(*lang);
            let mut files = Vec::new();
            // Who asks for guides alone has the report already.
            if wanted.guides.is_empty() || !wanted.schemes.is_empty() {
                let schemes = &wanted.schemes;
                let name = for_schemes::named(file_name(*format, language), schemes);
                files
                    .push((name, render(record, &assessment, schemes, *format, language, browser.as_ref())?));
            }
            let beside = report_beside(&folder, wanted, formats, language);
            for guide in &wanted.guides {
                let (beside, browser) = (beside.as_deref(), browser.as_ref());
                let bytes = render_guide(record, &assessment, guide, *format, language, beside, browser)?;
                files.push((for_guides::file_name(guide, *format, language), bytes));
            }
            if *format == Format::Mud {
                let beside = proposal(record, language).beside;
                files.push((format!("proposed.mud.{}.txt", language.code()), beside.into_bytes()));
            }
            for (name, bytes) in files {
                let path = folder.join(name);
                fs::write(&path, &bytes).map_err(|error| failed(&path, error))?;
                let digest = digest(&bytes);
                let sha256 = digest.strip_prefix("sha256:").unwrap_or(&digest).to_owned();
                match written.iter_mut().find(|file| file.path == path) {
                    Some(file) => file.sha256 = sha256,
                    None => written.push(Written { format: *format, path, sha256 }),
                }
            }
        }
    }
    if harness::seal::is_sealed(&record.folder) {
        eprintln!(
            "{} the run is sealed, and what is new in it no longer fits the seal; hantei seal --again seals it anew",
            paint(Tone::Open, "note:")
        );
    }
    Ok(written)
}

fn file_name(format: Format, language: Language) -> String {
    let code = language.code();
    match format {
        Format::Html => format!("report.{code}.html"),
        Format::Pdf => format!("report.{code}.pdf"),
        Format::Junit => format!("junit.{code}.xml"),
        Format::Json => "assessment.json".to_owned(),
        Format::Md => format!("summary.{code}.md"),
        Format::Sarif => "report.sarif".to_owned(),
        Format::Oscal => format!("oscal.{code}.json"),
        Format::Xlsx => format!("report.{code}.xlsx"),
        Format::Mud => "proposed.mud.json".to_owned(),
    }
}

/// What prints, where something is to be printed.
fn browser_for(formats: &[Format]) -> Result<Option<Browser>, Failure> {
    formats.contains(&Format::Pdf).then(Browser::find).transpose()
}

fn render(
    record: &RunRecord,
    assessment: &Assessment,
    schemes: &[SchemeResult],
    format: Format,
    language: Language,
    browser: Option<&Browser>,
) -> Result<Vec<u8>, Failure> {
    if format == Format::Mud {
        return Ok(proposal(record, language).file.into_bytes());
    }
    let facts = RunFacts { schemes: schemes.to_vec(), ..facts(record, language) };
    let assessment = &with_schemes(assessment, schemes).map_err(Failure::cannot_vouch)?;
    let stored = Stored { record };
    let input = ReportInput { assessment, facts: &facts, language, evidence: &stored };
    match format {
        Format::Html => reports::html::html(&input),
        Format::Json => reports::json::json(&input),
        Format::Junit => reports::junit::junit(&input),
        Format::Md => reports::markdown::markdown(&input),
        Format::Sarif => reports::sarif::sarif(&input),
        Format::Oscal => reports::oscal::oscal(&input),
        Format::Xlsx => reports::xlsx::xlsx(&input, &record.declaration),
        Format::Pdf => {
            let page = reports::html::printable(&input).map_err(Failure::cannot_vouch)?;
            return browser.expect("found before anything is printed").print(&page);
        }
        Format::Mud => unreachable!("written above, from the captures alone"),
    }
    .map_err(Failure::cannot_vouch)
}

fn render_guide(
    record: &RunRecord,
    assessment: &Assessment,
    guide: &GuideResult,
    format: Format,
    language: Language,
    beside: Option<&str>,
    browser: Option<&Browser>,
) -> Result<Vec<u8>, Failure> {
    let (facts, stored) = (facts(record, language), Stored { record });
    let input = ReportInput { assessment, facts: &facts, language, evidence: &stored };
    for_guides::render(&input, guide, format, beside, browser)
}

/// File of the run's report that the pages of guides can lead to: one that is there, or is written with them.
fn report_beside(folder: &Path, wanted: &Wanted, formats: &[Format], language: Language) -> Option<String> {
    let usual = file_name(Format::Html, language);
    if folder.join(&usual).is_file() {
        return Some(usual);
    }
    let with_them = !wanted.schemes.is_empty() && formats.contains(&Format::Html);
    with_them.then(|| for_schemes::named(usual, &wanted.schemes))
}

/// The MUD file that the run proposes.
fn proposal(record: &RunRecord, language: Language) -> Proposal {
    let handed_in = record.declaration.ics.dut.mud.as_ref().and_then(|path| {
        let inside = Path::new(&path.value).components().all(|part| matches!(part, Component::Normal(_)));
        let file = record.folder.join("declaration/documents").join(&path.value);
        let bytes = inside.then(|| fs::read(file).ok()).flatten()?;
        Mud::from_bytes(&path.value, &bytes).0
    });
    mud::propose(&record.facts(), handed_in.as_ref(), language)
}

/// The language of an argument.
pub(crate) fn language(lang: Lang) -> Language {
    match lang {
        Lang::En => Language::En,
        Lang::Ja => Language::Ja,
    }
}

/// Evidence of a run.
pub(super) struct Stored<'a> {
    pub(super) record: &'a RunRecord,
}

impl EvidenceSource for Stored<'_> {
    fn read(&self, reference: &str) -> Option<(String, Vec<u8>)> {
        let bytes = self.record.evidence(reference)?;
        let hex = reference.strip_prefix("sha256:")?;
        let folder = self.record.folder.join("evidence");
        let name = ["json", "txt", "bin"]
            .into_iter()
            .map(|ending| format!("{hex}.{ending}"))
            .find(|name| folder.join(name).exists())?;
        Some((format!("evidence/{name}"), bytes))
    }

    fn declared_at(&self, reference: &str) -> Option<(String, u32)> {
        declared::place(&self.record.declaration, reference)
    }
}

/// What the report says of the run besides the assessment.
pub(super) fn facts(record: &RunRecord, language: Language) -> RunFacts {
    let manifest = &record.manifest;
    let bench = stored_bench(record);
    let times: Vec<String> = record.journal.iter().map(|line| line.line.at.to_string()).collect();
    let lab: Lab = bench.as_ref().map(|bench| bench.lab.clone()).unwrap_or_default();
    let mut digests: Vec<(String, String)> = manifest
        .declaration
        .iter()
        .map(|file| (format!("declaration/{}", file.name), file.sha256.clone()))
        .collect();
    digests.push(("plan.json".to_owned(), manifest.plan.clone()));
    // Plans that a contradicted condition made larger.
    let extended = record.journal.iter().filter_map(|line| match &line.line.entry {
        Entry::ProvisionsReopened { plan, .. } => Some(plan.clone()),
        _ => None,
    });
    digests.extend(extended.enumerate().map(|(n, digest)| (plan_file(n + 1), digest)));
    digests.push(("catalogue".to_owned(), manifest.catalogue.clone()));
    if !manifest.policy.sha256.is_empty() {
        digests.push((format!("crypto policy {}", manifest.policy.name), manifest.policy.sha256.clone()));
    }
    if let BenchRecord::File { sha256, .. } = &manifest.bench {
        digests.push(("bench".to_owned(), sha256.clone()));
    }
    let heard = Heard::of(&record.facts());
    RunFacts {
        tool: manifest.tool.clone(),
        run: record.folder.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
        started: times.first().cloned(),
        finished: times.last().cloned(),
        lab,
        equipment: bench
            .as_ref()
            .map(|bench| {
                bench
                    .equipment
                    .iter()
                    .map(|one| format!("{} {}", one.id, one.description.as_deref().unwrap_or(&one.kind)))
                    .collect()
            })
            .unwrap_or_default(),
        samples: bench
            .as_ref()
            .map(|bench| {
                bench
                    .samples
                    .iter()
                    .map(|sample| match &sample.serial {
                        Some(serial) => format!("{} ({serial})", sample.id),
                        None => sample.id.clone(),
                    })
                    .collect()
            })
            .unwrap_or_default(),
        deviations: bench.as_ref().and_then(|bench| bench.method.deviations.clone()),
        decision_rule: bench.as_ref().and_then(|bench| bench.method.decision_rule.clone()),
        subcontracted: bench.as_ref().and_then(|bench| bench.method.subcontracted.clone()),
        opinions: bench.as_ref().and_then(|bench| bench.method.opinions.clone()),
        identification: identification(record, bench.as_ref()),
        supplier: supplier(record),
        receipts: bench.as_ref().map(receipts).unwrap_or_default(),
        figures: Figures::of(&record.facts()),
        digests,
        limits: limits::limits(record, &heard, language),
        heard,
        spent: spent(record, bench.as_ref()),
        invalid: record
            .state()
            .cannot_vouch()
            .then(|| troubles(record).join("; "))
            .filter(|text| !text.is_empty()),
        schemes: Vec::new(),
        draft: false,
    }
}

/// The number of the laboratory, or the run, with a part of the digest of the record: another record, another report.
fn identification(record: &RunRecord, bench: Option<&Bench>) -> String {
    let run = record.folder.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let number = bench.and_then(|bench| bench.lab.report.clone()).unwrap_or(run);
    match record.journal.last().and_then(|line| line.hash.strip_prefix("sha256:")) {
        Some(hash) => format!("{number} / {}", hash.chars().take(12).collect::<String>()),
        None => number,
    }
}

/// The supplier and whom to ask there, as the ICS has it.
fn supplier(record: &RunRecord) -> Option<String> {
    let supplier = &record.declaration.ics.supplier;
    let stated: Vec<&str> =
        [&supplier.name, &supplier.contact].into_iter().flatten().map(|value| value.value.as_str()).collect();
    (!stated.is_empty()).then(|| stated.join(", "))
}

fn receipts(bench: &Bench) -> Vec<Receipt> {
    let of = |sample: &harness::ixit::bench::Sample| Receipt {
        sample: sample.id.clone(),
        received: sample.received.clone(),
        condition: sample.condition.clone(),
    };
    bench.samples.iter().map(of).collect()
}

/// What every probe spent, in the order of the plan.
fn spent(record: &RunRecord, bench: Option<&Bench>) -> Vec<Spent> {
    let consent = bench.map(|bench| bench.consent.clone()).unwrap_or_default();
    let agreed = |disturbance: &Disturbance| match disturbance {
        Disturbance::LockOut => consent.lock_out,
        Disturbance::ChangeCredentials => consent.change_credentials,
        Disturbance::ChangeState => consent.change_state,
        Disturbance::PlayPeers => consent.play_peers,
        Disturbance::Interrupt => consent.interrupt,
        Disturbance::AlterSoftware => consent.alter_software,
        Disturbance::InstallUpdates => consent.install_updates,
        Disturbance::HostileInput => consent.hostile_input,
        Disturbance::EraseData => consent.erase_data,
        Disturbance::Pair => consent.pair,
    };
    let own_budget = bench.map(|bench| bench.limits.budget_seconds).filter(|seconds| *seconds > 0);
    let mut all: Vec<Spent> = Vec::new();
    for step in &record.plan.steps {
        let Step::Observe { request, disturbs, budget_seconds, .. } = step else { continue };
        if all.iter().any(|known| known.probe == request.probe) {
            continue;
        }
        let seen = record.observations.iter().map(|recorded| &recorded.observation);
        let seen: Vec<_> = seen.filter(|observation| observation.probe == request.probe).collect();
        all.push(Spent {
            probe: request.probe.clone(),
            observations: seen.len(),
            attempted: seen.iter().map(|observation| observation.effort.attempted).sum(),
            completed: seen.iter().map(|observation| observation.effort.completed).sum(),
            seconds: seen.iter().map(|observation| observation.effort.seconds).sum(),
            budget_seconds: own_budget.or(*budget_seconds),
            disturbs: disturbs.iter().map(|one| (one.as_str().to_owned(), agreed(one))).collect(),
        });
    }
    all
}

fn stored_bench(record: &RunRecord) -> Option<Bench> {
    ["bench.toml", "bench.json"].into_iter().find_map(|name| {
        let bytes = fs::read(record.folder.join("declaration").join(name)).ok()?;
        Bench::from_bytes(name, &bytes).0
    })
}

fn troubles(record: &RunRecord) -> Vec<String> {
    let mut told: Vec<String> = record.broken.clone();
    told.extend(record.journal.iter().filter_map(|line| match &line.line.entry {
        Entry::Trouble { message, .. } => Some(message.clone()),
        _ => None,
    }));
    told
}
