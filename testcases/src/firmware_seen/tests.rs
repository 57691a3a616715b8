use ixit::Blame;
use probes::handed_in::{FileRead, FilesRead, Finding, Hardening, ImageRead, Inside, Left, Marker, Part};

use crate::judge::{By, ItemResult};
use crate::test_facts::{Seen, TestFacts};
use crate::verdict::Verdict;

const IXIT: &str = r#"
[[sec_param]]
id = "SecParam-Identity"
description = "Identity"
type = "critical"
hard_coded_identity = true
hard_coded_in_source = false
provisioning = { way = "production" }
[[intf]]
id = "Intf-Uart"
description = "Contacts"
type = ["physical"]
status = "disabled"
debug_interface = true
exposure = "never"
[[intf]]
id = "Intf-Web"
description = "Pages"
type = ["network", "logical"]
status = "enabled"
debug_interface = false
exposure = "required"
[[privl_ctrl]]
id = "PrivlCtrl-Accounts"
description = "Accounts"
"#;

fn finding(kind: &str, path: &str, what: &str, telling: bool) -> Finding {
    Finding {
        kind: kind.into(),
        path: format!("squashfs@4096:{path}"),
        line: Some(3),
        what: what.into(),
        excerpt: format!("{what} (withheld)"),
        telling,
        ..Finding::default()
    }
}

fn image(findings: Vec<Finding>) -> FileRead {
    let part = Part {
        path: "squashfs@4096".into(),
        kind: "squashfs".into(),
        offset: 4096,
        octets: 9000,
        files: 30,
        whole: true,
    };
    let inside = Inside { parts: vec![part], files: 30, findings, ..Inside::default() };
    FileRead {
        kind: "firmware-image".into(),
        of: "SoftComp-System".into(),
        name: "image.bin".into(),
        whole: true,
        image: Some(ImageRead { inside: Some(inside), ..ImageRead::default() }),
        ..FileRead::default()
    }
}

fn with(ixit: &str, file: FileRead) -> TestFacts {
    TestFacts::declared(ixit).observed(Seen::by("handed-in", FilesRead { values: 1, files: vec![file] }))
}

fn failed(facts: &TestFacts, unit: &str) -> Vec<(String, String)> {
    let results = facts.judge(unit).into_iter();
    let failed = results.filter(|result| (result.verdict, result.by) == (Verdict::Fail, By::Machine));
    failed.map(|result| (result.item, result.reason.code)).collect()
}

fn one(item: &str, code: &str) -> Vec<(String, String)> {
    vec![(item.to_owned(), code.to_owned())]
}

#[test]
fn a_private_key_in_use_is_hard_coded_and_one_that_is_a_sample_is_shown() {
    let units = ["5.4-1-2:a", "5.4-3-1:a"];
    let used = with(
        IXIT,
        image(vec![finding("private-key", "/etc/ssl/private/server.key", "EC PRIVATE KEY", true)]),
    );
    let sample =
        with(IXIT, image(vec![finding("private-key", "/usr/lib/libssl.so", "EC PRIVATE KEY", false)]));
    let declared = IXIT.replacen("hard_coded_in_source = false", "hard_coded_in_source = true", 1);
    let declared = with(&declared, image(vec![finding("private-key", "/etc/a.key", "EC PRIVATE KEY", true)]));
    let sound = with(IXIT, image(Vec::new()));
    for unit in units {
        assert_eq!(failed(&used, unit), one("image.bin", "private-key-in-image"), "{unit}");
        for other in [&sample, &declared, &sound] {
            assert_eq!(failed(other, unit), [], "{unit}");
        }
    }
    let result = used.judge("5.4-3-1:a").into_iter().find(|result| result.item == "image.bin").unwrap();
    assert_eq!(result.blame, Some(Blame::DeviceOrDocumentation));
    assert_eq!(result.reason.args["file"], "image.bin (squashfs@4096:/etc/ssl/private/server.key)");
}

#[test]
fn a_key_that_lies_open_in_an_opened_part_is_told_by_its_file() {
    let marked = |offset: u64| {
        let mut file = image(vec![finding("private-key", "/usr/lib/libssl.so", "EC PRIVATE KEY", false)]);
        let marker = Marker { kind: "private-key".into(), offset, label: "EC PRIVATE KEY".into() };
        file.image.as_mut().unwrap().markers.push(marker);
        with(IXIT, file)
    };
    assert_eq!(failed(&marked(5000), "5.4-1-2:a"), []);
    assert_eq!(failed(&marked(20_000), "5.4-1-2:a"), one("image.bin", "private-key-in-image"));
}

#[test]
fn hashes_and_credentials_are_asked_about_where_nothing_is_declared_as_hard_coded() {
    for kind in ["password-hash", "credential", "empty-password", "private-key"] {
        let facts = with(IXIT, image(vec![finding(kind, "/etc/shadow", "root", true)]));
        let result = facts.judge_one("5.4-3-2:a");
        assert_eq!((result.item.as_str(), result.verdict), ("image.bin", Verdict::Inconclusive), "{kind}");
        let open = result.open.expect("a question");
        assert_eq!(open.prejudgement, Some(Verdict::Fail));
        assert!(open.shown.iter().any(|shown| shown.text.contains("/etc/shadow, line 3")), "{open:#?}");
    }
    // What is no secret, or hardly one that is used, leaves the empty selection what it is.
    for file in [image(Vec::new()), image(vec![finding("credential", "/usr/share/x", "password", false)])] {
        let result = with(IXIT, file).judge_one("5.4-3-2:a");
        assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Pass, "no-row-matches"));
    }
}

#[test]
fn a_service_for_debugging_that_nobody_declared_is_asked_about() {
    let starts = |what: &str, telling| {
        image(vec![finding("debug-service-started", "/etc/init.d/S50x", what, telling)])
    };
    let unit = "5.6-4-2:b";
    let asked = |facts: &TestFacts| -> Vec<String> {
        let results = facts.judge(unit);
        assert!(results.iter().all(|result| result.verdict != Verdict::Fail), "{results:#?}");
        let expected = |result: &ItemResult| {
            result.open.as_ref().is_some_and(|open| {
                open.prejudgement == Some(Verdict::Fail)
                    && open.shown.iter().any(|shown| shown.text.contains("/etc/init.d/S50x"))
            })
        };
        let on_image = |result: &&ItemResult| result.item.ends_with("image.bin") && expected(result);
        results.iter().filter(on_image).map(|result| result.item.clone()).collect()
    };
    for what in ["telnetd", "adbd", "gdbserver", "tcf-agent"] {
        assert_eq!(asked(&with(IXIT, starts(what, true))), [format!("{what} in image.bin")]);
    }
    // One behind a condition, one that is declared, a program that merely lies there.
    assert!(asked(&with(IXIT, starts("telnetd", false))).is_empty());
    let declared =
        IXIT.replace("description = \"Pages\"", "description = \"Pages, and Telnet for service staff\"");
    assert!(asked(&with(&declared, starts("telnetd", true))).is_empty());
    let port = IXIT.replace(
        "description = \"Pages\"",
        "description = \"Pages\"\nendpoint = [{ transport = \"tcp\", port = 5555 }]",
    );
    assert!(asked(&with(&port, starts("adbd", true))).is_empty());
    let lies = image(vec![finding("debug-program", "/usr/bin/gdbserver", "gdbserver", false)]);
    assert!(asked(&with(IXIT, lies)).is_empty());
}

#[test]
fn a_console_that_an_image_opens_is_expected_to_fail_at_contacts() {
    let prejudged = |kind: &str, telling| {
        let facts = with(IXIT, image(vec![finding(kind, "/etc/inittab", "sh", telling)]));
        let result = facts.judge_one("5.6-4-2:a");
        result.open.expect("a question").prejudgement
    };
    assert_eq!(prejudged("console-shell", true), Some(Verdict::Fail));
    assert_eq!(prejudged("console-login", true), Some(Verdict::Fail));
    assert_eq!(prejudged("console-login", false), None);
    assert_eq!(prejudged("remote-login-started", true), None);
}

#[test]
fn rights_and_hardening_are_shown_and_decide_nothing() {
    let mut file = image(vec![finding("setuid", "/bin/su", "4755, owner 0", true)]);
    let inside = file.image.as_mut().unwrap().inside.as_mut().unwrap();
    inside.hardening = Hardening { files: 7, lacking: [("nx".to_owned(), 2)].into(), ..Hardening::default() };
    inside.left.push(Left {
        path: "jffs2@90000".into(),
        kind: "jffs2".into(),
        why: "not-supported".into(),
        ..Left::default()
    });
    let open = with(IXIT, file).judge_one("5.6-7-1:a").open.expect("a question");
    let lines: Vec<&str> = open.shown.iter().map(|shown| shown.text.as_str()).collect();
    assert!(lines.iter().any(|line| line.contains("setuid") && line.contains("/bin/su")), "{lines:#?}");
    assert!(lines.contains(&"hardening of 7 programs and libraries; lacking: nx 2"), "{lines:#?}");
    assert!(lines.iter().any(|line| line.contains("not opened: jffs2@90000 (not-supported)")), "{lines:#?}");
}
