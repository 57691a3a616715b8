//! Verdicts and how they join.

use serde::{Deserialize, Serialize};

/// Verdict of an item, unit, case, group or assessment. The order is the one of "worst of".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Verdict {
    /// Not applicable: nothing was to be assessed.
    #[serde(rename = "N/A")]
    NotApplicable,
    /// A recommendation that the supplier does not claim; its justification is judged in 4-1.
    #[serde(rename = "NOT-CLAIMED")]
    NotClaimed,
    /// Fulfilled.
    #[serde(rename = "PASS")]
    Pass,
    /// Neither could be established.
    #[serde(rename = "INCONCLUSIVE")]
    Inconclusive,
    /// Not fulfilled.
    #[serde(rename = "FAIL")]
    Fail,
}

impl Verdict {
    /// As printed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotApplicable => "N/A",
            Self::NotClaimed => "NOT-CLAIMED",
            Self::Pass => "PASS",
            Self::Inconclusive => "INCONCLUSIVE",
            Self::Fail => "FAIL",
        }
    }

    /// Joins results of the same unit and item: a later result never improves an earlier one.
    pub fn worst(self, other: Self) -> Self {
        self.max(other)
    }

    /// Worst of many; N/A if there are none.
    pub fn worst_of(verdicts: impl IntoIterator<Item = Self>) -> Self {
        verdicts.into_iter().fold(Self::NotApplicable, Self::worst)
    }
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_verdict() -> impl Strategy<Value = Verdict> {
        prop_oneof![
            Just(Verdict::Fail),
            Just(Verdict::Inconclusive),
            Just(Verdict::Pass),
            Just(Verdict::NotApplicable)
        ]
    }

    #[test]
    fn the_order_is_fail_inconclusive_pass_not_applicable() {
        assert!(Verdict::Fail > Verdict::Inconclusive);
        assert!(Verdict::Inconclusive > Verdict::Pass);
        assert!(Verdict::Pass > Verdict::NotApplicable);
        assert_eq!(Verdict::worst_of([]), Verdict::NotApplicable);
    }

    proptest! {
        #[test]
        fn joining_is_commutative_associative_and_never_improves(a in any_verdict(), b in any_verdict(), c in any_verdict()) {
            prop_assert_eq!(a.worst(b), b.worst(a));
            prop_assert_eq!(a.worst(b).worst(c), a.worst(b.worst(c)));
            prop_assert_eq!(a.worst(a), a);
            prop_assert!(a.worst(b) >= a);
        }
    }
}
