//! What the user gives the device to keep: a name for the heater, a schedule, a note beside the usage; and the pages
//! on which that is written and read.

use hyper::StatusCode;

use crate::device::Device;
use crate::http::{self, Page};

/// Greatest length of a value in characters.
const LONGEST: usize = 40;

/// What the user gave. Empty: nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct UserData {
    /// Name of the heater.
    pub(crate) name: String,
    /// When a bath is wanted.
    pub(crate) schedule: String,
    /// What the user noted beside the usage.
    pub(crate) note: String,
}

/// What is wrong with the deletion; nothing in the sound device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeletionFlaws {
    /// The schedule stays.
    pub keeps_schedule: bool,
    /// The note beside the usage stays.
    pub keeps_usage: bool,
    /// Sessions go on.
    pub keeps_sessions: bool,
    /// Tokens of the API go on.
    pub keeps_tokens: bool,
    /// The former password lets in beside that on the label.
    pub keeps_password: bool,
    /// The order is taken without a password, and with a wrong one.
    pub without_password: bool,
    /// The order is taken from anybody.
    pub from_anybody: bool,
    /// The order is taken from nobody.
    pub refused: bool,
    /// The user is told nothing.
    pub unconfirmed: bool,
    /// The user is told that all was deleted, and nothing was.
    pub only_said: bool,
    /// What was deleted is there again after the next set-up.
    pub comes_back: bool,
    /// The login page greets with the name that the former user gave.
    pub name_in_title: bool,
    /// What the user did stands at `/log`, open to anybody, after the deletion.
    pub open_log: bool,
}

impl UserData {
    /// Takes one value; `false` where there is no such field or it is too long.
    pub(crate) fn take(&mut self, field: &str, value: &str) -> bool {
        if value.chars().count() > LONGEST || value.chars().any(char::is_control) {
            return false;
        }
        let kept = match field {
            "name" => &mut self.name,
            "schedule" => &mut self.schedule,
            "note" => &mut self.note,
            _ => return false,
        };
        value.clone_into(kept);
        true
    }

    /// What is left of it by a careless deletion.
    pub(crate) fn left_by(&self, flaws: DeletionFlaws) -> Self {
        let kept = |keeps: bool, value: &String| if keeps { value.clone() } else { String::new() };
        Self {
            name: String::new(),
            schedule: kept(flaws.keeps_schedule, &self.schedule),
            note: kept(flaws.keeps_usage, &self.note),
        }
    }
}

/// The page of the schedules.
pub(crate) fn schedules_page(device: &Device, csrf: &str) -> Page {
    let data = device.state.user_data();
    let (name, schedule) = (escaped(&data.name), escaped(&data.schedule));
    http::html(
        StatusCode::OK,
        "Schedules",
        &format!(
            "<p>{name}</p>\n<form method=\"post\" action=\"/schedules\">\n\
             <input type=\"hidden\" name=\"csrf\" value=\"{csrf}\">\n\
             <label>Name of the heater <input name=\"name\" maxlength=\"{LONGEST}\" value=\"{name}\"></label>\n\
             <button>Save</button>\n</form>\n<form method=\"post\" action=\"/schedules\">\n\
             <input type=\"hidden\" name=\"csrf\" value=\"{csrf}\">\n\
             <label>Bath at <input name=\"schedule\" maxlength=\"{LONGEST}\" value=\"{schedule}\"></label>\n\
             <button>Save</button>\n</form>"
        ),
    )
}

/// What stands below the usage: the note, and a form for it.
pub(crate) fn note_beside_usage(device: &Device, csrf: &str) -> String {
    let note = escaped(&device.state.user_data().note);
    format!(
        "<p>{note}</p>\n<form method=\"post\" action=\"/history\">\n\
         <input type=\"hidden\" name=\"csrf\" value=\"{csrf}\">\n\
         <label>Note <input name=\"note\" maxlength=\"{LONGEST}\" value=\"{note}\"></label>\n\
         <button>Save</button>\n</form>"
    )
}

/// Takes what a form holds; `false` if one of its fields cannot be kept, or it has none.
pub(crate) fn take(device: &Device, body: &[u8]) -> bool {
    let fields: Vec<(&str, String)> = ["name", "schedule", "note"]
        .into_iter()
        .filter_map(|field| Some((field, http::form_field(body, field)?)))
        .collect();
    !fields.is_empty()
        && device.state.with_user_data(|data| fields.iter().all(|(field, value)| data.take(field, value)))
}

/// A value as it stands in a page.
pub(crate) fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut page, letter| {
        match letter {
            '&' => page.push_str("&amp;"),
            '<' => page.push_str("&lt;"),
            '>' => page.push_str("&gt;"),
            '"' => page.push_str("&quot;"),
            other => page.push(other),
        }
        page
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_kept_as_they_are_and_long_ones_refused() {
        let mut data = UserData::default();
        assert!(data.take("name", "Bath & \"co\""));
        assert!(!data.take("name", &"x".repeat(LONGEST + 1)) && !data.take("name", "a\nb"));
        assert!(!data.take("other", "x"));
        assert_eq!(escaped(&data.name), "Bath &amp; &quot;co&quot;");
    }

    #[test]
    fn a_careless_deletion_leaves_what_its_flaw_says() {
        let data = UserData { name: "n".into(), schedule: "s".into(), note: "u".into() };
        assert_eq!(data.left_by(DeletionFlaws::default()), UserData::default());
        let keeps = DeletionFlaws { keeps_schedule: true, ..DeletionFlaws::default() };
        assert_eq!(data.left_by(keeps), UserData { schedule: "s".into(), ..UserData::default() });
    }
}
