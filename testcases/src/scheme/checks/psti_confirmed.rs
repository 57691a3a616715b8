//! UK PSTI: something that only the supplier can say of itself, as yes or no.

use serde::Deserialize;

use super::psti_scope;
use crate::judge::RestsOn;
use crate::reason::Reason;
use crate::scheme::check::{Asked, Check, Checked, read};
use crate::verdict::Verdict;
use ixit::Blame;

/// The check.
pub static CHECK: Check =
    Check { name: "psti-confirmed", reads: |with| read::<Parameters>(with).map(|_| ()), judge };

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {
    /// Key that has to be stated as `true`.
    key: String,
}

fn judge(asked: &Asked<'_>) -> Checked {
    let Parameters { key } = asked.parameters();
    if let Some(outside) = psti_scope::outside(asked) {
        return outside;
    }
    let place = asked.place(&key);
    match asked.stated_flag(&key) {
        None => Checked::new(Verdict::Inconclusive, RestsOn::Declared, asked.not_stated(&key))
            .blame(Blame::Documentation),
        Some(true) => {
            let reason = Reason::new("scheme-psti-confirmed").with("key", &key);
            Checked::new(Verdict::Pass, RestsOn::Declared, reason).evidence(place, "")
        }
        Some(false) => {
            let reason = Reason::new("scheme-psti-denied").with("key", &key).expected_by(&place);
            Checked::new(Verdict::Fail, RestsOn::Declared, reason)
                .blame(Blame::Documentation)
                .evidence(place, "")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::scheme;
    use crate::test_facts::TestFacts;

    #[test]
    fn yes_passes_no_fails_and_silence_is_open() {
        for (submission, verdict, code) in [
            ("[psti]\ninformation_covers_software = true\n", Verdict::Pass, "scheme-psti-confirmed"),
            ("[psti]\ninformation_covers_software = false\n", Verdict::Fail, "scheme-psti-denied"),
            ("[psti]\n", Verdict::Inconclusive, "scheme-not-stated"),
        ] {
            let facts = TestFacts::submitted("", submission);
            let with = "key = \"information_covers_software\"";
            let checked = facts.checked(&CHECK, scheme("psti").expect("the scheme"), "reporting", with);
            assert_eq!((checked.verdict, checked.reason.code.as_str()), (verdict, code));
        }
    }
}
