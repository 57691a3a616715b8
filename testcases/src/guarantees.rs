//! What a row is declared to be protected by. It is told twice: as the list of the standard, and as the companion
//! `guarantees`, which alone is closed.

use ixit::Row;
use ixit::companion::Guarantee;

use crate::words_in_text::folded;

/// Names of the lists of the standard, in lower case, and of their Japanese headings.
const PLAIN: &[(&str, Guarantee)] = &[
    ("integrity", Guarantee::Integrity),
    ("完全性", Guarantee::Integrity),
    ("authenticity", Guarantee::Authenticity),
    ("authenticity of origin", Guarantee::Authenticity),
    ("真正性", Guarantee::Authenticity),
    ("出所の真正性", Guarantee::Authenticity),
    ("confidentiality", Guarantee::Confidentiality),
    ("機密性", Guarantee::Confidentiality),
    ("replay protection", Guarantee::ReplayProtection),
    ("anti replay", Guarantee::ReplayProtection),
    ("リプレイ保護", Guarantee::ReplayProtection),
    ("リプレイ防止", Guarantee::ReplayProtection),
    ("リプレイ攻撃対策", Guarantee::ReplayProtection),
    ("authentication of peers", Guarantee::PeerAuthentication),
    ("peer authentication", Guarantee::PeerAuthentication),
    ("相手認証", Guarantee::PeerAuthentication),
    ("相互認証", Guarantee::PeerAuthentication),
    ("tamper resistance", Guarantee::TamperResistance),
    ("耐タンパ性", Guarantee::TamperResistance),
    ("耐タンパー性", Guarantee::TamperResistance),
    ("anti rollback", Guarantee::AntiRollback),
    ("rollback protection", Guarantee::AntiRollback),
    ("ロールバック防止", Guarantee::AntiRollback),
];

/// Whether a row is declared to be protected by something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The companion names it, and the list of the standard does not leave it out.
    Given,
    /// The companion, or a list of nothing but plain names, leaves it out.
    Lacking,
    /// There is no companion, and the list leaves it open.
    Untold,
}

/// How a guarantee stands in a row. Where companion and list disagree, the worse counts: a list of plain names is as
/// clear as the companion. A list with other words in it shows nothing.
pub fn standing(row: &Row, wanted: Guarantee) -> Standing {
    let told = &row.companions.guarantees;
    let lacking_in_list = plainly_listed(row).is_some_and(|listed| !listed.contains(&wanted));
    match (told.is_empty(), told.iter().any(|guarantee| guarantee.value == wanted)) {
        _ if lacking_in_list => Standing::Lacking,
        (true, _) => Standing::Untold,
        (false, true) => Standing::Given,
        (false, false) => Standing::Lacking,
    }
}

/// What is declared, in one line: the companion, and the list of the standard.
pub fn declared(row: &Row) -> String {
    let told: Vec<&str> =
        row.companions.guarantees.iter().map(|guarantee| guarantee.value.as_str()).collect();
    let word = |names: Vec<&str>| if names.is_empty() { "-".to_owned() } else { names.join(", ") };
    format!("{} ({})", word(told), word(row.texts("security_guarantees")))
}

/// The list of the standard, where it holds nothing but plain names.
fn plainly_listed(row: &Row) -> Option<Vec<Guarantee>> {
    let listed = row.texts("security_guarantees");
    if listed.is_empty() {
        return None;
    }
    listed.into_iter().map(plain).collect()
}

fn plain(text: &str) -> Option<Guarantee> {
    let text = folded(text).replace('-', " ");
    PLAIN.iter().find(|(name, _)| *name == text).map(|(_, guarantee)| *guarantee)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_facts::TestFacts;

    fn of(fields: &str) -> Standing {
        let ixit = format!("[[sec_param]]\nid = \"SecParam-1\"\n{fields}\n");
        let facts = TestFacts::declared(&ixit);
        let facts = facts.facts();
        standing(facts.row("SecParam-1").expect("a row").1, Guarantee::Confidentiality)
    }

    #[test]
    fn the_companion_tells_and_a_plain_list_may_take_it_back() {
        assert_eq!(of("guarantees = [\"integrity\", \"confidentiality\"]"), Standing::Given);
        assert_eq!(of("guarantees = [\"integrity\"]"), Standing::Lacking);
        let both = "guarantees = [\"integrity\", \"confidentiality\"]\nsecurity_guarantees = ";
        assert_eq!(of(&format!("{both}[\"Integrity\", \"Confidentiality\"]")), Standing::Given);
        assert_eq!(of(&format!("{both}[\"integrity\", \"tamper resistance\"]")), Standing::Lacking);
        assert_eq!(of(&format!("{both}[\"integrity\", \"nobody reads it\"]")), Standing::Given);
    }

    #[test]
    fn plain_names_are_known_in_both_languages_and_widths() {
        for list in ["[\"完全性\", \"機密性\"]", "[\"ＩＮＴＥＧＲＩＴＹ\", \"Confidentiality\"]"]
        {
            let row =
                format!("guarantees = [\"integrity\", \"confidentiality\"]\nsecurity_guarantees = {list}");
            assert_eq!(of(&row), Standing::Given, "{list}");
        }
        assert_eq!(of("security_guarantees = [\"完全性\", \"耐タンパー性\"]"), Standing::Lacking);
    }

    #[test]
    fn prose_alone_gives_nothing_and_a_plain_list_alone_can_lack() {
        assert_eq!(of(""), Standing::Untold);
        assert_eq!(of("security_guarantees = [\"integrity\", \"confidentiality\"]"), Standing::Untold);
        assert_eq!(of("security_guarantees = [\"nobody reads it\"]"), Standing::Untold);
        assert_eq!(of("security_guarantees = [\"integrity\"]"), Standing::Lacking);
    }
}
