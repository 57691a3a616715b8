//! `hantei`: the command line. It parses, calls the engine and prints; it decides nothing.

mod cli;
mod command;
mod desk;
mod findings;
mod folding;
mod output;
mod progress;
mod prompting;
mod summary;
mod timings;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Cli, Command};
use crate::output::Failure;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are answers, everything else is a command line that cannot be understood.
            let code =
                if error.use_stderr() { harness::ExitCode::NotStarted } else { harness::ExitCode::Pass };
            error.print().ok();
            return ExitCode::from(code.code());
        }
    };
    let result = match cli.command {
        #[cfg(feature = "demo")]
        Command::Demo(arguments) => command::demo::demo(arguments),
        Command::Init(arguments) => command::init::init(&arguments),
        Command::Draft(arguments) => command::draft::draft(&arguments),
        Command::Check(arguments) => command::check::check(&arguments),
        Command::Plan(arguments) => command::plan::plan(&arguments),
        Command::Run(arguments) => command::run::run(arguments),
        Command::Resume(arguments) => command::resume::resume(arguments),
        Command::Trial(arguments) => command::trial::trial(&arguments),
        Command::Decide(arguments) => command::decide::decide(&arguments),
        Command::Judge(arguments) => command::judge::judge(&arguments),
        Command::Pack(arguments) => command::pack::pack(&arguments),
        Command::Report(arguments) => command::report::report(&arguments),
        Command::Crosswalk(arguments) => command::crosswalk::crosswalk_of(&arguments),
        Command::Diff(arguments) => command::diff::diff(&arguments),
        Command::Seal(arguments) => command::seal::seal(&arguments),
        Command::Verify(arguments) => command::verify::verify(&arguments),
        Command::List(arguments) => command::list::list(&arguments),
        Command::Schema(arguments) => command::schema::schema(&arguments),
        Command::Export(arguments) => command::sheet::export(&arguments),
        Command::Import(arguments) => command::sheet::import(&arguments),
        Command::Traffic(arguments) => command::traffic::traffic(&arguments),
        #[cfg(feature = "ble")]
        Command::Ble(arguments) => command::ble::ble(&arguments),
        Command::Bench(arguments) => command::bench::bench(&arguments),
        Command::ReadApart(arguments) => command::read_apart::read_apart(&arguments),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(
                shell,
                &mut <Cli as clap::CommandFactory>::command(),
                "hantei",
                &mut script,
            );
            output::print_text(&String::from_utf8_lossy(&script)).map(|()| harness::ExitCode::Pass)
        }
    };
    match result {
        Ok(code) => ExitCode::from(code.code()),
        Err(failure) => {
            failure.print();
            ExitCode::from(failure.code().code())
        }
    }
}

/// The exit codes for `--help`, from the one table.
fn exit_codes_help() -> String {
    use std::fmt::Write as _;
    let mut text = String::from("Exit codes:\n");
    for code in harness::ExitCode::ALL {
        writeln!(text, "  {:>3}  {}", code.code(), code.meaning()).expect("a String takes any text");
    }
    text
}

/// What every command gives back.
type Done = Result<harness::ExitCode, Failure>;
