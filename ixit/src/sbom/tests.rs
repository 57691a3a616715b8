use proptest::prelude::*;

use super::*;
use crate::declaration::{Document, SourceFile};
use crate::diagnostic::Severity;

const CYCLONE: &str = r#"{
  "bomFormat": "CycloneDX", "specVersion": "1.6",
  "metadata": { "timestamp": "2026-11-01T00:00:00Z",
    "component": { "type": "firmware", "name": "WH-100", "version": "1.4.2" } },
  "components": [
    { "type": "application", "name": "control", "version": "1.4.2", "components": [
      { "type": "library", "name": "ring", "version": "0.17.14", "purl": "pkg:cargo/ring@0.17.14" } ] },
    { "type": "library", "group": "org.example", "name": "codec", "version": "2.0", "purl": "pkg:maven/org.example/codec@2.0" },
    { "type": "file", "name": "logo.png" },
    { "type": "application", "name": "compiler", "version": "1", "scope": "excluded" }
  ]
}"#;

const SPDX: &str = r#"{
  "spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT",
  "creationInfo": { "created": "2026-11-01T00:00:00Z" },
  "documentDescribes": ["SPDXRef-root"],
  "packages": [
    { "SPDXID": "SPDXRef-root", "name": "WH-100", "versionInfo": "1.4.2" },
    { "SPDXID": "SPDXRef-a", "name": "musl", "versionInfo": "1.2.5", "externalRefs": [
      { "referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": "pkg:generic/musl@1.2.5" },
      { "referenceCategory": "SECURITY", "referenceType": "cpe23Type", "referenceLocator": "cpe:2.3:a:musl-libc:musl:1.2.5:*:*:*:*:*:*:*" } ] },
    { "SPDXID": "SPDXRef-b", "name": "sources.tar", "versionInfo": "NOASSERTION", "primaryPackagePurpose": "SOURCE" }
  ]
}"#;

const TAG_VALUE: &str = "SPDXVersion: SPDX-2.3
DataLicense: CC0-1.0
Created: 2026-11-01T00:00:00Z
# the product
PackageName: WH-100
SPDXID: SPDXRef-root
PackageVersion: 1.4.2
PackageComment: <text>first line
PackageName: not one
last line</text>

PackageName: musl
SPDXID: SPDXRef-a
PackageVersion: 1.2.5
ExternalRef: PACKAGE-MANAGER purl pkg:generic/musl@1.2.5
Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-root
FileName: ./a.c
SPDXID: SPDXRef-file
";

const SPDX3: &str = r#"{
  "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld",
  "@graph": [
    { "type": "CreationInfo", "@id": "_:c", "created": "2026-11-01T00:00:00Z" },
    { "type": "software_Sbom", "spdxId": "urn:s", "rootElement": ["urn:root"] },
    { "type": "software_Package", "spdxId": "urn:root", "name": "WH-100", "software_packageVersion": "1.4.2" },
    { "type": "software_Package", "spdxId": "urn:a", "name": "musl", "software_packageVersion": "1.2.5",
      "externalIdentifier": [{ "type": "ExternalIdentifier", "externalIdentifierType": "packageUrl", "identifier": "pkg:generic/musl@1.2.5" }] }
  ]
}"#;

fn sound(text: &str) -> Sbom {
    let (sbom, findings) = Sbom::from_bytes("documents/sbom", text.as_bytes());
    assert_eq!(findings, [], "{findings:#?}");
    sbom.expect("a bill")
}

/// Codes with their lines.
fn wrong(text: &str) -> Vec<(String, u32)> {
    let (_, findings) = Sbom::from_bytes("documents/sbom", text.as_bytes());
    assert!(
        findings.iter().all(|one| one.severity == Severity::Finding && one.help.is_some()),
        "{findings:#?}"
    );
    findings.into_iter().map(|one| (one.code, one.at.line)).collect()
}

fn code(code: &str, line: u32) -> Vec<(String, u32)> {
    vec![(code.to_owned(), line)]
}

#[test]
fn each_form_tells_root_components_and_names() {
    for (text, format) in [(SPDX, "SPDX 2.3"), (TAG_VALUE, "SPDX 2.3 tag-value"), (SPDX3, "SPDX 3.0.1")] {
        let sbom = sound(text);
        assert_eq!(sbom.format, format);
        assert_eq!(sbom.root.as_ref().map(Component::title).as_deref(), Some("WH-100 1.4.2"), "{format}");
        assert_eq!(sbom.made.as_deref(), Some("2026-11-01T00:00:00Z"), "{format}");
        assert_eq!(sbom.components[0].title(), "musl 1.2.5", "{format}");
        assert_eq!(sbom.components[0].purl.as_deref(), Some("pkg:generic/musl@1.2.5"), "{format}");
    }
    let sbom = sound(SPDX);
    assert!(sbom.components[0].cpe.as_deref().is_some_and(|cpe| cpe.contains("musl-libc")));
    assert!(!sbom.components[1].counts, "sources are not delivered");
    assert_eq!(sound(TAG_VALUE).components.len(), 1, "a tag inside a text is none");
}

#[test]
fn nested_components_of_cyclonedx_name_what_holds_them() {
    for version in ["1.4", "1.5", "1.6", "1.7"] {
        let sbom = sound(&CYCLONE.replace("\"1.6\"", &format!("\"{version}\"")));
        let seen: Vec<_> =
            sbom.components.iter().map(|one| (one.name.as_str(), one.part_of, one.counts)).collect();
        assert_eq!(
            seen,
            [
                ("control", None, true),
                ("ring", Some(0), true),
                ("codec", None, true),
                ("logo.png", None, false),
                ("compiler", None, false),
            ],
            "{version}"
        );
    }
}

#[test]
fn what_is_not_read_is_refused_by_name_with_the_place() {
    let of = |from: &str, to: &str| wrong(&CYCLONE.replace(from, to));
    assert_eq!(of("\"1.6\"", "\"1.3\""), code("sbom-not-understood", 2));
    assert_eq!(of("\"components\": [\n", "\"components\": 7, \"x\": [\n"), code("sbom-not-understood", 5));
    assert_eq!(of("\"name\": \"codec\", ", ""), code("sbom-not-understood", 8));
    assert_eq!(of("pkg:maven/org.example/codec@2.0", "maven codec"), code("sbom-bad-value", 8));
    assert_eq!(of("\"codec\", \"version\": \"2.0\",", "\"codec\","), code("sbom-without-version", 8));
    assert_eq!(wrong(&SPDX.replace("SPDX-2.3", "SPDX-2.1")), code("sbom-not-understood", 2));
    assert_eq!(wrong(&TAG_VALUE.replace("SPDX-2.3", "SPDX-1.2")), code("sbom-not-understood", 1));
    assert_eq!(wrong(&SPDX3.replace("rdf/3.0.1", "rdf/4.0")), code("sbom-not-understood", 2));
    assert_eq!(wrong("{}"), code("sbom-not-understood", 1));
    assert_eq!(wrong("<bom xmlns=\"http://cyclonedx.org/schema/bom/1.6\"/>"), code("sbom-not-understood", 0));
    assert_eq!(wrong("{\n  \"bomFormat\": \"CycloneDX\",\n  oops }"), code("sbom-not-understood", 3));
    assert!(!wrong("just words\nof somebody").is_empty());
    assert_eq!(wrong(""), code("sbom-not-understood", 0));
}

#[test]
fn the_same_component_twice_is_said_at_the_second() {
    let again = r#"{ "type": "file", "name": "logo.png" }"#;
    let other = r#"{ "type": "library", "group": "org.example", "name": "codec", "version": "2.0", "purl": "pkg:maven/org.example/codec@2.0" }"#;
    assert_eq!(wrong(&CYCLONE.replace(again, other)), code("sbom-duplicate-component", 9));
    // Two versions are two components.
    assert_eq!(wrong(&CYCLONE.replace(again, &other.replace("2.0", "3.0"))), []);
}

#[test]
fn sizes_are_bounded() {
    let mut long = b"SPDXVersion: SPDX-2.3\n".to_vec();
    long.resize(LARGEST + 1, b'#');
    let (sbom, findings) = Sbom::from_bytes("documents/sbom", &long);
    assert!(sbom.is_none() && findings[0].code == "sbom-not-understood");
    let many = format!(
        "SPDXVersion: SPDX-2.3\n{}",
        "PackageName: a\nPackageVersion: 1\n".repeat(MOST_COMPONENTS + 5)
    );
    let (sbom, findings) = Sbom::from_bytes("documents/sbom", many.as_bytes());
    assert_eq!(sbom.expect("what fits").components.len(), MOST_COMPONENTS);
    assert!(findings.len() <= 1001, "{}", findings.len());
    let deep = format!(
        "{{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"components\":{}",
        "[{\"name\":\"a\",\"components\":".repeat(5000)
    );
    assert!(Sbom::from_bytes("documents/sbom", deep.as_bytes()).0.is_none());
}

fn component(group: Option<&str>, name: &str, version: &str, purl: Option<&str>) -> Component {
    Component {
        name: name.to_owned(),
        group: group.map(str::to_owned),
        version: Some(version.to_owned()),
        purl: purl.map(str::to_owned),
        cpe: None,
        counts: true,
        part_of: None,
        at: At::whole_file("documents/sbom"),
    }
}

#[test]
fn a_row_means_a_component_by_name_or_package_url() {
    let ring = component(None, "ring", "0.17.14", Some("pkg:cargo/ring@0.17.14"));
    let codec = component(Some("org.example"), "codec", "2.0", Some("pkg:maven/org.example/codec@2.0"));
    for (wanted, ours, is) in [
        ("ring", &ring, true),
        ("ring@0.17.14", &ring, true),
        ("ring@0.17.8", &ring, false),
        ("pkg:cargo/ring", &ring, true),
        ("pkg:cargo/ring@0.17.14", &ring, true),
        ("pkg:cargo/ring@0.17.8", &ring, false),
        ("pkg:npm/ring", &ring, false),
        ("Ring", &ring, false),
        ("codec", &codec, true),
        ("org.example/codec", &codec, true),
        ("org.example:codec@2.0", &codec, true),
        ("other/codec", &codec, false),
        ("", &codec, false),
        ("pkg:", &codec, false),
    ] {
        assert_eq!(is_meant(wanted, ours), is, "{wanted}");
    }
}

fn declared(rows: &str) -> Declaration {
    let ics = "edition = \"en303645-2.1.1\"\n[dut]\nmodel = \"WH-100\"\nfirmware = \"1.4.2\"\n";
    let sources = vec![
        SourceFile::new("ics.toml", ics.as_bytes().to_vec()),
        SourceFile::new("ixit.toml", rows.as_bytes().to_vec()),
    ];
    let document = Document { path: "bom.json".to_owned(), sha256: "0".repeat(64), size: 1 };
    let reading = Declaration::from_sources(sources, vec![document]);
    reading.declaration.unwrap_or_else(|| panic!("{:#?}", reading.diagnostics))
}

fn compared(bill: &str, rows: &str) -> Vec<String> {
    let bill = Bill {
        document: "bom.json".to_owned(),
        sha256: String::new(),
        sbom: Some(sound(bill)),
        findings: Vec::new(),
    };
    compare(&[bill], &declared(rows)).into_iter().map(|one| one.code).collect()
}

const ROWS: &str = "[[soft_comp]]\nid = \"SoftComp-1\"\ndescription = \"Control 1.4 with ring 0.17.14\"\n\
    sbom = { document = \"bom.json\", components = [\"control\", \"org.example/codec\"] }\n";

#[test]
fn bill_and_rows_agree_or_the_difference_is_named() {
    assert_eq!(compared(CYCLONE, ROWS), [""; 0], "who claims a component claims its parts");
    let all = ROWS.replace(", components = [\"control\", \"org.example/codec\"]", "");
    assert_eq!(compared(CYCLONE, &all), [""; 0]);
    let one = ROWS.replace(", \"org.example/codec\"", "");
    assert_eq!(compared(CYCLONE, &one), ["sbom-component-unclaimed"]);
    let more = ROWS.replace("\"control\",", "\"control\", \"contrl\",");
    assert_eq!(compared(CYCLONE, &more), ["sbom-lacks-component"]);
    let older = CYCLONE.replace("\"WH-100\", \"version\": \"1.4.2\"", "\"WH-100\", \"version\": \"1.4.1\"");
    assert_eq!(compared(&older, ROWS), ["sbom-version-differs"]);
    // The bill of another part has a version of its own.
    let part = older.replace("WH-100", "boot loader");
    assert_eq!(compared(&part, ROWS), [""; 0]);
}

#[test]
fn versions_in_prose_and_of_implementations_are_those_of_the_bill() {
    for (text, agrees) in [
        ("Control 1.4", true),
        ("control v1.4.2.", true),
        ("Control version 1.4.2, in Rust", true),
        ("Control 1.5", false),
        ("Control 1.4.1 in Rust", false),
        ("Control 14 times a day", true),
        ("Remote-control 1.5", true),
        ("Control 1.5-rc", true),
        ("制御 control 1.3 版", false),
        ("Control, 1.5 of them", true),
    ] {
        let rows = ROWS.replace("Control 1.4 with ring 0.17.14", text);
        let expected: &[&str] = if agrees { &[] } else { &["sbom-version-differs"] };
        assert_eq!(compared(CYCLONE, &rows), expected, "{text}");
    }
    for (implementation, agrees) in [
        ("name = \"ring\", version = \"0.17.14\"", true),
        ("name = \"ring\", version = \"0.17.8\"", false),
        ("name = \"x\", version = \"0.17.8\", purl = \"pkg:cargo/ring@0.17.8\"", false),
        ("name = \"x\", version = \"0.17.8\"", true),
    ] {
        let rows = format!(
            "{ROWS}[[net_sec_impl]]\nid = \"NetSecImpl-1\"\nimplementation = {{ {implementation} }}\n"
        );
        let expected: &[&str] = if agrees { &[] } else { &["sbom-version-differs"] };
        assert_eq!(compared(CYCLONE, &rows), expected, "{implementation}");
    }
}

#[test]
fn many_components_that_nobody_claims_are_named_in_part_and_counted() {
    let entry = |n: usize| format!("{{ \"name\": \"lib{n}\", \"version\": \"1\" }}");
    let all: Vec<String> = (0..200).map(entry).collect();
    let bill = CYCLONE.replace("{ \"type\": \"file\", \"name\": \"logo.png\" }", &all.join(","));
    assert_eq!(compared(&bill, ROWS).len(), 51);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn garbage_is_refused_and_never_more(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = Sbom::from_bytes("documents/sbom", &bytes);
    }

    #[test]
    fn a_torn_or_altered_bill_is_refused_and_never_more(
        which in 0_usize..4, cut in 0_usize..2000, at in 0_usize..2000, byte in any::<u8>()
    ) {
        let mut bytes = [CYCLONE, SPDX, TAG_VALUE, SPDX3][which].as_bytes().to_vec();
        let place = at % bytes.len();
        bytes[place] = byte;
        bytes.truncate(cut % (bytes.len() + 1));
        let (sbom, findings) = Sbom::from_bytes("documents/sbom", &bytes);
        prop_assert!(sbom.is_some() || !findings.is_empty());
    }

    #[test]
    fn prose_of_any_kind_is_looked_through(text in ".{0,80}", name in "[a-zA-Z0-9-]{0,8}") {
        let name = if name.is_empty() { "control".to_owned() } else { name };
        let bill = format!("{{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"components\":[{{\"name\":\"{name}\",\"version\":\"1.0\"}}]}}");
        let (sbom, _) = Sbom::from_bytes("documents/sbom", bill.as_bytes());
        let text = serde_json::to_string(&text).expect("a text");
        let rows = format!("{{\"soft_comp\":[{{\"id\":\"S\",\"description\":{text},\"sbom\":{{\"document\":\"bom.json\",\"components\":[{name:?}]}}}}]}}");
        let ics = "{\"edition\":\"en303645-2.1.1\",\"dut\":{\"model\":\"WH-100\"}}";
        let sources = vec![
            SourceFile::new("ics.json", ics.as_bytes().to_vec()),
            SourceFile::new("ixit.json", rows.into_bytes()),
        ];
        if let Some(declaration) = Declaration::from_sources(sources, Vec::new()).declaration {
            let bill = Bill { document: "bom.json".to_owned(), sha256: String::new(), sbom, findings: Vec::new() };
            let _ = compare(&[bill], &declaration);
        }
    }
}
