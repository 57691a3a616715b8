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
