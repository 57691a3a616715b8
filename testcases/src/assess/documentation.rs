//! Findings on the declaration that stand in the way of a unit. The unit stays open until the supplier
//! has mended them: what cannot be read cannot be judged, and it is not the device's fault.

use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::judge::{ItemResult, RestsOn};
use crate::reason::Reason;
use crate::verdict::Verdict;
use ixit::{Blame, Severity};

/// Findings that no judge carries by itself. Those on claims of the ICS are verdicts of the provision,
/// and a missing justification is what 4-1-1 a looks for.
const CARRIED_HERE: &[&str] = &[
    "dangling-reference",
    "reference-to-wrong-table",
    "missing-document",
    "document-digest-differs",
    "missing-field",
    "change-undocumented",
    "sensors-undocumented",
    "deletion-undocumented",
    "decisions-undocumented",
    "personal-data-undocumented",
    "telemetry-undocumented",
    "placeholder-text",
    "empty-contradicted",
];

/// One result a finding that names this unit.
pub(super) fn findings(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    facts
        .diagnostics
        .iter()
        .filter(|finding| finding.severity == Severity::Finding && finding.unit.as_deref() == Some(&unit.id))
        .filter(|finding| CARRIED_HERE.contains(&finding.code.as_str()))
        .map(|finding| {
            let place = format!("{}:{}", finding.at.file, finding.at.line);
            let reason = Reason::new("documentation-finding")
                .with("finding", &finding.code)
                .with("message", &finding.message)
                .with("place", &place)
                .expected_by(format!("declaration:{place}"));
            ItemResult::machine(&place, Verdict::Inconclusive, RestsOn::Declared, reason)
                .blame(Blame::Documentation)
                .declared(format!("declaration:{}#line {}", finding.at.file, finding.at.line))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::assess::unit_results;
    use crate::{Catalogue, Facts, Verdict};
    use ixit::{Blame, Declaration, SourceFile};

    fn verdict_with(reference: &str) -> (Verdict, Vec<String>) {
        let ixit = format!(
            "[[upd_mech]]\nid = \"UpdMech-1\"\n[[soft_comp]]\nid = \"SoftComp-1\"\nupdate_mechanism = [\"{reference}\"]\n"
        );
        let sources = vec![
            SourceFile::new("ics.toml", b"edition = \"en303645-2.1.1\"\n".to_vec()),
            SourceFile::new("ixit.toml", ixit.into_bytes()),
        ];
        let reading = Declaration::from_sources(sources, Vec::new());
        let declaration = reading.declaration.expect("no error");
        // Only this finding is looked at; the declaration is short of many fields.
        let diagnostics: Vec<_> =
            reading.diagnostics.into_iter().filter(|found| found.code == "dangling-reference").collect();
        let unit = diagnostics.first().and_then(|found| found.unit.clone()).unwrap_or("5.3-1-1:b".to_owned());
        let catalogue = Catalogue::of(declaration.edition);
        let facts = Facts {
            catalogue,
            declaration: &declaration,
            diagnostics: &diagnostics,
            observations: &[],
            decisions: &[],
            date: jiff::civil::date(2026, 1, 1),
            crypto: crate::crypto::Policy::standard(),
            review_required: false,
        };
        let results = unit_results(&facts, catalogue.unit(&unit).expect("a unit"));
        for result in results.iter().filter(|result| result.reason.code == "documentation-finding") {
            assert_eq!(result.blame, Some(Blame::Documentation));
            assert!(result.evidence[0].reference.starts_with("declaration:ixit.toml#line "));
        }
        let worst = Verdict::worst_of(results.iter().map(|result| result.verdict));
        (worst, results.into_iter().map(|result| result.reason.code).collect())
    }

    #[test]
    fn a_reference_that_leads_nowhere_leaves_its_unit_open_and_blames_the_documents() {
        let (verdict, codes) = verdict_with("UpdMech-Nowhere");
        assert_eq!(verdict, Verdict::Inconclusive);
        assert!(codes.contains(&"documentation-finding".to_owned()), "{codes:?}");
    }

    #[test]
    fn a_sound_reference_adds_nothing() {
        let (_, codes) = verdict_with("UpdMech-1");
        assert!(!codes.contains(&"documentation-finding".to_owned()), "{codes:?}");
    }
}
