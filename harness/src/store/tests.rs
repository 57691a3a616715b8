use std::fs;

use super::*;

#[test]
fn a_folder_that_holds_something_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("notes.txt"), "mine").unwrap();
    let plan: Plan = serde_json::from_value(serde_json::json!({
        "format": "hantei.plan/1", "edition": "", "catalogue": "", "only": null, "conditions": [],
        "provisions": [], "units": [], "steps": [],
    }))
    .unwrap();
    let manifest: RunManifest = serde_json::from_value(serde_json::json!({
        "format": FORMAT, "tool": tool(), "edition": "", "catalogue": "",
        "policy": { "name": "", "sha256": "" }, "plan": "", "declaration": [],
        "documents": [], "bench": { "origin": "built-in", "device": null }, "samples": [], "equipment": [],
        "date": "2026-04-01", "people": { "operator": null, "assessor": null, "authorizer": null },
        "demonstration": false, "only": null,
    }))
    .unwrap();
    let new =
        NewRun { manifest, plan: &plan, sources: &[], documents: None, bench: ("bench.toml", b"[lab]\n") };
    assert!(matches!(RunStore::create(folder.path(), new), Err(StoreError::NotEmpty(_))));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing was added");
}

#[test]
fn newer_formats_are_not_written_to() {
    assert!(manifest::writable("hantei.run/1"));
    assert!(!manifest::writable("hantei.run/2"));
    assert!(!manifest::writable("hantei.plan/1"));
    assert!(!manifest::writable("hantei.run/one"));
}

#[test]
fn evidence_is_named_by_its_content_and_for_its_owner_only() {
    let run = tempfile::tempdir().unwrap();
    fs::create_dir(run.path().join(EVIDENCE_FOLDER)).unwrap();
    let evidence = Evidence::of(run.path()).unwrap();
    let page = evidence.keep(b"page", "../x").unwrap();
    let capture = evidence.keep(b"frames", "pcapng").unwrap();
    assert_eq!(evidence.keep(b"page", "txt").unwrap(), page);
    assert_eq!(page.reference, digest(b"page"));
    let path = evidence.path(&page.reference).unwrap();
    assert!(path.starts_with(run.path().join(EVIDENCE_FOLDER)) && path.extension().unwrap() == "bin");
    assert_eq!(evidence.read(&capture.reference).as_deref(), Some(b"frames".as_slice()));
    assert_eq!(evidence.read("sha256:../../run.json"), None);
    assert_eq!(Evidence::of(run.path()).unwrap().references().len(), 2);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        for reference in [&capture.reference, &page.reference] {
            let mode = fs::metadata(evidence.path(reference).unwrap()).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}

#[test]
fn what_was_half_written_is_removed_and_nothing_else() {
    let run = tempfile::tempdir().unwrap();
    let folder = run.path().join(EVIDENCE_FOLDER);
    fs::create_dir(&folder).unwrap();
    let evidence = Evidence::of(run.path()).unwrap();
    let page = evidence.keep(b"page", "txt").unwrap();
    let digest = hex_of(&page.reference).unwrap();
    let half = format!("{digest}.pcapng.part");
    for name in [half.as_str(), "notes.txt.part", "notes.part"] {
        fs::write(folder.join(name), b"pa").unwrap();
    }
    assert_eq!(evidence.remove_unfinished().unwrap(), [half]);
    let left = super::names(&folder).unwrap();
    assert_eq!(left, [format!("{digest}.txt"), "notes.part".to_owned(), "notes.txt.part".to_owned()]);
    assert!(evidence.remove_unfinished().unwrap().is_empty());
}

#[test]
fn documents_stay_inside_the_run() {
    assert!(stays_inside("manual/de.pdf"));
    assert!(!stays_inside("../run.json"));
    assert!(!stays_inside("/etc/passwd"));
}
