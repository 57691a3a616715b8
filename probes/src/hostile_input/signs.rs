//! What an answer gives away: markup that comes back unescaped, a file that was read, an order that was carried out,
//! an error that nobody caught.

use super::wire::Answer;

/// What an answer shows, as named in findings.
pub(super) fn signs(answer: &Answer, mark: &str) -> Vec<(&'static str, String)> {
    let text = String::from_utf8_lossy(&answer.body);
    let mut signs = Vec::new();
    let element = format!("<{mark}");
    let script = format!("<script>{mark}");
    if answer.html
        && let Some(at) = text.find(&element).or_else(|| text.find(&script))
    {
        signs.push(("markup-unescaped", around(&text, at)));
    }
    // A marker that a device only repeats does not hold what stands in a file.
    let file =
        text.find("root:").filter(|at| text[*at..].lines().next().is_some_and(|line| line.contains(":0:0:")));
    let file = file.or_else(|| text.find("; for 16-bit app support"));
    if let Some(at) = file {
        signs.push(("file-read", around(&text, at)));
    }
    if let Some(at) = text.find("uid=").filter(|at| text[*at..].contains(" gid=")) {
        signs.push(("order-carried-out", around(&text, at)));
    }
    let internal = INTERNALS.iter().find_map(|words| text.find(words));
    if let Some(at) = internal {
        signs.push(("internals-told", around(&text, at)));
    } else if (500..=599).contains(&answer.status) && answer.status != 501 && answer.status != 503 {
        signs.push(("server-error", format!("status {}", answer.status)));
    }
    signs
}

/// Beginnings of what programs say when nobody caught their error.
const INTERNALS: [&str; 14] = [
    "Traceback (most recent call last)",
    "panicked at",
    "stack backtrace",
    "goroutine 1 [",
    "Exception in thread",
    "java.lang.",
    "at Object.<anonymous>",
    "System.NullReferenceException",
    "Fatal error: Uncaught",
    "SQLSTATE[",
    "SQL syntax",
    "sqlite3.",
    "Segmentation fault",
    "core dumped",
];

/// A line about a place, printable and short.
pub(super) fn around(text: &str, at: usize) -> String {
    let from = text[..at].char_indices().rev().take(20).last().map_or(at, |(from, _)| from);
    let letters = text[from..].chars().take(120);
    letters.map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(status: u16, html: bool, body: &str) -> Vec<&'static str> {
        let answer = Answer { status, html, body: body.as_bytes().to_vec(), ..Answer::default() };
        signs(&answer, "hx12").into_iter().map(|(what, _)| what).collect()
    }

    #[test]
    fn what_is_only_repeated_or_escaped_is_no_sign() {
        assert!(seen(422, true, "<p>&lt;hx12 onfocus=x&gt; is no number</p>").is_empty());
        assert!(seen(422, false, "{\"error\":\"<hx12 onfocus=x>\"}").is_empty());
        assert!(seen(400, true, "<p>../../etc/passwd is no page, ; id # neither</p>").is_empty());
        assert!(seen(503, true, "busy").is_empty());
    }

    #[test]
    fn what_is_carried_out_or_given_away_is_seen() {
        assert_eq!(seen(200, true, "<p>\"'><hx12 onfocus=x></p>"), ["markup-unescaped"]);
        assert_eq!(seen(200, true, "<pre>root:x:0:0:root:/root:/bin/sh</pre>"), ["file-read"]);
        assert_eq!(seen(200, false, "uid=0(root) gid=0(root)"), ["order-carried-out"]);
        assert_eq!(seen(500, true, "thread 'main' panicked at src/main.rs:7"), ["internals-told"]);
        assert_eq!(seen(500, true, "sorry"), ["server-error"]);
    }
}
