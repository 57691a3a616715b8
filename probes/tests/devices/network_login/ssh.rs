//! SSH servers that keep strangers out, and their twins.

use super::*;

mod shell {
    use super::{Guard, Opinion, TcpStream, serve};
    use std::sync::Arc;

    use russh::keys::{PrivateKey, PublicKey};
    use russh::server::{Auth, Config, Handler, VerifiedPublicKey, run_stream};

    /// Who may come in.
    #[derive(Clone)]
    pub(crate) struct Shell {
        pub(crate) guard: Guard,
        pub(crate) password: &'static str,
        pub(crate) key: Option<PublicKey>,
        pub(crate) anybody: bool,
    }

    impl Shell {
        fn opinion(&self, right: bool) -> Result<Auth, russh::Error> {
            match self.guard.judge(right) {
                Opinion::In => Ok(Auth::Accept),
                Opinion::Out => Ok(Auth::reject()),
                Opinion::Locked => Err(russh::Error::Disconnect),
            }
        }
    }

    impl Handler for Shell {
        type Error = russh::Error;

        async fn auth_none(&mut self, _: &str) -> Result<Auth, Self::Error> {
            Ok(if self.anybody { Auth::Accept } else { Auth::reject() })
        }

        async fn auth_password(&mut self, user: &str, password: &str) -> Result<Auth, Self::Error> {
            self.opinion(user == "owner" && password == self.password && !password.is_empty())
        }

        async fn auth_publickey(&mut self, _: &str, key: VerifiedPublicKey<'_>) -> Result<Auth, Self::Error> {
            let right = self.key.as_ref().is_some_and(|known| known.key_data() == key.public_key.key_data());
            self.opinion(right)
        }
    }

    pub(crate) fn key(seed: u8) -> PrivateKey {
        PrivateKey::from(russh::keys::ssh_key::private::Ed25519Keypair::from_seed(&[seed; 32]))
    }

    pub(crate) async fn serve_shell(shell: Shell) -> u16 {
        let config = Arc::new(Config {
            keys: vec![key(1)],
            auth_rejection_time: std::time::Duration::from_millis(20),
            auth_rejection_time_initial: Some(std::time::Duration::ZERO),
            ..Config::default()
        });
        serve(move |stream: TcpStream| {
            let (config, shell) = (config.clone(), shell.clone());
            async move {
                if let Ok(session) = run_stream(config, stream, shell).await {
                    let _ = session.await;
                }
            }
        })
        .await
    }
}

use shell::{Shell, serve_shell};

fn shell_with(guard: Guard) -> Shell {
    Shell { guard, password: GOOD, key: None, anybody: false }
}

#[tokio::test]
async fn ssh_logins_by_password() {
    let locking = serve_shell(shell_with(Guard::locking_after(3))).await;
    let open = serve_shell(shell_with(Guard::never_locking())).await;
    is_told_from_its_twin("ssh", locking, open, json!({})).await;
}

#[tokio::test]
async fn ssh_logins_by_key() {
    let key = shell::key(7);
    let secret = key.to_openssh(russh::keys::ssh_key::LineEnding::LF).expect("a key").to_string();
    let known =
        Shell { key: Some(key.public_key().clone()), password: "", ..shell_with(Guard::never_locking()) };
    let port = serve_shell(known).await;
    let (outcome, seen, transcript) = visit_with(&secret, port, "ssh", json!({})).await;
    assert_eq!(seen.good.expect("tried").result, "accepted", "{transcript}");
    assert!(seen.burst.iter().all(|attempt| attempt.result == "rejected"), "{transcript}");
    assert_eq!((outcome, seen.burst.len()), (Outcome::Complete, 6));
    let port = serve_shell(shell_with(Guard::never_locking())).await;
    let (_, seen, transcript) = visit_with(&secret, port, "ssh", json!({})).await;
    assert_eq!(seen.good.expect("tried").result, "rejected", "{transcript}");
}

#[tokio::test]
async fn a_shell_that_asks_for_nothing_ends_the_visit() {
    let port = serve_shell(Shell { anybody: true, ..shell_with(Guard::never_locking()) }).await;
    let (_, seen, _) = visit(port, "ssh", json!({})).await;
    assert_eq!(seen.negative_control.result, "accepted");
}
