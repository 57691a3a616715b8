//! The declaration of the instance that runs: the files of `devices/water-heater`, which are those of one
//! instance in full, with what is individual to it replaced by what is individual to this one.
//! `README.md` beside the files lists these values.

use std::net::{Ipv4Addr, SocketAddr};

use crate::error::LabError;
use crate::fault::Folder;
use crate::secrets::Secrets;
use crate::spec::{Ports, StoredCertificate};
use crate::update::package::{self, Package};

include!(concat!(env!("OUT_DIR"), "/reference_files.rs"));

/// File with the answers of the people in a demonstration.
const DECISIONS: &str = "decisions.toml";
/// Files of the folder that are no part of the declaration.
const NOT_DECLARED: [&str; 2] = [DECISIONS, "README.md"];

/// A value in the files that belongs to one instance.
#[derive(Clone, Debug)]
struct Individual {
    /// As it stands in the files.
    token: &'static str,
    /// Every file that holds it; each has to, and no other may.
    files: &'static [&'static str],
    /// What stands there for the instance that runs.
    value: String,
}

/// Values of the instance that runs, each with the token that it replaces.
#[derive(Clone, Debug)]
pub(crate) struct Values(Vec<Individual>);

impl Values {
    /// Values of the assessed sample and of the one that is compared with it.
    pub(crate) fn new(
        [address, second_address]: [Ipv4Addr; 2],
        world: Ipv4Addr,
        bluetooth: SocketAddr,
        ports: &Ports,
        [secrets, second]: [&Secrets; 2],
        authority: &StoredCertificate,
        [newer, older, other_model, stale]: &[Package; 4],
    ) -> Self {
        const ICS: &str = "ics.toml";
        const IXIT: &str = "ixit.toml";
        const BENCH: &str = "bench.toml";
        const PLUS: &str = "plus.toml";
        const MUD: &str = "documents/hk-100.mud.json";
        let mut values = Vec::new();
        let mut individual = |token, files, value| values.push(Individual { token, files, value });

        individual("127.64.0.1", &[BENCH], address.to_string());
        individual("127.192.0.1", &[BENCH], tester_address(address).to_string());
        individual("127.64.0.2", &[BENCH], world.to_string());
        individual("127.64.0.3", &[BENCH], second_address.to_string());
        individual("127.64.0.4:9001", &[BENCH], bluetooth.to_string());
        individual("8443", &[ICS, IXIT, MUD, PLUS], ports.https.to_string());
        individual("5353", &[IXIT, MUD], ports.mdns.to_string());
        individual("9229", &[IXIT], ports.debug.to_string());
        individual("8080", &[BENCH], ports.maker.to_string());
        individual("8883", &[BENCH, IXIT, MUD], ports.cloud.to_string());
        individual("8444", &[BENCH, IXIT, MUD], ports.update.to_string());
        individual("5300", &[IXIT], ports.names.to_string());
        individual("28883", &[BENCH], ports.bench_cloud.to_string());
        individual("28444", &[BENCH], ports.bench_update.to_string());
        individual("HK100-26-857015", &[BENCH], secrets.serial.clone());
        individual("02:48:4b:0a:34:a0", &[BENCH], secrets.mac.clone());
        individual("XQ6JDmJNx3uK", &[BENCH], secrets.label_password.clone());
        individual("pFXYraeuTQwK57qW", &[BENCH], secrets.user_password.clone());
        individual("HK100-26-148372", &[BENCH], second.serial.clone());
        individual("02:48:4b:3d:0c:2e", &[BENCH], second.mac.clone());
        individual("QMPp9gB7B9HR", &[BENCH], second.label_password.clone());
        individual("CERTIFICATE-OF-HINODE-ROOT", &[BENCH], on_one_line(&authority.certificate));
        individual("KEY-OF-HINODE-ROOT", &[BENCH], on_one_line(&authority.key));
        // Its image is that of the newer one.
        let list = package::hex(stale.manifest.to_string().as_bytes());
        individual("MANIFEST-OF-STALE-FIRMWARE", &[BENCH], list);
        for ([manifest, image], package) in [
            (["MANIFEST-OF-NEWER-FIRMWARE", "IMAGE-OF-NEWER-FIRMWARE"], newer),
            (["MANIFEST-OF-OLDER-FIRMWARE", "IMAGE-OF-OLDER-FIRMWARE"], older),
            (["MANIFEST-OF-OTHER-MODEL", "IMAGE-OF-OTHER-MODEL"], other_model),
        ] {
            individual(manifest, &[BENCH], package::hex(package.manifest.to_string().as_bytes()));
            individual(image, &[BENCH], package::hex(&package.image));
        }
        Self(values)
    }

    /// The text of a file with the values of this instance.
    ///
    /// # Errors
    /// If a token is missing where it is expected or found where it is not, and if something is left open.
    fn put_into(&self, file: &str, text: &str) -> Result<String, LabError> {
        // In one pass, so that a value that looks like another token is left alone.
        let mut written = String::with_capacity(text.len());
        let mut seen = vec![false; self.0.len()];
        let mut at = 0;
        while let Some(next) = text[at..].chars().next() {
            let here = self.0.iter().position(|one| is_whole_token(text, at, one.token));
            match here.map(|index| (index, &self.0[index])) {
                Some((index, individual)) => {
                    seen[index] = true;
                    written.push_str(&individual.value);
                    at += individual.token.len();
                }
                None => {
                    written.push(next);
                    at += next.len_utf8();
                }
            }
        }
        for (individual, seen) in self.0.iter().zip(seen) {
            if seen != individual.files.contains(&file) {
                let (file, token) = (file.to_owned(), individual.token);
                return Err(if seen {
                    LabError::TokenUnexpected { file, token }
                } else {
                    LabError::TokenMissing { file, token }
                });
            }
        }
        match written.split_once("{{") {
            None => Ok(written),
            Some((before, after)) => Err(LabError::LeftOpen {
                file: file.to_owned(),
                line: before.matches('\n').count() + 1,
                name: after.split(['}', '\n']).next().unwrap_or_default().chars().take(40).collect(),
            }),
        }
    }
}

/// The declaration folder of the instance.
///
/// # Errors
/// If a file does not hold the tokens that it should, or one of the listed files is not there.
pub(crate) fn folder(values: &Values) -> Result<Folder, LabError> {
    let mut folder = Folder::default();
    for (name, bytes) in REFERENCE.iter().filter(|(name, _)| !NOT_DECLARED.contains(name)) {
        let contents = match std::str::from_utf8(bytes) {
            Ok(text) => values.put_into(name, text)?.into_bytes(),
            Err(_) => bytes.to_vec(), // a picture or a firmware image
        };
        folder.0.insert((*name).to_owned(), contents);
    }
    let wanted = values.0.iter().flat_map(|one| one.files);
    match wanted.copied().find(|file| !folder.0.contains_key(*file)) {
        Some(file) => Err(LabError::NoReferenceFile { file }),
        None => Ok(folder),
    }
}

/// Answers of the people in a demonstration.
///
/// # Errors
/// If the file is missing, is not text, or holds a value that belongs to one instance.
pub(crate) fn decisions(values: &Values) -> Result<String, LabError> {
    let missing = || LabError::NoReferenceFile { file: DECISIONS };
    let (_, bytes) = REFERENCE.iter().find(|(name, _)| *name == DECISIONS).ok_or_else(missing)?;
    let text = std::str::from_utf8(bytes).map_err(|_| missing())?;
    values.put_into(DECISIONS, text)
}

/// Whether the token stands there, and not as part of a longer number, address or name: `8443` is not
/// in `18443`, and `127.64.0.1` neither in `127.64.0.12` nor in `127.64.0.1.5`.
fn is_whole_token(text: &str, at: usize, token: &str) -> bool {
    let Some(after) = text[at..].strip_prefix(token) else { return false };
    let joins = |character: char| {
        // A colon goes on in a hardware address, not before or after an address with its port.
        matches!(character, '.' | '-') || (character == ':' && token.contains(':') && !token.contains('.'))
    };
    let goes_on = |mut characters: [Option<char>; 2]| {
        let in_word = |character: char| character.is_ascii_alphanumeric() || character == '_';
        if characters[0].is_some_and(joins) {
            characters.rotate_left(1);
        }
        characters[0].is_some_and(in_word)
    };
    let mut backwards = text[..at].chars().rev();
    let mut forwards = after.chars();
    !goes_on([backwards.next(), backwards.next()]) && !goes_on([forwards.next(), forwards.next()])
}

/// PEM as it is written between quotation marks.
fn on_one_line(pem: &str) -> String {
    pem.trim_end().replace("\r", "").replace('\n', "\\n")
}

/// Source address of the scanner: beside every address of the lab, and different for each device.
pub(crate) fn tester_address(device: Ipv4Addr) -> Ipv4Addr {
    let [network, second, third, fourth] = device.octets();
    Ipv4Addr::new(network, second | 0x80, third, fourth)
}

#[cfg(test)]
mod tests;
