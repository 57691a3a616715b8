//! What the name of an option says of a switch, for decisions of the user (5.12-1) and consent (6-2).
//!
//! "On" and "off" are positions whatever is asked. "Yes" and "no" answer a question: who says yes to "Switch telemetry
//! off?" has it off. Such answers are a hint to a person and nothing more.

use crate::words_in_text::folded;

/// A position of a switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// It works.
    On,
    /// It does not.
    Off,
}

/// What a name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// A position.
    Position(Position),
    /// An answer that mostly means this position.
    Answer(Position),
    /// Neither.
    Nothing,
}

const ON: &[&str] = &[
    "on",
    "automatic",
    "automatically",
    "enabled",
    "enable",
    "active",
    "activated",
    "allowed",
    "オン",
    "有効",
    "自動",
    "入",
];
const OFF: &[&str] =
    &["off", "disabled", "disable", "inactive", "deactivated", "manual", "オフ", "無効", "手動", "切"];
const YES: &[&str] = &[
    "yes",
    "always",
    "allow",
    "agree",
    "i agree",
    "accept",
    "consent",
    "はい",
    "する",
    "許可",
    "許可する",
    "同意",
    "同意する",
];
const NO: &[&str] = &[
    "no",
    "never",
    "none",
    "deny",
    "denied",
    "decline",
    "refuse",
    "いいえ",
    "しない",
    "拒否",
    "拒否する",
    "許可しない",
    "同意しない",
];

/// What an option says by its whole name, case and width aside; what stands in brackets is left out.
pub fn named(option: &str) -> Named {
    let option = folded(option);
    let name = option.split(['(', '[']).next().unwrap_or_default().trim();
    if ON.contains(&name) {
        Named::Position(Position::On)
    } else if OFF.contains(&name) {
        Named::Position(Position::Off)
    } else if YES.contains(&name) {
        Named::Answer(Position::On)
    } else if NO.contains(&name) {
        Named::Answer(Position::Off)
    } else {
        Named::Nothing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_known_in_both_languages_and_answers_are_hints() {
        for on in ["On", " ON (recommended)", "ＯＮ（推奨）", "有効", "オン"] {
            assert_eq!(named(on), Named::Position(Position::On), "{on}");
        }
        for off in ["off", "Disabled", "無効", "オフ（初期値）"] {
            assert_eq!(named(off), Named::Position(Position::Off), "{off}");
        }
        assert_eq!(named("Yes"), Named::Answer(Position::On));
        assert_eq!(named("同意しない"), Named::Answer(Position::Off));
        for neither in ["every night", "on demand", "", "オンデマンド"] {
            assert_eq!(named(neither), Named::Nothing, "{neither}");
        }
    }
}
