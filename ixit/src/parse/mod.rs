//! From the bytes of a file to a tree of nodes. Files are hostile input: size and depth are bounded.

mod json;
mod toml_document;

use crate::complaints::Complaints;
use crate::located::At;
use crate::node::Node;
use crate::source::SourceText;

/// Greatest size of a declaration file in bytes (16 MiB).
pub const SIZE_LIMIT: usize = 16 * 1024 * 1024;

/// Reads a document by the ending of its name (`.json`, everything else is TOML); `None` where nothing of
/// it can be used, which has then been said.
pub(crate) fn document(name: &str, bytes: &[u8], to: &mut Complaints) -> Option<Node> {
    if bytes.len() > SIZE_LIMIT {
        to.incomplete = true;
        to.error(
            "file-too-large",
            &At::whole_file(name),
            format!("The file has {} bytes, more than {SIZE_LIMIT} are not read", bytes.len()),
            Some("Move long texts to `documents/` and refer to them".into()),
        );
        return None;
    }
    let source = text(name, bytes, to)?;
    if is_json(name) { json::read(&source, to) } else { toml_document::read(&source, to) }
}

/// Reads a document as JSON, whatever its name; as [`document`].
pub(crate) fn json_document(name: &str, bytes: &[u8], to: &mut Complaints) -> Option<Node> {
    json::read(&text(name, bytes, to)?, to)
}

/// The text of a file; `None` where it is none, which has then been said.
fn text<'b>(name: &str, bytes: &'b [u8], to: &mut Complaints) -> Option<SourceText<'b>> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(SourceText::new(name, text)),
        Err(error) => {
            to.incomplete = true;
            let readable = std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default();
            let at = SourceText::new(name, readable).at(readable.len()..readable.len());
            to.error(
                "not-utf-8",
                &at,
                "The file is not UTF-8 text from here on",
                Some("Save the file with the encoding UTF-8".into()),
            );
            None
        }
    }
}

/// Whether a file of this name is read as JSON.
pub(crate) fn is_json(name: &str) -> bool {
    name.rsplit('.').next().is_some_and(|ending| ending.eq_ignore_ascii_case("json"))
}
