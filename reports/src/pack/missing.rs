//! What keeps a submission from being whole.

use serde_json::{Value, json};
use testcases::scheme::SchemeKind;
use testcases::verdict::Verdict;

use super::index::Index;
use super::{Standing, is_mapping};
use crate::ReportInput;
use crate::inert;
use crate::markdown::escaped;
use crate::scheme::{Missing, SchemeResult};
use crate::words::Words;

/// Everything that is missing, the run itself included.
pub(super) fn all(result: &SchemeResult, demonstration: bool, standing: Standing) -> Vec<Missing> {
    let mut all = result.missing();
    if (demonstration || standing.broken) && !all.contains(&Missing::Run) {
        all.push(Missing::Run);
    }
    all
}

/// For `pack.json`.
pub(super) fn as_json(missing: &Missing) -> Value {
    let of = |kind: &str, scheme: &str, what: &str| json!({ "kind": kind, "scheme": scheme, "what": what });
    match missing {
        Missing::Field(scheme, key) => of("field", scheme, key),
        Missing::UnknownKey(name) => json!({ "kind": "unknown-key", "what": name }),
        Missing::Failed(scheme, id) => of("failed", scheme, id),
        Missing::Open(scheme, id) => of("open", scheme, id),
        Missing::Unanswered(scheme, id) => of("unanswered", scheme, id),
        Missing::Run => json!({ "kind": "run", "what": "run" }),
    }
}

/// `missing.<language>.md`.
pub(super) fn page(
    input: &ReportInput<'_>,
    result: &SchemeResult,
    standing: Standing,
    index: &Index,
) -> String {
    let words = Words::of(input.language);
    let assessment = input.assessment;
    let scheme = result.scheme();
    let say =
        |text: &str| escaped(&inert::bounded(&text.split_whitespace().collect::<Vec<_>>().join(" "), 600));
    let mut text = format!(
        "# {}\n\n",
        words.ui("missing-title").replace("{scheme}", &say(scheme.title.of(input.language)))
    );
    if input.facts.draft {
        let code = input.language.code();
        let sentence = words.ui("draft-sentence").replace("{lang}", code);
        text.push_str(&format!("> **{}** {sentence}\n\n", words.ui("draft")));
    }
    text.push_str(&format!("{}\n\n", say(scheme.standing.of(input.language))));
    if is_mapping(result) {
        text.push_str(&format!("{}\n\n", words.ui("missing-mapping-note")));
    }
    let missing = all(result, assessment.demonstration, standing);
    let lacking = index.without_file();
    let mut part = |head: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            text.push_str(&format!("## {}\n\n", words.ui(head)));
            lines.iter().for_each(|line| text.push_str(&format!("- {line}\n")));
            text.push('\n');
        }
    };
    let mut run = Vec::new();
    for (holds, key) in [
        (assessment.demonstration, "missing-demonstration"),
        (standing.broken, "missing-broken"),
        (!assessment.complete, "missing-run"),
    ] {
        if holds {
            run.push(words.ui(key).to_owned());
        }
    }
    part("missing-run-head", run);
    for (head, kind) in
        [("missing-failed", "failed"), ("missing-open", "open"), ("missing-unanswered", "unanswered")]
    {
        let wanted = missing.iter().filter(|one| as_json(one)["kind"] == kind);
        part(head, wanted.filter_map(|one| requirement(words, result, one, &say)).collect());
    }
    let fields = missing.iter().filter_map(|one| {
        let Missing::Field(name, key) = one else { return None };
        let (_, field) = result.fields().find(|(scheme, field)| scheme.name == *name && field.key == *key)?;
        let line = words.ui("missing-field").replace("{scheme}", name).replace("{key}", &format!("`{key}`"));
        Some(line.replace("{title}", &say(field.title.of(words.language))))
    });
    part("missing-fields", fields.collect());
    let unknown = missing.iter().filter_map(|one| match one {
        Missing::UnknownKey(name) => Some(say(name)),
        _ => None,
    });
    part("missing-unknown", unknown.collect());
    let unverified = result.to_compare().filter_map(|(scheme, id)| {
        let (scheme, requirement) = result.requirement(scheme, id)?;
        let source = scheme.source(&requirement.source).map_or("", |source| source.title.as_str());
        let texts: Vec<&str> = requirement.unverified.iter().map(|text| text.of(words.language)).collect();
        Some(format!("**{}** {} ({})", say(id), say(&texts.join(" ")), say(source)))
    });
    let unverified: Vec<String> = unverified.collect();
    let files = lacking.into_iter().map(|(reference, why)| {
        let why = if why == "withheld" { "missing-file-secret" } else { "missing-file-absent" };
        format!("{}: {}", say(reference), words.ui(why))
    });
    let files: Vec<String> = files.collect();
    let nothing = missing.is_empty() && files.is_empty();
    part("missing-files", files);
    if nothing {
        text.push_str(&format!("{}\n\n", words.ui("missing-nothing")));
    }
    // Not missing, and not to be overlooked either.
    if !unverified.is_empty() {
        text.push_str(&format!("## {}\n\n", words.ui("missing-unverified")));
        unverified.iter().for_each(|line| text.push_str(&format!("- {line}\n")));
    }
    text
}

/// A requirement with why it is not met.
fn requirement(
    words: &Words,
    result: &SchemeResult,
    missing: &Missing,
    say: &dyn Fn(&str) -> String,
) -> Option<String> {
    let (Missing::Failed(scheme, id) | Missing::Open(scheme, id) | Missing::Unanswered(scheme, id)) = missing
    else {
        return None;
    };
    let (_, data) = result.requirement(scheme, id)?;
    let applied = result.applied.requirements.iter().find(|one| one.scheme == *scheme && one.id == *id)?;
    let mapping = result.applied.kind == SchemeKind::Mapping;
    let mut why: Vec<String> = Vec::new();
    for need in &applied.needs {
        let concerned = match applied.verdict {
            Some(verdict) => need.verdict == verdict,
            None => need.rests_on.is_none() && need.verdict != Verdict::NotApplicable,
        };
        if concerned {
            let said = words.reason(&need.reason).text;
            let said = if need.kind == "stated" { said } else { format!("{}: {said}", need.subject) };
            // Several ways ask for the same.
            if !why.contains(&said) {
                why.push(said);
            }
        }
    }
    if mapping && let Some(gap) = &data.gap {
        why.push(gap.of(words.language).to_owned());
    }
    why.dedup();
    let mut line = format!("**{}** {}", say(id), say(data.title.of(words.language)));
    for one in why {
        line.push_str(&format!("\n  - {}", say(&one)));
    }
    Some(line)
}
