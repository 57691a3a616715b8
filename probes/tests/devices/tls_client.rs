//! The TLS client probe against played devices: each makes a connection when the bench asks for one, to the
//! bench or to its real peer, as the names say at that time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::played::place_of_its_own;
use crate::tls_peers::{BOTH, Bench, HOST, Habit, Peer, careless, ending, says, tls};
use probes::Outcome;
use probes::probe::tls_client::PlayedPeer;
use probes::world::ending::Ending;
use probes::world::played_peer::WITH_LENT_AUTHORITY;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsConnector;
use tokio_util::sync::CancellationToken;

#[tokio::test]
async fn a_sound_client_is_read_along_and_refuses_every_stranger() {
    let peer = Peer::up().await;
    let bench = Bench::new(peer.at, Some(tls(peer.client(BOTH), true)));
    let (observation, facts) = bench.look().await;
    assert_eq!(observation.outcome, Outcome::Complete, "{observation:#?}");
    let relay = facts.relay.as_ref().expect("a relay");
    assert_eq!(relay.ending, Ending::ApplicationData);
    assert_eq!(relay.server_name.as_deref(), Some(HOST));
    assert_eq!(relay.versions, ["1.3", "1.2"]);
    assert_eq!(relay.suites.len(), 9, "{:?}", relay.suites);
    assert_eq!(relay.chosen_version.as_deref(), Some("1.3"));
    assert_eq!(relay.chosen_suite.as_deref(), Some("TLS_AES_256_GCM_SHA384"));
    assert_eq!(facts.trials.len(), 9, "{:?}", facts.trials);
    for trial in &facts.trials {
        assert!(trial.ending.refused(), "{trial:?}");
    }
    assert_eq!(facts.trials[1].detail.as_deref(), Some("alert 48 unknown_ca"));
    let left_out: Vec<PlayedPeer> = facts.not_tried.iter().map(|left| left.peer).collect();
    assert_eq!(left_out[..2], [PlayedPeer::ExportSuite, PlayedPeer::Rc4Suite]);
    assert_eq!(left_out[2..10], WITH_LENT_AUTHORITY);
    assert_eq!(left_out[10..], [PlayedPeer::FalseTime]);
    assert!(facts.names_turned && !facts.lent_authority);
    assert_eq!(relay.chain[0].names, [HOST], "seen by the bench itself");
    assert_eq!((observation.effort.attempted, observation.effort.completed), (10, 10));
    let actions = bench.actions();
    assert_eq!(actions.first().map(String::as_str), Some("names_to_bench"));
    assert_eq!(actions[actions.len() - 2..], ["names_to_peers", "reconnect"]);
}

#[tokio::test]
async fn the_certificate_of_the_peer_is_read_where_tls_1_2_shows_it() {
    let peer = Peer::up().await;
    let bench = Bench::new(peer.at, Some(tls(peer.client(&[&rustls::version::TLS12]), true)));
    let (observation, facts) = bench.look().await;
    assert_eq!(observation.outcome, Outcome::Complete, "{observation:#?}");
    let relay = facts.relay.expect("a relay");
    assert_eq!((relay.ending, &relay.versions[..]), (Ending::ApplicationData, &["1.2".to_owned()][..]));
    assert_eq!(relay.chain[0].names, [HOST]);
}

#[tokio::test]
async fn a_client_that_believes_everybody_gives_itself_away() {
    let peer = Peer::up().await;
    let bench = Bench::new(peer.at, Some(tls(careless(), true)));
    let (observation, facts) = bench.look().await;
    assert_eq!(observation.outcome, Outcome::Complete, "{observation:#?}");
    for stranger in [
        PlayedPeer::SelfSigned,
        PlayedPeer::UnknownAuthority,
        PlayedPeer::Cloned,
        PlayedPeer::OtherName,
        PlayedPeer::Expired,
        PlayedPeer::NotYetValid,
    ] {
        assert_eq!(ending(&facts, stranger), Some(Ending::ApplicationData), "{stranger:?}");
    }
    // It believes everybody, and draws its numbers anew all the same.
    assert!(ending(&facts, PlayedPeer::Replayed).is_some_and(Ending::refused));
    assert!(facts.not_tried.iter().any(|left| left.peer == PlayedPeer::WeakKey));
}

#[tokio::test]
async fn a_handshake_that_nothing_follows_is_no_acceptance() {
    let peer = Peer::up().await;
    let (_, facts) = Bench::new(peer.at, Some(tls(careless(), false))).look().await;
    let trial = &facts.trials[0];
    assert_eq!((trial.ending, trial.connections), (Ending::Closed, 2), "looked at twice: {trial:?}");
    assert_ne!(facts.relay.expect("a relay").ending, Ending::ApplicationData);
}

#[tokio::test]
async fn plain_text_is_seen_from_the_first_word() {
    let peer = Peer::up().await;
    let (observation, facts) =
        Bench::new(peer.at, Some(says(b"\x10\x10\x00\x04MQTT\x04\x02\x00\x3c\x00\x04heat".to_vec())))
            .look()
            .await;
    assert_eq!(facts.relay.expect("a relay").ending, Ending::Plain);
    // No certificate is ever looked at; what the device does with repeated words is told.
    let met: Vec<PlayedPeer> = facts.trials.iter().map(|trial| trial.peer).collect();
    assert_eq!(met, [PlayedPeer::Replayed]);
    assert_eq!(observation.outcome, Outcome::Complete);
}

#[tokio::test]
async fn a_client_that_falls_back_is_seen_at_its_next_connection() {
    let peer = Peer::up().await;
    let failed = Arc::new(AtomicBool::new(false));
    let connector = TlsConnector::from(Arc::new(peer.client(BOTH)));
    let habit: Habit = Arc::new(move |mut stream| {
        let (connector, failed) = (connector.clone(), Arc::clone(&failed));
        Box::pin(async move {
            if failed.swap(false, Ordering::SeqCst) {
                let _ = stream.write_all(b"GET /state HTTP/1.1\r\n\r\n").await;
                let _ = stream.read(&mut [0; 64]).await;
                return;
            }
            let name = ServerName::try_from(HOST).expect("a name");
            match connector.connect(name, stream).await {
                Err(_) => failed.store(true, Ordering::SeqCst),
                Ok(mut session) => {
                    let _ = session.write_all(b"the water is warm").await;
                    let _ = session.read(&mut [0; 64]).await;
                }
            }
        })
    });
    let (_, facts) = Bench::new(peer.at, Some(habit)).look().await;
    assert_eq!(facts.relay.as_ref().map(|relay| relay.ending), Some(Ending::ApplicationData));
    assert_eq!(ending(&facts, PlayedPeer::SelfSigned), Some(Ending::RefusedByAlert));
    assert_eq!(ending(&facts, PlayedPeer::UnknownAuthority), Some(Ending::Plain));
}

/// Offers TLS 1.2 as before TLS 1.3, and goes on with whatever version is answered.
#[tokio::test]
async fn a_client_that_goes_on_with_an_old_version_is_told_from_one_that_does_not() {
    let peer = Peer::up().await;
    let mut hello = vec![3, 3];
    hello.extend([7; 32]);
    hello.extend([0, 0, 2, 0xc0, 0x09, 1, 0]);
    let mut bytes = vec![22, 3, 1, 0, hello.len() as u8 + 4, 1, 0, 0, hello.len() as u8];
    bytes.extend(hello);
    let habit: Habit = Arc::new(move |mut stream| {
        let bytes = bytes.clone();
        Box::pin(async move {
            let _ = stream.write_all(&bytes).await;
            let mut answer = [0; 4096];
            let count = stream.read(&mut answer).await.unwrap_or(0);
            if count > 10 && answer[0] == 22 && answer[9..11] == [3, 1] {
                // An alert of unknown_ca: it looked at the certificate, so it was content with the version.
                let _ = stream.write_all(&[21, 3, 1, 0, 2, 2, 48]).await;
            } else if count > 0 {
                let _ = stream.write_all(&[21, 3, 3, 0, 2, 2, 70]).await;
            }
        })
    });
    let (_, facts) = Bench::new(peer.at, Some(habit)).look().await;
    assert_eq!(facts.relay.as_ref().map(|relay| relay.versions.clone()), Some(vec!["1.2".to_owned()]));
    assert_eq!(ending(&facts, PlayedPeer::Tls10), Some(Ending::WentOn));
    assert_eq!(ending(&facts, PlayedPeer::Tls11), Some(Ending::RefusedByAlert));
    assert_eq!(ending(&facts, PlayedPeer::NullSuite), Some(Ending::RefusedByAlert));
    // The bench has no suite that this client knows in TLS 1.2, so strangers say nothing of it.
    assert_eq!(ending(&facts, PlayedPeer::SelfSigned), Some(Ending::NotPossible));
}

#[tokio::test]
async fn a_device_that_never_connects_leaves_a_gap_and_no_trial() {
    let peer = Peer::up().await;
    let bench = Bench::new(peer.at, None);
    let (observation, facts) = bench.look().await;
    assert_eq!(observation.outcome, Outcome::Partial);
    assert!(observation.effort.gaps[0].contains("made no connection"), "{:?}", observation.effort.gaps);
    assert_eq!(facts.relay.map(|relay| relay.ending), Some(Ending::NoConnection));
    assert!(facts.trials.is_empty());
    assert!(bench.actions().contains(&"names_to_peers".to_owned()));
}

#[tokio::test]
async fn without_a_real_peer_the_offer_is_seen_and_the_rest_is_open() {
    let peer = Peer::up().await;
    let bench = Bench::new(place_of_its_own(), Some(tls(peer.client(BOTH), true)));
    let (observation, facts) = bench.look().await;
    assert_eq!(observation.outcome, Outcome::Partial);
    let relay = facts.relay.as_ref().expect("a relay");
    assert_eq!(
        (relay.ending, &relay.versions[..]),
        (Ending::PeerUnreachable, &["1.3".to_owned(), "1.2".to_owned()][..])
    );
    assert_eq!(ending(&facts, PlayedPeer::SelfSigned), Some(Ending::RefusedByAlert));
}

#[tokio::test]
async fn nothing_is_done_without_consent_or_without_a_place_to_listen() {
    let peer = Peer::up().await;
    for (consent, world, named) in [(vec![], true, "play_peers"), (vec!["play_peers"], false, "[world]")] {
        let bench = Bench { consent, world, ..Bench::new(peer.at, Some(tls(peer.client(BOTH), true))) };
        let (observation, facts) = bench.look().await;
        assert_eq!(observation.outcome, Outcome::Partial);
        assert!(observation.trouble.is_some_and(|trouble| trouble.contains(named)), "{named}");
        assert!(facts.relay.is_none() && bench.actions().is_empty());
    }
}

#[tokio::test]
async fn a_stop_gives_the_names_back() {
    let peer = Peer::up().await;
    let cancel = CancellationToken::new();
    let stop = cancel.clone();
    let habit: Habit = Arc::new(move |stream| {
        // The device holds the connection and says nothing, while somebody stops the run.
        stop.cancel();
        Box::pin(async move {
            tokio::time::sleep(std::time::Duration::from_secs(60)).await;
            drop(stream);
        })
    });
    let bench = Bench { cancel, ..Bench::new(peer.at, Some(habit)) };
    let (observation, _) = bench.look().await;
    assert_eq!(observation.outcome, Outcome::Partial);
    assert_eq!(bench.actions(), ["names_to_bench", "reconnect", "names_to_peers", "reconnect"]);
}
