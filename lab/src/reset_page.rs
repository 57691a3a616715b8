//! The page by which the user deletes everything, and what becomes of the order.

use std::sync::atomic::Ordering;

use hyper::StatusCode;

use crate::device::Device;
use crate::http::{self, Page};
use crate::user_data::escaped;

/// The page with the form.
pub(crate) fn form(csrf: &str) -> Page {
    http::html(
        StatusCode::OK,
        "Reset",
        &format!(
            "<p>This deletes schedules, usage, settings, password and sessions, and the link to your account. Hot \
             water can be had as before.</p>\n<form method=\"post\" action=\"/reset\">\n\
             <input type=\"hidden\" name=\"csrf\" value=\"{csrf}\">\n\
             <label>Password <input type=\"password\" name=\"password\" autocomplete=\"current-password\"></label>\n\
             <button>Delete everything</button>\n</form>"
        ),
    )
}

/// The answer to an order without the right password.
pub(crate) fn refused() -> Page {
    http::html(StatusCode::FORBIDDEN, "Reset", "<p>The password is wrong. Nothing was deleted.</p>")
}

/// Deletes everything, and says so.
pub(crate) fn carry_out(device: &Device) -> Page {
    let flaws = device.behaviour.deletion;
    if !flaws.only_said {
        device.state.erase(flaws);
        if let Some(bluetooth) = device.bluetooth.get() {
            bluetooth.reset_to_factory();
        }
        device.recovered.store(false, Ordering::SeqCst);
        // As after a start: it looks for updates, whoever sets it up next.
        device.check_now.notify_one();
    }
    if flaws.unconfirmed {
        return http::with_header(
            http::html(StatusCode::SEE_OTHER, "Reset", ""),
            hyper::header::LOCATION,
            "/login",
        );
    }
    http::html(
        StatusCode::OK,
        "Reset",
        "<p>All your data on this device were deleted.</p>\n<p>The password on the label opens the set-up again.</p>",
    )
}

/// Who greets at the login: the name of the former user's heater where it was forgotten to take it away.
pub(crate) fn greeting(device: &Device) -> String {
    let name = device.state.former_name();
    match device.behaviour.deletion.name_in_title && !name.is_empty() {
        true => format!("<p>Welcome to {}.</p>\n", escaped(&name)),
        false => String::new(),
    }
}

/// What a careless device writes down while it deletes, for anybody.
pub(crate) fn log(device: &Device) -> Option<Page> {
    let lines = device.state.deletion_log();
    let open = device.behaviour.deletion.open_log && !lines.is_empty();
    open.then(|| http::page(StatusCode::OK, "text/plain; charset=utf-8", lines))
}
