//! The hello of SSLv2, a protocol of its own: one question, and all suites in one answer.

use crate::tls::client_hello::random;

/// Suites of SSLv2 with their names.
const SUITES: [(u32, &str); 8] = [
    (0x01_0080, "SSL_CK_RC4_128_WITH_MD5"),
    (0x02_0080, "SSL_CK_RC4_128_EXPORT40_WITH_MD5"),
    (0x03_0080, "SSL_CK_RC2_128_CBC_WITH_MD5"),
    (0x04_0080, "SSL_CK_RC2_128_CBC_EXPORT40_WITH_MD5"),
    (0x05_0080, "SSL_CK_IDEA_128_CBC_WITH_MD5"),
    (0x06_0040, "SSL_CK_DES_64_CBC_WITH_MD5"),
    (0x07_00c0, "SSL_CK_DES_192_EDE3_CBC_WITH_MD5"),
    (0x00_0000, "SSL_CK_NULL_WITH_MD5"),
];

/// A server that answers in SSLv2.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ssl2Hello {
    /// Suites by name, in the order of the answer; `0x…` for one without a name.
    pub suites: Vec<String>,
    /// Certificate, DER; empty where none was sent.
    pub certificate: Vec<u8>,
}

/// A ClientHello with every suite of SSLv2.
pub fn hello() -> Vec<u8> {
    let mut body = vec![1, 0, 2];
    body.extend(((SUITES.len() * 3) as u16).to_be_bytes());
    body.extend([0, 0, 0, 16]);
    body.extend(SUITES.iter().flat_map(|(id, _)| id.to_be_bytes().into_iter().skip(1)));
    body.extend(random::<16>());
    let mut record = (0x8000 | body.len() as u16).to_be_bytes().to_vec();
    record.extend(body);
    record
}

/// Reads a ServerHello; `None` if it is none, or not whole.
pub fn read(bytes: &[u8]) -> Option<Ssl2Hello> {
    let length = usize::from(u16::from_be_bytes([*bytes.first()?, *bytes.get(1)?]));
    // Two bytes of length with the first bit set, or three with padding.
    let start = if length & 0x8000 == 0 { 3 } else { 2 };
    let body = bytes.get(start..start + (length & 0x7fff & if start == 3 { 0x3fff } else { 0x7fff }))?;
    let number = |at: usize| Some(usize::from(u16::from_be_bytes([*body.get(at)?, *body.get(at + 1)?])));
    if body.first() != Some(&4) || number(3)? != 2 {
        return None;
    }
    let (certificate, suites) = (number(5)?, number(7)?);
    let certificate_bytes = body.get(11..11 + certificate)?;
    let suites = body.get(11 + certificate..11 + certificate + suites)?;
    let name = |id: u32| {
        SUITES
            .iter()
            .find(|(known, _)| *known == id)
            .map_or(format!("0x{id:06x}"), |(_, name)| (*name).into())
    };
    Some(Ssl2Hello {
        suites: suites
            .chunks_exact(3)
            .map(|id| name(u32::from_be_bytes([0, id[0], id[1], id[2]])))
            .take(SUITES.len() * 4)
            .collect(),
        certificate: certificate_bytes.to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn answer() -> Vec<u8> {
        let mut body = vec![4, 0, 1, 0, 2, 0, 2, 0, 6, 0, 1, 0x30, 0x00];
        body.extend([7, 0, 0xc0, 9, 9, 9, 5]);
        let mut bytes = vec![0x80, body.len() as u8];
        bytes.extend(body);
        bytes
    }

    #[test]
    fn all_suites_come_in_one_answer() {
        let hello = read(&answer()).expect("a hello");
        assert_eq!(hello.suites, ["SSL_CK_DES_192_EDE3_CBC_WITH_MD5", "0x090909"]);
        assert_eq!(hello.certificate, [0x30, 0]);
        assert_eq!(read(&answer()[..12]), None);
        assert_eq!(read(&[21, 3, 1, 0, 2, 2, 40]), None);
        let asked = super::hello();
        assert_eq!(usize::from(asked[1]), asked.len() - 2);
    }

    proptest! {
        #[test]
        fn any_bytes_are_taken(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&bytes);
            let mut framed = vec![0x80, bytes.len() as u8, 4, 0, 1, 0, 2];
            framed.extend(bytes);
            let _ = read(&framed);
        }
    }
}
