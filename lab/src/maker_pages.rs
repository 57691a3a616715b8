//! The maker's pages on the web: what the declaration says is published.

use hyper::StatusCode;

use crate::behaviour::{Behaviour, Policy, SupportPage};
use crate::http::{self, Page};
use crate::model::{self, page};

/// Answers a request for `path`.
pub(crate) fn answer(behaviour: &Behaviour, path: &str) -> Page {
    match path {
        "/" => found(model::MANUFACTURER, &index()),
        page::POLICY => match behaviour.policy {
            Policy::Published => found("Vulnerability disclosure policy", &policy(true)),
            Policy::WithoutTimeline => found("Vulnerability disclosure policy", &policy(false)),
            Policy::BehindLogin => http::html(StatusCode::UNAUTHORIZED, "Partner login", LOGIN),
            Policy::Missing => missing(),
        },
        page::SUPPORT => match behaviour.support {
            SupportPage::Published => found("Support period", &support(model::SUPPORT_UNTIL)),
            SupportPage::OtherDate => found("Support period", &support("2027-06-30")),
            SupportPage::Missing => missing(),
        },
        page::SECURITY_TXT => http::page(StatusCode::OK, "text/plain; charset=utf-8", security_txt()),
        page::PERSONAL_DATA => found("Personal data", PERSONAL_DATA),
        page::DELETION => found("Deleting your data", DELETION),
        page::SENSORS => found("Sensors", SENSORS),
        page::SETUP => found("Setting up securely", &setup()),
        page::UPDATES => found("Updates", &updates()),
        _ => missing(),
    }
}

fn found(title: &str, body: &str) -> Page {
    http::html(StatusCode::OK, title, body)
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
         Anybody may report, no account or contract is needed. Say which model and firmware version you looked \
         at and how the issue can be shown.</p>\n{times}\
         <h2>What we ask and promise</h2>\n\
         <p>Use only devices that are yours and leave other people's data alone. We take no legal steps against \
         research that keeps to this policy, and we name you as the finder if you wish.</p>",
        maker = model::MANUFACTURER,
    )
}

fn security_txt() -> String {
    format!(
        "Contact: mailto:{}\nExpires: {}T23:59:59Z\nPreferred-Languages: en, ja\nPolicy: http://{}{}\n",
        model::SECURITY_CONTACT,
        model::SUPPORT_UNTIL,
        model::MAKER_HOST,
        page::POLICY,
    )
}

fn support(until: &str) -> String {
    format!(
        "<p>{maker} supplies security updates for the controller {model} (firmware, radio module software and \
         the web interface in it) until {until}.</p>\n\
         <p>The {model} has been on sale since {from}. Should the period become longer, this page says so; it \
         does not become shorter.</p>",
        maker = model::MANUFACTURER,
        model = model::MODEL,
        from = model::ON_SALE_FROM,
    )
}

fn updates() -> String {
    format!(
        "<p>The {} looks for updates every {} hours and shows in its web interface when one is there. An update \
         is signed by {}; the controller checks the signature before it installs anything. When an \
         update mends a vulnerability, the notice says which risk it removes.</p>",
        model::MODEL,
        model::UPDATE_CHECK_HOURS,
        model::MANUFACTURER,
    )
}

fn setup() -> String {
    format!(
        "<ol>\n<li>Connect the controller to your home network and open its address in a browser, with \
         <code>https</code>.</li>\n<li>Log in as <code>{}</code> with the password on the label.</li>\n\
         <li>Set your own password of at least {} characters. Before that, nothing else can be done over the \
         network.</li>\n<li>Check: the page Settings opens only after a login, and shows model, serial number and \
         the last check for updates.</li>\n</ol>\n\
         <p>After {} wrong passwords in a row the login stays closed for {} seconds.</p>",
        model::USER_NAME,
        model::USER_PASSWORD_MINIMUM,
        model::LOCKOUT_FAILURES,
        model::LOCKOUT_SECONDS,
    )
}

const LOGIN: &str = "<p>This page is for partners.</p>\n<form method=\"post\" action=\"/partner\">\n\
    <label>Partner number <input name=\"partner\"></label>\n\
    <label>Password <input type=\"password\" name=\"password\"></label>\n<button>Log in</button>\n</form>";

const PERSONAL_DATA: &str = "<p>The controller stores the times at which hot water was drawn and the target \
    temperature. It sends both, with its serial number, to our cloud service, so that you can operate the heater \
    from elsewhere. Nobody else receives them. They are deleted after 90 days, or when you delete them.</p>\n\
    <p>You consent when you connect the controller to the cloud service, and you can withdraw the consent in the \
    web interface at any time; the heater then works over the home network alone.</p>";

const DELETION: &str = "<ol>\n<li>On the controller: hold the button SET for ten seconds until the display shows \
    CLr. This erases password, settings and recorded times.</li>\n\
    <li>In the cloud service: open Account, then Delete my data. All data of the device are erased within one \
    day, and the page confirms it.</li>\n</ol>";

const SENSORS: &str = "<p>The controller measures the temperature of the water at inlet and outlet, the flow of \
    water and whether there is a flame. It has no camera, no microphone and no sensor for the position of \
    people.</p>";
