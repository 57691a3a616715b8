//! Asks a check of facts made by hand, on behalf of a made-up scheme named `made`.

use super::check::{Check, Checked};
use crate::test_facts::TestFacts;

const SCHEME: &str = r#"format = "hantei.scheme/1"
name = "made"
kind = "verdict"
edition = "en303645-2.1.1"
version = "1"
date = "2026-01-01"
confidence = "high"
title = { en = "Made", ja = "試作" }
body = { en = "Nobody", ja = "なし" }
standing = { en = "Nothing", ja = "なし" }
source = [{ id = "s", title = "S", date = "2026-01-01", read = "primary", confidence = "high" }]
requirement = [{ id = "A", title = { en = "T", ja = "題" }, asks = { en = "A", ja = "問" }, source = "s", place = "1", confidence = "high", needs = [{ stated = "a" }] }]
field = [{ key = "a", title = { en = "A", ja = "あ" }, kind = "text" }]
"#;

/// What a check finds with these parameters, in TOML.
pub(crate) fn judged(check: &Check, facts: &TestFacts, with: &str) -> Checked {
    let scheme = super::read(SCHEME).expect("a scheme");
    facts.checked(check, &scheme, "A", with)
}
