//! The assessor's desk: `hantei decide RUN` at a terminal, full screen. Questions in any order, facts beside the
//! criterion, evidence, stale answers with what changed, and the review of a second person.

mod evidence;
mod form;
mod questions;
mod screen;
mod seat;
mod words;

use std::path::Path;
use std::sync::Arc;

use harness::testcases::Catalogue;
use harness::testcases::texts::Language;
use harness::{OpenRecord, RunOutcome, Silent, Taken};
use ratatui::crossterm::event::{self, Event, KeyEventKind};

use self::evidence::{Preview, preview};
use self::screen::Surroundings;
use self::seat::{Effect, Pane, Seat};
use crate::output::Failure;
use crate::prompting::Ground;

/// Lets a person work on the open questions of a run until they leave; each answer is on disk once it is confirmed.
pub(crate) fn sit(
    folder: &Path,
    takes: &dyn Fn(&str) -> bool,
    person: Option<&str>,
    language: Language,
) -> Result<RunOutcome, Failure> {
    let mut desk = OpenRecord::open(folder, Arc::new(Silent)).map_err(Failure::of_run)?;
    let assessor = desk.record().manifest.people.assessor.clone();
    let person = person.map(str::to_owned).or(assessor).unwrap_or_default();
    let mut seat = Seat::new(person, Catalogue::of(desk.record().declaration.edition));
    let ground = Ground::of(&desk.record().declaration);
    let device = device_of(&desk);
    lay(&mut seat, &desk, takes);
    let mut terminal = ratatui::try_init().map_err(Failure::nothing_started)?;
    let worked = (|| -> Result<(), Failure> {
        loop {
            let around =
                Surroundings { language, ground: &ground, device: &device, preview: shown(&seat, &desk) };
            terminal
                .draw(|frame| screen::draw(frame, &seat, &around))
                .map_err(|error| Failure::nothing_started(format!("the screen cannot be drawn: {error}")))?;
            let event = event::read()
                .map_err(|error| Failure::nothing_started(format!("the keys cannot be read: {error}")))?;
            let Event::Key(key) = event else { continue };
            if key.kind == KeyEventKind::Release {
                continue;
            }
            let words = words::of(language);
            let taken = match seat.key(key) {
                Effect::None => continue,
                Effect::Leave => return Ok(()),
                Effect::Answer(prompt, decision) => desk.answer(&prompt, *decision),
                Effect::Review(decision) => desk.decide(*decision),
            };
            seat.told = Some(match taken.map_err(Failure::of_run)? {
                Taken::Kept => words.kept.to_owned(),
                Taken::Unchanged => words.unchanged.to_owned(),
                Taken::Refused(why) => format!("{}: {why}", words.refused),
            });
            lay(&mut seat, &desk, takes);
        }
    })();
    ratatui::restore();
    worked?;
    desk.close().map_err(Failure::of_run)
}

fn lay(seat: &mut Seat, desk: &OpenRecord, takes: &dyn Fn(&str) -> bool) {
    seat.lay(questions::open(desk, takes), questions::answered(desk));
}

/// The evidence that the pane shows.
fn shown(seat: &Seat, desk: &OpenRecord) -> Option<Preview> {
    if seat.pane != Pane::Evidence {
        return None;
    }
    let question = seat.question()?;
    let at = seat.evidence.min(question.evidence.len().checked_sub(1)?);
    let evidence = question.evidence.get(at)?;
    Some(preview(desk, evidence))
}

fn device_of(desk: &OpenRecord) -> String {
    let dut = &desk.record().declaration.ics.dut;
    let said = |value: &Option<harness::ixit::Located<String>>| {
        value.as_ref().map(|value| value.value.clone()).unwrap_or_default()
    };
    format!("{} {} {}", said(&dut.manufacturer), said(&dut.model), said(&dut.firmware)).trim().to_owned()
}
