use proptest::prelude::*;

use super::*;

fn names_in(path: &str, line: &str) -> Vec<String> {
    read(path, line).into_iter().map(|credential| credential.name).collect()
}

#[test]
fn credentials_are_found_as_settings_and_scripts_write_them() {
    for (line, name) in [
        ("password=Kx82mQz1", "password"),
        ("mqtt_password: \"Kx82mQz1\"", "mqtt_password"),
        ("  \"apiKey\": \"9f8a7b6c5d4e\",", "apiKey"),
        ("    psk=\"correct horse\"", "psk"),
        ("    wpa_passphrase=Kx82mQz1", "wpa_passphrase"),
        ("export DB_PASS='Kx82mQz1'", "DB_PASS"),
        ("passwd: Kx82mQz1", "passwd"),
        ("\toption key 'Kx82mQz1'", "key"),
        ("\toption password 'admin'", "password"),
        ("<Password>Kx82mQz1</Password>", "Password"),
        ("$secret => 'Kx82mQz1';", "secret"),
        ("url = https://user:Kx82mQz1@cloud.example/x", "address"),
        ("client.auth_token = \"9f8a7b6c5d4e\"", "client.auth_token"),
    ] {
        assert_eq!(names_in("/etc/app.conf", line), [name], "{line}");
    }
    let common = read("/etc/app.conf", "x=1\npassword=admin123\n");
    assert_eq!((common[0].common, common[0].line, common[0].offset, common[0].length), (true, 2, 4, 8));
}

#[test]
fn placeholders_and_fields_are_no_credentials() {
    for line in [
        "password=",
        "password=\"\"",
        "password=${PASSWORD}",
        "password = $1",
        "password=@PASSWORD@",
        "password=<your password>",
        "password: your_password_here",
        "psk=********",
        "token: null",
        "password: required",
        "password=password",
        "password_file=/etc/secret",
        "secret=/run/secret",
        "# password=Kx82mQz1",
        "; password=Kx82mQz1",
        "if [ \"$password\" == \"Kx82mQz1\" ]",
        "passwd:         files systemd",
        "compass=north99",
        "bypass: always9",
        "password=$(cat /etc/x)",
        "option key '1'",
        "password_min_length=8888",
        "token::parse(x)",
        "http://host/path?x=1",
        "password: The word by which you enter the page",
    ] {
        assert_eq!(names_in("/etc/app.conf", line), Vec::<String>::new(), "{line}");
    }
    assert_eq!(names_in("/usr/lib/app.py", "password = read_it_from"), Vec::<String>::new());
    assert_eq!(names_in("/usr/lib/app.py", "password = 'Kx82mQz1'"), ["password"]);
}

#[test]
fn documents_pages_and_samples_are_not_asked() {
    for path in [
        "/usr/share/doc/x/README.conf",
        "/www/index.html",
        "/etc/nsswitch.conf",
        "/etc/pam.d/login",
        "/etc/app.conf.example",
        "/opt/app/tests/app.conf",
        "/usr/share/man/man5/x",
    ] {
        assert!(!may_hold(path), "{path}");
    }
    for path in ["/etc/app.conf", "/etc/config/wireless", "/usr/bin/start.sh", "/opt/app/settings.json"] {
        assert!(may_hold(path), "{path}");
    }
}

#[test]
fn a_line_is_shown_without_its_secret() {
    for line in [
        "telnetd --password=Kx82mQz1",
        "curl https://u:Kx82mQz1@h/",
        "PASS=\"Kx82mQz1\" run",
        "token Kx82mQz1",
    ] {
        let shown = withheld(line);
        assert!(!shown.contains("Kx82") && shown.contains("(withheld)"), "{shown}");
    }
    assert_eq!(withheld("telnetd -l /bin/sh"), "telnetd -l /bin/sh");
}

proptest! {
    #[test]
    fn any_text_is_read(text in "\\PC{0,200}", lines in "(password|://|[=:@'\" <>a-z0-9é]){0,60}") {
        let _ = (read("/etc/a", &text), read("/etc/a.py", &lines));
        let _ = (withheld(&text), withheld(&lines));
    }
}
