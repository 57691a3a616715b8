//! What the probe of settings found out about the settings of a row.

pub mod consent;
#[cfg(test)]
pub(crate) mod made;

use probes::capture::TrafficFacts;
use probes::probe::settings::{ChangeSeen, Heard, PageSeen, SettingSeen, SettingsSeen};

use crate::facts::{Facts, Recorded};
use crate::prompt::Shown;

/// A setting of a row as one observation shows it.
#[derive(Clone, Debug)]
pub struct Seen<'a> {
    /// The observation.
    pub recorded: &'a Recorded,
    /// The setting.
    pub setting: SettingSeen,
    /// The page on which it is, as it was at first.
    pub page: Option<PageSeen>,
    /// Captures of the positions.
    pub heard: Vec<Heard>,
    /// Other settings of the same page that were asked for.
    pub beside: Vec<String>,
}

/// Every observation of a setting of a row.
pub fn of<'a>(facts: &Facts<'a>, row: &str, key: &str) -> Vec<Seen<'a>> {
    let mut all = Vec::new();
    for (recorded, seen) in facts.results::<SettingsSeen>("settings") {
        let of_row = |setting: &&SettingSeen| setting.row == row && setting.key == key;
        let Some(setting) = seen.settings.iter().find(of_row).cloned() else { continue };
        let beside = seen.settings.iter().filter(|other| other.page == setting.page);
        all.push(Seen {
            recorded,
            page: seen.pages.iter().find(|page| page.path == setting.page).cloned(),
            heard: seen.heard,
            beside: beside.map(|other| other.field.clone()).collect(),
            setting,
        });
    }
    all
}

impl Seen<'_> {
    /// The change into a position: `off`, `later`, `on`, `withdrawn`.
    pub fn change(&self, to: &str) -> Option<&ChangeSeen> {
        self.setting.changes.iter().find(|change| change.to == to)
    }

    /// The setting as a place of evidence.
    pub fn place(&self) -> String {
        format!("setting {} at {}", self.setting.field, self.setting.page)
    }

    /// What was heard in a position.
    pub fn heard(&self, position: &str) -> Option<&TrafficFacts> {
        self.heard.iter().find(|heard| heard.position == position).map(|heard| &heard.traffic)
    }

    /// The page came, and shows other controls, so that one that is not there can be missed.
    pub fn page_shows_others(&self) -> bool {
        self.page.as_ref().is_some_and(|page| {
            page.status < 300
                && page
                    .controls
                    .iter()
                    .any(|control| control.is_visible() && control.name != self.setting.field)
        })
    }

    /// What of the setting is shown to a person.
    pub fn shown(&self) -> Vec<Shown> {
        let line = |label: &str, text: String| Shown {
            label: format!("observed.{label}"),
            text,
            source: Some(self.recorded.reference.clone()),
        };
        let setting = &self.setting;
        let mut shown = Vec::new();
        match &setting.control {
            None => shown.push(line(
                "control",
                match setting.status {
                    Some(status) => format!("{}: status {status}, no {}", setting.page, setting.field),
                    None => format!("{}: no answer", setting.page),
                },
            )),
            Some(control) => {
                let offered: Vec<String> = control
                    .options
                    .iter()
                    .map(|option| match option.chosen {
                        true => format!("[{}]", word(&option.label, &option.value)),
                        false => word(&option.label, &option.value).to_owned(),
                    })
                    .collect();
                let place = self.page.as_ref().and_then(|page| {
                    let visible: Vec<&str> = page
                        .controls
                        .iter()
                        .filter(|control| control.is_visible())
                        .map(|control| control.name.as_str())
                        .collect();
                    let at = visible.iter().position(|name| *name == control.name)?;
                    Some(format!(", {} / {}", at + 1, visible.len()))
                });
                shown.push(line(
                    "control",
                    format!(
                        "{}{}: {} {} {}",
                        setting.page,
                        place.unwrap_or_default(),
                        control.kind,
                        control.name,
                        offered.join(" · ")
                    ),
                ));
                if !control.about.is_empty() {
                    shown.push(line("words", control.about.clone()));
                }
            }
        }
        for change in &setting.changes {
            let [read, stayed] = [&change.read, &change.stayed].map(|at| at.as_deref().unwrap_or("–"));
            let answer = change.status.map_or_else(|| "–".to_owned(), |status| status.to_string());
            shown.push(line("change", format!("{}: {answer} → {read} → {stayed}", change.to)));
        }
        if let Some(kept) = self.page.as_ref().and_then(|page| page.kept.as_ref()) {
            let (label, text) = ("observed.page".to_owned(), setting.page.clone());
            shown.push(Shown { label, text, source: Some(kept.reference.clone()) });
        }
        shown
    }
}

/// What people read of an option, else what is sent.
pub(crate) fn word<'a>(label: &'a str, value: &'a str) -> &'a str {
    if label.is_empty() { value } else { label }
}
