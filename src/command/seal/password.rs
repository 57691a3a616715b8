//! The password of a key: from a file, from the environment, or from the person at the terminal.

use std::io::{IsTerminal as _, Write as _};

use ratatui::crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers};
use ratatui::crossterm::terminal::{disable_raw_mode, enable_raw_mode};

use crate::cli::Seal;
use crate::output::Failure;

/// The password that the arguments name; `None` where a person is to be asked.
pub(super) fn given(arguments: &Seal) -> Result<Option<Vec<u8>>, Failure> {
    if let Some(path) = &arguments.password_file {
        let text = std::fs::read_to_string(path).map_err(|error| {
            Failure::nothing_started(format!("{} cannot be read: {error}", path.display()))
        })?;
        return Ok(Some(text.lines().next().unwrap_or_default().as_bytes().to_owned()));
    }
    if let Some(name) = &arguments.password_env {
        let value = std::env::var(name).map_err(|_| {
            Failure::nothing_started(format!("the environment variable {name} is not set, or is no text"))
        })?;
        return Ok(Some(value.into_bytes()));
    }
    Ok(None)
}

/// Asks for a new password, twice.
pub(super) fn ask_twice() -> Result<Vec<u8>, Failure> {
    let one = ask("Password for the new key: ")?;
    let two = ask("The same once more: ")?;
    if one == two { Ok(one) } else { Err(Failure::nothing_started("the two passwords are not the same")) }
}

/// Asks at the terminal; what is typed is not shown.
pub(super) fn ask(prompt: &str) -> Result<Vec<u8>, Failure> {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return Err(Failure::nothing_started("a password is needed, and there is no terminal to ask at")
            .help("--password-file FILE or --password-env NAME gives it; a new key may have --no-password"));
    }
    let mut stderr = std::io::stderr();
    write!(stderr, "{prompt}").and_then(|()| stderr.flush()).ok();
    let unusable =
        |error: std::io::Error| Failure::nothing_started(format!("the terminal cannot be used: {error}"));
    enable_raw_mode().map_err(unusable)?;
    let typed = read_line();
    disable_raw_mode().ok();
    writeln!(stderr).ok();
    typed.map_err(unusable)?.ok_or_else(|| Failure::nothing_started("no password was given"))
}

/// Keys up to Enter; `None` where the person goes away.
fn read_line() -> std::io::Result<Option<Vec<u8>>> {
    let mut typed = String::new();
    loop {
        let Event::Key(key) = event::read()? else { continue };
        if key.kind == KeyEventKind::Release {
            continue;
        }
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Enter => return Ok(Some(typed.into_bytes())),
            KeyCode::Esc => return Ok(None),
            KeyCode::Char('c' | 'd') if control => return Ok(None),
            KeyCode::Char('u') if control => typed.clear(),
            KeyCode::Char(c) if !control => typed.push(c),
            KeyCode::Backspace => drop(typed.pop()),
            _ => {}
        }
    }
}
