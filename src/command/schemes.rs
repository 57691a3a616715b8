//! Label schemes on the command line: by name, as a list, and the file that a supplier fills in for them.

use std::fmt::Write as _;

use harness::RunRecord;
use harness::ixit::Edition;
use harness::testcases::guide::{Guide, ItemKind, guide, guides};
use harness::testcases::scheme::{Scheme, SchemeKind, scheme, schemes};
use harness::testcases::texts::Language;
use serde_json::{Value, json};

use crate::folding::fold;
use crate::output::Failure;

/// Columns of the list.
const COLUMNS: usize = 100;

/// A scheme by name.
pub(crate) fn named(name: &str) -> Result<&'static Scheme, Failure> {
    scheme(name).ok_or_else(|| {
        if guide(name).is_some() {
            return Failure::nothing_started(format!(
                "{name} is a guide and no label scheme: nobody awards anything by it, so nothing is handed in for it"
            ))
            .help(format!(
                "hantei report RUN --scheme {name} reads it over a run; hantei init DIR --scheme {name} writes the \
                 guides.toml in which the supplier speaks of it"
            ));
        }
        let failure = Failure::nothing_started(format!("there is no scheme named {name} in this build"));
        match nearest(name) {
            Some(near) => failure.help(format!("did you mean {near}? hantei list schemes shows all")),
            None => failure.help("hantei list schemes shows those there are"),
        }
    })
}

/// A scheme that can be applied to a run.
pub(crate) fn of_run(name: &str, record: &RunRecord) -> Result<&'static Scheme, Failure> {
    let scheme = named(name)?;
    let edition = record.declaration.edition;
    if scheme.is_of(edition) {
        return Ok(scheme);
    }
    Err(Failure::nothing_started(format!(
        "the scheme {name} is applied to {}, and this run is of {}",
        scheme.edition,
        edition.short()
    ))
    .help("assess the device against the edition of the scheme, or choose another scheme"))
}

fn nearest(written: &str) -> Option<&'static str> {
    let lower: String = written.to_lowercase().chars().take(100).collect();
    let likeness = |name: &'static str| (strsim::normalized_damerau_levenshtein(&lower, name), name);
    let names = schemes().iter().map(|scheme| scheme.name.as_str());
    let names = names.chain(guides().iter().map(|guide| guide.name.as_str()));
    let like = names.map(likeness).filter(|(likeness, _)| *likeness >= 0.4);
    like.max_by(|one, other| one.0.total_cmp(&other.0)).map(|(_, name)| name)
}

/// Rows of `hantei list schemes`; of an edition, where one is asked for.
pub(crate) fn rows(edition: Edition, language: Language) -> Vec<Value> {
    let of_edition = schemes().iter().filter(|scheme| scheme.is_of(edition));
    of_edition
        .map(|scheme| {
            let sources = scheme.sources.iter();
            json!({
                "name": scheme.name,
                "title": scheme.title.of(language),
                "kind": scheme.kind,
                "level": scheme.level,
                "category": scheme.category.as_ref().map(|category| category.of(language)),
                "version": scheme.version,
                "date": scheme.date,
                "confidence": scheme.confidence,
                "edition": scheme.edition,
                "body": scheme.body.of(language),
                "standing": scheme.standing.of(language),
                "includes": scheme.includes,
                "requirements": scheme.cumulated().iter().map(|one| one.requirements.len()).sum::<usize>(),
                "fields": scheme.fields.iter().map(|field| json!({
                    "key": field.key, "title": field.title.of(language), "kind": field.kind,
                    "required": field.required,
                })).collect::<Vec<_>>(),
                "documents": scheme.documents.iter().map(|document| json!({
                    "id": document.id, "title": document.title.of(language),
                })).collect::<Vec<_>>(),
                "sources": sources.map(|source| json!({
                    "id": source.id, "title": source.title, "date": source.date, "url": source.url,
                    "read": source.read, "confidence": source.confidence,
                })).collect::<Vec<_>>(),
                "digest": scheme.digest,
            })
        })
        .collect()
}

/// Guides as further rows: read over the same evidence, without a verdict.
pub(crate) fn guide_rows(edition: Edition, language: Language) -> Vec<Value> {
    guides().iter().filter(|guide| guide.is_of(edition)).map(|guide| guide_row(guide, language)).collect()
}

fn guide_row(guide: &Guide, language: Language) -> Value {
    let mut kinds: std::collections::BTreeMap<ItemKind, usize> = std::collections::BTreeMap::new();
    for item in &guide.items {
        *kinds.entry(item.kind).or_default() += 1;
    }
    json!({
        "name": guide.name,
        "title": guide.title.of(language),
        "kind": "guide",
        "version": guide.version,
        "date": guide.date,
        "confidence": guide.confidence,
        "edition": guide.edition,
        "body": guide.publisher.of(language),
        "standing": guide.standing.of(language),
        "gap": guide.gap.as_ref().map(|gap| gap.of(language)),
        "groups": guide.groups.len(),
        "requirements": guide.items.len(),
        "items": kinds,
        "links": guide.items.iter().map(|item| item.links.len()).sum::<usize>(),
        "sources": guide.sources.iter().map(|source| json!({
            "id": source.id, "title": source.title, "date": source.date, "url": source.url,
            "read": source.read, "confidence": source.confidence,
        })).collect::<Vec<_>>(),
        "digest": guide.digest,
    })
}

/// The list for a person.
pub(crate) fn text(rows: &[Value], language: Language) -> String {
    let ja = language == Language::Ja;
    let say = |en: &'static str, other: &'static str| if ja { other } else { en };
    if rows.is_empty() {
        return format!("{}\n", say("none in this build", "このビルドにはない"));
    }
    let string = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let words = reports::words::Words::of(language);
    let named = |kind: &str, name: &Value| words.ui(&format!("scheme-{kind}-{}", string(name))).to_owned();
    let mut out = String::new();
    for row in rows {
        let kind = match row["kind"].as_str() {
            Some("mapping") => say("overview of evidence, no verdict", "証拠の一覧（判定なし）"),
            Some("guide") => say("guide, for information", "ガイド（参考情報）"),
            _ => say("verdict", "判定あり"),
        };
        let count = row["requirements"].as_u64().unwrap_or_default();
        let count = match (row["kind"] == "guide", ja) {
            (false, false) => format!("{count} requirements"),
            (false, true) => format!("要件 {count} 件"),
            (true, _) => items(row, ja, words),
        };
        let mut head = format!("{} ({}), {kind}, {count}", string(&row["version"]), string(&row["date"]));
        if let Some(category) = row["category"].as_str() {
            head.push_str(&format!(", {category}"));
        }
        let confidence = named("confidence", &row["confidence"]);
        head.push_str(&format!(", {}: {confidence}", say("confidence", "確かさ")));
        let mut lines = vec![head, string(&row["standing"])];
        lines.extend(row["gap"].as_str().map(str::to_owned));
        for source in row["sources"].as_array().into_iter().flatten() {
            let (read, sure) = (named("read", &source["read"]), named("confidence", &source["confidence"]));
            let (title, date) = (string(&source["title"]), string(&source["date"]));
            lines.push(format!("- {title} ({date}; {read}; {}: {sure})", say("confidence", "確かさ")));
        }
        writeln!(out, "{}  {}", string(&row["name"]), string(&row["title"]))
            .expect("a String takes any text");
        for line in lines {
            // What goes on in a further line of the list stands below its text.
            let hang = if line.starts_with("- ") { "  " } else { "" };
            for (index, part) in fold(&line, 0, COLUMNS - 6).into_iter().enumerate() {
                let hang = if index == 0 { "" } else { hang };
                writeln!(out, "    {hang}{part}").expect("a String takes any text");
            }
        }
    }
    out
}

/// Groups and items of a guide, by kind.
fn items(row: &Value, ja: bool, words: &reports::words::Words) -> String {
    let groups = row["groups"].as_u64().unwrap_or_default();
    let mut parts = vec![if ja { format!("群 {groups}") } else { format!("{groups} groups") }];
    for (kind, count) in row["items"].as_object().into_iter().flatten() {
        let kind = words.ui(&format!("guide-kind-{kind}")).to_lowercase();
        parts.push(if ja { format!("{kind} {count}") } else { format!("{kind}: {count}") });
    }
    parts.join(if ja { "、" } else { ", " })
}

/// `submission.toml` to fill in: the keys of some schemes, and of those that they include, as comments.
pub(crate) fn submission(wanted: &[&'static Scheme], language: Language) -> String {
    let ja = language == Language::Ja;
    let mut out = String::from(if ja {
        "# ラベル制度などが規格のほかに供給者へ求める事項。供給者が記入する。\n# 行頭の # を外し、\"...\" を置き換える。何が足りないかは hantei check と hantei pack が示す。\n"
    } else {
        "# What label schemes ask of the supplier beyond the standard. Filled in by the supplier.\n# Take away the # sign of a line and replace its \"...\". hantei check and hantei pack name what is missing.\n"
    });
    let mut done: Vec<&str> = Vec::new();
    for scheme in wanted.iter().flat_map(|one| one.cumulated()) {
        if done.contains(&scheme.name.as_str()) {
            continue;
        }
        done.push(&scheme.name);
        let title = scheme.title.of(language);
        write!(out, "\n# {title} ({})\n", scheme.version).expect("a String takes any text");
        if scheme.kind == SchemeKind::Mapping && scheme.fields.is_empty() || scheme.fields.is_empty() {
            let none = if ja { "記入する事項はない。" } else { "Nothing to state." };
            writeln!(out, "# {none}").expect("a String takes any text");
            continue;
        }
        writeln!(out, "[{}]", scheme.name).expect("a String takes any text");
        for field in &scheme.fields {
            let needed = match (field.required, ja) {
                (true, true) => "必須",
                (true, false) => "required",
                (false, true) => "任意",
                (false, false) => "optional",
            };
            let value = match field.kind.as_str() {
                "flag" => "false",
                "texts" => "[\"...\"]",
                _ => "\"...\"",
            };
            let title = field.title.of(language);
            write!(out, "# {title} ({}; {needed})\n#{} = {value}\n", kind(&field.kind, ja), field.key)
                .expect("a String takes any text");
        }
    }
    out
}

fn kind(kind: &str, ja: bool) -> &'static str {
    match (kind, ja) {
        ("flag", false) => "true or false",
        ("flag", true) => "true または false",
        ("date", false) => "date, such as 2026-01-31",
        ("date", true) => "日付（例：2026-01-31）",
        ("address", false) => "address of a page",
        ("address", true) => "ページのアドレス",
        ("texts", false) => "list of texts",
        ("texts", true) => "文の一覧",
        (_, false) => "text",
        (_, true) => "文",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_does_not_exist_is_answered_with_the_nearest() {
        for scheme in schemes() {
            let mut slip = scheme.name.clone();
            slip.push('x');
            assert!(named(&scheme.name).is_ok());
            assert_eq!(nearest(&slip), Some(scheme.name.as_str()));
        }
        assert_eq!(nearest("csa-13-step"), Some("csa-13-steps"));
        assert!(guides().iter().all(|guide| named(&guide.name).is_err()), "a guide is no scheme");
        assert_eq!(nearest("zzzzzzzzzzzzzzzzzzzzzzzzz"), None);
    }

    #[test]
    fn the_file_to_fill_in_is_toml_that_states_nothing() {
        let all: Vec<&Scheme> = schemes().iter().collect();
        for language in Language::ALL {
            let text = submission(&all, *language);
            let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
            assert!(lines.clone().all(|line| line.starts_with('[')), "{text}");
            let heads: std::collections::BTreeSet<&str> = lines.clone().collect();
            assert_eq!(heads.len(), lines.count(), "a table stands once");
        }
    }

    #[test]
    fn the_list_fits_into_a_hundred_columns() {
        use unicode_width::UnicodeWidthStr as _;
        for language in Language::ALL {
            let edition: Edition = "en303645-2.1.1".parse().expect("known");
            let mut rows = rows(edition, *language);
            rows.extend(guide_rows(edition, *language));
            let text = text(&rows, *language);
            for line in text.lines().filter(|line| line.starts_with(' ')) {
                assert!(line.width() <= COLUMNS, "{line}");
            }
        }
    }
}
