//! The second pair of eyes: a reviewer agrees with the answer to a question, or objects to it.
//!
//! A review is a decision on `review/PROMPT` in the role of the reviewer. It is bound to the very answer that was
//! reviewed; a later answer needs a review of its own. Nobody reviews themselves.

use ixit::Blame;

use crate::decision::{Decision, Role};
use crate::facts::Facts;
use crate::judge::ItemResult;
use crate::prompt::Prompt;
use crate::reason::Reason;
use crate::verdict::Verdict;

/// What ids of reviews begin with.
pub const PREFIX: &str = "review/";

/// The id of the review of the answer to a prompt.
pub fn id_of(prompt: &str) -> String {
    format!("{PREFIX}{prompt}")
}

/// What a review is bound to: the digest of the answer with its reason, person, notes and attachments.
pub fn digest_of(reviewed: &Decision) -> String {
    probes::observation::digest(&serde_json::to_vec(reviewed).expect("string keys only"))
}

/// The review of an answer, where there is one that counts: `yes` agrees, `no` objects.
pub fn of<'a>(facts: &Facts<'a>, reviewed: &Decision) -> Option<&'a Decision> {
    let digest = digest_of(reviewed);
    facts.decision_by(&id_of(&reviewed.prompt), |review| {
        let person = review.person.trim();
        review.role == Role::Reviewer
            && review.facts == digest
            && !person.is_empty()
            && person != reviewed.person.trim()
            && matches!(review.answer.as_text().as_str(), "yes" | "no")
    })
}

/// Why a review decides nothing; `None` if it does. `reviewed` is the answer in force.
pub fn objection(review: &Decision, reviewed: Option<&Decision>) -> Option<String> {
    let Some(reviewed) = reviewed else {
        return Some("there is no answer that could be reviewed".to_owned());
    };
    let person = review.person.trim();
    if review.role != Role::Reviewer {
        return Some("a review is taken in the role reviewer".to_owned());
    }
    if person.is_empty() {
        return Some("a review names the person who reviewed".to_owned());
    }
    if person == reviewed.person.trim() {
        return Some(format!("{person} gave the answer; somebody else has to review it"));
    }
    match review.answer.as_text().as_str() {
        "yes" => {}
        "no" if review.reason.trim().is_empty() => return Some("an objection needs a reason".to_owned()),
        "no" => {}
        other => return Some(format!("the answer \"{other}\" is not understood; write yes or no")),
    }
    (!review.facts.is_empty() && review.facts != digest_of(reviewed))
        .then(|| "it was taken on another answer than the one in force (decision-stale)".to_owned())
}

/// Holds the result of an answer to its review: an objection puts the question again; where the laboratory works with
/// two persons, an answer that nobody has reviewed does not count yet.
pub(crate) fn apply(facts: &Facts<'_>, prompt: &Prompt, reviewed: &Decision, result: &mut ItemResult) {
    if !matches!(result.verdict, Verdict::Pass | Verdict::Fail) {
        return;
    }
    match of(facts, reviewed) {
        Some(review) if review.answer.as_text() == "no" => {
            result.verdict = Verdict::Inconclusive;
            result.blame = Some(Blame::Lab);
            result.reason = Reason::new("review-objects")
                .with("answer", reviewed.answer.as_text())
                .with("person", &reviewed.person)
                .with("reviewer", &review.person)
                .with("reason", &review.reason);
            result.open = Some(prompt.clone());
        }
        Some(_) => {}
        None if facts.review_required => {
            result.verdict = Verdict::Inconclusive;
            result.blame = Some(Blame::Lab);
            result.reason = Reason::new("review-outstanding")
                .with("answer", reviewed.answer.as_text())
                .with("person", &reviewed.person);
        }
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decision::Answer;
    use crate::test_facts::TestFacts;

    const IXIT: &str = "[[code_min]]\nid = \"CodeMin-1\"\ndescription = \"Only what is used is built in\"\n";
    const UNIT: &str = "5.6-6-1:a";

    /// The verdict and code after an answer and a review of it.
    fn judged(required: bool, review: Option<(&str, &str, &str)>) -> (Verdict, String, bool) {
        let open = TestFacts::declared(IXIT);
        let item = open.judge(UNIT)[0].item.clone();
        let answered = open.answered(UNIT, &item, "yes");
        let facts = answered.facts();
        let mut decisions = facts.decisions.to_vec();
        if let Some((person, answer, reason)) = review {
            decisions.push(Decision {
                prompt: id_of(&decisions[0].prompt),
                answer: Answer::Text(answer.to_owned()),
                reason: reason.to_owned(),
                person: person.to_owned(),
                role: Role::Reviewer,
                facts: digest_of(&decisions[0]),
                ..decisions[0].clone()
            });
        }
        let facts = Facts { decisions: &decisions, review_required: required, ..facts };
        let unit = facts.catalogue.unit(UNIT).expect("a unit");
        let result = crate::assess::unit_results(&facts, unit).remove(0);
        (result.verdict, result.reason.code, result.open.is_some())
    }

    #[test]
    fn an_answer_counts_without_review_where_none_is_demanded() {
        assert_eq!(judged(false, None).0, Verdict::Pass);
    }

    #[test]
    fn where_two_persons_are_demanded_one_is_not_enough() {
        assert_eq!(judged(true, None), (Verdict::Inconclusive, "review-outstanding".to_owned(), false));
        assert_eq!(judged(true, Some(("R. Reviewer", "yes", ""))).0, Verdict::Pass);
    }

    #[test]
    fn nobody_reviews_themselves() {
        let own = judged(true, Some(("A. Assessor", "yes", "")));
        assert_eq!(own, (Verdict::Inconclusive, "review-outstanding".to_owned(), false));
    }

    #[test]
    fn an_objection_puts_the_question_again_whether_reviews_are_demanded_or_not() {
        for required in [true, false] {
            let objected = judged(required, Some(("R. Reviewer", "no", "The photo shows another board")));
            assert_eq!(objected, (Verdict::Inconclusive, "review-objects".to_owned(), true));
        }
    }
}
