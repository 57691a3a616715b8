//! The pages on which the user chooses: updates, privacy, and the questions of the set-up.

use std::fmt::Write as _;

use hyper::StatusCode;

use crate::device::Device;
use crate::http::{self, Page};
use crate::preferences::{Install, SettingFlaws};

/// The page of the updates.
pub(crate) fn updates(device: &Device, csrf: &str) -> Page {
    let now = device.state.preferences();
    let install = choice("install", now.install, &Install::ALL);
    let notices = switch("notices", now.notices);
    http::html(
        StatusCode::OK,
        "Updates",
        &format!(
            "<form method=\"post\" action=\"/settings/updates\">\n\
             <input type=\"hidden\" name=\"csrf\" value=\"{csrf}\">\n\
             <fieldset><legend>Updates</legend>\n<p>New versions close holes that others know. After asking means \
             that you may wait for up to seven days.</p>\n{install}</fieldset>\n\
             <fieldset><legend>Notices of updates</legend>\n{notices}</fieldset>\n<button>Save</button>\n</form>"
        ),
    )
}

/// The page of what is sent to the maker.
pub(crate) fn privacy(device: &Device, csrf: &str) -> Page {
    let now = device.state.preferences();
    http::html(
        StatusCode::OK,
        "Privacy",
        &format!(
            "<form method=\"post\" action=\"/settings/privacy\">\n\
             <input type=\"hidden\" name=\"csrf\" value=\"{csrf}\">\n{}{}<button>Save</button>\n</form>",
            remote(now.remote),
            statistics(now.statistics),
        ),
    )
}

/// The questions of the set-up after that for the password.
pub(crate) fn questions_of_set_up(flaws: SettingFlaws) -> String {
    let offered: &[Install] = match flaws.set_up_omits_asking {
        true => &[Install::Automatic, Install::Off],
        false => &Install::ALL,
    };
    let install = choice("install", Install::Automatic, offered);
    let statistics = match flaws.set_up_omits_statistics {
        true => String::new(),
        false => statistics(false),
    };
    format!(
        "{}<fieldset><legend>Updates</legend>\n<p>New versions close holes that others know.</p>\n{install}\
         </fieldset>\n{statistics}",
        remote(flaws.set_up_prefers_remote)
    )
}

fn remote(on: bool) -> String {
    format!(
        "<fieldset><legend>Remote operation</legend>\n<p>Whether the app may operate the heater from outside; it \
         opens a way from the internet.</p>\n{}</fieldset>\n",
        switch("remote", on)
    )
}

fn statistics(on: bool) -> String {
    format!(
        "<fieldset><legend>Usage statistics</legend>\n<p>Whether the maintenance department of the maker gets \
         your usage history, to forecast wear. <a href=\"http://www.hinode.example/privacy/personal-data\">More\
         </a></p>\n{}</fieldset>\n",
        switch("statistics", on)
    )
}

fn switch(name: &str, on: bool) -> String {
    let mut text = String::new();
    for (value, chosen) in [("off", !on), ("on", on)] {
        let checked = if chosen { " checked" } else { "" };
        writeln!(
            text,
            "<label><input type=\"radio\" name=\"{name}\" value=\"{value}\"{checked}> {value}</label>"
        )
        .expect("a String takes any text");
    }
    text
}

fn choice(name: &str, now: Install, offered: &[Install]) -> String {
    let mut text = format!("<select name=\"{name}\">\n");
    for way in offered {
        let selected = if *way == now { " selected" } else { "" };
        writeln!(text, "<option value=\"{}\"{selected}>{}</option>", way.value(), way.words())
            .expect("a String takes any text");
    }
    text + "</select>\n"
}
