//! SSH (RFC 4252): password, keyboard-interactive or key, over the dialer's stream.

use std::borrow::Cow;
use std::sync::Arc;

use russh::client::{self, AuthResult, Handle, KeyboardInteractiveAuthResponse};
use russh::keys::{PrivateKey, PrivateKeyWithHashAlg, PublicKeyOrCertificate, decode_secret_key};
use russh::{MethodKind, MethodSet, kex, mac};

use super::wire::connect;
use super::{Heard, Pair, Place, Stop};
use crate::login::{LoginTrouble, is_made_up};

/// Rounds of questions that are answered at a keyboard-interactive login.
const ROUNDS: usize = 4;

/// Whether a secret is a private key.
pub(crate) fn is_key(secret: &str) -> bool {
    let secret = secret.trim_start();
    secret.starts_with("-----BEGIN ") || secret.starts_with("PuTTY-User-Key-File-")
}

pub(super) async fn knock(place: &Place<'_>, pair: Option<Pair<'_>>) -> Result<Heard, Stop> {
    let stream = connect(place).await?;
    let mut session =
        client::connect_stream(config(), stream, AnyHostKey).await.map_err(|error| explain(&error))?;
    let user = pair.map_or(place.account, |(user, _)| user);
    let user = if user.is_empty() && pair.is_none() { "root" } else { user };
    let methods = match session.authenticate_none(user).await.map_err(|error| explain(&error))? {
        AuthResult::Success => return Ok(Heard::new("accepted", None, "let in without a credential")),
        AuthResult::Failure { remaining_methods, .. } if remaining_methods.is_empty() => {
            return Err(cut_off());
        }
        AuthResult::Failure { remaining_methods, .. } => remaining_methods,
    };
    let answer = match pair {
        None => Heard::new("rejected", None, format!("methods: {}", names(&methods))),
        Some((user, secret)) => with_secret(place, &mut session, &methods, user, secret).await?,
    };
    let _ = session.disconnect(russh::Disconnect::ByApplication, "", "en").await;
    Ok(answer)
}

async fn with_secret(
    place: &Place<'_>,
    session: &mut Handle<AnyHostKey>,
    methods: &MethodSet,
    user: &str,
    secret: &str,
) -> Result<Heard, Stop> {
    if is_key(secret) || (place.by_key && is_made_up(secret)) {
        let key = if is_key(secret) { decode_secret_key(secret, None).ok() } else { made_up_key() };
        let Some(key) = key else {
            let why = "the key of the bench file cannot be read; it must not be encrypted".to_owned();
            return Err(Stop::Trouble(LoginTrouble::Bench(why)));
        };
        let hash = session.best_supported_rsa_hash().await.ok().flatten().flatten();
        let key = PrivateKeyWithHashAlg::new(Arc::new(key), hash);
        return judged(session.authenticate_publickey(user, key).await, "key");
    }
    if methods.contains(&MethodKind::Password) {
        return judged(session.authenticate_password(user, secret).await, "password");
    }
    if methods.contains(&MethodKind::KeyboardInteractive) {
        return by_questions(session, user, secret).await;
    }
    Ok(Heard::new("rejected", None, format!("takes no password; methods: {}", names(methods))))
}

fn judged(answer: Result<AuthResult, russh::Error>, method: &str) -> Result<Heard, Stop> {
    match answer {
        Ok(AuthResult::Success) => Ok(Heard::new("accepted", None, format!("{method} accepted"))),
        // Right, but not enough: what was guessed is known to be right.
        Ok(AuthResult::Failure { partial_success: true, .. }) => {
            Ok(Heard::new("accepted", None, format!("{method} accepted, a second factor is asked for")))
        }
        Ok(AuthResult::Failure { remaining_methods, .. }) if remaining_methods.is_empty() => Err(cut_off()),
        Ok(AuthResult::Failure { .. }) => Ok(Heard::new("rejected", None, format!("{method} refused"))),
        Err(error) => Err(explain(&error)),
    }
}

async fn by_questions(session: &mut Handle<AnyHostKey>, user: &str, secret: &str) -> Result<Heard, Stop> {
    let mut answer = session.authenticate_keyboard_interactive_start(user, None).await;
    for _ in 0..ROUNDS {
        match answer.map_err(|error| explain(&error))? {
            KeyboardInteractiveAuthResponse::Success => {
                return Ok(Heard::new("accepted", None, "answers accepted"));
            }
            KeyboardInteractiveAuthResponse::Failure { remaining_methods, .. }
                if remaining_methods.is_empty() =>
            {
                return Err(cut_off());
            }
            KeyboardInteractiveAuthResponse::Failure { .. } => {
                return Ok(Heard::new("rejected", None, "answers refused"));
            }
            KeyboardInteractiveAuthResponse::InfoRequest { prompts, .. } => {
                let answers = prompts.iter().map(|_| secret.to_owned()).collect();
                answer = session.authenticate_keyboard_interactive_respond(answers).await;
            }
        }
    }
    Ok(Heard::new("unclear", None, "questions without end"))
}

/// The library tells of a connection that ended as of a refusal that names no method; a server that refuses names
/// some.
fn cut_off() -> Stop {
    Stop::heard("closed", "closed instead of an answer")
}

fn made_up_key() -> Option<PrivateKey> {
    let seed = crate::tls::client_hello::random::<32>();
    let pair = russh::keys::ssh_key::private::Ed25519Keypair::from_seed(&seed);
    Some(PrivateKey::from(pair))
}

fn names(methods: &MethodSet) -> String {
    methods.iter().map(|method| <&str>::from(method).to_owned()).collect::<Vec<String>>().join(", ")
}

fn explain(error: &russh::Error) -> Stop {
    use russh::Error::{ConnectionTimeout, Disconnect, HUP, IO, NoCommonAlgo, RecvError, SendError};
    match error {
        Disconnect | HUP | SendError | RecvError | IO(_) => Stop::heard("closed", error.to_string()),
        ConnectionTimeout => Stop::heard("no-answer", error.to_string()),
        NoCommonAlgo { kind, .. } => Stop::Trouble(LoginTrouble::Protocol(format!(
            "the server offers no {kind:?} algorithm that this build speaks"
        ))),
        other => Stop::Trouble(LoginTrouble::Protocol(format!("SSH: {other}"))),
    }
}

/// Usual algorithms, and behind them those of old devices: whether they are sound is not asked here.
fn config() -> Arc<client::Config> {
    let mut preferred = russh::Preferred::DEFAULT;
    let mut exchanges = preferred.kex.to_vec();
    exchanges.extend([kex::DH_G14_SHA1, kex::DH_GEX_SHA1, kex::DH_G1_SHA1]);
    preferred.kex = Cow::Owned(exchanges);
    let mut codes = preferred.mac.to_vec();
    codes.extend([mac::HMAC_SHA1_ETM, mac::HMAC_SHA1]);
    codes.dedup();
    preferred.mac = Cow::Owned(codes);
    let mut ciphers = preferred.cipher.to_vec();
    ciphers.extend([russh::cipher::AES_256_CBC, russh::cipher::AES_128_CBC]);
    preferred.cipher = Cow::Owned(ciphers);
    Arc::new(client::Config { preferred, ..client::Config::default() })
}

/// Who answers is not in question: the address is the sample's.
struct AnyHostKey;

impl client::Handler for AnyHostKey {
    type Error = russh::Error;

    async fn check_server_key(&mut self, _key: &PublicKeyOrCertificate) -> Result<bool, Self::Error> {
        Ok(true)
    }
}
