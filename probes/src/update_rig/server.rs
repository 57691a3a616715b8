//! The update server that the bench plays: serves one offer, and writes down what the device asks for.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinHandle;
use tokio_rustls::LazyConfigAcceptor;

use super::AskedFor;
use super::making::{Offer, Way};
use crate::dialer::{DialError, Dialer, abort};
use crate::probe::update_endurance::{Stream, StreamEnd};

/// Octets of the head of a request, at most.
const LONGEST_HEAD: usize = 16 * 1024;
/// Time for the head of a request.
const HEAD_TIME: Duration = Duration::from_secs(10);
/// Requests that are written down.
const MOST_REQUESTS: usize = 256;
/// Connections at once.
const MOST_AT_ONCE: usize = 16;
/// Octets that are written at once.
const PIECE: usize = 16 * 1024;
/// Longest time for a body.
const BODY_TIME: Duration = Duration::from_secs(1800);
/// What an image without an end goes on with.
const IN_IMAGE: u8 = 0x5a;
/// What a list without an end goes on with: blanks, behind which whoever reads it may still hope for more.
const IN_LIST: u8 = b' ';
/// Where a device is sent that is sent elsewhere.
const ELSEWHERE: &str = "/elsewhere";

/// Certificates of the played server.
#[derive(Clone)]
pub(super) struct Identities {
    /// For whoever asks by the name.
    pub(super) by_name: Arc<ServerConfig>,
    /// For whoever asks by the address.
    pub(super) by_address: Arc<ServerConfig>,
}

/// Bounds of one offer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// Octets that follow on what a stream without an end begins with.
    pub(super) endless_octets: u64,
    /// Time for them.
    pub(super) endless_time: Duration,
    /// Wait for the device to close a connection on which all was said.
    pub(super) closing: Duration,
}

/// What came until now.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    /// Requests, with seconds from the opening.
    pub(super) asked: Vec<(f64, AskedFor)>,
    /// Connections of the device.
    pub(super) visits: u64,
    /// Connections that are open.
    pub(super) open: u32,
    /// Handshakes that the device ended, and what it said.
    pub(super) turned_away: Vec<String>,
    /// All of the image was sent.
    pub(super) whole: bool,
    /// The image was asked for.
    pub(super) image_asked: bool,
    /// Octets that were sent at once of it, or of what has no end, at most.
    most_sent: u64,
    /// Streams without an end, in order.
    pub(super) streams: Vec<Stream>,
    /// The device was sent elsewhere.
    pub(super) sent_elsewhere: bool,
    /// The device broke off while something was sent.
    pub(super) broke_off: Option<String>,
    /// When something last happened that had not happened before, in seconds from the opening: a device that asks for
    /// the same again and again has no news.
    pub(super) last_news: f64,
}

struct Shared {
    offer: Offer,
    bounds: Bounds,
    at: SocketAddr,
    tls: Option<Identities>,
    opened: Instant,
    seen: Mutex<Seen>,
    /// Octets without an end that are left, over all connections.
    endless_left: AtomicU64,
    cut_made: AtomicBool,
    cut_reached: Notify,
    cut_over: Notify,
}

/// The server; closed when dropped.
pub(super) struct Server {
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

impl Server {
    /// Opens it.
    ///
    /// # Errors
    /// It cannot listen there.
    pub(super) async fn open(
        dialer: &Arc<Dialer>,
        at: SocketAddr,
        tls: Option<Identities>,
        offer: Offer,
        bounds: Bounds,
    ) -> Result<Self, DialError> {
        let listener = dialer.listen(at).await?;
        let shared = Arc::new(Shared {
            offer,
            bounds,
            at,
            tls,
            opened: Instant::now(),
            seen: Mutex::default(),
            endless_left: AtomicU64::new(bounds.endless_octets),
            cut_made: AtomicBool::new(false),
            cut_reached: Notify::new(),
            cut_over: Notify::new(),
        });
        let served = Arc::clone(&shared);
        let task = tokio::spawn(async move {
            let at_once = Arc::new(Semaphore::new(MOST_AT_ONCE));
            // Dropped with the task, and every connection with it.
            let mut connections = tokio::task::JoinSet::new();
            loop {
                let Ok(place) = Arc::clone(&at_once).acquire_owned().await else { return };
                // Only the tester's own network fails; then nobody comes any more.
                let Ok(stream) = listener.accept().await else { return };
                while connections.try_join_next().is_some() {}
                let shared = Arc::clone(&served);
                connections.spawn(async move {
                    shared.note(|seen| {
                        if seen.visits == 0 {
                            seen.last_news = shared.now();
                        }
                        (seen.visits, seen.open) = (seen.visits + 1, seen.open + 1);
                    });
                    shared.serve(stream).await;
                    shared.note(|seen| seen.open -= 1);
                    drop(place);
                });
            }
        });
        Ok(Self { shared, task })
    }

    /// What came until now.
    pub(super) fn seen(&self) -> Seen {
        self.shared.seen().clone()
    }

    /// Seconds since it was opened.
    pub(super) fn age(&self) -> f64 {
        self.shared.opened.elapsed().as_secs_f64()
    }

    /// Ends when what is to fail has to fail.
    pub(super) async fn cut_reached(&self) {
        self.shared.cut_reached.notified().await;
    }

    /// Closes it; when this ends, its address can be had again.
    pub(super) async fn close(mut self) {
        self.task.abort();
        let _aborted = (&mut self.task).await;
    }

    /// What failed is there again.
    pub(super) fn cut_is_over(&self) {
        self.shared.cut_over.notify_one();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A request, as far as it matters.
struct Asked {
    method: String,
    path: String,
    /// First octet that is wanted.
    from: u64,
}

impl Shared {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        // Nothing that is written under the lock can be left half done.
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note<T>(&self, change: impl FnOnce(&mut Seen) -> T) -> T {
        change(&mut self.seen())
    }

    fn now(&self) -> f64 {
        self.opened.elapsed().as_secs_f64()
    }

    async fn serve(&self, stream: TcpStream) {
        let mut first = [0];
        let asks_for_tls = match tokio::time::timeout(HEAD_TIME, stream.peek(&mut first)).await {
            Ok(Ok(1..)) => first[0] == 0x16,
            _ => return,
        };
        match (asks_for_tls, &self.tls) {
            (false, _) => self.converse(stream, true).await,
            (true, Some(tls)) if self.offer.way != Way::PlainOnly => {
                let started = LazyConfigAcceptor::new(rustls::server::Acceptor::default(), stream);
                let meeting = async {
                    let started = started.await?;
                    let named = started.client_hello().server_name().is_some();
                    let config = if named { &tls.by_name } else { &tls.by_address };
                    started.into_stream(Arc::clone(config)).await
                };
                match tokio::time::timeout(HEAD_TIME, meeting).await {
                    Ok(Ok(session)) => self.converse(session, false).await,
                    Ok(Err(error)) => self.turned_away(error.to_string()),
                    Err(_) => self.turned_away("the handshake was left unfinished".to_owned()),
                }
            }
            (true, _) => abort(stream),
        }
    }

    fn turned_away(&self, why: String) {
        self.note(|seen| {
            if !seen.turned_away.contains(&why) && seen.turned_away.len() < MOST_REQUESTS {
                seen.turned_away.push(why);
                seen.last_news = self.now();
            }
        });
    }

    async fn converse<S: AsyncRead + AsyncWrite + Unpin>(&self, mut stream: S, plain: bool) {
        let head = tokio::time::timeout(HEAD_TIME, head(&mut stream)).await;
        match head {
            Ok(Ok(Some(asked))) => {
                let sending = self.answer(&mut stream, &asked, plain);
                if tokio::time::timeout(BODY_TIME, sending).await.is_err() {
                    self.note(|seen| seen.broke_off = Some(format!("{} took too long", asked.path)));
                }
            }
            // A device that does not know the certificate may say so only now.
            Ok(Err(error)) if !plain => self.turned_away(error.to_string()),
            _ if !plain => self.turned_away("closed after the handshake, without a request".to_owned()),
            _ => {}
        }
    }

    async fn answer<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: &mut S, asked: &Asked, plain: bool) {
        let elsewhere = asked.path.strip_prefix(ELSEWHERE);
        let path = elsewhere.unwrap_or(&asked.path);
        let file = self.offer.files.get(path).or_else(|| self.offer.files.get(path.split('?').next()?));
        let number = self.note(|seen| {
            let first = AskedFor { path: asked.path.clone(), plain, octets_sent: 0, whole: false };
            let at = self.now();
            if !seen.asked.iter().any(|(_, known)| (&known.path, known.plain) == (&first.path, plain)) {
                seen.last_news = at;
            }
            (seen.asked.len() < MOST_REQUESTS).then(|| {
                seen.asked.push((at, first));
                seen.asked.len() - 1
            })
        });
        if let Way::Elsewhere { plain } = self.offer.way
            && elsewhere.is_none()
            && file.is_some()
        {
            let scheme = if plain { "http" } else { "https" };
            let head = format!(
                "HTTP/1.1 302 Found\r\nlocation: {scheme}://{}{ELSEWHERE}{path}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
                self.at
            );
            let _gone = stream.write_all(head.as_bytes()).await;
            self.note(|seen| seen.sent_elsewhere = true);
            return self.close(stream, None).await;
        }
        let Some(file) = file else {
            let head = "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
            let _gone = stream.write_all(head.as_bytes()).await;
            return self.close(stream, None).await;
        };
        let image = self.offer.images.contains(path.split('?').next().unwrap_or(path));
        if image {
            self.note(|seen| seen.image_asked = true);
        }
        let length = file.len() as u64;
        let from = if asked.from < length { asked.from } else { 0 };
        let kind = if file.first() == Some(&b'{') { "application/json" } else { "application/octet-stream" };
        let endless = self.offer.endless.as_deref() == Some(path.split('?').next().unwrap_or(path));
        let status = match from {
            0 => "200 OK".to_owned(),
            from => format!("206 Partial Content\r\ncontent-range: bytes {from}-{}/{length}", length - 1),
        };
        let mut head = format!("HTTP/1.1 {status}\r\ncontent-type: {kind}\r\nconnection: close\r\n");
        if !endless {
            head.push_str(&format!("content-length: {}\r\n", length - from));
        }
        head.push_str("\r\n");
        if stream.write_all(head.as_bytes()).await.is_err() || asked.method == "HEAD" {
            return self.close(stream, None).await;
        }
        let body = &file[usize::try_from(from).unwrap_or(0)..];
        let sent = self.send(stream, (path, body), (image, endless), number).await;
        match sent {
            Ok(()) => self.close(stream, number.filter(|_| !endless).map(|number| (number, image))).await,
            Err(unsent) => {
                self.note(|seen| seen.broke_off = Some(format!("{}: {}", asked.path, unsent.words())));
            }
        }
    }

    /// Sends a body, piece by piece, and writes down what comes of one without an end.
    async fn send<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: &mut S,
        (path, body): (&str, &[u8]),
        (image, endless): (bool, bool),
        number: Option<usize>,
    ) -> Result<(), Unsent> {
        let endless = endless.then(|| self.stream_begins(path));
        let sent = self.send_body(stream, body, (image, endless.flatten()), number).await;
        if let Some(place) = endless.flatten() {
            self.stream_ends(place, &sent);
        }
        sent
    }

    /// Its place among the streams; `None` where there are too many of them to go on.
    fn stream_begins(&self, path: &str) -> Option<usize> {
        self.note(|seen| {
            let first = Stream { trial: 0, path: path.to_owned(), octets: 0, seconds: 0.0, ended: None };
            (seen.streams.len() < MOST_REQUESTS).then(|| {
                seen.streams.push(first);
                seen.streams.len() - 1
            })
        })
    }

    fn stream_ends(&self, place: usize, sent: &Result<(), Unsent>) {
        let ended = match sent {
            Ok(()) if place == 0 => StreamEnd::BenchOctets,
            Ok(()) => StreamEnd::BenchOctetsOfAll,
            Err(Unsent::TimeIsOver) => StreamEnd::BenchSeconds,
            Err(Unsent::BrokenOff(_) | Unsent::Cut) => StreamEnd::Device,
        };
        self.note(|seen| {
            if let Some(stream) = seen.streams.get_mut(place) {
                stream.ended = Some(ended);
            }
        });
    }

    async fn send_body<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: &mut S,
        body: &[u8],
        (image, endless): (bool, Option<usize>),
        number: Option<usize>,
    ) -> Result<(), Unsent> {
        let begun = Instant::now();
        let cut = self.offer.cut.filter(|_| image && !self.cut_made.swap(true, Ordering::SeqCst));
        let mut sent: u64 = 0;
        let mut count = |octets: usize| {
            sent += octets as u64;
            self.note(|seen| {
                if let Some((_, asked)) = number.and_then(|number| seen.asked.get_mut(number)) {
                    asked.octets_sent = sent;
                }
                if let Some(stream) = endless.and_then(|place| seen.streams.get_mut(place)) {
                    (stream.octets, stream.seconds) = (sent, begun.elapsed().as_secs_f64());
                }
                if (image || endless.is_some()) && sent > seen.most_sent {
                    (seen.most_sent, seen.last_news) = (sent, self.now());
                }
            });
            sent
        };
        let broken = Unsent::BrokenOff;
        let half = body.len().div_ceil(2);
        let before = if cut.is_some_and(|cut| cut.halfway) { &body[..half] } else { body };
        for piece in before.chunks(PIECE) {
            stream.write_all(piece).await.map_err(broken)?;
            count(piece.len());
        }
        stream.flush().await.map_err(broken)?;
        if let Some(cut) = cut {
            if !cut.halfway {
                self.note(|seen| (seen.whole, seen.last_news) = (true, self.now()));
            }
            self.cut_reached.notify_one();
            self.cut_over.notified().await;
            return Err(Unsent::Cut);
        }
        if endless.is_some() {
            let until = tokio::time::Instant::now() + self.bounds.endless_time;
            let piece = [if image { IN_IMAGE } else { IN_LIST }; PIECE];
            let take = |left: u64| left.checked_sub(PIECE as u64);
            while self.endless_left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, take).is_ok() {
                match tokio::time::timeout_at(until, stream.write_all(&piece)).await {
                    Ok(written) => written.map_err(broken)?,
                    Err(_) => return Err(Unsent::TimeIsOver),
                }
                count(PIECE);
            }
        }
        Ok(())
    }

    /// Says that nothing more comes, and waits until the device has closed too. A device that resets the connection
    /// did not take all of a file.
    async fn close<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: &mut S, sent: Option<(usize, bool)>) {
        let closed = stream.shutdown().await;
        let mut rest = [0; 1024];
        let waiting = async {
            // What a device says on is read, up to a bound, so that it does not take its answer for lost.
            for _ in 0..64 {
                match stream.read(&mut rest).await {
                    Ok(1..) => {}
                    Ok(0) => return true,
                    Err(error) => return error.kind() == std::io::ErrorKind::UnexpectedEof,
                }
            }
            true
        };
        // One that is still busy with what it got has not closed yet.
        let taken = tokio::time::timeout(self.bounds.closing, waiting).await.unwrap_or(true);
        if let Some((number, image)) = sent.filter(|_| taken && closed.is_ok()) {
            self.note(|seen| {
                if let Some((_, asked)) = seen.asked.get_mut(number) {
                    asked.whole = true;
                }
                if image && !seen.whole {
                    (seen.whole, seen.last_news) = (true, self.now());
                }
            });
        }
    }
}

/// Why a body was not sent to its end.
#[derive(Debug)]
enum Unsent {
    /// The device closed the connection.
    BrokenOff(std::io::Error),
    /// It took no more until the time was over.
    TimeIsOver,
    /// The bench was to cut it off.
    Cut,
}

impl Unsent {
    fn words(&self) -> String {
        match self {
            Self::BrokenOff(error) => format!("the device broke off ({error})"),
            Self::TimeIsOver => "the device took no more in time".to_owned(),
            Self::Cut => "the bench cut it off".to_owned(),
        }
    }
}

/// Reads the head of a request; `None` if the device closed without one.
async fn head<S: AsyncRead + Unpin>(stream: &mut S) -> std::io::Result<Option<Asked>> {
    let mut head = Vec::new();
    let mut piece = [0; 1024];
    while !head.windows(4).any(|four| four == b"\r\n\r\n") {
        let count = stream.read(&mut piece).await?;
        if count == 0 || head.len() > LONGEST_HEAD {
            return Ok(None);
        }
        head.extend(&piece[..count]);
    }
    let text = String::from_utf8_lossy(&head);
    let mut lines = text.split("\r\n");
    let mut words = lines.next().unwrap_or_default().split(' ');
    let (Some(method), Some(target)) = (words.next(), words.next()) else { return Ok(None) };
    // A proxy is asked by the whole address.
    let path = match target.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("/", |at| &rest[at..]),
        None => target,
    };
    let range = lines.find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("range").then(|| value.trim().strip_prefix("bytes="))?
    });
    let from = range.and_then(|range| range.split('-').next()?.parse().ok()).unwrap_or(0);
    let clean = |text: &str| text.chars().filter(|character| !character.is_control()).take(300).collect();
    Ok(Some(Asked { method: clean(method), path: clean(path), from }))
}
