//! `hantei decide RUN`: a person walks the open prompts.

use harness::testcases::assess::open_prompts;
use harness::testcases::texts::{Language, Texts};
use harness::{ExitCode, RunRecord};
use serde_json::json;

use crate::Done;
use crate::cli::{Decide, Lang};
use crate::command::run;
use crate::output::{self, Failure};

/// Asks what is open, or lists it.
pub(crate) fn decide(arguments: &Decide) -> Done {
    let language = match arguments.lang {
        Lang::En => Language::En,
        Lang::Ja => Language::Ja,
    };
    if arguments.list || arguments.json {
        return list(arguments, language);
    }
    let answers = run::answers(false, arguments.from.as_deref(), arguments.person.clone(), language)?;
    let folder = arguments.run.clone();
    let outcome =
        run::drive(
            |listener, cancel| async move { harness::decide(&folder, answers, listener, cancel).await },
        )?;
    run::finish(outcome)
}

fn list(arguments: &Decide, language: Language) -> Done {
    let record = RunRecord::read(&arguments.run).map_err(Failure::of_folder)?;
    let broken = output::tell_broken(&record);
    let assessment = record.assess();
    let open = open_prompts(&assessment);
    if arguments.json {
        output::print_json(&json!({ "format": "hantei.prompts/1", "prompts": open }))?;
    } else {
        let texts = Texts::of(language);
        let mut text = String::new();
        for prompt in &open {
            let question = prompt.unit.as_deref().and_then(|unit| texts.units.get(unit));
            text.push_str(&prompt.id);
            text.push('\n');
            if let Some(question) = question {
                text.push_str(&format!("    {}\n", question.question));
            }
        }
        text.push_str(&format!("{} open\n", open.len()));
        output::print_text(&text)?;
    }
    Ok(match (broken, open.is_empty()) {
        (true, _) => ExitCode::CannotVouch,
        (false, true) => ExitCode::Pass,
        (false, false) => ExitCode::Open,
    })
}
