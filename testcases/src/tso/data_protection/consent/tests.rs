use probes::capture::{NeedleFound, Transport};

use super::*;
use crate::state::DutState;
use crate::test_facts::{Seen, TestFacts};
use crate::traffic_seen::test_captures::{calls, capture, listened};

const IXIT: &str = "[[pers_data]]\nid = \"PersData-Use\"\nconsent = true\nobtaining_consent = \"A switch\"\n";
const UNITS: [&str; 2] = ["6-2-2:a", "6-3-2:a"];

fn seen(key: &str, state: DutState) -> Seen {
    let mut facts = capture(vec![calls(Transport::Udp, "stats.example", 9000, "")]);
    facts.found.push(NeedleFound {
        key: key.to_owned(),
        encoding: "plain".to_owned(),
        flow: 0,
        from_device: true,
        frame: 5,
        at: 1.0,
    });
    listened(facts).state(state)
}

#[test]
fn data_that_leave_before_anybody_could_agree_fail() {
    for unit in UNITS {
        let result = TestFacts::declared(IXIT)
            .observed(seen("PersData-Use", DutState::FactoryDefault))
            .judge_one(unit);
        assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Fail, "data-before-consent"));
        assert_eq!(result.evidence[0].at, "capture, frame 5");
        assert_eq!(result.reason.args["place"], "stats.example:9000/udp");
    }
}

#[test]
fn data_of_normal_use_other_data_and_silence_are_for_a_person() {
    let sights = [
        Some(seen("PersData-Use", DutState::Initialized)),
        Some(seen("PersData-Other", DutState::FactoryDefault)),
        None,
    ];
    for seen in sights {
        for unit in UNITS {
            let facts = TestFacts::declared(IXIT);
            let known = seen.is_some();
            let facts = match &seen {
                Some(_) if unit == UNITS[0] => {
                    facts.observed(self::seen("PersData-Use", DutState::Initialized))
                }
                Some(_) => facts.observed(self::seen("PersData-Other", DutState::FactoryDefault)),
                None => facts,
            };
            let result = facts.judge_one(unit);
            let open = result.open.expect("a question");
            let told = open.shown.iter().any(|shown| shown.text.contains("stats.example:9000/udp"));
            assert_eq!((result.verdict, told), (Verdict::Inconclusive, known));
        }
    }
}
