//! Whether the decisions of the user are needed, and what is chosen beforehand.

use ixit::Declaration;
use ixit::companion::{Choice, DecisionTopic};

use crate::assisted::{Look, each_row};
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::judge::ItemResult;
use crate::reason::Reason;
use crate::switch_position::{Named, Position, named};
use crate::verdict::Verdict;

/// 5.12-1-1 a: whether a decision is needed is for a person. The ones that provisions of EN 303 645 leave to the user
/// are; a switch with one position leaves nothing to decide.
pub(super) fn decisions_are_needed(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let topic = item.row.companions.topic.as_ref().map(|topic| topic.value);
        if let ([only], Some(topic)) = (item.row.companions.choices.as_slice(), topic)
            && is_switch(topic)
        {
            let reason = Reason::new("nothing-to-decide")
                .with("row", &item.row.id)
                .with("topic", topic.as_str())
                .with("option", &only.value.option)
                .expected_by("criterion");
            return Look::Contradiction { reason, shown_by: "choices" };
        }
        let provision = topic.and_then(left_to_the_user);
        let prejudgement = provision.map(|_| Verdict::Pass);
        let look = Look::question(item, &["topic", "security_relevant", "choices"], prejudgement);
        match provision {
            Some(provision) => look.computed("computed.provision", provision.to_owned()),
            None => look,
        }
    })
}

/// Whether the user chooses among positions, and enters nothing.
fn is_switch(topic: DecisionTopic) -> bool {
    !matches!(topic, DecisionTopic::Credential | DecisionTopic::Other)
}

/// Provision by which the user decides.
fn left_to_the_user(topic: DecisionTopic) -> Option<&'static str> {
    match topic {
        DecisionTopic::AutomaticUpdates | DecisionTopic::UpdateNotices => Some("5.3-6"),
        DecisionTopic::Telemetry => Some("6-2"),
        DecisionTopic::Credential => Some("5.1-1, 5.1-4"),
        DecisionTopic::RemoteAccess | DecisionTopic::Service => Some("5.6-1"),
        DecisionTopic::Other => None,
    }
}

/// 5.12-1-1 b: one option at most is marked as the default, and where it is known which way is safe, it is that one.
/// Whether other defaults are best practice is for a person, and so is a decision that the user has to take.
pub(super) fn defaults_are_safe(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let choices: Vec<&Choice> = item.row.companions.choices.iter().map(|choice| &choice.value).collect();
        let question =
            |prejudgement| Look::question(item, &["topic", "security_relevant", "choices"], prejudgement);
        let options: Vec<&str> = choices.iter().map(|choice| choice.option.as_str()).collect();
        let defaults: Vec<&str> =
            choices.iter().filter(|choice| choice.default).map(|choice| choice.option.as_str()).collect();
        let topic = item.row.companions.topic.as_ref().map(|topic| topic.value);
        let contradiction = |code: &str| Look::Contradiction {
            reason: Reason::new(code)
                .with("row", &item.row.id)
                .with("topic", topic.map_or("-", DecisionTopic::as_str))
                .with("options", options.join(", "))
                .with("defaults", if defaults.is_empty() { "-".to_owned() } else { defaults.join(", ") })
                .expected_by("criterion"),
            shown_by: "choices",
        };
        let default = match defaults.as_slice() {
            _ if choices.is_empty() => return question(None),
            // The user may have to choose, and nothing holds until then.
            [] => return question(None),
            [default] => *default,
            _ => return contradiction("several-defaults-marked"),
        };
        let Some(safe) = topic.and_then(safe_position) else { return question(None) };
        let off =
            || topic == Some(DecisionTopic::AutomaticUpdates) && off_in_every_mechanism(facts.declaration);
        match named(default) {
            Named::Position(position) if position != safe => contradiction("unsafe-default"),
            Named::Position(_) if off() => contradiction("default-contradicts-mechanism"),
            Named::Answer(position) if position != safe || off() => question(Some(Verdict::Fail)),
            Named::Position(_) | Named::Answer(_) => question(Some(Verdict::Pass)),
            Named::Nothing => question(None),
        }
    })
}

/// The position that is safe until the user decides otherwise, where that is known.
fn safe_position(topic: DecisionTopic) -> Option<Position> {
    match topic {
        DecisionTopic::AutomaticUpdates | DecisionTopic::UpdateNotices => Some(Position::On),
        DecisionTopic::RemoteAccess | DecisionTopic::Telemetry => Some(Position::Off),
        DecisionTopic::Service | DecisionTopic::Credential | DecisionTopic::Other => None,
    }
}

/// Every mechanism that updates by itself is declared to be off in the initialized state.
fn off_in_every_mechanism(declaration: &Declaration) -> bool {
    let mut automatic = declaration
        .ixit
        .rows("upd_mech")
        .iter()
        .filter_map(|row| row.companions.update.as_ref())
        .map(|update| &update.value)
        .filter(|update| update.automatic == Some(true))
        .peekable();
    automatic.peek().is_some() && automatic.all(|update| update.default_enabled == Some(false))
}
