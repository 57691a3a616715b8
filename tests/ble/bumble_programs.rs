//! The programs on Bumble, an independent Bluetooth stack: a device, and a tester of devices.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use harness::probes::ble::{
    Adapter, Ask, BleBackend, BleLimits, BleScope, Compare, DeviceAddress, HciBackend, NumericAnswer,
    PairingPolicy, PasskeySource,
};
use serde_json::Value;

/// Only keeps a test that hangs from hanging for ever.
const GUARD: Duration = Duration::from_secs(60);

fn folder() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("lab/peers/bumble")
}

/// The Python that has Bumble; installed by the first who asks.
fn python() -> &'static str {
    static PYTHON: OnceLock<String> = OnceLock::new();
    PYTHON.get_or_init(|| {
        #[expect(clippy::disallowed_methods, reason = "installs the peer of this test")]
        let output = Command::new(folder().join("install")).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    })
}

/// A program that tells what happens to it, line by line.
pub(crate) struct Program {
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<Value>,
}

impl Program {
    fn start(file: &str, arguments: &[&str]) -> Self {
        #[expect(clippy::disallowed_methods, reason = "the peer of this test, on loopback")]
        let mut command = Command::new(python());
        command.arg("-B").arg(folder().join(file)).args(arguments);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (told, lines) = channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                let line = serde_json::from_str(&line).unwrap_or_else(|_| panic!("{line}"));
                if told.send(line).is_err() {
                    return;
                }
            }
        });
        let input = child.stdin.take();
        Self { child, input, lines }
    }

    /// What it tells next, whatever it is; nothing after its end.
    pub(crate) fn next(&self) -> Option<Value> {
        match self.lines.recv_timeout(GUARD) {
            Ok(line) => Some(line),
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => panic!("the program on Bumble says nothing"),
        }
    }

    /// The next line about this event; others before it are passed over.
    pub(crate) fn told(&self, event: &str) -> Value {
        while let Some(line) = self.next() {
            if line["event"] == event {
                return line;
            }
        }
        panic!("the program on Bumble ended without \"{event}\"");
    }

    /// A person says something to it.
    pub(crate) fn say(&mut self, line: &str) {
        writeln!(self.input.as_mut().unwrap(), "{line}").unwrap();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It ends with its input; one that does not is ended.
        self.input = None;
        for _ in 0..200 {
            if let Ok(Some(_)) = self.child.try_wait() {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The heater on Bumble.
#[derive(Clone)]
pub(crate) struct Device {
    program: Arc<Mutex<Program>>,
    pub(crate) adapter: Adapter,
    pub(crate) address: DeviceAddress,
}

impl Device {
    pub(crate) fn start(mode: &str) -> Self {
        let program = Program::start("device.py", &[mode]);
        let ready = program.told("ready");
        let text = |name: &str| ready[name].as_str().unwrap().to_owned();
        let (adapter, address) = (text("adapter").parse().unwrap(), text("address").parse().unwrap());
        Self { program: Arc::new(Mutex::new(program)), adapter, address }
    }

    /// What a person sees at it: the next line about this event.
    pub(crate) fn told(&self, event: &str) -> Value {
        self.program.lock().unwrap().told(event)
    }

    /// The passkey on its panel, waited for a while: it comes up when the keys are exchanged.
    pub(crate) async fn passkey(self) -> Option<u32> {
        let look = move || {
            for _ in 0..300 {
                let mut program = self.program.lock().unwrap();
                program.say("look");
                if let Some(digits) = program.told("panel")["passkey"].as_str() {
                    return digits.parse().ok();
                }
                drop(program);
                std::thread::sleep(Duration::from_millis(10));
            }
            None
        };
        tokio::task::spawn_blocking(look).await.unwrap()
    }

    async fn number(self) -> u32 {
        let told = tokio::task::spawn_blocking(move || self.told("compare")).await.unwrap();
        told["number"].as_str().unwrap().parse().unwrap()
    }

    /// Somebody reads its passkey and types it.
    pub(crate) fn reader(&self) -> PairingPolicy {
        let device = self.clone();
        let ask: Ask = Arc::new(move |_| Box::pin(device.clone().passkey()));
        PairingPolicy::passkey(PasskeySource::Asked(ask))
    }

    /// Somebody compares its number with that of the tester.
    pub(crate) fn comparer(&self) -> PairingPolicy {
        let device = self.clone();
        let compare: Compare = Arc::new(move |digits| {
            let device = device.clone();
            Box::pin(async move { device.number().await == digits })
        });
        PairingPolicy::numeric(NumericAnswer::Asked(compare))
    }

    /// A tester with a link to it.
    pub(crate) async fn linked(&self) -> HciBackend {
        let scope = BleScope::of(self.address);
        let mut tester = HciBackend::open(&self.adapter, scope, BleLimits::default()).await.unwrap();
        tester.connect(self.address).await.unwrap();
        tester
    }
}

/// A tester on Bumble that pairs with a heater of the lab in one way.
pub(crate) fn central(bench: &crate::air::Heater, attempt: &str, more: &[&str]) -> Program {
    let controller = bench.tester_url();
    let controller = controller.strip_prefix("tcp:").unwrap();
    let device = crate::air::address(bench).to_string();
    let device = device.strip_suffix("/random").unwrap();
    Program::start("central.py", &[&[controller, device, attempt], more].concat())
}
