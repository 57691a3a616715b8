use harness::ixit::Edition;
use harness::testcases::prompt::Shown;
use harness::testcases::{Answer, Catalogue, Prompt, PromptKind, Role};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::crossterm::event::{KeyCode, KeyEvent};

use super::super::questions::Earlier;
use super::super::seat::Effect;
use super::*;

fn shown(label: &str, text: &str) -> Shown {
    Shown { label: label.to_owned(), text: text.to_owned(), source: None }
}

fn question(id: &str, state: Option<DutState>) -> Question {
    let unit = id.split_once('/').map(|(unit, _)| unit.to_owned());
    let catalogue = Catalogue::of(Edition::ALL[0]);
    let procedure = unit.as_deref().and_then(|unit| catalogue.procedure(unit));
    Question {
        equipment: procedure.map(|procedure| procedure.equipment.clone()).unwrap_or_default(),
        prompt: Prompt {
            id: id.to_owned(),
            unit,
            item: "CodeMin-1".to_owned(),
            state,
            sample: None,
            role: Role::Assessor,
            kind: PromptKind::YesNo,
            shown: vec![shown("code_min.description", "Only what is used is built in")],
            prejudgement: None,
            facts: "sha256:now".to_owned(),
        },
        evidence: Vec::new(),
        earlier: None,
    }
}

fn seat() -> Seat {
    let mut seat = Seat::new("A. Assessor".to_owned(), Catalogue::of(Edition::ALL[0]));
    let mut stale = question("5.6-7-1:a/-", None);
    let decision = Decision {
        prompt: stale.prompt.id.clone(),
        answer: Answer::Text("yes".to_owned()),
        reason: "Read it".to_owned(),
        person: "A. Assessor".to_owned(),
        role: Role::Assessor,
        date: "2026-11-21T10:00:00Z".to_owned(),
        attachments: Vec::new(),
        notes: std::collections::BTreeMap::new(),
        facts: "sha256:before".to_owned(),
    };
    let before = vec![shown("code_min.description", "Everything is built in")];
    stale.earlier = Some(Earlier { decision, shown: Some(before), objection: None });
    let initialized = Some(DutState::Initialized);
    let open = vec![question("5.6-6-1:a/CodeMin-1", None), stale, question("5.6-3-2:a/-", initialized)];
    seat.lay(open, Vec::new());
    seat
}

fn drawn(seat: &Seat, language: Language, size: (u16, u16)) -> String {
    let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).expect("a buffer");
    let around =
        Surroundings { language, ground: &Ground::default(), device: "Hinode HK-100 1.4.2", preview: None };
    terminal.draw(|frame| draw(frame, seat, &around)).expect("a buffer takes everything");
    let buffer = terminal.backend().buffer().clone();
    let mut text = String::new();
    for row in 0..size.1 {
        let mut skip = 0;
        for column in 0..size.0 {
            let symbol = buffer[(column, row)].symbol();
            if skip > 0 {
                skip -= 1;
                continue;
            }
            skip = unicode_width::UnicodeWidthStr::width(symbol).saturating_sub(1);
            text.push_str(symbol);
        }
        text.push('\n');
    }
    text
}

fn press(seat: &mut Seat, code: KeyCode) -> Effect {
    seat.key(KeyEvent::from(code))
}

#[test]
fn questions_stand_below_state_and_equipment_with_the_facts_beside() {
    let screen = drawn(&seat(), Language::En, (120, 40));
    for wanted in ["Open 3", "any state", "CodeMin-1", "Only what is used is built in", "Question", "q leave"]
    {
        assert!(screen.contains(wanted), "{wanted} is not in\n{screen}");
    }
    let japanese = drawn(&seat(), Language::Ja, (120, 40));
    for wanted in ["未決 3", "状態を問わない", "質問", "終わる"] {
        assert!(japanese.contains(wanted), "{wanted} is not in\n{japanese}");
    }
}

#[test]
fn a_stale_answer_is_marked_and_shown_with_what_changed() {
    let mut seat = seat();
    press(&mut seat, KeyCode::Down);
    press(&mut seat, KeyCode::Char('3'));
    let screen = drawn(&seat, Language::En, (120, 40));
    for wanted in
        ["~ 5.6-7-1:a/-", "yes", "before: Everything is built in", "now: Only what is used is built in"]
    {
        assert!(screen.contains(wanted), "{wanted} is not in\n{screen}");
    }
}

#[test]
fn an_answer_is_given_step_by_step_and_handed_out_once_confirmed() {
    let mut seat = seat();
    press(&mut seat, KeyCode::Enter);
    let mut last = Effect::None;
    for line in ["y", "The list of the build", "", ""] {
        for character in line.chars() {
            press(&mut seat, KeyCode::Char(character));
        }
        assert!(drawn(&seat, Language::En, (120, 40)).contains('>'));
        last = press(&mut seat, KeyCode::Enter);
    }
    let Effect::Answer(prompt, decision) = last else { panic!("{last:?}") };
    assert_eq!((prompt.id.as_str(), decision.person.as_str()), ("5.6-6-1:a/CodeMin-1", "A. Assessor"));
    assert_eq!((decision.answer.as_text().as_str(), decision.facts.as_str()), ("yes", "sha256:now"));
}

#[test]
fn the_search_leaves_what_holds_its_text_and_escape_takes_it_back() {
    let mut seat = seat();
    press(&mut seat, KeyCode::Char('/'));
    for character in "5.6-3".chars() {
        press(&mut seat, KeyCode::Char(character));
    }
    press(&mut seat, KeyCode::Enter);
    assert_eq!(seat.question().map(Question::name), Some("5.6-3-2:a/-"));
    press(&mut seat, KeyCode::Esc);
    assert_eq!(seat.listed().len(), 3);
    assert!(matches!(press(&mut seat, KeyCode::Char('q')), Effect::Leave));
}

#[test]
fn a_terminal_that_is_too_small_says_so() {
    assert!(drawn(&seat(), Language::En, (40, 10)).contains("too small"));
}
