//! Where a setting stands on its page, and what is sent to change it.

use serde_json::{Value, json};

use crate::http::form_controls::{Control, Offered, controls, sent_with};
use crate::http::{HttpAnswer, HttpRequest};
use crate::web_session::percent;

use super::Setting;

/// A page as it came.
#[derive(Clone, Debug)]
pub(super) enum Page {
    /// Controls of a page for people.
    Forms(Vec<Control>),
    /// A JSON object.
    Json(Value),
}

impl Page {
    pub(super) fn of(answer: &HttpAnswer, json: bool) -> Self {
        match json {
            true => Self::Json(serde_json::from_slice(&answer.body).unwrap_or(Value::Null)),
            false => Self::Forms(controls(&answer.text())),
        }
    }

    /// The control of a setting; a JSON value as one of kind `json`.
    pub(super) fn control(&self, setting: &Setting) -> Option<Control> {
        match self {
            Self::Forms(controls) => controls.iter().find(|control| control.name == setting.field).cloned(),
            Self::Json(object) => {
                let value = written(object.get(&setting.field)?);
                Some(Control {
                    name: setting.field.clone(),
                    kind: "json".to_owned(),
                    value,
                    ..Control::default()
                })
            }
        }
    }

    /// The request that puts a setting into a position: with the rest of its form as it is, as a browser sends it.
    pub(super) fn change(&self, setting: &Setting, to: &str) -> HttpRequest {
        let value = value_of(setting, to);
        let (kind, body) = match self {
            Self::Json(object) => {
                let same_kind = match object.get(&setting.field) {
                    Some(Value::String(_)) | None => json!(value),
                    // Numbers and truth values are sent as such.
                    Some(_) => serde_json::from_str(&value).unwrap_or_else(|_| match to {
                        "on" | "off" => json!(to == "on"),
                        _ => json!(value),
                    }),
                };
                ("application/json", json!({ &setting.field: same_kind }).to_string())
            }
            Self::Forms(controls) => {
                let known = controls.iter().find(|control| control.name == setting.field);
                let wanted = match known {
                    Some(control) if control.kind == "checkbox" => {
                        // An empty box is sent by leaving it out.
                        let full = control.options.first().map(|option| option.value.clone());
                        (to == "on").then(|| full.unwrap_or(value))
                    }
                    _ => Some(value),
                };
                let mut fields = sent_with(controls, &setting.field, wanted.as_deref());
                if known.is_none() {
                    fields.extend(wanted.map(|wanted| (setting.field.clone(), wanted)));
                }
                let pairs: Vec<String> = fields
                    .iter()
                    .map(|(name, value)| format!("{}={}", percent(name), percent(value)))
                    .collect();
                ("application/x-www-form-urlencoded", pairs.join("&"))
            }
        };
        HttpRequest {
            method: setting.method.clone(),
            path: setting.target.clone(),
            headers: vec![("content-type".to_owned(), kind.to_owned())],
            body: body.into_bytes(),
        }
    }
}

/// The declared value of a position.
fn value_of(setting: &Setting, to: &str) -> String {
    match to {
        "on" => setting.on.clone(),
        "later" => setting.later.clone().unwrap_or_default(),
        _ => setting.off.clone(),
    }
}

/// Position of a control.
pub(super) fn position(setting: &Setting, control: &Control) -> &'static str {
    if control.kind == "checkbox" {
        return if control.chosen().is_some() { "on" } else { "off" };
    }
    let value = match control.is_choice() {
        true => match control.chosen() {
            Some(Offered { value, .. }) => value,
            None => return "none",
        },
        false => &control.value,
    };
    let truth = |text: &str| match (control.kind.as_str(), text) {
        ("json", "on") => Some("true"),
        ("json", "off") => Some("false"),
        _ => None,
    };
    let is = |declared: &str| value == declared || truth(declared) == Some(value.as_str());
    match () {
        () if is(&setting.on) => "on",
        () if is(&setting.off) => "off",
        () if setting.later.as_deref().is_some_and(is) => "later",
        () if value.is_empty() => "none",
        () => "other",
    }
}

/// Whether a control offers a position.
pub(super) fn offers(setting: &Setting, control: &Control, to: &str) -> bool {
    match control.kind.as_str() {
        "checkbox" => to != "later",
        "radio" | "select" => {
            let wanted = value_of(setting, to);
            control.options.iter().any(|option| option.value == wanted)
        }
        _ => true,
    }
}

fn written(value: &Value) -> String {
    const LONGEST: usize = 400;
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    text.chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setting(json: bool) -> Setting {
        let value = json!({
            "row": "R", "key": "consent", "port": 1, "tls": false, "page": "/p", "field": "send", "target": "/p",
            "method": "POST", "json": json, "on": "on", "off": "off",
        });
        serde_json::from_value(value).expect("a setting")
    }

    fn answer(body: &str) -> HttpAnswer {
        HttpAnswer {
            status: 200,
            headers: Vec::new(),
            body: body.as_bytes().to_vec(),
            truncated: false,
            seconds: 0.0,
            chain: Vec::new(),
        }
    }

    #[test]
    fn a_box_is_emptied_by_leaving_it_out() {
        let setting = setting(false);
        let page = Page::of(
            &answer(
                "<form><input type=hidden name=t value=1><input type=checkbox name=send value=y checked></form>",
            ),
            false,
        );
        let control = page.control(&setting).expect("a control");
        assert_eq!(position(&setting, &control), "on");
        assert_eq!(page.change(&setting, "off").body, b"t=1");
        assert_eq!(page.change(&setting, "on").body, b"t=1&send=y");
        assert!(offers(&setting, &control, "off") && !offers(&setting, &control, "later"));
    }

    #[test]
    fn truth_values_of_json_are_sent_as_such() {
        let setting = setting(true);
        let page = Page::of(&answer("{\"send\": true, \"other\": 1}"), true);
        assert_eq!(position(&setting, &page.control(&setting).expect("a value")), "on");
        assert_eq!(page.change(&setting, "off").body, b"{\"send\":false}");
        let text = Page::of(&answer("{\"send\": \"off\"}"), true);
        assert_eq!(position(&setting, &text.control(&setting).expect("a value")), "off");
        assert_eq!(text.change(&setting, "on").body, b"{\"send\":\"on\"}");
        assert!(Page::of(&answer("no json"), true).control(&setting).is_none());
    }
}
