//! A guide read over a run, as a page of its own, as Markdown and as JSON. It informs: there is no verdict on it, and
//! those of the standard stand beside the items only to show what was seen.
//!
//! The data of the guide is ours; what the supplier says of it, and the name of the device, is foreign and escaped.

mod overview;
mod results;
mod risk_map;
mod view;

use handlebars::Handlebars;
use ixit::guides::RiskContext;
use testcases::guide::{AnsweredGuide, Guide};

use crate::html::{STYLE, policy};
use crate::markdown::{escaped, one_line};
use crate::{ReportError, ReportInput, inert};
use view::GuidePage;

const PAGE: &str = include_str!("../templates/guide.hbs");
const SUMMARY: &str = include_str!("../templates/guide_summary.hbs");
const GUIDE_STYLE: &str = include_str!("../templates/guide.css");

/// A guide with what came of reading it over a run.
#[derive(Clone, Debug)]
pub struct GuideResult {
    /// The guide.
    pub guide: &'static Guide,
    /// What came of it.
    pub answered: AnsweredGuide,
    /// The risk context, where the supplier states one and the guide is the one that asks for it.
    pub risk_context: Option<RiskContext>,
}

/// Name of the guide that the risk context belongs to.
pub use testcases::guide::said::OF_RISK_CONTEXT;

/// The page. `beside` is the file of the run's report that lies in the same folder, whose provisions and units the page
/// then leads to; without one, and for paper, it leads nowhere else.
///
/// # Errors
/// [`ReportError::Template`] if template and values do not agree.
pub fn html(
    input: &ReportInput<'_>,
    result: &GuideResult,
    beside: Option<&str>,
) -> Result<Vec<u8>, ReportError> {
    let failed = |error: &dyn std::fmt::Display| ReportError::Template(error.to_string());
    let mut engine = Handlebars::new();
    engine.set_strict_mode(true);
    engine.register_template_string("guide", PAGE).map_err(|error| failed(&error))?;
    let page = GuidePage::new(input, result, beside);
    let line = inert::css_string(&inert::shown(&page.running_line()));
    let style =
        format!("{STYLE}{GUIDE_STYLE}@media print {{ @page {{ @bottom-left {{ content: {line}; }} }} }}\n");
    let mut values = serde_json::to_value(&page).map_err(|error| failed(&error))?;
    inert::clean(&mut values);
    // Markup of our own; what is foreign in it was made harmless when it was drawn.
    values["map"] = page.map().into();
    values["policy"] = policy(&style).into();
    values["style"] = style.into();
    engine.render("guide", &values).map(String::into_bytes).map_err(|error| failed(&error))
}

/// A list of the items in Markdown.
///
/// # Errors
/// [`ReportError::Template`] if template and values do not agree.
pub fn markdown(input: &ReportInput<'_>, result: &GuideResult) -> Result<Vec<u8>, ReportError> {
    let failed = |error: &dyn std::fmt::Display| ReportError::Template(error.to_string());
    let mut engine = Handlebars::new();
    engine.set_strict_mode(true);
    engine.register_escape_fn(escaped);
    engine.register_template_string("summary", SUMMARY).map_err(|error| failed(&error))?;
    let mut values =
        serde_json::to_value(GuidePage::new(input, result, None)).map_err(|error| failed(&error))?;
    one_line(&mut values);
    engine.render("summary", &values).map(String::into_bytes).map_err(|error| failed(&error))
}

/// `hantei.guide-result/1` with a line end.
///
/// # Errors
/// Never in practice; see [`ReportError`].
pub fn json(result: &GuideResult) -> Result<Vec<u8>, ReportError> {
    let mut bytes =
        serde_json::to_vec_pretty(&result.answered).map_err(|error| ReportError::Write(error.to_string()))?;
    bytes.push(b'\n');
    Ok(bytes)
}
