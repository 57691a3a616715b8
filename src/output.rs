//! Printing: machine output to stdout, everything else to stderr, colours only on a terminal.

use std::fmt;
use std::io::{IsTerminal, Write};

use harness::ExitCode;

/// Why a command could not do its work.
#[derive(Debug)]
pub(crate) struct Failure {
    what: String,
    help: Option<String>,
    code: ExitCode,
}

impl Failure {
    /// Nothing was started.
    pub(crate) fn nothing_started(what: impl fmt::Display) -> Self {
        Self { what: what.to_string(), help: None, code: ExitCode::NotStarted }
    }

    /// The run cannot vouch for itself.
    pub(crate) fn cannot_vouch(what: impl fmt::Display) -> Self {
        Self { what: what.to_string(), help: None, code: ExitCode::CannotVouch }
    }

    /// A run folder cannot be used: 4 where its record is broken, else 2.
    pub(crate) fn of_folder(error: harness::StoreError) -> Self {
        let code = error.exit_code();
        Self::of_code(error, code)
    }

    /// A run could not be opened, or could not be written.
    pub(crate) fn of_run(error: harness::RunError) -> Self {
        let code = error.exit_code();
        Self::of_code(error, code)
    }

    /// Ends with a code of the table.
    pub(crate) fn of_code(what: impl fmt::Display, code: ExitCode) -> Self {
        Self { what: what.to_string(), help: None, code }
    }

    /// Says what to do.
    pub(crate) fn help(mut self, help: impl fmt::Display) -> Self {
        self.help = Some(help.to_string());
        self
    }

    /// The exit code.
    pub(crate) fn code(&self) -> ExitCode {
        self.code
    }

    /// What happened and what to do, without colours.
    pub(crate) fn text(&self) -> String {
        match &self.help {
            Some(help) => format!("{}\n{help}", self.what),
            None => self.what.clone(),
        }
    }

    /// Prints it to stderr.
    pub(crate) fn print(&self) {
        eprintln!("{} {}", paint(Tone::Bad, "error:"), self.what);
        if let Some(help) = &self.help {
            eprintln!("{} {help}", paint(Tone::Quiet, "help:"));
        }
    }
}

/// Says on stderr what is broken in a record; whether anything is.
pub(crate) fn tell_broken(record: &harness::RunRecord) -> bool {
    for fault in &record.broken {
        eprintln!("{} {fault}", paint(Tone::Bad, "broken record:"));
    }
    if !record.broken.is_empty() {
        eprintln!(
            "{} hantei verify {} names every alteration; what follows is not to be used",
            paint(Tone::Quiet, "help:"),
            record.folder.display()
        );
    }
    !record.broken.is_empty()
}

/// Prints a JSON value to stdout, with a line end.
pub(crate) fn print_json(value: &impl serde::Serialize) -> Result<(), Failure> {
    let mut text = serde_json::to_string_pretty(value).map_err(Failure::nothing_started)?;
    text.push('\n');
    print_text(&text)
}

/// Prints text to stdout. A reader that went away (`| head`) is no failure.
pub(crate) fn print_text(text: &str) -> Result<(), Failure> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::nothing_started(format!("the output could not be written: {error}")))
        }
        _ => Ok(()),
    }
}

/// Meaning of a colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    /// FAIL, errors.
    Bad,
    /// PASS.
    Good,
    /// INCONCLUSIVE, open.
    Open,
    /// Beside the point.
    Quiet,
    /// A heading.
    Strong,
}

/// Colours a text for stderr, where that is a terminal and `NO_COLOR` is not set.
pub(crate) fn paint(tone: Tone, text: &str) -> String {
    if coloured() { dye(tone, text) } else { text.to_owned() }
}

/// The same for stdout.
pub(crate) fn paint_out(tone: Tone, text: &str) -> String {
    if std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none() {
        dye(tone, text)
    } else {
        text.to_owned()
    }
}

/// Whether stderr takes colours.
pub(crate) fn coloured() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none()
}

fn dye(tone: Tone, text: &str) -> String {
    let code = match tone {
        Tone::Bad => "1;31",
        Tone::Good => "32",
        Tone::Open => "33",
        Tone::Quiet => "2",
        Tone::Strong => "1",
    };
    format!("\u{1b}[{code}m{text}\u{1b}[0m")
}

/// The tone of a verdict.
pub(crate) fn tone(verdict: harness::testcases::Verdict) -> Tone {
    use harness::testcases::Verdict;
    match verdict {
        Verdict::Fail => Tone::Bad,
        Verdict::Inconclusive => Tone::Open,
        Verdict::Pass => Tone::Good,
        Verdict::NotApplicable | Verdict::NotClaimed => Tone::Quiet,
    }
}
