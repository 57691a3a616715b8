//! The web interface and JSON API of the device.

use std::sync::Arc;

use hyper::body::Incoming;
use hyper::header::{AUTHORIZATION, COOKIE, LOCATION, RETRY_AFTER, SERVER, SET_COOKIE, WWW_AUTHENTICATE};
use hyper::{Method, Request, StatusCode};
use serde_json::json;

use crate::device::Device;
use crate::http::{self, Page};
use crate::model;
use crate::state::{Login, Outcome, Stage, State};

/// Answers a request to the HTTPS port.
pub(crate) async fn answer(device: Arc<Device>, request: Request<Incoming>) -> Page {
    let page = route(&device, request).await;
    match device.behaviour.server_header {
        Some(server) => http::with_header(page, SERVER, server),
        None => page,
    }
}

async fn route(device: &Device, request: Request<Incoming>) -> Page {
    let path = request.uri().path().to_owned();
    let method = request.method().clone();
    match (method, path.as_str()) {
        (Method::GET, "/" | "/login") => login_page(device, &request, StatusCode::OK, ""),
        (Method::POST, "/login") => log_in(device, request).await,
        (Method::GET, "/settings") => settings(device, &request),
        (Method::POST, "/settings/password") => change_password(device, request).await,
        (Method::POST, "/logout") => log_out(device, request).await,
        (Method::GET, "/setup") => set_up_page(device, &request),
        (Method::POST, "/setup") => set_up(device, request).await,
        (Method::GET, "/identity") => http::json(StatusCode::OK, &identity(device)),
        (Method::POST, "/api/token") => token(device, request).await,
        (Method::GET, "/api/status") => api_status(device, &request),
        (_, "/" | "/login" | "/settings" | "/setup" | "/identity" | "/api/token" | "/api/status") => {
            http::html(StatusCode::METHOD_NOT_ALLOWED, model::MODEL, "<p>This page cannot be used so.</p>")
        }
        _ => http::html(StatusCode::NOT_FOUND, model::MODEL, "<p>There is no such page.</p>"),
    }
}

/// Model, serial number, firmware version.
fn identity(device: &Device) -> serde_json::Value {
    json!({ "model": model::MODEL, "serial": device.secrets.serial, "firmware": model::FIRMWARE })
}

// ---- Web interface ----

fn login_page(device: &Device, request: &Request<Incoming>, status: StatusCode, note: &str) -> Page {
    let known = cookie(request);
    let visitor = known.clone().unwrap_or_else(|| device.state.random());
    let csrf = device.state.bound(&visitor);
    let page = http::html(
        status,
        model::MODEL,
        &format!(
            "{note}<form method=\"post\" action=\"/login\">\n\
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
    let Some(session) = open_session(device, request) else {
        return login_page(device, request, StatusCode::UNAUTHORIZED, "<p>Log in first.</p>\n");
    };
    if must_be_set_up(device) {
        return to("/setup");
    }
    let check = device.state.last_update_check().unwrap_or_else(|| "not yet".to_owned());
    http::html(
        StatusCode::OK,
        "Settings",
        &format!(
            "<p>Model {}, serial number {}, firmware {}.</p>\n<p>Last check for updates: {check}.</p>\n\
             <form method=\"post\" action=\"/settings/password\">\n\
             <input type=\"hidden\" name=\"csrf\" value=\"{csrf}\">\n\
             <label>Current password <input type=\"password\" name=\"current\"></label>\n\
             <label>New password <input type=\"password\" name=\"new\"></label>\n\
             <button>Change password</button>\n</form>\n\
             <form method=\"post\" action=\"/logout\"><input type=\"hidden\" name=\"csrf\" value=\"{csrf}\">\
             <button>Log out</button></form>",
            model::MODEL,
            device.secrets.serial,
            model::FIRMWARE,
            csrf = device.state.bound(&session),
        ),
    )
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
    device.state.close_session(&form.visitor);
    to("/login")
}

fn set_up_page(device: &Device, request: &Request<Incoming>) -> Page {
    let session = match (open_session(device, request), device.state.stage()) {
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
             <label>New password <input type=\"password\" name=\"new\"></label>\n<button>Set</button>\n</form>",
            model::USER_PASSWORD_MINIMUM,
            device.state.bound(&session),
        ),
    )
}

async fn set_up(device: &Device, request: Request<Incoming>) -> Page {
    if open_session(device, &request).is_none() || device.state.stage() != Stage::FactoryDefault {
        return to("/login");
    }
    let Some(form) = checked_form(device, request).await else { return form_refused() };
    let new = http::form_field(&form.body, "new").unwrap_or_default();
    set_new_password(device, &new, |state, new| {
        state.set_password(new);
        true
    })
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
    let body = http::body(request).await?;
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

// ---- API ----

async fn token(device: &Device, request: Request<Incoming>) -> Page {
    if must_be_set_up(device) {
        return http::json(StatusCode::FORBIDDEN, &json!({ "error": "set a password first" }));
    }
    let body: Option<serde_json::Value> =
        http::body(request).await.and_then(|body| serde_json::from_slice(&body).ok());
    let field = |name: &str| body.as_ref().and_then(|body| body[name].as_str()).map(str::to_owned);
    let (Some(user), Some(password)) = (field("user"), field("password")) else {
        return http::json(StatusCode::BAD_REQUEST, &json!({ "error": "user and password are needed" }));
    };
    match device.state.log_in(Login::Api, &user, &password) {
        Outcome::Accepted => http::json(StatusCode::OK, &json!({ "token": device.state.issue_token() })),
        Outcome::Refused => {
            http::json(StatusCode::UNAUTHORIZED, &json!({ "error": "user name or password is wrong" }))
        }
        Outcome::Locked(seconds) => {
            let page = http::json(StatusCode::TOO_MANY_REQUESTS, &json!({ "error": "too many attempts" }));
            http::with_header(page, RETRY_AFTER, &seconds.to_string())
        }
    }
}

fn api_status(device: &Device, request: &Request<Incoming>) -> Page {
    let token = request
        .headers()
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    if !device.behaviour.open_api && !token.is_some_and(|token| device.state.has_token(token)) {
        let page = http::json(StatusCode::UNAUTHORIZED, &json!({ "error": "a token is needed" }));
        return http::with_header(page, WWW_AUTHENTICATE, "Bearer");
    }
    http::json(
        StatusCode::OK,
        &json!({ "burner": "off", "target_celsius": 42, "outlet_celsius": 19, "flame_fault": false }),
    )
}
