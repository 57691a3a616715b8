//! Questions put to a person in a terminal: what it is about, what to look at, the criterion. They
//! wait for ever; an empty line leaves the question open, `q` or the end of input all that follow.

use std::io::{BufRead, IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use harness::Answers;
use harness::testcases::prompt::Shown;
use harness::testcases::texts::{Language, Texts};
use harness::testcases::{Answer, Decision, Prompt, PromptKind, Role};

use crate::output::{Tone, paint};

/// A person at the terminal.
#[derive(Clone, Debug)]
pub(crate) struct Terminal {
    person: Arc<Person>,
}

/// Who answers, and in which language.
#[derive(Debug)]
struct Person {
    name: String,
    language: Language,
    /// Set once the person wants no further question.
    left: AtomicBool,
}

/// Words of the prompt by language.
struct Words {
    criterion: &'static str,
    look_at: &'static str,
    machine_thinks: &'static str,
    yes_or_no: &'static str,
    one_of: &'static str,
    number: &'static str,
    text: &'static str,
    open: &'static str,
    reason: &'static str,
    again: &'static str,
    companion: &'static str,
    operator: &'static str,
}

const ENGLISH: Words = Words {
    criterion: "Question",
    look_at: "Look at",
    machine_thinks: "The facts suggest",
    yes_or_no: "[y]es, [n]o, [c]annot tell",
    one_of: "one of",
    number: "a number",
    text: "text",
    open: "empty leaves it open, [q] leaves all the rest open",
    reason: "Why (empty for none)",
    again: "That is not one of the answers.",
    companion: "Do the structured data of this row say the same as its prose?",
    operator: "Has this been done?",
};

const JAPANESE: Words = Words {
    criterion: "質問",
    look_at: "確認する点",
    machine_thinks: "事実からの見込み",
    yes_or_no: "[y] はい、[n] いいえ、[c] 判断できない",
    one_of: "次のいずれか",
    number: "数値",
    text: "文字列",
    open: "空行なら未決のまま、[q] で残りをすべて未決のままにする",
    reason: "理由（なければ空行）",
    again: "その答えは選べません。",
    companion: "この行の構造化データは、文章と同じことを述べているか。",
    operator: "これを実施したか。",
};

impl Terminal {
    /// A person of that name; without one the run's own operator or assessor stands for the answer.
    pub(crate) fn new(person: Option<String>, language: Language) -> Self {
        let name = person.unwrap_or_default();
        Self { person: Arc::new(Person { name, language, left: AtomicBool::new(false) }) }
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
        let words = match self.language {
            Language::En => &ENGLISH,
            Language::Ja => &JAPANESE,
        };
        say(&text(prompt, words, self.language));
        let choices = choices(&prompt.kind, words);
        let answer = loop {
            say(&format!("{choices}; {} > ", words.open));
            let line = self.read_line()?;
            match line.trim() {
                "" => return None,
                "q" => {
                    self.left.store(true, Ordering::Relaxed);
                    return None;
                }
                line => match understood(&prompt.kind, line) {
                    Some(answer) => break answer,
                    None => say(&format!("{}\n", words.again)),
                },
            }
        };
        say(&format!("{} > ", words.reason));
        let reason = self.read_line()?.trim().to_owned();
        Some(Decision {
            prompt: prompt.id.clone(),
            answer,
            reason,
            person: self.name.clone(),
            role: prompt.role,
            date: String::new(),
            attachments: Vec::new(),
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
fn understood(kind: &PromptKind, line: &str) -> Option<Answer> {
    match (kind, line) {
        (PromptKind::YesNo, "y" | "yes" | "はい") => Some(Answer::Text("yes".into())),
        (PromptKind::YesNo, "n" | "no" | "いいえ") => Some(Answer::Text("no".into())),
        (PromptKind::YesNo, "c" | "cannot-tell") => Some(Answer::Text("cannot-tell".into())),
        (PromptKind::YesNo, _) => None,
        (PromptKind::Choice { options }, line) => {
            options.iter().find(|option| *option == line).map(|option| Answer::Text(option.clone()))
        }
        (PromptKind::Number { .. }, line) => line.parse().ok().map(Answer::Number),
        (PromptKind::Text | PromptKind::File, line) => Some(Answer::Text(line.to_owned())),
    }
}

/// What can be answered, in words.
fn choices(kind: &PromptKind, words: &Words) -> String {
    match kind {
        PromptKind::YesNo => words.yes_or_no.to_owned(),
        PromptKind::Choice { options } => format!("{}: {}", words.one_of, options.join(", ")),
        PromptKind::Number { .. } => words.number.to_owned(),
        PromptKind::Text | PromptKind::File => words.text.to_owned(),
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

/// What is shown before the answer is asked for.
fn text(prompt: &Prompt, words: &Words, language: Language) -> String {
    let texts = Texts::of(language);
    let unit = prompt.unit.as_deref().and_then(|unit| texts.units.get(unit));
    let mut out = String::from("\n");
    out.push_str(&paint(Tone::Strong, &prompt.id));
    out.push('\n');
    for Shown { label, text, .. } in &prompt.shown {
        out.push_str(&format!(
            "  {}\n{}",
            paint(Tone::Quiet, &format!("{label}:")),
            folded(&one_paragraph(text))
        ));
    }
    if let Some(unit) = unit {
        let label = paint(Tone::Quiet, &format!("{}:", words.look_at));
        out.push_str(&format!("  {label}\n{}", folded(&unit.look_at)));
    }
    if let Some(verdict) = prompt.prejudgement {
        out.push_str(&format!("  {} {verdict}\n", paint(Tone::Quiet, &format!("{}:", words.machine_thinks))));
    }
    let question = unit.map_or_else(
        || if prompt.role == Role::Operator { words.operator } else { words.companion }.to_owned(),
        |unit| unit.question.clone(),
    );
    out.push_str(&format!("  {} {question}\n", paint(Tone::Strong, &format!("{}:", words.criterion))));
    out
}

/// Lines of at most 76 characters, broken at spaces and set in. Text without spaces is left to the terminal.
fn folded(text: &str) -> String {
    const WIDTH: usize = 76;
    let mut lines: Vec<String> = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("there is always a line");
        if line.is_empty() {
            line.push_str(word);
        } else if line.chars().count() + 1 + word.chars().count() <= WIDTH {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines.iter().map(|line| format!("    {line}\n")).collect()
}

/// White space folded and control characters made visible: the text is the supplier's or the device's.
fn one_paragraph(text: &str) -> String {
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .map(|character| if character.is_control() { '\u{fffd}' } else { character })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_broken_at_spaces_and_lose_nothing() {
        let text = "word ".repeat(40);
        let folded = folded(&text);
        assert!(folded.lines().count() > 1);
        assert!(folded.lines().all(|line| line.starts_with("    ") && line.len() <= 80));
        assert_eq!(folded.split_whitespace().count(), 40);
    }

    #[test]
    fn an_answer_that_the_question_does_not_take_is_asked_again() {
        assert_eq!(understood(&PromptKind::YesNo, "y"), Some(Answer::Text("yes".into())));
        assert_eq!(understood(&PromptKind::YesNo, "maybe"), None);
        let choice = PromptKind::Choice { options: vec!["left".into(), "right".into()] };
        assert_eq!(understood(&choice, "right"), Some(Answer::Text("right".into())));
        assert_eq!(understood(&choice, "y"), None);
        assert_eq!(understood(&PromptKind::Number { unit: "s".into() }, "many"), None);
    }

    #[test]
    fn what_the_device_says_cannot_steer_the_terminal() {
        assert_eq!(one_paragraph("a\u{1b}[2Jb\n  c"), "a\u{fffd}[2Jb c");
    }
}
