//! Telnet servers that keep strangers out, and their twins.

use super::*;

pub(super) async fn console(guard: Guard, root_needs_password: bool) -> u16 {
    serve(move |mut stream| {
        let guard = guard.clone();
        async move {
            // WILL ECHO, DO TERMINAL-TYPE
            let _ = stream.write_all(b"\xff\xfb\x01\xff\xfd\x18heater\r\n").await;
            loop {
                say(&mut stream, "login: ").await;
                let Some(name) = line(&mut stream).await else { return };
                let name: String = name.chars().filter(char::is_ascii_graphic).collect();
                if name.ends_with("root") && !root_needs_password {
                    say(&mut stream, "\r\nBusyBox\r\n# ").await;
                    return;
                }
                say(&mut stream, "\r\nPassword: ").await;
                let Some(password) = line(&mut stream).await else { return };
                match guard.judge(name.ends_with("owner") && password == GOOD) {
                    Opinion::In => {
                        say(&mut stream, "\r\n$ ").await;
                        let _ = line(&mut stream).await;
                        return;
                    }
                    Opinion::Out => {
                        say(&mut stream, &format!("\r\n{password}? Login incorrect\r\n")).await;
                    }
                    Opinion::Locked => {
                        say(&mut stream, "\r\nAccount locked\r\n").await;
                        return;
                    }
                }
            }
        }
    })
    .await
}

#[tokio::test]
async fn console_logins() {
    let locking = console(Guard::locking_after(3), true).await;
    let open = console(Guard::never_locking(), true).await;
    is_told_from_its_twin("telnet", locking, open, json!({})).await;
}

#[tokio::test]
async fn a_console_that_lets_root_in_by_name_is_found() {
    let port = console(Guard::never_locking(), false).await;
    let more = json!({ "common": [["root", ""], ["admin", "admin"]], "burst": 1 });
    let (_, seen, transcript) = visit(port, "telnet", more).await;
    assert_eq!(seen.common_accepted, [("root".to_owned(), 0)], "{transcript}");
}

#[tokio::test]
async fn a_console_with_an_open_shell_ends_the_visit() {
    let port = serve(|mut stream| async move {
        say(&mut stream, "heater console\r\n# ").await;
        let _ = line(&mut stream).await;
    })
    .await;
    let (_, seen, _) = visit(port, "telnet", json!({})).await;
    assert_eq!(seen.negative_control.result, "accepted");
}
