//! What a declaration says, without the places where it says it: for comparing two of them and for
//! binding a decision to what a person was shown.

use serde_json::{Map, Value as Json, json};

use crate::companion::Companions;
use crate::declaration::{Declaration, Form, Row, TableContent};
use crate::described::Described;
use crate::located::{Located, Value};

impl Declaration {
    /// Everything that ICS and IXIT say, as JSON. Two declarations with the same content mean the same,
    /// whatever their files look like. Documents and what is stated for label schemes are not part of it.
    pub fn content(&self) -> Json {
        let provisions: Map<String, Json> =
            self.ics.provisions.iter().filter_map(|(id, entry)| Some((id.clone(), entry.write()?))).collect();
        let tables: Map<String, Json> = self
            .ixit
            .tables
            .iter()
            .map(|(key, content)| {
                let content = match content {
                    TableContent::Rows(rows) => Json::Array(rows.iter().map(Row::content).collect()),
                    TableContent::Form(form) => form.content(),
                    TableContent::Empty(reason) => json!({ "empty": reason.value }),
                };
                (key.clone(), content)
            })
            .collect();
        let contradicted: Map<String, Json> = self
            .ixit
            .contradicted
            .iter()
            .map(|(key, reason)| (key.clone(), reason.value.as_str().into()))
            .collect();
        json!({
            "edition": self.edition.name(),
            "dut": self.ics.dut.write(),
            "supplier": self.ics.supplier.write(),
            "provision": provisions,
            "external_evidence": self.ics.external_evidence.write(),
            "ixit": tables,
            "contradicted": contradicted,
        })
    }
}

impl Row {
    /// The row as JSON: id, fields and companions, without places.
    pub fn content(&self) -> Json {
        let mut object = keyed(&self.fields, &self.companions);
        object.insert("id".into(), self.id.as_str().into());
        if self.observed_only {
            object.insert("origin".into(), "observed".into());
        }
        Json::Object(object)
    }
}

impl Form {
    /// The form as JSON: fields and companions, without places.
    pub fn content(&self) -> Json {
        Json::Object(keyed(&self.fields, &self.companions))
    }
}

fn keyed(
    fields: &std::collections::BTreeMap<String, Located<Value>>,
    companions: &Companions,
) -> Map<String, Json> {
    let mut object: Map<String, Json> =
        fields.iter().map(|(key, value)| (key.clone(), value.value.to_json())).collect();
    object.extend(companions.content());
    object
}

impl Value {
    /// The value as JSON, without places.
    pub fn to_json(&self) -> Json {
        match self {
            Self::Text(text) => text.as_str().into(),
            Self::Flag(flag) => (*flag).into(),
            Self::Number(number) => (*number).into(),
            Self::List(items) => Json::Array(items.iter().map(|item| item.value.to_json()).collect()),
            Self::Table(entries) => Json::Object(
                entries.iter().map(|(key, value)| (key.clone(), value.value.to_json())).collect(),
            ),
        }
    }
}
