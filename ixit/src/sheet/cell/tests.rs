use proptest::prelude::*;
use serde_json::json;

use super::*;

fn column(kind: CellKind) -> Column {
    Column::new("Heading", "key", kind)
}

fn typed(column: &Column, text: &str, typed: Typed) -> Result<Json, String> {
    let mut to = Complaints::new(crate::diagnostic::Blame::Documentation);
    let cell = Cell { text: text.to_owned(), typed };
    let ids = Ids::from_iter(["AuthMech-1".to_owned()]);
    let node = column.decode(&cell, &At::whole_file("x"), &ids, &mut to);
    match to.into_sorted().first() {
        Some(fault) => Err(format!("{}: {}", fault.code, fault.message)),
        None => Ok(node.to_value().expect("it is understood").value.to_json()),
    }
}

fn back(column: &Column, value: &Json) -> Result<Json, String> {
    let text = column.encode(value, &Ids::from_iter(["AuthMech-1".to_owned()]));
    typed(column, &text, Typed::Text)
}

proptest! {
    #[test]
    fn any_text_comes_back(text in "\\PC{0,12}|[ \n\r\t\"\u{0}_x0-9]{0,12}|[0-9/.年-]{8,10}") {
        for kind in [CellKind::Text, CellKind::Label, CellKind::Resource, CellKind::Date] {
            let text = Json::from(text.clone());
            prop_assert_eq!(back(&column(kind), &text), Ok(text), "{:?}", kind);
        }
    }

    #[test]
    fn any_list_comes_back(items in proptest::collection::vec("\\PC{0,8}|[a,;・、\n\"_x\\[\\] ]{0,4}|AuthMech.1", 0..4)) {
        let items = Json::from(items);
        let mut ids = column(CellKind::Names);
        ids.refers = vec!["auth_mech".to_owned()];
        for column in [column(CellKind::Lines), column(CellKind::Names), column(CellKind::Resource), ids] {
            prop_assert_eq!(back(&column, &items), Ok(items.clone()), "{:?}", column.kind);
        }
    }
}

#[test]
fn plain_words_stay_plain() {
    let ids = Ids::default();
    assert_eq!(column(CellKind::Text).encode(&json!("=1+1"), &ids), "=1+1");
    assert_eq!(column(CellKind::Names).encode(&json!(["A-1", "B, C"]), &ids), "A-1\n\"B, C\"");
}

#[test]
fn what_people_type_is_understood_where_there_is_no_doubt() {
    for yes in ["Yes", " YES ", "ｙｅｓ", "はい", "true", "○"] {
        assert_eq!(typed(&column(CellKind::Flag), yes, Typed::Text), Ok(json!(true)), "{yes}");
    }
    assert_eq!(typed(&column(CellKind::Flag), "no", Typed::Flag), Ok(json!(false)));
    let mut support = column(CellKind::Choice);
    support.choices = ["Y", "N", "N/A"].map(str::to_owned).to_vec();
    for (text, value) in [("y", "Y"), ("Ｎ／Ａ", "N/A"), ("n.a.", "N/A"), ("いいえ", "N"), ("対応", "Y")]
    {
        assert_eq!(typed(&support, text, Typed::Text), Ok(json!(value)), "{text}");
    }
    let mut ids = column(CellKind::Names);
    ids.refers = vec!["auth_mech".to_owned()];
    assert_eq!(
        typed(&ids, "・ＡｕｔｈＭｅｃｈ－１、 AuthMech-9", Typed::Text),
        Ok(json!(["AuthMech-1", "AuthMech-9"]))
    );
    for day in ["2026-03-31", "2026/3/31", "２０２６年３月３１日"] {
        assert_eq!(typed(&column(CellKind::Date), day, Typed::Text), Ok(json!("2026-03-31")), "{day}");
    }
}

#[test]
fn what_a_program_may_have_changed_is_complained_of() {
    for (kind, text, as_what) in [
        (CellKind::Label, "1.1", Typed::Fraction),
        (CellKind::Names, "2026-06-01", Typed::Date),
        (CellKind::Date, "46112", Typed::Whole),
        (CellKind::Text, "#REF!", Typed::Failed),
        (CellKind::Flag, "perhaps", Typed::Text),
        (CellKind::Flag, "1", Typed::Whole),
    ] {
        let seen = typed(&column(kind), text, as_what);
        assert!(seen.as_ref().is_err_and(|fault| fault.starts_with("wrong-type")), "{text}: {seen:?}");
    }
    assert_eq!(typed(&column(CellKind::Text), "2031-12-31", Typed::Date), Ok(json!("2031-12-31")));
    assert_eq!(typed(&column(CellKind::Label), "3", Typed::Whole), Ok(json!("3")));
}
