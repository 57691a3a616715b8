//! Three-valued logic over the pass conditions of a case.

use serde::{Deserialize, Serialize};

use crate::verdict::Verdict;

/// A Boolean expression over conditions: `c1 and c2`, `c1 or (c2 and c3)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expression {
    /// A condition.
    Condition(String),
    /// All of them.
    All(Vec<Expression>),
    /// Any of them.
    Any(Vec<Expression>),
}

/// How many items have to be sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quantifier {
    /// Every item.
    All,
    /// One item is enough; FAIL only if every item fails.
    One,
}

impl Expression {
    /// Reads an expression; `and` binds closer than `or`.
    ///
    /// # Errors
    /// A message that names what was not understood.
    pub fn parse(text: &str) -> Result<Self, String> {
        let spaced = text.replace('(', " ( ").replace(')', " ) ");
        let tokens: Vec<&str> = spaced.split_whitespace().collect();
        let mut rest = tokens.as_slice();
        let expression = any(&mut rest)?;
        if rest.is_empty() {
            Ok(expression)
        } else {
            Err(format!("unexpected \"{}\" in \"{text}\"", rest[0]))
        }
    }

    /// Names of the conditions, in order of appearance.
    pub fn conditions(&self) -> Vec<&str> {
        match self {
            Self::Condition(name) => vec![name],
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::conditions).collect(),
        }
    }

    /// PASS if true, FAIL if false on shown facts, INCONCLUSIVE if an unknown decides.
    /// A condition that is N/A (its selection was empty) counts as true.
    pub fn evaluate(&self, verdict_of: &impl Fn(&str) -> Verdict) -> Verdict {
        match self {
            Self::Condition(name) => match verdict_of(name) {
                Verdict::NotApplicable | Verdict::NotClaimed | Verdict::Pass => Verdict::Pass,
                other => other,
            },
            Self::All(parts) => {
                parts.iter().map(|part| part.evaluate(verdict_of)).fold(Verdict::Pass, Ord::max)
            }
            Self::Any(parts) => parts
                .iter()
                .map(|part| part.evaluate(verdict_of))
                .reduce(Ord::min)
                .unwrap_or(Verdict::Inconclusive),
        }
    }
}

fn any(rest: &mut &[&str]) -> Result<Expression, String> {
    let mut parts = vec![all(rest)?];
    while rest.first() == Some(&"or") {
        *rest = &rest[1..];
        parts.push(all(rest)?);
    }
    Ok(if parts.len() == 1 { parts.remove(0) } else { Expression::Any(parts) })
}

fn all(rest: &mut &[&str]) -> Result<Expression, String> {
    let mut parts = vec![atom(rest)?];
    while rest.first() == Some(&"and") {
        *rest = &rest[1..];
        parts.push(atom(rest)?);
    }
    Ok(if parts.len() == 1 { parts.remove(0) } else { Expression::All(parts) })
}

fn atom(rest: &mut &[&str]) -> Result<Expression, String> {
    match rest.split_first() {
        Some((&"(", tail)) => {
            *rest = tail;
            let inner = any(rest)?;
            match rest.split_first() {
                Some((&")", tail)) => {
                    *rest = tail;
                    Ok(inner)
                }
                _ => Err("a closing bracket is missing".to_owned()),
            }
        }
        Some((name, tail))
            if name.starts_with('c') && name[1..].chars().all(|c| c.is_ascii_digit()) && name.len() > 1 =>
        {
            *rest = tail;
            Ok(Expression::Condition((*name).to_owned()))
        }
        Some((other, _)) => Err(format!("\"{other}\" is not a condition")),
        None => Err("the expression ends too early".to_owned()),
    }
}
