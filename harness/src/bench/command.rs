//! A bench whose actions are programs: argument lists from the bench file, no shell.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use ixit::Bench;
use tokio::io::{AsyncRead, AsyncReadExt as _};

use super::{BenchControl, BenchTrouble, Performed};

/// Most bytes of output that are kept of each of the two streams.
const MOST_OUTPUT: u64 = 64 * 1024;

/// Carries out the `[actions]` of a bench file.
#[derive(Clone, Debug)]
pub struct CommandBench {
    actions: BTreeMap<String, Vec<String>>,
    folder: PathBuf,
    time_out: Duration,
    reader: Option<PathBuf>,
}

impl CommandBench {
    /// The actions of a bench. Programs start in `folder`, the one of the bench file, and have five minutes.
    pub fn new(bench: &Bench, folder: impl Into<PathBuf>) -> Self {
        Self {
            actions: bench.actions.clone(),
            folder: folder.into(),
            time_out: Duration::from_secs(300),
            reader: None,
        }
    }

    /// The program that reads hostile files in a limited process.
    #[must_use]
    pub fn with_reader(mut self, reader: Option<PathBuf>) -> Self {
        self.reader = reader;
        self
    }

    /// Another time-out.
    #[must_use]
    pub fn with_time_out(mut self, time_out: Duration) -> Self {
        self.time_out = time_out;
        self
    }

    async fn execute(&self, action: &str, arguments: &[String]) -> Result<Performed, BenchTrouble> {
        let trouble = |what: String, output: String| BenchTrouble {
            message: format!(
                "the bench action {action} ({}) {what}; try the command by hand, or leave the action out of \
                 the bench file and the operator is asked",
                arguments.join(" ")
            ),
            output,
        };
        let Some((program, rest)) = arguments.split_first() else { return Ok(Performed::AskOperator) };
        #[expect(clippy::disallowed_methods, reason = "the one place that runs bench actions")]
        let mut command = tokio::process::Command::new(program);
        command
            .args(rest)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        if self.folder.is_dir() {
            command.current_dir(&self.folder);
        }
        let mut child =
            command.spawn().map_err(|error| trouble(format!("cannot be started: {error}"), String::new()))?;
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let (mut out, mut err) = (Vec::new(), Vec::new());
        // A program that the action left running may hold the streams open, so they do not outlast it.
        let ended = tokio::time::timeout(self.time_out, async {
            let mut reading = std::pin::pin!(
                async { tokio::join!(drain(stdout, &mut out), drain(stderr, &mut err)) }.fuse()
            );
            let mut waiting = std::pin::pin!(child.wait().fuse());
            let status = tokio::select! {
                status = &mut waiting => {
                    let _ = tokio::time::timeout(Duration::from_millis(500), reading).await;
                    status
                }
                _ = &mut reading => waiting.await,
            };
            status
        })
        .await;
        let output = printed(&out, &err);
        match ended {
            Err(_) => Err(trouble(format!("did not end within {} s", self.time_out.as_secs()), output)),
            Ok(Err(error)) => Err(trouble(format!("cannot be waited for: {error}"), output)),
            Ok(Ok(status)) if status.success() => Ok(Performed::Done { output }),
            Ok(Ok(status)) => Err(trouble(format!("failed: {status}"), output)),
        }
    }
}

impl BenchControl for CommandBench {
    fn reader(&self) -> Option<PathBuf> {
        self.reader.clone()
    }

    fn perform<'a>(&'a self, action: &'a str) -> BoxFuture<'a, Result<Performed, BenchTrouble>> {
        Box::pin(async move {
            match self.actions.get(action) {
                None => Ok(Performed::AskOperator),
                Some(arguments) => self.execute(action, arguments).await,
            }
        })
    }
}

/// Reads a stream to its end and keeps its beginning.
async fn drain(stream: Option<impl AsyncRead + Unpin>, kept: &mut Vec<u8>) {
    let Some(stream) = stream else { return };
    let mut start = stream.take(MOST_OUTPUT);
    // What cannot be read is missing from the evidence and changes nothing else.
    let _ = start.read_to_end(kept).await;
    let _ = tokio::io::copy(&mut start.into_inner(), &mut tokio::io::sink()).await;
}

fn printed(out: &[u8], err: &[u8]) -> String {
    let mut text = String::from_utf8_lossy(out).into_owned();
    if !err.is_empty() {
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        text.push_str(&String::from_utf8_lossy(err));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bench(arguments: &[&str]) -> CommandBench {
        let mut bench = Bench::default();
        bench.actions.insert("onboard".into(), arguments.iter().map(|&text| text.to_owned()).collect());
        CommandBench::new(&bench, "/")
    }

    #[tokio::test]
    async fn output_is_kept_and_no_shell_reads_the_arguments() {
        let done = bench(&["/bin/echo", "$(id)", "a;b"]).perform("onboard").await;
        assert_eq!(done, Ok(Performed::Done { output: "$(id) a;b\n".into() }));
    }

    #[tokio::test]
    async fn a_failing_program_is_trouble_with_its_output() {
        let trouble = bench(&["/bin/cat", "/nonexistent/file"]).perform("onboard").await.unwrap_err();
        assert!(trouble.message.contains("onboard"), "{trouble}");
        assert!(trouble.output.contains("nonexistent"), "{trouble:?}");
        let missing = bench(&["/nonexistent/program"]).perform("onboard").await.unwrap_err();
        assert!(missing.message.contains("cannot be started"), "{missing}");
    }

    #[tokio::test]
    async fn an_endless_program_is_ended() {
        let bench = bench(&["/bin/sleep", "600"]).with_time_out(Duration::from_millis(100));
        let trouble = bench.perform("onboard").await.unwrap_err();
        assert!(trouble.message.contains("did not end"), "{trouble}");
    }

    #[tokio::test]
    async fn output_is_bounded() {
        let arguments = ["/usr/bin/head", "-c", "1000000", "/dev/zero"];
        let Ok(Performed::Done { output }) = bench(&arguments).perform("onboard").await else {
            panic!("the action failed");
        };
        assert_eq!(output.len() as u64, MOST_OUTPUT);
    }

    #[tokio::test]
    async fn an_action_that_is_not_there_is_for_the_operator() {
        assert_eq!(bench(&["true"]).perform("factory_reset").await, Ok(Performed::AskOperator));
    }
}
