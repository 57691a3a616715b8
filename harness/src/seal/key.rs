//! Keys in the form of minisign: a line that nobody vouches for, and a line of base64.

use base64ct::{Base64, Encoding as _};
use blake2::{Blake2b256, Digest as _};
use ring::rand::{SecureRandom as _, SystemRandom};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};

/// The signature algorithm in keys: Ed25519.
pub(super) const ED25519_NAME: &[u8; 2] = b"Ed";
const SCRYPT: &[u8; 2] = b"Sc";
const NO_PASSWORD: &[u8; 2] = &[0, 0];
const BLAKE2B: &[u8; 2] = b"B2";
/// Algorithms, salt, two limits; then number, key and checksum, which the password hides.
const SECRET_LENGTH: usize = 6 + SALT + 8 + 8 + HIDDEN;
const SALT: usize = 32;
const HIDDEN: usize = 8 + 64 + 32;
const PUBLIC_LENGTH: usize = 2 + 8 + 32;

/// What is wrong with a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not a key of that kind.
    #[error("this is no {kind} key of minisign: {why}")]
    NotAKey {
        /// `secret` or `public`.
        kind: &'static str,
        /// What was found.
        why: String,
    },
    /// The key needs a password, and none was given.
    #[error("the secret key is encrypted, and no password was given")]
    PasswordNeeded,
    /// The password is not the one of the key.
    #[error("the password does not open the secret key")]
    WrongPassword,
    /// A password of no characters hides nothing.
    #[error("the password is empty")]
    EmptyPassword,
    /// The key file wants more memory or time than a key of minisign does.
    #[error("the key file asks for more work on the password than minisign does at most (1 GiB of memory)")]
    TooDear,
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    NoChance,
}

/// How much work a password costs, in the terms of the key file: operations, and bytes of memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordCost {
    /// Operations.
    pub operations: u64,
    /// Bytes of memory.
    pub memory: u64,
}

impl PasswordCost {
    /// What minisign writes: 1 GiB of memory, some seconds.
    pub const SENSITIVE: Self = Self { operations: 1 << 25, memory: 1 << 30 };

    /// The parameters of scrypt for these limits: N as a power of two, r, p.
    fn parameters(self) -> Result<scrypt::Params, KeyError> {
        const BLOCKS: u32 = 8;
        if self.memory > Self::SENSITIVE.memory || self.operations > Self::SENSITIVE.operations {
            return Err(KeyError::TooDear);
        }
        let operations = self.operations.max(32_768);
        let bound_by_memory = operations >= self.memory / 32;
        let largest = if bound_by_memory {
            self.memory / (u64::from(BLOCKS) * 128)
        } else {
            operations / (u64::from(BLOCKS) * 4)
        };
        let log_n = (1_u8..63).find(|log_n| 1_u64 << log_n > largest / 2).unwrap_or(63);
        let parallel = if bound_by_memory {
            u32::try_from((operations / 4) >> log_n).unwrap_or(u32::MAX).min(0x3fff_ffff) / BLOCKS
        } else {
            1
        };
        scrypt::Params::new(log_n, BLOCKS, parallel).map_err(|_| KeyError::TooDear)
    }
}

/// A secret key. What it holds is never printed.
pub struct SecretKey {
    number: [u8; 8],
    seed: [u8; 32],
    public: [u8; 32],
}

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SecretKey").field("id", &self.public().id()).finish_non_exhaustive()
    }
}

impl SecretKey {
    /// A new key.
    ///
    /// # Errors
    /// The system gives no random numbers.
    pub fn generate() -> Result<Self, KeyError> {
        let (mut number, mut seed) = ([0; 8], [0; 32]);
        fill(&mut number)?;
        fill(&mut seed)?;
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).expect("any 32 bytes are a seed");
        let public = pair.public_key().as_ref().try_into().expect("Ed25519 keys have 32 bytes");
        Ok(Self { number, seed, public })
    }

    /// Whether the text of a key file is encrypted.
    ///
    /// # Errors
    /// It is no secret key.
    pub fn is_encrypted(text: &str) -> Result<bool, KeyError> {
        let bytes = secret_bytes(text)?;
        Ok(&bytes[2..4] == SCRYPT)
    }

    /// Reads the text of a key file.
    ///
    /// # Errors
    /// It is no secret key, or the password is missing or wrong.
    pub fn read(text: &str, password: Option<&[u8]>) -> Result<Self, KeyError> {
        let bytes = secret_bytes(text)?;
        let mut hidden: [u8; HIDDEN] =
            bytes[SECRET_LENGTH - HIDDEN..].try_into().expect("the length was looked at");
        let encrypted = &bytes[2..4] == SCRYPT;
        if encrypted {
            let limit = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().expect("8 bytes"));
            let cost = PasswordCost { operations: limit(6 + SALT), memory: limit(14 + SALT) };
            let password = password.ok_or(KeyError::PasswordNeeded)?;
            hide(&mut hidden, password, &bytes[6..6 + SALT], cost)?;
        }
        let checksum = &hidden[72..];
        // minisign leaves the checksum of a key without password empty.
        let unchecked = !encrypted && checksum.iter().all(|byte| *byte == 0);
        if !unchecked && checksum != checksum_of(&hidden[..72]) {
            let damaged = || not_a_key("secret", "its checksum does not fit, so it was damaged");
            return Err(if encrypted { KeyError::WrongPassword } else { damaged() });
        }
        let part = |range: std::ops::Range<usize>| hidden[range].try_into().expect("32 bytes");
        let (seed, public): ([u8; 32], [u8; 32]) = (part(8..40), part(40..72));
        Ed25519KeyPair::from_seed_and_public_key(&seed, &public)
            .map_err(|_| not_a_key("secret", "its two halves do not belong together"))?;
        Ok(Self { number: hidden[..8].try_into().expect("8 bytes"), seed, public })
    }

    /// The text of a key file without a password, as `minisign -G -W` writes it.
    pub fn plain_text(&self) -> String {
        let mut bytes = Vec::with_capacity(SECRET_LENGTH);
        bytes.extend([*ED25519_NAME, *NO_PASSWORD, *BLAKE2B].concat());
        bytes.extend([0; SALT + 16]);
        bytes.extend(self.secret_part());
        bytes.extend([0; 32]);
        key_file("minisign secret key", &bytes)
    }

    /// The text of a key file that a password hides.
    ///
    /// # Errors
    /// The password is empty, the cost too high, or the system gives no random numbers.
    pub fn encrypted_text(&self, password: &[u8], cost: PasswordCost) -> Result<String, KeyError> {
        if password.is_empty() {
            return Err(KeyError::EmptyPassword);
        }
        let mut salt = [0; SALT];
        fill(&mut salt)?;
        let part = self.secret_part();
        let mut hidden = [0; HIDDEN];
        hidden[..72].copy_from_slice(&part);
        hidden[72..].copy_from_slice(&checksum_of(&part));
        hide(&mut hidden, password, &salt, cost)?;
        let mut bytes = Vec::with_capacity(SECRET_LENGTH);
        bytes.extend([*ED25519_NAME, *SCRYPT, *BLAKE2B].concat());
        bytes.extend(salt);
        bytes.extend(cost.operations.to_le_bytes());
        bytes.extend(cost.memory.to_le_bytes());
        bytes.extend(hidden);
        Ok(key_file("minisign encrypted secret key", &bytes))
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        PublicKey { number: self.number, key: self.public }
    }

    /// A signature over these very bytes.
    pub(super) fn sign(&self, bytes: &[u8]) -> [u8; 64] {
        let pair = Ed25519KeyPair::from_seed_and_public_key(&self.seed, &self.public)
            .expect("both halves were made or compared when the key was read");
        pair.sign(bytes).as_ref().try_into().expect("signatures of Ed25519 have 64 bytes")
    }

    /// Number, seed and public key: what the checksum is over.
    fn secret_part(&self) -> [u8; 72] {
        let mut part = [0; 72];
        part[..8].copy_from_slice(&self.number);
        part[8..40].copy_from_slice(&self.seed);
        part[40..].copy_from_slice(&self.public);
        part
    }
}

/// A public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey {
    number: [u8; 8],
    key: [u8; 32],
}

impl PublicKey {
    /// Reads a key file, or its second line alone.
    ///
    /// # Errors
    /// It is no public key.
    pub fn read(text: &str) -> Result<Self, KeyError> {
        let wrong = |why: &str| not_a_key("public", why);
        let line = match text.trim().lines().collect::<Vec<_>>()[..] {
            [line] => line,
            [comment, line, ..] if comment.starts_with("untrusted comment:") => line,
            _ => return Err(wrong("expected one line of base64, with a comment before it in a file")),
        };
        let bytes = Base64::decode_vec(line.trim()).map_err(|_| wrong("the key is not base64"))?;
        let bytes: [u8; PUBLIC_LENGTH] =
            bytes.try_into().map_err(|_| wrong("expected 42 bytes in base64, 56 characters"))?;
        if &bytes[..2] != ED25519_NAME {
            return Err(wrong("it is for another algorithm than Ed25519"));
        }
        let number = bytes[2..10].try_into().expect("8 bytes");
        Ok(Self { number, key: bytes[10..].try_into().expect("32 bytes") })
    }

    /// The key as one line of base64, as `minisign -P` takes it.
    pub fn base64(&self) -> String {
        Base64::encode_string(&[&ED25519_NAME[..], &self.number, &self.key].concat())
    }

    /// The text of a key file.
    pub fn text(&self) -> String {
        format!("untrusted comment: minisign public key {}\n{}\n", self.id(), self.base64())
    }

    /// The number of the key as minisign prints it: 16 hexadecimal digits. It finds a key, it proves nothing.
    pub fn id(&self) -> String {
        id_of(self.number)
    }

    pub(super) fn number(&self) -> [u8; 8] {
        self.number
    }

    /// Whether a signature over these very bytes is of this key.
    pub(super) fn signed(&self, bytes: &[u8], signature: &[u8; 64]) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.key).verify(bytes, signature).is_ok()
    }
}

/// The number of a key as minisign prints it: without zeros in front.
pub(super) fn id_of(number: [u8; 8]) -> String {
    format!("{:X}", u64::from_le_bytes(number))
}

fn not_a_key(kind: &'static str, why: &str) -> KeyError {
    KeyError::NotAKey { kind, why: why.to_owned() }
}

fn key_file(comment: &str, bytes: &[u8]) -> String {
    format!("untrusted comment: {comment}\n{}\n", Base64::encode_string(bytes))
}

fn fill(bytes: &mut [u8]) -> Result<(), KeyError> {
    SystemRandom::new().fill(bytes).map_err(|_| KeyError::NoChance)
}

/// The bytes of a secret key file whose algorithms are known.
fn secret_bytes(text: &str) -> Result<[u8; SECRET_LENGTH], KeyError> {
    let wrong = |why: &str| not_a_key("secret", why);
    let mut lines = text.lines();
    if !lines.next().is_some_and(|comment| comment.starts_with("untrusted comment:")) {
        return Err(wrong("the first line is no \"untrusted comment:\""));
    }
    let line = lines.next().unwrap_or_default().trim();
    let bytes = Base64::decode_vec(line).map_err(|_| wrong("the second line is not base64"))?;
    let bytes: [u8; SECRET_LENGTH] = bytes.try_into().map_err(|bytes: Vec<u8>| {
        wrong(&format!("expected {SECRET_LENGTH} bytes in the second line, found {}", bytes.len()))
    })?;
    let password = &bytes[2..4];
    if &bytes[..2] != ED25519_NAME || &bytes[4..6] != BLAKE2B || password != SCRYPT && password != NO_PASSWORD
    {
        return Err(wrong("it is for algorithms that are not known here"));
    }
    Ok(bytes)
}

fn checksum_of(secret_part: &[u8]) -> [u8; 32] {
    Blake2b256::new().chain_update(ED25519_NAME).chain_update(secret_part).finalize().into()
}

/// Hides or shows: the stream of the password is laid over the bytes.
fn hide(bytes: &mut [u8; HIDDEN], password: &[u8], salt: &[u8], cost: PasswordCost) -> Result<(), KeyError> {
    let mut stream = [0; HIDDEN];
    scrypt::scrypt(password, salt, &cost.parameters()?, &mut stream).expect("104 bytes can be derived");
    for (byte, over) in bytes.iter_mut().zip(stream) {
        *byte ^= over;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: PasswordCost = PasswordCost { operations: 32_768, memory: 1 << 20 };

    /// The parameters that the library behind minisign picks for its named limits.
    #[test]
    fn the_cost_of_minisign_is_one_gibibyte() {
        let parameters = PasswordCost::SENSITIVE.parameters().unwrap();
        assert_eq!((parameters.log_n(), parameters.r(), parameters.p()), (20, 8, 1));
        let interactive = PasswordCost { operations: 524_288, memory: 16 << 20 }.parameters().unwrap();
        assert_eq!((interactive.log_n(), interactive.r(), interactive.p()), (14, 8, 1));
        let dearer = PasswordCost { memory: (1 << 30) + 1, ..PasswordCost::SENSITIVE };
        assert_eq!(dearer.parameters().unwrap_err(), KeyError::TooDear);
        let longer = PasswordCost { operations: u64::MAX, memory: 1 << 20 };
        assert_eq!(longer.parameters().unwrap_err(), KeyError::TooDear);
    }

    #[test]
    fn the_number_of_a_key_has_no_zeros_in_front() {
        assert_eq!(id_of([0xcd, 0xab, 0, 0, 0, 0, 0, 0x0f]), "F0000000000ABCD");
        assert_eq!(id_of([1, 0, 0, 0, 0, 0, 0, 0]), "1");
    }

    #[test]
    fn a_key_is_read_back_with_and_without_a_password() {
        let key = SecretKey::generate().unwrap();
        let plain = key.plain_text();
        assert!(!SecretKey::is_encrypted(&plain).unwrap());
        assert_eq!(SecretKey::read(&plain, None).unwrap().public(), key.public());
        let hidden = key.encrypted_text(b"a password", CHEAP).unwrap();
        assert!(SecretKey::is_encrypted(&hidden).unwrap());
        assert_eq!(SecretKey::read(&hidden, Some(b"a password")).unwrap().public(), key.public());
        assert_eq!(SecretKey::read(&hidden, Some(b"another")).unwrap_err(), KeyError::WrongPassword);
        assert_eq!(SecretKey::read(&hidden, None).unwrap_err(), KeyError::PasswordNeeded);
        assert_eq!(key.encrypted_text(b"", CHEAP).unwrap_err(), KeyError::EmptyPassword);
        assert!(!format!("{key:?}").contains(&format!("{:?}", key.seed)), "the seed is printed");
    }

    #[test]
    fn public_keys_are_read_as_file_and_as_line() {
        let public = SecretKey::generate().unwrap().public();
        assert_eq!(PublicKey::read(&public.text()).unwrap(), public);
        assert_eq!(PublicKey::read(&public.base64()).unwrap(), public);
        assert_eq!(public.base64().len(), 56);
        for wrong in ["", "x", "untrusted comment: x", "RWQ=", &public.base64()[4..]] {
            assert!(
                matches!(PublicKey::read(wrong), Err(KeyError::NotAKey { kind: "public", .. })),
                "{wrong}"
            );
        }
    }

    #[test]
    fn a_damaged_secret_key_is_none() {
        let text = SecretKey::generate().unwrap().plain_text();
        let line = text.lines().nth(1).unwrap();
        let good = Base64::decode_vec(line).unwrap();
        for at in [0, 2, 4, 70, 120, 157] {
            let mut bytes = good.clone();
            bytes[at] ^= 1;
            let read = SecretKey::read(&key_file("x", &bytes), None);
            assert!(read.is_err(), "byte {at}");
        }
        assert!(SecretKey::read(line, None).is_err(), "without the comment");
    }
}
