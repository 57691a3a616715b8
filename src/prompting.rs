//! Questions put to a person in a terminal. They wait for ever; an empty line leaves the question open, `q`
//! or the end of input all that follow.

mod page;
mod procedure;
mod wording;

use std::io::{BufRead, IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use harness::Answers;
use harness::ixit::Declaration;
use harness::testcases::texts::Language;
use harness::testcases::{Answer, Decision, Prompt, PromptKind};

use self::page::kind_of;
pub(crate) use self::page::{Ground, Page, provision_of};
pub(crate) use self::procedure::Guide;
pub(crate) use self::wording::Words;
use crate::folding::{columns, fold};

/// A person at the terminal.
#[derive(Clone, Debug)]
pub(crate) struct Terminal {
    person: Arc<Person>,
}

/// Who answers, in which language, and how far it is.
#[derive(Debug)]
struct Person {
    name: String,
    language: Language,
    ground: Ground,
    /// How many questions were open at the beginning, where that is known.
    open: Option<usize>,
    /// How many were put.
    put: AtomicUsize,
    /// Set once the person wants no further question.
    left: AtomicBool,
}

impl Terminal {
    /// A person of that name; without one the run's own operator or assessor stands for the answer.
    pub(crate) fn new(person: Option<String>, language: Language) -> Self {
        Self::with(person, language, Ground::default(), None)
    }

    /// The same, who answers `open` questions on a declaration.
    pub(crate) fn on(
        declaration: &Declaration,
        open: usize,
        person: Option<String>,
        language: Language,
    ) -> Self {
        Self::with(person, language, Ground::of(declaration), Some(open))
    }

    fn with(person: Option<String>, language: Language, ground: Ground, open: Option<usize>) -> Self {
        let name = person.unwrap_or_default();
        let (put, left) = (AtomicUsize::new(0), AtomicBool::new(false));
        Self { person: Arc::new(Person { name, language, ground, open, put, left }) }
    }

    /// Whether there is a person with a screen that can be filled.
    pub(crate) fn has_screen() -> bool {
        let dumb = std::env::var_os("TERM").is_none_or(|kind| kind == "dumb");
        Self::has_person() && std::io::stdout().is_terminal() && !dumb
    }

    /// Whether there is a person who could answer.
    pub(crate) fn has_person() -> bool {
        std::io::stdin().is_terminal()
    }
}

impl Answers for Terminal {
    fn answer<'a>(
        &'a self,
        prompt: &'a Prompt,
    ) -> std::pin::Pin<Box<dyn Future<Output = Option<Decision>> + Send + 'a>> {
        let person = Arc::clone(&self.person);
        let prompt = prompt.clone();
        // Reading a line blocks; on a thread of its own it does not keep Ctrl-C from stopping the run.
        Box::pin(async move { tokio::task::spawn_blocking(move || person.put(&prompt)).await.ok().flatten() })
    }
}

impl Person {
    fn put(&self, prompt: &Prompt) -> Option<Decision> {
        if self.left.load(Ordering::Relaxed) {
            return None;
        }
        let number = self.put.fetch_add(1, Ordering::Relaxed) + 1;
        let words = Words::of(self.language);
        let page = Page {
            prompt,
            ground: &self.ground,
            language: self.language,
            // An answer may open further questions.
            number: (number, self.open.map(|open| open.max(number))),
            columns: columns(),
            coloured: true,
        };
        say(&page.text());
        let asked = format!("{}{} >", words.choices(&prompt.kind), words.ways_out());
        let asked = fold(&asked, 0, columns() - 2).join("\n");
        let answer = loop {
            say(&format!("{asked} "));
            let line = self.read_line()?;
            match line.trim() {
                "" => return None,
                "q" | "Q" | "ｑ" => {
                    self.left.store(true, Ordering::Relaxed);
                    return None;
                }
                line => match understood(&prompt.kind, line) {
                    Some(answer) => break answer,
                    None => say(&format!("{}\n", words.again())),
                },
            }
        };
        let kind = kind_of(&prompt.id);
        let yes = answer.as_text() == "yes";
        // What was done is done; the run goes on.
        let reason = if kind == "action" && yes {
            String::new()
        } else {
            say(&format!("{} > ", words.reason(kind == "not-applicable" && yes)));
            self.read_line()?.trim().to_owned()
        };
        let notes = match Guide::of(self.ground.edition, prompt, words) {
            Some(guide) => guide.ask(words, yes, &say, &|| self.read_line())?,
            None => std::collections::BTreeMap::new(),
        };
        Some(Decision {
            prompt: prompt.id.clone(),
            answer,
            reason,
            person: self.name.clone(),
            role: prompt.role,
            date: String::new(),
            attachments: Vec::new(),
            notes,
            facts: prompt.facts.clone(),
        })
    }

    /// The next line; at the end of input the person has left.
    fn read_line(&self) -> Option<String> {
        let line = read_line();
        if line.is_none() {
            self.left.store(true, Ordering::Relaxed);
        }
        line
    }
}

/// The answer that a line gives, if it is one that the question takes.
pub(crate) fn understood(kind: &PromptKind, line: &str) -> Option<Answer> {
    match kind {
        PromptKind::YesNo => {
            let answer = match line.to_lowercase().as_str() {
                "y" | "yes" | "ｙ" | "はい" => "yes",
                "n" | "no" | "ｎ" | "いいえ" => "no",
                "c" | "cannot-tell" | "cannot tell" | "ｃ" | "判断できない" => "cannot-tell",
                _ => return None,
            };
            Some(Answer::Text(answer.into()))
        }
        PromptKind::Choice { options } => {
            options.iter().find(|option| *option == line).map(|option| Answer::Text(option.clone()))
        }
        PromptKind::Number { .. } => line.parse().ok().map(Answer::Number),
        PromptKind::Text | PromptKind::File => Some(Answer::Text(line.to_owned())),
    }
}

/// Writes to stderr without keeping it locked while a person thinks.
fn say(text: &str) {
    let mut stderr = std::io::stderr().lock();
    stderr.write_all(text.as_bytes()).ok();
    stderr.flush().ok();
}

fn read_line() -> Option<String> {
    let mut line = String::new();
    match std::io::stdin().lock().read_line(&mut line) {
        Ok(0) | Err(_) => None,
        Ok(_) => Some(line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_the_question_does_not_take_is_asked_again() {
        assert_eq!(understood(&PromptKind::YesNo, "y"), Some(Answer::Text("yes".into())));
        assert_eq!(understood(&PromptKind::YesNo, "No"), Some(Answer::Text("no".into())));
        assert_eq!(understood(&PromptKind::YesNo, "ｃ"), Some(Answer::Text("cannot-tell".into())));
        assert_eq!(understood(&PromptKind::YesNo, "maybe"), None);
        let choice = PromptKind::Choice { options: vec!["left".into(), "right".into()] };
        assert_eq!(understood(&choice, "right"), Some(Answer::Text("right".into())));
        assert_eq!(understood(&choice, "y"), None);
        assert_eq!(understood(&PromptKind::Number { unit: "s".into() }, "many"), None);
    }
}
