//! Questions put to a person in a terminal: what it is about, what to look at, the criterion. They
//! wait for ever; an empty line leaves the question open.

use std::io::{BufRead, IsTerminal, Write};

use harness::Answers;
use harness::testcases::prompt::Shown;
use harness::testcases::texts::{Language, Texts};
use harness::testcases::{Answer, Decision, Prompt, PromptKind, Role};

use crate::output::{Tone, paint};

/// A person at the terminal.
#[derive(Debug)]
pub(crate) struct Terminal {
    person: String,
    language: Language,
}

/// Words of the prompt by language.
struct Words {
    criterion: &'static str,
    look_at: &'static str,
    machine_thinks: &'static str,
    answer: &'static str,
    reason: &'static str,
    again: &'static str,
    companion: &'static str,
    operator: &'static str,
}

const ENGLISH: Words = Words {
    criterion: "Question",
    look_at: "Look at",
    machine_thinks: "The facts suggest",
    answer: "[y]es, [n]o, [c]annot tell; empty leaves it open",
    reason: "Why (empty for none)",
    again: "Please answer y, n or c, or leave the line empty.",
    companion: "Do the structured data of this row say the same as its prose?",
    operator: "Has this been done?",
};

const JAPANESE: Words = Words {
    criterion: "質問",
    look_at: "確認する点",
    machine_thinks: "事実からの見込み",
    answer: "[y] はい、[n] いいえ、[c] 判断できない。空行なら未決のまま",
    reason: "理由（なければ空行）",
    again: "y、n、c のいずれか、または空行で答えてください。",
    companion: "この行の構造化データは、文章と同じことを述べているか。",
    operator: "これを実施したか。",
};

impl Terminal {
    /// A person of that name.
    pub(crate) fn new(person: Option<String>, language: Language) -> Self {
        Self { person: person.unwrap_or_else(|| std::env::var("USER").unwrap_or_default()), language }
    }

    /// Whether there is a person who could answer.
    pub(crate) fn has_person() -> bool {
        std::io::stdin().is_terminal()
    }

    fn put(&self, prompt: &Prompt) -> Option<Decision> {
        let words = match self.language {
            Language::En => &ENGLISH,
            Language::Ja => &JAPANESE,
        };
        let mut stderr = std::io::stderr().lock();
        write!(stderr, "{}", text(prompt, words, self.language)).ok()?;
        let answer = loop {
            write!(stderr, "{} > ", words.answer).ok()?;
            stderr.flush().ok()?;
            let line = read_line()?;
            let answer = match (&prompt.kind, line.trim()) {
                (_, "") => return None,
                (PromptKind::YesNo, "y" | "yes" | "はい") => Some(Answer::Text("yes".into())),
                (PromptKind::YesNo, "n" | "no" | "いいえ") => Some(Answer::Text("no".into())),
                (PromptKind::YesNo, "c" | "cannot-tell") => Some(Answer::Text("cannot-tell".into())),
                (PromptKind::YesNo, _) => None,
                (PromptKind::Choice { options }, text) => {
                    options.iter().find(|option| *option == text).map(|option| Answer::Text(option.clone()))
                }
                (PromptKind::Number { .. }, text) => text.parse().ok().map(Answer::Number),
                (PromptKind::Text | PromptKind::File, text) => Some(Answer::Text(text.to_owned())),
            };
            match answer {
                Some(answer) => break answer,
                None => writeln!(stderr, "{}", words.again).ok()?,
            }
        };
        write!(stderr, "{} > ", words.reason).ok()?;
        stderr.flush().ok()?;
        let reason = read_line()?.trim().to_owned();
        Some(Decision {
            prompt: prompt.id.clone(),
            answer,
            reason,
            person: self.person.clone(),
            role: prompt.role,
            date: String::new(),
            attachments: Vec::new(),
            facts: prompt.facts.clone(),
        })
    }
}

impl Answers for Terminal {
    fn answer<'a>(
        &'a self,
        prompt: &'a Prompt,
    ) -> std::pin::Pin<Box<dyn Future<Output = Option<Decision>> + Send + 'a>> {
        // Reading a line blocks; the engine has nothing else to do while a person thinks.
        Box::pin(async move { self.put(prompt) })
    }
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
        out.push_str(&format!("  {} {}\n", paint(Tone::Quiet, &format!("{label}:")), one_paragraph(text)));
    }
    if let Some(unit) = unit {
        out.push_str(&format!("  {} {}\n", paint(Tone::Quiet, &format!("{}:", words.look_at)), unit.look_at));
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
    fn what_the_device_says_cannot_steer_the_terminal() {
        assert_eq!(one_paragraph("a\u{1b}[2Jb\n  c"), "a\u{fffd}[2Jb c");
    }
}
