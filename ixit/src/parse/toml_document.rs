//! TOML, with recovery after errors.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::complaints::Complaints;
use crate::node::{Content, DEPTH_LIMIT, Entry, Node};
use crate::source::SourceText;

/// Most syntax errors shown of one file; after that many the rest are echoes.
const MOST_ERRORS: usize = 50;

/// Dotted keys inside inline tables nest thousands deep within the parser's own limit, and its tree is
/// dropped recursively. A text that could do so is read on a stack that is deep enough for the worst.
const WORST_STACK: usize = 256 << 20;
/// Depth that any stack bears.
const HARMLESS_DEPTH: usize = 200;

pub(crate) fn read(source: &SourceText<'_>, to: &mut Complaints) -> Option<Node> {
    let deepest = source.text().bytes().filter(|byte| matches!(byte, b'.' | b'{' | b'[')).count();
    if deepest <= HARMLESS_DEPTH {
        return Some(read_here(source, to));
    }
    let node = std::thread::scope(|scope| {
        let builder = std::thread::Builder::new().stack_size(WORST_STACK);
        match builder
            .spawn_scoped(scope, || read_here(source, &mut *to))
            .map(std::thread::ScopedJoinHandle::join)
        {
            Ok(Ok(node)) => Some(node),
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(_) => None,
        }
    });
    if node.is_none() {
        to.incomplete = true;
        let message = "There is not enough memory to read the file";
        to.error("unreadable-file", &source.at(0..0), message, Some("Free memory and try again".into()));
    }
    node
}

fn read_here(source: &SourceText<'_>, to: &mut Complaints) -> Node {
    let (table, errors) = DeTable::parse_recoverable(source.text());
    if !errors.is_empty() {
        to.incomplete = true;
    }
    for error in errors.iter().take(MOST_ERRORS) {
        let at = source.at(error.span().unwrap_or(0..0));
        let (code, help) = match error.message() {
            "duplicate key" => ("duplicate-key", "Keep one of the two; each key may stand once in a table"),
            _ => (
                "syntax",
                "Texts stand in quotes: key = \"value\"; tables begin with [name], rows with [[name]]",
            ),
        };
        to.error(code, &at, sentence(error.message()), Some(help.into()));
    }
    let at = source.at(0..0);
    Node { content: Content::Table(entries(table.get_ref(), source, to, 1)), at }
}

fn entries(table: &DeTable<'_>, source: &SourceText<'_>, to: &mut Complaints, depth: usize) -> Vec<Entry> {
    let mut entries: Vec<Entry> = table
        .iter()
        .map(|(key, value)| Entry {
            key: key.get_ref().to_string(),
            key_at: source.at(key.span()),
            node: node(value, source, to, depth),
        })
        .collect();
    entries.sort_by_key(|entry| entry.key_at.start);
    entries
}

fn node(value: &Spanned<DeValue<'_>>, source: &SourceText<'_>, to: &mut Complaints, depth: usize) -> Node {
    let at = source.at(value.span());
    let broken = value.span().is_empty();
    let content = match value.get_ref() {
        DeValue::Table(_) | DeValue::Array(_) if depth >= DEPTH_LIMIT => {
            to.incomplete = true;
            to.error("too-deep", &at, format!("Nested more than {DEPTH_LIMIT} deep"), None);
            Content::Broken
        }
        DeValue::Table(table) => Content::Table(entries(table, source, to, depth + 1)),
        DeValue::Array(items) => {
            Content::List(items.iter().map(|item| node(item, source, to, depth + 1)).collect())
        }
        // The parser puts a value of no length where it found none.
        _ if broken => Content::Broken,
        DeValue::String(text) => Content::Text(text.to_string()),
        DeValue::Boolean(flag) => Content::Flag(*flag),
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Content::Number(number),
            Err(_) => Content::Other("a number that is too large"),
        },
        DeValue::Float(_) => Content::Other("a number with a fraction"),
        // Dates are texts in declarations; TOML also writes them without quotes.
        DeValue::Datetime(date) => Content::Text(date.to_string()),
    };
    Node { content, at }
}

fn sentence(message: &str) -> String {
    // The parser guesses at a number or a literal where somebody wrote a bare word.
    if message.starts_with("invalid float") || message.starts_with("string values must be quoted") {
        return "This is no value of TOML: no text in quotes, no number, not true or false".to_owned();
    }
    let mut characters = message.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}
