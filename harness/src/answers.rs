//! Where answers to prompts come from. The interactive source is the command line's.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use futures::future::BoxFuture;
use serde::Deserialize;
use testcases::plan::glob_matches;
use testcases::{Answer, Decision, Note, Prompt, Role, review};

/// Answers prompts.
pub trait Answers: Send + Sync {
    /// The answer to a prompt; `None` leaves it open. Where the decision names no facts, the engine binds
    /// it to what the prompt shows. Attachments that are not `sha256:…` are files to be taken in as evidence.
    fn answer<'a>(&'a self, prompt: &'a Prompt) -> BoxFuture<'a, Option<Decision>>;

    /// Decisions that nobody asks for: `override/…`, `not-applicable/…` and `review/…`.
    fn unasked(&self) -> Vec<Decision> {
        Vec::new()
    }

    /// All decisions of a script, with ids or patterns, so that those that fit no question can be named.
    /// None for a person.
    fn scripted(&self) -> Vec<Decision> {
        Vec::new()
    }
}

/// Leaves every prompt open (`--no-input`).
#[derive(Clone, Copy, Debug, Default)]
pub struct NoAnswers;

impl Answers for NoAnswers {
    fn answer<'a>(&'a self, _prompt: &'a Prompt) -> BoxFuture<'a, Option<Decision>> {
        Box::pin(async { None })
    }
}

/// Answers from a `decisions.toml`: `[[decision]]` with `prompt`, an id or a glob such as `5.1-*/*`. The
/// exact id wins, then the first glob that matches.
#[derive(Clone, Debug, Default)]
pub struct ScriptedAnswers {
    decisions: Vec<Decision>,
    /// Places of the decisions that leave the role to the prompt.
    without_role: BTreeSet<usize>,
}

/// Why a decisions file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    /// It cannot be read.
    #[error("the decisions file cannot be read: {0}")]
    Unreadable(#[from] crate::store::StoreError),
    /// It cannot be understood.
    #[error("the decisions file {} cannot be understood: {why}", path.display())]
    NotUnderstood {
        /// The file.
        path: PathBuf,
        /// What is wrong, with line and column.
        why: String,
    },
}

/// One `[[decision]]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    prompt: String,
    answer: Answer,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    person: String,
    #[serde(default)]
    role: Option<Role>,
    #[serde(default)]
    date: String,
    #[serde(default)]
    attachments: Vec<String>,
    #[serde(default)]
    notes: BTreeMap<String, Note>,
    #[serde(default)]
    facts: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Script {
    #[serde(default)]
    decision: Vec<Entry>,
}

impl ScriptedAnswers {
    /// Reads a decisions file. Attachments are paths relative to it.
    ///
    /// # Errors
    /// It cannot be read or understood.
    pub fn read(path: &Path) -> Result<Self, ScriptError> {
        let bytes = crate::store::read_bounded(path, 16 << 20)?;
        let not_understood = |why: String| ScriptError::NotUnderstood { path: path.to_owned(), why };
        let text = String::from_utf8(bytes).map_err(|error| not_understood(error.to_string()))?;
        let mut script = Self::parse(&text).map_err(|error| not_understood(error.to_string()))?;
        let base = path.parent().unwrap_or(Path::new(""));
        let files = script.decisions.iter_mut().flat_map(|decision| {
            let noted = decision.notes.values_mut().flat_map(Note::files_mut);
            decision.attachments.iter_mut().chain(noted)
        });
        for attachment in files {
            if !attachment.starts_with("sha256:") {
                *attachment = base.join(&*attachment).display().to_string();
            }
        }
        Ok(script)
    }

    /// The same from text. Where the `role` is missing, it is the one that the prompt asks for.
    ///
    /// # Errors
    /// It cannot be understood.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        let script: Script = toml::from_str(text)?;
        let mut answers = Self::default();
        for (place, entry) in script.decision.into_iter().enumerate() {
            if entry.role.is_none() {
                answers.without_role.insert(place);
            }
            answers.decisions.push(Decision {
                role: entry.role.unwrap_or(Role::Assessor),
                prompt: entry.prompt,
                answer: entry.answer,
                reason: entry.reason,
                person: entry.person,
                date: entry.date,
                attachments: entry.attachments,
                notes: entry.notes,
                facts: entry.facts,
            });
        }
        Ok(answers)
    }

    /// Decisions in the order of the file.
    pub fn decisions(&self) -> &[Decision] {
        &self.decisions
    }

    /// Place of the decision on a prompt.
    fn find(&self, prompt: &str) -> Option<usize> {
        let exact = self.decisions.iter().position(|decision| decision.prompt == prompt);
        exact.or_else(|| self.decisions.iter().position(|decision| glob_matches(&decision.prompt, prompt)))
    }
}

impl Answers for ScriptedAnswers {
    fn answer<'a>(&'a self, prompt: &'a Prompt) -> BoxFuture<'a, Option<Decision>> {
        let decision = self.find(&prompt.id).map(|place| {
            let mut decision = self.decisions[place].clone();
            decision.prompt.clone_from(&prompt.id);
            if self.without_role.contains(&place) {
                decision.role = prompt.role;
            }
            decision
        });
        Box::pin(async move { decision })
    }

    fn unasked(&self) -> Vec<Decision> {
        self.decisions
            .iter()
            .filter(|decision| {
                !decision.prompt.contains('*')
                    && ["override/", "not-applicable/", review::PREFIX]
                        .iter()
                        .any(|kind| decision.prompt.starts_with(kind))
            })
            .cloned()
            .collect()
    }

    fn scripted(&self) -> Vec<Decision> {
        self.decisions.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exact_id_wins_then_the_first_glob() {
        let script = ScriptedAnswers::parse(
            r#"
            [[decision]]
            prompt = "5.1-*/*"
            answer = "yes"
            [[decision]]
            prompt = "*"
            answer = "cannot-tell"
            role = "reviewer"
            [[decision]]
            prompt = "5.1-1-1:a/AuthMech-1"
            answer = "no"
            facts = "sha256:0"
            "#,
        )
        .unwrap();
        let answer = |prompt| script.decisions()[script.find(prompt).unwrap()].answer.as_text();
        assert_eq!(answer("5.1-1-1:a/AuthMech-1"), "no");
        assert_eq!(answer("5.1-1-1:a/AuthMech-2"), "yes");
        assert_eq!(answer("companion/AuthMech-2"), "cannot-tell");
        assert_eq!(script.without_role, BTreeSet::from([0, 2]));
    }

    #[test]
    fn an_unknown_key_is_refused() {
        assert!(
            ScriptedAnswers::parse("[[decision]]\nprompt = \"a\"\nanswer = \"yes\"\nfact = \"x\"").is_err()
        );
    }

    #[test]
    fn overrides_need_no_prompt() {
        let script = ScriptedAnswers::parse(
            "[[decision]]\nprompt = \"override/5.1-1-1:a/X\"\nanswer = \"PASS\"\nreason = \"seen by hand\"",
        )
        .unwrap();
        assert_eq!(script.unasked().len(), 1);
    }
}
