//! The declaration of an instance, read by those who will read it.

use ixit::declaration::SourceFile;
use ixit::{Bench, Declaration, Severity};
use lab::{Instance, Spec};

#[test]
fn the_declaration_of_the_sound_device_is_understood_without_a_finding() {
    let instance = Instance::start(Spec::default()).unwrap();
    let folder = instance.folder().unwrap();

    let place = tempfile::tempdir().unwrap();
    for (name, bytes) in &folder.0 {
        let path = place.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    let reading = Declaration::read(place.path());
    let said: Vec<String> = reading.diagnostics.iter().map(|d| format!("{d:?}")).collect();
    assert!(reading.declaration.is_some() && said.is_empty(), "{said:#?}");

    let (bench, diagnostics) = Bench::read(&place.path().join("bench.toml"));
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let sample = &bench.unwrap().samples[0];
    assert_eq!(sample.address, instance.address());
    assert_ne!(sample.source, Some(sample.address));

    let decisions = instance.decisions().unwrap();
    assert!(!decisions.contains("{{"));
    decisions.parse::<toml::Table>().unwrap();
}

#[test]
fn every_documentation_fault_leaves_a_declaration_that_can_be_read() {
    let sound = Instance::start(Spec::default()).unwrap();
    for fault in lab::faults() {
        let lab::Apply::Documentation(edit) = fault.apply else { continue };
        let mut folder = sound.folder().unwrap();
        edit(&mut folder).unwrap_or_else(|error| panic!("{}: {error}", fault.name));
        let sources = ["ics.toml", "ixit.toml"]
            .map(|name| SourceFile::new(name, folder.text(name).unwrap().as_bytes().to_vec()));
        let reading = Declaration::from_sources(sources.to_vec(), Vec::new());
        let errors: Vec<_> = reading
            .diagnostics
            .iter()
            .filter(|d| d.severity == Severity::Error)
            .map(|d| &d.message)
            .collect();
        assert!(errors.is_empty(), "{}: {errors:?}", fault.name);
    }
}
