//! `submission.toml`: what a label scheme asks of the supplier beyond the standard, one table a scheme. Which keys a
//! scheme knows stands in its data; a key that it does not know is said where the scheme is applied.

use crate::complaints::Complaints;
use crate::declaration::Submission;
use crate::described::refuse;
use crate::located::{Located, Value};
use crate::node::{Content, Entry, Node};

/// Reads what is there.
pub(super) fn read(root: Option<&Node>, to: &mut Complaints) -> Submission {
    let mut submission = Submission::default();
    for entry in root.map(Node::entries).unwrap_or_default() {
        if matches!(entry.node.content, Content::Table(_)) {
            let stated = entry
                .node
                .entries()
                .iter()
                .filter_map(|stated| Some((stated.key.clone(), value(stated, to)?)));
            submission.schemes.insert(entry.key.clone(), stated.collect());
        } else {
            refuse::<()>(&entry.node, "one table a scheme, such as [psti]", to);
        }
    }
    submission
}

/// Texts, yes/no values, whole numbers, and lists of them.
fn value(entry: &Entry, to: &mut Complaints) -> Option<Located<Value>> {
    let plain =
        |node: &Node| matches!(node.content, Content::Text(_) | Content::Flag(_) | Content::Number(_));
    let understood = match &entry.node.content {
        Content::List(items) => items.iter().all(plain),
        _ => plain(&entry.node),
    };
    if !understood {
        return refuse(&entry.node, "a text, a whole number, true or false, or a list of them", to);
    }
    entry.node.to_value()
}
