//! The bench of a persona: brings it up on loopback, pulls its strings, and has it assessed.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use harness::ixit::{Declaration, SourceFile};
use harness::probes::capture::Frame;
use harness::testcases::assessment::Assessment;
use harness::testcases::plan;
use harness::{BenchControl, BenchInput, BenchTrouble, NoAnswers, People, Performed, RunRequest, Silent};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use super::device::{Beside, CLOUD, CLOUD_PORT, Calls, Device, PAGE, Places, STATISTICS, STATISTICS_PORT};
use super::maker::Maker;
use crate::others::listening::listening;

const SERIAL: &str = "PC-0001";

/// A persona at the bench.
pub(crate) struct Bench {
    device: Arc<Device>,
    maker: Maker,
    living: Mutex<Option<JoinSet<()>>>,
    world: JoinSet<()>,
}

impl Bench {
    /// Everything up.
    pub(crate) async fn up(calls: impl FnOnce(&Maker) -> Calls, beside: Beside) -> Arc<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let n = NEXT.fetch_add(1, Ordering::Relaxed);
        let base = 0x7f31_0000 + (std::process::id() % 1024) * 64 * 4 + n * 4;
        let [device, cloud, router] = [0, 1, 2].map(|k| Ipv4Addr::from(base + k));
        let tester = Ipv4Addr::from(0x7fa1_0000 + (std::process::id() % 1024) * 64 + n);
        let maker = Maker::new();
        let places = Places { device, tester, cloud, router };
        let mut world = JoinSet::new();
        let acceptor = TlsAcceptor::from(maker.server(CLOUD));
        serve(&mut world, (cloud, CLOUD_PORT).into(), move |stream| {
            let acceptor = acceptor.clone();
            async move {
                let Ok(mut session) = acceptor.accept(stream).await else { return };
                let mut said = [0; 256];
                while let Ok(1..) = session.read(&mut said).await {
                    let _ = session.write_all(b"noted\n").await;
                }
            }
        })
        .await;
        serve(&mut world, (cloud, STATISTICS_PORT).into(), |mut stream| async move {
            let _ = stream.read(&mut [0; 1024]).await;
            let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n").await;
        })
        .await;
        let device = Arc::new(Device::new(places, calls(&maker), beside));
        let bench = Arc::new(Self { device, maker, living: Mutex::default(), world });
        bench.turn(true).await;
        bench
    }

    /// Gives or takes power.
    async fn turn(&self, on: bool) {
        let living = self.living.lock().expect("nobody panicked").take();
        if let Some(mut living) = living {
            living.shutdown().await;
        }
        if on {
            let mut living = JoinSet::new();
            serve(&mut living, (self.device.places.device, PAGE).into(), |mut stream| async move {
                if stream.read(&mut [0; 2048]).await.unwrap_or(0) > 0 {
                    let body = json!({ "model": "PC-1", "serial": SERIAL, "firmware": "1.0" }).to_string();
                    let answer = format!(
                        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: \
                         close\r\n\r\n{body}",
                        body.len()
                    );
                    let _ = stream.write_all(answer.as_bytes()).await;
                }
            })
            .await;
            living.spawn(Arc::clone(&self.device).live());
            *self.living.lock().expect("nobody panicked") = Some(living);
        }
    }

    /// Assesses the persona with these rows in its declaration, and gives what came of it.
    pub(crate) async fn assess(self: &Arc<Self>, rows: &str, units: &str, folder: &Path) -> Assessment {
        let declaration = declaration(rows);
        let request = RunRequest {
            folder: folder.to_owned(),
            plan: plan::derive(&declaration, Some(units)),
            declaration,
            documents: None,
            bench: BenchInput::built_in(self.file().into_bytes(), json!({ "persona": true }))
                .expect("a bench"),
            date: "2026-11-21".parse().expect("a date"),
            people: People::default(),
            demonstration: false,
        };
        let control: Arc<dyn BenchControl> = Arc::clone(self) as _;
        let outcome =
            harness::run(request, control, Arc::new(NoAnswers), Arc::new(Silent), CancellationToken::new())
                .await;
        outcome.expect("a run").assessment.expect("an assessment")
    }

    fn file(&self) -> String {
        let Places { device, tester, cloud, .. } = self.device.places;
        let [certificate, key] = &self.maker.lent;
        format!(
            "[[sample]]\nid = \"S1\"\nserial = \"{SERIAL}\"\naddress = \"{device}\"\nsource = \"{tester}\"\n\
             [hosts]\n\"{CLOUD}\" = \"{cloud}:{CLOUD_PORT}\"\n\"{STATISTICS}\" = \"{cloud}:{STATISTICS_PORT}\"\n\
             [world]\n\"{CLOUD}\" = \"{tester}:{}\"\n\
             [authority]\ncertificate = {{ value = '''{certificate}''' }}\nkey = {{ value = '''{key}''' }}\n\
             [limits]\nprofile = \"matrix\"\nparallel = 256\ntimeout_ms = 800\n\
             [consent]\nplay_peers = true\ninterrupt = true\n\
             [capture]\nidle_seconds = 2\nrepetitions = 3\n",
            CLOUD_PORT + 10_000,
        )
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.world.abort_all();
    }
}

impl BenchControl for Bench {
    fn perform<'a>(
        &'a self,
        action: &'a str,
    ) -> std::pin::Pin<Box<dyn Future<Output = Result<Performed, BenchTrouble>> + Send + 'a>> {
        Box::pin(async move {
            let strings = &self.device.strings;
            match action {
                "names_to_bench" => strings.at_bench.store(true, Ordering::SeqCst),
                "names_to_peers" => strings.at_bench.store(false, Ordering::SeqCst),
                "reconnect" => strings.again.notify_one(),
                "services_down" => {
                    strings.services_down.store(true, Ordering::SeqCst);
                    strings.cut.notify_one();
                }
                "services_up" => strings.services_down.store(false, Ordering::SeqCst),
                "power_off" => self.turn(false).await,
                "power_on" | "factory_reset" | "onboard" => self.turn(true).await,
                _ => return Ok(Performed::AskOperator),
            }
            Ok(Performed::Done { output: String::new() })
        })
    }

    fn tap(&self) -> Option<Result<mpsc::Receiver<Frame>, String>> {
        Some(Ok(self.device.cable.tap()))
    }

    fn device_ports(&self) -> Vec<u16> {
        vec![PAGE]
    }
}

async fn serve<F, T>(tasks: &mut JoinSet<()>, at: SocketAddr, serve: F)
where
    F: Fn(tokio::net::TcpStream) -> T + Send + 'static,
    T: Future<Output = ()> + Send + 'static,
{
    let listener = listening(at).await;
    tasks.spawn(async move {
        let mut visits = JoinSet::new();
        while let Ok((stream, _)) = listener.accept().await {
            visits.spawn(serve(stream));
        }
    });
}

/// What every persona declares, and these rows.
fn declaration(rows: &str) -> Declaration {
    let claimed = ["5.5-1", "5.5-5", "5.5-6", "5.5-7", "5.8-1", "5.9-3"];
    let mut ics = include_str!("ics.toml").to_owned();
    for provision in claimed {
        ics.push_str(&format!(
            "\n[provision.\"{provision}\"]\nsupport = \"Y\"\ndetail = \"As far as this trial goes.\"\n"
        ));
    }
    let ixit = format!("{}\n{rows}", include_str!("ixit.toml"));
    let sources =
        vec![SourceFile::new("ics.toml", ics.into_bytes()), SourceFile::new("ixit.toml", ixit.into_bytes())];
    let reading = Declaration::from_sources(sources, Vec::new());
    reading.declaration.unwrap_or_else(|| panic!("{:#?}", reading.diagnostics))
}
