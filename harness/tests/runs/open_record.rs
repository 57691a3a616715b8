//! A desk: answers in any order, each on disk at once; a second person agrees or objects.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::sync::Arc;

use crate::support::{Device, request, start};
use harness::testcases::assess::open_prompts;
use harness::testcases::{Answer, Decision, Prompt, PromptKind, Role, review};
use harness::{NoAnswers, OpenRecord, RunRecord, Silent, Taken};

fn answer(prompt: &Prompt, person: &str, answer: &str) -> Decision {
    Decision {
        prompt: prompt.id.clone(),
        answer: Answer::Text(answer.to_owned()),
        reason: "Read it".to_owned(),
        person: person.to_owned(),
        role: prompt.role,
        date: String::new(),
        attachments: Vec::new(),
        notes: std::collections::BTreeMap::new(),
        facts: prompt.facts.clone(),
    }
}

fn review_of(answered: &Decision, person: &str, answer: &str, reason: &str) -> Decision {
    Decision {
        prompt: review::id_of(&answered.prompt),
        answer: Answer::Text(answer.to_owned()),
        reason: reason.to_owned(),
        person: person.to_owned(),
        role: Role::Reviewer,
        facts: review::digest_of(answered),
        ..answered.clone()
    }
}

/// The open question of that id.
fn open(desk: &OpenRecord, id: &str) -> Option<Prompt> {
    open_prompts(&desk.record().assess()).into_iter().find(|prompt| prompt.id == id).cloned()
}

#[tokio::test]
async fn answers_in_any_order_are_on_disk_at_once_with_what_their_person_saw() {
    let device = Device::start().await;
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("run");
    start(request(&device, &folder, true), Arc::default(), Arc::new(NoAnswers)).await.unwrap();

    let mut desk = OpenRecord::open(&folder, Arc::new(Silent)).unwrap();
    let assessment = desk.record().assess();
    let asks = |prompt: &&Prompt| {
        prompt.unit.is_some() && prompt.role == Role::Assessor && prompt.kind == PromptKind::YesNo
    };
    let takes_no_notes = |prompt: &&Prompt| {
        let catalogue = desk.record().facts().catalogue;
        prompt.unit.as_deref().is_some_and(|unit| catalogue.procedure(unit).is_none())
    };
    // The last first: a desk has no order.
    let prompt = open_prompts(&assessment).into_iter().filter(asks).rfind(takes_no_notes);
    let prompt = prompt.unwrap().clone();

    let refused = desk.answer(&prompt, answer(&prompt, "A. Assessor", "perhaps")).unwrap();
    assert!(
        matches!(&refused, Taken::Refused(why) if why.contains("write yes, no or cannot-tell")),
        "{refused:?}"
    );
    let mut with_file = answer(&prompt, "A. Assessor", "yes");
    with_file.attachments = vec!["no-such-photo.jpg".to_owned()];
    let refused = desk.answer(&prompt, with_file).unwrap();
    assert!(matches!(&refused, Taken::Refused(why) if why.contains("no-such-photo.jpg")), "{refused:?}");
    assert!(open(&desk, &prompt.id).is_some(), "nothing was decided");

    assert_eq!(desk.answer(&prompt, answer(&prompt, "A. Assessor", "yes")).unwrap(), Taken::Kept);
    assert!(open(&desk, &prompt.id).is_none());
    let written = RunRecord::read(&folder).unwrap();
    let answered = written.decisions.last().unwrap().clone();
    assert_eq!(answered.prompt, prompt.id);
    let page = written.evidence(&answered.facts).unwrap();
    assert_eq!(Prompt::shown_on(&page).unwrap(), prompt.shown);

    // Nobody reviews themselves, an objection has a reason and puts the question again.
    let own = desk.decide(review_of(&answered, "A. Assessor", "yes", "")).unwrap();
    assert!(matches!(&own, Taken::Refused(why) if why.contains("somebody else")), "{own:?}");
    let bare = desk.decide(review_of(&answered, "R. Reviewer", "no", "")).unwrap();
    assert!(matches!(&bare, Taken::Refused(why) if why.contains("needs a reason")), "{bare:?}");
    let objection = review_of(&answered, "R. Reviewer", "no", "The photo shows another board");
    assert_eq!(desk.decide(objection).unwrap(), Taken::Kept);
    assert!(open(&desk, &prompt.id).is_some(), "it waits again");
    assert_eq!(desk.answer(&prompt, answer(&prompt, "A. Assessor", "no")).unwrap(), Taken::Kept);
    assert!(open(&desk, &prompt.id).is_none());

    let outcome = desk.close().unwrap();
    assert!(outcome.assessment.is_some());
    let verification = harness::verify(&folder).unwrap();
    assert!(verification.sound(), "{:?}", verification.altered);
}
