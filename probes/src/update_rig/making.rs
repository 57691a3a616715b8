//! Bad packages made from authentic ones.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ED25519, SigningKey};

use super::freshness::{self, Freshness};
use super::packages::{self, File, Parts, Writing};
use super::program::Program;
use super::{Attack, Params};
use crate::context::UpdatePackage;
use crate::tls::client_hello::random;

/// A package as it is offered.
#[derive(Clone, Debug)]
pub(super) struct Offer {
    /// What is wrong with it.
    pub(super) attack: Attack,
    /// What exactly.
    pub(super) how: Option<String>,
    /// Version that it says it is.
    pub(super) version: String,
    /// Its files, by path.
    pub(super) files: BTreeMap<String, Arc<[u8]>>,
    /// Paths at which the image is had.
    pub(super) images: BTreeSet<String>,
    /// The image itself, as it is handed in.
    pub(super) image: Arc<[u8]>,
    /// What is wrong shows in the list alone; else the image has to be asked for.
    pub(super) in_list: bool,
    /// How it is had.
    pub(super) way: Way,
    /// Path of the file that does not end.
    pub(super) endless: Option<String>,
    /// What fails meanwhile.
    pub(super) cut: Option<Cut>,
}

/// How a package is had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// As declared.
    Declared,
    /// The image, or the list, does not end.
    Endless,
    /// Over plain HTTP alone.
    PlainOnly,
    /// Elsewhere, over plain HTTP or over TLS.
    Elsewhere {
        /// Over plain HTTP.
        plain: bool,
    },
}

/// What fails, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cut {
    /// Power, else the network.
    pub(super) power: bool,
    /// When half of the image was sent, else when all of it was.
    pub(super) halfway: bool,
}

/// Something that is not offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LeftOut {
    /// What.
    pub(super) attack: Attack,
    /// Why.
    pub(super) why: String,
    /// Another bench could do it: the effort is less for it.
    pub(super) lacking: bool,
}

/// What can be offered for an attack, in order, or why it is left out. Made when it is wanted: images may be large.
pub(super) fn offers(
    (params, program): (&Params, Program),
    packages: &[UpdatePackage],
    attack: Attack,
) -> Vec<Result<Offer, LeftOut>> {
    Maker { params, program, packages }.make(attack)
}

struct Maker<'m> {
    params: &'m Params,
    program: Program,
    packages: &'m [UpdatePackage],
}

impl Maker<'_> {
    fn make(&self, attack: Attack) -> Vec<Result<Offer, LeftOut>> {
        let made = match attack {
            Attack::OtherModel => self.of_kind("other-model").map(|parts| vec![self.offer(attack, parts)]),
            Attack::Older => self.of_kind("older").map(|parts| vec![self.offer(attack, parts)]),
            Attack::Stale => self.stale().map(|parts| vec![self.offer(attack, parts)]),
            Attack::PlainHttp if self.uploaded() => Err(structural("the package is handed in")),
            Attack::PlainHttp if self.params.plain => {
                Err(structural("plain HTTP is the declared way, so every trial is one"))
            }
            Attack::Redirected | Attack::Mixed | Attack::AlteredList | Attack::EndlessList
                if self.uploaded() =>
            {
                Err(structural("the package is one file, which is handed in"))
            }
            _ => self.of_kind("newer").and_then(|newer| self.of_newer(attack, newer)),
        };
        match made {
            Ok(offers) => offers.into_iter().map(Ok).collect(),
            Err(mut left_out) => {
                left_out.attack = attack;
                vec![Err(left_out)]
            }
        }
    }

    fn of_newer(&self, attack: Attack, newer: Parts) -> Result<Vec<Offer>, LeftOut> {
        let cut = |power, halfway| Offer {
            cut: Some(Cut { power, halfway }),
            how: Some((if halfway { "while it was sent" } else { "when all of it was sent" }).to_owned()),
            ..self.offer(attack, newer.clone())
        };
        let by_way = |way, how: Option<&str>| Offer {
            way,
            how: how.map(str::to_owned),
            in_list: true,
            ..self.offer(attack, newer.clone())
        };
        Ok(match attack {
            Attack::AlteredImage => vec![self.altered_image(newer)],
            Attack::AlteredList => vec![self.altered_list(newer)?],
            Attack::Unsigned => vec![self.unsigned(newer)?],
            Attack::OtherSignature => self.other_signatures(&newer)?,
            Attack::Mixed => self.mixed(&newer)?,
            Attack::Truncated => {
                let half = newer.image.bytes[..newer.image.bytes.len().div_ceil(2)].into();
                let image = File { bytes: half, ..newer.image.clone() };
                vec![self.offer(attack, Parts { image, ..newer })]
            }
            Attack::Endless => {
                self.streams_say_something()?;
                let endless = Some(newer.image.path.clone());
                vec![Offer { in_list: false, endless, ..by_way(Way::Endless, None) }]
            }
            Attack::EndlessList => vec![self.endless_list(newer)?],
            Attack::PlainHttp => vec![by_way(Way::PlainOnly, None)],
            Attack::Redirected if self.params.plain => {
                vec![by_way(Way::Elsewhere { plain: true }, Some("over plain HTTP"))]
            }
            Attack::Redirected => vec![
                by_way(Way::Elsewhere { plain: false }, Some("over TLS")),
                by_way(Way::Elsewhere { plain: true }, Some("over plain HTTP")),
            ],
            Attack::CutNetwork => vec![cut(false, true)],
            Attack::CutPower => vec![cut(true, true), cut(true, false)],
            Attack::Authentic | Attack::OtherModel | Attack::Older | Attack::Stale => {
                vec![self.offer(attack, newer)]
            }
        })
    }

    fn altered_image(&self, mut newer: Parts) -> Offer {
        let altered = packages::one_bit_changed(&newer.image.bytes, self.signature_length());
        match self.key_in_list() {
            Some(_) => newer.image.bytes = altered.into(),
            // Nobody vouches for the list, so it tells of the image that it comes with.
            None => newer.replace_image(altered),
        }
        self.offer(Attack::AlteredImage, newer)
    }

    /// Names an altered image, or a version above its own, under the signature of what it said before.
    fn altered_list(&self, mut newer: Parts) -> Result<Offer, LeftOut> {
        let Some(list) = newer.list.clone() else {
            return Err(structural("the device asks for the image alone"));
        };
        if self.key_in_list().is_none() {
            return Err(structural("the signature is not one of the list; those of the image are tried"));
        }
        let altered = packages::one_bit_changed(&newer.image.bytes, self.signature_length());
        if let Some(text) = packages::retold(&list.bytes, &newer.image.bytes, &altered) {
            newer.list = Some(File { bytes: text.into(), ..list });
            newer.image.bytes = altered.into();
            let offer = self.offer(Attack::AlteredList, newer);
            return Ok(Offer { how: Some("it names the digest of an altered image".to_owned()), ..offer });
        }
        let above = packages::above(&newer.version);
        let text = std::str::from_utf8(&list.bytes).ok().filter(|text| text.contains(&newer.version));
        let (Some(above), Some(text)) = (above, text) else {
            return Err(structural("the list names neither a digest of the image nor its version in words"));
        };
        let bytes = text.replace(&newer.version, &above).into_bytes();
        newer.list = Some(File { bytes: bytes.into(), ..list });
        let image = newer.image.bytes.clone();
        let mut offer = self.offer(Attack::AlteredList, newer);
        if let Some(path) = self.params.image.as_deref().map(|path| path.replace("{version}", &above)) {
            offer.images.insert(path.clone());
            offer.files.insert(path, image);
        }
        offer.how = Some(format!("it names the version {above}"));
        offer.version = above;
        Ok(offer)
    }

    fn unsigned(&self, mut newer: Parts) -> Result<Offer, LeftOut> {
        let Some(place) = &self.params.signature else { return Err(structural(NO_SIGNATURE)) };
        if let (Some(key), Some(list)) = (&place.manifest_key, newer.list.clone()) {
            let bytes = packages::without_signature(&list.bytes, key)
                .ok_or_else(|| lacking("no signature is where the declaration says: in the list"))?;
            newer.list = Some(File { bytes: bytes.into(), ..list });
            return Ok(Offer { in_list: true, ..self.offer(Attack::Unsigned, newer) });
        }
        if place.beside.is_some() {
            newer.beside.take().ok_or_else(|| lacking("the package has no file with its signature"))?;
            return Ok(self.offer(Attack::Unsigned, newer));
        }
        let length = self.signature_length();
        if length == 0 || length >= newer.image.bytes.len() {
            return Err(lacking("no signature is where the declaration says: at the end of the image"));
        }
        let bare = newer.image.bytes[..newer.image.bytes.len() - length].to_vec();
        newer.replace_image(bare);
        Ok(self.offer(Attack::Unsigned, newer))
    }

    /// By a key of the rig where the declared primitive is known, else random octets; and zeros, which some
    /// implementations of signatures took for good.
    fn other_signatures(&self, newer: &Parts) -> Result<Vec<Offer>, LeftOut> {
        let Some(place) = &self.params.signature else { return Err(structural(NO_SIGNATURE)) };
        let mut offers = Vec::new();
        for zeros in [false, true] {
            let mut parts = newer.clone();
            let mut in_list = false;
            let how;
            if let (Some(key), Some(list)) = (&place.manifest_key, newer.list.clone()) {
                let nowhere = || lacking("no signature is where the declaration says: in the list");
                let old = packages::signature_in(&list.bytes, key).ok_or_else(nowhere)?;
                let (writing, length) = Writing::of(&old);
                let message = packages::signed_by_it(&list.bytes, key).ok_or_else(nowhere)?;
                let (new, told) = self.false_signature(&message, length, zeros);
                let text = std::str::from_utf8(&list.bytes).map_err(|_| nowhere())?;
                let bytes = text.replacen(&old, &writing.write(&new), 1).into_bytes();
                parts.list = Some(File { bytes: bytes.into(), ..list });
                (in_list, how) = (true, told);
            } else if place.beside.is_some() {
                let file = newer
                    .beside
                    .clone()
                    .ok_or_else(|| lacking("the package has no file with its signature"))?;
                let (new, told) = self.false_signature(&newer.image.bytes, file.bytes.len(), zeros);
                parts.beside = Some(File { bytes: new.into(), ..file });
                how = told;
            } else {
                let length = self.signature_length();
                let Some(body) = newer.image.bytes.len().checked_sub(length).filter(|_| length > 0) else {
                    return Err(lacking(
                        "no signature is where the declaration says: at the end of the image",
                    ));
                };
                let (new, told) = self.false_signature(&newer.image.bytes[..body], length, zeros);
                parts.replace_image([&newer.image.bytes[..body], &new].concat());
                how = told;
            }
            let offer = self.offer(Attack::OtherSignature, parts);
            offers.push(Offer { how: Some(how.to_owned()), in_list, ..offer });
        }
        Ok(offers)
    }

    fn false_signature(&self, message: &[u8], length: usize, zeros: bool) -> (Vec<u8>, &'static str) {
        if zeros {
            return (vec![0; length], "of zeros");
        }
        let named = |word: &str| {
            self.params.primitives.iter().any(|primitive| primitive.to_ascii_lowercase().contains(word))
        };
        let algorithm = match () {
            () if named("ed25519") || named("eddsa") => Some(&PKCS_ED25519),
            () if named("ecdsa") && (named("p-256") || named("p256") || !named("p-384")) => {
                Some(&PKCS_ECDSA_P256_SHA256)
            }
            () => None,
        };
        let signed = algorithm.and_then(|algorithm| signed(algorithm, message, length));
        match signed {
            Some(signature) => (signature, "by a key of the rig"),
            None => {
                let octets = std::iter::repeat_with(random::<32>).flatten().take(length).collect();
                (octets, "of random octets")
            }
        }
    }

    /// The list of the newer version, left open and going on.
    fn endless_list(&self, mut newer: Parts) -> Result<Offer, LeftOut> {
        self.streams_say_something()?;
        let Some(list) = newer.list.take() else {
            return Err(structural("the device asks for the image alone"));
        };
        let endless = Some(list.path.clone());
        newer.list = Some(File { bytes: packages::left_open(&list.bytes).into(), ..list });
        let offer = self.offer(Attack::EndlessList, newer);
        Ok(Offer { in_list: true, way: Way::Endless, endless, ..offer })
    }

    /// A stream that is little longer than a sound file says nothing, where its length counts.
    fn streams_say_something(&self) -> Result<(), LeftOut> {
        let longest = packages::longest_file(self.packages);
        let short = longest.saturating_mul(Program::TIMES_LONGER) > Program::STREAM_OCTETS;
        if self.program == Program::Endurance && short {
            return Err(lacking(&format!(
                "a stream has {} octets, and the longest file that was handed in {longest}",
                Program::STREAM_OCTETS
            )));
        }
        Ok(())
    }

    /// The list of the newer version with the image of another package, or of each other one.
    fn mixed(&self, newer: &Parts) -> Result<Vec<Offer>, LeftOut> {
        if newer.list.is_none() {
            return Err(structural("the device asks for the image alone"));
        }
        let (kinds, most): (&[&str], usize) = match self.program {
            Program::Trials => (&["older", "same", "other-model"], 1),
            // Whether an image of what runs anyway was installed could not be told.
            Program::Endurance => (&["older", "other-model"], usize::MAX),
        };
        let others = kinds.iter().filter_map(|kind| self.of_kind(kind).ok());
        let mixed: Vec<Offer> =
            others.take(most).map(|other| self.mixed_with(newer.clone(), &other)).collect();
        if mixed.is_empty() {
            return Err(lacking("the bench has one package of this mechanism, and two are mixed"));
        }
        Ok(mixed)
    }

    /// The list of the newer version with the image of another package, and with what signs that image.
    fn mixed_with(&self, newer: Parts, other: &Parts) -> Offer {
        let beside = match (newer.beside.clone(), &other.beside) {
            (Some(own), Some(other)) => Some(File { bytes: other.bytes.clone(), ..own }),
            (own, _) => own,
        };
        let image = File { bytes: other.image.bytes.clone(), ..newer.image.clone() };
        let how = format!("the list of {} with the image of {}", newer.version, other.version);
        let offer = self.offer(Attack::Mixed, Parts { image, beside, ..newer });
        Offer { how: Some(how), ..offer }
    }

    fn offer(&self, attack: Attack, parts: Parts) -> Offer {
        Offer {
            attack,
            how: None,
            files: parts.files(),
            images: [parts.image.path.clone()].into(),
            image: parts.image.bytes.clone(),
            version: parts.version,
            // Who refuses these may do so by the list alone.
            in_list: parts.list.is_some()
                && matches!(attack, Attack::AlteredList | Attack::OtherModel | Attack::Older | Attack::Stale),
            way: Way::Declared,
            endless: None,
            cut: None,
        }
    }

    /// The newer package with a list whose time is over: what is still valid, a sound device installs.
    fn stale(&self) -> Result<Parts, LeftOut> {
        if self.params.expires_key.is_none() || self.params.manifest.is_none() {
            return Err(structural(
                "the declaration names no place in the list that says until when it is valid",
            ));
        }
        let parts = self.of_kind("stale")?;
        let unsigned =
            |key| parts.list.as_ref().is_some_and(|list| packages::signature_in(&list.bytes, key).is_none());
        if self.key_in_list().is_some_and(unsigned) {
            return Err(lacking(
                "the list that was lent as stale has no signature where the declaration says",
            ));
        }
        let known = freshness::of(self.params, self.packages, Timestamp::now());
        match known.iter().find(|known| known.kind == "stale") {
            Some(known) if known.is_over() => Ok(parts),
            Some(Freshness { expires: Some(until), .. }) => {
                Err(lacking(&format!("the list that was lent as stale is valid until {until}")))
            }
            _ => Err(lacking("no date that can be read stands in the list that was lent as stale")),
        }
    }

    fn of_kind(&self, kind: &str) -> Result<Parts, LeftOut> {
        let own = |package: &&UpdatePackage| package.mechanism == self.params.row && package.kind == kind;
        let package =
            self.packages.iter().find(own).ok_or_else(|| {
                lacking(&format!("the bench has no package of this mechanism that is {kind}"))
            })?;
        Parts::of(package, self.params).map_err(|why| lacking(&why))
    }

    fn uploaded(&self) -> bool {
        self.params.way == "upload"
    }

    fn key_in_list(&self) -> Option<&str> {
        self.params.signature.as_ref()?.manifest_key.as_deref()
    }

    /// Octets of the image that are its signature.
    fn signature_length(&self) -> usize {
        let length = self.params.signature.as_ref().and_then(|place| place.last_octets).unwrap_or(0);
        usize::try_from(length).unwrap_or(usize::MAX)
    }
}

const NO_SIGNATURE: &str = "the declaration names no place of a signature";

fn structural(why: &str) -> LeftOut {
    LeftOut { attack: Attack::Authentic, why: why.to_owned(), lacking: false }
}

fn lacking(why: &str) -> LeftOut {
    LeftOut { lacking: true, ..structural(why) }
}

/// A signature of the length that is needed; `None` if there is none.
fn signed(algorithm: &'static rcgen::SignatureAlgorithm, message: &[u8], length: usize) -> Option<Vec<u8>> {
    let key = KeyPair::generate_for(algorithm).ok()?;
    // The length of one in DER differs by a few octets from time to time.
    (0..64).find_map(|_| {
        let signature = key.sign(message).ok()?;
        if signature.len() == length {
            return Some(signature);
        }
        fixed(&signature).filter(|signature| signature.len() == length)
    })
}

/// Both numbers of an ECDSA signature in DER, 32 octets each.
fn fixed(der: &[u8]) -> Option<Vec<u8>> {
    let [0x30, _, rest @ ..] = der else { return None };
    let mut rest = rest;
    let mut out = Vec::with_capacity(64);
    for _ in 0..2 {
        let [0x02, length, tail @ ..] = rest else { return None };
        let (number, tail) = tail.split_at_checked(usize::from(*length))?;
        let number = &number[number.iter().position(|octet| *octet != 0).unwrap_or(number.len())..];
        out.extend(std::iter::repeat_n(0, 32_usize.checked_sub(number.len())?));
        out.extend(number);
        rest = tail;
    }
    Some(out)
}

#[cfg(test)]
#[path = "making_tests.rs"]
mod tests;
