use proptest::prelude::*;

use super::*;

#[test]
fn words_are_found_whole_and_regardless_of_case_and_width() {
    assert_eq!(stands("Bath and hot water SCHEDULES are kept", "schedules"), Stands::Plainly);
    assert_eq!(stands("accounts are kept", "account"), Stands::Nowhere);
    assert_eq!(stands("the subaccount", "account"), Stands::Nowhere);
    assert_eq!(stands("Account: name", "Account"), Stands::Plainly);
    assert_eq!(stands("forecast\n of  wear", "forecast of wear"), Stands::Plainly);
    assert_eq!(stands("型名はＨＫ－１００です", "hk-100"), Stands::Plainly);
    assert_eq!(stands("型名はＨＫ100です", "hk100"), Stands::Plainly);
    assert_eq!(stands("お客様の利用履歴を保存します。", "利用履歴"), Stands::Plainly);
    assert_eq!(stands("Bäder und Öfen", "öfen"), Stands::Plainly);
    assert_eq!(stands("anything", "  "), Stands::Nowhere);
}

#[test]
fn the_place_is_one_in_the_original() {
    let text = "ＡＢＣ  İstanbul, Usage  history";
    let found = find(text, "usage history");
    assert_eq!(found.len(), 1);
    assert_eq!(&text[found[0].start..found[0].end], "Usage  history");
}

#[test]
fn what_is_denied_is_no_hit() {
    for text in [
        "We never keep the usage history.",
        "We do not collect your position, your contacts, or the usage history.",
        "The usage history is not stored.",
        "The usage history isn't stored",
        "It works without usage history, everywhere.",
        "There is no usage history",
        "non-usage history",
        "Usage history | no | forecast",
        "Neither location nor usage history leaves the device",
    ] {
        assert_eq!(stands(text, "usage history"), Stands::Denied, "{text}");
    }
    for text in [
        "利用履歴は保存しません。",
        "利用履歴を、第三者に提供することはありません。",
        "利用履歴や位置情報は収集していない。",
        "利用履歴なし",
        "利用履歴は収集せず、位置情報を使います。",
    ] {
        assert_eq!(stands(text, "利用履歴"), Stands::Denied, "{text}");
    }
}

#[test]
fn a_denial_of_something_else_denies_nothing() {
    for text in [
        "Usage history of each day, without times of day",
        "We keep it no longer than needed; the usage history helps us.",
        "We do not sell anything. The usage history goes to the maintenance department.",
        "Not only the account but also the usage history is stored.",
        "Without consent, the usage history stays at home.",
        "We do not know your name, but the usage history is sent.",
        "Usage history | our cloud | never sold to others",
    ] {
        assert_eq!(stands(text, "usage history"), Stands::Plainly, "{text}");
    }
    for text in [
        "利用履歴は摩耗の予測に使い、第三者には提供しません。",
        "位置情報は使いません。利用履歴は保存します。",
    ] {
        assert_eq!(stands(text, "利用履歴"), Stands::Plainly, "{text}");
    }
    assert_eq!(
        stands("There is no camera. A camera records.", "camera"),
        Stands::Plainly,
        "one plain place is enough"
    );
}

#[test]
fn another_script_is_told_from_absence() {
    assert!(in_another_script("お客様の利用履歴を保存します。", ["usage history", "account"]));
    assert!(in_another_script("We keep the usage history.", ["利用履歴"]));
    assert!(!in_another_script("We keep the usage history.", ["account"]));
    assert!(!in_another_script("HK-100の利用履歴を保存します。", ["利用履歴", "account"]));
    assert!(!in_another_script("anything", []));
}

#[test]
fn a_letter_that_folds_to_two_is_found_whole_or_not_at_all() {
    assert_eq!(find("İ", "i"), []);
    assert_eq!(find("İ", "\u{307}"), []);
    let whole = find("an İ", "İ");
    assert_eq!((whole[0].start, whole[0].end), (3, 5));
}

proptest! {
    #[test]
    fn any_text_is_searched(text in "(\\PC|not |no |、|。|ない| \\| |n't|İ|ß){0,40}", word in "\\PC{0,6}|a|ない") {
        for found in find(&text, &word) {
            prop_assert!(found.start < found.end);
            prop_assert!(text.get(found.start..found.end).is_some());
        }
        let _ = in_another_script(&text, [word.as_str()]);
    }

    #[test]
    fn a_word_alone_between_spaces_is_always_found(before in "[a-m ]{0,20}", word in "[n-z]{1,8}", after in "[a-m ]{0,20}") {
        let text = format!("{before} {} {after}", word.to_uppercase());
        prop_assert!(find(&text, &word).iter().any(|found| text[found.start..found.end].to_lowercase() == word));
    }

    #[test]
    fn a_denial_makes_no_absence(before in "[a-m ]{0,20}", word in "[n-z]{4,8}") {
        prop_assert_eq!(stands(&format!("{before} never {word}"), &word), Stands::Denied);
    }
}
