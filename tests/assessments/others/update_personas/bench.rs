//! The bench of a persona: brings it up on loopback, pulls its strings, and has it assessed.

use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use harness::ixit::{Declaration, SourceFile};
use harness::testcases::assessment::Assessment;
use harness::testcases::plan;
use harness::{BenchControl, BenchInput, BenchTrouble, NoAnswers, People, Performed, RunRequest, Silent};
use rustls::version::{TLS12, TLS13};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::Mutex;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::device::{Device, FIRST, Habits, MODEL, PAGE};
use super::packages::{SERVER, Signer};
use crate::others::client_personas::maker::Maker;
use crate::others::listening::listening;

const SERIAL: &str = "PU-0001";
/// Port of the update server.
const PORT: u16 = 18_444;

/// A persona at the bench.
pub(crate) struct Bench {
    device: Arc<Device>,
    maker: Maker,
    signer: Signer,
    living: Living,
}

/// What runs while the persona has power. One hand turns it at a time: an update that starts the
/// persona again and a bench that resets it may come together, and both want its port.
type Living = Arc<Mutex<Option<JoinSet<()>>>>;

impl Bench {
    /// Everything up.
    pub(crate) async fn up(habits: Habits) -> Arc<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let n = NEXT.fetch_add(1, Ordering::Relaxed);
        let device = Ipv4Addr::from(0x7f35_0000 + (std::process::id() % 1024) * 64 + n);
        let tester = Ipv4Addr::from(0x7fa5_0000 + (std::process::id() % 1024) * 64 + n);
        let (maker, signer) = (Maker::new(), Signer::new());
        let tls = maker.client(&[&TLS12, &TLS13], |_| false);
        let at = std::net::SocketAddrV4::new(tester, PORT);
        let device = Arc::new(Device::new(device, at, habits, tls, signer.public()));
        let bench = Arc::new(Self { device, maker, signer, living: Arc::default() });
        bench.turn(true).await;
        bench
    }

    /// Gives or takes power.
    async fn turn(&self, on: bool) {
        turn(&self.device, &self.living, on).await;
    }

    /// Assesses the persona with this mechanism in its declaration, and gives what came of it.
    pub(crate) async fn assess(self: &Arc<Self>, mechanism: &str, units: &str, folder: &Path) -> Assessment {
        let declaration = declaration(mechanism);
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
        let Device { address, tester, .. } = &*self.device;
        let [certificate, key] = &self.maker.lent;
        let packages = [("newer", MODEL, "1.1"), ("older", MODEL, "0.9"), ("other-model", "PU-2", "1.1")];
        let packages = packages.map(|(kind, model, version)| self.signer.package(kind, model, version));
        format!(
            "[[sample]]\nid = \"S1\"\nserial = \"{SERIAL}\"\naddress = \"{address}\"\nsource = \"{}\"\n\
             [world]\n\"{SERVER}\" = \"{tester}\"\n\
             [authority]\ncertificate = {{ value = '''{certificate}''' }}\nkey = {{ value = '''{key}''' }}\n\
             [limits]\nprofile = \"matrix\"\nparallel = 256\ntimeout_ms = 800\n\
             [consent]\nplay_peers = true\ninterrupt = true\ninstall_updates = true\n{}",
            tester.ip(),
            packages.concat(),
        )
    }
}

impl BenchControl for Bench {
    fn perform<'a>(
        &'a self,
        action: &'a str,
    ) -> std::pin::Pin<Box<dyn Future<Output = Result<Performed, BenchTrouble>> + Send + 'a>> {
        Box::pin(async move {
            let device = &self.device;
            match action {
                "names_to_bench" => device.at_bench.store(true, Ordering::SeqCst),
                "names_to_peers" => device.at_bench.store(false, Ordering::SeqCst),
                "link_down" => _ = device.linked.send_replace(false),
                "link_up" => _ = device.linked.send_replace(true),
                "power_off" => self.turn(false).await,
                "power_on" | "onboard" => self.turn(true).await,
                "factory_reset" | "restore_software" => {
                    device.memory().starts = Some(FIRST.to_owned());
                    self.turn(true).await;
                }
                "trigger_update" => {
                    let (device, living) = (Arc::clone(device), Arc::clone(&self.living));
                    let looking = async move {
                        if device.look().await {
                            // Not by itself: it is a part of what ends.
                            tokio::spawn(async move {
                                turn(&device, &living, false).await;
                                tokio::time::sleep(Duration::from_millis(100)).await;
                                turn(&device, &living, true).await;
                            });
                        }
                    };
                    if let Some(living) = &mut *self.living.lock().await {
                        living.spawn(looking);
                    }
                }
                _ => return Ok(Performed::AskOperator),
            }
            Ok(Performed::Done { output: String::new() })
        })
    }

    fn device_ports(&self) -> Vec<u16> {
        vec![PAGE]
    }
}

/// Gives or takes power. Without software that can be started nothing answers.
async fn turn(device: &Device, living: &Mutex<Option<JoinSet<()>>>, on: bool) {
    let mut living = living.lock().await;
    if let Some(mut last) = living.take() {
        last.shutdown().await;
    }
    let starts = device.memory().starts.clone();
    let Some(version) = starts.filter(|_| on) else { return };
    let mut now = JoinSet::new();
    let listener = listening((device.address, PAGE).into()).await;
    now.spawn(async move {
        let mut visits = JoinSet::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            let version = version.clone();
            visits.spawn(async move {
                if stream.read(&mut [0; 2048]).await.unwrap_or(0) > 0 {
                    let body = json!({ "model": MODEL, "serial": SERIAL, "firmware": version }).to_string();
                    let answer = format!(
                        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: \
                         close\r\n\r\n{body}",
                        body.len()
                    );
                    let _ = stream.write_all(answer.as_bytes()).await;
                }
            });
        }
    });
    *living = Some(now);
}

/// What every persona declares, and its mechanism.
fn declaration(mechanism: &str) -> Declaration {
    let ixit = format!("{}\n{mechanism}", include_str!("ixit.toml"));
    let ics = include_str!("ics.toml").as_bytes().to_vec();
    let sources = vec![SourceFile::new("ics.toml", ics), SourceFile::new("ixit.toml", ixit.into_bytes())];
    let reading = Declaration::from_sources(sources, Vec::new());
    reading.declaration.unwrap_or_else(|| panic!("{:#?}", reading.diagnostics))
}
