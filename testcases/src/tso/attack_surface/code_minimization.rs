//! 5.6-6: code is cut down to what the device needs.

use crate::assisted::{Look, each_row, required};
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::judge::{By, Group, ItemResult, Judge};
use crate::software_seen;
use crate::verdict::Verdict;
use crate::words_in_text::{Stands, stands};

/// 5.6-6.
pub static GROUP: Group = Group {
    id: "5.6-6",
    judges: &[Judge {
        unit: "5.6-6-1:a",
        by: By::Assisted,
        machine_can: &[Verdict::Fail],
        needs: &[software_seen::PROBE],
        judge: techniques_cut_code_down,
    }],
};

/// Techniques that cut code down, and words by which a description names them.
const TECHNIQUES: &[(&str, &[&str])] = &[
    (
        "image from a list of wanted parts",
        &[
            "list of wanted",
            "wanted packages",
            "package list",
            "minimal image",
            "Buildroot",
            "Yocto",
            "必要なパッケージ",
            "最小構成",
        ],
    ),
    (
        "parts left out when it is compiled",
        &[
            "features",
            "kernel options",
            "compile-time",
            "build options",
            "conditional compilation",
            "カーネル設定",
            "条件付きコンパイル",
            "ビルド設定",
        ],
    ),
    (
        "unused code dropped by the linker",
        &["linker", "dead code", "tree shaking", "リンカ", "デッドコード", "未使用コード"],
    ),
    ("coverage of the tests", &["coverage", "カバレッジ", "網羅率"]),
    (
        "no tools on the device",
        &["package manager", "compiler", "debugger", "shell", "コンパイラ", "デバッガ", "シェル"],
    ),
    ("static analysis", &["static analysis", "lint", "静的解析"]),
];

/// 5.6-6-1 a: each listed technique is fit to cut code down to what is needed. A row that says that there is
/// none contradicts that. Shown beside it: what of the known techniques it names, and what of the device is declared
/// disabled, whose code would not have to be there, and what the bills of materials name.
fn techniques_cut_code_down(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let disabled = disabled(facts);
    each_row(facts, unit, |item| {
        let text = match required(item, "description", "technique-denied") {
            Ok(text) => text,
            Err(look) => return look,
        };
        let named: Vec<&str> = TECHNIQUES
            .iter()
            .filter(|(_, words)| words.iter().any(|word| stands(text, word) != Stands::Nowhere))
            .map(|(technique, _)| *technique)
            .collect();
        let expected = (!named.is_empty()).then_some(Verdict::Pass);
        let named = if named.is_empty() { "none".to_owned() } else { named.join("; ") };
        let look = Look::question(item, &[], expected).computed("computed.techniques", named);
        let look = match disabled.is_empty() {
            true => look,
            false => look.computed("computed.disabled", disabled.join(", ")),
        };
        software_seen::beside(look, software_seen::bills(facts))
    })
}

/// Services and interfaces that are declared disabled.
fn disabled(facts: &Facts<'_>) -> Vec<String> {
    ["soft_serv", "intf"]
        .into_iter()
        .flat_map(|table| facts.declaration.ixit.rows(table))
        .filter(|row| row.text("status") == Some("disabled"))
        .map(|row| row.id.clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_facts::TestFacts;

    fn judged(text: &str) -> ItemResult {
        let ixit = format!(
            "[[code_min]]\nid = \"CodeMin-1\"\ndescription = {text:?}\n[[intf]]\nid = \"Intf-Debug\"\nstatus = \"disabled\"\n"
        );
        TestFacts::declared(&ixit).judge_one("5.6-6-1:a")
    }

    #[test]
    fn a_known_technique_is_named_beside_the_prose_and_expected_to_pass() {
        for text in ["The linker drops functions that nobody calls", "未使用コードはリンカが取り除く"]
        {
            let result = judged(text);
            let open = result.open.expect("a question");
            assert_eq!((result.by, open.prejudgement), (By::Assisted, Some(Verdict::Pass)), "{text}");
            let shown = |label: &str| open.shown.iter().any(|shown| shown.label == label);
            assert!(shown("computed.techniques") && shown("computed.disabled"), "{open:#?}");
        }
    }

    #[test]
    fn other_words_are_left_to_a_person_without_an_opinion() {
        assert_eq!(judged("We take care").open.expect("a question").prejudgement, None);
    }

    #[test]
    fn a_technique_that_is_denied_fails_and_one_that_is_not_described_is_open() {
        for (text, verdict, code) in
            [("None", Verdict::Fail, "technique-denied"), ("tbd", Verdict::Inconclusive, "field-empty")]
        {
            let result = judged(text);
            assert_eq!((result.verdict, result.by), (verdict, By::Machine), "{text}");
            assert_eq!(result.reason.code, code);
        }
    }
}
