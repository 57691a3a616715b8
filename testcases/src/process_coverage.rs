//! What the processes of a table cover together (companion `covers`), against a closed list.

use std::collections::BTreeMap;

use crate::selection::Item;

/// Topics, each with the rows that cover it.
pub struct Coverage<'a> {
    wanted: &'static [&'static str],
    covered: BTreeMap<&'a str, Vec<&'a str>>,
    /// Rows that say in prose only what they cover.
    pub silent: Vec<&'a str>,
}

impl<'a> Coverage<'a> {
    /// Of all rows together.
    pub fn of(items: &[Item<'a>], wanted: &'static [&'static str]) -> Self {
        let mut covered: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let mut silent = Vec::new();
        for item in items {
            let row = item.row;
            for topic in &row.companions.covers {
                covered.entry(&topic.value).or_default().push(&row.id);
            }
            if row.companions.covers.is_empty() {
                silent.push(row.id.as_str());
            }
        }
        Self { wanted, covered, silent }
    }

    /// Topics of the list that no row names, in their order.
    pub fn missing(&self) -> Vec<&'static str> {
        self.wanted.iter().copied().filter(|topic| !self.covered.contains_key(topic)).collect()
    }

    /// Whether some row names the topic.
    pub fn names(&self, topic: &str) -> bool {
        self.covered.contains_key(topic)
    }

    /// Each topic of the list with the rows that name it, as one line.
    pub fn matrix(&self) -> String {
        let lines: Vec<String> = self
            .wanted
            .iter()
            .map(|topic| match self.covered.get(topic) {
                Some(rows) => format!("{topic}: {}", rows.join(", ")),
                None => format!("{topic}: not named"),
            })
            .collect();
        lines.join("; ")
    }
}
