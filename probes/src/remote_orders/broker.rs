//! The played service: a session with the device over MQTT inside TLS, in which it is answered as a broker answers, and
//! orders go out when the course wants them.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustls::ServerConfig;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::SessionEnd;
use crate::world::router::mqtt::{Conversation, Reply, packet};

/// Subscriptions of a session that are looked at, and characters of one that are told.
const SUBSCRIPTIONS: usize = 32;
const TOLD: usize = 80;
/// Octets under way to the device, in packets.
const UNDER_WAY: usize = 16;

/// A session; it ends when this is dropped.
pub(super) struct Session {
    conversation: Arc<Mutex<Conversation>>,
    out: mpsc::Sender<Vec<u8>>,
    _tasks: JoinSet<()>,
}

/// Meets the device at the door: shakes hands, lets it in, and waits for its subscription to `topic`. `Err` says how
/// far it came; topics to which it subscribed instead are named.
pub(super) async fn open(
    stream: TcpStream,
    config: Arc<ServerConfig>,
    topic: &str,
    patience: Duration,
) -> Result<Session, (SessionEnd, String)> {
    let not_taken = |why: String| (SessionEnd::NotTaken, why);
    let stream = match tokio::time::timeout(patience, TlsAcceptor::from(config).accept(stream)).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => return Err(not_taken(format!("the handshake ended: {error}"))),
        Err(_) => return Err(not_taken("the handshake was left unfinished".to_owned())),
    };
    let (mut reading, mut writing) = tokio::io::split(stream);
    let (out, mut orders) = mpsc::channel::<Vec<u8>>(UNDER_WAY);
    let (told, mut subscribed) = watch::channel(Vec::<String>::new());
    let conversation = Arc::new(Mutex::new(Conversation::default()));
    let mut tasks = JoinSet::new();
    let (answers, talk) = (out.clone(), Arc::clone(&conversation));
    tasks.spawn(async move {
        while let Ok(Some((first, body))) = packet(&mut reading).await {
            let (reply, topics) = {
                let mut talk = talk.lock().unwrap_or_else(PoisonError::into_inner);
                let topics = (first >> 4 == 8).then(|| talk.topics(&body)).flatten();
                (talk.take(first, &body).0, topics)
            };
            let Reply::Say(answer) = reply else { return };
            if !answer.is_empty() && answers.send(answer).await.is_err() {
                return;
            }
            if let Some(topics) = topics {
                told.send_modify(|known| {
                    let room = SUBSCRIPTIONS.saturating_sub(known.len());
                    known.extend(topics.into_iter().take(room));
                });
            }
        }
    });
    tasks.spawn(async move {
        while let Some(octets) = orders.recv().await {
            if writing.write_all(&octets).await.is_err() || writing.flush().await.is_err() {
                return;
            }
        }
    });
    let waiting = subscribed.wait_for(|known| known.iter().any(|filter| admits(filter, topic)));
    let failed = match tokio::time::timeout(patience, waiting).await {
        Ok(Ok(_)) => return Ok(Session { conversation, out, _tasks: tasks }),
        Ok(Err(_)) => "the device left before it subscribed",
        Err(_) => "no such subscription came",
    };
    let others: Vec<String> = subscribed.borrow().iter().map(|topic| in_short(topic)).collect();
    let others = others.join(", ");
    let others = if others.is_empty() { String::new() } else { format!("; it subscribed to {others}") };
    Err((SessionEnd::NotSubscribed, format!("{failed}: {topic}{others}")))
}

impl Session {
    /// An order as it goes over the wire.
    pub(super) fn worded(&self, topic: &str, content: &str) -> Vec<u8> {
        self.conversation.lock().unwrap_or_else(PoisonError::into_inner).message(topic, content.as_bytes())
    }

    /// Sends octets; `false` if the device has left.
    pub(super) async fn send(&self, octets: Vec<u8>) -> bool {
        self.out.send(octets).await.is_ok()
    }
}

/// A topic of the device as it may stand in a record.
fn in_short(topic: &str) -> String {
    topic.chars().filter(|character| !character.is_control()).take(TOLD).collect()
}

/// Whether a subscription to `filter` admits a topic (MQTT 3.1.1, 4.7).
fn admits(filter: &str, topic: &str) -> bool {
    let mut levels = topic.split('/');
    for wanted in filter.split('/') {
        match (wanted, levels.next()) {
            ("#", _) => return true,
            ("+", Some(_)) => {}
            (wanted, Some(level)) if wanted == level => {}
            _ => return false,
        }
    }
    levels.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::{TOLD, admits, in_short};

    #[test]
    fn what_a_device_subscribes_to_is_told_in_short_and_on_one_line() {
        assert_eq!(in_short("hk/\u{1b}[2J\nnews"), "hk/[2Jnews");
        assert_eq!(in_short(&"x".repeat(4 * TOLD)).len(), TOLD);
    }

    #[test]
    fn filters_admit_topics_as_brokers_have_it() {
        for filter in ["a/b/order", "a/+/order", "a/#", "#", "a/b/order/#"] {
            assert!(admits(filter, "a/b/order"), "{filter}");
        }
        for filter in ["a/b", "a/b/orders", "a/b/order/x", "+/order", "b/#"] {
            assert!(!admits(filter, "a/b/order"), "{filter}");
        }
    }
}
