//! Files that the bench names beside secrets: update packages of the supplier, what a person or an instrument took
//! from the device, and data on known vulnerabilities.

use std::collections::BTreeMap;
use std::sync::Arc;

use probes::context::{HandedIn, UpdatePackage};
use probes::vulnerability::{DataFile, DataPlace};

use super::BenchInput;
use crate::store::files::read_bounded;

/// Largest file of an update package, in octets.
const LARGEST_PACKAGE: u64 = 256 * 1024 * 1024;
/// Largest file that was handed in, in octets.
const LARGEST_HANDED_IN: u64 = 64 * 1024 * 1024;

impl BenchInput {
    /// The update packages, with their contents.
    ///
    /// # Errors
    /// Name of the file that cannot be had, and why.
    pub(crate) fn packages(&self) -> Result<Vec<UpdatePackage>, (String, String)> {
        self.bench
            .update_packages
            .iter()
            .map(|package| {
                let files = package.file.iter().map(|file| {
                    let bytes: Arc<[u8]> = match (&file.file, &file.hex) {
                        (Some(name), None) => self.read(name, LARGEST_PACKAGE)?.into(),
                        (None, Some(digits)) => unhex(digits).map_err(|cause| (file.path.clone(), cause))?,
                        _ => {
                            let cause = "it needs file = \"path\" or hex = \"digits\", one of the two";
                            return Err((file.path.clone(), cause.to_owned()));
                        }
                    };
                    Ok((file.path.clone(), bytes))
                });
                Ok(UpdatePackage {
                    mechanism: package.mechanism.clone(),
                    kind: package.kind.clone(),
                    version: package.version.clone(),
                    files: files.collect::<Result<BTreeMap<_, _>, _>>()?,
                })
            })
            .collect()
    }

    /// What was handed in, with its contents.
    ///
    /// # Errors
    /// Name of the file that cannot be had, and why.
    pub(crate) fn handed_in(&self) -> Result<Vec<HandedIn>, (String, String)> {
        self.bench
            .handed_in
            .iter()
            .map(|handed_in| {
                let (name, bytes) = match (&handed_in.file, &handed_in.text) {
                    (Some(name), None) => (name.clone(), self.read(name, LARGEST_HANDED_IN)?),
                    (None, Some(text)) => {
                        (format!("{} of {}", handed_in.kind, handed_in.of), text.clone().into_bytes())
                    }
                    _ => {
                        let cause = "it needs file = \"path\" or text = \"...\", one of the two";
                        return Err((format!("{} of {}", handed_in.kind, handed_in.of), cause.to_owned()));
                    }
                };
                Ok(HandedIn {
                    kind: handed_in.kind.clone(),
                    of: handed_in.of.clone(),
                    name,
                    taken: handed_in.taken.clone(),
                    bytes: bytes.into(),
                })
            })
            .collect()
    }

    /// Where the vulnerability data is. It may be large, so that its reader opens it, record by record.
    ///
    /// # Errors
    /// Name of the file that cannot be had, and why.
    pub(crate) fn vulnerability_data(&self) -> Result<Vec<DataFile>, (String, String)> {
        let data = self.bench.vulnerability_data.iter();
        data.map(|data| {
            let format = data.format.clone();
            let (name, place) = match (&data.file, &data.text) {
                (Some(name), None) => {
                    let path = self.base.join(name);
                    std::fs::metadata(&path).map_err(|error| (name.clone(), error.to_string()))?;
                    (name.clone(), DataPlace::Path(path))
                }
                (None, Some(text)) => {
                    (format!("{format} records of the bench file"), DataPlace::Bytes(text.as_bytes().into()))
                }
                _ => {
                    let cause = "it needs file = \"path\" or text = \"...\", one of the two";
                    return Err((format!("vulnerability data ({format})"), cause.to_owned()));
                }
            };
            Ok(DataFile { name, format, place })
        })
        .collect()
    }

    fn read(&self, name: &str, largest: u64) -> Result<Vec<u8>, (String, String)> {
        read_bounded(&self.base.join(name), largest).map_err(|error| (name.to_owned(), error.to_string()))
    }
}

fn unhex(digits: &str) -> Result<Arc<[u8]>, String> {
    let digits: Vec<u8> = digits.bytes().filter(|digit| !digit.is_ascii_whitespace()).collect();
    let octet = |pair: &[u8]| {
        let text = std::str::from_utf8(pair).ok().filter(|text| text.len() == 2)?;
        u8::from_str_radix(text, 16).ok()
    };
    let octets: Option<Vec<u8>> = digits.chunks(2).map(octet).collect();
    octets.map(Into::into).ok_or_else(|| "its hex holds something other than pairs of digits".to_owned())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn bench(text: &str) -> BenchInput {
        BenchInput::built_in(text.as_bytes().to_vec(), serde_json::Value::Null).unwrap()
    }

    #[test]
    fn contents_come_from_a_file_or_from_the_bench_itself() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("image.bin"), [1, 2, 255]).unwrap();
        let text = "[[update_package]]\nmechanism = \"UpdMech-1\"\nkind = \"newer\"\nversion = \"2\"\n\
                    file = [{ path = \"/image\", file = \"image.bin\" }, { path = \"/list\", hex = \"7B 7d\" }]\n\
                    [[handed_in]]\nkind = \"serial-log\"\nof = \"Intf-Serial\"\ntext = \"login:\"\n";
        let path = folder.path().join("bench.toml");
        std::fs::write(&path, text).unwrap();
        let input = BenchInput::from_file(Path::new(&path)).unwrap();
        let packages = input.packages().unwrap();
        assert_eq!(*packages[0].files["/image"], [1, 2, 255]);
        assert_eq!(*packages[0].files["/list"], *b"{}");
        assert_eq!(*input.handed_in().unwrap()[0].bytes, *b"login:");
    }

    #[test]
    fn vulnerability_data_is_named_and_left_to_its_reader() {
        let data = |keys: &str| bench(&format!("[[vulnerability_data]]\n{keys}\n")).vulnerability_data();
        let text = data("format = \"osv\"\ntext = \"{}\"").unwrap();
        assert_eq!((text[0].format.as_str(), &text[0].place), ("osv", &DataPlace::Bytes(b"{}"[..].into())));
        assert_eq!(data("format = \"csaf\"\nfile = \"nowhere.zip\"").unwrap_err().0, "nowhere.zip");
        assert!(data("format = \"csaf\"").unwrap_err().1.contains("one of the two"));
    }

    #[test]
    fn a_file_that_cannot_be_had_is_named() {
        let package = |file: &str| {
            let text = format!(
                "[[update_package]]\nmechanism = \"U\"\nkind = \"newer\"\nversion = \"2\"\nfile = [{file}]\n"
            );
            bench(&text).packages().unwrap_err()
        };
        assert_eq!(package("{ path = \"/a\", file = \"nowhere.bin\" }").0, "nowhere.bin");
        assert!(package("{ path = \"/a\", hex = \"7\" }").1.contains("pairs"));
        assert!(package("{ path = \"/a\" }").1.contains("one of the two"));
    }
}
