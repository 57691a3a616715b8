//! The documents of a submission, filled from templates.

use std::collections::BTreeMap;

use handlebars::Handlebars;
use ixit::Value as Stated;
use serde::Serialize;
use testcases::scheme::Document;

use crate::scheme::SchemeResult;
use crate::view::{Badge, RequirementPart, SchemePart, badge, scheme_parts};
use crate::words::Words;
use crate::{ReportError, ReportInput, html, inert, markdown};

include!(concat!(env!("OUT_DIR"), "/pack_files.rs"));

/// Template of a document that has none of its own.
const GENERIC: &str = "generic.html";

/// What a template sees; `crate::pack` describes it.
#[derive(Serialize)]
struct View {
    lang: &'static str,
    ui: BTreeMap<String, String>,
    say: BTreeMap<String, String>,
    draft: Option<String>,
    demonstration: bool,
    partial: bool,
    invalid: Option<String>,
    report: String,
    document: DocumentPart,
    device: BTreeMap<&'static str, Fact>,
    supplier: BTreeMap<&'static str, Fact>,
    lab: BTreeMap<&'static str, Fact>,
    field: BTreeMap<String, FieldPart>,
    fields: Vec<FieldPart>,
    run: RunPart,
    scheme: SchemePart,
    requirement: BTreeMap<String, RequirementPart>,
}

#[derive(Serialize)]
struct DocumentPart {
    id: String,
    title: String,
    source: String,
}

#[derive(Serialize)]
struct Fact {
    name: String,
    value: String,
    stated: bool,
}

#[derive(Clone, Serialize)]
struct FieldPart {
    key: String,
    scheme: String,
    title: String,
    kind: String,
    required: bool,
    stated: bool,
    value: String,
    values: Vec<String>,
    yes: bool,
}

#[derive(Serialize)]
struct RunPart {
    name: String,
    tool: String,
    edition: String,
    date: String,
    title: String,
    prepared: String,
    verdict: Badge,
    verdict_mandatory: Badge,
}

/// Fills a document; gives its file name and text.
///
/// # Errors
/// Template and values do not agree.
pub(super) fn document(
    input: &ReportInput<'_>,
    result: &SchemeResult,
    document: &Document,
) -> Result<(String, String), ReportError> {
    let failed =
        |error: &dyn std::fmt::Display| ReportError::Template(format!("document {}: {error}", document.id));
    let lang = input.language.code();
    let own = |ending: &str| {
        let wanted = format!("{}.{ending}", document.id);
        TEMPLATES.iter().find(|(name, _)| *name == wanted).map(|(_, text)| *text)
    };
    let generic = || TEMPLATES.iter().find(|(name, _)| *name == GENERIC).map(|(_, text)| *text);
    let (template, ending) = match (own("html"), own("md")) {
        (Some(text), _) => (text, "html"),
        (None, Some(text)) => (text, "md"),
        (None, None) => (generic().ok_or_else(|| failed(&"there is no generic template"))?, "html"),
    };
    let mut engine = Handlebars::new();
    engine.set_strict_mode(true);
    if ending == "md" {
        engine.register_escape_fn(markdown::escaped);
    }
    for (name, text) in TEMPLATES.iter().filter(|(name, _)| name.starts_with("part.")) {
        engine.register_partial(&name["part.".len()..], text).map_err(|error| failed(&error))?;
    }
    for (name, text) in html::SCHEMES {
        let name = if *name == "requirements" { "requirement_table" } else { name };
        engine.register_partial(name, text).map_err(|error| failed(&error))?;
    }
    engine.register_template_string("document", template).map_err(|error| failed(&error))?;
    let view = view(input, result, document).map_err(|error| failed(&error))?;
    let mut values = serde_json::to_value(&view).map_err(|error| failed(&error))?;
    if ending == "md" {
        markdown::one_line(&mut values)
    } else {
        inert::clean(&mut values)
    }
    let style = style(&view);
    values["policy"] = html::policy(&style).into();
    values["style"] = style.into();
    let text = engine.render("document", &values).map_err(|error| failed(&error))?;
    Ok((format!("{}.{lang}.{ending}", document.id), text))
}

/// The style, with what stands on every printed page.
fn style(view: &View) -> String {
    let foot = format!("{} · {} · {}", view.document.title, view.run.title, view.run.name);
    let foot = inert::css_string(&inert::bounded(&foot, 120));
    let mark = if view.draft.is_some() {
        format!(
            "@top-center {{ content: {}; font-weight: 700; color: #a40e26; }}",
            inert::css_string(&view.ui["draft"])
        )
    } else {
        String::new()
    };
    format!("{}@media print {{ @page {{ @bottom-left {{ content: {foot}; }} {mark} }} }}\n", html::STYLE)
}

fn view(input: &ReportInput<'_>, result: &SchemeResult, document: &Document) -> Result<View, String> {
    let words = Words::of(input.language);
    let (facts, assessment, lang) = (input.facts, input.assessment, input.language.code());
    let wanted = &result.scheme().name;
    let scheme = scheme_parts(input, words).into_iter().find(|part| part.name == *wanted);
    let scheme = scheme.ok_or_else(|| format!("the report has no scheme {wanted}"))?;
    let fields: Vec<FieldPart> = result
        .fields()
        .map(|(scheme, field)| {
            let stated = result.stated.get(&(scheme.name.clone(), field.key.clone()));
            FieldPart {
                key: field.key.clone(),
                scheme: scheme.name.clone(),
                title: field.title.of(input.language).to_owned(),
                kind: field.kind.clone(),
                required: field.required,
                stated: stated.is_some(),
                value: stated.map_or_else(|| words.ui("not-stated").to_owned(), |value| shown(words, value)),
                values: stated.map_or_else(Vec::new, |value| values(words, value)),
                yes: stated.and_then(Stated::as_flag).unwrap_or(false),
            }
        })
        .collect();
    let text = TEXTS.iter().find(|(name, _)| *name == format!("{}.{lang}", document.id));
    let say = text.map_or_else(|| Ok(BTreeMap::new()), |(_, text)| toml::from_str(text));
    let source = result.data.iter().find_map(|one| one.source(&document.source));
    let dut = &assessment.dut;
    let named: Vec<&str> =
        [dut.manufacturer.as_deref(), dut.model.as_deref()].into_iter().flatten().collect();
    let declared = |key: &str| result.declared.get(key).map(String::as_str);
    let gather = |all: &[(&'static str, Option<&str>)]| {
        let part = |(key, value): &(&'static str, Option<&str>)| (*key, fact(words, key, *value));
        all.iter().map(part).collect::<BTreeMap<_, _>>()
    };
    Ok(View {
        lang,
        ui: words.phrases().clone(),
        say: say.map_err(|error| error.to_string())?,
        draft: facts.draft.then(|| words.ui("draft-sentence").replace("{lang}", lang)),
        demonstration: assessment.demonstration,
        partial: !assessment.complete,
        invalid: facts.invalid.clone(),
        report: format!("report.{lang}.html"),
        document: DocumentPart {
            id: document.id.clone(),
            title: document.title.of(input.language).to_owned(),
            source: source.map_or_else(String::new, |source| source.title.clone()),
        },
        device: gather(&[
            ("manufacturer", dut.manufacturer.as_deref()),
            ("model", dut.model.as_deref()),
            ("hardware", dut.hardware.as_deref()),
            ("firmware", dut.firmware.as_deref()),
            ("firmware_read", dut.firmware_read.as_deref()),
            ("firmware_sha256", declared("dut.firmware_sha256")),
            ("serial", dut.serial_read.as_deref()),
            ("app", declared("dut.app")),
            ("variants", declared("dut.variants")),
            ("support_until", declared("dut.support_until")),
        ]),
        supplier: gather(&[
            ("name", declared("supplier.name")),
            ("contact", declared("supplier.contact")),
            ("date", declared("supplier.date")),
        ]),
        lab: gather(&[
            ("name", facts.lab.name.as_deref()),
            ("accreditation", facts.lab.accreditation.as_deref()),
            ("assessor", facts.lab.assessor.as_deref()),
            ("place", facts.lab.place.as_deref()),
        ]),
        field: fields.iter().map(|field| (field.key.clone(), field.clone())).collect(),
        fields,
        run: RunPart {
            name: facts.run.clone(),
            tool: facts.tool.clone(),
            edition: assessment.edition.clone(),
            date: assessment.date.clone(),
            title: if named.is_empty() { words.ui("unnamed-device").to_owned() } else { named.join(" ") },
            prepared: words
                .ui("pack-prepared")
                .replace("{tool}", &facts.tool)
                .replace("{run}", &facts.run)
                .replace("{date}", &assessment.date),
            verdict: badge(words, assessment.verdict),
            verdict_mandatory: badge(words, assessment.verdict_mandatory),
        },
        requirement: scheme.requirements.iter().map(|one| (one.id.clone(), one.clone())).collect(),
        scheme,
    })
}

fn fact(words: &Words, key: &str, value: Option<&str>) -> Fact {
    let value = value.filter(|value| !value.trim().is_empty());
    Fact {
        name: words.ui(&format!("pack-key-{key}")).to_owned(),
        value: value.unwrap_or(words.ui("not-stated")).to_owned(),
        stated: value.is_some(),
    }
}

fn shown(words: &Words, value: &Stated) -> String {
    values(words, value).join(", ")
}

fn values(words: &Words, value: &Stated) -> Vec<String> {
    match value {
        Stated::List(items) => items.iter().flat_map(|item| values(words, &item.value)).collect(),
        Stated::Flag(flag) => vec![words.ui(if *flag { "pack-yes" } else { "pack-no" }).to_owned()],
        other => vec![other.display()],
    }
}
