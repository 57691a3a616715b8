//! Whether an answer that differs after an outage differs because of it.
//!
//! Two answers that differ say little: a temperature differs too. Looked at are all sightings of the same answer in
//! the order in which they were made. If it was always the same but for one step, and the step is here, and an earlier
//! observation already knew it so, the outage has changed it.

use probes::probe::interruption::Answered;

use super::Seen;

/// What became of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// It is the same.
    Nothing,
    /// It changes at other times too.
    ByItself,
    /// It changed here and never else.
    Here,
    /// It changed, and nobody had seen it long enough to know that it stays as it is.
    Once,
}

pub(super) fn change(all: &[&Seen<'_>], here: &Seen<'_>, before: &Answered, after: &Answered) -> Change {
    if before.digest == after.digest {
        return Change::Nothing;
    }
    let mut sightings: Vec<(Option<&str>, bool)> = Vec::new();
    for seen in all {
        let inside = std::ptr::eq(*seen, here);
        let interruption = &seen.interruption;
        let answers = interruption.before.answers.iter();
        let during = interruption.outages.iter().flat_map(|outage| &outage.during);
        let answers = answers.chain(during).chain(&interruption.after.answers);
        let same = answers.filter(|answer| {
            (&answer.asked, &answer.subject) == (&before.asked, &before.subject) && answer.outcome == "served"
        });
        sightings.extend(same.map(|answer| (answer.digest.as_deref(), inside)));
    }
    // What was first seen right before may have been about to change anyway.
    let known_before = sightings.iter().take_while(|(_, inside)| !inside).count() > 0;
    // A step counts as made here if what it leads to was seen in this observation, between its first and last answer.
    let steps: Vec<bool> = sightings
        .windows(2)
        .filter_map(|pair| match pair {
            [(one, was_inside), (other, inside)] if one != other => Some(*was_inside && *inside),
            _ => None,
        })
        .collect();
    match steps.as_slice() {
        [true] if known_before => Change::Here,
        [true] => Change::Once,
        _ => Change::ByItself,
    }
}
