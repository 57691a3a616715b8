//! What the rows of a declaration say of guessing: how many values a mechanism takes, and how fast they can be tried at
//! every mechanism that takes the same one.

use ixit::companion::{ChanceSource, FactorKind, PasskeyOrigin, Subject};
use ixit::{Declaration, Row};

use super::policy::{Measured, Scheme, classes};
use super::{Pace, Policy, Span, bits, of_generation, of_user_choice, pace, schemes, values};

/// Values that a mechanism takes; `None` where its companions do not tell.
///
/// A pre-installed password by its generator, one that the user chooses by the least length that is taken; where both
/// are in use the weaker counts. Keys and tokens by the parameter that serves the mechanism.
pub fn values_of(declaration: &Declaration, row: &Row, policy: &Policy) -> Option<Span> {
    let factor = &row.companions.factor.as_ref()?.value;
    if let Some(pairing) = &row.companions.pairing {
        return of_passkey(row, pairing.value.passkey, policy);
    }
    if !matches!(factor.kind, FactorKind::Password | FactorKind::Pin) {
        return of_parameter(declaration, row);
    }
    let chosen = || {
        let least_length = row.companions.set_up.as_ref()?.value.least_length?;
        if factor.kind == FactorKind::Pin {
            return Some(Span::exactly(values(least_length, 10.0)));
        }
        Some(of_user_choice(least_length, policy))
    };
    let drawn = || of_generation(&row.companions.generation.as_ref()?.value, policy);
    match (factor.user_defined, factor.pre_installed) {
        (Some(true), Some(true)) => weaker(chosen()?, drawn()?),
        (Some(true), Some(false)) => chosen(),
        (Some(false), Some(true)) => drawn(),
        _ => None,
    }
}

/// Six digits of a pairing. A bit of them shows in each round (Core, volume 3, part H, 2.3.5.6.3), so that those which
/// come again are found with 20 guesses: only such as are drawn each time are as many as they are.
fn of_passkey(row: &Row, origin: Option<PasskeyOrigin>, policy: &Policy) -> Option<Span> {
    let changes = row.companions.change.as_ref().is_some_and(|change| change.value.each_time);
    let each_time = origin.map_or(changes, |origin| origin == PasskeyOrigin::EachTime);
    let generation = row.companions.generation.as_ref().filter(|_| each_time)?;
    of_generation(&generation.value, policy)
}

fn weaker(one: Span, other: Span) -> Option<Span> {
    Some(Span { least: one.least.min(other.least), most: one.most.min(other.most) })
}

/// Values of the parameters that serve a mechanism, where a generator makes all of them and says how much chance goes in.
fn of_parameter(declaration: &Declaration, row: &Row) -> Option<Span> {
    let serves = |parameter: &&Row| parameter.companions.serves.iter().any(|served| served.value == row.id);
    let secret = |parameter: &&Row| {
        let content = parameter.companions.content.as_ref();
        content.is_none_or(|content| content.value.is_secret() != Some(false))
    };
    let drawn: Option<Vec<f64>> = declaration
        .ixit
        .rows("sec_param")
        .iter()
        .filter(serves)
        .filter(secret)
        .map(|parameter| {
            let generator = &parameter.companions.generator.as_ref()?.value;
            let by_chance = matches!(
                generator.source,
                ChanceSource::Hardware | ChanceSource::Software | ChanceSource::KeyAgreement
            );
            (by_chance && generator.unique_per_device == Some(true)).then_some(())?;
            Some(2.0_f64.powi(i32::try_from(generator.bits?).unwrap_or(i32::MAX)).min(f64::MAX))
        })
        .collect();
    let least = drawn?.into_iter().reduce(f64::min)?;
    Some(Span::exactly(least))
}

/// Mechanisms that take the same value and can be asked over a network, the row itself first: whoever guesses can use
/// all of them at once.
pub fn doors<'d>(declaration: &'d Declaration, row: &'d Row) -> Vec<&'d Row> {
    let root = root_of(declaration, row);
    let others = declaration.ixit.rows("auth_mech").iter().filter(|other| {
        other.id != row.id
            && !other.observed_only
            && other.companions.network_addressable.as_ref().is_some_and(|network| network.value)
            && root_of(declaration, other) == root
    });
    std::iter::once(row).chain(others).collect()
}

/// The mechanism by whose change function the value of a row is changed.
fn root_of<'d>(declaration: &'d Declaration, row: &'d Row) -> &'d str {
    let mut at = row;
    // As many steps as there are rows end every circle.
    for _ in 0..declaration.ixit.rows("auth_mech").len() {
        let next = at.companions.change.as_ref().and_then(|change| change.value.through.as_deref());
        match next.and_then(|id| declaration.ixit.row(id)) {
            Some(("auth_mech", next)) => at = next,
            _ => break,
        }
    }
    &at.id
}

/// What the defences of all doors to a value let through together; `None` where one of them names no limit.
///
/// Where one door shuts senders out for good and another only slows them down, the slowed one goes on for ever.
pub fn pace_of(declaration: &Declaration, row: &Row, policy: &Policy) -> Option<Pace> {
    let paces: Option<Vec<Pace>> = doors(declaration, row)
        .into_iter()
        .map(|door| pace(&door.companions.brute_force.as_ref()?.value, policy))
        .collect();
    paces?.into_iter().reduce(together)
}

fn together(one: Pace, other: Pace) -> Pace {
    let sum = |one: Span, other: Span| Span { least: one.least + other.least, most: one.most + other.most };
    match (one, other) {
        (Pace::PerDay(one), Pace::PerDay(other)) => Pace::PerDay(sum(one, other)),
        (Pace::InAll(one), Pace::InAll(other)) => Pace::InAll(sum(one, other)),
        (Pace::PerDay(slowed), Pace::InAll(_)) | (Pace::InAll(_), Pace::PerDay(slowed)) => {
            Pace::PerDay(slowed)
        }
    }
}

/// Whether people, not machines, are authenticated; `None` where that is not told.
pub fn authenticates_people(row: &Row) -> Option<bool> {
    row.companions.subject.as_ref().map(|subject| subject.value == Subject::User)
}

/// Values that hold out against a pace by the policy, and the pace: guesses in 24 hours, or `max.` in all.
pub fn needed(pace: Pace, policy: &Policy) -> (f64, String) {
    match pace {
        Pace::PerDay(guesses) => {
            (policy.least_days * 2.0 * guesses.most, format!("{} / 24 h", in_words(guesses)))
        }
        Pace::InAll(guesses) => {
            (guesses.most / policy.highest_success, format!("max. {}", in_words(guesses)))
        }
    }
}

/// What the rules of schemes make of a mechanism, a line each.
pub fn by_schemes(declaration: &Declaration, row: &Row, policy: &Policy) -> Vec<String> {
    let generation = row.companions.generation.as_ref().map(|generation| &generation.value);
    let drawn = generation.and_then(|generation| generation.length);
    let chosen = row.companions.set_up.as_ref().and_then(|set_up| set_up.value.least_length);
    let measured = Measured {
        length: drawn.or(chosen),
        classes: generation.and_then(|generation| generation.alphabet.as_deref()).map(classes),
        values: values_of(declaration, row, policy),
        pace: pace_of(declaration, row, policy),
    };
    let said = |scheme: &Scheme| match scheme.met_by(&measured) {
        Some(true) => "met",
        Some(false) => "not met",
        None => "not told",
    };
    schemes().iter().map(|scheme| format!("{}: {} ({})", scheme.name, said(scheme), scheme.source)).collect()
}

/// A span of values in words, with their bits: `1.0e10 (33.2 bit)`.
pub fn values_in_words(span: Span) -> String {
    let one = |values: f64| format!("{} ({:.1} bit)", number(values), bits(values));
    if span.is_closed() { one(span.most) } else { format!("{} to {}", one(span.least), one(span.most)) }
}

/// A span in words.
pub fn in_words(span: Span) -> String {
    if span.is_closed() {
        number(span.most)
    } else {
        format!("{} to {}", number(span.least), number(span.most))
    }
}

/// A number as people read it: whole where it is small, with a power of ten where it is large.
pub fn number(number: f64) -> String {
    if number >= 1e9 {
        format!("{number:.2e}")
    } else if number >= 10.0 || number.fract() == 0.0 {
        format!("{number:.0}")
    } else {
        format!("{number:.2}")
    }
}
