//! Whether a device began to defend itself during a row of wrong credentials, read from how its
//! answers changed: one product answers 403 five times and then 500, another only grows slow.

use crate::login::Try;

/// Words of an answer that says that trying is over, in lower case.
const LOCK_WORDS: [&str; 9] = [
    "locked",
    "lockout",
    "too many",
    "try again later",
    "blocked",
    "temporarily",
    "wait",
    "ロック",
    "しばらく",
];

/// Attempts that must stay changed, counted from the first changed one, before the change is
/// believed during a burst.
pub const SUSTAINED: usize = 3;

/// Index of the first try from which on every answer is a refusal to try: throttled, no longer
/// answered, of another class, with words of a lock-out, or slow. `None` if the last answer is of
/// the old kind. A single changed answer at the end counts only if it says so plainly.
pub fn onset(tries: &[Try]) -> Option<usize> {
    let start = (0..tries.len()).find(|start| {
        let (before, after) = tries.split_at(*start);
        after.iter().all(|one| changed(before, one))
    })?;
    let plain = tries[start..].iter().all(|one| one.attempt.result == "throttled");
    (plain || tries.len() - start >= 2).then_some(start)
}

/// In which manner the device defends itself: `none`, `throttling` (says that trying is over), `closed` (cuts or
/// refuses the connection), `silence`, `odd-answers` (another status than before), `delay`.
pub fn manner(tries: &[Try], onset: Option<usize>) -> &'static str {
    let Some((before, after)) = onset.map(|start| tries.split_at(start)) else {
        return if delays_grow(tries) { "delay" } else { "none" };
    };
    let all = |result: &str| after.iter().all(|one| one.attempt.result == result);
    let first = before.first();
    let says_so = after.iter().all(|one| {
        one.attempt.result == "throttled"
            || LOCK_WORDS
                .iter()
                .any(|word| one.words.contains(word) && first.is_none_or(|first| !first.words.contains(word)))
    });
    if says_so {
        "throttling"
    } else if all("closed") {
        "closed"
    } else if all("no-answer") {
        "silence"
    } else if first.is_some_and(|first| after.iter().all(|one| one.attempt.status == first.attempt.status)) {
        "delay"
    } else {
        "odd-answers"
    }
}

/// Whether the answers to wrong credentials came ever later: none sooner than the one before but for a little,
/// and the last much later than the first.
pub fn delays_grow(tries: &[Try]) -> bool {
    let seconds: Vec<f64> =
        tries.iter().filter(|one| one.attempt.result == "rejected").map(|one| one.attempt.seconds).collect();
    let rises = seconds.windows(2).all(|two| two[1] >= two[0] * 0.8 - 0.05);
    match (seconds.first(), seconds.last()) {
        (Some(first), Some(last)) => seconds.len() >= 4 && rises && *last >= 0.8 && *last >= 3.0 * first,
        _ => false,
    }
}

/// Part of a declared length within which a lock-out lasts for sure: clocks differ, and answers take their time.
const LASTS_FOR_SURE: f64 = 0.8;

/// Whether a lock-out that began at most so many seconds ago lasts still by its declared length. Without one nobody
/// knows better than the device: it counts as lasting.
pub fn lasts_still(declared_seconds: Option<u32>, since_seconds: f64) -> bool {
    declared_seconds.is_none_or(|declared| since_seconds < f64::from(declared) * LASTS_FOR_SURE)
}

/// Median time of the answers in seconds.
pub fn median_seconds(tries: &[Try]) -> Option<f64> {
    let seconds: Vec<f64> = tries.iter().map(|one| one.attempt.seconds).collect();
    median(&seconds)
}

/// The middle of some numbers; `None` if there are none.
pub(crate) fn median(numbers: &[f64]) -> Option<f64> {
    let mut seconds = numbers.to_vec();
    seconds.sort_by(f64::total_cmp);
    let middle = seconds.len().checked_sub(1)? / 2;
    Some(if seconds.len() % 2 == 1 {
        seconds[middle]
    } else {
        f64::midpoint(seconds[middle], seconds[middle + 1])
    })
}

fn changed(before: &[Try], now: &Try) -> bool {
    let attempt = &now.attempt;
    if attempt.result == "accepted" {
        return false;
    }
    if attempt.result == "throttled" {
        return true;
    }
    // Without an ordinary answer before it there is nothing to compare with.
    let Some(first) = before.first() else { return false };
    if matches!(attempt.result.as_str(), "closed" | "no-answer") {
        return first.attempt.result != attempt.result;
    }
    let slow = median_seconds(before)
        .is_some_and(|median| attempt.seconds >= 0.8 && attempt.seconds >= 4.0 * median);
    let words = LOCK_WORDS.iter().any(|word| now.words.contains(word) && !first.words.contains(word));
    attempt.status != first.attempt.status || slow || words
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::probe::http_login::Attempt;

    fn row(answers: &[(u16, f64, &str, &str)]) -> Vec<Try> {
        let make = |(n, (status, seconds, result, words)): (usize, &(u16, f64, &str, &str))| Try {
            attempt: Attempt {
                n: n as u32 + 1,
                status: (*status > 0).then_some(*status),
                seconds: *seconds,
                result: (*result).to_owned(),
            },
            words: (*words).to_owned(),
        };
        answers.iter().enumerate().map(make).collect()
    }

    const BAD: (u16, f64, &str, &str) = (401, 0.1, "rejected", "wrong password");

    #[test]
    fn what_comes_late_says_nothing_of_the_lock_out() {
        assert!(lasts_still(Some(2), 0.3) && lasts_still(Some(2), 1.5) && lasts_still(None, 1e4));
        // A slow bench or device: the lock-out may be over.
        assert!(!lasts_still(Some(2), 1.7) && !lasts_still(Some(2), 2.4));
    }

    #[test]
    fn answers_that_stay_the_same_are_no_defence() {
        assert_eq!(onset(&row(&[BAD; 20])), None);
        assert_eq!(onset(&[]), None);
        let hiccup = row(&[BAD, BAD, (500, 0.1, "unclear", ""), BAD, BAD]);
        assert_eq!(onset(&hiccup), None);
        let one_slow = row(&[BAD, BAD, (401, 3.0, "rejected", "wrong password"), BAD]);
        assert_eq!(onset(&one_slow), None);
        assert_eq!(onset(&row(&[BAD, BAD, (401, 3.0, "rejected", "")])), None);
        assert_eq!(onset(&row(&[(0, 0.0, "closed", ""); 4])), None);
    }

    #[test]
    fn every_kind_of_defence_is_seen() {
        for after in [
            (429, 0.1, "throttled", ""),
            (0, 0.1, "closed", ""),
            (0, 9.0, "no-answer", ""),
            (500, 0.1, "unclear", ""),
            (401, 0.9, "rejected", "wrong password"),
            (401, 0.1, "rejected", "account locked"),
        ] {
            assert_eq!(onset(&row(&[BAD, BAD, BAD, after, after])), Some(3), "{after:?}");
        }
        let growing: Vec<_> = [0.1, 0.2, 0.4, 0.8, 1.6, 3.2].map(|s| (401, s, "rejected", "")).into();
        assert_eq!(onset(&row(&growing)), Some(3));
    }

    #[test]
    fn the_manner_of_a_defence_is_named() {
        for (after, manner_seen) in [
            ((429, 0.1, "throttled", ""), "throttling"),
            ((401, 0.1, "rejected", "account locked"), "throttling"),
            ((0, 0.1, "closed", ""), "closed"),
            ((0, 9.0, "no-answer", ""), "silence"),
            ((500, 0.1, "unclear", ""), "odd-answers"),
            ((401, 0.9, "rejected", "wrong password"), "delay"),
        ] {
            let tries = row(&[BAD, BAD, BAD, after, after]);
            assert_eq!(manner(&tries, onset(&tries)), manner_seen, "{after:?}");
        }
        let open = row(&[BAD; 5]);
        assert_eq!(manner(&open, onset(&open)), "none");
    }

    #[test]
    fn ever_slower_answers_are_told_from_even_ones() {
        let of = |seconds: &[f64]| {
            delays_grow(&row(&seconds.iter().map(|s| (401, *s, "rejected", "")).collect::<Vec<_>>()))
        };
        assert!(of(&[0.1, 0.2, 0.4, 0.8, 1.6]));
        assert!(of(&[1.0, 2.0, 3.0, 3.0, 3.0]));
        assert!(!of(&[2.0, 2.0, 2.0, 2.0]), "even");
        assert!(!of(&[0.1, 3.0, 0.1, 3.0]), "up and down");
        assert!(!of(&[0.1, 0.2, 0.4, 0.5]), "still fast");
        assert!(!of(&[]));
    }

    #[test]
    fn a_wrong_credential_that_works_is_no_defence() {
        assert_eq!(onset(&row(&[BAD, (200, 0.1, "accepted", ""), (200, 0.1, "accepted", "")])), None);
    }

    proptest! {
        #[test]
        fn a_row_that_never_changes_is_never_a_defence(n in 0_usize..40, status in 200_u16..600, s in 0.0..5.0_f64) {
            prop_assert_eq!(onset(&row(&vec![(status, s, "rejected", "no"); n])), None);
        }

        #[test]
        fn the_onset_lies_where_the_class_changed(before in 1_usize..20, after in 2_usize..10) {
            let mut answers = vec![BAD; before];
            answers.extend(vec![(403, 0.1, "rejected", ""); after]);
            prop_assert_eq!(onset(&row(&answers)), Some(before));
        }
    }
}
