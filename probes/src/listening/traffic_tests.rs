use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use serde_json::json;

use super::*;
use crate::capture::Frame;
use crate::dialer::{DialLimits, Dialer, Scope};
use crate::listening::test_frames::{DEVICE, PEER, segment_frame};
use crate::observation::{Context, EvidenceRef};

/// Length and file extension of what was stored.
type Stored = Arc<Mutex<Vec<(usize, String)>>>;

/// A capture point that gives these frames, and then stays open or closes.
fn context(frames: Vec<Frame>, stays_open: bool) -> (ProbeContext, Stored) {
    let kept = Arc::new(Mutex::new(Vec::new()));
    let keeping = Arc::clone(&kept);
    let open = Mutex::new(Vec::new());
    let context = ProbeContext::new(
        Dialer::new(Scope { devices: vec![DEVICE.into()], ..Scope::default() }, DialLimits::default()),
        Context::default(),
        BTreeMap::new(),
        Default::default(),
        Box::new(|_, _, _| {}),
        Box::new(move |bytes, ending| {
            keeping.lock().unwrap().push((bytes.len(), ending.to_owned()));
            EvidenceRef::of(bytes, "")
        }),
    );
    let context = context.with_tap(Box::new(move || {
        let (sender, receiver) = tokio::sync::mpsc::channel(16);
        for frame in &frames {
            sender.try_send(frame.clone()).unwrap();
        }
        if stays_open {
            open.lock().unwrap().push(sender);
        }
        Ok(receiver)
    }));
    (context, kept)
}

async fn observed(context: ProbeContext, params: Value) -> (Findings, Traffic) {
    let findings = (PROBE.observe)(params, Arc::new(context)).await;
    let traffic = serde_json::from_value(findings.data.clone()).unwrap();
    (findings, traffic)
}

fn params(seconds: f64) -> Value {
    json!({ "address": DEVICE, "addresses": [DEVICE], "tester": ["127.0.0.1"], "seconds": seconds, "wake": true })
}

fn a_call() -> Frame {
    segment_frame(1, DEVICE, PEER, (5000, 8883), 1, 0x02)
}

#[tokio::test]
async fn what_comes_in_the_time_is_read_and_stored() {
    let (context, kept) = context(vec![a_call()], true);
    let context = context.with_actions(Box::new(|action| {
        let woken = action == "reconnect";
        Box::pin(async move { Ok(woken) })
    }));
    let (findings, seen) = observed(context, params(0.2)).await;
    assert_eq!(findings.outcome, Outcome::Complete);
    assert_eq!((findings.effort.attempted, findings.effort.completed), (1, 1));
    assert!(seen.woken);
    assert_eq!(seen.traffic.frames, 1);
    assert_eq!(*kept.lock().unwrap(), [(24 + 16 + 40, "pcap".to_owned())]);
}

#[tokio::test]
async fn silence_is_a_whole_observation_without_frames() {
    let (context, kept) = context(Vec::new(), true);
    let (findings, seen) = observed(context, params(0.1)).await;
    assert_eq!((findings.outcome, seen.traffic.frames, seen.woken), (Outcome::Complete, 0, false));
    assert!(kept.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_capture_point_that_closes_by_itself_makes_it_partial() {
    let (context, _) = context(vec![a_call()], false);
    let (findings, seen) = observed(context, params(3.0)).await;
    assert_eq!(findings.outcome, Outcome::Partial);
    assert_eq!((findings.effort.attempted, findings.effort.completed), (3, 0));
    assert_eq!(seen.traffic.frames, 1);
    assert_eq!(findings.effort.gaps, ["the capture point closed by itself"]);
}

#[tokio::test]
async fn without_a_capture_point_nothing_is_attained_and_the_reason_stands_there() {
    let scope = Scope { devices: vec![DEVICE.into()], ..Scope::default() };
    let context = ProbeContext::for_tests(Dialer::new(scope, DialLimits::default()));
    let findings = (PROBE.observe)(params(3.0), context).await;
    assert_eq!(findings.outcome, Outcome::Partial);
    assert_eq!((findings.effort.attempted, findings.effort.completed), (1, 0));
    assert!(findings.effort.gaps[0].contains("[capture] interface"), "{:?}", findings.effort.gaps);
    assert!(serde_json::from_value::<Traffic>(findings.data).is_ok());
}

#[tokio::test]
async fn what_the_bench_has_to_agree_to_is_asked_first() {
    let mut asked = params(3.0);
    asked["consent"] = json!("alter_software");
    let (without, _) = context(vec![a_call()], true);
    let (findings, seen) = observed(without, asked.clone()).await;
    assert_eq!((findings.outcome, seen.traffic.frames), (Outcome::Partial, 0));
    assert!(findings.effort.gaps[0].contains("alter_software"));

    asked["seconds"] = json!(0.1);
    let (with, _) = context(vec![a_call()], true);
    let with = with.with_consent(BTreeSet::from(["alter_software".to_owned()]));
    assert_eq!(observed(with, asked).await.0.outcome, Outcome::Complete);
}

#[tokio::test]
async fn what_a_stop_leaves_is_partial() {
    let (context, _) = context(vec![a_call()], true);
    let cancel = context.cancel.clone();
    let stopping = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        cancel.cancel();
    };
    let ((findings, seen), ()) = tokio::join!(observed(context, params(60.0)), stopping);
    assert_eq!((findings.outcome, findings.effort.completed), (Outcome::Partial, 0));
    assert_eq!(seen.traffic.frames, 1);
}
