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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn verdict() -> impl Strategy<Value = Verdict> {
        prop_oneof![
            Just(Verdict::Fail),
            Just(Verdict::Inconclusive),
            Just(Verdict::Pass),
            Just(Verdict::NotApplicable),
            Just(Verdict::NotClaimed)
        ]
    }

    fn over(text: &str, verdicts: &[Verdict]) -> Verdict {
        let expression = Expression::parse(text).expect("a valid expression");
        expression.evaluate(&|name| verdicts[name[1..].parse::<usize>().expect("cN") - 1])
    }

    #[test]
    fn the_one_disjunction_of_the_standard_is_read_with_its_brackets() {
        let text = "c1 or (c2 and c3 and c4)";
        let (pass, fail, open) = (Verdict::Pass, Verdict::Fail, Verdict::Inconclusive);
        assert_eq!(over(text, &[pass, fail, fail, fail]), pass);
        assert_eq!(over(text, &[fail, pass, pass, pass]), pass);
        assert_eq!(over(text, &[fail, pass, fail, pass]), fail);
        assert_eq!(over(text, &[open, pass, fail, pass]), open);
        assert_eq!(over(text, &[fail, pass, open, pass]), open);
        assert_eq!(over(text, &[pass, open, open, open]), pass);
    }

    #[test]
    fn bad_expressions_are_refused_by_name() {
        for text in ["", "c1 and", "c1 c2", "(c1", "c1)", "x1", "c", "c1 or or c2"] {
            assert!(Expression::parse(text).is_err(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn a_conjunction_is_the_worst_of_its_parts(verdicts in proptest::collection::vec(verdict(), 1..6)) {
            let text = (1..=verdicts.len()).map(|n| format!("c{n}")).collect::<Vec<_>>().join(" and ");
            let expected = verdicts.iter().copied().fold(Verdict::Pass, |worst, verdict| match verdict {
                Verdict::Fail | Verdict::Inconclusive => worst.max(verdict),
                _ => worst,
            });
            prop_assert_eq!(over(&text, &verdicts), expected);
        }

        #[test]
        fn a_worse_condition_never_improves_a_case(
            mut verdicts in proptest::collection::vec(verdict(), 4),
            index in 0_usize..4,
            other in verdict(),
        ) {
            // Not applicable and not claimed count as fulfilled, so they are no worse than PASS.
            let rank = |verdict: Verdict| if verdict < Verdict::Pass { Verdict::Pass } else { verdict };
            for text in ["c1 and c2 and c3 and c4", "c1 or (c2 and c3 and c4)", "(c1 or c2) and (c3 or c4)"] {
                let before = over(text, &verdicts);
                let old = verdicts[index];
                if rank(other) >= rank(old) {
                    verdicts[index] = other;
                    prop_assert!(over(text, &verdicts) >= before);
                    verdicts[index] = old;
                }
            }
        }

        #[test]
        fn an_unknown_condition_decides_only_where_it_matters(verdicts in proptest::collection::vec(verdict(), 4)) {
            // Whatever the unknowns turn out to be, a firm verdict stays what it is.
            let text = "c1 or (c2 and c3 and c4)";
            let firm = over(text, &verdicts);
            if firm != Verdict::Inconclusive {
                for settled in [Verdict::Pass, Verdict::Fail] {
                    let known: Vec<Verdict> =
                        verdicts.iter().map(|v| if *v == Verdict::Inconclusive { settled } else { *v }).collect();
                    prop_assert_eq!(over(text, &known), firm);
                }
            }
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[c0-9 ()andor]{0,40}") {
            let _ = Expression::parse(&text);
        }
    }
}
