//! The maker's pages on the web: what the declaration says is published.

use hyper::StatusCode;

use crate::behaviour::pages::{DeletionPage, PersonalDataPage, SecurityTxt, SensorsPage, SetupPage};
use crate::behaviour::{Behaviour, Policy, SupportPage};
use crate::http::{self, Page};
use crate::model::{self, page};

mod privacy;

/// Answers a request for `path`.
pub(crate) fn answer(behaviour: &Behaviour, path: &str) -> Page {
    match path {
        "/" => found(model::MANUFACTURER, &index()),
        page::POLICY => match behaviour.policy {
            Policy::Published => found("Vulnerability disclosure policy", &policy(true)),
            Policy::WithoutTimeline => found("Vulnerability disclosure policy", &policy(false)),
            Policy::OtherContact => {
                let page = policy(true).replace(model::SECURITY_CONTACT, "psirt@hinode-support.example");
                found("Vulnerability disclosure policy", &page)
            }
            Policy::OtherDays => {
                let promised = format!("within {} days", model::ACKNOWLEDGEMENT_DAYS);
                found("Vulnerability disclosure policy", &policy(true).replace(&promised, "within 30 days"))
            }
            Policy::BehindLogin => behind_login(),
            Policy::Missing => missing(),
        },
        page::SUPPORT => match behaviour.support {
            SupportPage::Published => found("Support period", &support(model::SUPPORT_UNTIL)),
            SupportPage::OtherDate => found("Support period", &support("2027-06-30")),
            SupportPage::Missing => missing(),
            SupportPage::BehindLogin => behind_login(),
        },
        page::SECURITY_TXT => {
            let text = security_txt(behaviour.pages.security_txt);
            http::page(StatusCode::OK, "text/plain; charset=utf-8", text)
        }
        page::PERSONAL_DATA => match behaviour.pages.personal_data {
            PersonalDataPage::Missing => missing(),
            PersonalDataPage::BehindLogin => behind_login(),
            page => found("Personal data", &privacy::personal_data(page)),
        },
        page::DELETION => match behaviour.pages.deletion {
            DeletionPage::Missing => missing(),
            page => found("Deleting your data", &privacy::deletion(page)),
        },
        page::SENSORS => match behaviour.pages.sensors {
            SensorsPage::Missing => missing(),
            SensorsPage::BehindLogin => behind_login(),
            page => found("Sensors", &privacy::sensors(page)),
        },
        page::SETUP => match behaviour.pages.setup {
            SetupPage::Missing => missing(),
            page => found("Setting up securely", &setup(page)),
        },
        page::UPDATES => found("Updates", &updates()),
        _ => missing(),
    }
}

fn found(title: &str, body: &str) -> Page {
    let foot = format!("<p><a href=\"{}\">Report a vulnerability</a></p>", page::POLICY);
    http::html(StatusCode::OK, title, &format!("{body}\n{foot}"))
}

fn behind_login() -> Page {
    http::html(StatusCode::UNAUTHORIZED, "Partner login", LOGIN)
}

fn missing() -> Page {
    http::html(StatusCode::NOT_FOUND, "Not found", "<p>There is no such page.</p>")
}

fn index() -> String {
    let link = |path, text| format!("<li><a href=\"{path}\">{text}</a></li>\n");
    format!(
        "<p>{} makes controllers for gas water heaters.</p>\n<ul>\n{}{}{}{}{}{}{}</ul>",
        model::MANUFACTURER_JAPANESE,
        link(page::POLICY, "Vulnerability disclosure policy"),
        link(page::SUPPORT, "Support period"),
        link(page::UPDATES, "Updates"),
        link(page::SETUP, "Setting up securely"),
        link(page::PERSONAL_DATA, "Personal data"),
        link(page::DELETION, "Deleting your data"),
        link(page::SENSORS, "Sensors"),
    )
}

fn policy(with_times: bool) -> String {
    let contact = model::SECURITY_CONTACT;
    let times = if with_times {
        format!(
            "<h2>When you hear from us</h2>\n\
             <p>We acknowledge the receipt of a report within {} days. After that we tell you the status of \
             our work at least every {} days until the issue is resolved. We aim to publish a fix within {} days \
             of the report.</p>\n",
            model::ACKNOWLEDGEMENT_DAYS,
            model::STATUS_DAYS,
            model::FIX_DAYS,
        )
    } else {
        "<h2>When you hear from us</h2>\n<p>We look into every report as soon as we can.</p>\n".to_owned()
    };
    format!(
        "<p>This policy covers every product of {maker}, its cloud service and its apps.</p>\n\
         <h2>How to report</h2>\n\
         <p>Contact for reports of vulnerabilities: <a href=\"mailto:{contact}\">{contact}</a>. \
         Anybody may report, in English or Japanese. Say which model and firmware version you looked at and how \
         the issue can be shown.</p>\n{times}\
         <h2>What we ask and promise</h2>\n\
         <p>Do no harm to persons, leave other people's data alone, and publish only after the fix or {fix} days \
         after the report. We take no legal steps against research that keeps to this policy, and we publish an \
         advisory with your name if you wish.</p>",
        fix = model::FIX_DAYS,
        maker = model::MANUFACTURER,
    )
}

fn security_txt(how: SecurityTxt) -> String {
    let contact = model::SECURITY_CONTACT;
    let until = match how {
        SecurityTxt::Expired => "2024-06-30",
        SecurityTxt::Published => model::SUPPORT_UNTIL,
    };
    format!(
        "Contact: mailto:{contact}\nExpires: {until}T23:59:59Z\nPreferred-Languages: en, ja\nPolicy: http://{}{}\n",
        model::MAKER_HOST,
        page::POLICY,
    )
}

fn support(until: &str) -> String {
    format!(
        "<p>{maker} supplies security updates for the controller {model} (boot loader, system, application \
         and bus processor) until {until}.</p>\n\
         <p>The {model} has been on sale since {from}. Should the period become longer, this page says so; it \
         does not become shorter.</p>",
        maker = model::MANUFACTURER,
        model = model::MODEL,
        from = model::ON_SALE_FROM,
    )
}

fn updates() -> String {
    format!(
        "<p>The {} looks for updates after power-on and every {} hours and installs them between 2 and 4 in the \
         night. An update is signed by {}; the controller checks the signature before it installs anything. \
         Panel and web interface say when an update is there, which risk it removes, when it installs, and that \
         remote operation pauses for about 90 seconds. Under Settings, Updates you can install at once, \
         postpone by up to seven days, or switch automatic installation and notices off and on.</p>",
        model::MODEL,
        model::UPDATE_CHECK_HOURS,
        model::MANUFACTURER,
    )
}

fn setup(page: SetupPage) -> String {
    let remote = match page {
        SetupPage::OmitsRemote => "",
        _ => {
            "<li>Remote operation: leave it off unless you need it; it opens a way from the internet.</li>\n"
        }
    };
    let checked = match page {
        SetupPage::OmitsRemote => "",
        _ => " remote operation with its linked account,",
    };
    let check = match page {
        SetupPage::OmitsCheck => String::new(),
        _ => format!(
            "<h2>Check your settings</h2>\n<p>Open Security check in the web interface. Five lines are green or \
             red: own password, last check for updates, automatic updates,{checked} unknown logins. All green \
             means set up securely; behind a red line stands the setting that mends it.</p>"
        ),
    };
    format!(
        "<h2>Set up</h2>\n<ol>\n<li>Connect the controller to your home network and press the set-up key on the \
         panel. Open the address shown there in a browser, with <code>https</code>; the fingerprint in the \
         browser has to be that on the panel.</li>\n\
         <li>Log in as <code>{user}</code> with the password on the label.</li>\n\
         <li>Set your own password of at least {length} characters; before that, nothing else can be done over \
         the network. We recommend four words that do not belong together, or a password manager.</li>\n\
         {remote}\
         <li>Updates: leave them automatic; they close holes that others know.</li>\n\
         <li>Usage statistics: as you like; they are off unless you switch them on.</li>\n</ol>\n\
         <h2>Change the password</h2>\n<ol>\n<li>Log in and open Settings, Password.</li>\n<li>Enter the old \
         password once and the new one.</li>\n<li>Press Change password. The old one is refused from now on, in \
         programs of your own as well.</li>\n</ol>\n\
         <p>After {failures} wrong passwords in a row the login stays closed for {seconds} seconds.</p>\n{check}",
        user = model::USER_NAME,
        length = model::USER_PASSWORD_MINIMUM,
        failures = model::LOCKOUT_FAILURES,
        seconds = model::LOCKOUT_SECONDS,
    )
}

const LOGIN: &str = "<p>This page is for partners.</p>\n<form method=\"post\" action=\"/partner\">\n\
    <label>Partner number <input name=\"partner\"></label>\n\
    <label>Password <input type=\"password\" name=\"password\"></label>\n<button>Log in</button>\n</form>";
