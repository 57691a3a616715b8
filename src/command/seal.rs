//! `hantei seal RUN`: a signed list of all files of a run, in the form of minisign and `sha256sum`.

mod password;

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use harness::ExitCode;
use harness::seal::{PasswordCost, PublicKey, SIGNATURE_FILE, SUMS_FILE, SealError, SealRequest, SecretKey};
use serde_json::json;

use crate::Done;
use crate::cli::Seal;
use crate::output::{self, Failure, Tone, paint};

/// Largest key file that is read, in bytes.
const LARGEST_KEY: u64 = 64 << 10;

/// Seals a run, or makes a pair of keys.
pub(crate) fn seal(arguments: &Seal) -> Done {
    match (&arguments.run, &arguments.key, &arguments.new_key) {
        (_, _, Some(file)) => new_key(arguments, file),
        (Some(run), Some(key), None) => seal_run(arguments, run, key),
        _ => Err(Failure::nothing_started("a run and a key are needed").help("hantei seal RUN --key FILE")),
    }
}

fn seal_run(arguments: &Seal, run: &Path, key_file: &Path) -> Done {
    let text = key_text(key_file)?;
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    if real(key_file).starts_with(real(run)) {
        return Err(Failure::nothing_started(format!(
            "the secret key {} lies in the run folder, which is handed on",
            key_file.display()
        ))
        .help("move it to where only whoever seals can read it"));
    }
    warn_of_readers(key_file);
    let refused = |error| Failure::nothing_started(format!("{}: {error}", key_file.display()));
    let password = if SecretKey::is_encrypted(&text).map_err(refused)? {
        let given = password::given(arguments)?;
        Some(given.map_or_else(|| password::ask(&format!("Password of {}: ", key_file.display())), Ok)?)
    } else {
        None
    };
    let key = SecretKey::read(&text, password.as_deref()).map_err(refused)?;
    let request = SealRequest {
        key: &key,
        draft: arguments.draft,
        again: arguments.again,
        now: jiff::Timestamp::now(),
    };
    let seal = harness::seal::seal(run, request).map_err(|error| failure(run, error))?;
    for one in &seal.replaced {
        eprintln!(
            "{} {} was not as the seal before this one said: {}",
            paint(Tone::Open, "note:"),
            one.file,
            one.actual
        );
    }
    let public = key.public();
    let (sums, signature) = (run.join(SUMS_FILE), run.join(SIGNATURE_FILE));
    if arguments.json {
        output::print_json(&json!({
            "format": "hantei.seal/1",
            "run": run,
            "sums": sums,
            "signature": signature,
            "files": seal.files,
            "comment": seal.comment,
            "draft": arguments.draft,
            "key_id": public.id(),
            "public_key": public.base64(),
            "replaced": seal.replaced,
        }))?;
    } else {
        eprintln!("wrote {}\nwrote {}", sums.display(), signature.display());
        eprintln!("{} files sealed: {}", seal.files, seal.comment);
        eprintln!("Whoever gets the run verifies it in its folder, without hantei:");
        output::print_text(&format!(
            "minisign -Vm {SUMS_FILE} -P {}\nsha256sum --check --strict --quiet {SUMS_FILE}\n",
            public.base64()
        ))?;
    }
    Ok(ExitCode::Pass)
}

fn failure(run: &Path, error: SealError) -> Failure {
    let code = error.exit_code();
    let help = match &error {
        SealError::Sealed(_) => Some("--again puts a new seal in its place".to_owned()),
        SealError::Unfinished(_) => Some(format!(
            "hantei resume {0} goes on, hantei judge {0} writes the assessment again; --draft seals it as it is",
            run.display()
        )),
        SealError::CannotVouch => Some("--draft seals it all the same, and the seal says so".to_owned()),
        SealError::File { .. } => Some("take it out of the run folder, or give it another name".to_owned()),
        SealError::Store(_) => None,
    };
    let failure = Failure::of_code(error, code);
    help.into_iter().fold(failure, Failure::help)
}

fn new_key(arguments: &Seal, secret: &Path) -> Done {
    let public_file = secret.with_extension("pub");
    for path in [secret, &public_file] {
        if path.symlink_metadata().is_ok() {
            return Err(Failure::nothing_started(format!("{} is there already", path.display()))
                .help("name another file; a key that sealed runs is never written over"));
        }
    }
    if let Some(run) = run_around(secret) {
        return Err(Failure::nothing_started(format!(
            "{} would lie in the run folder {}, which is handed on",
            secret.display(),
            run.display()
        ))
        .help("name a place outside of it"));
    }
    let key = SecretKey::generate().map_err(Failure::nothing_started)?;
    let text = if arguments.no_password {
        key.plain_text()
    } else {
        let password = match password::given(arguments)? {
            Some(password) => password,
            None => password::ask_twice()?,
        };
        eprintln!("Hiding the key behind the password; this takes some seconds and 1 GiB of memory");
        key.encrypted_text(&password, PasswordCost::SENSITIVE).map_err(|error| {
            Failure::nothing_started(error).help("give a password, or --no-password for a key without one")
        })?
    };
    let public = key.public();
    write_new(secret, &text, true)?;
    write_new(&public_file, &public.text(), false)?;
    if arguments.json {
        output::print_json(&json!({
            "format": "hantei.seal-key/1",
            "secret": secret,
            "public": public_file,
            "key_id": public.id(),
            "public_key": public.base64(),
        }))?;
    } else {
        eprintln!("wrote {} (keep it secret)\nwrote {}", secret.display(), public_file.display());
        eprintln!("Publish this line where whoever verifies will look for it, apart from the runs:");
        output::print_text(&format!("{}\n", public.base64()))?;
    }
    Ok(ExitCode::Pass)
}

/// The public key of an argument: a file, or the line of base64 itself.
pub(super) fn public_key(argument: &str) -> Result<PublicKey, Failure> {
    let path = Path::new(argument);
    let text = if path.is_file() { key_text(path)? } else { argument.to_owned() };
    PublicKey::read(&text).map_err(|error| {
        let failure = Failure::nothing_started(format!("{argument}: {error}"));
        if path.is_file() { failure } else { failure.help("there is no file of this name either") }
    })
}

fn key_text(path: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    File::open(path)
        .and_then(|file| file.take(LARGEST_KEY).read_to_string(&mut text))
        .map_err(|error| Failure::nothing_started(format!("{} cannot be read: {error}", path.display())))?;
    Ok(text)
}

/// The run folder that a file would lie in.
fn run_around(file: &Path) -> Option<PathBuf> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = folder.canonicalize().ok()?;
    let is_run = |folder: &&Path| folder.join("run.json").exists() && folder.join("journal.jsonl").exists();
    folder.ancestors().find(is_run).map(Path::to_owned)
}

fn write_new(path: &Path, text: &str, private: bool) -> Result<(), Failure> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if private {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    #[cfg(not(unix))]
    let _ = private;
    options
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
        .map_err(|error| Failure::nothing_started(format!("{} cannot be written: {error}", path.display())))
}

/// Says where others may read a secret key.
fn warn_of_readers(path: &Path) {
    #[cfg(unix)]
    if let Ok(meta) = fs::metadata(path) {
        use std::os::unix::fs::PermissionsExt as _;
        if meta.permissions().mode() & 0o077 != 0 {
            eprintln!(
                "{} others may read the secret key {}; chmod 600 keeps it to you",
                paint(Tone::Open, "warning:"),
                path.display()
            );
        }
    }
    #[cfg(not(unix))]
    let _ = fs::metadata(path);
}
