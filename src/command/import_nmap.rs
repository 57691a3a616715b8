//! `hantei import nmap FILE`: a report that the lab made with nmap, taken into a run as evidence.

use std::sync::Arc;

use harness::engine::importing::{ImportError, NmapImport, import_nmap};
use harness::testcases::DutState;
use harness::{Listener, RunError, StoreError};

use crate::Done;
use crate::cli::ImportNmap;
use crate::command::run::finish;
use crate::output::Failure;
use crate::progress::Progress;

/// Stores the report and what it says, and makes the assessment again.
pub(crate) fn import(arguments: &ImportNmap) -> Done {
    let import = NmapImport {
        file: arguments.file.clone(),
        sample: arguments.sample.clone(),
        state: arguments.state,
        host: arguments.host,
    };
    let listener: Arc<dyn Listener> = Arc::new(Progress::new());
    let imported = import_nmap(&arguments.run, &import, listener).map_err(|error| match error {
        ImportError::Run(RunError::Folder(error @ StoreError::Broken { .. })) => Failure::of_folder(error),
        ImportError::Run(error) => {
            let code = error.exit_code();
            Failure::of_code(error, code)
        }
        error => Failure::nothing_started(error).help("nothing was written"),
    })?;
    let open = imported.report.host.ports.iter().filter(|port| port.state == "open");
    let open: Vec<String> = open.map(|port| format!("{}/{}", port.transport, port.port)).collect();
    let open = if open.is_empty() { "no port".to_owned() } else { open.join(", ") };
    eprintln!("imported the report of nmap {}: open is {open}", imported.report.scan.version);
    if !imported.report.complete() {
        eprintln!("the scan did not come to its end; what it saw counts all the same");
    }
    finish(imported.outcome)
}

/// A state by its name.
pub(crate) fn state(name: &str) -> Result<DutState, String> {
    let found = DutState::ALL.iter().copied().find(|state| state.as_str() == name);
    found.ok_or_else(|| {
        let known: Vec<&str> = DutState::ALL.iter().map(|state| state.as_str()).collect();
        format!("there is no state {name}; expected one of {}", known.join(", "))
    })
}
