//! UK PSTI, Schedule 1, paragraph 1(1)(c): passwords of software that has to be installed for the product to be used as
//! intended, such as its app. The units of the standard do not look at apps, so this is the supplier's word.

use serde::Deserialize;

use super::psti_scope;
use crate::judge::RestsOn;
use crate::reason::Reason;
use crate::scheme::check::{Asked, Check, Checked, read};
use crate::verdict::Verdict;
use ixit::Blame;

/// The check.
pub static CHECK: Check =
    Check { name: "psti-app-passwords", reads: |with| read::<Parameters>(with).map(|_| ()), judge };

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {}

/// Whether such software is needed.
const NEEDED: &str = "app_needed";
/// What its passwords are.
const PASSWORDS: &str = "app_passwords";
const ALLOWED: &[&str] = &["none", "user-defined", "unique", "preset"];

fn judge(asked: &Asked<'_>) -> Checked {
    let Parameters {} = asked.parameters();
    if let Some(outside) = psti_scope::outside(asked) {
        return outside;
    }
    let open =
        |reason| Checked::new(Verdict::Inconclusive, RestsOn::Declared, reason).blame(Blame::Documentation);
    let (key, verdict, code) = match (asked.stated_flag(NEEDED), asked.stated_text(PASSWORDS)) {
        (None, _) => return open(asked.not_stated(NEEDED)),
        (Some(false), _) => (NEEDED, Verdict::Pass, "scheme-psti-no-app-needed"),
        (Some(true), None) => return open(asked.not_stated(PASSWORDS)),
        (Some(true), Some("preset")) => (PASSWORDS, Verdict::Fail, "scheme-psti-app-password-preset"),
        (Some(true), Some(stated)) if ALLOWED.contains(&stated) => {
            (PASSWORDS, Verdict::Pass, "scheme-psti-app-passwords-in-order")
        }
        (Some(true), Some(stated)) => {
            let reason = Reason::new("scheme-psti-not-understood")
                .with("key", PASSWORDS)
                .with("stated", stated)
                .with("allowed", ALLOWED.join(", "))
                .expected_by(asked.place(PASSWORDS));
            return open(reason);
        }
    };
    let stated = asked.stated_text(PASSWORDS).unwrap_or_default();
    let reason = Reason::new(code).with("stated", stated).expected_by(asked.place(key));
    let checked = Checked::new(verdict, RestsOn::Declared, reason).evidence(asked.place(key), "");
    if verdict == Verdict::Fail { checked.blame(Blame::Device) } else { checked }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::scheme;
    use crate::test_facts::TestFacts;

    fn checked(submission: &str) -> (Verdict, String) {
        let psti = scheme("psti").expect("the scheme");
        let checked = TestFacts::submitted("", submission).checked(&CHECK, psti, "passwords", "");
        (checked.verdict, checked.reason.code)
    }

    #[test]
    fn the_passwords_of_an_app_that_is_needed_are_the_users_own() {
        let own = "[psti]\napp_needed = true\napp_passwords = \"user-defined\"\n";
        assert_eq!(checked(own), (Verdict::Pass, "scheme-psti-app-passwords-in-order".to_owned()));
        let preset = own.replace("user-defined", "preset");
        assert_eq!(checked(&preset), (Verdict::Fail, "scheme-psti-app-password-preset".to_owned()));
        let odd = own.replace("user-defined", "good");
        assert_eq!(checked(&odd), (Verdict::Inconclusive, "scheme-psti-not-understood".to_owned()));
    }

    #[test]
    fn silence_about_the_app_leaves_it_open() {
        for submission in ["[psti]\n", "[psti]\napp_needed = true\n"] {
            assert_eq!(checked(submission), (Verdict::Inconclusive, "scheme-not-stated".to_owned()));
        }
        let none = checked("[psti]\napp_needed = false\n");
        assert_eq!(none, (Verdict::Pass, "scheme-psti-no-app-needed".to_owned()));
    }
}
