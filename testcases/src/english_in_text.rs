//! Whether a text is English, as far as its small words tell.

/// Words that stand in every English text of some length. Those that other languages share are not among them.
const WORDS: &[&str] = &[
    "the", "of", "and", "to", "is", "for", "with", "that", "this", "you", "your", "we", "are", "from", "not",
    "after", "until", "every", "our", "have", "has", "will", "by", "how", "when", "which", "it", "be", "or",
    "within",
];

/// Of this many words in a hundred, at the least, are some of `WORDS`.
const SHARE: usize = 15;

/// Fewer words than this tell nothing.
const LEAST: usize = 12;

/// Whether a text is English. A page in two languages counts, where the English part is long enough and not drowned.
pub fn is_english(text: &str) -> bool {
    let words: Vec<String> = text
        .split(|character: char| !character.is_ascii_alphabetic())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    let letters = text.chars().filter(|character| character.is_alphabetic()).count();
    let latin = text.chars().filter(char::is_ascii_alphabetic).count();
    let known = words.iter().filter(|word| WORDS.contains(&word.as_str())).count();
    words.len() >= LEAST && latin * 2 >= letters && known * 100 >= words.len() * SHARE
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENGLISH: &str = "We acknowledge the receipt of a report within 5 days. After that we tell you the status of our work at least every 14 days until the issue is resolved.";

    #[test]
    fn english_is_told_from_other_languages() {
        assert!(is_english(ENGLISH));
        for other in [
            "Wir bestätigen den Eingang einer Meldung innerhalb von fünf Tagen. Danach berichten wir mindestens alle vierzehn Tage über den Stand der Arbeit, bis die Sache erledigt ist.",
            "Nous accusons réception de chaque rapport sous cinq jours, puis nous vous informons de son état au moins tous les quatorze jours jusqu'à la résolution du problème.",
            "報告を受け取ったことを5日以内にお知らせします。その後は解決まで少なくとも14日ごとに状況をお伝えします。Contact: security@hinode.example",
            "Contact: security@hinode.example",
        ] {
            assert!(!is_english(other), "{other}");
        }
    }

    #[test]
    fn a_page_in_two_languages_counts_where_english_is_not_drowned() {
        assert!(is_english(&format!("{ENGLISH} 報告を受け取ったことを5日以内にお知らせします。")));
        let drowned = "報告を受け取ったことを5日以内にお知らせします。".repeat(40);
        assert!(!is_english(&format!("{ENGLISH} {drowned}")));
    }
}
