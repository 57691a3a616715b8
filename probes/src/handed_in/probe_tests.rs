use std::collections::BTreeMap;

use tokio_util::sync::CancellationToken;

use super::*;
use crate::context::HandedIn;
use crate::dialer::{DialLimits, Dialer, Scope};
use crate::observation::{Context, EvidenceRef};

fn context(files: &[(&str, &[u8])]) -> ProbeContext {
    let dialer = Dialer::new(Scope::default(), DialLimits::default());
    let credentials = BTreeMap::from([
        ("SecParam-Secret".to_owned(), (String::new(), "qX7-cloud-secret-91".to_owned())),
        ("label:S1".to_owned(), (String::new(), "XQ6JDmJNx3uK".to_owned())),
    ]);
    let context = ProbeContext::new(
        dialer,
        Context::default(),
        credentials,
        CancellationToken::new(),
        Box::new(|_, _, _| {}),
        Box::new(|bytes, _| EvidenceRef::of(bytes, "")),
    );
    let files = files.iter().map(|(kind, bytes)| HandedIn {
        kind: (*kind).to_owned(),
        of: "Intf-Uart".to_owned(),
        name: "file".to_owned(),
        taken: None,
        bytes: (*bytes).into(),
    });
    context.with_files(Vec::new(), files.collect())
}

async fn seen(context: ProbeContext) -> (Findings, Vec<FileRead>) {
    let findings = observe(Value::Null, Arc::new(context)).await;
    let read: FilesRead = serde_json::from_value(findings.data.clone()).unwrap();
    (findings, read.files)
}

#[tokio::test]
async fn a_known_value_is_named_with_its_place_and_never_written() {
    let log = b"boot: ok\r\nsecret=qX7-cloud-secret-91\r\nkey 58 51\r\nXQ6JDmJNx3uK\r\n";
    let (findings, files) = seen(context(&[("serial-log", log)])).await;
    assert_eq!((findings.outcome, findings.effort.completed), (Outcome::Complete, 1));
    let known: Vec<_> = files[0].known.iter().map(|known| (known.key.as_str(), known.line)).collect();
    assert_eq!(known, [("credential:SecParam-Secret", Some(2)), ("label:S1", Some(4))]);
    let text = findings.data.to_string();
    assert!(!text.contains("cloud-secret") && !text.contains("XQ6J"), "{text}");
}

#[tokio::test]
async fn a_value_over_the_end_of_a_chunk_is_found_once() {
    let mut image = vec![0_u8; (1 << 20) - 7];
    image.extend_from_slice(b"qX7-cloud-secret-91");
    image.extend_from_slice(&[0; 3000]);
    let (_, files) = seen(context(&[("firmware-image", &image)])).await;
    assert_eq!(files[0].known.len(), 1);
    assert_eq!(files[0].known[0].offset, (1 << 20) - 7);
    assert!(files[0].whole && files[0].sha256.len() == 64);
    assert!(files[0].image.as_ref().is_some_and(|image| image.blocks.len() <= 65));
}

#[tokio::test]
async fn nothing_handed_in_is_nothing_read() {
    let (findings, files) = seen(context(&[])).await;
    assert_eq!((findings.outcome, findings.effort.attempted, files.len()), (Outcome::Complete, 0, 0));
}

#[tokio::test]
async fn what_the_time_did_not_reach_is_partial() {
    let stopped = context(&[("serial-log", b"boot: ok\r\n")]);
    stopped.cancel.cancel();
    let (findings, files) = seen(stopped).await;
    assert_eq!((findings.outcome, files.len()), (Outcome::Partial, 0));
    assert!(!findings.effort.gaps.is_empty());
}

#[tokio::test]
async fn a_log_beyond_the_bound_is_partial() {
    let long = b"line of a log\r\n".repeat(300_000);
    let (findings, files) = seen(context(&[("serial-log", &long)])).await;
    assert_eq!(findings.outcome, Outcome::Partial);
    assert!(!files[0].whole && files[0].sha256.is_empty());
}
