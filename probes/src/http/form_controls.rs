//! What a page lets its reader choose or enter: the controls of its forms, with what they offer and what stands beside
//! them, and what a browser would send.

use serde::{Deserialize, Serialize};

use super::page_text::{UNREAD, attribute, decode_into, skip_element, split_tag, tag_name};

/// Controls of a page that are read at most.
const CONTROLS_AT_MOST: usize = 256;
/// Options of a control that are read at most.
const OPTIONS_AT_MOST: usize = 64;
/// Characters of a text that are kept.
const TEXT_AT_MOST: usize = 400;

/// A control.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Control {
    /// Name under which it is sent.
    pub name: String,
    /// `radio`, `checkbox`, `select`, `textarea`, or the type of an input: `text`, `password`, `hidden` …
    pub kind: String,
    /// What it offers, for `radio`, `checkbox` and `select`.
    pub options: Vec<Offered>,
    /// What stands in it, for the others.
    pub value: String,
    /// Words before it, since the control before.
    pub about: String,
    /// Its form, counted from 1; 0 outside of any.
    pub form: usize,
}

/// An option of a control.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offered {
    /// As it is sent.
    pub value: String,
    /// As people read it.
    pub label: String,
    /// It is the one chosen.
    pub chosen: bool,
}

impl Control {
    /// It offers a choice among options.
    pub fn is_choice(&self) -> bool {
        matches!(self.kind.as_str(), "radio" | "checkbox" | "select")
    }

    /// A person sees it and can use it.
    pub fn is_visible(&self) -> bool {
        !matches!(self.kind.as_str(), "hidden" | "submit" | "button" | "reset" | "image")
    }

    /// The option that is chosen.
    pub fn chosen(&self) -> Option<&Offered> {
        self.options.iter().find(|option| option.chosen)
    }

    /// What a browser sends for it: nothing for an empty box.
    fn sent(&self) -> Vec<&str> {
        match self.kind.as_str() {
            "radio" | "checkbox" | "select" => {
                self.options.iter().filter(|option| option.chosen).map(|option| &*option.value).collect()
            }
            "submit" | "button" | "reset" | "image" | "file" => Vec::new(),
            _ => vec![&self.value],
        }
    }
}

/// The controls of a page, in their order; those of the same name in a form are one.
pub fn controls(html: &str) -> Vec<Control> {
    let mut reader = Reader::default();
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        reader.text(&rest[..open]);
        rest = &rest[open..];
        rest = if let Some(comment) = rest.strip_prefix("<!--") {
            comment.split_once("-->").map_or("", |(_, after)| after)
        } else if rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')) {
            let (tag, after) = split_tag(rest);
            match tag.strip_prefix("</") {
                Some(closing) => {
                    reader.closes(&tag_name(closing));
                    after
                }
                None => {
                    let name = tag_name(tag);
                    reader.opens(&name, tag);
                    if UNREAD.contains(&name.as_str()) { skip_element(after, &name) } else { after }
                }
            }
        } else {
            reader.text("<");
            &rest[1..]
        };
    }
    reader.text(rest);
    reader.finish()
}

/// What a browser sends of the form that holds a control, with that one as wanted; `None` leaves it out. Nothing
/// where no form holds it.
pub fn sent_with(controls: &[Control], name: &str, wanted: Option<&str>) -> Vec<(String, String)> {
    let Some(form) = controls.iter().find(|control| control.name == name).map(|control| control.form) else {
        return Vec::new();
    };
    let mut fields = Vec::new();
    for control in controls.iter().filter(|control| control.form == form) {
        match control.name == name {
            true => fields.extend(wanted.map(|wanted| (name.to_owned(), wanted.to_owned()))),
            false => {
                fields.extend(control.sent().iter().map(|value| (control.name.clone(), (*value).to_owned())))
            }
        }
    }
    fields
}

#[derive(Default)]
struct Reader {
    controls: Vec<Control>,
    forms: usize,
    form: usize,
    /// Words since the last control.
    before: String,
    /// The label that is open: its words, and the options that stand in it.
    label: Option<Label>,
    /// Labels that name their control by its id, and options by that id.
    named: Vec<(String, String)>,
    by_id: Vec<(String, (usize, usize))>,
    /// The select that is open, and whether an option of it is.
    select: Option<usize>,
    option: bool,
}

#[derive(Default)]
struct Label {
    words: String,
    of: Option<String>,
    options: Vec<(usize, usize)>,
}

impl Reader {
    fn text(&mut self, raw: &str) {
        let mut text = String::new();
        decode_into(raw, &mut text);
        if let Some(select) = self.select {
            if let (true, Some(option)) = (self.option, self.controls[select].options.last_mut()) {
                push(&mut option.label, &text);
            }
            return;
        }
        let mut of_option = false;
        if let Some(label) = &mut self.label {
            push(&mut label.words, &text);
            of_option = !label.options.is_empty() || label.of.is_some();
        }
        if !of_option {
            push(&mut self.before, &text);
        }
    }

    fn opens(&mut self, name: &str, tag: &str) {
        match name {
            "form" => {
                self.forms += 1;
                self.form = self.forms;
            }
            "label" => self.label = Some(Label { of: attribute(tag, "for"), ..Label::default() }),
            "select" => {
                let control = self.control("select", attribute(tag, "name").unwrap_or_default(), tag);
                self.select = control;
                self.option = false;
            }
            "option" => {
                if let Some(select) = self.select {
                    let options = &mut self.controls[select].options;
                    if options.len() < OPTIONS_AT_MOST {
                        options.push(Offered {
                            value: attribute(tag, "value").unwrap_or_else(|| UNSAID.to_owned()),
                            label: String::new(),
                            chosen: attribute(tag, "selected").is_some(),
                        });
                    }
                    self.option = true;
                }
            }
            "textarea" => {
                self.control("textarea", attribute(tag, "name").unwrap_or_default(), tag);
            }
            "input" => self.input(tag),
            // Words of different blocks are no sentence.
            _ => push(&mut self.before, " "),
        }
    }

    fn closes(&mut self, name: &str) {
        match name {
            "form" => self.form = 0,
            "option" => self.option = false,
            "select" => self.select = None,
            "label" => {
                if let Some(label) = self.label.take() {
                    for (control, option) in label.options {
                        if let Some(option) = self.controls[control].options.get_mut(option) {
                            option.label.clone_from(&label.words);
                        }
                    }
                    self.named.extend(label.of.map(|of| (of, label.words)));
                }
            }
            _ => push(&mut self.before, " "),
        }
    }

    fn input(&mut self, tag: &str) {
        let kind = attribute(tag, "type").unwrap_or_default().trim().to_ascii_lowercase();
        let kind = if kind.is_empty() { "text".to_owned() } else { kind };
        let name = attribute(tag, "name").unwrap_or_default();
        let value = attribute(tag, "value");
        let Some(at) = self.control(&kind, name, tag) else { return };
        let control = &mut self.controls[at];
        if !matches!(kind.as_str(), "radio" | "checkbox") {
            control.value = value.unwrap_or_default().chars().take(TEXT_AT_MOST).collect();
        } else if control.options.len() < OPTIONS_AT_MOST {
            control.options.push(Offered {
                value: value.unwrap_or_else(|| "on".to_owned()),
                label: String::new(),
                chosen: attribute(tag, "checked").is_some(),
            });
            let place = (at, control.options.len() - 1);
            if let Some(label) = &mut self.label {
                label.options.push(place);
            }
            self.by_id.extend(attribute(tag, "id").map(|id| (id, place)));
        }
    }

    /// The control of a name, made where it is not known yet; `None` for one that is never sent, or too many.
    fn control(&mut self, kind: &str, name: String, tag: &str) -> Option<usize> {
        let before = std::mem::take(&mut self.before);
        if name.is_empty() || attribute(tag, "disabled").is_some() {
            return None;
        }
        let same = |known: &Control| known.form == self.form && known.name == name && known.kind == kind;
        let joined = matches!(kind, "radio" | "checkbox");
        if let Some(known) = self.controls.iter().position(same).filter(|_| joined) {
            return Some(known);
        }
        if self.controls.len() >= CONTROLS_AT_MOST {
            return None;
        }
        let about = last(before.split_whitespace().collect::<Vec<&str>>().join(" "));
        let name = name.chars().take(TEXT_AT_MOST).collect();
        self.controls.push(Control {
            name,
            kind: kind.to_owned(),
            about,
            form: self.form,
            ..Control::default()
        });
        Some(self.controls.len() - 1)
    }

    fn finish(mut self) -> Vec<Control> {
        for (id, words) in &self.named {
            for (_, (control, option)) in self.by_id.iter().filter(|(known, _)| known == id) {
                if let Some(option) = self.controls[*control].options.get_mut(*option) {
                    option.label.clone_from(words);
                }
            }
        }
        for control in &mut self.controls {
            for option in &mut control.options {
                option.label = option.label.split_whitespace().collect::<Vec<&str>>().join(" ");
                if option.value == UNSAID {
                    option.value.clone_from(&option.label);
                }
            }
            // A list without a mark has its first option chosen.
            let chosen = control.options.iter().any(|option| option.chosen);
            if control.kind == "select" && !chosen {
                control.options.iter_mut().take(1).for_each(|option| option.chosen = true);
            }
        }
        self.controls
    }
}

/// Value of an option that has none: its words are sent. No attribute holds this character.
const UNSAID: &str = "\u{0}";

fn push(to: &mut String, text: &str) {
    // Twice the length that is kept, so that white space does not crowd words out.
    if to.len() > 4 * TEXT_AT_MOST {
        *to = last(std::mem::take(to));
    }
    to.extend(text.chars().take(4 * TEXT_AT_MOST));
}

/// The end of a text.
fn last(text: String) -> String {
    let length = text.chars().count();
    match length > TEXT_AT_MOST {
        true => text.chars().skip(length - TEXT_AT_MOST).collect(),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<h1>Updates</h1><form method=post><input type=hidden name=csrf value=7>\
        <fieldset><legend>Install</legend><select name=\"install\"><option value=auto>by themselves</option>\
        <option selected>never</option></select></fieldset>\
        <p>Notices</p><label><input type=radio name=n value=on checked> on</label>\
        <label><input type=radio name=n value=off> off</label>\
        <input type=checkbox name=box id=b><label for=b>Statistics</label><button name=go>Save</button></form>\
        <script>document.write('<input name=made>')</script><input name=alone value=\"a &amp; b\">";

    #[test]
    fn controls_are_read_with_what_they_offer() {
        let all = controls(PAGE);
        let names: Vec<&str> = all.iter().map(|control| control.name.as_str()).collect();
        assert_eq!(names, ["csrf", "install", "n", "box", "alone"]);
        let offered = |at: usize| {
            let options = all[at].options.iter();
            options
                .map(|option| (option.value.as_str(), option.label.as_str(), option.chosen))
                .collect::<Vec<_>>()
        };
        assert_eq!(offered(1), [("auto", "by themselves", false), ("never", "never", true)]);
        assert_eq!(offered(2), [("on", "on", true), ("off", "off", false)]);
        assert_eq!(offered(3), [("on", "Statistics", false)]);
        assert_eq!((all[1].about.as_str(), all[2].about.as_str()), ("Install", "Notices"));
        assert_eq!((all[4].form, all[4].value.as_str()), (0, "a & b"));
    }

    #[test]
    fn a_change_sends_the_rest_of_its_form_as_it_is() {
        let pairs = |name: &str, wanted: Option<&str>| {
            let sent = sent_with(&controls(PAGE), name, wanted);
            sent.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
        };
        assert_eq!(pairs("n", Some("off")), "csrf=7&install=never&n=off");
        assert_eq!(pairs("box", Some("on")), "csrf=7&install=never&n=on&box=on");
        assert_eq!(pairs("box", None), "csrf=7&install=never&n=on");
        assert_eq!(pairs("missing", Some("on")), "");
    }

    #[test]
    fn broken_markup_ends() {
        for page in
            ["<select name=a><option", "<form><input name=", "<label><input type=radio name=a", "<", ""]
        {
            let _read = controls(page);
        }
        let many: String = (0..2000).map(|n| format!("words <input name=n{n}>")).collect();
        assert_eq!(controls(&many).len(), CONTROLS_AT_MOST);
    }
}
