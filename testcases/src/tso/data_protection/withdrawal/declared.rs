//! How consent is declared to be withdrawn.

use crate::assisted::{Look, companions, each_row};
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::judge::ItemResult;
use crate::reason::Reason;
use crate::verdict::Verdict;

/// 6-3-1 a: consent is withdrawn at any time, by configuring device and service. A withdrawal that is bound to times, or
/// that leaves out a place where the data are kept, contradicts that by the word of the supplier; whether the description
/// suffices is for a person.
pub(super) fn consent_can_be_withdrawn_at_any_time(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let row = item.row;
        let withdrawal = row.companions.withdrawal.as_ref().map(|withdrawal| &withdrawal.value);
        let reason = |code: &str| Reason::new(code).with("row", &row.id).expected_by("criterion");
        let described = row.text("withdrawing_consent").is_some();
        let Some(withdrawal) = withdrawal else {
            if !described {
                let reason = reason("withdrawal-not-described");
                return Look::Contradiction { reason, shown_by: "withdrawing_consent" };
            }
            return Look::question(item, &["stored_on"], None);
        };
        if withdrawal.any_time == Some(false) {
            return Look::Contradiction {
                reason: reason("withdrawal-not-at-any-time"),
                shown_by: "withdrawal",
            };
        }
        let stored: Vec<&str> = row.companions.stored_on.iter().map(|place| place.value.as_str()).collect();
        let left_out: Vec<&str> = stored
            .iter()
            .copied()
            .filter(|place| !withdrawal.places.iter().any(|offered| offered == place))
            .collect();
        if !withdrawal.places.is_empty() && !left_out.is_empty() {
            let reason = reason("withdrawal-leaves-out-a-place")
                .with("places", withdrawal.places.join(", "))
                .with("missing", left_out.join(", "));
            return Look::Contradiction { reason, shown_by: "withdrawal" };
        }
        let whole = withdrawal.any_time == Some(true)
            && !withdrawal.places.is_empty()
            && !stored.is_empty()
            && described;
        let prejudgement = if whole {
            Some(Verdict::Pass)
        } else if described {
            None
        } else {
            Some(Verdict::Fail)
        };
        Look::Question { shown: companions(item, &["withdrawal", "stored_on"]), prejudgement }
    })
}

#[cfg(test)]
#[path = "declared_tests.rs"]
mod tests;
