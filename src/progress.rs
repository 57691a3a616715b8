//! Progress on stderr: what is under way, "n of m", time left. One line that is rewritten on a
//! terminal, plain lines elsewhere.

use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use harness::{Event, IdentityStanding, Listener};

use crate::output::{Tone, paint, tone};

/// Tells a person how far a run is.
#[derive(Debug)]
pub(crate) struct Progress {
    terminal: bool,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    line: String,
    step_began: Instant,
    shown: Option<Instant>,
    open: bool,
}

impl Progress {
    /// For stderr as it is.
    pub(crate) fn new() -> Self {
        Self {
            terminal: std::io::stderr().is_terminal(),
            state: Mutex::new(State {
                line: String::new(),
                step_began: Instant::now(),
                shown: None,
                open: false,
            }),
        }
    }

    fn print(&self, state: &mut State, text: &str) {
        self.clear(state);
        eprintln!("{text}");
    }

    /// Rewrites the line under way.
    fn rewrite(&self, state: &mut State, text: &str) {
        if !self.terminal {
            return;
        }
        let mut stderr = std::io::stderr().lock();
        write!(stderr, "\r\u{1b}[K{text}").ok();
        stderr.flush().ok();
        state.open = true;
        state.shown = Some(Instant::now());
    }

    fn clear(&self, state: &mut State) {
        if self.terminal && state.open {
            let mut stderr = std::io::stderr().lock();
            write!(stderr, "\r\u{1b}[K").ok();
            stderr.flush().ok();
            state.open = false;
        }
    }
}

impl Listener for Progress {
    fn on(&self, event: &Event) {
        let mut state = self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        match event {
            Event::RunStarted { folder, done, resumed, .. } => {
                let again =
                    if *resumed { format!(" again, {done} observations are done") } else { String::new() };
                self.print(&mut state, &format!("Run {}{again}", folder.display()));
            }
            Event::ProvisionsReopened { provisions } => {
                let text = format!("What was found shows that they apply: {}", provisions.join(", "));
                self.print(&mut state, &paint(Tone::Strong, &text));
            }
            Event::Entering { state: wanted, .. } => {
                self.rewrite(&mut state, &format!("Bringing the device into {}", wanted.as_str()));
            }
            Event::StateEntered { state: entered, by, .. } => {
                self.print(
                    &mut state,
                    &paint(Tone::Strong, &format!("Device in {} (by the {by})", entered.as_str())),
                );
            }
            Event::StepStarted { n, of, what, .. } => {
                state.step_began = Instant::now();
                state.shown = None;
                state.line = format!("[{n:>2} of {of}] {what}");
                let line = state.line.clone();
                self.rewrite(&mut state, &line);
            }
            Event::Progress { done, of, what } => {
                if state.shown.is_some_and(|shown| shown.elapsed() < Duration::from_millis(120)) {
                    return;
                }
                let left = time_left(state.step_began.elapsed(), *done, *of);
                let line = format!("{}: {done} of {of} {what}{left}", state.line);
                self.rewrite(&mut state, &line);
            }
            Event::StepFinished { outcome, seconds, .. } => {
                let (tone, word) = match outcome {
                    harness::probes::Outcome::Complete => (Tone::Quiet, "done"),
                    harness::probes::Outcome::Partial => (Tone::Open, "done in part"),
                    // A bench without what the probe needs refuses too.
                    harness::probes::Outcome::Refused => {
                        (Tone::Open, "not done: the device or the bench takes no part")
                    }
                    harness::probes::Outcome::ToolTrouble => {
                        (Tone::Bad, "not possible: trouble of the tool or bench")
                    }
                };
                let line = format!("{} {}", state.line, paint(tone, &format!("{word}, {seconds:.1} s")));
                self.print(&mut state, &line);
            }
            Event::IdentityRead { sample, standing, differences } => {
                let (tone, text) = match standing {
                    IdentityStanding::Confirmed => (Tone::Quiet, "is the declared device"),
                    IdentityStanding::Unknown => {
                        (Tone::Open, "is not identified yet; the run is partial until it is")
                    }
                    IdentityStanding::Lost => (Tone::Bad, "no longer tells who it is"),
                    IdentityStanding::Wrong => (Tone::Bad, "is not the declared device"),
                };
                let why = if differences.is_empty() {
                    String::new()
                } else {
                    format!(": {}", differences.join("; "))
                };
                self.print(&mut state, &paint(tone, &format!("Sample {sample} {text}{why}")));
            }
            Event::PromptOpen { .. } => self.clear(&mut state),
            Event::DecisionTaken { .. } => {}
            Event::DecisionNotApplied { prompt, why, others } => {
                let more = match others {
                    0 => String::new(),
                    1 => " (and 1 more)".to_owned(),
                    others => format!(" (and {others} more)"),
                };
                let text = format!("{} {prompt}{more}: {why}", paint(Tone::Open, "decision not applied:"));
                self.print(&mut state, &text);
            }
            Event::Trouble { message, .. } => {
                self.print(&mut state, &format!("{} {message}", paint(Tone::Open, "trouble:")));
            }
            Event::Stopped => self.print(
                &mut state,
                "Stopped; hantei resume goes on where it was, hantei decide asks what is open",
            ),
            Event::Finished { verdict, open, .. } => {
                let waits =
                    if *open > 0 { format!(", {open} questions wait for a person") } else { String::new() };
                let text = format!("\nVerdict {}{waits}", paint(tone(*verdict), verdict.as_str()));
                self.print(&mut state, &text);
            }
        }
    }
}

/// ", about 12 s left" once there is something to judge by.
fn time_left(elapsed: Duration, done: u64, of: u64) -> String {
    if done == 0 || of <= done || elapsed < Duration::from_millis(500) {
        return String::new();
    }
    let left = elapsed.as_secs_f64() / done as f64 * (of - done) as f64;
    format!(", about {:.0} s left", left.ceil())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_left_is_told_only_when_there_is_something_to_judge_by() {
        assert_eq!(time_left(Duration::from_secs(2), 0, 100), "");
        assert_eq!(time_left(Duration::from_millis(10), 50, 100), "");
        assert_eq!(time_left(Duration::from_secs(2), 100, 100), "");
        assert_eq!(time_left(Duration::from_secs(2), 25, 100), ", about 6 s left");
    }
}
