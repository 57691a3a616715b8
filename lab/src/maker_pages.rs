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
    let foot = format!("<p><a href=\"{}\">Report a vulnerability</a></p>", page::POLICY);
    http::html(StatusCode::OK, title, &format!("{body}\n{foot}"))
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

fn setup() -> String {
    format!(
        "<h2>Set up</h2>\n<ol>\n<li>Have a qualified installer connect the heater, and plug in the network \
         cable.</li>\n<li>Press the set-up key on the panel and open the address of the controller in a browser, \
         with <code>https</code>. Compare the fingerprint on the panel with the one that the browser \
         shows.</li>\n<li>Enter the user name <code>{user}</code> and the password of the label, then choose your \
         own password of at least {least} characters. We recommend a sentence of four words or a password \
         manager.</li>\n<li>Remote operation: leave it off if you do not need it.</li>\n\
         <li>Updates: leave them automatic.</li>\n<li>Usage statistics: as you like. They are off unless you \
         switch them on.</li>\n</ol>\n\
         <h2>Change the password</h2>\n<p>Open Settings, Password. Enter the old password once and the new one \
         twice, and press Change. After {failures} wrong entries the login pauses for {seconds} seconds.</p>\n\
         <h2>Check your settings</h2>\n<p>Open Security check. Five lines show green or red: own password, update \
         status, automatic updates, remote operation with the linked account, unknown logins. A red line leads to \
         the setting that mends it.</p>",
        user = model::USER_NAME,
        least = model::USER_PASSWORD_MINIMUM,
        failures = model::LOCKOUT_FAILURES,
        seconds = model::LOCKOUT_SECONDS,
    )
}

const LOGIN: &str = "<p>This page is for partners.</p>\n<form method=\"post\" action=\"/partner\">\n\
    <label>Partner number <input name=\"partner\"></label>\n\
    <label>Password <input type=\"password\" name=\"password\"></label>\n<button>Log in</button>\n</form>";

const PERSONAL_DATA: &str = "<table>\n<tr><th>Data</th><th>Where</th><th>Who uses them</th><th>What for</th>\
    <th>Basis</th></tr>\n<tr><td>Account: name, mail address, linked devices</td><td>Cloud; a random number on the \
    device</td><td>Operations and customer service of the maker</td><td>Login to the app, security notices</td>\
    <td>Consent to remote operation</td></tr>\n<tr><td>Bath and hot water schedules</td><td>Device; copy in the cloud \
    with remote operation</td><td>You; customer service after your release</td><td>Carrying them out, showing them in \
    the app</td><td>Consent to remote operation</td></tr>\n<tr><td>Usage history of each day, without times of day</td>\
    <td>Device; cloud with usage statistics</td><td>Maintenance department of the maker</td><td>Forecast of wear</td>\
    <td>Consent to usage statistics</td></tr>\n</table>\n<p>Each consent is withdrawn by the switch that gave it, at \
    any time. Nothing is sold.</p>\n<h2>Usage statistics</h2>\n<p>The controller tells the cloud its serial number, \
    whether the burner is on and the outlet temperature, so that the app can show it and operations see which units \
    are reachable; only the last message is kept. Usage statistics also hold operating hours, number of starts, fault \
    codes and the firmware version, under a random number, and are sent only if you agreed.</p>";

const DELETION: &str = "<h2>On the device</h2>\n<p>Open Settings, Reset, enter the password and press Delete \
    everything. Or hold the recessed key on the panel for ten seconds and press OK. The panel says that all your data \
    on the device were deleted.</p>\n<h2>In the cloud</h2>\n<p>In the app open Settings, Account, Delete account. \
    Without the app, write to privacy@hinode.example and confirm by the link in the answer. A mail confirms the \
    deletion at once, and again when copies in backups are gone, after 30 days at the latest.</p>\n\
    <p>Do both before you give the device away.</p>";

const SENSORS: &str = "<ul>\n<li>Water flow: tells that and how much hot water is drawn. Use of water shows that \
    somebody is there.</li>\n<li>Level of the bath circuit: stops the filling.</li>\n<li>Temperatures at inlet, \
    outlet and exhaust.</li>\n<li>Carbon monoxide in the exhaust: stops the burner when combustion is poor.</li>\n\
    </ul>\n<p>There is no camera, no microphone, no motion and no location sensor.</p>";
