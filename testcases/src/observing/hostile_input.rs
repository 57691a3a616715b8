//! Every declared input, late: before the outages, after all that needs the device as it is.

use ixit::Declaration;
use ixit::companion::{Input, InputField};
use serde_json::{Value, json};

use super::access_control::{mechanisms, sorted};
use crate::plan::{Disturbance, Observing, Wanted};
use crate::state::DutState;

/// Input that is not expected.
pub static OBSERVING: Observing = Observing {
    probe: "hostile-input",
    order: 992,
    states: &[DutState::Initialized],
    feeds: &[],
    disturbs: &[Disturbance::HostileInput],
    actions: &[],
    budget_seconds: 3600,
    wanted,
};

/// Cases of all inputs, at least.
const CASES: usize = 2000;
/// Cases of each input, at least.
const CASES_EACH: usize = 400;

fn wanted(declaration: &Declaration, state: DutState) -> Vec<Wanted> {
    let mut inputs = Vec::new();
    for row in sorted(declaration, "inp_val") {
        for (place, input) in row.companions.inputs.iter().enumerate() {
            inputs.push(described(&row.id, place, &input.value));
        }
    }
    if inputs.is_empty() {
        return Vec::new();
    }
    let mechanisms = mechanisms(declaration, state);
    // Enough for each input to go beyond the least effort of whoever reads it.
    let cases = (CASES_EACH * inputs.len()).max(CASES);
    vec![Wanted::with(
        "declared inputs",
        json!({ "mechanisms": mechanisms, "inputs": inputs, "cases": cases, "seconds": cases / 2 }),
    )]
}

fn described(row: &str, place: usize, input: &Input) -> Value {
    json!({
        "row": row,
        "place": place,
        "kind": input.kind.as_str(),
        "port": input.port,
        "tls": input.tls,
        "who": input.who,
        "page": input.page,
        "target": input.target,
        "method": input.method,
        "fields": input.fields.iter().map(field).collect::<Vec<Value>>(),
        "example": input.example,
        "largest": input.largest,
        "shown_at": input.shown_at,
    })
}

fn field(field: &InputField) -> Value {
    json!({
        "name": field.name,
        "kind": field.kind.as_str(),
        "value": field.value,
        "least": field.least,
        "most": field.most,
        "longest": field.longest,
        "choices": field.choices,
        "required": field.required,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_facts::TestFacts;

    #[test]
    fn every_declared_input_is_asked_for_as_the_probe_reads_it() {
        let ixit = "[[inp_val]]\nid = \"InpVal-B\"\ninputs = [{ kind = \"datagram\", port = 9, example = \"hex:00\" }]\n\
                    [[inp_val]]\nid = \"InpVal-A\"\ninputs = [{ kind = \"json\", port = 443, method = \"PUT\", target = \"/t\", \
                    fields = [{ name = \"c\", kind = \"integer\", value = \"40\", least = 30, most = 60 }] }]\n\
                    [[inp_val]]\nid = \"InpVal-Panel\"\n";
        let facts = TestFacts::declared(ixit);
        let wanted = wanted(facts.facts().declaration, DutState::Initialized);
        assert_eq!(wanted.len(), 1);
        let mut params = wanted[0].params.clone();
        params["address"] = json!("127.0.0.1");
        let read: probes::probe::hostile_input::Params = serde_json::from_value(params).expect("it is read");
        let rows: Vec<&str> = read.inputs.iter().map(|input| input.row.as_str()).collect();
        assert_eq!(rows, ["InpVal-A", "InpVal-B"]);
        assert_eq!(read.inputs[0].fields[0].most, Some(60));
        assert!(super::wanted(TestFacts::declared("").facts().declaration, DutState::Initialized).is_empty());
    }
}
