//! FTP servers that keep strangers out, and their twins.

use super::*;

pub(super) async fn ftp(guard: Guard) -> u16 {
    serve(move |mut stream| {
        let guard = guard.clone();
        async move {
            say(&mut stream, "220-hello\r\n220 ready\r\n").await;
            let mut name = String::new();
            while let Some(command) = line(&mut stream).await {
                let answer = match command.split_once(' ').unwrap_or((&command, "")) {
                    ("USER", user) => {
                        user.clone_into(&mut name);
                        "331 password please"
                    }
                    ("PASS", password) => match guard.judge(name == "owner" && password == GOOD) {
                        Opinion::In => "230 welcome",
                        Opinion::Out => "530 login incorrect",
                        Opinion::Locked => "421 too many failures",
                    },
                    _ => "530 log in first",
                };
                if say(&mut stream, &format!("{answer}\r\n")).await.is_none() {
                    return;
                }
            }
        }
    })
    .await
}

#[tokio::test]
async fn ftp_logins() {
    let (locking, open) = (ftp(Guard::locking_after(3)).await, ftp(Guard::never_locking()).await);
    is_told_from_its_twin("ftp", locking, open, json!({})).await;
}

#[tokio::test]
async fn ftp_that_needs_no_login_ends_the_visit() {
    let port = serve(|mut stream| async move {
        say(&mut stream, "220 ready\r\n").await;
        while line(&mut stream).await.is_some() {
            say(&mut stream, "257 \"/\"\r\n").await;
        }
    })
    .await;
    let (_, seen, _) = visit(port, "ftp", json!({})).await;
    assert_eq!((seen.negative_control.result.as_str(), seen.good), ("accepted", None));
}
