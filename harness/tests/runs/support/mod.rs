//! A small device on loopback, a declaration for it, and a run that can be looked at.
#![allow(dead_code, reason = "each test uses a part of it")]

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use futures::future::BoxFuture;
use harness::ixit::{Declaration, SourceFile};
use harness::probes::Request;
use harness::testcases::assessment::Assessment;
use harness::testcases::plan::{ForEach, Plan, Step, derive};
use harness::testcases::{Answer, Decision, DutState, Prompt, Role};
use harness::{
    Answers, BenchControl, BenchInput, BenchTrouble, People, Performed, RunError, RunOutcome, RunRequest,
    Silent,
};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

pub(crate) const SERIAL: &str = "T-000017";

/// A device that tells its identity over HTTP and has one more open port.
pub(crate) struct Device {
    pub(crate) address: Ipv4Addr,
    pub(crate) http: u16,
    pub(crate) other: u16,
    /// What it says of itself; `None` closes the connection.
    pub(crate) identity: Arc<Mutex<Option<String>>>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

impl Device {
    /// Each device has an address of its own, so that tests do not see each other.
    pub(crate) async fn start() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let n = NEXT.fetch_add(1, Ordering::Relaxed) as u32 + 1;
        let address = Ipv4Addr::from(0x7f30_0000 + (std::process::id() % 4096) * 256 + n);
        let identity = Arc::new(Mutex::new(Some(identity_of("Kettle", SERIAL, "1.2"))));
        let http = listen(address).await;
        let other = listen(address).await;
        let (http_port, other_port) = (port(&http), port(&other));
        let said = identity.clone();
        let tasks = vec![
            tokio::spawn(async move {
                while let Ok((mut stream, _)) = http.accept().await {
                    let said = said.lock().unwrap().clone();
                    tokio::spawn(async move {
                        let mut asked = [0; 2048];
                        if stream.read(&mut asked).await.unwrap_or(0) == 0 {
                            return;
                        }
                        let Some(body) = said else { return };
                        let answer = format!(
                            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
                             connection: close\r\n\r\n{body}",
                            body.len()
                        );
                        let _ = stream.write_all(answer.as_bytes()).await;
                    });
                }
            }),
            tokio::spawn(async move {
                while let Ok((mut stream, _)) = other.accept().await {
                    let _ = stream.write_all(b"220 ready\r\n").await;
                }
            }),
        ];
        Self { address, http: http_port, other: other_port, identity, tasks }
    }

    pub(crate) fn says(&self, identity: Option<String>) {
        *self.identity.lock().unwrap() = identity;
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        self.tasks.iter().for_each(tokio::task::JoinHandle::abort);
    }
}

pub(crate) fn identity_of(model: &str, serial: &str, firmware: &str) -> String {
    json!({ "model": model, "serial": serial, "firmware": firmware }).to_string()
}

#[expect(clippy::disallowed_methods, reason = "plays the device")]
async fn listen(address: Ipv4Addr) -> TcpListener {
    TcpListener::bind((address, 0)).await.unwrap()
}

fn port(listener: &TcpListener) -> u16 {
    listener.local_addr().unwrap().port()
}

/// The declaration of the device. Without `told`, the operator is asked for the identity.
pub(crate) fn declaration(device: &Device, told: bool) -> Declaration {
    let identity = if told {
        format!("[dut.identity]\napplication = \"http\"\nport = {}\npath = \"/identity\"\n", device.http)
    } else {
        String::new()
    };
    let ics = format!(
        "edition = \"en303645-2.1.1\"\n[dut]\nmanufacturer = \"Somebody\"\nmodel = \"Kettle\"\nfirmware = \"1.2\"\n\
         constrained = false\n{identity}\
         [provision.\"5.6-1\"]\nsupport = \"Y\"\ndetail = \"Only what is needed\"\n\
         [provision.\"5.6-2\"]\nsupport = \"Y\"\ndetail = \"Nothing is told\"\n\
         [provision.\"5.6-5\"]\nsupport = \"Y\"\ndetail = \"Only what is used\"\n\
         [provision.\"5.12-1\"]\nsupport = \"Y\"\ndetail = \"Two steps\"\n"
    );
    let ixit = format!(
        "[[intf]]\nid = \"Intf-Lan\"\ndescription = \"Ethernet\"\n\
         [[com_mech]]\nid = \"ComMech-Http\"\ndescription = \"Web pages\"\n\
         endpoint = [{{ transport = \"tcp\", port = {}, application = \"http\" }}]\nrole = \"server\"\n\
         [[soft_serv]]\nid = \"SoftServ-Web\"\ndescription = \"Web pages\"\n\
         [[soft_serv]]\nid = \"SoftServ-Time\"\ndescription = \"Clock\"\n\
         [[user_dec]]\nid = \"UserDec-1\"\ndescription = \"Language\"\n",
        device.http
    );
    let sources =
        vec![SourceFile::new("ics.toml", ics.into_bytes()), SourceFile::new("ixit.toml", ixit.into_bytes())];
    let reading = Declaration::from_sources(sources, Vec::new());
    reading.declaration.unwrap_or_else(|| panic!("{:#?}", reading.diagnostics))
}

/// The plan with steps made by hand, so that these tests do not depend on which units have judges.
pub(crate) fn plan(declaration: &Declaration) -> Plan {
    let mut plan = derive(declaration, None);
    plan.steps.clear();
    for (state, action) in [(DutState::FactoryDefault, "factory_reset"), (DutState::Initialized, "onboard")] {
        plan.steps.push(Step::Enter { state, action: action.into() });
        for (probe, for_each) in
            [("device-identity", None), ("tcp-sweep", None), ("identify", Some(ForEach::OpenPort))]
        {
            plan.steps.push(Step::Observe {
                actions: Vec::new(),
                state,
                request: Request { probe: probe.into(), target: probe.into(), params: json!({}) },
                for_each,
                units: Vec::new(),
                disturbs: Vec::new(),
                budget_seconds: None,
            });
        }
    }
    plan
}

/// The text of the bench file, with a secret that must not be found in any run.
pub(crate) fn bench_text(device: &Device) -> String {
    format!(
        "[lab]\nname = \"Lab\"\noperator = \"O. Perator\"\nassessor = \"A. Ssessor\"\n\
         [[sample]]\nid = \"S1\"\nserial = \"{SERIAL}\"\naddress = \"{0}\"\nsource = \"{0}\"\n\
         [credentials.AuthMech-1]\nuser = \"admin\"\nsecret = {{ value = \"{SECRET}\" }}\n\
         [limits]\nprofile = \"matrix\"\ntimeout_ms = 2000\n",
        device.address
    )
}

/// The bench.
pub(crate) fn bench(device: &Device) -> BenchInput {
    BenchInput::built_in(bench_text(device).into_bytes(), json!({ "seed": 7 })).unwrap()
}

pub(crate) const SECRET: &str = "correct-horse-battery";

pub(crate) fn request(device: &Device, folder: &Path, told: bool) -> RunRequest {
    let declaration = declaration(device, told);
    RunRequest {
        folder: folder.to_owned(),
        plan: plan(&declaration),
        declaration,
        documents: None,
        bench: bench(device),
        date: "2026-11-21".parse().unwrap(),
        people: People::default(),
        demonstration: false,
    }
}

/// A bench that does all by itself and counts it.
#[derive(Default)]
pub(crate) struct FakeBench {
    pub(crate) performed: Mutex<Vec<String>>,
    /// Actions that it leaves to the operator.
    pub(crate) asks: BTreeSet<String>,
    /// Actions that fail.
    pub(crate) fails: BTreeSet<String>,
    /// Cancelled when this action is asked for.
    pub(crate) cancels: Option<(String, CancellationToken)>,
}

impl BenchControl for FakeBench {
    fn perform<'a>(&'a self, action: &'a str) -> BoxFuture<'a, Result<Performed, BenchTrouble>> {
        self.performed.lock().unwrap().push(action.to_owned());
        if let Some((at, token)) = &self.cancels
            && at == action
        {
            token.cancel();
        }
        let result = if self.asks.contains(action) {
            Ok(Performed::AskOperator)
        } else if self.fails.contains(action) {
            Err(BenchTrouble { message: format!("{action} did not work"), output: "no relay".into() })
        } else {
            Ok(Performed::Done { output: format!("{action} done\n") })
        };
        Box::pin(async move { result })
    }
}

/// Answers like the person of a script and writes down what was asked.
pub(crate) struct Person {
    answers: BTreeMap<&'static str, &'static str>,
    pub(crate) asked: Mutex<Vec<String>>,
    /// Answers so many questions, then no more.
    pub(crate) patience: AtomicUsize,
}

impl Person {
    /// Says yes to everything but where `answers` has another word for the beginning of the prompt; `open`
    /// leaves it open.
    pub(crate) fn with(answers: &[(&'static str, &'static str)]) -> Arc<Self> {
        Arc::new(Self {
            answers: answers.iter().copied().collect(),
            asked: Mutex::default(),
            patience: AtomicUsize::new(usize::MAX),
        })
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

impl Answers for Person {
    fn answer<'a>(&'a self, prompt: &'a Prompt) -> BoxFuture<'a, Option<Decision>> {
        self.asked.lock().unwrap().push(prompt.id.clone());
        let word = self.answers.iter().find(|(start, _)| prompt.id.starts_with(**start));
        let word = word.map_or("yes", |(_, word)| *word);
        let patient = self
            .patience
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1))
            .is_ok();
        let decision = (word != "open" && patient).then(|| Decision {
            prompt: prompt.id.clone(),
            answer: Answer::Text(word.into()),
            reason: "seen".into(),
            person: "P".into(),
            role: Role::Assessor,
            date: String::new(),
            attachments: Vec::new(),
            notes: std::collections::BTreeMap::new(),
            facts: String::new(),
        });
        Box::pin(async move { decision })
    }
}

pub(crate) async fn start(
    request: RunRequest,
    bench: Arc<FakeBench>,
    answers: Arc<dyn Answers>,
) -> Result<RunOutcome, RunError> {
    harness::run(request, bench, answers, Arc::new(Silent), CancellationToken::new()).await
}

pub(crate) async fn resume(
    device: &Device,
    folder: &Path,
    fake: Arc<FakeBench>,
    answers: Arc<dyn Answers>,
) -> Result<RunOutcome, RunError> {
    let request = harness::ResumeRequest { bench: Some(bench(device)) };
    harness::resume(folder, request, fake, answers, Arc::new(Silent), CancellationToken::new()).await
}

/// Verdict, blame and reason of every item: what a stop must not change.
pub(crate) fn verdicts(assessment: &Assessment) -> Vec<String> {
    let mut lines = vec![format!("{} {}", assessment.verdict, assessment.verdict_mandatory)];
    let units =
        assessment.provisions.iter().flat_map(|provision| &provision.cases).flat_map(|case| &case.units);
    for unit in units {
        lines.push(format!("{} {}", unit.id, unit.verdict));
        for item in &unit.items {
            lines.push(format!(
                "{} {} {:?} {:?} {} {:?} {}",
                unit.id, item.item, item.state, item.sample, item.verdict, item.blame, item.reason.code
            ));
        }
    }
    lines
}

pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// Writes the head as it was after that line.
pub(crate) fn seal(folder: &Path, count: usize, last: &str) {
    let head = serde_json::json!({
        "format": "hantei.journal-head/1", "count": count,
        "last": harness::probes::observation::digest(last.as_bytes()),
    });
    std::fs::write(folder.join("journal.head"), format!("{head}\n")).unwrap();
}
