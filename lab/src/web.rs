//! The web interface of the device; its API has a file of its own.

mod api;

use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::header::{COOKIE, LOCATION, RETRY_AFTER, SERVER, SET_COOKIE};
use hyper::{Method, Request, StatusCode};
use serde_json::json;

use crate::altered;
use crate::behaviour::pages::About;
use crate::device::Device;
use crate::http::{self, Page};
use crate::input_checks::{self, Days};
use crate::model;
use crate::preferences::Change;
use crate::state::{Login, Outcome, Stage, State};
use crate::{orders, relay, reset_page, settings_page, user_data};

/// Answers a request to the HTTPS port.
pub(crate) async fn answer(device: Arc<Device>, request: Request<Incoming>) -> Page {
    let page = match device.is_altered() {
        true => altered::answer(&identity(&device), &request),
        false => route(&device, request).await,
    };
    match device.behaviour.server_header {
        Some(server) => http::with_header(page, SERVER, server),
        None => page,
    }
}

async fn route(device: &Device, request: Request<Incoming>) -> Page {
    if device.hangs() {
        return std::future::pending().await;
    }
    if device.behaviour.holes.relays && request.method() == Method::CONNECT {
        return relay::answer(device.address, request).await;
    }
    let path = request.uri().path().to_owned();
    if device.behaviour.holes.service_page && path == "/service-menu" {
        return http::html(StatusCode::OK, "Service menu", "<p>Burner test</p>\n<p>Valve test</p>");
    }
    if device.behaviour.frailty.api_needs_names && path.starts_with("/api/") {
        while device.network.look_up(model::CLOUD_HOST).await.is_none() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
    if device.behaviour.holes.second_spelling && path == "//settings" {
        return settings_page(device, &device.state.random());
    }
    if device.behaviour.holes.status_by_post && path == "/api/status" && request.method() == Method::POST {
        return api::state_of(device);
    }
    if let (true, Some(log)) = (path == "/log", reset_page::log(device)) {
        return log;
    }
    let method = request.method().clone();
    match (method, path.as_str()) {
        (Method::GET, "/" | "/login") => login_page(device, &request, StatusCode::OK, ""),
        (Method::POST, "/login") => log_in(device, request).await,
        (Method::GET, "/settings") => settings(device, &request),
        (Method::GET, "/history") => history(device, &request),
        (Method::POST, "/settings/password") => change_password(device, request).await,
        (Method::POST, "/settings/target") => set_target_by_form(device, request).await,
        (Method::GET, "/settings/updates") => chosen_page(device, &request, settings_page::updates),
        (Method::GET, "/settings/privacy") => chosen_page(device, &request, settings_page::privacy),
        (Method::POST, "/settings/updates" | "/settings/privacy") => choose(device, request).await,
        (Method::GET, "/schedules") => chosen_page(device, &request, user_data::schedules_page),
        (Method::POST, "/schedules" | "/history") => keep_user_data(device, request).await,
        (Method::GET, "/reset") => chosen_page(device, &request, |_, csrf| reset_page::form(csrf)),
        (Method::POST, "/reset") => reset(device, request).await,
        (Method::POST, "/logout") => log_out(device, request).await,
        (Method::GET, "/setup") => set_up_page(device, &request),
        (Method::POST, "/setup") => set_up(device, request).await,
        (Method::GET, "/about") => about(device, &request),
        (Method::GET, "/identity") => http::json(StatusCode::OK, &identity(device)),
        (Method::POST, "/api/token") => api::token(device, request).await,
        (Method::DELETE, "/api/token") => api::give_back(device, &request),
        (Method::GET, "/api/status") => api::status(device, &request),
        (method, "/api/log") => device
            .state
            .log
            .answer(&method, api::good_token(device, &request))
            .unwrap_or_else(api::token_needed),
        (Method::PUT, "/api/target") => api::set_target(device, request).await,
        (Method::PUT, "/api/operation") if !api::good_token(device, &request) => api::token_needed(),
        (Method::PUT, "/api/operation") => orders::by_program(device, request).await,
        (
            _,
            "/" | "/login" | "/settings" | "/history" | "/schedules" | "/reset" | "/setup" | "/about"
            | "/identity" | "/api/token" | "/api/status" | "/api/target" | "/api/operation",
        ) => http::html(StatusCode::METHOD_NOT_ALLOWED, model::MODEL, "<p>This page cannot be used so.</p>"),
        _ => http::html(StatusCode::NOT_FOUND, model::MODEL, "<p>There is no such page.</p>"),
    }
}

/// Model, serial number, firmware version.
fn identity(device: &Device) -> serde_json::Value {
    json!({ "model": model::MODEL, "serial": device.secrets.serial, "firmware": device.software.version() })
}

/// The model designation, for anybody and in every state.
fn about(device: &Device, request: &Request<Incoming>) -> Page {
    let model = match device.behaviour.pages.about {
        About::Published => model::MODEL.to_owned(),
        About::OtherModel => "HK-90".to_owned(),
        About::InMarkup => format!("<b class=\"model\">{}</b>", model::MODEL),
        About::BehindLogin if open_session(device, request).is_none() => {
            return login_page(device, request, StatusCode::UNAUTHORIZED, "<p>Log in first.</p>\n");
        }
        About::BehindLogin => model::MODEL.to_owned(),
        About::Missing => {
            return http::html(StatusCode::NOT_FOUND, model::MODEL, "<p>There is no such page.</p>");
        }
    };
    http::json(StatusCode::OK, &json!({ "model": model }))
}

// ---- Web interface ----

fn login_page(device: &Device, request: &Request<Incoming>, status: StatusCode, note: &str) -> Page {
    let known = cookie(request);
    let visitor = known.clone().unwrap_or_else(|| device.state.random());
    let csrf = device.state.bound(&visitor);
    let greeting = reset_page::greeting(device);
    let mac = if device.behaviour.index_tells_mac { &*device.secrets.mac } else { "" };
    let page = http::html(
        status,
        model::MODEL,
        &format!(
            "{note}{greeting}{mac}<form method=\"post\" action=\"/login\">\n\
             <input type=\"hidden\" name=\"csrf\" value=\"{csrf}\">\n\
             <label>User <input name=\"user\" autocomplete=\"username\"></label>\n\
             <label>Password <input type=\"password\" name=\"password\" autocomplete=\"current-password\"></label>\n\
             <button>Log in</button>\n</form>"
        ),
    );
    match known {
        Some(_) => page,
        None => http::with_header(page, SET_COOKIE, &session_cookie(&visitor)),
    }
}

async fn log_in(device: &Device, request: Request<Incoming>) -> Page {
    let Some(form) = checked_form(device, request).await else { return form_refused() };
    let field = |name| http::form_field(&form.body, name).unwrap_or_default();
    if device.behaviour.lockout_per_visitor {
        device.state.count_for(&form.visitor);
    }
    match device.state.log_in(Login::Web, &field("user"), &field("password")) {
        Outcome::Accepted => {
            let session = device.state.open_session();
            let next = if must_be_set_up(device) { "/setup" } else { "/settings" };
            http::with_header(to(next), SET_COOKIE, &session_cookie(&session))
        }
        Outcome::Refused => http::html(
            StatusCode::UNAUTHORIZED,
            model::MODEL,
            &format!(
                "<p>User name or password is wrong.</p>\n<form method=\"post\" action=\"/login\">\n\
                 <input type=\"hidden\" name=\"csrf\" value=\"{}\">\n\
                 <label>User <input name=\"user\"></label>\n\
                 <label>Password <input type=\"password\" name=\"password\"></label>\n\
                 <button>Log in</button>\n</form>",
                device.state.bound(&form.visitor)
            ),
        ),
        Outcome::Locked(seconds) => {
            let page = http::html(
                StatusCode::TOO_MANY_REQUESTS,
                model::MODEL,
                "<p>There were too many wrong passwords. Wait a little, then try again.</p>",
            );
            http::with_header(page, RETRY_AFTER, &seconds.to_string())
        }
    }
}

fn settings(device: &Device, request: &Request<Incoming>) -> Page {
    let by_token = device.behaviour.holes.token_opens_settings && api::good_token(device, request);
    let session = open_session(device, request).or_else(|| by_token.then(|| device.state.random()));
    let Some(session) = session else {
        return login_page(device, request, StatusCode::UNAUTHORIZED, "<p>Log in first.</p>\n");
    };
    if must_be_set_up(device) {
        return to("/setup");
    }
    settings_page(device, &session)
}

const YESTERDAY: &str = "<tr><td>Yesterday</td><td>112 litres</td><td>1.4 hours</td></tr>";
const BEFORE: &str = "<tr><td>The day before</td><td>96 litres</td><td>1.2 hours</td></tr>";

/// How much hot water was used, day by day.
fn history(device: &Device, request: &Request<Incoming>) -> Page {
    if open_session(device, request).is_none() && !device.behaviour.holes.open_history {
        return login_page(device, request, StatusCode::UNAUTHORIZED, "<p>Log in first.</p>\n");
    }
    if must_be_set_up(device) {
        return to("/setup");
    }
    let days = input_checks::days(device, request.uri().query().unwrap_or_default());
    let rows = match days {
        Some(Days::File(contents)) => return http::html(StatusCode::OK, "Usage", contents),
        Some(Days::All) => [YESTERDAY, BEFORE].join("\n"),
        Some(Days::Yesterday) => YESTERDAY.to_owned(),
        Some(Days::Before) => BEFORE.to_owned(),
        None => return http::html(StatusCode::BAD_REQUEST, "Usage", "<p>There is no such day.</p>"),
    };
    let note = open_session(device, request)
        .map(|session| user_data::note_beside_usage(device, &device.state.bound(&session)))
        .unwrap_or_default();
    http::html(
        StatusCode::OK,
        "Usage",
        &format!(
            "<table>\n<tr><th>Day</th><th>Hot water</th><th>Burner</th></tr>\n\
             {rows}\n</table>\n{note}"
        ),
    )
}

fn settings_page(device: &Device, session: &str) -> Page {
    let check = device.state.last_update_check().unwrap_or_else(|| "not yet".to_owned());
    http::html(
        StatusCode::OK,
        "Settings",
        &format!(
            "<p>Model {}, serial number {}, firmware {}.</p>\n<p>Last check for updates: {check}.</p>\n\
             <p>Target temperature {target} °C. <a href=\"/history\">Usage</a> <a href=\"/schedules\">Schedules</a> \
             <a href=\"/reset\">Reset</a> <a href=\"/settings/updates\">Updates</a> <a href=\"/settings/privacy\">Privacy</a></p>\n\
             <form method=\"post\" action=\"/settings/target\">\n\
             <input type=\"hidden\" name=\"csrf\" value=\"{csrf}\">\n\
             <label>Target temperature <input name=\"target_celsius\" value=\"{target}\"></label>\n\
             <button>Set</button>\n</form>\n\
             <form method=\"post\" action=\"/settings/password\">\n\
             <input type=\"hidden\" name=\"csrf\" value=\"{csrf}\">\n\
             <label>Current password <input type=\"password\" name=\"current\"></label>\n\
             <label>New password <input type=\"password\" name=\"new\"></label>\n\
             <button>Change password</button>\n</form>\n\
             <form method=\"post\" action=\"/logout\"><input type=\"hidden\" name=\"csrf\" value=\"{csrf}\">\
             <button>Log out</button></form>",
            model::MODEL,
            device.secrets.serial,
            device.software.version(),
            target = device.state.target(),
            csrf = device.state.bound(session),
        ),
    )
}

async fn set_target_by_form(device: &Device, request: Request<Incoming>) -> Page {
    let hole = device.behaviour.holes.open_settings_form;
    if open_session(device, &request).is_none() && !hole {
        return login_page(device, &request, StatusCode::UNAUTHORIZED, "<p>Log in first.</p>\n");
    }
    if must_be_set_up(device) {
        return to("/setup");
    }
    let body = if hole {
        http::body(request).await
    } else {
        checked_form(device, request).await.map(|form| form.body)
    };
    let Some(body) = body else { return form_refused() };
    if input_checks::set_by_form(device, &body) {
        return to("/settings");
    }
    http::html(StatusCode::UNPROCESSABLE_ENTITY, "Settings", &input_checks::refusal(device, &body))
}

async fn change_password(device: &Device, request: Request<Incoming>) -> Page {
    if open_session(device, &request).is_none() {
        return login_page(device, &request, StatusCode::UNAUTHORIZED, "<p>Log in first.</p>\n");
    }
    let Some(form) = checked_form(device, request).await else { return form_refused() };
    let field = |name| http::form_field(&form.body, name).unwrap_or_default();
    match device.state.log_in(Login::Web, model::USER_NAME, &field("current")) {
        Outcome::Accepted => set_new_password(device, &field("new"), State::change_password),
        _ => http::html(StatusCode::FORBIDDEN, "Settings", "<p>The current password is wrong.</p>"),
    }
}

async fn log_out(device: &Device, request: Request<Incoming>) -> Page {
    let Some(form) = checked_form(device, request).await else { return form_refused() };
    if !device.behaviour.holes.session_outlives_logout {
        device.state.close_session(&form.visitor);
    }
    to("/login")
}

fn set_up_page(device: &Device, request: &Request<Incoming>) -> Page {
    let hole = device.behaviour.holes.open_setup && device.state.stage() == Stage::FactoryDefault;
    let session = open_session(device, request).or_else(|| hole.then(|| cookie(request)).flatten());
    let session = session.or_else(|| hole.then(|| device.state.random()));
    let session = match (session, device.state.stage()) {
        (Some(session), Stage::FactoryDefault) => session,
        (Some(_), Stage::Initialized) => return to("/settings"),
        (None, _) => {
            return login_page(device, request, StatusCode::UNAUTHORIZED, "<p>Log in first.</p>\n");
        }
    };
    http::html(
        StatusCode::OK,
        "Set up",
        &format!(
            "<p>Set a password of at least {} characters. The heater can be operated over the network \
             only after that.</p>\n<form method=\"post\" action=\"/setup\">\n\
             <input type=\"hidden\" name=\"csrf\" value=\"{}\">\n\
             <label>New password <input type=\"password\" name=\"new\"></label>\n{}<button>Set</button>\n</form>",
            model::USER_PASSWORD_MINIMUM,
            device.state.bound(&session),
            settings_page::questions_of_set_up(device.behaviour.settings),
        ),
    )
}

async fn set_up(device: &Device, request: Request<Incoming>) -> Page {
    if open_session(device, &request).is_none() || device.state.stage() != Stage::FactoryDefault {
        return to("/login");
    }
    let Some(form) = checked_form(device, request).await else { return form_refused() };
    let new = http::form_field(&form.body, "new").unwrap_or_default();
    let page = set_new_password(device, &new, |state, new| {
        state.set_password(new);
        true
    });
    if page.status() == StatusCode::SEE_OTHER {
        device.state.choose(|name| http::form_field(&form.body, name));
    }
    page
}

/// A page of settings, for whoever is logged in.
fn chosen_page(device: &Device, request: &Request<Incoming>, page: fn(&Device, &str) -> Page) -> Page {
    match open_session(device, request) {
        None => login_page(device, request, StatusCode::UNAUTHORIZED, "<p>Log in first.</p>\n"),
        Some(_) if must_be_set_up(device) => to("/setup"),
        Some(session) => page(device, &device.state.bound(&session)),
    }
}

/// Takes what the user gives it to keep.
async fn keep_user_data(device: &Device, request: Request<Incoming>) -> Page {
    let path = request.uri().path().to_owned();
    if open_session(device, &request).is_none() {
        return login_page(device, &request, StatusCode::UNAUTHORIZED, "<p>Log in first.</p>\n");
    }
    if must_be_set_up(device) {
        return to("/setup");
    }
    let Some(form) = checked_form(device, request).await else { return form_refused() };
    match user_data::take(device, &form.body) {
        true => to(&path),
        false => http::html(StatusCode::UNPROCESSABLE_ENTITY, "Schedules", "<p>This cannot be kept.</p>"),
    }
}

/// Takes the order to delete everything.
async fn reset(device: &Device, request: Request<Incoming>) -> Page {
    let flaws = device.behaviour.deletion;
    if flaws.from_anybody && !must_be_set_up(device) {
        return reset_page::carry_out(device);
    }
    if open_session(device, &request).is_none() {
        return login_page(device, &request, StatusCode::UNAUTHORIZED, "<p>Log in first.</p>\n");
    }
    if must_be_set_up(device) {
        return to("/setup");
    }
    let Some(form) = checked_form(device, request).await else { return form_refused() };
    let password = http::form_field(&form.body, "password").unwrap_or_default();
    let right = flaws.without_password
        || device.state.log_in(Login::Web, model::USER_NAME, &password) == Outcome::Accepted;
    match right && !flaws.refused {
        true => reset_page::carry_out(device),
        false => reset_page::refused(),
    }
}

/// Takes what was chosen on such a page.
async fn choose(device: &Device, request: Request<Incoming>) -> Page {
    let path = request.uri().path().to_owned();
    let hole = device.behaviour.settings.updates_open_to_strangers && path == "/settings/updates";
    if open_session(device, &request).is_none() && !hole {
        return login_page(device, &request, StatusCode::UNAUTHORIZED, "<p>Log in first.</p>\n");
    }
    if must_be_set_up(device) {
        return to("/setup");
    }
    let body = if hole {
        http::body(request).await
    } else {
        checked_form(device, request).await.map(|form| form.body)
    };
    let Some(body) = body else { return form_refused() };
    match device.state.choose(|name| http::form_field(&body, name)) {
        Change::Taken => to(&path),
        Change::Refused => {
            http::html(StatusCode::UNPROCESSABLE_ENTITY, "Settings", "<p>This cannot be chosen.</p>")
        }
    }
}

/// Whether nobody has chosen a password yet, and one has to be.
fn must_be_set_up(device: &Device) -> bool {
    device.state.stage() == Stage::FactoryDefault && !device.behaviour.set_up.can_be_skipped
}

/// Sets the password, or says why it is not good enough.
fn set_new_password(device: &Device, new: &str, set: fn(&State, &str) -> bool) -> Page {
    let rules = device.behaviour.set_up;
    let short = new.chars().count() < model::USER_PASSWORD_MINIMUM;
    let refused = match new {
        "" => !rules.takes_empty,
        _ if new == device.secrets.label_password => !rules.takes_label,
        _ => short && !rules.takes_short || new.to_lowercase().contains(model::USER_NAME),
    };
    if refused {
        let text = format!(
            "<p>The password needs at least {} characters, must not contain the user name and must differ \
             from the one on the label.</p>",
            model::USER_PASSWORD_MINIMUM
        );
        return http::html(StatusCode::UNPROCESSABLE_ENTITY, "Set up", &text);
    }
    if !set(&device.state, new) {
        return http::html(StatusCode::FORBIDDEN, "Settings", "<p>The password cannot be changed.</p>");
    }
    to("/login")
}

/// A form whose hidden field belongs to the cookie that came with it.
struct CheckedForm {
    visitor: String,
    body: Vec<u8>,
}

async fn checked_form(device: &Device, request: Request<Incoming>) -> Option<CheckedForm> {
    let visitor = cookie(&request)?;
    let body = input_checks::body(device, request).await?;
    let csrf = http::form_field(&body, "csrf")?;
    (csrf == device.state.bound(&visitor)).then_some(CheckedForm { visitor, body })
}

fn form_refused() -> Page {
    http::html(StatusCode::FORBIDDEN, model::MODEL, "<p>The form is out of date. Open the page again.</p>")
}

fn open_session(device: &Device, request: &Request<Incoming>) -> Option<String> {
    cookie(request).filter(|session| device.state.has_session(session))
}

fn cookie(request: &Request<Incoming>) -> Option<String> {
    let cookies = request.headers().get(COOKIE)?.to_str().ok()?;
    let id = cookies.split(';').find_map(|cookie| cookie.trim().strip_prefix("sid="))?;
    (id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| id.to_owned())
}

fn session_cookie(id: &str) -> String {
    format!("sid={id}; Path=/; Secure; HttpOnly; SameSite=Strict")
}

fn to(path: &str) -> Page {
    http::with_header(http::html(StatusCode::SEE_OTHER, model::MODEL, ""), LOCATION, path)
}
