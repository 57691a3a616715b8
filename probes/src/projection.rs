//! How long it would take to guess a value, at the speed that a login was seen to allow.

use crate::guessing::Guesses;
use crate::lockout;
use crate::probe::http_login::LoginBehaviour;

const DAY: f64 = 86_400.0;
/// Shortest time of one guess that is reckoned with, in seconds: the clock rounds to milliseconds.
const SHORTEST: f64 = 0.001;

/// Notes guesses a day and the projected time to success, with what both assume. `waited` is how long the end of
/// a lock-out was awaited, whether it came or not.
pub(crate) fn project(seen: &mut LoginBehaviour, guesses: &Guesses, waited: Option<f64>) {
    let Some(per_guess) = seconds_of_a_guess(seen, waited) else { return };
    let per_guess = per_guess.max(SHORTEST);
    seen.guesses_per_day = Some((DAY / per_guess).round());
    let mut assumptions = vec!["one connection at a time from one source, as tried".to_owned()];
    if waited.is_some() && seen.recovered_after_seconds.is_none() {
        assumptions.push("the lock-out ends when the wait for it ended; in truth it lasts longer".to_owned());
    }
    if let (Some(alphabet), Some(length)) = (guesses.alphabet_size, guesses.length) {
        let values = f64::from(alphabet).powf(f64::from(length));
        assumptions.push(format!(
            "{length} characters out of {alphabet}, each value equally likely, as declared; half of the values are tried"
        ));
        let seconds = values / 2.0 * per_guess;
        seen.projected_seconds = seconds.is_finite().then_some(seconds);
    }
    seen.assumptions = assumptions;
}

/// Seconds that a guess takes in the long run.
fn seconds_of_a_guess(seen: &LoginBehaviour, waited: Option<f64>) -> Option<f64> {
    let seconds: Vec<f64> = seen.burst.iter().map(|attempt| attempt.seconds).collect();
    match (seen.locked_after, waited) {
        // A round: the guesses until the lock-out, then its length.
        (Some(locked), Some(pause)) => {
            let locked = usize::try_from(locked).unwrap_or(usize::MAX).min(seconds.len());
            let round: f64 = seconds[..locked].iter().sum();
            Some((round + pause) / locked.max(1) as f64)
        }
        // Slower, but never locked: the last answers tell the pace.
        (Some(locked), None) => {
            let locked = usize::try_from(locked).unwrap_or(usize::MAX).min(seconds.len());
            lockout::median(&seconds[locked..])
        }
        (None, _) => lockout::median(&seconds),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::http_login::Attempt;

    fn seen(seconds: &[f64], locked_after: Option<u32>) -> LoginBehaviour {
        let attempt = |(n, seconds): (usize, &f64)| Attempt {
            n: n as u32,
            status: Some(401),
            seconds: *seconds,
            result: "rejected".into(),
        };
        LoginBehaviour {
            burst: seconds.iter().enumerate().map(attempt).collect(),
            locked_after,
            ..LoginBehaviour::default()
        }
    }

    fn pin() -> Guesses {
        Guesses { alphabet_size: Some(10), length: Some(4), ..Guesses::default() }
    }

    #[test]
    fn an_open_login_is_guessed_at_the_speed_of_its_answers() {
        let mut seen = seen(&[0.1; 10], None);
        project(&mut seen, &pin(), None);
        assert_eq!(seen.guesses_per_day, Some(864_000.0));
        assert_eq!(seen.projected_seconds, Some(500.0));
        assert_eq!(seen.assumptions.len(), 2);
    }

    #[test]
    fn a_lock_out_counts_with_its_length_and_an_endless_one_as_a_lower_bound() {
        let mut locked = seen(&[1.0; 8], Some(5));
        locked.recovered_after_seconds = Some(45.0);
        project(&mut locked, &pin(), Some(45.0));
        assert_eq!(locked.guesses_per_day, Some(8640.0));
        let mut endless = seen(&[1.0; 8], Some(5));
        project(&mut endless, &Guesses::default(), Some(45.0));
        assert_eq!((endless.guesses_per_day, endless.projected_seconds), (Some(8640.0), None));
        assert!(endless.assumptions[1].contains("lasts longer"));
    }

    #[test]
    fn a_delay_counts_as_it_was_at_the_end() {
        let mut slow = seen(&[0.1, 0.1, 2.0, 4.0, 4.0], Some(2));
        project(&mut slow, &pin(), None);
        assert_eq!(slow.projected_seconds, Some(20_000.0));
        let mut none = seen(&[], None);
        project(&mut none, &pin(), None);
        assert_eq!(none.guesses_per_day, None);
    }
}
