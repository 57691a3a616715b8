//! `hantei init DIR`: a folder to fill in, and what label schemes and guides ask beyond it.

mod guides;

use std::fs;
use std::io::Write;

use harness::ExitCode;
use harness::ixit::{Edition, template};
use harness::testcases::guide::{Guide, guide};
use harness::testcases::scheme::Scheme;

use crate::Done;
use crate::cli::{Init, Lang};
use crate::command::{report, schemes};
use crate::output::Failure;

/// Writes ics.toml, ixit.toml, bench.toml and documents/, submission.toml for label schemes, guides.toml for guides;
/// never overwrites a file. Where the declaration is there already and something is named, only its file is added.
pub(crate) fn init(arguments: &Init) -> Done {
    let edition: Edition = arguments.edition.parse().map_err(Failure::nothing_started)?;
    let language = match arguments.lang {
        Lang::En => template::Language::En,
        Lang::Ja => template::Language::Ja,
    };
    let folder = &arguments.folder;
    let mut wanted: Vec<&Scheme> = Vec::new();
    let mut read: Vec<&Guide> = Vec::new();
    for name in &arguments.schemes {
        match guide(name) {
            Some(guide) => read.push(guide),
            None => wanted.push(schemes::named(name)?),
        }
    }
    let mut files: Vec<(&str, String)> = Vec::new();
    if arguments.schemes.is_empty() || !folder.join("ics.toml").exists() {
        files.push(("ics.toml", template::ics(edition, language)));
        files.push(("ixit.toml", template::ixit(edition, language)));
        files.push(("bench.toml", template::bench(edition, language)));
    }
    if !wanted.is_empty() {
        files.push(("submission.toml", schemes::submission(&wanted, report::language(arguments.lang))));
    }
    if !read.is_empty() {
        files.push(("guides.toml", guides::template(&read, report::language(arguments.lang))));
    }
    if let Some((name, _)) = files.iter().find(|(name, _)| folder.join(name).exists()) {
        return Err(Failure::nothing_started(format!("{} is there already", folder.join(name).display()))
            .help("name another folder, or move the file away; nothing was written"));
    }
    let failed = |path: &std::path::Path, error: std::io::Error| {
        Failure::nothing_started(format!("{} cannot be written: {error}", path.display()))
    };
    fs::create_dir_all(folder.join("documents")).map_err(|error| failed(folder, error))?;
    for (name, text) in files {
        let path = folder.join(name);
        let mut file = fs::File::create_new(&path).map_err(|error| failed(&path, error))?;
        file.write_all(text.as_bytes()).map_err(|error| failed(&path, error))?;
        eprintln!("wrote {}", path.display());
    }
    eprintln!(
        "Fill in ics.toml and ixit.toml, put documents into documents/, then: hantei check {}",
        folder.display()
    );
    Ok(ExitCode::Pass)
}
