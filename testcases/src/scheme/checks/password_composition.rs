//! Passwords have the least length and the kinds of characters that the scheme asks, those that the user chooses as well
//! as pre-installed ones.

use serde::Deserialize;

use crate::judge::RestsOn;
use crate::password_strength::policy::classes;
use crate::reason::Reason;
use crate::scheme::category::Category;
use crate::scheme::check::{Asked, Check, Checked, read};
use crate::scheme::several::Several;
use crate::verdict::Verdict;
use ixit::companion::FactorKind;
use ixit::{Blame, Row, located::Value};
use probes::EvidenceRef;

/// The check.
pub static CHECK: Check =
    Check { name: "password-composition", reads: |with| read::<Parameters>(with).map(|_| ()), judge };

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {
    /// Least length in characters.
    least_length: u32,
    /// The same for pre-installed passwords, where it differs.
    #[serde(default)]
    least_length_drawn: Option<u32>,
    /// Least number of kinds of characters: small, capital, digits, others; 0 to 4.
    #[serde(default)]
    least_classes: usize,
    /// Key under which the supplier states how many kinds the device insists on where the user chooses.
    #[serde(default)]
    classes_stated: Option<String>,
    #[serde(default)]
    only_for: Option<Category>,
}

/// What is known of a password.
struct Known {
    /// Field that tells it.
    field: &'static str,
    length: Option<u32>,
    least: u32,
    classes: Option<usize>,
}

fn judge(asked: &Asked<'_>) -> Checked {
    let parameters: Parameters = asked.parameters();
    if let Some(refused) = parameters.only_for.as_ref().and_then(|category| category.refuses(asked)) {
        return refused;
    }
    let rows = asked.facts.declaration.ixit.rows("auth_mech").iter().filter(|row| !row.observed_only);
    let mut found = Several::default();
    for row in rows {
        let Some(factor) = row.companions.factor.as_ref().map(|factor| &factor.value) else {
            found.adds(not_told(row, "factor"));
            continue;
        };
        if factor.kind != FactorKind::Password {
            continue;
        }
        match (factor.user_defined, factor.pre_installed) {
            (Some(chosen), Some(drawn)) if chosen || drawn => {
                let chosen = chosen.then(|| by_the_user(asked, &parameters, row));
                let drawn = drawn.then(|| pre_installed(&parameters, row));
                for known in chosen.into_iter().chain(drawn) {
                    hold(asked, &parameters, row, &known, &mut found);
                }
            }
            _ => found.adds(not_told(row, "factor")),
        }
    }
    if found.is_empty() {
        return Checked::new(Verdict::NotApplicable, RestsOn::Declared, Reason::new("scheme-no-password"));
    }
    let reason = Reason::new("scheme-password-composed")
        .with("least", parameters.least_length)
        .with("classes", parameters.least_classes);
    found.checked(RestsOn::Declared, reason)
}

fn by_the_user(asked: &Asked<'_>, parameters: &Parameters, row: &Row) -> Known {
    let submission = &asked.facts.declaration.submission;
    let stated = parameters.classes_stated.as_ref().and_then(|key| {
        match submission.stated(&asked.scheme.name, key)?.value {
            Value::Number(number) => usize::try_from(number).ok(),
            _ => None,
        }
    });
    let set_up = row.companions.set_up.as_ref();
    Known {
        field: "set_up",
        length: set_up.and_then(|set_up| set_up.value.least_length),
        least: parameters.least_length,
        classes: stated,
    }
}

fn pre_installed(parameters: &Parameters, row: &Row) -> Known {
    let generation = row.companions.generation.as_ref().map(|generation| &generation.value);
    Known {
        field: "generation",
        length: generation.and_then(|generation| generation.length),
        least: parameters.least_length_drawn.unwrap_or(parameters.least_length),
        classes: generation.and_then(|generation| generation.alphabet.as_deref()).map(classes),
    }
}

fn hold(asked: &Asked<'_>, parameters: &Parameters, row: &Row, known: &Known, found: &mut Several) {
    let reference = row.reference("auth_mech", known.field);
    let failed = |code: &str, actual: String| {
        let reason = Reason::new(code)
            .with("row", &row.id)
            .with("least", known.least)
            .with("classes", parameters.least_classes)
            .with("found", actual)
            .expected_by(format!("scheme:{}#{}", asked.scheme.name, asked.requirement.id));
        let checked = Checked::new(Verdict::Fail, RestsOn::Declared, reason);
        checked.blame(Blame::DeviceOrDocumentation).evidence(&reference, "")
    };
    if let Some(length) = known.length.filter(|length| *length < known.least) {
        return found.adds(failed("scheme-password-too-short", length.to_string()));
    }
    if let Some(classes) = known.classes.filter(|classes| *classes < parameters.least_classes) {
        return found.adds(failed("scheme-password-too-uniform", classes.to_string()));
    }
    let classes = if parameters.least_classes == 0 { Some(0) } else { known.classes };
    match known.length.zip(classes) {
        None => found.adds(not_told(row, known.field)),
        Some((length, _)) => {
            let evidence = EvidenceRef { reference, at: String::new() };
            found.passes(format!("{}: {length}", row.id), [evidence]);
        }
    }
}

fn not_told(row: &Row, field: &str) -> Checked {
    let reason = Reason::new("scheme-password-not-told").with("row", &row.id).with("field", field);
    let reason = reason.expected_by(row.reference("auth_mech", field));
    Checked::new(Verdict::Inconclusive, RestsOn::Declared, reason).blame(Blame::Documentation)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::test_asked::judged;
    use crate::test_facts::TestFacts;

    const WITH: &str = "least_length = 10\nleast_classes = 2\nclasses_stated = \"enforced\"\n";

    fn chosen(length: u32, stated: &str) -> (Verdict, String) {
        let ixit = format!(
            "[[auth_mech]]\nid = \"Login\"\nfactor = {{ kind = \"password\", user_defined = true, pre_installed = false }}\n\
             set_up = {{ path = \"/setup\", password_field = \"new\", least_length = {length} }}\n"
        );
        let checked = judged(&CHECK, &TestFacts::submitted(&ixit, stated), WITH);
        (checked.verdict, checked.reason.code)
    }

    fn drawn(length: u32, alphabet: &str) -> (Verdict, String) {
        let facts = TestFacts::declared(&format!(
            "[[auth_mech]]\nid = \"Label\"\nfactor = {{ kind = \"password\", user_defined = false, pre_installed = true }}\n\
             generation = {{ inputs = [\"random\"], length = {length}, alphabet = \"{alphabet}\" }}\n"
        ));
        let checked = judged(&CHECK, &facts, WITH);
        (checked.verdict, checked.reason.code)
    }

    #[test]
    fn a_chosen_password_has_ten_characters_of_two_kinds() {
        // Applied by a made-up scheme of this name.
        let two = "[made]\nenforced = 2\n";
        assert_eq!(chosen(10, two), (Verdict::Pass, "scheme-password-composed".to_owned()));
        assert_eq!(chosen(9, two), (Verdict::Fail, "scheme-password-too-short".to_owned()));
        let one = chosen(10, "[made]\nenforced = 1\n");
        assert_eq!(one, (Verdict::Fail, "scheme-password-too-uniform".to_owned()));
        assert_eq!(chosen(10, ""), (Verdict::Inconclusive, "scheme-password-not-told".to_owned()));
    }

    #[test]
    fn a_pre_installed_password_is_held_to_the_same() {
        assert_eq!(drawn(10, "abc123"), (Verdict::Pass, "scheme-password-composed".to_owned()));
        assert_eq!(drawn(8, "abc123"), (Verdict::Fail, "scheme-password-too-short".to_owned()));
        assert_eq!(drawn(10, "0123456789"), (Verdict::Fail, "scheme-password-too-uniform".to_owned()));
    }

    #[test]
    fn a_pin_is_no_password() {
        let pin = TestFacts::declared("[[auth_mech]]\nid = \"Pin\"\nfactor = { kind = \"pin\" }\n");
        assert_eq!(judged(&CHECK, &pin, WITH).verdict, Verdict::NotApplicable);
    }
}
