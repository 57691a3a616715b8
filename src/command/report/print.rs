//! The page as PDF, printed by an installed Chromium: alone in a folder of its own, without network, for a
//! limited time.

use std::fs::{self, DirBuilder, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::output::Failure;

/// Names under which Chromium is installed.
const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// Longest time that a print may take.
const PATIENCE: Duration = Duration::from_secs(180);

/// Octets of what the browser says that are told where it fails.
const TOLD: u64 = 600;

/// A browser that prints.
pub(super) struct Browser {
    program: PathBuf,
}

impl Browser {
    /// The first one in the PATH.
    pub(super) fn find() -> Result<Self, Failure> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let places: Vec<PathBuf> = std::env::split_paths(&path).collect();
        NAMES
            .iter()
            .flat_map(|name| places.iter().map(move |place| place.join(name)))
            .find(|program| is_program(program))
            .map(|program| Self { program })
            .ok_or_else(|| {
                Failure::nothing_started(format!(
                    "PDF is printed by Chromium, and the PATH has none of {}",
                    NAMES.join(", ")
                ))
                .help("install one, or write --format html and print the page: it is made for paper too")
            })
    }

    /// Prints a page.
    pub(super) fn print(&self, page: &[u8]) -> Result<Vec<u8>, Failure> {
        let failed = |why: String| {
            Failure::nothing_started(format!("{} did not print the report: {why}", self.program.display()))
                .help("write --format html and print the page: it is made for paper too")
        };
        let folder = Folder::make().map_err(|error| failed(format!("no folder for it: {error}")))?;
        let (page_file, printed) = (folder.0.join("report.html"), folder.0.join("report.pdf"));
        fs::write(&page_file, page).map_err(|error| failed(error.to_string()))?;
        let said = folder.0.join("said");
        let log = File::create(&said).map_err(|error| failed(error.to_string()))?;
        let mut child = self
            .command(&folder.0, &page_file, &printed)
            .stderr(Stdio::from(log))
            .spawn()
            .map_err(|error| failed(error.to_string()))?;
        let ended = wait(&mut child).map_err(|error| failed(error.to_string()))?;
        if !ended {
            return Err(failed(format!("not done after {} s", PATIENCE.as_secs())));
        }
        match fs::read(&printed) {
            Ok(bytes) if bytes.starts_with(b"%PDF-") => Ok(bytes),
            _ => Err(failed(format!("it wrote no PDF and said: {}", beginning(&said)))),
        }
    }

    fn command(&self, folder: &Path, page: &Path, printed: &Path) -> Command {
        #[expect(clippy::disallowed_methods, reason = "prints a page of ours; no device is involved")]
        let mut command = Command::new(&self.program);
        command
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .envs(
                ["HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR", "TMPDIR"]
                    .map(|name| (name, folder)),
            )
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .args(["--headless", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"])
            .args(["--no-default-browser-check", "--disable-default-apps", "--disable-extensions"])
            // Nothing is looked up and nothing is called, not even by the browser for itself.
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
            .args(["--disable-domain-reliability", "--host-resolver-rules=MAP * ~NOTFOUND"])
            .args(["--proxy-server=http://127.0.0.1:1", "--proxy-bypass-list=<-loopback>"])
            .args(["--no-pdf-header-footer", "--export-tagged-pdf", "--generate-pdf-document-outline"])
            .arg(assigned("--user-data-dir=", &folder.join("profile")))
            .arg(assigned("--print-to-pdf=", printed));
        if as_root() {
            // Chromium refuses to start as root with its sandbox. The page has no script and loads nothing.
            command.arg("--no-sandbox");
        }
        command.arg(assigned("file://", page));
        command
    }
}

fn assigned(name: &str, path: &Path) -> std::ffi::OsString {
    let mut argument = std::ffi::OsString::from(name);
    argument.push(path);
    argument
}

/// Whether it ended in time; it is killed if not.
fn wait(child: &mut Child) -> std::io::Result<bool> {
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        if child.try_wait()?.is_some() {
            return Ok(true);
        }
        thread::sleep(Duration::from_millis(50));
    }
    child.kill()?;
    child.wait()?;
    Ok(false)
}

fn beginning(said: &Path) -> String {
    let mut text = Vec::new();
    if let Ok(file) = File::open(said) {
        file.take(TOLD).read_to_end(&mut text).ok();
    }
    let text = String::from_utf8_lossy(&text).replace(|c: char| c.is_control(), " ");
    if text.trim().is_empty() { "nothing".to_owned() } else { text.trim().to_owned() }
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}

#[cfg(unix)]
fn as_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

#[cfg(not(unix))]
fn as_root() -> bool {
    false
}

/// A folder for one print, gone with it.
struct Folder(PathBuf);

impl Folder {
    fn make() -> std::io::Result<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("hantei-print-{}-{number}", std::process::id()));
        let mut builder = DirBuilder::new();
        #[cfg(unix)]
        {
            use std::os::unix::fs::DirBuilderExt as _;
            builder.mode(0o700);
        }
        // A folder that is there already may be somebody else's trap.
        builder.create(&folder)?;
        Ok(Self(folder))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}
