//! Lists of accounts: `passwd` and `shadow`.

/// An account that can be entered with a password that the image holds, or with none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Account<'a> {
    /// Its name.
    pub(super) user: &'a str,
    /// How its password is stored; `None` where it needs none.
    pub(super) scheme: Option<&'static str>,
    /// What is stored.
    pub(super) hash: &'a str,
    /// Line, counted from 1.
    pub(super) line: usize,
    /// Octet of the line.
    pub(super) offset: usize,
}

/// Whether a file is such a list, by its path.
pub(super) fn is_list(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let name = name.trim_end_matches('-').trim_end_matches(".default").trim_end_matches(".orig");
    matches!(name, "passwd" | "shadow" | "master.passwd")
}

/// Accounts with a password or without need of one. Locked ones are none.
pub(super) fn read(text: &str) -> Vec<Account<'_>> {
    let mut offset = 0;
    let mut accounts = Vec::new();
    for (number, line) in text.split('\n').enumerate() {
        accounts.extend(account(line.trim_end_matches('\r')).map(|(user, scheme, hash)| Account {
            user,
            scheme,
            hash,
            line: number + 1,
            offset,
        }));
        offset += line.len() + 1;
    }
    accounts
}

fn account(line: &str) -> Option<(&str, Option<&'static str>, &str)> {
    let fields: Vec<&str> = line.split(':').collect();
    let numeric =
        |at: usize| fields.get(at).is_some_and(|field| field.chars().all(|one| one.is_ascii_digit()));
    let passwd = fields.len() == 7 && numeric(2) && numeric(3) && fields[5].starts_with('/');
    let shadow = fields.len() == 9 && (2..8).all(numeric);
    let name = |one: char| one.is_ascii_alphanumeric() || matches!(one, '_' | '-' | '.' | '$');
    if !(passwd || shadow) || fields[0].is_empty() || !fields[0].chars().all(name) {
        return None;
    }
    let (user, hash) = (fields[0], fields[1]);
    if hash.is_empty() {
        // An account whose shell lets nobody in needs no password.
        let closed = passwd && ["nologin", "false", "sync"].iter().any(|shell| fields[6].ends_with(shell));
        return (!closed).then_some((user, None, hash));
    }
    scheme(hash).map(|scheme| (user, Some(scheme), hash))
}

/// How a password is stored; `None` where the text is no hash, as in a locked account.
pub(super) fn scheme(hash: &str) -> Option<&'static str> {
    let letters =
        |text: &str| text.bytes().all(|one| one.is_ascii_alphanumeric() || matches!(one, b'.' | b'/'));
    if !hash.starts_with('$') {
        return (hash.len() == 13 && letters(hash)).then_some("DES");
    }
    let last = hash.rsplit('$').next().unwrap_or_default();
    let (scheme, length) = match hash.split('$').nth(1)? {
        "1" => ("MD5", 22),
        "2" | "2a" | "2b" | "2x" | "2y" => ("bcrypt", 53),
        "5" => ("SHA-256", 43),
        "6" => ("SHA-512", 86),
        "y" | "gy" => ("yescrypt", 43),
        "7" => ("scrypt", 43),
        _ => return None,
    };
    (last.len() == length && letters(last)).then_some(scheme)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<(&str, Option<&str>)> {
        read(text).into_iter().map(|account| (account.user, account.scheme)).collect()
    }

    #[test]
    fn hashes_and_missing_passwords_are_told_and_locked_accounts_are_not() {
        let hash = |scheme: &str, length: usize| format!("{scheme}saltsalt${}", "a".repeat(length));
        let shadow = format!(
            "root:{}:19000:0:99999:7:::\nadmin:{}:1:0:99999:7:::\nguest::1:0:9:7:::\nold:abJnggxhB/yWI:1:0:9:7:::\n\
             daemon:*:19000:0:99999:7:::\nlocked:!{}:1:0:9:7:::\nbin:!!:1:0:9:7:::\n",
            hash("$6$", 86),
            hash("$1$", 22),
            hash("$6$", 86)
        );
        assert_eq!(
            told(&shadow),
            [("root", Some("SHA-512")), ("admin", Some("MD5")), ("guest", None), ("old", Some("DES"))]
        );
        assert_eq!(read(&shadow)[1].line, 2);
        assert!(shadow[read(&shadow)[1].offset..].starts_with("admin:"));
    }

    #[test]
    fn a_list_without_secrets_tells_nothing() {
        let passwd =
            "root:x:0:0:root:/root:/bin/sh\nnobody:*:65534:65534::/:/bin/false\nhalt::5:5::/:/sbin/nologin\n";
        assert_eq!(told(passwd), []);
        assert_eq!(told("# root:$1$\nroot:\n::::::::\nroot:$6$short:1:0:9:7:::\n"), []);
        assert_eq!(told("admin::0:0:root:/root:/bin/sh\n"), [("admin", None)]);
    }

    #[test]
    fn lists_are_known_by_name() {
        for path in ["/etc/shadow", "/etc_ro/passwd", "/etc/shadow-", "/rom/etc/passwd.default"] {
            assert!(is_list(path), "{path}");
        }
        for path in ["/etc/group", "/usr/bin/passwd.sh", "/etc/pam.d/passwds"] {
            assert!(!is_list(path), "{path}");
        }
    }
}
