//! What holds of every scheme alike.

use harness::testcases::Verdict;
use harness::testcases::scheme::{self, Applied, SchemeKind};

use super::varied::{Varied, judged};

/// Every scheme, applied to one judgement of the varied device.
fn all(vary: impl FnOnce(&mut Varied)) -> Vec<Applied> {
    judged(vary, |facts, assessment| {
        scheme::schemes().iter().map(|one| scheme::apply(facts, assessment, one)).collect()
    })
}

#[test]
fn nothing_that_rests_on_a_run_with_nothing_decided_passes_by_the_standard() {
    // All observations are taken away: what is answered by the run must not be met any more.
    for bare in all(|varied| varied.observations.clear()) {
        assert_ne!(bare.verdict, Some(Verdict::Pass), "{}", bare.scheme);
    }
}

#[test]
fn a_mapping_gets_no_verdict_and_every_other_scheme_does() {
    for applied in all(|_| {}) {
        let mapping = applied.kind == SchemeKind::Mapping;
        assert_eq!(applied.verdict.is_none(), mapping, "{}", applied.scheme);
        for requirement in &applied.requirements {
            assert_eq!(requirement.verdict.is_none(), mapping, "{} {}", applied.scheme, requirement.id);
            assert_eq!(requirement.evidence.is_some(), mapping, "{} {}", applied.scheme, requirement.id);
        }
    }
}
