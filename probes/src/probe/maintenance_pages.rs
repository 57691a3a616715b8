//! Pages of maintenance, service and diagnosis that a web server has: a list of usual paths, asked by GET alone, as a
//! stranger and as each user whose credential the bench lends.
//!
//! What answers is told apart from a server that answers everything by paths that nobody has: two at first, and one
//! beside each page that was found.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::context::ProbeContext;
use crate::http::{HttpAnswer, HttpRequest};
use crate::login::Credential;
use crate::observation::{Effort, Outcome, digest};
use crate::random_value;
use crate::registry::{Findings, ProbeEntry, trouble};
use crate::web_session::{Session, Way};

/// Paths under which makers keep what is for their own people. None of them names an action.
pub const PATHS: &[&str] = &[
    "/debug",
    "/debug/",
    "/debug.html",
    "/debug/pprof/",
    "/debug/vars",
    "/diag",
    "/diag.html",
    "/diagnostic",
    "/diagnostics",
    "/service",
    "/service/",
    "/service.html",
    "/service-menu",
    "/servicemenu",
    "/service-mode",
    "/factory",
    "/factory.html",
    "/factory-mode",
    "/factory-test",
    "/maintenance",
    "/maintenance.html",
    "/maint",
    "/mfg",
    "/manufacturing",
    "/production",
    "/engineer",
    "/engineering",
    "/engineer.html",
    "/technician",
    "/installer",
    "/expert",
    "/developer",
    "/devmode",
    "/test.html",
    "/testmode",
    "/hidden",
    "/backdoor",
    "/shell",
    "/webshell",
    "/cgi-bin/debug.cgi",
    "/cgi-bin/diag.cgi",
    "/cgi-bin/service.cgi",
    "/cgi-bin/factory.cgi",
    "/cgi-bin/test.cgi",
    "/cgi-bin/shell.cgi",
    "/server-status",
    "/phpinfo.php",
    "/actuator",
];
/// Questions without an answer after which a visit ends.
const UNANSWERED_AT_MOST: usize = 3;
/// Rest before a question without an answer is repeated.
const REST: Duration = Duration::from_millis(300);
/// Longest wait for a lock-out that an earlier observation has left, in seconds.
const LONGEST_WAIT: u32 = 900;

/// Parameters. Credentials are taken from the context by the row of the login.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Params {
    /// Address of the sample.
    pub address: IpAddr,
    /// Open TCP port.
    pub port: u16,
    /// Declared web logins; those of other ports are left alone.
    #[serde(default)]
    pub users: Vec<Way>,
}

/// Result.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MaintenancePages {
    /// TCP port.
    pub port: u16,
    /// `http`, `https`; `None` where no web server answered.
    pub scheme: Option<String>,
    /// One visit of a stranger, and one of each user.
    pub visits: Vec<VisitSeen>,
}

/// One visit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct VisitSeen {
    /// Row id of the login; `None` for a stranger.
    pub user: Option<String>,
    /// Why nothing, or not everything, was asked.
    pub not_asked: Option<String>,
    /// Answers to the two paths that nobody has.
    pub nobody: Vec<PageAnswer>,
    /// Paths asked.
    pub asked: u32,
    /// Paths that were answered otherwise than by saying that there is nothing.
    pub found: Vec<PageFound>,
}

/// What answered at a path.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageAnswer {
    /// Status.
    pub status: u16,
    /// Where a redirect leads to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// Octets of the body.
    pub octets: u64,
    /// Digest of its text without the path and without words that look drawn.
    pub likeness: String,
}

/// A path that was answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageFound {
    /// Path.
    pub path: String,
    /// Its answer.
    pub answer: PageAnswer,
    /// The answer to a path beside it that nobody has; `None` where none came.
    pub beside: Option<PageAnswer>,
    /// Its title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

/// The probe.
pub static PROBE: ProbeEntry = ProbeEntry {
    name: "maintenance-pages",
    version: 1,
    summary: "Asks a web server for usual pages of maintenance, as a stranger and as each declared user",
    observe,
};

fn observe(params: Value, context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async move {
        let params = match serde_json::from_value::<Params>(params) {
            Ok(params) => params,
            Err(error) => {
                return trouble(format!("the parameters of maintenance-pages cannot be read: {error}"));
            }
        };
        let mut search = Search::new(&params, &context);
        let stopped = tokio::select! {
            () = search.go() => false,
            () = context.cancel.cancelled() => true,
        };
        if stopped {
            search.gaps.push("stopped before everything was asked".to_owned());
        }
        search.findings()
    })
}

struct Search<'a> {
    params: &'a Params,
    context: &'a ProbeContext,
    seen: MaintenancePages,
    transcript: String,
    gaps: Vec<String>,
    attempted: u64,
    completed: u64,
}

impl<'a> Search<'a> {
    fn new(params: &'a Params, context: &'a ProbeContext) -> Self {
        let seen = MaintenancePages { port: params.port, ..MaintenancePages::default() };
        let (transcript, gaps) = (String::new(), Vec::new());
        Self { params, context, seen, transcript, gaps, attempted: 0, completed: 0 }
    }

    async fn go(&mut self) {
        let at = SocketAddr::new(self.params.address, self.params.port);
        for tls in [true, false] {
            let mut stranger = Session::stranger_at(&self.context.dialer, at, tls);
            self.attempted += 1;
            let answer = stranger.open("is there a web server", "/").await;
            self.transcript.push_str(&stranger.transcript);
            // A server that wants TLS says so in plain words, with 400.
            if answer.is_ok_and(|answer| tls || answer.status != 400) {
                self.completed += 1;
                self.seen.scheme = Some(if tls { "https" } else { "http" }.to_owned());
                let visitor = Session::stranger_at(&self.context.dialer, at, tls);
                self.visit(None, Ok(visitor)).await;
                for way in self.params.users.iter().filter(|way| (way.port, way.tls) == (at.port(), tls)) {
                    let session = self.logged_in(way).await;
                    self.visit(Some(way.row.clone()), session).await;
                }
                return;
            }
        }
        // That nobody speaks HTTP here is what came of both questions.
        self.completed = self.attempted;
    }

    /// A visit with the credential of the bench, shown to be let in by the page that needs the login.
    async fn logged_in(&self, way: &Way) -> Result<Session<'a>, String> {
        let (params, kind) = way
            .at(self.params.address)
            .ok_or_else(|| format!("this build knows no login of kind {:?}", way.kind))?;
        let (user, password) = self
            .context
            .credentials
            .get(&way.row)
            .ok_or_else(|| format!("the bench file has no credential for {}", way.row))?;
        let credential = Credential { label: format!("<{}>", way.row), user, password };
        let dialer = &self.context.dialer;
        let mut session = Session::logged_in(dialer, &params, kind, &credential).await?;
        if session.transcript.lines().last().is_some_and(|line| line.contains("-> 429")) {
            let wait = way.lockout_seconds.unwrap_or(5).min(LONGEST_WAIT);
            tokio::time::sleep(Duration::from_secs(u64::from(wait) + 1)).await;
            session = Session::logged_in(dialer, &params, kind, &credential).await?;
        }
        let inside = session.open("is the user let in", &way.protected).await?;
        match inside.status {
            200..300 => Ok(session),
            status => Err(format!("{} was not let in at {}: status {status}", way.row, way.protected)),
        }
    }

    async fn visit(&mut self, user: Option<String>, session: Result<Session<'a>, String>) {
        let place = self.seen.visits.len();
        self.seen.visits.push(VisitSeen { user, ..VisitSeen::default() });
        let mut session = match session {
            Ok(session) => session,
            Err(why) => {
                self.gaps.push(why.clone());
                self.seen.visits[place].not_asked = Some(why);
                return;
            }
        };
        if let Err(why) = self.ask_the_list(&mut session, place).await {
            self.gaps.push(why.clone());
            self.seen.visits[place].not_asked = Some(why);
        }
        self.transcript.push_str(&session.transcript);
    }

    async fn ask_the_list(&mut self, session: &mut Session<'a>, place: usize) -> Result<(), String> {
        for folder in ["/", "/cgi-bin/"] {
            let path = format!("{folder}{}", random_value::of_length(14));
            let answer = self.page(session, &path).await?;
            self.seen.visits[place].nobody.push(taken(&path, &answer));
        }
        let mut unanswered = 0;
        for path in PATHS {
            let answer = match self.page(session, path).await {
                Ok(answer) => answer,
                Err(why) if unanswered + 1 < UNANSWERED_AT_MOST => {
                    unanswered += 1;
                    self.gaps.push(format!("{path}: {why}"));
                    continue;
                }
                Err(why) => return Err(format!("several paths gave no answer, at last {path}: {why}")),
            };
            self.seen.visits[place].asked += 1;
            if says_that_there_is_nothing(answer.status) {
                continue;
            }
            let beside = format!("{}-{}", path.trim_end_matches('/'), random_value::of_length(8));
            let beside = match self.page(session, &beside).await {
                Ok(answer) => Some(taken(&beside, &answer)),
                Err(_) => None,
            };
            let found = PageFound {
                path: (*path).to_owned(),
                answer: taken(path, &answer),
                beside,
                title: title(&answer.text()),
            };
            self.seen.visits[place].found.push(found);
        }
        match unanswered {
            0 => Ok(()),
            _ => Err(format!("{unanswered} paths gave no answer")),
        }
    }

    /// A page, asked twice before it counts as unanswered.
    async fn page(&mut self, session: &mut Session<'a>, path: &str) -> Result<HttpAnswer, String> {
        self.attempted += 1;
        let mut answer = session.ask("", HttpRequest::get(path)).await;
        if answer.is_err() {
            tokio::time::sleep(REST).await;
            answer = session.ask("", HttpRequest::get(path)).await;
        }
        self.completed += u64::from(answer.is_ok());
        answer
    }

    fn findings(self) -> Findings {
        self.context.attach(self.transcript.as_bytes(), "txt");
        let outcome = if self.gaps.is_empty() { Outcome::Complete } else { Outcome::Partial };
        let what = match &self.seen.scheme {
            None => format!("no web server at tcp/{}", self.params.port),
            Some(scheme) => format!(
                "{} usual paths of maintenance at tcp/{} ({scheme}) in {} visits, {} requests",
                PATHS.len(),
                self.params.port,
                self.seen.visits.len(),
                self.attempted,
            ),
        };
        let trouble = (outcome != Outcome::Complete).then(|| self.gaps.join("; "));
        let (attempted, completed) = (self.attempted, self.completed);
        Findings {
            outcome,
            effort: Effort { attempted, completed, what, gaps: self.gaps, ..Effort::default() },
            trouble,
            data: serde_json::to_value(self.seen).expect("the result has string keys only"),
        }
    }
}

/// Whether a status says that there is nothing at a path, or that the server has no such question.
fn says_that_there_is_nothing(status: u16) -> bool {
    matches!(status, 400 | 404 | 410 | 414 | 501)
}

fn taken(path: &str, answer: &HttpAnswer) -> PageAnswer {
    let location = answer.header("location").filter(|_| (300..400).contains(&answer.status));
    PageAnswer {
        status: answer.status,
        location: location.map(|to| to.replace(path, "").chars().take(200).collect()),
        octets: answer.body.len() as u64,
        likeness: digest(likeness(path, &answer.text()).as_bytes()),
    }
}

/// A text without the path that was asked and without words that look drawn: long, and with a digit among them.
fn likeness(path: &str, text: &str) -> String {
    let text = text.replace(path, "").replace(path.trim_start_matches('/'), "");
    let drawn = |word: &str| word.len() >= 8 && word.bytes().any(|byte| byte.is_ascii_digit());
    let words =
        text.split(|letter: char| !letter.is_ascii_alphanumeric() && !matches!(letter, '+' | '_' | '-'));
    words.filter(|word| !word.is_empty() && !drawn(word)).collect::<Vec<_>>().join(" ")
}

fn title(page: &str) -> Option<String> {
    let start = page.find("<title>")? + "<title>".len();
    let end = start + page[start..].find("</title>")?;
    Some(crate::disclosed::printable(page[start..end].trim().as_bytes(), 120))
}

#[cfg(test)]
#[path = "../maintenance_pages_tests.rs"]
mod tests;
