//! The product category that a number is meant for: a number of one category is never applied to another.

use serde::Deserialize;

use super::check::{Asked, Checked};
use crate::judge::RestsOn;
use crate::reason::Reason;
use crate::verdict::Verdict;
use ixit::Blame;

/// Key in `submission.toml` under which the supplier names the category.
const KEY: &str = "category";

/// Categories that a requirement is meant for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// Scheme whose table of `submission.toml` names the category of the product.
    pub stated_in: String,
    /// Only these; empty: every one that `none_of` does not name.
    #[serde(default)]
    pub one_of: Vec<String>,
    /// None of these.
    #[serde(default)]
    pub none_of: Vec<String>,
}

/// Whether a product is one of them.
#[derive(Clone, Debug)]
pub enum Standing {
    /// It is; the category as it is stated.
    Within(String),
    /// It is not, or nobody says: nothing is held against the product, and nothing passes.
    Without(Box<Checked>),
}

impl Category {
    /// Where the product stands.
    pub fn standing(&self, asked: &Asked<'_>) -> Standing {
        let place = self.place();
        let open = |reason: Reason| {
            let checked = Checked::new(Verdict::Inconclusive, RestsOn::Declared, reason.expected_by(&place));
            Standing::Without(Box::new(checked.blame(Blame::Documentation)))
        };
        let stated = asked.facts.declaration.submission.stated(&self.stated_in, KEY);
        let Some(stated) = stated.and_then(|stated| stated.value.as_text()) else {
            return open(Reason::new("scheme-category-not-stated").with("scheme", &self.stated_in));
        };
        let stated = stated.trim();
        let named = |list: &[String]| list.iter().any(|one| one.eq_ignore_ascii_case(stated));
        if (self.one_of.is_empty() || named(&self.one_of)) && !named(&self.none_of) {
            return Standing::Within(stated.to_owned());
        }
        open(
            Reason::new("scheme-category-other")
                .with("category", stated)
                .with("only", in_words(&self.one_of))
                .with("never", in_words(&self.none_of)),
        )
    }

    /// What stands against applying a number to the product; `None` where nothing does.
    pub fn refuses(&self, asked: &Asked<'_>) -> Option<Checked> {
        match self.standing(asked) {
            Standing::Within(_) => None,
            Standing::Without(open) => Some(*open),
        }
    }

    /// Where the category is stated.
    pub fn place(&self) -> String {
        format!("declaration:submission.toml#{}.{KEY}", self.stated_in)
    }
}

fn in_words(list: &[String]) -> String {
    if list.is_empty() { "-".to_owned() } else { list.join(", ") }
}
