//! Runs the simulated device until its input ends, for looking at it with other tools:
//! `cargo run -p lab --example device -- telnet-open`. Each line of input is an action, e.g. `onboard`.

use std::process::ExitCode;

use lab::{Instance, LabError, Spec};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<(), LabError> {
    let instance = Instance::start(Spec { faults: std::env::args().skip(1).collect(), ..Spec::default() })?;
    println!("{}", serde_json::to_string_pretty(instance.spec()).unwrap_or_default());
    println!("{}", instance.folder()?.text("bench.toml").unwrap_or_default());
    for line in std::io::stdin().lines().map_while(Result::ok) {
        match instance.perform(line.trim()) {
            Ok(()) => println!("{line}: done, {:?}", instance.stage()),
            Err(error) => eprintln!("{error}"),
        }
    }
    instance.stop();
    Ok(())
}
