//! Reading hostile files in a limited process: the program starts itself, and whatever the file does, it costs no more
//! than the file.
#![cfg(target_os = "linux")]
#![expect(clippy::disallowed_methods, reason = "the program under test")]

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use harness::probes::apart::{
    DocumentFormat, DocumentRead, Limits, NotRead, Order, Task, read_apart as read_in_child,
};
use tokio_util::sync::CancellationToken;

const PROGRAM: &str = env!("CARGO_BIN_EXE_hantei");

fn order(format: DocumentFormat) -> Order {
    Order::of(Task::Document { format })
}

fn read(order: &Order, octets: &[u8]) -> Result<DocumentRead, NotRead> {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let cancel = CancellationToken::new();
    let answer = runtime.block_on(read_in_child(Some(Path::new(PROGRAM)), order, octets, &cancel));
    answer.map(|answer| serde_json::from_value(answer).expect("what a document gives"))
}

#[test]
fn a_document_comes_back_by_page_and_line() {
    let text = "# Manual\n\n## 7. Deleting\n\nHold **both keys** for ten seconds.\n";
    let found = read(&order(DocumentFormat::Markdown), text.as_bytes()).expect("a document");
    assert!(found.is_whole());
    assert_eq!(found.pages[0].lines[4], "Hold both keys for ten seconds.");
}

#[test]
fn without_a_program_nothing_is_read() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let cancel = CancellationToken::new();
    let order = order(DocumentFormat::Text);
    let read = |program| runtime.block_on(read_in_child(program, &order, b"text", &cancel));
    let none = read(None).expect_err("nothing");
    assert!(none.is_of_the_lab() && none.code() == "no-reader", "{none:?}");
    let missing = read(Some(Path::new("/nowhere/hantei"))).expect_err("nothing");
    assert!(missing.is_of_the_lab() && missing.code() == "reader-not-started", "{missing:?}");
    let another = read(Some(Path::new("/bin/false"))).expect_err("nothing");
    assert!(another.is_of_the_lab() && another.code() == "reader-broken", "{another:?}");
    cancel.cancel();
    let stopped = read(Some(Path::new(PROGRAM))).expect_err("nothing");
    assert_eq!(stopped, NotRead::Cancelled);
}

#[test]
fn each_bound_is_told_by_its_name() {
    let order = order(DocumentFormat::Text);
    let with = |limits: Limits| Order { limits, ..order.clone() };
    let text = vec![b'a'; 4 << 20];
    let tight = with(Limits { octets: 1 << 20, ..order.limits });
    let too_large = read(&tight, &text).expect_err("too large");
    assert_eq!(too_large, NotRead::TooLarge { octets: 4 << 20, at_most: 1 << 20 });
    let tight = with(Limits { answer: 1 << 10, ..order.limits });
    assert_eq!(read(&tight, &text).expect_err("too much"), NotRead::TooMuch { at_most: 1 << 10 });
    // Less than the program with the file takes.
    let tight = with(Limits { memory: 16 << 20, octets: 64 << 20, ..order.limits });
    let large = vec![b'a'; 48 << 20];
    let memory = read(&tight, &large).expect_err("too much memory");
    assert_eq!(memory, NotRead::OutOfMemory { octets: 16 << 20 });
    let tight = with(Limits { seconds: 0, ..order.limits });
    assert_eq!(read(&tight, &text).expect_err("too long"), NotRead::OutOfTime { seconds: 0 });
}

/// The child waits for its file, limited: what the kernel says of it is what holds.
#[test]
fn the_child_may_open_nothing_and_says_so_before_it_reads() {
    let order = order(DocumentFormat::Text);
    let mut child = Command::new(PROGRAM)
        .args(["read-apart", &order.argument()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program");
    let told = format!("/proc/{}/limits", child.id());
    let begun = Instant::now();
    let limits = loop {
        let limits = std::fs::read_to_string(&told).expect("limits of a process that lives");
        if limits.lines().any(|line| line.starts_with("Max open files            3 ")) {
            break limits;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "the child never limits itself:\n{limits}");
        std::thread::sleep(Duration::from_millis(5));
    };
    let hard_and_soft = |name: &str| {
        let line = limits.lines().find(|line| line.starts_with(name)).expect("a limit");
        let mut values = line[name.len()..].split_whitespace();
        (values.next().expect("soft").to_owned(), values.next().expect("hard").to_owned())
    };
    assert_eq!(hard_and_soft("Max open files"), ("3".to_owned(), "3".to_owned()));
    assert_eq!(hard_and_soft("Max file size"), ("0".to_owned(), "0".to_owned()));
    assert_eq!(hard_and_soft("Max address space").1, order.limits.memory.to_string());
    assert_eq!(hard_and_soft("Max cpu time").1, order.limits.processor_seconds.to_string());
    child.stdin.take().expect("a pipe").write_all(b"text").expect("taken");
    let output = child.wait_with_output().expect("an end");
    assert!(output.status.success());
    assert!(String::from_utf8_lossy(&output.stdout).contains("\"lines\":[\"text\"]"));
}

#[test]
fn the_command_is_hidden_and_refuses_what_is_no_order() {
    let run = |arguments: &[&str]| {
        Command::new(PROGRAM).args(arguments).stdin(Stdio::null()).output().expect("the program")
    };
    let help = String::from_utf8_lossy(&run(&["--help"]).stdout).into_owned();
    assert!(help.contains("verify") && !help.contains("read-apart"), "{help}");
    let refused = run(&["read-apart", "/etc/passwd"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("no order"));
    assert!(refused.stdout.is_empty());
}

/// A PDF of one page with this content, written out so that nothing has to be unpacked.
fn pdf(content: &[u8]) -> Vec<u8> {
    let mut file = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    let stream =
        [format!("<< /Length {} >>\nstream\n", content.len()).as_bytes(), content, b"\nendstream"].concat();
    let objects: [&[u8]; 5] = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        &stream,
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ];
    for (number, object) in (1..).zip(objects) {
        places.push(file.len());
        file.extend_from_slice(format!("{number} 0 obj\n").as_bytes());
        file.extend_from_slice(object);
        file.extend_from_slice(b"\nendobj\n");
    }
    let table = file.len();
    file.extend_from_slice(b"xref\n0 6\n0000000000 65535 f \n");
    for place in places {
        file.extend_from_slice(format!("{place:010} 00000 n \n").as_bytes());
    }
    let trailer = format!("trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n");
    file.extend_from_slice(trailer.as_bytes());
    file
}

#[test]
fn a_pdf_is_read_and_a_broken_one_is_named() {
    let order = order(DocumentFormat::Pdf);
    let text = b"BT /F1 12 Tf 72 700 Td (Delete your data) Tj 0 -40 Td (Hold both keys.) Tj ET";
    let found = read(&order, &pdf(text)).expect("a document");
    assert_eq!(found.pages[0].lines, ["Delete your data", "", "Hold both keys."]);
    let broken = read(&order, b"%PDF-1.4\nnothing").expect_err("broken");
    assert_eq!((broken.code(), broken.is_of_the_lab()), ("broken", false));
}

#[test]
fn a_pdf_that_wants_the_whole_machine_costs_itself_alone() {
    let order = order(DocumentFormat::Pdf);
    // Each order of two octets takes some hundred of them in memory.
    let bomb = pdf(&b"q ".repeat(4 << 20));
    let tight = Order { limits: Limits { memory: 128 << 20, ..order.limits }, ..order.clone() };
    let memory = read(&tight, &bomb).expect_err("too much memory");
    assert_eq!(memory, NotRead::OutOfMemory { octets: 128 << 20 });
    let tight = Order { limits: Limits { processor_seconds: 1, memory: 8 << 30, ..order.limits }, ..order };
    let bomb = pdf(&b"(a)Tj ".repeat(5 << 20));
    let time = read(&tight, &bomb).expect_err("too long");
    assert!(matches!(time, NotRead::OutOfTime { .. }), "{time:?}");
}

#[test]
fn nesting_without_end_is_bounded() {
    let deep = [b"[".repeat(1 << 20), b"]".repeat(1 << 20), b" TJ".to_vec()].concat();
    let found = read(&order(DocumentFormat::Pdf), &pdf(&deep));
    assert!(found.is_err_and(|why| !why.is_of_the_lab()));
    let html = [b"<div>".repeat(1 << 18), b"<p>end".to_vec()].concat();
    let found = read(&order(DocumentFormat::Html), &html).expect("a document");
    assert_eq!(found.pages[0].lines, ["end"]);
}
