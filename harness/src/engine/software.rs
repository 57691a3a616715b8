//! What the probe `known-vulnerabilities` gets: bills of materials and statements out of the stored documents, and the
//! vulnerability data of the bench.

use std::path::Path;

use ixit::declaration::is_placeholder;
use ixit::sbom::{self, Bill};
use ixit::{Declaration, Located};
use probes::vulnerability::{BillRead, COMPONENTS_AT_MOST, ComponentRead, DataFile, DataPlace, Software};

/// Name of the probe.
pub(super) const PROBE: &str = "known-vulnerabilities";

/// `folder` is that of the declaration in the run.
pub(super) fn of(declaration: &Declaration, folder: &Path, data: Vec<DataFile>) -> Software {
    let stated = |text: &Option<Located<String>>| {
        text.as_ref().map(|text| text.value.clone()).filter(|text| !is_placeholder(text))
    };
    let dut = &declaration.ics.dut;
    Software {
        model: stated(&dut.model),
        firmware: stated(&dut.firmware),
        bills: sbom::named(declaration, folder).into_iter().map(read).collect(),
        statements: statements(declaration, folder),
        data,
    }
}

fn read(bill: Bill) -> BillRead {
    let mut read = BillRead { document: bill.document, sha256: bill.sha256, ..BillRead::default() };
    let Some(sbom) = bill.sbom else { return read };
    read.format = sbom.format;
    read.made = sbom.made;
    read.product = sbom.root.map(|root| root.title());
    read.further = sbom.components.len().saturating_sub(COMPONENTS_AT_MOST) as u64;
    let components = sbom.components.into_iter().take(COMPONENTS_AT_MOST);
    read.components = components
        .map(|component| ComponentRead {
            name: component.name,
            group: component.group,
            version: component.version,
            purl: component.purl,
            cpe: component.cpe,
            counts: component.counts,
            part_of: component.part_of,
        })
        .collect();
    read
}

/// Only what the walk over `documents/` has found.
fn statements(declaration: &Declaration, folder: &Path) -> Vec<DataFile> {
    let rows = declaration.ixit.rows("vuln_mon").iter().filter(|row| !row.observed_only);
    let mut paths: Vec<&str> =
        rows.flat_map(|row| &row.companions.vex).map(|path| path.value.as_str()).collect();
    paths.sort_unstable();
    paths.dedup();
    paths
        .into_iter()
        .filter(|path| declaration.documents.iter().any(|document| document.path == *path))
        .map(|path| DataFile {
            name: path.to_owned(),
            format: "csaf".to_owned(),
            place: DataPlace::Path(folder.join("documents").join(path)),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bills_and_statements_come_out_of_the_stored_documents() {
        let below = tempfile::tempdir().unwrap();
        let documents = below.path().join("documents");
        std::fs::create_dir(&documents).unwrap();
        let bill = r#"{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"name":"ring","version":"0.17.8"}]}"#;
        std::fs::write(documents.join("bom.json"), bill).unwrap();
        std::fs::write(documents.join("vex.json"), "{}").unwrap();
        std::fs::write(
            below.path().join("ics.toml"),
            "edition = \"en303645-2.1.1\"\n[dut]\nmodel = \"WH-100\"\n",
        )
        .unwrap();
        let rows = "[[soft_comp]]\nid = \"SoftComp-1\"\nsbom = { document = \"bom.json\" }\n\
                    [[vuln_mon]]\nid = \"VulnMon-1\"\nvex = [\"vex.json\", \"nowhere.json\", \"../ics.toml\"]\n";
        std::fs::write(below.path().join("ixit.toml"), rows).unwrap();
        let declaration = Declaration::read(below.path()).declaration.expect("understood");
        let software = of(&declaration, below.path(), Vec::new());
        assert_eq!((software.model.as_deref(), software.firmware), (Some("WH-100"), None));
        assert_eq!(software.bills[0].components[0].name, "ring");
        let names: Vec<&str> = software.statements.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["vex.json"], "what is not among the documents is not opened");
        // A document that is not there any more is a bill that cannot be read.
        std::fs::remove_file(documents.join("bom.json")).unwrap();
        assert_eq!(of(&declaration, below.path(), Vec::new()).bills[0].format, "");
    }
}
