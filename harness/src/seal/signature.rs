//! Signature files in the form of minisign: two comments and two signatures, on four lines.

use base64ct::{Base64, Encoding as _};
use blake2::{Blake2b512, Digest as _};

use super::key::{ED25519_NAME, PublicKey, SecretKey, id_of};

/// The algorithm of a signature over the BLAKE2b-512 of a file.
const OVER_DIGEST: &[u8; 2] = b"ED";
const UNTRUSTED: &str = "untrusted comment: ";
const TRUSTED: &str = "trusted comment: ";

/// A signature as read from a file. Nothing in it is believed before [`Signature::verify`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    over_digest: bool,
    number: [u8; 8],
    signature: [u8; 64],
    comment: String,
    over_comment: [u8; 64],
}

/// Why a signature does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureFault {
    /// Made with another key.
    #[error("a signature of the key {0}")]
    OtherKey(String),
    /// Not over this file.
    #[error("a signature that does not fit the file")]
    OtherFile,
    /// The trusted comment was altered.
    #[error("a trusted comment that was altered")]
    OtherComment,
}

impl Signature {
    /// Reads a signature file.
    ///
    /// # Errors
    /// What is wrong with its form, in words.
    pub fn read(text: &str) -> Result<Self, String> {
        let [untrusted, signature, trusted, over_comment] = text.lines().collect::<Vec<_>>()[..] else {
            return Err(format!("a signature file has 4 lines, this one has {}", text.lines().count()));
        };
        if !untrusted.starts_with(UNTRUSTED) {
            return Err("the first line is no untrusted comment".to_owned());
        }
        let comment = trusted.strip_prefix(TRUSTED).ok_or("the third line is no trusted comment")?;
        let bytes = Base64::decode_vec(signature).map_err(|_| "the second line is not base64")?;
        let bytes: [u8; 74] = bytes.try_into().map_err(|_| "the second line does not hold 74 bytes")?;
        let over_digest = match &bytes[..2] {
            name if name == OVER_DIGEST => true,
            name if name == ED25519_NAME => false,
            _ => return Err("it is for an algorithm that is not known here".to_owned()),
        };
        let over_comment = Base64::decode_vec(over_comment).map_err(|_| "the fourth line is not base64")?;
        Ok(Self {
            over_digest,
            number: bytes[2..10].try_into().expect("8 bytes"),
            signature: bytes[10..].try_into().expect("64 bytes"),
            comment: comment.to_owned(),
            over_comment: over_comment.try_into().map_err(|_| "the fourth line does not hold 64 bytes")?,
        })
    }

    /// The trusted comment: to be trusted only after [`Signature::verify`].
    pub fn comment(&self) -> &str {
        &self.comment
    }

    /// The number of the key that it says it was made with.
    pub fn key_id(&self) -> String {
        id_of(self.number)
    }

    /// Whether this is a signature of that key over these bytes, and the comment belongs to it.
    ///
    /// # Errors
    /// Why not.
    pub fn verify(&self, key: &PublicKey, bytes: &[u8]) -> Result<(), SignatureFault> {
        if self.number != key.number() {
            return Err(SignatureFault::OtherKey(self.key_id()));
        }
        let fits = if self.over_digest {
            key.signed(&Blake2b512::digest(bytes), &self.signature)
        } else {
            key.signed(bytes, &self.signature)
        };
        if !fits {
            return Err(SignatureFault::OtherFile);
        }
        if !key.signed(&[&self.signature[..], self.comment.as_bytes()].concat(), &self.over_comment) {
            return Err(SignatureFault::OtherComment);
        }
        Ok(())
    }
}

/// Signs bytes; gives the text of the signature file.
///
/// `comment` is one line of printable ASCII: minisign prints it to whoever verifies.
pub fn sign(key: &SecretKey, bytes: &[u8], comment: &str) -> String {
    debug_assert!(comment.chars().all(|c| c == ' ' || c.is_ascii_graphic()), "{comment}");
    let public = key.public();
    let signature = key.sign(&Blake2b512::digest(bytes));
    let over_comment = key.sign(&[&signature[..], comment.as_bytes()].concat());
    let first = [&OVER_DIGEST[..], &public.number(), &signature].concat();
    format!(
        "{UNTRUSTED}signature from minisign secret key {}\n{}\n{TRUSTED}{comment}\n{}\n",
        public.id(),
        Base64::encode_string(&first),
        Base64::encode_string(&over_comment)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_signed_verifies_and_nothing_else_does() {
        let key = SecretKey::generate().unwrap();
        let text = sign(&key, b"bytes", "a comment");
        let signature = Signature::read(&text).unwrap();
        assert_eq!(signature.comment(), "a comment");
        assert_eq!(signature.key_id(), key.public().id());
        assert_eq!(signature.verify(&key.public(), b"bytes"), Ok(()));
        assert_eq!(signature.verify(&key.public(), b"byteS"), Err(SignatureFault::OtherFile));
        let other = SecretKey::generate().unwrap().public();
        assert!(matches!(signature.verify(&other, b"bytes"), Err(SignatureFault::OtherKey(_))));
        let altered = Signature::read(&text.replace("a comment", "A comment")).unwrap();
        assert_eq!(altered.verify(&key.public(), b"bytes"), Err(SignatureFault::OtherComment));
        // The untrusted comment is what its name says.
        let renamed = text.replacen("secret key", "whatever", 1);
        assert_eq!(Signature::read(&renamed).unwrap().verify(&key.public(), b"bytes"), Ok(()));
    }

    #[test]
    fn a_file_of_another_form_is_none() {
        let text = sign(&SecretKey::generate().unwrap(), b"bytes", "a comment");
        for wrong in [
            String::new(),
            text.replacen("untrusted", "Untrusted", 1),
            text.replace("\ntrusted", "\nTrusted"),
            text.lines().take(3).collect::<Vec<_>>().join("\n"),
            format!("{text}one more\n"),
            text.replacen("\nRU", "\nAA", 1),
        ] {
            assert!(Signature::read(&wrong).is_err(), "{wrong}");
        }
    }
}
