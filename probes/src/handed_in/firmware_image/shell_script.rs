//! The simple commands of a shell script, as far as they can be told without running it.

use std::collections::BTreeMap;

/// Commands of one script.
const AT_MOST: usize = 5000;

/// A simple command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Command {
    /// Line on which it begins, counted from 1.
    pub(super) line: usize,
    /// Its words, with variables of the script put in where they are known.
    pub(super) words: Vec<String>,
    /// The line.
    pub(super) text: String,
    /// It stands behind an `if`, an `&&` or an `||`.
    pub(super) conditional: bool,
}

/// The commands of a script, in their order.
pub(super) fn commands(text: &str) -> Vec<Command> {
    let mut commands = Vec::new();
    let mut variables = BTreeMap::new();
    let mut depth = 0_usize;
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let mut whole = line.trim().to_owned();
        while whole.ends_with('\\') && whole.len() < 4000 {
            whole.pop();
            let Some((_, next)) = lines.next() else { break };
            whole.push_str(next.trim());
        }
        if whole.starts_with('#') || whole.len() > 4000 {
            continue;
        }
        let mut guarded = false;
        for (words, guards_next) in simple(&whole) {
            let mut words = words;
            while let Some(first) = words.first().map(String::as_str) {
                match first {
                    "if" | "elif" => depth += usize::from(first == "if"),
                    "fi" => depth = depth.saturating_sub(1),
                    "then" | "else" | "do" | "done" | "{" | "}" | "(" | ")" | "!" | "while" | "esac" => {}
                    // The arm of a case.
                    arm if arm.ends_with(')') && !arm.contains('(') => {}
                    _ => break,
                }
                words.remove(0);
            }
            remember(&words, &mut variables);
            let words: Vec<String> = words
                .iter()
                .flat_map(|word| {
                    put_in(word, &variables).split_whitespace().map(str::to_owned).collect::<Vec<_>>()
                })
                .collect();
            if !words.is_empty() && commands.len() < AT_MOST {
                commands.push(Command {
                    line: number + 1,
                    words,
                    text: whole.clone(),
                    conditional: depth > 0 || guarded,
                });
            }
            guarded = guards_next;
        }
    }
    commands
}

/// Words of each simple command of a line, and whether what follows depends on it.
fn simple(line: &str) -> Vec<(Vec<String>, bool)> {
    let (mut all, mut words, mut word) = (Vec::new(), Vec::new(), String::new());
    let mut quote = None;
    let mut letters = line.chars().peekable();
    let mut written = false;
    while let Some(one) = letters.next() {
        match (quote, one) {
            (Some(open), one) if one == open => quote = None,
            (Some(_), one) => word.push(one),
            (None, '"' | '\'') => (quote, written) = (Some(one), true),
            (None, '\\') => word.extend(letters.next()),
            (None, '#') if word.is_empty() => break,
            (None, ';' | '&' | '|') => {
                let double = letters.next_if_eq(&one).is_some() && one != ';';
                // `2>&1` ends no command.
                if one == '&' && !double && word.ends_with('>') {
                    word.push(one);
                    continue;
                }
                end_word(&mut words, &mut word, &mut written);
                all.push((std::mem::take(&mut words), double));
            }
            (None, one) if one.is_whitespace() => end_word(&mut words, &mut word, &mut written),
            (None, one) => word.push(one),
        }
    }
    end_word(&mut words, &mut word, &mut written);
    all.push((words, false));
    all
}

fn end_word(words: &mut Vec<String>, word: &mut String, written: &mut bool) {
    if !word.is_empty() || *written {
        words.push(std::mem::take(word));
    }
    *written = false;
}

/// Keeps what variables are set to.
fn remember(words: &[String], variables: &mut BTreeMap<String, String>) {
    for word in words {
        let Some((name, value)) = word.split_once('=') else { return };
        let is_name = !name.is_empty() && name.bytes().all(|one| one.is_ascii_alphanumeric() || one == b'_');
        if !is_name || variables.len() >= 500 {
            return;
        }
        let value: String = put_in(value, variables).chars().take(300).collect();
        variables.insert(name.to_owned(), value);
    }
}

/// Puts in the variables that are known. Others stay as they are written.
fn put_in(word: &str, variables: &BTreeMap<String, String>) -> String {
    let mut text = String::new();
    let mut rest = word;
    while let Some(at) = rest.find('$') {
        text.push_str(&rest[..at]);
        let behind = &rest[at + 1..];
        let braced = behind.starts_with('{');
        let begin = usize::from(braced);
        let length = behind[begin..]
            .find(|one: char| !(one.is_ascii_alphanumeric() || one == '_'))
            .unwrap_or(behind.len() - begin);
        let name = &behind[begin..begin + length];
        let end = begin + length + usize::from(braced && behind[begin + length..].starts_with('}'));
        match variables.get(name) {
            Some(value) => text.push_str(value),
            None => text.push_str(&rest[at..at + 1 + end]),
        }
        rest = &behind[end..];
        if text.len() > 2000 {
            break;
        }
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<(Vec<String>, bool)> {
        commands(text).into_iter().map(|command| (command.words, command.conditional)).collect()
    }

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn commands_stand_between_marks_and_in_arms() {
        let text = "#!/bin/sh\n# telnetd\ncase \"$1\" in\n start)\n  mount -a; telnetd -F &\n  ;;\nesac\n";
        let seen = told(text);
        assert!(seen.contains(&(words("telnetd -F"), false)), "{seen:?}");
        assert!(seen.contains(&(words("mount -a"), false)), "{seen:?}");
    }

    #[test]
    fn conditions_are_seen() {
        assert_eq!(told("if [ -f /x ]; then\ntelnetd\nfi\nhttpd").last(), Some(&(words("httpd"), false)));
        assert!(told("if [ -f /x ]; then telnetd; fi").contains(&(words("telnetd"), true)));
        assert!(told("[ -f /x ] && telnetd").contains(&(words("telnetd"), true)));
    }

    #[test]
    fn variables_of_the_script_are_put_in() {
        let text = "DAEMON=\"telnetd\"\nEXEC=/usr/sbin/$DAEMON\nstart-stop-daemon -S -x ${EXEC} -- $ARGS\n";
        assert_eq!(
            told(text).last(),
            Some(&(words("start-stop-daemon -S -x /usr/sbin/telnetd -- $ARGS"), false))
        );
        assert_eq!(told("A=$A$A$A$A\n".repeat(50).as_str()).len(), 50);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(text in "[ -~\\n$\"'\\\\é]{0,200}") {
            let _ = commands(&text);
        }
    }
}
