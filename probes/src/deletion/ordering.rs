//! The orders to delete: by nobody, without the password, with a wrong one, and as declared.

use super::course::Course;
use super::planting::body;
use super::visitors;
use super::{Attempt, Told};
use crate::http::HttpAnswer;
use crate::http::page_text::page_text;
use crate::login::wrong_password;
use crate::probe::access_control::visitor::Session;

/// Characters of a text that are kept.
const TEXT_AT_MOST: usize = 2000;
/// Redirects that are followed.
const REDIRECTS: usize = 3;

/// Which password goes with an order.
enum Password {
    None,
    Wrong,
    Right,
}

impl Course<'_> {
    /// Tries to have the data deleted by those who may not, and with less than is declared. What is carried out all
    /// the same ends it: the device is set up and planted again, so that the declared order finds what it needs.
    pub(super) async fn lesser_orders(&mut self) -> Result<(), String> {
        let erasure = &self.params.erasure;
        let mut tries = Vec::new();
        if erasure.who.is_some() {
            tries.push(("nobody", Password::None));
        }
        if erasure.password_field.is_some() {
            tries.push(("without-password", Password::None));
            tries.push(("wrong-password", Password::Wrong));
        }
        for (by, password) in tries {
            let session = match by {
                "nobody" => Session::default(),
                _ => self.session_of(erasure.who.as_deref()).await?,
            };
            let (answer, _) = self.order(by, session, password).await;
            let n = self.web.count;
            let shown = self.still_shown().await;
            let result = match (shown, &answer) {
                (Some(false), _) => "carried-out",
                (Some(true), _) => "without-effect",
                (None, None) => "no-answer",
                (None, Some(_)) => "unclear",
            };
            let status = answer.map(|answer| answer.status);
            self.seen.attempts.push(Attempt { by: by.to_owned(), status, result: result.to_owned(), n });
            match result {
                "without-effect" => {}
                "carried-out" => {
                    if erasure.resets {
                        self.set_up_again().await?;
                    }
                    self.hold().await;
                    self.plant().await;
                    if self.seen.shown().next().is_none() {
                        return Err(
                            "after the device had been set up again no value could be planted".to_owned()
                        );
                    }
                    return Ok(());
                }
                _ => return Err(format!("whether an order {by} was carried out could not be seen")),
            }
        }
        Ok(())
    }

    /// Orders the deletion as the declaration says, and keeps what the user is told.
    pub(super) async fn declared_order(&mut self) -> Result<(), String> {
        let erasure = &self.params.erasure;
        let session = self.session_of(erasure.who.as_deref()).await?;
        let password = match erasure.password_field {
            Some(_) => Password::Right,
            None => Password::None,
        };
        // From here on the device may be another one.
        self.seen.attempts.push(Attempt {
            by: "declared".to_owned(),
            result: "no-answer".to_owned(),
            ..Attempt::default()
        });
        let (answer, mut session) = self.order("declared", session, password).await;
        let n = self.web.count;
        let told = match &answer {
            Some(answer) => Some(self.told(answer.clone(), &mut session).await),
            None => None,
        };
        let shown = self.still_shown().await;
        let attempt = self.seen.attempts.last_mut().expect("it was pushed above");
        attempt.n = n;
        attempt.status = answer.as_ref().map(|answer| answer.status);
        let result = match (shown, &answer) {
            (Some(false), _) => "carried-out",
            (Some(true), _) => "without-effect",
            (None, None) => "no-answer",
            (None, Some(_)) => "unclear",
        };
        result.clone_into(&mut attempt.result);
        self.seen.answer = told;
        Ok(())
    }

    async fn order(
        &mut self,
        by: &str,
        mut session: Session,
        password: Password,
    ) -> (Option<HttpAnswer>, Session) {
        let erasure = &self.params.erasure;
        let at = (erasure.port, erasure.tls);
        let label = format!("<order {by}>");
        if let Some(page) = &erasure.page {
            let _form = self.web.ask(&label, &mut session, at, "GET", page, None).await;
        }
        let wrong = wrong_password();
        let right = erasure
            .who
            .as_deref()
            .and_then(|who| visitors::mechanism_of(self.params, who))
            .and_then(|place| visitors::account(self.context, &self.params.mechanisms[place]));
        let entered = match (&password, &right) {
            (Password::Right, Some((_, _, right))) => Some(right.as_str()),
            (Password::Wrong, _) => Some(wrong.as_str()),
            _ => None,
        };
        let field = erasure.password_field.as_deref().zip(entered);
        let fields: Vec<(&str, &str)> = field.into_iter().collect();
        let body = body(erasure.json, &erasure.others, &fields);
        let answer =
            self.web.ask(&label, &mut session, at, &erasure.method, &erasure.target, Some(&body)).await;
        (answer, session)
    }

    /// What the user reads after the order, redirects followed.
    async fn told(&mut self, answer: HttpAnswer, session: &mut Session) -> Told {
        let erasure = &self.params.erasure;
        let at = (erasure.port, erasure.tls);
        let (mut answer, mut path) = (answer, erasure.target.clone());
        let mut kept = answer.body.clone();
        for _ in 0..REDIRECTS {
            let next = answer.header("location").filter(|_| (300..=399).contains(&answer.status));
            // Only within the device.
            let Some(next) = next.filter(|next| next.starts_with('/') && !next.starts_with("//")) else {
                break;
            };
            path = next.to_owned();
            match self.web.ask("<order declared>", session, at, "GET", &path, None).await {
                Some(followed) => answer = followed,
                None => break,
            }
            kept.extend_from_slice(b"\n\n");
            kept.extend_from_slice(&answer.body);
        }
        let page = self.context.attach(&kept, "txt");
        let whole = answer.text();
        let text = if whole.trim_start().starts_with(['{', '[']) { whole } else { page_text(&whole) };
        let lower = text.to_lowercase();
        let (words, missing) = erasure
            .confirmed_by
            .iter()
            .cloned()
            .partition(|words| lower.contains(&words.trim().to_lowercase()));
        Told {
            status: answer.status,
            path,
            text: text.chars().take(TEXT_AT_MOST).collect(),
            words,
            missing,
            cut: answer.truncated,
            page: Some(page),
        }
    }
}
