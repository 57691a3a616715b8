//! Words looked for in a published text: regardless of case and width, whole words where a script puts spaces
//! between them, and with an eye on "not" and 「ない」.
//!
//! A word that is denied is no hit. Whether it is denied is guessed from a few words of English and Japanese,
//! on the safe side: what may be denied is left to a person.

/// Where a word stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FoundWord {
    /// First byte in the text.
    pub start: usize,
    /// Byte after it.
    pub end: usize,
    /// The sentence seems to deny it.
    pub denied: bool,
}

/// How a word stands in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stands {
    /// Nowhere.
    Nowhere,
    /// Only where the sentence seems to deny it.
    Denied,
    /// At least once as it is.
    Plainly,
}

/// English words that deny what follows them, up to a turn of the sentence.
const DENYING: &[&str] =
    &["no", "not", "never", "neither", "nor", "none", "nothing", "cannot", "refrain", "refrains"];
/// English words that deny what follows them, up to the next comma.
const LACKING: &[&str] = &["without", "except", "excluding"];
/// Words after which a denial has ended.
const TURNS: &[&str] = &["but", "however", "although", "though", "whereas", "while", "instead", "unless"];
/// Japanese endings that deny what stands before them.
const DENYING_ENDINGS: &[&str] =
    &["ない", "ません", "なし", "せず", "おらず", "無し", "無い", "除く", "除き"];
/// A cell that says nothing else denies its row.
const DENYING_CELLS: &[&str] =
    &["no", "none", "never", "n/a", "-", "–", "—", "いいえ", "なし", "無", "無し", "×", "✗"];

/// Every place of a word or phrase, in order. White space counts as one space, full width as half width.
pub fn find(text: &str, word: &str) -> Vec<FoundWord> {
    let wanted = Folded::of(word.trim()).text;
    let mut found = Vec::new();
    if wanted.is_empty() {
        return found;
    }
    let folded = Folded::of(text);
    for (at, _) in folded.text.match_indices(&wanted) {
        let end = at + wanted.len();
        let goes_on_before = joined(folded.text[..at].chars().next_back(), wanted.chars().next());
        let goes_on_after = joined(wanted.chars().next_back(), folded.text[end..].chars().next());
        let whole_letters = folded.begins_letter(at) && folded.begins_letter(end);
        if !goes_on_before && !goes_on_after && whole_letters {
            found.push(FoundWord {
                start: folded.origin(at),
                end: folded.origin(end),
                denied: denied(&folded.text, at, end),
            });
        }
    }
    found
}

/// A text in lower case, white space as one space, full width as half width: for comparisons that those do not change.
pub fn folded(text: &str) -> String {
    Folded::of(text).text.trim().to_owned()
}

/// How a word stands in a text.
pub fn stands(text: &str, word: &str) -> Stands {
    let worth = |found: FoundWord| if found.denied { Stands::Denied } else { Stands::Plainly };
    find(text, word).into_iter().map(worth).max().unwrap_or(Stands::Nowhere)
}

/// Whether a text is written in another script than the words that are looked for, so that their absence
/// tells nothing: Japanese words and a text almost without them, or the other way round.
pub fn in_another_script<'w>(text: &str, words: impl IntoIterator<Item = &'w str>) -> bool {
    /// Characters of Chinese or Japanese script among a hundred letters, in a text in one of them.
    const OF_A_HUNDRED: usize = 15;
    let letters = text.chars().filter(|letter| letter.is_alphabetic()).count();
    let unspaced = text.chars().filter(|letter| letter.is_alphabetic() && without_spaces(*letter)).count();
    let text_unspaced = unspaced * 100 > letters * OF_A_HUNDRED;
    let mut any = false;
    let all_differ = words.into_iter().all(|word| {
        any = true;
        word.chars().any(without_spaces) != text_unspaced
    });
    any && all_differ
}

/// Two characters of one word of a script with spaces.
fn joined(one: Option<char>, other: Option<char>) -> bool {
    let part = |letter: Option<char>| {
        letter.is_some_and(|letter| letter.is_alphanumeric() && !without_spaces(letter))
    };
    part(one) && part(other)
}

/// Characters of scripts that do not put spaces between words, and Korean, whose particles follow at once.
fn without_spaces(letter: char) -> bool {
    matches!(letter,
        '\u{0e00}'..='\u{0eff}' | '\u{1780}'..='\u{17ff}' | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}')
}

fn denied(text: &str, at: usize, end: usize) -> bool {
    const ENDS: &[&str] = &[". ", "! ", "? ", "。", "; ", "；", " | ", "\n"];
    let start = ENDS.iter().filter_map(|mark| text[..at].rfind(mark).map(|found| found + mark.len())).max();
    let stop = ENDS.iter().filter_map(|mark| text[end..].find(mark).map(|found| end + found)).min();
    let before = &text[start.unwrap_or(0)..at];
    let after = &text[end..stop.unwrap_or(text.len())];
    row_denies(text) || denied_before(before) || denied_after(after) || denied_in_japanese(after)
}

fn row_denies(text: &str) -> bool {
    text.contains(" | ") && text.split(" | ").any(|cell| DENYING_CELLS.contains(&cell.trim()))
}

/// "We do not collect times, places or …" goes on over commas; "without times, …" does not.
fn denied_before(before: &str) -> bool {
    let mut denied = false;
    let mut lacking = false;
    let mut only_after_not = false;
    for token in before.split_inclusive([' ', ',', ':', '(', ')']) {
        let word =
            token.trim_matches(|letter: char| !letter.is_alphanumeric() && letter != '\'' && letter != '’');
        if TURNS.contains(&word) {
            (denied, lacking) = (false, false);
        } else if DENYING.contains(&word) || word.ends_with("n't") || word.ends_with("n’t") {
            only_after_not = word == "not";
            denied = true;
            continue;
        } else if word == "only" && only_after_not {
            denied = false;
        } else if LACKING.contains(&word) {
            lacking = true;
        }
        only_after_not = false;
        if token.ends_with([',', ':', '(', ')']) {
            lacking = false;
        }
    }
    denied || lacking || before.ends_with("non-")
}

/// "… is never stored": up to the next border of the clause.
fn denied_after(after: &str) -> bool {
    let clause = &after[..after.find([',', ':', '(', ')']).unwrap_or(after.len())];
    let mut words = clause
        .split_whitespace()
        .map(|word| {
            word.trim_matches(|letter: char| !letter.is_alphanumeric() && letter != '\'' && letter != '’')
        })
        .peekable();
    while let Some(word) = words.next() {
        if TURNS.contains(&word) {
            return false;
        }
        let denies = DENYING.contains(&word) || word.ends_with("n't") || word.ends_with("n’t");
        if denies && !(word == "not" && words.peek() == Some(&"only")) {
            return true;
        }
    }
    false
}

/// 「…は保存しません」: Japanese denies at the end of the clause. A comma after a particle does not end it.
fn denied_in_japanese(after: &str) -> bool {
    const PARTICLES: &[char] = &['は', 'も', 'を', 'と', 'や', 'に', 'の', 'へ', 'か', 'で'];
    let mut end = after.len();
    for (at, comma) in after.match_indices(['、', '，']) {
        let last = after[..at].chars().next_back();
        let hiragana = last.is_some_and(|letter| ('\u{3041}'..='\u{309f}').contains(&letter));
        if hiragana && !last.is_some_and(|letter| PARTICLES.contains(&letter)) {
            // The comma itself belongs to the clause: 「保存せず、」.
            end = at + comma.len();
            break;
        }
    }
    DENYING_ENDINGS.iter().any(|ending| after[..end].contains(ending))
}

/// A text in lower case and half width with single spaces, and where each byte comes from.
struct Folded {
    text: String,
    /// For each byte of `text` the first byte of its origin.
    from: Vec<usize>,
    length: usize,
}

impl Folded {
    fn of(original: &str) -> Self {
        let mut folded = Self { text: String::new(), from: Vec::new(), length: original.len() };
        for (at, letter) in original.char_indices() {
            let letter = match letter {
                '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(letter) - 0xfee0).unwrap_or(letter),
                letter if letter.is_whitespace() => ' ',
                letter => letter,
            };
            if letter == ' ' && folded.text.ends_with(' ') {
                continue;
            }
            for lower in letter.to_lowercase() {
                folded.text.push(lower);
                folded.from.resize(folded.text.len(), at);
            }
        }
        folded
    }

    /// Whether a letter of the original begins here: "İ" folds to two letters, of which the first is no hit.
    fn begins_letter(&self, at: usize) -> bool {
        at == 0 || at >= self.from.len() || self.from[at] != self.from[at - 1]
    }

    fn origin(&self, at: usize) -> usize {
        self.from.get(at).copied().unwrap_or(self.length)
    }
}

#[cfg(test)]
#[path = "words_in_text/tests.rs"]
mod tests;
