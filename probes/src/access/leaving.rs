//! Leaving: what was good before must not be good after.

use super::super::neighbours;
use super::Walk;

impl Walk<'_> {
    /// Leaves, and asks again with what was good before.
    pub(super) async fn leave(&mut self) {
        for at in 0..self.visits.len() {
            if self.visits[at].subject != "authenticated" || !self.visits[at].logged_in || self.out_of_time()
            {
                continue;
            }
            let Some(leaving) = self.say_goodbye(at).await else { continue };
            let account = self.visits[at].account.clone();
            let login =
                self.seen.logins.iter_mut().find(|login| {
                    login.subject == "authenticated" && Some(&login.account) == account.as_ref()
                });
            if let Some(login) = login {
                leaving.clone_into(&mut login.leaving);
            }
            if leaving != "left" {
                continue;
            }
            for index in self.http(false) {
                let access = &self.params.accesses[index];
                let may = self.visits[at].may(access) && !access.is_open();
                let Some(entitled) = self.entitled[index].clone().filter(|_| may) else { continue };
                let login = self.login_page(access.port);
                let answer = self.ask(at, access, &access.method, &access.target).await;
                let result = answer
                    .as_ref()
                    .map_or("no-answer", |answer| answer.lets_stranger_in(Some(&entitled), login.as_ref()));
                let (status, n) = (answer.as_ref().map(|answer| answer.status), self.web.count);
                self.visits[at].subject = "logged-out";
                let place = (access.method.as_str(), access.target.as_str());
                self.record(at, access, place, false, result, status, None, n, String::new());
                self.visits[at].subject = "authenticated";
            }
        }
    }

    /// Ends a session as its own pages say, or gives a token back where it came from.
    async fn say_goodbye(&mut self, at: usize) -> Option<&'static str> {
        let params = self.params;
        let mechanism = &params.mechanisms[self.visits[at].mechanism?];
        let label = self.visits[at].label();
        let visit = &mut self.visits[at];
        let answer = match mechanism.kind.as_str() {
            "form" => {
                let Some((port, path, form)) = neighbours::way_out(&visit.session.pages) else {
                    return Some("no-way-out");
                };
                let (method, body) = if form { ("POST", Some("")) } else { ("GET", None) };
                // What leaving gives, a fresh cookie say, must not take the place of the old one.
                let mut leaving = visit.session.clone();
                self.web.ask(&label, &mut leaving, (port, mechanism.tls), method, &path, body).await
            }
            "bearer" => {
                let place = (mechanism.port, mechanism.tls);
                self.web.ask(&label, &mut visit.session, place, "DELETE", &mechanism.path, None).await
            }
            _ => return Some("no-way-out"),
        };
        Some(match answer {
            Some(answer) if (200..=399).contains(&answer.status) => "left",
            Some(answer) if mechanism.kind == "bearer" && (400..=499).contains(&answer.status) => {
                "no-way-out"
            }
            _ => "refused",
        })
    }
}
