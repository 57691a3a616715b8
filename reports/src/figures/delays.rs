//! How logins answered to guesses: the seconds of each attempt, when they locked, and what was declared.

use probes::probe::http_login::Attempt;
use serde::Deserialize;
use testcases::{DutState, Facts, logins};

use super::svg::{Held, Sheet, WIDTH};
use super::{Drawing, Table};
use crate::words::Words;

/// Most logins that are drawn; further ones are counted.
pub const MOST_LOGINS: usize = 8;
/// Most attempts of one login that are drawn: the first ones.
const MOST_ATTEMPTS: usize = 120;

/// The bursts of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Delays {
    /// Logins with a burst of guesses, at most [`MOST_LOGINS`].
    pub curves: Vec<Curve>,
    /// Logins with a burst that are not listed.
    pub further: usize,
    /// Logins at which no burst was made though one was planned.
    pub left_out: usize,
}

/// The burst at one login.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Curve {
    /// Row of the IXIT, or the place of a login that was found.
    pub login: String,
    /// State of the device.
    pub state: Option<DutState>,
    /// Sample.
    pub sample: String,
    /// Seconds until the answer, and the answer: `accepted`, `rejected`, `throttled`, `closed`, `no-answer`, `unclear`.
    pub attempts: Vec<(f64, String)>,
    /// Attempts that are not drawn.
    pub further: usize,
    /// Declared failures until the lock-out.
    pub declared_failures: Option<u32>,
    /// Declared seconds of the lock-out.
    pub declared_seconds: Option<u32>,
    /// Failures after which the answers changed.
    pub locked_after: Option<u32>,
    /// Seconds after which the good credential was taken again.
    pub recovered_after: Option<f64>,
}

/// What the parameters of the probes have in common.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Declared {
    failures: Option<u32>,
    lockout_seconds: Option<u32>,
}

impl Delays {
    /// Reads the logins of a run.
    pub fn of(facts: &Facts<'_>) -> Self {
        let mut delays = Self::default();
        for (recorded, behaviour) in logins::behaviours(facts) {
            if behaviour.burst.is_empty() {
                delays.left_out += usize::from(behaviour.burst_left_out.is_some());
                continue;
            }
            let declared: Declared =
                serde_json::from_value(recorded.observation.params.clone()).unwrap_or_default();
            let shown = behaviour.burst.iter().take(MOST_ATTEMPTS);
            let login =
                if behaviour.row.is_empty() { recorded.observation.target.clone() } else { behaviour.row };
            delays.curves.push(Curve {
                login,
                state: recorded.state(),
                sample: recorded.sample().to_owned(),
                attempts: shown.map(|attempt: &Attempt| (attempt.seconds, attempt.result.clone())).collect(),
                further: behaviour.burst.len().saturating_sub(MOST_ATTEMPTS),
                declared_failures: declared.failures,
                declared_seconds: declared.lockout_seconds,
                locked_after: behaviour.locked_after,
                recovered_after: behaviour.recovered_after_seconds,
            });
        }
        delays.further = delays.curves.len().saturating_sub(MOST_LOGINS);
        delays.curves.truncate(MOST_LOGINS);
        delays
    }
}

/// The figure; a sentence where no burst was made.
pub(crate) fn draw(words: &Words, delays: &Delays) -> Drawing {
    let title = words.ui("figure-delays");
    if delays.curves.is_empty() {
        let key = if delays.left_out > 0 { "figure-delays-left-out" } else { "figure-delays-none" };
        return Drawing::missing(title, &words.ui(key).replace("{n}", &delays.left_out.to_string()));
    }
    let keys = [
        "figure-login",
        "figure-attempts",
        "figure-declared",
        "figure-locked",
        "figure-recovered",
        "figure-slowest",
    ];
    Drawing {
        lead: Some(words.ui("figure-delays-lead").to_owned()),
        svgs: delays.curves.iter().enumerate().map(|(n, curve)| one(words, n, curve)).collect(),
        table: Some(Table {
            head: keys.iter().map(|key| words.ui(key).to_owned()).collect(),
            rows: delays.curves.iter().map(|curve| numbers(words, curve)).collect(),
            numbers: false,
        }),
        further: (delays.further > 0)
            .then(|| words.ui("figure-delays-more").replace("{n}", &delays.further.to_string())),
        ..Drawing::titled(title)
    }
}

fn one(words: &Words, number: usize, curve: &Curve) -> String {
    const TOP: f64 = 40.0;
    const BOTTOM: f64 = 136.0;
    const LEFT: f64 = 46.0;
    let count = curve.attempts.len().max(2) as f64;
    let x = |attempt: f64| LEFT + 10.0 + (attempt - 1.0) * (WIDTH - LEFT - 22.0) / (count - 1.0);
    // A thousandth of a second and a minute are both of interest: powers of ten.
    let seconds = || curve.attempts.iter().map(|(seconds, _)| seconds.max(0.0001));
    let low = seconds().fold(0.01_f64, f64::min).log10().floor();
    let high = seconds().fold(0.1_f64, f64::max).log10().ceil();
    let y = |seconds: f64| BOTTOM - (seconds.max(0.0001).log10() - low) * (BOTTOM - TOP) / (high - low);
    let mut sheet = Sheet::new(WIDTH, 166.0);
    let told = sentence(words, curve);
    sheet.text("t strong", [0.0, 12.0], Held::Start, &curve.login, 50);
    sheet.text("t small quiet", [0.0, 26.0], Held::Start, &told, 66);
    let mut power = low;
    while power <= high {
        let at = y(10_f64.powf(power));
        sheet.line("rule", [LEFT, at, WIDTH, at]);
        sheet.text("t small quiet", [LEFT - 5.0, at + 3.5], Held::End, &axis(power), 9);
        power += 1.0;
    }
    if let Some(failures) = curve.declared_failures.filter(|failures| f64::from(*failures) < count) {
        let at = x(f64::from(failures) + 0.5);
        sheet.line("declared", [at, TOP - 6.0, at, BOTTOM]);
        let said = words.ui("figure-declared-here").replace("{n}", &failures.to_string());
        let (held, at) = if at > WIDTH - 145.0 { (Held::End, at - 4.0) } else { (Held::Start, at + 4.0) };
        sheet.text("t small halo", [at, TOP + 2.0], held, &said, 26);
    }
    let mut path = String::new();
    for (place, (seconds, _)) in curve.attempts.iter().enumerate() {
        let letter = if place == 0 { 'M' } else { 'L' };
        path.push_str(&format!("{letter}{:.1} {:.1}", x(place as f64 + 1.0), y(*seconds)));
    }
    sheet.path("curve", &path);
    for (place, (seconds, result)) in curve.attempts.iter().enumerate() {
        mark(&mut sheet, [x(place as f64 + 1.0), y(*seconds)], result);
    }
    for attempt in [1.0, count] {
        sheet.text("t small quiet", [x(attempt), BOTTOM + 13.0], Held::Middle, &format!("{attempt}"), 5);
    }
    let mut at = LEFT;
    for (result, key) in RESULTS {
        if curve.attempts.iter().any(|(_, seen)| shape(seen) == *result) {
            let said = words.ui(key);
            mark(&mut sheet, [at + 4.0, BOTTOM + 24.0], result);
            sheet.text("t small", [at + 12.0, BOTTOM + 27.5], Held::Start, said, 30);
            at += 24.0 + 5.7 * super::svg::columns(said) as f64;
        }
    }
    let state = curve.state.map(|state| words.ui(&format!("state-{}", state.as_str())).to_owned());
    let title = [curve.login.as_str(), curve.sample.as_str(), state.as_deref().unwrap_or_default()];
    let title = title.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
    sheet.finish(&format!("figure-delay-{number}"), &title, &told)
}

/// Answers by shape, and the key of the word.
const RESULTS: &[(&str, &str)] = &[
    ("rejected", "guess-rejected"),
    ("locked", "guess-locked"),
    ("accepted", "guess-accepted"),
    ("unclear", "guess-unclear"),
];

fn shape(result: &str) -> &'static str {
    match result {
        "rejected" => "rejected",
        "throttled" | "closed" | "no-answer" | "locked" => "locked",
        "accepted" => "accepted",
        _ => "unclear",
    }
}

/// A circle where a guess was looked at, a full square where the device would not look, a triangle where it let in.
fn mark(sheet: &mut Sheet, [x, y]: [f64; 2], result: &str) {
    match shape(result) {
        "rejected" => sheet
            .path("m-looked", &format!("M{:.1} {y:.1}a3.2 3.2 0 1 0 6.4 0a3.2 3.2 0 1 0 -6.4 0", x - 3.2)),
        "locked" => sheet.rect("m-locked", [x - 3.2, y - 3.2, 6.4, 6.4]),
        "accepted" => sheet.path("m-let-in", &format!("M{x:.1} {:.1}l4.5 8h-9z", y - 5.0)),
        _ => sheet.path("m-unclear", &format!("M{:.1} {:.1}l6 6m0 -6l-6 6", x - 3.0, y - 3.0)),
    }
}

fn axis(power: f64) -> String {
    let milliseconds = 10_f64.powf(power + 3.0);
    if milliseconds < 1000.0 { format!("{milliseconds} ms") } else { format!("{} s", milliseconds / 1000.0) }
}

fn sentence(words: &Words, curve: &Curve) -> String {
    let count = (curve.attempts.len() + curve.further).to_string();
    match (curve.locked_after, curve.recovered_after) {
        (Some(after), Some(again)) => words
            .ui("delay-locked-again")
            .replace("{after}", &after.to_string())
            .replace("{again}", &format!("{again:.1}")),
        (Some(after), None) => words.ui("delay-locked").replace("{after}", &after.to_string()),
        (None, _) => words.ui("delay-never").replace("{n}", &count),
    }
}

fn numbers(words: &Words, curve: &Curve) -> Vec<String> {
    let none = || "–".to_owned();
    let declared = match (curve.declared_failures, curve.declared_seconds) {
        (Some(failures), Some(seconds)) => words
            .ui("delay-declared")
            .replace("{n}", &failures.to_string())
            .replace("{seconds}", &seconds.to_string()),
        (Some(failures), None) => failures.to_string(),
        _ => none(),
    };
    let slowest = curve.attempts.iter().map(|(seconds, _)| *seconds).fold(0.0, f64::max);
    vec![
        curve.login.clone(),
        (curve.attempts.len() + curve.further).to_string(),
        declared,
        curve.locked_after.map_or_else(|| words.ui("delay-not").to_owned(), |after| after.to_string()),
        curve.recovered_after.map_or_else(none, |seconds| format!("{seconds:.1} s")),
        format!("{slowest:.3} s"),
    ]
}

#[cfg(test)]
mod tests {
    use testcases::texts::Language;

    use super::*;

    fn curve(locked_after: Option<u32>) -> Curve {
        let results: &[&str] = match locked_after {
            Some(_) => &["rejected", "rejected", "rejected", "throttled", "throttled"],
            None => &["rejected", "rejected", "rejected", "rejected", "rejected"],
        };
        Curve {
            login: "AuthMech-<Web>".to_owned(),
            attempts: results.iter().map(|result| (0.005, (*result).to_owned())).collect(),
            declared_failures: Some(3),
            declared_seconds: Some(60),
            locked_after,
            ..Curve::default()
        }
    }

    #[test]
    fn a_login_that_locks_and_one_that_does_not_look_different_without_colour() {
        for language in Language::ALL {
            let words = Words::of(*language);
            let drawn = |locked| draw(words, &Delays { curves: vec![curve(locked)], ..Delays::default() });
            let (good, bad) = (drawn(Some(3)), drawn(None));
            assert!(good.svgs[0].contains("m-locked") && !bad.svgs[0].contains("m-locked"));
            assert!(
                good.svgs[0].contains("class=\"declared\"") && bad.svgs[0].contains("class=\"declared\"")
            );
            assert!(!good.svgs[0].contains("<Web>"), "escaped");
            let told = |drawing: Drawing| drawing.table.expect("the same in numbers").rows[0][3].clone();
            assert_eq!(told(good), "3");
            assert_eq!(told(bad), words.ui("delay-not"));
        }
    }

    #[test]
    fn no_line_is_drawn_for_what_is_not_declared() {
        let plain = Curve { declared_failures: None, ..curve(None) };
        let drawing = draw(Words::of(Language::En), &Delays { curves: vec![plain], ..Delays::default() });
        assert!(!drawing.svgs[0].contains("class=\"declared\""));
    }

    #[test]
    fn a_run_without_a_burst_says_why() {
        let words = Words::of(Language::En);
        let none = draw(words, &Delays::default());
        let left_out = draw(words, &Delays { left_out: 2, ..Delays::default() });
        assert!(none.svgs.is_empty() && left_out.svgs.is_empty());
        assert_ne!(none.missing, left_out.missing);
        assert!(left_out.missing.is_some_and(|why| why.contains('2')));
    }

    #[test]
    fn one_attempt_and_none_at_all_are_drawn_without_a_gap_in_the_numbers() {
        for attempts in [Vec::new(), vec![(0.0, "rejected".to_owned())], vec![(900.0, "odd".to_owned())]] {
            let one = Curve { attempts, ..curve(None) };
            let drawing = draw(Words::of(Language::Ja), &Delays { curves: vec![one], ..Delays::default() });
            assert!(!drawing.svgs[0].contains("NaN") && !drawing.svgs[0].contains("inf"));
        }
    }
}
