//! What was spent on the device: attempts and time of each probe beside what was allowed, and what might
//! have disturbed it.

use serde::Serialize;

use crate::Spent;
use crate::words::Words;

/// One probe.
#[derive(Debug, Serialize)]
pub(crate) struct SpentLine {
    probe: String,
    observations: usize,
    attempted: u64,
    completed: u64,
    seconds: String,
    budget: String,
    disturbs: String,
    refused: bool,
}

/// The lines of the table, as the run has them.
pub(super) fn lines(words: &Words, spent: &[Spent]) -> Vec<SpentLine> {
    spent.iter().map(|one| line(words, one)).collect()
}

fn line(words: &Words, spent: &Spent) -> SpentLine {
    let disturbs: Vec<String> = spent
        .disturbs
        .iter()
        .map(|(name, agreed)| {
            let key = if *agreed { "consent-given" } else { "consent-missing" };
            words.ui(key).replace("{what}", words.ui(&format!("disturbs-{name}")))
        })
        .collect();
    SpentLine {
        probe: spent.probe.clone(),
        observations: spent.observations,
        attempted: spent.attempted,
        completed: spent.completed,
        seconds: format!("{:.1}", spent.seconds),
        budget: spent.budget_seconds.map_or_else(|| "–".to_owned(), |budget| budget.to_string()),
        refused: spent.disturbs.iter().any(|(_, agreed)| !agreed),
        disturbs: if disturbs.is_empty() { "–".to_owned() } else { disturbs.join("; ") },
    }
}

#[cfg(test)]
mod tests {
    use testcases::texts::Language;

    use super::*;

    fn spent(agreed: bool) -> Spent {
        Spent {
            probe: "http-login".to_owned(),
            observations: 2,
            attempted: 40,
            completed: 39,
            seconds: 4.26,
            budget_seconds: Some(900),
            disturbs: vec![("lock_out".to_owned(), agreed)],
        }
    }

    #[test]
    fn consent_that_was_not_given_is_said_in_both_languages() {
        for language in [Language::En, Language::Ja] {
            let words = Words::of(language);
            let lines = lines(words, &[spent(true), spent(false)]);
            assert_eq!((lines[0].refused, lines[1].refused), (false, true));
            assert_ne!(lines[0].disturbs, lines[1].disturbs);
            assert!(!lines[1].disturbs.contains("disturbs-"), "{}", lines[1].disturbs);
            assert_eq!((lines[0].seconds.as_str(), lines[0].budget.as_str()), ("4.3", "900"));
        }
    }
}
