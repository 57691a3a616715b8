//! A bus of one's own.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// How long the daemon may take to listen.
const START: Duration = Duration::from_secs(10);

static COUNT: AtomicU32 = AtomicU32::new(0);

/// A `dbus-daemon` with a socket in a folder of its own. Dropping it ends the daemon and removes the folder.
#[derive(Debug)]
pub struct PrivateBus {
    daemon: Child,
    folder: PathBuf,
}

impl PrivateBus {
    /// Whether there is a `dbus-daemon` on this computer.
    pub fn is_installed() -> bool {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).any(|folder| folder.join("dbus-daemon").is_file())
    }

    /// Starts a bus.
    ///
    /// # Errors
    /// What the operating system says, and that the daemon does not listen in time.
    pub fn start() -> std::io::Result<Self> {
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        // The path of a socket is short, so this cannot lie deep in a build folder.
        let folder = std::env::temp_dir().join(format!("hantei-bus-{}-{count}", std::process::id()));
        std::fs::create_dir(&folder)?;
        let daemon = spawn(&folder).inspect_err(|_| drop(std::fs::remove_dir_all(&folder)))?;
        let mut bus = Self { daemon, folder };
        let began = Instant::now();
        // The socket is there a moment before the daemon listens at it.
        while std::os::unix::net::UnixStream::connect(bus.socket()).is_err() {
            if let Some(status) = bus.daemon.try_wait()? {
                return Err(std::io::Error::other(format!("dbus-daemon ended: {status}")));
            }
            if began.elapsed() > START {
                return Err(std::io::Error::other("dbus-daemon does not listen"));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(bus)
    }

    fn socket(&self) -> PathBuf {
        self.folder.join("bus")
    }

    /// The address, as `DBUS_SYSTEM_BUS_ADDRESS` takes it.
    pub fn address(&self) -> String {
        format!("unix:path={}", self.socket().display())
    }
}

fn spawn(folder: &Path) -> std::io::Result<Child> {
    let configuration = folder.join("bus.conf");
    write!(
        std::fs::File::create(&configuration)?,
        r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>unix:path={}/bus</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow own="*"/>
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
  </policy>
</busconfig>
"#,
        folder.display()
    )?;
    #[expect(
        clippy::disallowed_methods,
        reason = "the bus that the double of BlueZ is found on; ended by its id"
    )]
    std::process::Command::new("dbus-daemon")
        .arg(format!("--config-file={}", configuration.display()))
        .args(["--nofork", "--nopidfile", "--nosyslog"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
}

impl Drop for PrivateBus {
    fn drop(&mut self) {
        self.daemon.kill().ok();
        self.daemon.wait().ok();
        std::fs::remove_dir_all(&self.folder).ok();
    }
}
