//! 5.6-9: the software is developed by secure processes.

use ixit::companion::Reviewer;

use crate::assisted::{Look, together};
use crate::catalogue::Unit;
use crate::confirmations::{Table, confirmed};
use crate::facts::Facts;
use crate::judge::{By, Group, ItemResult, Judge};
use crate::process_coverage::Coverage;
use crate::prompt::Shown;
use crate::reason::Reason;
use crate::verdict::Verdict;

/// 5.6-9.
pub static GROUP: Group = Group {
    id: "5.6-9",
    judges: &[
        Judge {
            unit: "5.6-9-1:a",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: all_topics_are_covered,
        },
        Judge {
            unit: "5.6-9-1:b",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: development_is_confirmed,
        },
    ],
};

/// The topics of secure development. The last one counts only where software of others is used.
const TOPICS: &[&str] = &[
    "training",
    "requirements-and-design",
    "secure-coding",
    "tooling",
    "security-testing",
    "security-review",
    "archival",
    "secure-deployment",
    OF_OTHERS,
];

const OF_OTHERS: &str = "third-party-software";

/// Package types of registries in which everybody publishes.
const PUBLIC_REGISTRIES: &[&str] = &[
    "alpm",
    "apk",
    "bitbucket",
    "cargo",
    "cocoapods",
    "composer",
    "conan",
    "conda",
    "cran",
    "deb",
    "gem",
    "github",
    "golang",
    "hackage",
    "hex",
    "huggingface",
    "maven",
    "npm",
    "nuget",
    "pub",
    "pypi",
    "rpm",
    "swift",
];

/// 5.6-9-1 a: the processes cover every topic, all rows together. A topic that no row names fails. Software of others is
/// left out of the list by nobody's silence: where the declaration does not show that it is used, a person says whether.
fn all_topics_are_covered(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    together(facts, unit, |items| {
        let coverage = Coverage::of(items, TOPICS);
        let missing = coverage.missing();
        let of_others = software_of_others(facts);
        let used = of_others.as_ref().map_or("not shown", |shown| shown.text.as_str());
        let reason = |code: &str| {
            Reason::new(code)
                .with("rows", items.len())
                .with("matrix", coverage.matrix())
                .with("missing", missing.join(", "))
                .with("used", used)
                .expected_by("criterion")
        };
        if missing.is_empty() {
            return Look::Met { reason: reason("development-topics-covered"), shown_by: "covers" };
        }
        let only_of_others = missing == [OF_OTHERS];
        if coverage.silent.is_empty() && (!only_of_others || of_others.is_some()) {
            return Look::Contradiction { reason: reason("development-topic-missing"), shown_by: "covers" };
        }
        let mut shown =
            vec![Shown { label: "computed.coverage".to_owned(), text: coverage.matrix(), source: None }];
        shown.push(of_others.unwrap_or_else(|| Shown {
            label: "computed.software-of-others".to_owned(),
            text: "No row of net_sec_impl names a package of a public registry or a public review".to_owned(),
            source: None,
        }));
        Look::Question { shown, prejudgement: None }
    })
}

/// An implementation that comes from a public registry or project: software that the supplier did not write.
fn software_of_others(facts: &Facts<'_>) -> Option<Shown> {
    facts.declaration.ixit.rows("net_sec_impl").iter().find_map(|row| {
        let purl = row.companions.implementation.as_ref().and_then(|it| it.value.purl.as_deref());
        let kind = purl.and_then(|purl| purl.trim().strip_prefix("pkg:")?.split('/').next());
        let registry = kind.filter(|kind| PUBLIC_REGISTRIES.contains(kind));
        let reviewed_in_public =
            row.companions.review.as_ref().is_some_and(|review| review.value.by.contains(&Reviewer::Public));
        let (text, key) = match (registry, purl) {
            (Some(_), Some(purl)) => (format!("{}: {purl}", row.id), "implementation"),
            _ if reviewed_in_public => (format!("{}: reviewed in an open project", row.id), "review"),
            _ => return None,
        };
        Some(Shown {
            label: "computed.software-of-others".to_owned(),
            text,
            source: Some(row.reference("net_sec_impl", key)),
        })
    })
}

/// 5.6-9-1 b: the confirmation says yes.
fn development_is_confirmed(facts: &Facts<'_>, _: &Unit) -> Vec<ItemResult> {
    confirmed(facts, "confirmation_of_secure_development", "sec_dev", Table::Needed)
}

#[cfg(test)]
#[path = "secure_development/tests.rs"]
mod tests;
