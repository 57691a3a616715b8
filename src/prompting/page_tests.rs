//! What a page shows and what it does not.

use harness::testcases::{PromptKind, Role, Verdict};

use super::*;

fn prompt(id: &str, unit: Option<&str>, item: &str) -> Prompt {
    Prompt {
        id: id.to_owned(),
        unit: unit.map(str::to_owned),
        item: item.to_owned(),
        state: None,
        sample: None,
        role: Role::Assessor,
        kind: PromptKind::YesNo,
        shown: Vec::new(),
        prejudgement: None,
        facts: String::new(),
    }
}

fn shown(label: &str, text: &str) -> Shown {
    Shown { label: label.to_owned(), text: text.to_owned(), source: None }
}

fn page(prompt: &Prompt, language: Language) -> String {
    let ground = Ground::default();
    Page { prompt, ground: &ground, language, number: (3, Some(510)), columns: 80, coloured: false }.text()
}

#[test]
fn fields_stand_under_the_headings_of_the_standard_and_in_its_order() {
    let mut prompt = prompt("5.1-1-1:a/X", Some("5.1-1-1:a"), "X");
    prompt.shown = vec![
        shown("auth_mech.generation", r#"{"inputs":["random"],"length":12}"#),
        shown("auth_mech.authentication_factor", "Password"),
        shown("auth_mech.description", "Login"),
    ];
    prompt.prejudgement = Some(Verdict::Fail);
    let text = page(&prompt, Language::En);
    let place = |what: &str| text.find(what).unwrap_or_else(|| panic!("{what} is missing in {text}"));
    assert!(place("Question 3 of 510") < place("Description: Login"));
    assert!(place("Description: Login") < place("Authentication Factor: Password"));
    assert!(place("Authentication Factor") < place("generation (structured data):"));
    assert!(text.contains("\n    inputs: random\n    length: 12\n"), "{text}");
    assert!(place("Look at: ") < place("The facts suggest: no"));
    assert!(place("The facts suggest: no") < place("\nQuestion: "));
    assert!(!text.contains("auth_mech.") && !text.contains("FAIL"), "{text}");
    let japanese = page(&prompt, Language::Ja);
    assert!(japanese.contains("認証要素（Authentication Factor）：Password"), "{japanese}");
    assert!(japanese.contains("事実からの見込み：いいえ"), "{japanese}");
}

#[test]
fn a_unit_that_is_applied_once_shows_no_item_and_a_state_stands_in_words() {
    let mut prompt = prompt("5.1-1-2:a/-@factory_default#S1", Some("5.1-1-2:a"), "-");
    prompt.state = Some(DutState::FactoryDefault);
    prompt.sample = Some("S1".into());
    let text = page(&prompt, Language::En);
    assert!(text.contains("\n5.1-1-2:a\n"), "{text}");
    assert!(text.contains("State: factory default, Sample: S1\n"), "{text}");
    assert!(text.contains("Provision 5.1-1: ") && text.contains("Case 5.1-1-2: "), "{text}");
}

#[test]
fn the_operator_is_told_what_to_do_in_both_languages() {
    let mut prompt = prompt("action/initialized", None, "-");
    prompt.role = Role::Operator;
    prompt.state = Some(DutState::Initialized);
    prompt.shown = vec![shown("action", "onboard"), shown("state", "initialized"), shown("samples", "S1")];
    let text = page(&prompt, Language::En);
    let flowing = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flowing.contains("To do: Set the device up"), "{text}");
    assert!(flowing.contains("The run goes on as soon as"), "{text}");
    assert!(text.contains("Samples: S1") && !text.contains("onboard"), "{text}");
    assert!(page(&prompt, Language::Ja).contains("作業：取扱説明書に従って"));
}

#[test]
fn a_prompt_without_a_unit_has_its_own_question() {
    let of = |id: &str| page(&prompt(id, None, "X"), Language::En);
    assert!(of("companion/X").contains("the same as its prose"));
    assert!(of("not-applicable/5.3-1").contains("as a deviation"));
    assert!(of("external/X").contains("Does this evidence count"));
}

#[test]
fn a_hostile_supplier_cannot_steer_the_terminal() {
    let hostile = "X\u{1b}[2J\u{9b}1m";
    let mut prompt = prompt(&format!("companion/{hostile}"), None, hostile);
    prompt.sample = Some(hostile.to_owned());
    prompt.shown = vec![
        shown(hostile, hostile),
        shown("auth_mech.description", hostile),
        shown("auth_mech.generation", "{\"a\\u001b[2J\":[{\"b\":\"\\u001b[2J\"}]}"),
    ];
    let text = page(&prompt, Language::En);
    assert!(text.chars().all(|character| character == '\n' || !character.is_control()), "{text:?}");
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    let texts = Texts::of(Language::Ja);
    for unit in texts.units.keys() {
        let mut prompt = prompt(&format!("{unit}/X"), Some(unit), "X");
        prompt.shown = vec![shown("com_mech.description", &"長い説明文、".repeat(40))];
        for language in [Language::En, Language::Ja] {
            let text = page(&prompt, language);
            assert!(text.lines().all(|line| line.width() <= 80), "{text}");
        }
    }
}

#[test]
fn nested_data_are_laid_out_with_their_indent() {
    let lines = structured(r#"[{"use":"login","crypto":[{"name":"TLS"},{"name":"none"}]},{"use":"api"}]"#);
    let Some(Structured::Lines(lines)) = lines else { panic!("{lines:?}") };
    let text: Vec<String> =
        lines.into_iter().map(|(indent, line)| format!("{}{line}", " ".repeat(indent))).collect();
    assert_eq!(text, ["- use: login", "  crypto:", "    - name: TLS", "    - name: none", "- use: api"]);
    assert_eq!(structured(r#"["a",1]"#), Some(Structured::Plain("a, 1".into())));
    assert_eq!(structured("Plain [text]"), None);
    assert_eq!(structured("[not JSON"), None);
}
