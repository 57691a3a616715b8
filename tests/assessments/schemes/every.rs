//! What holds of every scheme alike.

use harness::testcases::Verdict;
use harness::testcases::scheme::{self, SchemeKind};

use super::varied::applied;

#[test]
fn nothing_that_rests_on_a_run_with_nothing_decided_passes_by_the_standard() {
    // All observations are taken away: what is answered by the run must not be met any more.
    for one in scheme::schemes() {
        let bare = applied(&one.name, |varied| varied.observations.clear());
        if one.kind == SchemeKind::Verdict {
            assert_ne!(bare.verdict, Some(Verdict::Pass), "{}", one.name);
        }
    }
}

#[test]
fn a_mapping_gets_no_verdict() {
    for one in scheme::schemes().iter().filter(|one| one.kind == SchemeKind::Mapping) {
        let applied = applied(&one.name, |_| {});
        assert_eq!(applied.verdict, None, "{}", one.name);
        assert!(applied.requirements.iter().all(|requirement| requirement.verdict.is_none()), "{}", one.name);
    }
}
