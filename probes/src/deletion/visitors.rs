//! Who asks: the user as long as there is one, nobody, and the next user.

use super::Params;
use crate::context::ProbeContext;
use crate::probe::access_control::Mechanism;
use crate::probe::access_control::comparison::Impression;
use crate::probe::access_control::visitor::{Session, Web};

/// A login that is held.
#[derive(Debug)]
pub(super) struct Visitor {
    /// Place of the mechanism in the parameters.
    pub(super) mechanism: usize,
    pub(super) account: String,
    pub(super) session: Session,
    /// What strangers do not get and this login opens: port, TLS, path, and what nobody gets there.
    pub(super) opens: Vec<Opened>,
}

/// Something behind a login.
#[derive(Clone, Debug)]
pub(super) struct Opened {
    pub(super) port: u16,
    pub(super) tls: bool,
    pub(super) path: String,
}

/// Key, user and password of the first account of a mechanism that the bench knows.
pub(super) fn account(context: &ProbeContext, mechanism: &Mechanism) -> Option<(String, String, String)> {
    if mechanism.label_with_user_of.is_some() {
        // The password on the label opens the set-up, which nobody is at.
        return None;
    }
    let prefix = format!("{}/", mechanism.row);
    let credentials = &context.credentials;
    credentials
        .iter()
        .find(|(key, _)| **key == mechanism.row || key.starts_with(&prefix))
        .map(|(key, (user, password))| (key.clone(), user.clone(), password.clone()))
}

/// The mechanism by which somebody is let in, by its row id or `ROW/account`.
pub(super) fn mechanism_of(params: &Params, who: &str) -> Option<usize> {
    let row = who.split('/').next().unwrap_or(who);
    params.mechanisms.iter().position(|mechanism| mechanism.row == row && mechanism.is_web())
}

/// Logs in through a mechanism; the outcome, and the session where it gave one.
pub(super) async fn enter(
    web: &mut Web<'_>,
    context: &ProbeContext,
    mechanism: &Mechanism,
    label: &str,
) -> (&'static str, Option<(String, Session)>) {
    let Some((account, user, password)) = account(context, mechanism) else { return ("no-credential", None) };
    let entered = web.log_in(&format!("<{label} {account}>"), mechanism, &user, &password).await;
    let let_in = matches!(entered.outcome, "logged-in" | "sent-along");
    (entered.outcome, let_in.then_some((account, entered.session)))
}

/// Whether a session gets more than nobody at a place; `None` where the answers do not tell.
pub(super) async fn is_let_in(
    web: &mut Web<'_>,
    session: &mut Session,
    label: &str,
    at: &Opened,
) -> Option<bool> {
    let place = (at.port, at.tls);
    let nobody = web.ask("<nobody>", &mut Session::default(), place, "GET", &at.path, None).await?;
    let answer = web.ask(label, session, place, "GET", &at.path, None).await?;
    match Impression::of(&answer).lets_in(Some(&Impression::of(&nobody)), None) {
        // What nobody gets as well says nothing about the session.
        "granted" if Impression::of(&nobody).is_open_page(None) => None,
        "granted" => Some(true),
        "refused" => Some(false),
        _ => None,
    }
}
