//! Pauses between the tries of a device, set against declared ones.
//!
//! What is measured is the time between the starts of two tries. It is the declared wait and the time that the try
//! itself took, so that it may be longer than declared for honest reasons, and never shorter.

use ixit::companion::Reconnection;
use probes::probe::interruption::Call;

/// Share by which a pause may miss the declared one before it counts.
const TOLERANCE: f64 = 0.2;

/// Seconds by which it may miss it besides.
const MEASURING: f64 = 0.3;

/// Seconds that a try itself may take, until it gives up.
const ONE_TRY: f64 = 30.0;

/// A pause below this share of the first declared wait is none.
const NO_PAUSE_SHARE: f64 = 0.25;

/// A pause below this many seconds is none.
const NO_PAUSE_SECONDS: f64 = 0.1;

/// Pauses that agree within this share come by no chance.
const IN_STEP: f64 = 0.02;

/// Seconds by which a pause may be longer than the wait in it, for the try itself.
const QUICK_TRY: f64 = 0.02;

/// Comparisons of two pauses, or of a pause with its wait, that have to agree before chance is excluded.
const COMPARISONS: usize = 3;

/// Declared waits, in seconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Declared {
    first: f64,
    factor: f64,
    pub(super) longest: Option<f64>,
    pub(super) jitter: f64,
}

/// The pauses of one outage.
#[derive(Clone, Debug)]
pub(super) struct Repetition {
    kind: String,
    pauses: Vec<f64>,
    complete: bool,
}

/// What the comparison says, with what was seen in words.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Standing {
    /// It tries again at once.
    WithoutPause(String),
    /// It waits otherwise than declared.
    Differs(String),
    /// Its pauses never differ although chance is declared.
    InStep(String),
    /// Not enough was seen.
    TooFew(String),
    /// It waits as declared.
    Agrees(String),
}

impl Declared {
    pub(super) fn of(declared: &Reconnection) -> Self {
        Self {
            first: f64::from(declared.first_ms) / 1000.0,
            factor: f64::from(declared.factor_percent) / 100.0,
            longest: declared.longest_ms.map(|longest| f64::from(longest) / 1000.0),
            jitter: f64::from(declared.jitter_percent) / 100.0,
        }
    }

    /// The wait before the try of this number, from 0, without chance.
    pub(super) fn wait(&self, step: usize) -> f64 {
        let step = i32::try_from(step.min(64)).expect("at most 64");
        let wait = self.first * self.factor.powi(step);
        self.longest.map_or(wait, |longest| wait.min(longest))
    }

    /// In one line.
    pub(super) fn line(&self) -> String {
        let longest = self.longest.map(|longest| format!(", at most {longest:.1} s")).unwrap_or_default();
        format!(
            "{:.1} s at first, times {:.2} each{longest}, up to {:.0} % more by chance",
            self.first,
            self.factor,
            self.jitter * 100.0
        )
    }
}

impl Repetition {
    /// The tries of one outage up to the first that succeeded.
    pub(super) fn of(kind: &str, seconds: f64, call: &Call, complete: bool) -> Self {
        // What comes after the success is no new try. It starts a little before it is established.
        let end = call.back_after.map(|after| seconds + after + 0.05);
        let tries = call.tries.iter().copied();
        let mut tries: Vec<f64> =
            tries.filter(|at| at.is_finite() && end.is_none_or(|end| *at <= end)).collect();
        tries.sort_by(f64::total_cmp);
        let pauses = tries.windows(2).filter_map(|pair| Some(pair.get(1)? - pair.first()?)).collect();
        Self { kind: kind.to_owned(), pauses, complete }
    }
}

/// Compares the pauses of all outages. `minimum` is the number of outages with a pause that a PASS needs.
pub(super) fn compare(declared: &Declared, repetitions: &[Repetition], minimum: u64) -> Standing {
    let all = || {
        repetitions
            .iter()
            .flat_map(|repetition| repetition.pauses.iter().enumerate().map(move |pause| (repetition, pause)))
    };
    let say = |repetition: &Repetition, step: usize, pause: f64, wait: f64| {
        let kind = &repetition.kind;
        format!("{pause:.2} s after try {} in an outage of kind {kind}, {wait:.2} s declared", step + 1)
    };
    // The lower of two readings: the first pause follows the first try, or the loss itself.
    let hasty = all()
        .find(|(_, (_, pause))| **pause < NO_PAUSE_SECONDS || **pause < declared.wait(0) * NO_PAUSE_SHARE);
    if let Some((repetition, (step, pause))) = hasty {
        return Standing::WithoutPause(say(repetition, step, *pause, declared.wait(step)));
    }
    let short = |step: usize, pause: f64| pause < declared.wait(step) * (1.0 - TOLERANCE) - MEASURING;
    let long = |step: usize, pause: f64| {
        let longest = declared.wait(step + 1).max(declared.wait(step)) * (1.0 + declared.jitter);
        pause > longest * (1.0 + TOLERANCE) + MEASURING + ONE_TRY
    };
    // While the network itself is away, or the device, it makes no tries that anybody could see.
    let seen_whole = |kind: &str| !matches!(kind, "link" | "power" | "names");
    let differing = all().find(|(repetition, (step, pause))| {
        short(*step, **pause) || (seen_whole(&repetition.kind) && long(*step, **pause))
    });
    if let Some((repetition, (step, pause))) = differing {
        return Standing::Differs(say(repetition, step, *pause, declared.wait(step)));
    }
    let chance = Chance::of(declared, repetitions);
    if declared.jitter > 0.0
        && let Some(found) = chance.excluded()
    {
        return Standing::InStep(found);
    }
    let counted: Vec<&Repetition> =
        repetitions.iter().filter(|one| one.complete && !one.pauses.is_empty()).collect();
    let grows = (declared.factor - 1.0).abs() > 0.01;
    let growth_seen = counted.iter().any(|one| one.pauses.len() > 1);
    let found = format!("{} outages with a pause: {}", counted.len(), in_words(&counted));
    let chance_open = declared.jitter > 0.0 && chance.differing == 0 && chance.at_the_wait == chance.pauses;
    if (counted.len() as u64) < minimum || (grows && !growth_seen) || chance_open {
        return Standing::TooFew(found);
    }
    Standing::Agrees(found)
}

/// What speaks for and against chance in the pauses.
struct Chance {
    /// Pairs of pauses at the same place of two outages of one kind.
    comparisons: usize,
    /// Those that differ.
    differing: usize,
    /// Pauses of outages that have a second of their kind.
    pauses: usize,
    /// Those that are the declared wait itself, without any chance.
    at_the_wait: usize,
}

impl Chance {
    fn of(declared: &Declared, repetitions: &[Repetition]) -> Self {
        let mut chance = Self { comparisons: 0, differing: 0, pauses: 0, at_the_wait: 0 };
        for (number, one) in repetitions.iter().enumerate() {
            let same_kind =
                |(place, other): &(usize, &Repetition)| *place != number && other.kind == one.kind;
            if repetitions.iter().enumerate().any(|other| same_kind(&other)) {
                let bare = |(step, pause): (usize, &f64)| {
                    let at = |wait: f64| (*pause - wait).abs() <= wait * IN_STEP + QUICK_TRY;
                    at(declared.wait(step)) || at(declared.wait(step + 1))
                };
                chance.pauses += one.pauses.len();
                chance.at_the_wait += one.pauses.iter().enumerate().filter(|pause| bare(*pause)).count();
            }
            let next = repetitions.iter().skip(number + 1).find(|other| other.kind == one.kind);
            let Some(next) = next else { continue };
            for (here, there) in one.pauses.iter().zip(&next.pauses) {
                chance.comparisons += 1;
                chance.differing += usize::from((here - there).abs() > here.max(*there) * IN_STEP);
            }
        }
        chance
    }

    /// Why there is no chance in them, where that is certain enough.
    fn excluded(&self) -> Option<String> {
        let share = IN_STEP * 100.0;
        if self.differing == 0 && self.comparisons >= COMPARISONS {
            return Some(format!("{} pairs of pauses, each within {share:.0} %", self.comparisons));
        }
        (self.pauses >= COMPARISONS && self.at_the_wait == self.pauses)
            .then(|| format!("{} pauses, each within {share:.0} % of the wait without chance", self.pauses))
    }
}

fn in_words(repetitions: &[&Repetition]) -> String {
    let one = |repetition: &&Repetition| {
        let pauses: Vec<String> =
            repetition.pauses.iter().take(6).map(|pause| format!("{pause:.2}")).collect();
        format!("{} {} s", repetition.kind, pauses.join(" "))
    };
    let all: Vec<String> = repetitions.iter().take(4).map(one).collect();
    all.join("; ")
}
