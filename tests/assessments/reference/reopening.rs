//! Applicability is provisional: a supplier says that nobody logs in anywhere, the device asks for a
//! password. The run says so, and going on with it plans what was left out.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};

use crate::command::{code, json, told, units};
use harness::engine::outstanding::key;
use harness::ixit::Declaration;
use harness::probes::observation::digest;
use harness::store::Entry;
use harness::testcases::plan::{self, Plan, Step};
use harness::testcases::{Decision, Prompt, Verdict};
use harness::{
    Answers, BenchControl, BenchInput, BenchTrouble, Foreign, People, Performed, ResumeRequest, RunOutcome,
    RunRecord, RunRequest, ScriptedAnswers, Silent,
};
use lab::{Instance, Spec, foreign_listeners};
use serde_json::Value;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

/// Left out by the declaration, and brought back by a login that asks for a password.
const REOPENED: [&str; 3] = ["5.1-1", "5.1-2", "5.1-4"];

type Waiting<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The simulated device as a bench that remembers what it was told to do.
struct Bench {
    // One action at a time; the lock also lets the engine share the bench between its threads.
    instance: Mutex<Instance>,
    performed: Mutex<Vec<String>>,
}

impl Bench {
    fn instance(&self) -> MutexGuard<'_, Instance> {
        self.instance.lock().expect("nobody panicked")
    }
}

impl BenchControl for Bench {
    fn perform<'a>(&'a self, action: &'a str) -> Waiting<'a, Result<Performed, BenchTrouble>> {
        self.performed.lock().expect("nobody panicked").push(action.to_owned());
        let done = self.instance().perform(action);
        Box::pin(async move {
            done.map(|()| Performed::Done { output: String::new() })
                .map_err(|error| BenchTrouble { message: error.to_string(), output: String::new() })
        })
    }

    fn foreign(&self) -> Foreign {
        let listeners = foreign_listeners();
        Foreign { tcp: listeners.tcp, udp: listeners.udp }
    }
}

/// The answers of the lab, with what was asked.
struct Person {
    script: ScriptedAnswers,
    asked: Mutex<Vec<String>>,
}

impl Answers for Person {
    fn answer<'a>(&'a self, prompt: &'a Prompt) -> Waiting<'a, Option<Decision>> {
        self.asked.lock().expect("nobody panicked").push(prompt.id.clone());
        self.script.answer(prompt)
    }
}

/// A device, what its supplier hands in, and a run of it.
struct Assessment {
    bench: Arc<Bench>,
    folder: PathBuf,
    run: PathBuf,
    runtime: tokio::runtime::Runtime,
}

impl Assessment {
    fn of_a_device(below: &TempDir) -> Self {
        let instance = Instance::start(Spec::default()).expect("the device");
        let folder = below.path().join("water-heater");
        for (name, bytes) in instance.folder().expect("the declaration").0 {
            let path = folder.join(name);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            fs::write(path, bytes).expect("a file");
        }
        let bench = Arc::new(Bench { instance: Mutex::new(instance), performed: Mutex::default() });
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("the runtime");
        Self { bench, folder, run: below.path().join("run"), runtime }
    }

    fn declaration(&self) -> Declaration {
        let reading = Declaration::read(&self.folder);
        reading.declaration.unwrap_or_else(|| panic!("{:#?}", reading.diagnostics))
    }

    fn input(&self) -> BenchInput {
        let text = fs::read_to_string(self.folder.join("bench.toml")).expect("the bench");
        assert!(text.contains("profile = \"normal\""));
        let text = text.replace("profile = \"normal\"", "profile = \"matrix\"");
        let device = serde_json::to_value(self.bench.instance().spec()).expect("a description");
        BenchInput::built_in(text.into_bytes(), device).expect("the bench is understood")
    }

    fn person(&self) -> Arc<Person> {
        let script = self.bench.instance().decisions().expect("the answers of the lab");
        let script = ScriptedAnswers::parse(&script).expect("they are understood");
        Arc::new(Person { script, asked: Mutex::default() })
    }

    fn start(&self, only: Option<&str>) -> RunOutcome {
        let declaration = self.declaration();
        let request = RunRequest {
            folder: self.run.clone(),
            plan: plan::derive(&declaration, only),
            declaration,
            documents: Some(self.folder.join("documents")),
            bench: self.input(),
            date: jiff::Zoned::now().date(),
            people: People::default(),
            demonstration: true,
        };
        let ended = harness::run(
            request,
            self.bench.clone(),
            self.person(),
            Arc::new(Silent),
            CancellationToken::new(),
        );
        self.runtime.block_on(ended).expect("the run comes to its end")
    }

    /// Goes on; what was asked and what was done at the bench.
    fn go_on(&self) -> (RunOutcome, Vec<String>, Vec<String>) {
        let person = self.person();
        let done = self.performed().len();
        let ended = harness::resume(
            &self.run,
            ResumeRequest { bench: Some(self.input()) },
            self.bench.clone(),
            person.clone(),
            Arc::new(Silent),
            CancellationToken::new(),
        );
        let outcome = self.runtime.block_on(ended).expect("it goes on");
        let asked = person.asked.lock().expect("nobody panicked").clone();
        (outcome, asked, self.performed().split_off(done))
    }

    fn performed(&self) -> Vec<String> {
        self.bench.performed.lock().expect("nobody panicked").clone()
    }

    fn journal(&self) -> String {
        fs::read_to_string(self.run.join("journal.jsonl")).expect("a journal")
    }

    fn record(&self) -> RunRecord {
        let record = RunRecord::read(&self.run).expect("a record");
        assert_eq!(record.broken, Vec::<String>::new());
        record
    }
}

/// The supplier takes every login out of the declaration.
fn deny_every_login(folder: &Path) {
    let path = folder.join("ixit.toml");
    let text = fs::read_to_string(&path).expect("the IXIT");
    let rows = text.find("[[auth_mech]]").expect("authentication mechanisms");
    let next = text.find("[user_info]").expect("the table after them");
    let kept: Vec<&str> = text[next..]
        .lines()
        .map(|line| {
            if line.starts_with("authentication_mechanism = ") {
                "authentication_mechanism = []"
            } else {
                line
            }
        })
        .collect();
    let text = format!(
        "{}[empty]\nauth_mech = \"The device has no authentication\"\n\n{}\n",
        &text[..rows],
        kept.join("\n")
    );
    // Where nobody logs in, no interface takes a password.
    let (before, radio) = text.split_once("id = \"Intf-Bluetooth\"").expect("the reference device has it");
    let radio = radio.replacen("takes_passwords = true", "takes_passwords = false", 1);
    let text = format!("{before}id = \"Intf-Bluetooth\"{radio}");
    // A page that nothing else reads than what comes back.
    let change =
        "documentation_of_change_mechanisms = { kind = \"url\", place = \"http://www.hinode.example/support/";
    assert!(text.contains(&format!("{change}setup")), "the reference device publishes it");
    let text = text.replace(&format!("{change}setup"), &format!("{change}updates"));
    fs::write(path, text).expect("the IXIT");
    let path = folder.join("ics.toml");
    let mut text = fs::read_to_string(&path).expect("the ICS");
    // 5.13-1 reads every page that documents the device.
    for (id, support) in REOPENED.map(|id| (id, "N/A")).into_iter().chain([("5.13-1", "N")]) {
        let claimed = format!("[provision.\"{id}\"]\nsupport = \"Y\"\n");
        assert!(text.contains(&claimed), "the reference device claims {id}");
        text = text.replace(&claimed, &format!("[provision.\"{id}\"]\nsupport = \"{support}\"\n"));
    }
    fs::write(path, text).expect("the ICS");
}

fn provision<'a>(assessment: &'a Value, id: &str) -> &'a Value {
    let provisions = assessment["provisions"].as_array().expect("provisions");
    provisions.iter().find(|provision| provision["id"] == id).expect("every provision is listed")
}

fn units_of<'a>(assessment: &'a Value, provision: &str) -> Vec<&'a Value> {
    let start = format!("{provision}-");
    units(assessment)
        .into_iter()
        .filter(|unit| unit["id"].as_str().is_some_and(|id| id.starts_with(&start)))
        .collect()
}

fn kinds(lines: &str) -> Vec<String> {
    lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("a line is JSON"))
        .map(|line| line["kind"].as_str().expect("a kind").to_owned())
        .collect()
}

#[test]
fn no_two_steps_of_the_reference_plan_have_the_same_key() {
    let below = tempfile::tempdir().expect("a temporary folder");
    let plan = plan::derive(&Assessment::of_a_device(&below).declaration(), None);
    let mut keys = BTreeSet::new();
    for step in &plan.steps {
        if let Step::Observe { state, request, .. } = step {
            let key = key(*state, request, "S1", None);
            assert!(keys.insert(key.clone()), "{key} stands twice");
        }
    }
    assert!(keys.len() > 10, "{keys:?}");
}

#[test]
fn a_login_where_there_is_none_by_the_declaration_brings_its_provisions_back() {
    let below = tempfile::tempdir().expect("a temporary folder");
    let assessment = Assessment::of_a_device(&below);
    deny_every_login(&assessment.folder);
    let path = assessment.run.display().to_string();

    // By the declaration they do not apply; by what the run found they do.
    let outcome = assessment.start(None);
    assert_ne!(outcome.assessment.expect("an assessment").verdict, Verdict::Pass);
    let stored = crate::command::assessment(&assessment.run);
    for id in REOPENED {
        let provision = provision(&stored, id);
        assert_eq!(provision["verdict"], "INCONCLUSIVE", "{provision:#}");
        assert_eq!(provision["reason"]["code"], "applicability-contradicted", "{provision:#}");
        assert_eq!((&provision["planned"], &provision["applicable"]), (&false.into(), &false.into()));
        for unit in units_of(&stored, id) {
            assert_eq!(unit["planned"], false, "{unit:#}");
        }
    }
    assert!(!assessment.run.join("plan.2.json").exists());
    // As if the power had failed on going on, before the journal could name the extended plan.
    fs::write(assessment.run.join("plan.2.json"), "{").expect("left over");
    let (before, first) = (assessment.journal(), assessment.record());

    // Going on plans their units and observes what they need.
    let (outcome, asked, performed) = assessment.go_on();
    assert_eq!(outcome.state.outstanding, 0);
    let after = assessment.journal();
    assert!(after.starts_with(&before), "the journal only grows");
    let added = kinds(&after[before.len()..]);
    assert_eq!(added[..2], ["run-resumed", "provisions-reopened"]);
    let record = assessment.record();
    let named = record.journal.iter().find_map(|line| match &line.line.entry {
        Entry::ProvisionsReopened { provisions, plan } => Some((provisions.clone(), plan.clone())),
        _ => None,
    });
    let bytes = fs::read(assessment.run.join("plan.2.json")).expect("the extended plan");
    assert_eq!(named, Some((REOPENED.map(str::to_owned).to_vec(), digest(&bytes))));
    assert_eq!(record.plan, serde_json::from_slice::<Plan>(&bytes).expect("a plan"));
    let stored = crate::command::assessment(&assessment.run);
    for id in REOPENED {
        let provision = provision(&stored, id);
        assert_eq!(provision["planned"], true, "{provision:#}");
        assert_eq!(provision["reason"]["code"], "applicability-contradicted", "{provision:#}");
        let units = units_of(&stored, id);
        assert!(!units.is_empty());
        for unit in units {
            assert_eq!(unit["planned"], true, "{unit:#}");
            assert!(!unit["items"].as_array().expect("items").is_empty(), "{unit:#}");
        }
    }
    // The machine decides what the record shows; a page that only they read is fetched; nobody is asked.
    let undeclared = units_of(&stored, "5.1-1")
        .into_iter()
        .flat_map(crate::command::essence)
        .filter(|(_, verdict, _, code, by)| {
            (verdict.as_str(), code.as_str(), by.as_str())
                == ("FAIL", "undeclared-password-mechanism", "machine")
        })
        .count();
    assert_eq!(undeclared, 2, "in each of the two states");
    assert_eq!(provision(&stored, "5.1-1")["verdict"], "FAIL");
    assert_eq!(asked, Vec::<String>::new());
    assert_eq!(performed, ["onboard"], "no other state is entered");
    let new: Vec<&str> = record.observations[first.observations.len()..]
        .iter()
        .map(|recorded| recorded.observation.probe.as_str())
        .collect();
    assert_eq!(new, ["device-identity", "public-resource"]);

    // Nothing is observed or asked twice.
    assert_eq!(record.observations[..first.observations.len()], first.observations);
    let keys: BTreeSet<&String> = record.keys.iter().collect();
    assert_eq!(keys.len(), record.keys.len(), "{:?}", record.keys);
    let decided: BTreeSet<&String> = first.decisions.iter().map(|decision| &decision.prompt).collect();
    let twice: Vec<&String> = asked.iter().filter(|prompt| decided.contains(prompt)).collect();
    assert_eq!(twice, Vec::<&String>::new());

    // The record holds.
    let verified = crate::command::run(&["verify", &path]);
    assert_eq!(code(&verified), 0, "{}", told(&verified));
    let judged = crate::command::run(&["judge", &path, "--json"]);
    assert_eq!(json(&judged)["same_as_stored"], true, "{}", told(&judged));

    // Nothing is left to be brought back: going on again does nothing.
    let (_, asked, performed) = assessment.go_on();
    assert_eq!((asked, performed), (Vec::new(), Vec::new()));
    let last = assessment.journal();
    assert_eq!(
        kinds(last.strip_prefix(&after).expect("the journal only grows")),
        ["run-resumed", "run-finished"]
    );
    assert_eq!(crate::command::assessment(&assessment.run), stored);

    // An altered plan is noticed, as the first one is.
    let text = String::from_utf8(bytes).expect("text").replacen("\"initialized\"", "\"outage\"", 1);
    fs::write(assessment.run.join("plan.2.json"), text).expect("altered");
    let verified = crate::command::run(&["verify", &path, "--json"]);
    assert_eq!(code(&verified), 1, "{}", told(&verified));
    assert_eq!(json(&verified)["altered"][0]["file"], "plan.2.json");
    let broken = RunRecord::read(&assessment.run).expect("what can be read").broken;
    assert_eq!(broken, ["plan.2.json was altered"]);
}

#[test]
fn what_was_not_selected_is_not_brought_back_and_goes_on_to_say_that_it_was_contradicted() {
    let below = tempfile::tempdir().expect("a temporary folder");
    let assessment = Assessment::of_a_device(&below);
    deny_every_login(&assessment.folder);
    assessment.start(Some("5.6-1,5.1-1"));
    for again in [false, true] {
        let before = assessment.journal();
        assessment.go_on();
        let after = assessment.journal();
        let added = kinds(after.strip_prefix(&before).expect("the journal only grows"));
        assert_eq!(added.contains(&"provisions-reopened".to_owned()), !again, "{added:?}");
    }
    let reopened: Vec<Vec<String>> = assessment
        .record()
        .journal
        .into_iter()
        .filter_map(|line| match line.line.entry {
            Entry::ProvisionsReopened { provisions, .. } => Some(provisions),
            _ => None,
        })
        .collect();
    assert_eq!(reopened, [["5.1-1"]]);
    let stored = crate::command::assessment(&assessment.run);
    let left_out = provision(&stored, "5.1-2");
    assert_eq!((&left_out["planned"], &left_out["verdict"]), (&false.into(), &"INCONCLUSIVE".into()));
    assert_eq!(left_out["reason"]["code"], "applicability-contradicted");
}
