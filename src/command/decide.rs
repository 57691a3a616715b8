//! `hantei decide RUN`: a person walks the open prompts.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use harness::testcases::assess::open_prompts;
use harness::testcases::plan::glob_matches;
use harness::testcases::texts::{Language, Texts};
use harness::testcases::{Catalogue, Decision, Prompt};
use harness::{Answers, ExitCode, RunRecord};
use serde_json::{Value, json};

use crate::Done;
use crate::cli::{Decide, Lang};
use crate::command::run;
use crate::desk;
use crate::folding::{fold, harmless};
use crate::output::{self, Failure, Tone, paint_out};
use crate::prompting::{Terminal, Words, provision_of};

/// Asks what is open, or lists it.
pub(crate) fn decide(arguments: &Decide) -> Done {
    let language = match arguments.lang {
        Lang::En => Language::En,
        Lang::Ja => Language::Ja,
    };
    let only = Only::of(arguments.only.as_deref());
    let record = RunRecord::read(&arguments.run);
    if arguments.list || arguments.json {
        let record = record.map_err(Failure::of_folder)?;
        return list(&record, &only, arguments.json, language);
    }
    let full_screen = arguments.from.is_none() && !arguments.plain && Terminal::has_screen();
    if full_screen && record.is_ok() {
        let takes = |id: &str| only.takes(id);
        let outcome = desk::sit(&arguments.run, &takes, arguments.person.as_deref(), language)?;
        return run::finish(outcome);
    }
    let answers: Arc<dyn Answers> = match (&record, &arguments.from) {
        (Ok(record), None) => {
            let assessment = record.assess();
            let open = open_prompts(&assessment);
            let asked = open.iter().filter(|prompt| only.takes(&prompt.id)).count();
            if asked == 0 && !open.is_empty() {
                return Err(Failure::nothing_started(format!(
                    "none of the {} open prompts fits --only {}",
                    open.len(),
                    arguments.only.as_deref().unwrap_or_default()
                ))
                .help("hantei decide RUN --list shows their ids; a glob has to fit the whole id, such as '5.6-*' or 'companion/*'"));
            }
            if Terminal::has_person() {
                Arc::new(Terminal::on(&record.declaration, asked, arguments.person.clone(), language))
            } else {
                run::answers(true, None, None, language)?
            }
        }
        // What is wrong with the record, the engine says.
        _ => run::answers(false, arguments.from.as_deref(), arguments.person.clone(), language)?,
    };
    let answers: Arc<dyn Answers> = Arc::new(Narrowed { only, answers });
    let folder = arguments.run.clone();
    let outcome =
        run::drive(
            |listener, cancel| async move { harness::decide(&folder, answers, listener, cancel).await },
        )?;
    run::finish(outcome)
}

/// The prompts that `--only` leaves.
#[derive(Clone, Debug)]
struct Only {
    /// No globs: all of them.
    globs: Vec<String>,
}

impl Only {
    /// Globs separated by commas.
    fn of(text: Option<&str>) -> Self {
        let globs = text.into_iter().flat_map(|text| text.split(','));
        Self { globs: globs.map(|glob| glob.trim().to_owned()).filter(|glob| !glob.is_empty()).collect() }
    }

    fn takes(&self, prompt: &str) -> bool {
        self.globs.is_empty() || self.globs.iter().any(|glob| glob_matches(glob, prompt))
    }
}

/// Answers to the prompts that `--only` leaves; the others stay open.
struct Narrowed {
    only: Only,
    answers: Arc<dyn Answers>,
}

impl Answers for Narrowed {
    fn answer<'a>(
        &'a self,
        prompt: &'a Prompt,
    ) -> std::pin::Pin<Box<dyn Future<Output = Option<Decision>> + Send + 'a>> {
        if self.only.takes(&prompt.id) { self.answers.answer(prompt) } else { Box::pin(async { None }) }
    }

    fn unasked(&self) -> Vec<Decision> {
        let mut decisions = self.answers.unasked();
        decisions.retain(|decision| self.only.takes(&decision.prompt));
        decisions
    }

    fn scripted(&self) -> Vec<Decision> {
        let mut decisions = self.answers.scripted();
        decisions.retain(|decision| decision.prompt.contains('*') || self.only.takes(&decision.prompt));
        decisions
    }
}

fn list(record: &RunRecord, only: &Only, as_json: bool, language: Language) -> Done {
    let broken = output::tell_broken(record);
    let assessment = record.assess();
    let open = open_prompts(&assessment);
    let listed: Vec<&Prompt> = open.iter().copied().filter(|prompt| only.takes(&prompt.id)).collect();
    if as_json {
        let procedures = procedures(record, &listed, language);
        output::print_json(
            &json!({ "format": "hantei.prompts/1", "prompts": listed, "procedures": procedures }),
        )?;
    } else {
        let mut text = grouped(&listed, language, |heading| paint_out(Tone::Strong, heading));
        if listed.len() == open.len() {
            writeln!(text, "{}", Words::of(language).open(open.len())).expect("a String takes any text");
        } else {
            let words = Words::of(language);
            writeln!(text, "{}", words.listed(listed.len(), open.len())).expect("a String takes any text");
        }
        output::print_text(&text)?;
    }
    // What is not listed is open all the same.
    Ok(match (broken, open.is_empty()) {
        (true, _) => ExitCode::CannotVouch,
        (false, true) => ExitCode::Pass,
        (false, false) => ExitCode::Open,
    })
}

/// The guided procedures of the listed prompts by unit, each with its words.
fn procedures(record: &RunRecord, listed: &[&Prompt], language: Language) -> BTreeMap<String, Value> {
    let catalogue = Catalogue::of(record.declaration.edition);
    let units: BTreeSet<&str> = listed.iter().filter_map(|prompt| prompt.unit.as_deref()).collect();
    units
        .into_iter()
        .filter_map(|unit| {
            let (shape, words) = (catalogue.procedure(unit)?, Texts::of(language).procedures.get(unit)?);
            Some((unit.to_owned(), json!({ "shape": shape, "words": words })))
        })
        .collect()
}

/// The prompts by provision, each question once above the ids that it is asked for.
fn grouped(prompts: &[&Prompt], language: Language, strong: impl Fn(&str) -> String) -> String {
    let (words, texts) = (Words::of(language), Texts::of(language));
    let group_of = |prompt: &Prompt| match &prompt.unit {
        Some(unit) => provision_of(unit).to_owned(),
        None => prompt.id.split_once('/').map_or(prompt.id.as_str(), |(kind, _)| kind).to_owned(),
    };
    let mut text = String::new();
    let mut told = BTreeSet::new();
    for prompt in prompts {
        let group = group_of(prompt);
        if !told.insert(group.clone()) {
            continue;
        }
        let of_group: Vec<&Prompt> =
            prompts.iter().copied().filter(|prompt| group_of(prompt) == group).collect();
        let title = match (&prompt.unit, texts.provisions.get(&group)) {
            (Some(_), Some(provision)) => format!("{group}  {}", provision.title),
            _ => words.group_of(&group).to_owned(),
        };
        let heading = format!("{title}: {}", words.open(of_group.len()));
        writeln!(text, "{}", strong(&heading)).expect("a String takes any text");
        let mut unit = None;
        for prompt in of_group {
            if unit != prompt.unit.as_deref() {
                unit = prompt.unit.as_deref();
                let question = unit.and_then(|unit| texts.units.get(unit));
                for line in fold(question.map_or("", |question| &question.question), 0, 96) {
                    writeln!(text, "  {line}").expect("a String takes any text");
                }
            }
            writeln!(text, "    {}", harmless(&prompt.id)).expect("a String takes any text");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use harness::testcases::{PromptKind, Role};

    use super::*;

    fn prompt(id: &str) -> Prompt {
        let (unit, item) = id.split_once('/').unwrap();
        Prompt {
            id: id.to_owned(),
            unit: unit.contains(':').then(|| unit.to_owned()),
            item: item.to_owned(),
            state: None,
            sample: None,
            role: Role::Assessor,
            kind: PromptKind::YesNo,
            shown: Vec::new(),
            prejudgement: None,
            facts: String::new(),
        }
    }

    #[test]
    fn several_globs_narrow_and_none_takes_all() {
        let only = Only::of(Some("5.6-*, companion/*"));
        assert!(only.takes("5.6-1-1:a/Intf-1") && only.takes("companion/Intf-1"));
        assert!(!only.takes("5.5-1-1:a/ComMech-1"));
        assert!(Only::of(None).takes("5.5-1-1:a/ComMech-1"));
    }

    #[tokio::test]
    async fn what_only_leaves_out_is_neither_asked_nor_decided() {
        let script = harness::ScriptedAnswers::parse(
            "[[decision]]\nprompt = \"*\"\nanswer = \"yes\"\n[[decision]]\nprompt = \"override/5.1-1-1:a/X\"\nanswer = \"FAIL\"",
        )
        .unwrap();
        assert_eq!(script.unasked().len(), 1);
        let narrowed = Narrowed { only: Only::of(Some("companion/*")), answers: Arc::new(script) };
        assert!(narrowed.answer(&prompt("companion/X")).await.is_some());
        assert!(narrowed.answer(&prompt("5.1-1-1:a/X")).await.is_none());
        assert!(narrowed.unasked().is_empty());
    }

    #[test]
    fn the_list_is_by_provision_with_counts_and_shows_no_control_characters() {
        let prompts = [
            prompt("5.1-1-1:a/X\u{1b}[2J"),
            prompt("5.1-1-1:a/Y"),
            prompt("5.3-2-1:a/-"),
            prompt("companion/X"),
        ];
        let text = grouped(&prompts.iter().collect::<Vec<_>>(), Language::En, str::to_owned);
        let headings: Vec<&str> = text.lines().filter(|line| !line.starts_with(' ')).collect();
        assert_eq!(headings.len(), 3, "{text}");
        assert!(headings[0].starts_with("5.1-1  ") && headings[0].ends_with(": 2 open"), "{text}");
        assert!(headings[2].ends_with(": 1 open"), "{text}");
        assert!(!text.contains('\u{1b}'), "{text}");
    }
}
