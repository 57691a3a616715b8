//! Password mathematics: how many values a generator or a choice of the user leaves to somebody who knows the scheme,
//! how fast the declared defence lets them be tried, and what follows by the numbers of a policy.
//!
//! Everything is counted in values that are equally likely, not in bits, so that the bounds of the policy are met
//! exactly: six digits are 1,000,000 values. What a declaration leaves open is a span; a verdict is drawn only where
//! both ends of the span agree.

use std::collections::BTreeMap;

use ixit::companion::{BruteForce, Generation};

pub mod declared;
pub mod policy;

pub use policy::{Policy, Scheme, policy, schemes};

/// Inputs that bring chance into a password: nobody outside knows or counts them.
const SECRET: &[&str] = &["random", "per-device-secret"];

/// Between two numbers; both are the same where nothing is left open.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// The lower end.
    pub least: f64,
    /// The upper end.
    pub most: f64,
}

impl Span {
    /// A number that is known.
    pub fn exactly(number: f64) -> Self {
        Self { least: number, most: number }
    }

    /// Whether nothing is left open.
    pub fn is_closed(self) -> bool {
        self.least >= self.most
    }

    /// Whether all of it is at least this; `None` where only a part is.
    pub fn at_least(self, bound: f64) -> Option<bool> {
        if self.least >= bound {
            Some(true)
        } else if self.most < bound {
            Some(false)
        } else {
            None
        }
    }
}

/// Different values of a length over an alphabet, `alphabet` to the power of `length`.
pub fn values(length: u32, alphabet: f64) -> f64 {
    alphabet.max(0.0).powi(i32::try_from(length).unwrap_or(i32::MAX)).min(f64::MAX)
}

/// The same in bits.
pub fn bits(values: f64) -> f64 {
    values.max(1.0).log2()
}

/// The alphabet of a generator, in equally likely characters.
///
/// A character that is listed twice comes up twice as often, so the list counts as that many characters as its most
/// frequent one leaves: `aab` as 1.5. A size that differs from the list leaves a span. `None` where neither is declared.
pub fn alphabet(generation: &Generation) -> Option<Span> {
    let listed = generation.alphabet.as_deref().filter(|listed| !listed.is_empty()).map(|listed| {
        let mut times: BTreeMap<char, u32> = BTreeMap::new();
        for character in listed.chars() {
            *times.entry(character).or_default() += 1;
        }
        let all: u32 = times.values().sum();
        f64::from(all) / f64::from(times.values().copied().max().unwrap_or(1))
    });
    match (listed, generation.alphabet_size.map(f64::from)) {
        (Some(listed), Some(size)) => Some(Span { least: listed.min(size), most: listed.max(size) }),
        (Some(one), None) | (None, Some(one)) => Some(Span::exactly(one)),
        (None, None) => None,
    }
}

/// Values that a generator leaves to somebody near the device who knows the scheme.
///
/// What the form of the password allows is the upper end. With `random` alone it is the lower end too. An input that is
/// known leaves one value, one that can be counted as many as the policy says; where one of them goes in beside a secret,
/// or a secret of the device alone, how much chance is left is not told. `None` where length or alphabet is missing and
/// the inputs do not settle it.
pub fn of_generation(generation: &Generation, policy: &Policy) -> Option<Span> {
    let form = form(generation);
    let inputs = &generation.inputs;
    let secret = |input: &String| SECRET.contains(&input.as_str());
    if !inputs.is_empty() && !inputs.iter().any(secret) {
        let left = known_or_counted(inputs, policy);
        return Some(Span { least: 1.0, most: form.map_or(left, |form| form.most.min(left)) });
    }
    let form = form?;
    let least = if is_random_alone(generation) { form.least } else { 1.0_f64.min(form.most) };
    Some(Span { least, most: form.most })
}

/// Values that somebody has to try who is not near the device, where no secret goes in: known inputs count with all the
/// values that they can have.
pub fn elsewhere(generation: &Generation, policy: &Policy) -> f64 {
    let of_known: f64 = generation.inputs.iter().filter_map(|input| policy.elsewhere.get(input)).product();
    let left = of_known * known_or_counted(&generation.inputs, policy);
    form(generation).map_or(left, |form| form.most.min(left))
}

/// Whether chance alone makes the password.
pub fn is_random_alone(generation: &Generation) -> bool {
    !generation.inputs.is_empty() && generation.inputs.iter().all(|input| input == "random")
}

/// Whether something that nobody outside knows goes into the password.
pub fn holds_secret(generation: &Generation) -> bool {
    generation.inputs.iter().any(|input| SECRET.contains(&input.as_str()))
}

/// Values that length and alphabet allow.
fn form(generation: &Generation) -> Option<Span> {
    let length = generation.length?;
    let alphabet = alphabet(generation)?;
    Some(Span { least: values(length, alphabet.least), most: values(length, alphabet.most) })
}

fn known_or_counted(inputs: &[String], policy: &Policy) -> f64 {
    inputs.iter().filter_map(|input| policy.counted.get(input)).product()
}

/// Values that a user may choose, by the least length that is taken: digits at worst, printable characters at best.
pub fn of_user_choice(least_length: u32, policy: &Policy) -> Span {
    let (worst, best) = policy.user_pool;
    Span { least: values(least_length, f64::from(worst)), most: values(least_length, f64::from(best)) }
}

/// What a declared defence lets through.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pace {
    /// Guesses in 24 hours.
    PerDay(Span),
    /// Guesses in all, as every sender is shut out for good.
    InAll(Span),
}

/// What a defence lets through to somebody in the home network; `None` where it names no limit.
///
/// Answers take no time but the declared delay. Where it is not told whether a lock-out holds for one sender or for all,
/// both are possible: the span reaches from one sender to all that the policy counts.
pub fn pace(defence: &BruteForce, policy: &Policy) -> Option<Pace> {
    let senders = match defence.per_sender {
        Some(true) => Span::exactly(policy.senders),
        Some(false) => Span::exactly(1.0),
        None => Span { least: 1.0, most: policy.senders },
    };
    let of_all = |number: f64| Span { least: number * senders.least, most: number * senders.most };
    if defence.permanent == Some(true) {
        return defence.failures.map(|failures| Pace::InAll(of_all(f64::from(failures.max(1)))));
    }
    guesses_per_day(defence).map(|guesses| Pace::PerDay(of_all(guesses)))
}

/// Guesses of one sender that a defence lets through in 24 hours, with answers that take no time; `None` if it names no
/// limit.
pub fn guesses_per_day(defence: &BruteForce) -> Option<f64> {
    const DAY: f64 = 86_400.0;
    let delay = f64::from(defence.delay_seconds.unwrap_or(0));
    let (guesses, seconds) = match (defence.failures, defence.lockout_seconds) {
        (Some(failures), Some(lockout)) => {
            let failures = f64::from(failures.max(1));
            // Where each lasts longer than the one before, the short ones at the beginning are soon over.
            let lockout = defence.longest_lockout_seconds.map_or(lockout, |longest| longest.max(lockout));
            (failures, f64::from(lockout) + failures * delay)
        }
        _ => (1.0, delay),
    };
    (seconds > 0.0).then(|| guesses * DAY / seconds)
}

/// Days until a value is found on average: values / (guesses in 24 h × 2).
pub fn days(values: f64, guesses_per_day: f64) -> f64 {
    values / (guesses_per_day * 2.0)
}

/// Chance that one of so many guesses hits, 0 to 1.
pub fn success(values: f64, guesses: f64) -> f64 {
    (guesses / values.max(1.0)).min(1.0)
}

/// Days over both spans: few values at many guesses, many values at few.
pub fn days_over(values: Span, guesses_per_day: Span) -> Span {
    Span { least: days(values.least, guesses_per_day.most), most: days(values.most, guesses_per_day.least) }
}

/// Chance of a hit over both spans.
pub fn success_over(values: Span, guesses: Span) -> Span {
    Span { least: success(values.most, guesses.least), most: success(values.least, guesses.most) }
}

/// Whether guessing holds out against these bounds; `None` where what is open decides.
pub fn holds_out(values: Span, pace: Pace, least_days: f64, highest_success: f64) -> Option<bool> {
    match pace {
        Pace::PerDay(guesses) => days_over(values, guesses).at_least(least_days),
        Pace::InAll(guesses) => {
            let success = success_over(values, guesses);
            if success.most < highest_success {
                Some(true)
            } else if success.least >= highest_success {
                Some(false)
            } else {
                None
            }
        }
    }
}

#[cfg(test)]
mod tests;
