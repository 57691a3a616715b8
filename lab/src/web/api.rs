//! The JSON API of the device: tokens, state and target for programs.

use hyper::body::Incoming;
use hyper::header::{AUTHORIZATION, RETRY_AFTER, WWW_AUTHENTICATE};
use hyper::{Request, StatusCode};
use serde_json::json;

use super::must_be_set_up;
use crate::device::Device;
use crate::http::{self, Page};
use crate::input_checks;
use crate::state::{Login, Outcome};

/// `POST /api/token`: a login gives a token.
pub(super) async fn token(device: &Device, request: Request<Incoming>) -> Page {
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

/// `GET /api/status`.
pub(super) fn status(device: &Device, request: &Request<Incoming>) -> Page {
    let for_recovery = device.behaviour.frailty.opens_api && device.has_recovered();
    if !device.behaviour.open_api && !for_recovery && !good_token(device, request) {
        return token_needed();
    }
    state_of(device)
}

/// What the device does now.
pub(super) fn state_of(device: &Device) -> Page {
    let target = device.state.target();
    http::json(
        StatusCode::OK,
        &json!({
            "burner": "off",
            "operation": device.state.orders.operation(),
            "target_celsius": target,
            "outlet_celsius": 19,
            "flame_fault": false,
        }),
    )
}

/// `PUT /api/target`.
pub(super) async fn set_target(device: &Device, request: Request<Incoming>) -> Page {
    if !device.behaviour.holes.open_put && !good_token(device, &request) {
        return token_needed();
    }
    if device.behaviour.holes.refuses_entitled {
        return http::json(StatusCode::FORBIDDEN, &json!({ "error": "not for this account" }));
    }
    let body = input_checks::body(device, request).await.filter(|_| !must_be_set_up(device));
    match body.and_then(|body| input_checks::set_by_program(device, &body)) {
        Some(celsius) => http::json(StatusCode::OK, &json!({ "target_celsius": celsius })),
        None => http::json(StatusCode::UNPROCESSABLE_ENTITY, &json!({ "error": "32 to 60 is possible" })),
    }
}

/// `DELETE /api/token`.
pub(super) fn give_back(device: &Device, request: &Request<Incoming>) -> Page {
    if !good_token(device, request) {
        return token_needed();
    }
    if let Some(token) = bearer(request).filter(|_| !device.behaviour.holes.token_outlives_logout) {
        device.state.revoke_token(token);
    }
    http::json(StatusCode::OK, &json!({ "token": null }))
}

fn bearer(request: &Request<Incoming>) -> Option<&str> {
    request.headers().get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

pub(super) fn good_token(device: &Device, request: &Request<Incoming>) -> bool {
    bearer(request).is_some_and(|token| device.behaviour.holes.any_token || device.state.has_token(token))
}

/// The answer to whoever shows no token.
pub(super) fn token_needed() -> Page {
    let page = http::json(StatusCode::UNAUTHORIZED, &json!({ "error": "a token is needed" }));
    http::with_header(page, WWW_AUTHENTICATE, "Bearer")
}
