//! The product is of the category that the file of the scheme is for.

use crate::judge::RestsOn;
use crate::reason::Reason;
use crate::scheme::category::{Category, Standing};
use crate::scheme::check::{Asked, Check, Checked, read};
use crate::verdict::Verdict;

/// The check.
pub static CHECK: Check =
    Check { name: "product-category", reads: |with| read::<Category>(with).map(|_| ()), judge };

fn judge(asked: &Asked<'_>) -> Checked {
    let category: Category = asked.parameters();
    match category.standing(asked) {
        Standing::Without(open) => *open,
        Standing::Within(stated) => {
            let reason = Reason::new("scheme-category-fits").with("category", stated);
            Checked::new(Verdict::Pass, RestsOn::Declared, reason).evidence(category.place(), "")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::test_asked::judged;
    use crate::test_facts::TestFacts;

    const GATEWAYS: &str = "stated_in = \"cls\"\none_of = [\"home-gateway\"]\n";
    const OTHERS: &str = "stated_in = \"cls\"\nnone_of = [\"home-gateway\"]\n";

    fn of(category: &str, with: &str) -> (Verdict, String) {
        let stated = format!("[cls]\ncategory = \"{category}\"\n");
        let checked = judged(&CHECK, &TestFacts::submitted("", &stated), with);
        (checked.verdict, checked.reason.code)
    }

    #[test]
    fn a_file_is_for_its_category_alone() {
        assert_eq!(of("home-gateway", GATEWAYS), (Verdict::Pass, "scheme-category-fits".to_owned()));
        assert_eq!(of("thermostat", GATEWAYS), (Verdict::Inconclusive, "scheme-category-other".to_owned()));
        assert_eq!(of("thermostat", OTHERS), (Verdict::Pass, "scheme-category-fits".to_owned()));
        assert_eq!(of("home-gateway", OTHERS), (Verdict::Inconclusive, "scheme-category-other".to_owned()));
    }

    #[test]
    fn a_category_that_nobody_states_passes_nothing() {
        let silent = judged(&CHECK, &TestFacts::declared(""), OTHERS);
        assert_eq!(silent.verdict, Verdict::Inconclusive);
        assert_eq!(silent.reason.code, "scheme-category-not-stated");
    }
}
