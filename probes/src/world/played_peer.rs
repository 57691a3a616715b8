//! What a played peer can be, and how the device took it.

use serde::{Deserialize, Serialize};

use super::ending::Ending;

/// A connection to a played peer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// What the peer was.
    pub peer: PlayedPeer,
    /// How it ended.
    pub ending: Ending,
    /// What says so, e.g. `alert 48 unknown_ca`.
    pub detail: Option<String>,
    /// Connections that were needed.
    pub connections: u32,
}

/// A trial that was left out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NotTried {
    /// What the peer would have been.
    pub peer: PlayedPeer,
    /// Why not.
    pub why: String,
}

/// What a played peer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlayedPeer {
    /// A certificate for the right name, signed by itself.
    SelfSigned,
    /// A certificate for the right name, of an authority that nobody knows.
    UnknownAuthority,
    /// A copy of the real peer's certificate, with names, issuer, number and dates, on another key.
    Cloned,
    /// A sound certificate of the authority that was lent for the test: the device has to take it, or the trials with
    /// that authority tell nothing.
    LentAuthority,
    /// A certificate for another name.
    OtherName,
    /// A certificate that ended last year.
    Expired,
    /// A certificate that begins next year.
    NotYetValid,
    /// A certificate that was signed with one that is no authority's.
    IssuerWithoutCaBit,
    /// A certificate with an RSA key of 1024 bits.
    WeakKey,
    /// A certificate with a signature over SHA-1.
    Sha1Signature,
    /// A certificate with a signature over MD5.
    Md5Signature,
    /// A certificate for clients only.
    WrongKeyUsage,
    /// Says the very bytes that the real peer said in an earlier connection.
    Replayed,
    /// Answers with TLS 1.1.
    #[serde(rename = "tls-1.1")]
    Tls11,
    /// Answers with TLS 1.0.
    #[serde(rename = "tls-1.0")]
    Tls10,
    /// Answers with a suite without encryption.
    NullSuite,
    /// Answers with a suite without authentication, and shows no certificate.
    AnonymousSuite,
    /// Answers with a suite that was weakened for export.
    ExportSuite,
    /// Answers with a suite on RC4.
    Rc4Suite,
    /// Answers in plain text; the next connection is looked at.
    PlainText,
    /// A certificate that is valid at the time alone that the device was told falsely: the probe `false-time` plays it,
    /// and no other.
    FalseTime,
}

impl PlayedPeer {
    /// As it is written in records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SelfSigned => "self-signed",
            Self::UnknownAuthority => "unknown-authority",
            Self::Cloned => "cloned",
            Self::LentAuthority => "lent-authority",
            Self::OtherName => "other-name",
            Self::Expired => "expired",
            Self::NotYetValid => "not-yet-valid",
            Self::IssuerWithoutCaBit => "issuer-without-ca-bit",
            Self::WeakKey => "weak-key",
            Self::Sha1Signature => "sha1-signature",
            Self::Md5Signature => "md5-signature",
            Self::WrongKeyUsage => "wrong-key-usage",
            Self::Replayed => "replayed",
            Self::Tls11 => "tls-1.1",
            Self::Tls10 => "tls-1.0",
            Self::NullSuite => "null-suite",
            Self::AnonymousSuite => "anonymous-suite",
            Self::ExportSuite => "export-suite",
            Self::Rc4Suite => "rc4-suite",
            Self::PlainText => "plain-text",
            Self::FalseTime => "false-time",
        }
    }

    /// It is not who it says it is: whoever takes it does not know its peer.
    pub fn stranger(self) -> bool {
        match self {
            Self::SelfSigned
            | Self::UnknownAuthority
            | Self::Cloned
            | Self::OtherName
            | Self::Expired
            | Self::NotYetValid
            | Self::IssuerWithoutCaBit
            | Self::WeakKey
            | Self::Sha1Signature
            | Self::Md5Signature
            | Self::WrongKeyUsage
            | Self::Replayed
            | Self::AnonymousSuite
            | Self::FalseTime => true,
            Self::LentAuthority
            | Self::Tls11
            | Self::Tls10
            | Self::NullSuite
            | Self::ExportSuite
            | Self::Rc4Suite
            | Self::PlainText => false,
        }
    }
}

/// Strangers that differ in one thing alone from a peer that the device trusts; without an authority that it trusts
/// they could not be told from an unknown one.
pub const WITH_LENT_AUTHORITY: [PlayedPeer; 8] = [
    PlayedPeer::OtherName,
    PlayedPeer::Expired,
    PlayedPeer::NotYetValid,
    PlayedPeer::IssuerWithoutCaBit,
    PlayedPeer::WrongKeyUsage,
    PlayedPeer::WeakKey,
    PlayedPeer::Sha1Signature,
    PlayedPeer::Md5Signature,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_as_it_is_written() {
        for peer in [
            &WITH_LENT_AUTHORITY[..],
            &[PlayedPeer::Tls10, PlayedPeer::Cloned, PlayedPeer::Rc4Suite, PlayedPeer::LentAuthority],
        ]
        .concat()
        {
            let written = serde_json::to_value(peer).unwrap();
            assert_eq!(written, peer.as_str());
            assert_eq!(serde_json::from_value::<PlayedPeer>(written).unwrap(), peer);
        }
    }
}
