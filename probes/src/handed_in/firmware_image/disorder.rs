//! Disorder of octets: what is packed or encrypted looks like chance.

/// Shortest run of octets of which disorder is told.
pub(super) const SHORTEST: usize = 4096;
/// Octets that are looked at together.
const WINDOW: usize = 16 << 10;
/// Bits an octet from which octets look like chance. Code and texts have fewer than 7.
const CHANCE: f64 = 7.9;

/// Entropy of octets in bits an octet, from how often each stands there.
pub(super) fn bits(counts: &[u64; 256]) -> f64 {
    let octets: u64 = counts.iter().sum();
    counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| {
            let share = *count as f64 / octets as f64;
            -share * share.log2()
        })
        .sum()
}

/// Where octets look like chance: the first window that does, and the octets of all that do. `None` where it is less
/// than a fifth of them.
pub(super) fn stretch(bytes: &[u8]) -> Option<(usize, usize)> {
    let (mut first, mut sum) = (None, 0);
    for (number, window) in bytes.chunks(WINDOW).enumerate().filter(|(_, window)| window.len() >= SHORTEST) {
        let mut counts = [0_u64; 256];
        for octet in window {
            counts[usize::from(*octet)] += 1;
        }
        if bits(&counts) >= CHANCE {
            first = first.or(Some(number * WINDOW));
            sum += window.len();
        }
    }
    first.filter(|_| sum >= SHORTEST && sum * 5 >= bytes.len().min(1 << 20)).map(|first| (first, sum))
}
