//! Observations of settings made by hand, for the tests of judges.

use probes::capture::{NeedleFound, Transport};
use probes::http::form_controls::{Control, Offered};
use probes::probe::settings::{ChangeSeen, Heard, PageSeen, SettingSeen, SettingsSeen, StrangerSeen};

use crate::test_facts::Seen;
use crate::traffic_seen::test_captures::{calls, capture};

/// A control that offers these values, of which one is chosen.
pub(crate) fn control(name: &str, kind: &str, values: &[&str], chosen: &str) -> Control {
    let options = values.iter().map(|value| Offered {
        value: (*value).to_owned(),
        label: (*value).to_owned(),
        chosen: *value == chosen,
    });
    Control {
        name: name.to_owned(),
        kind: kind.to_owned(),
        options: options.collect(),
        about: format!("Your choice of {name}"),
        form: 1,
        ..Control::default()
    }
}

/// A change that was taken and stays.
pub(crate) fn taken(to: &str) -> ChangeSeen {
    let at = if to == "withdrawn" { "off" } else { to };
    ChangeSeen {
        to: to.to_owned(),
        offered: true,
        status: Some(303),
        read: Some(at.to_owned()),
        stayed: Some(at.to_owned()),
    }
}

/// A setting of a sound device, on at first.
pub(crate) fn sound(row: &str, key: &str) -> SettingSeen {
    SettingSeen {
        row: row.to_owned(),
        key: key.to_owned(),
        page: "/updates".to_owned(),
        field: "install".to_owned(),
        status: Some(200),
        control: Some(control("install", "select", &["on", "off", "later"], "on")),
        first: Some("on".to_owned()),
        changes: ["off", "later", "on"].map(taken).into(),
        stranger: Some(StrangerSeen {
            page: Some(401),
            sent: Some("off".to_owned()),
            status: Some(401),
            changed: Some(false),
        }),
        restored: Some(true),
    }
}

/// A switch of consent of a sound device, off at first.
pub(crate) fn switch(row: &str) -> SettingSeen {
    SettingSeen {
        control: Some(control("install", "radio", &["on", "off"], "off")),
        first: Some("off".to_owned()),
        changes: ["off", "on", "withdrawn"].map(taken).into(),
        ..sound(row, "consent")
    }
}

/// A capture of a position, with data of these rows in it.
pub(crate) fn heard(position: &str, rows: &[&str]) -> Heard {
    let mut traffic = capture(vec![calls(Transport::Tcp, "stats.example", 80, "")]);
    traffic.found.extend(rows.iter().map(|row| NeedleFound {
        key: (*row).to_owned(),
        encoding: "plain".to_owned(),
        flow: 0,
        from_device: true,
        frame: 9,
        at: 1.0,
    }));
    Heard { position: position.to_owned(), traffic }
}

/// An observation of a setting.
pub(crate) fn seen(setting: SettingSeen, heard: Vec<Heard>, controls: Vec<Control>) -> Seen {
    let page = PageSeen { path: setting.page.clone(), status: 200, controls, kept: None };
    Seen::by("settings", SettingsSeen { settings: vec![setting], heard, pages: vec![page] })
}
